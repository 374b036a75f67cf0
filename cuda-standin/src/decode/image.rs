//! A loaded module: its variables in device memory, and a program for each kernel.

use super::function::{Builder, abi, decode_function};
use crate::machine::ops::{Place, Program, Routine};
use crate::machine::spaces::CODE_WINDOW;
use crate::memory::{Kind, Memory};
use crate::ptx::syntax::*;
use crate::ptx::{Parsed, Wrong};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A function in one of the modules: indices.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FunctionId(pub usize, pub usize);

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Symbol {
    Variable(usize, usize),
    Function(FunctionId),
}

/// Where a variable is: in device memory, or at an offset of shared memory.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    pub address: u64,
    pub bytes: u64,
    pub space: Space,
}

/// Modules that are loaded together, each seeing its own names first.
pub struct Linked<'a> {
    pub modules: &'a [Module],
    own: Vec<FxHashMap<&'a str, Symbol>>,
    exported: FxHashMap<&'a str, Symbol>,
    /// Of variables in device memory.
    pub homes: FxHashMap<(usize, usize), Home>,
    /// Where constants begin: addresses of constant memory count from there.
    pub constants: u64,
    /// What is allocated for the variables.
    allocated: Vec<u64>,
}

pub struct Image {
    pub kernels: BTreeMap<String, Arc<Program>>,
    /// Variables that the host may ask for.
    pub globals: BTreeMap<String, Home>,
    /// All variables, to be freed with the module.
    pub addresses: Vec<u64>,
}

impl<'a> Linked<'a> {
    fn new(modules: &'a [Module]) -> Parsed<Linked<'a>> {
        let mut own = Vec::new();
        let mut exported: FxHashMap<&str, Symbol> = FxHashMap::default();
        for (number, module) in modules.iter().enumerate() {
            let mut names: FxHashMap<&str, Symbol> = FxHashMap::default();
            let variables = module.variables.iter().enumerate().map(|(index, variable)| (variable.name.as_str(), Symbol::Variable(number, index), variable.linkage, variable.linkage != Linkage::Extern || variable.space == Space::Shared, variable.line));
            let functions = module.functions.iter().enumerate().map(|(index, function)| (function.name.as_str(), Symbol::Function(FunctionId(number, index)), function.linkage, function.body.is_some(), function.line));
            for (name, symbol, linkage, defined, line) in variables.chain(functions) {
                if !defined {
                    names.entry(name).or_insert(symbol);
                    continue;
                }
                let before = names.insert(name, symbol);
                if before.is_some_and(|before| is_defined(modules, before)) {
                    return Err(Wrong::new(line, format!("Duplicate definition of '{name}'")));
                }
                if linkage == Linkage::Weak {
                    exported.entry(name).or_insert(symbol);
                } else if linkage == Linkage::Visible && exported.insert(name, symbol).is_some_and(|before| !is_weak(modules, before)) {
                    return Err(Wrong::new(line, format!("Duplicate definition of '{name}'")));
                }
            }
            own.push(names);
        }
        Ok(Linked { modules, own, exported, homes: FxHashMap::default(), constants: 0, allocated: vec![] })
    }

    /// What a name means in a module: its own definition, or the one that another exports.
    pub fn find(&self, module: usize, name: &str) -> Option<Symbol> {
        let own = self.own[module].get(name).copied();
        match own {
            Some(symbol) if is_defined(self.modules, symbol) => Some(symbol),
            _ => self.exported.get(name).copied().or(own),
        }
    }

    pub fn function(&self, id: FunctionId) -> &'a Function {
        &self.modules[id.0].functions[id.1]
    }

    pub fn variable(&self, module: usize, index: usize) -> &'a Variable {
        &self.modules[module].variables[index]
    }

    /// The number that a pointer to the function is.
    pub fn address_of(&self, id: FunctionId) -> u64 {
        CODE_WINDOW + ((id.0 as u64) << 24 | id.1 as u64) * 16
    }

    /// Places the variables in device memory and writes their first values; constants are together.
    fn place(&mut self, memory: &Memory, device: usize) -> Parsed<()> {
        let modules = self.modules;
        let kept = |variable: &&Variable| variable.space != Space::Shared && variable.linkage != Linkage::Extern;
        let constant = |variable: &&Variable| variable.space == Space::Const;
        let after = |end: u64, variable: &Variable| end.next_multiple_of(u64::from(variable.align.max(1))) + variable.bytes;
        let bytes = modules.iter().flat_map(|module| module.variables.iter().filter(kept).filter(constant)).fold(0, after);
        let mut room = |bytes: u64, line, name: &str| {
            let address = memory.allocate(bytes.max(1), Kind::Module, device).ok_or_else(|| Wrong::new(line, format!("no memory for {name}")))?;
            self.allocated.push(address);
            Ok(address)
        };
        if bytes > 0 {
            self.constants = room(bytes, 0, "constants")?;
        }
        let mut end = 0;
        for (number, module) in modules.iter().enumerate() {
            for (index, variable) in module.variables.iter().enumerate().filter(|(_, variable)| kept(variable)) {
                let address = if constant(&variable) {
                    end = after(end, variable);
                    self.constants + end - variable.bytes
                } else {
                    room(variable.bytes, variable.line, &variable.name)?
                };
                self.homes.insert((number, index), Home { address, bytes: variable.bytes, space: variable.space });
            }
        }
        for (key, home) in &self.homes {
            let bytes = self.first_bytes(key.0, self.variable(key.0, key.1))?;
            memory.write(home.address, &bytes);
        }
        Ok(())
    }

    fn first_bytes(&self, module: usize, variable: &Variable) -> Parsed<Vec<u8>> {
        let mut bytes = Vec::with_capacity(variable.bytes as usize);
        let size = variable.ty.bytes() as usize;
        for value in &variable.initial {
            let number = match value {
                Initial::Integer(value) => *value,
                Initial::F32(bits) if size == 8 => f64::from(f32::from_bits(*bits)).to_bits(),
                Initial::F32(bits) => u64::from(*bits),
                Initial::F64(bits) if size == 4 => u64::from((f64::from_bits(*bits) as f32).to_bits()),
                Initial::F64(bits) => *bits,
                Initial::Address { name, offset } => {
                    let address = match self.find(module, name) {
                        Some(Symbol::Variable(module, index)) => self.homes.get(&(module, index)).map(|home| home.address),
                        Some(Symbol::Function(id)) => Some(self.address_of(id)),
                        None => None,
                    };
                    address.ok_or_else(|| Wrong::new(variable.line, format!("Unknown symbol '{name}'")))?.wrapping_add_signed(*offset)
                }
            };
            bytes.extend_from_slice(&number.to_le_bytes()[..size.min(8)]);
        }
        if bytes.len() as u64 > variable.bytes {
            return Err(Wrong::new(variable.line, format!("too many initial values for {}", variable.name)));
        }
        bytes.resize(variable.bytes as usize, 0);
        Ok(bytes)
    }

    /// Names in the operands of a body.
    fn names_in(&self, module: usize, body: &[Statement], found: &mut BTreeSet<String>) {
        fn names(operand: &Operand, found: &mut BTreeSet<String>) {
            match operand {
                Operand::Name(name, _) | Operand::Sum(name, _) | Operand::Address(Base::Name(name), _) => {
                    found.insert(name.clone());
                }
                Operand::Vector(all) | Operand::List(all) => all.iter().for_each(|operand| names(operand, found)),
                Operand::Not(inner) => names(inner, found),
                Operand::Pair(a, b) => {
                    names(a, found);
                    names(b, found);
                }
                _ => {}
            }
        }
        let mut all = BTreeSet::new();
        for statement in body {
            if let Statement::Instruction(instruction) = statement {
                instruction.operands.iter().for_each(|operand| names(operand, &mut all));
            }
        }
        found.extend(all.into_iter().filter(|name| self.find(module, name).is_some()));
    }

    /// The functions that one may come to, itself first, and the variables that they name.
    fn reachable(&self, start: FunctionId) -> (Vec<FunctionId>, BTreeSet<(usize, usize)>) {
        let mut functions = vec![start];
        let mut variables = BTreeSet::new();
        let mut next = 0;
        let mut all_pointers = false;
        while let Some(id) = functions.get(next).copied() {
            next += 1;
            let body = self.function(id).body.as_deref().unwrap_or_default();
            let mut names = BTreeSet::new();
            self.names_in(id.0, body, &mut names);
            let mut more: Vec<FunctionId> = Vec::new();
            for name in names {
                match self.find(id.0, &name) {
                    Some(Symbol::Function(other)) => more.push(other),
                    Some(Symbol::Variable(module, index)) => {
                        variables.insert((module, index));
                    }
                    None => {}
                }
            }
            let has_pointers = body.iter().any(|statement| matches!(statement, Statement::Prototype(..) | Statement::Targets(..)));
            if has_pointers && !std::mem::replace(&mut all_pointers, true) {
                more.extend(self.pointed_to());
            }
            for other in more {
                if !functions.contains(&other) && self.function(other).body.is_some() {
                    functions.push(other);
                }
            }
        }
        (functions, variables)
    }

    /// Functions whose address is in a variable or an operand that is not a call's.
    fn pointed_to(&self) -> Vec<FunctionId> {
        let mut found = Vec::new();
        for (number, module) in self.modules.iter().enumerate() {
            let mut names = BTreeSet::new();
            for value in module.variables.iter().flat_map(|variable| &variable.initial) {
                if let Initial::Address { name, .. } = value {
                    names.insert(name.clone());
                }
            }
            for body in module.functions.iter().filter_map(|function| function.body.as_deref()) {
                for statement in body {
                    match statement {
                        Statement::Instruction(instruction) if instruction.name != "call" => self.names_in_one(instruction, &mut names),
                        Statement::Targets(_, targets) => names.extend(targets.iter().cloned()),
                        _ => {}
                    }
                }
            }
            found.extend(names.iter().filter_map(|name| match self.find(number, name) {
                Some(Symbol::Function(id)) => Some(id),
                _ => None,
            }));
        }
        found
    }

    fn names_in_one(&self, instruction: &Instruction, names: &mut BTreeSet<String>) {
        for operand in &instruction.operands {
            if let Operand::Name(name, None) = operand {
                names.insert(name.clone());
            }
        }
    }
}

fn is_defined(modules: &[Module], symbol: Symbol) -> bool {
    match symbol {
        Symbol::Variable(module, index) => modules[module].variables[index].linkage != Linkage::Extern || modules[module].variables[index].space == Space::Shared,
        Symbol::Function(FunctionId(module, index)) => modules[module].functions[index].body.is_some(),
    }
}

fn is_weak(modules: &[Module], symbol: Symbol) -> bool {
    match symbol {
        Symbol::Variable(module, index) => modules[module].variables[index].linkage == Linkage::Weak,
        Symbol::Function(FunctionId(module, index)) => modules[module].functions[index].linkage == Linkage::Weak,
    }
}

impl Image {
    /// Links modules and decodes all of their kernels. What was allocated is freed again on an error.
    pub fn load(modules: &[Module], memory: &Memory, device: usize) -> Parsed<Image> {
        let mut linked = Linked::new(modules)?;
        let placed = linked.place(memory, device);
        let addresses = std::mem::take(&mut linked.allocated);
        let loaded = placed.and_then(|_| kernels(&linked));
        let kernels = loaded.inspect_err(|_| {
            for address in &addresses {
                memory.free(*address, |_| true);
            }
        })?;
        let mut globals = BTreeMap::new();
        for ((module, index), home) in &linked.homes {
            globals.insert(linked.variable(*module, *index).name.clone(), *home);
        }
        Ok(Image { kernels, globals, addresses })
    }
}

fn kernels(linked: &Linked<'_>) -> Parsed<BTreeMap<String, Arc<Program>>> {
    let mut kernels = BTreeMap::new();
    let mut decoded = BTreeSet::new();
    let all = || linked.modules.iter().enumerate().flat_map(|(number, module)| (0..module.functions.len()).map(move |index| FunctionId(number, index)));
    for id in all().filter(|id| linked.function(*id).entry && linked.function(*id).body.is_some()) {
        let program = program(linked, id, &mut decoded)?;
        kernels.insert(program.name.clone(), Arc::new(program));
    }
    // Functions that no kernel calls are wrong all the same if they are wrong.
    for id in all().filter(|id| linked.function(*id).body.is_some()) {
        if !decoded.contains(&id) {
            program(linked, id, &mut decoded)?;
        }
    }
    Ok(kernels)
}

/// Offsets in shared memory for variables: the static ones, then what the launch adds.
pub struct SharedLayout {
    pub offsets: FxHashMap<(usize, usize), u32>,
    pub bytes: u32,
    pub dynamic: Option<u32>,
}

impl SharedLayout {
    pub fn add(&mut self, bytes: u64, align: u32) -> u32 {
        let start = self.bytes.next_multiple_of(align.max(1));
        self.bytes = start.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        start
    }
}

fn program(linked: &Linked<'_>, entry: FunctionId, decoded: &mut BTreeSet<FunctionId>) -> Parsed<Program> {
    let (functions, variables) = linked.reachable(entry);
    let mut shared = SharedLayout { offsets: FxHashMap::default(), bytes: 0, dynamic: None };
    let mut dynamic_align = 0;
    for key in variables.iter().filter(|key| linked.variable(key.0, key.1).space == Space::Shared) {
        let variable = linked.variable(key.0, key.1);
        if variable.bytes == 0 {
            dynamic_align = dynamic_align.max(variable.align);
        } else {
            let offset = shared.add(variable.bytes, variable.align);
            shared.offsets.insert(*key, offset);
        }
    }
    for id in &functions {
        for statement in linked.function(*id).body.iter().flatten() {
            if let Statement::Variable(variable) = statement && variable.space == Space::Shared {
                shared.add(variable.bytes, variable.align);
            }
        }
    }
    // Shared variables of bodies are placed again, in the same order, when those are decoded.
    let total = shared.bytes;
    let inner_start = variables.iter().filter_map(|key| shared.offsets.get(key).map(|offset| u64::from(*offset) + linked.variable(key.0, key.1).bytes)).max().unwrap_or(0) as u32;
    shared.bytes = inner_start;
    shared.dynamic = (dynamic_align > 0).then(|| total.next_multiple_of(dynamic_align.max(16)));
    let start = linked.function(entry);
    let mut builder = Builder::new(linked, shared, &functions);
    for id in &functions {
        decode_function(&mut builder, *id)?;
        decoded.insert(*id);
    }
    builder.link_calls();
    let module = &linked.modules[entry.0];
    let (_, _, parameter_bytes) = abi(&[], &start.parameters);
    let local_bytes = builder.deepest();
    let routines: Vec<Routine> = builder.routines.clone();
    let limits = start.limits;
    let registers = routines.iter().map(|routine| routine.registers).max().unwrap_or(0).max(8);
    let capped = [limits.max_registers, limits.max_threads.map(|threads| 65536 / threads.max(1)), Some(255)].into_iter().flatten().fold(registers, u32::min).max(1);
    let const_bytes = variables.iter().map(|key| linked.variable(key.0, key.1)).filter(|variable| variable.space == Space::Const).map(|variable| variable.bytes as u32).sum();
    Ok(Program {
        name: start.name.clone(),
        places: builder.places,
        names: builder.names,
        ops: builder.ops,
        routines,
        constants: builder.constants.rows.into(),
        files: module.files.clone(),
        parameters: start.parameters.clone(),
        parameter_bytes,
        static_shared: builder.shared.dynamic.unwrap_or(total),
        limits,
        local_bytes,
        const_bytes,
        registers: capped,
        version: module.version,
        target: module.target,
    })
}

impl Place {
    pub fn of(line: u32, source: Option<(u32, u32)>) -> Place {
        Place { line, source }
    }
}
