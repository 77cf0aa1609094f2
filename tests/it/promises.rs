//! What the promise table calls broken is broken: for each claim, each level and each operation type, a script with
//! that type bound to that level shows a violation, and an operation of that type is in the witness.
//!
//! ```text
//!   promise table ─▶ claim × level × operation type that it calls broken ─▶ the row with a story ─▶ play ─▶ witness
//! ```
//!
//! A story has blanks. `{op KEY AMOUNT}` is the operation in question, `{write …}` the first write of its service and
//! `{read …}` its read; the amount stands where one is taken or added.

use std::collections::BTreeSet;

use driftlab::base::operation::{Argument, OPERATIONS, OpSpec};
use driftlab::base::{Claim, OpId, OpType};
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::language::promises::{LEVELS, broken};
use driftlab::lab::replay::play;

/// How a claim is broken at some levels.
struct Row {
    claim: Claim,
    levels: &'static [&'static str],
    /// The operation types that it is for; none for all that no other row names.
    types: &'static [OpType],
    seed: u64,
    story: &'static str,
}

impl Row {
    const fn new(claim: Claim, levels: &'static [&'static str], story: &'static str) -> Self {
        Self { claim, levels, types: &[], seed: 1, story }
    }

    const fn of(self, types: &'static [OpType]) -> Self {
        Self { types, ..self }
    }

    const fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }
}

const EVERYWHERE: &[&str] = &[
    "eventual",
    "bounded(500ms)",
    "primary(local)",
    "primary",
    "primary(semi-sync=1)",
    "linearizable",
    "linearizable(lease-read)",
    "threshold(0)",
    "threshold(0,naive)",
];
const EVENTUAL: &[&str] = &["eventual"];
const THRESHOLDS: &[&str] = &["threshold(0)", "threshold(0,naive)"];
/// Where each replica trusts its own view.
const OWN_VIEW: &[&str] = &["eventual", "threshold(0,naive)"];
/// Where any replica answers a read.
const LATE: &[&str] = &["eventual", "bounded(500ms)", "primary(local)"];
/// Where one disk is enough for an answer.
const ONE_DISK: &[&str] =
    &["eventual", "bounded(500ms)", "primary(local)", "primary", "threshold(0)", "threshold(0,naive)"];

/// Three replicas far apart, somebody at each, and some of what can be taken.
const SCENE: &str = "cluster 3 topology=wan\nclients ana@r1 cyd@r2 ben@r3\ngiven stock a 90\ngiven stock b 90\n\
                     given account a 90\ngiven account b 90\ngiven access a ben\n";

/// Two who cannot hear each other do the same.
const BOTH_SIDES: &str = "at 3s partition r1 | r2 r3\nana: {op a 80}\nben: {op a 80}\nrun 1s\nheal\nrun 20s\n";
const ROWS: &[Row] = &[
    Row::new(Claim::NoOverdraft, OWN_VIEW, BOTH_SIDES),
    Row::new(Claim::NoOversell, OWN_VIEW, BOTH_SIDES),
    Row::new(
        Claim::ReadYourWrites,
        &["bounded(500ms)", "primary(local)"],
        "at 3s slow r1 -> r3 +200ms class=primary\nana: {write a 1}\nrun 10ms\nana: {op a} via=r3\nrun 1s\n",
    ),
    Row::new(
        Claim::MonotonicReads,
        &["bounded(500ms)"],
        "at 3s slow r1 -> r3 +200ms class=primary\nana: {write a 1}\nrun 50ms\ncyd: {op a}\nrun 10ms\n\
         cyd: {op a} via=r3\nrun 1s\n",
    ),
    Row::new(
        Claim::MonotonicWrites,
        EVENTUAL,
        "at 3s lose r2 -> r3 100% class=gossip\ncyd: {op a 1}\nrun 200ms\nlose r2 -> r3 0% class=gossip\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::MonotonicWrites,
        THRESHOLDS,
        // Before the log absorbs the first of them.
        "at 3s lose r2 -> r3 100% class=gossip\ncyd: {op a 1}\nrun 5ms\nlose r2 -> r3 0% class=gossip\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::MonotonicWrites,
        THRESHOLDS,
        // Of what is granted nothing can be transferred; the first attempt brings some back.
        "at 3s cyd: {op a 1}\nrun 3s\nlose r2 -> r1 100% class=gossip\nlose r2 -> r3 100% class=gossip\n\
         cyd: account.withdraw b 1\nrun 5ms\ncyd: {op a 1}\nrun 1s\n",
    )
    .of(&[OpType::AccountTransfer]),
    Row::new(
        Claim::WritesFollowReads,
        EVENTUAL,
        "at 3s lose r1 -> r3 100% class=gossip\nana: {write a 1}\nrun 200ms\ncyd: {read a}\nrun 10ms\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::WritesFollowReads,
        THRESHOLDS,
        "at 3s lose r1 -> r3 100% class=gossip\nana: {op a 1}\nrun 35ms\ncyd: {read a}\nrun 5ms\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::WritesFollowReads,
        THRESHOLDS,
        "at 3s cyd: {op a 1}\nrun 3s\nlose r2 -> r1 100% class=gossip\nlose r2 -> r3 100% class=gossip\n\
         ana: account.withdraw b 1 via=r2\nrun 50ms\ncyd: {read b}\nrun 5ms\ncyd: {op a 1}\nrun 1s\n",
    )
    .of(&[OpType::AccountTransfer]),
    Row::new(
        Claim::ConsistentPrefix,
        EVENTUAL,
        "at 3s lose r1 -> r3 100% class=gossip\nana: {write a}\nrun 200ms\nlose r1 -> r3 0% class=gossip\n\
         ana: {write a}\nrun 200ms\nben: {op a}\nrun 1s\n",
    ),
    Row::new(Claim::NoLostUpdate, EVENTUAL, BOTH_SIDES),
    Row::new(
        Claim::NoLostUpdate,
        EVENTUAL,
        // Two records that say the same lose nothing.
        "at 3s partition r1 | r2 r3\nana: {op a 30}\nben: {op a 80}\nrun 1s\nheal\nrun 20s\n",
    )
    .of(&[OpType::PaymentSubmit]),
    Row::new(
        Claim::Durable,
        ONE_DISK,
        "at 3s partition r1 | r2 r3\nana: {op a 1}\nrun 200ms\ncrash r1 disk=lose\nheal\nrestart r1\nrun 5s\n",
    ),
    Row::new(Claim::TotalAvailability, EVERYWHERE, "at 3s partition r1 | r2 r3\nana: {op a 1} via=r3\nrun 5s\n"),
    Row::new(
        Claim::StickyAvailability,
        EVERYWHERE.split_at(1).1,
        // More than anybody may take alone.
        "at 3s partition r1 r2 | r3\nrun 1s\nben: {op a 95}\nrun 5s\n",
    ),
    Row::new(Claim::NoAccessAfterRevocation, LATE, "at 3s ana: access.revoke a ben\nrun 10ms\nben: {op a}\nrun 1s\n"),
    Row::new(Claim::UniqueOwner, EVENTUAL, BOTH_SIDES),
    Row::new(
        Claim::ConstantSum,
        EVENTUAL,
        "delay r1 -> r3 50% constant 70ms 50% constant 2s class=gossip\nat 3s ana: account.transfer a savings 10\n\
         run 500ms\nben: account.balance a\nrun 1s\n",
    )
    .seed(2),
];

#[test]
fn what_the_table_calls_broken_is_broken_by_a_named_story() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for level in LEVELS {
        for claim in Claim::ALL {
            let named = level.text();
            let fits = |row: &&(usize, &Row)| row.1.claim == claim && row.1.levels.contains(&named.as_str());
            let rows: Vec<(usize, &Row)> = ROWS.iter().enumerate().collect();
            let rows: Vec<_> = rows.iter().filter(fits).collect();
            for op_type in broken(claim, level) {
                let cell = format!("{} at {named} by {}", claim.name(), op_type.spec().name);
                let own = rows.iter().find(|row| row.1.types.contains(&op_type));
                let Some((number, row)) = own.or_else(|| rows.iter().find(|row| row.1.types.is_empty())) else {
                    wrong.push(format!("no story breaks {cell}"));
                    continue;
                };
                used.insert((*number, named.clone()));
                let script = script(row, op_type, &named);
                if !is_broken(&script, claim, op_type) {
                    wrong.push(format!("the story does not break {cell}:\n{script}"));
                }
            }
        }
    }
    for (number, row) in ROWS.iter().enumerate() {
        let idle = row.levels.iter().filter(|level| !used.contains(&(number, (**level).to_owned())));
        wrong.extend(idle.map(|level| format!("a row names {} at {level}, which is not broken", row.claim.name())));
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

/// Whether the claim is violated with an operation of the type in the witness.
fn is_broken(script: &str, claim: Claim, op_type: OpType) -> bool {
    let parsed = parse_script(script).unwrap_or_else(|errors| panic!("{}\n{script}", errors[0]));
    let replay = play(&parsed, None).unwrap_or_else(|error| panic!("{error}\n{script}"));
    let run = replay.sitting.run();
    let operations = run.metrics().operations();
    let has_part = |op: &OpId| operations.get(*op).is_some_and(|operation| operation.op_type == op_type);
    let verdict = run.judges().verdict(claim, None);
    verdict.violations.iter().any(|violation| violation.operations.iter().any(has_part))
}

/// A row's story with its blanks filled in.
fn script(row: &Row, op_type: OpType, level: &str) -> String {
    let service = op_type.service();
    let mut story = String::new();
    let mut rest = row.story;
    while let Some((before, (blank, after))) =
        rest.split_once('{').map(|(before, rest)| (before, rest.split_once('}').expect("a blank ends")))
    {
        let mut words = blank.split(' ');
        let role = words.next().unwrap_or_default();
        let mut of_service = OPERATIONS.iter().filter(|spec| spec.service == service);
        let spec = match role {
            "op" => Some(op_type.spec()),
            "write" => of_service.find(|spec| !spec.op_type.is_read()),
            _ => of_service.find(|spec| spec.op_type.is_read()),
        };
        story += before;
        story += &call(spec.expect("each service has both"), words.next().unwrap_or("a"), words.next().unwrap_or("1"));
        rest = after;
    }
    format!("seed {}\n{SCENE}policy * {level}\n{story}{rest}", row.seed)
}

fn call(spec: &OpSpec, key: &str, amount: &str) -> String {
    let argument = match spec.argument {
        Argument::None | Argument::Asker => String::new(),
        Argument::Amount | Argument::AmountOrOne => format!(" {amount}"),
        Argument::Text => " \"some words\"".to_owned(),
        Argument::Person => " ben".to_owned(),
        Argument::Transfer => format!(" savings {amount}"),
    };
    format!("{} {key}{argument}", spec.name)
}
