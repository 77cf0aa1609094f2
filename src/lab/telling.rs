//! Story lines as text and as JSON.

use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use crate::base::operation::Argument;
use crate::base::{Actor, KeyId, LogId, OpSet, OpType, Role, Service, Value};
use crate::check::Violation;
use crate::cluster::Catalog;
use crate::record::{DropReason, Outcome, RepairEnd, SwitchStage};

use crate::replica::primary::round_of;

use super::judges::Judges;
use super::run::Run;
use super::story::{MessageFate, MessageLine, OperationLine, StoryLine, Telling};

/// The columns of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// Seconds of true time, to the microsecond.
    pub at: String,
    /// Who: an actor, or a sign for what kind of line it is.
    pub who: String,
    /// What happened.
    pub what: String,
    /// The replica that answered.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub replica: String,
    /// How long it took.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub took: String,
    /// What else is to be said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What kind of line it is.
    pub kind: Kind,
}

/// What kind of line it is, for colours and filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An operation.
    #[default]
    Operation,
    /// A command.
    Command,
    /// A broken claim.
    Violation,
    /// An alert.
    Alert,
    /// Something that happened by itself.
    World,
    /// A message.
    Message,
    /// An expectation that is met.
    Met,
    /// One that is not.
    Unmet,
    /// One that a judge could not decide.
    Undecided,
}

/// The columns of a line.
pub fn columns(line: &StoryLine, catalog: &Catalog) -> Columns {
    let at = seconds(line.at.0);
    let row = |kind, who: &str, what: String| Columns {
        at: at.clone(),
        who: who.to_owned(),
        what,
        kind,
        ..Columns::default()
    };
    match &line.what {
        Telling::Operation(operation) => operation_columns(operation, at, catalog),
        Telling::Command(text) => row(Kind::Command, "·", text.to_string()),
        Telling::Told { from, to } => row(Kind::World, from, format!("tells {to}")),
        Telling::Violation { claim, sentence } => row(Kind::Violation, "✗", format!("{}: {sentence}", claim.name())),
        Telling::Alert { replica, observed_us } => row(
            Kind::Alert,
            "!",
            format!("{replica} observes a lag of {}, over the objective", span(observed_us.next_multiple_of(1_000))),
        ),
        Telling::Resurrected { replica, key } => {
            row(Kind::Violation, "✗", format!("the deleted item {} is back at {replica}", catalog.key_name(*key)))
        }
        Telling::Collected { replica, key } => {
            row(Kind::World, &replica.to_string(), format!("forgets the tombstone of {}", catalog.key_name(*key)))
        }
        Telling::Repair { replica, peer, end, keys } => {
            let what = match end {
                RepairEnd::Succeeded if *keys == 1 => format!("repairs with {peer}: 1 key differed"),
                RepairEnd::Succeeded => format!("repairs with {peer}: {keys} keys differed"),
                RepairEnd::TimedOut => format!("repair with {peer} failed: no answer"),
                RepairEnd::Crashed => format!("repair with {peer} failed: crashed"),
            };
            row(Kind::World, &replica.to_string(), what)
        }
        Telling::Role { log, replica, role, term } => {
            row(Kind::World, &replica.to_string(), role_text("", *log, *role, *term).trim_start().to_owned())
        }
        Telling::Truncated { replica, count, first } => {
            let first = first.as_ref().map_or_else(
                || "a write".to_owned(),
                |asked| {
                    format!(
                        "{}'s {}",
                        catalog.actor_name(asked.client),
                        request_of(asked.op_type, asked.key, asked.argument, catalog)
                    )
                },
            );
            let what = match count {
                1 => format!("drops {first} from its log: its new primary does not have it"),
                _ => format!("drops {count} writes from its log, from {first} on: its new primary does not have them"),
            };
            row(Kind::Alert, &replica.to_string(), what)
        }
        Telling::Switch { stage, types } => row(Kind::World, "⇄", switch_text(*stage, *types)),
        Telling::AbsorbedLate { key } => row(Kind::Violation, "✗", late_text(*key, catalog)),
        Telling::Granted { replica, key, amount } => {
            row(Kind::World, &replica.to_string(), granted_text(*key, *amount, catalog))
        }
        Telling::GaveBack { replica, key, amount } => {
            row(Kind::World, &replica.to_string(), gave_back_text(*key, *amount, catalog))
        }
        Telling::HeldBack { replica, key } => row(Kind::Message, &replica.to_string(), held_back_text(*key, catalog)),
        Telling::Charged { replica, key, amount } => {
            let what = format!("the provider charges {amount} for {}", catalog.key_name(*key));
            row(Kind::World, &replica.to_string(), what)
        }
        Telling::Message(message) => message_columns(message, at, catalog),
        Telling::Expectation { text, met, found } => {
            let (kind, sign) = match met {
                Some(true) => (Kind::Met, "✓"),
                Some(false) => (Kind::Unmet, "✗"),
                None => (Kind::Undecided, "?"),
            };
            let mut columns = row(kind, sign, text.to_string());
            if *met != Some(true) {
                columns.note = format!("but {found}");
            }
            columns
        }
    }
}

/// What a replica is now in a log.
pub fn role_text(who: &str, log: LogId, role: Role, term: u32) -> String {
    if log == LogId::Primary {
        let round = round_of(term);
        return match role {
            Role::Leader => format!("{who} is the primary of epoch {round}"),
            _ => format!("{who} hears of epoch {round} and is the primary no more"),
        };
    }
    match role {
        Role::Follower => format!("{who} is a follower in term {term}"),
        Role::PreCandidate => format!("{who} asks whether it would be elected after term {term}"),
        Role::Candidate => format!("{who} asks for votes in term {term}"),
        Role::Leader => format!("{who} leads term {term}"),
    }
}

/// How far a switch of levels is.
pub fn switch_text(stage: SwitchStage, types: OpSet) -> String {
    let names = types_text(types);
    match stage {
        SwitchStage::Sealed => format!("{names}: sealed, every replica hands over what it has"),
        SwitchStage::Bound => format!("{names}: bound, the log decides"),
        SwitchStage::Forced => format!("{names}: bound by force, without those that are silent"),
        SwitchStage::Unsealed => format!("{names}: the log has let go"),
        SwitchStage::Granting => format!("{names}: replicas may be granted what they take alone"),
        SwitchStage::Trusting => format!("{names}: replicas decide alone while they see enough"),
    }
}

/// A log absorbed a write of a replica that a forced switch had left out.
pub fn late_text(key: KeyId, catalog: &Catalog) -> String {
    let (service, name) = (catalog.service_of(key).name(), catalog.key_name(key));
    format!("{service} {name}: a write that was acknowledged before the forced switch is only absorbed now")
}

/// A grant, as its holder hears of it.
pub fn granted_text(key: KeyId, amount: u32, catalog: &Catalog) -> String {
    let (service, name) = (catalog.service_of(key).name(), catalog.key_name(key));
    format!("is granted {amount} of {service} {name}: it may take them alone")
}

/// The return of a grant, as its holder hears that the log has it.
pub fn gave_back_text(key: KeyId, amount: u32, catalog: &Catalog) -> String {
    let (service, name) = (catalog.service_of(key).name(), catalog.key_name(key));
    format!("has returned {amount} of its grant of {service} {name}")
}

/// A write that came before what has to come before it.
pub fn held_back_text(key: KeyId, catalog: &Catalog) -> String {
    let (service, name) = (catalog.service_of(key).name(), catalog.key_name(key));
    format!("holds back a write to {service} {name}: something before it is missing")
}

/// How often a session was turned away.
fn turned_away_text(times: usize) -> String {
    match times {
        1 => "turned away once".to_owned(),
        2 => "turned away twice".to_owned(),
        times => format!("turned away {times} times"),
    }
}

/// Operation types in words, a whole service as `account.*`.
pub fn types_text(types: OpSet) -> String {
    let of_service = |service: Service| {
        let own = OpSet::of(service);
        if types.shared(own) == own {
            return vec![format!("{}.*", service.name())];
        }
        types.shared(own).iter().map(|op_type| op_type.name().to_owned()).collect()
    };
    Service::ALL.into_iter().flat_map(of_service).collect::<Vec<_>>().join(", ")
}

/// A line as golden output has it: aligned, without trailing spaces.
pub fn text(line: &StoryLine, catalog: &Catalog) -> String {
    let Columns { at, who, what, replica, took, note, .. } = columns(line, catalog);
    let who = pad(&who, 6);
    let row = if replica.is_empty() && took.is_empty() {
        let gap = if note.is_empty() { "" } else { "  " };
        format!("{at:>10}  {who} {what}{gap}{note}")
    } else {
        let room = 12_usize.saturating_sub(replica.len().max(3));
        format!("{at:>10}  {who} {} {replica:<3}{:>room$}  {note}", pad(&what, 48), format!(" {took}"))
    };
    row.trim_end().to_owned()
}

/// A line as a sentence, without columns and without signs that stand alone: for ears, and for narrow terminals.
pub fn sentence(line: &StoryLine, catalog: &Catalog) -> String {
    let told = columns(line, catalog);
    let at = clock(line.at.0);
    let note = if told.note.is_empty() { String::new() } else { format!("; {}", told.note) };
    let name = match told.kind {
        Kind::Operation => return operation_sentence(line, &at, &told),
        Kind::Command => return format!("at {at}: {}{note}", told.what),
        Kind::Violation => "violation",
        Kind::Alert => "alarm",
        Kind::Met => "met",
        Kind::Unmet => "not met",
        Kind::Undecided => "not decided",
        Kind::World | Kind::Message => return format!("at {at}: {}{}{note}", who(&told), told.what),
    };
    format!("at {at}, {name}: {}{}{note}", who(&told), told.what)
}

/// What an operation of a line broke that the story has told of this key before, in words.
pub fn broken_again(line: &StoryLine, run: &Run) -> Vec<String> {
    let Telling::Operation(operation) = &line.what else { return Vec::new() };
    let view = run.cluster().view();
    let words = |violation: &Arc<Violation>| {
        format!("{}, again: {}", violation.claim.name(), Judges::sentence(violation, view))
    };
    run.judges().broken_again(operation.op).iter().map(words).collect()
}

/// Who did it, for a sentence: a sign is for the eye alone.
fn who(told: &Columns) -> String {
    let is_sign = !told.who.starts_with(|c: char| c.is_ascii_alphanumeric());
    if is_sign { String::new() } else { format!("{} ", told.who) }
}

fn operation_sentence(line: &StoryLine, at: &str, told: &Columns) -> String {
    let Columns { who, what, replica, took, .. } = told;
    let from = if replica.is_empty() { String::new() } else { format!(" from {replica}") };
    let mut sentence = format!("at {at}, {who}: {what},{from} after {took}");
    if let Telling::Operation(operation) = &line.what {
        if let Some((stale_us, versions)) = operation.stale {
            let writes = if versions == 1 { "write" } else { "writes" };
            let _ = write!(sentence, "; stale {}, {versions} {writes} behind", span(stale_us));
        }
        if operation.attempts > 1 {
            let _ = write!(sentence, "; {} attempts", operation.attempts);
        }
        if operation.turned_away > 0 {
            let _ = write!(sentence, "; {}", turned_away_text(operation.turned_away));
        }
    }
    sentence
}

/// A whole story as golden output has it.
pub fn golden(story: &[StoryLine], catalog: &Catalog) -> String {
    story.iter().map(|line| text(line, catalog) + "\n").collect()
}

/// A line as one JSON object.
pub fn json(line: &StoryLine, catalog: &Catalog) -> String {
    serde_json::to_string(&columns(line, catalog)).expect("plain strings can be written as JSON")
}

/// Microseconds as seconds: `1.052000`.
pub fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// An instant as it is said: `1.052s`, and to the microsecond where it has any.
pub fn clock(us: u64) -> String {
    if us.is_multiple_of(1_000) {
        format!("{}.{:03}s", us / 1_000_000, us % 1_000_000 / 1_000)
    } else {
        format!("{}s", seconds(us))
    }
}

/// Microseconds as people say them: `2ms`, `48.5ms`, `1.25s`, `730us`.
pub fn span(us: u64) -> String {
    match us {
        0..=999 => format!("{us}us"),
        1_000..=999_999 => with_fraction(us, 1_000, "ms"),
        _ => with_fraction(us, 1_000_000, "s"),
    }
}

/// The same with a sign, for offsets: `+80ms`, `-1.5s`, `0us`.
pub fn signed_span(us: i64) -> String {
    let sign = match us {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    format!("{sign}{}", span(us.unsigned_abs()))
}

/// Up to three digits after the point, without trailing zeros.
fn with_fraction(us: u64, unit: u64, name: &str) -> String {
    let (whole, thousandths) = (us / unit, us % unit * 1_000 / unit);
    if thousandths == 0 {
        return format!("{whole}{name}");
    }
    let digits = format!("{thousandths:03}");
    format!("{whole}.{}{name}", digits.trim_end_matches('0'))
}

/// What an operation asked for, as it would be typed.
pub fn request_text(line: &OperationLine, catalog: &Catalog) -> String {
    request_of(line.op_type, line.key, line.argument, catalog)
}

/// An operation of a type on a key, with what it carries, as it would be typed.
pub fn request_of(op_type: OpType, key: KeyId, argument: Value, catalog: &Catalog) -> String {
    let (name, key) = (op_type.name(), catalog.key_name(key));
    match (op_type.spec().argument, argument) {
        (Argument::None | Argument::Person | Argument::Asker, _) | (Argument::AmountOrOne, Value::Int(1)) => {
            format!("{name} {key}")
        }
        (_, argument) => format!("{name} {key} {}", catalog.value_text(argument)),
    }
}

/// How an operation ended.
pub fn outcome_text(line: &OperationLine, catalog: &Catalog) -> String {
    match line.outcome {
        Outcome::Answered(answer) => catalog.answer_text(line.op_type, answer),
        Outcome::Unknown => "unknown: no answer".to_owned(),
        Outcome::Overflowed => "never sent: its queue was full".to_owned(),
    }
}

fn operation_columns(line: &OperationLine, at: String, catalog: &Catalog) -> Columns {
    let mut notes = Vec::new();
    if let Some((stale_us, versions)) = line.stale {
        notes.push(format!("stale {}, {versions} behind", span(stale_us)));
    }
    if line.attempts > 1 {
        notes.push(format!("{} attempts", line.attempts));
    }
    if line.turned_away > 0 {
        notes.push(turned_away_text(line.turned_away));
    }
    Columns {
        at,
        who: catalog.actor_name(line.client),
        what: format!("{} → {}", request_text(line, catalog), outcome_text(line, catalog)),
        replica: replicas_text(line),
        took: span(line.latency_us),
        note: notes.join(", "),
        kind: Kind::Operation,
    }
}

/// Who answered; of a quorum the homes whose answers were joined.
fn replicas_text(line: &OperationLine) -> String {
    let homes: Vec<String> = line.homes.iter().map(|home| home.to_string()).collect();
    if homes.is_empty() { line.replica.map(|replica| replica.to_string()).unwrap_or_default() } else { homes.join("+") }
}

fn message_columns(line: &MessageLine, at: String, catalog: &Catalog) -> Columns {
    let name = |actor: Actor| catalog.actor_name(actor);
    let (who, what) = match line.fate {
        MessageFate::Sent(delay_us) => (
            name(line.from),
            format!("{} to {}, {} under way", line.class.name(), name(line.to), span(u64::from(delay_us))),
        ),
        MessageFate::Delivered => (name(line.to), format!("{} from {} arrives", line.class.name(), name(line.from))),
        MessageFate::Dropped(why) => {
            let reason = match why {
                DropReason::Cut => "the link is cut",
                DropReason::Flap => "the link is down",
                DropReason::Lost => "the link loses it",
                DropReason::Down => "the receiver is down",
                DropReason::InboxFull => "the receiver's inbox is full",
            };
            let at_sender = matches!(why, DropReason::Cut | DropReason::Flap | DropReason::Lost);
            let who = if at_sender { line.from } else { line.to };
            (name(who), format!("{} {} → {} is lost: {reason}", line.class.name(), name(line.from), name(line.to)))
        }
    };
    Columns { at, who, what, kind: Kind::Message, ..Columns::default() }
}

/// Pads to a width in characters.
fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(missing))
}
