//! Arguments of `zouk run`: literals as slots.

use zouk_dialects::ty::{Layout, Ty};
use zouk_frontend::Constant;

/// An argument: its type, its slots, and the memory they point to.
pub struct Value {
    pub ty: Ty,
    pub slots: Vec<u64>,
    pub memory: Vec<Vec<u64>>,
}

impl Value {
    /// `text` is for messages.
    pub fn of(constant: &Constant, text: &str) -> Result<Value, String> {
        let scalar = |ty: Ty, slots: Vec<u64>| Ok(Value { ty, slots, memory: vec![] });
        match constant {
            Constant::None => scalar(Ty::None, vec![]),
            Constant::Bool(b) => scalar(Ty::Bool, vec![u64::from(*b)]),
            Constant::Int(i) => match (i64::try_from(i), u64::try_from(i)) {
                (Ok(value), _) => scalar(Ty::I64, vec![value as u64]),
                (_, Ok(value)) => scalar(Ty::U64, vec![value]),
                _ => Err(format!("the integer {i} does not fit 64 bits")),
            },
            Constant::Float(x) => scalar(Ty::F64, vec![x.to_bits()]),
            Constant::Complex(re, im) => scalar(Ty::C128, vec![re.to_bits(), im.to_bits()]),
            Constant::Tuple(parts) => {
                let parts = parts.iter().map(|part| Value::of(part, text)).collect::<Result<Vec<_>, _>>()?;
                let ty = Ty::Tuple(parts.iter().map(|p| p.ty.clone()).collect());
                let slots = parts.iter().flat_map(|p| p.slots.clone()).collect();
                Ok(Value { ty, slots, memory: parts.into_iter().flat_map(|p| p.memory).collect() })
            }
            Constant::Array { element, shape, bytes, .. } => Ok(array(element, shape, bytes)),
            _ => Err(format!("`{text}` is no argument: give a number, True, False, None, a tuple (1, 2) or an array [1.0, 2.0]")),
        }
    }
}

/// Of elements in C order, copied to where words are aligned.
fn array(element: &Ty, shape: &[usize], bytes: &[u8]) -> Value {
    let mut data: Vec<u64> = vec![0; bytes.len().div_ceil(8).max(1)];
    for (word, bytes) in data.iter_mut().zip(bytes.chunks(8)) {
        let mut whole = [0; 8];
        whole[..bytes.len()].copy_from_slice(bytes);
        *word = u64::from_ne_bytes(whole);
    }
    let mut strides = vec![1u64; shape.len()];
    for axis in (0..shape.len().saturating_sub(1)).rev() {
        strides[axis] = strides[axis + 1] * shape[axis + 1] as u64;
    }
    let slots = [0, data.as_ptr() as u64].into_iter().chain(shape.iter().map(|s| *s as u64)).chain(strides).collect();
    Value { ty: Ty::array(element.clone(), shape.len(), Layout::C), slots, memory: vec![data] }
}
