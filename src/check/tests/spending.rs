use super::{judged, told};
use crate::base::{Instant, KeyId, OpId, OpType, Value};
use crate::check::spending::ACCEPTED_KEPT;
use crate::check::{Ruling, Sentence, Spending, Verdict};
use crate::record::Outcome;
use crate::record::story::{ANA, BEN, Story, r};
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

const JOINT: u32 = 0;
const MUG: u32 = 1;

fn account(given: i64) -> Spending {
    let mut judge = Spending::no_overdraft();
    judge.given(KeyId(JOINT), given);
    judge
}

fn withdraw(story: &mut Story, ms: u64, client: crate::base::Actor, amount: i64, via: u8) -> OpId {
    let attempt = story.invoke(ms, client, OpType::AccountWithdraw, JOINT, Value::Int(amount));
    story.accept(ms + 1, attempt, r(via));
    story.answered(ms + 2, attempt);
    attempt.op
}

fn verdict(story: &Story, given: i64) -> Verdict {
    judged(story, account(given)).findings().verdict(None)
}

#[test]
fn two_withdrawals_of_80_from_100_are_an_overdraft_and_both_are_the_witness() {
    let mut story = Story::new();
    let ana = withdraw(&mut story, 1001, ANA, 80, 1);
    let ben = withdraw(&mut story, 1031, BEN, 80, 3);
    let verdict = verdict(&story, 100);
    assert_eq!((verdict.holds, verdict.count), (Ruling::Violated, 1));
    assert_eq!(verdict.violations[0].operations, [ana, ben]);
    assert_eq!(
        told(&verdict),
        [
            "ana withdrew 80 from joint via r1 at 1.002 s and ben withdrew 80 via r3 at 1.032 s, although only 100 was there"
        ]
    );
}

#[test]
fn what_was_there_can_be_taken_to_the_last() {
    let mut story = Story::new();
    withdraw(&mut story, 1000, ANA, 80, 1);
    withdraw(&mut story, 1030, BEN, 20, 3);
    let verdict = verdict(&story, 100);
    assert_eq!((verdict.holds, verdict.count, told(&verdict).len()), (Ruling::Holds, 0, 0));
}

#[test]
fn a_refused_withdrawal_takes_nothing() {
    let mut story = Story::new();
    withdraw(&mut story, 1000, ANA, 80, 1);
    let refused = story.invoke(1030, BEN, OpType::AccountWithdraw, JOINT, Value::Int(80));
    story.refuse(1031, refused, r(1));
    assert_eq!(verdict(&story, 100).holds, Ruling::Holds);
}

#[test]
fn a_withdrawal_counts_though_its_client_gave_up() {
    let mut story = Story::new();
    let attempt = story.invoke(1000, ANA, OpType::AccountWithdraw, JOINT, Value::Int(80));
    story.end(1500, attempt.op, None, Outcome::Unknown);
    story.accept(1600, attempt, r(1));
    withdraw(&mut story, 1700, BEN, 80, 3);
    assert_eq!(verdict(&story, 100).holds, Ruling::Violated);
}

#[test]
fn a_deposit_counts_from_its_invocation_unless_it_was_never_sent() {
    let mut story = Story::new();
    let deposit = story.invoke(900, BEN, OpType::AccountDeposit, JOINT, Value::Int(60));
    withdraw(&mut story, 1000, ANA, 80, 1);
    withdraw(&mut story, 1030, ANA, 80, 3);
    assert_eq!(verdict(&story, 100).holds, Ruling::Holds);

    story.end(1100, deposit.op, None, Outcome::Overflowed);
    withdraw(&mut story, 1200, ANA, 1, 3);
    let verdict = verdict(&story, 100);
    assert_eq!((verdict.count, told(&verdict).len()), (1, 1));
    assert_eq!(
        told(&verdict)[0],
        "ana withdrew 1 from joint via r3 at 1.201 s, although only 100 was there and it was gone: ana withdrew 80 from \
         joint via r1 at 1.001 s and ana withdrew 80 via r3 at 1.031 s"
    );
}

#[test]
fn a_retry_that_ran_twice_took_twice_and_is_one_operation() {
    let mut story = Story::new();
    let first = story.invoke(1000, ANA, OpType::AccountWithdraw, JOINT, Value::Int(80));
    story.accept(1001, first, r(1));
    let second = story.attempt(1500, first.op);
    story.accept(1501, second, r(2));
    let verdict = verdict(&story, 100);
    assert_eq!(verdict.violations[0].operations, [first.op]);
    assert_eq!(
        told(&verdict),
        [
            "ana withdrew 80 from joint via r1 at 1.001 s and ana withdrew 80 via r2 at 1.501 s (a retry), although only \
          100 was there"
        ]
    );
}

#[test]
fn stock_is_judged_alike_and_apart_from_accounts() {
    let mut story = Story::new();
    let mut judge = Spending::no_oversell();
    judge.given(KeyId(MUG), 1);
    story.write(1000, ANA, OpType::StockRestock, MUG, Value::Int(1), 1);
    story.write(1010, ANA, OpType::StockReserve, MUG, Value::Int(1), 1);
    withdraw(&mut story, 1020, ANA, 50, 1);
    let reserve = story.write(1030, BEN, OpType::StockReserve, MUG, Value::Int(2), 3);
    assert_eq!(reserve.counter, 1);
    let verdict = judged(&story, judge).findings().verdict(None);
    assert_eq!(
        told(&verdict),
        [
            "ana reserved 1 of mug via r1 at 1.011 s and ben reserved 2 via r3 at 1.031 s, although only 2 were there (1 at \
          the start and 1 put in)"
        ]
    );
}

#[test]
fn since_a_mark_only_what_was_invoked_after_it_counts() {
    let mut story = Story::new();
    withdraw(&mut story, 1000, ANA, 80, 1);
    withdraw(&mut story, 1030, BEN, 80, 3);
    let judge = judged(&story, account(100));
    assert_eq!(judge.findings().verdict(Some(Instant(1_030_000))).holds, Ruling::Violated, "the mark itself is after");
    assert_eq!(judge.findings().verdict(Some(Instant(1_030_001))).holds, Ruling::Holds);
    assert_eq!(judge.findings().verdict(Some(Instant(1_030_001))).count, 0);
}

#[test]
fn violations_past_the_kept_ones_are_counted_and_the_latest_is_known() {
    let mut story = Story::new();
    for step in 0..1500 {
        withdraw(&mut story, 1000 + step * 10, ANA, 1, 1);
    }
    let judge = judged(&story, account(0));
    let verdict = judge.findings().verdict(None);
    assert_eq!((verdict.count, verdict.violations.len()), (1500, 1000));
    let last = judge.findings().verdict(Some(Instant(15_990_000)));
    assert_eq!((last.holds, last.violations[0].invoked), (Ruling::Violated, Instant(15_990_000)));
}

#[test]
fn a_witness_that_needs_forgotten_withdrawals_says_how_many() {
    let mut story = Story::new();
    for step in 0..100 {
        withdraw(&mut story, 1000 + step * 10, ANA, 1, 1);
    }
    withdraw(&mut story, 9000, BEN, 1, 3);
    let verdict = verdict(&story, 100);
    let Sentence::Overspent { older: Some(older), witness, .. } = &verdict.violations[0].sentence else {
        panic!("{:?}", verdict.violations[0].sentence)
    };
    assert_eq!((older.count, older.amount), (100 - ACCEPTED_KEPT as u64, 100 - ACCEPTED_KEPT as i64));
    assert_eq!(witness.len(), ACCEPTED_KEPT + 1);
    assert_eq!(
        told(&verdict),
        [
            "ben withdrew 1 from joint via r3 at 9.001 s, although only 100 was there and 100 earlier ones had taken 100 \
          of it"
        ]
    );
}

/// Whether the withdrawals of these operations, alone, would be an overdraft.
fn exceeds(amounts: &[(OpId, i64)], kept: impl Fn(OpId) -> bool, there: i64) -> bool {
    amounts.iter().filter(|(op, _)| kept(*op)).map(|(_, amount)| amount).sum::<i64>() > there
}

#[test]
fn every_witness_is_illegal_and_legal_without_any_of_its_operations() {
    let mut smallest_missed = 0;
    for seed in 0..300 {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let mut below = |bound: u64| (rng.next_u64() % bound) as i64;
        let mut story = Story::new();
        let given = 50 + below(50);
        let amounts: Vec<(OpId, i64)> = (0..10)
            .map(|step| {
                let amount = 1 + below(60);
                (withdraw(&mut story, 1000 + step * 10, ANA, amount, 1), amount)
            })
            .collect();
        for violation in verdict(&story, given).violations {
            let witness = &violation.operations;
            let until = |op: OpId| Instant(1_001_000 + u64::from(op.0) * 10_000) <= violation.at;
            assert!(exceeds(&amounts, |op| witness.contains(&op), given), "seed {seed}: {witness:?} is legal");
            for left_out in witness {
                let rest = |op| witness.contains(&op) && op != *left_out;
                assert!(!exceeds(&amounts, rest, given), "seed {seed}: {witness:?} does not need {left_out:?}");
            }
            // No smaller set that holds the accused exceeds: by brute force over all subsets.
            let accused = amounts.iter().rev().find(|(op, _)| until(*op)).unwrap().0;
            let smaller = (0_u32..1 << amounts.len()).any(|subset| {
                let kept = |op: OpId| subset & (1 << op.0) != 0 && until(op);
                kept(accused) && (subset.count_ones() as usize) < witness.len() && exceeds(&amounts, kept, given)
            });
            smallest_missed += u32::from(smaller);
        }
    }
    assert_eq!(smallest_missed, 0);
}

#[test]
fn a_transfer_takes_from_its_source_and_puts_into_its_target_once_it_is_accepted() {
    let transfer = |story: &mut Story, ms: u64, (from, to): (u32, u32), amount: u32| {
        let argument = Value::Transfer { from: KeyId(from), to: KeyId(to), amount };
        story.write(ms, BEN, OpType::AccountTransfer, from, argument, 3);
    };
    let mut story = Story::new();
    transfer(&mut story, 1000, (2, JOINT), 30);
    withdraw(&mut story, 1100, ANA, 130, 1);
    let mut judge = account(100);
    judge.given(KeyId(2), 30);
    assert_eq!(judged(&story, judge.clone()).findings().verdict(None).holds, Ruling::Holds);

    transfer(&mut story, 1200, (JOINT, 2), 5);
    let verdict = judged(&story, judge).findings().verdict(None);
    assert_eq!(
        told(&verdict),
        ["ana withdrew 130 from joint via r1 at 1.101 s and ben transferred 5 from joint to wall via r3 at 1.201 s, \
             although only 130 was there (100 at the start and 30 put in)"]
    );
}
