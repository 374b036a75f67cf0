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
    As `rt.check`. Among the `kinds` may be letters that take no operand: s (the next of `texts`), n (None), `(`, `)` around a tuple,
    and, at the end, `<`, `>` around the cause: the name of its class and its arguments, or None.
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
  let hasCanonicalizeMethod = 1;
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

def Rt_ForeignOp : Rt_Op<"foreign", [Pure]> {
  let summary = "An array over memory that C has given the address of; it has no owner";
  let description = [{ `rt.foreign %address[sizes…, strides…]`, strides as of `rt.view`. Nothing is checked. }];
  let arguments = (ins I64:$address, Variadic<Index>:$shape);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$address `[` $shape `]` attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Rt_AddressOp : Rt_Op<"address", [Pure]> {
  let summary = "The address of an array's first element, for C";
  let arguments = (ins AnyMemRef:$array);
  let results = (outs I64:$result);
  let assemblyFormat = "$array attr-dict `:` type($array)";
}

def Rt_KeepOp : Rt_Op<"keep"> {
  let summary = "Until here C may use the array by its address";
  let arguments = (ins AnyMemRef:$array);
  let assemblyFormat = "$array attr-dict `:` type($array)";
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

def Rt_ObjectOp : Rt_Op<"object", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "A new instance of a class, refcount one, all of its slots zero; raises MemoryError when there is none";
  let description = [{ An instance is a `memref<i1>`, which no array is, whose block has 8-byte slots, those of its fields as the calling convention has them. `owners` are the slots that own references. }];
  let arguments = (ins I64Attr:$slots, DenseI64ArrayAttr:$owners);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$slots `owners` $owners attr-dict `:` type($result)";
}

def Rt_LoadFieldOp : Rt_Op<"load_field", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "What stands in an instance's slots from number `slot` on: a scalar, an array or another instance";
  let description = [{ An array is a reference of its own, unless it is `borrowed`: then the instance keeps it alive while it is used. `field` names the class and the field: others are other memory. }];
  let arguments = (ins AnyMemRef:$object, StrAttr:$field, I64Attr:$slot, UnitAttr:$borrowed);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$object $field $slot (`borrowed` $borrowed^)? attr-dict `:` type($object) `to` type($result)";
}

def Rt_StoreFieldOp : Rt_Op<"store_field", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "Puts a scalar, an array or an instance into an instance's slots; the field owns a reference, and gives up that to what it held";
  let description = [{ An integer of fewer bits than a slot has is extended by its sign, if `sign_extended`. }];
  let arguments = (ins AnyType:$value, AnyMemRef:$object, StrAttr:$field, I64Attr:$slot, UnitAttr:$sign_extended);
  let assemblyFormat = "$value `to` $object $field $slot (`sign_extended` $sign_extended^)? attr-dict `:` type($value) `,` type($object)";
}

def Rt_IsAssignedOp : Rt_Op<"is_assigned", [Pure]> {
  let summary = "Whether an array or instance loaded from a field is one, and not what stands there before the first assignment";
  let arguments = (ins AnyMemRef:$array);
  let results = (outs I1:$result);
  let assemblyFormat = "$array attr-dict `:` type($array)";
}

def Rt_SameOp : Rt_Op<"same", [Pure]> {
  let summary = "Whether two instances are one";
  let arguments = (ins AnyMemRef:$lhs, AnyMemRef:$rhs);
  let results = (outs I1:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
}

def Rt_PrintOp : Rt_Op<"print"> {
  let summary = "Writes the values, formatted as `print` does, with no newline of its own";
  let description = [{ `kinds` as for `rt.check`; `text` is written first. }];
  let arguments = (ins StrAttr:$text, Variadic<AnyType>:$values, OptionalAttr<StrAttr>:$kinds);
  let assemblyFormat = "$text (`(` $values^ `:` type($values) `)`)? (`kinds` $kinds^)? attr-dict";
  let hasVerifier = 1;
}

def Rt_ScratchOp : Rt_Op<"scratch"> {
  let summary = "An array that a block of threads has together (`shared`, `dynamic`) or one thread has alone (`local`); it has no owner and is not initialised";
  let description = [{
    `rt.scratch "shared" (sizes…)`. Sizes are constants but of `dynamic`, all of which are one memory, as large as the launch says. An op is one array however often it runs.
  }];
  let arguments = (ins StrAttr:$space, Variadic<Index>:$sizes);
  let results = (outs AnyMemRef:$result);
  let assemblyFormat = "$space `(` $sizes `)` attr-dict `:` type($result)";
}

def Rt_AtomicOp : Rt_Op<"atomic"> {
  let summary = "Reads, computes and writes one element at once; gives what it was before";
  let description = [{
    `rt.atomic "add" %array[indices…, values…]`: one value, two of `cas` (what is expected, what is put in its place). The kinds are `add sub and or xor inc dec exch max min umax umin nanmax
    nanmin cas`; those of CUDA's atomics of the same names, `u` for numbers without sign.
  }];
  let arguments = (ins StrAttr:$kind, AnyMemRef:$array, Variadic<AnyType>:$values);
  let results = (outs AnyType:$old);
  let assemblyFormat = "$kind $array `[` $values `:` type($values) `]` attr-dict `:` type($array) `to` type($old)";
}

def Rt_SimtOp : Rt_Op<"simt"> {
  let summary = "What threads of a warp or a block do together, by the name that CUDA C has for it";
  let description = [{ Barriers with a result, fences, votes, shuffles: `passes/src/simt.rs` has the names with their types. }];
  let arguments = (ins StrAttr:$name, Variadic<AnyType>:$arguments);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = "$name `(` $arguments `)` attr-dict `:` functional-type($arguments, $results)";
}

def Rt_KernelOp : Rt_Op<"kernel", [Pure]> {
  let summary = "The address of the PTX, NUL-terminated, of the module with that name: a kernel that `zouk_offload_launch` runs";
  let arguments = (ins StrAttr:$name);
  let results = (outs I64:$address);
  let assemblyFormat = "$name attr-dict";
}

#endif
