//! The five properties of the paper's figure 3, and what a register's clients saw: checked after every step.

use super::super::*;
use crate::base::{LogPosition, ReplicaId};

/// What a run can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    /// At most one leader a term.
    ElectionSafety,
    /// A leader never changes or drops what is in its log.
    LeaderAppendOnly,
    /// Two logs that agree at a position agree up to it.
    LogMatching,
    /// What was committed in a term is in the log of every leader of a later term.
    LeaderCompleteness,
    /// Nobody applies another entry at an index, and everybody in order, each once.
    StateMachineSafety,
    /// A read sees what was completed when it was invoked, and nothing that was never written.
    Linearizable,
}

/// What was broken, and how.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub(super) property: Property,
    pub(super) text: String,
}

/// What is known of all members together.
#[derive(Clone, Default)]
pub(super) struct Checks {
    /// By term, who led it.
    leaders: Vec<Option<ReplicaId>>,
    /// By index, each entry that any log had there, with the term before it.
    seen: Vec<Vec<(Slot, u32)>>,
    /// By index, what was applied, the term in which it was first known to be committed, and the value after it.
    applied: Vec<Option<Applied>>,
    pub(super) violation: Option<Violation>,
    /// How often each kind of thing was compared, to know that the checks look at something.
    pub(super) compared: u64,
}

#[derive(Clone)]
struct Applied {
    slot: Slot,
    in_term: u32,
    value: i64,
}

/// What the checks remember of one member.
#[derive(Clone, Default)]
pub(super) struct Mirror {
    /// The log as it was, by index; unknown where it was folded.
    log: Vec<Option<Slot>>,
    /// The term that it led then.
    led: Option<u32>,
    /// The last entry that it applied.
    pub(super) applied: u32,
}

impl Mirror {
    /// Of a member that has applied everything up to `applied`.
    pub(super) fn after(applied: u32) -> Self {
        Self { applied, ..Self::default() }
    }
}

fn reach<T: Clone>(list: &mut Vec<T>, index: u32, empty: T) -> &mut T {
    let index = index as usize;
    if list.len() <= index {
        list.resize(index + 1, empty);
    }
    &mut list[index]
}

impl Checks {
    pub(super) fn broken(&mut self, property: Property, text: String) {
        if self.violation.is_none() {
            self.violation = Some(Violation { property, text });
        }
    }

    /// Looks at a member after an input.
    pub(super) fn look(&mut self, raft: &Raft, mirror: &mut Mirror, own: ReplicaId) {
        let leads = raft.leads().then(|| raft.term());
        self.compare_log(raft, mirror, leads, own);
        if leads.is_some() && leads != mirror.led {
            self.elected(raft, own);
        }
        mirror.led = leads;
    }

    fn elected(&mut self, raft: &Raft, own: ReplicaId) {
        let term = raft.term();
        let leader = reach(&mut self.leaders, term, None);
        let other = leader.replace(own).filter(|other| *other != own);
        if let Some(other) = other {
            self.broken(Property::ElectionSafety, format!("{own} and {other} both lead term {term}"));
        }
        for index in 1..self.applied.len() as u32 {
            self.complete(raft, own, index);
        }
    }

    /// Whether a leader has what was committed at `index` in a term before its own.
    fn complete(&mut self, raft: &Raft, own: ReplicaId, index: u32) {
        let Some(applied) = self.applied[index as usize].clone() else { return };
        let is_folded = index <= raft.log().base().index;
        let has = raft.log().get(index).map(|slot| slot.term);
        self.compared += 1;
        if applied.in_term < raft.term() && !is_folded && has != Some(applied.slot.term) {
            let text = format!(
                "{own} leads term {} and has {has:?} at {index}, where term {} was committed in term {}",
                raft.term(),
                applied.slot.term,
                applied.in_term
            );
            self.broken(Property::LeaderCompleteness, text);
        }
    }

    fn compare_log(&mut self, raft: &Raft, mirror: &mut Mirror, leads: Option<u32>, own: ReplicaId) {
        let (base, last) = (raft.log().base().index, raft.log().last().index);
        let is_same_leader = leads.is_some() && leads == mirror.led;
        let mirrored = (mirror.log.len() as u32).saturating_sub(1);
        if is_same_leader && last < mirrored {
            self.broken(Property::LeaderAppendOnly, format!("{own} leads and dropped {mirrored}"));
        }
        let mut differs = false;
        for index in base + 1..=last {
            let slot = raft.log().get(index).cloned().expect("between base and last");
            let known = reach(&mut mirror.log, index, None);
            let was = known.replace(slot.clone());
            if was.as_ref() == Some(&slot) && !differs {
                continue;
            }
            differs = true;
            if is_same_leader && was.is_some() && index <= mirrored {
                self.broken(Property::LeaderAppendOnly, format!("{own} leads and changed {index}"));
            }
            let before = raft.log().term_at(index - 1).expect("between base and last");
            self.matches(index, slot, before, own);
        }
        mirror.log.truncate(last as usize + 1);
    }

    /// An entry is known by its index and term; so is what comes before it, one by one.
    fn matches(&mut self, index: u32, slot: Slot, before: u32, own: ReplicaId) {
        self.compared += 1;
        let seen = reach(&mut self.seen, index, Vec::new());
        match seen.iter().find(|(other, _)| other.term == slot.term) {
            None => seen.push((slot, before)),
            Some((other, other_before)) if (other, *other_before) == (&slot, before) => {}
            Some((other, other_before)) => {
                let text =
                    format!("{own} has {slot:?} after {before} at {index}, another {other:?} after {other_before}");
                self.broken(Property::LogMatching, text);
            }
        }
    }

    /// A member applied an entry; true if nobody did before.
    pub(super) fn applies(
        &mut self,
        raft: &Raft,
        mirror: &mut Mirror,
        position: LogPosition,
        entry: Entry,
        value: i64,
    ) -> bool {
        let slot = Slot { term: position.term, entry };
        self.compared += 1;
        if position.index != mirror.applied + 1 {
            self.broken(Property::StateMachineSafety, format!("applied {} after {}", position.index, mirror.applied));
        }
        mirror.applied = position.index;
        match reach(&mut self.applied, position.index, None).clone() {
            None => {
                self.applied[position.index as usize] = Some(Applied { slot, in_term: raft.term(), value });
                return true;
            }
            Some(other) if other.slot == slot && other.value == value => {}
            Some(other) => {
                let text = format!(
                    "at {} {slot:?} gave {value}, elsewhere {:?} gave {}",
                    position.index, other.slot, other.value
                );
                self.broken(Property::StateMachineSafety, text);
            }
        }
        false
    }

    /// A new entry is known to be committed: every leader of a later term has it.
    pub(super) fn committed(&mut self, raft: &Raft, own: ReplicaId, index: u32) {
        if raft.leads() {
            self.complete(raft, own, index);
        }
    }

    /// A member's state was replaced.
    pub(super) fn restores(&mut self, mirror: &mut Mirror, last: LogPosition, value: i64) {
        self.compared += 1;
        mirror.applied = last.index;
        if last.index == 0 {
            return;
        }
        match reach(&mut self.applied, last.index, None).clone() {
            Some(known) if known.slot.term == last.term && known.value == value => {}
            known => {
                let known = known.map(|known| (known.slot.term, known.value));
                let text = format!("a snapshot of {last:?} holds {value}, but {known:?} was applied");
                self.broken(Property::StateMachineSafety, text);
            }
        }
    }
}
