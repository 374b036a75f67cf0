//! Finding a function in parsed text: the only one, one by name, or a lambda by its place.

use crate::{
    Binding, Constant, Environment,
    ast::{each_block, each_child, each_default, each_expr, each_target},
    fold,
    nest::{Body, Def, Nest},
    source::{Lines, Source, parse},
    stack,
};
use rustpython_parser::{
    ast::{Arguments, Comprehension, Expr, ExprLambda, Ranged, Stmt, StmtFunctionDef, StmtReturn},
    text_size::{TextRange, TextSize},
};
use std::sync::Arc;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass, Span};

/// Which function of a text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Find<'a> {
    /// The only, or the first.
    Only,
    /// By qualified name: `outer.inner`, `Class.method`. The last definition of a name counts.
    Name(&'a str),
    /// The lambda on a line; the column (of the word `lambda`, in characters, from 1) is needed when there are several.
    Lambda { line: usize, column: Option<usize> },
}

/// A parsed function.
#[derive(Debug)]
pub struct Function {
    name: String,
    args: Arguments,
    body: Vec<Stmt>,
    decorators: Vec<Expr>,
    /// All of it, decorators left out.
    range: TextRange,
    /// From `def` (or `lambda`) to the end of that line.
    header: TextRange,
    lines: Arc<Lines>,
}

impl Drop for Function {
    fn drop(&mut self) {
        let (body, args, decorators) = (std::mem::take(&mut self.body), std::mem::replace(&mut self.args, no_arguments()), std::mem::take(&mut self.decorators));
        stack::for_text(self.lines.text.len(), move || drop((body, args, decorators)));
    }
}

fn no_arguments() -> Arguments {
    Arguments { range: Default::default(), posonlyargs: vec![], args: vec![], vararg: None, kwonlyargs: vec![], kwarg: None }
}

impl Function {
    /// The name after `def`; `<lambda>` for a lambda.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of the parameters in order: positional, one with `*`, keyword-only.
    pub fn params(&self) -> Vec<&str> {
        self.def().params()
    }

    /// The default of every parameter, in the order of `params`; none where there is none, or where only running the file would tell.
    pub fn constant_defaults(&self, environment: &dyn Environment) -> Vec<Option<Constant>> {
        self.def().parameters().map(|p| fold::constant(p.default.as_deref()?, environment)).collect()
    }

    /// Names that the function or one inside of it reads and none of them binds, each once.
    pub fn free_names(&self) -> Vec<String> {
        Nest::of(self).free_names().into_iter().map(str::to_string).collect()
    }

    /// As inner functions are seen, too.
    pub(crate) fn def(&self) -> Def<'_> {
        Def { name: &self.name, args: &self.args, body: Body::Block(&self.body), range: self.range, header: self.header, lines: &self.lines }
    }

    /// The decorators' source text, without `@`.
    pub fn decorators(&self) -> Vec<&str> {
        self.decorators.iter().map(|d| self.lines.text_of(d.range())).collect()
    }

    /// The arguments of the decorator of that canonical name, positional ones without a name; no value where only running the file would tell.
    pub fn decorator_arguments(&self, name: &str, environment: &dyn Environment) -> Option<Vec<(String, Option<Constant>)>> {
        let is = |e: &Expr| fold::binding(e, environment) == Some(Binding::Ref(name.into()));
        self.decorators.iter().find_map(|decorator| match decorator {
            Expr::Call(call) if is(&call.func) => {
                let positional = call.args.iter().map(|value| (String::new(), fold::constant(value, environment)));
                let named = call.keywords.iter().map(|k| (k.arg.as_ref().map(|name| name.to_string()).unwrap_or_default(), fold::constant(&k.value, environment)));
                Some(positional.chain(named).collect())
            }
            other => is(other).then(Vec::new),
        })
    }

    /// The function's source text, decorators left out.
    pub fn text(&self) -> &str {
        self.lines.text_of(self.range)
    }

    /// The place of the line with `def`.
    pub fn span(&self) -> Span {
        self.lines.span(self.header)
    }

    /// The text that the function was found in, with its file and the number of its first line: for messages.
    pub fn context(&self) -> Source {
        self.lines.source()
    }

    /// The syntax tree, printed.
    pub fn ast(&self) -> String {
        format!("{:#?}\n", self.body)
    }

    pub(crate) fn of_def(def: StmtFunctionDef, lines: &Arc<Lines>) -> Function {
        let range = def_range(&def, lines);
        let header = first_line(range, lines);
        let StmtFunctionDef { name, args, mut body, decorator_list, .. } = def;
        crate::matching::write_as_if(&mut body);
        Function { name: name.into(), args: *args, body, decorators: decorator_list, range, header, lines: lines.clone() }
    }

    fn of_lambda(lambda: ExprLambda, lines: &Arc<Lines>) -> Function {
        let ExprLambda { range, args, body } = lambda;
        let body = vec![Stmt::Return(StmtReturn { range: body.range(), value: Some(body) })];
        Function { name: "<lambda>".into(), args: *args, body, decorators: vec![], range, header: first_line(range, lines), lines: lines.clone() }
    }
}

/// From `def` on, whether or not the parser counts the decorators.
pub(crate) fn def_range(def: &StmtFunctionDef, lines: &Lines) -> TextRange {
    let start = def.decorator_list.last().map_or(def.range.start(), |d| d.range().end().max(def.range.start()));
    let text = lines.text_of(TextRange::new(start, def.range.end()));
    let skipped = text.split_inclusive('\n').take_while(|line| !line.trim_start().starts_with("def")).map(str::len).sum::<usize>();
    let skipped = skipped + text[skipped..].len() - text[skipped..].trim_start().len();
    TextRange::new(start + size(skipped), def.range.end())
}

pub(crate) fn first_line(range: TextRange, lines: &Lines) -> TextRange {
    let length = lines.text_of(range).lines().next().map_or(0, |line| line.trim_end().len());
    TextRange::at(range.start(), size(length))
}

/// Offsets fit: the parser's own are of this type.
fn size(bytes: usize) -> TextSize {
    TextSize::try_from(bytes).unwrap_or_default()
}

/// The function meant, out of the source's text.
pub fn find_function(source: &Source, find: Find) -> Result<Function, Diagnostic> {
    let (module, lines) = parse(source)?;
    let lines = Arc::new(lines);
    let found = stack::for_text(source.text.len(), || match find {
        Find::Only => first_def(module.body).map(|def| Function::of_def(def, &lines)),
        Find::Name(path) => {
            let path: Vec<&str> = path.split('.').filter(|part| *part != "<locals>").collect();
            def_by_path(module.body, &path).map(|def| Function::of_def(def, &lines))
        }
        Find::Lambda { line, column } => {
            let body = module.body;
            lambda_at(&body, line, column, &lines)
        }
    });
    found.map_err(|what| {
        let span = Span { file: source.file.clone(), line: source.first_line, column: 1, end_line: source.first_line, end_column: 2 };
        Diagnostic::new(ErrorClass::Unsupported, "no-source", what, Some(span))
    })
}

/// Every lambda that starts on a line.
pub fn find_lambdas(source: &Source, line: usize) -> Result<Vec<Function>, Diagnostic> {
    let (module, lines) = parse(source)?;
    let lines = Arc::new(lines);
    Ok(stack::for_text(source.text.len(), || {
        let body = module.body;
        lambdas_on(&body, line, &lines).into_iter().map(|lambda| Function::of_lambda(lambda.clone(), &lines)).collect()
    }))
}

/// The first definition, outer before inner.
fn first_def(block: Vec<Stmt>) -> Result<StmtFunctionDef, String> {
    let mut inner = vec![];
    for stmt in block {
        match stmt {
            Stmt::FunctionDef(def) => return Ok(def),
            Stmt::AsyncFunctionDef(def) => return Err(is_async(&def.name)),
            Stmt::ClassDef(class) => inner.extend(class.body),
            Stmt::If(s) => inner.extend(s.body.into_iter().chain(s.orelse)),
            _ => {}
        }
    }
    if inner.is_empty() { Err("the source has no function definition".into()) } else { stack::grow(|| first_def(inner)) }
}

fn is_async(name: &str) -> String {
    format!("`{name}` is an async function, which is not supported")
}

fn def_by_path(block: Vec<Stmt>, path: &[&str]) -> Result<StmtFunctionDef, String> {
    let missing = || format!("the source has no function `{}`", path.join("."));
    let Some((name, rest)) = path.split_first() else { return Err(missing()) };
    for stmt in all_statements(block).into_iter().rev() {
        match stmt {
            Stmt::FunctionDef(def) if def.name.as_str() == *name => {
                return if rest.is_empty() { Ok(def) } else { def_by_path(def.body, rest) };
            }
            Stmt::ClassDef(class) if class.name.as_str() == *name && !rest.is_empty() => return def_by_path(class.body, rest),
            Stmt::AsyncFunctionDef(def) if def.name.as_str() == *name && rest.is_empty() => return Err(is_async(name)),
            _ => {}
        }
    }
    Err(missing())
}

/// The statements of a block and of the compound statements in it, functions and classes kept whole.
fn all_statements(block: Vec<Stmt>) -> Vec<Stmt> {
    fn collect(block: Vec<Stmt>, all: &mut Vec<Stmt>) {
        for stmt in block {
            match stmt {
                Stmt::If(s) => [s.body, s.orelse].into_iter().for_each(|b| stack::grow(|| collect(b, all))),
                Stmt::For(s) => [s.body, s.orelse].into_iter().for_each(|b| stack::grow(|| collect(b, all))),
                Stmt::While(s) => [s.body, s.orelse].into_iter().for_each(|b| stack::grow(|| collect(b, all))),
                Stmt::With(s) => stack::grow(|| collect(s.body, all)),
                Stmt::Try(s) => [s.body, s.orelse, s.finalbody].into_iter().for_each(|b| stack::grow(|| collect(b, all))),
                other => all.push(other),
            }
        }
    }
    let mut all = vec![];
    collect(block, &mut all);
    all
}

fn lambda_at(block: &[Stmt], line: usize, column: Option<usize>, lines: &Arc<Lines>) -> Result<Function, String> {
    let mut found = lambdas_on(block, line, lines);
    found.retain(|lambda| column.is_none_or(|column| column == lines.span(lambda.range).column));
    match found[..] {
        [] => Err(format!("there is no lambda on line {line}")),
        [one] => Ok(Function::of_lambda(one.clone(), lines)),
        _ => Err(format!("there are {} lambdas on line {line}, and which one is meant cannot be told", found.len())),
    }
}

fn lambdas_on<'a>(block: &'a [Stmt], line: usize, lines: &Lines) -> Vec<&'a ExprLambda> {
    let mut found = vec![];
    lambdas(block, &mut |lambda| {
        if lines.span(lambda.range).line == line {
            found.push(lambda);
        }
    });
    found
}

type Visit<'v, 'a> = &'v mut dyn FnMut(&'a ExprLambda);

fn lambdas<'a>(block: &'a [Stmt], visit: Visit<'_, 'a>) {
    for stmt in block {
        match stmt {
            Stmt::FunctionDef(def) => lambdas_of_def(&[], &def.body, visit),
            Stmt::AsyncFunctionDef(def) => {
                each_default(&def.args, &mut |e| lambdas_in(e, visit));
                lambdas_of_def(&def.decorator_list, &def.body, visit);
            }
            Stmt::ClassDef(class) => {
                let keywords = class.keywords.iter().map(|keyword| &keyword.value);
                class.decorator_list.iter().chain(&class.bases).chain(keywords).for_each(|e| lambdas_in(e, visit));
                stack::grow(|| lambdas(&class.body, visit));
            }
            Stmt::With(s) => s.items.iter().for_each(|item| lambdas_in(&item.context_expr, visit)),
            Stmt::AsyncWith(s) => s.items.iter().for_each(|item| lambdas_in(&item.context_expr, visit)),
            Stmt::AsyncFor(s) => lambdas_in(&s.iter, visit),
            Stmt::Match(s) => {
                lambdas_in(&s.subject, visit);
                s.cases.iter().filter_map(|case| case.guard.as_deref()).for_each(|guard| lambdas_in(guard, visit));
            }
            _ => {}
        }
        each_expr(stmt, &mut |e| lambdas_in(e, visit));
        each_target(stmt, &mut |e| lambdas_in(e, visit));
        each_block(stmt, &mut |inner| stack::grow(|| lambdas(inner, visit)));
    }
}

fn lambdas_of_def<'a>(decorators: &'a [Expr], body: &'a [Stmt], visit: Visit<'_, 'a>) {
    decorators.iter().for_each(|e| lambdas_in(e, visit));
    stack::grow(|| lambdas(body, visit));
}

fn lambdas_in<'a>(e: &'a Expr, visit: Visit<'_, 'a>) {
    let generators = |generators: &'a [Comprehension], visit: Visit<'_, 'a>| {
        generators.iter().for_each(|g| std::iter::once(&g.iter).chain(&g.ifs).for_each(|e| lambdas_in(e, visit)));
    };
    stack::grow(|| match e {
        Expr::Lambda(lambda) => {
            visit(lambda);
            each_default(&lambda.args, &mut |e| lambdas_in(e, visit));
            lambdas_in(&lambda.body, visit);
        }
        Expr::Dict(d) => d.keys.iter().flatten().chain(&d.values).for_each(|v| lambdas_in(v, visit)),
        Expr::Set(s) => s.elts.iter().for_each(|v| lambdas_in(v, visit)),
        Expr::Await(e) => lambdas_in(&e.value, visit),
        Expr::Yield(e) => e.value.iter().for_each(|v| lambdas_in(v, visit)),
        Expr::YieldFrom(e) => lambdas_in(&e.value, visit),
        Expr::ListComp(c) => {
            lambdas_in(&c.elt, visit);
            generators(&c.generators, visit);
        }
        Expr::SetComp(c) => {
            lambdas_in(&c.elt, visit);
            generators(&c.generators, visit);
        }
        Expr::GeneratorExp(c) => {
            lambdas_in(&c.elt, visit);
            generators(&c.generators, visit);
        }
        Expr::DictComp(c) => {
            [&c.key, &c.value].into_iter().for_each(|v| lambdas_in(v, visit));
            generators(&c.generators, visit);
        }
        other => each_child(other, &mut |child| lambdas_in(child, visit)),
    })
}
