//! Table of scalars.

use super::Function;

pub(super) static TABLE: &[Function] = &[];
