//! A world without meaning: instants, random streams, links and their faults. It is generic over what happens in it,
//! knows no clocks and keeps no record.
//!
//! ```text
//!             ┌ schedule ── what happens next, by (instant, sequence)
//! world ──────┼ network ─── what becomes of a message: delay, loss, duplication, order, cuts
//!             └ streams ─── words from one seed, by name, so that no purpose shifts another
//! ```
//!
//! Read [`schedule`] first, then [`streams`], [`delay`] and [`presets`], [`network`], and [`world`], which ties them
//! together. The rule it keeps: equal seeds and equal calls give equal worlds, and a fault on one link changes nothing
//! on another.
//!
//! Left out on purpose: what a message means, who may crash, what time an actor believes it is. And routing: a link is
//! a whole path through the net, with a delay of its own.

pub mod delay;
pub mod error;
pub mod network;
pub mod presets;
pub mod schedule;
pub mod streams;
pub mod world;

pub use delay::{Delay, Shape};
pub use error::SimError;
pub use network::{Drop, Fate, Flap, LinkState, Network, Passage, SEND_DRAWS, SlowBy, Stretch};
pub use presets::{Order, Topology};
pub use schedule::Schedule;
pub use streams::{Purpose, Stream, StreamId, Streams, WorkloadPurpose, below, noise, open_unit, unit};
pub use world::World;
