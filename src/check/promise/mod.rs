//! What a policy promises, for each operation type: which claims it keeps, which it breaks, and why it is not more.
//!
//! This is the effective promise: what a client can rely on when everything that a level is silent about goes wrong.
//! A claim that is neither kept nor broken does not concern the operation.

mod causal;
mod eventual;
mod primary;
mod quorum;
mod session;
mod strong;
mod threshold;

use crate::base::operation::OpType;
use crate::base::{Claim, Level, OpSet, Policy, Service};

/// What can be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Claims that hold whatever happens.
    pub kept: Vec<Claim>,
    /// Claims that hold as long as something else does, and what.
    pub kept_if: Vec<(Claim, &'static str)>,
    /// Claims that some schedule breaks.
    pub broken: Vec<Claim>,
    /// In a few words.
    pub words: &'static str,
    /// Why it is not more, or what it costs.
    pub why: &'static str,
}

/// What the policy promises for an operation type.
pub fn promise(op_type: OpType, policy: &Policy) -> Promise {
    match policy.level(op_type) {
        Level::Eventual => eventual::eventual(op_type, policy.resolver(op_type.spec().service)),
        Level::Session(session) => session::session(op_type, session, policy),
        Level::Causal => causal::causal(op_type, policy),
        Level::Quorum(quorum) => quorum::quorum(op_type, quorum, policy),
        Level::Linearizable(reads) => strong::linearizable(op_type, reads, policy),
        Level::Threshold(_, cover) => threshold::threshold(op_type, cover, policy),
        Level::Primary(shipping) => primary::primary(op_type, shipping, policy),
        Level::Bounded(_) => primary::bounded(op_type, policy),
    }
}

/// What keeps wall clocks in the order of what happened.
const CLOCKS: &str = "clocks never go back, they differ by less than the way between who writes and who knows of it, and no two writes come in one microsecond";
/// What keeps the lines of an operation in order: two lines of one microsecond say nothing.
const CLOCKS_OF_LINES: &str = "clocks differ by less than a request or an answer takes";
/// What keeps an answer coming from a replica that answers alone.
const NO_LOSS: &str = "no request and no answer between the client and its replica is lost, and both take less than the client's patience";
/// The same, where another replica may be asked.
const ASKED_IS_UP: &str = "a replica that is asked is up and in reach, no request and no answer between the client and that one is lost, and both take less than the client's patience";
/// What keeps both halves of a transfer together.
const TRANSFERS_BOUND: &str = "`account.transfer` is bound to a log too";
/// What keeps an operation single where a log decides it.
const KEYED: &str = "nobody tries again, or each operation has a key";

impl Promise {
    fn new(words: &'static str, why: &'static str) -> Self {
        Self { kept: Vec::new(), kept_if: Vec::new(), broken: Vec::new(), words, why }
    }

    fn keeps(mut self, claims: &[Claim]) -> Self {
        self.kept.extend(claims);
        self
    }

    fn keeps_if(mut self, condition: &'static str, claims: &[Claim]) -> Self {
        self.kept_if.extend(claims.iter().map(|claim| (*claim, condition)));
        self
    }

    /// It without a word about some claims.
    fn without(mut self, claims: &[Claim]) -> Self {
        let is_other = |claim: &Claim| !claims.contains(claim);
        self.kept.retain(is_other);
        self.kept_if.retain(|(claim, _)| is_other(claim));
        self.broken.retain(is_other);
        self
    }

    /// The same in other words.
    fn says(self, words: &'static str, why: &'static str) -> Self {
        Self { words, why, ..self }
    }

    fn breaks(mut self, claims: &[Claim]) -> Self {
        self.broken.extend(claims);
        self
    }

    /// It of a read at a level of a log: whatever it reads of that has transfers whole.
    fn keeps_sums(self, op_type: OpType, policy: &Policy) -> Self {
        match op_type {
            OpType::AccountBalance if policy.level(OpType::AccountTransfer).log().is_some() => {
                self.keeps(&[Claim::ConstantSum])
            }
            OpType::AccountBalance => self.keeps_if(TRANSFERS_BOUND, &[Claim::ConstantSum]),
            _ => self,
        }
    }
}

/// What a write can break that no other type of its service guards: an invariant over what it takes or gives.
fn guarded(op_type: OpType) -> &'static [Claim] {
    match op_type {
        OpType::AccountWithdraw | OpType::AccountTransfer => &[Claim::NoOverdraft],
        OpType::StockReserve => &[Claim::NoOversell],
        OpType::UsernameClaim => &[Claim::UniqueOwner],
        _ => &[],
    }
}

/// What a write can break that is two writes, unless one entry of a log is both: that is applied at once, and dropped at
/// once.
fn halved(op_type: OpType) -> &'static [Claim] {
    match op_type {
        OpType::AccountTransfer => &[Claim::ConstantSum],
        _ => &[],
    }
}

/// What an answer can break beside the session guarantees.
fn shown(op_type: OpType) -> &'static [Claim] {
    match op_type {
        OpType::FeedRead => &[Claim::ConsistentPrefix],
        OpType::AccountBalance => &[Claim::ConstantSum],
        OpType::AccessCheck => &[Claim::NoAccessAfterRevocation],
        _ => &[],
    }
}

/// The same where entries of a log are all that is read: a stale answer breaks it.
fn shown_late(op_type: OpType) -> &'static [Claim] {
    if op_type == OpType::AccessCheck { shown(op_type) } else { &[] }
}

/// The same where entries of a log are all that is read: no prefix of one log breaks it.
fn shown_in_order(op_type: OpType) -> &'static [Claim] {
    if op_type == OpType::FeedRead { shown(op_type) } else { &[] }
}

/// What an answer says about the order of all operations.
fn ordered(op_type: OpType) -> &'static [Claim] {
    match op_type {
        OpType::ProfileGet => &[Claim::Linearizable, Claim::Regular],
        op_type if op_type.is_read() => &[Claim::Linearizable],
        _ => &[],
    }
}

/// The types that take from what an invariant of their service guards: it is kept if all of them are.
fn takers(service: Service) -> OpSet {
    OpSet::of(service).iter().filter(|op_type| !guarded(*op_type).is_empty()).collect()
}

/// What can become of two writes to a key that keeps one. Only what is deleted can come back.
fn of_cells(service: Service) -> &'static [Claim] {
    match service {
        Service::Item => &[Claim::NoLostUpdate, Claim::NoWrongWinner, Claim::NoResurrection],
        service if service.is_cell() => &[Claim::NoLostUpdate, Claim::NoWrongWinner],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::operation::OPERATIONS;
    use crate::base::{Cover, ReadBy, ReplicaId, Resolver, Session, Strategy};

    const fn session(strategy: Strategy, fifo: bool) -> Level {
        Level::Session(Session { strategy, fifo })
    }

    const SESSIONS: [Level; 6] = [
        session(Strategy::Affinity, false),
        session(Strategy::Pinned(ReplicaId(0)), true),
        session(Strategy::Wait(100_000), false),
        session(Strategy::Token, false),
        session(Strategy::Token, true),
        Level::Causal,
    ];

    #[test]
    fn a_token_is_whole_only_if_the_whole_service_shows_it() {
        let mut policy = Policy::default();
        policy.bind(OpType::FeedRead, session(Strategy::Token, false));
        let is_kept = |policy: &Policy| promise(OpType::FeedRead, policy).kept.contains(&Claim::ReadYourWrites);
        assert!(!is_kept(&policy));
        policy.bind(OpType::FeedPost, Level::Causal);
        assert!(is_kept(&policy));
        policy.bind(OpType::FeedPost, session(Strategy::Wait(1), false));
        assert!(!is_kept(&policy));
    }

    fn policies() -> Vec<Policy> {
        let mut hybrid = Policy::default();
        hybrid.set_resolver(Service::Profile, Resolver::LwwHlc);
        let covered = Cover::ALL.map(|cover| {
            let mut policy = Policy::default();
            for spec in &OPERATIONS {
                policy.bind(spec.op_type, Level::Threshold(3, cover));
            }
            policy
        });
        let of_sessions = SESSIONS.map(|level| {
            let mut policy = hybrid;
            for spec in &OPERATIONS {
                policy.bind(spec.op_type, level);
            }
            policy
        });
        [Policy::default(), hybrid].into_iter().chain(covered).chain(of_sessions).collect()
    }

    #[test]
    fn claims_of_a_service_are_promised_or_broken_where_it_can_break_them() {
        for (spec, policy) in
            OPERATIONS.iter().flat_map(|spec| policies().into_iter().map(move |policy| (spec, policy)))
        {
            let promise = promise(spec.op_type, &policy);
            assert!(!promise.words.is_empty() && promise.why.len() > 20, "{}", spec.name);
            for claim in &promise.broken {
                let services: &[Service] = match claim {
                    Claim::NoOverdraft | Claim::ConstantSum => &[Service::Account],
                    Claim::NoOversell => &[Service::Stock],
                    Claim::ConsistentPrefix => &[Service::Feed],
                    Claim::NoLostUpdate | Claim::NoWrongWinner => {
                        &[Service::Profile, Service::Item, Service::Access, Service::Username, Service::Payment]
                    }
                    Claim::UniqueOwner => &[Service::Username],
                    Claim::NoAccessAfterRevocation => &[Service::Access],
                    Claim::Convergence => panic!("{} can break convergence", spec.name),
                    _ => &Service::ALL,
                };
                assert!(services.contains(&spec.service), "{} and {}", spec.name, claim.name());
            }
        }
    }

    #[test]
    fn an_invariant_is_kept_only_if_all_that_takes_is_counted() {
        let policy = |withdraw, transfer| {
            let mut policy = Policy::default();
            policy.bind(OpType::AccountBalance, Level::Linearizable(ReadBy::Index));
            policy.bind(OpType::AccountDeposit, Level::Linearizable(ReadBy::Index));
            policy.bind(OpType::AccountWithdraw, withdraw);
            policy.bind(OpType::AccountTransfer, transfer);
            policy
        };
        let (log, granted) = (Level::Linearizable(ReadBy::Index), Level::Threshold(5, Cover::Grants));
        let (naive, loose) = (Level::Threshold(5, Cover::Naive), Level::Eventual);
        let keeps = |withdraw, transfer, op_type| {
            promise(op_type, &policy(withdraw, transfer)).kept.contains(&Claim::NoOverdraft)
        };
        for (withdraw, transfer, is_kept) in [
            (granted, granted, true),
            (granted, log, true),
            (log, granted, true),
            (granted, loose, false),
            (log, loose, false),
            (naive, log, false),
            (naive, granted, false),
        ] {
            assert_eq!(keeps(withdraw, transfer, OpType::AccountWithdraw), is_kept, "{withdraw:?}, {transfer:?}");
        }
        // A grant is spent at one replica: a read of the log hears of it later.
        let reads = promise(OpType::AccountBalance, &policy(granted, granted));
        assert!(!reads.kept.contains(&Claim::ReadYourWrites));
        let bound = promise(OpType::AccountBalance, &policy(log, log));
        assert!(bound.kept.contains(&Claim::ReadYourWrites));
    }

    #[test]
    fn no_claim_is_said_twice_of_an_operation() {
        for (spec, policy) in
            OPERATIONS.iter().flat_map(|spec| policies().into_iter().map(move |policy| (spec, policy)))
        {
            let promise = promise(spec.op_type, &policy);
            let conditional = promise.kept_if.iter().map(|(claim, _)| claim);
            let mut all: Vec<Claim> = promise.kept.iter().chain(conditional).chain(&promise.broken).copied().collect();
            let said = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), said, "{}", spec.name);
            assert!(promise.kept_if.iter().all(|(_, condition)| condition.len() > 10), "{}", spec.name);
        }
    }
}
