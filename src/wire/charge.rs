//! What a replica and the outside card provider say to each other.

use crate::base::{AttemptId, KeyId};

/// A replica asks the provider to charge a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The attempt for which it asks.
    pub attempt: AttemptId,
    /// The payment. The provider looks at it only with `provider keys=on`.
    pub key: KeyId,
    /// How much.
    pub amount: i64,
}

/// What the provider answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    /// The card is charged: now, or with provider keys already before.
    Done,
    /// With provider keys: this key was charged with another amount.
    Mismatch,
}
