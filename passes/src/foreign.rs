//! What a program calls that is not compiled by us: functions of C by their addresses, blocks of Python, and functions of a GPU that the driver links.
//!
//! A reference to one is named `zouk.c.N.name`, `zouk.python.N.name` or `zouk.device.N.name`, and so is the symbol that is defined when the code is loaded. `zouk.externals` of the
//! module has a list for each: the name, the type of the result, the types of the arguments (a block of Python takes any).

use zouk_dialects::ir::{ArrayAttribute, Op, StringAttribute};
use zouk_dialects::ty::Ty;

/// The names of functions of C.
pub const C: &str = zouk_dialects::ty::C_FUNCTION;
/// The names of functions of a GPU, which kernels alone call.
pub const DEVICE: &str = "zouk.device.";
/// The names of blocks that the interpreter runs.
pub const PYTHON: &str = "zouk.python.";
/// Among these the one that writes to `sys.stdout` what a value is shown as, or, if its second argument says so, what `repr` gives for it.
pub const PRINTER: &str = "zouk.python.builtins.print";
/// On the module: what its references need.
pub const EXTERNALS: &str = "zouk.externals";
/// On a declared function that may write to any memory whose address is known outside.
pub const FOREIGN: &str = "zouk.foreign";
/// On the declared function of a block of Python: the types of its arguments, as one text.
pub const ARGUMENTS: &str = "zouk.python_arguments";

pub fn is_foreign(name: &str) -> bool {
    [C, DEVICE, PYTHON].iter().any(|prefix| name.starts_with(prefix))
}

/// The name without what makes it unique, for messages.
pub fn display(name: &str) -> &str {
    let number_and_name = [C, DEVICE, PYTHON].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    number_and_name.split_once('.').map_or(number_and_name, |(_, name)| name)
}

/// The types of the arguments and of the result.
pub fn signature(module: Op, name: &str) -> Option<(Vec<Ty>, Ty)> {
    let entry = module.array_attr(EXTERNALS).into_iter().find_map(|entry| {
        let texts = texts(entry)?;
        (texts.first().map(String::as_str) == Some(name)).then_some(texts)
    })?;
    let mut types = entry[1..].iter().map(|text| text.parse::<Ty>().ok());
    let result = types.next()??;
    Some((types.collect::<Option<_>>()?, result))
}

fn texts(entry: zouk_dialects::ir::Attribute) -> Option<Vec<String>> {
    let list = ArrayAttribute::try_from(entry).ok()?;
    (0..list.len()).map(|i| Some(StringAttribute::try_from(list.element(i).ok()?).ok()?.value().to_string())).collect()
}
