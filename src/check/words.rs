//! Violations in one plain sentence.

use super::verdict::{Cause, Deed, End, Older, Sentence, Told, Underway, Unknown, Violation};
use crate::base::operation::permission_parts;
use crate::base::{Actor, Instant, KeyId, OpType, ReplicaId, ReplicaSet, Service, Symbol, Value, versions_text};

/// Deeds that a sentence tells one by one; of more it tells the first and the last.
const TOLD_MAX: usize = 4;

/// What judges do not know: how things are called.
pub trait Names {
    /// The name of a client: `ana`.
    fn client(&self, client: Actor) -> String;
    /// The name of a key: `joint`.
    fn key(&self, key: KeyId) -> String;
    /// A text: `New St`.
    fn text(&self, text: Symbol) -> String;
}

/// What was promised and what happened: "ana withdrew 80 from joint via r1 at 1.002 s and ben withdrew 80 via r3 at
/// 1.032 s, although only 100 was there".
pub fn sentence(violation: &Violation, names: &dyn Names) -> String {
    let teller = Teller::new(violation.key, names);
    match &violation.sentence {
        Sentence::Overspent { accused, witness, older, given, paid_in } => {
            teller.overspent(accused, witness, *older, (*given, *paid_in))
        }
        Sentence::Broken(broken) => super::live::words::sentence(broken, names),
        Sentence::Unordered { promise, witness } => {
            let told: Vec<String> = witness.iter().map(|told| Teller::new(told.act.key, names).told(told)).collect();
            format!("{} cannot all be, although {}", list(&told), promise.says())
        }
        Sentence::Diverged { shown, join, cause, witness } => teller.diverged(shown, *join, *cause, witness),
    }
}

/// Why a judge has no answer: "not yet: 3 messages are under way and r3 is down".
pub fn reason(unknown: &Unknown) -> String {
    match unknown {
        Unknown::TooMuch { cases } => {
            format!("no violation was found, but {cases} cases were beyond the memory of the judge")
        }
        Unknown::Truncated { dropped } => {
            format!("gave up: the first {dropped} entries of the record are dropped, and all are needed")
        }
        Unknown::Search(reason) => format!("unknown: {reason}"),
        Unknown::Underway(underway) => format!("not yet: {}", under_way(underway)),
    }
}

/// An instant in seconds, with as many decimals as it needs, at most 3: "1.002 s".
pub fn seconds(at: Instant) -> String {
    let ms = (at.0 + 500) / 1000;
    let decimals = format!("{:03}", ms % 1000);
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{}{point}{decimals} s", ms / 1000)
}

pub(super) struct Teller<'a> {
    key: String,
    names: &'a dyn Names,
}

impl<'a> Teller<'a> {
    pub(super) fn new(key: KeyId, names: &'a dyn Names) -> Self {
        Self { key: names.key(key), names }
    }

    /// "ana read "Old St" of address via r3 at 1.42 s", or a write.
    pub(super) fn act(&self, deed: &Deed) -> String {
        if !deed.op_type.is_read() {
            return self.deed(deed, true);
        }
        let (client, value) = (self.names.client(deed.client), self.value(deed.argument));
        if deed.op_type == OpType::AccessCheck {
            let ((thing, person), at) = (permission_parts(&self.key), seconds(deed.at));
            return format!("{client} checked {person}'s access to {thing} via {} at {at}: {value}", deed.replica);
        }
        format!("{client} read {value} of {} via {} at {}", self.key, deed.replica, seconds(deed.at))
    }

    /// The same with its end, if that was not a plain one.
    fn told(&self, told: &Told) -> String {
        let deed = &told.act.deed;
        match told.end {
            End::Done => self.act(deed),
            End::Unknown => self.act(deed) + " (nobody knows whether it happened)",
            End::Refused => {
                let (client, name, key) = (self.names.client(deed.client), deed.op_type.name(), &self.key);
                let argument = match deed.argument {
                    Value::Nil => String::new(),
                    value => format!(" {}", self.value(value)),
                };
                format!("{client} was refused {name} {key}{argument} via {} at {}", deed.replica, seconds(deed.at))
            }
        }
    }

    fn overspent(&self, accused: &Deed, witness: &[Deed], older: Option<Older>, there: (i64, i64)) -> String {
        let (given, paid_in) = there;
        let sum = given + paid_in;
        let was = if accused.op_type.service() == Service::Stock && sum != 1 { "were" } else { "was" };
        let there = match paid_in {
            0 => format!("only {sum} {was} there"),
            _ => format!("only {sum} {was} there ({given} at the start and {paid_in} put in)"),
        };
        if let Some(older) = older {
            let told = witness.iter().filter(|deed| *deed != accused);
            let amount = older.amount + told.clone().map(Deed::amount).sum::<i64>();
            let count = older.count + told.count() as u64;
            let taken = format!("{count} earlier ones had taken {amount} of it");
            return format!("{}, although {there} and {taken}", self.deed(accused, true));
        }
        if !witness.contains(accused) {
            let before = self.deeds(witness);
            return format!("{}, although {there} and it was gone: {before}", self.deed(accused, true));
        }
        format!("{}, although {there}", self.deeds(witness))
    }

    fn diverged(&self, shown: &[(ReplicaId, Value)], join: Option<Value>, cause: Cause, witness: &[Deed]) -> String {
        let although = match join {
            Some(join) => format!(", although all writes together make {}", self.value(join)),
            None if cause == Cause::Disagreement => ", although they should agree".to_owned(),
            None => String::new(),
        };
        let text = format!("of {}, {}{although}", self.key, self.shown(shown));
        let first = witness.first().map(|deed| self.deed(deed, true)).unwrap_or_default();
        let second = witness.get(1).map(|deed| self.deed(deed, true)).unwrap_or_default();
        match cause {
            _ if witness.is_empty() => text,
            Cause::Missing { replica, count: 1 } => text + &format!("; {replica} never learned that {first}"),
            Cause::Missing { replica, count } => {
                text + &format!("; {replica} never learned of {count} writes, the first: {first}")
            }
            Cause::Repeated { replica } => text + &format!("; {replica} counted more than once that {first}"),
            Cause::Overruled { replica } => {
                text + &format!("; {replica} knows that {first}, which wins, and that {second}")
            }
            Cause::Invented { .. } => text + &format!("; no write that is left says so, not even that {first}"),
            Cause::Unexplained { replica } => text + &format!("; {replica} applied all of them, the last: {first}"),
            Cause::Disagreement => text + &format!("; one shows that {first}") + &other(&second),
        }
    }

    /// "r1 and r2 show 9 and r3 shows 10".
    fn shown(&self, shown: &[(ReplicaId, Value)]) -> String {
        let mut groups: Vec<(Value, ReplicaSet)> = Vec::new();
        for (replica, value) in shown {
            match groups.iter_mut().find(|(known, _)| known == value) {
                Some((_, replicas)) => replicas.insert(*replica),
                None => groups.push((*value, ReplicaSet(1 << replica.0))),
            }
        }
        let group = |(value, replicas): &(Value, ReplicaSet)| {
            let show = if replicas.iter().count() == 1 { "shows" } else { "show" };
            format!("{} {show} {}", replica_names(*replicas), self.value(*value))
        };
        list(&groups.iter().map(group).collect::<Vec<_>>())
    }

    /// "ana withdrew 80 from joint via r1 at 1.002 s and ben withdrew 80 via r3 at 1.032 s".
    fn deeds(&self, deeds: &[Deed]) -> String {
        let tell = |index: usize| {
            let again = deeds[..index].iter().any(|before| before.op == deeds[index].op);
            self.deed(&deeds[index], index == 0) + if again { " (a retry)" } else { "" }
        };
        if deeds.len() <= TOLD_MAX {
            return list(&(0..deeds.len()).map(tell).collect::<Vec<_>>());
        }
        let between = deeds.len() - 2;
        let sum: i64 = deeds[1..=between].iter().map(Deed::amount).sum();
        list(&[tell(0), format!("{between} others took {sum}"), tell(deeds.len() - 1)])
    }

    fn deed(&self, deed: &Deed, with_key: bool) -> String {
        let (before, after) = verb(deed.op_type);
        let what = match deed.argument {
            Value::Nil if deed.op_type == OpType::LikesAdd => " 1".to_owned(),
            Value::Nil => String::new(),
            value => format!(" {}", self.value(value)),
        };
        let client = self.names.client(deed.client);
        let place = format!("via {} at {}", deed.replica, seconds(deed.at));
        let key = &self.key;
        let (thing, person) = permission_parts(key);
        match deed.op_type {
            OpType::AccountTransfer => {
                let from = match deed.argument {
                    Value::Transfer { from, .. } => self.names.key(from),
                    _ => key.clone(),
                };
                let (amount, to) = match deed.argument {
                    Value::Transfer { to, amount, .. } => (amount, self.names.key(to)),
                    _ => (0, String::new()),
                };
                format!("{client} transferred {amount} from {from} to {to} {place}")
            }
            OpType::UsernameClaim => format!("{client} claimed {key} {place}"),
            OpType::AccessGrant => format!("{client} granted {person} access to {thing} {place}"),
            OpType::AccessRevoke => format!("{client} revoked {person}'s access to {thing} {place}"),
            OpType::ProfileSet | OpType::ItemCreate => format!("{client} {before} {key} {after}{what} {place}"),
            OpType::ItemDelete => format!("{client} {before} {key} {place}"),
            _ if with_key => format!("{client} {before}{what} {after} {key} {place}"),
            _ => format!("{client} {before}{what} {place}"),
        }
    }

    fn value(&self, value: Value) -> String {
        match value {
            Value::Nil => "nothing".to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => format!("\"{}\"", self.names.text(text)),
            Value::Transfer { to, amount, .. } => format!("{amount} to {}", self.names.key(to)),
            Value::Allowed(true) => "allowed".to_owned(),
            Value::Allowed(false) => "denied".to_owned(),
            Value::Versions { first, second, count } => {
                let [first, second] = [first, second].map(|text| self.value(Value::Text(text)));
                versions_text(&first, &second, count)
            }
            Value::Posts { count: 1, newest } => format!("1 post, \"{}\"", self.names.text(newest)),
            Value::Posts { count, newest } => format!("{count} posts, the newest \"{}\"", self.names.text(newest)),
        }
    }
}

/// What stands before and after what an operation carries.
fn verb(op_type: OpType) -> (&'static str, &'static str) {
    match op_type {
        OpType::StockRestock => ("put", "on the shelf of"),
        OpType::StockReserve => ("reserved", "of"),
        OpType::AccountDeposit => ("deposited", "into"),
        OpType::AccountWithdraw => ("withdrew", "from"),
        OpType::AccountTransfer => ("transferred", "from"),
        OpType::FeedPost => ("posted", "to"),
        OpType::ProfileSet => ("set", "to"),
        OpType::LikesAdd => ("added", "to"),
        OpType::ItemCreate => ("created", "as"),
        OpType::ItemDelete => ("deleted", ""),
        OpType::StockLevel | OpType::AccountBalance | OpType::FeedRead | OpType::ProfileGet => ("read", "of"),
        OpType::PaymentSubmit => ("submitted", "for"),
        OpType::LikesRead | OpType::ItemGet | OpType::UsernameLookup | OpType::PaymentStatus => ("read", "of"),
        OpType::UsernameClaim => ("claimed", ""),
        OpType::AccessGrant => ("granted", ""),
        OpType::AccessRevoke => ("revoked", ""),
        OpType::AccessCheck => ("checked", ""),
    }
}

fn other(second: &str) -> String {
    if second.is_empty() { String::new() } else { format!(", another that {second}") }
}

fn under_way(underway: &Underway) -> String {
    let Underway { messages, operations, down, parted, unrepaired } = *underway;
    let mut parts = Vec::new();
    match messages {
        0 => {}
        1 => parts.push("1 message is under way".to_owned()),
        _ => parts.push(format!("{messages} messages are under way")),
    }
    match operations {
        0 => {}
        1 => parts.push("1 operation has not returned".to_owned()),
        _ => parts.push(format!("{operations} operations have not returned")),
    }
    let verbs = |replicas: ReplicaSet, one: &str, many: &str| {
        let verb = if replicas.iter().count() == 1 { one } else { many };
        format!("{} {verb}", replica_names(replicas))
    };
    if !down.is_empty() {
        parts.push(verbs(down, "is down", "are down"));
    }
    if parted {
        parts.push("a fault keeps replicas apart".to_owned());
    }
    if !unrepaired.is_empty() {
        parts.push(verbs(unrepaired, "has not been repaired since", "have not been repaired since"));
    }
    list(&parts)
}

fn replica_names(replicas: ReplicaSet) -> String {
    list(&replicas.iter().map(|replica| replica.to_string()).collect::<Vec<_>>())
}

/// "a", "a and b", "a, b and c".
fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
