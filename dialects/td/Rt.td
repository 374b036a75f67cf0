// The `rt` dialect: what lowered code asks of the runtime and of the error exit. Stages `tensor` and `loops`.
#ifndef ZOUK_RT
#define ZOUK_RT

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Rt_Dialect : Dialect {
  let name = "rt";
  let cppNamespace = "::zouk::rt";
  let summary = "Checks, exceptions and memory, one op each until the `llvm` stage";
}

class Rt_Op<string mnemonic, list<Trait> traits = []> : Op<Rt_Dialect, mnemonic, traits>;

def Rt_CheckOp : Rt_Op<"check"> {
  let summary = "Raises the exception unless the condition holds";
  let description = [{
    `message` is the one argument of the exception when there are no operands, unless it is empty. Operands fill in the `{}` of a message
    that has some, else they are the exception's arguments after it. Scalars only; `signed` integers are marked by
    `kinds`, one letter an operand: i (signed), u (unsigned), f (float64), F (float32), b (bool),
    c (complex128), C (complex64). With the attribute `pending` the exception is there already, and there is no other one.
  }];
  let arguments = (ins I1:$condition, StrAttr:$exception, StrAttr:$message, Variadic<AnyType>:$arguments, OptionalAttr<StrAttr>:$kinds);
  let assemblyFormat = "$condition `,` $exception $message (`(` $arguments^ `:` type($arguments) `)`)? (`kinds` $kinds^)? attr-dict";
  let hasVerifier = 1;
}

def Rt_RaiseOp : Rt_Op<"raise"> {
  let summary = "Raises the exception; what follows in the block is not reached";
  let description = [{
    As `rt.check`. Among the `kinds` may be letters that take no operand: s (the next of `texts`), n (None), and `(`, `)` around a tuple.
  }];
  let arguments = (ins StrAttr:$exception, StrAttr:$message, Variadic<AnyType>:$arguments, OptionalAttr<StrAttr>:$kinds,
                       OptionalAttr<StrArrayAttr>:$texts);
  let assemblyFormat = "$exception $message (`(` $arguments^ `:` type($arguments) `)`)? (`kinds` $kinds^)? (`texts` $texts^)? attr-dict";
  let hasVerifier = 1;
}

def Rt_IndexOp : Rt_Op<"index", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "A Python index into `[0, size)`: adds `size` to a negative one (`wraps`), raises IndexError when outside (`checked`)";
  let arguments = (ins Index:$position, Index:$size, UnitAttr:$wraps, UnitAttr:$checked, StrAttr:$message);
  let results = (outs Index:$result);
  let assemblyFormat = "$position `of` $size (`wraps` $wraps^)? (`checked` $checked^)? $message attr-dict";
}

def Rt_AllocOp : Rt_Op<"alloc", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "A new array block, refcount one; raises ValueError on a negative size, MemoryError when there is none";
  let description = [{ `dtype` is the one that the error names, where the elements in memory do not tell it. }];
  let arguments = (ins Variadic<Index>:$sizes, UnitAttr:$zeroed, OptionalAttr<StrAttr>:$dtype);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "`(` $sizes `)` (`zeroed` $zeroed^)? (`dtype` $dtype^)? attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Rt_AdoptOp : Rt_Op<"adopt"> {
  let summary = "The array over a new block of the runtime (a pointer), whose only reference it takes over; what `rt.alloc` becomes";
  let arguments = (ins AnyType:$block, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$block `[` $sizes `]` attr-dict `:` type($block) `to` type($result)";
  let hasVerifier = 1;
}

def Rt_ConstantArrayOp : Rt_Op<"constant_array", [Pure]> {
  let summary = "A read-only array frozen at compile time; it has no owner";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$value attr-dict `as` type($result)";
  let hasVerifier = 1;
}

def Rt_ViewOp : Rt_Op<"view", [Pure]> {
  let summary = "Other sizes and strides over the same block; keeps the owner";
  let description = [{
    `rt.view %base[offset, sizes…, strides…]`, in elements. The data pointer moves by `offset`, so every array of ours has offset 0.
    A stride that the result's layout fixes is given all the same. Nothing is checked. The memory may be seen as elements of another type, complex
    numbers as their parts; the numbers then count elements of the result. It `repeats` when several places may be one element. Of
    the `bytes` of records the offset is in bytes.
  }];
  let arguments = (ins AnyMemRef:$base, Variadic<Index>:$shape, UnitAttr:$bytes, UnitAttr:$repeats);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$base `[` $shape `]` (`bytes` $bytes^)? (`repeats` $repeats^)? attr-dict `:` type($base) `to` type($result)";
  let hasVerifier = 1;
}

def Rt_ArrayOp : Rt_Op<"array", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "A new array, refcount one, with the elements of the tensor";
  let description = [{ The array may be written to afterwards, which the tensor does not see. `dtype` as of `rt.alloc`. }];
  let arguments = (ins AnyRankedTensor:$source, OptionalAttr<StrAttr>:$dtype);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$source (`dtype` $dtype^)? attr-dict `:` type($source) `to` type($result)";
}

def Rt_BroadcastOp : Rt_Op<"broadcast", [Pure]> {
  let summary = "The tensor with these sizes: an axis of size one is stretched where the size asked for is another";
  let description = [{ Each axis has the size asked for, or one: the op that made the sizes has checked it. No elements are copied. }];
  let arguments = (ins AnyRankedTensor:$source, Variadic<Index>:$sizes);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source `to` `[` $sizes `]` attr-dict `:` type($source) `to` type($result)";
}

def Rt_RetainOp : Rt_Op<"retain", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "One more owner of the array's block";
  let arguments = (ins AnyMemRef:$array);
  let assemblyFormat = "$array attr-dict `:` type($array)";
}

def Rt_ReleaseOp : Rt_Op<"release", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "One owner less; the last frees the block";
  let arguments = (ins AnyMemRef:$array);
  let assemblyFormat = "$array attr-dict `:` type($array)";
}

def Rt_CallOp : Rt_Op<"call"> {
  let summary = "Calls a function of the runtime that may read and write the arrays among its arguments; gives its status";
  let description = [{
    An array passes the address of its first element, and lives until the function returns. Its layout is the caller's and the function's affair.
  }];
  let arguments = (ins StrAttr:$callee, Variadic<AnyTypeOf<[I64, F64, AnyMemRef]>>:$arguments);
  let results = (outs I64:$status);
  let assemblyFormat = "$callee `(` $arguments `)` attr-dict `:` functional-type($arguments, $status)";
}

def Rt_PrintOp : Rt_Op<"print"> {
  let summary = "Writes the values, formatted as `print` does, with no newline of its own";
  let description = [{ `kinds` as for `rt.check`; `text` is written first. }];
  let arguments = (ins StrAttr:$text, Variadic<AnyType>:$values, OptionalAttr<StrAttr>:$kinds);
  let assemblyFormat = "$text (`(` $values^ `:` type($values) `)`)? (`kinds` $kinds^)? attr-dict";
  let hasVerifier = 1;
}

#endif
