//! The compiled classes that a module's functions use, as its attribute `py.classes` (`zouk_passes::classes`).

use crate::request::{ClassSource, Role};
use std::collections::{BTreeMap, HashSet};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Block, Builder, Context, FunctionType, Location, Op, Region, Type};
use zouk_dialects::ty::{Ty, Types};
use zouk_frontend::Attributes;
use zouk_passes::classes::{CLASSES, REFUSED};

/// Those reached: which are known, and which are still to be asked for.
#[derive(Default)]
pub struct Classes {
    known: BTreeMap<String, Option<ClassSource>>,
    queue: Vec<String>,
}

impl Classes {
    pub fn reach(&mut self, name: String) {
        if !self.known.contains_key(&name) {
            self.known.insert(name.clone(), None);
            self.queue.push(name);
        }
    }

    /// The classes in a type.
    pub fn reach_type(&mut self, ty: &Ty) {
        match ty {
            Ty::Class(name) => self.reach(name.to_string()),
            Ty::Optional(inner) => self.reach_type(inner),
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().for_each(|part| self.reach_type(part)),
            _ => {}
        }
    }

    /// One that has been reached and not been added.
    pub fn next(&mut self) -> Option<String> {
        self.queue.pop()
    }

    pub fn add(&mut self, name: String, class: ClassSource) {
        class.fields.iter().for_each(|(_, ty)| self.reach_type(ty));
        self.known.insert(name, Some(class));
    }

    /// The functions that may be called: by one of these names, or as what Python makes of names with two underscores.
    pub fn functions_named(&self, names: &HashSet<String>) -> Vec<String> {
        let all = self.known.values().flatten().flat_map(|class| &class.functions);
        all.filter(|(_, name, _)| name.starts_with("__") || names.contains(name)).map(|(.., symbol)| symbol.clone()).collect()
    }

    /// All of them as an attribute of the module, if there are any; of their functions those that are in it.
    pub fn write(&self, module: Op, present: &HashSet<String>) {
        if self.known.is_empty() {
            return;
        }
        let b = Builder::at_end(module.context(), module.body(0), module.loc());
        let types = Types::new(module.context());
        let spelling = Attributes { b: &b, types: &types };
        let classes: Vec<(&str, Attribute)> = self.known.iter().filter_map(|(name, class)| Some((name.as_str(), attribute(&spelling, class.as_ref()?, present)))).collect();
        module.set_attr(CLASSES, b.dictionary(&classes));
    }
}

/// Notes the attributes that a function names.
pub fn attributes_named(function: Op, names: &mut HashSet<String>) {
    function.walk(&mut |op| {
        let name = match op.name() {
            "py.attr" | "py.call_method" => op.str_attr("name"),
            "py.setitem" if op.has_attr("attribute") => op.str_attr("attribute"),
            "py.setitem" if op.has_attr("field") => op.operand(1).def_by("py.constant").and_then(|constant| constant.str_attr("value")),
            _ => None,
        };
        if let Some(name) = name.filter(|name| !names.contains(*name)) {
            names.insert(name.to_string());
        }
    });
}

fn attribute<'c>(spelling: &Attributes<'c, '_>, class: &ClassSource, present: &HashSet<String>) -> Attribute<'c> {
    let b = spelling.b;
    let symbols = |wanted: Role| {
        let all: Vec<_> = class.functions.iter().filter(|(role, _, symbol)| *role == wanted && present.contains(symbol)).map(|(_, name, symbol)| (name.as_str(), b.str(symbol))).collect();
        b.dictionary(&all)
    };
    // What cannot be compiled is not there for compiled code.
    let constants: Vec<_> = class.constants.iter().filter_map(|(name, value)| Some((name.as_str(), spelling.binding_attribute(value).ok()?))).collect();
    let others = class.functions.iter().filter(|(role, _, symbol)| matches!(role, Role::Method | Role::Static) && !present.contains(symbol)).map(|(_, name, _)| name.clone());
    let texts = |texts: Vec<String>| b.array(&texts.iter().map(|text| b.str(text)).collect::<Vec<_>>());
    b.dictionary(&[
        ("bases", texts(class.bases.clone())),
        ("fields", texts(class.fields.iter().map(|(name, _)| name.clone()).collect())),
        ("types", texts(class.fields.iter().map(|(_, ty)| ty.to_string()).collect())),
        ("methods", symbols(Role::Method)),
        ("others", texts(others.collect())),
        ("static", symbols(Role::Static)),
        ("getters", symbols(Role::Getter)),
        ("setters", symbols(Role::Setter)),
        ("constants", b.dictionary(&constants)),
    ])
}

/// Stands a function into the module that nobody may call, for the first of these reasons.
pub fn refuse<'c>(context: &'c Context, block: Block<'c>, symbol: &str, why: &[Diagnostic]) {
    let Some(error) = why.first() else { return };
    let loc = match &error.span {
        Some(span) => Location::file_line_col_range(context, &span.file, span.line, span.column, span.end_line, span.end_column),
        None => Location::unknown(context),
    };
    let b = Builder::at_end(context, block, loc);
    let object: Type = Types::new(context).to_mlir(&Ty::Unknown);
    let reason = [format!("{:?}", error.class), error.code.clone(), error.message.clone(), error.help.clone().unwrap_or_default()];
    let region = Region::new();
    let attrs = [
        ("sym_name", b.str(symbol)),
        ("function_type", b.ty_attr(FunctionType::new(context, &[], &[object]).into())),
        ("py.params", b.array(&[])),
        ("py.defaults", b.array(&[])),
        ("py.display", b.str(symbol)),
        (REFUSED, b.array(&reason.iter().map(|text| b.str(text)).collect::<Vec<_>>())),
    ];
    b.within(region.add_block(&[]), || b.op("py.raise", &[], &[], &[("exception", b.str("SystemError"))]));
    b.op_with_regions("func.func", &[], &[], &attrs, &[region]);
}
