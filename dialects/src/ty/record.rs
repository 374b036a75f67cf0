//! Structured dtypes: `numpy.dtype([("a", "f8"), ("b", "i4", (3,))])`.
//!
//! The text of a record is `{16/8 a:float64@0 b:int32(2x3)@8 c:{4/4 x:float32@0}@12}`: its size, the alignment that its places surely have, and its fields
//! with their offsets; `{r16/8 …}` makes elements of the class `numpy.record`. What is no letter, digit or underscore of a name is percent-encoded.

use super::{Array, Layout, Ty};
use std::fmt;
use std::sync::Arc;

/// The fields of a structured dtype, in order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Record {
    pub fields: Vec<Field>,
    /// Bytes of one, which fields may not fill.
    pub size: usize,
    /// Addresses of records are multiples of it (of 8 at most), and so are their distances.
    pub unit: usize,
    /// Whether elements are of the class `numpy.record`.
    pub named: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    pub name: String,
    /// A scalar or another record.
    pub ty: Ty,
    /// The sizes of an array in the field; empty for one item.
    pub shape: Vec<usize>,
    pub offset: usize,
}

impl Field {
    /// What an address must be a multiple of, and the distance of two, for plain accesses.
    fn unit(&self) -> usize {
        match &self.ty {
            Ty::Record(record) => record.of.unit,
            scalar => scalar.item_size().unwrap_or(1),
        }
    }

    fn fits(&self, size: usize) -> bool {
        size.is_multiple_of(self.unit()) && self.offset.is_multiple_of(self.unit().min(8))
    }
}

impl Record {
    /// Whether the fields lie alike, whatever class the elements are of.
    pub fn is_like(&self, other: &Record) -> bool {
        (&self.fields, self.size, self.unit) == (&other.fields, other.size, other.unit)
    }

    /// Of such fields. A record in a field that has no place for its alignment loses it.
    pub fn new(mut fields: Vec<Field>, size: usize, named: bool) -> Record {
        for field in &mut fields {
            if !field.fits(size) && let Ty::Record(inner) = &mut field.ty {
                inner.of = Arc::new(inner.of.with_unit(1));
            }
        }
        let unit = fields.iter().filter(|field| field.fits(size)).map(Field::unit).max().unwrap_or(1);
        Record { fields, size, unit, named }
    }

    /// The same with less alignment.
    pub fn with_unit(&self, unit: usize) -> Record {
        let mut record = Record { unit, ..self.clone() };
        for field in &mut record.fields {
            if let Ty::Record(inner) = &mut field.ty {
                inner.of = Arc::new(inner.of.with_unit(inner.of.unit.min(unit)));
            }
        }
        record
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Where the bytes of the fields lie: from and to, in order, as few stretches as there are.
    pub fn runs(&self) -> Vec<(usize, usize)> {
        let mut all: Vec<(usize, usize)> = vec![];
        for field in &self.fields {
            let count: usize = field.shape.iter().product();
            match &field.ty {
                Ty::Record(inner) => {
                    let of = inner.of.runs();
                    let each = |i: usize| field.offset + i * inner.of.size;
                    all.extend((0..count).flat_map(|i| of.iter().map(move |(from, to)| (each(i) + from, each(i) + to))));
                }
                scalar => all.push((field.offset, field.offset + count * scalar.item_size().unwrap_or(1))),
            }
        }
        all.sort_unstable();
        let mut runs: Vec<(usize, usize)> = vec![];
        for (from, to) in all {
            match runs.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => runs.push((from, to)),
            }
        }
        runs
    }

    /// The names, for messages.
    pub fn names(&self) -> String {
        self.fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>().join(", ")
    }

    /// The array that a field is in records of an array of that rank, layout and writability. With no axes at all it is no array.
    pub fn array_of(&self, field: &Field, rank: usize, readonly: bool) -> Array {
        let aligned = field.fits(self.size) && field.unit() <= self.unit;
        let is_record = matches!(field.ty, Ty::Record(_));
        let layout = if rank == 0 && (aligned || is_record) { Layout::C } else { Layout::A };
        Array { element: Box::new(field.ty.clone()), rank: rank + field.shape.len(), layout, readonly, unaligned: !aligned && !is_record }
    }

    pub fn user_name(&self) -> String {
        let of = |field: &Field| match field.shape[..] {
            [] => field.ty.user_name(),
            _ => format!("{} x {}", field.ty.user_name(), field.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ")),
        };
        let fields: Vec<String> = self.fields.iter().map(|field| format!("{}: {}", field.name, of(field))).collect();
        format!("Record({})", fields.join(", "))
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{{{}{}/{}", if self.named { "r" } else { "" }, self.size, self.unit)?;
        for field in &self.fields {
            write!(f, " {}:", encoded(&field.name))?;
            match &field.ty {
                Ty::Record(inner) => write!(f, "{}", inner.of)?,
                scalar => write!(f, "{}", scalar.numpy_name().unwrap_or_default())?,
            }
            if !field.shape.is_empty() {
                write!(f, "({})", field.shape.iter().map(usize::to_string).collect::<Vec<_>>().join("x"))?;
            }
            write!(f, "@{}", field.offset)?;
        }
        write!(f, "}}")
    }
}

fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02x}") }).collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = vec![];
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => u8::from_str_radix(std::str::from_utf8(&[rest.next()?, rest.next()?]).ok()?, 16).ok()?,
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// The record that a text spells.
pub fn parse(text: &str) -> Option<Record> {
    let (record, rest) = parse_record(text)?;
    rest.is_empty().then_some(record)
}

fn number(text: &str) -> Option<(usize, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    Some((text[..end].parse().ok()?, &text[end..]))
}

fn parse_record(text: &str) -> Option<(Record, &str)> {
    let text = text.strip_prefix('{')?;
    let named = text.starts_with('r');
    let (size, text) = number(text.strip_prefix('r').unwrap_or(text))?;
    let (unit, mut text) = number(text.strip_prefix('/')?)?;
    let mut fields = vec![];
    while let Some(rest) = text.strip_prefix(' ') {
        let (field, rest) = parse_field(rest)?;
        fields.push(field);
        text = rest;
    }
    Some((Record { fields, size, unit, named }, text.strip_prefix('}')?))
}

fn parse_field(text: &str) -> Option<(Field, &str)> {
    let (name, text) = text.split_once(':')?;
    let (ty, text) = if text.starts_with('{') {
        let (record, rest) = parse_record(text)?;
        (Ty::Record(super::RecordTy { of: Arc::new(record), readonly: false }), rest)
    } else {
        let end = text.find(['(', '@'])?;
        (Ty::from_numpy_name(&text[..end])?, &text[end..])
    };
    let (shape, text) = match text.strip_prefix('(') {
        Some(rest) => {
            let (sizes, rest) = rest.split_once(')')?;
            (sizes.split('x').map(|size| size.parse().ok()).collect::<Option<Vec<usize>>>()?, rest)
        }
        None => (vec![], text),
    };
    let (offset, text) = number(text.strip_prefix('@')?)?;
    Some((Field { name: decoded(name)?, ty, shape, offset }, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, ty: Ty, shape: &[usize], offset: usize) -> Field {
        Field { name: name.into(), ty, shape: shape.into(), offset }
    }

    #[test]
    fn texts_round_trip() {
        let inner = Record::new(vec![field("x", Ty::F32, &[], 0)], 4, false);
        assert_eq!(inner.unit, 4);
        let nested = Ty::Record(super::super::RecordTy { of: Arc::new(inner), readonly: false });
        let fields = vec![field("a", Ty::F64, &[], 0), field("β ", Ty::I32, &[2, 3], 8), field("n", nested, &[], 33)];
        let record = Record::new(fields, 40, true);
        assert_eq!(parse(&record.to_string()), Some(record.clone()));
        // The nested record lies at an odd place.
        assert!(matches!(&record.fields[2].ty, Ty::Record(inner) if inner.of.unit == 1));
        assert_eq!(record.unit, 8);
    }

    #[test]
    fn runs_are_what_fields_cover() {
        let pair = Record::new(vec![field("x", Ty::Bool, &[], 0), field("y", Ty::I32, &[], 4)], 8, false);
        assert_eq!(pair.runs(), [(0, 1), (4, 8)]);
        let nested = Ty::Record(super::super::RecordTy { of: Arc::new(pair), readonly: false });
        let record = Record::new(vec![field("n", nested, &[2], 8), field("a", Ty::F64, &[], 0)], 32, false);
        assert_eq!(record.runs(), [(0, 9), (12, 17), (20, 24)]);
    }

    #[test]
    fn packed_fields_are_unaligned() {
        let record = Record::new(vec![field("a", Ty::F64, &[], 0), field("b", Ty::I32, &[], 8)], 12, false);
        assert!(record.array_of(&record.fields[0], 1, false).unaligned);
        assert!(!record.array_of(&record.fields[1], 1, false).unaligned);
        assert_eq!(record.unit, 4);
    }
}
