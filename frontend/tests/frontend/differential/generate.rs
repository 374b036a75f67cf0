//! Random functions of two integers that end, with every construct that binds names or moves control.

/// A xorshift generator: the programs are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % n
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }
}

struct Generator {
    random: Random,
    text: String,
    indent: usize,
    loops: usize,
    counters: usize,
}

/// The names after the parameters are locals that some paths leave unbound.
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

pub fn function(name: &str, seed: u64) -> String {
    let mut g = Generator { random: Random((seed + 1) * 0x9E37_79B9_7F4A_7C15), text: format!("def {name}(a, b):\n"), indent: 1, loops: 0, counters: 0 };
    for name in &NAMES[2..] {
        if g.random.chance(70) {
            let value = g.number();
            g.line(&format!("{name} = {value}"));
        }
    }
    g.block(3, 5);
    let result = g.expression(2);
    g.line(&format!("return {result}, a, b"));
    g.line("c = d = e = 0");
    g.text
}

impl Generator {
    fn line(&mut self, text: &str) {
        self.text += &format!("{}{text}\n", "    ".repeat(self.indent));
    }

    fn number(&mut self) -> String {
        (self.random.below(9) as i64 - 3).to_string()
    }

    fn name(&mut self) -> &'static str {
        if self.random.chance(40) { self.random.pick(&NAMES[..2]) } else { self.random.pick(&NAMES) }
    }

    fn expression(&mut self, depth: usize) -> String {
        if depth == 0 || self.random.chance(30) {
            return if self.random.chance(40) { self.number() } else { self.name().into() };
        }
        let (x, y, z) = (self.expression(depth - 1), self.expression(depth - 1), self.expression(depth - 1));
        let (op, again) = (self.random.pick(&["<", "<=", "==", "!=", ">", ">="]), self.random.pick(&["<", ">="]));
        match self.random.below(14) {
            0..=3 => format!("({x} {} {y})", self.random.pick(&["+", "-"])),
            4 => format!("(({x} * {y}) % 97)"),
            5 => format!("({x} {op} {y})"),
            6 => format!("({x} {op} {y} {again} {z})"),
            7 => format!("({x} and {y} or {z})"),
            8 => format!("({x} or {y})"),
            9 => format!("(not {x})"),
            10 => format!("({x} if {y} else {z})"),
            11 => format!("({} := {x})", self.random.pick(&NAMES)),
            12 => format!("(-{x})"),
            _ => format!("({x} and {y})"),
        }
    }

    fn block(&mut self, depth: usize, length: usize) {
        let statements = 1 + self.random.below(length);
        for _ in 0..statements {
            self.statement(depth);
        }
    }

    fn nested(&mut self, depth: usize) {
        self.indent += 1;
        self.block(depth, 3);
        self.indent -= 1;
    }

    fn statement(&mut self, depth: usize) {
        let value = self.expression(2);
        let name = self.random.pick(&NAMES);
        match self.random.below(if depth == 0 { 13 } else { 20 }) {
            0..=3 => self.line(&format!("{name} = {value}")),
            4 => self.line(&format!("{name} {}= {value}", if self.random.0 % 2 == 0 { "+" } else { "-" })),
            5 => {
                let (other, second) = (self.random.pick(&NAMES), self.expression(1));
                self.line(&format!("{name}, {other} = {second}, {value}"));
            }
            6 | 7 => self.line(&format!("print({value})")),
            8 if self.random.chance(30) => self.line(&format!("del {name}")),
            9 if self.random.chance(40) => self.line(&format!("return {value}")),
            9 if self.random.chance(30) => self.line("return"),
            10 if self.random.chance(30) => self.line("raise ValueError"),
            11 if self.random.chance(40) => self.line(&format!("assert {value}")),
            10..=12 if self.loops > 0 => {
                let exit = self.random.pick(&["break", "continue"]);
                self.line(exit);
            }
            13..=15 => self.if_statement(depth, &value),
            16 | 17 => self.for_statement(depth, name),
            18 | 19 => self.while_statement(depth, &value),
            _ => self.line("pass"),
        }
    }

    fn if_statement(&mut self, depth: usize, test: &str) {
        self.line(&format!("if {test}:"));
        self.nested(depth - 1);
        if self.random.chance(30) {
            let test = self.expression(1);
            self.line(&format!("elif {test}:"));
            self.nested(depth - 1);
        }
        if self.random.chance(50) {
            self.line("else:");
            self.nested(depth - 1);
        }
    }

    fn for_statement(&mut self, depth: usize, target: &str) {
        let count = self.random.below(4);
        self.line(&format!("for {target} in range({count}):"));
        self.loop_body(depth, None);
    }

    /// A counter of its own ends every `while`.
    fn while_statement(&mut self, depth: usize, test: &str) {
        self.counters += 1;
        let counter = format!("k{}", self.counters);
        self.line(&format!("{counter} = 0"));
        if self.random.chance(30) {
            self.line("while True:");
            self.loop_body(depth, Some(&format!("{counter} += 1\nif {counter} > 4: {}", if self.random.0 % 4 == 0 { "return c" } else { "break" })));
        } else {
            self.line(&format!("while {counter} < 4 and {test}:"));
            self.loop_body(depth, Some(&format!("{counter} += 1")));
        }
    }

    fn loop_body(&mut self, depth: usize, first: Option<&str>) {
        self.indent += 1;
        first.into_iter().flat_map(str::lines).for_each(|line| self.line(line));
        self.indent -= 1;
        self.loops += 1;
        self.nested(depth - 1);
        self.loops -= 1;
        if self.random.chance(30) {
            self.line("else:");
            self.nested(depth - 1);
        }
    }
}
