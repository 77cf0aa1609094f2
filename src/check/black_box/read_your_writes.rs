//! Read your writes: a session sees its own writes (Terry et al. 1994).
//!
//! ```text
//!  ana  write x 1 ──▶ read x → nil
//! ```
//!
//! A session's own writes are taken in the order in which it made them: reading the first after the second breaks it.

use super::history::{Call, Datum, History};
use super::promise::Model;
use super::sessions::{self, Guarantee, Reads, Sessions};
use super::verdict::{Finding, Work};

/// Judges a history.
pub fn judge(history: &History, model: Model, work: &mut Work<'_>) -> Finding {
    sessions::judge(history, model, &Guarantee { forced, reads: Reads::Apart }, work)
}

/// The session's own writes of that key before the read: of a register the last, which replaced the others.
fn forced(sessions: &Sessions<'_>, read: u32, _: &[u32]) -> Vec<u32> {
    let own = sessions.operation(read);
    let is_write = |number: &u32| {
        let operation = sessions.operation(*number);
        operation.call != Call::Read && operation.key == own.key
    };
    let most = if matches!(own.answer, Datum::List(_)) { usize::MAX } else { 1 };
    sessions.before(read).filter(is_write).take(most).collect()
}
