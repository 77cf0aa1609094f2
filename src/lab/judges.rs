//! The judges of a run: live ones as folds, the others on demand, and the words for what they find.

use std::sync::Arc;

use crate::base::limits::{REPLICAS_MAX, VIOLATIONS_KEPT};
use crate::base::{
    Actor, Claim, Instant, KeyId, MessageClass, OpId, ReplicaId, ReplicaSet, Resolver, Service, Symbol, Value,
};
use crate::check::verdict::Underway;
use crate::check::{
    Broken, Evidence, Findings, Given, Live, Names, Reach, Ruling, Shown, Spending, Unknown, Verdict, Violation,
    convergence,
};
use crate::cluster::view::{Condition, View};
use crate::cluster::{Cluster, WorldCommand};
use crate::record::{Happened, HistoryEntry, Operations, RepairEnd, TraceEntry};

use super::searched;
use super::sitting::Sitting;

/// The live judges, and what the others need besides the record.
#[derive(Clone, Debug)]
pub struct Judges {
    spending: [Spending; 2],
    live: Live,
    /// Of the violations that `live` found, those that a story tells.
    told: Arc<Vec<Arc<Violation>>>,
    /// Whether the resolver of `profile` was switched while the world ran, or it kept siblings and was on a log.
    resolver_switched: bool,
    repairs: Repairs,
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How often it was found broken.
    pub broken: u64,
    /// Whether a person would call one of those a violation: [`Judges::count`] counts it.
    pub told: bool,
    /// How many operations stand behind the verdict; for claims about what replicas hold, how many arrivals of writes.
    pub judged: u64,
}

/// Which replicas have repaired with each other since something last changed.
#[derive(Clone, Debug, Default)]
struct Repairs {
    /// When data last changed for another reason than a repair, or a fault came or went.
    disturbed: Instant,
    /// When each replica began its running repair.
    began: [Instant; REPLICAS_MAX],
    /// For each replica, with whom it has repaired since, in a repair begun since.
    done: [ReplicaSet; REPLICAS_MAX],
}

impl Default for Judges {
    fn default() -> Self {
        Self {
            spending: [Spending::no_overdraft(), Spending::no_oversell()],
            live: Live::new(Cluster::default().view().replica_count()),
            told: Arc::default(),
            resolver_switched: false,
            repairs: Repairs::default(),
        }
    }
}

impl Judges {
    /// Takes in a command that took effect.
    pub(super) fn commanded(&mut self, command: &WorldCommand, cluster: &Cluster) {
        let view = cluster.view();
        if !view.is_started() {
            // Setup may have built another cluster.
            self.live = Live::new(view.replica_count());
        }
        match command {
            WorldCommand::Given { service, key, .. } => {
                let given = view.catalog().key(*service, key).map(|key| (key, view.value(ReplicaId(0), key)));
                if let (Some(judge), Some((key, Value::Int(amount)))) = (self.spending_of(*service), given) {
                    judge.given(key, amount);
                }
            }
            WorldCommand::Merge { .. } if cluster.now() > Instant::ZERO => self.resolver_switched = true,
            _ => {}
        }
        // What a client saw of a log it did not see of the siblings.
        self.resolver_switched |= view.settings().policy.keeps_siblings_on_a_log();
        self.repairs.disturb(cluster.now());
    }

    /// Takes in one entry of the trace.
    #[inline]
    pub(super) fn trace(&mut self, entry: &TraceEntry, resolver: Resolver) {
        self.live.trace(entry, resolver);
        let Some(replica) = entry.actor.as_replica() else { return };
        match entry.what {
            Happened::RepairStarted { .. } => self.repairs.began[replica.index()] = entry.at,
            Happened::RepairEnded { end: RepairEnd::Succeeded, peer, .. } => self.repairs.succeeded(replica, peer),
            // A push that arrives late brings what the repairs before it could not know.
            Happened::Crashed { .. }
            | Happened::Restarted { .. }
            | Happened::Resumed
            | Happened::Collected { .. }
            | Happened::Delivered { class: MessageClass::Gossip, .. } => self.repairs.disturb(entry.at),
            _ => {}
        }
    }

    /// The step's entries of the trace are all in.
    #[inline]
    pub(super) fn settle(&mut self, at: Instant, resolver: Resolver) {
        self.live.settle(at, resolver);
    }

    /// Takes in one entry of the history, after `operations` has. Says what was spent that was not there, if it is the
    /// first such violation at its key: the one that a story tells.
    #[inline]
    pub(super) fn history(
        &mut self,
        entry: &HistoryEntry,
        operations: &Operations,
        view: View<'_>,
    ) -> Option<Arc<Violation>> {
        let resolver = view.settings().policy.resolver(Service::Profile);
        self.live.history(entry, operations, resolver, |client, asked| reach(view, client, asked));
        let spent = self.spending.each_mut().map(|judge| judge.history(entry, operations));
        if let HistoryEntry::Decided { at, decision, .. } = entry
            && decision.write.is_some()
        {
            self.repairs.disturb(*at);
        }
        spent.into_iter().flatten().next()
    }

    /// How many violations were found that a person would call one: all of what was spent, and of the others those that
    /// a story tells. [`Self::standing`] has the rest.
    #[inline]
    pub fn count(&self) -> u64 {
        self.spent().map(Findings::count).sum::<u64>() + self.told.len() as u64
    }

    /// The violations that [`Self::count`] counts, as far as they are kept, in the order of their instants.
    pub fn violations(&self) -> Vec<Arc<Violation>> {
        let mut all: Vec<_> = self.spent().flat_map(Findings::violations).chain(&*self.told).cloned().collect();
        all.sort_by_key(|violation| violation.at);
        all
    }

    /// What an operation broke that no story tells, since the claim was broken at that key before; as far as it is kept.
    pub fn broken_again(&self, op: OpId) -> Vec<Arc<Violation>> {
        let live = Claim::ALL.into_iter().filter(|claim| is_news(*claim)).filter_map(|claim| self.live.findings(claim));
        // What an operation breaks, it breaks as the last of the witness.
        let is_its = |violation: &&Arc<Violation>| violation.operations.iter().max() == Some(&op);
        let is_again = |findings: &Findings, violation: &Violation| {
            findings.violations().iter().any(|other| other.key == violation.key && other.at < violation.at)
        };
        let again = |findings: &Findings| {
            let its = findings.violations().iter().filter(is_its);
            its.filter(|violation| is_again(findings, violation)).cloned().collect::<Vec<_>>()
        };
        self.spent().chain(live).flat_map(again).collect()
    }

    /// How a claim stands; nothing of a claim that is judged on demand.
    pub fn standing(&self, claim: Claim) -> Option<Standing> {
        let spent = self.spent().find(|findings| findings.claim() == claim);
        let findings = spent.or_else(|| self.live.findings(claim))?;
        let broken = findings.count();
        let told = if spent.is_some() { broken > 0 } else { self.told.iter().any(|it| it.claim == claim) };
        Some(Standing { broken, told, judged: findings.judged() })
    }

    /// What was found about what was spent.
    fn spent(&self) -> impl Iterator<Item = &Findings> {
        self.spending.iter().map(Spending::findings)
    }

    /// Whether [`Self::take_news`] has something.
    #[inline]
    pub(super) fn has_news(&self) -> bool {
        self.live.has_news()
    }

    /// What the judges of sets of writes found since this was last asked, as far as a story tells it: the first
    /// violation of a claim at a key, if a person took part. What happens to a workload is counted.
    pub(super) fn take_news(&mut self, operations: &Operations, view: View<'_>) -> Vec<Arc<Violation>> {
        let is_person = |op: &crate::base::OpId| {
            let client = operations.get(*op).and_then(|operation| operation.client.as_client());
            client.is_some_and(|client| !view.belongs_to_workload(client))
        };
        let mut news = self.live.take_news();
        news.retain(|violation| is_news(violation.claim) && violation.operations.iter().any(is_person));
        let room = VIOLATIONS_KEPT.saturating_sub(self.told.len());
        if !news.is_empty() && room > 0 {
            Arc::make_mut(&mut self.told).extend(news.iter().take(room).cloned());
        }
        news
    }

    /// Every acknowledgement that turned out hollow since this was last asked.
    #[inline]
    pub(super) fn take_hollow(&mut self) -> Vec<Broken> {
        self.live.take_hollow()
    }

    /// A violation in one plain sentence.
    pub fn sentence(violation: &Violation, view: View<'_>) -> String {
        crate::check::sentence(violation, &CatalogNames(view))
    }

    /// Whether a claim holds at the cursor of a sitting, over all or since an instant, and a claim about the order of
    /// operations over all services or one; `None` if its judge cannot tell. With it, what was found in words.
    pub fn ruling(
        &self,
        claim: Claim,
        service: Option<Service>,
        since: Option<Instant>,
        sitting: &Sitting,
    ) -> (Option<bool>, String) {
        let view = sitting.run().cluster().view();
        let verdict = match claim {
            Claim::Convergence => self.converge(sitting),
            _ if claim.is_searched() => searched::search(claim, service, since, sitting).verdict,
            _ => self.verdict(claim, since),
        };
        match verdict.holds {
            Ruling::Holds => (Some(true), "it holds".to_owned()),
            Ruling::Violated => {
                let words = verdict.violations.first().map(|violation| Self::sentence(violation, view));
                (Some(false), words.unwrap_or_else(|| format!("{} violations", verdict.count)))
            }
            Ruling::Unknown => (None, verdict.unknown.as_ref().map(crate::check::reason).unwrap_or_default()),
        }
    }

    /// What convergence waits for. Cheap enough for every frame, where judging it is not.
    pub fn underway(view: View<'_>) -> Underway {
        underway(view)
    }

    /// Judges convergence over the whole record. Replicas that agree on the join have converged, repaired or not; those
    /// that differ are only blamed once every pair had its repair.
    pub fn converge(&self, sitting: &Sitting) -> Verdict {
        let view = sitting.run().cluster().view();
        let log = sitting.log();
        let underway = Self::underway(view);
        // Before all is quiet the judge looks at nothing else.
        let replicas = if underway.is_quiet() { view.replica_count() } else { 0 };
        let given: Vec<Given> = view
            .given()
            .iter()
            .map(|(key, service, value)| Given { key: *key, service: *service, value: *value })
            .collect();
        let show = |replica: ReplicaId| {
            let keys = view.catalog().keys();
            keys.map(move |(key, ..)| Shown { replica, key, value: view.value(replica, key) })
        };
        let shown: Vec<Shown> = ReplicaId::all(replicas).flat_map(show).collect();
        let evidence = Evidence {
            replicas: view.replica_count(),
            at: view.now(),
            given: &given,
            shown: &shown,
            resolver: view.settings().policy.resolver(Service::Profile),
            resolver_switched: self.resolver_switched,
            underway,
            dropped: log.trace.dropped() + log.history.dropped(),
        };
        let verdict = convergence::judge(&evidence, log.history.iter(), log.trace.iter());
        let unrepaired = self.repairs.missing(view.replica_count());
        if verdict.holds == Ruling::Violated && !unrepaired.is_empty() {
            let underway = Underway { unrepaired, ..Underway::default() };
            return Verdict { holds: Ruling::Unknown, unknown: Some(Unknown::Underway(underway)), ..verdict };
        }
        verdict
    }

    /// The verdict of a live judge, over all or over what was invoked at `mark` or after it.
    pub fn verdict(&self, claim: Claim, mark: Option<Instant>) -> Verdict {
        let spent = self.spent().find(|findings| findings.claim() == claim).map(|findings| findings.verdict(mark));
        spent
            .or_else(|| self.live.verdict(claim, mark))
            .expect("every claim that is not judged on demand has a live judge")
    }

    fn spending_of(&mut self, service: Service) -> Option<&mut Spending> {
        match service {
            Service::Account => Some(&mut self.spending[0]),
            Service::Stock => Some(&mut self.spending[1]),
            _ => None,
        }
    }
}

impl Repairs {
    fn disturb(&mut self, at: Instant) {
        self.disturbed = at;
        self.done = [ReplicaSet::EMPTY; REPLICAS_MAX];
    }

    fn succeeded(&mut self, replica: ReplicaId, peer: ReplicaId) {
        if self.began[replica.index()] >= self.disturbed {
            self.done[replica.index()].insert(peer);
            self.done[peer.index()].insert(replica);
        }
    }

    /// The replicas that have not repaired with every other.
    fn missing(&self, replicas: usize) -> ReplicaSet {
        let mut missing = ReplicaSet::EMPTY;
        for replica in ReplicaId::all(replicas) {
            let mut all = ReplicaSet::all(replicas);
            all.remove(replica);
            if self.done[replica.index()] != all {
                missing.insert(replica);
            }
        }
        missing
    }
}

/// Whether a story tells of such violations. Most of what a weak store does to sessions and logs nobody notices, and a
/// resurrection and a missing answer have a line of their own.
fn is_news(claim: Claim) -> bool {
    use Claim::{
        ChargedOnce, ConstantSum, Durable, ExactlyOnce, MonotonicReads, NoAccessAfterRevocation, NoLostUpdate,
        NoWrongWinner, ReadYourWrites, UniqueOwner,
    };
    matches!(
        claim,
        ReadYourWrites
            | MonotonicReads
            | NoLostUpdate
            | NoWrongWinner
            | ExactlyOnce
            | Durable
            | NoAccessAfterRevocation
            | UniqueOwner
            | ChargedOnce
            | ConstantSum
    )
}

/// Who is up and in reach of a client now: there and back, by links that are not cut.
fn reach(view: View<'_>, client: Actor, asked: ReplicaId) -> Reach {
    let is_up = |replica: ReplicaId| view.replica(replica).condition == Condition::Up;
    let linked = |one: Actor, other: Actor| {
        let open = |from, to, class| !view.link(from, to, class).cut;
        open(one, other, MessageClass::Request) && open(other, one, MessageClass::Reply)
    };
    let replicas = || ReplicaId::all(view.replica_count());
    let near: Vec<ReplicaId> =
        replicas().filter(|replica| is_up(*replica) && linked(client, (*replica).into())).collect();
    let joined = |one: &&ReplicaId| {
        let count = near.iter().filter(|other| *other == *one || linked((**one).into(), (**other).into())).count();
        2 * count > view.replica_count()
    };
    Reach { asked: near.contains(&asked), majority: near.iter().any(|one| joined(&one)) }
}

/// What is still under way.
fn underway(view: View<'_>) -> Underway {
    let is_converged = view.is_converged();
    let carries_data = |class| match class {
        MessageClass::Gossip | MessageClass::Request => true,
        MessageClass::Repair | MessageClass::Raft | MessageClass::Primary | MessageClass::Quorum => !is_converged,
        MessageClass::Reply | MessageClass::Heartbeat => false,
    };
    let mut down = ReplicaSet::EMPTY;
    for replica in view.replicas().filter(|replica| replica.condition != Condition::Up || replica.waiting > 0) {
        down.insert(replica.id);
    }
    let replicas = || ReplicaId::all(view.replica_count());
    let parted = replicas()
        .any(|from| replicas().any(|to| from != to && view.link(from.into(), to.into(), MessageClass::Repair).cut));
    Underway {
        messages: view.in_flight().filter(|message| carries_data(message.class)).count() as u64
            + view.provider().under_way,
        operations: view.clients().filter(|client| client.running.is_some() || client.queued > 0).count() as u64,
        down,
        parted,
        unrepaired: ReplicaSet::EMPTY,
    }
}

/// The names that judges do not know.
struct CatalogNames<'a>(View<'a>);

impl Names for CatalogNames<'_> {
    fn client(&self, client: Actor) -> String {
        self.0.catalog().actor_name(client)
    }
    fn key(&self, key: KeyId) -> String {
        self.0.catalog().key_name(key).to_owned()
    }
    fn text(&self, text: Symbol) -> String {
        self.0.catalog().text(text).to_owned()
    }
}
