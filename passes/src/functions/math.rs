//! Table of math.

use super::Function;

pub(super) static TABLE: &[Function] = &[];
