//! The error blocks of a function: each makes an exception pending, or adds a line to its traceback, and goes to the one exit.

use super::sites::Sites;
use crate::llvm_dialect::{LlvmOps, slots};
use crate::outline_parallel::REGION;
use std::collections::HashMap;
use zouk_dialects::diagnostic::Span;
use zouk_dialects::ir::{Block, Builder, Location, Op, Region, Type, Value};

pub struct Exits<'c, 'a> {
    region: Region<'c>,
    /// What Python calls the function.
    display: &'c str,
    exit: Block<'c>,
    results: Vec<Type<'c>>,
    /// Error blocks that need no values, by their sites and the runtime function they call.
    shared: HashMap<(&'static str, Vec<String>), Block<'c>>,
    sites: &'a mut Sites<'c>,
    loc: Location<'c>,
}

impl<'c, 'a> Exits<'c, 'a> {
    pub fn new(function: Op<'c>, results: Vec<Type<'c>>, sites: &'a mut Sites<'c>) -> Self {
        let display = function.str_attr("py.display").or(function.str_attr("sym_name")).unwrap_or_default();
        Exits { region: function.region(0), display, exit: Block::new(&[]), results, shared: HashMap::new(), sites, loc: function.loc() }
    }

    /// The block that raises what an `rt.check` or `rt.raise` says; one marked `pending` finds that done.
    pub fn raise(&mut self, op: Op<'c>, arguments: &[Value<'c>]) -> Block<'c> {
        if op.has_attr("pending") {
            return self.traceback(op);
        }
        let (exception, message) = (op.str_attr("exception").unwrap_or_default(), op.str_attr("message").unwrap_or_default());
        let sites = self.sites_of(exception.strip_prefix("builtins.").unwrap_or(exception), message, op);
        let kinds = op.str_attr("kinds").unwrap_or_default();
        if arguments.is_empty() && kinds.is_empty() {
            return self.shared_block("zouk_raise", sites, op);
        }
        let block = self.region.add_block(&[]);
        let b = Builder::at_end(op.context(), block, op.loc());
        let (letters, slots) = self.carried(&b, arguments, kinds, &op.str_array_attr("texts"));
        let helper = self.sites.raise_helper(&letters, slots.len());
        let arguments: Vec<_> = [b.address_of(&sites[0])].into_iter().chain(slots).collect();
        b.call(&helper, &arguments, None);
        self.tracebacks(&b, &sites[1..]);
        b.br(self.exit, &[]);
        block
    }

    /// The letters of an exception's arguments, and their slots: `s` has the address of a text, `n` and brackets have none.
    fn carried(&mut self, b: &Builder<'c>, values: &[Value<'c>], kinds: &str, texts: &[&str]) -> (String, Vec<Value<'c>>) {
        let is_scalar = |kind: &char| !matches!(kind, 's' | 'n' | '(' | ')' | '<' | '>');
        let (scalars, scalar_slots) = slots(b, values, &kinds.chars().filter(is_scalar).collect::<String>());
        let (mut scalars, mut scalar_slots, mut texts) = (scalars.chars(), scalar_slots.into_iter(), texts.iter());
        let (mut letters, mut all) = (String::new(), vec![]);
        let mut add = |scalar: char, all: &mut Vec<Value<'c>>| {
            let count = if scalar.eq_ignore_ascii_case(&'c') { 2 } else { 1 };
            all.extend(scalar_slots.by_ref().take(count));
            scalar
        };
        for kind in kinds.chars() {
            letters.extend(match kind {
                's' => {
                    let text = self.sites.symbols.text(texts.next().unwrap_or(&""));
                    all.push(b.val("llvm.ptrtoint", &[b.address_of(&text)], b.i64(), &[]));
                    Some(kind)
                }
                'n' | '(' | ')' | '<' | '>' => Some(kind),
                _ => scalars.next().map(|scalar| add(scalar, &mut all)),
            });
        }
        letters.extend(scalars.map(|scalar| add(scalar, &mut all)));
        (letters, all)
    }

    /// The block for an exception that a call at the op's place has let out.
    pub fn traceback(&mut self, op: Op<'c>) -> Block<'c> {
        // What a region raises has this function's frame already.
        let sites = if op.has_attr(REGION) { vec![] } else { self.sites_of("", "", op) };
        self.shared_block("zouk_traceback", sites, op)
    }

    /// The sites of an op, innermost first: more than one where it was inlined. Only the first says what is raised.
    fn sites_of(&mut self, exception: &str, message: &str, op: Op<'c>) -> Vec<String> {
        let mut frames = frames(op.loc(), self.display);
        // What the compiler has put between two functions of the program has no place.
        let raising = frames.first().filter(|_| !exception.is_empty()).cloned();
        frames.retain(|(_, loc)| Span::of(*loc).is_some());
        if frames.is_empty() {
            frames.extend(raising);
        }
        let texts = |i: usize| if i == 0 { (exception, message) } else { ("", "") };
        frames.iter().enumerate().map(|(i, (function, loc))| self.sites.site(texts(i).0, texts(i).1, function, *loc)).collect()
    }

    fn tracebacks(&mut self, b: &Builder<'c>, sites: &[String]) {
        for site in sites {
            self.sites.symbols.declare("zouk_traceback", &[b.ptr()], None, &["cold"]);
            b.call("zouk_traceback", &[b.address_of(site)], None);
        }
    }

    fn shared_block(&mut self, function: &'static str, sites: Vec<String>, op: Op<'c>) -> Block<'c> {
        let key = (function, sites);
        if let Some(block) = self.shared.get(&key) {
            return *block;
        }
        let block = self.region.add_block(&[]);
        let b = Builder::at_end(op.context(), block, op.loc());
        if function == "zouk_raise" {
            let (site, null) = (b.address_of(&key.1[0]), b.val("llvm.mlir.zero", &[], b.ptr(), &[]));
            self.sites.declare_raise();
            b.call(function, &[site, null, null], None);
            self.tracebacks(&b, &key.1[1..]);
        } else {
            self.tracebacks(&b, &key.1);
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

/// The functions and places that an op stands in, innermost first: itself, then, where it was inlined, its callers.
fn frames<'c>(loc: Location<'c>, display: &'c str) -> Vec<(String, Location<'c>)> {
    if !loc.is_call_site() {
        return vec![(display.to_string(), loc)];
    }
    let callee = loc.call_site_callee();
    let name = if callee.is_name() { callee.name_value().as_string_ref().as_str().unwrap_or(display).to_string() } else { display.to_string() };
    [vec![(name, callee)], frames(loc.call_site_caller(), display)].concat()
}
