//! The real loop over a test backend: scripted inputs in, model and screen out. Nothing sleeps: tokio's clock is
//! paused, and moves on when everybody waits.
//!
//! ```ignore
//! use super::typist::Typist;
//!
//! let mut typist = Typist::new();
//! typist.keys("o Enter").wait_ms(500).keys("p Enter").command("run 3s").until_idle();
//! assert_eq!(typist.recorded(), ["ana: stock.reserve mug 1", "partition r1 | r2 r3"]);
//! ```

mod desk;
mod key_scripts;
mod looping;
mod typist;
