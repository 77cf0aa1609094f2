//! Writes follow reads: a write is seen only with what its session had read before it (Terry et al. 1994).
//!
//! ```text
//!  ana  write x 1
//!  ben              read x → 1 ──▶ write x 2
//!  cyd                                        read x → 2 ──▶ read x → 1
//! ```

use super::history::{Call, History};
use super::promise::Model;
use super::sessions::{self, Guarantee, Reads, Sessions};
use super::verdict::{Finding, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    sessions::judge(history, model, &Guarantee { forced, reads: Reads::Forwards }, work)
}

/// What their sessions had read before the writes that the read shows.
fn forced(sessions: &Sessions<'_>, _: u32, seen: &[u32]) -> Vec<u32> {
    let is_read = |number: &u32| sessions.operation(*number).call == Call::Read;
    let reads = seen.iter().flat_map(|write| sessions.before(*write).filter(is_read));
    reads.flat_map(|read| sessions.seen(read).unwrap_or_default()).collect()
}
