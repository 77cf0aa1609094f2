//! Black-box judges, both ways.
