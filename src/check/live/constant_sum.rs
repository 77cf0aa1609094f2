//! constant-sum: who reads an account finds both halves of every transfer at its replica, or neither.
//!
//! A transfer is a debit here and a credit there; the sum of all accounts is constant only where both are or none is
//! (the bank test of Jepsen judges values; this judges the sets of writes behind them). Each half reaches a replica as a
//! delta of its own, so between the two money has vanished there, or is there twice. No guarantee over one key forbids
//! that: what is missing is atomicity over two.
//!
//! ```text
//! ana   account.transfer joint savings 30 at r1: −30 to joint, +30 to savings
//! r3    ──── −30 ──── cyd: account.balance joint → 70, with savings as before ✗ ──── +30 ────
//! ```

use std::collections::VecDeque;
use std::sync::Arc;

use super::sessions::{Found, TooMuch};
use super::union::Behind;
use super::writes::{Number, Writes};
use crate::base::{KeyId, Paged, ReplicaSet};

/// Transfers of one account that are remembered: the last ones.
const TRANSFERS_KEPT: usize = 64;

/// The last transfers from and to one account, as the numbers of their debits.
#[derive(Clone, Debug, Default)]
struct Account {
    transfers: Arc<VecDeque<Number>>,
    /// Whether one was forgotten while some replica lacked a half.
    has_forgotten: bool,
}

/// All accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct Transfers {
    accounts: Paged<Account, 16>,
}

impl Transfers {
    /// A transfer between two accounts was accepted: its debit has this number, its credit the next.
    pub(super) fn accepted(&mut self, writes: &Writes, accounts: [KeyId; 2], debit: Number) {
        for key in accounts {
            let Some(account) = self.accounts.reach(key.index()) else { continue };
            let transfers = Arc::make_mut(&mut account.transfers);
            transfers.push_back(debit);
            if transfers.len() > TRANSFERS_KEPT
                && let Some(oldest) = transfers.pop_front()
            {
                account.has_forgotten |= !is_everywhere(writes, oldest);
            }
        }
    }

    /// The last transfer from or to `key` of which a state has one half only.
    pub(super) fn judge(&self, writes: &Writes, key: KeyId, behind: Behind) -> Found<Number> {
        let Some(account) = self.accounts.get(key.index()) else { return Ok(None) };
        let halved = account.transfers.iter().rev().copied().find(|debit| is_halved(writes, *debit, behind));
        if halved.is_none() && account.has_forgotten { Err(TooMuch) } else { Ok(halved) }
    }
}

fn is_halved(writes: &Writes, debit: Number, behind: Behind) -> bool {
    let (Some(debit), Some(credit)) = (writes.get(debit), writes.get(debit + 1)) else { return false };
    writes.has(debit, behind) != writes.has(credit, behind)
}

fn is_everywhere(writes: &Writes, debit: Number) -> bool {
    let all = ReplicaSet::all(writes.replicas);
    [debit, debit + 1].into_iter().all(|number| writes.get(number).is_none_or(|write| write.holders == all))
}
