//! What judges answer.

use std::sync::Arc;

use super::black_box::{Promise, Reason};
use super::live::{Act, Broken};
use crate::base::{Actor, Claim, Instant, KeyId, OpId, OpType, ReplicaId, ReplicaSet, Value};

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// It does, for all of the record.
    Holds,
    /// It does not; there is a witness.
    Violated,
    /// The record does not say; there is a reason.
    Unknown,
}

/// A judge's answer.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What was judged.
    pub claim: Claim,
    /// Whether it holds.
    pub holds: Ruling,
    /// The first violations, at most [`VIOLATIONS_KEPT`](crate::base::limits::VIOLATIONS_KEPT).
    pub violations: Vec<Arc<Violation>>,
    /// How many there are in all, as far as they are known; at least one if it is violated.
    pub count: u64,
    /// Why it is unknown, if it is.
    pub unknown: Option<Unknown>,
}

impl Verdict {
    /// What is violated if there are violations, and holds if there are none.
    pub fn of(claim: Claim, violations: Vec<Arc<Violation>>, count: u64) -> Self {
        let holds = if count == 0 { Ruling::Holds } else { Ruling::Violated };
        Self { claim, holds, violations, count, unknown: None }
    }

    /// No answer, and why.
    pub fn unknown(claim: Claim, unknown: Unknown) -> Self {
        Self { claim, holds: Ruling::Unknown, violations: Vec::new(), count: 0, unknown: Some(unknown) }
    }
}

/// Why a judge has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Something that the claim waits for is still under way.
    Underway(Underway),
    /// Some cases were beyond the judge's memory.
    TooMuch {
        /// How many.
        cases: u64,
    },
    /// The judge needs the whole record, and its beginning is gone.
    Truncated {
        /// Entries that were dropped.
        dropped: u64,
    },
    /// A judge that searches gave up, or cannot follow the values.
    Search(Reason),
}

/// What is still under way. All empty: nothing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Underway {
    /// Messages that carry data and have not arrived.
    pub messages: u64,
    /// Operations that have not returned.
    pub operations: u64,
    /// Replicas that are down or paused.
    pub down: ReplicaSet,
    /// Whether a fault keeps replicas apart.
    pub parted: bool,
    /// Replicas without a successful repair since something last changed.
    pub unrepaired: ReplicaSet,
}

impl Underway {
    /// Whether nothing is under way.
    pub fn is_quiet(&self) -> bool {
        *self == Self::default()
    }
}

/// A promise that was broken once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The promise.
    pub claim: Claim,
    /// When it was broken, or for a claim about the end, when it was judged.
    pub at: Instant,
    /// When the operation that broke it was invoked: what `since` a mark asks for. Equal to `at` where no single one
    /// did.
    pub invoked: Instant,
    /// The key.
    pub key: KeyId,
    /// The witness, in the order of their decisions: left out any of them, the rest is legal.
    pub operations: Vec<OpId>,
    /// What to say.
    pub sentence: Sentence,
}

/// One accepted write, as a sentence needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The operation.
    pub op: OpId,
    /// Who asked.
    pub client: Actor,
    /// For what.
    pub op_type: OpType,
    /// What it carried.
    pub argument: Value,
    /// Who accepted.
    pub replica: ReplicaId,
    /// When.
    pub at: Instant,
}

impl Deed {
    /// The amount that it carried: 1 for a plain like, 0 for a text.
    pub fn amount(&self) -> i64 {
        match self.argument {
            Value::Nil if self.op_type == OpType::LikesAdd => 1,
            argument => argument.amount().unwrap_or(0),
        }
    }
}

/// Accepted withdrawals that the judge remembers only as a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Older {
    /// How many.
    pub count: u64,
    /// Their amounts together.
    pub amount: i64,
}

/// What a violation has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// More was taken than was there.
    Overspent {
        /// The acceptance that broke the promise.
        accused: Deed,
        /// The witness, oldest first. Without `accused` if the others suffice: it was overspent already.
        witness: Vec<Deed>,
        /// What the witness needs of withdrawals that are not remembered one by one; then it is not minimal.
        older: Option<Older>,
        /// What was given at the start.
        given: i64,
        /// What was paid in, counted from the invocation.
        paid_in: i64,
    },
    /// Replicas do not show what they should.
    Diverged {
        /// What each replica shows.
        shown: Vec<(ReplicaId, Value)>,
        /// What all should show; nothing where it is enough that they agree.
        join: Option<Value>,
        /// Why, as far as the record tells.
        cause: Cause,
        /// The witness.
        witness: Vec<Deed>,
    },
    /// A claim that is judged over sets of writes was broken.
    Broken(Box<Broken>),
    /// Operations of which no order is what was promised.
    Unordered {
        /// What was promised.
        promise: Promise,
        /// The operations, in the order of their invocations.
        witness: Vec<Told>,
    },
}

impl Sentence {
    /// The operations of the witness, each once, in the order of their decisions.
    pub fn operations(&self) -> Vec<OpId> {
        let all: Vec<OpId> = match self {
            Self::Overspent { witness, .. } | Self::Diverged { witness, .. } => {
                witness.iter().map(|deed| deed.op).collect()
            }
            Self::Broken(broken) => broken.witness().iter().map(|act| act.deed.op).collect(),
            Self::Unordered { witness, .. } => witness.iter().map(|told| told.act.deed.op).collect(),
        };
        let mut operations = Vec::with_capacity(all.len());
        for op in all {
            if !operations.contains(&op) {
                operations.push(op);
            }
        }
        operations
    }
}

/// One operation of a witness, and what its client was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The operation. Of a read, the deed carries what it showed.
    pub act: Act,
    /// What its client was told of it.
    pub end: End,
}

/// What a client was told of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// That it is done.
    Done,
    /// That it cannot be.
    Refused,
    /// Nothing: it may have happened, or not.
    Unknown,
}

/// Why a replica shows what it should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It never applied some writes; the witness is the first of them.
    Missing {
        /// The replica.
        replica: ReplicaId,
        /// How many it lacks.
        count: u32,
    },
    /// It counted the witness more than once.
    Repeated {
        /// The replica.
        replica: ReplicaId,
    },
    /// It applied the first of the witness, which wins, and shows the second.
    Overruled {
        /// The replica.
        replica: ReplicaId,
    },
    /// It shows what no applied write says.
    Invented {
        /// The replica.
        replica: ReplicaId,
    },
    /// It applied all and still shows something else.
    Unexplained {
        /// The replica.
        replica: ReplicaId,
    },
    /// They need only agree, and do not.
    Disagreement,
}
