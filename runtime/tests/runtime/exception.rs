//! Exceptions as compiled code raises them.

use std::{ffi::CStr, ptr::null, thread};
use zouk_runtime::{
    abi::{Site, zouk_raise, zouk_traceback},
    exception::{Argument, has_pending, set_pending, take_pending},
    text::Scalar,
};

fn site(exception: &'static CStr, message: &'static CStr, function: &'static CStr, line: i64) -> Site {
    let file = c"k.py".as_ptr();
    let (exception, message, function) = (exception.as_ptr(), message.as_ptr(), function.as_ptr());
    Site { exception, message, file, function, line, column: 5, end_line: line, end_column: 9 }
}

#[test]
fn an_exception_carries_arguments_and_frames() {
    let arguments = [-3i64 as u64, u64::MAX, 2.5f64.to_bits(), 1, 1f64.to_bits(), 2f64.to_bits(), 7];
    // SAFETY: sites and arguments are valid.
    unsafe {
        zouk_raise(&site(c"IndexError", c"out of range", c"inner", 3), c"iufbci".as_ptr(), arguments.as_ptr());
        zouk_traceback(&site(c"", c"", c"outer", 10));
    }
    assert!(has_pending());
    let exception = take_pending().unwrap();
    assert!(!has_pending() && take_pending().is_none());
    assert_eq!((&*exception.name, &*exception.message), ("IndexError", "out of range"));
    let complex = Scalar::Complex(1.0, 2.0);
    let expected = [Scalar::Int(-3), Scalar::Unsigned(u64::MAX), Scalar::Float(2.5), Scalar::Bool(true), complex, Scalar::Int(7)];
    assert_eq!(exception.arguments, expected.map(Argument::from));
    let frames: Vec<_> = exception.traceback.iter().map(|frame| (&*frame.file, &*frame.function, frame.line, frame.end_column)).collect();
    assert_eq!(frames, [("k.py", "inner", 3, 9), ("k.py", "outer", 10, 9)]);
    assert_eq!(exception.to_string(), "IndexError: ('out of range', -3, 18446744073709551615, 2.5, True, (1+2j), 7)");
}

#[test]
fn arguments_are_texts_none_and_tuples_too() {
    let arguments = [3, c"it's {}".as_ptr() as u64, 1, 2];
    // SAFETY: site and arguments are valid.
    unsafe { zouk_raise(&site(c"KeyError", c"", c"f", 3), c"isn(b(i)())".as_ptr(), arguments.as_ptr()) };
    let int = |x| Argument::Scalar(Scalar::Int(x));
    let pair = Argument::Tuple(vec![Scalar::Bool(true).into(), Argument::Tuple(vec![int(2)]), Argument::Tuple(vec![])]);
    let exception = take_pending().unwrap();
    assert_eq!(exception.arguments, [int(3), Argument::Text("it's {}".into()), Argument::None, pair]);
    assert_eq!(exception.to_string(), "KeyError: (3, \"it's {}\", None, (True, (2,), ()))");
}

#[test]
fn a_message_beside_arguments_is_filled_in() {
    // SAFETY: sites and arguments are valid.
    unsafe { zouk_raise(&site(c"IndexError", c"index {} of {}", c"f", 1), c"ii".as_ptr(), [7, 5].as_ptr()) };
    assert_eq!(take_pending().unwrap().to_string(), "IndexError: index 7 of 5");
    unsafe { zouk_raise(&site(c"IndexError", c"index {}", c"f", 1), null(), null()) };
    assert_eq!(take_pending().unwrap().to_string(), "IndexError: index {}");
}

#[test]
fn a_cause_stands_behind_the_arguments() {
    let arguments = [7, c"KeyError".as_ptr() as u64, 5];
    let cause = Argument::Cause(vec![Argument::Text("KeyError".into()), Scalar::Int(5).into()]);
    // SAFETY: sites and arguments are valid.
    unsafe { zouk_raise(&site(c"IndexError", c"index {}", c"f", 1), c"i<si>".as_ptr(), arguments.as_ptr()) };
    let exception = take_pending().unwrap();
    assert_eq!((exception.to_string().as_str(), &exception.arguments[..]), ("IndexError: index 7", &[cause.clone()][..]));
    unsafe { zouk_raise(&site(c"IndexError", c"index {}", c"f", 1), c"<si>".as_ptr(), arguments[1..].as_ptr()) };
    let exception = take_pending().unwrap();
    assert_eq!((exception.to_string().as_str(), &exception.arguments[..]), ("IndexError: index {}", &[cause][..]));
    unsafe { zouk_raise(&site(c"IndexError", c"", c"f", 1), c"i<n>".as_ptr(), arguments.as_ptr()) };
    assert_eq!(take_pending().unwrap().arguments, [Scalar::Int(7).into(), Argument::Cause(vec![Argument::None])]);
}

#[test]
fn nulls_are_survived() {
    let empty = Site { exception: null(), message: null(), file: null(), function: null(), line: 0, column: 0, end_line: 0, end_column: 0 };
    // SAFETY: null is allowed everywhere.
    unsafe {
        zouk_traceback(&empty);
        assert!(!has_pending());
        zouk_raise(null(), null(), null());
        assert_eq!(take_pending().unwrap().to_string(), "RuntimeError");
        zouk_raise(&empty, c"ii".as_ptr(), null());
        zouk_traceback(null());
        let exception = take_pending().unwrap();
        assert_eq!((exception.arguments.len(), exception.traceback.len()), (0, 1));
        zouk_raise(&empty, c"?i".as_ptr(), [1, 2].as_ptr());
        assert_eq!(take_pending().unwrap().arguments, []);
    }
}

#[test]
fn a_pending_exception_belongs_to_its_thread() {
    // SAFETY: valid site.
    unsafe { zouk_raise(&site(c"ValueError", c"here", c"f", 1), null(), null()) };
    let other = thread::spawn(|| {
        assert!(!has_pending());
        unsafe { zouk_raise(&site(c"KeyError", c"there", c"g", 2), null(), null()) };
        take_pending().unwrap()
    });
    let other = other.join().unwrap();
    assert_eq!(take_pending().unwrap().to_string(), "ValueError: here");
    set_pending(other);
    assert_eq!(take_pending().unwrap().to_string(), "KeyError: 'there'");
}

#[test]
fn deep_recursion_keeps_the_innermost_frames() {
    // SAFETY: valid sites.
    unsafe {
        zouk_raise(&site(c"RecursionError", c"", c"f", 1), null(), null());
        (0..100_000).for_each(|_| zouk_traceback(&site(c"", c"", c"f", 2)));
    }
    let exception = take_pending().unwrap();
    assert_eq!((exception.traceback.len(), exception.traceback[0].line), (1000, 1));
}
