//! `zouk run`: calls a function with arguments given as Python literals.

use crate::Flags;
use clap::Args;
use zouk_dialects::ty::{Layout, Ty};
use zouk_driver::{FileProvider, Options, Request, compile, slot_count};
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

/// An argument: its type, its slots, and the memory they point to.
struct Value {
    ty: Ty,
    slots: Vec<u64>,
    memory: Vec<Vec<u64>>,
}

impl Run {
    pub fn run(&self) -> Result<(), String> {
        let values = self.arguments.iter().map(|text| literal(text)).collect::<Result<Vec<_>, _>>()?;
        let provider = FileProvider::open(&self.file).map_err(|e| e.to_string())?;
        let arguments = values.iter().map(|v| v.ty.clone()).collect();
        let options = Options { cache: self.cache, ..self.flags.options() };
        let request = Request { entry: &self.entry, arguments, result: None, provider: &provider, options };
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

fn traceback(exception: &zouk_runtime::exception::Exception) -> String {
    let mut text = String::from("Traceback (most recent call last):\n");
    for frame in exception.traceback.iter().rev() {
        text += &format!("  File \"{}\", line {}, in {}\n", frame.file, frame.line, frame.function);
    }
    text + &exception.to_string()
}

/// Reads a Python literal.
fn literal(text: &str) -> Result<Value, String> {
    let text = text.trim();
    let bad = || format!("`{text}` is no argument: give a number, True, False, a tuple (1, 2) or an array [1.0, 2.0]");
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        let parts = split(inner).into_iter().map(literal).collect::<Result<Vec<_>, _>>()?;
        let ty = Ty::Tuple(parts.iter().map(|p| p.ty.clone()).collect());
        return Ok(Value { ty, slots: parts.iter().flat_map(|p| p.slots.clone()).collect(), memory: parts.into_iter().flat_map(|p| p.memory).collect() });
    }
    if text.starts_with('[') {
        return array(text).ok_or_else(bad);
    }
    let (ty, slots) = number(text).ok_or_else(bad)?;
    Ok(Value { ty, slots, memory: vec![] })
}

/// Splits at the commas outside brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (vec![], 0, 0);
    for (i, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|p| !p.is_empty()).collect()
}

fn number(text: &str) -> Option<(Ty, Vec<u64>)> {
    let plain = text.replace('_', "");
    match text {
        "True" | "False" => return Some((Ty::Bool, vec![(text == "True") as u64])),
        "None" => return Some((Ty::None, vec![])),
        _ => {}
    }
    if let Ok(value) = plain.parse::<i64>() {
        return Some((Ty::I64, vec![value as u64]));
    }
    if let Ok(value) = plain.parse::<u64>() {
        return Some((Ty::U64, vec![value]));
    }
    if let Some(imaginary) = plain.strip_suffix('j').and_then(|t| t.parse::<f64>().ok()) {
        return Some((Ty::C128, vec![0, imaginary.to_bits()]));
    }
    plain.parse::<f64>().ok().map(|value| (Ty::F64, vec![value.to_bits()]))
}

/// A rectangular nested list: int64 when all are ints, else float64.
fn array(text: &str) -> Option<Value> {
    let (mut shape, mut items) = (vec![], vec![]);
    flatten(text, 0, &mut shape, &mut items)?;
    let ints = items.iter().all(|(ty, _)| *ty == Ty::I64);
    let data: Vec<u64> = items
        .iter()
        .map(|(ty, slots)| match *ty {
            Ty::I64 if ints => Some(slots[0]),
            Ty::I64 => Some((slots[0] as i64 as f64).to_bits()),
            Ty::F64 => Some(slots[0]),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let mut strides = vec![1u64; shape.len()];
    for axis in (0..shape.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * shape[axis + 1] as u64;
    }
    let slots = [0, data.as_ptr() as u64].into_iter().chain(shape.iter().map(|s| *s as u64)).chain(strides).collect();
    Some(Value { ty: Ty::array(if ints { Ty::I64 } else { Ty::F64 }, shape.len(), Layout::C), slots, memory: vec![data] })
}

fn flatten(text: &str, depth: usize, shape: &mut Vec<usize>, items: &mut Vec<(Ty, Vec<u64>)>) -> Option<()> {
    let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) else {
        items.push((depth == shape.len()).then(|| number(text)).flatten()?);
        return Some(());
    };
    let parts = split(inner);
    match shape.get(depth) {
        None if items.is_empty() => shape.push(parts.len()),
        Some(length) if *length == parts.len() => {}
        _ => return None,
    }
    parts.into_iter().try_for_each(|part| flatten(part, depth + 1, shape, items))
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
        Ty::Float(_) => scalar(b'f', &[(f32::from_bits(slots[0] as u32) as f64).to_bits()]),
        Ty::Complex(64) => scalar(b'c', slots),
        Ty::Complex(_) => scalar(b'c', &[0, 1].map(|i| (f32::from_bits(slots[i] as u32) as f64).to_bits())),
        Ty::Tuple(parts) => {
            let mut at = 0;
            let mut shown = vec![];
            for part in parts {
                shown.push(show(part, &slots[at..]));
                at += slot_count(part);
            }
            if let [only] = &shown[..] { format!("({only},)") } else { format!("({})", shown.join(", ")) }
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
            Ty::Int { bits: 16, .. } => [*(at as *const u16) as u64, 0],
            Ty::Int { bits: 32, signed: true } => [*(at as *const i32) as i64 as u64, 0],
            Ty::Int { bits: 32, .. } | Ty::Float(32) => [*(at as *const u32) as u64, 0],
            Ty::Complex(32) => [*(at as *const u32) as u64, *(at as *const u32).add(1) as u64],
            Ty::Complex(_) => [*(at as *const u64), *(at as *const u64).add(1)],
            _ => [*(at as *const u64), 0],
        }
    }
}
