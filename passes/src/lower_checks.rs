//! Turns checks, raises and calls of functions that raise into branches to error exits.
//!
//! A function *may raise* when it checks, raises or allocates, or calls one that may. It then has an i32 as its first result: 0, or 1 when
//! an exception is pending in the runtime; it carries `zouk.raises`. All its errors leave by one block at the end, whose `return`
//! carries `zouk.failure`; the blocks that go there make the exception pending, or add a line to its traceback. `rt.alloc` becomes
//! its checks, a call of the runtime and `rt.adopt`.
//!
//! ```mlir before
//! func.func @get(%a: memref<?xi64>, %i: index) -> i64 {
//!   %c0 = arith.constant 0 : index
//!   %n = memref.dim %a, %c0 : memref<?xi64>
//!   %j = rt.index %i of %n wraps checked "0"
//!   %x = memref.load %a[%j] : memref<?xi64>
//!   return %x : i64
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @get(%arg0: memref<?xi64>, %arg1: index) -> (i32, i64) attributes {zouk.raises} {
//!     %c0 = arith.constant 0 : index
//!     %dim = memref.dim %arg0, %c0 : memref<?xi64>
//!     %0 = arith.cmpi ult, %arg1, %dim : index
//!     cf.cond_br %0 weights([1048575, 1]), ^bb3(%arg1 : index), ^bb1
//!   ^bb1:  // pred: ^bb0
//!     %1 = arith.addi %arg1, %dim : index
//!     %2 = arith.cmpi ult, %1, %dim : index
//!     cf.cond_br %2 weights([1048575, 1]), ^bb2, ^bb4
//!   ^bb2:  // pred: ^bb1
//!     cf.br ^bb3(%1 : index)
//!   ^bb3(%3: index):  // 2 preds: ^bb0, ^bb2
//!     %4 = memref.load %arg0[%3] : memref<?xi64>
//!     %c0_i32 = arith.constant 0 : i32
//!     return %c0_i32, %4 : i32, i64
//!   ^bb4:  // pred: ^bb1
//!     %5 = arith.index_cast %arg1 : index to i64
//!     %6 = arith.index_cast %dim : index to i64
//!     %7 = llvm.mlir.addressof @zouk.site.0 : !llvm.ptr
//!     llvm.call @zouk.raise.ii(%7, %5, %6) : (!llvm.ptr, i64, i64) -> ()
//!     cf.br ^bb5
//!   ^bb5:  // pred: ^bb4
//!     %c1_i32 = arith.constant 1 : i32
//!     %8 = ub.poison : i64
//!     return {zouk.failure} %c1_i32, %8 : i32, i64
//!   }
//!   llvm.mlir.global internal constant @zouk.text.1("IndexError\00") {addr_space = 0 : i32}
//!   llvm.mlir.global internal constant @zouk.text.2("index {} is out of bounds for axis 0 with size {}\00") {addr_space = 0 : i32}
//!   llvm.mlir.global internal constant @zouk.text.3("-\00") {addr_space = 0 : i32}
//!   llvm.mlir.global internal constant @zouk.text.4("get\00") {addr_space = 0 : i32}
//!   llvm.mlir.global internal constant @zouk.site.0() {addr_space = 0 : i32} : !llvm.struct<(ptr, ptr, ptr, ptr, array<4 x i64>)> {
//!     %0 = llvm.mlir.zero : !llvm.struct<(ptr, ptr, ptr, ptr, array<4 x i64>)>
//!     %1 = llvm.mlir.addressof @zouk.text.1 : !llvm.ptr
//!     %2 = llvm.insertvalue %1, %0[0] : !llvm.struct<(ptr, ptr, ptr, ptr, array<4 x i64>)>
//!     %3 = llvm.mlir.addressof @zouk.text.2 : !llvm.ptr
//!     %4 = llvm.insertvalue %3, %2[1] : !llvm.struct<(ptr, ptr, ptr, ptr, array<4 x i64>)>
//!     %5 = llvm.mlir.addressof @zouk.text.3 : !llvm.ptr
//!     %6 = llvm.insertvalue %5, %4[2] : !llvm.struct<(ptr, ptr, ptr, ptr, array<4 x i64>)>
//!     %7 = llvm.mlir.addressof @zouk.text.4 : !llvm.ptr
//!     %8 = llvm.insertvalue %7, %6[3] : !llvm.struct<(ptr, ptr, ptr, ptr, array<4 x i64>)>
//!     %9 = llvm.mlir.constant(dense<[4, 8, 4, 8]> : tensor<4xi64>) : !llvm.array<4 x i64>
//!     %10 = llvm.insertvalue %9, %8[4] : !llvm.struct<(ptr, ptr, ptr, ptr, array<4 x i64>)>
//!     llvm.return %10 : !llvm.struct<(ptr, ptr, ptr, ptr, array<4 x i64>)>
//!   }
//!   llvm.func @zouk_raise(!llvm.ptr, !llvm.ptr, !llvm.ptr) attributes {passthrough = ["nounwind", "cold"]}
//!   llvm.mlir.global internal constant @zouk.text.5("ii\00") {addr_space = 0 : i32}
//!   llvm.func internal @zouk.raise.ii(%arg0: !llvm.ptr, %arg1: i64, %arg2: i64) attributes {passthrough = ["cold", "noinline", "nounwind"]} {
//!     %0 = llvm.mlir.constant(2 : i64) : i64
//!     %1 = llvm.alloca %0 x i64 : (i64) -> !llvm.ptr
//!     %2 = llvm.getelementptr %1[0] : (!llvm.ptr) -> !llvm.ptr, i64
//!     llvm.store %arg1, %2 : i64, !llvm.ptr
//!     %3 = llvm.getelementptr %1[1] : (!llvm.ptr) -> !llvm.ptr, i64
//!     llvm.store %arg2, %3 : i64, !llvm.ptr
//!     %4 = llvm.mlir.addressof @zouk.text.5 : !llvm.ptr
//!     llvm.call @zouk_raise(%arg0, %4, %1) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> ()
//!     llvm.return
//!   }
//! }
//! ```

use crate::llvm_dialect::Symbols;
use crate::pass::{OptionInfo, Options};
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Block, Builder, FunctionType, Op, Type, Value};

mod exits;
mod expand;
mod sites;
mod unreachable;

use exits::Exits;
use sites::Sites;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let all: Vec<Op> = module.body(0).ops().into_iter().filter(|op| op.is("func.func")).collect();
    let (functions, declared): (Vec<Op>, Vec<Op>) = all.into_iter().partition(|op| op.region(0).first_block().is_some());
    if let Some(op) = module.collect(|op| op.dialect() == "gpu" || matches!(op.name(), "rt.simt" | "rt.scratch" | "rt.atomic")).first().filter(|_| module.str_attr("zouk.simt") != Some("cpu")) {
        let message = "this asks for a thread of a kernel, and this function is none: it is compiled for the CPU as it is";
        return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-on-cpu", message, op.loc()).help("decorate it with @cuda.jit and launch it; `zouk compile --simt cpu` compiles a kernel for the CPU"));
    }
    if let Some(op) = declared.iter().find(|op| op.str_attr("sym_name").is_some_and(|name| name.starts_with("__nv_"))) {
        let message = format!("{} is a function of NVIDIA's libdevice, which only GPUs run", op.str_attr("sym_name").unwrap_or_default());
        return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-on-cpu", message, op.loc()).help("call the function of `math` that does the same"));
    }
    let mut sites = Sites::new(Symbols::new(module));
    for function in &functions {
        expand::expand(*function, &mut sites.symbols);
    }
    let said = declared.into_iter().filter(|op| op.has_attr("zouk.raises"));
    let raising = may_raise(&functions, said.inspect(|op| add_status(*op)));
    for function in &functions {
        if function.str_attr("sym_name").is_some_and(|name| raising.contains(name)) {
            Lowering::new(*function, &mut sites, &raising).run();
        }
        unreachable::erase(function.region(0));
    }
    Ok(())
}

/// The names of the functions that may raise: the least set with those that are said to, closed under "calls one that may".
fn may_raise<'c>(functions: &[Op<'c>], said: impl Iterator<Item = Op<'c>>) -> HashSet<&'c str> {
    let mut callers: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut raising: HashSet<&str> = said.filter_map(|op| op.str_attr("sym_name")).collect();
    for function in functions {
        let Some(name) = function.str_attr("sym_name") else { continue };
        if function.has_attr("zouk.raises") {
            raising.insert(name);
        }
        function.walk(&mut |op| match op.name() {
            "rt.check" | "rt.raise" => _ = raising.insert(name),
            "func.call" => callers.entry(op.str_attr("callee").unwrap_or_default()).or_default().push(name),
            _ => {}
        });
    }
    let mut reached: Vec<&str> = raising.iter().copied().collect();
    while let Some(name) = reached.pop() {
        for caller in callers.get(name).into_iter().flatten() {
            if raising.insert(caller) {
                reached.push(caller);
            }
        }
    }
    raising
}

/// The lowering of one function that may raise.
struct Lowering<'c, 'a> {
    function: Op<'c>,
    exits: Exits<'c, 'a>,
    raising: &'a HashSet<&'c str>,
}

impl<'c, 'a> Lowering<'c, 'a> {
    fn new(function: Op<'c>, sites: &'a mut Sites<'c>, raising: &'a HashSet<&'c str>) -> Self {
        let results = function_type(function).1;
        Lowering { function, exits: Exits::new(function, results, sites), raising }
    }

    fn run(mut self) {
        for block in self.function.region(0).blocks() {
            // Backwards, so that every op moves to a new block once at most.
            for op in block.ops().into_iter().rev() {
                match op.name() {
                    "rt.check" => self.check(op, block),
                    "rt.raise" => self.raise(op, block),
                    "func.call" if op.str_attr("callee").is_some_and(|callee| self.raising.contains(callee)) => self.call(op, block),
                    "func.return" => succeed(op),
                    _ => {}
                }
            }
        }
        self.exits.finish();
        add_status(self.function);
        self.function.remove_attr("res_attrs");
        self.function.set_unit("zouk.raises");
    }

    /// Goes on in a new block if the condition holds, else to an error block.
    fn check(&mut self, op: Op<'c>, block: Block<'c>) {
        let condition = op.operand(0);
        if Builder::constant_int(condition).is_some_and(|value| value != 0) {
            return op.erase();
        }
        let error = self.exits.raise(op, &op.operands()[1..]);
        let rest = split_after(op, block);
        branch(op, condition, rest, error);
        op.erase();
    }

    fn raise(&mut self, op: Op<'c>, block: Block<'c>) {
        let error = self.exits.raise(op, &op.operands());
        split_after(op, block);
        Builder::before(op).br(error, &[]);
        op.erase();
    }

    /// The call with a status, tested.
    fn call(&mut self, op: Op<'c>, block: Block<'c>) {
        let b = Builder::before(op);
        let types: Vec<Type> = [b.int(32)].into_iter().chain(op.results().into_iter().map(Value::ty)).collect();
        let call = b.op("func.call", &op.operands(), &types, &op.attrs());
        for (i, result) in op.results().into_iter().enumerate() {
            result.replace_all_uses(call.result(i + 1));
        }
        let ok = b.cmpi("eq", call.result(0), b.c_int(b.int(32), 0));
        let error = self.exits.traceback(op);
        let rest = split_after(op, block);
        branch(op, ok, rest, error);
        op.erase();
    }
}

/// The status as the first result of a function's type.
fn add_status(function: Op) {
    let (parameters, results) = function_type(function);
    let b = Builder::before(function);
    let ty: Type = FunctionType::new(b.context, &parameters, &[vec![b.int(32)], results].concat()).into();
    function.set_attr("function_type", b.ty_attr(ty));
}

fn function_type(function: Op) -> (Vec<Type>, Vec<Type>) {
    let ty = function.type_attr("function_type").and_then(|t| FunctionType::try_from(t).ok());
    let Some(ty) = ty else { return Default::default() };
    let inputs = (0..ty.input_count()).filter_map(|i| ty.input(i).ok()).collect();
    (inputs, (0..ty.result_count()).filter_map(|i| ty.result(i).ok()).collect())
}

/// Moves what follows the op to a new block, next in order.
fn split_after<'c>(op: Op<'c>, block: Block<'c>) -> Block<'c> {
    let rest = Block::new(&[]);
    if let Some(region) = block.region() {
        region.insert_after(block, rest);
    }
    if let Some(next) = op.next() {
        block.move_tail(next, rest);
    }
    rest
}

/// `cf.cond_br` before the op; errors are rare.
fn branch<'c>(op: Op<'c>, condition: Value<'c>, rest: Block<'c>, error: Block<'c>) {
    let branch = Builder::before(op).cond_br(condition, (rest, &[]), (error, &[]));
    branch.set_attr("branch_weights", Builder::before(op).i32_array(&[(1 << 20) - 1, 1]));
}

/// `return x` becomes `return 0, x`.
fn succeed(op: Op) {
    let b = Builder::before(op);
    let status = b.c_int(b.int(32), 0);
    let values: Vec<_> = [status].into_iter().chain(op.operands()).collect();
    op.set_operands(&values);
}
