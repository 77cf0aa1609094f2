//! Monotonic reads: a session never sees an older state than before (Terry et al. 1994).
//!
//! ```text
//!  ana  write x 1
//!  ben              read x → 1 ──▶ read x → nil
//! ```

use super::history::History;
use super::promise::Model;
use super::sessions::{self, Guarantee, Reads, Sessions};
use super::verdict::{Finding, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    sessions::judge(history, model, &Guarantee { forced, reads: Reads::Promised }, work)
}

/// What it saw before is all that counts.
fn forced(_: &Sessions<'_>, _: u32, _: &[u32]) -> Vec<u32> {
    Vec::new()
}
