//! Turns products of `linalg` into calls of kernels, which `zouk-define-products` writes once for each type of elements.
//!
//! `linalg.matmul`, `matvec` and `dot` have kernels; `vecmat` is `matvec` of the transposed matrix. A product adds to its result, as `linalg`
//! has it, unless that was filled with zeros right before. The kernel of `matmul` stores rows whose elements lie side by side: of other
//! results a copy is computed. A sum that is only loaded again stays a value.
//!
//! ```mlir before
//! func.func @f(%a: memref<?x?xf64>, %b: memref<?x?xf64, strided<[1, ?]>>, %c: memref<?x?xf64>, %x: memref<?xf64>) -> f64 {
//!   %zero = arith.constant 0.0 : f64
//!   linalg.fill ins(%zero : f64) outs(%c : memref<?x?xf64>)
//!   linalg.matmul ins(%a, %b : memref<?x?xf64>, memref<?x?xf64, strided<[1, ?]>>) outs(%c : memref<?x?xf64>)
//!   %s = rt.alloc() : memref<f64>
//!   linalg.fill ins(%zero : f64) outs(%s : memref<f64>)
//!   linalg.dot ins(%x, %x : memref<?xf64>, memref<?xf64>) outs(%s : memref<f64>)
//!   %sum = memref.load %s[] : memref<f64>
//!   return %sum : f64
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: memref<?x?xf64>, %arg1: memref<?x?xf64, strided<[1, ?]>>, %arg2: memref<?x?xf64>, %arg3: memref<?xf64>) -> f64 {
//!     %cst = arith.constant 0.000000e+00 : f64
//!     %cast = memref.cast %arg0 : memref<?x?xf64> to memref<?x?xf64, strided<[?, ?]>>
//!     %cast_0 = memref.cast %arg1 : memref<?x?xf64, strided<[1, ?]>> to memref<?x?xf64, strided<[?, ?]>>
//!     %cast_1 = memref.cast %arg2 : memref<?x?xf64> to memref<?x?xf64, strided<[?, 1]>>
//!     %false = arith.constant false
//!     call @zouk.matmul.f64(%cast, %cast_0, %cast_1, %false) : (memref<?x?xf64, strided<[?, ?]>>, memref<?x?xf64, strided<[?, ?]>>, memref<?x?xf64, strided<[?, 1]>>, i1) -> ()
//!     %cast_2 = memref.cast %arg3 : memref<?xf64> to memref<?xf64, strided<[?]>>
//!     %cast_3 = memref.cast %arg3 : memref<?xf64> to memref<?xf64, strided<[?]>>
//!     %0 = call @zouk.dot.f64(%cast_2, %cast_3) : (memref<?xf64, strided<[?]>>, memref<?xf64, strided<[?]>>) -> f64
//!     return %0 : f64
//!   }
//!   func.func private @zouk.matmul.f64(memref<?x?xf64, strided<[?, ?]>>, memref<?x?xf64, strided<[?, ?]>>, memref<?x?xf64, strided<[?, 1]>>, i1) attributes {zouk.writes = array<i32: 2>}
//!   func.func private @zouk.dot.f64(memref<?xf64, strided<[?]>>, memref<?xf64, strided<[?]>>) -> f64 attributes {zouk.writes = array<i32>}
//! }
//! ```

use crate::define_products::{declare, strided};
use crate::llvm_dialect::MemRef;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Region, Type, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

const DYNAMIC: i64 = i64::MIN;

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for op in module.collect(|op| matches!(op.name(), "linalg.matmul" | "linalg.matvec" | "linalg.vecmat" | "linalg.dot")) {
        let product = Product::of(module, op)?;
        match op.name() {
            "linalg.matmul" => product.matmul(),
            "linalg.dot" => product.dot(),
            _ => product.matvec(),
        }
        op.erase();
        product.forward();
    }
    Ok(())
}

struct Product<'c> {
    module: Op<'c>,
    op: Op<'c>,
    b: Builder<'c>,
    element: Type<'c>,
    out: Value<'c>,
    /// Whether the product is added to what the result holds.
    accumulate: bool,
}

impl<'c> Product<'c> {
    fn of(module: Op<'c>, op: Op<'c>) -> Result<Self, Diagnostic> {
        let arrays: Option<Vec<MemRef>> = op.operands().into_iter().map(|v| MemRef::new(v.ty())).collect();
        let plain = |arrays: &Vec<MemRef<'c>>| arrays.len() == 3 && arrays.iter().all(|a| a.element == arrays[0].element);
        let Some(arrays) = arrays.filter(plain) else {
            let message = format!("`{}` is scheduled on arrays of one type of elements only", op.name());
            return Err(Diagnostic::at(ErrorClass::Syntax, "bad-ir", message, op.loc()));
        };
        let out = op.operand(2);
        let zeroed = previous(op).filter(|fill| fill.is("linalg.fill") && fill.operand(1) == out && is_zero(fill.operand(0)));
        if let Some(fill) = zeroed {
            fill.erase();
        }
        Ok(Product { module, op, b: Builder::before(op), element: arrays[0].element, out, accumulate: zeroed.is_none() })
    }

    /// The operand as an array of any strides, but for those that are given.
    fn operand(&self, value: Value<'c>, strides: &[i64]) -> Value<'c> {
        let ty = strided(&self.b, self.element, strides);
        if value.ty() == ty { value } else { self.b.val("memref.cast", &[value], ty, &[]) }
    }

    fn call(&self, kernel: &str, operands: &[Value<'c>], results: &[Type<'c>]) -> Op<'c> {
        let part = crate::llvm_dialect::complex_part(self.element).map(|part| if part.is_f32() { "c64" } else { "c128" }.to_string());
        let name = format!("zouk.{kernel}.{}", part.unwrap_or(self.element.to_string()));
        declare(self.module, &name, &operands.iter().map(|v| v.ty()).collect::<Vec<_>>(), results);
        self.b.op("func.call", operands, results, &[("callee", self.b.symbol(&name))])
    }

    fn matmul(&self) {
        let [x, y] = [0, 1].map(|i| self.operand(self.op.operand(i), &[DYNAMIC; 2]));
        let by_rows = MemRef::new(self.out.ty()).is_some_and(|out| out.strides[1] == Some(1));
        let (target, accumulate) = match by_rows {
            true => (self.operand(self.out, &[DYNAMIC, 1]), self.accumulate),
            false => (self.operand(self.copy_of_sizes(), &[DYNAMIC, 1]), false),
        };
        let accumulate = self.b.c_bool(accumulate);
        self.call("matmul", &[x, y, target, accumulate], &[]);
        if !by_rows {
            self.take_over(target);
        }
    }

    /// A new array of the result's sizes.
    fn copy_of_sizes(&self) -> Value<'c> {
        let ty = zouk_dialects::ir::MemRefType::new(self.element, &[DYNAMIC; 2], None, None);
        self.b.val("rt.alloc", &self.sizes(), ty.into(), &[])
    }

    fn sizes(&self) -> [Value<'c>; 2] {
        [0, 1].map(|i| self.b.val("memref.dim", &[self.out, self.b.c_index(i)], self.b.index(), &[]))
    }

    /// Stores a product in the result, or adds it.
    fn take_over(&self, product: Value<'c>) {
        let b = &self.b;
        let [rows, columns] = self.sizes();
        loop_over(b, rows, |i| {
            loop_over(b, columns, |j| {
                let mut value = b.val("memref.load", &[product, i, j], self.element, &[]);
                if self.accumulate {
                    value = self.plus(b.val("memref.load", &[self.out, i, j], self.element, &[]), value);
                }
                b.op("memref.store", &[value, self.out, i, j], &[], &[]);
            })
        });
    }

    fn plus(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        let op = if self.element.is_complex() { "complex.add" } else if self.element.is_float() { "arith.addf" } else { "arith.addi" };
        self.b.bin(op, x, y)
    }

    fn matvec(&self) {
        let (matrix, vector) = if self.op.is("linalg.matvec") { (0, 1) } else { (1, 0) };
        let mut matrix = self.operand(self.op.operand(matrix), &[DYNAMIC; 2]);
        if self.op.is("linalg.vecmat") {
            matrix = self.transposed(matrix);
        }
        let [vector, target] = [self.op.operand(vector), self.out].map(|v| self.operand(v, &[DYNAMIC]));
        self.call("matvec", &[matrix, vector, target, self.b.c_bool(self.accumulate)], &[]);
    }

    fn transposed(&self, matrix: Value<'c>) -> Value<'c> {
        let (b, index) = (&self.b, self.b.index());
        let base = zouk_dialects::ir::MemRefType::new(self.element, &[], None, None);
        let op = b.op("memref.extract_strided_metadata", &[matrix], &[&[base.into()], &[index; 5][..]].concat(), &[]);
        b.val("rt.view", &[matrix, b.c_index(0), op.result(3), op.result(2), op.result(5), op.result(4)], matrix.ty(), &[])
    }

    fn dot(&self) {
        let operands = [0, 1].map(|i| self.operand(self.op.operand(i), &[DYNAMIC]));
        let mut sum = self.call("dot", &operands, &[self.element]).result(0);
        if self.accumulate {
            sum = self.plus(self.b.val("memref.load", &[self.out], self.element, &[]), sum);
        }
        self.b.op("memref.store", &[sum, self.out], &[], &[]);
    }

    /// A sum stored in a new array that nobody but loads right here looks at: the loads go, and the array.
    fn forward(&self) {
        let Some(array) = self.out.def_by("rt.alloc").filter(|_| MemRef::new(self.out.ty()).is_some_and(|out| out.rank() == 0)) else { return };
        let uses: Vec<Op> = self.out.uses().into_iter().map(|(user, _)| user).collect();
        let (stores, loads): (Vec<Op>, Vec<Op>) = uses.into_iter().partition(|user| user.is("memref.store"));
        let [store] = stores[..] else { return };
        if store.operand(1) == self.out && loads.iter().all(|load| load.is("memref.load") && load.block() == store.block() && store.is_before(*load)) {
            for load in loads {
                load.result(0).replace_all_uses(store.operand(0));
                load.erase();
            }
            store.erase();
            array.erase();
        }
    }
}

fn loop_over<'c>(b: &Builder<'c>, to: Value<'c>, body: impl FnOnce(Value<'c>)) {
    let region = Region::new();
    let block = region.add_block(&[(b.index(), b.loc())]);
    b.within(block, || {
        body(block.arg(0));
        b.op("scf.yield", &[], &[], &[]);
    });
    b.op_with_regions("scf.for", &[b.c_index(0), to, b.c_index(1)], &[], &[], &[region]);
}

fn previous<'c>(op: Op<'c>) -> Option<Op<'c>> {
    op.block()?.ops().into_iter().take_while(|other| *other != op).last()
}

/// A constant zero, also a complex one.
fn is_zero(value: Value) -> bool {
    let number = value.def().filter(|op| matches!(op.name(), "arith.constant" | "complex.constant")).and_then(|op| op.attr("value"));
    number.is_some_and(|n| {
        let text = n.to_string();
        let parts = text.trim_matches(['[', ']']).split(',').map(|part| part.split(':').next().unwrap_or_default().trim().parse::<f64>());
        parts.into_iter().all(|part| part.is_ok_and(|x| x == 0.0 && x.is_sign_positive()))
    })
}
