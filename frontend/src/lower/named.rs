//! Calls of classes of named tuples: `Point(1, y=2)`.

use super::Lowering;
use crate::{Constant, NAMED};
use rustpython_parser::ast::{ExprCall, Ranged};
use zouk_dialects::{diagnostic::ErrorClass, ir::Value, ty::{ENUMERATION, Names}};

impl<'c, 'a> Lowering<'c, 'a> {
    /// The tuple, if that is what the call makes: its items by the order of the fields, evaluated by the order of the text.
    pub(super) fn named_tuple(&mut self, call: &'a ExprCall) -> Option<Value<'c>> {
        let reference = self.reference(&call.func)?;
        let text = reference.strip_prefix(NAMED)?;
        let names = Names::parse(text)?;
        if names.class.starts_with(ENUMERATION) {
            self.unsupported(call.range, ("a call of an enumeration", "name the member, or compare values"));
            return Some(self.unbound(call.range));
        }
        let mut items = vec![None; names.fields.len()];
        for (place, argument) in call.args.iter().enumerate() {
            let value = self.expr(argument);
            match items.get_mut(place) {
                Some(item) => *item = Some(value),
                None => self.bad_tuple(call, &names, format!("takes {} items but {} were given", names.fields.len(), call.args.len())),
            }
        }
        for keyword in &call.keywords {
            let value = self.expr(&keyword.value);
            match keyword.arg.as_ref().and_then(|name| names.fields.iter().position(|field| *field == **name)) {
                Some(place) if items[place].is_none() => items[place] = Some(value),
                Some(place) => self.bad_tuple(call, &names, format!("got multiple values for `{}`", names.fields[place])),
                None => self.bad_tuple(call, &names, format!("got an unexpected keyword argument `{}`", keyword.arg.as_deref().unwrap_or("**"))),
            }
        }
        let items: Vec<_> = items.into_iter().zip(&names.fields).map(|(item, field)| item.unwrap_or_else(|| self.default_item(call, &names, &reference, field))).collect();
        let text = self.constant(&Constant::Str(text.into()), call.range);
        let tuple = self.value(call.range, "py.tuple", &items, &[]);
        Some(self.library_call(call.range, "named", &[text, tuple]))
    }

    fn default_item(&mut self, call: &'a ExprCall, names: &Names, reference: &str, field: &str) -> Value<'c> {
        match self.field_default(reference, field) {
            Ok(Some(default)) => return self.binding(&default, call.func.range()),
            Ok(None) => self.bad_tuple(call, names, format!("is missing `{field}`")),
            Err(why) => self.refused(call.range, &why),
        }
        self.unbound(call.range)
    }

    fn bad_tuple(&mut self, call: &'a ExprCall, names: &Names, what: String) {
        let class = names.class.rsplit('.').next().unwrap_or_default();
        self.error(call.range, ErrorClass::Typing, "argument-count", format!("{class}() {what}"), &format!("its fields are {}", names.fields.join(", ")));
    }
}
