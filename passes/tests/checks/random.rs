//! Random nests of loops with random linear bounds and positions.

struct Random(u64);

impl Random {
    /// A number below `n` (xorshift).
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % n
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

/// The state of making one program.
struct Maker {
    random: Random,
    text: String,
    next: usize,
}

/// The body of a function of `%n`, `%m` and the arrays `%a`, `%b` with their sizes as i64s.
pub fn body(seed: u64) -> String {
    let mut maker = Maker { random: Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1), text: String::new(), next: 0 };
    for _ in 0..20 {
        maker.random.below(2);
    }
    let scope: Vec<String> = ["n", "m", "length", "height", "width", "zero", "one", "two"].map(String::from).to_vec();
    maker.statements(&scope, 3);
    maker.text
}

impl Maker {
    fn fresh(&mut self) -> String {
        self.next += 1;
        format!("v{}", self.next)
    }

    fn line(&mut self, text: String) {
        self.text += &text;
        self.text += "\n";
    }

    fn define(&mut self, text: impl FnOnce(&str) -> String) -> String {
        let name = self.fresh();
        let line = text(&name);
        self.line(line);
        name
    }

    fn constant(&mut self) -> String {
        let value = self.random.pick(&[-2, -1, 0, 1, 2, 3, 5, i64::MAX, i64::MAX - 2, i64::MIN, i64::MIN + 2]);
        self.define(|v| format!("%{v} = arith.constant {value} : i64"))
    }

    /// A value in terms of those in scope.
    fn expression(&mut self, scope: &[String], depth: usize) -> String {
        match self.random.below(if depth == 0 { 2 } else { 9 }) {
            0 => self.random.pick(scope),
            1 if self.random.below(3) == 0 => self.constant(),
            1 => self.random.pick(&scope[scope.len().saturating_sub(3)..]),
            2 => {
                let condition = self.condition(scope);
                let (a, b) = (self.expression(scope, depth - 1), self.expression(scope, depth - 1));
                self.define(|v| format!("%{v} = arith.select %{condition}, %{a}, %{b} : i64"))
            }
            3 => {
                let (a, b) = (self.expression(scope, depth - 1), self.random.pick(&["one", "two"]));
                let op = self.random.pick(&["arith.divui", "arith.divsi", "arith.remsi"]);
                self.define(|v| format!("%{v} = {op} %{a}, %{b} : i64"))
            }
            _ => {
                let (a, b) = (self.expression(scope, depth - 1), self.expression(scope, depth - 1));
                let op = self.random.pick(&["addi", "addi", "subi", "subi", "muli", "minsi", "maxsi", "andi"]);
                self.define(|v| format!("%{v} = arith.{op} %{a}, %{b} : i64"))
            }
        }
    }

    fn condition(&mut self, scope: &[String]) -> String {
        let (a, b) = (self.expression(scope, 1), self.random.pick(scope));
        let predicate = self.random.pick(&["slt", "sle", "sgt", "sge", "eq", "ne", "ult", "uge"]);
        self.define(|v| format!("%{v} = arith.cmpi {predicate}, %{a}, %{b} : i64"))
    }

    fn access(&mut self, scope: &[String]) {
        let position = self.expression(scope, 2);
        let wraps = self.random.pick(&["wraps ", "wraps ", ""]);
        let (array, size, second) = self.random.pick(&[("a", "size", ""), ("b", "rows", "columns"), ("a", "size", "")]);
        let ty = if second.is_empty() { "memref<?xf64>" } else { "memref<?x?xf64>" };
        let mut places = vec![self.place(&position, size, wraps)];
        if !second.is_empty() {
            let position = self.expression(scope, 1);
            places.push(self.place(&position, second, "wraps "));
        }
        self.line(format!("memref.store %x, %{array}[{}] : {ty}", places.join(", ")));
    }

    fn place(&mut self, position: &str, size: &str, wraps: &str) -> String {
        let cast = self.define(|v| format!("%{v} = arith.index_cast %{position} : i64 to index"));
        let place = self.define(|v| format!("%{v} = rt.index %{cast} of %{size} {wraps}checked \"0\""));
        format!("%{place}")
    }

    fn statements(&mut self, scope: &[String], depth: usize) {
        for _ in 0..1 + self.random.below(2) {
            match self.random.below(if depth == 0 { 2 } else { 6 }) {
                0 => self.access(scope),
                1 => {
                    let condition = self.condition(scope);
                    self.line(format!("scf.if %{condition} {{"));
                    self.access(scope);
                    self.line("}".into());
                }
                2 => self.counting_loop(scope, depth),
                3 if self.random.below(2) == 0 => self.loop_of_blocks(scope, depth),
                _ => self.for_loop(scope, depth),
            }
        }
    }

    fn for_loop(&mut self, scope: &[String], depth: usize) {
        let (from, to) = (self.expression(scope, 1), self.expression(scope, 1));
        let step = self.random.pick(&["one", "one", "one", "two"]);
        let counter = self.fresh();
        self.line(format!("scf.for %{counter} = %{from} to %{to} step %{step} : i64 {{"));
        let inner = [scope, &[counter]].concat();
        self.access(&inner);
        self.statements(&inner, depth - 1);
        self.line("}".into());
    }

    /// `while k < to: …; k += step` with a name that also counts something else.
    fn counting_loop(&mut self, scope: &[String], depth: usize) {
        let (from, to) = (self.expression(scope, 1), self.expression(scope, 1));
        let (head, more, result, counter) = (self.fresh(), self.fresh(), self.fresh(), self.fresh());
        let predicate = self.random.pick(&["slt", "slt", "sle", "ne", "sgt"]);
        self.line(format!("%{result} = scf.while (%{head} = %{from}) : (i64) -> i64 {{"));
        self.line(format!("%{more} = arith.cmpi {predicate}, %{head}, %{to} : i64"));
        self.line(format!("scf.condition(%{more}) %{head} : i64\n}} do {{\n^bb0(%{counter}: i64):"));
        let inner = [scope, &[counter.clone()]].concat();
        self.access(&inner);
        self.statements(&inner, depth - 1);
        let step = self.random.pick(&["one", "one", "two"]);
        let op = self.random.pick(&["addi", "addi", "subi"]);
        let next = self.define(|v| format!("%{v} = arith.{op} %{counter}, %{step} : i64"));
        self.line(format!("scf.yield %{next} : i64\n}}"));
        self.access(&[scope, &[result]].concat());
    }

    /// A loop that a condition leaves early, as blocks.
    fn loop_of_blocks(&mut self, scope: &[String], depth: usize) {
        let (from, to) = (self.expression(scope, 1), self.expression(scope, 1));
        let (counter, more, number) = (self.fresh(), self.fresh(), self.next);
        self.line(format!("scf.execute_region {{\ncf.br ^head{number}(%{from} : i64)\n^head{number}(%{counter}: i64):"));
        let predicate = self.random.pick(&["slt", "sle", "sgt"]);
        self.line(format!("%{more} = arith.cmpi {predicate}, %{counter}, %{to} : i64"));
        self.line(format!("cf.cond_br %{more}, ^body{number}, ^end{number}\n^body{number}:"));
        let inner = [scope, &[counter.clone()]].concat();
        self.access(&inner);
        self.statements(&inner, depth - 1);
        let leave = self.condition(&inner);
        self.line(format!("cf.cond_br %{leave}, ^end{number}, ^latch{number}(%{counter} : i64)\n^latch{number}(%latch{number}: i64):"));
        let op = self.random.pick(&["addi", "addi", "subi"]);
        let step = self.random.pick(&["one", "two"]);
        let next = self.define(|v| format!("%{v} = arith.{op} %latch{number}, %{step} : i64"));
        self.line(format!("cf.br ^head{number}(%{next} : i64)\n^end{number}:\nscf.yield\n}}"));
    }
}
