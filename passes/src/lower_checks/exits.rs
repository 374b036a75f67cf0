//! The error blocks of a function: each makes an exception pending, or adds a line to its traceback, and goes to the one exit.

use super::sites::Sites;
use crate::llvm_dialect::{LlvmOps, slots};
use std::collections::HashMap;
use zouk_dialects::ir::{Block, Builder, Op, Region, Type, Value};

pub struct Exits<'c, 'a> {
    region: Region<'c>,
    /// What Python calls the function.
    display: &'c str,
    exit: Block<'c>,
    results: Vec<Type<'c>>,
    /// Error blocks that need no values, by their site and the runtime function they call.
    shared: HashMap<(&'static str, String), Block<'c>>,
    sites: &'a mut Sites<'c>,
    loc: zouk_dialects::ir::Location<'c>,
}

impl<'c, 'a> Exits<'c, 'a> {
    pub fn new(function: Op<'c>, results: Vec<Type<'c>>, sites: &'a mut Sites<'c>) -> Self {
        let display = function.str_attr("py.display").or(function.str_attr("sym_name")).unwrap_or_default();
        Exits { region: function.region(0), display, exit: Block::new(&[]), results, shared: HashMap::new(), sites, loc: function.loc() }
    }

    /// The block that raises what an `rt.check` or `rt.raise` says.
    pub fn raise(&mut self, op: Op<'c>, arguments: &[Value<'c>]) -> Block<'c> {
        let (exception, message) = (op.str_attr("exception").unwrap_or_default(), op.str_attr("message").unwrap_or_default());
        let site = self.sites.site(exception.strip_prefix("builtins.").unwrap_or(exception), message, self.display, op.loc());
        if arguments.is_empty() {
            return self.shared_block("zouk_raise", site, op);
        }
        let block = self.region.add_block(&[]);
        let b = Builder::at_end(op.context(), block, op.loc());
        let (letters, slots) = slots(&b, arguments, op.str_attr("kinds").unwrap_or_default());
        let helper = self.sites.raise_helper(&letters, slots.len());
        let arguments: Vec<_> = [b.address_of(&site)].into_iter().chain(slots).collect();
        b.call(&helper, &arguments, None);
        b.br(self.exit, &[]);
        block
    }

    /// The block for an exception that a call at the op's place has let out.
    pub fn traceback(&mut self, op: Op<'c>) -> Block<'c> {
        let site = self.sites.site("", "", self.display, op.loc());
        self.shared_block("zouk_traceback", site, op)
    }

    fn shared_block(&mut self, function: &'static str, site: String, op: Op<'c>) -> Block<'c> {
        let key = (function, site);
        if let Some(block) = self.shared.get(&key) {
            return *block;
        }
        let block = self.region.add_block(&[]);
        let b = Builder::at_end(op.context(), block, op.loc());
        let site = b.address_of(&key.1);
        if function == "zouk_raise" {
            let null = b.val("llvm.mlir.zero", &[], b.ptr(), &[]);
            self.sites.declare_raise();
            b.call(function, &[site, null, null], None);
        } else {
            self.sites.symbols.declare(function, &[b.ptr()], None, &["cold"]);
            b.call(function, &[site], None);
        }
        b.br(self.exit, &[]);
        self.shared.insert(key, block);
        block
    }

    /// The exit itself, last in the function.
    pub fn finish(self) {
        self.region.append(self.exit);
        let b = Builder::at_end(self.sites.symbols.b.context, self.exit, self.loc);
        let status = b.c_int(b.int(32), 1);
        let values: Vec<_> = [status].into_iter().chain(self.results.iter().map(|ty| b.val("ub.poison", &[], *ty, &[]))).collect();
        b.op("func.return", &values, &[], &[("zouk.failure", b.unit())]);
    }
}
