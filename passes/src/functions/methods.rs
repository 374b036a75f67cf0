//! Table of methods.

use super::Function;

pub(super) static TABLE: &[Function] = &[];
