//! Operations of the threads of a warp, divergence and how it ends.

use crate::support::*;

/// One warp; `%x` is loaded for each thread, and `%d` stored.
fn warp(values: &[u32], registers: &str, body: &str) -> Vec<u32> {
    let body = format!("ld.global.u32 %x, [%a1]; mov.u32 %d, 0; {body} end: st.global.u32 [%a0], %d;");
    elementwise(&[Array::of(values)], &[4], values.len(), &format!(".reg .b32 %x, %y, %d, %m; .reg .pred %p, %q; {registers}"), &body)
}

fn values() -> Vec<u32> {
    (0..32u32).map(|i| i * i % 37 + 100).collect()
}

fn expect(body: &str, expected: impl Fn(&[u32], usize) -> u32) {
    let values = values();
    let found = warp(&values, "", body);
    assert_eq!(found, (0..32).map(|lane| expected(&values, lane)).collect::<Vec<_>>(), "{body}");
}

#[test]
fn shuffles() {
    expect("shfl.sync.bfly.b32 %d, %x, 5, 31, -1;", |v, lane| v[lane ^ 5]);
    expect("shfl.sync.up.b32 %d, %x, 3, 0, -1;", |v, lane| if lane >= 3 { v[lane - 3] } else { v[lane] });
    expect("shfl.sync.down.b32 %d, %x, 7, 31, -1;", |v, lane| if lane + 7 < 32 { v[lane + 7] } else { v[lane] });
    expect("shfl.sync.idx.b32 %d, %x, 9, 31, -1;", |v, _| v[9]);
    // Segments of 8: the clamp and the mask of the segment in one operand.
    expect("shfl.sync.idx.b32 %d, %x, 3, 0x181f, -1;", |v, lane| v[lane / 8 * 8 + 3]);
    expect("shfl.sync.down.b32 %d|%p, %x, 2, 0x181f, -1; @!%p mov.u32 %d, 7;", |v, lane| if lane % 8 + 2 < 8 { v[lane + 2] } else { 7 });
    expect("shfl.sync.up.b32 %d|%p, %x, 1, 0x1800, -1; @!%p mov.u32 %d, 7;", |v, lane| if lane % 8 > 0 { v[lane - 1] } else { 7 });
    // Each lane its own source.
    expect("xor.b32 %y, %i, 21; shfl.sync.idx.b32 %d, %x, %y, 31, -1;", |v, lane| v[lane ^ 21]);
}

#[test]
fn votes_matches_and_reductions() {
    let odd = |v: &[u32]| v.iter().enumerate().fold(0u32, |mask, (lane, x)| mask | (x & 1) << lane);
    let parity = "and.b32 %y, %x, 1; setp.ne.u32 %p, %y, 0;";
    expect(&format!("{parity} vote.sync.ballot.b32 %d, %p, -1;"), |v, _| odd(v));
    expect(&format!("{parity} vote.sync.ballot.b32 %d, !%p, -1;"), |v, _| !odd(v));
    expect(&format!("{parity} vote.sync.any.pred %q, %p, -1; selp.u32 %d, 1, 0, %q;"), |_, _| 1);
    expect(&format!("{parity} vote.sync.all.pred %q, %p, -1; selp.u32 %d, 1, 0, %q;"), |_, _| 0);
    expect("setp.lt.u32 %p, %x, 1000; vote.sync.uni.pred %q, %p, -1; selp.u32 %d, 1, 0, %q;", |_, _| 1);
    expect("and.b32 %y, %x, 3; match.any.sync.b32 %d, %y, -1;", |v, lane| (0..32).filter(|other| v[*other] & 3 == v[lane] & 3).fold(0, |mask, other| mask | 1 << other));
    expect("match.all.sync.b32 %d|%p, 5, -1; @!%p mov.u32 %d, 1;", |_, _| u32::MAX);
    expect("match.all.sync.b32 %d|%p, %x, -1; @%p mov.u32 %d, 1;", |_, _| 0);
    expect("redux.sync.add.u32 %d, %x, -1;", |v, _| v.iter().sum());
    expect("redux.sync.min.s32 %d, %x, -1;", |v, _| *v.iter().min().unwrap());
    expect("redux.sync.xor.b32 %d, %x, -1;", |v, _| v.iter().fold(0, |a, b| a ^ b));
    expect("elect.sync %m|%p, -1; selp.u32 %d, 1, 0, %p;", |_, lane| u32::from(lane == 0));
    expect("activemask.b32 %d;", |_, _| u32::MAX);
    expect("mov.u32 %d, %lanemask_lt;", |_, lane| (1 << lane) - 1);
    expect("mov.u32 %d, %lanemask_ge;", |_, lane| u32::MAX << lane);
}

#[test]
fn members_of_a_mask_meet_from_different_places() {
    // Two halves with masks of their own, in one instruction.
    expect("setp.lt.u32 %p, %i, 16; selp.b32 %m, 0xffff, 0xffff0000, %p; redux.sync.add.u32 %d, %x, %m;", |v, lane| v[lane / 16 * 16..lane / 16 * 16 + 16].iter().sum());
    // The same operation at two places, for threads of both sides.
    expect(
        "and.b32 %y, %i, 1; setp.eq.u32 %p, %y, 0; @%p bra even; shfl.sync.bfly.b32 %d, %x, 1, 31, -1; add.u32 %d, %d, 1; bra end; even: shfl.sync.bfly.b32 %d, %x, 1, 31, -1;",
        |v, lane| v[lane ^ 1] + (lane as u32 & 1),
    );
    // Threads that have ended are waited for by nobody.
    let values = values();
    let found = warp(&values, "", "setp.ge.u32 %p, %i, 20; @%p exit; redux.sync.add.u32 %d, %x, -1;");
    assert_eq!(found[..20], vec![values[..20].iter().sum::<u32>(); 20]);
    assert_eq!(found[20..], [0; 12]);
}

#[test]
fn branches_diverge_and_join() {
    // Loops of different lengths; together again behind.
    let collatz = |x: u32| {
        let (mut x, mut steps) = (x, 0);
        while x != 1 {
            x = if x % 2 == 0 { x / 2 } else { 3 * x + 1 };
            steps += 1;
        }
        steps
    };
    expect(
        "loop: setp.eq.u32 %p, %x, 1; @%p bra out; and.b32 %y, %x, 1; setp.eq.u32 %q, %y, 0; @%q bra half; mad.lo.u32 %x, %x, 3, 1; bra next; half: shr.u32 %x, %x, 1; next: add.u32 %d, %d, 1; bra loop; out: activemask.b32 %m; setp.ne.u32 %p, %m, -1; @%p mov.u32 %d, 9999;",
        |v, lane| collatz(v[lane]),
    );
    // A jump through a table.
    expect("and.b32 %y, %x, 3; t: .branchtargets a, b, c, d; brx.idx %y, t; a: mov.u32 %d, 10; bra end; b: mov.u32 %d, 20; bra end; c: mov.u32 %d, 30; bra end; d: mov.u32 %d, 40;", |v, lane| (v[lane] & 3) * 10 + 10);
}

/// One thread of a warp waits for what another of it writes.
#[test]
fn threads_of_a_warp_may_wait_for_each_other() {
    let text = module(
        &[4],
        ".reg .u64 %f; .reg .u32 %t; .reg .pred %p;",
        "ld.param.u64 %f, [p0]; setp.eq.u32 %p, %i, 31; @%p bra last; wait: ld.volatile.global.u32 %t, [%f+124]; setp.eq.u32 %p, %t, 0; @%p bra wait; st.global.u32 [%a0], %t; ret; last: st.volatile.global.u32 [%a0], 77;",
    );
    let out = Array::of(&[0u32; 32]);
    kernel(&text, "k").run(1, 32, &[bytes(out.address), bytes(32u32)]);
    assert_eq!(out.read::<u32>(), [77; 32]);
}
