//! What is known of integers where an op stands: exact linear forms, and inequalities between them.
//!
//! A value of `i64` or `index` has a `Form`: a sum of symbols with constant coefficients that equals it *as a mathematical integer*. An
//! `arith.addi` takes part in a form only when it is proved not to wrap; otherwise its result is a symbol of its own. `Facts` holds
//! inequalities `form >= 0`, scoped as the program's regions are: the bounds of loops, the conditions of branches, the checks that
//! have been passed. `Facts::proves` asks whether an inequality follows from them.
//!
//! | file | what it knows |
//! |---|---|
//! | `form` | sums of products of symbols |
//! | `facts` | scopes, ranges, inequalities, the proof search |
//! | `values` | what each op's result is |
//! | `conditions` | what follows from a condition being true or false |
//! | `loops` | what holds in the body of a loop |
//! | `drift` | names that only grow or only shrink |
//! | `walk` | the program in dominance order, with the facts of every place |

mod conditions;
mod drift;
mod facts;
mod form;
mod loops;
mod values;
mod walk;

pub use facts::{Facts, width};
pub use form::{Form, Monomial, Symbol};
pub use walk::{Visitor, walk_function, walk_function_from};
