//! The kernel as a function of elements, or of a position.

use super::kernel::{Access, Kernel, Mode, Offset, Part, accesses};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, Builder, FunctionType, Op, Type, Value};
use zouk_dialects::ty::{Ty, Types};

/// An element that a point needs: the parameter, and the place relative to the point.
pub type Tap = (usize, Vec<i64>);

/// The functions of one point.
pub struct Variants {
    /// Computes what is not border.
    pub inside: Inside,
    /// Computes the border where it has not one value.
    pub border: Option<String>,
}

pub enum Inside {
    /// A function of the `scalars`, parameters by their numbers, and then of the elements.
    Elements { symbol: String, scalars: Vec<usize>, taps: Vec<Tap> },
    /// A function of all parameters, and then of the position.
    Placed(String),
}

/// Makes ops of stage `py`.
pub struct Py<'c> {
    pub b: Builder<'c>,
    pub types: Types<'c>,
    pub object: Type<'c>,
}

impl<'c> Py<'c> {
    pub fn before(op: Op<'c>, object: Type<'c>) -> Self {
        Py { b: Builder::before(op), types: Types::new(op.context()), object }
    }

    pub fn int(&self, value: i64) -> Value<'c> {
        let ty = self.types.to_mlir(&Ty::I64);
        self.b.val("py.constant", &[], ty, &[("value", self.b.int_attr(ty, value))])
    }

    pub fn bool(&self, value: bool) -> Value<'c> {
        self.b.val("py.constant", &[], self.b.i1(), &[("value", self.b.int_attr(self.b.i1(), value as i64))])
    }

    pub fn tuple(&self, elements: &[Value<'c>]) -> Value<'c> {
        self.b.val("py.tuple", elements, self.object, &[])
    }

    pub fn ints(&self, values: &[i64]) -> Value<'c> {
        self.tuple(&values.iter().map(|value| self.int(*value)).collect::<Vec<_>>())
    }

    pub fn reference(&self, name: &str) -> Value<'c> {
        self.b.val("py.ref", &[], self.types.to_mlir(&Ty::Ref(name.into())), &[])
    }

    /// A call of the function of that name, or of the library's for stencils.
    pub fn call(&self, name: &str, arguments: &[Value<'c>]) -> Value<'c> {
        self.call_with(name, arguments, &[])
    }

    pub fn call_with(&self, name: &str, arguments: &[Value<'c>], attrs: &[(&str, Attribute<'c>)]) -> Value<'c> {
        let callee = self.reference(name);
        self.b.val("py.call", &[&[callee], arguments].concat(), self.object, attrs)
    }

    /// A function of `library/stencil.py`.
    pub fn library(&self, name: &str, arguments: &[Value<'c>]) -> Value<'c> {
        self.call(&format!("@library/stencil._stencil_{name}"), arguments)
    }

    pub fn add(&self, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        self.b.val("py.binary", &[a, b], self.object, &[("kind", self.b.str("add"))])
    }

    pub fn item(&self, of: Value<'c>, place: i64) -> Value<'c> {
        let place = self.int(place);
        self.b.val("py.getitem", &[of, place], self.object, &[])
    }

    pub fn shape(&self, array: Value<'c>) -> Value<'c> {
        self.b.val("py.attr", &[array], self.object, &[("name", self.b.str("shape"))])
    }
}

/// Gives a function other parameters, whose names are for messages.
pub fn set_parameters<'c>(function: Op<'c>, symbol: &str, params: &[String], object: Type<'c>) {
    let b = Builder::before(function);
    let ty: Type = FunctionType::new(b.context, &vec![object; params.len()], &[object]).into();
    function.set_attr("sym_name", b.str(symbol));
    function.set_attr("function_type", b.ty_attr(ty));
    function.set_attr("py.params", b.str_array(&params.iter().map(String::as_str).collect::<Vec<_>>()));
}

impl<'c> Kernel<'c> {
    pub fn object(&self) -> Type<'c> {
        self.function.body(0).arg(0).ty()
    }

    pub fn variants(&self) -> Result<Variants, Diagnostic> {
        let inside = if self.elementwise { self.elements()? } else { Inside::Placed(self.placed("inside", Mode::Constant)?) };
        let border = if self.mode == Mode::Constant { None } else { Some(self.placed("border", self.mode)?) };
        Ok(Variants { inside, border })
    }

    /// A copy of the kernel beside it, as an ordinary function.
    fn copy(&self) -> Op<'c> {
        let copy = Builder::before(self.function).insert(self.function.deep_clone());
        for (name, _) in copy.attrs() {
            if name.starts_with("py.stencil") || name.starts_with("py.instantiate") || matches!(name, "py.keyword_only" | "py.positional_only" | "py.captures" | "py.captured_defaults" | "py.changing") {
                copy.remove_attr(name);
            }
        }
        copy.set_attr("py.defaults", Builder::before(copy).array(&[]));
        copy
    }

    fn symbol(&self, suffix: &str) -> String {
        format!("{}#{suffix}", self.function.str_attr("sym_name").unwrap_or_default())
    }

    /// The kernel as a function of the elements at known places.
    fn elements(&self) -> Result<Inside, Diagnostic> {
        let copy = self.copy();
        let body = copy.body(0);
        let mut taps: Vec<(Tap, Value<'c>)> = vec![];
        for access in accesses(copy, &self.relative)? {
            let tap = (access.param, known_places(&access));
            let element = match taps.iter().find(|(known, _)| *known == tap) {
                Some((_, element)) => *element,
                None => {
                    let element = body.add_arg(self.object(), access.op.loc());
                    taps.push((tap, element));
                    element
                }
            };
            let index = access.op.operand(1);
            access.op.result(0).replace_all_uses(element);
            access.op.erase();
            erase_unused(index);
        }
        let mut scalars = vec![];
        for i in (0..self.params.len()).rev() {
            if body.arg(i).is_unused() {
                body.erase_arg(i);
            } else {
                scalars.insert(0, i);
            }
        }
        let taps: Vec<Tap> = taps.into_iter().map(|(tap, _)| tap).collect();
        let names = scalars.iter().map(|i| self.params[*i].to_string()).chain(taps.iter().map(|(param, places)| self.spelled(*param, places)));
        let symbol = self.symbol("elements");
        set_parameters(copy, &symbol, &names.collect::<Vec<_>>(), self.object());
        copy.set_unit("py.ufunc");
        Ok(Inside::Elements { symbol, scalars, taps })
    }

    fn spelled(&self, param: usize, places: &[i64]) -> String {
        let places: Vec<String> = places.iter().map(i64::to_string).collect();
        format!("{}[{}]", self.params[param], places.join(", "))
    }

    /// The kernel as a function of the position too. Places outside of the array are mapped into it by the mode; there are none in the constant one.
    fn placed(&self, suffix: &str, mode: Mode) -> Result<String, Diagnostic> {
        let copy = self.copy();
        let body = copy.body(0);
        let positions: Vec<Value<'c>> = (0..self.rank()).map(|_| body.add_arg(self.object(), copy.loc())).collect();
        for access in accesses(copy, &self.relative)? {
            let index = access.op.operand(1);
            let py = Py::before(access.op, self.object());
            let parts: Vec<Value<'c>> = access.parts.iter().enumerate().map(|(axis, part)| self.place(&py, &access, axis, part, positions[axis], mode)).collect();
            access.op.set_operand(1, if parts.len() == 1 { parts[0] } else { py.tuple(&parts) });
            erase_unused(index);
        }
        let names = self.params.iter().map(|name| name.to_string()).chain((0..self.rank()).map(|axis| format!("position {axis}")));
        let symbol = self.symbol(suffix);
        set_parameters(copy, &symbol, &names.collect::<Vec<_>>(), self.object());
        if mode == Mode::Constant {
            copy.set_unit("zouk.inline");
        }
        Ok(symbol)
    }

    /// The index along an axis.
    fn place(&self, py: &Py<'c>, access: &Access<'c>, axis: usize, part: &Part<'c>, position: Value<'c>, mode: Mode) -> Value<'c> {
        let (least, greatest) = self.neighborhood[axis];
        let at = |offset: &Offset<'c>, past: i64| match offset {
            Offset::Known(0) => position,
            Offset::Known(number) => py.add(position, py.int(*number)),
            Offset::Computed(value) => py.library("place", &[position, *value, py.int(least), py.int(greatest + past)]),
        };
        match part {
            Part::At(offset) => {
                let place = at(offset, 0);
                let map = match mode {
                    Mode::Constant => return place,
                    Mode::Wrap => "wrap",
                    Mode::Reflect => "reflect",
                    Mode::Nearest => "nearest",
                };
                let size = py.item(py.shape(access.op.operand(0)), axis as i64);
                py.library(map, &[place, size])
            }
            Part::Slice { lower, upper, step } => {
                let (lower, upper) = (at(lower, 1), at(upper, 1));
                py.b.val("py.slice", &[lower, upper, *step], py.object, &[])
            }
        }
    }
}

fn known_places(access: &Access) -> Vec<i64> {
    let known = |part: &Part| if let Part::At(Offset::Known(place)) = part { Some(*place) } else { None };
    access.parts.iter().filter_map(known).collect()
}

/// Erases what made an index that is used no more.
fn erase_unused(index: Value) {
    let Some(op) = index.def().filter(|op| index.is_unused() && matches!(op.name(), "py.tuple" | "py.constant" | "py.unary" | "py.binary" | "py.slice")) else { return };
    if op.name() == "py.unary" || op.name() == "py.binary" {
        // Of computed indices there may be other effects.
        if super::kernel::known(index).is_none() {
            return;
        }
    }
    let operands = op.operands();
    op.erase();
    operands.into_iter().for_each(erase_unused);
}
