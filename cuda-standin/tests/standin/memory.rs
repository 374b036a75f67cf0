//! State spaces, vectors, generic addresses, and what is refused.

use crate::support::*;

#[test]
fn elements_of_all_sizes() {
    let data: Vec<u8> = (0..64).map(|i| (i * 37 % 256) as u8).collect();
    let found: Vec<i64> = elementwise(&[Array::of(&data)], &[16], 4, ".reg .b64 %x, %y; .reg .b32 %w, %v; .reg .b16 %h;", "ld.global.s8 %x, [%a1]; ld.global.u16 %w, [%a1+2]; cvt.u64.u32 %y, %w; add.s64 %x, %x, %y; ld.global.s16 %h, [%a1+4]; cvt.s64.s16 %y, %h; add.s64 %x, %x, %y; ld.global.v2.u32 {%w, _}, [%a1+8]; cvt.u64.u32 %y, %w; add.s64 %x, %x, %y; st.global.u64 [%a0], %x;");
    let expected: Vec<i64> = data.chunks(16).map(|d| i64::from(d[0] as i8) + i64::from(u16::from_le_bytes([d[2], d[3]])) + i64::from(i16::from_le_bytes([d[4], d[5]])) + i64::from(u32::from_le_bytes([d[8], d[9], d[10], d[11]]))).collect();
    assert_eq!(found, expected);
    let found: Vec<[u32; 4]> = elementwise(&[Array::of(&data)], &[16], 4, ".reg .b32 %x<4>;", "ld.global.nc.v4.u32 {%x0, %x1, %x2, %x3}, [%a1]; st.global.v4.u32 [%a0], {%x3, %x2, %x1, %x0};");
    assert_eq!(found[1], [7usize, 6, 5, 4].map(|word| u32::from_le_bytes([0, 1, 2, 3].map(|byte| data[word * 4 + byte]))));
}

#[test]
fn generic_addresses_lead_to_their_spaces() {
    let body = "mov.u64 %s, tile; cvta.shared.u64 %s, %s; mad.wide.u32 %s, %i, 4, %s; mul.lo.u32 %d, %i, 3; st.u32 [%s], %d; mov.u64 %l, own; cvta.local.u64 %l, %l; st.u32 [%l+4], %i; bar.sync 0;
        isspacep.shared %p, %s; isspacep.local %q, %l; and.pred %p, %p, %q; isspacep.global %q, %a0; and.pred %p, %p, %q; isspacep.global %q, %s; not.pred %q, %q; and.pred %p, %p, %q;
        cvta.to.shared.u64 %t, %s; ld.shared.u32 %d, [%t]; cvta.to.local.u64 %t, %l; ld.local.u32 %e, [%t+4]; add.u32 %d, %d, %e; @%p add.u32 %d, %d, 1000; st.u32 [%a0], %d;";
    let found: Vec<u32> = elementwise(&[], &[], 64, ".shared .align 4 .b8 tile[256]; .local .align 4 .b8 own[8]; .reg .b64 %s, %l, %t; .reg .b32 %d, %e; .reg .pred %p, %q;", body);
    assert_eq!(found, (0..64).map(|i| i * 4 + 1000).collect::<Vec<u32>>());
}

#[test]
fn variables_have_their_first_values() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.const .align 4 .f32 factors[3] = {0f3F800000, 2.5, -3.0};\n.global .align 8 .u64 pointer = generic(cells)+4;\n.global .align 4 .u32 cells[4] = {5, 6, -1};\n.extern .shared .align 8 .b8 dynamic[];
        .visible .entry k(.param .align 4 .b8 s[12], .param .u64 out) { .reg .b64 %o, %p, %q; .reg .b32 %x, %t; .reg .f32 %f, %g;
        ld.param.u64 %o, [out]; mov.u64 %p, pointer; ld.global.u64 %p, [%p]; ld.u32 %x, [%p]; st.global.u32 [%o], %x; ld.u32 %x, [%p+4]; st.global.u32 [%o+4], %x; ld.u32 %x, [%p+8]; st.global.u32 [%o+8], %x;
        ld.const.f32 %f, [factors+4]; mov.u64 %q, factors; ld.const.f32 %g, [%q+8]; add.f32 %f, %f, %g; st.global.f32 [%o+12], %f;
        mov.b64 %q, s; cvta.param.u64 %q, %q; ld.u32 %x, [%q+8]; st.global.u32 [%o+16], %x; ld.param.u32 %x, [s+4]; st.global.u32 [%o+20], %x;
        mov.u32 %x, %dynamic_smem_size; st.global.u32 [%o+24], %x; st.shared.u64 [dynamic+32], %q; mov.u32 %x, dynamic; st.global.u32 [%o+28], %x; ret; }";
    let out = Array::of(&[1u32; 8]);
    let mut kernel = kernel(text, "k");
    kernel.shared = 40;
    kernel.run(1, 1, &[bytes([7u32, 8, 9]), bytes(out.address)]);
    assert_eq!(out.read::<u32>(), [6, u32::MAX, 0, (-0.5f32).to_bits(), 9, 8, 40, 0]);
    assert_eq!((kernel.program.const_bytes, kernel.program.parameter_bytes), (12, 24));
}

fn fault(body: &str) -> (u32, String) {
    let text = module(&[4], ".reg .b64 %p; .reg .b32 %x, %y; .shared .align 4 .b8 tile[64]; .local .align 4 .b8 own[8];", body);
    let out = Array::of(&[0u32; 32]);
    let fault = kernel(&text, "k").launch([1, 1, 1], [32, 1, 1], &[bytes(out.address), bytes(32u32)]).expect_err("a fault");
    (fault.code, fault.text)
}

#[test]
fn accesses_outside_are_faults_with_their_place() {
    let (code, text) = fault("ld.global.u32 %x, [%a0+64];");
    assert_eq!(code, 700);
    assert!(text.contains("0 bytes behind the end of the allocation of 128 bytes") && text.contains("ld.global.u32 in line 9") && text.contains("thread (16, 0, 0) of block (0, 0, 0)"), "{text}");
    let (code, text) = fault("mov.u64 %p, 0; st.u32 [%p], %i;");
    assert!(code == 700 && text.contains("null pointer"), "{text}");
    let (code, text) = fault("add.u64 %p, %a0, 2; ld.global.u32 %x, [%p];");
    assert!(code == 716 && text.contains("no multiple of 4"), "{text}");
    let (code, text) = fault("ld.global.v2.u32 {%x, %y}, [%a0];");
    assert!(code == 716, "a vector is aligned as a whole: {text}");
    let (code, text) = fault("shl.b32 %x, %i, 2; st.shared.u32 [%x], %i;");
    assert!(code == 700 && text.contains("64 bytes of shared memory") && text.contains("thread (16, 0, 0)"), "{text}");
    let (code, text) = fault("mov.u64 %p, own; ld.local.u32 %x, [%p+4096];");
    assert!(code == 700 && text.contains("local memory"), "{text}");
    let (code, text) = fault("mov.u64 %p, -8; ld.u32 %x, [%p];");
    assert!(code == 700, "{text}");
    let (code, text) = fault("trap;");
    assert!(code == 719 && text.contains("trap in line 9"), "{text}");
    let (code, _) = fault("prefetch.global.L2 [%a0+65536];");
    assert_eq!(code, 700);
}
