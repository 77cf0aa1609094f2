//! What each model's functions carry.

use crate::base::shown::visible;
use crate::check::black_box::{Call, Datum, Model, Texts};

use super::error::{Place, Problem, ReadError};
use super::events::Event;
use super::form::{Form, Shape};

/// What an invocation asks.
pub(super) struct Asked {
    pub(super) call: Call,
    /// The name of its key; empty if it has none.
    pub(super) key: String,
}

/// What a return tells.
pub(super) struct Told {
    /// The name of its key, if it says one, and where.
    pub(super) key: Option<(String, Place)>,
    /// What a read returned; nothing if it says nothing.
    pub(super) answer: Option<Datum>,
}

/// Reads an invocation.
pub(super) fn asked(
    model: Model,
    function: &Form<'_>,
    key: Option<&Form<'_>>,
    value: Option<&Form<'_>>,
    texts: &mut Texts,
) -> Result<Asked, ReadError> {
    let name = function.word().unwrap_or_default();
    if !model.functions().contains(&name) {
        let found = function.word().map_or_else(|| "something else".to_owned(), str::to_owned);
        return Err(ReadError { place: function.place, problem: Problem::Function(found, model) });
    }
    let (key, value) = split(model, name, key, value)?;
    let key = key.map(|(name, _)| name).unwrap_or_default();
    let place = value.map_or(function.place, |value| value.place);
    let wants = |what| ReadError { place, problem: Problem::Value(known(name), what) };
    let call = match name {
        "read" | "get" => Call::Read,
        "generate" => Call::Generate,
        "cas" => {
            let (from, to) = value.and_then(Form::pair).ok_or_else(|| wants("a list of two values"))?;
            Call::Cas(datum(from, texts), datum(to, texts))
        }
        "transfer" => value.and_then(|value| transfer(value, texts)).ok_or_else(|| wants("from, to and amount"))?,
        "add" if model == Model::Counter => match value.map(|value| &value.shape) {
            Some(Shape::Int(amount)) => Call::Add(Datum::Int(*amount)),
            _ => return Err(wants("a whole number")),
        },
        _ => {
            let value = datum(value.ok_or_else(|| wants("a value"))?, texts);
            match name {
                "add" => Call::Add(value),
                "append" => Call::Append(value),
                _ => Call::Write(value),
            }
        }
    };
    Ok(Asked { call, key })
}

/// Reads the return of an operation that happened.
pub(super) fn told(model: Model, call: Call, event: &Event<'_, '_>, texts: &mut Texts) -> Result<Told, ReadError> {
    let name = event.function.word().unwrap_or_default();
    let (key, value) = split(model, name, event.key, event.value)?;
    let Some(value) = value.filter(|_| !call.is_update()) else { return Ok(Told { key, answer: None }) };
    let wrong = |what| Err(ReadError { place: value.place, problem: Problem::Value(known(name), what) });
    let answer = match (model, &value.shape) {
        (Model::Register | Model::CasRegister | Model::Kv, _) => Some(datum(value, texts)),
        (_, Shape::Nil) => None,
        (Model::UniqueIds, _) => Some(datum(value, texts)),
        (Model::Counter, Shape::Int(_)) => Some(datum(value, texts)),
        (Model::Counter, _) => return wrong("a whole number"),
        (Model::Set, Shape::List(_)) => Some(datum(value, texts)),
        (Model::Set, _) => return wrong("a list of elements"),
        (Model::Bank, Shape::Map(pairs)) => match balances(pairs, texts) {
            Some(answer) => Some(answer),
            None => return wrong("a whole number for each account"),
        },
        (Model::Bank, _) => return wrong("a map from accounts to amounts"),
        (Model::Log, _) => return wrong("nothing: no file is about a log"),
    };
    Ok(Told { key, answer })
}

/// A key with its place, and a value.
type Split<'e, 'a> = (Option<(String, Place)>, Option<&'e Form<'a>>);

/// Parts the key from the value: a field of its own, a marked pair, or a pair where the value cannot be one.
fn split<'e, 'a>(
    model: Model,
    function: &str,
    key: Option<&'e Form<'a>>,
    value: Option<&'e Form<'a>>,
) -> Result<Split<'e, 'a>, ReadError> {
    if let Some(key) = key {
        return Ok((Some((key_name(key)?, key.place)), value));
    }
    let Some(form) = value else { return Ok((None, None)) };
    let is_plain = !matches!(model, Model::Set | Model::Bank | Model::UniqueIds);
    let pair = match (&form.shape, form.pair()) {
        (Shape::Tuple(_), pair) => pair,
        (_, Some((_, inner))) if is_plain && (function != "cas" || inner.pair().is_some()) => form.pair(),
        _ => None,
    };
    match pair {
        Some((key, value)) => Ok((Some((key_name(key)?, key.place)), Some(value))),
        None => Ok((None, value)),
    }
}

fn key_name(form: &Form<'_>) -> Result<String, ReadError> {
    match &form.shape {
        Shape::Int(number) => Ok(number.to_string()),
        Shape::Text(text) => Ok(visible(text)),
        Shape::Word(word) => Ok(visible(word)),
        Shape::Nil => Ok(String::new()),
        _ => Err(ReadError { place: form.place, problem: Problem::Expected("a key: a number, a name or a text") }),
    }
}

fn datum(form: &Form<'_>, texts: &mut Texts) -> Datum {
    match &form.shape {
        Shape::Nil => Datum::Nil,
        Shape::Int(number) => Datum::Int(*number),
        Shape::Text(text) => texts.text(&visible(text)),
        Shape::Word(word) => texts.text(&visible(word)),
        Shape::List(items) => {
            let items: Vec<Datum> = items.iter().map(|item| datum(item, texts)).collect();
            texts.list(&items)
        }
        Shape::Tuple(pair) => {
            let items = [datum(&pair.0, texts), datum(&pair.1, texts)];
            texts.list(&items)
        }
        Shape::Map(pairs) => {
            let items: Vec<Datum> =
                pairs.iter().flat_map(|(key, value)| [datum(key, texts), datum(value, texts)]).collect();
            texts.list(&items)
        }
    }
}

fn transfer(form: &Form<'_>, texts: &mut Texts) -> Option<Call> {
    let Shape::Map(pairs) = &form.shape else { return None };
    let field = |name| pairs.iter().find(|(key, _)| key.word() == Some(name)).map(|(_, value)| value);
    let Shape::Int(amount) = field("amount")?.shape else { return None };
    Some(Call::Transfer(account(field("from")?, texts), account(field("to")?, texts), amount))
}

/// Accounts and amounts in turn.
fn balances(pairs: &[(Form<'_>, Form<'_>)], texts: &mut Texts) -> Option<Datum> {
    let mut items = Vec::with_capacity(2 * pairs.len());
    for (key, value) in pairs {
        let Shape::Int(amount) = value.shape else { return None };
        items.extend([account(key, texts), Datum::Int(amount)]);
    }
    Some(texts.list(&items))
}

/// JSON writes the number of an account as a text where it is a field's name.
fn account(form: &Form<'_>, texts: &mut Texts) -> Datum {
    match form.word().and_then(|word| word.parse().ok()) {
        Some(number) => Datum::Int(number),
        None => datum(form, texts),
    }
}

/// A function's name that outlives the text.
fn known(name: &str) -> &'static str {
    Model::ALL.iter().flat_map(|model| model.functions()).find(|known| **known == name).unwrap_or(&"a function")
}
