//! Backward liveness over the AST: which names an `if`, a loop or a conditional expression carries.
//!
//! A loop's head needs no iteration. Backwards through the body, the set live before is `gen ∪ (after − kill)`, so with the
//! body followed by nothing it is `gen`, and `gen` together with what the loop's `else` needs is already the fixpoint. Every loop is
//! thus walked once to find its head and once more to record what is inside: O(depth · statements) in all.

use crate::{
    ast::{each_child, each_default, has_break, is_always_true, key},
    nest::Body,
    object_block::{chunk_size, declared, inputs},
    scope::{Local, Names, Scope},
    stack::grow,
};
use rustpython_parser::ast::{Expr, ExprBoolOp, ExprCompare, ExprIfExp, Stmt, StmtFor, StmtIf, StmtWhile, StmtWith};
use std::{collections::HashMap, rc::Rc};

/// What a loop carries.
pub(crate) struct LoopNames {
    /// Assigned in the loop and live at its head: arguments of the regions.
    pub carried: Vec<Local>,
    /// Assigned in the loop and live after it: results.
    pub results: Vec<Local>,
    /// Names that the body may leave unbound by `del`.
    pub deleted: Names,
}

/// What the constructs of a function carry, by the identity of their nodes.
#[derive(Default)]
pub(crate) struct Carried {
    branches: HashMap<usize, Rc<[Local]>>,
    loops: HashMap<usize, Rc<LoopNames>>,
}

impl Carried {
    pub fn of(scope: &Scope, body: Body) -> Carried {
        let mut liveness = Liveness { scope, recording: true, carried: Carried::default() };
        let none = scope.empty_set();
        match body {
            Body::Block(block) => liveness.block(block, &mut scope.empty_set(), Exits { after_break: &none, after_continue: &none }),
            Body::Value(value) => liveness.expr(value, &mut scope.empty_set()),
        }
        liveness.carried
    }

    /// The names that an `if`, `and`, `or`, ternary or comparison chain assigns in a branch and that are live after it.
    pub fn branch<T>(&self, node: &T) -> Rc<[Local]> {
        self.branches.get(&key(node)).cloned().unwrap_or_else(|| Rc::new([]))
    }

    /// `None` for a loop in dead code.
    pub fn loop_names<T>(&self, node: &T) -> Option<Rc<LoopNames>> {
        self.loops.get(&key(node)).cloned()
    }
}

/// What is live where the nearest loop's `break` and `continue` lead.
#[derive(Clone, Copy)]
struct Exits<'s> {
    after_break: &'s Names,
    after_continue: &'s Names,
}

/// What is known of a loop once its regions have been walked.
struct Facts<'s> {
    body: &'s [Stmt],
    orelse: &'s [Stmt],
    /// Names that the body, the target and the condition assign.
    assigned: Names,
    /// What is live at the head.
    head: &'s Names,
    after: &'s Names,
    /// Left only by `break`, `return` or `raise`.
    endless: bool,
}

struct Liveness<'a, 's> {
    scope: &'s Scope<'a>,
    /// False while a loop's body is walked only to find what is live at its head.
    recording: bool,
    carried: Carried,
}

fn both(a: &Names, b: &Names) -> Vec<Local> {
    a.intersection(b).collect()
}

impl Liveness<'_, '_> {
    fn block(&mut self, block: &[Stmt], live: &mut Names, exits: Exits) {
        for stmt in block.iter().rev() {
            self.statement(stmt, live, exits);
        }
    }

    /// `live` is what is live after the statement, then before it.
    fn statement(&mut self, stmt: &Stmt, live: &mut Names, exits: Exits) {
        match stmt {
            Stmt::Return(s) => {
                live.clear();
                s.value.iter().for_each(|e| self.expr(e, live));
            }
            Stmt::Raise(s) => {
                live.clear();
                s.cause.iter().chain(&s.exc).for_each(|e| self.expr(e, live));
            }
            Stmt::Break(_) => live.clone_from(exits.after_break),
            Stmt::Continue(_) => live.clone_from(exits.after_continue),
            Stmt::Assign(s) => {
                s.targets.iter().rev().for_each(|target| self.target(target, live));
                self.expr(&s.value, live);
            }
            Stmt::AnnAssign(s) => {
                if let Some(value) = &s.value {
                    self.target(&s.target, live);
                    self.expr(value, live);
                }
            }
            Stmt::AugAssign(s) => {
                self.target(&s.target, live);
                self.expr(&s.value, live);
                self.expr(&s.target, live);
            }
            Stmt::Delete(s) => s.targets.iter().rev().for_each(|target| self.expr(target, live)),
            Stmt::Assert(s) => {
                let mut failing = self.scope.empty_set();
                s.msg.iter().for_each(|e| self.expr(e, &mut failing));
                live.union_with(&failing);
                self.expr(&s.test, live);
            }
            Stmt::Expr(s) => self.expr(&s.value, live),
            Stmt::FunctionDef(s) => {
                self.scope.outer(&s.name).into_iter().for_each(|local| live.set(local, false));
                live.extend(self.scope.captured_at(s).iter().copied());
                each_default(&s.args, &mut |e| self.expr(e, live));
                s.decorator_list.iter().for_each(|e| self.expr(e, live));
            }
            Stmt::If(s) => grow(|| self.if_statement(s, live, exits)),
            Stmt::While(s) => grow(|| self.while_statement(s, live, exits)),
            Stmt::For(s) => grow(|| self.for_statement(s, live, exits)),
            Stmt::With(s) => match chunk_size(s) {
                Some(size) => {
                    grow(|| self.block(&s.body, live, exits));
                    self.expr(size, live);
                }
                None => self.object_block(s, live),
            },
            _ => {}
        }
    }

    /// A block that the interpreter runs. What it assigns and does not declare may not be live afterwards: it is recorded.
    fn object_block(&mut self, s: &StmtWith, live: &mut Names) {
        let mut assigned = self.scope.empty_set();
        self.scope.assigned(&s.body, &mut assigned);
        for name in declared(s).filter_map(|keyword| keyword.arg.as_ref()) {
            self.scope.outer(name).into_iter().for_each(|local| {
                assigned.set(local, false);
                live.set(local, false);
            });
        }
        if self.recording {
            self.carried.branches.insert(key(s), both(&assigned, live).into());
        }
        live.union_with(&inputs(self.scope, &s.body));
    }

    fn if_statement(&mut self, s: &StmtIf, live: &mut Names, exits: Exits) {
        if self.recording {
            let mut assigned = self.scope.empty_set();
            self.scope.assigned(&s.body, &mut assigned);
            self.scope.assigned(&s.orelse, &mut assigned);
            self.carried.branches.insert(key(s), both(&assigned, live).into());
        }
        let mut otherwise = live.clone();
        self.block(&s.body, live, exits);
        self.block(&s.orelse, &mut otherwise, exits);
        live.union_with(&otherwise);
        self.expr(&s.test, live);
    }

    /// What is live before the body of a loop when `head` is live at the end of an iteration.
    fn body(&mut self, body: &[Stmt], head: &Names, after: &Names, recording: bool) -> Names {
        let outer = self.recording;
        self.recording &= recording;
        let mut live = head.clone();
        self.block(body, &mut live, Exits { after_break: after, after_continue: head });
        self.recording = outer;
        live
    }

    fn while_statement(&mut self, s: &StmtWhile, live: &mut Names, exits: Exits) {
        let after = live.clone();
        let endless = is_always_true(&s.test);
        let none = self.scope.empty_set();
        let otherwise = if endless {
            none.clone()
        } else {
            self.block(&s.orelse, live, exits);
            std::mem::replace(live, none.clone())
        };
        let mut head = self.body(&s.body, &none, &after, false);
        head.union_with(&otherwise);
        let outer = std::mem::replace(&mut self.recording, false);
        self.expr(&s.test, &mut head);
        self.recording = outer;
        if self.recording {
            let mut tested = self.body(&s.body, &head, &after, true);
            tested.union_with(&otherwise);
            self.expr(&s.test, &mut tested.clone());
            let mut walrus = self.scope.empty_set();
            self.scope.assigned_by_expr(&s.test, &mut walrus);
            tested.intersect_with(&walrus);
            tested.union_with(&head);
            let mut assigned = walrus;
            self.scope.assigned(&s.body, &mut assigned);
            let facts = Facts { body: &s.body, orelse: &s.orelse, assigned, head: &tested, after: &after, endless };
            self.record_loop(key(s), facts);
        }
        *live = head;
    }

    fn for_statement(&mut self, s: &StmtFor, live: &mut Names, exits: Exits) {
        let after = live.clone();
        let none = self.scope.empty_set();
        self.block(&s.orelse, live, exits);
        let otherwise = std::mem::replace(live, none.clone());
        let mut head = self.body(&s.body, &none, &after, false);
        self.target(&s.target, &mut head);
        head.union_with(&otherwise);
        if self.recording {
            let mut live = self.body(&s.body, &head, &after, true);
            self.target(&s.target, &mut live);
            let mut assigned = self.scope.empty_set();
            self.scope.assigned(&s.body, &mut assigned);
            self.scope.assigned_by_target(&s.target, &mut assigned);
            let facts = Facts { body: &s.body, orelse: &s.orelse, assigned, head: &head, after: &after, endless: false };
            self.record_loop(key(s), facts);
        }
        *live = head;
        self.expr(&s.iter, live);
    }

    fn record_loop(&mut self, key: usize, facts: Facts) {
        let Facts { body, orelse, mut assigned, head, after, endless } = facts;
        let mut deleted = self.scope.empty_set();
        self.scope.deleted(body, &mut deleted);
        let carried = both(&assigned, head);
        self.scope.assigned(orelse, &mut assigned);
        // Without `break` and `else` the carried values are the results, whether or not they are read.
        let plain = !endless && orelse.is_empty() && !has_break(body);
        let results = if plain { carried.clone() } else { both(&assigned, after) };
        self.carried.loops.insert(key, Rc::new(LoopNames { carried, results, deleted }));
    }

    fn target(&mut self, target: &Expr, live: &mut Names) {
        match target {
            Expr::Name(name) => self.scope.local(name).into_iter().for_each(|local| live.set(local, false)),
            Expr::Tuple(t) => t.elts.iter().rev().for_each(|e| grow(|| self.target(e, live))),
            Expr::List(t) => t.elts.iter().rev().for_each(|e| grow(|| self.target(e, live))),
            Expr::Starred(s) => self.target(&s.value, live),
            other => self.expr(other, live),
        }
    }

    fn expr(&mut self, expr: &Expr, live: &mut Names) {
        match expr {
            Expr::Name(name) => {
                live.extend(self.scope.local(name));
                live.extend(self.scope.captured_by(name).iter().copied());
            }
            Expr::Constant(_) => {}
            Expr::Lambda(e) => {
                live.extend(self.scope.captured_at(e).iter().copied());
                each_default(&e.args, &mut |default| self.expr(default, live));
            }
            // Without `:=` an expression only reads: order does not matter.
            _ if !self.scope.has_walrus => grow(|| each_child(expr, &mut |child| self.expr(child, live))),
            Expr::NamedExpr(e) => {
                self.target(&e.target, live);
                grow(|| self.expr(&e.value, live));
            }
            Expr::BoolOp(e) => grow(|| self.bool_op(e, live)),
            Expr::IfExp(e) => grow(|| self.ternary(e, live)),
            Expr::Compare(e) => grow(|| self.compare(e, live)),
            _ => {
                let mut children = vec![];
                each_child(expr, &mut |child| children.push(child));
                grow(|| children.into_iter().rev().for_each(|child| self.expr(child, live)));
            }
        }
    }

    /// Each operand after the first is evaluated only when those before it let it.
    fn chain<'e>(&mut self, operands: impl DoubleEndedIterator<Item = &'e Expr>, node: usize, live: &mut Names) {
        let after = live.clone();
        let mut assigned = self.scope.empty_set();
        for operand in operands.rev() {
            self.scope.assigned_by_expr(operand, &mut assigned);
            self.expr(operand, live);
            live.union_with(&after);
        }
        if self.recording {
            self.carried.branches.insert(node, both(&assigned, &after).into());
        }
    }

    fn bool_op(&mut self, e: &ExprBoolOp, live: &mut Names) {
        let Some((first, rest)) = e.values.split_first() else { return };
        self.chain(rest.iter(), key(e), live);
        self.expr(first, live);
    }

    fn compare(&mut self, e: &ExprCompare, live: &mut Names) {
        let Some((first, rest)) = e.comparators.split_first() else { return };
        self.chain(rest.iter(), key(e), live);
        self.expr(first, live);
        self.expr(&e.left, live);
    }

    fn ternary(&mut self, e: &ExprIfExp, live: &mut Names) {
        if self.recording {
            let mut assigned = self.scope.empty_set();
            self.scope.assigned_by_expr(&e.body, &mut assigned);
            self.scope.assigned_by_expr(&e.orelse, &mut assigned);
            self.carried.branches.insert(key(e), both(&assigned, live).into());
        }
        let mut otherwise = live.clone();
        self.expr(&e.body, live);
        self.expr(&e.orelse, &mut otherwise);
        live.union_with(&otherwise);
        self.expr(&e.test, live);
    }
}
