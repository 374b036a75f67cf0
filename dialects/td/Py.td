// The `py` dialect: Python, structured, one op per construct. Stages `py` (untyped) and `typed`.
#ifndef ZOUK_PY
#define ZOUK_PY

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Py_Dialect : Dialect {
  let name = "py";
  let cppNamespace = "::zouk::py";
  let summary = "Python, structured, one op per construct";
  let description = [{
    Python functions are `func.func`s whose values have the type `!py.object`
    until `zouk-infer-types` gives every value the type it has at run time:
    builtin `si8`…`ui64`, `i1` (bool), `f32`, `f64`, `complex`, `tuple`, and the
    types below. Control flow stays structured: `py.if`, `py.for`, `py.while`
    carry the names that their regions assign as SSA values; `py.break`,
    `py.continue`, `py.return` and `py.raise` are terminators.
  }];
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::complex::ComplexDialect"];
}

class Py_Type<string n, string m, string text> : TypeDef<Py_Dialect, n> {
  let mnemonic = m;
  let summary = text;
}

def Py_ObjectType : Py_Type<"Object", "object", "a value whose type is not inferred yet">;
def Py_NoneType : Py_Type<"None", "none", "the type of None">;
def Py_StrType : Py_Type<"Str", "str", "a string">;
def Py_DatetimeType : Py_Type<"Datetime", "datetime", "a numpy.datetime64 of a unit: `!py.datetime<\"D\">`"> {
  let parameters = (ins StringRefParameter<>:$unit);
  let assemblyFormat = "`<` $unit `>`";
}
def Py_TimedeltaType : Py_Type<"Timedelta", "timedelta", "a numpy.timedelta64 of a unit: `!py.timedelta<\"s\">`"> {
  let parameters = (ins StringRefParameter<>:$unit);
  let assemblyFormat = "`<` $unit `>`";
}
def Py_EllipsisType : Py_Type<"Ellipsis", "ellipsis", "the type of `...`">;
def Py_GeneratorType : Py_Type<"Generator", "generator", "a `numpy.random.Generator` of the program">;
def Py_UnboundType : Py_Type<"Unbound", "unbound", "a local name that has no value here">;

def Py_ArrayType : Py_Type<"Array", "array", "a NumPy array"> {
  let description = [{
    `!py.array<f64, 2, C>`: element type, rank, layout (`C`, `F`, or `A` for any strides); `, readonly` when
    elements may not be assigned; `, unaligned` when they may lie at any byte, any number of bytes apart.
  }];
  let parameters = (ins "::mlir::Type":$elementType, "unsigned":$rank, StringRefParameter<>:$layout, "bool":$readonly, "bool":$unaligned);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Py_RecordType : Py_Type<"Record", "record", "an element of a structured array"> {
  let description = [{ `!py.record<"{12/4 a:float64@0 b:int32@8}">`: size, alignment and fields as `dialects/src/ty/record.rs` spells them. }];
  let parameters = (ins StringRefParameter<>:$fields);
  let assemblyFormat = "`<` $fields `>`";
}

def Py_ClassType : Py_Type<"Class", "class", "an instance of a compiled class"> {
  let description = [{ `!py.class<"Particle">`: the class by its name, under which `py.classes` of the module has its fields and methods. }];
  let parameters = (ins StringRefParameter<>:$name);
  let assemblyFormat = "`<` $name `>`";
}

def Py_ListType : Py_Type<"List", "list", "a list display: its length and its elements never change"> {
  let description = [{
    `!py.list<f64, si64>`: an element type for each place, as of a tuple.
  }];
  let parameters = (ins OptionalArrayRefParameter<"::mlir::Type">:$elements);
  let hasCustomAssemblyFormat = 1;
}

def Py_NamedType : Py_Type<"Named", "named", "a tuple of a class that has names for its elements"> {
  let description = [{ `!py.named<"numpy.linalg._linalg.QRResult Q R", f64, f64>`: the class, the names, and an element type for each of them. }];
  let parameters = (ins StringRefParameter<>:$name, ArrayRefParameter<"::mlir::Type">:$elements);
  let assemblyFormat = "`<` $name `,` $elements `>`";
}

class Py_WrapperType<string n, string m, string text> : Py_Type<n, m, text> {
  let parameters = (ins "::mlir::Type":$inner);
  let assemblyFormat = "`<` $inner `>`";
}
def Py_OptionalType : Py_WrapperType<"Optional", "optional", "a value or None">;
def Py_MaybeType : Py_WrapperType<"Maybe", "maybe", "the value of a local name that may be unbound">;
def Py_EnumerateType : Py_WrapperType<"Enumerate", "enumerate", "`enumerate(x)`">;
def Py_IteratorType : Py_WrapperType<"Iterator", "iterator", "`iter(x)`: what it runs over, and the place of the next item">;
def Py_ReversedType : Py_WrapperType<"Reversed", "reversed", "`reversed(x)`">;

def Py_PointerType : Py_WrapperType<"Pointer", "pointer", "an address of C; of `!py.none` nothing is known of what lies there">;
def Py_CtypesType : Py_WrapperType<"Ctypes", "ctypes", "`array.ctypes`: the address of the array's first element">;
def Py_FlagsType : Py_WrapperType<"Flags", "flags", "`array.flags`">;
def Py_FlatType : Py_WrapperType<"Flat", "flat", "`array.flat`">;
def Py_NdEnumerateType : Py_WrapperType<"NdEnumerate", "ndenumerate", "`np.ndenumerate(array)`">;
def Py_NdIndexType : Py_WrapperType<"NdIndex", "ndindex", "`np.ndindex(…)`, of a tuple of sizes">;
def Py_NdIterType : Py_WrapperType<"NdIter", "nditer", "`np.nditer(x)`, of an array or a tuple of arrays of the same sizes">;

def Py_CollectorType : Py_WrapperType<"Collector", "collector", "the items of a comprehension so far; of `!py.none` before the first one">;

def Py_RangeType : Py_WrapperType<"Range", "range", "`range(…)` over an integer type">;

def Py_ZipType : Py_Type<"Zip", "zip", "`zip(x, y, …)`"> {
  let parameters = (ins ArrayRefParameter<"::mlir::Type">:$inners);
  let assemblyFormat = "`<` $inners `>`";
}

class Py_PartsType<string n, string m, string text> : Py_Type<n, m, text> {
  let parameters = (ins ArrayRefParameter<"::mlir::Type">:$parts);
  let assemblyFormat = "`<` $parts `>`";
}
def Py_MapType : Py_PartsType<"Map", "map", "`map(function, x, y, …)`">;
def Py_FilterType : Py_PartsType<"Filter", "filter", "`filter(function, x)`">;

def Py_SliceType : Py_Type<"Slice", "slice", "`lower:upper:step`; an absent part is `!py.none`"> {
  let parameters = (ins "::mlir::Type":$lower, "::mlir::Type":$upper, "::mlir::Type":$step);
  let assemblyFormat = "`<` $lower `,` $upper `,` $step `>`";
}

def Py_RefType : Py_Type<"Ref", "ref", "a function, class, dtype or module: a singleton type"> {
  let description = [{
    The type carries the identity, so a callee survives variables, joins and calls: `!py.ref<"math.sin">`,
    `!py.ref<"numpy.float64">`, `!py.ref<"builtins.int">`; a function of this module is spelled with an `@`: `!py.ref<"@fib">`.
  }];
  let parameters = (ins StringRefParameter<>:$target);
  let assemblyFormat = "`<` $target `>`";
}

def Py_ClosureType : Py_Type<"Closure", "closure", "an inner function with the values that it has captured"> {
  let description = [{
    `!py.closure<"f.<locals>.g", f64, si64>`: the function's symbol; the types of the captured variables, then those of defaults that were computed.
  }];
  let parameters = (ins StringRefParameter<>:$callee, OptionalArrayRefParameter<"::mlir::Type">:$captures);
  let assemblyFormat = "`<` $callee (`,` $captures^)? `>`";
}

def Py_OneOfType : Py_Type<"OneOf", "one_of", "one of several functions: which one, the program tells"> {
  let description = [{ `!py.one_of<!py.ref<"@f">, !py.ref<"@g">>`: refs and closures of different functions, in the order of their names. }];
  let parameters = (ins ArrayRefParameter<"::mlir::Type">:$functions);
  let assemblyFormat = "`<` $functions `>`";
}

def Py_FunctionType : Py_PartsType<"Function", "function", "the address of a function of a signature"> {
  let description = [{ `!py.function<f64, si64, si64>`: the type of the result, then those of the arguments. The function has the calling convention of entry points. }];
}

class Py_Op<string mnemonic, list<Trait> traits = []> : Op<Py_Dialect, mnemonic, traits>;

include "PyValues.td"
include "PyControlFlow.td"

#endif
