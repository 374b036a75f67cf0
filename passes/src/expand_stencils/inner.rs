//! Stencils that compiled code makes itself: `stencil(kernel)(a)` of an inner function, a lambda or a jitted function becomes a call of a stencil in the module.

use super::kernel::bad;
use super::{CVAL, NEIGHBORHOOD, STANDARD, STENCIL};
use crate::expand_stencils::kernel::known;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Builder, Op, Value, str_value};
use zouk_dialects::ty::{Ty, Types};

/// What a call of `stencil` says.
#[derive(Default)]
struct Told<'c> {
    kernel: Option<Value<'c>>,
    attrs: Vec<(&'static str, Attribute<'c>)>,
}

/// Puts functions with `py.stencil` into the module for the calls of `stencil` in it.
pub fn declare(module: Op) -> Result<(), Diagnostic> {
    for call in module.collect(makes_stencil) {
        let told = told(call)?;
        // `stencil("wrap")(kernel)`
        let makers: Vec<Op> = match told.kernel {
            Some(_) => vec![call],
            None => call.result(0).uses().into_iter().filter(|(op, i)| *i == 0 && op.is("py.call") && op.num_operands() == 2).map(|(op, _)| op).collect(),
        };
        if makers.is_empty() || told.kernel.is_none() && makers.len() < call.result(0).uses().len() {
            return Err(bad(call.loc(), "a stencil needs its kernel", "call it with the kernel at once: stencil(\"wrap\")(kernel)"));
        }
        for maker in makers {
            make(module, maker, told.kernel.unwrap_or_else(|| maker.operand(1)), &told.attrs)?;
        }
        if call.results().iter().all(|value| value.is_unused()) && told.kernel.is_none() {
            call.erase();
        }
    }
    Ok(())
}

/// Whether it is a call of `stencil` itself.
pub fn makes_stencil(op: Op) -> bool {
    op.is("py.call") && op.operand(0).def_by("py.ref").is_some_and(|callee| callee.result(0).ty().to_string() == "!py.ref<\"zouk.stencil\">")
}

/// Copies the kernel's function as a stencil, and puts a reference to that in the place of the maker's result.
fn make<'c>(module: Op<'c>, maker: Op<'c>, kernel: Value<'c>, attrs: &[(&str, Attribute<'c>)]) -> Result<(), Diagnostic> {
    let unknown = || bad(maker.loc(), "the kernel of a stencil is a function that stands in the program", "pass a lambda, an inner function, or a function under @njit");
    let reference = kernel.def().ok_or_else(unknown)?;
    let name = match reference.name() {
        "py.closure" => reference.str_attr("callee").map(str::to_string),
        "py.ref" => kernel.ty().to_string().strip_prefix("!py.ref<\"@").and_then(|rest| rest.strip_suffix("\">")).map(str::to_string),
        _ => None,
    };
    let name = name.ok_or_else(unknown)?;
    let functions = module.body(0).ops();
    let source = *functions.iter().find(|op| op.str_attr("sym_name") == Some(&name)).ok_or_else(unknown)?;
    let (copy, b) = (source.deep_clone(), Builder::before(maker));
    module.body(0).append(copy);
    let free = |symbol: &String| functions.iter().all(|op| op.str_attr("sym_name") != Some(symbol));
    let symbol = (1..).map(|number| format!("{name}#stencil {number}")).find(free).unwrap_or_default();
    copy.set_attr("sym_name", b.str(&symbol));
    copy.remove_attr("py.instantiate");
    copy.remove_attr("py.instantiate_results");
    for (name, value) in [(STENCIL, b.str("constant"))].iter().chain(attrs) {
        copy.set_attr(name, *value);
    }
    let made = if reference.is("py.closure") {
        freeze(copy, &reference.operands());
        b.val("py.closure", &reference.operands(), maker.result(0).ty(), &[("callee", b.str(&symbol))])
    } else {
        b.val("py.ref", &[], Types::new(maker.context()).to_mlir(&Ty::Ref(format!("@{symbol}"))), &[])
    };
    maker.result(0).replace_all_uses(made);
    maker.erase();
    Ok(())
}

/// What is captured and constant is a constant in the kernel, whose indices may be made of it.
fn freeze<'c>(kernel: Op<'c>, captured: &[Value<'c>]) {
    let body = kernel.body(0);
    let Some(first) = body.first() else { return };
    let count = kernel.int_attr("py.captures").unwrap_or(0) as usize;
    for (i, value) in captured.iter().enumerate().take(count) {
        if let Some(constant) = value.def_by("py.constant") {
            let copy = constant.deep_clone();
            body.insert_before(first, copy);
            body.arg(i).replace_all_uses(copy.result(0));
        }
    }
}

fn told<'c>(call: Op<'c>) -> Result<Told<'c>, Diagnostic> {
    let mut told = Told::default();
    let keywords = call.str_array_attr("keywords");
    let positional = call.num_operands() - 1 - keywords.len();
    if positional > 1 {
        return Err(bad(call.loc(), "stencil() takes one positional argument", "give options by their names"));
    }
    let named = (0..positional).map(|_| "func_or_mode").chain(keywords);
    let b = Builder::before(call);
    for (name, value) in named.zip(call.operands().into_iter().skip(1)) {
        let text = value.def_by("py.constant").and_then(|op| op.attr("value")).and_then(str_value);
        let wrong = || bad(call.loc(), format!("`{name}` of a stencil in compiled code must be a constant of the right kind"), "write it where the stencil is made");
        match name {
            "func_or_mode" | "mode" => match text {
                Some(mode) if ["constant", "wrap", "reflect", "nearest"].contains(&mode) => told.attrs.push((STENCIL, b.str(mode))),
                Some(mode) => return Err(bad(call.loc(), format!("Unsupported mode style {mode}"), "modes are constant, wrap, reflect and nearest")),
                None if name == "func_or_mode" => told.kernel = Some(value),
                None => return Err(wrong()),
            },
            "cval" => {
                let constant = value.def_by("py.constant").and_then(|op| op.attr("value")).filter(|_| text.is_none());
                let number = constant.or_else(|| known(value).map(|n| b.int_attr(Types::new(call.context()).to_mlir(&Ty::I64), n)));
                told.attrs.push((CVAL, number.ok_or_else(wrong)?));
            }
            "neighborhood" => {
                let axes = parts(value).ok_or_else(wrong)?;
                let bounds: Option<Vec<i64>> = axes.into_iter().map(|axis| parts(axis)?.into_iter().map(known).collect::<Option<Vec<i64>>>().filter(|pair| pair.len() == 2 && pair[0] <= pair[1])).collect::<Option<Vec<_>>>().map(|pairs| pairs.concat());
                told.attrs.push((NEIGHBORHOOD, b.i64_array(&bounds.filter(|bounds| !bounds.is_empty()).ok_or_else(wrong)?)));
            }
            "standard_indexing" => {
                let names = parts(value).unwrap_or_else(|| vec![value]);
                let names: Option<Vec<&str>> = names.into_iter().map(|name| name.def_by("py.constant").and_then(|op| op.attr("value")).and_then(str_value)).collect();
                told.attrs.push((STANDARD, b.str_array(&names.ok_or_else(wrong)?)));
            }
            other => return Err(bad(call.loc(), format!("Unknown stencil option: {other}"), "options of the compilation are those of the function around the stencil")),
        }
    }
    Ok(told)
}

/// The parts of a tuple or a list.
fn parts(value: Value) -> Option<Vec<Value>> {
    value.def().filter(|op| matches!(op.name(), "py.tuple" | "py.list")).map(|op| op.operands())
}
