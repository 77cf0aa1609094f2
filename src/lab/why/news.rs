//! Where the news of a write was when a replica could have used it.

use crate::base::{AttemptId, EntryId, Instant, LogId, MessageClass, MessageId, OpId, ReplicaId};
use crate::check::words::seconds;
use crate::lab::log::Log;
use crate::record::{DropReason, Happened, TraceEntry};

use super::past::{Past, Write, decision_number};

/// Where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// Between the two.
    UnderWay {
        /// When it arrives.
        arrives: Instant,
    },
    /// It got no further than this.
    Dropped {
        /// When.
        at: Instant,
        /// Why.
        why: DropReason,
    },
    /// It has arrived and waits to be handled.
    Waiting {
        /// Since when.
        since: Instant,
    },
    /// The replica had it, and lost its disk.
    LostWithDisk {
        /// When.
        at: Instant,
    },
    /// It has arrived, before something that has to come before it.
    HeldBack {
        /// Since when.
        since: Instant,
    },
    /// It was handled and changed nothing.
    Ignored {
        /// When.
        at: Instant,
    },
    /// Gossip never carries it, nor does a repair: it comes in a log.
    OnLog(LogId),
    /// Nobody pushed it: gossip is off.
    NotSent,
    /// The record of it is dropped.
    Unknown,
}

/// How a replica came by a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Gossip,
    Repair,
    Otherwise,
}

/// The push of a write to one replica, as it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Push {
    /// It left.
    Sent {
        /// Which message.
        message: MessageId,
        /// When it arrives.
        arrives: Instant,
    },
    /// Its link did not take it.
    Dropped(DropReason),
}

/// Which write, and where and when it was accepted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    pub(super) op: OpId,
    /// Which attempt, if that is known.
    pub(super) attempt: Option<AttemptId>,
    pub(super) replica: ReplicaId,
    pub(super) at: Instant,
}

impl Write {
    pub(super) fn written(&self) -> Written {
        Written { op: self.op, attempt: Some(self.attempt), replica: self.replica, at: self.at }
    }
}

/// The push of a write to a replica: it left with the decision, for the same cause.
///
/// # Errors
/// If the record of the decision is dropped.
pub(super) fn push(log: &Log, written: Written, to: ReplicaId) -> Result<Option<Push>, ()> {
    let Written { op, attempt, replica, at } = written;
    let is_meant = |own: AttemptId| own.op == op && attempt.is_none_or(|attempt| own == attempt);
    let decided = decision_number(log, replica, at, is_meant).ok_or(())?;
    let cause = log.trace.get(decided).ok_or(())?.cause;
    let first = log.trace.partition_point(|entry| entry.at < at);
    let of = |entry: &TraceEntry| match entry.what {
        Happened::Sent { class: MessageClass::Gossip, to: receiver, message, delay_us } if receiver == to.into() => {
            Some(Push::Sent { message, arrives: entry.at + u64::from(delay_us) })
        }
        Happened::Dropped { class: MessageClass::Gossip, peer, why, .. } if peer == to.into() => {
            Some(Push::Dropped(why))
        }
        _ => None,
    };
    let mine = |entry: &&TraceEntry| entry.actor == replica.into() && entry.cause == cause;
    let mut entries = log.trace.since(first).take_while(|entry| entry.at == at).filter(mine);
    Ok(entries.find_map(of))
}

impl Past<'_> {
    /// Where the news of a write was for a replica that lacked it, before entry number `upto` of the trace, at `now`.
    pub(super) fn whereabouts(&self, write: usize, replica: ReplicaId, upto: u64, now: Instant) -> Whereabouts {
        let log = self.sitting.log();
        if let Some(at) = self.lost_with_disk(write, replica, upto) {
            return Whereabouts::LostWithDisk { at };
        }
        let written = &self.writes[write];
        if let Some(ordering) = written.dot.column.log() {
            return Whereabouts::OnLog(ordering);
        }
        let (message, arrives) = match push(log, written.written(), replica) {
            Err(()) => return Whereabouts::Unknown,
            Ok(None) => return Whereabouts::NotSent,
            Ok(Some(Push::Dropped(why))) => return Whereabouts::Dropped { at: written.at, why },
            Ok(Some(Push::Sent { message, arrives })) => (message, arrives),
        };
        let before = log.trace.partition_point(|entry| entry.at < arrives);
        let span = upto.saturating_sub(before) as usize;
        let dot = written.dot;
        let is_held = |entry: &TraceEntry| {
            let what = Happened::HeldBack { column: dot.column, key: self.key, counter: dot.counter };
            entry.actor == replica.into() && entry.what == what
        };
        if let Some(held) = log.trace.since(before).take(span).find(|entry| is_held(entry)) {
            return Whereabouts::HeldBack { since: held.at };
        }
        for entry in log.trace.since(before).take(span).filter(|entry| entry.actor == replica.into()) {
            match entry.what {
                Happened::Delivered { message: own, .. } if own == message => {
                    return Whereabouts::Ignored { at: entry.at };
                }
                Happened::Dropped { message: own, why, .. } if own == message => {
                    return Whereabouts::Dropped { at: entry.at, why };
                }
                _ => {}
            }
        }
        if arrives <= now { Whereabouts::Waiting { since: arrives } } else { Whereabouts::UnderWay { arrives } }
    }

    /// When a replica lost its disk with the write on it, for the last time.
    fn lost_with_disk(&self, write: usize, replica: ReplicaId, upto: u64) -> Option<Instant> {
        let log = self.sitting.log();
        let first = log.trace.partition_point(|entry| entry.at < self.writes[write].at);
        let (mut has, mut lost) = (false, None);
        for entry in log.trace.since(first).take(upto.saturating_sub(first) as usize) {
            if entry.actor != replica.into() {
                continue;
            }
            match entry.what {
                Happened::Crashed { disk_lost: true } if has => (has, lost) = (false, Some(entry.at)),
                _ if self.taken_in(entry).contains(&write) => has = true,
                _ => {}
            }
        }
        lost
    }

    /// When a replica took in a write, or one that beats it, at or after entry number `from`; and how.
    pub(super) fn arrival(&self, write: usize, replica: ReplicaId, from: u64) -> Option<(Instant, How)> {
        let trace = &self.sitting.log().trace;
        let satisfies = |other: usize| other == write || self.beats(other, write);
        let entries = trace.since(from).filter(|entry| entry.actor == replica.into());
        let mut taken = entries.filter(|entry| self.taken_in(entry).into_iter().any(satisfies));
        taken.next().map(|entry| (entry.at, how(self.sitting.log(), entry.cause)))
    }

    /// "still under way from r1 to r3, arriving at 1.071 s".
    pub(super) fn whereabouts_text(&self, write: usize, replica: ReplicaId, place: Whereabouts) -> String {
        let from = self.writes[write].replica;
        match place {
            Whereabouts::UnderWay { arrives } => {
                format!("the news was still under way from {from} to {replica}, to arrive at {}", seconds(arrives))
            }
            Whereabouts::Dropped { at, why } => {
                let what = match why {
                    DropReason::Cut => format!("the link from {from} to {replica} was cut"),
                    DropReason::Flap => format!("the link from {from} to {replica} was down"),
                    DropReason::Lost => format!("the link from {from} to {replica} lost it"),
                    DropReason::Down => format!("{replica} was down"),
                    DropReason::InboxFull => format!("the inbox of {replica} was full"),
                };
                format!("the news was dropped at {}, because {what}; it had to wait for a repair", seconds(at))
            }
            Whereabouts::Waiting { since } => {
                format!(
                    "the news had reached {replica} at {}, which had not handled it yet: paused or busy",
                    seconds(since)
                )
            }
            Whereabouts::LostWithDisk { at } => {
                format!("{replica} had it, and lost it with its disk at {}", seconds(at))
            }
            Whereabouts::HeldBack { since } => {
                format!(
                    "the news had reached {replica} at {}, which held it back, since something that comes before it was missing",
                    seconds(since)
                )
            }
            Whereabouts::Ignored { at } => {
                format!("the news had reached {replica} at {} and changed nothing there", seconds(at))
            }
            Whereabouts::OnLog(ordering) => {
                let whose = match ordering {
                    LogId::Primary => "the primary's",
                    LogId::Raft => "Raft's",
                };
                format!("the news came in {whose} log alone, and {replica} showed nothing of that entry")
            }
            Whereabouts::NotSent => "nobody had sent the news: gossip was off; it had to wait for a repair".to_owned(),
            Whereabouts::Unknown => "the record of its news is dropped".to_owned(),
        }
    }
}

/// What brought something about: gossip or repair, some steps back.
fn how(log: &Log, cause: EntryId) -> How {
    let entry = cause.0.checked_sub(1).and_then(|number| log.trace.get(u64::from(number)));
    match entry.map(|entry| entry.what) {
        Some(Happened::Delivered { class: MessageClass::Gossip, .. }) => How::Gossip,
        Some(Happened::Delivered { class: MessageClass::Repair, .. }) => How::Repair,
        _ => How::Otherwise,
    }
}
