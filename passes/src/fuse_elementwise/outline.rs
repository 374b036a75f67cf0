//! Operations as functions of their own. Where the shapes of a group differ its operations run one by one: each is a call, and equal ones share the
//! function, so that what is rarely needed costs little to compile.

use super::group::{resizing, source};
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Builder, FunctionType, MemRefType, Op, RankedTensorType, Region, ShapedTypeLike, Type, Value};

pub struct Outlined<'c> {
    module: Op<'c>,
    /// Name of the function by its text.
    names: HashMap<String, String>,
}

impl<'c> Outlined<'c> {
    pub fn new(module: Op<'c>) -> Self {
        Outlined { module, names: HashMap::new() }
    }

    /// A call, at the builder's place, that computes what an elementwise operation does; its results.
    pub fn call(&mut self, b: &Builder<'c>, generic: Op<'c>) -> Vec<Value<'c>> {
        let body = Body::of(generic);
        let name = self.function(&body, generic);
        let types: Vec<Type<'c>> = generic.results().into_iter().map(Value::ty).collect();
        b.op("func.call", &body.parameters, &types, &[("callee", b.parse_attr(&format!("@{name}")))]).results()
    }

    /// The name of the function with that body.
    fn function(&mut self, body: &Body<'c>, generic: Op<'c>) -> String {
        let first = self.module.body(0).first().expect("the module has the function that is fused");
        let b = Builder::before(first);
        b.set_loc(generic.loc());
        let inputs: Vec<Type<'c>> = body.parameters.iter().map(|p| p.ty()).collect();
        let results: Vec<Type<'c>> = generic.results().into_iter().map(Value::ty).collect();
        let region = Region::new();
        let block = region.add_block(&inputs.iter().map(|ty| (*ty, generic.loc())).collect::<Vec<_>>());
        b.within(block, || body.build(&b, block, generic));
        let ty: Type = FunctionType::new(b.context, &inputs, &results).into();
        let attrs = [
            ("function_type", b.ty_attr(ty)),
            ("passthrough", b.str_array(&["noinline", "nounwind"])),
            ("sym_visibility", b.str("private")),
            ("py.display", b.str("elementwise")),
            ("zouk.writes", b.i32_array(&[])),
        ];
        let name = format!("elementwise.{}", self.names.len() + 1);
        let attrs = [&attrs[..], &[("sym_name", b.str(&name))]].concat();
        let function = b.op_with_regions("func.func", &[], &[], &attrs, &[region]);
        // On its own, so that values are numbered from the function's first.
        function.detach();
        let text = function.to_string().replacen(&name, "", 1);
        if let Some(known) = self.names.get(&text) {
            function.erase();
            return known.clone();
        }
        self.module.body(0).append(function);
        self.names.insert(text, name.clone());
        name
    }
}

/// Whether a call can do it: what is assigned at once, or has another layout than C, is computed in place.
pub fn can_outline(generic: Op) -> bool {
    let plain = |user: Op| match user.name() {
        "rt.array" => {
            let array = MemRefType::try_from(user.result(0).ty()).expect("an array");
            array.rank() > 0 && !array.to_string().contains("strided")
        }
        "bufferization.materialize_in_destination" => false,
        _ => true,
    };
    generic.results().into_iter().all(|r| r.uses().into_iter().all(|(user, _)| plain(user)))
}

/// An operation with the ops that size its operands and results.
struct Body<'c> {
    ops: Vec<Op<'c>>,
    /// Values from outside.
    parameters: Vec<Value<'c>>,
}

impl<'c> Body<'c> {
    fn of(generic: Op<'c>) -> Self {
        let inputs = generic.num_operands() - generic.num_results();
        let mut ops: Vec<Op<'c>> = vec![];
        for (i, value) in generic.operands().into_iter().enumerate() {
            let mut chain = resizing(value);
            if i >= inputs {
                chain.extend(source(value).def_by("tensor.empty"));
            }
            chain.reverse();
            chain.retain(|op| !ops.contains(op));
            ops.extend(chain);
        }
        ops.push(generic);
        let inside = |value: Value<'c>| {
            let mut block = value.parent_block();
            while let Some(op) = block.and_then(|b| b.parent()) {
                if op == generic {
                    return true;
                }
                block = op.block();
            }
            value.def().is_some_and(|op| ops.contains(&op))
        };
        let mut parameters: Vec<Value<'c>> = vec![];
        for op in &ops {
            op.walk(&mut |inner| {
                for value in inner.operands() {
                    if !inside(value) && !parameters.contains(&value) {
                        parameters.push(value);
                    }
                }
            });
        }
        Body { ops, parameters }
    }

    fn build(&self, b: &Builder<'c>, block: Block<'c>, generic: Op<'c>) {
        let mut values: HashMap<Value<'c>, Value<'c>> = self.parameters.iter().copied().zip(block.args()).collect();
        let mut last = generic;
        for op in &self.ops {
            last = b.insert(op.deep_clone());
            last.walk(&mut |inner| {
                for i in 0..inner.num_operands() {
                    if let Some(value) = values.get(&inner.operand(i)) {
                        inner.set_operand(i, *value);
                    }
                }
                inner.set_loc(generic.loc());
            });
            values.extend(op.results().into_iter().zip(last.results()));
        }
        // Code for what is rarely needed stays short.
        last.set_attr("llvm.loop_annotation", b.parse_attr("#llvm.loop_annotation<interleave = <count = 1 : i32>, unroll = <disable = true>>"));
        b.op("func.return", &last.results(), &[], &[]);
    }
}

/// The types of a function's parameters and results when tensors have become arrays.
pub fn on_arrays<'c>(b: &Builder<'c>, ty: Type<'c>, view: impl Fn(RankedTensorType<'c>) -> Type<'c>, packed: impl Fn(RankedTensorType<'c>) -> Type<'c>) -> Option<Type<'c>> {
    let ty = FunctionType::try_from(ty).ok()?;
    let of = |ty: Type<'c>, become_array: &dyn Fn(RankedTensorType<'c>) -> Type<'c>| RankedTensorType::try_from(ty).map_or(ty, become_array);
    let inputs: Vec<Type<'c>> = (0..ty.input_count()).filter_map(|i| ty.input(i).ok()).map(|ty| of(ty, &view)).collect();
    let results: Vec<Type<'c>> = (0..ty.result_count()).filter_map(|i| ty.result(i).ok()).map(|ty| of(ty, &packed)).collect();
    Some(FunctionType::new(b.context, &inputs, &results).into())
}
