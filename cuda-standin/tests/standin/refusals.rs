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
