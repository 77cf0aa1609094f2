//! Readers, both ways.
