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

use super::verdict::{Deed, Older, Sentence, Verdict, Violation};
use crate::base::limits::VIOLATIONS_KEPT;
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
    claim: Claim,
    adds: OpType,
    takes: OpType,
    ledgers: Paged<Ledger, 16>,
    violations: Arc<Vec<Arc<Violation>>>,
    /// The violation whose operation was invoked last, even if it is not among the kept ones.
    latest: Option<Arc<Violation>>,
    count: u64,
    judged: u64,
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
        let (ledgers, violations) = (Paged::default(), Arc::default());
        Self { claim, adds, takes, ledgers, violations, latest: None, count: 0, judged: 0 }
    }

    /// What it judges.
    pub fn claim(&self) -> Claim {
        self.claim
    }

    /// A key of its service has `amount` from the start; the last one counts.
    pub fn given(&mut self, key: KeyId, amount: i64) {
        if let Some(ledger) = self.ledgers.reach(key.index()) {
            ledger.given = amount;
        }
    }

    /// Takes in one entry. `operations` has taken it in before.
    #[inline]
    pub fn history(&mut self, entry: &HistoryEntry, operations: &Operations) {
        match *entry {
            HistoryEntry::Invoked { op, op_type, .. } if op_type == self.adds => {
                self.pay_in(operations.get(op), 1);
            }
            HistoryEntry::Returned { op, outcome: Outcome::Overflowed, .. } => {
                let never_sent = operations.get(op).filter(|operation| operation.op_type == self.adds);
                self.pay_in(never_sent, -1);
            }
            HistoryEntry::Decided { attempt, at, decision, .. } if decision.write.is_some() => {
                let Some(operation) = operations.get(attempt.op).filter(|operation| self.takes(operation.op_type))
                else {
                    return;
                };
                self.accept(attempt, at, &decision, operation);
                // A credit exists from its acceptance: nobody can spend it before.
                if let Value::Transfer { to, amount, .. } = operation.argument
                    && let Some(ledger) = self.ledgers.reach(to.index())
                {
                    ledger.paid_in += i64::from(amount);
                }
            }
            _ => {}
        }
    }

    /// The first violations, with their witnesses.
    pub fn violations(&self) -> &[Arc<Violation>] {
        &self.violations
    }

    /// How many violations there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How many acceptances stand behind the verdict.
    pub fn judged(&self) -> u64 {
        self.judged
    }

    /// The verdict over all of the history so far.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.claim, self.violations.to_vec(), self.count)
    }

    /// The verdict over what was invoked at `mark` or after it: a violation counts if the operation that broke the
    /// promise was. Of violations that are not kept only the latest is known, so `count` may be too small then.
    pub fn since(&self, mark: Instant) -> Verdict {
        let mut after: Vec<_> = self.violations.iter().filter(|violation| violation.invoked >= mark).cloned().collect();
        if after.is_empty() {
            after.extend(self.latest.iter().filter(|violation| violation.invoked >= mark).cloned());
        }
        let count = after.len() as u64;
        Verdict::of(self.claim, after, count)
    }

    /// Whether operations of this type take from their key.
    fn takes(&self, op_type: OpType) -> bool {
        op_type == self.takes || op_type == OpType::AccountTransfer && self.claim == Claim::NoOverdraft
    }

    fn pay_in(&mut self, operation: Option<&Operation>, sign: i64) {
        if let Some(operation) = operation
            && let Some(ledger) = self.ledgers.reach(operation.key.index())
        {
            ledger.paid_in += sign * operation.amount();
        }
    }

    fn accept(&mut self, attempt: AttemptId, at: Instant, decision: &Decision, operation: &Operation) {
        if !matches!(decision.answer, Answer::Done(_)) {
            return;
        }
        let Operation { client, op_type, argument, key, invoked, .. } = *operation;
        let accused = Deed { op: attempt.op, client, op_type, argument, replica: decision.basis.replica, at };
        let Some(ledger) = self.ledgers.reach(key.index()) else { return };
        self.judged += 1;
        ledger.taken += accused.amount();
        if ledger.taken > ledger.there() {
            let sentence = overspent(ledger, accused);
            self.violate(at, invoked, key, sentence);
        }
        self.remember(key, accused);
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

    fn violate(&mut self, at: Instant, invoked: Instant, key: KeyId, sentence: Sentence) {
        self.count += 1;
        let is_latest = self.latest.as_ref().is_none_or(|latest| latest.invoked <= invoked);
        if self.violations.len() >= VIOLATIONS_KEPT && !is_latest {
            return;
        }
        let operations = sentence.operations();
        let violation = Arc::new(Violation { claim: self.claim, at, invoked, key, operations, sentence });
        if is_latest {
            self.latest = Some(violation.clone());
        }
        if self.violations.len() < VIOLATIONS_KEPT {
            Arc::make_mut(&mut self.violations).push(violation);
        }
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
