//! Causal consistency in three strengths, by the bad patterns of Bouajjani, Enea, Guerraoui and Hamza, *On Verifying
//! Causal Consistency*, POPL 2017.
//!
//! They are about registers in which every value is written once, so that a read names its write. An operation is
//! *before* another (`co`) if a chain of steps leads to it, each from an operation to a later one of its process or from
//! a write to a read of it.
//!
//! ```text
//!  ana  write x 1 ──▶ write y 1          ben saw y, whose cause is x 1;
//!                        │               cyd saw ben's x 2 and then x 1 again, which x 2 had replaced:
//!  ben                   ▼               not causally consistent
//!                    read y → 1 ──▶ write x 2
//!                                      │
//!  cyd                                 ▼
//!                                   read x → 2 ──▶ read x → 1
//! ```
//!
//! [`consistency`] is the weakest; [`convergence`] and [`memory`] each ask more, and neither implies the other. What is
//! sequential is all three. An unknown write that somebody read happened; one that nobody read is left aside.
//!
//! The patterns are looked for on sets of bits, so a history may have 4,096 operations at most.

pub mod consistency;
pub mod convergence;
pub mod memory;

use std::collections::BTreeMap;

use super::history::{Call, Datum, History, Operation};
use super::minimal;
use super::order::{Past, process_order};
use super::promise::Model;
use super::verdict::{Finding, Reason, Work};

/// How many operations these judges hold.
const OPERATIONS_MAX: usize = 4_096;

/// What a read returned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// It is no read.
    None,
    /// What was there at first.
    Start,
    /// This write.
    Write(u32),
}

/// The operations of a history, or those of them that a witness keeps, with each read's write.
struct Causes {
    operations: Vec<Operation>,
    sources: Vec<Source>,
    /// Writes of each key.
    writes: Vec<Vec<u32>>,
    /// For each operation those right before it.
    before: Vec<Vec<u32>>,
    /// A read returned what nobody ever wrote.
    is_from_nowhere: bool,
}

/// A judge of these operations: whether it finds one of its bad patterns.
type Pattern = fn(&Causes, &mut Work<'_>) -> Result<bool, Reason>;

fn judge(history: &History, model: Model, pattern: Pattern, work: &mut Work<'_>) -> Finding {
    let all: Vec<u32> = (0..history.operations.len() as u32).collect();
    let writers = match writers(history, model) {
        Ok(writers) => writers,
        Err(reason) => return Finding::Unknown(reason),
    };
    let mut is_broken = |kept: &[u32]| {
        let causes = Causes::new(history, kept, &writers);
        work.take(causes.cost())?;
        pattern(&causes, work)
    };
    match is_broken(&all) {
        Ok(false) => Finding::Holds(None),
        Ok(true) => Finding::Violated(minimal::minimal(&all, is_broken)),
        Err(reason) => Finding::Unknown(reason),
    }
}

/// Who wrote a value under a key.
type Writers = BTreeMap<(u32, Datum), u32>;

fn writers(history: &History, model: Model) -> Result<Writers, Reason> {
    if !matches!(model, Model::Register | Model::CasRegister | Model::Kv) {
        return Err(Reason::WrongModel);
    }
    if history.operations.len() > OPERATIONS_MAX {
        return Err(Reason::TooMany(OPERATIONS_MAX));
    }
    let mut writers = Writers::new();
    for (number, operation) in history.operations.iter().enumerate() {
        match operation.call {
            Call::Read => {}
            Call::Write(value) => {
                let is_twice = writers.insert((operation.key, value), number as u32).is_some();
                if is_twice || value == Datum::Nil {
                    return Err(Reason::NotUnique);
                }
            }
            _ => return Err(Reason::WrongModel),
        }
    }
    Ok(writers)
}

impl Causes {
    /// The operations kept, without reads whose write is not kept, and without unknown writes that nobody reads.
    fn new(history: &History, kept: &[u32], writers: &Writers) -> Self {
        let mut is_kept = vec![false; history.operations.len()];
        let mut is_read = vec![false; history.operations.len()];
        for number in kept {
            is_kept[*number as usize] = true;
            let operation = &history.operations[*number as usize];
            if let Some(write) = writers.get(&(operation.key, operation.answer)) {
                is_read[*write as usize] |= operation.call == Call::Read;
            }
        }
        let mut places = vec![0; history.operations.len()];
        let mut causes = Self {
            operations: Vec::new(),
            sources: Vec::new(),
            writes: vec![Vec::new(); history.keys.len()],
            before: Vec::new(),
            is_from_nowhere: false,
        };
        let mut reads = Vec::new();
        for number in kept {
            let operation = history.operations[*number as usize];
            let writer = writers.get(&(operation.key, operation.answer));
            let says_nothing = match operation.call {
                Call::Read => writer.is_some_and(|write| !is_kept[*write as usize]),
                _ => !operation.is_done() && !is_read[*number as usize],
            };
            if says_nothing {
                continue;
            }
            let place = causes.operations.len() as u32;
            places[*number as usize] = place;
            causes.operations.push(operation);
            causes.sources.push(Source::None);
            match (operation.call, writer) {
                (Call::Read, Some(write)) => reads.push((place, *write)),
                (Call::Read, None) if operation.answer == Datum::Nil => causes.sources[place as usize] = Source::Start,
                (Call::Read, None) => causes.is_from_nowhere = true,
                _ => causes.writes[operation.key as usize].push(place),
            }
        }
        causes.before = process_order(&causes.operations);
        for (place, write) in reads {
            let write = places[write as usize];
            causes.sources[place as usize] = Source::Write(write);
            causes.before[place as usize].push(write);
        }
        causes
    }

    /// How much work one closure is, about.
    fn cost(&self) -> u64 {
        (self.operations.len() * self.operations.len() / 256) as u64 + 1
    }

    /// The reads with what they returned.
    fn reads(&self) -> impl Iterator<Item = (u32, Source)> {
        let sources = self.sources.iter().copied().enumerate();
        sources.filter(|(_, source)| *source != Source::None).map(|(number, source)| (number as u32, source))
    }

    /// The other writes of a read's key that are before it.
    fn overwritten(&self, past: &Past, read: u32, source: Source) -> impl Iterator<Item = u32> {
        let writes = &self.writes[self.operations[read as usize].key as usize];
        writes.iter().copied().filter(move |write| Source::Write(*write) != source && past.has(*write, read))
    }
}
