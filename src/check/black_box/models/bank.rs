//! Transfers between accounts, and reads of them all.
//!
//! A history does not say with what the accounts began. So a state is what has moved since the start, and, once a read
//! was taken, what the start must have been.

use super::Machine;
use crate::check::black_box::history::{Call, Datum, Operation, Texts};

/// A bank.
pub(in crate::check::black_box) struct Bank {
    steps: Vec<Step>,
    strangers: usize,
    accounts: usize,
    most: i64,
}

enum Step {
    Is(Box<[i64]>),
    Moves(usize, usize, i64),
    Impossible,
}

impl Machine for Bank {
    /// What each account gained since the start, and with what it started.
    type State = (Box<[i64]>, Option<Box<[i64]>>);

    fn new(texts: &Texts, operations: &[Operation], strangers: &[Call]) -> Self {
        let mut accounts = Vec::new();
        for operation in operations {
            accounts.extend(texts.items(operation.answer).iter().step_by(2));
            if let Call::Transfer(from, to, _) = operation.call {
                accounts.extend([from, to]);
            }
        }
        accounts.sort_unstable();
        accounts.dedup();
        let number = |account: Datum| accounts.binary_search(&account).ok();
        let step = |call, answer| match call {
            Call::Transfer(from, to, amount) => {
                number(from).zip(number(to)).map(|(from, to)| Step::Moves(from, to, amount))
            }
            _ => balances(texts.items(answer), accounts.len(), number).map(Step::Is),
        };
        let mut steps: Vec<Step> = operations
            .iter()
            .map(|operation| step(operation.call, operation.answer).unwrap_or(Step::Impossible))
            .collect();
        let most = steps.iter().fold(0_i64, |most, step| match step {
            Step::Is(balances) => {
                balances.iter().fold(most, |most, balance| most.saturating_add(balance.saturating_abs()))
            }
            Step::Moves(_, _, amount) => most.saturating_add(amount.saturating_abs()),
            Step::Impossible => most,
        });
        steps.extend(strangers.iter().filter_map(|call| step(*call, Datum::Nil)));
        let strangers = steps.len() - operations.len();
        Self { steps, strangers, accounts: accounts.len(), most }
    }

    fn start(&self) -> Self::State {
        (vec![0; self.accounts].into_boxed_slice(), None)
    }

    fn step(&self, (gained, start): &Self::State, number: usize) -> Option<Self::State> {
        match &self.steps[number] {
            Step::Moves(from, to, amount) => {
                let mut gained = gained.clone();
                gained[*from] = gained[*from].checked_sub(*amount)?;
                gained[*to] = gained[*to].checked_add(*amount)?;
                let is_stranger = number + self.strangers >= self.steps.len();
                let is_far = is_stranger && gained.iter().any(|gain| gain.saturating_abs() > self.most);
                (!is_far).then(|| (gained, start.clone()))
            }
            Step::Is(balances) => {
                let before = balances.iter().zip(gained).map(|(balance, gain)| balance.checked_sub(*gain));
                let before: Box<[i64]> = before.collect::<Option<_>>()?;
                start.as_ref().is_none_or(|start| *start == before).then(|| (gained.clone(), Some(before)))
            }
            Step::Impossible => None,
        }
    }

    fn state_bytes(&self) -> usize {
        16 * self.accounts
    }

    fn strangers(&self) -> usize {
        self.strangers
    }
}

/// A list of accounts and amounts in turn, as one amount for each account; those not named hold nothing.
fn balances(items: &[Datum], accounts: usize, number: impl Fn(Datum) -> Option<usize>) -> Option<Box<[i64]>> {
    let mut balances = vec![0; accounts].into_boxed_slice();
    for pair in items.chunks_exact(2) {
        let Datum::Int(balance) = pair[1] else { return None };
        balances[number(pair[0])?] = balance;
    }
    Some(balances)
}
