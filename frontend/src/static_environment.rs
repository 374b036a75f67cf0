//! A module's names as far as its text alone tells them: imports of known libraries, constants, function definitions.

use crate::{
    Binding, Environment, Function, Source,
    ast::{each_block, each_bound_name, each_target},
    environment::{self, builtin, library_attribute},
    fold,
    source::parse,
    stack,
};
use rustpython_parser::ast::{Expr, Stmt, StmtImport, StmtImportFrom};
use std::{collections::HashMap, sync::Arc};
use zouk_dialects::diagnostic::Diagnostic;

/// A module without an interpreter.
#[derive(Clone, Debug, Default)]
pub struct StaticEnvironment {
    names: HashMap<String, Result<Binding, String>>,
}

/// A file's functions and what its global names stand for.
#[derive(Debug)]
pub struct File {
    pub environment: StaticEnvironment,
    /// The functions defined at the top level, in order; the last definition of a name counts.
    pub functions: Vec<Function>,
}

impl File {
    /// A function's symbol is its name.
    pub fn parse(source: &Source) -> Result<File, Diagnostic> {
        let (module, lines) = parse(source)?;
        let lines = Arc::new(lines);
        stack::for_text(source.text.len(), || {
            let mut file = File { environment: StaticEnvironment::default(), functions: vec![] };
            for stmt in module.body {
                file.environment.statement(&stmt);
                if let Stmt::FunctionDef(def) = stmt {
                    file.functions.retain(|f| f.name() != def.name.as_str());
                    file.functions.push(Function::of_def(def, &lines));
                }
            }
            Ok(file)
        })
    }
}

impl StaticEnvironment {
    /// Makes a name known, or stand for something else.
    pub fn bind(&mut self, name: impl Into<String>, binding: Binding) {
        self.names.insert(name.into(), Ok(binding));
    }

    fn statement(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Import(s) => self.import(s),
            Stmt::ImportFrom(s) => self.import_from(s),
            Stmt::FunctionDef(s) => self.bind(s.name.as_str(), Binding::Function(s.name.to_string())),
            Stmt::ClassDef(s) => self.unknown(&s.name, "is a class of this file, which is not supported"),
            Stmt::Assign(s) => {
                let value = fold::binding(&s.value, self);
                s.targets.iter().for_each(|target| self.assign(target, value.as_ref()));
            }
            Stmt::AnnAssign(s) => {
                if let Some(value) = &s.value {
                    let value = fold::binding(value, self);
                    self.assign(&s.target, value.as_ref());
                }
            }
            other => self.forget(other),
        }
    }

    fn unknown(&mut self, name: &str, why: &str) {
        self.names.insert(name.into(), Err(format!("`{name}` {why}")));
    }

    fn assign(&mut self, target: &Expr, value: Option<&Binding>) {
        match (target, value) {
            (Expr::Name(name), Some(value)) => self.bind(name.id.as_str(), value.clone()),
            (Expr::Name(name), None) => self.unknown(&name.id, "has a value that is known only when the file runs"),
            (Expr::Tuple(t), value) => {
                let parts = value.and_then(parts_of).filter(|parts| parts.len() == t.elts.len());
                for (i, element) in t.elts.iter().enumerate() {
                    self.assign(element, parts.as_ref().map(|parts| &parts[i]));
                }
            }
            _ => {}
        }
    }

    /// What compound statements assign depends on the run.
    fn forget(&mut self, stmt: &Stmt) {
        each_target(stmt, &mut |target| self.assign(target, None));
        each_bound_name(stmt, &mut |name| self.unknown(name, "has a value that is known only when the file runs"));
        each_block(stmt, &mut |block| {
            for inner in block {
                match inner {
                    Stmt::Import(_) | Stmt::ImportFrom(_) => self.statement(inner),
                    other => stack::grow(|| self.forget(other)),
                }
            }
        });
    }

    fn import(&mut self, s: &StmtImport) {
        for alias in &s.names {
            let path = alias.name.as_str();
            // `import numpy.linalg` binds `numpy`
            let (name, module) = match &alias.asname {
                Some(name) => (name.as_str(), path),
                None => path.split_once('.').map_or((path, path), |(first, _)| (first, first)),
            };
            match environment::module(module) {
                Some(binding) => self.bind(name, binding),
                None => self.unknown(name, &format!("is the module `{module}`, of which the compiler knows nothing")),
            }
        }
    }

    fn import_from(&mut self, s: &StmtImportFrom) {
        let module = s.module.as_ref().map_or("", |m| m.as_str());
        for alias in &s.names {
            let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
            match library_attribute(module, &alias.name) {
                Some(binding) => self.bind(name, binding),
                None => self.unknown(name, &format!("comes from the module `{module}`, of which the compiler knows nothing")),
            }
        }
    }
}

fn parts_of(value: &Binding) -> Option<Vec<Binding>> {
    match value {
        Binding::Tuple(parts) => Some(parts.clone()),
        Binding::Constant(crate::Constant::Tuple(parts)) => Some(parts.iter().cloned().map(Binding::Constant).collect()),
        _ => None,
    }
}

impl Environment for StaticEnvironment {
    fn lookup(&self, name: &str) -> Result<Option<Binding>, String> {
        match self.names.get(name) {
            Some(Ok(binding)) => Ok(Some(binding.clone())),
            Some(Err(why)) => Err(why.clone()),
            None => Ok(builtin(name)),
        }
    }

    fn attribute(&self, of: &Binding, name: &str) -> Result<Option<Binding>, String> {
        Ok(match of {
            Binding::Module(module) => library_attribute(module, name),
            // `cuda.threadIdx.x`
            Binding::Ref(path) if path.starts_with(environment::CUDA) => Some(Binding::Ref(format!("{path}.{name}"))),
            _ => None,
        })
    }

    fn names(&self) -> Vec<String> {
        self.names.keys().cloned().collect()
    }
}
