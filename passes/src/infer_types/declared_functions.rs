//! Functions that compiled code passes, or returns, where a `FunctionType` is declared.
//!
//! Such a function is called as the declared type says: its arguments are converted to the types of the signature, and its result to that of the signature. So the value becomes a closure over
//! the function, whose symbol is an adapter made for the signature: `py.call` of what it has captured, with parameters of declared types. What takes it is compiled for the very
//! function; only Python passes functions by their addresses.

use super::{Engine, signatures::Signature};
use zouk_dialects::ir::{Block, Builder, FunctionType, Location, Region, Type};
use zouk_dialects::ty::Ty;

/// On a function: it adapts what it captures to a signature.
const ADAPTER: &str = "py.adapter";

/// Whether some part of the type is that of any function of a signature.
pub(super) fn declares(ty: &Ty) -> bool {
    match ty {
        Ty::Function(_) => true,
        Ty::Tuple(parts) => parts.iter().any(declares),
        Ty::Optional(inner) => declares(inner),
        _ => false,
    }
}

/// The declared type with functions of the program as they are where any function is declared.
pub(super) fn plainly(given: &Ty, declared: &Ty) -> Ty {
    match (given, declared) {
        (Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts), Ty::Tuple(to)) if parts.len() == to.len() => Ty::Tuple(parts.iter().zip(to).map(|(given, declared)| plainly(given, declared)).collect()),
        (Ty::Optional(given), Ty::Optional(declared)) => Ty::Optional(Box::new(plainly(given, declared))),
        (given, Ty::Optional(declared)) if *given != Ty::None => Ty::Optional(Box::new(plainly(given, declared))),
        (given, Ty::Function(_)) if !given.functions().is_empty() => given.clone(),
        _ => declared.clone(),
    }
}

impl<'c> Engine<'c> {
    /// The signature with what is given in the place of declared function types.
    pub(super) fn with_functions(&mut self, given: &[Ty], mut signature: Signature) -> Signature {
        for (given, declared) in given.iter().zip(&mut signature.arguments) {
            *declared = self.adapted(given, declared);
        }
        signature
    }

    /// The type of a value where another one is declared: that one, but for functions of the program.
    pub(super) fn adapted(&mut self, given: &Ty, declared: &Ty) -> Ty {
        match (given, declared) {
            (Ty::Optional(given), Ty::Optional(declared)) => Ty::Optional(Box::new(self.adapted(given, declared))),
            (given, Ty::Optional(declared)) if *given != Ty::None => Ty::Optional(Box::new(self.adapted(given, declared))),
            (Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts), Ty::Tuple(to)) if parts.len() == to.len() => {
                Ty::Tuple(parts.iter().zip(to).map(|(given, declared)| self.adapted(given, declared)).collect())
            }
            (given, Ty::Function(parts)) if !given.functions().is_empty() => {
                let adapter = self.adapter(parts);
                if given.function_name() == Some(&adapter) { given.clone() } else { Ty::Closure(adapter, vec![given.clone()]) }
            }
            _ => declared.clone(),
        }
    }

    /// The symbol of the adapter for a signature: the result and the arguments.
    fn adapter(&mut self, parts: &[Ty]) -> String {
        let name = Ty::Function(parts.to_vec()).user_name();
        let symbol = format!("as {}", Ty::Function(parts.to_vec()));
        if self.sources.contains_key(symbol.as_str()) {
            return symbol;
        }
        let (context, arguments) = (self.module.context(), &parts[1..]);
        // No line of the program: tracebacks do not show it, and errors are told at its call.
        let at = Location::unknown(context);
        let object = self.types.to_mlir(&Ty::Unknown);
        let region = Region::new();
        let block = region.append(Block::new(&vec![(object, at); parts.len()]));
        let inner = Builder::at_end(context, block, at);
        let result = inner.val("py.call", &block.args(), object, &[]);
        inner.op("py.return", &[result], &[], &[]);
        let b = Builder::at_end(context, self.module.body(0), at);
        let names: Vec<String> = std::iter::once("function".to_string()).chain((0..arguments.len()).map(|i| format!("argument{i}"))).collect();
        let texts: Vec<String> = arguments.iter().map(Ty::to_string).collect();
        let strings = |all: &[String]| b.str_array(&all.iter().map(String::as_str).collect::<Vec<_>>());
        let ty: Type = FunctionType::new(context, &vec![object; parts.len()], &[object]).into();
        let attrs = [
            ("sym_name", b.str(&symbol)),
            ("function_type", b.ty_attr(ty)),
            ("py.display", b.str(&name)),
            ("py.params", strings(&names)),
            ("py.defaults", b.array(&[])),
            ("py.captures", b.int_attr(b.i64(), 1)),
            ("py.positional_only", b.int_attr(b.i64(), arguments.len() as i64)),
            ("py.signatures", b.array(&[strings(&texts)])),
            ("py.signature_results", b.str_array(&[&parts[0].to_string()])),
            (ADAPTER, b.unit()),
        ];
        let source = b.op_with_regions("func.func", &[], &[], &attrs, &[region]);
        if let Some(name) = source.str_attr("sym_name") {
            self.sources.insert(name, source);
        }
        symbol
    }
}
