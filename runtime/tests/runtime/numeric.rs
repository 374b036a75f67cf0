//! The border of the numeric kernels. What they compute is compared with NumPy by the Python tests.

use std::{collections::HashSet, ptr::null_mut};
use zouk_runtime::abi;

fn symbol(name: &str) -> usize {
    abi::symbols().iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no {name}")).1
}

#[test]
fn every_type_has_its_kernels_and_no_name_is_there_twice() {
    let names: HashSet<_> = abi::symbols().iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), abi::symbols().len());
    for dtype in ["bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "c64", "c128"] {
        for kernel in ["sort", "stable_sort", "argsort", "partition", "argpartition", "select", "searchsorted"] {
            assert!(names.contains(&*format!("zouk_{kernel}_{dtype}")), "{kernel} of {dtype}");
        }
    }
    for dtype in ["f32", "f64", "c64", "c128"] {
        for kernel in ["solve", "inv", "det", "slogdet", "cholesky", "qr", "qr_raw", "svd", "svdvals", "lstsq", "eigh", "eig"] {
            assert!(names.contains(&*format!("zouk_{kernel}_{dtype}")), "{kernel} of {dtype}");
        }
    }
    for name in ["fft_c64", "fft_c128", "rfft_f32", "rfft_f64", "irfft_f32", "irfft_f64"] {
        assert!(names.contains(&*format!("zouk_{name}")), "{name}");
    }
}

#[test]
fn arrays_that_cannot_be_are_refused() {
    // SAFETY: the signature of the kernel.
    let sort = unsafe { std::mem::transmute::<usize, unsafe extern "C" fn(*mut f64, i64) -> i64>(symbol("zouk_sort_f64")) };
    let mut data = [2.0, 1.0, 0.0];
    let odd = data.as_mut_ptr().wrapping_byte_add(1);
    // SAFETY: a kernel looks at pointers and sizes before it uses them.
    let status = |data: *mut f64, n: i64| unsafe { sort(data, n) };
    assert_eq!([status(null_mut(), 3), status(odd, 2), status(data.as_mut_ptr(), -1), status(data.as_mut_ptr(), i64::MAX)], [4; 4]);
    assert_eq!([status(null_mut(), 0), status(odd, 0), status(data.as_mut_ptr(), 3)], [0; 3]);
    assert_eq!(data, [0.0, 1.0, 2.0]);
}
