//! Constants that say where in the Python source an exception or a call stands, and what is raised there.

use crate::llvm_dialect::{LlvmOps, Symbols, array_type, struct_type};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Span;
use zouk_dialects::ir::{Attribute, Block, Builder, Location, Region, Type};

#[derive(PartialEq, Eq, Hash)]
struct Site {
    /// Exception, message, file, function.
    texts: [String; 4],
    /// Line, column, end line, end column.
    place: [usize; 4],
}

pub struct Sites<'c> {
    pub symbols: Symbols<'c>,
    known: HashMap<Site, String>,
}

impl<'c> Sites<'c> {
    pub fn new(symbols: Symbols<'c>) -> Self {
        Sites { symbols, known: HashMap::new() }
    }

    /// The symbol of a constant `Site` of the runtime; equal sites are one.
    pub fn site(&mut self, exception: &str, message: &str, function: &str, loc: Location) -> String {
        let span = Span::of(loc).unwrap_or_default();
        let texts = [exception, message, &span.file, function].map(String::from);
        let site = Site { texts, place: [span.line, span.column, span.end_line, span.end_column] };
        if let Some(name) = self.known.get(&site) {
            return name.clone();
        }
        let name = self.symbols.fresh("site");
        self.define(&name, &site);
        self.known.insert(site, name.clone());
        name
    }

    /// `{ exception, message, file, function, [line, column, end line, end column] }`
    fn define(&mut self, name: &str, site: &Site) {
        let texts: Vec<Option<String>> = site.texts.iter().map(|t| (!t.is_empty()).then(|| self.symbols.text(t))).collect();
        let outer = &self.symbols.b;
        let place = array_type(outer.i64(), 4);
        let ty = struct_type(outer.context, &[outer.ptr(), outer.ptr(), outer.ptr(), outer.ptr(), place]);
        let region = Region::new();
        let b = Builder::at_end(outer.context, region.append(Block::new(&[])), outer.loc());
        let mut value = b.val("llvm.mlir.zero", &[], ty, &[]);
        for (i, text) in texts.iter().enumerate() {
            if let Some(text) = text {
                value = b.insert_value(value, b.address_of(text), &[i as i64]);
            }
        }
        let numbers = b.val("llvm.mlir.constant", &[], place, &[("value", dense(&b, &site.place))]);
        value = b.insert_value(value, numbers, &[4]);
        b.op("llvm.return", &[value], &[], &[]);
        self.symbols.constant(name, ty, &[], region);
    }

    pub fn declare_raise(&mut self) {
        let ptr = self.symbols.b.ptr();
        self.symbols.declare("zouk_raise", &[ptr, ptr, ptr], None, &["cold"]);
    }

    /// The symbol of a function `(site, slots…)` that stores its slots and calls `zouk_raise`: keeps the stack slots out of the
    /// functions that check.
    pub fn raise_helper(&mut self, letters: &str, slots: usize) -> String {
        let name = format!("zouk.raise.{letters}");
        if self.symbols.has(&name) {
            return name;
        }
        self.declare_raise();
        let kinds = self.symbols.text(letters);
        let (ptr, i64_type) = (self.symbols.b.ptr(), self.symbols.b.i64());
        let parameters: Vec<Type> = [ptr].into_iter().chain(std::iter::repeat_n(i64_type, slots)).collect();
        let (region, loc) = (Region::new(), self.symbols.b.loc());
        let block = region.append(Block::new(&parameters.iter().map(|ty| (*ty, loc)).collect::<Vec<_>>()));
        let b = Builder::at_end(self.symbols.b.context, block, loc);
        let count = b.constant(i64_type, slots as i64);
        let array = b.val("llvm.alloca", &[count], ptr, &[("elem_type", b.ty_attr(i64_type))]);
        for i in 0..slots {
            b.store(block.arg(i + 1), b.fixed_pointer(array, i64_type, i as i32));
        }
        b.call("zouk_raise", &[block.arg(0), b.address_of(&kinds), array], None);
        b.op("llvm.return", &[], &[], &[]);
        let attrs = [("passthrough", b.str_array(&["cold", "noinline", "nounwind"]))];
        self.symbols.function(&name, &parameters, None, "internal", &attrs, region);
        name
    }
}

fn dense<'c>(b: &Builder<'c>, numbers: &[usize; 4]) -> Attribute<'c> {
    let values = numbers.map(|n| n as i64);
    let ty = melior::ir::r#type::RankedTensorType::new(&[4], b.i64(), None);
    // SAFETY: a ranked tensor of four i64 and four values.
    unsafe { Attribute::from_raw(mlir_sys::mlirDenseElementsAttrInt64Get(melior::ir::TypeLike::to_raw(&ty), 4, values.as_ptr())) }
}
