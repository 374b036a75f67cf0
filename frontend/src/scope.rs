//! The local names of a function, numbered.

use crate::{
    ast::{each_block, each_bound_name, each_child, each_expr, each_target, key},
    nest::{Body, Def},
    object_block::chunk_size,
    stack::grow,
};
use fixedbitset::FixedBitSet;
use rustpython_parser::{
    ast::{Comprehension, Expr, ExprLambda, ExprName, Ranged, Stmt, StmtFunctionDef},
    text_size::{TextRange, TextSize},
};
use std::collections::HashMap;

/// The number of a local name; parameters come first.
pub(crate) type Local = usize;

/// A set of local names.
pub(crate) type Names = FixedBitSet;

/// A function inside of another, where it stands.
pub(crate) struct Inner<'a> {
    /// The identity of the `def` or `lambda`.
    pub node: usize,
    pub def: Def<'a>,
    /// The variables of the comprehensions around it.
    pub around: Vec<(&'a str, Local)>,
    /// The name that `def name` or `name = lambda` binds.
    pub name: Option<&'a str>,
}

/// An assignment to a name, or a deletion, and the place in the text that is reached when it happens.
struct Store {
    local: Local,
    at: TextSize,
}

/// A name that stands for an inner function and for nothing else.
#[derive(Clone, Copy)]
pub(crate) struct KnownFunction {
    /// Its number in the nest.
    pub member: usize,
    /// The local name that holds its defaults; none where an outer function has that, and there are no defaults.
    pub slot: Option<Local>,
}

/// The names a function binds anywhere, dead code included.
#[derive(Default)]
pub(crate) struct Scope<'a> {
    lines: Option<Def<'a>>,
    names: Vec<&'a str>,
    numbers: HashMap<&'a str, Local>,
    /// How often each name is bound.
    bindings: Vec<usize>,
    stores: Vec<Store>,
    loops: Vec<TextRange>,
    /// In statements under `with`, whose functions are the interpreter's.
    interpreted: bool,
    pub inners: Vec<Inner<'a>>,
    /// Names that are read outside of inner functions, in order; those of variables of comprehensions left out.
    reads: Vec<&'a str>,
    /// Names that `nonlocal` says are those of a function around.
    nonlocals: Vec<&'a str>,
    /// Local names that a call of an inner function assigns, by the name of the function.
    assigned_by_calls: HashMap<&'a str, Box<[Local]>>,
    /// Names that stand for inner functions.
    functions: HashMap<&'a str, KnownFunction>,
    /// Names that are read where an inner function is used or made, by the identity of the node; of one that stands for a function, by the name.
    captured_at: HashMap<usize, Box<[Local]>>,
    captured_by: HashMap<&'a str, Box<[Local]>>,
    /// The variables of comprehensions, which are seen only inside: by the identity of the nodes that name them.
    inner: HashMap<usize, Local>,
    /// Those of the comprehensions around the expression that is being walked.
    around: Vec<(&'a str, Local)>,
    /// Some expression assigns: by `:=`, or by a call of a function with `nonlocal`.
    pub has_walrus: bool,
    pub has_del: bool,
}

impl<'a> Scope<'a> {
    pub fn of(def: Def<'a>) -> Scope<'a> {
        let mut scope = Scope { lines: Some(def), ..Scope::default() };
        for name in def.params() {
            scope.bind(name, def.range.start());
        }
        match def.body {
            Body::Block(block) => scope.block(block),
            Body::Value(value) => scope.expr(value),
        }
        scope
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn names(&self) -> &[&'a str] {
        &self.names
    }

    pub fn name(&self, local: Local) -> &'a str {
        self.names[local]
    }

    /// A local of the function itself, not a variable of a comprehension.
    pub fn local_of_function(&self, name: &ExprName) -> Option<Local> {
        if self.inner.contains_key(&key(name)) { None } else { self.outer(&name.id) }
    }

    /// A name outside of comprehensions.
    pub fn outer(&self, name: &str) -> Option<Local> {
        self.numbers.get(name).copied()
    }

    pub fn local(&self, name: &ExprName) -> Option<Local> {
        self.inner.get(&key(name)).copied().or_else(|| self.outer(&name.id))
    }

    /// The inner function that a name stands for.
    pub fn function(&self, name: &ExprName) -> Option<KnownFunction> {
        if self.inner.contains_key(&key(name)) { None } else { self.functions.get(name.id.as_str()).copied() }
    }

    /// What reading a name reads beside its own value: the captured names of the function that it stands for.
    pub fn captured_by(&self, name: &ExprName) -> &[Local] {
        if self.inner.contains_key(&key(name)) { &[] } else { self.captured_by.get(name.id.as_str()).map_or(&[], |names| names) }
    }

    /// What making an inner function reads.
    pub fn captured_at<T>(&self, node: &T) -> &[Local] {
        self.captured_at.get(&key(node)).map_or(&[], |names| names)
    }

    pub fn empty_set(&self) -> Names {
        Names::with_capacity(self.len())
    }

    /// Adds the names that the statements assign or delete.
    pub fn assigned(&self, block: &[Stmt], set: &mut Names) {
        for stmt in block {
            each_target(stmt, &mut |target| self.assigned_by_target(target, set));
            each_bound_name(stmt, &mut |name| set.extend(self.outer(name)));
            if self.has_walrus {
                each_expr(stmt, &mut |e| self.assigned_by_expr(e, set));
            }
            grow(|| each_block(stmt, &mut |inner| self.assigned(inner, set)));
        }
    }

    /// Adds the names that an assignment target binds.
    pub fn assigned_by_target(&self, target: &Expr, set: &mut Names) {
        match target {
            Expr::Name(name) => set.extend(self.local(name)),
            Expr::Tuple(t) => t.elts.iter().for_each(|e| grow(|| self.assigned_by_target(e, set))),
            Expr::List(t) => t.elts.iter().for_each(|e| grow(|| self.assigned_by_target(e, set))),
            Expr::Starred(s) => self.assigned_by_target(&s.value, set),
            other if self.has_walrus => self.assigned_by_expr(other, set),
            _ => {}
        }
    }

    /// Adds the names that the expression assigns.
    pub fn assigned_by_expr(&self, expr: &Expr, set: &mut Names) {
        if !self.has_walrus {
            return;
        }
        if let Expr::NamedExpr(named) = expr {
            self.assigned_by_target(&named.target, set);
        }
        set.extend(self.assigned_by_call(expr).iter().copied());
        grow(|| each_child(expr, &mut |child| self.assigned_by_expr(child, set)));
    }

    /// What the call of an inner function by its name assigns in this one.
    pub fn assigned_by_call(&self, expr: &Expr) -> &[Local] {
        let Expr::Call(call) = expr else { return &[] };
        let Expr::Name(name) = &*call.func else { return &[] };
        if self.inner.contains_key(&key(name)) { &[] } else { self.assigned_by_calls.get(name.id.as_str()).map_or(&[], |names| names) }
    }

    pub fn nonlocals(&self) -> &[&'a str] {
        &self.nonlocals
    }

    /// An inner function assigns the name, whenever it is called.
    pub fn assign_from_within(&mut self, local: Local) {
        self.bindings[local] += 1;
        self.stores.push(Store { local, at: TextSize::from(u32::MAX) });
    }

    /// Adds the names that the statements delete.
    pub fn deleted(&self, block: &[Stmt], set: &mut Names) {
        if !self.has_del {
            return;
        }
        for stmt in block {
            if let Stmt::Delete(s) = stmt {
                s.targets.iter().for_each(|target| self.assigned_by_target(target, set));
            }
            grow(|| each_block(stmt, &mut |inner| self.deleted(inner, set)));
        }
    }

    /// A new number for a name; the name itself may be that of another one.
    fn number(&mut self, name: &'a str, bindings: usize) -> Local {
        self.names.push(name);
        self.bindings.push(bindings);
        self.names.len() - 1
    }

    fn bind(&mut self, name: &'a str, at: TextSize) {
        let local = match self.numbers.get(name) {
            Some(local) => *local,
            None => {
                let local = self.number(name, 0);
                self.numbers.insert(name, local);
                local
            }
        };
        self.bindings[local] += 1;
        self.stores.push(Store { local, at });
    }

    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            self.has_del |= matches!(stmt, Stmt::Delete(_));
            let at = match stmt {
                Stmt::For(s) => s.iter.range().end(),
                other => other.range().end(),
            };
            each_target(stmt, &mut |target| self.target(target, at));
            each_bound_name(stmt, &mut |name| self.bind(name, at));
            each_expr(stmt, &mut |expr| self.expr(expr));
            match stmt {
                Stmt::Nonlocal(s) => self.nonlocals.extend(s.names.iter().map(|name| name.as_str())),
                Stmt::FunctionDef(def) => self.inner_def(def),
                Stmt::Assign(s) => {
                    if let (Expr::Lambda(lambda), [Expr::Name(name)]) = (&*s.value, &s.targets[..]) {
                        self.inners.iter_mut().filter(|inner| inner.node == key(lambda)).for_each(|inner| inner.name = Some(&name.id));
                    }
                }
                Stmt::For(_) | Stmt::While(_) => self.loops.push(stmt.range()),
                _ => {}
            }
            let around = self.interpreted;
            self.interpreted |= matches!(stmt, Stmt::With(s) if chunk_size(s).is_none());
            grow(|| each_block(stmt, &mut |inner| self.block(inner)));
            self.interpreted = around;
        }
    }

    fn inner_def(&mut self, def: &'a StmtFunctionDef) {
        // What a decorator makes of it is no function that calls of the name call, unless it is one that compiles it.
        let name = def.decorator_list.iter().all(crate::nest::compiles).then_some(def.name.as_str());
        if let Some(outer) = self.lines.filter(|_| !self.interpreted) {
            self.inners.push(Inner { node: key(def), def: Def::of_def(def, outer.lines), around: vec![], name });
        }
    }

    fn inner_lambda(&mut self, lambda: &'a ExprLambda) {
        if let Some(outer) = self.lines.filter(|_| !self.interpreted) {
            self.inners.push(Inner { node: key(lambda), def: Def::of_lambda(lambda, outer.lines), around: self.around.clone(), name: None });
        }
    }

    fn target(&mut self, target: &'a Expr, at: TextSize) {
        match target {
            Expr::Name(name) => self.bind(&name.id, at),
            Expr::Tuple(t) => t.elts.iter().for_each(|e| grow(|| self.target(e, at))),
            Expr::List(t) => t.elts.iter().for_each(|e| grow(|| self.target(e, at))),
            Expr::Starred(s) => self.target(&s.value, at),
            other => self.expr(other),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::ListComp(e) => {
                self.loops.push(e.range);
                return grow(|| self.comprehension(&e.generators, &e.elt));
            }
            Expr::GeneratorExp(e) => {
                self.loops.push(e.range);
                return grow(|| self.comprehension(&e.generators, &e.elt));
            }
            Expr::NamedExpr(named) => {
                self.has_walrus = true;
                self.target(&named.target, named.range.end());
            }
            Expr::Lambda(lambda) => self.inner_lambda(lambda),
            Expr::Name(name) => match self.around.iter().rev().find(|(around, _)| *around == name.id.as_str()) {
                Some((_, local)) => _ = self.inner.insert(key(name), *local),
                None => self.reads.push(&name.id),
            },
            _ => {}
        }
        grow(|| each_child(expr, &mut |child| self.expr(child)));
    }

    /// The first iterable is outside of the comprehension's scope.
    fn comprehension(&mut self, generators: &'a [Comprehension], item: &'a Expr) {
        let outside = self.around.len();
        generators.first().into_iter().for_each(|first| self.expr(&first.iter));
        generators.iter().for_each(|generator| self.variable(&generator.target, outside));
        for (i, generator) in generators.iter().enumerate() {
            if i > 0 {
                self.expr(&generator.iter);
            }
            generator.ifs.iter().for_each(|test| self.expr(test));
        }
        self.expr(item);
        self.around.truncate(outside);
    }

    /// A target of a comprehension binds names of its own scope, which are those after the first `outside` ones.
    fn variable(&mut self, target: &'a Expr, outside: usize) {
        match target {
            Expr::Name(name) => {
                let known = self.around[outside..].iter().find(|(around, _)| *around == name.id.as_str()).map(|(_, local)| *local);
                let local = known.unwrap_or_else(|| self.number(&name.id, 1));
                if known.is_none() {
                    self.around.push((&name.id, local));
                }
                self.stores.push(Store { local, at: name.range.end() });
                self.inner.insert(key(name), local);
            }
            Expr::Tuple(t) => t.elts.iter().for_each(|e| grow(|| self.variable(e, outside))),
            Expr::List(t) => t.elts.iter().for_each(|e| grow(|| self.variable(e, outside))),
            other => self.expr(other),
        }
    }

    /// Whether the name is bound once, and is no parameter.
    pub fn is_bound_once(&self, local: Local) -> bool {
        self.bindings[local] == 1 && local >= self.lines.map_or(0, |def| def.params().len())
    }

    /// The names that are read and not bound, each once, in the order of their first reading.
    pub fn unbound_reads(&self) -> Vec<&'a str> {
        let mut known = std::collections::HashSet::new();
        let all = self.reads.iter().chain(&self.nonlocals).copied();
        all.filter(|name| (self.nonlocals.contains(name) || !self.numbers.contains_key(name)) && known.insert(*name)).collect()
    }

    /// Whether the name may be assigned after one of the places in the text has been passed.
    pub fn changes_after(&self, local: Local, places: &[TextSize]) -> bool {
        let Some(first) = places.iter().min() else { return false };
        let again = |at: TextSize| self.loops.iter().any(|around| around.contains_inclusive(at) && places.iter().any(|place| around.contains(*place)));
        self.stores.iter().any(|store| store.local == local && (store.at > *first || again(store.at)))
    }

    /// A number for a variable of an outer function, which its name means here unless the function binds that.
    pub fn capture(&mut self, name: &'a str, named: bool) -> Local {
        if let Some(own) = self.numbers.get(name).filter(|_| named && self.nonlocals.contains(&name)) {
            return *own;
        }
        let local = self.number(name, 1);
        if named {
            self.numbers.entry(name).or_insert(local);
        }
        local
    }

    pub fn set_function(&mut self, name: &'a str, function: KnownFunction, captured: Box<[Local]>) {
        self.functions.insert(name, function);
        self.captured_by.insert(name, captured);
    }

    pub fn set_assigned_by_calls(&mut self, name: &'a str, assigned: Box<[Local]>) {
        self.has_walrus = true;
        self.assigned_by_calls.insert(name, assigned);
    }

    pub fn set_captured_at(&mut self, node: usize, captured: Box<[Local]>) {
        self.captured_at.insert(node, captured);
    }
}
