//! The story of a run: what is worth telling, one line each. Golden output, the log on the screen and `--json` are
//! made of it.
//!
//! ```text
//!   1.052000  ben    stock.level mug → 10                 r3        2ms  stale 48ms, 1 behind
//!   5.000000  ·      partition r1 | r2 r3
//!   5.312000  ✗      no-overdraft: w1.3 withdrew 5 from joint via r2 at …
//! ```
//!
//! Operations of workloads are not told one by one: their numbers are in the measures. A claim's first violation at a
//! key is told with its sentence; later ones are counted.

use std::sync::Arc;

use crate::base::limits::REPLICAS_MAX;
use crate::base::operation::Effect;
use crate::base::{
    Actor, Claim, EntryId, Instant, KeyId, LogId, MessageClass, OpId, OpSet, OpType, ReplicaId, ReplicaSet, Role, Value,
};
use crate::check::Violation;
use crate::cluster::WorldCommand;
use crate::cluster::view::View;
use crate::metrics::Metrics;
use crate::record::{
    DropReason, Happened, HistoryEntry, Operation, Operations, Outcome, RepairEnd, SwitchStage, TraceEntry,
};

use super::answers::Answers;
use super::judges::Judges;
use super::log::Log;

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct StoryLine {
    /// True time.
    pub at: Instant,
    /// What happened.
    pub what: Telling,
    /// The entry of the trace where it can be looked up, or none.
    pub entry: EntryId,
}

/// What a line tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Telling {
    /// An operation of a named client ended.
    Operation(OperationLine),
    /// Someone did something to the world.
    Command(Arc<str>),
    /// One person told another something outside of the system.
    Told {
        /// Who.
        from: Arc<str>,
        /// Whom.
        to: Arc<str>,
    },
    /// A claim was broken.
    Violation {
        /// Which.
        claim: Claim,
        /// How, in one sentence.
        sentence: Arc<str>,
    },
    /// A replica's own lag metric went above the objective.
    Alert {
        /// Which.
        replica: ReplicaId,
        /// What it said, in microseconds.
        observed_us: u64,
    },
    /// A deleted item came back to life.
    Resurrected {
        /// Where.
        replica: ReplicaId,
        /// Which.
        key: KeyId,
    },
    /// A replica forgot a tombstone.
    Collected {
        /// Which.
        replica: ReplicaId,
        /// Of what.
        key: KeyId,
    },
    /// A repair mended something, or failed.
    Repair {
        /// Who began it.
        replica: ReplicaId,
        /// With whom.
        peer: ReplicaId,
        /// How it ended.
        end: RepairEnd,
        /// Keys that differed.
        keys: u32,
    },
    /// A replica dropped operations from its log, which its new primary does not have.
    Truncated {
        /// Who.
        replica: ReplicaId,
        /// How many.
        count: u32,
        /// The first of them, if it is known.
        first: Option<Asked>,
    },
    /// A replica asks for votes, or decides what goes into a log.
    Role {
        /// Which log.
        log: LogId,
        /// Who.
        replica: ReplicaId,
        /// What it is now.
        role: Role,
        /// In which term.
        term: u32,
    },
    /// A level is being switched.
    Switch {
        /// How far it is.
        stage: SwitchStage,
        /// The operation types.
        types: OpSet,
    },
    /// A log absorbed a write of a replica that a forced switch had left out.
    AbsorbedLate {
        /// The key.
        key: KeyId,
    },
    /// A replica may take more of a key alone.
    Granted {
        /// Who.
        replica: ReplicaId,
        /// Of what.
        key: KeyId,
        /// How much more.
        amount: u32,
    },
    /// What a replica returned of a grant is the log's again.
    GaveBack {
        /// Who.
        replica: ReplicaId,
        /// Of what.
        key: KeyId,
        /// How much.
        amount: u32,
    },
    /// A replica got a write and does not show it yet: only where `story messages` asks.
    HeldBack {
        /// Who.
        replica: ReplicaId,
        /// A write to what.
        key: KeyId,
    },
    /// The outside provider charged for a named client.
    Charged {
        /// Who asked for it.
        replica: ReplicaId,
        /// The payment.
        key: KeyId,
        /// How much.
        amount: i64,
    },
    /// A message left, arrived or was lost: only where `story messages` asks.
    Message(MessageLine),
    /// An expectation was judged.
    Expectation {
        /// The line that expects it.
        text: Arc<str>,
        /// Whether it is so; `None` if a judge gave up.
        met: Option<bool>,
        /// What was found instead, if it is not so.
        found: Arc<str>,
    },
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who asked.
    pub client: Actor,
    /// What for.
    pub op_type: OpType,
    /// Of which key.
    pub key: KeyId,
    /// What it carried.
    pub argument: Value,
}

impl Asked {
    fn of(operation: &Operation) -> Self {
        let Operation { client, op_type, key, argument, .. } = *operation;
        Self { client, op_type, key, argument }
    }
}

/// An operation as its client saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationLine {
    /// Which.
    pub op: OpId,
    /// Whose.
    pub client: Actor,
    /// Of what type.
    pub op_type: OpType,
    /// Of which key.
    pub key: KeyId,
    /// What it carried.
    pub argument: Value,
    /// How it ended.
    pub outcome: Outcome,
    /// Who answered, or was asked last.
    pub replica: Option<ReplicaId>,
    /// The homes on which a quorum's answer is based; nobody for a write that has no condition.
    pub homes: ReplicaSet,
    /// From when it should have begun, in microseconds.
    pub latency_us: u64,
    /// How many attempts it took, without those that were turned away and moved on.
    pub attempts: usize,
    /// How often a replica lacked what the session had seen, and the client turned to another or asked again.
    pub turned_away: usize,
    /// The staleness of a read, in microseconds and in versions, if it was stale.
    pub stale: Option<(u64, u32)>,
}

/// A message as it left, arrived or was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageLine {
    /// From whom.
    pub from: Actor,
    /// To whom.
    pub to: Actor,
    /// What for.
    pub class: MessageClass,
    /// What became of it.
    pub fate: MessageFate,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFate {
    /// It left and will take so many microseconds.
    Sent(u32),
    /// It arrived.
    Delivered,
    /// It got no further.
    Dropped(DropReason),
}

/// What each replica was last in Raft. Who crashes forgets it, and is a follower again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Roles([Role; REPLICAS_MAX]);

impl Default for Roles {
    fn default() -> Self {
        Self([Role::Follower; REPLICAS_MAX])
    }
}

impl Roles {
    /// Takes in what a replica is now. A follower that only hears of another term has nothing to tell.
    fn are_news(&mut self, replica: ReplicaId, role: Role) -> bool {
        let before = std::mem::replace(&mut self.0[replica.index()], role);
        (before, role) != (Role::Follower, Role::Follower)
    }
}

/// Whether a command is told when it is given. Setup is where a story begins, and an operation is told when it ends.
pub(super) fn is_told(command: &WorldCommand) -> bool {
    !command.is_setup() && !matches!(command, WorldCommand::Operate { .. })
}

/// The line of a command.
pub(super) fn command(at: Instant, command: &WorldCommand, text: &str) -> StoryLine {
    let what = match command {
        WorldCommand::Tell { from, to } => Telling::Told { from: from.as_str().into(), to: to.as_str().into() },
        _ => Telling::Command(text.into()),
    };
    StoryLine { at, what, entry: EntryId::NONE }
}

/// Adds what an entry of the trace has to tell.
#[inline]
pub(super) fn trace(entry: &TraceEntry, alerts_before: u64, metrics: &Metrics, roles: &mut Roles, log: &mut Log) {
    let Some(replica) = entry.actor.as_replica() else { return };
    let what = match entry.what {
        Happened::ObservedLag { lag_us } if metrics.lag().alert_count() > alerts_before => {
            Telling::Alert { replica, observed_us: lag_us }
        }
        Happened::Resurrected { key } => Telling::Resurrected { replica, key },
        Happened::Collected { key } => Telling::Collected { replica, key },
        Happened::RepairEnded { end, peer, keys } if keys > 0 || end != RepairEnd::Succeeded => {
            Telling::Repair { replica, peer, end, keys }
        }
        Happened::Role { log: log @ LogId::Raft, role, term } if roles.are_news(replica, role) => {
            Telling::Role { log, replica, role, term }
        }
        Happened::Role { log: log @ LogId::Primary, role, term } => Telling::Role { log, replica, role, term },
        Happened::Truncated { attempt, count } => {
            Telling::Truncated { replica, count, first: metrics.operations().get(attempt.op).map(Asked::of) }
        }
        Happened::Crashed { .. } => {
            roles.0[replica.index()] = Role::Follower;
            return;
        }
        Happened::Switched { stage, is_first: true, types } => Telling::Switch { stage, types },
        Happened::AbsorbedLate { key } => Telling::AbsorbedLate { key },
        Happened::Granted { key, amount } => Telling::Granted { replica, key, amount },
        Happened::GaveBack { key, amount } => Telling::GaveBack { replica, key, amount },
        _ => return,
    };
    let entry_id = EntryId(log.trace.len() as u32 + 1);
    log.story.push(StoryLine { at: entry.at, what, entry: entry_id });
}

/// Adds what an entry of the history has to tell, after the folds took it in.
#[inline]
pub(super) fn history(entry: &HistoryEntry, metrics: &Metrics, answers: &Answers, view: View<'_>, log: &mut Log) {
    if let HistoryEntry::Charged { attempt, at, replica, key, amount } = *entry {
        let client = metrics.operations().get(attempt.op).and_then(|operation| operation.client.as_client());
        if client.is_some_and(|index| !view.belongs_to_workload(index)) {
            let what = Telling::Charged { replica, key, amount };
            log.story.push(StoryLine { at, what, entry: EntryId(log.trace.len() as u32) });
        }
    }
    let HistoryEntry::Returned { op, attempt, at, outcome, .. } = *entry else { return };
    let Some(operation) = metrics.operations().get(op) else { return };
    let client = operation.client;
    if client.as_client().is_some_and(|index| view.belongs_to_workload(index)) {
        return;
    }
    let (attempts, turned_away) = (answers.attempts(client, op), answers.moves(client, op));
    let asked =
        attempt.or_else(|| Some(crate::base::AttemptId { op, number: u16::try_from(attempts.checked_sub(1)?).ok()? }));
    let shows_homes = operation.op_type.spec().effect != Effect::Write;
    let line = OperationLine {
        op,
        client,
        op_type: operation.op_type,
        key: operation.key,
        argument: operation.argument,
        outcome,
        replica: asked.and_then(|attempt| answers.went_to(client, attempt)),
        homes: attempt.filter(|_| shows_homes).map(|attempt| answers.contributors(client, attempt)).unwrap_or_default(),
        latency_us: at.since(operation.intended),
        attempts: attempts - turned_away,
        turned_away,
        stale: metrics.last_read(op).filter(|(_, versions)| *versions > 0),
    };
    log.story.push(StoryLine { at, what: Telling::Operation(line), entry: EntryId(log.trace.len() as u32) });
}

/// Adds what the judges of sets of writes just found, as far as it is news.
pub(super) fn news(judges: &mut Judges, operations: &Operations, view: View<'_>, log: &mut Log) {
    for violation in judges.take_news(operations, view) {
        self::violation(&violation, view, log);
    }
}

/// Adds a violation.
pub(super) fn violation(violation: &Violation, view: View<'_>, log: &mut Log) {
    let sentence = Judges::sentence(violation, view).into();
    let what = Telling::Violation { claim: violation.claim, sentence };
    log.story.push(StoryLine { at: violation.at, what, entry: EntryId(log.trace.len() as u32) });
}

/// The line of a message, if the entry is about one, or about what became of it.
pub fn message(entry: &TraceEntry) -> Option<StoryLine> {
    if let (Happened::HeldBack { key, .. }, Some(replica)) = (entry.what, entry.actor.as_replica()) {
        return Some(StoryLine { at: entry.at, what: Telling::HeldBack { replica, key }, entry: EntryId::NONE });
    }
    let (from, to, class, fate) = match entry.what {
        Happened::Sent { class, to, delay_us, .. } => (entry.actor, to, class, MessageFate::Sent(delay_us)),
        Happened::Delivered { class, from, .. } => (from, entry.actor, class, MessageFate::Delivered),
        Happened::Dropped { why, class, peer, .. } => match why {
            DropReason::Cut | DropReason::Flap | DropReason::Lost => {
                (entry.actor, peer, class, MessageFate::Dropped(why))
            }
            DropReason::Down | DropReason::InboxFull => (peer, entry.actor, class, MessageFate::Dropped(why)),
        },
        _ => return None,
    };
    let what = Telling::Message(MessageLine { from, to, class, fate });
    Some(StoryLine { at: entry.at, what, entry: EntryId::NONE })
}
