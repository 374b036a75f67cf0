//! The kernels as compiled code calls them.

use super::{argsort, partition, search, select, sort, stable_sort};
use crate::{
    element::{Complex, Time},
    half::F16,
    status::*,
};

/// Name and address.
type Symbol = (&'static str, fn() -> usize);

macro_rules! kernels {
    ($($dtype:ident: $element:ty),*) => {
        /// All kernels of this module.
        pub static TABLE: &[Symbol] = &[$(
            (concat!("zouk_sort_", stringify!($dtype)), || of::$dtype::sort as *const () as usize),
            (concat!("zouk_stable_sort_", stringify!($dtype)), || of::$dtype::stable_sort as *const () as usize),
            (concat!("zouk_argsort_", stringify!($dtype)), || of::$dtype::argsort as *const () as usize),
            (concat!("zouk_partition_", stringify!($dtype)), || of::$dtype::partition as *const () as usize),
            (concat!("zouk_argpartition_", stringify!($dtype)), || of::$dtype::argpartition as *const () as usize),
            (concat!("zouk_select_", stringify!($dtype)), || of::$dtype::select as *const () as usize),
            (concat!("zouk_searchsorted_", stringify!($dtype)), || of::$dtype::searchsorted as *const () as usize)
        ),*];

        /// The kernels by element type.
        mod of {$(
            pub mod $dtype {
                use super::super::*;
                type T = $element;

                /// `data.sort()`: NaN last, complex numbers by real and then imaginary part. Equal elements come in any order, zeros of
                /// different sign and NaNs of different bits too; a NaN of any bits may become the canonical one.
                ///
                /// # Safety
                /// `data` has `n` elements.
                #[unsafe(export_name = concat!("zouk_sort_", stringify!($dtype)))]
                pub unsafe extern "C" fn sort(data: *mut T, n: i64) -> i64 {
                    // SAFETY: the caller's promise, here and below.
                    guarded(|| super::super::sort(unsafe { output(data, n) }?))
                }

                /// `data.sort(kind="stable")`
                ///
                /// # Safety
                /// `data` has `n` elements.
                #[unsafe(export_name = concat!("zouk_stable_sort_", stringify!($dtype)))]
                pub unsafe extern "C" fn stable_sort(data: *mut T, n: i64) -> i64 {
                    guarded(|| super::super::stable_sort(unsafe { output(data, n) }?))
                }

                /// `out[:] = data.argsort(kind="stable")`
                ///
                /// # Safety
                /// `data` and `out` have `n` elements.
                #[unsafe(export_name = concat!("zouk_argsort_", stringify!($dtype)))]
                pub unsafe extern "C" fn argsort(data: *const T, n: i64, out: *mut i64) -> i64 {
                    guarded(|| argsort::argsort(unsafe { input(data, n) }?, unsafe { output(out, n) }?))
                }

                /// `data.partition(kth)`; `kth` in `0..n`, in any order.
                ///
                /// # Safety
                /// `data` has `n` elements and `kth` has `count`.
                #[unsafe(export_name = concat!("zouk_partition_", stringify!($dtype)))]
                pub unsafe extern "C" fn partition(data: *mut T, n: i64, kth: *const i64, count: i64) -> i64 {
                    guarded(|| partition::partition(unsafe { output(data, n) }?, unsafe { input(kth, count) }?))
                }

                /// `out[:] = data.argpartition(kth)`; `kth` in `0..n`, in any order.
                ///
                /// # Safety
                /// `data` and `out` have `n` elements and `kth` has `count`.
                #[unsafe(export_name = concat!("zouk_argpartition_", stringify!($dtype)))]
                pub unsafe extern "C" fn argpartition(data: *const T, n: i64, kth: *const i64, count: i64, out: *mut i64) -> i64 {
                    guarded(|| partition::argpartition(unsafe { input(data, n) }?, unsafe { input(kth, count) }?, unsafe { output(out, n) }?))
                }

                /// `out[:] = np.sort(data)[kth]` in linear time; `data` stays as it is. -1 is success, too: `data` has a NaN.
                ///
                /// # Safety
                /// `data` has `n` elements, `kth` and `out` have `count`.
                #[unsafe(export_name = concat!("zouk_select_", stringify!($dtype)))]
                pub unsafe extern "C" fn select(data: *const T, n: i64, kth: *const i64, count: i64, out: *mut T) -> i64 {
                    guarded(|| select::select(unsafe { input(data, n) }?, unsafe { input(kth, count) }?, unsafe { output(out, count) }?))
                }

                /// `out[:] = np.searchsorted(hay, needles, side, sorter)`: `side` is 0 for left and 1 for right, `sorter` may be null.
                /// 1: an index in the sorter is out of range.
                ///
                /// # Safety
                /// `hay` has `n` elements, and `sorter` unless it is null; `needles` and `out` have `count`.
                #[unsafe(export_name = concat!("zouk_searchsorted_", stringify!($dtype)))]
                pub unsafe extern "C" fn searchsorted(
                    hay: *const T, n: i64, needles: *const T, count: i64, side: i64, sorter: *const i64, out: *mut i64,
                ) -> i64 {
                    guarded(|| {
                        let sorter = if sorter.is_null() { None } else { Some(unsafe { input(sorter, n) }?) };
                        let (hay, needles, out) = unsafe { (input(hay, n)?, input(needles, count)?, output(out, count)?) };
                        search::searchsorted(hay, needles, side != 0, sorter, out)
                    })
                }
            }
        )*}
    };
}

kernels! {
    bool: u8, i8: i8, i16: i16, i32: i32, i64: i64, u8: u8, u16: u16, u32: u32, u64: u64,
    f16: F16, f32: f32, f64: f64, c64: Complex<f32>, c128: Complex<f64>, time: Time
}
