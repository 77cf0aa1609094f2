//! Taking from a bounded counter alone: within a grant, or (naively) on one's own view; and how grants come and go.
//!
//! ```text
//!   reserve ─▶ within the grant? ─yes─▶ a loose write that spends it ─▶ answer, gossip … absorbed: level and grant shrink
//!                  │ no
//!                  └─▶ the log: accepted iff level − open grants ≥ amount
//!   rest low ─▶ news: asks ─▶ leader: Grant entry ─▶ applied: iff level − open − grant ≥ what is kept for the log
//!   too little left for the log ─▶ each holder: news: returns ─▶ leader: Return entry
//! ```
//!
//! **Who gets how much.** Of a key, `n` is kept for the log, or more if more was once refused although it was there. The
//! rest is parted into equal shares, one for each replica. A replica asks when it has less than half of its share left, and
//! gets what is missing to the whole, as far as it is there. When less than it is to keep is left for the log, holders
//! return what they have above their shares, and at least what is missing, and say what they have spent.
//!
//! **Why nothing is taken twice.** The log counts an open grant as taken until it hears that it was spent (then the level
//! falls as well) or returned. Its holder subtracts what it returns on its own disk before it says so, and what it spends
//! before it answers. All three numbers only grow and belong to one column, so news that are lost, doubled or late change
//! nothing. With a lost disk the column is gone and its open grant stays counted: some of it may have been spent.
//!
//! This is escrow (O'Neil 1986) in the form of bounded counters (Balegas et al. 2015), with a log in the place of
//! transfers of rights between replicas.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::time::MS;
use crate::base::{Actor, Answer, Column, Cover, KeyId, LocalInstant, LogId, LogPosition, OpSet, OpType, Stamp, Value};
use crate::data::{Binding, Change, Grant};
use crate::record::SwitchStage;
use crate::replica::{Replica, rules};
use crate::wire::{Effect, Effects, Entry, GrantNews, GrantOfKey, Message, Request, Settings};

/// How long a replica waits before it says the same of a grant again, in microseconds by its own clock: longer than the
/// way to the leader and an entry take.
const SAY_AGAIN_US: u64 = 400 * MS;
/// Keys that one message tells of, so that a cluster with very many keys does not speak of all in one.
const KEYS_IN_NEWS: usize = 256;

/// What has to be said about grants, and what a leader has put into the log about them and not seen applied yet.
#[derive(Clone, Debug, Default)]
pub(in crate::replica) struct Errands {
    /// Every key has to be looked at.
    is_all_due: bool,
    /// Keys that have to be looked at.
    due: BTreeSet<KeyId>,
    /// What was said last of keys that wait for the log.
    said: BTreeMap<KeyId, Said>,
    /// When that is to be said again, by the monotonic clock.
    again_mono_us: Option<u64>,
    granting: BTreeSet<(KeyId, Column)>,
    returning: BTreeMap<(KeyId, Column), i64>,
    covering: OpSet,
    resealing: OpSet,
}

/// What was last said of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Said {
    given: i64,
    returned: i64,
    spent: i64,
    asks: bool,
}

/// What a replica has to say of a key, beside what it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Nothing,
    /// What it spent counts as granted still, and that is missed.
    Tell,
    Ask,
}

/// How a key stands at one replica, as far as it has applied the log.
#[derive(Clone, Copy, Debug)]
struct Standing {
    /// What is there by the log, granted or not.
    level: i64,
    /// What is neither granted nor kept for the log; negative if too little is left for it.
    spare: i64,
    /// What each replica should have.
    share: i64,
}

impl Errands {
    /// After a start, and whenever the rules may have changed.
    pub(in crate::replica) fn look_at_all(&mut self) {
        self.is_all_due = true;
    }

    /// A new leader knows of nothing that it has put into the log.
    pub(super) fn begin_to_lead(&mut self) {
        *self = Self { is_all_due: true, due: std::mem::take(&mut self.due), ..Self::default() };
    }

    /// An entry of the log is applied.
    pub(super) fn hear(&mut self, entry: &Entry) {
        match entry {
            Entry::Operation(operation) => {
                self.due.insert(operation.key);
                if let Value::Transfer { to, .. } = operation.argument {
                    self.due.insert(to);
                }
            }
            Entry::Absorb { key, .. } => drop(self.due.insert(*key)),
            Entry::Grant { key, column, .. } => {
                self.due.insert(*key);
                self.granting.remove(&(*key, *column));
            }
            Entry::Return { key, column, .. } => {
                self.due.insert(*key);
                self.returning.remove(&(*key, *column));
            }
            Entry::Cover(types, _) => {
                self.covering = self.covering.without(*types);
                self.is_all_due = true;
            }
            Entry::Seal(types) => {
                self.resealing = self.resealing.without(*types);
                self.is_all_due = true;
            }
            Entry::Unseal(_) | Entry::Handed { .. } | Entry::Open(_) => self.is_all_due = true,
            Entry::Noop | Entry::Readmit { .. } => {}
        }
    }

    fn is_idle(&self, now: LocalInstant) -> bool {
        !self.is_all_due && self.due.is_empty() && self.again_mono_us.is_none_or(|again| now.mono_us < again)
    }
}

impl Replica {
    /// Takes a request at `threshold`: alone if its cover allows that, else through the log.
    pub(in crate::replica) fn serve_threshold(
        &mut self,
        now: LocalInstant,
        client: Actor,
        request: &Request,
        (above, cover): (u32, Cover),
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let hlc = self.disk.clock.receive(now.wall_us, request.hlc);
        if request.keyed && self.answer_again(client, request, hlc, effects) {
            return;
        }
        // An earlier attempt may be on its way through the log, which knows its key.
        let may_be_known = request.keyed && request.attempt.number > 0;
        let change = if may_be_known { None } else { self.alone(request, (above, cover), settings) };
        self.errands.due.insert(request.key);
        match change {
            Some(change) => {
                let decided = (Answer::Done(Value::Nil), Some(change));
                self.answer(client, request, decided, Stamp { wall_us: now.wall_us, hlc }, settings, effects);
            }
            None => self.serve_strong(now, LogId::Raft, client, request, settings, effects),
        }
    }

    /// The write by which a replica does a request alone, if it may.
    fn alone(&self, request: &Request, (above, cover): (u32, Cover), settings: &Settings) -> Option<Change> {
        let op_type = request.op_type;
        let amount = request.argument.amount().filter(|_| op_type.takes_alone())?;
        let bindings = &self.ordered(LogId::Raft)?.bindings;
        if bindings.of(op_type) != Binding::Bound || bindings.cover(op_type) != Some(cover) {
            return None;
        }
        match cover {
            Cover::Grants => (self.rest(request.key) >= amount).then_some(Change::Spend(amount)),
            Cover::Naive => {
                let seen = self.disk.state.read(request.key, rules(settings)).amount().unwrap_or(0);
                (seen - amount >= i64::from(above)).then_some(Change::Add(-amount))
            }
        }
    }

    /// How much of a bounded counter this replica may take alone now; 0 where its type has no grants.
    pub fn usable_grant(&self, key: KeyId, settings: &Settings) -> i64 {
        if self.has_grants(key, settings) { self.rest(key).max(0) } else { 0 }
    }

    /// Whether a log gives grants of a key, as far as it is applied here.
    fn has_grants(&self, key: KeyId, settings: &Settings) -> bool {
        let taker = settings.service_of(key).and_then(crate::base::Service::taker);
        let Some((ordered, taker)) = self.ordered(LogId::Raft).zip(taker) else { return false };
        ordered.bindings.of(taker) == Binding::Bound && ordered.bindings.cover(taker) == Some(Cover::Grants)
    }

    /// What is left of this replica's grant of a key: neither spent nor returned, by its own disk.
    fn rest(&self, key: KeyId) -> i64 {
        let Grant { given, .. } = self.grant(key);
        given - self.returned(key) - self.disk.state.loose.cell(key).spent(self.disk.column)
    }

    /// What the log says of this replica's grant of a key.
    fn grant(&self, key: KeyId) -> Grant {
        let ordered = self.ordered(LogId::Raft);
        ordered.map(|ordered| ordered.grants.of(key, self.disk.column)).unwrap_or_default()
    }

    /// What this replica has returned of a key in all, whether the log knows or not.
    fn returned(&self, key: KeyId) -> i64 {
        self.disk.returned.get(&key).copied().unwrap_or(0)
    }

    /// How a key stands, if grants of it are given.
    fn standing(&self, key: KeyId, settings: &Settings) -> Option<Standing> {
        let service = settings.service_of(key)?;
        let above = settings.policy.kept_for_log(service).filter(|_| self.has_grants(key, settings))?;
        let ordered = self.ordered(LogId::Raft)?;
        let kept = above.max(ordered.grants.kept_back(key));
        let level = self.disk.state.level(LogId::Raft, key);
        let spare = level - ordered.open(key) - kept;
        let share = (level - kept).max(0) / i64::from(self.replicas);
        Some(Standing { level, spare, share })
    }

    /// Says what is due about grants to whoever leads.
    pub(super) fn settle_grants(&mut self, now: LocalInstant, settings: &Settings, effects: &mut Effects) {
        let log = LogId::Raft;
        if self.errands.is_idle(now) {
            return;
        }
        if std::mem::take(&mut self.errands.is_all_due) {
            let keys = self.keys_with_grants(settings);
            self.errands.due.extend(keys);
        }
        if self.errands.again_mono_us.is_some_and(|again| now.mono_us >= again) {
            let said = std::mem::take(&mut self.errands.said);
            self.errands.due.extend(said.into_keys());
            self.errands.again_mono_us = None;
        }
        let Some(leader) = self.lanes.of(log).and_then(|lane| lane.orderer.leader()) else { return };
        let keys = self.news(settings);
        if keys.is_empty() {
            return;
        }
        let again = now.mono_us + SAY_AGAIN_US;
        self.errands.again_mono_us.get_or_insert(again);
        let news = GrantNews { column: self.disk.column, keys };
        if leader == self.id {
            self.on_grants(now, news, settings, effects);
        } else {
            effects.push(Effect::Send(leader.into(), Message::Grants(Box::new(news))));
        }
    }

    /// The keys of which grants are given or asked for, and those of which this replica has one.
    fn keys_with_grants(&self, settings: &Settings) -> Vec<KeyId> {
        let Some(ordered) = self.ordered(LogId::Raft) else { return Vec::new() };
        let own = ordered.grants.keys_of(self.disk.column);
        let covered = ordered.bindings.covered();
        settings.keys_of(covered).chain(own).collect()
    }

    /// Looks at the keys that are due, and hands back what is to be said of them, of so many as fit.
    fn news(&mut self, settings: &Settings) -> Vec<GrantOfKey> {
        let mut keys = Vec::new();
        while let Some(key) = self.errands.due.pop_first() {
            let wish = self.settle_rest(key, settings);
            let (Grant { given, returned: known }, returned) = (self.grant(key), self.returned(key));
            if returned <= known && wish == Wish::Nothing {
                self.errands.said.remove(&key);
                continue;
            }
            let (cell, asks) = (self.disk.state.loose.cell(key).clone(), wish == Wish::Ask);
            let said = Said { given, returned, spent: cell.spent(self.disk.column), asks };
            if self.errands.said.insert(key, said) == Some(said) {
                continue;
            }
            keys.push(GrantOfKey { key, cell, given, returned, asks });
            if keys.len() == KEYS_IN_NEWS {
                break;
            }
        }
        keys
    }

    /// Takes off the rest what has to go back, and says what else there is to say.
    fn settle_rest(&mut self, key: KeyId, settings: &Settings) -> Wish {
        let rest = self.rest(key);
        let Some(Standing { spare, share, .. }) = self.standing(key, settings) else {
            self.part_with(key, rest);
            return Wish::Nothing;
        };
        if spare < 0 {
            self.part_with(key, (rest - share).max(rest.min(-spare)));
            return if self.has_spent_unheard(key) { Wish::Tell } else { Wish::Nothing };
        }
        let is_returning = self.returned(key) > self.grant(key).returned;
        if !is_returning && spare > 0 && 2 * rest < share { Wish::Ask } else { Wish::Nothing }
    }

    /// Whether this replica spent something of a key that the log has not absorbed, as far as it is applied here.
    fn has_spent_unheard(&self, key: KeyId) -> bool {
        let column = self.disk.column;
        let absorbed = self.ordered(LogId::Raft).map_or(0, |ordered| ordered.store.cell(key).spent(column));
        self.disk.state.loose.cell(key).spent(column) > absorbed
    }

    /// Notes on disk that so much of a grant is not this replica's any more.
    fn part_with(&mut self, key: KeyId, amount: i64) {
        if amount > 0 {
            *self.disk.returned.entry(key).or_default() += amount;
        }
    }

    /// What a replica returns with a handover: all that it has of keys whose type has no grants any more.
    pub(super) fn returned_with(&mut self, types: OpSet, settings: &Settings) -> Vec<(KeyId, i64)> {
        let keys: Vec<KeyId> = settings.keys_of(types).filter(|key| !self.has_grants(*key, settings)).collect();
        for key in &keys {
            self.part_with(*key, self.rest(*key));
        }
        keys.into_iter().map(|key| (key, self.returned(key))).filter(|(_, returned)| *returned > 0).collect()
    }

    /// The leader takes in what a replica says of its grants.
    pub(in crate::replica) fn on_grants(
        &mut self,
        now: LocalInstant,
        news: GrantNews,
        settings: &Settings,
        effects: &mut Effects,
    ) {
        if !self.leads(LogId::Raft) {
            return;
        }
        for of_key in news.keys {
            let GrantOfKey { key, cell, given, returned, asks } = of_key;
            // What it spent counts before what it asks for.
            self.loosen(key, &cell, settings);
            self.absorb_key(now, LogId::Raft, key, settings, effects);
            self.take_back(now, (key, news.column, returned), settings, effects);
            if asks {
                self.grant_more(now, (key, news.column, given), settings, effects);
            }
        }
    }

    /// The leader puts into the log what a column has returned in all. False if the log takes nothing now.
    pub(super) fn take_back(
        &mut self,
        now: LocalInstant,
        (key, column, upto): (KeyId, Column, i64),
        settings: &Settings,
        effects: &mut Effects,
    ) -> bool {
        let known = self.ordered(LogId::Raft).map_or(0, |ordered| ordered.grants.of(key, column).returned);
        let under_way = self.errands.returning.get(&(key, column)).copied().unwrap_or(0);
        if upto <= known.max(under_way) {
            return true;
        }
        self.errands.returning.insert((key, column), upto);
        let appended = self.append(now, LogId::Raft, Entry::Return { key, column, upto }, settings, effects);
        if !appended {
            self.errands.returning.remove(&(key, column));
        }
        appended
    }

    /// The leader grants what is missing to a column's share, as far as it is there.
    fn grant_more(
        &mut self,
        now: LocalInstant,
        (key, column, given): (KeyId, Column, i64),
        settings: &Settings,
        effects: &mut Effects,
    ) {
        let Some(Standing { level, spare, share, .. }) = self.standing(key, settings) else { return };
        let Some(ordered) = self.ordered(LogId::Raft) else { return };
        let grant = ordered.grants.of(key, column);
        let cells = [ordered.store.cell(key), self.disk.state.loose.cell(key)];
        let spent = cells.map(|cell| cell.spent(column));
        let open = grant.given - grant.returned - spent[0].max(spent[1]);
        let amount = (share - open).min(spare);
        let is_known = grant.given == given && !self.errands.granting.contains(&(key, column));
        if amount <= 0 || !is_known {
            return;
        }
        let least = level - ordered.open(key) - spare;
        let entry = Entry::Grant { key, column, amount, after: given, least };
        self.errands.granting.insert((key, column));
        if !self.append(now, LogId::Raft, entry, settings, effects) {
            self.errands.granting.remove(&(key, column));
        }
    }

    /// Gives bound types the cover that the policy asks for, and seals those anew that have another one.
    pub(super) fn switch_covers(&mut self, now: LocalInstant, log: LogId, settings: &Settings, effects: &mut Effects) {
        let Some(ordered) = self.ordered(log) else { return };
        let on_log = settings.policy.on_log(log);
        let with = |cover| on_log.iter().filter(|op_type| settings.policy.cover(*op_type) == cover).collect::<OpSet>();
        let (bound, covered) = (ordered.bindings.bound(), ordered.bindings.covered());
        let is_wrong = |op_type: &OpType| settings.policy.cover(*op_type) != ordered.bindings.cover(*op_type);
        let wrong: OpSet = covered.shared(on_log).iter().filter(is_wrong).collect();
        let wrong = wrong.without(self.errands.resealing);
        let bare = bound.without(covered).without(self.errands.covering);
        let ready = Cover::ALL.map(|cover| (cover, with(Some(cover)).shared(bare)));
        if !wrong.is_empty() {
            self.errands.resealing = self.errands.resealing.with(wrong);
            if !self.append(now, log, Entry::Seal(wrong), settings, effects) {
                self.errands.resealing = self.errands.resealing.without(wrong);
            }
        }
        for (cover, types) in ready.into_iter().filter(|(_, types)| !types.is_empty()) {
            self.errands.covering = self.errands.covering.with(types);
            if !self.append(now, log, Entry::Cover(types, cover), settings, effects) {
                self.errands.covering = self.errands.covering.without(types);
            }
        }
    }

    /// Takes in a committed entry about grants.
    pub(super) fn apply_grant(&mut self, log: LogId, entry: &Entry, settings: &Settings, effects: &mut Effects) {
        let own = self.disk.column;
        match *entry {
            Entry::Grant { key, column, amount, after, least } => {
                let level = self.disk.state.level(log, key);
                let has_grants = self.has_grants(key, settings);
                let ordered = self.disk.state.ordered_mut(log);
                let is_next = ordered.grants.of(key, column).given == after;
                if has_grants && is_next && level - ordered.open(key) - amount >= least {
                    ordered.grants.give(key, column, amount);
                    effects.extend((column == own).then_some(Effect::Granted(key, amount)));
                }
            }
            Entry::Return { key, column, upto } => {
                let fresh = self.disk.state.ordered_mut(log).grants.give_back(key, column, upto);
                effects.extend((column == own && fresh > 0).then_some(Effect::GaveBack(key, fresh)));
            }
            _ => unreachable!("an entry about grants"),
        }
    }

    /// Takes in a committed entry that lets replicas do types alone.
    pub(super) fn apply_cover(
        &mut self,
        (log, position): (LogId, LogPosition),
        (types, cover): (OpSet, Cover),
        effects: &mut Effects,
    ) {
        let types = self.disk.state.ordered_mut(log).bindings.give_cover(types, cover);
        let stage = match cover {
            Cover::Grants => SwitchStage::Granting,
            Cover::Naive => SwitchStage::Trusting,
        };
        if !types.is_empty() {
            effects.push(Effect::Switched(log, position, stage, types));
        }
    }
}
