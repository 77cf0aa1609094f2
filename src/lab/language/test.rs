//! Flow and tests: `run`, `mark`, `expect`, `story`, and the conditions that they take.

use crate::base::Claim;
use crate::base::limits::{AMOUNT_MAX, DURATION_US_MAX};

use super::cursor::{Cursor, Read};
use super::error::ErrorKind;
use super::lex::{Sign, Token, TokenKind};
use super::measure::{Measure, MeasureKind, Unit};
use super::measures::{fault, literals, measure};
use super::names::own_name;
use super::noun::{Noun, nearest};
use super::quantity::Number;
use super::statement::{Condition, Expected, Operand, Statement, StoryDetail, Verdict};

/// The largest number that a measure is compared with: sums of amounts, and counts.
const EXPECTED_MAX: i128 = AMOUNT_MAX as i128 * 1_000_000;

/// `run TIME`, `run until CONDITION within TIME`
pub(super) fn run(cursor: &mut Cursor<'_>) -> Read<Statement> {
    if !cursor.take_word("until") {
        let token = cursor.next("a time, or until and a condition")?;
        let us = cursor.duration(&token, "a duration", 0)?;
        cursor.declared.later(us).map_err(|kind| cursor.error(token.column, kind))?;
        return Ok(Statement::Run { us });
    }
    let first = cursor.peek().cloned();
    let condition = condition(cursor)?;
    if let (Some(token), Condition::Claim { claim, .. }) = (&first, &condition)
        && claim.is_searched()
    {
        return Err(
            cursor.wrong(token, "a condition that can be looked at after every event; expect judges this claim")
        );
    }
    let column = cursor.peek().map_or(cursor.end_column(), |token| token.column);
    if !cursor.take_word("within") {
        return Err(cursor.error(column, ErrorKind::NoLimit));
    }
    let token = cursor.next("a time")?;
    let within_us = cursor.duration(&token, "a duration", 1)?;
    Ok(Statement::RunUntil { condition, within_us })
}

/// `mark NAME`
pub(super) fn mark(cursor: &mut Cursor<'_>) -> Read<Statement> {
    let token = cursor.next("a name for this instant")?;
    let name = own_name(cursor, &token)?;
    if cursor.declared.marks().contains(&name) {
        let kind = ErrorKind::NameTaken { noun: Noun::Mark, found: token.found() };
        return Err(cursor.error(token.column, kind));
    }
    Ok(Statement::Mark(name))
}

/// `expect CONDITION`
pub(super) fn expect(cursor: &mut Cursor<'_>) -> Read<Statement> {
    condition(cursor).map(Statement::Expect)
}

/// `story messages|operations`
pub(super) fn story(cursor: &mut Cursor<'_>) -> Read<Statement> {
    let token = cursor.next("messages or operations")?;
    let details = [("operations", StoryDetail::Operations), ("messages", StoryDetail::Messages)];
    cursor.choice(&token, &details).map(Statement::Story)
}

/// `CLAIM holds|violated [since=MARK] [of=SERVICE]`, `MEASURE COMPARISON VALUE`, `converged`, `used FAULT`
pub(super) fn condition(cursor: &mut Cursor<'_>) -> Read<Condition> {
    let token = cursor.peek().cloned().ok_or_else(|| cursor.missing("a condition"))?;
    let claim = token.word().and_then(Claim::parse);
    let condition = if let Some(claim) = claim {
        cursor.next("a claim")?;
        return self::claim(cursor, claim);
    } else if cursor.take_word("converged") {
        Condition::Converged
    } else if cursor.take_word("used") {
        let token = cursor.next("a kind of fault")?;
        Condition::Used(fault(cursor, &token)?)
    } else {
        check_is_measure(cursor, &token)?;
        compare(cursor)?
    };
    cursor.refuse_option("since", "this condition, only with a claim")?;
    cursor.refuse_option("of", "this condition, only with a claim")?;
    Ok(condition)
}

fn claim(cursor: &mut Cursor<'_>, claim: Claim) -> Read<Condition> {
    let token = cursor.next("holds or violated")?;
    let verdict = cursor.choice(&token, &[("holds", Verdict::Holds), ("violated", Verdict::Violated)])?;
    let since = match cursor.option("since") {
        Some(token) => Some(known_mark(cursor, &token)?),
        None => None,
    };
    let service = match cursor.option("of") {
        Some(token) if claim.is_searched() => Some(super::setup::service(cursor, &token)?),
        Some(token) => return Err(cursor.wrong(&token, "no of= here: it is for claims about the order of operations")),
        None => None,
    };
    Ok(Condition::Claim { claim, verdict, since, service })
}

fn known_mark(cursor: &Cursor<'_>, token: &Token) -> Read<String> {
    let names: Vec<&str> = cursor.declared.marks().iter().map(String::as_str).collect();
    match token.word().filter(|word| names.contains(word)) {
        Some(word) => Ok(word.to_owned()),
        None => Err(cursor.unknown(token, Noun::Mark, &names, "none yet: add mark NAME before")),
    }
}

/// Tells an unknown claim or condition from a measure.
fn check_is_measure(cursor: &Cursor<'_>, token: &Token) -> Read<()> {
    let Some(word) = token.word() else { return Err(cursor.wrong(token, "a condition")) };
    let second = cursor.peek_second();
    let claims: Vec<&str> = Claim::ALL.iter().map(|claim| claim.name()).collect();
    if matches!(second.and_then(Token::word), Some("holds" | "violated")) {
        return Err(cursor.unknown(token, Noun::Claim, &claims, ""));
    }
    let compares = second.is_some_and(|sign| matches!(sign.kind, TokenKind::Sign(_)));
    if compares || word.contains(['.', '/']) {
        return Ok(());
    }
    let names = claims.into_iter().chain(["converged", "used", "alerts", "violations", "retries", "lies"]);
    let known = " (a claim, a measure, converged or used)".to_owned();
    let kind = ErrorKind::Unknown { noun: Noun::Condition, known, found: token.found() };
    Err(cursor.error_near(token.column, kind, nearest(word, names)))
}

fn compare(cursor: &mut Cursor<'_>) -> Read<Condition> {
    let left = measure(cursor)?;
    let token = cursor.next("a comparison (==, !=, <, <=, > or >=)")?;
    let TokenKind::Sign(Sign::Compare(comparison)) = token.kind else {
        return Err(cursor.wrong(&token, "a comparison (==, !=, <, <=, > or >=)"));
    };
    let operand = operand(cursor, &left)?;
    if comparison.is_ordered() && !has_order(&operand) {
        return Err(cursor.error(token.column, ErrorKind::NotOrdered(comparison.text())));
    }
    Ok(Condition::Compare { measure: left, comparison, operand })
}

fn has_order(operand: &Operand) -> bool {
    match operand {
        Operand::Value(value) => value.unit() != Unit::Value,
        // Two answers may be two numbers.
        Operand::Measure(_) => true,
    }
}

fn operand(cursor: &mut Cursor<'_>, left: &Measure) -> Read<Operand> {
    let expected = wanted(&left.kind);
    let token = cursor.peek().cloned().ok_or_else(|| cursor.missing(&expected))?;
    let brackets = cursor.peek_second().is_some_and(|second| second.is(Sign::OpenBracket));
    let is_measure = |word: &str| brackets || word.contains(['.', '/']) || is_single_measure(word);
    if token.word().is_some_and(is_measure) {
        let right = measure(cursor)?;
        return same_unit(cursor, &token, left, right).map(Operand::Measure);
    }
    cursor.next(&expected)?;
    let value = match &token.kind {
        TokenKind::Number(number) => number_for(&left.kind, number).map_err(|kind| cursor.error(token.column, kind))?,
        TokenKind::Text(text) => {
            cursor.check_text(&token, text)?;
            literals(&left.kind).1.then(|| Expected::Text(text.clone()))
        }
        TokenKind::Word(word) if left.kind.unit() == Unit::Value => return value_word(cursor, &token, word, left),
        TokenKind::Word(_) | TokenKind::Sign(_) => None,
    };
    value.map(Operand::Value).ok_or_else(|| cursor.wrong(&token, &expected))
}

fn is_single_measure(word: &str) -> bool {
    matches!(word, "alerts" | "violations" | "retries" | "lies")
}

fn value_word(cursor: &Cursor<'_>, token: &Token, word: &str, left: &Measure) -> Read<Operand> {
    let words = Expected::WORDS;
    let fits = |value: &Expected| *value == Expected::Nothing || matches!(left.kind, MeasureKind::Client { .. });
    if let Some((_, value)) = words.iter().find(|(name, value)| *name == word && fits(value)) {
        return Ok(Operand::Value(value.clone()));
    }
    let near = nearest(word, words.iter().filter(|(_, value)| fits(value)).map(|(name, _)| *name));
    let kind = ErrorKind::WrongKind { expected: wanted(&left.kind), found: token.found() };
    Err(cursor.error_near(token.column, kind, near))
}

/// What the right side may be, for errors.
fn wanted(kind: &MeasureKind) -> String {
    match (kind.unit(), literals(kind)) {
        (Unit::Time, _) => "a time such as 50ms, or a measure",
        (Unit::Share, _) => "a percentage such as 99%, or a measure",
        (Unit::Count, _) => "a number, or a measure",
        (Unit::Value, (true, false)) => "a number, nothing, or a measure",
        (Unit::Value, (false, _)) => "a text in quotes, nothing, or a measure",
        (Unit::Value, _) if matches!(kind, MeasureKind::Client { .. }) => {
            "a number, a text in quotes, refused, unknown, nothing, or a measure"
        }
        (Unit::Value, _) => "a number, a text in quotes, nothing, or a measure",
    }
    .to_owned()
}

/// The number as a value for this measure; nothing, if it takes no numbers.
fn number_for(kind: &MeasureKind, number: &Number) -> Result<Option<Expected>, ErrorKind> {
    Ok(match kind.unit() {
        Unit::Time => {
            let us = number.size_us("a time")?;
            let us = i64::try_from(us).ok().filter(|us| *us <= 100 * DURATION_US_MAX as i64);
            let us = us.ok_or_else(|| number.out_of("a time", "-2400h", "2400h"))?;
            Some(Expected::Time(if number.is_negative() { -us } else { us }))
        }
        Unit::Share => Some(Expected::Share(number.probability("a percentage")?)),
        Unit::Count => Some(Expected::Number(number.int("a number", 0, EXPECTED_MAX)? as i64)),
        Unit::Value if literals(kind).0 => {
            Some(Expected::Number(number.int("a number", -EXPECTED_MAX, EXPECTED_MAX)? as i64))
        }
        Unit::Value => None,
    })
}

fn same_unit(cursor: &Cursor<'_>, token: &Token, left: &Measure, right: Measure) -> Read<Measure> {
    let (expected, found) = (left.kind.unit(), right.kind.unit());
    if expected == found {
        return Ok(right);
    }
    let kind = ErrorKind::UnitsDiffer {
        left: left.to_string(),
        right: right.to_string(),
        expected: expected.noun(),
        found: found.noun(),
    };
    Err(cursor.error(token.column, kind))
}
