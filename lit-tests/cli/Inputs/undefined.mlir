func.func @f(%x: !py.object) -> !py.object attributes {py.params = ["x"], py.defaults = [], py.display = "f", py.instantiate = [["si64"]]} {
  %r = py.call %x() : (!py.object) -> !py.object
  py.return %r : !py.object
}
