//! A function and the functions inside of it: what each captures, and which names stand for one of them.
//!
//! An inner function becomes one of its own, with a parameter for each variable that it captures. A name that is bound once, by `def` or by
//! `name = lambda …`, stands for the function itself: where it is read, the captured variables are passed as they are at that moment, which is
//! Python's late binding, and an inner function that calls it captures what it captures. A closure that is kept holds the
//! values of its variables, so those must not be assigned any more: `Member::changing` names the ones that may be.

use crate::{
    find::{Function, def_range, first_line},
    scope::{KnownFunction, Local, Scope},
    source::Lines,
    stack::grow,
};
use rustpython_parser::{
    ast::{ArgWithDefault, Arguments, Constant, Expr, ExprLambda, ExprUnaryOp, Stmt, StmtFunctionDef, UnaryOp},
    text_size::{TextRange, TextSize},
};
use std::{cell::RefCell, collections::HashMap, collections::HashSet};

/// A function as it stands in a text.
#[derive(Clone, Copy)]
pub(crate) struct Def<'a> {
    pub name: &'a str,
    pub args: &'a Arguments,
    pub body: Body<'a>,
    /// All of it, decorators left out.
    pub range: TextRange,
    /// From `def` (or `lambda`) to the end of that line.
    pub header: TextRange,
    pub lines: &'a Lines,
}

#[derive(Clone, Copy)]
pub(crate) enum Body<'a> {
    Block(&'a [Stmt]),
    /// Of a lambda.
    Value(&'a Expr),
}

impl<'a> Def<'a> {
    pub fn of_def(def: &'a StmtFunctionDef, lines: &'a Lines) -> Def<'a> {
        let range = def_range(def, lines);
        Def { name: &def.name, args: &def.args, body: Body::Block(&def.body), range, header: first_line(range, lines), lines }
    }

    pub fn of_lambda(lambda: &'a ExprLambda, lines: &'a Lines) -> Def<'a> {
        let range = lambda.range;
        Def { name: "<lambda>", args: &lambda.args, body: Body::Value(&lambda.body), range, header: first_line(range, lines), lines }
    }

    /// The names of the parameters in order: positional, one with `*`, keyword-only.
    pub fn params(&self) -> Vec<&'a str> {
        let args = self.args;
        let mut names: Vec<&str> = args.posonlyargs.iter().chain(&args.args).map(|p| p.def.arg.as_str()).collect();
        names.extend(args.vararg.iter().map(|star| star.arg.as_str()));
        names.extend(args.kwonlyargs.iter().map(|p| p.def.arg.as_str()));
        names
    }

    /// The parameters but for those with stars.
    pub fn parameters(&self) -> impl Iterator<Item = &'a ArgWithDefault> + use<'a> {
        self.args.posonlyargs.iter().chain(&self.args.args).chain(&self.args.kwonlyargs)
    }

    /// The default expressions when some of them are more than literals: values of run time, which the closure holds.
    pub fn computed_defaults(&self) -> Vec<&'a Expr> {
        let defaults: Vec<&Expr> = self.parameters().filter_map(|p| p.default.as_deref()).collect();
        if defaults.iter().all(|e| is_literal(e)) { vec![] } else { defaults }
    }
}

fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Constant(c) => !matches!(c.value, Constant::Bytes(_)),
        Expr::UnaryOp(ExprUnaryOp { op: UnaryOp::USub, operand, .. }) => matches!(**operand, Expr::Constant(_)),
        Expr::Tuple(t) => t.elts.iter().all(|e| grow(|| is_literal(e))),
        _ => false,
    }
}

/// Whether a decorator of an inner function has a name of those that compile it, which it is anyway.
pub(crate) fn compiles(decorator: &Expr) -> bool {
    let name = if let Expr::Call(call) = decorator { &call.func } else { decorator };
    let name = match name {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    matches!(name, "jit" | "njit" | "register_jitable")
}

/// A variable that an inner function captures: a local name of a function around it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Variable {
    pub owner: usize,
    pub local: Local,
}

/// A function of the nest.
pub(crate) struct Member<'a> {
    pub def: Def<'a>,
    pub parent: Option<usize>,
    pub scope: Scope<'a>,
    /// The variables of comprehensions of the parent that it stands in.
    around: Vec<(&'a str, Local)>,
    /// The variables of functions around it that it names.
    reads: Vec<Variable>,
    /// The name of the parent that stands for it.
    pub bound: Option<Local>,
    pub captures: Vec<Variable>,
    /// The local names that they are in it.
    pub captured: Vec<Local>,
    /// Those of them that it, or a function that it may call, assigns: what calls of it give back beside its result.
    pub assigns: Vec<Variable>,
    /// Functions of outer scopes that it may call, by themselves or by others.
    pub functions: Vec<usize>,
    /// Captured variables of the parent that may be assigned after the function has been made.
    pub changing: Vec<&'a str>,
    /// The functions around it that may assign what it captures of them.
    pub changing_in: Vec<usize>,
    /// What tells it from other functions of its parent.
    pub number: usize,
}

pub(crate) struct Nest<'a> {
    /// The outermost function first, others after the function that they are in.
    pub members: Vec<Member<'a>>,
    by_node: HashMap<usize, usize>,
    /// Names that the members read and none binds, in the order of their first reading.
    free: Vec<&'a str>,
    /// Captured variables that may be unbound where a function is made: noted when the function that owns them is lowered.
    pub maybe_unbound: RefCell<HashSet<Variable>>,
}

impl<'a> Nest<'a> {
    pub fn of(function: &'a Function) -> Nest<'a> {
        let mut nest = Nest { members: vec![], by_node: HashMap::new(), free: vec![], maybe_unbound: RefCell::default() };
        nest.add(function.def(), None, vec![]);
        if nest.members.len() == 1 {
            nest.free = nest.members[0].scope.unbound_reads();
            return nest;
        }
        nest.find_assigned();
        let known = nest.known_functions();
        nest.resolve(&known);
        nest.close();
        nest.find_changing();
        nest.number_captures();
        nest.name_functions(&known);
        nest
    }

    pub fn free_names(self) -> Vec<&'a str> {
        self.free
    }

    /// The function that a `def` or `lambda` makes.
    pub fn at<T>(&self, node: &T) -> Option<usize> {
        self.by_node.get(&crate::ast::key(node)).copied()
    }

    fn add(&mut self, def: Def<'a>, parent: Option<usize>, around: Vec<(&'a str, Local)>) -> usize {
        let me = self.members.len();
        let number = self.members.iter().filter(|m| m.parent == parent && m.def.name == def.name).count();
        let mut scope = Scope::of(def);
        let inners = std::mem::take(&mut scope.inners);
        self.members.push(Member { def, parent, scope, around, reads: vec![], bound: None, captures: vec![], captured: vec![], assigns: vec![], functions: vec![], changing: vec![], changing_in: vec![], number });
        for inner in inners {
            let member = grow(|| self.add(inner.def, Some(me), inner.around));
            self.by_node.insert(inner.node, member);
            let scope = &self.members[me].scope;
            self.members[member].bound = inner.name.and_then(|name| scope.outer(name)).filter(|local| scope.is_bound_once(*local));
        }
        me
    }

    /// What `nonlocal` lets functions assign. A name that one of them assigns stands for no function.
    fn find_assigned(&mut self) {
        for i in 1..self.members.len() {
            for name in self.members[i].scope.nonlocals().to_vec() {
                let Some(variable) = self.outer_variable(i, name) else { continue };
                add_new(&mut self.members[i].assigns, variable);
                self.members[variable.owner].scope.assign_from_within(variable.local);
            }
        }
        for i in 1..self.members.len() {
            let parent = self.members[i].parent;
            let bound_once = |local: &Local| parent.is_some_and(|parent| self.members[parent].scope.is_bound_once(*local));
            self.members[i].bound = self.members[i].bound.filter(bound_once);
        }
    }

    /// The functions that variables stand for.
    fn known_functions(&self) -> HashMap<Variable, usize> {
        let known = |(i, member): (usize, &Member)| Some((Variable { owner: member.parent?, local: member.bound? }, i));
        self.members.iter().enumerate().filter_map(known).collect()
    }

    /// The variable of an outer function that a name means in a function that does not bind it.
    fn outer_variable(&self, member: usize, name: &str) -> Option<Variable> {
        let mut at = &self.members[member];
        loop {
            let owner = at.parent?;
            let around = at.around.iter().rev().find(|(around, _)| *around == name).map(|(_, local)| *local);
            if let Some(local) = around.or_else(|| self.members[owner].scope.outer(name)) {
                return Some(Variable { owner, local });
            }
            at = &self.members[owner];
        }
    }

    /// What each function reads of those around it by itself.
    fn resolve(&mut self, known: &HashMap<Variable, usize>) {
        let mut seen = HashSet::new();
        for i in 0..self.members.len() {
            for name in self.members[i].scope.unbound_reads() {
                let Some(variable) = self.outer_variable(i, name) else {
                    if seen.insert(name) {
                        self.free.push(name);
                    }
                    continue;
                };
                self.members[i].reads.push(variable);
                match known.get(&variable) {
                    Some(function) => {
                        // Its defaults are values of its own scope.
                        let computed = !self.members[*function].def.computed_defaults().is_empty();
                        self.members[i].functions.push(*function);
                        self.members[i].captures.extend(computed.then_some(variable));
                    }
                    None => self.members[i].captures.push(variable),
                }
            }
        }
    }

    /// A function captures what the functions that it calls or contains capture, unless that is its own.
    fn close(&mut self) {
        loop {
            let mut grown = false;
            for i in (0..self.members.len()).rev() {
                let inside = (i + 1..self.members.len()).filter(|j| self.members[*j].parent == Some(i));
                let related: Vec<usize> = inside.chain(self.members[i].functions.iter().copied()).collect();
                for other in related {
                    let (captures, functions) = (self.members[other].captures.clone(), self.members[other].functions.clone());
                    for variable in captures.into_iter().filter(|variable| variable.owner != i) {
                        grown |= add_new(&mut self.members[i].captures, variable);
                    }
                    for variable in self.members[other].assigns.clone().into_iter().filter(|variable| variable.owner != i) {
                        grown |= add_new(&mut self.members[i].assigns, variable);
                    }
                    for function in functions {
                        if self.members[function].parent != Some(i) {
                            grown |= add_new(&mut self.members[i].functions, function);
                        }
                    }
                }
            }
            if !grown {
                return;
            }
        }
    }

    fn find_changing(&mut self) {
        for owner in 0..self.members.len() {
            let inside: Vec<usize> = (0..self.members.len()).filter(|i| self.members[*i].parent == Some(owner)).collect();
            let mut variables: Vec<Variable> = vec![];
            for variable in inside.iter().flat_map(|i| &self.members[*i].captures).filter(|v| v.owner == owner) {
                add_new(&mut variables, *variable);
            }
            for variable in variables {
                let capturing: Vec<usize> = inside.iter().copied().filter(|i| self.members[*i].captures.contains(&variable)).collect();
                let places: Vec<TextSize> = capturing.iter().map(|i| self.members[*i].def.range.start()).collect();
                let scope = &self.members[owner].scope;
                if scope.changes_after(variable.local, &places) {
                    let name = scope.name(variable.local);
                    capturing.into_iter().for_each(|i| self.members[i].changing.push(name));
                    for member in self.members.iter_mut().filter(|member| member.captures.contains(&variable)) {
                        add_new(&mut member.changing_in, owner);
                    }
                }
            }
        }
    }

    /// Captured variables are local names, too, after the function's own.
    fn number_captures(&mut self) {
        for i in 1..self.members.len() {
            for variable in self.members[i].captures.clone() {
                let name = self.members[variable.owner].scope.name(variable.local);
                let meant = self.members[i].reads.contains(&variable);
                let local = self.members[i].scope.capture(name, meant);
                self.members[i].captured.push(local);
            }
        }
    }

    /// The local name that a variable is in a function which owns or captures it.
    fn local_of(&self, member: usize, variable: Variable) -> Option<Local> {
        let member_of = &self.members[member];
        let captured = || member_of.captures.iter().position(|v| *v == variable).map(|place| member_of.captured[place]);
        if variable.owner == member { Some(variable.local) } else { captured() }
    }

    /// The local names, in one function, that a call of another one assigns.
    pub fn assigned_in(&self, member: usize, function: usize) -> Box<[Local]> {
        self.members[function].assigns.iter().filter_map(|variable| self.local_of(member, *variable)).collect()
    }

    /// The local names, in one function, that another one captures.
    pub fn captures_in(&self, member: usize, function: usize) -> Box<[Local]> {
        self.members[function].captures.iter().filter_map(|variable| self.local_of(member, *variable)).collect()
    }

    /// Names that stand for functions, and what is read where those are used or made.
    fn name_functions(&mut self, known: &HashMap<Variable, usize>) {
        for i in 0..self.members.len() {
            let own = known.iter().filter(|(variable, _)| variable.owner == i).map(|(variable, function)| (*variable, *function));
            let outer = self.members[i].reads.iter().filter_map(|variable| Some((*variable, *known.get(variable)?)));
            let all: Vec<(Variable, usize)> = own.chain(outer).collect();
            for (variable, function) in all {
                let name = self.members[variable.owner].scope.name(variable.local);
                let (slot, captured) = (self.local_of(i, variable), self.captures_in(i, function));
                let assigned = self.assigned_in(i, function);
                self.members[i].scope.set_function(name, KnownFunction { member: function, slot }, captured);
                if !assigned.is_empty() {
                    self.members[i].scope.set_assigned_by_calls(name, assigned);
                }
            }
        }
        for (node, function) in &self.by_node {
            let Some(parent) = self.members[*function].parent else { continue };
            // One that a name stands for is made where that is read.
            if self.members[*function].bound.is_none() {
                let captured = self.captures_in(parent, *function);
                self.members[parent].scope.set_captured_at(*node, captured);
            }
        }
    }
}

/// Whether the item was not there.
fn add_new<T: PartialEq>(items: &mut Vec<T>, item: T) -> bool {
    let new = !items.contains(&item);
    if new {
        items.push(item);
    }
    new
}
