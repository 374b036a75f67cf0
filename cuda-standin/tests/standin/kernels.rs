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
