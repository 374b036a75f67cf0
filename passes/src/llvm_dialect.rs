//! What the passes of the `llvm` stage share: ops of the `llvm` dialect, a module's symbols, and memrefs as descriptors.

use std::collections::{HashMap, HashSet};
use zouk_dialects::ir::{Attribute, Builder, Context, Location, MemRefType, Op, Region, Type, TypeLike, Value};

mod aggregate;
mod branches;
mod descriptor;
mod slots;

pub use aggregate::{fields, is_struct};
pub use branches::{passed_values, set_passed_counts};
pub use descriptor::{Descriptor, MemRef, complex_part, item_size};
pub use slots::slots;

/// Builders of the `llvm` ops that these passes make.
pub trait LlvmOps<'c> {
    fn address_of(&self, symbol: &str) -> Value<'c>;
    fn call(&self, symbol: &str, arguments: &[Value<'c>], result: Option<Type<'c>>) -> Op<'c>;
    fn extract_value(&self, aggregate: Value<'c>, position: &[i64], ty: Type<'c>) -> Value<'c>;
    fn insert_value(&self, aggregate: Value<'c>, value: Value<'c>, position: &[i64]) -> Value<'c>;
    /// A constant as `llvm.mlir.constant`.
    fn constant(&self, ty: Type<'c>, value: i64) -> Value<'c>;
    /// `pointer + index` elements of type `element`.
    fn element_pointer(&self, pointer: Value<'c>, element: Type<'c>, index: Value<'c>) -> Value<'c>;
    /// As `element_pointer`, for an index known now.
    fn fixed_pointer(&self, pointer: Value<'c>, element: Type<'c>, index: i32) -> Value<'c>;
    fn load(&self, ty: Type<'c>, pointer: Value<'c>) -> Value<'c>;
    fn store(&self, value: Value<'c>, pointer: Value<'c>);
    fn cast(&self, value: Value<'c>, to: Type<'c>) -> Value<'c>;
}

/// Stands for a dynamic index in the attribute of `llvm.getelementptr`.
const DYNAMIC_INDEX: i32 = i32::MIN;

impl<'c> LlvmOps<'c> for Builder<'c> {
    fn address_of(&self, symbol: &str) -> Value<'c> {
        self.val("llvm.mlir.addressof", &[], self.ptr(), &[("global_name", self.symbol(symbol))])
    }

    fn call(&self, symbol: &str, arguments: &[Value<'c>], result: Option<Type<'c>>) -> Op<'c> {
        let segments = self.i32_array(&[arguments.len() as i32, 0]);
        let attrs = [("callee", self.symbol(symbol)), ("operandSegmentSizes", segments), ("op_bundle_sizes", self.i32_array(&[]))];
        self.op("llvm.call", arguments, result.as_slice(), &attrs)
    }

    fn extract_value(&self, aggregate: Value<'c>, position: &[i64], ty: Type<'c>) -> Value<'c> {
        self.val("llvm.extractvalue", &[aggregate], ty, &[("position", self.i64_array(position))])
    }

    fn insert_value(&self, aggregate: Value<'c>, value: Value<'c>, position: &[i64]) -> Value<'c> {
        self.val("llvm.insertvalue", &[aggregate, value], aggregate.ty(), &[("position", self.i64_array(position))])
    }

    fn constant(&self, ty: Type<'c>, value: i64) -> Value<'c> {
        self.val("llvm.mlir.constant", &[], ty, &[("value", self.int_attr(ty, value))])
    }

    fn element_pointer(&self, pointer: Value<'c>, element: Type<'c>, index: Value<'c>) -> Value<'c> {
        let attrs = [("rawConstantIndices", self.i32_array(&[DYNAMIC_INDEX])), ("elem_type", self.ty_attr(element))];
        self.val("llvm.getelementptr", &[pointer, index], self.ptr(), &attrs)
    }

    fn fixed_pointer(&self, pointer: Value<'c>, element: Type<'c>, index: i32) -> Value<'c> {
        let attrs = [("rawConstantIndices", self.i32_array(&[index])), ("elem_type", self.ty_attr(element))];
        self.val("llvm.getelementptr", &[pointer], self.ptr(), &attrs)
    }

    fn load(&self, ty: Type<'c>, pointer: Value<'c>) -> Value<'c> {
        self.val("llvm.load", &[pointer], ty, &[])
    }

    fn store(&self, value: Value<'c>, pointer: Value<'c>) {
        self.op("llvm.store", &[value, pointer], &[], &[]);
    }

    fn cast(&self, value: Value<'c>, to: Type<'c>) -> Value<'c> {
        if value.ty() == to { value } else { self.val("builtin.unrealized_conversion_cast", &[value], to, &[]) }
    }
}

/// `!llvm.array<n x element>`
pub fn array_type<'c>(element: Type<'c>, n: usize) -> Type<'c> {
    melior::dialect::llvm::r#type::array(element, n as u32)
}

/// `!llvm.struct<(fields)>`
pub fn struct_type<'c>(context: &'c Context, fields: &[Type<'c>]) -> Type<'c> {
    melior::dialect::llvm::r#type::r#struct(context, fields, false)
}

/// The top level of a module: what it names, and new functions and constants at its end.
pub struct Symbols<'c> {
    pub b: Builder<'c>,
    names: HashSet<String>,
    texts: HashMap<String, String>,
    count: usize,
}

impl<'c> Symbols<'c> {
    pub fn new(module: Op<'c>) -> Self {
        let body = module.body(0);
        let names = body.ops().iter().filter_map(|op| op.str_attr("sym_name")).map(String::from).collect();
        let b = Builder::at_end(module.context(), body, Location::unknown(module.context()));
        Symbols { b, names, texts: HashMap::new(), count: 0 }
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Says that the module has the name.
    pub fn note(&mut self, name: &str) {
        self.names.insert(name.to_string());
    }

    /// `zouk.kind.N`, not yet in the module.
    pub fn fresh(&mut self, kind: &str) -> String {
        loop {
            let name = format!("zouk.{kind}.{}", self.count);
            self.count += 1;
            if self.names.insert(name.clone()) {
                return name;
            }
        }
    }

    /// Makes `llvm.func` with the given attributes; a declaration when there is no body. The name must be new.
    pub fn function(
        &mut self,
        name: &str,
        parameters: &[Type<'c>],
        result: Option<Type<'c>>,
        linkage: &str,
        attrs: &[(&str, Attribute<'c>)],
        body: Region<'c>,
    ) -> Op<'c> {
        self.names.insert(name.to_string());
        let result = result.unwrap_or_else(|| melior::dialect::llvm::r#type::void(self.b.context));
        let ty = melior::dialect::llvm::r#type::function(result, parameters, false);
        let mut all = vec![
            ("sym_name", self.b.str(name)),
            ("function_type", self.b.ty_attr(ty)),
            ("linkage", self.b.parse_attr(&format!("#llvm.linkage<{linkage}>"))),
        ];
        all.extend_from_slice(attrs);
        self.b.op_with_regions("llvm.func", &[], &[], &all, &[body])
    }

    /// Declares an external function that never unwinds, unless it is there; `passthrough` are more of LLVM's attributes.
    pub fn declare(&mut self, name: &str, parameters: &[Type<'c>], result: Option<Type<'c>>, passthrough: &[&str]) {
        if !self.has(name) {
            let all: Vec<_> = ["nounwind"].iter().chain(passthrough).copied().collect();
            let attrs = [("passthrough", self.b.str_array(&all))];
            self.function(name, parameters, result, "external", &attrs, Region::new());
        }
    }

    /// A constant global with a value, or else with a region that returns it.
    pub fn constant(&mut self, name: &str, ty: Type<'c>, attrs: &[(&str, Attribute<'c>)], initializer: Region<'c>) {
        let mut all = vec![
            ("sym_name", self.b.str(name)),
            ("global_type", self.b.ty_attr(ty)),
            ("linkage", self.b.parse_attr("#llvm.linkage<internal>")),
            ("constant", self.b.unit()),
        ];
        if attrs.iter().all(|(name, _)| *name != "addr_space") {
            all.push(("addr_space", self.b.int_attr(self.b.int(32), 0)));
        }
        all.extend_from_slice(attrs);
        if !attrs.iter().any(|(name, _)| *name == "addr_space") {
            all.push(("addr_space", self.b.int_attr(self.b.int(32), 0)));
        }
        self.b.op_with_regions("llvm.mlir.global", &[], &[], &all, &[initializer]);
    }

    /// The symbol of a constant NUL-terminated text; equal texts are one.
    pub fn text(&mut self, text: &str) -> String {
        if let Some(name) = self.texts.get(text) {
            return name.clone();
        }
        let name = self.fresh("text");
        let terminated = format!("{text}\0");
        let ty = array_type(self.b.int(8), terminated.len());
        self.constant(&name, ty, &[("value", self.b.str(&terminated))], Region::new());
        self.texts.insert(text.to_string(), name.clone());
        name
    }
}

/// The memref that a type is.
pub fn as_memref<'c>(ty: Type<'c>) -> Option<MemRefType<'c>> {
    ty.is_mem_ref().then(|| MemRefType::try_from(ty).ok()).flatten()
}
