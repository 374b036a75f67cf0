//! The values of a function that own a reference, their aliases, and where they are used.

use std::collections::{HashMap, HashSet};
use zouk_dialects::ir::{Block, Op, Region, TypeLike, Value};

/// A value that owns a reference.
pub struct Root<'c> {
    pub value: Value<'c>,
    /// Number of the block in which it begins to own: that of its op, or the one reached when a call that may raise has not.
    pub home: usize,
    /// Whether it owns from the start of its home.
    pub at_start: bool,
    /// Ops at the level of blocks that use it or an alias of it, with the number of their block.
    pub uses: Vec<(Op<'c>, usize)>,
}

pub struct Roots<'c> {
    pub region: Region<'c>,
    pub blocks: Vec<Block<'c>>,
    pub number: HashMap<Block<'c>, usize>,
    pub all: Vec<Root<'c>>,
    /// The roots that a value may be an alias of; a root is one of itself. A value without roots is borrowed.
    pub of: HashMap<Value<'c>, Vec<usize>>,
}

impl<'c> Roots<'c> {
    /// `raising` names the functions whose first result is a status.
    pub fn new(function: Op<'c>, raising: &HashSet<&str>) -> Self {
        let region = function.region(0);
        let blocks = region.blocks();
        let number = blocks.iter().enumerate().map(|(i, b)| (*b, i)).collect();
        let mut roots = Roots { region, blocks, number, all: vec![], of: HashMap::new() };
        for home in 0..roots.blocks.len() {
            roots.find(home, raising);
        }
        for root in 0..roots.all.len() {
            roots.follow(root);
        }
        roots
    }

    fn find(&mut self, home: usize, raising: &HashSet<&str>) {
        let block = self.blocks[home];
        // The entry's arguments are borrowed.
        if home > 0 {
            block.args().into_iter().filter(is_array).for_each(|value| self.add(value, home, true));
        }
        for op in block.ops() {
            match op.name() {
                "rt.adopt" | "rt.load_field" if is_array(&op.result(0)) && !op.has_attr("borrowed") => self.add(op.result(0), home, false),
                "func.call" => {
                    let raises = op.str_attr("callee").is_some_and(|callee| raising.contains(callee));
                    // The block after a call that may raise tests its status, and goes on in its first successor.
                    let next = block.terminator().filter(|_| raises).and_then(|t| t.successors().first().copied());
                    let (home, at_start) = next.map_or((home, false), |next| (self.number[&next], true));
                    op.results().into_iter().filter(is_array).for_each(|value| self.add(value, home, at_start));
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, value: Value<'c>, home: usize, at_start: bool) {
        self.all.push(Root { value, home, at_start, uses: vec![] });
    }

    /// Collects the aliases of a root and the uses of all of them.
    fn follow(&mut self, root: usize) {
        let mut rest = vec![self.all[root].value];
        let mut seen = HashSet::from([self.all[root].value]);
        while let Some(value) = rest.pop() {
            self.of.entry(value).or_default().push(root);
            for (user, _) in value.uses() {
                if is_alias(user) {
                    rest.extend(user.results().into_iter().filter(is_array).filter(|result| seen.insert(*result)));
                }
                if let Some(place) = self.place(user) {
                    self.all[root].uses.push(place);
                }
            }
        }
    }

    /// The op of a block of the function that is or contains `op`.
    fn place(&self, op: Op<'c>) -> Option<(Op<'c>, usize)> {
        std::iter::successors(Some(op), |o| o.parent()).find_map(|o| Some((o, *self.number.get(&o.block()?)?)))
    }

    /// The one root whose reference may pass on with `value`.
    pub fn owner_of(&self, value: Value<'c>) -> Option<usize> {
        match self.of.get(&value).map(Vec::as_slice) {
            Some([root]) if !mixes(value) => Some(*root),
            _ => None,
        }
    }
}

pub fn is_array(value: &Value) -> bool {
    value.ty().is_mem_ref()
}

/// Ops whose array results lie in the blocks of their array operands.
fn is_alias(op: Op) -> bool {
    let own = op.is("rt.load_field") && !op.has_attr("borrowed");
    matches!(op.dialect(), "memref" | "rt" | "arith" | "builtin") && op.num_results() > 0 && !own
}

/// Whether the value may be something else than an alias of its roots: a selection between a root and a borrowed array.
fn mixes(value: Value) -> bool {
    let mut at = value;
    loop {
        match at.def() {
            // What is borrowed from a field lies in another block than the instance.
            Some(op) if matches!(op.name(), "arith.select" | "rt.load_field") => return true,
            Some(op) if is_alias(op) && op.num_operands() > 0 => match op.operands().into_iter().find(is_array) {
                Some(source) => at = source,
                None => return false,
            },
            _ => return false,
        }
    }
}
