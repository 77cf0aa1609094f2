//! no-overdraft and no-oversell: nothing is taken that was not there.
//!
//! Violated when a withdrawal is accepted while *given + deposits invoked − withdrawals accepted* would be negative.
//! Deposits count from their invocation, acknowledged or not, so that no order of what is under way excuses a
//! violation; one that was never sent does not count. A transfer is a withdrawal at its source, and a deposit at its
//! target once it is accepted. Every acceptance counts: a retry that ran twice took twice.
//!
//! ```text
//! given 100   ana withdraws 80 at r1: accepted, 20 left     ben withdraws 80 at r3: accepted, −60 left ✗
//! ```
//!
//! The witness is the smallest set of accepted withdrawals that exceed what was there, the accused among them if it
//! is needed: with any of them left out, the rest is legal.

use std::collections::VecDeque;
use std::sync::Arc;

use super::findings::{Findings, Place};
use super::verdict::{Deed, Older, Sentence, Violation};
use crate::base::{Answer, AttemptId, Claim, Instant, KeyId, OpType, Paged, Value};
use crate::record::{Decision, HistoryEntry, Operation, Operations, Outcome};

/// Acceptances of each key that are remembered one by one; older ones only as a sum, so that hours of load fit.
pub const ACCEPTED_KEPT: usize = 64;

/// What is known of one key.
#[derive(Clone, Debug, Default)]
struct Ledger {
    given: i64,
    /// Deposits invoked.
    paid_in: i64,
    /// Withdrawals accepted, all of them.
    taken: i64,
    /// The last of them, oldest first.
    recent: Arc<VecDeque<Deed>>,
    older: Older,
}

impl Ledger {
    fn there(&self) -> i64 {
        self.given + self.paid_in
    }
}

/// The live judge of no-overdraft or no-oversell.
#[derive(Clone, Debug)]
pub struct Spending {
    adds: OpType,
    takes: OpType,
    ledgers: Paged<Ledger, 16>,
    findings: Findings,
}

impl Spending {
    /// The judge of no-overdraft, over accounts.
    pub fn no_overdraft() -> Self {
        Self::new(Claim::NoOverdraft, OpType::AccountDeposit, OpType::AccountWithdraw)
    }

    /// The judge of no-oversell, over stock.
    pub fn no_oversell() -> Self {
        Self::new(Claim::NoOversell, OpType::StockRestock, OpType::StockReserve)
    }

    fn new(claim: Claim, adds: OpType, takes: OpType) -> Self {
        Self { adds, takes, ledgers: Paged::default(), findings: Findings::new(claim) }
    }

    /// What it found: a violation belongs to the withdrawal that broke the promise.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// A key of its service has `amount` from the start; the last one counts.
    pub fn given(&mut self, key: KeyId, amount: i64) {
        if let Some(ledger) = self.ledgers.reach(key.index()) {
            ledger.given = amount;
        }
    }

    /// Takes in one entry. `operations` has taken it in before. Says a violation if it is the first at its key.
    #[inline]
    pub fn history(&mut self, entry: &HistoryEntry, operations: &Operations) -> Option<Arc<Violation>> {
        match *entry {
            HistoryEntry::Invoked { op, op_type, .. } if op_type == self.adds => {
                self.pay_in(operations.get(op), 1);
            }
            HistoryEntry::Returned { op, outcome: Outcome::Overflowed, .. } => {
                let never_sent = operations.get(op).filter(|operation| operation.op_type == self.adds);
                self.pay_in(never_sent, -1);
            }
            HistoryEntry::Decided { attempt, at, decision, .. } if decision.write.is_some() => {
                let operation = operations.get(attempt.op).filter(|operation| self.takes(operation.op_type))?;
                let found = self.accept(attempt, at, &decision, operation);
                // A credit exists from its acceptance: nobody can spend it before.
                if let Value::Transfer { to, amount, .. } = operation.argument
                    && let Some(ledger) = self.ledgers.reach(to.index())
                {
                    ledger.paid_in += i64::from(amount);
                }
                return found;
            }
            _ => {}
        }
        None
    }

    /// Whether operations of this type take from their key.
    fn takes(&self, op_type: OpType) -> bool {
        op_type == self.takes || op_type == OpType::AccountTransfer && self.findings.claim() == Claim::NoOverdraft
    }

    fn pay_in(&mut self, operation: Option<&Operation>, sign: i64) {
        if let Some(operation) = operation
            && let Some(ledger) = self.ledgers.reach(operation.key.index())
        {
            ledger.paid_in += sign * operation.amount();
        }
    }

    fn accept(
        &mut self,
        attempt: AttemptId,
        at: Instant,
        decision: &Decision,
        operation: &Operation,
    ) -> Option<Arc<Violation>> {
        if !matches!(decision.answer, Answer::Done(_)) {
            return None;
        }
        let Operation { client, op_type, argument, key, invoked, .. } = *operation;
        let accused = Deed { op: attempt.op, client, op_type, argument, replica: decision.basis.replica, at };
        let ledger = self.ledgers.reach(key.index())?;
        self.findings.judged += 1;
        ledger.taken += accused.amount();
        let is_overspent = ledger.taken > ledger.there();
        let found = is_overspent.then(|| self.findings.add(Place { at, invoked, key }, || overspent(ledger, accused)));
        self.remember(key, accused);
        found.flatten()
    }

    fn remember(&mut self, key: KeyId, deed: Deed) {
        let Some(ledger) = self.ledgers.get_mut(key.index()) else { return };
        let recent = Arc::make_mut(&mut ledger.recent);
        if recent.len() == ACCEPTED_KEPT
            && let Some(old) = recent.pop_front()
        {
            ledger.older.count += 1;
            ledger.older.amount += old.amount();
        }
        recent.push_back(deed);
    }
}

/// The smallest set of withdrawals that exceed what was there. Taking the largest first needs the fewest, and with the
/// smallest of them left out the rest does not exceed it; so it is minimal.
fn overspent(ledger: &Ledger, accused: Deed) -> Sentence {
    let there = ledger.there();
    let mut rest: Vec<Deed> = ledger.recent.iter().copied().collect();
    rest.sort_by_key(|deed| (deed.amount(), deed.at));
    let mut witness = vec![accused];
    let mut sum = accused.amount();
    while sum <= there {
        let Some(deed) = rest.pop() else { break };
        sum += deed.amount();
        witness.push(deed);
    }
    let older = (sum <= there).then_some(ledger.older);
    if sum - accused.amount() > there {
        witness.remove(0); // overspent before, and still without it
    }
    witness.sort_by_key(|deed| deed.at);
    Sentence::Overspent { accused, witness, older, given: ledger.given, paid_in: ledger.paid_in }
}
