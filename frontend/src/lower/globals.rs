//! Names that are not local, and attributes of modules: what the environment says they stand for.

use super::{Lowering, constants::is_spellable};
use crate::{Binding, Constant, Environment, ObjectBlock, scope::Local, environment::{PRANGE, TYPING, builtin_names, is_value_of_thread}};
use rustpython_parser::{
    ast::{self, Expr, ExprAttribute, ExprCall, ExprConstant, ExprName, Ranged},
    text_size::TextRange,
};
use std::{borrow::Cow, collections::HashMap, rc::Rc};
use zouk_dialects::{
    diagnostic::{Diagnostic, ErrorClass},
    ir::Value,
    ty::Ty,
};

/// What has been asked of the environment; `None` for names that it refused, which are reported once.
pub(super) struct Globals<'a> {
    env: &'a dyn Environment,
    names: HashMap<&'a str, Option<Rc<Binding>>>,
    /// By the identity of a binding of this table, which keeps it alive, and the attribute's name.
    attributes: HashMap<(*const Binding, &'a str), Rc<Binding>>,
}

impl<'a> Globals<'a> {
    pub fn new(env: &'a dyn Environment) -> Self {
        Globals { env, names: HashMap::new(), attributes: HashMap::new() }
    }

    pub fn object_block(&self, block: &ObjectBlock) -> Result<Binding, String> {
        self.env.object_block(block)
    }

    pub fn inherited(&self, name: &str) -> Result<Option<Binding>, String> {
        self.env.inherited(name)
    }

    pub fn attribute_name<'n>(&self, name: &'n str) -> Cow<'n, str> {
        self.env.attribute_name(name)
    }

    /// Whether `assert` is executed: not under `python -O`.
    pub fn debug(&self) -> bool {
        !matches!(self.env.lookup("__debug__"), Ok(Some(Binding::Constant(Constant::Bool(false)))))
    }
}

/// What an expression is before the program runs.
enum Static {
    Known(Rc<Binding>),
    /// Its value is computed at run time.
    Dynamic,
    /// A diagnostic has been recorded.
    Refused,
}

impl<'c, 'a> Lowering<'c, 'a> {
    /// A global name, or an attribute chain that starts with one and that the environment knows.
    pub(super) fn global(&mut self, expr: &'a Expr) -> Value<'c> {
        match self.resolve(expr) {
            Static::Known(binding) => {
                let value = self.binding(&binding, expr.range());
                if let Binding::Module(name) | Binding::Ref(name) = &*binding
                    && !is_value_of_thread(name)
                {
                    self.modules.push((value, binding));
                }
                value
            }
            Static::Dynamic | Static::Refused => self.unbound(expr.range()),
        }
    }

    /// Whether `global` is to lower the expression, errors included.
    pub(super) fn is_global(&mut self, expr: &'a Expr) -> bool {
        !matches!(self.resolve(expr), Static::Dynamic)
    }

    /// The default of a field of a class of named tuples.
    pub(super) fn field_default(&self, class: &str, field: &str) -> Result<Option<Binding>, String> {
        self.globals.env.attribute(&Binding::Ref(class.into()), field)
    }

    /// The canonical name that the expression refers to.
    pub(super) fn reference(&mut self, expr: &'a Expr) -> Option<String> {
        match self.resolve(expr) {
            Static::Known(binding) => match &*binding {
                Binding::Ref(name) => Some(name.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn reference_op(&self, name: &str, range: TextRange) -> Value<'c> {
        self.typed(range, "py.ref", &[], self.types.to_mlir(&Ty::Ref(name.into())), &[])
    }

    fn resolve(&mut self, expr: &'a Expr) -> Static {
        let mut chain: Vec<&'a ExprAttribute> = vec![];
        let mut root = expr;
        while let Expr::Attribute(attribute) = root {
            chain.push(attribute);
            root = &attribute.value;
        }
        let Expr::Name(name) = root else { return Static::Dynamic };
        if self.scope.function(name).is_some() {
            return Static::Dynamic;
        }
        let mut binding = match self.scope.local(name) {
            // `m = math`: what stands for a module is one under a local name too.
            Some(local) => match self.module_of(local) {
                Some(module) if !chain.is_empty() => module,
                _ => return Static::Dynamic,
            },
            None => match self.lookup(name) {
                Some(binding) => binding,
                None => return Static::Refused,
            },
        };
        for attribute in chain.into_iter().rev() {
            let key = (Rc::as_ptr(&binding), attribute.attr.as_str());
            if let Some(known) = self.globals.attributes.get(&key) {
                binding = known.clone();
                continue;
            }
            match self.globals.env.attribute(&binding, &attribute.attr) {
                Ok(Some(found)) => {
                    binding = Rc::new(found);
                    self.globals.attributes.insert(key, binding.clone());
                }
                Ok(None) => {
                    let Binding::Module(module) = &*binding else { return Static::Dynamic };
                    self.no_attribute(&binding, module, &attribute.attr, attribute.range);
                    return Static::Refused;
                }
                Err(why) => {
                    self.refused(attribute.range, &why);
                    return Static::Refused;
                }
            }
        }
        Static::Known(binding)
    }

    fn no_attribute(&mut self, binding: &Binding, module: &str, name: &str, range: TextRange) {
        let message = format!("module `{module}` has no attribute `{name}`");
        let similar = nearest(name, self.globals.env.attributes(binding).into_iter());
        let help = similar.map(|name| format!("did you mean `{name}`?")).unwrap_or_default();
        self.error(range, ErrorClass::UnknownName, "unknown-attribute", message, &help);
    }

    /// `getattr(module, "name")`, perhaps with a default, or `hasattr(module, "name")`, of a module that the environment knows.
    pub(super) fn member_of_module(&mut self, call: &'a ExprCall) -> Option<Value<'c>> {
        let [of @ (Expr::Name(_) | Expr::Attribute(_)), Expr::Constant(ExprConstant { value: ast::Constant::Str(name), .. }), rest @ ..] = &call.args[..] else { return None };
        let asks = match self.reference(&call.func).as_deref() {
            Some("builtins.getattr") if rest.len() < 2 => false,
            Some("builtins.hasattr") if rest.is_empty() => true,
            _ => return None,
        };
        if !call.keywords.is_empty() {
            return None;
        }
        let binding = match self.resolve(of) {
            Static::Known(binding) => binding,
            Static::Dynamic => return None,
            Static::Refused => return Some(self.unbound(call.range)),
        };
        let Binding::Module(module) = &*binding else { return None };
        let default = rest.first().map(|default| self.expr(default));
        Some(match self.globals.env.attribute(&binding, name) {
            Ok(found) if asks => self.constant(&Constant::Bool(found.is_some()), call.range),
            Ok(Some(found)) => self.binding(&found, call.range),
            Ok(None) => default.unwrap_or_else(|| {
                self.no_attribute(&binding, module, name, call.range);
                self.unbound(call.range)
            }),
            Err(why) => {
                self.refused(call.range, &why);
                self.unbound(call.range)
            }
        })
    }

    /// A value stands for what another one stands for.
    pub(super) fn same_module(&mut self, value: Value<'c>, other: Value<'c>) {
        if let Some(module) = self.modules.iter().rev().find(|(known, _)| *known == other).map(|(_, module)| module.clone()) {
            self.modules.push((value, module));
        }
    }

    /// The module, or the place of a module such as `cuda.shared`, that a local name is bound to on every path.
    fn module_of(&self, local: Local) -> Option<Rc<Binding>> {
        let slot = self.slots.get(local);
        let value = slot.value.filter(|_| !slot.maybe)?;
        self.modules.iter().rev().find(|(known, _)| *known == value).map(|(_, module)| module.clone())
    }

    /// `Color["red"]`, of an enumeration that the environment knows.
    pub(super) fn member(&mut self, class: &'a Expr, index: &'a Expr, range: TextRange) -> Option<Value<'c>> {
        let Expr::Constant(ExprConstant { value: ast::Constant::Str(name), .. }) = index else { return None };
        match self.resolve(class) {
            Static::Known(binding) => match self.globals.env.member(&binding, name) {
                Ok(found) => found.map(|member| self.binding(&member, range)),
                Err(why) => {
                    self.refused(range, &why);
                    Some(self.unbound(range))
                }
            },
            Static::Dynamic => None,
            Static::Refused => Some(self.unbound(range)),
        }
    }

    fn lookup(&mut self, name: &'a ExprName) -> Option<Rc<Binding>> {
        if let Some(known) = self.globals.names.get(name.id.as_str()) {
            return known.clone();
        }
        let found = match self.globals.env.lookup(&name.id) {
            Ok(Some(binding)) => Some(Rc::new(binding)),
            Ok(None) => {
                self.unknown_name(name);
                None
            }
            Err(why) => {
                self.refused(name.range, &why);
                None
            }
        };
        self.globals.names.insert(&name.id, found.clone());
        found
    }

    fn unknown_name(&mut self, name: &ExprName) {
        let span = self.def.lines.span(name.range);
        let diagnostic = Diagnostic::new(ErrorClass::UnknownName, "unknown-name", format!("name '{}' is not defined", name.id), Some(span));
        self.diagnostics.push(match self.similar_name(&name.id) {
            Some(similar) => diagnostic.help(format!("did you mean `{similar}`?")),
            None => diagnostic.help("define it before the function, or pass it in as an argument"),
        });
    }

    /// What the environment says of a value that is not compiled: why and, on a second line, what to do.
    pub(super) fn refused(&mut self, range: TextRange, text: &str) {
        let (class, text) = text.strip_prefix(TYPING).map_or((ErrorClass::Unsupported, text), |text| (ErrorClass::Typing, text));
        let (why, help) = text.split_once('\n').unwrap_or((text, "pass the value in as an argument"));
        self.error(range, class, "unsupported-global", why.to_string(), help);
    }

    /// The nearest known name that is near enough.
    fn similar_name(&self, name: &str) -> Option<String> {
        let locals = self.scope.names().iter().map(|n| n.to_string());
        nearest(name, locals.chain(self.globals.env.names()).chain(builtin_names().map(str::to_string)))
    }

    pub(super) fn binding(&mut self, binding: &Binding, range: TextRange) -> Value<'c> {
        match binding {
            Binding::Ref(name) if is_value_of_thread(name) => {
                let place = self.reference_op(name, range);
                self.value(range, "py.call", &[place], &[])
            }
            Binding::Constant(constant) => self.constant(constant, range),
            Binding::Ref(name) | Binding::Module(name) => self.reference_to(name, range),
            Binding::Function(symbol) => self.reference_to(&format!("@{symbol}"), range),
            Binding::Named(names, parts) => {
                let text = self.constant(&Constant::Str(names.clone()), range);
                let tuple = self.tuple_of(parts, range);
                self.library_call(range, "named", &[text, tuple])
            }
            Binding::Record(value) => {
                let array = self.constant(value, range);
                let all = self.value(range, "py.tuple", &[], &[]);
                self.value(range, "py.getitem", &[array, all], &[])
            }
            Binding::Tuple(parts) => self.tuple_of(parts, range),
        }
    }

    fn tuple_of(&mut self, parts: &[Binding], range: TextRange) -> Value<'c> {
        let parts: Vec<_> = parts.iter().map(|part| self.binding(part, range)).collect();
        self.value(range, "py.tuple", &parts, &[])
    }

    fn reference_to(&mut self, name: &str, range: TextRange) -> Value<'c> {
        if is_spellable(name) {
            // But for the head of a `for`, it is nothing else.
            return self.reference_op(if name == PRANGE { "builtins.range" } else { name }, range);
        }
        self.error(range, ErrorClass::Unsupported, "unsupported-global", format!("the name {name:?} cannot be compiled"), "rename it with letters and digits");
        self.unbound(range)
    }
}

/// Names of one letter are near to nothing.
fn nearest(name: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    let length = name.chars().count();
    let near = candidates.filter_map(|candidate| {
        let distance = strsim::damerau_levenshtein(name, &candidate);
        (distance <= length.div_ceil(3).min(2) && distance < length).then_some((distance, candidate))
    });
    near.min().map(|(_, candidate)| candidate)
}
