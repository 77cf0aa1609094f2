//! What a leader knows of one follower.
//!
//! ```text
//!            conflict, or a new life                entries before the base
//!        ┌──────────────────────────┐            ┌──────────────────────────┐
//!        ▼                          │            │                          ▼
//!      Probe ── an answer that ──▶ Stream      Probe ──────────────────▶ Snapshot
//!   one message,  matches         many messages                         resent when
//!   then wait                     under way         ◀── it matches ──    overdue
//! ```

use crate::base::LocalInstant;

use super::leader::Answered;
use super::settings::WINDOW_MAX;

/// How a leader sends to a follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It looks for the place where both logs part.
    Probe {
        /// Whether a message with entries is under way.
        waits: bool,
    },
    /// Entries are sent as they come.
    Stream,
    /// The follower needs a snapshot.
    Snapshot {
        /// When it was sent, on the leader's monotonic clock.
        sent_mono_us: u64,
    },
}

/// What a leader knows of one follower.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    /// Its log equals the leader's up to here.
    pub(super) matched: u32,
    /// The next entry to send.
    pub(super) next: u32,
    pub(super) stage: Stage,
    /// Which of its lives this is about.
    incarnation: u32,
    /// Whether it says that it votes and counts.
    pub(super) counts: bool,
    /// The latest of its lives for which this leader has appended an entry that readmits it.
    pub(super) readmitted: u32,
    /// The newest round that it answered.
    pub(super) round: u32,
    /// When the newest message that it answered was sent, by the leader's clocks.
    pub(super) answered: Option<LocalInstant>,
    /// When it was last heard, on the leader's monotonic clock.
    pub(super) heard_mono_us: u64,
}

impl Progress {
    /// Nothing is known yet; it is given an election timeout to answer.
    pub(super) fn unknown(next: u32, now_mono_us: u64) -> Self {
        Self {
            matched: 0,
            next,
            stage: Stage::Probe { waits: false },
            incarnation: 0,
            counts: true,
            readmitted: 0,
            round: 0,
            answered: None,
            heard_mono_us: now_mono_us,
        }
    }

    /// Notes an answer; false if it is from an earlier life and says nothing of this one.
    pub(super) fn hear(&mut self, answer: &Answered, now_mono_us: u64, last: u32) -> bool {
        if answer.incarnation < self.incarnation {
            return false;
        }
        if answer.incarnation > self.incarnation {
            let readmitted = self.readmitted;
            *self = Self { incarnation: answer.incarnation, readmitted, ..Self::unknown(last + 1, now_mono_us) };
        }
        // An answer from before it was readmitted may arrive late.
        self.counts = answer.counts;
        self.heard_mono_us = now_mono_us;
        if answer.counts && answer.round.number > 0 {
            self.round = self.round.max(answer.round.number);
            let is_newer = |old: LocalInstant| answer.round.sent.mono_us > old.mono_us;
            if self.answered.is_none_or(is_newer) {
                self.answered = Some(answer.round.sent);
            }
        }
        true
    }

    /// Its log equals the leader's up to `index`.
    pub(super) fn matches(&mut self, index: u32) {
        // A late answer says nothing about the snapshot that is under way.
        let is_late = matches!(self.stage, Stage::Snapshot { .. }) && index <= self.matched;
        if !is_late {
            self.stage = Stage::Stream;
        }
        self.matched = self.matched.max(index);
        self.next = self.next.max(self.matched + 1);
    }

    /// It lacks `prev`; try again from `next`.
    pub(super) fn conflicts(&mut self, prev: u32, next: u32) {
        if prev <= self.matched || prev + 1 < self.next && matches!(self.stage, Stage::Probe { .. }) {
            return;
        }
        match self.stage {
            // The entries are folded since, and the heartbeat asked for what is left; or it is an answer to older news.
            Stage::Probe { .. } if prev + 1 > self.next => {}
            Stage::Probe { .. } | Stage::Stream => self.next = next.clamp(self.matched + 1, prev),
            Stage::Snapshot { .. } => return,
        }
        self.stage = Stage::Probe { waits: false };
    }

    /// Whether entries may be sent now.
    pub(super) fn may_send(&self) -> bool {
        matches!(self.stage, Stage::Stream | Stage::Probe { waits: false })
    }

    /// Whether as much is under way as may be. Of a follower that is probed nothing is known, and one message is.
    pub(super) fn is_full(&self) -> bool {
        self.stage == Stage::Stream && self.next - self.matched > WINDOW_MAX
    }

    /// Notes that `count` entries were sent.
    pub(super) fn sent(&mut self, count: u32) {
        match &mut self.stage {
            Stage::Probe { waits } => *waits = true,
            Stage::Stream => self.next += count,
            Stage::Snapshot { .. } => {}
        }
    }

    /// Whether a snapshot was sent so long ago that it, or its answer, must be lost.
    pub(super) fn snapshot_is_overdue(&self, now_mono_us: u64, after_us: u64) -> bool {
        matches!(self.stage, Stage::Snapshot { sent_mono_us } if now_mono_us.saturating_sub(sent_mono_us) >= after_us)
    }

    /// A number of it, 0 if it does not count.
    pub(super) fn counted(&self, number: impl Fn(&Self) -> u32) -> u32 {
        if self.counts { number(self) } else { 0 }
    }
}
