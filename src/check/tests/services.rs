//! The claims of one service against hand-made records: the smallest that breaks each, and random ones against the
//! definition, written down over a plain list of operations.

use std::collections::BTreeSet;

use super::live::{broken, judged, said, verdict};
use crate::base::{Actor, Answer, AttemptId, Claim, Dot, KeyId, OpType, ReplicaId, Value};
use crate::record::Outcome;
use crate::record::story::{ANA, BEN, Story, r};

const VAULT: u32 = 5;

/// One operation of a random record, as its definition needs it. Instants are milliseconds, all different.
#[derive(Clone, Copy, Debug)]
struct Done {
    op_type: OpType,
    client: Actor,
    value: Value,
    invoked: u64,
    decided: Option<u64>,
    returned: Option<u64>,
}

/// A linear congruential generator, as in the tests of the other live judges.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A random record of three clients that do `kinds` to one key, overlapping; some never hear an answer. A read is told
/// something at random: what is judged is what was said, not why.
fn random(dice: &mut Dice, key: u32, kinds: &[OpType]) -> (Story, Vec<Done>) {
    let (mut story, mut done) = (Story::new(), Vec::<Done>::new());
    let mut running: [Option<(usize, AttemptId)>; 3] = [None; 3];
    for ms in 1..=dice.below(40) + 5 {
        let which = dice.below(3) as usize;
        let client = Actor::client(which);
        let Some((at, attempt)) = running[which] else {
            let op_type = kinds[dice.below(kinds.len() as u64) as usize];
            let attempt = story.invoke(ms, client, op_type, key, Value::Nil);
            running[which] = Some((done.len(), attempt));
            done.push(Done { op_type, client, value: Value::Nil, invoked: ms, decided: None, returned: None });
            continue;
        };
        let deed = &mut done[at];
        if deed.decided.is_some() {
            story.answered(ms, attempt);
            deed.returned = Some(ms);
            running[which] = None;
        } else if dice.below(8) == 0 {
            story.end(ms, attempt.op, None, Outcome::Unknown);
            running[which] = None;
        } else {
            deed.decided = Some(ms);
            let replica = r(dice.below(3) as u8 + 1);
            if deed.op_type.is_read() {
                deed.value = Value::Allowed(dice.below(3) > 0);
                story.serve(ms, attempt, replica, deed.value);
            } else {
                story.accept(ms, attempt, replica);
            }
        }
    }
    (story, done)
}

/// How many checks let someone in although a revocation was acknowledged before and nothing explains it.
fn let_in(done: &[Done]) -> u64 {
    let of = |op_type: OpType| done.iter().filter(move |deed| deed.op_type == op_type);
    let is_wrong = |check: &&Done| {
        let (Some(served), Some(_), Value::Allowed(true)) = (check.decided, check.returned, check.value) else {
            return false;
        };
        of(OpType::AccessRevoke).any(|revoke| {
            let explains = |grant: &Done| grant.decided.is_some_and(|at| revoke.invoked < at && at < served);
            revoke.returned.is_some_and(|at| at < check.invoked) && !of(OpType::AccessGrant).any(explains)
        })
    };
    of(OpType::AccessCheck).filter(is_wrong).count() as u64
}

#[test]
fn access_after_a_revocation_is_what_its_definition_says_on_random_records() {
    let kinds = [OpType::AccessGrant, OpType::AccessRevoke, OpType::AccessCheck, OpType::AccessCheck];
    let mut seen = [0, 0];
    for seed in 0..20_000 {
        let (story, done) = random(&mut Dice(seed), VAULT, &kinds);
        let (found, expected) = (verdict(&judged(&story), Claim::NoAccessAfterRevocation).count, let_in(&done));
        assert_eq!(found, expected, "seed {seed}: {done:#?}");
        seen[usize::from(expected > 0)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 2_000), "both must be seen often: {seen:?}");
}

fn check(story: &mut Story, ms: u64, client: Actor, via: u8, allowed: bool) {
    let attempt = story.invoke(ms, client, OpType::AccessCheck, VAULT, Value::Nil);
    story.serve(ms + 1, attempt, r(via), Value::Allowed(allowed));
    story.end(ms + 2, attempt.op, Some(attempt), Outcome::Answered(Answer::Done(Value::Allowed(allowed))));
}

#[test]
fn a_check_that_lets_in_after_the_revocation_breaks_its_claim_alone() {
    let mut story = Story::new();
    story.write(10, ANA, OpType::AccessRevoke, VAULT, Value::Nil, 1);
    check(&mut story, 20, BEN, 3, true);
    assert_eq!(broken(&story), [Claim::NoAccessAfterRevocation]);
    let (words, witness) = said(&story, Claim::NoAccessAfterRevocation);
    let expected = "ben checked ben's access to vault via r3 at 0.021 s: allowed, although ana revoked ben's access to \
                    vault via r1 at 0.011 s, acknowledged at 0.012 s";
    assert_eq!((words.as_str(), witness), (expected, vec![0, 1]));
}

#[test]
fn a_check_begun_before_the_acknowledgement_or_told_no_is_legal() {
    let mut story = Story::new();
    story.write(10, ANA, OpType::AccessRevoke, VAULT, Value::Nil, 1);
    check(&mut story, 12, BEN, 3, true);
    check(&mut story, 20, BEN, 3, false);
    assert_eq!(broken(&story), []);
}

const STAR: u32 = 6;

#[test]
fn two_owners_are_what_the_definition_says_on_random_records() {
    let mut seen = [0, 0];
    for seed in 0..5_000 {
        let kinds = [OpType::UsernameClaim, OpType::UsernameLookup];
        let (story, done) = random(&mut Dice(seed), STAR, &kinds);
        let mut claims: Vec<(u64, Actor)> = done
            .iter()
            .filter(|deed| deed.op_type == OpType::UsernameClaim)
            .filter_map(|deed| Some((deed.decided?, deed.client)))
            .collect();
        claims.sort_unstable();
        let others = claims.iter().filter(|(_, client)| *client != claims[0].1).count() as u64;
        assert_eq!(verdict(&judged(&story), Claim::UniqueOwner).count, others, "seed {seed}: {done:#?}");
        seen[usize::from(others > 0)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 500), "both must be seen often: {seen:?}");
}

#[test]
fn two_claims_of_one_name_by_two_people_are_told_with_both() {
    let mut story = Story::new();
    story.write(10, ANA, OpType::UsernameClaim, STAR, Value::Nil, 1);
    story.write(20, BEN, OpType::UsernameClaim, STAR, Value::Nil, 3);
    let (words, witness) = said(&story, Claim::UniqueOwner);
    let expected = "ana claimed star via r1 at 0.011 s and ben claimed star via r3 at 0.021 s: both were accepted";
    assert_eq!((words.as_str(), witness), (expected, vec![0, 1]));
}

const ORDER: u32 = 7;

fn submit(story: &mut Story, ms: u64, client: Actor) -> AttemptId {
    story.invoke(ms, client, OpType::PaymentSubmit, ORDER, Value::Int(30))
}

#[test]
fn every_charge_but_the_first_of_a_payment_is_one_too_many_on_random_records() {
    let mut seen = [0, 0];
    for seed in 0..2_000 {
        let (mut dice, mut story) = (Dice(seed), Story::new());
        let mut charged = [0_u64; 3];
        for ms in 1..=dice.below(6) + 1 {
            let key = dice.below(3) as u32;
            let attempt = story.invoke(10 * ms, ANA, OpType::PaymentSubmit, key, Value::Int(1));
            for again in 0..dice.below(3) {
                story.charge(10 * ms + again + 1, attempt, r(1), 1);
                charged[key as usize] += 1;
            }
            story.end(10 * ms + 9, attempt.op, None, Outcome::Unknown);
        }
        let expected = charged.iter().map(|count| count.saturating_sub(1)).sum::<u64>();
        assert_eq!(verdict(&judged(&story), Claim::ChargedOnce).count, expected, "seed {seed}: {charged:?}");
        seen[usize::from(expected > 0)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 200), "both must be seen often: {seen:?}");
}

#[test]
fn a_payment_charged_twice_breaks_its_claim_alone_however_often_it_is_recorded() {
    let mut story = Story::new();
    let first = submit(&mut story, 10, ANA);
    story.charge(20, first, r(1), 30);
    let second = story.attempt(30, first.op);
    story.charge(40, second, r(2), 30);
    story.accept(50, second, r(2));
    story.accept(51, first, r(1));
    story.answered(52, second);
    assert_eq!(broken(&story), [Claim::ChargedOnce]);
    let (words, witness) = said(&story, Claim::ChargedOnce);
    let expected = "the provider charged 30 for order7 via r1 at 0.02 s and again 30 via r2 at 0.04 s, and ana submitted \
                    it once";
    assert_eq!((words.as_str(), witness), (expected, vec![0]));
}

#[test]
fn two_people_who_pay_one_order_are_charged_for_one_payment_twice() {
    let mut story = Story::new();
    let (first, second) = (submit(&mut story, 10, ANA), submit(&mut story, 11, BEN));
    story.charge(20, first, r(1), 30);
    story.charge(21, second, r(3), 30);
    let expected = "the provider charged 30 for order7 via r1 at 0.02 s and again 30 via r3 at 0.021 s, for what ana and \
                    ben submitted under one key";
    assert_eq!(said(&story, Claim::ChargedOnce), (expected.to_owned(), vec![0, 1]));
}

const JOINT: u32 = 0;
const SAVINGS: u32 = 8;
const ACCOUNTS: [u32; 3] = [JOINT, 1, SAVINGS];

fn transfer(story: &mut Story, ms: u64, client: Actor, (from, to): (u32, u32), via: u8) -> Dot {
    let argument = Value::Transfer { from: KeyId(from), to: KeyId(to), amount: 30 };
    story.write(ms, client, OpType::AccountTransfer, from, argument, via)
}

/// The other dot of a transfer.
fn credit(debit: Dot) -> Dot {
    Dot { counter: debit.counter + 1, ..debit }
}

#[test]
fn half_a_transfer_is_what_its_definition_says_on_random_records() {
    let mut seen = [0, 0];
    for seed in 0..5_000 {
        let (mut dice, mut story) = (Dice(seed), Story::new());
        let mut has: [BTreeSet<Dot>; 3] = Default::default();
        let mut made: Vec<((u32, u32), Dot)> = Vec::new();
        let mut expected = 0;
        for step in 1..=dice.below(30) + 3 {
            let (ms, client, via) = (10 * step, Actor::client(dice.below(3) as usize), dice.below(3) as usize);
            match dice.below(3) {
                0 => {
                    let from = dice.below(3) as usize;
                    let accounts = (ACCOUNTS[from], ACCOUNTS[(from + 1 + dice.below(2) as usize) % 3]);
                    let debit = transfer(&mut story, ms, client, accounts, via as u8 + 1);
                    has[via].extend([debit, credit(debit)]);
                    made.push((accounts, debit));
                }
                1 if !made.is_empty() => {
                    let (_, debit) = made[dice.below(made.len() as u64) as usize];
                    let half = if dice.below(2) == 0 { debit } else { credit(debit) };
                    if has[via].insert(half) {
                        story.apply(ms, ReplicaId(via as u8), half);
                    }
                }
                _ => {
                    let key = ACCOUNTS[dice.below(3) as usize];
                    story.read(ms, client, OpType::AccountBalance, key, via as u8 + 1);
                    let is_halved = |((from, to), debit): &((u32, u32), Dot)| {
                        let here = [*debit, credit(*debit)].map(|dot| has[via].contains(&dot));
                        (*from == key || *to == key) && here[0] != here[1]
                    };
                    expected += u64::from(made.iter().any(is_halved));
                }
            }
        }
        assert_eq!(verdict(&judged(&story), Claim::ConstantSum).count, expected, "seed {seed}");
        seen[usize::from(expected > 0)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 500), "both must be seen often: {seen:?}");
}

#[test]
fn a_balance_with_half_a_transfer_breaks_the_constant_sum_alone_and_says_which_half() {
    for (is_debit, place) in [(true, "in neither account"), (false, "in both accounts")] {
        let mut story = Story::new();
        let debit = transfer(&mut story, 10, ANA, (JOINT, SAVINGS), 1);
        story.apply(20, r(3), if is_debit { debit } else { credit(debit) });
        story.read(30, BEN, OpType::AccountBalance, SAVINGS, 3);
        // What comes later does not change what was there.
        story.apply_at(40, &[3], debit);
        story.apply_at(40, &[3], credit(debit));
        assert_eq!(broken(&story), [Claim::ConstantSum]);
        let (words, witness) = said(&story, Claim::ConstantSum);
        let expected = format!(
            "ben read nothing of savings via r3 at 0.031 s, where 30 was {place}, although ana transferred 30 from joint \
             to savings via r1 at 0.011 s"
        );
        assert_eq!((words, witness), (expected, vec![0, 1]));
    }
}

#[test]
fn a_transfer_is_one_operation_accepted_once_and_ones_own_on_both_accounts() {
    let mut story = Story::new();
    transfer(&mut story, 10, ANA, (JOINT, SAVINGS), 1);
    story.read(20, ANA, OpType::AccountBalance, SAVINGS, 3);
    assert_eq!(broken(&story), [Claim::ReadYourWrites]);
    let expected = "ana read nothing of savings via r3 at 0.021 s, although ana transferred 30 from joint to savings via r1 \
                    at 0.011 s, acknowledged at 0.012 s";
    assert_eq!(said(&story, Claim::ReadYourWrites), (expected.to_owned(), vec![0, 1]));
}
