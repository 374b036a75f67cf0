//! The entry function of one instance.

use super::{internal, leaf::Leaf};
use crate::llvm_dialect::{LlvmOps, Symbols, is_struct};
use mlir_sys::*;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Region, Type, TypeLike, Value};
use zouk_dialects::ty::Ty;

pub struct Wrapper<'c> {
    function: Op<'c>,
    arguments: Vec<Leaf>,
    results: Vec<Leaf>,
    /// What the function returns; none when nothing.
    returned: Option<Type<'c>>,
    raises: bool,
}

impl<'c> Wrapper<'c> {
    pub fn new(function: Op<'c>, arguments: &[Ty], result: &Ty) -> Result<Self, Diagnostic> {
        let arguments: Vec<Leaf> = arguments.iter().flat_map(Leaf::of).collect();
        let results = Leaf::of(result);
        let raises = function.has_attr("zouk.raises");
        let ty = function.type_attr("function_type").ok_or_else(|| internal(function, "a function without a type".into()))?;
        // SAFETY: the type of an `llvm.func` is a function type.
        let (inputs, returned) = unsafe { (mlirLLVMFunctionTypeGetNumInputs(ty.to_raw()), Type::from_raw(mlirLLVMFunctionTypeGetReturnType(ty.to_raw()))) };
        let returned = (returned.to_string() != "!llvm.void").then_some(returned);
        let expected: usize = arguments.iter().map(|leaf| leaf.arguments()).sum();
        if inputs as usize != expected {
            return Err(internal(function, format!("an entry point takes {inputs} machine arguments, its Python types make {expected}")));
        }
        let wrapper = Wrapper { function, arguments, results, returned, raises };
        let (given, expected) = (wrapper.returned_count(), wrapper.results.len() + raises as usize);
        if given != expected {
            return Err(internal(function, format!("an entry point returns {given} machine values, its Python type makes {expected}")));
        }
        Ok(wrapper)
    }

    /// Several values come in a struct; a single array is a struct itself.
    fn returned_count(&self) -> usize {
        match self.returned {
            None => 0,
            Some(_) if self.results.len() + self.raises as usize == 1 => 1,
            // SAFETY: asked of a struct type.
            Some(ty) if is_struct(ty) => unsafe { mlirLLVMStructTypeGetNumElementTypes(ty.to_raw()) as usize },
            Some(_) => 1,
        }
    }

    pub fn build(&self, name: &str, symbols: &mut Symbols<'c>) {
        let (context, loc) = (self.function.context(), self.function.loc());
        let (ptr, i32_type) = (symbols.b.ptr(), symbols.b.int(32));
        let region = Region::new();
        let block = region.append(Block::new(&[(ptr, loc), (ptr, loc)]));
        let b = Builder::at_end(context, block, loc);
        let mut at = 0;
        let mut arguments = vec![];
        for leaf in &self.arguments {
            arguments.extend(leaf.load(&b, block.arg(0), at));
            at += leaf.slots();
        }
        let call = self.call(&b, &arguments);
        let status = self.store_results(&b, call, block.arg(1));
        b.op("llvm.return", &[status], &[], &[]);
        let attrs = [("passthrough", b.str_array(&["nounwind"]))];
        symbols.b.set_loc(loc);
        symbols.function(name, &[ptr, ptr], Some(i32_type), "external", &attrs, region);
    }

    /// Stores the results and gives the status. After an error the slots hold nothing of meaning.
    fn store_results(&self, b: &Builder<'c>, call: Op<'c>, base: Value<'c>) -> Value<'c> {
        let (status, values) = self.parts(b, call);
        let mut at = 0;
        for (leaf, value) in self.results.iter().zip(values) {
            leaf.store(b, value, base, at);
            at += leaf.slots();
        }
        status.unwrap_or_else(|| b.constant(b.int(32), 0))
    }

    /// What a call returned: the status where it may raise, and a value for each leaf of the result.
    pub fn parts(&self, b: &Builder<'c>, call: Op<'c>) -> (Option<Value<'c>>, Vec<Value<'c>>) {
        let Some(returned) = self.returned else { return (None, vec![]) };
        let count = self.returned_count();
        let part = |i: usize| {
            if count == 1 {
                return call.result(0);
            }
            // SAFETY: several values come in a struct, which has `count` of them.
            let ty = unsafe { Type::from_raw(mlirLLVMStructTypeGetElementType(returned.to_raw(), i as isize)) };
            b.extract_value(call.result(0), &[i as i64], ty)
        };
        let first = self.raises as usize;
        (self.raises.then(|| part(0)), (first..first + self.results.len()).map(part).collect())
    }

    /// The call of the instance itself.
    pub fn call(&self, b: &Builder<'c>, arguments: &[Value<'c>]) -> Op<'c> {
        b.call(self.function.str_attr("sym_name").unwrap_or_default(), arguments, self.returned)
    }
}
