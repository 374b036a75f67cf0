//! The C type of a Python type, and how its values go into slots and come out.

use crate::slots::slot_count;
use std::fmt::Write;
use zouk_dialects::ty::{Array, Ty};

/// Words that no C name may be: keywords of C and C++, what the headers that ours includes define, and names of its own.
const RESERVED: &str = "alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const const_cast \
    consteval constexpr constinit continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export \
    extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected \
    public register reinterpret_cast requires restrict return short signed sizeof static static_assert static_cast struct switch template this \
    thread_local throw true try typedef typeid typename typeof union unsigned using virtual void volatile wchar_t while xor xor_eq zouk \
    _Bool NULL errno int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t intmax_t uintmax_t ptrdiff_t size_t \
    INT64_MIN INT64_MAX UINT64_MAX memcpy stdin stdout stderr I zouk_arguments zouk_results zouk_slot zouk_status";

/// A Python name as a C identifier.
pub fn identifier(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => text.push(c),
            other => drop(write!(text, "u{:04x}", other as u32)),
        }
    }
    if RESERVED.split_whitespace().any(|word| word == text) || text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit()) { text + "_" } else { text }
}

/// A Python type that has a C type. A value without content (None, an empty tuple) takes no slots and has no place in C.
#[derive(Clone, Copy)]
pub struct CType<'a>(pub &'a Ty);

impl<'a> CType<'a> {
    /// Whether C has a type for it; else the part that has none.
    pub fn check(ty: &Ty) -> Result<(), Ty> {
        match ty {
            Ty::Float(16) => Err(ty.clone()),
            Ty::None | Ty::Bool | Ty::Int { .. } | Ty::Float(_) | Ty::Complex(_) => Ok(()),
            Ty::Array(array) if array.unaligned => Err(ty.clone()),
            Ty::Array(array) => CType::check(&array.element),
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().try_for_each(CType::check),
            Ty::Optional(inner) => CType::check(inner),
            other => Err(other.clone()),
        }
    }

    pub fn is_empty(self) -> bool {
        slot_count(self.0) == 0
    }

    /// The name that its functions and structs are made of: `f64`, `array_f64_2`, `tuple_2_i64_f64`.
    pub fn tag(self) -> String {
        match self.0 {
            Ty::Bool => "bool".into(),
            Ty::Int { bits, signed } => format!("{}{bits}", if *signed { 'i' } else { 'u' }),
            Ty::Float(bits) => format!("f{bits}"),
            Ty::Complex(bits) => format!("c{}", 2 * bits),
            Ty::Array(array) => format!("array_{}_{}", CType(&array.element).tag(), array.rank),
            Ty::Optional(inner) => format!("optional_{}", CType(inner).tag()),
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().fold(format!("tuple_{}", parts.len()), |tag, part| tag + "_" + &CType(part).tag()),
            _ => "none".into(),
        }
    }

    pub fn name(self) -> String {
        match self.0 {
            Ty::Bool => "bool".into(),
            Ty::Int { bits, signed } => format!("{}int{bits}_t", if *signed { "" } else { "u" }),
            Ty::Float(32) => "float".into(),
            Ty::Float(_) => "double".into(),
            _ => format!("zouk_{}", self.tag()),
        }
    }

    /// The parts of a tuple that are in its struct, and their members.
    fn members(parts: &'a [Ty]) -> impl Iterator<Item = (String, CType<'a>)> {
        parts.iter().enumerate().map(|(i, part)| (format!("item{i}"), CType(part))).filter(|(_, part)| !part.is_empty())
    }

    /// Appends the types it is made of, then itself, each once.
    pub fn collect(self, types: &mut Vec<CType<'a>>) {
        if self.is_empty() || types.iter().any(|known| known.tag() == self.tag()) {
            return;
        }
        match self.0 {
            Ty::Complex(bits) => CType(float(*bits)).collect(types),
            Ty::Array(array) => CType(&array.element).collect(types),
            Ty::Optional(inner) => CType(inner).collect(types),
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().for_each(|part| CType(part).collect(types)),
            _ => {}
        }
        types.push(self);
    }

    /// Its struct, and the functions that put a value into slots and get one out; once per program, whatever headers it includes.
    pub fn definition(self) -> String {
        let (tag, name) = (self.tag(), self.name());
        let guard = format!("ZOUK_TYPE_{}", tag.to_uppercase());
        let structure = self.structure().map(|fields| format!("typedef struct {name} {{\n{fields}}} {name};\n\n")).unwrap_or_default();
        let (put, get, extra) = (self.put(), self.get(), self.constructor());
        format!(
            "#ifndef {guard}\n#define {guard}\n{structure}{extra}\
             static inline uint64_t *zouk_put_{tag}(uint64_t *slot, {name} value)\n{{\n{put}}}\n\n\
             static inline const uint64_t *zouk_get_{tag}(const uint64_t *slot, {name} *value)\n{{\n{get}}}\n#endif\n\n"
        )
    }

    fn structure(self) -> Option<String> {
        let fields = match self.0 {
            Ty::Complex(bits) => format!("    {} re, im;\n", CType(float(*bits)).name()),
            Ty::Array(array) => {
                let extents = if array.rank > 0 { format!("    int64_t shape[{0}];\n    int64_t strides[{0}]; /* in elements */\n", array.rank) } else { String::new() };
                format!("    void *owner; /* NULL: the memory is the caller's */\n    {} *data;\n{extents}", CType(&array.element).name())
            }
            Ty::Optional(inner) => {
                let value = if CType(inner).is_empty() { String::new() } else { format!("    {} value;\n", CType(inner).name()) };
                format!("    bool has_value;\n{value}")
            }
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => Self::members(parts).map(|(member, part)| format!("    {} {member};\n", part.name())).collect(),
            _ => return None,
        };
        Some(fields)
    }

    /// `value` into the slots from `slot` on; what follows them is returned.
    fn put(self) -> String {
        let part = |part: CType, member: &str| format!("    slot = zouk_put_{}(slot, value.{member});\n", part.tag());
        let end = "    return slot;\n";
        match self.0 {
            Ty::Bool => "    *slot = value ? 1 : 0;\n    return slot + 1;\n".into(),
            Ty::Int { signed: true, .. } => "    *slot = (uint64_t)(int64_t)value;\n    return slot + 1;\n".into(),
            Ty::Int { .. } => "    *slot = value;\n    return slot + 1;\n".into(),
            Ty::Float(_) => "    *slot = 0;\n    memcpy(slot, &value, sizeof value);\n    return slot + 1;\n".into(),
            Ty::Complex(bits) => {
                let float = CType(float(*bits)).tag();
                format!("    return zouk_put_{float}(zouk_put_{float}(slot, value.re), value.im);\n")
            }
            Ty::Array(array) => format!(
                "    *slot++ = (uint64_t)(uintptr_t)value.owner;\n    *slot++ = (uint64_t)(uintptr_t)value.data;\n{}{end}",
                extents(array, |member, i| format!("*slot++ = (uint64_t)value.{member}[{i}];"))
            ),
            Ty::Optional(inner) if CType(inner).is_empty() => "    *slot = value.has_value ? 1 : 0;\n    return slot + 1;\n".into(),
            Ty::Optional(inner) => format!("    *slot++ = value.has_value ? 1 : 0;\n{}{end}", part(CType(inner), "value")),
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => Self::members(parts).map(|(member, ty)| part(ty, &member)).collect::<String>() + end,
            _ => end.into(),
        }
    }

    /// `*value` out of the slots from `slot` on; what follows them is returned.
    fn get(self) -> String {
        let part = |part: CType, member: &str| format!("    slot = zouk_get_{}(slot, &value->{member});\n", part.tag());
        let end = "    return slot;\n";
        match self.0 {
            Ty::Bool => "    *value = *slot != 0;\n    return slot + 1;\n".into(),
            Ty::Int { .. } => format!("    *value = ({})*slot;\n    return slot + 1;\n", self.name()),
            Ty::Float(_) => "    memcpy(value, slot, sizeof *value);\n    return slot + 1;\n".into(),
            Ty::Complex(bits) => {
                let float = CType(float(*bits)).tag();
                format!("    return zouk_get_{float}(zouk_get_{float}(slot, &value->re), &value->im);\n")
            }
            Ty::Array(array) => format!(
                "    value->owner = (void *)(uintptr_t)*slot++;\n    value->data = ({} *)(uintptr_t)*slot++;\n{}{end}",
                CType(&array.element).name(),
                extents(array, |member, i| format!("value->{member}[{i}] = (int64_t)*slot++;"))
            ),
            Ty::Optional(inner) if CType(inner).is_empty() => "    value->has_value = *slot != 0;\n    return slot + 1;\n".into(),
            Ty::Optional(inner) => format!("    value->has_value = *slot++ != 0;\n{}{end}", part(CType(inner), "value")),
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => Self::members(parts).map(|(member, ty)| part(ty, &member)).collect::<String>() + end,
            _ => end.into(),
        }
    }

    /// For arrays: one over the caller's memory, in C order.
    fn constructor(self) -> String {
        let Ty::Array(Array { element, rank, .. }) = self.0 else { return String::new() };
        let name = self.name();
        let sizes: String = (0..*rank).map(|axis| format!(", int64_t n{axis}")).collect();
        let mut body = format!("    {name} array;\n    array.owner = 0;\n    array.data = data;\n");
        let mut stride = "1".to_string();
        for axis in (0..*rank).rev() {
            let _ = writeln!(body, "    array.shape[{axis}] = n{axis};\n    array.strides[{axis}] = {stride};");
            stride = format!("n{axis} * array.strides[{axis}]");
        }
        format!(
            "/* The array over memory of the caller's, the last axis contiguous. */\n\
             static inline {name} {name}_of({} *data{sizes})\n{{\n{body}    return array;\n}}\n\n",
            CType(element).name()
        )
    }

    /// Conditions on an argument that the compiled code relies on, with the word for each.
    pub fn requirements(self, path: &str) -> Vec<(String, &'static str)> {
        match self.0 {
            Ty::Array(array) if array.rank > 0 => {
                let (word, first, step) = match array.layout {
                    zouk_dialects::ty::Layout::C => ("C", array.rank - 1, -1),
                    zouk_dialects::ty::Layout::F => ("F", 0, 1),
                    zouk_dialects::ty::Layout::A => return vec![],
                };
                vec![(format!("zouk_is_packed({}, {path}.shape, {path}.strides, {first}, {step})", array.rank), word)]
            }
            Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => Self::members(parts).flat_map(|(member, part)| part.requirements(&format!("{path}.{member}"))).collect(),
            Ty::Optional(inner) => {
                let inner = CType(inner).requirements(&format!("{path}.value"));
                inner.into_iter().map(|(condition, word)| (format!("(!{path}.has_value || {condition})"), word)).collect()
            }
            _ => vec![],
        }
    }
}

fn float(bits: u32) -> &'static Ty {
    if bits == 32 { &Ty::F32 } else { &Ty::F64 }
}

fn extents(array: &Array, line: impl Fn(&str, usize) -> String) -> String {
    ["shape", "strides"].iter().flat_map(|member| (0..array.rank).map(|i| format!("    {}\n", line(member, i))).collect::<Vec<_>>()).collect()
}
