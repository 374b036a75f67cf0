//! Reference counts: every path retains and releases what it must.

use super::run;

/// The lines with `rt.retain` or `rt.release`, branches and block labels after `zouk-insert-releases`.
fn counts(source: &str) -> String {
    let text = run(source, "builtin.module(zouk-lower-checks,zouk-insert-releases)").expect("the passes succeed");
    let function = text.split("\n  }").next().unwrap_or_default();
    let shown = |line: &&str| ["rt.retain", "rt.release", "^bb", "return", "cf."].iter().any(|part| line.contains(part));
    function.lines().skip(2).filter(shown).map(|line| line.split("//").next().unwrap_or_default().trim().to_string() + "\n").collect()
}

fn count(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

#[test]
fn swapped_buffers_are_neither_retained_nor_released_in_the_loop() {
    let text = counts(
        r#"
        func.func @swap(%p: !llvm.ptr, %q: !llvm.ptr, %n: index) -> memref<?xf64> {
          %c0 = arith.constant 0 : index
          %a = rt.adopt %p[%n] : !llvm.ptr to memref<?xf64>
          %b = rt.adopt %q[%n] : !llvm.ptr to memref<?xf64>
          cf.br ^head(%a, %b, %c0 : memref<?xf64>, memref<?xf64>, index)
        ^head(%x: memref<?xf64>, %y: memref<?xf64>, %i: index):
          %more = arith.cmpi slt, %i, %n : index
          cf.cond_br %more, ^body, ^done
        ^body:
          %j = arith.addi %i, %i : index
          cf.br ^head(%y, %x, %j : memref<?xf64>, memref<?xf64>, index)
        ^done:
          return %x : memref<?xf64>
        }"#,
    );
    assert_eq!((count(&text, "rt.retain"), count(&text, "rt.release")), (0, 1), "{text}");
    assert!(text.contains("^bb3:\nrt.release"), "{text}");
}

#[test]
fn borrowed_arguments_are_retained_where_they_get_an_owner() {
    let text = counts(
        r#"
        func.func @f(%a: memref<?xf64>, %p: !llvm.ptr, %n: index, %c: i1) -> (memref<?xf64>, memref<?xf64>) {
          cf.cond_br %c, ^one, ^two(%a : memref<?xf64>)
        ^one:
          %b = rt.adopt %p[%n] : !llvm.ptr to memref<?xf64>
          cf.br ^two(%b : memref<?xf64>)
        ^two(%x: memref<?xf64>):
          return %x, %a : memref<?xf64>, memref<?xf64>
        }"#,
    );
    assert_eq!((count(&text, "rt.retain"), count(&text, "rt.release")), (2, 0), "{text}");
}

#[test]
fn an_early_return_releases_what_it_does_not_return() {
    let text = counts(
        r#"
        func.func @f(%p: !llvm.ptr, %n: index, %c: i1) -> index {
          %c0 = arith.constant 0 : index
          %a = rt.adopt %p[%n] : !llvm.ptr to memref<?xf64>
          cf.cond_br %c, ^early, ^late
        ^early:
          return %c0 : index
        ^late:
          %m = memref.dim %a, %c0 : memref<?xf64>
          return %m : index
        }"#,
    );
    assert_eq!((count(&text, "rt.retain"), count(&text, "rt.release")), (0, 2), "{text}");
}

#[test]
fn a_returned_view_takes_the_reference_of_its_array() {
    let text = counts(
        r#"
        func.func @f(%p: !llvm.ptr, %n: index) -> (memref<?xf64>, memref<?xf64>) {
          %a = rt.adopt %p[%n] : !llvm.ptr to memref<?xf64>
          %v = rt.view %a[%n, %n, %n] : memref<?xf64> to memref<?xf64>
          return %v, %a : memref<?xf64>, memref<?xf64>
        }"#,
    );
    assert_eq!((count(&text, "rt.retain"), count(&text, "rt.release")), (1, 0), "{text}");
}

#[test]
fn a_selection_with_a_borrowed_array_is_retained() {
    let text = counts(
        r#"
        func.func @f(%p: !llvm.ptr, %n: index, %c: i1, %b: memref<?xf64>) -> memref<?xf64> {
          %a = rt.adopt %p[%n] : !llvm.ptr to memref<?xf64>
          %s = arith.select %c, %a, %b : memref<?xf64>
          return %s : memref<?xf64>
        }"#,
    );
    assert_eq!((count(&text, "rt.retain"), count(&text, "rt.release")), (1, 1), "{text}");
}

#[test]
fn errors_release_through_one_block_for_the_same_arrays() {
    let text = counts(
        r#"
        func.func @f(%n: index, %i: index, %j: index) -> f64 {
          %a = rt.alloc(%n) : memref<?xf64>
          %k = rt.index %i of %n checked "0"
          %x = memref.load %a[%k] : memref<?xf64>
          %l = rt.index %j of %n checked "0"
          %y = memref.load %a[%l] : memref<?xf64>
          %z = arith.addf %x, %y : f64
          return %z : f64
        }"#,
    );
    assert_eq!((count(&text, "rt.retain"), count(&text, "rt.release")), (0, 2), "{text}");
}

#[test]
fn results_of_a_call_that_failed_are_not_released() {
    let text = counts(
        r#"
        func.func @f(%n: index) -> index {
          %a = func.call @make(%n) : (index) -> memref<?xf64>
          %c0 = arith.constant 0 : index
          return %c0 : index
        }
        func.func @make(%n: index) -> memref<?xf64> {
          %a = rt.alloc(%n) : memref<?xf64>
          return %a : memref<?xf64>
        }"#,
    );
    assert_eq!((count(&text, "rt.retain"), count(&text, "rt.release")), (0, 1), "{text}");
    assert!(text.contains("^bb1:\nrt.release"), "{text}");
}
