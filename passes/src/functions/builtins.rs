//! Table of builtins.

use super::Function;

pub(super) static TABLE: &[Function] = &[];
