//! How a session finds a replica that knows what it did.
//!
//! ```text
//!   affinity   always the replica of its first operation          pinned   always the named one
//!   wait       a read sleeps first, then goes anywhere
//!   token, causal
//!     ask ─▶ behind ─▶ ask the replica that held its past last ─▶ behind ─▶ wait ─▶ ask the first one again ─▶ …
//!                      └── that is the one which was asked ──────────────▶ wait
//!                                                                └─ a read, no answer ─▶ ask the first one again
//! ```
//!
//! A replica that answered as one that holds the past says so, with its column: from then on its reads are served without
//! another look, also where news that it lacks leaves a gap before what it showed.
//!
//! All of it belongs to one try: it uses up no attempt of the retry settings, and goes on until the try's time is over.
//! Session guarantees: Terry et al. 1994; the token is their read vector and write vector in one.

use crate::base::time::MS;
use crate::base::{AttemptId, Level, ReplicaId, Session, Strategy};
use crate::wire::Reply;

use super::{Client, ClientTimer, Effect, Intent, Phase};

/// The first wait for a replica that is behind, in microseconds: news within a region takes less.
const WAIT_US: u64 = 10 * MS;
/// How often it doubles, to 160 ms: longer than the way around the world.
const DOUBLINGS_MAX: u32 = 4;
/// How long it waits for the replica that held its past last before it asks the first one again, in microseconds: that
/// one may have caught up, and the other may be down. A write is not asked for twice in one try.
const PATIENCE_US: u64 = 2 * (WAIT_US << DOUBLINGS_MAX);
/// Attempts of one operation beside the first ones of its tries: 10 minutes of waiting. A client that has used them up
/// says nothing more until its time is over.
const MOVES_MAX: u16 = 4_096;

impl Client {
    /// Where an operation goes first.
    pub(super) fn first_replica(&mut self, intent: &Intent) -> ReplicaId {
        let asked = intent.via.unwrap_or(self.home);
        match intent.level {
            Level::Session(Session { strategy: Strategy::Affinity, .. }) => *self.affinity.get_or_insert(asked),
            Level::Session(Session { strategy: Strategy::Pinned(replica), .. }) => replica,
            _ => asked,
        }
    }

    /// The session has an answer: it knows more from now on, and perhaps who holds it.
    pub(super) fn take_in(&mut self, intent: &Intent, reply: &Reply) {
        let before = self.context;
        self.context.join(&reply.context);
        self.hlc = self.hlc.max(reply.hlc);
        if self.context != before || reply.held.is_some() {
            self.held = reply.held;
        }
        if self.context != before || intent.level.asks_for_past(intent.op_type) {
            self.holder = Some(reply.basis.replica);
        }
    }

    /// A replica lacks what the session has seen. What was asked before and given up says nothing new.
    pub(super) fn turned_away(&mut self, attempt: AttemptId, effects: &mut Vec<Effect>) {
        let holder = self.holder;
        let Some(running) = self.running.as_mut() else { return };
        if running.phase != Phase::Asking || running.id() != attempt || running.moves == MOVES_MAX {
            return;
        }
        if let Some(holder) = holder.filter(|holder| *holder != running.first && !running.has_turned) {
            running.has_turned = true;
            let is_read = running.intent.op_type.is_read();
            self.move_to(holder, effects);
            if let Some(attempt) = self.running.map(|running| running.id()).filter(|_| is_read) {
                let timer = ClientTimer::AskAgain(attempt);
                effects.push(Effect::Wake { timer, low_us: PATIENCE_US, high_us: PATIENCE_US });
            }
            return;
        }
        running.phase = Phase::Waiting;
        let wait_us = WAIT_US << running.waits.min(DOUBLINGS_MAX);
        running.waits += 1;
        let timer = ClientTimer::AskAgain(attempt);
        effects.push(Effect::Wake { timer, low_us: wait_us, high_us: wait_us });
    }

    /// The wait is over, or the replica that held its past last does not answer.
    pub(super) fn ask_again(&mut self, effects: &mut Vec<Effect>) {
        if let Some(first) = self.running.map(|running| running.first) {
            self.move_to(first, effects);
        }
    }

    fn move_to(&mut self, to: ReplicaId, effects: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else { return };
        running.attempt += 1;
        running.moves += 1;
        running.to = to;
        running.phase = Phase::Asking;
        let attempt = running.id();
        let request = self.request(attempt);
        effects.push(Effect::Move(to, request));
    }
}

/// How long an operation sleeps before it goes anywhere, in microseconds.
pub(super) fn sleep_us(intent: &Intent) -> u64 {
    match intent.level {
        Level::Session(Session { strategy: Strategy::Wait(us), .. }) if intent.op_type.is_read() => u64::from(us),
        _ => 0,
    }
}

/// Whether operations of a level stay at their replica, whatever the retry settings say.
pub(super) fn stays(level: Level) -> bool {
    matches!(level, Level::Session(Session { strategy: Strategy::Affinity | Strategy::Pinned(_), .. }))
}
