//! Random control flow, lowered and interpreted, against CPython: the same output, result or exception.

mod generate;
mod interpret;

use super::lower_into;
use interpret::Machine;
use std::{
    io::Write,
    process::{Command, Stdio},
};
use zouk_dialects::{
    context::context,
    ir::{Location, Module, module_op},
};

const ARGUMENTS: [(i64, i64); 4] = [(0, 0), (1, 5), (-3, 2), (7, 7)];

/// What CPython prints for every function and every pair of arguments.
fn expected(functions: &[String]) -> String {
    let mut program = functions.concat();
    program += &format!("for f in [{}]:\n", (0..functions.len()).map(|i| format!("f{i}")).collect::<Vec<_>>().join(", "));
    program += "    for a, b in [";
    ARGUMENTS.iter().for_each(|(a, b)| program += &format!("({a}, {b}), "));
    program += "]:\n        print(f.__name__)\n        try:\n            print('->', f(a, b))\n        except Exception as e:\n            print('!!', type(e).__name__)\n";
    let mut python = Command::new("python3").arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python3 is the oracle of this test");
    python.stdin.take().unwrap().write_all(program.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "CPython rejects:\n{program}");
    String::from_utf8(output.stdout).unwrap()
}

fn actual(text: &str) -> String {
    let context = context();
    let module = Module::new(Location::unknown(&context));
    lower_into(&context, &module, text).unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"));
    let mut machine = Machine::default();
    for function in module_op(&module).body(0).ops() {
        assert!(function.verify(), "{function}");
        for (a, b) in ARGUMENTS {
            machine.run(function, &[a, b]);
        }
    }
    machine.output
}

#[test]
fn random_functions_do_as_cpython() {
    let functions: Vec<String> = (0..1_500).map(|i| generate::function(&format!("f{i}"), i)).collect();
    let (expected, actual) = (expected(&functions), actual(&functions.concat()));
    if let Some((line, (want, got))) = expected.lines().zip(actual.lines()).enumerate().find(|(_, (e, a))| e != a) {
        let name = expected.lines().take(line + 1).filter(|l| l.starts_with('f')).last().unwrap_or("f0");
        let number: usize = name[1..].parse().unwrap();
        panic!("CPython prints {want:?}, the lowered function {got:?}:\n{}\n{}", functions[number], super::py(&functions[number]));
    }
    assert_eq!(expected.lines().count(), actual.lines().count());
    for found in ["-> None", "!! UnboundLocalError", "!! ValueError", "!! AssertionError"] {
        assert!(expected.contains(found), "the programs never reach {found}");
    }
}
