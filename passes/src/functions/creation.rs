//! Table of creation.

use super::Function;

pub(super) static TABLE: &[Function] = &[];
