//! CPython says what is right: expressions in `x`, `y`, `n`, evaluated for many arguments at once.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// `expression` for every line of arguments; floats are given as bit patterns and come back so, other results as `str`.
pub fn python(expression: &str, arguments: impl Iterator<Item = String>) -> Vec<String> {
    let script = format!(
        "import sys, math, struct\n\
         def F(bits): return struct.unpack('<d', struct.pack('<Q', bits))[0]\n\
         def run(*args):\n\
         \tx, y = (args + (None,))[:2]\n\
         \ttry: r = {expression}\n\
         \texcept (ZeroDivisionError, ValueError, OverflowError) as e: return type(e).__name__\n\
         \treturn str(struct.unpack('<Q', struct.pack('<d', r))[0]) if isinstance(r, float) else str(r)\n\
         for line in sys.stdin: print(run(*eval(line)))\n"
    );
    let mut child =
        Command::new("python3").args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3 is the oracle");
    let mut stdin = child.stdin.take().unwrap();
    let lines: Vec<String> = arguments.collect();
    let writer = std::thread::spawn(move || stdin.write_all((lines.join("\n") + "\n").as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect()
}

/// A float as the oracle reads it.
pub fn bits(x: f64) -> String {
    format!("F({})", x.to_bits())
}

/// A float of the oracle.
pub fn float(text: &str) -> Option<f64> {
    text.parse().ok().map(f64::from_bits)
}

/// Floats with edges first, then `count` that a fixed generator makes: of all exponents, of few digits, and whole.
pub fn floats(count: usize) -> Vec<f64> {
    let mut all = vec![0.0, 1.0, 0.1, 0.5, 1.5, 2.5, 0.125, 1e15, 1e16, 9999999999999998.0, 1e17, 1e-4, 1e-5, 0.00011, 1e22, 1e23, 123456789.0];
    all.extend([5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e100, 1e300, 4503599627370496.5, 9007199254740993.0, 2.675, 1e-7]);
    all.extend([f64::INFINITY, f64::NAN]);
    let mut state = 1;
    for i in 0..count {
        let random = next(&mut state);
        all.push(match i % 4 {
            0 => f64::from_bits(random),
            1 => (random % 2_000_000) as f64 / 1000.0,
            2 => (random >> (random % 64)) as f64,
            _ => (random >> 11) as f64 / (1u64 << 53) as f64 * 1e3,
        });
    }
    all.iter().flat_map(|x| [*x, -*x]).filter(|x| !x.is_nan() || x.is_sign_positive()).collect()
}

/// splitmix64
pub fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e3779b97f4a7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d049bb133111eb);
    z ^ (z >> 31)
}
