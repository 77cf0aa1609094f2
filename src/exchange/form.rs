//! A value as it stands in a text, before anybody asks what it means.

use std::borrow::Cow;

use super::error::Place;

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Form<'a> {
    pub(super) place: Place,
    pub(super) shape: Shape<'a>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Shape<'a> {
    Nil,
    Int(i64),
    /// A text in quotes; also numbers with fractions, characters and truth values, as they are written.
    Text(Cow<'a, str>),
    /// A keyword or a symbol, without its colon and namespace.
    Word(&'a str),
    List(Vec<Form<'a>>),
    Map(Vec<(Form<'a>, Form<'a>)>),
    /// A pair of a key and a value, marked as such.
    Tuple(Box<(Form<'a>, Form<'a>)>),
}

impl Form<'_> {
    /// The word or text that it is.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text(text) => Some(text),
            Shape::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The values of a list of two.
    pub(super) fn pair(&self) -> Option<(&Self, &Self)> {
        match &self.shape {
            Shape::List(items) => {
                if let [one, other] = &items[..] {
                    Some((one, other))
                } else {
                    None
                }
            }
            Shape::Tuple(pair) => Some((&pair.0, &pair.1)),
            _ => None,
        }
    }
}
