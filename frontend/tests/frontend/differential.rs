//! Random control flow, lowered and interpreted, against CPython. (Filled below.)
