//! Integer arithmetic, carry chains and bits.

use crate::support::*;

/// Numbers at the edges and between.
fn words() -> Vec<u32> {
    let mut found = vec![0, 1, 2, 3, 7, 31, 32, 33, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, u32::MAX, u32::MAX - 1];
    let mut state = 12345u32;
    while found.len() < 64 {
        state = state.wrapping_mul(1664525).wrapping_add(1013904223);
        found.push(state >> (state & 15));
    }
    found
}

/// All pairs of words through one instruction `d = a op b`.
fn pairs(instruction: &str, expected: impl Fn(u32, u32) -> u32) {
    let words = words();
    let a: Vec<u32> = words.iter().flat_map(|a| vec![*a; words.len()]).collect();
    let b: Vec<u32> = words.iter().cycle().take(a.len()).copied().collect();
    let body = format!("ld.global.u32 %x, [%a1]; ld.global.u32 %y, [%a2]; {instruction} st.global.u32 [%a0], %d;");
    let found: Vec<u32> = elementwise(&[Array::of(&a), Array::of(&b)], &[4, 4], a.len(), ".reg .b32 %x, %y, %d, %e; .reg .b16 %h, %g, %f; .reg .b64 %l, %k; .reg .pred %p, %q;", &body);
    for ((found, a), b) in found.iter().zip(&a).zip(&b) {
        assert_eq!(*found, expected(*a, *b), "{instruction} of {a:#x} and {b:#x}");
    }
}

fn wide(instruction: &str, expected: impl Fn(u64, u64) -> u64) {
    let words: Vec<u64> = words().iter().flat_map(|word| [u64::from(*word), u64::from(*word) << 32 | 0x1234_5678, (*word as i32 as i64) as u64]).step_by(3).chain([u64::MAX, 1 << 63, i64::MAX as u64]).collect();
    let a: Vec<u64> = words.iter().flat_map(|a| vec![*a; words.len()]).collect();
    let b: Vec<u64> = words.iter().cycle().take(a.len()).copied().collect();
    let body = format!("ld.global.u64 %x, [%a1]; ld.global.u64 %y, [%a2]; {instruction} st.global.u64 [%a0], %d;");
    let found: Vec<u64> = elementwise(&[Array::of(&a), Array::of(&b)], &[8, 8], a.len(), ".reg .b64 %x, %y, %d; .reg .b32 %c, %e;", &body);
    for ((found, a), b) in found.iter().zip(&a).zip(&b) {
        assert_eq!(*found, expected(*a, *b), "{instruction} of {a:#x} and {b:#x}");
    }
}

#[test]
fn arithmetic_of_words() {
    pairs("add.s32 %d, %x, %y;", u32::wrapping_add);
    pairs("sub.u32 %d, %x, %y;", u32::wrapping_sub);
    pairs("add.sat.s32 %d, %x, %y;", |a, b| (a as i32).saturating_add(b as i32) as u32);
    pairs("sub.sat.s32 %d, %x, %y;", |a, b| (a as i32).saturating_sub(b as i32) as u32);
    pairs("mul.lo.s32 %d, %x, %y;", u32::wrapping_mul);
    pairs("mul.hi.u32 %d, %x, %y;", |a, b| ((u64::from(a) * u64::from(b)) >> 32) as u32);
    pairs("mul.hi.s32 %d, %x, %y;", |a, b| ((i64::from(a as i32) * i64::from(b as i32)) >> 32) as u32);
    pairs("mad.lo.s32 %d, %x, %y, 17;", |a, b| a.wrapping_mul(b).wrapping_add(17));
    pairs("mad.hi.u32 %d, %x, %y, %x;", |a, b| (((u64::from(a) * u64::from(b)) >> 32) as u32).wrapping_add(a));
    pairs("mul24.lo.u32 %d, %x, %y;", |a, b| (a & 0xff_ffff).wrapping_mul(b & 0xff_ffff));
    pairs("mul24.hi.s32 %d, %x, %y;", |a, b| ((i64::from((a << 8) as i32 >> 8) * i64::from((b << 8) as i32 >> 8)) >> 16) as u32);
    pairs("min.s32 %d, %x, %y;", |a, b| (a as i32).min(b as i32) as u32);
    pairs("max.u32 %d, %x, %y;", u32::max);
    pairs("abs.s32 %d, %x;", |a, _| (a as i32).wrapping_abs() as u32);
    pairs("neg.s32 %d, %x;", |a, _| a.wrapping_neg());
    pairs("sad.s32 %d, %x, %y, 5;", |a, b| (a as i32).abs_diff(b as i32).wrapping_add(5));
    pairs("or.b32 %y, %y, 1; div.s32 %d, %x, %y;", |a, b| (a as i32).wrapping_div((b | 1) as i32) as u32);
    pairs("or.b32 %y, %y, 1; rem.s32 %d, %x, %y;", |a, b| (a as i32).wrapping_rem((b | 1) as i32) as u32);
    pairs("or.b32 %y, %y, 1; div.u32 %d, %x, %y; rem.u32 %e, %x, %y; mad.lo.u32 %d, %d, %y, %e;", |a, _| a);
    pairs("cvt.u16.u32 %h, %x; cvt.u16.u32 %g, %y; add.s16 %f, %h, %g; cvt.s32.s16 %d, %f;", |a, b| i32::from((a as i16).wrapping_add(b as i16)) as u32);
    pairs("cvt.u16.u32 %h, %x; cvt.u16.u32 %g, %y; mul.wide.s16 %d, %h, %g;", |a, b| (i32::from(a as i16) * i32::from(b as i16)) as u32);
    pairs("add.u16x2 %d, %x, %y;", |a, b| (a as u16).wrapping_add(b as u16) as u32 | u32::from(((a >> 16) as u16).wrapping_add((b >> 16) as u16)) << 16);
    pairs("dp4a.s32.u32 %d, %x, %y, %x;", |a, b| (0..4).fold(a, |sum, byte| sum.wrapping_add((i32::from((a >> (8 * byte)) as i8) * ((b >> (8 * byte)) & 255) as i32) as u32)));
}

#[test]
fn bits_of_words() {
    pairs("and.b32 %d, %x, %y;", |a, b| a & b);
    pairs("xor.b32 %d, %x, %y; not.b32 %d, %d;", |a, b| !(a ^ b));
    pairs("cnot.b32 %d, %x;", |a, _| u32::from(a == 0));
    pairs("shl.b32 %d, %x, %y;", |a, b| a.checked_shl(b).unwrap_or(0));
    pairs("shr.u32 %d, %x, %y;", |a, b| a.checked_shr(b).unwrap_or(0));
    pairs("shr.s32 %d, %x, %y;", |a, b| (a as i32 >> b.min(31)) as u32);
    pairs("shf.l.wrap.b32 %d, %x, %y, %y;", |a, b| ((u64::from(b) << 32 | u64::from(a)) << (b & 31) >> 32) as u32);
    pairs("shf.r.clamp.b32 %d, %x, %y, %y;", |a, b| ((u64::from(b) << 32 | u64::from(a)) >> b.min(32)) as u32);
    pairs("popc.b32 %d, %x;", |a, _| a.count_ones());
    pairs("clz.b32 %d, %x;", |a, _| a.leading_zeros());
    pairs("brev.b32 %d, %x;", |a, _| a.reverse_bits());
    pairs("bfind.u32 %d, %x;", |a, _| a.checked_ilog2().unwrap_or(u32::MAX));
    pairs("bfind.s32 %d, %x;", |a, _| if (a as i32) < 0 { !a } else { a }.checked_ilog2().unwrap_or(u32::MAX));
    pairs("bfind.shiftamt.u32 %d, %x;", |a, _| if a == 0 { u32::MAX } else { a.leading_zeros() });
    pairs("prmt.b32 %d, %x, %y, 0x3715;", |a, b| {
        let bytes = (u64::from(b) << 32 | u64::from(a)).to_le_bytes();
        u32::from_le_bytes([bytes[5], bytes[1], bytes[7], bytes[3]])
    });
    pairs("prmt.b32 %d, %x, %y, 0x9d08;", |a, b| {
        let bytes = (u64::from(b) << 32 | u64::from(a)).to_le_bytes();
        let sign = |byte: u8| if byte & 0x80 != 0 { 0xff } else { 0 };
        u32::from_le_bytes([sign(bytes[0]), bytes[0], sign(bytes[5]), sign(bytes[1])])
    });
    pairs("lop3.b32 %d, %x, %y, 0xf0f0, 0xca;", |a, b| (a & b) | (!a & 0xf0f0));
    // Fields: the position and the length are bytes of the second operand.
    let field = |b: u32| (b & 0xff, b >> 8 & 0xff);
    pairs("shr.u32 %e, %y, 8; bfe.u32 %d, %x, %y, %e;", |a, b| {
        let (start, count) = field(b);
        (start..(start + count).min(32)).enumerate().fold(0, |value, (to, from)| value | (a >> from & 1) << to)
    });
    pairs("shr.u32 %e, %y, 8; bfe.s32 %d, %x, %y, %e;", |a, b| {
        let (start, count) = field(b);
        let sign = if count == 0 { 0 } else { a >> (start + count - 1).min(31) & 1 };
        (0..32).fold(0, |value, to| value | if to < count && to + start < 32 { a >> (to + start) & 1 } else { sign } << to)
    });
    pairs("shr.u32 %e, %y, 8; bfi.b32 %d, %x, 0x5555aaaa, %y, %e;", |a, b| {
        let (start, count) = field(b);
        (0..32).fold(0, |value, bit| value | if bit >= start && bit < start + count { a >> (bit - start) & 1 } else { 0x5555_aaaau32 >> bit & 1 } << bit)
    });
    pairs("fns.b32 %d, %x, 3, 2;", |a, _| (3..32).filter(|bit| a >> bit & 1 == 1).nth(1).unwrap_or(u32::MAX));
    pairs("mov.b32 {%h, %g}, %x; mov.b32 %d, {%g, %h};", |a, _| a.rotate_left(16));
    pairs("mov.b64 %l, {%x, %y}; shr.u64 %l, %l, 16; mov.b64 {%d, _}, %l;", |a, b| ((u64::from(b) << 32 | u64::from(a)) >> 16) as u32);
}

#[test]
fn comparisons_and_selections() {
    let select = |setp: &str| format!("{setp} selp.b32 %d, 1, 2, %p;");
    pairs(&select("setp.lt.s32 %p, %x, %y;"), |a, b| if (a as i32) < b as i32 { 1 } else { 2 });
    pairs(&select("setp.hs.u32 %p, %x, %y;"), |a, b| if a >= b { 1 } else { 2 });
    pairs(&select("setp.eq.b32 %q, %x, %y; setp.gt.or.s32 %p, %x, 5, !%q;"), |a, b| if a as i32 > 5 || a != b { 1 } else { 2 });
    pairs("setp.ne.u32 %p, %x, 7; setp.lt.and.u32 %p|%q, %x, %y, %p; selp.b32 %d, 1, 0, %p; @%q or.b32 %d, %d, 2;", |a, b| if a == 7 { 0 } else if a < b { 1 } else { 2 });
    pairs("set.ge.u32.s32 %d, %x, %y;", |a, b| if a as i32 >= b as i32 { u32::MAX } else { 0 });
    pairs("set.lt.f32.u32 %d, %x, %y;", |a, b| if a < b { 1f32.to_bits() } else { 0 });
    pairs("slct.u32.s32 %d, %x, 9, %y;", |a, b| if b as i32 >= 0 { a } else { 9 });
    pairs("setp.gt.u32 %p, %x, %y; not.pred %q, %p; xor.pred %p, %p, %q; selp.u32 %d, 3, 4, %p;", |_, _| 3);
    pairs("mov.u32 %d, 0; setp.gt.u32 %p, %x, %y; @%p add.u32 %d, %d, 1; @!%p add.u32 %d, %d, 2;", |a, b| if a > b { 1 } else { 2 });
}

#[test]
fn arithmetic_of_long_words() {
    wide("add.s64 %d, %x, %y;", u64::wrapping_add);
    wide("mul.lo.u64 %d, %x, %y;", u64::wrapping_mul);
    wide("mul.hi.u64 %d, %x, %y;", |a, b| ((u128::from(a) * u128::from(b)) >> 64) as u64);
    wide("mul.hi.s64 %d, %x, %y;", |a, b| ((i128::from(a as i64) * i128::from(b as i64)) >> 64) as u64);
    wide("or.b64 %y, %y, 1; div.s64 %d, %x, %y;", |a, b| (a as i64).wrapping_div((b | 1) as i64) as u64);
    wide("or.b64 %y, %y, 1; rem.u64 %d, %x, %y;", |a, b| a % (b | 1));
    wide("cvt.u32.u64 %c, %x; cvt.u32.u64 %e, %y; mul.wide.s32 %d, %c, %e;", |a, b| (i64::from(a as i32) * i64::from(b as i32)) as u64);
    wide("cvt.u32.u64 %c, %x; cvt.u32.u64 %e, %y; mad.wide.u32 %d, %c, %e, %x;", |a, b| (u64::from(a as u32) * u64::from(b as u32)).wrapping_add(a));
    wide("cvt.u32.u64 %c, %y; shl.b64 %d, %x, %c;", |a, b| a.checked_shl(b as u32).unwrap_or(0));
    wide("cvt.u32.u64 %c, %y; shr.s64 %d, %x, %c;", |a, b| (a as i64 >> (b as u32).min(63)) as u64);
    wide("popc.b64 %c, %x; clz.b64 %e, %y; mov.b64 %d, {%c, %e};", |a, b| u64::from(b.leading_zeros()) << 32 | u64::from(a.count_ones()));
    wide("brev.b64 %d, %x;", |a, _| a.reverse_bits());
}

/// Numbers of 128 bits from words of 32: sums, differences, and a product by `mad` with carries.
#[test]
fn carries_go_through_chains() {
    let numbers: Vec<[u32; 4]> = words().chunks(4).map(|chunk| [chunk[0], chunk[1], chunk[2], chunk[3]]).chain([[u32::MAX; 4], [0; 4], [u32::MAX, 0, 0, 1]]).collect();
    let a: Vec<u32> = numbers.iter().flatten().copied().collect();
    let b: Vec<u32> = numbers.iter().rev().flatten().copied().collect();
    let whole = |words: &[u32]| words.iter().rev().fold(0u128, |value, word| value << 32 | u128::from(*word));
    let load = "ld.global.v4.u32 {%x0, %x1, %x2, %x3}, [%a1]; ld.global.v4.u32 {%y0, %y1, %y2, %y3}, [%a2];";
    let registers = ".reg .b32 %x<4>, %y<4>, %d<4>;";
    let store = "st.global.v4.u32 [%a0], {%d0, %d1, %d2, %d3};";
    let run = |body: &str| -> Vec<[u32; 4]> { elementwise(&[Array::of(&a), Array::of(&b)], &[16, 16], numbers.len(), registers, &format!("{load}{body}{store}")) };
    let sums = run("add.cc.u32 %d0, %x0, %y0; addc.cc.u32 %d1, %x1, %y1; addc.cc.u32 %d2, %x2, %y2; addc.u32 %d3, %x3, %y3;");
    let differences = run("sub.cc.u32 %d0, %x0, %y0; subc.cc.u32 %d1, %x1, %y1; subc.cc.u32 %d2, %x2, %y2; subc.u32 %d3, %x3, %y3;");
    // The lower half of each by the lowest word of the other.
    let products = run("mul.lo.u32 %d0, %x0, %y0; mul.hi.u32 %d1, %x0, %y0; mad.lo.cc.u32 %d1, %x1, %y0, %d1; madc.hi.cc.u32 %d2, %x1, %y0, 0; addc.u32 %d3, 0, 0;");
    for (index, (x, y)) in numbers.iter().zip(numbers.iter().rev()).enumerate() {
        assert_eq!(whole(&sums[index]), whole(x).wrapping_add(whole(y)));
        assert_eq!(whole(&differences[index]), whole(x).wrapping_sub(whole(y)));
        assert_eq!(whole(&products[index]), whole(&x[..2]) * u128::from(y[0]));
    }
}
