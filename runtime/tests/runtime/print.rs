//! Printing through the hook.

use std::{sync::Mutex, thread};
use zouk_runtime::{
    abi::{zouk_print_flush, zouk_print_text, zouk_print_value},
    print::{flush, set_flush_hook, set_print_hook},
};

static SEEN: Mutex<Vec<String>> = Mutex::new(vec![]);

fn write(text: &str) {
    // SAFETY: a string's bytes.
    unsafe { zouk_print_text(text.as_ptr(), text.len() as i64) }
}

/// One test: the hook is the process's.
#[test]
fn lines_leave_whole() {
    set_print_hook(|text| SEEN.lock().unwrap().push(text.to_string()));
    let seen = || std::mem::take(&mut *SEEN.lock().unwrap());
    write("x = ");
    zouk_print_value(b'f' as i32, 1e16f64.to_bits(), 0);
    assert!(seen().is_empty());
    write("\nhalf");
    assert_eq!(seen(), ["x = 1e+16\n"]);
    flush();
    flush();
    assert_eq!(seen(), ["half"]);
    zouk_print_value(b'i' as i32, 7, 0);
    set_flush_hook(|| SEEN.lock().unwrap().push("flushed".into()));
    zouk_print_flush();
    assert_eq!(seen(), ["7", "flushed"]);
    // SAFETY: nothing is read.
    unsafe { zouk_print_text(std::ptr::null(), 3) };
    unsafe { zouk_print_text(b"\xff\n".as_ptr(), 2) };
    assert_eq!(seen(), ["\u{fffd}\n"]);

    thread::scope(|scope| {
        for name in ["a", "b", "c", "d"] {
            scope.spawn(move || (0..200).for_each(|_| (0..4).for_each(|i| write(if i < 3 { name } else { "\n" }))));
        }
    });
    let lines = seen();
    assert_eq!(lines.len(), 800);
    assert!(lines.iter().all(|line| ["aaa\n", "bbb\n", "ccc\n", "ddd\n"].contains(&&**line)));

    set_print_hook(|_| panic!("a hook that fails"));
    write("lost\n");
    set_print_hook(|text| SEEN.lock().unwrap().push(text.to_string()));
    write("found\n");
    assert_eq!(seen(), ["found\n"]);
}
