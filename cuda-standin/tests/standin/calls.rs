//! Functions: parameters, results, recursion, pointers, and those of the driver.

use crate::support::*;

const HEAD: &str = ".version 8.0\n.target sm_80\n.address_size 64\n";

fn run(functions: &str, registers: &str, body: &str) -> Vec<u32> {
    let entry = module(&[4], registers, &format!("{body} st.global.u32 [%a0], %d;"));
    let text = entry.replacen(".visible .entry", &format!("{functions}\n.visible .entry"), 1);
    let out = Array::of(&[0u32; 40]);
    kernel(&text, "k").run(1, 64, &[bytes(out.address), bytes(40u32)]);
    out.read()
}

#[test]
fn parameters_and_results_go_through_the_stack() {
    let functions = ".func (.param .align 8 .b8 result[16]) both(.param .b32 a, .param .align 8 .b8 b[8]) { .reg .b32 %x, %y, %z; .reg .b64 %p;
        ld.param.b32 %x, [a]; ld.param.v2.b32 {%y, %z}, [b]; add.u32 %y, %y, %x; mov.b64 %p, b; ld.param.u8 %x, [%p+4]; st.param.b32 [result+4], %y; st.param.v2.b32 [result+8], {%z, %x}; ret; }";
    let body = "{ .param .b32 p0; .param .align 8 .b8 p1[8]; .param .align 8 .b8 r[16]; st.param.b32 [p0], %i; st.param.b32 [p1], 100; mul.lo.u32 %x, %i, 1000; st.param.b32 [p1+4], %x; call.uni (r), both, (p0, p1); ld.param.b32 %d, [r+4]; ld.param.v2.b32 {%x, %y}, [r+8]; } add.u32 %d, %d, %x; mad.lo.u32 %d, %y, 100000, %d;";
    let expected: Vec<u32> = (0..40).map(|i| i + 100 + i * 1000 + (i * 1000 & 255) * 100_000).collect();
    assert_eq!(run(functions, ".reg .b32 %x, %y, %d;", body), expected);
}

#[test]
fn threads_recurse_to_different_depths() {
    let functions = ".func (.param .b32 r) ackermann(.param .b32 m, .param .b32 n) { .reg .b32 %m, %n; .reg .pred %p;
        ld.param.b32 %m, [m]; ld.param.b32 %n, [n]; setp.ne.u32 %p, %m, 0; @%p bra more; add.u32 %n, %n, 1; st.param.b32 [r], %n; ret;
        more: setp.ne.u32 %p, %n, 0; @%p bra both; mov.u32 %n, 1; bra last;
        both: sub.u32 %n, %n, 1; { .param .b32 a; .param .b32 b; .param .b32 c; st.param.b32 [a], %m; st.param.b32 [b], %n; call.uni (c), ackermann, (a, b); ld.param.b32 %n, [c]; }
        last: sub.u32 %m, %m, 1; { .param .b32 a; .param .b32 b; .param .b32 c; st.param.b32 [a], %m; st.param.b32 [b], %n; call.uni (c), ackermann, (a, b); ld.param.b32 %n, [c]; } st.param.b32 [r], %n; ret; }";
    fn ackermann(m: u32, n: u32) -> u32 {
        match (m, n) {
            (0, n) => n + 1,
            (m, 0) => ackermann(m - 1, 1),
            (m, n) => ackermann(m - 1, ackermann(m, n - 1)),
        }
    }
    let body = "and.b32 %x, %i, 1; add.u32 %x, %x, 1; and.b32 %y, %i, 3; { .param .b32 a; .param .b32 b; .param .b32 c; st.param.b32 [a], %x; st.param.b32 [b], %y; call.uni (c), ackermann, (a, b); ld.param.b32 %d, [c]; }";
    assert_eq!(run(functions, ".reg .b32 %x, %y, %d;", body), (0..40).map(|i| ackermann((i & 1) + 1, i & 3)).collect::<Vec<_>>());
}

#[test]
fn functions_are_called_through_pointers() {
    let functions = ".func (.param .b32 r) one(.param .b32 x) { .reg .b32 %x; ld.param.b32 %x, [x]; add.u32 %x, %x, 1; st.param.b32 [r], %x; ret; }
        .func (.param .b32 r) two(.param .b32 x) { .reg .b32 %x; ld.param.b32 %x, [x]; mul.lo.u32 %x, %x, %x; st.param.b32 [r], %x; ret; }
        .global .align 8 .u64 table[2] = {one, two};";
    let body = "and.b32 %x, %i, 1; mov.u64 %t, table; mad.wide.u32 %t, %x, 8, %t; ld.global.u64 %t, [%t]; { .param .b32 a; .param .b32 c; st.param.b32 [a], %i; proto: .callprototype (.param .b32 _) _ (.param .b32 _); call (c), %t, (a), proto; ld.param.b32 %d, [c]; }";
    assert_eq!(run(functions, ".reg .b32 %x, %d; .reg .b64 %t;", body), (0..40).map(|i| if i % 2 == 0 { i + 1 } else { i * i }).collect::<Vec<_>>());
}

#[test]
fn what_is_printed_is_cs() {
    let text = format!(
        "{HEAD}.extern .func (.param .b32 r) vprintf(.param .b64 f, .param .b64 a);
        .global .align 1 .b8 format[40] = {{37, 53, 100, 124, 37, 45, 53, 117, 124, 37, 46, 50, 102, 124, 37, 101, 124, 37, 103, 124, 37, 35, 120, 124, 37, 108, 108, 100, 124, 37, 99, 124, 37, 115, 10, 0}};
        .global .align 1 .b8 word[4] = {{97, 98, 99, 0}};
        .visible .entry k() {{ .local .align 8 .b8 args[64]; .reg .b64 %l, %f; .reg .b32 %r; .reg .f64 %d; .reg .pred %p;
        mov.u32 %r, %tid.x; setp.ne.u32 %p, %r, 3; @%p ret;
        mov.u64 %l, args; st.local.u32 [%l], -42; st.local.u32 [%l+4], 7; mov.f64 %d, 0d400921FB54442D18; st.local.f64 [%l+8], %d; st.local.f64 [%l+16], %d; st.local.f64 [%l+24], %d; st.local.u32 [%l+32], 255; st.local.u64 [%l+40], -5000000000; st.local.u32 [%l+48], 90; mov.u64 %f, word; st.local.u64 [%l+56], %f;
        cvta.local.u64 %l, %l; mov.u64 %f, format;
        {{ .param .b64 a; .param .b64 b; .param .b32 r; st.param.b64 [a], %f; st.param.b64 [b], %l; call.uni (r), vprintf, (a, b); ld.param.b32 %r, [r]; }} ret; }}"
    );
    assert_eq!(kernel(&text, "k").run(1, 32, &[]), "  -42|7    |3.14|3.141593e+00|3.14159|0xff|-5000000000|Z|abc\n");
}

#[test]
fn memory_from_malloc_is_memory() {
    let functions = ".extern .func (.param .b64 r) malloc(.param .b64 n); .extern .func free(.param .b64 p);";
    let allocate = "{ .param .b64 n; .param .b64 r; st.param.b64 [n], 16; call.uni (r), malloc, (n); ld.param.b64 %p, [r]; } st.u32 [%p+12], %i; ld.u32 %d, [%p+12]; { .param .b64 q; st.param.b64 [q], %p; call.uni free, (q); }";
    assert_eq!(run(functions, ".reg .b32 %d; .reg .b64 %p;", allocate), (0..40).collect::<Vec<_>>());
}

#[test]
fn a_stack_has_an_end() {
    let text = format!("{HEAD}.func forever(.param .b32 x) {{ .reg .b32 %x; ld.param.b32 %x, [x]; {{ .param .b32 a; st.param.b32 [a], %x; call.uni forever, (a); }} ret; }} .visible .entry k() {{ {{ .param .b32 a; st.param.b32 [a], 1; call.uni forever, (a); }} ret; }}");
    let fault = kernel(&text, "k").launch([1, 1, 1], [32, 1, 1], &[]).expect_err("no end");
    assert!(fault.code == 714 && fault.text.contains("stack"), "{}", fault.text);
}
