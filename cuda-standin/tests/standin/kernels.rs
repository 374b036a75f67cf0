//! Whole kernels: elementwise arithmetic, tiles in shared memory, reductions, histograms.

use crate::support::*;

const HEAD: &str = ".version 8.0\n.target sm_80\n.address_size 64\n";

#[test]
fn vectors_are_added() {
    let text = format!(
        "{HEAD}.visible .entry add(.param .u64 x, .param .u64 y, .param .u32 n) {{
        .reg .pred %p; .reg .b32 %r<8>; .reg .b64 %rd<8>;
        ld.param.u64 %rd1, [x]; ld.param.u64 %rd2, [y]; ld.param.u32 %r1, [n];
        cvta.to.global.u64 %rd1, %rd1; cvta.to.global.u64 %rd2, %rd2;
        mov.u32 %r2, %ctaid.x; mov.u32 %r3, %ntid.x; mov.u32 %r4, %tid.x;
        mad.lo.s32 %r2, %r2, %r3, %r4;
        setp.ge.u32 %p, %r2, %r1;
        @%p bra $done;
        mul.wide.u32 %rd3, %r2, 4;
        add.s64 %rd1, %rd1, %rd3; add.s64 %rd2, %rd2, %rd3;
        ld.global.b32 %r5, [%rd1]; ld.global.b32 %r6, [%rd2];
        add.rn.f32 %r7, %r5, %r6;
        st.global.b32 [%rd2], %r7;
        $done: ret; }}"
    );
    let n = 100_003usize;
    let x: Vec<f32> = (0..n).map(|i| i as f32 * 0.37).collect();
    let y: Vec<f32> = (0..n).map(|i| 1.0 / (i as f32 + 1.0)).collect();
    let (a, b) = (Array::of(&x), Array::of(&y));
    kernel(&text, "add").run(n.div_ceil(256) as u32, 256, &[bytes(a.address), bytes(b.address), bytes(n as u32)]);
    assert_eq!(b.read::<f32>(), x.iter().zip(&y).map(|(x, y)| x + y).collect::<Vec<_>>());
}

/// c = a · b by tiles of 16 × 16 in shared memory, as every textbook has it.
#[test]
fn matrices_are_multiplied_by_tiles() {
    let text = format!(
        "{HEAD}.visible .entry product(.param .u64 a, .param .u64 b, .param .u64 c, .param .u32 n) {{
        .shared .align 4 .f32 left[256]; .shared .align 4 .f32 right[256];
        .reg .pred %p; .reg .b32 %x, %y, %row, %column, %n, %k, %t, %l, %r, %s, %j; .reg .b64 %a, %b, %c, %at; .reg .f32 %sum, %u, %v;
        ld.param.u64 %a, [a]; ld.param.u64 %b, [b]; ld.param.u64 %c, [c]; ld.param.u32 %n, [n];
        mov.u32 %x, %tid.x; mov.u32 %y, %tid.y; mov.u32 %t, %ctaid.y; mad.lo.u32 %row, %t, 16, %y; mov.u32 %t, %ctaid.x; mad.lo.u32 %column, %t, 16, %x;
        mad.lo.u32 %s, %y, 16, %x; shl.b32 %s, %s, 2; mov.f32 %sum, 0f00000000; mov.u32 %k, 0;
        tiles: mad.lo.u32 %t, %row, %n, %k; add.u32 %t, %t, %x; mad.wide.u32 %at, %t, 4, %a; ld.global.f32 %u, [%at]; mov.u32 %l, left; add.u32 %t, %l, %s; st.shared.f32 [%t], %u;
        add.u32 %t, %k, %y; mad.lo.u32 %t, %t, %n, %column; mad.wide.u32 %at, %t, 4, %b; ld.global.f32 %u, [%at]; mov.u32 %r, right; add.u32 %t, %r, %s; st.shared.f32 [%t], %u;
        bar.sync 0;
        mad.lo.u32 %l, %y, 64, %l; mad.lo.u32 %r, %x, 4, %r; mov.u32 %j, 0;
        inner: ld.shared.f32 %u, [%l]; ld.shared.f32 %v, [%r]; fma.rn.f32 %sum, %u, %v, %sum; add.u32 %l, %l, 4; add.u32 %r, %r, 64; add.u32 %j, %j, 1; setp.lt.u32 %p, %j, 16; @%p bra inner;
        bar.sync 0; add.u32 %k, %k, 16; setp.lt.u32 %p, %k, %n; @%p bra tiles;
        mad.lo.u32 %t, %row, %n, %column; mad.wide.u32 %at, %t, 4, %c; st.global.f32 [%at], %sum; ret; }}"
    );
    let n = 64usize;
    let a: Vec<f32> = (0..n * n).map(|i| (i * 7 % 23) as f32 - 11.0).collect();
    let b: Vec<f32> = (0..n * n).map(|i| (i * 5 % 19) as f32 / 8.0).collect();
    let (x, y, z) = (Array::of(&a), Array::of(&b), Array::of(&vec![0f32; n * n]));
    let kernel = kernel(&text, "product");
    assert_eq!(kernel.program.static_shared, 2048);
    kernel.launch([4, 4, 1], [16, 16, 1], &[bytes(x.address), bytes(y.address), bytes(z.address), bytes(n as u32)]).expect("a product");
    let expected: Vec<f32> = (0..n * n).map(|i| (0..n).fold(0f32, |sum, k| a[i / n * n + k].mul_add(b[k * n + i % n], sum))).collect();
    assert_eq!(z.read::<f32>(), expected);
}

/// Sums of warps by shuffles, of the block in shared memory, of the grid by atomics.
#[test]
fn a_sum_by_shuffles() {
    let steps: String = [16, 8, 4, 2, 1].iter().map(|step| format!("shfl.sync.down.b32 %y, %x, {step}, 31, -1; add.s32 %x, %x, %y;\n")).collect();
    let text = format!(
        "{HEAD}.visible .entry sum(.param .u64 data, .param .u32 n, .param .u64 result) {{ .shared .align 4 .b8 warps[128];
        .reg .pred %p, %q; .reg .b32 %i, %n, %x, %y, %t, %lane, %warp, %step, %at; .reg .b64 %d, %r, %a;
        ld.param.u64 %d, [data]; ld.param.u32 %n, [n]; ld.param.u64 %r, [result];
        mov.u32 %t, %tid.x; mov.u32 %i, %ctaid.x; mov.u32 %step, %ntid.x; mad.lo.u32 %i, %i, %step, %t; mov.u32 %y, %nctaid.x; mul.lo.u32 %step, %step, %y; mov.u32 %x, 0;
        more: setp.ge.u32 %p, %i, %n; @%p bra warp; mad.wide.u32 %a, %i, 4, %d; ld.global.s32 %y, [%a]; add.s32 %x, %x, %y; add.u32 %i, %i, %step; bra more;
        warp: {steps} mov.u32 %lane, %laneid; shr.u32 %warp, %t, 5; shl.b32 %at, %warp, 2; mov.u32 %y, warps; add.u32 %at, %at, %y;
        setp.eq.u32 %p, %lane, 0; @%p st.shared.s32 [%at], %x; bar.sync 0; setp.ne.u32 %p, %warp, 0; @%p bra done;
        mov.u32 %x, 0; mov.u32 %y, %nwarpid; setp.lt.u32 %p, %lane, %y; shl.b32 %at, %lane, 2; mov.u32 %y, warps; add.u32 %at, %at, %y; @%p ld.shared.s32 %x, [%at];
        {steps} setp.eq.u32 %p, %lane, 0; @%p red.global.add.s32 [%r], %x; done: ret; }}"
    );
    let data: Vec<i32> = (0..30_001).map(|i| i * 31 % 1009 - 400).collect();
    let (input, result) = (Array::of(&data), Array::of(&[0i32]));
    kernel(&text, "sum").run(7, 160, &[bytes(input.address), bytes(data.len() as u32), bytes(result.address)]);
    assert_eq!(result.read::<i32>(), [data.iter().sum::<i32>()]);
}

/// What a driver says about a kernel.
#[test]
fn registers_are_counted_by_what_is_alive() {
    let sum = |count: usize| {
        let loads: String = (0..count).map(|index| format!("ld.global.f32 %f{index}, [%a0+{}];\n", index * 4)).collect();
        let sums: String = (1..count).map(|index| format!("add.f32 %f0, %f0, %f{index};\n")).collect();
        kernel(&module(&[4], &format!(".reg .f32 %f<{count}>;"), &format!("{loads}{sums}st.global.f32 [%a0], %f0;")), "k").program.registers
    };
    assert!(sum(40) >= sum(10) + 30 && sum(10) < 24, "{} {}", sum(40), sum(10));
    let text = module(&[4], ".reg .f32 %f;", "ld.global.f32 %f, [%a0];").replace("count)\n", "count)\n.maxntid 512, 1, 1\n.maxnreg 9\n");
    let program = kernel(&text, "k").program;
    assert_eq!((program.limits.max_threads, program.limits.max_registers), (Some(512), Some(9)));
    assert!(program.registers <= 9);
}
