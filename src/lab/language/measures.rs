//! From a name to a measure: `ana.last`, `stock.level.staleness.max`, `r3.stock[mug]`, `fault[partition]`.

use crate::base::operation::{Effect, OPERATIONS};
use crate::base::{Fault, OpType, ReplicaId, Service};

use super::cursor::{Cursor, Read, replica_number};
use super::declared::Declared;
use super::error::ErrorKind;
use super::lex::{Sign, Token, TokenKind};
use super::measure::{MEASURES, Measure, MeasureKind, MeasureSpec, OpMeasure, Template, Unit, fault_word, parse_fault};
use super::noun::{Noun, nearest};

/// Reads a measure at the cursor.
pub(super) fn measure(cursor: &mut Cursor<'_>) -> Read<Measure> {
    let token = cursor.next("a measure")?;
    let name = token.word().ok_or_else(|| cursor.wrong(&token, "a measure"))?;
    let (branch, path) = match name.split_once('/') {
        Some((branch, path)) => (Some(self::branch(cursor, &token, branch)?), path),
        None => (None, name),
    };
    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
    let kind = if cursor.peek().is_some_and(|token| token.is(Sign::OpenBracket)) {
        indexed(cursor, &token, path)?
    } else if replica_number(head).is_some() {
        let replica = replica_of(cursor, &token, head)?;
        row(rest, |template| match template {
            Template::Replica(measure) => Some(MeasureKind::Replica { replica, measure }),
            _ => None,
        })
    } else if cursor.declared.clients().iter().any(|client| client == head) {
        row(rest, |template| match template {
            Template::Client(measure) => Some(MeasureKind::Client { client: head.to_owned(), measure }),
            _ => None,
        })
    } else if cursor.declared.workloads().iter().any(|workload| workload == head) {
        row(rest, |template| match template {
            Template::Workload(measure) => Some(MeasureKind::Workload { workload: head.to_owned(), measure }),
            _ => None,
        })
    } else if Service::parse(head).is_some() {
        operation(cursor, &token, path)?
    } else {
        row(path, |template| match template {
            Template::World(measure) => Some(MeasureKind::World(measure)),
            _ => None,
        })
    }
    .ok_or_else(|| unknown(cursor, &token, path))?;
    Ok(Measure { branch, kind })
}

fn row(suffix: &str, build: impl Fn(Template) -> Option<MeasureKind>) -> Option<MeasureKind> {
    MEASURES.iter().filter(|spec| spec.suffix == suffix).find_map(|spec| build(spec.template))
}

fn branch(cursor: &Cursor<'_>, token: &Token, branch: &str) -> Read<String> {
    let branches = &cursor.declared.branches;
    if branches.iter().any(|other| other == branch) {
        return Ok(branch.to_owned());
    }
    let names: Vec<&str> = branches.iter().map(String::as_str).collect();
    let token = Token { kind: TokenKind::Word(branch.to_owned()), ..token.clone() };
    Err(cursor.unknown(&token, Noun::Branch, &names, "a script has none"))
}

fn replica_of(cursor: &Cursor<'_>, token: &Token, head: &str) -> Read<ReplicaId> {
    cursor.replica(&Token { kind: TokenKind::Word(head.to_owned()), ..token.clone() })
}

/// `service.verb.…`
fn operation(cursor: &Cursor<'_>, token: &Token, path: &str) -> Read<Option<MeasureKind>> {
    let of = |op_type: OpType| path.strip_prefix(op_type.name()).and_then(|rest| rest.strip_prefix('.'));
    let Some((op_type, rest)) = OPERATIONS.iter().find_map(|spec| of(spec.op_type).map(|rest| (spec.op_type, rest)))
    else {
        return Ok(None);
    };
    let kind = row(rest, |template| match template {
        Template::Operation(measure) => Some(MeasureKind::Operation { op_type, measure }),
        _ => None,
    });
    if let Some(MeasureKind::Operation { measure, .. }) = &kind
        && is_staleness(*measure)
        && op_type.spec().effect == Effect::Write
    {
        return Err(cursor.error(token.column, ErrorKind::NoStaleness(op_type.name())));
    }
    Ok(kind)
}

fn is_staleness(measure: OpMeasure) -> bool {
    matches!(measure, OpMeasure::Staleness(_) | OpMeasure::StalenessVersionsMax)
}

/// `fault[NAME]`, `REPLICA.SERVICE[KEY]`, `REPLICA.grant[KEY]`, from the bracket on.
fn indexed(cursor: &mut Cursor<'_>, token: &Token, path: &str) -> Read<Option<MeasureKind>> {
    cursor.take_sign(Sign::OpenBracket);
    let index = cursor.next("what is in the brackets")?;
    let close = cursor.next("a closing bracket")?;
    if !close.is(Sign::CloseBracket) {
        return Err(cursor.wrong(&close, "a closing bracket"));
    }
    if path == "fault" {
        return fault(cursor, &index).map(|fault| Some(MeasureKind::Fault(fault)));
    }
    let Some((replica, service)) = path.split_once('.') else { return Ok(None) };
    if replica_number(replica).is_none() {
        return Ok(None);
    }
    let replica = replica_of(cursor, token, replica)?;
    if service == "grant" {
        let key = cursor.key(&index)?;
        return Ok(Some(MeasureKind::Grant { replica, key }));
    }
    let service_token = Token { kind: TokenKind::Word(service.to_owned()), ..token.clone() };
    let service = super::setup::service(cursor, &service_token)?;
    let key = cursor.key(&index)?;
    Ok(Some(MeasureKind::Shown { replica, service, key }))
}

/// A kind of fault by its word.
pub(super) fn fault(cursor: &Cursor<'_>, token: &Token) -> Read<Fault> {
    token.word().and_then(parse_fault).ok_or_else(|| {
        let words: Vec<String> = Fault::ALL.into_iter().map(fault_word).collect();
        cursor.unknown(token, Noun::Fault, &words.iter().map(String::as_str).collect::<Vec<_>>(), "")
    })
}

fn unknown(cursor: &Cursor<'_>, token: &Token, path: &str) -> super::error::LanguageError {
    let names = measure_names(cursor.declared);
    let kind = ErrorKind::Unknown { noun: Noun::Measure, known: String::new(), found: token.found() };
    cursor.error_near(token.column, kind, nearest(path, names.iter().map(String::as_str)))
}

/// Every measure that can be named now, those with brackets with a capital word in them: for completion and for the nearest name.
pub fn measure_names(declared: &Declared) -> Vec<String> {
    let mut names = Vec::new();
    for spec in MEASURES {
        names.extend(names_of(spec, declared));
    }
    names
}

fn names_of(spec: &MeasureSpec, declared: &Declared) -> Vec<String> {
    let suffix = spec.suffix;
    match spec.template {
        Template::Client(_) => declared.clients().iter().map(|client| format!("{client}.{suffix}")).collect(),
        Template::Workload(_) => declared.workloads().iter().map(|workload| format!("{workload}.{suffix}")).collect(),
        Template::Operation(measure) => OPERATIONS
            .iter()
            .filter(|row| !(is_staleness(measure) && row.effect == Effect::Write))
            .map(|row| format!("{}.{suffix}", row.name))
            .collect(),
        Template::Replica(_) => ReplicaId::all(declared.replicas()).map(|r| format!("{r}.{suffix}")).collect(),
        Template::Shown => ReplicaId::all(declared.replicas())
            .flat_map(|replica| Service::ALL.map(|service| format!("{replica}.{}[KEY]", service.name())))
            .collect(),
        Template::Grant => ReplicaId::all(declared.replicas()).map(|replica| format!("{replica}.{suffix}")).collect(),
        Template::World(_) | Template::Fault => vec![suffix.to_owned()],
    }
}

/// What kinds of literals a measure compares with: `(numbers, texts)`; only a [`Unit::Value`] has a choice.
pub(super) fn literals(kind: &MeasureKind) -> (bool, bool) {
    match kind {
        MeasureKind::Shown { service: Service::Stock | Service::Account | Service::Likes, .. } => (true, false),
        MeasureKind::Shown {
            service: Service::Profile | Service::Item | Service::Access | Service::Username, ..
        } => (false, true),
        MeasureKind::Shown { service: Service::Payment, .. } => (true, false),
        kind => (true, kind.unit() == Unit::Value),
    }
}
