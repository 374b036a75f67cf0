//! The compiled classes of a module, as its attribute `py.classes` has them: a dictionary from names of classes to
//!
//! ```text
//! {bases = [], fields = ["x", "next"], types = ["f64", "!py.optional<!py.class<\"Node\">>"], methods = {__init__ = "Node.__init__"}, others = [], static = {}, getters = {}, setters = {}, constants = {}}
//! ```
//!
//! where methods and the like are symbols of functions of the module, and constants are attributes as of `py.defaults`.

use std::collections::HashMap;
use zouk_dialects::ir::{Attribute, Op, dictionary_entries, str_value};
use zouk_dialects::ty::{Class, Ty};

pub const CLASSES: &str = "py.classes";
/// Of a function that could not be brought into the module, and that nobody may call: code, message and help of the error.
pub const REFUSED: &str = "py.refused";

type Symbols<'c> = HashMap<&'c str, &'c str>;

/// A class of the module.
#[derive(Default)]
pub struct Definition<'c> {
    pub fields: Vec<(String, Ty)>,
    /// All classes that it is derived from.
    pub bases: Vec<&'c str>,
    pub methods: Symbols<'c>,
    /// Functions of the class that take no instance.
    pub functions: Symbols<'c>,
    pub getters: Symbols<'c>,
    pub setters: Symbols<'c>,
    pub constants: HashMap<&'c str, Attribute<'c>>,
    /// Methods that no function of the module mentions.
    pub others: Vec<&'c str>,
}

impl Definition<'_> {
    pub fn class(&self, name: &str) -> Class {
        Class { name: name.into(), fields: self.fields.clone() }
    }

    pub fn field(&self, name: &str) -> Option<&Ty> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, ty)| ty)
    }

    /// What there is, for messages: attributes or methods.
    pub fn names(&self, methods: bool) -> Vec<&str> {
        let mut names: Vec<&str> = match methods {
            true => self.methods.keys().chain(self.functions.keys()).copied().chain(self.others.iter().copied()).filter(|name| !name.starts_with("__")).collect(),
            false => self.fields.iter().map(|(name, _)| name.as_str()).chain(self.getters.keys().copied()).chain(self.constants.keys().copied()).collect(),
        };
        names.sort_unstable();
        names
    }
}

/// All classes of a module, by name.
pub fn of_module<'c>(module: Op<'c>) -> HashMap<&'c str, Definition<'c>> {
    let Some(all) = module.attr(CLASSES) else { return HashMap::new() };
    dictionary_entries(all).into_iter().map(|(name, class)| (name, definition(class))).collect()
}

fn definition<'c>(class: Attribute<'c>) -> Definition<'c> {
    let parts: HashMap<&str, Attribute> = dictionary_entries(class).into_iter().collect();
    let list = |name: &str| parts.get(name).map(|attr| texts(*attr)).unwrap_or_default();
    let symbols = |name: &str| -> Symbols<'c> {
        let entries = parts.get(name).map(|attr| dictionary_entries(*attr)).unwrap_or_default();
        entries.into_iter().filter_map(|(name, symbol)| Some((name, str_value(symbol)?))).collect()
    };
    let types = list("types").into_iter().map(|text| text.parse().unwrap_or(Ty::Unknown));
    Definition {
        fields: list("fields").into_iter().map(String::from).zip(types).collect(),
        bases: list("bases"),
        others: list("others"),
        methods: symbols("methods"),
        functions: symbols("static"),
        getters: symbols("getters"),
        setters: symbols("setters"),
        constants: parts.get("constants").map(|attr| dictionary_entries(*attr)).unwrap_or_default().into_iter().collect(),
    }
}

fn texts<'c>(array: Attribute<'c>) -> Vec<&'c str> {
    let Ok(array) = zouk_dialects::ir::ArrayAttribute::try_from(array) else { return vec![] };
    (0..array.len()).filter_map(|i| array.element(i).ok()).filter_map(str_value).collect()
}
