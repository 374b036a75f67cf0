//! A body, statement by statement: scopes, labels, frames.

use super::image::{FunctionId, Linked, SharedLayout, Symbol};
use super::pressure;
use crate::machine::lanes::Work;
use crate::machine::ops::*;
use crate::machine::registers::{CONSTANT, HEADER, Slot};
use crate::ptx::syntax::*;
use crate::ptx::types::Type;
use crate::ptx::{Parsed, Wrong};
use rustc_hash::FxHashMap;

/// Rows of constants, each once.
#[derive(Default)]
pub struct Constants {
    pub rows: Vec<u64>,
    known: FxHashMap<(u32, u64), Slot>,
}

impl Constants {
    /// A row with the value in every lane; of one bit for a predicate.
    pub fn slot(&mut self, width: u32, value: u64) -> Slot {
        let rows = &mut self.rows;
        *self.known.entry((width, value)).or_insert_with(|| {
            let slot = rows.len() as Slot | CONSTANT;
            match width {
                1 => rows.push(if value & 1 == 1 { u64::from(u32::MAX) } else { 0 }),
                16 => rows.extend([(value & 0xffff) * 0x0001_0001_0001_0001; 8]),
                32 => rows.extend([(value & 0xffff_ffff) * 0x0000_0001_0000_0001; 16]),
                _ => rows.extend([value; 32]),
            }
            slot
        })
    }
}

/// What a name means in a body.
#[derive(Clone, Debug)]
pub enum Named {
    Register { slot: Slot, ty: Type },
    /// In the frame's part of local memory: variables, parameters of functions and calls.
    Frame { offset: u32, bytes: u32 },
    /// Of a kernel.
    Parameter { offset: u32 },
    Shared { offset: u32 },
    Global { address: u64 },
    Constant { address: u64 },
    Function(FunctionId),
    Targets(Vec<String>),
    Prototype(Prototype),
}

/// Registers `%r0`, `%r1`, … that are declared together; each gets its row when it is first used.
struct Family {
    prefix: String,
    count: u32,
    ty: Type,
}

#[derive(Default)]
struct Scope {
    names: FxHashMap<String, Named>,
    families: Vec<Family>,
    number: usize,
}

/// The program as far as it is decoded.
pub struct Builder<'a> {
    pub linked: &'a Linked<'a>,
    pub shared: SharedLayout,
    pub ops: Vec<Op>,
    pub places: Vec<Place>,
    pub names: Vec<String>,
    pub routines: Vec<Routine>,
    pub constants: Constants,
    functions: Vec<FunctionId>,
    /// Calls whose target is known when all functions are decoded.
    pub calls: Vec<(usize, FunctionId)>,
    pub has_indirect: bool,
    /// Which function calls which: the deepest chain of them needs the most local memory.
    callees: Vec<(usize, usize)>,
    // Of the function that is being decoded:
    pub module: usize,
    pub entry: bool,
    pub function: FunctionId,
    scopes: Vec<Scope>,
    scopes_seen: usize,
    next_slot: u32,
    pub frame_bytes: u32,
    next_local: u32,
    pub guard: Guard,
    pub place: Place,
    mnemonic: String,
    /// Carry of extended arithmetic.
    pub carry: Slot,
    labels: FxHashMap<(usize, String), u32>,
    pub jumps: Vec<(usize, Vec<usize>, Vec<String>)>,
    pub reads: Vec<Slot>,
    pub writes: Vec<Slot>,
    effects: Vec<(Vec<Slot>, Vec<Slot>)>,
    widths: FxHashMap<Slot, u32>,
}

/// Offsets of results and parameters in the callee's frame, and where they end.
pub fn abi(results: &[Parameter], parameters: &[Parameter]) -> (Vec<u32>, Vec<u32>, u32) {
    let mut end = 0u32;
    let mut place = |parameter: &Parameter| {
        let start = end.next_multiple_of(parameter.align);
        end = start + parameter.bytes;
        start
    };
    let results = results.iter().map(&mut place).collect();
    let parameters = parameters.iter().map(&mut place).collect();
    (results, parameters, end)
}

/// Words of a row.
fn words(width: u32) -> u32 {
    match width {
        1 => 1,
        8 | 16 => 8,
        32 => 16,
        64 => 32,
        _ => 64,
    }
}

impl<'a> Builder<'a> {
    pub fn new(linked: &'a Linked<'a>, shared: SharedLayout, functions: &[FunctionId]) -> Builder<'a> {
        Builder {
            linked,
            shared,
            ops: Vec::new(),
            places: Vec::new(),
            names: Vec::new(),
            routines: Vec::new(),
            constants: Constants::default(),
            functions: functions.to_vec(),
            calls: Vec::new(),
            has_indirect: false,
            callees: Vec::new(),
            module: 0,
            entry: false,
            function: functions[0],
            scopes: Vec::new(),
            scopes_seen: 0,
            next_slot: 0,
            frame_bytes: 0,
            next_local: 0,
            guard: Guard::Always,
            place: Place::default(),
            mnemonic: String::new(),
            carry: 0,
            labels: FxHashMap::default(),
            jumps: Vec::new(),
            reads: Vec::new(),
            writes: Vec::new(),
            effects: Vec::new(),
            widths: FxHashMap::default(),
        }
    }

    pub fn wrong<T>(&self, text: impl Into<String>) -> Parsed<T> {
        Err(Wrong::new(self.place.line, text))
    }

    /// A new row.
    pub fn fresh(&mut self, width: u32) -> Slot {
        let slot = self.next_slot;
        self.next_slot += words(width);
        self.widths.insert(slot, width);
        slot
    }

    fn define(&mut self, name: &str, named: Named) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.names.insert(name.to_string(), named);
        }
    }

    /// What a name means here, innermost scope first.
    pub fn find(&mut self, name: &str) -> Option<Named> {
        for index in (0..self.scopes.len()).rev() {
            if let Some(named) = self.scopes[index].names.get(name) {
                return Some(named.clone());
            }
            let member = |family: &&Family| name.strip_prefix(family.prefix.as_str()).and_then(|digits| digits.parse::<u32>().ok()).is_some_and(|number| number < family.count);
            if let Some(ty) = self.scopes[index].families.iter().find(member).map(|family| family.ty) {
                let slot = self.fresh(register_width(ty));
                let named = Named::Register { slot, ty };
                self.scopes[index].names.insert(name.to_string(), named.clone());
                return Some(named);
            }
        }
        match self.linked.find(self.module, name)? {
            Symbol::Function(id) => Some(Named::Function(id)),
            Symbol::Variable(module, index) => {
                if let Some(home) = self.linked.homes.get(&(module, index)) {
                    let address = home.address;
                    return Some(if home.space == Space::Const { Named::Constant { address } } else { Named::Global { address } });
                }
                if let Some(offset) = self.shared.offsets.get(&(module, index)) {
                    return Some(Named::Shared { offset: *offset });
                }
                let variable = self.linked.variable(module, index);
                (variable.space == Space::Shared && variable.bytes == 0).then_some(Named::Shared { offset: self.shared.dynamic? })
            }
        }
    }

    /// Adds an operation under the guard of the instruction.
    pub fn emit(&mut self, action: Action) -> usize {
        let guard = self.guard;
        self.emit_under(guard, action)
    }

    pub fn emit_under(&mut self, guard: Guard, action: Action) -> usize {
        self.ops.push(Op { guard, action });
        self.places.push(self.place);
        self.names.push(self.mnemonic.clone());
        self.effects.push((Vec::new(), Vec::new()));
        self.ops.len() - 1
    }

    pub fn lanes(&mut self, work: Work) {
        self.emit(Action::Lanes(work));
    }

    /// A jump to labels, known when the function is.
    pub fn jump(&mut self, op: usize, labels: Vec<String>) {
        let chain = self.scopes.iter().rev().map(|scope| scope.number).collect();
        self.jumps.push((op, chain, labels));
    }

    fn open(&mut self) {
        self.scopes_seen += 1;
        self.scopes.push(Scope { number: self.scopes_seen, ..Scope::default() });
    }

    fn declare(&mut self, ty: Type, lanes: u32, names: &[(String, Option<u32>)]) {
        for (name, count) in names {
            if let Some(count) = count {
                let family = Family { prefix: name.clone(), count: *count, ty };
                if let Some(scope) = self.scopes.last_mut() {
                    scope.families.push(family);
                }
            } else if lanes == 1 {
                let slot = self.fresh(register_width(ty));
                self.define(name, Named::Register { slot, ty });
            } else {
                for part in ["x", "y", "z", "w"].iter().take(lanes as usize) {
                    let slot = self.fresh(register_width(ty));
                    self.define(&format!("{name}.{part}"), Named::Register { slot, ty });
                }
            }
        }
    }

    /// The next bytes of the frame.
    fn place_local(&mut self, bytes: u32, align: u32) -> u32 {
        let start = self.next_local.next_multiple_of(align.max(1));
        self.next_local = start + bytes;
        start
    }

    fn variable(&mut self, variable: &Variable) -> Parsed<()> {
        let bytes = variable.bytes as u32;
        let named = match variable.space {
            Space::Local | Space::Param => Named::Frame { offset: self.place_local(bytes, variable.align), bytes },
            Space::Shared => Named::Shared { offset: self.shared.add(variable.bytes, variable.align) },
            _ => return Err(Wrong::new(variable.line, format!("{}: such a variable belongs outside of functions", variable.name))),
        };
        self.define(&variable.name, named);
        Ok(())
    }

    /// Targets of direct calls.
    pub fn link_calls(&mut self) {
        for (op, id) in std::mem::take(&mut self.calls) {
            let index = self.functions.iter().position(|known| *known == id).unwrap_or(0);
            let start = self.routines[index].start;
            if let Action::Call { target, .. } = &mut self.ops[op].action {
                *target = Target::Direct(start);
            }
            let caller = self.routines.iter().position(|routine| (op as u32) < routine.end).unwrap_or(0);
            self.callees.push((caller, index));
        }
    }

    /// Bytes of local memory that the deepest chain of calls needs; None with recursion or calls through pointers.
    pub fn deepest(&self) -> Option<u32> {
        fn need(builder: &Builder<'_>, routine: usize, chain: &mut Vec<usize>) -> Option<u32> {
            if chain.contains(&routine) {
                return None;
            }
            chain.push(routine);
            let mut most = 0;
            for (_, callee) in builder.callees.iter().filter(|(caller, _)| *caller == routine) {
                most = most.max(need(builder, *callee, chain)?);
            }
            chain.pop();
            Some(builder.routines[routine].stack + most)
        }
        if self.has_indirect { None } else { need(self, 0, &mut Vec::new()) }
    }
}

/// Bits of the row that a register of the type has.
pub fn register_width(ty: Type) -> u32 {
    match ty.width() {
        8 => 16,
        width => width,
    }
}

/// Appends a function to the program.
pub fn decode_function(builder: &mut Builder<'_>, id: FunctionId) -> Parsed<()> {
    let function = builder.linked.function(id);
    let body = function.body.as_deref().unwrap_or_default();
    let start = builder.ops.len() as u32;
    begin(builder, id, body);
    for statement in body {
        match statement {
            Statement::Open => builder.open(),
            Statement::Close => {
                builder.scopes.pop();
            }
            Statement::Label(name) => {
                let number = builder.scopes.last().map_or(0, |scope| scope.number);
                let here = builder.ops.len() as u32;
                if builder.labels.insert((number, name.clone()), here).is_some() {
                    return builder.wrong(format!("Duplicate definition of label '{name}'"));
                }
            }
            Statement::Registers { ty, lanes, names } => builder.declare(*ty, *lanes, names),
            Statement::Variable(variable) => builder.variable(variable)?,
            Statement::Source { file, line } => builder.place.source = Some((*file, *line)),
            Statement::Targets(name, targets) => builder.define(name, Named::Targets(targets.clone())),
            Statement::Prototype(name, prototype) => builder.define(name, Named::Prototype(prototype.clone())),
            Statement::Instruction(instruction) => statement_of(builder, instruction)?,
        }
    }
    builder.guard = Guard::Always;
    builder.mnemonic = "ret".to_string();
    builder.emit(Action::Return);
    finish(builder, function, start)
}

fn begin(builder: &mut Builder<'_>, id: FunctionId, body: &[Statement]) {
    let function = builder.linked.function(id);
    builder.module = id.0;
    builder.function = id;
    builder.entry = function.entry;
    builder.scopes.clear();
    builder.labels.clear();
    builder.jumps.clear();
    builder.effects.clear();
    builder.widths.clear();
    builder.next_slot = HEADER;
    builder.next_local = 0;
    builder.place = Place::of(function.line, None);
    builder.open();
    builder.carry = builder.fresh(1);
    let (results, parameters, end) = abi(&function.results, &function.parameters);
    for (offset, parameter) in results.iter().zip(&function.results).chain(parameters.iter().zip(&function.parameters)) {
        let named = if function.entry { Named::Parameter { offset: *offset } } else { Named::Frame { offset: *offset, bytes: parameter.bytes } };
        builder.define(&parameter.name, named);
    }
    // The frame's size is needed before its variables are come to.
    builder.next_local = if function.entry { 0 } else { end };
    let first = builder.next_local;
    for statement in body {
        if let Statement::Variable(variable) = statement && matches!(variable.space, Space::Local | Space::Param) {
            builder.place_local(variable.bytes as u32, variable.align);
        }
    }
    builder.frame_bytes = builder.next_local.next_multiple_of(16);
    builder.next_local = first;
    let targets = |statement: &Statement| match statement {
        Statement::Targets(name, targets) => Some((name.clone(), Named::Targets(targets.clone()))),
        Statement::Prototype(name, prototype) => Some((name.clone(), Named::Prototype(prototype.clone()))),
        _ => None,
    };
    for (name, named) in body.iter().filter_map(targets) {
        builder.define(&name, named);
    }
}

/// One instruction: a guard that cannot be a mask is a branch around it.
fn statement_of(builder: &mut Builder<'_>, instruction: &Instruction) -> Parsed<()> {
    builder.place.line = instruction.line;
    builder.mnemonic = instruction.full_name();
    builder.guard = Guard::Always;
    builder.reads.clear();
    builder.writes.clear();
    let mut around = None;
    if let Some((name, negated)) = &instruction.guard {
        let slot = builder.predicate_register(name)?;
        let (holds, fails) = if *negated { (Guard::Unless(slot), Guard::If(slot)) } else { (Guard::If(slot), Guard::Unless(slot)) };
        let as_mask = !matches!(instruction.name.as_str(), "bar" | "barrier" | "shfl" | "vote" | "match" | "redux" | "elect" | "call" | "brx" | "activemask" | "nanosleep");
        if as_mask {
            builder.guard = holds;
        } else {
            around = Some(builder.emit_under(fails, Action::Branch(0)));
        }
    }
    super::instructions::decode(builder, instruction)?;
    if let Some(effect) = builder.effects.last_mut() {
        let guarded = instruction.guard.is_some();
        effect.0 = std::mem::take(&mut builder.reads);
        effect.1 = if guarded { Vec::new() } else { std::mem::take(&mut builder.writes) };
    }
    if let Some(op) = around {
        let here = builder.ops.len() as u32;
        builder.ops[op].action = Action::Branch(here);
    }
    Ok(())
}

fn finish(builder: &mut Builder<'_>, function: &Function, start: u32) -> Parsed<()> {
    for (op, scopes, labels) in std::mem::take(&mut builder.jumps) {
        let mut targets = Vec::new();
        for label in &labels {
            let found = scopes.iter().find_map(|scope| builder.labels.get(&(*scope, label.clone())));
            let Some(target) = found else { return Err(Wrong::new(builder.places[op].line, format!("Unknown label '{label}'"))) };
            targets.push(*target);
        }
        match &mut builder.ops[op].action {
            Action::Branch(target) => *target = targets[0],
            Action::BranchIndexed { targets: all, .. } => *all = targets,
            _ => {}
        }
    }
    let frame = builder.next_slot;
    let end = builder.ops.len() as u32;
    for op in &mut builder.ops[start as usize..] {
        if let Action::Call { frame: size, .. } = &mut op.action {
            *size = frame;
        }
    }
    let registers = pressure::alive_at_once(&builder.ops[start as usize..], start, &builder.effects, &builder.widths);
    let address = builder.linked.address_of(builder.function);
    builder.routines.push(Routine { name: function.name.clone(), address, start, end, frame, stack: builder.frame_bytes, registers });
    Ok(())
}
