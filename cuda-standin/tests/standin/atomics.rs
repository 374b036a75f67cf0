//! Atomic operations under contention: by all threads of many blocks, and in shared memory.

use crate::support::*;

const BLOCKS: u32 = 24;
const THREADS: u32 = 96;

/// Every thread applies an instruction with its number in the grid; what the one element becomes.
fn contended<T: bytemuck::Pod>(start: T, instruction: &str) -> T {
    let text = format!(
        ".version 8.4\n.target sm_90\n.address_size 64\n.visible .entry k(.param .u64 p) {{ .reg .u64 %a, %l, %o; .reg .u32 %i, %j, %t; .reg .f32 %f, %g; .reg .f64 %d; .reg .b16 %h; .reg .pred %p;
         ld.param.u64 %a, [p]; cvta.to.global.u64 %a, %a; mov.u32 %i, %ctaid.x; mov.u32 %j, %ntid.x; mad.lo.u32 %i, %i, %j, %tid.x; cvt.u64.u32 %l, %i; cvt.rn.f32.u32 %f, %i; cvt.rn.f64.u32 %d, %i; {instruction} ret; }}"
    );
    let cell = Array::of(&[start]);
    kernel(&text, "k").run(BLOCKS, THREADS, &[bytes(cell.address)]);
    cell.read::<T>()[0]
}

#[test]
fn all_threads_count() {
    let n = BLOCKS * THREADS;
    let sum = u64::from(n) * u64::from(n - 1) / 2;
    assert_eq!(contended(5u32, "atom.global.add.u32 %t, [%a], 1;"), n + 5);
    assert_eq!(contended(0u32, "red.global.gpu.relaxed.add.s32 [%a], %i;"), sum as u32);
    assert_eq!(contended(1u64 << 40, "atom.add.u64 %o, [%a], %l;"), (1 << 40) + sum);
    assert_eq!(contended(0f32, "atom.global.add.f32 %g, [%a], 0f3F800000;"), n as f32);
    assert_eq!(contended(0f64, "red.global.add.f64 [%a], %d;"), sum as f64);
    assert_eq!(contended(7u32, "atom.global.max.u32 %t, [%a], %i;"), n - 1);
    assert_eq!(contended(7i32, "neg.s32 %i, %i; atom.global.min.s32 %t, [%a], %i;"), -(n as i32 - 1));
    assert_eq!(contended(-5i64, "atom.global.max.s64 %o, [%a], -3;"), -3);
    assert_eq!(contended(0u32, "and.b32 %i, %i, 31; shl.b32 %i, 1, %i; atom.global.or.b32 %t, [%a], %i;"), u32::MAX);
    assert_eq!(contended(u32::MAX, "and.b32 %i, %i, 31; shl.b32 %i, 1, %i; not.b32 %i, %i; red.global.and.b32 [%a], %i;"), 0);
    assert_eq!(contended(0x55u32, "atom.global.xor.b32 %t, [%a], 3;"), 0x55);
    assert_eq!(contended(0u32, "atom.global.inc.u32 %t, [%a], 99;"), n % 100);
    let down = (0..n).fold(0, |old, _| if old == 0 || old > 17 { 17 } else { old - 1 });
    assert_eq!(contended(0u32, "atom.global.dec.u32 %t, [%a], 17;"), down);
    assert!(contended(0u32, "or.b32 %i, %i, 0x8000; atom.global.exch.b32 %t, [%a], %i;") >= 0x8000);
}

#[test]
fn exchange_on_equality_makes_any_operation() {
    let multiply = "mov.u32 %j, 3; again: ld.volatile.global.u32 %i, [%a]; mul.lo.u32 %t, %i, %j; atom.global.cas.b32 %j, [%a], %i, %t; setp.ne.u32 %p, %j, %i; mov.u32 %j, 3; @%p bra again;";
    let expected = (0..BLOCKS * THREADS).fold(1u32, |value, _| value.wrapping_mul(3));
    assert_eq!(contended(1u32, multiply), expected);
    assert_eq!(contended([0u16; 2], "mov.b16 %h, 1; atom.global.cas.b16 %h, [%a+2], 0, %h;"), [0, 1]);
}

/// A lock of spinning threads, also of those of one warp: each must come to its turn.
#[test]
fn a_lock_lets_everybody_in() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 lock, .param .u64 counter) { .reg .u64 %l, %c; .reg .u32 %t; .reg .pred %p;
        ld.param.u64 %l, [lock]; ld.param.u64 %c, [counter];
        spin: atom.acquire.gpu.global.cas.b32 %t, [%l], 0, 1; setp.ne.u32 %p, %t, 0; @%p bra spin;
        ld.global.u32 %t, [%c]; add.u32 %t, %t, 1; st.global.u32 [%c], %t;
        atom.release.gpu.global.exch.b32 %t, [%l], 0; ret; }";
    let (lock, counter) = (Array::of(&[0u32]), Array::of(&[0u32]));
    kernel(text, "k").run(6, 96, &[bytes(lock.address), bytes(counter.address)]);
    assert_eq!(counter.read::<u32>(), [6 * 96]);
}

#[test]
fn halves_are_added() {
    use zouk_cuda_standin::soft::F16;
    let bits = contended(0u32, "setp.gt.u32 %p, %i, 99; @%p exit; mov.u32 %t, 0x3c004000; red.global.add.noftz.f16x2 [%a], %t;");
    assert_eq!((F16.to_f64((bits & 0xffff).into()), F16.to_f64((bits >> 16).into())), (200.0, 100.0));
}

#[test]
fn addresses_of_shared_memory_have_32_bits() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry turned(.param .u64 data) {
        .shared .align 4 .b8 local[64]; .reg .u64 %d, %a; .reg .u32 %b, %s, %v, %t;
        ld.param.u64 %d, [data]; mov.u32 %t, %tid.x; mov.u32 %b, local; mad.lo.s32 %s, %t, 4, %b; st.shared.u32 [%s], %t; bar.sync 0;
        mad.lo.s32 %s, %t, -4, %b; ld.shared.u32 %v, [%s+60]; mad.wide.u32 %a, %t, 4, %d; st.global.u32 [%a], %v; ret; }";
    let turned = Array::of(&[0u32; 16]);
    kernel(text, "turned").run(1, 16, &[bytes(turned.address)]);
    assert_eq!(turned.read::<u32>(), (0..16).rev().collect::<Vec<u32>>());
}

#[test]
fn a_histogram_in_shared_memory() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry histogram(.param .u64 data, .param .u32 n, .param .u64 bins) {
        .shared .align 4 .b8 local[256]; .reg .u64 %d, %b, %a; .reg .u32 %i, %j, %n, %s, %v, %t; .reg .pred %p;
        ld.param.u64 %d, [data]; ld.param.u32 %n, [n]; ld.param.u64 %b, [bins];
        mov.u32 %t, %tid.x; shl.b32 %s, %t, 2; mov.u32 %v, local; add.u32 %s, %s, %v;
        setp.ge.u32 %p, %t, 64; @!%p st.shared.u32 [%s], 0; bar.sync 0;
        mov.u32 %i, %ctaid.x; mov.u32 %j, %ntid.x; mad.lo.u32 %i, %i, %j, %t; mov.u32 %v, %nctaid.x; mul.lo.u32 %j, %j, %v;
        loop: setp.ge.u32 %p, %i, %n; @%p bra done;
        mad.wide.u32 %a, %i, 4, %d; ld.global.u32 %v, [%a]; and.b32 %v, %v, 63; shl.b32 %v, %v, 2; mov.u32 %s, local; add.u32 %v, %v, %s; red.shared.add.u32 [%v], 1;
        add.u32 %i, %i, %j; bra loop;
        done: bar.sync 0; setp.ge.u32 %p, %t, 64; @%p bra end;
        shl.b32 %s, %t, 2; mov.u32 %v, local; add.u32 %s, %s, %v; ld.shared.u32 %v, [%s]; mad.wide.u32 %a, %t, 4, %b; red.global.add.u32 [%a], %v;
        end: ret; }";
    let data: Vec<u32> = (0..50_000u32).map(|i| i.wrapping_mul(2654435761) >> 7).collect();
    let mut expected = vec![0u32; 64];
    data.iter().for_each(|value| expected[(value & 63) as usize] += 1);
    let (input, bins) = (Array::of(&data), Array::of(&[0u32; 64]));
    let kernel = kernel(text, "histogram");
    assert_eq!(kernel.program.static_shared, 256);
    kernel.run(20, 128, &[bytes(input.address), bytes(data.len() as u32), bytes(bins.address)]);
    assert_eq!(bins.read::<u32>(), expected);
}
