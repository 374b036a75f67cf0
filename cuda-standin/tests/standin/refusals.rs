//! What is no module is refused when it is loaded, with the line and the reason.

use crate::support::*;

fn wrong(body: &str) -> (u32, String) {
    let text = module(&[4], ".reg .b32 %x, %y; .reg .b64 %l; .reg .f32 %f; .reg .pred %p;\n", body);
    let line = text.lines().position(|line| line.contains(body.lines().next().unwrap_or(body))).map_or(0, |line| line as u32 + 1);
    match load(&text) {
        Ok(_) => panic!("loaded: {body}"),
        Err(wrong) => {
            assert_eq!(wrong.line, line, "{body}: {wrong}");
            (wrong.line, wrong.text)
        }
    }
}

#[test]
fn instructions_are_checked_when_they_are_loaded() {
    let table = [
        ("frobnicate.u32 %x, %y;", "'frobnicate'"),
        ("wmma.mma.sync.aligned %x;", "'wmma'"),
        ("add.u32 %x, %y;", "operands"),
        ("add.u32.fancy %x, %y, %y;", "fancy"),
        ("add.u32 %x, %y, %l;", "64 bits"),
        ("add.u64 %x, %l, %l;", "the result has 32 bits"),
        ("mov.u32 %x, %nowhere;", "Unknown symbol '%nowhere'"),
        ("bra nowhere;", "Unknown label 'nowhere'"),
        ("@%x bra nowhere;", "no predicate"),
        ("cvt.s32.f32 %x, %f;", "Rounding modifier required"),
        ("call.uni missing;", "Unknown symbol 'missing'"),
        ("ld.global.u32 %x, [%y+];", "a constant"),
        ("st.shared.u32 [p0], %x;", "another state space"),
        ("shfl.down.b32 %x, %y, 1, 31;", "without '.sync'"),
        ("setp.zz.u32 %p, %x, %y;", "zz"),
        ("atom.global.add.u16 %x, [%l], 1;", "not supported"),
    ];
    for (body, part) in table {
        let (_, text) = wrong(body);
        assert!(text.contains(part), "{body}: {text}");
    }
}

#[test]
fn functions_without_a_body_are_missing() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.extern .func elsewhere();\n.visible .entry k() {\n call.uni elsewhere;\n ret; }";
    let wrong = load(text).err().expect("nothing to call");
    assert_eq!((wrong.line, wrong.text.as_str()), (6, "Unresolved extern function 'elsewhere'"));
}

#[test]
fn names_are_defined_once() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.global .u32 a;\n.global .u32 a;\n";
    assert!(load(text).err().expect("twice").text.contains("Duplicate definition of 'a'"));
}

/// A program whose words were changed at random is refused or executed: nothing panics.
#[test]
fn damaged_programs_do_no_harm() {
    let text = module(
        &[4, 4],
        ".reg .b32 %x, %y, %d<4>; .reg .b64 %l; .reg .f32 %f; .reg .f64 %g; .reg .b16 %h; .reg .pred %p, %q; .shared .align 8 .b8 tile[512]; .local .align 8 .b8 own[64];",
        "{ .param .b32 q; st.param.b32 [q], %i; ld.param.b32 %x, [q]; }
         ld.global.u32 %x, [%a1]; mov.u64 %l, own; cvta.local.u64 %l, %l; st.v2.u32 [%l+8], {%x, %i}; ld.local.u32 %y, [own+8];
         setp.lt.and.s32 %p|%q, %x, %y, %q; @%p bra over; shfl.sync.bfly.b32 %d1|%p, %x, 1, 31, -1; vote.sync.ballot.b32 %d2, %p, -1; bar.sync 0; bar.red.popc.u32 %d3, 1, %q;
         over: atom.global.add.u32 %y, [%a1], 1; cvt.rn.f32.u32 %f, %x; fma.rn.f32 %f, %f, 0f40000000, %f; cvt.rzi.s32.f32 %y, %f; cvt.u16.u32 %h, %y; mad.wide.s16 %y, %h, %h, %x;
         bfe.u32 %y, %y, 3, 7; prmt.b32 %y, %y, %x, 0x1234; cvt.f64.f32 %g, %f; sqrt.rn.f64 %g, %g; cvt.rn.f32.f64 %f, %g; testp.finite.f32 %p, %f; selp.f32 %f, %f, 0f00000000, %p;
         t: .branchtargets over, last; setp.gt.u32 %p, %x, 10; @%p brx.idx %x, t; last: st.shared.u32 [tile+4], %y; ld.shared.u32 %d0, [tile+4]; match.any.sync.b32 %d1, %d0, -1; lop3.b32 %y, %d0, %d1, %x, 0x3c; st.global.u32 [%a0], %y;",
    );
    load(&text).unwrap_or_else(|wrong| panic!("{wrong}"));
    let words: Vec<&str> = text.split_inclusive(|letter: char| " ,;[]{}.+".contains(letter)).collect();
    let mut state = 7u64;
    let mut random = |bound: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % bound
    };
    let (x, y) = (Array::of(&[1u32; 64]), Array::of(&[9u32; 64]));
    let mut executed = 0;
    for _ in 0..4000 {
        let mut changed: Vec<&str> = words.clone();
        for _ in 0..=random(2) {
            let at = random(words.len());
            match random(3) {
                0 => changed[at] = "",
                1 => changed[at] = words[random(words.len())],
                _ => changed.swap(at, words.len() - 1 - at),
            }
        }
        let Ok(image) = load(&changed.concat()) else { continue };
        let Some(program) = image.kernels.get("k").cloned() else { continue };
        if program.parameters.iter().map(|parameter| parameter.bytes).collect::<Vec<_>>() == [8, 8, 4] {
            executed += 1;
            let kernel = Kernel { program, shared: 0, milliseconds: 5 };
            // Whatever it does, it ends.
            let _ = kernel.launch([2, 1, 1], [32, 1, 1], &[bytes(x.address), bytes(y.address), bytes(64u32)]);
        }
    }
    assert!(executed > 300, "{executed} were executed");
}
