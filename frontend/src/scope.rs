//! The local names of a function, numbered.

use crate::{
    ast::{each_block, each_bound_name, each_child, each_expr, each_target, key},
    find::Function,
    stack::grow,
};
use fixedbitset::FixedBitSet;
use rustpython_parser::ast::{Comprehension, Expr, ExprName, Stmt};
use std::collections::HashMap;

/// The number of a local name; parameters come first.
pub(crate) type Local = usize;

/// A set of local names.
pub(crate) type Names = FixedBitSet;

/// The names a function binds anywhere, dead code included.
#[derive(Default)]
pub(crate) struct Scope<'a> {
    names: Vec<&'a str>,
    numbers: HashMap<&'a str, Local>,
    /// The variables of comprehensions, which are seen only inside: by the identity of the nodes that name them.
    inner: HashMap<usize, Local>,
    /// Those of the comprehensions around the expression that is being walked.
    around: Vec<(&'a str, Local)>,
    /// Some expression assigns by `:=`.
    pub has_walrus: bool,
    pub has_del: bool,
}

impl<'a> Scope<'a> {
    pub fn of(function: &'a Function) -> Scope<'a> {
        let mut scope = Scope::default();
        for name in function.params() {
            scope.bind(name);
        }
        scope.block(function.body());
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

    /// Adds the names that the expression assigns by `:=`.
    pub fn assigned_by_expr(&self, expr: &Expr, set: &mut Names) {
        if !self.has_walrus {
            return;
        }
        if let Expr::NamedExpr(named) = expr {
            self.assigned_by_target(&named.target, set);
        }
        grow(|| each_child(expr, &mut |child| self.assigned_by_expr(child, set)));
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

    fn bind(&mut self, name: &'a str) {
        let next = self.names.len();
        if *self.numbers.entry(name).or_insert(next) == next {
            self.names.push(name);
        }
    }

    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            self.has_del |= matches!(stmt, Stmt::Delete(_));
            each_target(stmt, &mut |target| self.target(target));
            each_bound_name(stmt, &mut |name| self.bind(name));
            each_expr(stmt, &mut |expr| self.expr(expr));
            grow(|| each_block(stmt, &mut |inner| self.block(inner)));
        }
    }

    fn target(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => self.bind(&name.id),
            Expr::Tuple(t) => t.elts.iter().for_each(|e| grow(|| self.target(e))),
            Expr::List(t) => t.elts.iter().for_each(|e| grow(|| self.target(e))),
            Expr::Starred(s) => self.target(&s.value),
            other => self.expr(other),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::ListComp(e) => return grow(|| self.comprehension(&e.generators, &e.elt)),
            Expr::GeneratorExp(e) => return grow(|| self.comprehension(&e.generators, &e.elt)),
            Expr::NamedExpr(named) => {
                self.has_walrus = true;
                self.target(&named.target);
            }
            Expr::Name(name) => {
                if let Some((_, local)) = self.around.iter().rev().find(|(around, _)| *around == name.id.as_str()) {
                    self.inner.insert(key(name), *local);
                }
            }
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
                let local = known.unwrap_or(self.names.len());
                if known.is_none() {
                    self.names.push(&name.id);
                    self.around.push((&name.id, local));
                }
                self.inner.insert(key(name), local);
            }
            Expr::Tuple(t) => t.elts.iter().for_each(|e| grow(|| self.variable(e, outside))),
            Expr::List(t) => t.elts.iter().for_each(|e| grow(|| self.variable(e, outside))),
            other => self.expr(other),
        }
    }
}

/// Names that the function reads and does not bind, each once, in the order of their first reading.
pub(crate) fn free_names(function: &Function) -> Vec<String> {
    fn expr<'a>(e: &'a Expr, scope: &Scope, seen: &mut Vec<&'a str>) {
        if let Expr::Name(name) = e {
            if scope.local(name).is_none() {
                seen.push(&name.id);
            }
        }
        grow(|| each_child(e, &mut |child| expr(child, scope, seen)));
    }
    fn block<'a>(stmts: &'a [Stmt], scope: &Scope, seen: &mut Vec<&'a str>) {
        for stmt in stmts {
            each_target(stmt, &mut |e| expr(e, scope, seen));
            each_expr(stmt, &mut |e| expr(e, scope, seen));
            grow(|| each_block(stmt, &mut |inner| block(inner, scope, seen)));
        }
    }
    let scope = Scope::of(function);
    let mut seen = vec![];
    block(function.body(), &scope, &mut seen);
    let mut known = std::collections::HashSet::new();
    seen.into_iter().filter(|name| known.insert(*name)).map(str::to_string).collect()
}
