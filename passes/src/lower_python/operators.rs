//! Operators on scalars and tuples.
