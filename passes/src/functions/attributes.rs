//! Table of attributes.

use super::Function;

pub(super) static TABLE: &[Function] = &[];
