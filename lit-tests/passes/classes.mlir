// A compiled class from untyped Python to the slots of its instances: construction, a method, a field that is read before a loop.
// RUN: %zouk-opt %s --from py --emit typed | FileCheck %s --check-prefix=TYPED
// RUN: %zouk-opt %s --from py --emit loops | FileCheck %s --check-prefix=LOOPS
// RUN: %zouk-opt %s --from py --emit llvm | FileCheck %s --check-prefix=LLVM

module attributes {py.classes = {Sum = {
  fields = ["total", "data"], types = ["f64", "!py.array<f64, 1, C>"],
  methods = {__init__ = "Sum.__init__", run = "Sum.run"}, static = {}, getters = {}, setters = {}, constants = {ZERO = 0.0 : f64}}}} {
  func.func @Sum.__init__(%self: !py.object, %data: !py.object) -> !py.object attributes {py.params = ["self", "data"], py.defaults = [], py.display = "Sum.__init__"} {
    %zero = py.attr %self "ZERO" : (!py.object) -> !py.object
    %total = py.constant "total" : !py.str
    py.setitem %self[%total] = %zero field : !py.object, !py.str, !py.object
    %name = py.constant "data" : !py.str
    py.setitem %self[%name] = %data field : !py.object, !py.str, !py.object
    %none = py.constant unit : !py.none
    py.return %none : !py.none
  }
  func.func @Sum.run(%self: !py.object) -> !py.object attributes {py.params = ["self"], py.defaults = [], py.display = "Sum.run"} {
    %data = py.attr %self "data" : (!py.object) -> !py.object
    %size = py.attr %data "size" : (!py.object) -> !py.object
    %range = py.ref : !py.ref<"builtins.range">
    %numbers = py.call %range(%size) : (!py.ref<"builtins.range">, !py.object) -> !py.object
    py.for %i : !py.object in %numbers : !py.object {
      %total = py.attr %self "total" : (!py.object) -> !py.object
      %array = py.attr %self "data" : (!py.object) -> !py.object
      %x = py.getitem %array[%i] : (!py.object, !py.object) -> !py.object
      %next = py.binary "add" inplace %total, %x : (!py.object, !py.object) -> !py.object
      %name = py.constant "total" : !py.str
      py.setitem %self[%name] = %next field : !py.object, !py.str, !py.object
      py.yield
    }
    %result = py.attr %self "total" : (!py.object) -> !py.object
    py.return %result : !py.object
  }
  func.func @f(%data: !py.object) -> !py.object attributes {py.params = ["data"], py.defaults = [], py.display = "f", py.instantiate = [["!py.array<f64, 1, C>"]]} {
    %class = py.ref : !py.ref<"class Sum">
    %sum = py.call %class(%data) : (!py.ref<"class Sum">, !py.object) -> !py.object
    %total = py.call_method %sum "run"() : (!py.object) -> !py.object
    %pair = py.tuple(%sum, %total) : (!py.object, !py.object) -> !py.object
    py.return %pair : !py.object
  }
}

// TYPED-LABEL: func.func @"f(array(float64, 1d, C))"
// TYPED: %[[NEW:.*]] = py.new : <"Sum">
// TYPED: call @"Sum.__init__(Sum, array(float64, 1d, C))"(%[[NEW]], %{{.*}})
// TYPED: call @"Sum.run(Sum)"(%[[NEW]])
// TYPED: func.func private @"Sum.__init__(Sum, array(float64, 1d, C))"(%{{.*}}: !py.class<"Sum">, %{{.*}}: !py.array<f64, 1, C>)
// TYPED: py.setitem %{{.*}} field : !py.class<"Sum">, !py.str, f64

// LOOPS: %[[NEW:.*]] = rt.object 5 owners [1] : memref<i1>
// LOOPS: rt.store_field %{{.*}} to %[[NEW]] "Sum.data" 2
// LOOPS-NOT: "Sum.data"
// LOOPS: scf.for
// LOOPS-NOT: "Sum.data"
// LOOPS: rt.store_field %{{.*}} to %[[NEW]] "Sum.total" 1

// LLVM: llvm.call @zouk_object
// LLVM: llvm.store %{{.*}}, %{{.*}} {tbaa = [#[[TOTAL:.*]]]} : f64, !llvm.ptr
