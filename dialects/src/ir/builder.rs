//! Makes ops at an insertion point.

use super::*;

// SAFETY (of all unsafe blocks here): handles are valid by the contract of `ir`; the C API has no other precondition than those that the
// functions' documentation repeats.
/// Where new ops go.
#[derive(Clone, Copy)]
enum Point<'c> {
    End(Block<'c>),
    Before(Op<'c>),
}

/// Makes ops at an insertion point with a current location.
pub struct Builder<'c> {
    pub context: &'c Context,
    point: Cell<Point<'c>>,
    loc: Cell<Location<'c>>,
}

impl<'c> Builder<'c> {
    /// Appends to the end of the block.
    pub fn at_end(context: &'c Context, block: Block<'c>, loc: Location<'c>) -> Self {
        Builder { context, point: Cell::new(Point::End(block)), loc: Cell::new(loc) }
    }

    /// Inserts before the op, with its location.
    pub fn before(op: Op<'c>) -> Self {
        Builder { context: op.context(), point: Cell::new(Point::Before(op)), loc: Cell::new(op.loc()) }
    }

    pub fn loc(&self) -> Location<'c> {
        self.loc.get()
    }

    pub fn set_loc(&self, loc: Location<'c>) {
        self.loc.set(loc)
    }

    pub fn set_end(&self, block: Block<'c>) {
        self.point.set(Point::End(block))
    }

    /// The block that ops go into.
    pub fn block(&self) -> Block<'c> {
        match self.point.get() {
            Point::End(block) => block,
            Point::Before(op) => op.block().expect("the anchor is in a block"),
        }
    }

    /// Runs `build` with the insertion point at the end of `block`, then returns to the present one.
    pub fn within<R>(&self, block: Block<'c>, build: impl FnOnce() -> R) -> R {
        let saved = self.point.replace(Point::End(block));
        let result = build();
        self.point.set(saved);
        result
    }

    /// Inserts a detached op.
    pub fn insert(&self, op: Op<'c>) -> Op<'c> {
        match self.point.get() {
            Point::End(block) => block.append(op),
            Point::Before(anchor) => anchor.block().expect("the anchor is in a block").insert_before(anchor, op),
        }
        op
    }

    /// Inserts an op made by melior's typed builders.
    pub fn insert_melior(&self, op: impl Into<Operation<'c>>) -> Op<'c> {
        let raw = op.into().into_raw();
        self.insert(unsafe { Op::from_raw(raw) })
    }

    pub fn op(&self, name: &str, operands: &[Value<'c>], results: &[Type<'c>], attrs: &[(&str, Attribute<'c>)]) -> Op<'c> {
        self.op_full(name, operands, results, attrs, &[], &[])
    }

    /// An op with one result.
    pub fn val(&self, name: &str, operands: &[Value<'c>], result: Type<'c>, attrs: &[(&str, Attribute<'c>)]) -> Value<'c> {
        self.op(name, operands, &[result], attrs).result(0)
    }

    pub fn op_with_regions(&self, name: &str, operands: &[Value<'c>], results: &[Type<'c>], attrs: &[(&str, Attribute<'c>)], regions: &[Region<'c>]) -> Op<'c> {
        self.op_full(name, operands, results, attrs, regions, &[])
    }

    /// Creates and inserts; takes the regions over. Panics when MLIR refuses to create the op (an unregistered name).
    pub fn op_full(
        &self,
        name: &str,
        operands: &[Value<'c>],
        results: &[Type<'c>],
        attrs: &[(&str, Attribute<'c>)],
        regions: &[Region<'c>],
        successors: &[Block<'c>],
    ) -> Op<'c> {
        let operands: Vec<_> = operands.iter().map(|v| v.raw).collect();
        let results: Vec<_> = results.iter().map(|t| t.to_raw()).collect();
        let regions: Vec<_> = regions.iter().map(|r| r.raw).collect();
        let successors: Vec<_> = successors.iter().map(|b| b.raw).collect();
        let attrs: Vec<_> = attrs
            .iter()
            .map(|(name, value)| unsafe { mlirNamedAttributeGet(Identifier::new(self.context, name).to_raw(), value.to_raw()) })
            .collect();
        let op = unsafe {
            let mut state = mlirOperationStateGet(string_ref(name), self.loc.get().to_raw());
            mlirOperationStateAddOperands(&mut state, operands.len() as isize, operands.as_ptr());
            mlirOperationStateAddResults(&mut state, results.len() as isize, results.as_ptr());
            mlirOperationStateAddAttributes(&mut state, attrs.len() as isize, attrs.as_ptr());
            mlirOperationStateAddOwnedRegions(&mut state, regions.len() as isize, regions.as_ptr());
            mlirOperationStateAddSuccessors(&mut state, successors.len() as isize, successors.as_ptr());
            mlirOperationCreate(&mut state)
        };
        self.insert(Op::from_option(op).unwrap_or_else(|| panic!("MLIR did not create {name}")))
    }

    /// A named op of `linalg` over arrays, the results last; what it computes for an element follows from its name.
    pub fn linalg(&self, name: &str, operands: &[Value<'c>], inputs: usize, attrs: &[(&str, Attribute<'c>)]) -> Op<'c> {
        let segments = self.i32_array(&[inputs as i32, (operands.len() - inputs) as i32]);
        let attrs = [attrs, &[("operandSegmentSizes", segments)]].concat();
        let op = self.op_with_regions(name, operands, &[], &attrs, &[Region::new()]);
        unsafe { mlirLinalgFillBuiltinNamedOpRegion(op.to_raw()) };
        op
    }

    /// `cf.br`
    pub fn br(&self, to: Block<'c>, values: &[Value<'c>]) -> Op<'c> {
        self.op_full("cf.br", values, &[], &[], &[], &[to])
    }

    /// `cf.cond_br`
    pub fn cond_br(&self, condition: Value<'c>, then: (Block<'c>, &[Value<'c>]), otherwise: (Block<'c>, &[Value<'c>])) -> Op<'c> {
        let operands: Vec<_> = [condition].iter().chain(then.1).chain(otherwise.1).copied().collect();
        let segments = self.i32_array(&[1, then.1.len() as i32, otherwise.1.len() as i32]);
        self.op_full("cf.cond_br", &operands, &[], &[("operandSegmentSizes", segments)], &[], &[then.0, otherwise.0])
    }

    // Types.

    pub fn int(&self, bits: u32) -> Type<'c> {
        IntegerType::new(self.context, bits).into()
    }
    pub fn i1(&self) -> Type<'c> {
        self.int(1)
    }
    pub fn i64(&self) -> Type<'c> {
        self.int(64)
    }
    pub fn index(&self) -> Type<'c> {
        Type::index(self.context)
    }
    pub fn f64(&self) -> Type<'c> {
        Type::float64(self.context)
    }
    pub fn f16(&self) -> Type<'c> {
        Type::float16(self.context)
    }
    pub fn f32(&self) -> Type<'c> {
        Type::float32(self.context)
    }
    /// `!llvm.ptr`
    pub fn ptr(&self) -> Type<'c> {
        melior::dialect::llvm::r#type::pointer(self.context, 0)
    }

    // Attributes.

    /// Panics on text that is no attribute.
    pub fn parse_attr(&self, text: &str) -> Attribute<'c> {
        Attribute::parse(self.context, text).unwrap_or_else(|| panic!("no attribute: {text}"))
    }
    /// A group of accesses, different from all others.
    pub fn access_group(&self) -> Attribute<'c> {
        self.parse_attr("#llvm.access_group<id = distinct[0]<>>")
    }
    /// `llvm.loop_annotation`: what a loop says already, and that accesses of the group depend on none of another iteration.
    pub fn parallel_loop(&self, said: Option<Attribute<'c>>, group: Attribute<'c>) -> Attribute<'c> {
        unsafe extern "C" {
            fn zoukParallelLoop(annotation: MlirAttribute, group: MlirAttribute) -> MlirAttribute;
        }
        let none = MlirAttribute { ptr: std::ptr::null_mut() };
        unsafe { Attribute::from_raw(zoukParallelLoop(said.map_or(none, |a| a.to_raw()), group.to_raw())) }
    }
    pub fn str(&self, text: &str) -> Attribute<'c> {
        StringAttribute::new(self.context, text).into()
    }
    pub fn symbol(&self, name: &str) -> Attribute<'c> {
        FlatSymbolRefAttribute::new(self.context, name).into()
    }
    pub fn unit(&self) -> Attribute<'c> {
        Attribute::unit(self.context)
    }
    pub fn ty_attr(&self, ty: Type<'c>) -> Attribute<'c> {
        TypeAttribute::new(ty).into()
    }
    pub fn int_attr(&self, ty: Type<'c>, value: i64) -> Attribute<'c> {
        IntegerAttribute::new(ty, value).into()
    }
    pub fn array(&self, elements: &[Attribute<'c>]) -> Attribute<'c> {
        ArrayAttribute::new(self.context, elements).into()
    }
    /// A dictionary, which keeps no order.
    pub fn dictionary(&self, entries: &[(&str, Attribute<'c>)]) -> Attribute<'c> {
        let named = |(name, value): &(&str, Attribute<'c>)| unsafe { mlirNamedAttributeGet(Identifier::new(self.context, name).to_raw(), value.to_raw()) };
        let entries: Vec<_> = entries.iter().map(named).collect();
        unsafe { Attribute::from_raw(mlirDictionaryAttrGet(self.context.to_raw(), entries.len() as isize, entries.as_ptr())) }
    }
    pub fn str_array(&self, elements: &[&str]) -> Attribute<'c> {
        self.array(&elements.iter().map(|e| self.str(e)).collect::<Vec<_>>())
    }
    pub fn i32_array(&self, elements: &[i32]) -> Attribute<'c> {
        melior::ir::attribute::DenseI32ArrayAttribute::new(self.context, elements).into()
    }
    pub fn i64_array(&self, elements: &[i64]) -> Attribute<'c> {
        DenseI64ArrayAttribute::new(self.context, elements).into()
    }

    // Constants (`arith.constant`).

    /// An integer or index constant.
    pub fn c_int(&self, ty: Type<'c>, value: i64) -> Value<'c> {
        self.val("arith.constant", &[], ty, &[("value", self.int_attr(ty, value))])
    }
    pub fn c_i64(&self, value: i64) -> Value<'c> {
        self.c_int(self.i64(), value)
    }
    pub fn c_index(&self, value: i64) -> Value<'c> {
        self.c_int(self.index(), value)
    }
    pub fn c_bool(&self, value: bool) -> Value<'c> {
        self.c_int(self.i1(), value as i64)
    }
    pub fn c_float(&self, ty: Type<'c>, value: f64) -> Value<'c> {
        self.val("arith.constant", &[], ty, &[("value", FloatAttribute::new(self.context, ty, value).into())])
    }

    /// `arith.cmpi`: eq ne slt sle sgt sge ult ule ugt uge
    pub fn cmpi(&self, predicate: &str, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        const NAMES: [&str; 10] = ["eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge"];
        let number = NAMES.iter().position(|n| *n == predicate).unwrap_or_else(|| panic!("no predicate {predicate}"));
        self.val("arith.cmpi", &[a, b], self.i1(), &[("predicate", self.int_attr(self.i64(), number as i64))])
    }

    /// `arith.cmpf`: false oeq ogt oge olt ole one ord ueq ugt uge ult ule une uno true
    pub fn cmpf(&self, predicate: &str, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        const NAMES: [&str; 16] = ["false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord", "ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true"];
        let number = NAMES.iter().position(|n| *n == predicate).unwrap_or_else(|| panic!("no predicate {predicate}"));
        self.val("arith.cmpf", &[a, b], self.i1(), &[("predicate", self.int_attr(self.i64(), number as i64))])
    }

    pub fn select(&self, condition: Value<'c>, then: Value<'c>, otherwise: Value<'c>) -> Value<'c> {
        self.val("arith.select", &[condition, then, otherwise], then.ty(), &[])
    }

    /// A binary op whose result has its operands' type: `b.bin("arith.addi", x, y)`.
    pub fn bin(&self, name: &str, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        self.val(name, &[a, b], a.ty(), &[])
    }

    /// `arith.index_cast` to another integer or index type (none when equal).
    pub fn index_cast(&self, value: Value<'c>, to: Type<'c>) -> Value<'c> {
        if value.ty() == to { value } else { self.val("arith.index_cast", &[value], to, &[]) }
    }

    /// A constant's integer value, when `value` is one.
    pub fn constant_int(value: Value<'c>) -> Option<i64> {
        value.def_by("arith.constant").and_then(|o| o.int_attr("value"))
    }
}
