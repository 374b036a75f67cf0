//! The kernels as compiled code calls them.

use super::{cholesky, lu, qr, svd};
use crate::status::*;
use faer::complex::Complex;

/// Name and address.
type Symbol = (&'static str, fn() -> usize);

/// `min(m, n)` of sizes that may be wrong.
fn lesser(m: i64, n: i64) -> i64 {
    m.min(n)
}

macro_rules! kernels {
    ($($dtype:ident: $element:ty, $real:ty;)*) => {
        /// All kernels of this module.
        pub static TABLE: &[Symbol] = &[$(
            (concat!("zouk_solve_", stringify!($dtype)), || of::$dtype::solve as *const () as usize),
            (concat!("zouk_inv_", stringify!($dtype)), || of::$dtype::inv as *const () as usize),
            (concat!("zouk_det_", stringify!($dtype)), || of::$dtype::det as *const () as usize),
            (concat!("zouk_slogdet_", stringify!($dtype)), || of::$dtype::slogdet as *const () as usize),
            (concat!("zouk_cholesky_", stringify!($dtype)), || of::$dtype::cholesky as *const () as usize),
            (concat!("zouk_qr_", stringify!($dtype)), || of::$dtype::qr as *const () as usize),
            (concat!("zouk_qr_raw_", stringify!($dtype)), || of::$dtype::qr_raw as *const () as usize),
            (concat!("zouk_svd_", stringify!($dtype)), || of::$dtype::svd as *const () as usize),
            (concat!("zouk_svdvals_", stringify!($dtype)), || of::$dtype::svdvals as *const () as usize),
            (concat!("zouk_lstsq_", stringify!($dtype)), || of::$dtype::lstsq as *const () as usize),
            (concat!("zouk_eigh_", stringify!($dtype)), || of::$dtype::eigh as *const () as usize),
            (concat!("zouk_eig_", stringify!($dtype)), || of::$dtype::eig as *const () as usize),
        )*];

        /// The kernels by element type.
        mod of {$(
            pub mod $dtype {
                use super::super::*;
                use crate::linalg::{eigen::General, signed::Signed};
                type T = $element;
                type R = $real;

                /// `x[:] = np.linalg.solve(a, b)`. 1: "Singular matrix".
                ///
                /// # Safety
                /// `a` is `n` by `n`, `b` and `x` are `n` by `columns`.
                #[unsafe(export_name = concat!("zouk_solve_", stringify!($dtype)))]
                pub unsafe extern "C" fn solve(a: *const T, n: i64, b: *const T, columns: i64, x: *mut T) -> i64 {
                    guarded(|| {
                        let (square, sides) = (count(&[n, n])?, count(&[n, columns])?);
                        // SAFETY: the caller's promise, here and below.
                        let (a, b, x) = unsafe { (input(a, square)?, input(b, sides)?, output(x, sides)?) };
                        lu::solve(a, size(n)?, b, size(columns)?, x)
                    })
                }

                /// `out[:] = np.linalg.inv(a)`. 1: "Singular matrix".
                ///
                /// # Safety
                /// `a` and `out` are `n` by `n`.
                #[unsafe(export_name = concat!("zouk_inv_", stringify!($dtype)))]
                pub unsafe extern "C" fn inv(a: *const T, n: i64, out: *mut T) -> i64 {
                    guarded(|| {
                        let square = count(&[n, n])?;
                        lu::inv(unsafe { input(a, square) }?, size(n)?, unsafe { output(out, square) }?)
                    })
                }

                /// `out[0] = np.linalg.det(a)`
                ///
                /// # Safety
                /// `a` is `n` by `n`, `out` a place for a number.
                #[unsafe(export_name = concat!("zouk_det_", stringify!($dtype)))]
                pub unsafe extern "C" fn det(a: *const T, n: i64, out: *mut T) -> i64 {
                    guarded(|| {
                        unsafe { output(out, 1) }?[0] = lu::det(unsafe { input(a, count(&[n, n])?) }?, size(n)?)?;
                        Ok(FINE)
                    })
                }

                /// `sign[0], log[0] = np.linalg.slogdet(a)`
                ///
                /// # Safety
                /// `a` is `n` by `n`, `sign` and `log` are places for a number.
                #[unsafe(export_name = concat!("zouk_slogdet_", stringify!($dtype)))]
                pub unsafe extern "C" fn slogdet(a: *const T, n: i64, sign: *mut T, log: *mut R) -> i64 {
                    guarded(|| {
                        let results = lu::slogdet(unsafe { input(a, count(&[n, n])?) }?, size(n)?)?;
                        (unsafe { output(sign, 1) }?[0], unsafe { output(log, 1) }?[0]) = results;
                        Ok(FINE)
                    })
                }

                /// `out[:] = np.linalg.cholesky(a, upper=upper)`, of which only that triangle is read. 1: "Matrix is not positive definite".
                ///
                /// # Safety
                /// `a` and `out` are `n` by `n`.
                #[unsafe(export_name = concat!("zouk_cholesky_", stringify!($dtype)))]
                pub unsafe extern "C" fn cholesky(a: *const T, n: i64, upper: i64, out: *mut T) -> i64 {
                    guarded(|| {
                        let square = count(&[n, n])?;
                        cholesky::cholesky(unsafe { input(a, square) }?, size(n)?, upper != 0, unsafe { output(out, square) }?)
                    })
                }

                /// `q[:], r[:] = np.linalg.qr(a)`: `columns` is `min(m, n)` for "reduced", `m` for "complete", 0 for "r".
                ///
                /// # Safety
                /// `a` is `m` by `n`, `q` is `m` by `columns`, `r` is `columns` by `n`, but `min(m, n)` by `n` if `columns` is 0.
                #[unsafe(export_name = concat!("zouk_qr_", stringify!($dtype)))]
                pub unsafe extern "C" fn qr(a: *const T, m: i64, n: i64, columns: i64, q: *mut T, r: *mut T) -> i64 {
                    guarded(|| {
                        let rows = if columns == 0 { lesser(m, n) } else { columns };
                        if columns != 0 && (columns < lesser(m, n) || columns > m) {
                            return Err(BAD_ARGUMENT);
                        }
                        let (whole, left, right) = (count(&[m, n])?, count(&[m, columns])?, count(&[rows, n])?);
                        let (a, q, r) = unsafe { (input(a, whole)?, output(q, left)?, output(r, right)?) };
                        qr::qr(a, size(m)?, size(n)?, size(columns)?, q, r)
                    })
                }

                /// `h[:], tau[:] = np.linalg.qr(a, mode="raw")`
                ///
                /// # Safety
                /// `a` is `m` by `n`, `h` is `n` by `m`, `tau` has `min(m, n)` elements.
                #[unsafe(export_name = concat!("zouk_qr_raw_", stringify!($dtype)))]
                pub unsafe extern "C" fn qr_raw(a: *const T, m: i64, n: i64, h: *mut T, tau: *mut T) -> i64 {
                    guarded(|| {
                        let whole = count(&[m, n])?;
                        let (a, h, tau) = unsafe { (input(a, whole)?, output(h, whole)?, output(tau, lesser(m, n))?) };
                        qr::qr_raw(a, size(m)?, size(n)?, h, tau)
                    })
                }

                /// `u[:], s[:], vh[:] = np.linalg.svd(a, full_matrices=full)`. 2: "SVD did not converge".
                ///
                /// # Safety
                /// `a` is `m` by `n`, `s` has `k = min(m, n)` elements; `u` is `m` by `m` and `vh` is `n` by `n` if `full`, else `u` is `m` by `k`
                /// and `vh` is `k` by `n`.
                #[unsafe(export_name = concat!("zouk_svd_", stringify!($dtype)))]
                pub unsafe extern "C" fn svd(a: *const T, m: i64, n: i64, full: i64, u: *mut T, s: *mut R, vh: *mut T) -> i64 {
                    guarded(|| {
                        let (left, right) = if full != 0 { (m, n) } else { (lesser(m, n), lesser(m, n)) };
                        let (whole, left, right) = (count(&[m, n])?, count(&[m, left])?, count(&[right, n])?);
                        let (a, u, s, vh) = unsafe { (input(a, whole)?, output(u, left)?, output(s, lesser(m, n))?, output(vh, right)?) };
                        T::svd(a, (size(m)?, size(n)?), full != 0, u, s, vh)
                    })
                }

                /// `s[:] = np.linalg.svdvals(a)`. 2: "SVD did not converge".
                ///
                /// # Safety
                /// `a` is `m` by `n`, `s` has `min(m, n)` elements.
                #[unsafe(export_name = concat!("zouk_svdvals_", stringify!($dtype)))]
                pub unsafe extern "C" fn svdvals(a: *const T, m: i64, n: i64, s: *mut R) -> i64 {
                    guarded(|| {
                        let whole = count(&[m, n])?;
                        svd::svdvals(unsafe { input(a, whole) }?, size(m)?, size(n)?, unsafe { output(s, lesser(m, n)) }?)
                    })
                }

                /// `np.linalg.lstsq(a, b, rcond)`; a negative `rcond` is the machine's precision. The residuals are sums of squares, also where
                /// NumPy returns none: for `m <= n`, and a rank below `n`. 2: "SVD did not converge in Linear Least Squares".
                ///
                /// # Safety
                /// `a` is `m` by `n`, `b` is `m` by `columns`, `x` is `n` by `columns`, `residuals` has `columns` elements, `s` has `min(m, n)`.
                #[unsafe(export_name = concat!("zouk_lstsq_", stringify!($dtype)))]
                pub unsafe extern "C" fn lstsq(
                    a: *const T, m: i64, n: i64, b: *const T, columns: i64, rcond: f64, x: *mut T, residuals: *mut R, rank: *mut i64, s: *mut R,
                ) -> i64 {
                    guarded(|| {
                        let (whole, right, result) = (count(&[m, n])?, count(&[m, columns])?, count(&[n, columns])?);
                        let (a, b) = unsafe { (input(a, whole)?, input(b, right)?) };
                        let (x, residuals) = unsafe { (output(x, result)?, output(residuals, columns)?) };
                        let (rank, s) = unsafe { (&mut output(rank, 1)?[0], output(s, lesser(m, n))?) };
                        let out = svd::LeastSquares { x, residuals, rank, s };
                        svd::lstsq(a, (size(m)?, size(n)?), b, size(columns)?, rcond as R, out)
                    })
                }

                /// `w[:], v[:] = np.linalg.eigh(a, UPLO)`; `eigvalsh` if `v` is null. 2: "Eigenvalues did not converge".
                ///
                /// # Safety
                /// `a` and `v` are `n` by `n`, `w` has `n` elements.
                #[unsafe(export_name = concat!("zouk_eigh_", stringify!($dtype)))]
                pub unsafe extern "C" fn eigh(a: *const T, n: i64, upper: i64, w: *mut R, v: *mut T) -> i64 {
                    guarded(|| {
                        let square = count(&[n, n])?;
                        let v = if v.is_null() { None } else { Some(unsafe { output(v, square) }?) };
                        let (a, w) = unsafe { (input(a, square)?, output(w, n)?) };
                        T::eigh(a, size(n)?, upper != 0, w, v)
                    })
                }

                /// `w[:], v[:] = np.linalg.eig(a)`, both complex also where NumPy returns real ones, because all imaginary parts are 0; `eigvals` if
                /// `v` is null. 1: "Array must not contain infs or NaNs". 2: "Eigenvalues did not converge".
                ///
                /// # Safety
                /// `a` and `v` are `n` by `n`, `w` has `n` elements.
                #[unsafe(export_name = concat!("zouk_eig_", stringify!($dtype)))]
                pub unsafe extern "C" fn eig(a: *const T, n: i64, w: *mut Complex<R>, v: *mut Complex<R>) -> i64 {
                    guarded(|| {
                        let square = count(&[n, n])?;
                        let v = if v.is_null() { None } else { Some(unsafe { output(v, square) }?) };
                        let (a, w) = unsafe { (input(a, square)?, output(w, n)?) };
                        T::eig(a, size(n)?, w, v)
                    })
                }
            }
        )*}
    };
}

kernels! {
    f32: f32, f32;
    f64: f64, f64;
    c64: Complex<f32>, f32;
    c128: Complex<f64>, f64;
}
