//! One typed function becomes one function over the parts of its arguments and results.

use super::control_flow::{Flow, Frame, Scope};
use super::{Classes, Lower, Settings};
use std::collections::HashMap;
use std::rc::Rc;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Attribute, Block, BoolAttribute, Builder, FunctionType, Op, Region};
use zouk_dialects::ty::{Ty, Types};

/// The flags of `arith.fastmath`.
const FASTMATH: [&str; 9] = ["none", "fast", "nnan", "ninf", "nsz", "arcp", "contract", "afn", "reassoc"];

/// Puts the lowered function before the typed one, under the same name, and deletes that.
pub(super) fn rebuild<'c>(module: Op<'c>, old: Op<'c>, classes: &Rc<Classes<'c>>) -> Result<(), Diagnostic> {
    let mut lower = Lower {
        b: Builder::before(old),
        module,
        types: Types::new(old.context()),
        classes: classes.clone(),
        values: HashMap::new(),
        settings: Settings::of(old, module)?,
    };
    let ty = old.type_attr("function_type").and_then(|t| FunctionType::try_from(t).ok());
    let ty = ty.ok_or_else(|| lower.internal("a function has no type"))?;
    let inputs: Vec<Ty> = (0..ty.input_count()).filter_map(|i| ty.input(i).ok()).map(|t| lower.types.get(t)).collect();
    let results: Vec<Ty> = (0..ty.result_count()).filter_map(|i| ty.result(i).ok()).map(|t| lower.types.get(t)).collect();
    if old.region(0).first_block().is_none() && inputs.iter().chain(&results).any(Ty::has_unknown) {
        return Ok(());
    }
    let region = Region::new();
    let expanded = FunctionType::new(lower.b.context, &lower.expand_all(&inputs), &lower.expand_all(&results));
    let new = lower.b.op_with_regions("func.func", &[], &[], &attributes(&lower.b, old, expanded), &[region]);
    if let Some(body) = old.region(0).first_block() {
        lower.body(body, new, &inputs, &results)?;
    }
    old.erase();
    Ok(())
}

fn attributes<'c>(b: &Builder<'c>, old: Op<'c>, ty: FunctionType<'c>) -> Vec<(&'c str, Attribute<'c>)> {
    let kept = old.attrs().into_iter().filter(|(name, _)| !matches!(*name, "function_type" | "arg_attrs" | "res_attrs"));
    kept.chain([("function_type", b.ty_attr(ty.into()))]).collect()
}

impl<'c> Lower<'c> {
    fn body(&mut self, body: Block<'c>, new: Op<'c>, inputs: &[Ty], results: &[Ty]) -> Result<(), Diagnostic> {
        self.mark_instances(new, inputs);
        let arguments: Vec<_> = self.expand_all(inputs).into_iter().map(|t| (t, new.loc())).collect();
        let entry = new.region(0).add_block(&arguments);
        self.b.set_end(entry);
        self.bind_parts(&body.args(), &entry.args());
        let scope = Scope { yields: vec![], frame: Frame::Function(self.expand_all(results)), jumps: None };
        match self.lower_block(body, &scope)? {
            Flow::Ends => Ok(()),
            Flow::Falls(_) => Err(self.internal("a function's body falls through")),
        }
    }
}

impl<'c> Lower<'c> {
    /// Says which arguments are instances of classes and not None.
    fn mark_instances(&self, function: Op<'c>, inputs: &[Ty]) {
        let mut at = 0;
        let mut numbers = vec![];
        for ty in inputs {
            if let Ty::Class(_) = ty {
                numbers.push(at as i32);
            }
            at += self.expand(ty).len();
        }
        if !numbers.is_empty() {
            function.set_attr(crate::hoist_fields::INSTANCES, self.b.i32_array(&numbers));
        }
    }
}

impl Settings {
    /// From the attributes of the function, or else of the module.
    fn of(function: Op, module: Op) -> Result<Settings, Diagnostic> {
        let attr = |name: &str| function.attr(name).or_else(|| module.attr(name));
        let text = |name: &str| function.str_attr(name).or_else(|| module.str_attr(name));
        let bad = |name: &str, wanted: &str| {
            let message = format!("the attribute `{name}` must be {wanted}");
            Diagnostic::at(ErrorClass::Syntax, "bad-ir", message, function.loc())
        };
        let boundscheck = attr("zouk.boundscheck").map(BoolAttribute::try_from).transpose().map_err(|_| bad("zouk.boundscheck", "true or false"))?;
        let error_model = text("zouk.error_model").unwrap_or("python");
        if !matches!(error_model, "python" | "numpy") {
            return Err(bad("zouk.error_model", "\"python\" or \"numpy\""));
        }
        let fastmath = text("zouk.fastmath").unwrap_or("none");
        if !fastmath.split(',').all(|flag| FASTMATH.contains(&flag.trim())) {
            return Err(bad("zouk.fastmath", &format!("a list of {}", FASTMATH.join(", "))));
        }
        let parallel = |what: &str| text("zouk.parallel").unwrap_or_default().split(',').any(|name| name == what);
        Ok(Settings {
            boundscheck: boundscheck.is_none_or(|b| b.value()),
            division_raises: error_model == "python",
            fastmath: fastmath.to_string(),
            prange: parallel("prange"),
            stencil: parallel("stencil"),
            reduction: parallel("reduction"),
            serial: parallel("serial"),
        })
    }
}
