//! Judges: one claim, one file, one witness.
//!
//! ```text
//! record ──▶ judge ──▶ verdict: holds │ violated, with violations │ unknown, and why
//!                                          └─ operations (the witness), a sentence
//! ```
//!
//! A judge reads the record and nothing else, and computes what should have been with its own sequential models: it
//! shares no code with the protocols or the store, so that a bug there cannot blind it. A claim about the past
//! ([`Spending`]) is judged live, entry by entry; a claim about the end ([`convergence`]) on demand.
//!
//! The witness of a violation is minimal: with any of its operations left out of the run, what remains of them is
//! legal. What a judge cannot know it says: [`Ruling::Unknown`] is a verdict, and a witness that would need operations
//! forgotten long ago says how many.
//!
//! Judges know ids only. [`words::sentence`] says a violation in one plain sentence, given the names.
//!
//! Histories of other systems, and what needs no cluster, are judged in [`black_box`].
//!
//! Start with [`spending`]; [`verdict`] has the words.

pub mod black_box;
pub mod convergence;
mod findings;
pub mod live;
mod model;
mod promise;
mod replay;
mod siblings;
pub mod spending;
pub mod verdict;
pub mod words;

#[cfg(test)]
mod tests;

pub use convergence::{Evidence, Given, Shown};
pub use findings::Findings;
pub use live::{Act, Broken, Live, Loss, Reach};
pub use promise::{Promise, promise};
pub use spending::Spending;
pub use verdict::{Ruling, Sentence, Underway, Unknown, Verdict, Violation};
pub use words::{Names, reason, sentence};
