//! Barriers of a block, and grids whose blocks wait for each other.

use crate::support::*;

#[test]
fn a_reduction_by_halves() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry reduce(.param .u64 data, .param .u64 sums) {
        .shared .align 4 .b8 part[2048]; .reg .u64 %d, %s, %a; .reg .u32 %i, %t, %h, %q; .reg .f32 %x, %y; .reg .pred %p;
        ld.param.u64 %d, [data]; ld.param.u64 %s, [sums]; mov.u32 %t, %tid.x; mov.u32 %i, %ctaid.x; mov.u32 %h, %ntid.x; mad.lo.u32 %i, %i, %h, %t;
        mad.wide.u32 %a, %i, 4, %d; ld.global.f32 %x, [%a]; shl.b32 %q, %t, 2; mov.u32 %i, part; add.u32 %q, %q, %i; st.shared.f32 [%q], %x;
        loop: bar.sync 0; shr.u32 %h, %h, 1; setp.eq.u32 %p, %h, 0; @%p bra done;
        setp.ge.u32 %p, %t, %h; @%p bra loop;
        shl.b32 %i, %h, 2; add.u32 %i, %i, %q; ld.shared.f32 %x, [%i]; ld.shared.f32 %y, [%q]; add.f32 %x, %x, %y; st.shared.f32 [%q], %x; bra loop;
        done: setp.ne.u32 %p, %t, 0; @%p ret; ld.shared.f32 %x, [part]; mov.u32 %i, %ctaid.x; mad.wide.u32 %a, %i, 4, %s; st.global.f32 [%a], %x; ret; }";
    let data: Vec<f32> = (0..512 * 8).map(|i| (i % 100) as f32).collect();
    let (input, sums) = (Array::of(&data), Array::of(&[0f32; 8]));
    kernel(text, "reduce").run(8, 512, &[bytes(input.address), bytes(sums.address)]);
    assert_eq!(sums.read::<f32>(), data.chunks(512).map(|chunk| chunk.iter().sum::<f32>()).collect::<Vec<_>>());
}

#[test]
fn barriers_count_and_vote() {
    let body = "setp.gt.u32 %p, %i, 40; bar.red.popc.u32 %d, 0, %p; barrier.sync.aligned 1; bar.red.and.pred %q, 2, %p; @%q add.u32 %d, %d, 1000; bar.red.or.pred %q, 3, 64, %p; @%q add.u32 %d, %d, 10000; st.global.u32 [%a0], %d;";
    let found: Vec<u32> = elementwise(&[], &[], 64, ".reg .u32 %d; .reg .pred %p, %q;", body);
    assert_eq!(found, [10023; 64]);
}

/// Warps produce for others at a barrier of their own, without waiting there.
#[test]
fn producers_arrive_and_consumers_wait() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 out) { .shared .align 4 .b8 part[128]; .reg .u64 %o, %a; .reg .u32 %t, %q, %x; .reg .pred %p;
        ld.param.u64 %o, [out]; mov.u32 %t, %tid.x; setp.ge.u32 %p, %t, 32; @%p bra consume;
        shl.b32 %q, %t, 2; mov.u32 %x, part; add.u32 %q, %q, %x; mul.lo.u32 %x, %t, %t; st.shared.u32 [%q], %x; bar.arrive 1, 64; ret;
        consume: bar.sync 1, 64; sub.u32 %t, 63, %t; shl.b32 %q, %t, 2; mov.u32 %x, part; add.u32 %q, %q, %x; ld.shared.u32 %x, [%q]; mad.wide.u32 %a, %t, 4, %o; st.global.u32 [%a], %x; ret; }";
    let out = Array::of(&[0u32; 32]);
    kernel(text, "k").run(1, 64, &[bytes(out.address)]);
    assert_eq!(out.read::<u32>(), (0..32).map(|i| i * i).collect::<Vec<u32>>());
}

#[test]
fn threads_that_have_ended_are_not_waited_for() {
    let found: Vec<u32> = elementwise(&[], &[], 64, ".reg .pred %p;", "setp.lt.u32 %p, %i, 10; @%p exit; bar.sync 0; st.global.u32 [%a0], 5;");
    assert_eq!(found, (0..64).map(|i| if i < 10 { 0 } else { 5 }).collect::<Vec<u32>>());
}

/// All blocks wait at a counter in global memory, twice.
#[test]
fn blocks_of_a_grid_meet() {
    let text = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 cells, .param .u64 counter) { .reg .u64 %c, %n, %a; .reg .u32 %b, %t, %x, %y, %g, %goal, %round; .reg .pred %p;
        ld.param.u64 %c, [cells]; ld.param.u64 %n, [counter]; mov.u32 %b, %ctaid.x; mov.u32 %g, %nctaid.x; mov.u32 %goal, 0; mov.u32 %round, 0;
        again: add.u32 %goal, %goal, %g; mov.u32 %t, %tid.x; setp.ne.u32 %p, %t, 0; @%p bra meet;
        add.u32 %x, %b, 1; rem.u32 %x, %x, %g; mad.wide.u32 %a, %x, 4, %c; ld.volatile.global.u32 %y, [%a]; add.u32 %y, %y, 1; mad.wide.u32 %a, %b, 4, %c;
        membar.gl; atom.global.add.u32 %x, [%n], 1;
        spin: ld.acquire.gpu.global.u32 %x, [%n]; setp.lt.u32 %p, %x, %goal; @%p bra spin;
        st.volatile.global.u32 [%a], %y;
        membar.gl; add.u32 %goal, %goal, %g; atom.global.add.u32 %x, [%n], 1;
        wait: ld.acquire.gpu.global.u32 %x, [%n]; setp.lt.u32 %p, %x, %goal; @%p bra wait;
        sub.u32 %goal, %goal, %g;
        meet: add.u32 %goal, %goal, %g; bar.sync 0; add.u32 %round, %round, 1; setp.lt.u32 %p, %round, 3; @%p bra again; ret; }";
    let cells: Vec<u32> = (0..40).map(|i| i * 10).collect();
    let (data, counter) = (Array::of(&cells), Array::of(&[0u32]));
    kernel(text, "k").run(40, 64, &[bytes(data.address), bytes(counter.address)]);
    assert_eq!(data.read::<u32>(), (0..40).map(|i| cells[(i + 3) % 40] + 3).collect::<Vec<_>>());
}

fn fault(body: &str, threads: u32) -> (u32, String) {
    let text = module(&[4], ".reg .pred %p, %q; .reg .u32 %d, %t; .reg .u64 %l;", body);
    let out = Array::of(&vec![0u32; threads as usize]);
    let fault = kernel(&text, "k").launch([1, 1, 1], [threads, 1, 1], &[bytes(out.address), bytes(threads)]).expect_err("a fault");
    (fault.code, fault.text)
}

#[test]
fn what_can_never_be_met_is_an_error() {
    let (code, text) = fault("setp.lt.u32 %p, %i, 32; @%p bra other; bar.sync 0; ret; other: bar.sync 1;", 64);
    assert!(code == 719 && text.contains("deadlock") && text.contains("barrier 1 of all threads"), "{text}");
    let (code, text) = fault("setp.lt.u32 %p, %i, 5; @%p bra other; bar.sync 0; ret; other: bar.sync 0;", 32);
    assert!(code == 719 && text.contains("different barriers"), "{text}");
    let (code, text) = fault("bar.sync 0, 64;", 32);
    assert!(code == 719 && text.contains("deadlock"), "{text}");
    let (code, text) = fault("setp.lt.u32 %p, %i, 5; @%p bra other; redux.sync.add.u32 %d, %i, 0xff; ret; other: bar.sync 0;", 8);
    assert!(code == 719 && text.contains("members 0x000000ff"), "{text}");
    let (code, text) = fault("redux.sync.add.u32 %d, %i, 0x7f;", 8);
    assert!(code == 715 && text.contains("not in the member mask"), "{text}");
}
