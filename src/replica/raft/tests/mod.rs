//! Members in small worlds: first that nothing breaks, then that each hazard is seen, then that work gets done.

mod checks;
mod hazards;
mod liveness;
mod random;
mod safety;
mod world;
