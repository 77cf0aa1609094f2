//! What the four session guarantees have in common, judged by values only.
//!
//! Terry, Demers, Petersen, Spreitzer, Theimer and Welch, *Session Guarantees for Weakly Consistent Replicated Data*,
//! PDIS 1994. They speak of the writes that a server had seen when it answered. From outside, values must tell:
//!
//! - A **set** shows them: a read must show each element that the guarantee forces it to have seen.
//! - A **register** shows the winner only. So a read says that what it returned came after everything that it was
//!   forced to have seen; and a session is broken when that goes in a circle, or when a read returns the start although
//!   something was forced. Every value must be written once, so that a read names its write.
//!
//! Each session is judged by itself, since servers may order writes differently, and each guarantee by itself. Where a
//! guarantee speaks about the order of writes (monotonic writes, writes follow reads), a register shows it only to
//! somebody who reads more than once: these two take for granted that a session's reads go forwards, and say that they
//! are broken only if what they force themselves is part of the circle.
//!
//! A write with an unknown outcome is forced on nobody.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Call, Datum, History, Operation};
use super::minimal;
use super::promise::Model;
use super::verdict::{Finding, Reason, Work};

/// Which guarantee, as the writes that it forces on a read.
pub(super) struct Guarantee {
    /// The writes that a read has to have seen, given what it shows.
    pub(super) forced: fn(&Sessions<'_>, u32, &[u32]) -> Vec<u32>,
    /// Whether a session's reads go forwards.
    pub(super) reads: Reads,
}

/// What a guarantee makes of the order of a session's reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    /// Nothing.
    Apart,
    /// It takes for granted that they go forwards.
    Forwards,
    /// It is what it promises.
    Promised,
}

/// The operations that a witness keeps, with each value's write.
pub(super) struct Sessions<'a> {
    pub(super) history: &'a History,
    writers: &'a BTreeMap<(u32, Datum), u32>,
    is_kept: Vec<bool>,
    by_process: Vec<Vec<u32>>,
}

/// Judges a history.
pub(super) fn judge(history: &History, model: Model, guarantee: &Guarantee, work: &mut Work<'_>) -> Finding {
    let writers = match writers(history, model) {
        Ok(writers) => writers,
        Err(reason) => return Finding::Unknown(reason),
    };
    let all: Vec<u32> = (0..history.operations.len() as u32).collect();
    let mut is_broken = |kept: &[u32]| Sessions::new(history, &writers, kept).is_broken(guarantee, work);
    match is_broken(&all) {
        Ok(false) => Finding::Holds(None),
        Ok(true) => Finding::Violated(minimal::minimal(&all, is_broken)),
        Err(reason) => Finding::Unknown(reason),
    }
}

fn writers(history: &History, model: Model) -> Result<BTreeMap<(u32, Datum), u32>, Reason> {
    let mut writers = BTreeMap::new();
    for (number, operation) in history.operations.iter().enumerate() {
        let value = match (model, operation.call) {
            (Model::Set | Model::Register | Model::CasRegister | Model::Kv, Call::Read) => continue,
            (Model::Set, Call::Add(value)) => value,
            (Model::Register | Model::CasRegister | Model::Kv, Call::Write(value)) => value,
            _ => return Err(Reason::WrongModel),
        };
        let is_twice = writers.insert((operation.key, value), number as u32).is_some();
        if is_twice || value == Datum::Nil {
            return Err(Reason::NotUnique);
        }
    }
    Ok(writers)
}

impl<'a> Sessions<'a> {
    fn new(history: &'a History, writers: &'a BTreeMap<(u32, Datum), u32>, kept: &[u32]) -> Self {
        let mut is_kept = vec![false; history.operations.len()];
        let mut by_process = vec![Vec::new(); history.processes.len()];
        for number in kept {
            is_kept[*number as usize] = true;
            by_process[history.operations[*number as usize].process as usize].push(*number);
        }
        Self { history, writers, is_kept, by_process }
    }

    /// An operation.
    pub(super) fn operation(&self, number: u32) -> &'a Operation {
        &self.history.operations[number as usize]
    }

    /// The operations of the process of this one that were over before it began, latest first.
    pub(super) fn before(&self, number: u32) -> impl Iterator<Item = u32> {
        let own = self.operation(number);
        let session = &self.by_process[own.process as usize];
        let end = session.partition_point(|other| *other < number);
        session[..end].iter().rev().copied().filter(|other| self.operation(*other).is_before(own))
    }

    /// The writes that a read shows, of those that are kept; nothing if it says nothing.
    pub(super) fn seen(&self, read: u32) -> Option<Vec<u32>> {
        let operation = self.operation(read);
        let writer = |value| self.writers.get(&(operation.key, value)).copied();
        match operation.answer {
            Datum::List(_) => {
                let all = self.history.texts.items(operation.answer).iter().filter_map(|item| writer(*item));
                Some(all.filter(|write| self.is_kept[*write as usize]).collect())
            }
            Datum::Nil => Some(Vec::new()),
            value => writer(value).filter(|write| self.is_kept[*write as usize]).map(|write| vec![write]),
        }
    }

    fn is_broken(&self, guarantee: &Guarantee, work: &mut Work<'_>) -> Result<bool, Reason> {
        for session in &self.by_process {
            if self.is_session_broken(session, guarantee, work)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_session_broken(&self, session: &[u32], guarantee: &Guarantee, work: &mut Work<'_>) -> Result<bool, Reason> {
        let mut edges = Edges::default();
        let mut seen_before: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut forced: BTreeSet<u32> = BTreeSet::new();
        for number in session.iter().copied().filter(|number| self.operation(*number).call == Call::Read) {
            let Some(seen) = self.seen(number) else { continue };
            let key = self.operation(number).key;
            let now = (guarantee.forced)(self, number, &seen);
            work.take(1 + now.len() as u64 + seen.len() as u64)?;
            let earlier = seen_before.entry(key).or_default();
            if matches!(self.operation(number).answer, Datum::List(_)) {
                let shown: BTreeSet<u32> = seen.iter().copied().collect();
                let missed = |must: &u32| self.operation(*must).key == key && !shown.contains(must);
                if now.iter().any(missed) || guarantee.reads == Reads::Promised && earlier.iter().any(missed) {
                    return Ok(true);
                }
                earlier.extend(shown);
                continue;
            }
            if guarantee.reads == Reads::Apart {
                forced.clear();
            }
            forced.extend(now);
            let musts: Vec<u32> = forced
                .iter()
                .copied()
                .filter(|must| self.operation(*must).key == key && !earlier.contains(must))
                .collect();
            let Some(winner) = seen.first().copied() else {
                if !musts.is_empty() || guarantee.reads == Reads::Promised && !earlier.is_empty() {
                    return Ok(true);
                }
                continue;
            };
            edges.all(&musts, winner, true);
            let is_own = self.operation(winner).process == self.operation(number).process;
            let is_own_older = |must: &u32| is_own && self.operation(winner).is_before(self.operation(*must));
            if guarantee.reads == Reads::Apart && musts.iter().any(is_own_older) {
                return Ok(true);
            }
            if guarantee.reads != Reads::Apart {
                let last: Vec<u32> = earlier.last().copied().into_iter().collect();
                edges.all(&last, winner, guarantee.reads == Reads::Promised);
                earlier.push(winner);
            }
        }
        Ok(edges.has_own_circle())
    }
}

/// Which write came before which, and whether the guarantee itself says so.
#[derive(Default)]
struct Edges {
    after: BTreeMap<u32, Vec<(u32, bool)>>,
}

impl Edges {
    fn all(&mut self, earlier: &[u32], later: u32, is_own: bool) {
        for earlier in earlier.iter().filter(|earlier| **earlier != later) {
            self.after.entry(*earlier).or_default().push((later, is_own));
        }
    }

    /// Whether one of the guarantee's own edges is part of a circle: its end leads back to its beginning.
    fn has_own_circle(&self) -> bool {
        let groups = self.groups();
        let is_own = |from: &u32, to: &(u32, bool)| to.1 && groups.get(from) == groups.get(&to.0);
        self.after.iter().any(|(from, edges)| edges.iter().any(|to| is_own(from, to)))
    }

    /// A number for each write; two have the same exactly if each leads to the other (Tarjan 1972).
    fn groups(&self) -> BTreeMap<u32, u32> {
        let mut state = Tarjan::default();
        for start in self.after.keys() {
            if !state.index.contains_key(start) {
                state.visit(*start, &self.after);
            }
        }
        state.group
    }
}

#[derive(Default)]
struct Tarjan {
    index: BTreeMap<u32, u32>,
    low: BTreeMap<u32, u32>,
    group: BTreeMap<u32, u32>,
    stack: Vec<u32>,
}

impl Tarjan {
    /// Without recursion: a chain of writes can be long.
    fn visit(&mut self, start: u32, after: &BTreeMap<u32, Vec<(u32, bool)>>) {
        let mut path = vec![(start, 0_usize)];
        self.enter(start);
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let to = after.get(&node).and_then(|edges| edges.get(*next)).map(|edge| edge.0);
            *next += 1;
            match to {
                Some(to) if !self.index.contains_key(&to) => {
                    self.enter(to);
                    path.push((to, 0));
                }
                Some(to) if !self.group.contains_key(&to) => self.lower(node, self.index[&to]),
                Some(_) => {}
                None => {
                    path.pop();
                    self.leave(node);
                    if let Some((parent, _)) = path.last() {
                        self.lower(*parent, self.low[&node]);
                    }
                }
            }
        }
    }

    fn enter(&mut self, node: u32) {
        let index = self.index.len() as u32;
        self.index.insert(node, index);
        self.low.insert(node, index);
        self.stack.push(node);
    }

    fn lower(&mut self, node: u32, to: u32) {
        self.low.entry(node).and_modify(|low| *low = to.min(*low));
    }

    fn leave(&mut self, node: u32) {
        if self.low[&node] != self.index[&node] {
            return;
        }
        while let Some(member) = self.stack.pop() {
            self.group.insert(member, node);
            if member == node {
                return;
            }
        }
    }
}
