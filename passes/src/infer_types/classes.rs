//! Instances of compiled classes: fields and properties, and all that Python makes of methods: operators, subscripts, `len(x)`, the call of the class itself.
//!
//! An op that stands for a method becomes the call of it before it is inferred; what is left is fields, methods, and identity.

use super::body::{Body, Flow};
use crate::classes::Definition;
use crate::overloads::Kind;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};
use zouk_dialects::ir::{ArrayAttribute, Attribute, AttributeLike, Builder, Op, Region, Value};
use zouk_dialects::ty::{CLASS_REFERENCE, Ty};

/// Builtins that call a method of their only argument, first choice first; whether the builtin is still called, with what the method gives.
const BUILTINS: &[(&str, &[&str], bool)] = &[
    ("builtins.len", &["__len__"], true),
    ("builtins.abs", &["__abs__"], false),
    ("builtins.hash", &["__hash__"], false),
    ("builtins.bool", &["__bool__", "__len__"], true),
    ("builtins.int", &["__int__", "__index__"], true),
    ("builtins.float", &["__float__", "__index__"], true),
    ("builtins.complex", &["__complex__", "__float__", "__index__"], true),
];

/// Comparisons, and the ones that answer with the operands exchanged.
const COMPARISONS: &[(&str, &str)] = &[("eq", "eq"), ("ne", "ne"), ("lt", "gt"), ("gt", "lt"), ("le", "ge"), ("ge", "le")];

impl<'c> Body<'_, 'c> {
    fn definition(&self, value: Value<'c>) -> Option<&Definition<'c>> {
        self.engine.classes.get(self.ty(value).class_name()?)
    }

    /// Of an instance: whether its class has a field, a property, a method or a constant of that name.
    pub(super) fn class_has(&self, value: Value<'c>, name: &str) -> Option<bool> {
        let class = self.definition(value)?;
        Some(class.field(name).is_some() || class.getters.contains_key(name) || class.methods.contains_key(name))
    }

    /// The symbol of a method of the value's class.
    fn method(&self, value: Value<'c>, name: &str) -> Option<&'c str> {
        self.definition(value)?.methods.get(name).copied()
    }

    /// The class that a value is, not an instance of it.
    fn class_itself(&self, value: Value<'c>) -> Option<(String, &Definition<'c>)> {
        let ty = self.ty(value);
        let name = ty.as_ref_name()?.strip_prefix(CLASS_REFERENCE)?;
        Some((name.to_string(), self.engine.classes.get(name)?))
    }

    /// Puts a call in the place of an op that stands for one; gives the first op of what is there now.
    pub(super) fn class_op(&mut self, op: Op<'c>) -> Result<Option<Op<'c>>, Diagnostic> {
        if self.engine.classes.is_empty() {
            return Ok(None);
        }
        if let Some(first) = self.index_of_instance(op) {
            return Ok(Some(first));
        }
        match op.name() {
            "py.call" if let Some((name, _)) = self.class_itself(op.operand(0)) => self.construct(op, &name),
            "py.call" => Ok(self.is_instance(op).or_else(|| self.builtin_of_instance(op)).or_else(|| self.call_instance(op))),
            "py.call_method" => Ok(self.function_of_class(op)),
            "py.attr" => Ok(self.constant_of_class(op)),
            "py.getitem" => Ok(self.as_method(op, 0, "__getitem__", &[1])),
            "py.setitem" => Ok(self.assignment(op)),
            "py.binary" => Ok(self.operator_method(op)),
            "py.compare" => Ok(self.comparison(op)),
            "py.unary" => {
                let kind = op.str_attr("kind").unwrap_or_default();
                if kind == "not" {
                    return Ok(self.truth_of_instance(op));
                }
                Ok(self.as_method(op, 0, &format!("__{kind}__"), &[]))
            }
            "py.truth" => Ok(self.truth_of_instance(op)),
            _ => Ok(None),
        }
    }

    fn builder(&self, op: Op<'c>) -> Builder<'c> {
        let b = Builder::before(op);
        b.set_loc(op.loc());
        b
    }

    fn object(&self) -> zouk_dialects::ir::Type<'c> {
        self.engine.types.to_mlir(&Ty::Unknown)
    }

    /// Deletes an op whose result something else stands for now.
    fn replace(&mut self, op: Op<'c>, with: Option<Value<'c>>) {
        if let Some(value) = with {
            op.result(0).replace_all_uses(value);
        }
        self.forget(op);
        op.erase();
    }

    /// `receiver.name(arguments…)` before the op.
    fn call_of_method(&self, b: &Builder<'c>, receiver: Value<'c>, name: &str, arguments: &[Value<'c>]) -> Value<'c> {
        b.val("py.call_method", &[&[receiver], arguments].concat(), self.object(), &[("name", b.str(name))])
    }

    /// A call of a function of the module before the op.
    fn call_of_symbol(&self, b: &Builder<'c>, symbol: &str, arguments: &[Value<'c>], keywords: Option<Attribute<'c>>) -> (Value<'c>, Value<'c>) {
        let callee = b.val("py.ref", &[], self.engine.types.to_mlir(&Ty::Ref(format!("@{symbol}"))), &[]);
        let attrs: Vec<_> = keywords.into_iter().map(|names| ("keywords", names)).collect();
        (callee, b.val("py.call", &[&[callee], arguments].concat(), self.object(), &attrs))
    }

    /// The op as the call of a method of operand `receiver`, if its class has that.
    fn as_method(&mut self, op: Op<'c>, receiver: usize, name: &str, arguments: &[usize]) -> Option<Op<'c>> {
        self.method(op.operand(receiver), name)?;
        let b = self.builder(op);
        let arguments: Vec<_> = arguments.iter().map(|i| op.operand(*i)).collect();
        let call = self.call_of_method(&b, op.operand(receiver), name, &arguments);
        let result = (op.num_results() > 0).then_some(call);
        self.replace(op, result);
        call.def()
    }

    /// `Class(arguments…)`: a new instance, and `__init__` of it.
    fn construct(&mut self, op: Op<'c>, name: &str) -> Result<Option<Op<'c>>, Diagnostic> {
        let ty = Ty::Class(name.into());
        let has_init = self.engine.classes[name].methods.contains_key("__init__");
        if !has_init && op.num_operands() > 1 {
            let message = format!("{}() takes no arguments", ty.user_name());
            return Err(self.error("argument-count", message, op.loc()).help("give the class an __init__ method that takes them"));
        }
        let b = self.builder(op);
        let new = b.val("py.new", &[], self.engine.types.to_mlir(&ty), &[]);
        if has_init {
            let attrs: Vec<_> = op.attr("keywords").into_iter().map(|names| ("keywords", names)).chain([("name", b.str("__init__"))]).collect();
            b.op("py.call_method", &[&[new], &op.operands()[1..]].concat(), &[self.object()], &attrs);
        }
        self.replace(op, Some(new));
        Ok(new.def())
    }

    /// `isinstance(value, Class)`: decided by the type, but for None.
    fn is_instance(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        if self.ty(op.operand(0)).as_ref_name() != Some("builtins.isinstance") || op.num_operands() != 3 || op.has_attr("keywords") {
            return None;
        }
        let (wanted, _) = self.class_itself(op.operand(2))?;
        let ty = self.ty(op.operand(1));
        if ty.has_unknown() {
            return None;
        }
        let held = ty.class_name().is_some_and(|name| name == wanted || self.engine.classes.get(name).is_some_and(|class| class.bases.contains(&wanted.as_str())));
        let b = self.builder(op);
        let (first, answer) = match (held, &ty) {
            (true, Ty::Optional(_)) => {
                let none = b.val("py.constant", &[], self.engine.types.to_mlir(&Ty::None), &[("value", b.unit())]);
                (none, b.val("py.compare", &[op.operand(1), none], self.object(), &[("kind", b.str("is_not"))]))
            }
            _ => {
                let decided = b.val("py.constant", &[], b.i1(), &[("value", b.int_attr(b.i1(), held as i64))]);
                (decided, decided)
            }
        };
        self.replace(op, Some(answer));
        first.def()
    }

    /// `len(instance)` and the like.
    fn builtin_of_instance(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let function = self.ty(op.operand(0));
        if op.num_operands() != 2 {
            return None;
        }
        let (_, methods, then_called) = BUILTINS.iter().find(|(name, ..)| Some(*name) == function.as_ref_name())?;
        let name = methods.iter().find(|name| self.method(op.operand(1), name).is_some())?;
        let b = self.builder(op);
        let value = self.call_of_method(&b, op.operand(1), name, &[]);
        if *then_called && function.as_ref_name() != Some("builtins.len") {
            op.set_operand(1, value);
        } else {
            self.replace(op, Some(value));
        }
        value.def()
    }

    /// Instances with `__index__` where an integer is asked for: as an index, in slices and `range(…)`, as a shape.
    fn index_of_instance(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let places = match op.name() {
            "py.getitem" | "py.setitem" if self.ty(op.operand(0)).class_name().is_none() => 1..2,
            "py.slice" => 0..3,
            "py.call" => match self.ty(op.operand(0)).as_ref_name()? {
                "builtins.range" => 1..op.num_operands(),
                "numpy.zeros" | "numpy.ones" | "numpy.empty" | "numpy.full" => 1..op.num_operands().min(2),
                _ => return None,
            },
            "py.call_method" if op.str_attr("name") == Some("reshape") && self.ty(op.operand(0)).as_array().is_some() => 1..op.num_operands(),
            _ => return None,
        };
        let b = self.builder(op);
        let mut first = None;
        for i in places {
            if let Some(value) = self.as_index(&b, op.operand(i), &mut first) {
                op.set_operand(i, value);
            }
        }
        first
    }

    /// The integer that an instance stands for, or a tuple in which others stand for theirs. `first` is the first op that is made.
    fn as_index(&self, b: &Builder<'c>, value: Value<'c>, first: &mut Option<Op<'c>>) -> Option<Value<'c>> {
        if self.method(value, "__index__").is_some() {
            let call = self.call_of_method(b, value, "__index__", &[]);
            *first = first.or(call.def());
            return Some(call);
        }
        let made = value.def().filter(|op| op.is("py.tuple") && !op.has_attr("py.stars"))?;
        let parts = made.operands();
        let changed: Vec<_> = parts.iter().map(|part| self.as_index(b, *part, first)).collect();
        changed.iter().any(Option::is_some).then(|| {
            let parts: Vec<_> = parts.iter().zip(changed).map(|(part, changed)| changed.unwrap_or(*part)).collect();
            b.val(made.name(), &parts, self.object(), &[])
        })
    }

    /// `instance(arguments…)`
    fn call_instance(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        self.method(op.operand(0), "__call__")?;
        let b = self.builder(op);
        let attrs: Vec<_> = op.attr("keywords").into_iter().map(|names| ("keywords", names)).chain([("name", b.str("__call__"))]).collect();
        let call = b.val("py.call_method", &op.operands(), self.object(), &attrs);
        self.replace(op, Some(call));
        call.def()
    }

    /// `instance.f(…)` of a static method, `Class.f(…)` of any.
    fn function_of_class(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let name = op.str_attr("name")?;
        let symbol = match self.definition(op.operand(0)) {
            Some(class) => class.functions.get(name).copied()?,
            None => {
                let (_, class) = self.class_itself(op.operand(0))?;
                class.functions.get(name).or(class.methods.get(name)).copied()?
            }
        };
        let (callee, call) = self.call_of_symbol(&self.builder(op), symbol, &op.operands()[1..], op.attr("keywords"));
        self.replace(op, Some(call));
        callee.def()
    }

    /// `instance.NAME` and `Class.NAME` of what stands in the class's body.
    fn constant_of_class(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let name = op.str_attr("name")?;
        let attr = match self.definition(op.operand(0)) {
            Some(class) if class.field(name).is_some() => return None,
            Some(class) => *class.constants.get(name)?,
            None => *self.class_itself(op.operand(0))?.1.constants.get(name)?,
        };
        let value = self.constant_value(&self.builder(op), attr);
        let first = first_of(value);
        self.replace(op, Some(value));
        first
    }

    /// The value of an attribute as of a parameter's default.
    fn constant_value(&self, b: &Builder<'c>, attr: Attribute<'c>) -> Value<'c> {
        let ty = self.engine.types.to_mlir(&self.engine.default_type(attr));
        match ArrayAttribute::try_from(attr) {
            Ok(array) => {
                let elements: Vec<_> = (0..array.len()).filter_map(|i| array.element(i).ok()).map(|a| self.constant_value(b, a)).collect();
                b.val("py.tuple", &elements, self.object(), &[])
            }
            Err(_) if attr.is_type() => b.val("py.ref", &[], ty, &[]),
            Err(_) => b.val("py.constant", &[], ty, &[("value", attr)]),
        }
    }

    /// `instance[i] = item`, `instance.x = item`.
    fn assignment(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        // `instance.real = item`: the view that a number's would be is a field.
        if let Some(name) = op.str_attr("attribute") {
            let read = op.operand(0).def_by("py.attr").filter(|read| self.definition(read.operand(0)).is_some())?;
            let b = self.builder(op);
            let text = self.engine.types.to_mlir(&Ty::Str);
            let field = b.val("py.constant", &[], text, &[("value", zouk_dialects::ir::StringAttribute::typed(text, name).into())]);
            b.op("py.setitem", &[read.operand(0), field, op.operand(2)], &[], &[("field", b.unit())]);
            self.replace(op, None);
            return field.def();
        }
        if !op.has_attr("field") {
            return self.as_method(op, 0, "__setitem__", &[1, 2]);
        }
        let name = op.operand(1).def_by("py.constant").and_then(|constant| constant.str_attr("value"))?;
        let setter = *self.definition(op.operand(0))?.setters.get(name)?;
        let (callee, _) = self.call_of_symbol(&self.builder(op), setter, &[op.operand(0), op.operand(2)], None);
        self.replace(op, None);
        callee.def()
    }

    /// `a + b`: `a.__add__(b)`, or else `b.__radd__(a)`; `a += b`: first of all `a.__iadd__(b)`.
    fn operator_method(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let kind = op.str_attr("kind").unwrap_or_default();
        let in_place = op.has_attr("inplace").then(|| format!("__i{kind}__"));
        for name in in_place.into_iter().chain([format!("__{kind}__")]) {
            if let Some(call) = self.as_method(op, 0, &name, &[1]) {
                return Some(call);
            }
        }
        // Which of the two it is may not be known yet.
        if self.ty(op.operand(0)).has_unknown() {
            return None;
        }
        self.as_method(op, 1, &format!("__r{kind}__"), &[0])
    }

    fn comparison(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let kind = op.str_attr("kind").unwrap_or_default();
        if matches!(kind, "in" | "not_in") {
            return self.membership(op, kind == "not_in");
        }
        let (_, mirrored) = COMPARISONS.iter().find(|(name, _)| *name == kind)?;
        if let Some(call) = self.as_method(op, 0, &format!("__{kind}__"), &[1]) {
            return Some(call);
        }
        let [lhs, rhs] = [0, 1].map(|i| self.ty(op.operand(i)));
        if lhs.has_unknown() || rhs.has_unknown() || lhs.class_name().or(rhs.class_name()).is_none() {
            return None;
        }
        if let Some(call) = self.as_method(op, 1, &format!("__{mirrored}__"), &[0]) {
            return Some(call);
        }
        // `a != b` is `not a == b`, and without `__eq__` what is equal is one and the same.
        if kind == "ne" {
            let receiver = [0, 1].into_iter().find(|i| self.method(op.operand(*i), "__eq__").is_some());
            if let Some(receiver) = receiver {
                let b = self.builder(op);
                let equal = self.call_of_method(&b, op.operand(receiver), "__eq__", &[op.operand(1 - receiver)]);
                let not = b.val("py.unary", &[equal], self.object(), &[("kind", b.str("not"))]);
                self.replace(op, Some(not));
                return equal.def();
            }
        }
        if let "eq" | "ne" = kind {
            op.set_attr("kind", self.builder(op).str(if kind == "eq" { "is" } else { "is_not" }));
        }
        None
    }

    fn membership(&mut self, op: Op<'c>, negated: bool) -> Option<Op<'c>> {
        self.method(op.operand(1), "__contains__")?;
        let b = self.builder(op);
        let found = self.call_of_method(&b, op.operand(1), "__contains__", &[op.operand(0)]);
        let truth = b.val("py.truth", &[found], b.i1(), &[]);
        let result = if negated { b.val("py.unary", &[truth], self.object(), &[("kind", b.str("not"))]) } else { truth };
        self.replace(op, Some(result));
        found.def()
    }

    /// `if instance:` asks `__bool__`, or else whether `__len__` is 0. None is false.
    fn truth_of_instance(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        let value = op.operand(0);
        let name = ["__bool__", "__len__"].into_iter().find(|name| self.method(value, name).is_some())?;
        let b = self.builder(op);
        if !matches!(self.ty(value), Ty::Optional(_)) {
            let answer = self.call_of_method(&b, value, name, &[]);
            op.set_operand(0, answer);
            return answer.def();
        }
        let none = b.val("py.constant", &[], self.engine.types.to_mlir(&Ty::None), &[("value", b.unit())]);
        let given = b.val("py.compare", &[value, none], self.object(), &[("kind", b.str("is_not"))]);
        let given = b.val("py.truth", &[given], b.i1(), &[]);
        let (then, otherwise) = (Region::new(), Region::new());
        b.within(then.add_block(&[]), || {
            let answer = self.call_of_method(&b, value, name, &[]);
            b.op("py.yield", &[b.val("py.truth", &[answer], b.i1(), &[])], &[], &[]);
        });
        b.within(otherwise.add_block(&[]), || {
            let no = b.val("py.constant", &[], b.i1(), &[("value", b.int_attr(b.i1(), 0))]);
            b.op("py.yield", &[no], &[], &[]);
        });
        let answer = b.op_with_regions("py.if", &[given], &[self.object()], &[], &[then, otherwise]).result(0);
        op.set_operand(0, answer);
        none.def()
    }

    /// `instance.name`: a field, or the call of a property's getter. `None` when the value is no instance.
    pub(super) fn class_attribute(&mut self, op: Op<'c>) -> Result<Option<Option<Flow<'c>>>, Diagnostic> {
        let Some(class) = self.definition(op.operand(0)) else { return Ok(None) };
        let name = op.str_attr("name").unwrap_or_default();
        if let Some(ty) = class.field(name).cloned() {
            self.operand(op, 0);
            self.facts.targets.remove(&op);
            self.define(op.result(0), ty, None);
            return Ok(Some(None));
        }
        if let Some(getter) = class.getters.get(name).copied() {
            self.operand(op, 0);
            return self.call_function(op, getter).map(Some);
        }
        if class.setters.contains_key(name) {
            return Err(self.error("unknown-attribute", format!("the property '{name}' cannot be read: it has no getter"), op.loc()));
        }
        match self.call_overload(op, Kind::Attribute, name)? {
            None => Err(self.no_such(op, name, "attribute")),
            found => Ok(found),
        }
    }

    /// `instance.name(…)`. `None` when the value is no instance.
    pub(super) fn class_method(&mut self, op: Op<'c>) -> Result<Option<Option<Flow<'c>>>, Diagnostic> {
        if self.definition(op.operand(0)).is_none() {
            return Ok(None);
        }
        let name = op.str_attr("name").unwrap_or_default();
        let Some(symbol) = self.method(op.operand(0), name) else {
            return match self.call_overload(op, Kind::Method, name)? {
                None => Err(self.no_such(op, name, "method")),
                found => Ok(found),
            };
        };
        self.operand(op, 0);
        let flow = self.call_function(op, symbol)?;
        let result = self.ty(op.result(0));
        if name == "__init__" && op.operand(0).def_by("py.new").is_some() && !matches!(result, Ty::None | Ty::Unknown) {
            return Err(self.error("bad-call", format!("__init__() should return None, not {}", result.user_name()), op.loc()));
        }
        Ok(Some(flow))
    }

    /// `instance.name = item` of a field. False when the value is no instance.
    pub(super) fn set_class_field(&mut self, op: Op<'c>) -> Result<bool, Diagnostic> {
        let Some(class) = self.definition(op.operand(0)).filter(|_| op.has_attr("field")) else { return Ok(false) };
        let name = op.operand(1).def_by("py.constant").and_then(|constant| constant.str_attr("value")).unwrap_or_default();
        let Some(field) = class.field(name).cloned() else {
            return Err(match class.getters.contains_key(name) {
                true => self.error("bad-assignment", format!("the property '{name}' of {} has no setter", self.class_display(op)), op.loc()),
                false => self.no_such(op, name, "attribute"),
            });
        };
        self.operand(op, 0);
        // None goes into optionals alone.
        let item = if let Ty::Optional(_) = field { self.ty(op.operand(2)) } else { self.operand(op, 2).ty };
        if item.has_unknown() || super::body::castable(&item, &field) {
            return Ok(true);
        }
        let message = format!("cannot assign {} to the field '{name}' of {}, which is {}", item.user_name(), self.class_display(op), field.user_name());
        Err(self.note_operands(self.error("bad-assignment", message, op.loc()), op))
    }

    /// The class of the first operand, as messages name it.
    fn class_display(&self, op: Op<'c>) -> String {
        match self.ty(op.operand(0)) {
            Ty::Optional(inner) => inner.user_name(),
            ty => ty.user_name(),
        }
    }

    fn no_such(&self, op: Op<'c>, name: &str, what: &str) -> Diagnostic {
        let message = format!("{} has no {what} '{name}'", self.class_display(op));
        let error = self.note_operands(self.error("unknown-attribute", message, op.loc()), op);
        let known = self.definition(op.operand(0)).map(|class| class.names(what == "method").join(", ")).unwrap_or_default();
        if known.is_empty() { error } else { error.help(format!("there are: {known}")) }
    }

    /// A function that could not be brought into the module says why when it is called.
    pub(super) fn check_not_refused(&self, symbol: &str) -> Result<(), Diagnostic> {
        let Some(source) = self.engine.sources.get(symbol).filter(|source| source.has_attr(crate::classes::REFUSED)) else { return Ok(()) };
        let [class, code, message, help] = source.str_array_attr(crate::classes::REFUSED)[..] else { return Ok(()) };
        let class = [ErrorClass::Typing, ErrorClass::Unsupported, ErrorClass::UnknownName, ErrorClass::Syntax].into_iter().find(|c| format!("{c:?}") == class);
        let error = Diagnostic::new(class.unwrap_or(ErrorClass::Internal), code, message, Span::of(source.loc()));
        Err(if help.is_empty() { error } else { error.help(help) })
    }
}

/// The first op of those that a constant is made of.
fn first_of(value: Value) -> Option<Op> {
    let op = value.def()?;
    op.operands().first().and_then(|element| first_of(*element)).or(Some(op))
}
