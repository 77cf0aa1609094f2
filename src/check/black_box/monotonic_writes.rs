//! Monotonic writes: a session's writes are seen in the order in which it made them (Terry et al. 1994).
//!
//! ```text
//!  ana  write x 1 ──▶ write x 2
//!  ben                           read x → 2 ──▶ read x → 1
//! ```

use super::history::{Call, Datum, History};
use super::promise::Model;
use super::sessions::{self, Guarantee, Reads, Sessions};
use super::verdict::{Finding, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    sessions::judge(history, model, &Guarantee { forced, reads: Reads::Forwards }, work)
}

/// What their sessions wrote before the writes that the read shows. In a set the write right before is enough, since
/// that forces the one before itself.
fn forced(sessions: &Sessions<'_>, read: u32, seen: &[u32]) -> Vec<u32> {
    let is_write = |number: &u32| sessions.operation(*number).call != Call::Read;
    let most = if matches!(sessions.operation(read).answer, Datum::List(_)) { 1 } else { usize::MAX };
    seen.iter().flat_map(|write| sessions.before(*write).filter(is_write).take(most)).collect()
}
