//! `zouk run`: calls a function with arguments given as Python literals.

use crate::Flags;
use clap::Args;
use crate::arguments::Value;
use zouk_dialects::ty::Ty;
use zouk_driver::{FileProvider, Options, Provider, Request, compile, slot_count};
use zouk_frontend::parse_literal;
use zouk_runtime::exception::take_pending;
use zouk_runtime::text::Scalar;

#[derive(Args)]
pub struct Run {
    /// A Python file; `-` reads standard input
    file: String,
    /// The name of the function
    #[arg(long)]
    entry: String,
    /// An argument, as a Python literal: `3`, `2.5`, `True`, `1j`, `(1, 2)`, or an array as `[1.0, 2.0]`; once for each, in order
    #[arg(long = "arg", value_name = "LITERAL", allow_hyphen_values = true)]
    arguments: Vec<String>,
    /// Keep the machine code in the cache on disk, and take it from there
    #[arg(long)]
    cache: bool,
    #[command(flatten)]
    flags: Flags,
}

impl Run {
    pub fn run(&self) -> Result<(), String> {
        let provider = FileProvider::open(&self.file).map_err(|e| e.to_string())?;
        let mut values = self.arguments.iter().map(|text| Value::of(&parse_literal(text)?, text)).collect::<Result<Vec<_>, _>>()?;
        values.extend(defaults(&provider, &self.entry, values.len())?);
        let arguments = values.iter().map(|v| v.ty.clone()).collect();
        let options = Options { cache: self.cache, ..self.flags.options() };
        let request = Request { entry: &self.entry, arguments, result: None, provider: &provider, options, ufunc: None, c_entry: false };
        let compiled = compile(&request).map_err(|e| e.to_string())?;
        let slots: Vec<u64> = values.iter().flat_map(|v| v.slots.iter().copied()).collect();
        let mut results = vec![0; slot_count(&compiled.result)];
        // SAFETY: the slots are those of the argument types the code was compiled for.
        if unsafe { (compiled.entry)(slots.as_ptr(), results.as_mut_ptr()) } != 0 {
            return Err(take_pending().map_or_else(|| "an exception without description".into(), |e| traceback(&e)));
        }
        zouk_runtime::print::flush();
        if compiled.result != Ty::None {
            println!("{}", show(&compiled.result, &results));
        }
        drop(values.into_iter().map(|v| v.memory).collect::<Vec<_>>());
        Ok(())
    }
}

/// The defaults of the parameters after those that are given. What has none is left to the compiler's message.
fn defaults(provider: &FileProvider, entry: &str, given: usize) -> Result<Vec<Value>, String> {
    let Ok(function) = provider.function(entry) else { return Ok(vec![]) };
    let defaults = function.constant_defaults(&*provider.environment(entry));
    let rest = defaults.get(given..).unwrap_or_default().iter().map_while(|default| default.as_ref());
    rest.map(|default| Value::of(default, "a default")).collect()
}

fn traceback(exception: &zouk_runtime::exception::Exception) -> String {
    let mut text = String::from("Traceback (most recent call last):\n");
    for frame in exception.traceback.iter().rev() {
        text += &format!("  File \"{}\", line {}, in {}\n", frame.file, frame.line, frame.function);
    }
    text + &exception.to_string()
}

/// A result as Python shows it.
fn show(ty: &Ty, slots: &[u64]) -> String {
    let scalar = |kind: u8, slots: &[u64]| Scalar::new(kind, slots[0], slots.get(1).copied().unwrap_or(0)).map(|s| s.to_string()).unwrap_or_default();
    match ty {
        Ty::None => "None".into(),
        Ty::Bool => scalar(b'b', slots),
        Ty::Int { signed: true, .. } => scalar(b'i', slots),
        Ty::Int { .. } => scalar(b'u', slots),
        Ty::Float(64) => scalar(b'f', slots),
        Ty::Float(16) => scalar(b'h', slots),
        Ty::Float(_) => scalar(b'f', &[(f32::from_bits(slots[0] as u32) as f64).to_bits()]),
        Ty::Complex(64) => scalar(b'c', slots),
        Ty::Complex(_) => scalar(b'c', &[0, 1].map(|i| (f32::from_bits(slots[i] as u32) as f64).to_bits())),
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => {
            let mut at = 0;
            let mut shown = vec![];
            for part in parts {
                shown.push(show(part, &slots[at..]));
                at += slot_count(part);
            }
            if let Ty::List(_) = ty { format!("[{}]", shown.join(", ")) } else if let [only] = &shown[..] { format!("({only},)") } else { format!("({})", shown.join(", ")) }
        }
        Ty::Optional(inner) => if slots[0] == 0 { "None".into() } else { show(inner, &slots[1..]) },
        Ty::Array(array) => show_array(&array.element, &slots[2..2 + array.rank], &slots[2 + array.rank..], slots[1]),
        other => other.user_name(),
    }
}

fn show_array(element: &Ty, shape: &[u64], strides: &[u64], data: u64) -> String {
    let size = element.item_size().unwrap_or(1) as u64;
    match shape.split_first() {
        None => {
            // SAFETY: compiled code returned an array of these sizes and strides.
            let slots = unsafe { read(element, data as *const u8) };
            show(element, &slots)
        }
        Some((length, rest)) => {
            let rows: Vec<_> = (0..*length).map(|i| show_array(element, rest, &strides[1..], data.wrapping_add(strides[0].wrapping_mul(i).wrapping_mul(size)))).collect();
            format!("[{}]", rows.join(", "))
        }
    }
}

/// The slots of an element in memory.
///
/// # Safety
/// `at` must point to an element of this type.
unsafe fn read(element: &Ty, at: *const u8) -> [u64; 2] {
    unsafe {
        match element {
            Ty::Bool | Ty::Int { bits: 8, signed: false } => [*at as u64, 0],
            Ty::Int { bits: 8, .. } => [*(at as *const i8) as i64 as u64, 0],
            Ty::Int { bits: 16, signed: true } => [*(at as *const i16) as i64 as u64, 0],
            Ty::Int { bits: 16, .. } | Ty::Float(16) => [*(at as *const u16) as u64, 0],
            Ty::Int { bits: 32, signed: true } => [*(at as *const i32) as i64 as u64, 0],
            Ty::Int { bits: 32, .. } | Ty::Float(32) => [*(at as *const u32) as u64, 0],
            Ty::Complex(32) => [*(at as *const u32) as u64, *(at as *const u32).add(1) as u64],
            Ty::Complex(_) => [*(at as *const u64), *(at as *const u64).add(1)],
            _ => [*(at as *const u64), 0],
        }
    }
}
