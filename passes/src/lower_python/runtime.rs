//! Calls of the runtime's and libm's scalar functions, declared in the module when first used.

use super::Lower;
use zouk_dialects::ir::{Builder, FunctionType, Region, Type, Value};

impl<'c> Lower<'c> {
    /// The result of a C function without side effects: a symbol of the runtime or of libm.
    pub fn runtime_call(&self, name: &str, args: &[Value<'c>], result: Type<'c>) -> Value<'c> {
        self.declare(name, &args.iter().map(|v| v.ty()).collect::<Vec<_>>(), result);
        self.b.val("func.call", args, result, &[("callee", self.b.symbol(name))])
    }

    /// libm's function on float64, or its `f` variant on float32; the result has the type of the first argument.
    pub fn libm(&self, name: &str, args: &[Value<'c>]) -> Value<'c> {
        let ty = args[0].ty();
        let name = if ty == self.b.f32() { format!("{name}f") } else { name.to_string() };
        self.runtime_call(&name, args, ty)
    }

    /// `func.func private @name`, at the head of the module. It reads and writes no memory, so loops around it may still be optimised.
    fn declare(&self, name: &str, inputs: &[Type<'c>], result: Type<'c>) {
        let b = &self.b;
        let body = self.module.body(0);
        let declarations = std::iter::successors(body.first(), |op| op.next()).take_while(|op| op.str_attr("sym_visibility") == Some("private"));
        if declarations.into_iter().any(|op| op.str_attr("sym_name") == Some(name)) {
            return;
        }
        let attrs = [
            ("sym_name", b.str(name)),
            ("function_type", b.ty_attr(FunctionType::new(b.context, inputs, &[result]).into())),
            ("sym_visibility", b.str("private")),
            ("llvm.readnone", b.unit()),
            ("passthrough", b.str_array(&["nounwind", "willreturn"])),
        ];
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
