//! Writes the inferred types into the IR: prunes decided branches, casts at joins, turns calls into `func.call`.

use super::calls::{Argument, named_default};
use super::{Engine, Facts, cast_before};
use crate::functions::{Const, Raised};
use crate::library::is_symbol;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{ArrayAttribute, Attribute, AttributeLike, Block, Builder, FunctionType, Op, StringAttribute, Type, TypeAttribute, TypeLike, Value};
use zouk_dialects::ty::Ty;

impl<'c> Engine<'c> {
    /// Finishes every instance that an entry point reaches; deletes the untyped functions and the instances that fell out of use.
    pub(super) fn finish(mut self) -> Result<(), Diagnostic> {
        // A callee before its callers, whose results it may leave open.
        for index in (0..self.instances.len()).rev() {
            self.check_result(index)?;
        }
        let used = self.reachable();
        for index in 0..self.instances.len() {
            if used[index] {
                self.finish_instance(index)?;
            } else {
                self.instances[index].op.erase();
            }
        }
        for op in self.sources.values() {
            op.erase();
        }
        Ok(())
    }

    fn reachable(&self) -> Vec<bool> {
        let mut used = vec![false; self.instances.len()];
        let mut stack: Vec<usize> = (0..self.instances.len()).filter(|i| self.instances[*i].entry).collect();
        while let Some(index) = stack.pop() {
            if !std::mem::replace(&mut used[index], true) {
                let facts = &self.instances[index].facts;
                stack.extend(facts.targets.values().chain(facts.elementwise.values()));
            }
        }
        used
    }

    /// A function that always raises gives None; one that only calls itself has no type.
    fn check_result(&mut self, index: usize) -> Result<(), Diagnostic> {
        let instance = &mut self.instances[index];
        if instance.result == Ty::Unknown {
            if instance.facts.returns_unknown {
                let name = instance.op.str_attr("py.display").unwrap_or_default();
                let message = format!("cannot type infer runaway recursion: every return of {name} depends on a call of itself");
                return Err(Diagnostic::at(ErrorClass::Typing, "recursion-result", message, instance.op.loc()).help("add a path that returns without the recursive call"));
            }
            instance.result = Ty::None;
        }
        Ok(())
    }

    fn finish_instance(&mut self, index: usize) -> Result<(), Diagnostic> {
        let facts = std::mem::take(&mut self.instances[index].facts);
        let result = self.result_of(index);
        let op = self.instances[index].op;
        let finish = Finish { engine: self, facts: &facts, result: result.clone() };
        finish.prune(op.body(0));
        if is_symbol(&self.instances[index].source) {
            finish.write_constants(op);
        }
        super::literals::drop_calls(op, |callee| finish.ty(callee).as_ref_name() == Some(super::literals::LITERALLY));
        finish.write_constant_arguments(op);
        finish.write_types(op);
        finish.casts(op);
        finish.calls()?;
        finish.typed_calls();
        finish.elementwise_calls();
        self.header(index, &result);
        self.instances[index].facts = facts;
        Ok(())
    }

    fn header(&self, index: usize, result: &Ty) {
        let instance = &self.instances[index];
        let (op, context) = (instance.op, self.module.context());
        let inputs: Vec<Type> = instance.arguments.iter().map(|t| self.types.to_mlir(t)).collect();
        let ty: Type = FunctionType::new(context, &inputs, &[self.types.to_mlir(result)]).into();
        op.set_attr("function_type", TypeAttribute::new(ty).into());
        op.set_attr("sym_name", StringAttribute::new(context, &instance.symbol).into());
        for name in ["py.instantiate", "py.instantiate_results", "py.signatures", "py.signature_results", "py.ufunc", "py.ufunc_reorderable", "py.gufunc", "py.gufunc_writable", "py.defaults", "py.literal", "py.variadic", "py.captures", "py.captured_defaults", "py.changing"] {
            op.remove_attr(name);
        }
        if !op.has_attr("py.display") {
            op.set_attr("py.display", StringAttribute::new(context, &instance.source).into());
        }
        if instance.entry {
            let text = |t: &Ty| -> Attribute { StringAttribute::new(context, &t.to_string()).into() };
            op.set_attr("zouk.entry", StringAttribute::new(context, &instance.source).into());
            op.set_attr("py.arguments", ArrayAttribute::new(context, &instance.arguments.iter().map(text).collect::<Vec<_>>()).into());
            op.set_attr("py.result", text(result));
        } else {
            op.set_attr("sym_visibility", StringAttribute::new(context, "private").into());
        }
    }
}

pub(super) struct Finish<'e, 'c> {
    pub(super) engine: &'e Engine<'c>,
    pub(super) facts: &'e Facts<'c>,
    result: Ty,
}

impl<'c> Finish<'_, 'c> {
    fn ty(&self, value: Value<'c>) -> Ty {
        match self.facts.types.get(&value) {
            Some(Ty::Unknown) | None => Ty::None,
            Some(ty) => ty.clone(),
        }
    }

    fn mlir(&self, value: Value<'c>) -> Type<'c> {
        self.engine.types.to_mlir(&self.ty(value))
    }

    fn decided(&self, condition: Value<'c>) -> Option<bool> {
        match self.facts.constants.get(&condition) {
            Some(Const::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// Prunes what the types decide, in this block and the nested ones.
    fn prune(&self, block: Block<'c>) {
        let mut next = block.first();
        while let Some(op) = next {
            if op.is("py.if") {
                if let Some(taken) = self.decided(op.operand(0)) {
                    next = self.splice(op, op.body(if taken { 0 } else { 1 }));
                    continue;
                }
            }
            if op.is("py.for") && self.facts.types.get(&op.operand(0)).is_some_and(Ty::has_no_items) {
                next = self.splice_else(op);
                continue;
            }
            if op.is("py.while") {
                self.cut_else_of_endless(op);
            }
            for region in op.regions() {
                region.blocks().into_iter().for_each(|b| self.prune(b));
            }
            if let Some(raised) = self.facts.raising.get(&op) {
                self.raise_instead(op, raised);
                break;
            }
            if self.facts.exiting.contains(&op) {
                self.cut_after(op);
            }
            next = op.next();
        }
    }

    /// Puts the ops of the live branch in the place of the `py.if`; gives the op to go on with.
    fn splice(&self, op: Op<'c>, branch: Block<'c>) -> Option<Op<'c>> {
        let outer = op.block().expect("an op of a function is in a block");
        let mut first = None;
        let mut exits = false;
        for inner in branch.ops() {
            if inner.is("py.yield") {
                for (result, value) in op.results().into_iter().zip(inner.operands()) {
                    result.replace_all_uses(value);
                }
                inner.erase();
                break;
            }
            exits = matches!(inner.name(), "py.return" | "py.raise" | "py.break" | "py.continue");
            inner.detach();
            outer.insert_before(op, inner);
            first = first.or(Some(inner));
        }
        if exits {
            erase_from(op);
            return first;
        }
        let after = op.next();
        op.erase();
        first.or(after)
    }

    /// A loop over nothing is its `else` region, of the initial values.
    fn splice_else(&self, op: Op<'c>) -> Option<Op<'c>> {
        let otherwise = op.body(1);
        for (argument, value) in otherwise.args().into_iter().zip(op.operands().into_iter().skip(1)) {
            argument.replace_all_uses(value);
        }
        self.splice(op, otherwise)
    }

    /// After an op that never falls through nothing is reached: the block ends there.
    fn cut_after(&self, op: Op<'c>) {
        let Some(rest) = op.next() else { return };
        if rest.is("py.raise") {
            return;
        }
        let block = op.block().expect("an op of a function is in a block");
        erase_from(rest);
        let b = Builder::at_end(op.context(), block, op.loc());
        let str = self.engine.types.to_mlir(&Ty::Str);
        let message = b.val("py.constant", &[], str, &[("value", StringAttribute::typed(str, "unreachable").into())]);
        b.op("py.raise", &[message], &[], &[("exception", b.str("SystemError")), ("unreachable", b.unit())]);
    }

    /// The block ends with a `raise` where the op is.
    fn raise_instead(&self, op: Op<'c>, raised: &Raised) {
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let arguments: Vec<_> = raised.arguments.iter().map(|value| self.engine.constant_op(&b, &type_of(value), value)).collect();
        b.op("py.raise", &arguments, &[], &[("exception", b.str(raised.exception))]);
        erase_from(op);
    }

    /// `while True` is only left by `break`: its `else` region yields nothing that anyone sees.
    fn cut_else_of_endless(&self, op: Op<'c>) {
        let endless = op.body(0).terminator().is_some_and(|t| t.is("py.condition") && self.decided(t.operand(0)) == Some(true));
        if !endless {
            return;
        }
        let otherwise = op.body(2);
        if let Some(first) = otherwise.first() {
            erase_from(first);
        }
        let b = Builder::at_end(op.context(), otherwise, op.loc());
        let unbound = self.engine.types.to_mlir(&Ty::Unbound);
        let values: Vec<_> = op
            .results()
            .into_iter()
            .map(|result| b.val("py.cast", &[b.val("py.unbound", &[], unbound, &[])], self.mlir(result), &[]))
            .collect();
        b.op("py.yield", &values, &[], &[]);
    }

    /// In library functions, what is known to be constant is one in the IR too: lowering asks nothing else.
    fn write_constants(&self, function: Op<'c>) {
        let written = ["py.constant", "py.tuple", "py.list", "py.slice", "py.ref", "py.unbound"];
        for op in function.collect(|op| op.dialect() == "py" && !written.contains(&op.name())) {
            let Some(next) = op.next() else { continue };
            let b = Builder::before(next);
            b.set_loc(op.loc());
            for result in op.results().into_iter().filter(|result| !result.is_unused()) {
                let ty = self.ty(result);
                if let Some(value) = self.facts.constants.get(&result).filter(|value| is_spelled(&ty, value)) {
                    result.replace_all_uses(self.engine.constant_op(&b, &ty, value));
                }
            }
        }
    }

    /// Arguments of calls that are known to be constants are constants in the IR too, as an axis must be: `a.sum(axis=a.ndim - 1)`.
    fn write_constant_arguments(&self, function: Op<'c>) {
        for call in function.collect(|op| matches!(op.name(), "py.call" | "py.call_method")) {
            for (i, value) in call.operands().into_iter().enumerate() {
                let ty = self.ty(value);
                let Some(constant) = self.facts.constants.get(&value).filter(|constant| is_computed(value) && is_spelled(&ty, constant)) else { continue };
                let b = Builder::before(call);
                call.set_operand(i, self.engine.constant_op(&b, &ty, constant));
            }
        }
    }

    /// Sets the type of every value that has none yet.
    fn write_types(&self, function: Op<'c>) {
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let write = |value: Value<'c>| {
            if value.ty().to_raw().ptr == object.to_raw().ptr {
                value.set_type(self.mlir(value))
            }
        };
        function.walk(&mut |op| {
            op.results().into_iter().for_each(write);
            for region in op.regions() {
                region.blocks().into_iter().flat_map(|b| b.args()).for_each(write);
            }
        });
    }

    /// Where a value meets a join of another type, casts it; where an optional must not be None, unwraps it.
    fn casts(&self, function: Op<'c>) {
        for (op, i) in &self.facts.unwrap_ops {
            let value = op.operand(*i);
            if let Ty::Optional(inner) = self.ty(value) {
                op.set_operand(*i, Builder::before(*op).val("py.unwrap", &[value], self.engine.types.to_mlir(&inner), &[]));
            }
        }
        for op in function.collect(|o| o.dialect() == "py") {
            let targets: Vec<Type<'c>> = match op.name() {
                "py.yield" => yield_targets(op),
                "py.break" => enclosing_loop(op).results().iter().map(|v| v.ty()).collect(),
                "py.continue" => carried_types(enclosing_loop(op)),
                "py.return" => vec![self.engine.types.to_mlir(&self.result)],
                "py.for" | "py.while" => carried_types(op),
                _ => continue,
            };
            let first = if op.is("py.for") { 1 } else { 0 };
            for (i, target) in targets.into_iter().enumerate() {
                op.set_operand(first + i, cast_before(op, op.operand(first + i), target));
            }
        }
    }

    /// Calls of functions of the module become `func.call` of their instance.
    fn calls(&self) -> Result<(), Diagnostic> {
        for (&op, &target) in &self.facts.targets {
            let callee = &self.engine.instances[target];
            let b = Builder::before(op);
            let bound = self.engine.bind(op, &callee.source)?.into_iter().map(|argument| match argument {
                Argument::Operand(i) => op.operand(i),
                Argument::Default(attr) => self.default_value(&b, attr),
                Argument::Captured(i) => self.captured(&b, op.operand(0), i),
                Argument::Rest(places) => {
                    let parts: Vec<_> = places.into_iter().map(|i| op.operand(i)).collect();
                    let ty = Ty::Tuple(parts.iter().map(|part| self.engine.types.get(part.ty())).collect());
                    b.val("py.tuple", &parts, self.engine.types.to_mlir(&ty), &[])
                }
            });
            let types = callee.arguments.iter().map(|ty| self.engine.types.to_mlir(ty));
            let arguments: Vec<_> = bound.zip(types).map(|(value, ty)| cast_before(op, value, ty)).collect();
            let result = self.engine.types.to_mlir(&self.engine.result_of(target));
            let call = b.val("func.call", &arguments, result, &[("callee", b.symbol(&callee.symbol))]);
            op.result(0).replace_all_uses(call);
            op.erase();
        }
        Ok(())
    }

    /// Calls of functions that have their types already.
    fn typed_calls(&self) {
        for (&op, call) in &self.facts.typed_calls {
            let b = Builder::before(op);
            let first = op.is("py.call") as usize;
            let arguments: Vec<_> = op.operands()[first..].iter().zip(&call.parameters).map(|(value, ty)| cast_before(op, *value, self.engine.types.to_mlir(ty))).collect();
            let result = b.val("func.call", &arguments, self.engine.types.to_mlir(&call.result), &[("callee", b.symbol(&call.symbol))]);
            op.result(0).replace_all_uses(result);
            op.erase();
        }
    }

    fn default_value(&self, b: &Builder<'c>, attr: Attribute<'c>) -> Value<'c> {
        let ty = self.engine.types.to_mlir(&self.engine.default_type(attr));
        if let Some((names, items)) = named_default(attr) {
            let class = b.val("py.ref", &[], self.engine.types.to_mlir(&Ty::Ref("zouk.library.named".into())), &[]);
            let names = b.val("py.constant", &[], self.engine.types.to_mlir(&Ty::Str), &[("value", b.str(&names.to_string()))]);
            return b.val("py.call", &[class, names, self.default_value(b, items)], ty, &[]);
        }
        match ArrayAttribute::try_from(attr) {
            Ok(array) => {
                let elements: Vec<_> = (0..array.len()).filter_map(|i| array.element(i).ok()).map(|a| self.default_value(b, a)).collect();
                b.val("py.tuple", &elements, ty, &[])
            }
            Err(_) if attr.is_type() => b.val("py.ref", &[], ty, &[]),
            Err(_) => b.val("py.constant", &[], ty, &[("value", attr)]),
        }
    }
}

/// The type of a part of an exception.
fn type_of(value: &Const) -> Ty {
    match value {
        Const::Int(_) => Ty::I64,
        Const::Str(_) => Ty::Str,
        _ => Ty::None,
    }
}

/// Whether a value, or a part of a tuple, is no constant as the program has it.
fn is_computed(value: Value) -> bool {
    value.def().is_some_and(|def| match def.name() {
        "py.call" | "py.call_method" | "py.attr" | "py.binary" | "py.unary" | "py.getitem" => true,
        "py.tuple" | "py.list" => def.operands().into_iter().any(is_computed),
        _ => false,
    })
}

/// Whether all of a constant is known, and its type is one of constants.
fn is_spelled(ty: &Ty, value: &Const) -> bool {
    match (ty, value) {
        (Ty::Tuple(types) | Ty::List(types), _) => types.iter().enumerate().all(|(i, ty)| matches!(ty, Ty::Ref(_)) || value.part(i).is_some_and(|value| is_spelled(ty, &value))),
        (Ty::Bool, Const::Bool(_)) | (Ty::Int { .. }, Const::Int(_)) | (Ty::Float(_), Const::Float(_)) | (Ty::Str, Const::Str(_)) | (Ty::None, Const::None) => true,
        _ => false,
    }
}

/// Deletes the op and all that follow it in its block, last first.
fn erase_from(op: Op) {
    let doomed: Vec<_> = std::iter::successors(Some(op), |o| o.next()).collect();
    doomed.into_iter().rev().for_each(Op::erase);
}

fn enclosing_loop(op: Op) -> Op {
    let mut region_owner = op.block();
    while let Some(block) = region_owner {
        let parent = block.parent().expect("the verifier has seen a loop");
        let body = match parent.name() {
            "py.for" => Some(parent.body(0)),
            "py.while" => Some(parent.body(1)),
            _ => None,
        };
        if body == Some(block) {
            return parent;
        }
        region_owner = parent.block();
    }
    unreachable!("the verifier has seen a loop")
}

fn carried_types<'c>(op: Op<'c>) -> Vec<Type<'c>> {
    let skip = if op.is("py.for") { 1 } else { 0 };
    op.body(0).args().into_iter().skip(skip).map(|a| a.ty()).collect()
}

/// What a `py.yield` gives to: the results, or the next iteration.
fn yield_targets<'c>(op: Op<'c>) -> Vec<Type<'c>> {
    let block = op.block().expect("a terminator is in a block");
    let parent = op.parent().expect("py.yield has a parent");
    let body = match parent.name() {
        "py.for" => parent.body(0) == block,
        "py.while" => parent.body(1) == block,
        _ => false,
    };
    if body { carried_types(parent) } else { parent.results().iter().map(|v| v.ty()).collect() }
}
