//! The program's overloads in one compilation: questions go to the provider, the functions of its answers into the module.
//!
//! Every question is remembered, with the IR of its answer: that is what cached code depends on beside the functions that the entry reaches by name.

use crate::build::bring_in;
use crate::codegen::{self, CodegenOptions, Output};
use crate::error::{CompileError, Sources};
use crate::request::{Overload, Request};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, FunctionType, Location, Module, Op, Region, module_op};
use zouk_dialects::ty::{Ty, Types};
use zouk_passes::define_intrinsics::{TEXT, verify};
use zouk_passes::pipeline::Stage;
use zouk_passes::stage_check::End;
use zouk_passes::overloads::{Answer, Overloads, with};

/// The questions of one compilation.
pub struct Asked<'a> {
    pub request: &'a Request<'a>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    /// The symbols of the functions that the module has, or had.
    seen: HashSet<String>,
    /// Of the implementations.
    sources: Sources,
    answers: HashMap<String, Answered>,
    /// In the order in which they were asked: the question, and what the answer adds to the module.
    asked: Vec<(String, String)>,
    raised: Option<usize>,
    needs_value: Option<usize>,
}

#[derive(Clone)]
struct Answered {
    answer: Answer,
    /// The exception that it raised.
    raised: Option<usize>,
}

/// The code of errors that exceptions of the program are the cause of.
const NO_OVERLOAD: &str = "no-overload";

impl<'a> Asked<'a> {
    pub fn new(request: &'a Request<'a>, module: &Module) -> Self {
        let functions = module_op(module).body(0).ops();
        let seen = functions.into_iter().filter_map(|op| op.str_attr("sym_name").map(str::to_string)).collect();
        Asked { request, state: RefCell::new(State { seen, ..State::default() }) }
    }

    /// Asks what an earlier compilation asked, one question a line. Nothing when that fails: then it is compiled, which tells why.
    pub fn again(request: &'a Request<'a>, module: &Module, questions: &str) -> Option<Self> {
        let asked = Asked::new(request, module);
        let context = module_op(module).context();
        let scratch = Module::new(Location::unknown(context));
        for question in questions.lines() {
            asked.ask(module_op(&scratch), question).ok()?;
        }
        Some(asked)
    }

    /// Runs passes; their errors show the sources of implementations too.
    pub fn while_asked<R>(&self, sources: &Sources, run: impl FnOnce(&Sources) -> Result<R, CompileError>) -> Result<R, CompileError> {
        with(self, || run(sources)).map_err(|error| {
            let state = self.state.borrow();
            let mut all = sources.clone();
            for (file, texts) in &state.sources {
                all.entry(file.clone()).or_default().extend(texts.iter().cloned());
            }
            let raised = state.raised.filter(|_| error.diagnostics.first().is_some_and(|d| d.code == NO_OVERLOAD));
            let anew = if state.sources.is_empty() { error } else { CompileError { reproducer: error.reproducer, ..CompileError::new(error.diagnostics, &all) } };
            CompileError { raised, needs_value: state.needs_value, ..anew }
        })
    }

    /// What was asked, one question a line; nothing when nothing was.
    pub fn questions(&self) -> Option<String> {
        let state = self.state.borrow();
        (!state.asked.is_empty()).then(|| state.asked.iter().map(|(question, _)| question.as_str()).collect::<Vec<_>>().join("\n"))
    }

    /// The key of what depends on the questions and their answers beside what the given key stands for.
    pub fn key(&self, key: &[u8; 32]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(key);
        for part in self.state.borrow().asked.iter().flat_map(|(question, answer)| [question, answer]) {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    /// The provider's answer, what it adds to the module, and that as text.
    fn answer<'c>(&self, module: Op<'c>, question: &str) -> Result<(Answered, Vec<Op<'c>>, String), Diagnostic> {
        let failed = |raised: Option<usize>, why: Diagnostic| (Answered { answer: Answer::Failed(why.clone()), raised }, vec![], why.message);
        let plain = |answer: Answer, text: &str| (Answered { answer, raised: None }, vec![], text.to_string());
        Ok(match self.request.provider.overload(question)? {
            Overload::End => plain(Answer::End, "end"),
            Overload::Declined => plain(Answer::Declined, "declined"),
            Overload::Refused { number, why } => failed(number, why),
            Overload::Intrinsic { name, text, parameters, result } => match declare(module, &name, &text, &parameters, &result) {
                Ok(symbol) => {
                    let told = format!("{symbol} {parameters:?} {result:?} {text}");
                    (Answered { answer: Answer::Typed { symbol, parameters, result }, raised: None }, vec![], told)
                }
                Err(why) => failed(None, why),
            },
            Overload::Function { symbol, literal } => {
                let (mut seen, mut sources) = (std::mem::take(&mut self.state.borrow_mut().seen), Sources::new());
                let added = bring_in(module.context(), module.body(0), self.request, &symbol, &mut seen, &mut sources);
                let mut state = self.state.borrow_mut();
                state.seen = seen;
                for (file, texts) in sources {
                    state.sources.entry(file).or_default().extend(texts);
                }
                match added {
                    Ok(added) => {
                        let text: String = added.iter().map(|op| op.to_generic_with_locations()).collect();
                        (Answered { answer: Answer::Function { symbol: symbol.clone(), literal }, raised: None }, added, format!("{symbol} {literal}\n{text}"))
                    }
                    Err(errors) => failed(None, errors.into_iter().next().unwrap_or_else(|| no_reason(&symbol))),
                }
            }
        })
    }
}

/// Declares an intrinsic, once its text is known to be right; gives its symbol.
fn declare(module: Op, name: &str, text: &str, parameters: &[Ty], result: &Ty) -> Result<String, Diagnostic> {
    let context = module.context();
    let verified = verify(context, text, parameters, result).and_then(|verified| assembles(&verified.module).map(|()| verified));
    let only_reads = verified.map(|verified| verified.only_reads).map_err(|why| {
        let error = Diagnostic::new(ErrorClass::Typing, NO_OVERLOAD, format!("the code of the intrinsic {name} is not right: {why}"), None);
        error.help("it is a `func.func` of MLIR over the parts of the arguments: docs/extending.md")
    })?;
    let types = Types::new(context);
    let mlir = |ty: &Ty| types.to_mlir(ty);
    let ty = FunctionType::new(context, &parameters.iter().map(mlir).collect::<Vec<_>>(), &[mlir(result)]);
    let told = format!("{name}\n{text}\n{parameters:?} {result:?}");
    let symbol = format!("intrinsic {name} {}", &blake3::hash(told.as_bytes()).to_hex()[..16]);
    let known = module.body(0).ops().into_iter().any(|op| op.str_attr("sym_name") == Some(&symbol));
    if !known {
        let b = Builder::at_end(context, module.body(0), module.loc());
        let mut attrs = vec![("sym_name", b.str(&symbol)), ("function_type", b.ty_attr(ty.into())), ("sym_visibility", b.str("private")), (TEXT, b.str(text))];
        if only_reads {
            attrs.push(("zouk.writes", b.i32_array(&[])));
        }
        b.op_with_regions("func.func", &[], &[], &attrs, &[Region::new()]);
    }
    Ok(symbol)
}

/// LLVM may still refuse what MLIR does not look into, such as the text of inline assembly.
fn assembles(module: &Module) -> Result<(), String> {
    Stage::Llvm.check(End::Reached, module_op(module), &|_| false).map_err(|error| error.message)?;
    let options = CodegenOptions { opt_level: 0, ..CodegenOptions::default() };
    codegen::emit(module, Output::Object, &options).map(|_| ()).map_err(|error| error.to_string())
}

fn no_reason(symbol: &str) -> Diagnostic {
    Diagnostic::new(ErrorClass::Internal, "internal-error", format!("{symbol} is not lowered"), None)
}

impl Overloads for Asked<'_> {
    fn ask<'c>(&self, module: Op<'c>, question: &str) -> Result<(Answer, Vec<Op<'c>>), Diagnostic> {
        let known = self.state.borrow().answers.get(question).cloned();
        let (answered, added) = match known {
            Some(answered) => (answered, vec![]),
            None => {
                let (answered, added, text) = self.answer(module, question)?;
                let mut state = self.state.borrow_mut();
                state.answers.insert(question.to_string(), answered.clone());
                state.asked.push((question.to_string(), text));
                (answered, added)
            }
        };
        if answered.raised.is_some() {
            self.state.borrow_mut().raised = answered.raised;
        }
        Ok((answered.answer, added))
    }

    fn need_value(&self, parameter: usize) {
        self.state.borrow_mut().needs_value = Some(parameter);
    }
}
