//! What the promise table calls broken is broken: for each claim, each level and each operation type, a script with
//! that type bound to that level shows a violation, and an operation of that type is in the witness.
//!
//! ```text
//!   promise table ─▶ claim × level × operation type that it calls broken ─▶ the row with a story ─▶ play ─▶ witness
//! ```

use std::collections::BTreeSet;

use driftlab::base::{Claim, OpType};
use driftlab::lab::language::promises::{LEVELS, broken};

use super::levels::{
    AFFINITY, BOUNDED, CAUSAL, CLOCK, EVENTUAL, EVERYWHERE, FIFO, LOCAL, LOGGED, LOOSE, ONE, ONE_ANSWERS, ONE_DISK,
    OWN_VIEW, PRIMARY, QUORUMS, SLOPPY, STRICT, THRESHOLDS, TOKEN, WAIT, WRITE_BACK,
};
use super::{FIVE, Story, Told, told};

/// How a claim is broken at some levels.
struct Row {
    claim: Claim,
    levels: &'static [&'static [&'static str]],
    story: Story,
}

impl Row {
    const fn new(claim: Claim, levels: &'static [&'static [&'static str]], story: &'static str) -> Self {
        Self { claim, levels, story: Story::new(story) }
    }

    const fn of(self, types: &'static [OpType]) -> Self {
        Self { story: Story { types, ..self.story }, ..self }
    }

    const fn seed(self, seed: u64) -> Self {
        Self { story: Story { seed, ..self.story }, ..self }
    }

    const fn among_five(self) -> Self {
        Self { story: Story { scene: FIVE, ..self.story }, ..self }
    }
}

/// Two who cannot hear each other do the same.
const BOTH_SIDES: &str = "at 3s partition r1 | r2 r3\nana: {op a 80}\nben: {op a 80}\nrun 1s\nheal\nrun 20s\n";
/// Two do the same at once: both read before either writes.
const AT_ONCE: &str = "at 3s ana: {op a 80}\nben: {op a 80}\nrun 2s\n";
/// The news is late, and somebody looks where it has not come.
const LATE: &str = "at 3s slow r1 -> r3 +300ms\nana: {write b 1}\nrun 120ms\nben: {op b}\nrun 2s\n";
/// A write that is under way has reached one home only; who asks that one sees it, who asks the others later does not.
const UNDER_WAY: &str = "repair off\nat 3s lose r1 -> r2 100% class=gossip\nlose r1 -> r3 100% class=gossip\n\
                         ana: {write b 1}\nrun 200ms\ncyd: {op b} via=r1\nrun 200ms\ncyd: {op b} via=r3\nrun 2s\n";
/// Of two writes one reader finds the one only, and another the other.
const ONE_OF_TWO: &str = "at 3s lose r1 r2 100% class=gossip\nlose r1 r3 100% class=gossip\n\
                          lose r2 r3 100% class=gossip\n\
                          ana: {write b 1}\nben: {write b 2}\nrun 200ms\nlose r1 r2 0% class=gossip\n\
                          lose r1 r3 0% class=gossip\nlose r2 r3 0% class=gossip\ncyd: {op b} via=r1\n\
                          dan: {op b} via=r3\nrun 2s\n";
/// The clock of the second coordinator is slow, and it has not heard of the first write.
const SLOW_CLOCK: &str = "at 2s skew r2 -500ms\nat 3s lose r1 -> r2 100% class=gossip\nana: {write a 1}\nrun 300ms\n\
                          cyd: {last a 2}\nrun 300ms\nben: {op a}\nrun 2s\n";
/// Each side has as many replicas as a sloppy quorum waits for.
const TWO_SIDES: &str =
    "repair off\nat 3s partition r1 r2 | r3 r4 r5\nrun 1s\nana: {write b 1}\nrun 100ms\nben: {op b}\nrun 2s\n";

const ROWS: &[Row] = &[
    Row::new(Claim::NoOverdraft, OWN_VIEW, BOTH_SIDES),
    Row::new(Claim::NoOverdraft, QUORUMS, AT_ONCE),
    Row::new(Claim::NoOversell, OWN_VIEW, BOTH_SIDES),
    Row::new(Claim::NoOversell, QUORUMS, AT_ONCE),
    Row::new(
        Claim::ReadYourWrites,
        &[WAIT, BOUNDED, LOCAL, ONE],
        "at 3s slow r1 -> r3 +200ms class=primary\nslow r1 -> r3 +200ms class=gossip\nana: {write b 1}\nrun 10ms\n\
         ana: {op b} via=r3\nrun 1s\n",
    ),
    Row::new(
        Claim::ReadYourWrites,
        &[SLOPPY],
        "repair off\nat 3s partition r1 r2 | r3 r4 r5\nrun 1s\nana: {write b 1}\nrun 100ms\n\
         heal\npartition r1 r2 | r3 r4 r5 ana\nana: {op b} via=r3\nrun 2s\n",
    )
    .among_five(),
    Row::new(
        Claim::MonotonicReads,
        &[WAIT, BOUNDED, ONE],
        "at 3s slow r1 -> r3 +400ms\nana: {write b 1}\nrun 50ms\ncyd: {op b}\nrun 10ms\ncyd: {op b} via=r3\nrun 1s\n",
    ),
    Row::new(Claim::MonotonicReads, &[STRICT, CLOCK], UNDER_WAY),
    Row::new(
        Claim::MonotonicReads,
        &[SLOPPY],
        "repair off\nat 3s partition r1 r2 | r3 r4 r5\nrun 1s\nana: {write b 1}\nrun 100ms\ncyd: {op b}\nrun 100ms\n\
         heal\npartition r1 r2 | r3 r4 r5 cyd\ncyd: {op b} via=r3\nrun 2s\n",
    )
    .among_five(),
    Row::new(
        Claim::MonotonicWrites,
        &[EVENTUAL, AFFINITY, WAIT, TOKEN, ONE, STRICT, WRITE_BACK, CLOCK, SLOPPY],
        "at 3s lose r2 -> r3 100% class=gossip\ncyd: {op a 1}\nrun 200ms\nlose r2 -> r3 0% class=gossip\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::MonotonicWrites,
        &[THRESHOLDS],
        // Before the log absorbs the first of them.
        "at 3s lose r2 -> r3 100% class=gossip\ncyd: {op a 1}\nrun 5ms\nlose r2 -> r3 0% class=gossip\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::MonotonicWrites,
        &[THRESHOLDS],
        // Of what is granted nothing can be transferred; the first attempt brings some back.
        "at 3s cyd: {op a 1}\nrun 3s\nlose r2 -> r1 100% class=gossip\nlose r2 -> r3 100% class=gossip\n\
         cyd: account.withdraw b 1\nrun 5ms\ncyd: {op a 1}\nrun 1s\n",
    )
    .of(&[OpType::AccountTransfer]),
    Row::new(
        Claim::WritesFollowReads,
        &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO],
        "at 3s lose r1 -> r3 100% class=gossip\nana: {write a 1}\nrun 200ms\ncyd: {read a}\nrun 10ms\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::WritesFollowReads,
        QUORUMS,
        // The read repairs nothing at r3 either.
        "at 3s lose r1 -> r3 100% class=gossip\nlose r2 -> r3 100% class=gossip\nana: {write a 1}\nrun 200ms\n\
         cyd: {read a}\nrun 200ms\nlose r2 -> r3 0% class=gossip\ncyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::WritesFollowReads,
        &[THRESHOLDS],
        "at 3s lose r1 -> r3 100% class=gossip\nana: {op a 1}\nrun 35ms\ncyd: {read a}\nrun 5ms\n\
         cyd: {op b 1}\nrun 1s\n",
    ),
    Row::new(
        Claim::WritesFollowReads,
        &[THRESHOLDS],
        "at 3s cyd: {op a 1}\nrun 3s\nlose r2 -> r1 100% class=gossip\nlose r2 -> r3 100% class=gossip\n\
         ana: account.withdraw b 1 via=r2\nrun 50ms\ncyd: {read b}\nrun 5ms\ncyd: {op a 1}\nrun 1s\n",
    )
    .of(&[OpType::AccountTransfer]),
    Row::new(
        Claim::ConsistentPrefix,
        &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, ONE],
        "at 3s lose r1 -> r3 100% class=gossip\nana: {write a 1}\nrun 200ms\ncyd: {write a 2}\nrun 200ms\n\
         ben: {op a}\nrun 1s\n",
    ),
    Row::new(
        Claim::ConsistentPrefix,
        &[STRICT, WRITE_BACK, CLOCK, SLOPPY],
        // One home answers before both posts, another after both, and the first post never comes there.
        "at 3s lose r1 -> r3 100% class=gossip\nslow r1 -> r3 +400ms\nlose r2 -> r1 100%\nana: {op a}\nrun 60ms\n\
         lose r2 -> r1 0%\ncyd: {write a 1} via=r1\nrun 200ms\nben: {write a 2}\nrun 2s\n",
    ),
    Row::new(Claim::NoLostUpdate, LOOSE, BOTH_SIDES),
    Row::new(
        Claim::NoLostUpdate,
        LOOSE,
        // Two records that say the same lose nothing.
        "at 3s partition r1 | r2 r3\nana: {op a 30}\nben: {op a 80}\nrun 1s\nheal\nrun 20s\n",
    )
    .of(&[OpType::PaymentSubmit]),
    Row::new(Claim::NoLostUpdate, QUORUMS, AT_ONCE),
    Row::new(
        Claim::Durable,
        ONE_DISK,
        "at 3s partition r1 | r2 r3\nana: {op a 1}\nrun 200ms\ncrash r1 disk=lose\nheal\nrestart r1\nrun 5s\n",
    ),
    Row::new(Claim::TotalAvailability, EVERYWHERE, "at 3s crash r1\nana: {op a 1}\nrun 5s\n"),
    Row::new(
        Claim::MajorityAvailability,
        &[TOKEN, FIFO, CAUSAL],
        // The one who knows what she did is gone.
        "at 3s lose r1 -> r2 100% class=gossip\nlose r1 -> r3 100% class=gossip\nana: {write a 1}\nrun 200ms\n\
         crash r1\n\
         ana: {op a 1} via=r2\nrun 5s\n",
    ),
    Row::new(
        Claim::StickyAvailability,
        &[BOUNDED, LOCAL, PRIMARY, LOGGED, THRESHOLDS, STRICT, WRITE_BACK, CLOCK, SLOPPY],
        // More than anybody may take alone.
        "at 3s partition r1 r2 | r3\nrun 1s\nben: {op a 95}\nrun 5s\n",
    ),
    Row::new(
        Claim::StickyAvailability,
        &[TOKEN, FIFO, CAUSAL],
        // Nobody has any more what the session did.
        "at 3s partition r1 | r2 r3\nana: {write b 1}\nrun 200ms\ncrash r1 disk=lose\nheal\nrestart r1\nrun 1s\n\
         ana: {op b 1}\nrun 5s\n",
    ),
    Row::new(
        Claim::StickyAvailability,
        &[ONE],
        // Each is alone, and two are no homes of the key.
        "at 3s partition r1 | r2 | r3 | r4 | r5\nrun 1s\nana: {op b 1}\nben: {op b 1}\ncyd: {op b 1}\ndan: {op b 1}\n\
         eve: {op b 1}\nrun 5s\n",
    )
    .among_five(),
    Row::new(
        Claim::NoAccessAfterRevocation,
        ONE_ANSWERS,
        "at 3s slow r1 -> r3 +200ms\nana: access.revoke a ben\nrun 10ms\nben: {op a}\nrun 1s\n",
    ),
    Row::new(Claim::NoAccessAfterRevocation, &[CLOCK], SLOW_CLOCK),
    Row::new(
        Claim::NoAccessAfterRevocation,
        &[SLOPPY],
        "repair off\nat 3s partition r1 r2 | r3 r4 r5\nrun 1s\nana: access.revoke a ben\nrun 100ms\nben: {op a}\n\
         run 2s\n",
    )
    .among_five(),
    Row::new(Claim::UniqueOwner, LOOSE, BOTH_SIDES),
    Row::new(Claim::UniqueOwner, QUORUMS, AT_ONCE),
    Row::new(
        Claim::ConstantSum,
        LOOSE,
        "delay r1 -> r3 50% constant 70ms 50% constant 2s class=gossip\nat 3s ana: account.transfer a savings 10\n\
         run 500ms\nben: account.balance a\nrun 1s\n",
    )
    .seed(2),
    Row::new(
        Claim::ConstantSum,
        QUORUMS,
        // Transfers cannot be bound to quorums.
        "delay r1 -> r2 50% constant 70ms 50% constant 2s class=gossip\n\
         delay r1 -> r3 50% constant 70ms 50% constant 2s class=gossip\nat 3s ana: account.transfer a savings 10\n\
         run 500ms\nben: account.balance a\nrun 1s\n",
    )
    .seed(2),
    Row::new(Claim::Linearizable, ONE_ANSWERS, LATE),
    Row::new(Claim::Linearizable, &[STRICT, CLOCK], UNDER_WAY),
    Row::new(Claim::Linearizable, &[WRITE_BACK], ONE_OF_TWO),
    Row::new(Claim::Linearizable, &[SLOPPY], TWO_SIDES).among_five(),
    Row::new(Claim::Regular, ONE_ANSWERS, LATE),
    Row::new(Claim::Regular, &[CLOCK], SLOW_CLOCK),
    Row::new(Claim::Regular, &[SLOPPY], TWO_SIDES).among_five(),
];

#[test]
fn what_the_table_calls_broken_is_broken_by_a_named_story() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for level in LEVELS {
        for claim in Claim::ALL {
            let named = level.text();
            let fits = |row: &&(usize, &Row)| row.1.claim == claim && row.1.levels.concat().contains(&named.as_str());
            let rows: Vec<(usize, &Row)> = ROWS.iter().enumerate().collect();
            let rows: Vec<_> = rows.iter().filter(fits).collect();
            for op_type in broken(claim, level) {
                let cell = format!("{} at {named} by {}", claim.name(), op_type.spec().name);
                let own = rows.iter().find(|row| row.1.story.is_for(op_type));
                let Some((number, row)) = own.or_else(|| rows.iter().find(|row| row.1.story.types.is_empty())) else {
                    wrong.push(format!("no story breaks {cell}"));
                    continue;
                };
                used.insert((*number, named.clone()));
                let script = row.story.script(op_type, &named);
                if told(&script, claim, op_type) != Told::Broken {
                    wrong.push(format!("the story does not break {cell}:\n{script}"));
                }
            }
        }
    }
    for (number, row) in ROWS.iter().enumerate() {
        let levels = row.levels.concat();
        let idle = levels.iter().filter(|level| !used.contains(&(number, (**level).to_owned())));
        wrong.extend(idle.map(|level| format!("a row names {} at {level}, which is not broken", row.claim.name())));
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}
