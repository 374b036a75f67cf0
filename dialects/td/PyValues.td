// Constants, operators, tuples, subscripts, attributes, calls.

def Py_ConstantOp : Py_Op<"constant", [Pure, ConstantLike]> {
  let summary = "A literal, or a global or closure variable frozen at compile time";
  let description = [{
    `3 : si64`, `1.5 : f64`, `true`, `#complex.number<:f64 0.0, 1.0>`, `"text"` with the type `!py.str`, `unit` with the type
    `!py.none` or `!py.ellipsis`, `dense<…> : tensor<…>` with a readonly array type. Times are their counts, `3 : si64`.
  }];
  let arguments = (ins AnyAttr:$value);
  let results = (outs AnyType:$result);
  let hasCustomAssemblyFormat = 1;
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Py_RefOp : Py_Op<"ref", [Pure]> {
  let summary = "A function, class, dtype or module by name";
  let results = (outs Py_RefType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Py_UnboundOp : Py_Op<"unbound", [Pure]> {
  let summary = "Stands for a local name on a path that has not assigned it";
  let results = (outs Py_UnboundType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Py_CheckBoundOp : Py_Op<"check_bound"> {
  let summary = "Reads a local name that may be unbound: raises UnboundLocalError then";
  let arguments = (ins AnyType:$value, StrAttr:$name);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$name $value attr-dict `:` type($value) `->` type($result)";
}

def Py_UnwrapOp : Py_Op<"unwrap"> {
  let summary = "The value of an optional: raises TypeError when it is None";
  let arguments = (ins AnyType:$value);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$value attr-dict `:` type($value) `->` type($result)";
}

def Py_CastOp : Py_Op<"cast", [Pure]> {
  let summary = "The conversion that a join, a call or a return of another type needs";
  let arguments = (ins AnyType:$value);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$value attr-dict `:` type($value) `to` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Py_BinaryOp : Py_Op<"binary"> {
  let summary = "A binary operator: add sub mul truediv floordiv mod pow lshift rshift and or xor matmul";
  let arguments = (ins StrAttr:$kind, AnyType:$lhs, AnyType:$rhs, UnitAttr:$inplace);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$kind (`inplace` $inplace^)? $lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_CompareOp : Py_Op<"compare"> {
  let summary = "A comparison: eq ne lt le gt ge is is_not in not_in";
  let arguments = (ins StrAttr:$kind, AnyType:$lhs, AnyType:$rhs);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$kind $lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_UnaryOp : Py_Op<"unary"> {
  let summary = "A unary operator: neg pos invert not";
  let arguments = (ins StrAttr:$kind, AnyType:$operand);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$kind $operand attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_TruthOp : Py_Op<"truth"> {
  let summary = "The truth value that `if`, `while`, `not`, `and`, `or` test";
  let arguments = (ins AnyType:$value);
  let results = (outs I1:$result);
  let assemblyFormat = "$value attr-dict `:` type($value)";
  let hasFolder = 1;
}

def Py_TupleOp : Py_Op<"tuple", [Pure]> {
  let summary = "Builds a tuple";
  let arguments = (ins Variadic<AnyType>:$elements);
  let results = (outs AnyType:$result);
  let assemblyFormat = "`(` $elements `)` attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_ListOp : Py_Op<"list", [Pure]> {
  let summary = "A list display";
  let arguments = (ins Variadic<AnyType>:$elements);
  let results = (outs AnyType:$result);
  let assemblyFormat = "`(` $elements `)` attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_UnpackOp : Py_Op<"unpack"> {
  let summary = "Unpacks an iterable into as many values as there are results";
  let arguments = (ins AnyType:$value);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = "$value attr-dict `:` functional-type(operands, results)";
  let hasCanonicalizeMethod = 1;
}

def Py_SliceOp : Py_Op<"slice", [Pure]> {
  let summary = "`lower:upper:step`; absent parts are None constants";
  let arguments = (ins AnyType:$lower, AnyType:$upper, AnyType:$step);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$lower `:` $upper `:` $step attr-dict `:` functional-type(operands, results)";
}

def Py_GetItemOp : Py_Op<"getitem"> {
  let summary = "`value[index]`; an index with commas is a tuple";
  let arguments = (ins AnyType:$value, AnyType:$index);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$value `[` $index `]` attr-dict `:` functional-type(operands, results)";
}

def Py_SetItemOp : Py_Op<"setitem"> {
  let summary = "`value[index] = item`";
  let description = [{
    `attribute` names the attribute that the value is, of an assignment to it: `z.real = item` is `(z.real)[...] = item`. Of a `field` the index is its
    name: `record.x = item` is `record["x"] = item`.
  }];
  let arguments = (ins AnyType:$value, AnyType:$index, AnyType:$item, UnitAttr:$field);
  let assemblyFormat = "$value `[` $index `]` `=` $item (`field` $field^)? attr-dict `:` type(operands)";
}

def Py_AttrOp : Py_Op<"attr"> {
  let summary = "`value.name`";
  let arguments = (ins AnyType:$value, StrAttr:$name);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$value $name attr-dict `:` functional-type(operands, results)";
}

def Py_CallOp : Py_Op<"call"> {
  let summary = "`callee(arguments…, keyword=…)`; the last operands are the keywords named";
  let arguments = (ins AnyType:$callee, Variadic<AnyType>:$arguments, OptionalAttr<StrArrayAttr>:$keywords);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$callee `(` $arguments `)` (`keywords` $keywords^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_CallMethodOp : Py_Op<"call_method"> {
  let summary = "`value.name(arguments…, keyword=…)`";
  let arguments = (ins AnyType:$value, StrAttr:$name, Variadic<AnyType>:$arguments, OptionalAttr<StrArrayAttr>:$keywords);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$value $name `(` $arguments `)` (`keywords` $keywords^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_ClosureOp : Py_Op<"closure", [Pure]> {
  let summary = "An inner function with what it captures: variables, then defaults that were computed";
  let arguments = (ins StrAttr:$callee, Variadic<AnyType>:$captures);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$callee `(` $captures `)` attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_CapturedOp : Py_Op<"captured", [Pure]> {
  let summary = "One of the values that a closure has captured";
  let arguments = (ins I64Attr:$index, AnyType:$closure);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$index `of` $closure attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Py_IsFunctionOp : Py_Op<"is_function", [Pure]> {
  let summary = "Whether one of several functions is the one of that name: `@f`, `math.sin`, or the symbol of an inner function";
  let arguments = (ins StrAttr:$name, AnyType:$function);
  let results = (outs I1:$result);
  let assemblyFormat = "$name $function attr-dict `:` type($function)";
}

def Py_AsFunctionOp : Py_Op<"as_function", [Pure]> {
  let summary = "One of several functions as the one of that name, which it is";
  let arguments = (ins StrAttr:$name, AnyType:$function);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$name $function attr-dict `:` functional-type(operands, results)";
}

def Py_OtherFunctionOp : Py_Op<"other_function", [Pure]> {
  let summary = "One of several functions as one of the others than that of the name, which it is not";
  let arguments = (ins StrAttr:$name, AnyType:$function);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$name $function attr-dict `:` functional-type(operands, results)";
}

def Py_PartOp : Py_Op<"part", [Pure]> {
  let summary = "A part of an iterator: the function that `map` calls, what `enumerate` runs over";
  let arguments = (ins I64Attr:$index, AnyType:$iterator);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$index `of` $iterator attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
