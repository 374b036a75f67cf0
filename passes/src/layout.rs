//! The layout of a generalized ufunc, `(m,n),(n,p)->(m,p)`, as functions under `@guvectorize` carry it in `py.gufunc`. It has been checked before.

pub struct CoreLayout {
    /// The numbers of each operand's core dimensions, in the order in which names first occur.
    pub operands: Vec<Vec<usize>>,
    /// How many of the operands are inputs; outputs follow.
    pub inputs: usize,
    /// The sizes that names give which are numbers.
    pub sizes: Vec<Option<i64>>,
}

impl CoreLayout {
    pub fn new(text: &str) -> CoreLayout {
        let mut names: Vec<&str> = vec![];
        let mut layout = CoreLayout { operands: vec![], inputs: 0, sizes: vec![] };
        for (side, operands) in text.split("->").enumerate() {
            for operand in operands.split('(').skip(1) {
                let own = operand.split(')').next().unwrap_or_default();
                let mut numbers = vec![];
                for name in own.split(',').filter(|name| !name.is_empty()) {
                    numbers.push(names.iter().position(|known| *known == name).unwrap_or_else(|| {
                        names.push(name);
                        names.len() - 1
                    }));
                }
                layout.operands.push(numbers);
            }
            if side == 0 {
                layout.inputs = layout.operands.len();
            }
        }
        layout.sizes = names.into_iter().map(|name| name.parse().ok()).collect();
        layout
    }
}
