//! The text of the C header.

use super::CLibrary;
use super::types::{CType, identifier};
use crate::slots::slot_count;
use std::fmt::Write;
use zouk_dialects::ty::{Array, Ty};

/// Shared by the headers of all libraries in a program.
const COMMON: &str = "\
#ifndef ZOUK_COMMON
#define ZOUK_COMMON
/* Whether the axes, from `axis` on in steps of `step`, lie in memory without gaps. */
static inline bool zouk_is_packed(int rank, const int64_t *shape, const int64_t *strides, int axis, int step)
{
    int64_t expected = 1;
    for (int i = 0; i < rank; ++i, axis += step) {
        if (shape[axis] > 1 && strides[axis] != expected)
            return false;
        if (shape[axis] > 1)
            expected *= shape[axis];
    }
    return true;
}
#endif

";

pub fn header(library: &CLibrary) -> String {
    let name = &library.name;
    let guard = format!("{}_ZOUK_H", name.to_uppercase());
    let mut types = vec![];
    for ty in library.parameters.iter().map(|(_, ty)| ty).chain([&library.result]) {
        CType(ty).collect(&mut types);
    }
    let types: String = types.into_iter().map(CType::definition).collect();
    format!(
        "/* Written by zouk: {python}. C99 and C++, for 64-bit little-endian machines. */\n\
         #ifndef {guard}\n#define {guard}\n\n#include <stdbool.h>\n#include <stdint.h>\n#include <string.h>\n\n\
         {COMMON}{types}{declarations}{wrapper}#endif\n",
        python = python_signature(library),
        declarations = declarations(name),
        wrapper = wrapper(library),
    )
}

/// `f(x: float64, a: array(float64, 1d, C)) -> int64`
fn python_signature(library: &CLibrary) -> String {
    let parameters: Vec<_> = library.parameters.iter().map(|(name, ty)| format!("{name}: {}", ty.user_name())).collect();
    format!("{}({}) -> {}", library.name, parameters.join(", "), library.result.user_name())
}

fn declarations(name: &str) -> String {
    format!(
        "#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\
         /* The exception of the last call on this thread that returned 1, `IndexError: ...`; NULL when there was none.\n   \
            The text is valid until {name}_error is called after another failure. */\n\
         const char *{name}_error(void);\n\
         /* Gives back an array that the function returned: its `owner`. */\n\
         void {name}_release(void *owner);\n\
         /* What the function below is made of. */\n\
         int32_t {name}_entry(const uint64_t *arguments, uint64_t *results);\n\
         void {name}_refuse(const char *message);\n\
         void {name}_flush(void);\n\
         #ifdef __cplusplus\n}}\n#endif\n\n"
    )
}

/// The function in natural C types.
fn wrapper(library: &CLibrary) -> String {
    let CLibrary { name, parameters, result, prints } = library;
    let names = distinct(parameters.iter().map(|(name, _)| identifier(name)));
    let (named, out) = (parameters.iter().zip(&names).filter(|((_, ty), _)| !CType(ty).is_empty()), &names[parameters.len()]);
    let has_result = !CType(result).is_empty();
    let mut declared: Vec<String> = named.clone().map(|((_, ty), name)| format!("{} {name}", CType(ty).name())).collect();
    declared.extend(has_result.then(|| format!("{} *{out}", CType(result).name())));
    let declared = if declared.is_empty() { "void".to_string() } else { declared.join(", ") };
    let (given, returned) = (parameters.iter().map(|(_, ty)| slot_count(ty)).sum::<usize>().max(1), slot_count(result).max(1));
    let mut body = format!("    uint64_t zouk_arguments[{given}] = {{0}}, zouk_results[{returned}] = {{0}};\n    uint64_t *zouk_slot = zouk_arguments;\n");
    for ((python, ty), name) in named {
        for (condition, word) in CType(ty).requirements(name) {
            let _ = writeln!(body, "    if (!{condition}) {{\n        {}_refuse(\"argument {python} must be {word}-contiguous\");\n        return 1;\n    }}", library.name);
        }
        let _ = writeln!(body, "    zouk_slot = zouk_put_{}(zouk_slot, {name});", CType(ty).tag());
    }
    let _ = writeln!(body, "    (void)zouk_slot;\n    int32_t zouk_status = {name}_entry(zouk_arguments, zouk_results);");
    if *prints {
        let _ = writeln!(body, "    {name}_flush();");
    }
    if has_result {
        let _ = writeln!(body, "    if (zouk_status == 0)\n        zouk_get_{}(zouk_results, {out});", CType(result).tag());
    }
    format!("{}static inline int {name}({declared})\n{{\n{body}    return zouk_status;\n}}\n\n", comment(library, out))
}

fn comment(library: &CLibrary, out: &str) -> String {
    let name = &library.name;
    let mut text = format!("/* Returns 0, or 1 when an exception was raised: see {name}_error.");
    if arrays(&library.result).next().is_some() {
        let _ = write!(text, "\n   An array in *{out} is the caller's to give back: {name}_release(its owner).");
    }
    if arrays(&library.result).any(|array| array.readonly) {
        let _ = write!(text, "\n   Its elements are constants of the program: they must not be written.");
    }
    text + " */\n"
}

fn arrays(ty: &Ty) -> Box<dyn Iterator<Item = &Array> + '_> {
    match ty {
        Ty::Array(array) => Box::new(std::iter::once(array)),
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => Box::new(parts.iter().flat_map(arrays)),
        Ty::Optional(inner) => arrays(inner),
        _ => Box::new(std::iter::empty()),
    }
}

/// The parameters' names and `result`, made distinct.
fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken: Vec<String> = vec![];
    for mut name in names.chain(["result".to_string()]) {
        while taken.contains(&name) {
            name.push('_');
        }
        taken.push(name);
    }
    taken
}
