//! Environments other than a file's: frozen values of every kind, given defaults, refusals.

use zouk_dialects::{
    context::context,
    diagnostic::Diagnostic,
    ir::{Location, Module, module_op},
    ty::Ty,
};
use zouk_frontend::{Binding, Constant, Definition, Environment, Find, ObjectBlock, Scalar, Source, StaticEnvironment, builtin, find_function, lower_function};

fn array(element: Ty, shape: &[usize], fortran: bool, bytes: &[u8]) -> Binding {
    Binding::Constant(Constant::Array { element, shape: shape.into(), fortran, bytes: bytes.into() })
}

fn lower(text: &str, environment: &dyn Environment, defaults: Option<&[Binding]>) -> Result<String, Vec<Diagnostic>> {
    let function = find_function(&Source::new("example.py", text), Find::Only).map_err(|d| vec![d])?;
    let context = context();
    let module = Module::new(Location::unknown(&context));
    let definition = Definition { symbol: "f", display: "outer.<locals>.f", environment, defaults, locals: &[], library: false };
    lower_function(&context, module_op(&module).body(0), &function, &definition)?;
    assert!(module_op(&module).verify());
    let text = module_op(&module).to_string();
    assert!(Module::parse(&context, &text).is_some(), "{text}");
    Ok(text)
}

fn frozen() -> StaticEnvironment {
    let mut env = StaticEnvironment::default();
    env.bind("half", Binding::Constant(Constant::Typed(Ty::F32, Scalar::Float(0.5))));
    env.bind("small", Binding::Constant(Constant::Typed(Ty::Int { bits: 8, signed: false }, Scalar::UInt(200))));
    env.bind("flag", Binding::Constant(Constant::Typed(Ty::Bool, Scalar::Bool(true))));
    env.bind("single", Binding::Constant(Constant::Typed(Ty::C64, Scalar::Complex(1.0, f64::INFINITY))));
    env.bind("bad", Binding::Constant(Constant::Float(f64::NAN)));
    env.bind("ints", array(Ty::I64, &[2], false, &[1i64, -2].map(i64::to_ne_bytes).concat()));
    env.bind("floats", array(Ty::F64, &[2, 2], true, &[1.0f64, 2.0, 3.0, 4.0].map(f64::to_ne_bytes).concat()));
    env.bind("same", array(Ty::F32, &[3], false, &[1.0f32; 3].map(f32::to_ne_bytes).concat()));
    env.bind("complexes", array(Ty::C128, &[1, 1], true, &[1.0f64, 2.0].map(f64::to_ne_bytes).concat()));
    env.bind("bools", array(Ty::Bool, &[3], false, &[1, 0, 1]));
    env.bind("nothing", array(Ty::F64, &[0, 3], false, &[]));
    env.bind("scalar", array(Ty::I32, &[], false, &7i32.to_ne_bytes()));
    env.bind("table", Binding::Tuple(vec![Binding::Ref("math.sin".into()), Binding::Function("g".into()), Binding::Constant(3.into())]));
    env.bind("library", Binding::Module("numpy".into()));
    env
}

#[test]
fn frozen_values() {
    let text = "def f():\n    print(half, small, flag, single, bad)\n    print(ints, floats, same, complexes, bools, nothing, scalar)\n    return table, library, library.pi, ints.size\n";
    let ir = lower(text, &frozen(), None).unwrap();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("frozen_values", format!("{text}\n{ir}"));
    });
}

#[test]
fn given_defaults_come_before_the_text() {
    let defaults = [Constant::None.into(), Constant::Tuple(vec![1.into(), "x".into()]).into()];
    let ir = lower("def f(a, b=compute(), c=a):\n    return a\n", &frozen(), Some(&defaults)).unwrap();
    assert!(ir.contains(r#"py.defaults = [unit, [1 : si64, "x"]], py.display = "outer.<locals>.f""#), "{ir}");
}

#[test]
fn array_constants_of_the_wrong_size_are_refused() {
    let mut env = frozen();
    env.bind("ints", array(Ty::I64, &[3], false, &[0; 8]));
    env.bind("strings", array(Ty::Str, &[1], false, &[0; 8]));
    env.bind("odd", Binding::Ref("a\"b".into()));
    for name in ["ints", "strings", "odd"] {
        assert_eq!(lower(&format!("def f():\n    return {name}\n"), &env, None).unwrap_err().len(), 1);
    }
}

/// Asks nothing of attributes, refuses one name.
struct Refusing;

impl Environment for Refusing {
    fn lookup(&self, name: &str) -> Result<Option<Binding>, String> {
        if name == "g" { Err("`g` is an undecorated function".into()) } else { Ok(None) }
    }

    fn attribute(&self, _: &Binding, _: &str) -> Result<Option<Binding>, String> {
        Ok(None)
    }

    fn names(&self) -> Vec<String> {
        vec!["temperature".into()]
    }
}

#[test]
fn an_environment_may_refuse_and_suggest() {
    let errors = lower("def f(x):\n    g(x)\n    g.h(x)\n    return temperatur\n", &Refusing, None).unwrap_err();
    assert_eq!(errors.iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), ["unsupported-global", "unknown-name"]);
    assert_eq!(errors[1].help.as_deref(), Some("did you mean `temperature`?"));
}

/// Writes down what it is told of blocks that the interpreter runs.
#[derive(Default)]
struct Interpreter(std::cell::RefCell<Vec<String>>);

impl Environment for Interpreter {
    fn lookup(&self, name: &str) -> Result<Option<Binding>, String> {
        Ok((name == "objmode").then(|| Binding::Ref("zouk.objmode".into())).or_else(|| builtin(name)))
    }

    fn attribute(&self, _: &Binding, _: &str) -> Result<Option<Binding>, String> {
        Ok(None)
    }

    fn object_block(&self, block: &ObjectBlock) -> Result<Binding, String> {
        self.0.borrow_mut().push(format!("{}: {:?} {:?} {:?}", block.line, block.text, block.inputs, block.outputs));
        Ok(Binding::Ref("zouk.python.0.f".into()))
    }
}

#[test]
fn blocks_of_the_interpreter_are_calls() {
    let text = "def f(a, b, n):\n    for i in range(n):\n        with objmode(c='int64', a=kind):\n            k = [b for b in 'x']\n            c = lambda q: k\n            \
                a = {i: b}\n        n += c\n    with objmode: print(f'{a}')\n    return n\n";
    let environment = Interpreter::default();
    let ir = lower(text, &environment, None).unwrap();
    let told = environment.0.into_inner();
    assert_eq!(told, [
        "4: \"            k = [b for b in 'x']\\n            c = lambda q: k\\n            a = {i: b}\" [\"b\", \"i\"] [(\"c\", \"'int64'\"), (\"a\", \"kind\")]",
        "8: \"                  print(f'{a}')\" [\"a\"] []",
    ]);
    assert_eq!(ir.matches("py.call").count(), 3, "{ir}");
    let refused = |text: &str| lower(text, &Interpreter::default(), None).unwrap_err().iter().map(|d| d.code.clone()).collect::<Vec<_>>();
    assert_eq!(refused("def f(a):\n    with objmode():\n        b = a\n    return b\n"), ["objmode-names"]);
    assert_eq!(refused("def f(a):\n    with objmode(b=int):\n        c = a\n    return a\n"), ["objmode-names"]);
    for left in ["return a", "while a:\n            def g():\n                return 1\n            yield a", "global a", "for x in a:\n            pass\n        else:\n            return"] {
        assert_eq!(refused(&format!("def f(a):\n    with objmode():\n        {left}\n")), ["unsupported-syntax"]);
    }
    assert!(lower(&text.replace("c = lambda q: k", "c = [(yield) for r in k]"), &Interpreter::default(), None).is_err());
    let alone = lower("def f(a):\n    with objmode():\n        a = 1\n", &frozen(), None).unwrap_err();
    assert_eq!(alone[0].code, "unknown-name");
}

/// Names that were declared to have a type are converted wherever they are assigned.
#[test]
fn declared_locals() {
    let function = find_function(&Source::new("example.py", "def f(x):\n    y = x\n    y += 1\n    for x in range(3):\n        pass\n    return y\n"), Find::Only).unwrap();
    let context = context();
    let module = Module::new(Location::unknown(&context));
    let locals = [("x".to_string(), Ty::F32), ("y".to_string(), Ty::I32)];
    let definition = Definition { symbol: "f", display: "f", environment: &StaticEnvironment::default(), defaults: None, locals: &locals, library: false };
    lower_function(&context, module_op(&module).body(0), &function, &definition).unwrap();
    let ir = module_op(&module).to_string();
    let conversions = |to: &str| ir.matches(&format!("py.ref : <\"numpy.{to}\">")).count();
    assert_eq!((conversions("int32"), conversions("float32")), (2, 2), "{ir}");
}

#[test]
fn assertions_are_left_out_without_debugging() {
    let text = "def f(x):\n    assert x > 0, x\n    return x\n";
    for (debug, raises) in [(None, true), (Some(true), true), (Some(false), false)] {
        let mut env = frozen();
        if let Some(debug) = debug {
            env.bind("__debug__", Binding::Constant(debug.into()));
        }
        assert_eq!(lower(text, &env, None).unwrap().contains("py.raise"), raises);
    }
}
