//! The trace: what happened inside, in 32 bytes an entry, with the entry that caused it.
//!
//! Entries become text only when they are shown.

use crate::base::{
    Actor, AttemptId, Column, Dot, EntryId, Instant, KeyId, LogId, MessageClass, MessageId, OpSet, ReplicaId, Role,
};

/// One entry. Its id is its place in the trace, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TraceEntry {
    /// True time.
    pub at: Instant,
    /// The entry without which this one would not be: the send of a delivery, the delivery of what it led to.
    pub cause: EntryId,
    /// Where it happened.
    pub actor: Actor,
    /// What happened.
    pub what: Happened,
}

/// Why a message got no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DropReason {
    /// The link was cut when it was sent.
    Cut,
    /// The link was in the down phase of a flap when it was sent.
    Flap,
    /// The link lost it.
    Lost,
    /// The receiver was down when it arrived.
    Down,
    /// The receiver's inbox was full.
    InboxFull,
}

/// What a timer was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TimerKind {
    /// A replica sends its heartbeat.
    Heartbeat,
    /// A replica starts a repair.
    Repair,
    /// A repair took too long.
    RepairTimeout,
    /// A replica looks for tombstones past their grace.
    Collect,
    /// A client waits for an answer no longer.
    Timeout,
    /// A client sends the next attempt.
    Backoff,
    /// NTP corrects a clock.
    Ntp,
    /// A pause or another timed fault ends.
    FaultEnds,
    /// A member of the Raft group looks for its leader, or a leader sends heartbeats.
    Raft,
    /// A follower of a primary that it does not hear campaigns.
    Campaign,
    /// A coordinator looks for homes that have not confirmed a write.
    Hints,
    /// A client has slept before its read.
    Sleep,
    /// A client asks a replica again that was behind.
    AskAgain,
}

/// How a repair ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RepairEnd {
    /// Both sides hold what the other held at its start.
    Succeeded,
    /// The peer did not answer in time.
    TimedOut,
    /// One side crashed.
    Crashed,
}

/// How far a switch of levels is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SwitchStage {
    /// The log is to decide the types; every replica hands over what it has.
    Sealed,
    /// The log decides them.
    Bound,
    /// The log decides them, without those who have not handed over.
    Forced,
    /// The log has let go of them.
    Unsealed,
    /// The log decides them, and replicas do them alone within what it grants them.
    Granting,
    /// The log decides them, and replicas do them alone while they see enough.
    Trusting,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Happened {
    /// A message left.
    Sent {
        /// Its class.
        class: MessageClass,
        /// To whom.
        to: Actor,
        /// Which message.
        message: MessageId,
        /// When it will arrive, in microseconds from now.
        delay_us: u32,
    },
    /// A message arrived and was handled.
    Delivered {
        /// Its class.
        class: MessageClass,
        /// From whom.
        from: Actor,
        /// Which message.
        message: MessageId,
    },
    /// A message got no further: at its sender (cut, lost) or at its receiver (down, full).
    Dropped {
        /// Why.
        why: DropReason,
        /// Its class.
        class: MessageClass,
        /// The other end.
        peer: Actor,
        /// Which message.
        message: MessageId,
    },
    /// A timer fired and led to something.
    Timer {
        /// What it was for.
        timer: TimerKind,
    },
    /// A client began an operation, sent an attempt, or was answered; a replica decided. The history has the rest.
    Invoked {
        /// The first attempt.
        attempt: AttemptId,
    },
    /// A replica decided an attempt.
    Decided {
        /// Which.
        attempt: AttemptId,
    },
    /// A client's operation ended.
    Returned {
        /// The attempt that was answered, or the last one.
        attempt: AttemptId,
    },
    /// A replica's store took in a write. Recorded by the host from the store's change, not by the protocol.
    Applied {
        /// Its column.
        column: Column,
        /// The key.
        key: KeyId,
        /// Its counter.
        counter: u32,
    },
    /// A replica's store took in a write that loses there: what it holds already wins against it.
    Superseded {
        /// Its column.
        column: Column,
        /// The key.
        key: KeyId,
        /// Its counter.
        counter: u32,
    },
    /// A replica's store took in, by repair, all writes of a column to a key after counter `after` up to `upto`.
    AppliedRange {
        /// Their column.
        column: Column,
        /// The key.
        key: KeyId,
        /// Exclusive.
        after: u32,
        /// Inclusive.
        upto: u32,
    },
    /// A replica crashed. What it applied before is gone if `disk_lost`.
    Crashed {
        /// Whether its disk is lost.
        disk_lost: bool,
    },
    /// A replica restarted, writing to this column from now on.
    Restarted {
        /// Its column.
        column: Column,
    },
    /// An actor stopped handling inputs.
    Paused,
    /// An actor handles inputs again.
    Resumed,
    /// A command of the world took effect.
    Command {
        /// Its number among the recorded commands.
        index: u32,
    },
    /// A replica's own metric: how far it believes to lag behind.
    ObservedLag {
        /// In microseconds by its own clock; negative clocks show as 0.
        lag_us: u64,
    },
    /// A replica began a repair with a peer.
    RepairStarted {
        /// The peer.
        peer: ReplicaId,
    },
    /// A repair that this replica began has ended.
    RepairEnded {
        /// How.
        end: RepairEnd,
        /// The peer.
        peer: ReplicaId,
        /// Keys that differed, whichever side changed.
        keys: u32,
    },
    /// A replica forgot a tombstone whose grace was over.
    Collected {
        /// The key.
        key: KeyId,
    },
    /// A replica's item came to life again though its deletion had been applied and collected there.
    Resurrected {
        /// The key.
        key: KeyId,
    },
    /// NTP corrected an actor's clock.
    Corrected {
        /// By how much its wall moved at once, in microseconds; 0 for a slew.
        step_us: i64,
    },
    /// The outside provider decided a request to charge.
    Charged {
        /// The attempt for which a replica asked.
        attempt: AttemptId,
        /// Whether the answer is a stored one: nothing was charged now.
        is_stored: bool,
    },
    /// A replica's store gave a write up again: the primary's log dropped it.
    TakenBack {
        /// Its column.
        column: Column,
        /// The key.
        key: KeyId,
        /// Its counter.
        counter: u32,
    },
    /// A replica dropped accepted writes from the end of the primary's log: the primary that it follows now does not have
    /// them.
    Truncated {
        /// The attempt that made the first of them.
        attempt: AttemptId,
        /// How many writes.
        count: u32,
    },
    /// A replica's role in a log, or its term or epoch, changed.
    Role {
        /// Which log.
        log: LogId,
        /// What it is now.
        role: Role,
        /// In which term.
        term: u32,
    },
    /// A replica applied an entry about a switch of levels.
    Switched {
        /// How far it is.
        stage: SwitchStage,
        /// Whether no replica applied that entry before.
        is_first: bool,
        /// The operation types.
        types: OpSet,
    },
    /// A log absorbed a write after its type was bound without the write's replica.
    AbsorbedLate {
        /// The key.
        key: KeyId,
    },
    /// A replica learned that it may take more of a key alone.
    Granted {
        /// The key.
        key: KeyId,
        /// How much more, in units of its counter.
        amount: u32,
    },
    /// What a replica returned of a grant has reached the log.
    GaveBack {
        /// The key.
        key: KeyId,
        /// How much.
        amount: u32,
    },
    /// A replica got a write and shows it only once it has what comes before it.
    HeldBack {
        /// Its column.
        column: Column,
        /// The key.
        key: KeyId,
        /// Its counter.
        counter: u32,
    },
}

impl Happened {
    /// The dot of an `Applied` or `Superseded` entry.
    pub fn dot(&self) -> Option<Dot> {
        match *self {
            Self::Applied { column, counter, .. } | Self::Superseded { column, counter, .. } => {
                Some(Dot { column, counter })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_takes_32_bytes() {
        assert_eq!(size_of::<TraceEntry>(), 32);
    }
}
