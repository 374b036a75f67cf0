//! Friendly handles to IR: `Op`, `Value`, `Block`, `Region` are plain copies with the context's lifetime; `Builder` makes ops.
//!
//! The unsafe code of the compiler's IR side lives in this module. A handle is valid while what it points to is: a pass
//! must not use an `Op` after `erase`, nor a `Value` whose op is gone.

mod block;
mod builder;
mod op;
mod value;

pub use builder::Builder;

use melior::StringRef;
pub use melior::{
    Context,
    ir::{
        Attribute, AttributeLike, Identifier, Location, Module, Operation, Type, TypeLike,
        attribute::{
            ArrayAttribute, BoolAttribute, DenseI32ArrayAttribute, DenseI64ArrayAttribute, FlatSymbolRefAttribute, FloatAttribute, IntegerAttribute, StringAttribute, TypeAttribute,
        },
        operation::{OperationBuilder, OperationLike},
        r#type::{FunctionType, IntegerType, MemRefType, RankedTensorType, ShapedTypeLike, TupleType},
    },
};
use mlir_sys::*;
use std::{cell::Cell, ffi::c_void, fmt, hash, marker::PhantomData};

macro_rules! handle {
    ($(#[doc = $doc:literal])+ $name:ident, $raw:ident, $equal:ident) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy)]
        pub struct $name<'c> {
            raw: $raw,
            _context: PhantomData<&'c Context>,
        }

        impl<'c> $name<'c> {
            /// # Safety
            /// The raw handle must be valid and of a context that lives as long as `'c`.
            pub unsafe fn from_raw(raw: $raw) -> Self {
                Self { raw, _context: PhantomData }
            }

            #[allow(dead_code, reason = "not every handle comes from a nullable one")]
            fn from_option(raw: $raw) -> Option<Self> {
                (!raw.ptr.is_null()).then_some(Self { raw, _context: PhantomData })
            }

            pub fn to_raw(self) -> $raw {
                self.raw
            }
        }

        impl PartialEq for $name<'_> {
            fn eq(&self, other: &Self) -> bool {
                self.raw.ptr == other.raw.ptr
            }
        }
        impl Eq for $name<'_> {}
        impl hash::Hash for $name<'_> {
            fn hash<H: hash::Hasher>(&self, state: &mut H) {
                (self.raw.ptr as usize).hash(state)
            }
        }
    };
}

handle!(
    /// An operation.
    Op, MlirOperation, mlirOperationEqual
);
handle!(
    /// An SSA value: an op's result or a block's argument.
    Value, MlirValue, mlirValueEqual
);
handle!(
    /// A block.
    Block, MlirBlock, mlirBlockEqual
);
handle!(
    /// A region.
    Region, MlirRegion, mlirRegionEqual
);

fn text<'c>(raw: MlirStringRef) -> &'c str {
    if raw.length == 0 {
        return "";
    }
    // SAFETY: strings of identifiers and attributes are interned in the context.
    unsafe { std::str::from_utf8(std::slice::from_raw_parts(raw.data as *const u8, raw.length)).unwrap_or("<not utf-8>") }
}

fn string_ref(s: &str) -> MlirStringRef {
    MlirStringRef { data: s.as_ptr() as *const _, length: s.len() }
}

unsafe extern "C" fn push_text(chunk: MlirStringRef, out: *mut c_void) {
    // SAFETY: `out` is the String of the caller.
    unsafe { (*(out as *mut String)).push_str(text(chunk)) }
}

// SAFETY (of all unsafe blocks below): handles are valid by the contract of `ir`; the C API has no other precondition than those that the
// functions' documentation repeats.
/// The value; none when it does not fit.
fn int_value(attr: IntegerAttribute) -> Option<i64> {
    let ty = attr.r#type();
    Some(match IntegerType::try_from(ty) {
        // The C API would cut it off.
        Ok(int) if int.width() > 64 => return attr.to_string().split(' ').next()?.parse().ok(),
        Ok(int) if int.is_signed() => attr.signed_value(),
        Ok(int) if int.is_unsigned() => attr.unsigned_value() as i64,
        Ok(int) if int.width() == 1 => (attr.value() & 1 != 0) as i64,
        _ => attr.value(),
    })
}

/// A string attribute's text, as it is: melior's own `value` panics on an empty one.
pub fn str_value<'c>(attr: Attribute<'c>) -> Option<&'c str> {
    // SAFETY: asked of a string attribute, whose text is interned in the context.
    attr.is_string().then(|| unsafe { text(mlirStringAttrGetValue(attr.to_raw())) })
}

/// The value of an integer attribute.
pub fn int_attr_value(attr: Attribute) -> Option<i64> {
    IntegerAttribute::try_from(attr).ok().and_then(int_value)
}

/// The entries of a dictionary attribute, by name; none of another attribute.
pub fn dictionary_entries<'c>(attr: Attribute<'c>) -> Vec<(&'c str, Attribute<'c>)> {
    // SAFETY: asked of a dictionary, whose names are interned in the context.
    unsafe {
        if !mlirAttributeIsADictionary(attr.to_raw()) {
            return vec![];
        }
        let named = (0..mlirDictionaryAttrGetNumElements(attr.to_raw())).map(|i| mlirDictionaryAttrGetElement(attr.to_raw(), i));
        named.map(|named| (text(mlirIdentifierStr(named.name)), Attribute::from_raw(named.attribute))).collect()
    }
}

/// The context of a location.
pub fn location_context<'c>(loc: Location<'c>) -> &'c Context {
    // SAFETY: a location is of a live context.
    intern_context(unsafe { mlirLocationGetContext(loc.to_raw()) })
}

/// A module as an `Op`.
pub fn module_op<'c>(module: &Module<'c>) -> Op<'c> {
    unsafe { Op::from_raw(module.as_operation().to_raw()) }
}

/// Reports an error at a location through MLIR's diagnostics.
pub fn emit_error(loc: Location, message: &str) {
    let Ok(message) = std::ffi::CString::new(message.replace('\0', "\\0")) else { return };
    unsafe { mlirEmitError(loc.to_raw(), message.as_ptr()) }
}

/// Parses and adds a pass pipeline; the message says what is wrong with it.
pub fn add_pipeline(manager: MlirOpPassManager, pipeline: &str) -> Result<(), String> {
    let mut message = String::new();
    let result = unsafe { mlirParsePassPipeline(manager, StringRef::new(pipeline).to_raw(), Some(push_text), &mut message as *mut _ as *mut c_void) };
    if result.value != 0 { Ok(()) } else { Err(message) }
}

/// Runs passes on one op that is isolated from what is around it.
pub fn run_pipeline(op: Op, pipeline: &str) -> Result<(), String> {
    unsafe {
        let manager = mlirPassManagerCreateOnOperation(mlirOperationGetContext(op.to_raw()), string_ref(op.name()));
        let added = add_pipeline(mlirPassManagerGetAsOpPassManager(manager), &format!("{}({pipeline})", op.name()));
        let result = added.and_then(|()| match mlirPassManagerRunOnOp(manager, op.to_raw()).value {
            0 => Err(format!("{pipeline} failed")),
            _ => Ok(()),
        });
        mlirPassManagerDestroy(manager);
        result
    }
}

/// `melior::Context` owns a raw handle; a `&Context` needs an address that holds one. One leaked word per context and thread.
fn intern_context<'c>(raw: MlirContext) -> &'c Context {
    thread_local!(static KNOWN: std::cell::RefCell<std::collections::HashMap<usize, &'static MlirContext>> = Default::default());
    let word: &'static MlirContext = KNOWN.with_borrow_mut(|known| *known.entry(raw.ptr as usize).or_insert_with(|| &*Box::leak(Box::new(raw))));
    // SAFETY: melior's `Context` is a struct of this one field; it is never dropped through the reference.
    unsafe { &*(word as *const MlirContext as *const Context) }
}

/// The number of lanes of a vector of one axis, and the type of a lane.
pub fn vector_parts<'c>(ty: Type<'c>) -> Option<(i64, Type<'c>)> {
    // SAFETY: the type is asked what it is first.
    unsafe {
        let flat = mlirTypeIsAVector(ty.to_raw()) && mlirShapedTypeGetRank(ty.to_raw()) == 1;
        flat.then(|| (mlirShapedTypeGetDimSize(ty.to_raw(), 0), Type::from_raw(mlirShapedTypeGetElementType(ty.to_raw()))))
    }
}
