//! The promise table is neither too strong nor too weak: what it calls broken is broken by a story, and so is what it
//! calls kept on a condition, once some part of that condition is not met.
//!
//! ```text
//!   promise table ─┬▶ broken:  claim × level × operation type ──────────┬▶ the row with a story ─▶ play ─▶ witness
//!                  └▶ kept if: the same × each part of its condition ───┘
//! ```
//!
//! A story has blanks. `{op KEY AMOUNT}` is the operation in question, `{write …}` the first write of its service,
//! `{last …}` the last one, `{read …}` its read, and `{else …}` a write of another service that `{look …}` reads; the
//! amount stands where one is taken or added, and in texts. `{name}` is the operation's type, `{service}` its service,
//! `{writing}` and `{reading}` are the types of `{write …}` and `{read …}`, `{beside}` is the service of `{else …}`, and
//! `{level}` the level in question.
//!
//! Read `broken` first, then `conditions`, which walks the rows in `unmet`.

mod broken;
mod conditions;
mod levels;
mod unmet;

use driftlab::base::operation::{Argument, OPERATIONS, OpSpec};
use driftlab::base::{Claim, OpId, OpType, Service};
use driftlab::check::Ruling;
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::play;
use driftlab::lab::searched::search;

/// Three replicas far apart, and somebody at each.
const SCENE: &str = "cluster 3 topology=wan\nclients ana@r1 cyd@r2 ben@r3 dan@r2\n";
/// Five, of which three are the homes of a key, whichever.
const FIVE: &str = "cluster 5 topology=lan\nclients ana@r1 cyd@r2 ben@r3 dan@r4 eve@r5\n";
/// Nine, so that most are up where no home of some key is.
const NINE: &str = "cluster 9 topology=lan\nclients ana@r4 ben@r5 cyd@r6 dan@r7 eve@r8 fay@r9 gus@r4 hal@r5 ida@r6\n";
/// Some of what can be taken.
const GIVEN: &str = "given stock a 90\ngiven stock b 90\ngiven account a 90\ngiven account b 90\ngiven access a ben\n";

/// What happens to some operation types at some level.
struct Story {
    /// The operation types that it is for; none for all that no other row names.
    types: &'static [OpType],
    seed: u64,
    scene: &'static str,
    text: &'static str,
}

impl Story {
    const fn new(text: &'static str) -> Self {
        Self { types: &[], seed: 1, scene: SCENE, text }
    }

    /// Whether it names an operation type.
    fn is_for(&self, op_type: OpType) -> bool {
        self.types.contains(&op_type)
    }

    /// The story with its blanks filled in.
    fn script(&self, op_type: OpType, level: &str) -> String {
        let mut story = String::new();
        let mut rest = self.text;
        while let Some((before, (blank, after))) =
            rest.split_once('{').map(|(before, rest)| (before, rest.split_once('}').expect("a blank ends")))
        {
            story += before;
            story += &fill(blank, op_type, level);
            rest = after;
        }
        format!("seed {}\n{}{GIVEN}policy * {level}\n{story}{rest}", self.seed, self.scene)
    }
}

/// What stands in the place of a blank.
fn fill(blank: &str, op_type: OpType, level: &str) -> String {
    let own = op_type.service();
    let beside = if own == Service::Likes { Service::Feed } else { Service::Likes };
    let mut words = blank.split(' ');
    let (role, key, amount) = (words.next().unwrap_or_default(), words.next(), words.next());
    let spec = match role {
        "service" => return own.name().to_owned(),
        "beside" => return beside.name().to_owned(),
        "level" => return level.to_owned(),
        "op" | "name" => op_type.spec(),
        "write" | "writing" => first_of(own, false),
        "last" => OPERATIONS
            .iter()
            .rfind(|spec| spec.service == own && !spec.op_type.is_read())
            .expect("each service has a write"),
        "else" => first_of(beside, false),
        "look" => first_of(beside, true),
        "read" | "reading" => first_of(own, true),
        _ => panic!("no blank is called {role}"),
    };
    match key {
        Some(key) => call(spec, key, amount.unwrap_or("1")),
        None => spec.name.to_owned(),
    }
}

/// The first read or the first write of a service.
fn first_of(service: Service, is_read: bool) -> &'static OpSpec {
    let is_it = |spec: &&OpSpec| spec.service == service && spec.op_type.is_read() == is_read;
    OPERATIONS.iter().find(is_it).expect("each service has both")
}

/// What a judge says of a story.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// The claim is violated with an operation of the type in the witness.
    Broken,
    Unknown,
    Kept,
}

/// What is judged of a claim and an operation type.
fn told(script: &str, claim: Claim, op_type: OpType) -> Told {
    let parsed = parse_script(script).unwrap_or_else(|errors| panic!("{}\n{script}", errors[0]));
    let replay = play(&parsed, None).unwrap_or_else(|error| panic!("{error}\n{script}"));
    let run = replay.sitting.run();
    let operations = run.metrics().operations();
    let has_part = |op: &OpId| operations.get(*op).is_some_and(|operation| operation.op_type == op_type);
    let verdict = if claim.is_searched() {
        search(claim, Some(op_type.service()), None, &replay.sitting).verdict
    } else {
        run.judges().verdict(claim, None)
    };
    match verdict.holds {
        _ if verdict.violations.iter().any(|violation| violation.operations.iter().any(has_part)) => Told::Broken,
        Ruling::Unknown => Told::Unknown,
        _ => Told::Kept,
    }
}

fn call(spec: &OpSpec, key: &str, amount: &str) -> String {
    let argument = match spec.argument {
        Argument::None | Argument::Asker => String::new(),
        Argument::Amount | Argument::AmountOrOne => format!(" {amount}"),
        Argument::Text => format!(" \"words {amount}\""),
        Argument::Person => " ben".to_owned(),
        Argument::Transfer => format!(" savings {amount}"),
    };
    format!("{} {key}{argument}", spec.name)
}
