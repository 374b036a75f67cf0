// Structured control flow. A loop or `if` carries the names that its regions assign; terminators pass their values on.

def Py_IfOp : Py_Op<"if", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "`if`; results come from the branches that end in `py.yield`";
  let arguments = (ins I1:$condition);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$thenRegion, SizedRegion<1>:$elseRegion);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Py_WhileOp : Py_Op<"while", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "`while … else`";
  let description = [{
    The condition region has one argument per carried value and ends in `py.condition`, which passes values on to the body, or, when
    false, to the `else` region, whose `py.yield` gives the results. `py.continue` and the body's `py.yield` go to the condition;
    `py.break` gives the results at once.
  }];
  let arguments = (ins Variadic<AnyType>:$inits);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$conditionRegion, SizedRegion<1>:$bodyRegion, SizedRegion<1>:$elseRegion);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Py_ForOp : Py_Op<"for", [SingleBlock, RecursiveMemoryEffects]> {
  let summary = "`for target in iterable … else`";
  let description = [{
    The body's first argument is the item, the others the carried values; `py.continue` and the body's `py.yield` pass those to the
    next iteration. When the iterable is exhausted they go to the `else` region, whose `py.yield` gives the results; `py.break` gives the
    results at once. `parallel` marks a `prange`.
  }];
  let arguments = (ins AnyType:$iterable, Variadic<AnyType>:$inits, UnitAttr:$parallel);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$bodyRegion, SizedRegion<1>:$elseRegion);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

class Py_Exit<string mnemonic, list<Trait> traits = []> : Py_Op<mnemonic, !listconcat([Terminator], traits)> {
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^)? attr-dict (`:` type($values)^)?";
}

def Py_YieldOp : Py_Exit<"yield", [Pure, ParentOneOf<["IfOp", "ForOp", "WhileOp"]>]> {
  let summary = "Falls through to what follows";
}
def Py_BreakOp : Py_Exit<"break"> {
  let summary = "Leaves the nearest loop with its results";
  let hasVerifier = 1;
}
def Py_ContinueOp : Py_Exit<"continue"> {
  let summary = "Goes on with the nearest loop's next iteration";
  let hasVerifier = 1;
}
def Py_ConditionOp : Py_Op<"condition", [Terminator, Pure, HasParent<"WhileOp">]> {
  let summary = "Ends the condition region of `py.while`";
  let arguments = (ins I1:$condition, Variadic<AnyType>:$values);
  let assemblyFormat = "$condition (`,` $values^)? attr-dict (`:` type($values)^)?";
}
def Py_ReturnOp : Py_Op<"return", [Terminator]> {
  let summary = "`return value`, anywhere in the function";
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
  let hasVerifier = 1;
}
def Py_RaiseOp : Py_Op<"raise", [Terminator]> {
  let summary = "`raise exception(arguments…)`; a `template` is the one argument, a text with a `{}` for each operand";
  let description = [{
    Of `raise … from …`, `cause` names the class of the cause, or is empty for None; the last `cause_arguments` operands are its arguments.
  }];
  let arguments = (ins StrAttr:$exception, Variadic<AnyType>:$arguments);
  let assemblyFormat = "$exception (`(` $arguments^ `)`)? attr-dict (`:` type($arguments)^)?";
}
