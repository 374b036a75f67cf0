//! Calls of the runtime's and libm's scalar functions, declared in the module when first used.

use super::Lower;
use zouk_dialects::ir::{Attribute, Builder, FunctionType, Region, Type, Value};

impl<'c> Lower<'c> {
    /// The result of a C function without side effects: a symbol of the runtime or of libm.
    pub fn runtime_call(&self, name: &str, args: &[Value<'c>], result: Type<'c>) -> Value<'c> {
        self.declare(name, args, &[result], &self.pure());
        self.b.val("func.call", args, result, &[("callee", self.b.symbol(name))])
    }

    /// A pure function of complex numbers, given and returned as their parts: a C function of `double _Complex`, or of structures of two floats.
    pub fn complex_call(&self, name: &str, args: &[Value<'c>]) -> [Value<'c>; 2] {
        let parts = [self.b.f64(), self.b.f64()];
        self.declare(name, args, &parts, &self.pure());
        let call = self.b.op("func.call", args, &parts, &[("callee", self.b.symbol(name))]);
        [call.result(0), call.result(1)]
    }

    /// A call of a function of the runtime that changes what the program can see. An array, of one dimension and packed, is passed as owner,
    /// data, offset, size and stride, and is alive until the call returns.
    pub fn runtime_effect(&self, name: &str, args: &[Value<'c>], results: &[Type<'c>]) -> Vec<Value<'c>> {
        self.declare(name, args, results, &[("passthrough", self.b.str_array(&["nounwind"]))]);
        self.b.op("func.call", args, results, &[("callee", self.b.symbol(name))]).results()
    }

    /// libm's function on float64, or its `f` variant on float32; the result has the type of the first argument.
    pub fn libm(&self, name: &str, args: &[Value<'c>]) -> Value<'c> {
        let ty = args[0].ty();
        let name = if ty == self.b.f32() { format!("{name}f") } else { name.to_string() };
        self.runtime_call(&name, args, ty)
    }

    /// Of a function that reads and writes no memory, so that loops around it may still be optimised.
    fn pure(&self) -> [(&'static str, Attribute<'c>); 2] {
        [("passthrough", self.b.str_array(&["nounwind", "willreturn"])), ("llvm.readnone", self.b.unit())]
    }

    /// `func.func private @name`, at the head of the module.
    pub(super) fn declare(&self, name: &str, args: &[Value<'c>], results: &[Type<'c>], more: &[(&'static str, Attribute<'c>)]) {
        let b = &self.b;
        let body = self.module.body(0);
        let declarations = std::iter::successors(body.first(), |op| op.next()).take_while(|op| op.str_attr("sym_visibility") == Some("private"));
        if declarations.into_iter().any(|op| op.str_attr("sym_name") == Some(name)) {
            return;
        }
        let inputs: Vec<_> = args.iter().map(|v| v.ty()).collect();
        let mut attrs = vec![
            ("sym_name", b.str(name)),
            ("function_type", b.ty_attr(FunctionType::new(b.context, &inputs, results).into())),
            ("sym_visibility", b.str("private")),
        ];
        attrs.extend_from_slice(more);
        let at = match body.first() {
            Some(first) => {
                let at = Builder::before(first);
                at.set_loc(b.loc());
                at
            }
            None => Builder::at_end(b.context, body, b.loc()),
        };
        at.op_with_regions("func.func", &[], &[], &attrs, &[Region::new()]);
    }
}
