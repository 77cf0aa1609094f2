//! Walks over the tokens of one statement: takes positional arguments in order, options by name, and knows how to say
//! what is missing, too much or unknown.

use crate::base::ReplicaId;
use crate::base::command::CommandSpec;
use crate::base::limits::{DURATION_US_MAX, TEXT_BYTES_MAX};
use crate::cluster::command::Party;

use super::declared::Declared;
use super::error::{ErrorKind, LanguageError};
use super::lex::{Sign, Token, TokenKind};
use super::noun::{Noun, known, listed, nearest};
use super::quantity::{Number, Signed, duration_max_text, signed_time_text, time_text};

/// The result of reading something.
pub(super) type Read<T> = Result<T, LanguageError>;

/// The tokens of one statement after its first word.
pub(super) struct Cursor<'a> {
    line: u32,
    positional: Vec<Token>,
    at: usize,
    options: Vec<Choice>,
    end_column: u32,
    spec: &'static CommandSpec,
    pub(super) declared: &'a Declared,
}

/// An option that was given.
struct Choice {
    name: String,
    column: u32,
    value: Token,
    taken: bool,
}

impl<'a> Cursor<'a> {
    /// Splits `tokens` into positional arguments and options, and checks the options' names.
    pub(super) fn new(
        line: u32,
        tokens: &[Token],
        end_column: u32,
        spec: &'static CommandSpec,
        declared: &'a Declared,
    ) -> Read<Self> {
        let positional = Vec::new();
        let mut cursor = Self { line, positional, at: 0, options: Vec::new(), end_column, spec, declared };
        let mut depth = 0_usize;
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            depth = if token.is(Sign::Open) { depth + 1 } else { depth.saturating_sub(token.is(Sign::Close).into()) };
            let assigned = tokens.get(index + 1).is_some_and(|next| next.is(Sign::Assign));
            if let Some(name) = token.word().filter(|_| assigned && depth == 0) {
                cursor.add_option(name, token, tokens.get(index + 2))?;
                index += 3;
            } else {
                cursor.positional.push(token.clone());
                index += 1;
            }
        }
        Ok(cursor)
    }

    fn add_option(&mut self, name: &str, token: &Token, value: Option<&Token>) -> Read<()> {
        if !self.spec.options.iter().any(|option| option.name == name) {
            let names: Vec<&str> = self.spec.options.iter().map(|option| option.name).collect();
            let expected = match names.as_slice() {
                [] => format!("no options after {}", self.spec.name),
                names => format!("an option of {} ({})", self.spec.name, listed(names)),
            };
            let kind = ErrorKind::UnknownOption { expected, found: token.found() };
            return Err(self.error_near(token.column, kind, nearest(name, names.iter().copied())));
        }
        if self.options.iter().any(|option| option.name == name) {
            return Err(self.error(token.column, ErrorKind::DuplicateOption(name.to_owned())));
        }
        let value = value.ok_or_else(|| self.missing(&format!("a value after {name}=")))?.clone();
        self.options.push(Choice { name: name.to_owned(), column: token.column, value, taken: false });
        Ok(())
    }

    /// An error at a column.
    pub(super) fn error(&self, column: u32, kind: ErrorKind) -> LanguageError {
        self.error_near(column, kind, None)
    }

    /// An error at a column, with what was probably meant.
    pub(super) fn error_near(&self, column: u32, kind: ErrorKind, nearest: Option<String>) -> LanguageError {
        LanguageError { line: self.line, column, kind, nearest }
    }

    /// The error that the line ends where something should follow.
    pub(super) fn missing(&self, expected: &str) -> LanguageError {
        let kind = ErrorKind::MissingArgument { expected: expected.to_owned(), usage: self.spec.usage };
        self.error(self.end_column, kind)
    }

    /// The error that `token` is something else than expected.
    pub(super) fn wrong(&self, token: &Token, expected: &str) -> LanguageError {
        self.error(token.column, ErrorKind::WrongKind { expected: expected.to_owned(), found: token.found() })
    }

    /// The error that a name is unknown, with the nearest known one.
    pub(super) fn unknown(&self, token: &Token, noun: Noun, names: &[&str], none: &str) -> LanguageError {
        let kind = ErrorKind::Unknown { noun, known: known(names, none), found: token.found() };
        let near = token.word().and_then(|word| nearest(word, names.iter().copied()));
        self.error_near(token.column, kind, near)
    }

    /// The next positional token, which stays.
    pub(super) fn peek(&self) -> Option<&Token> {
        self.positional.get(self.at)
    }

    /// The next positional token but one.
    pub(super) fn peek_second(&self) -> Option<&Token> {
        self.positional.get(self.at + 1)
    }

    /// The column behind the line's last token.
    pub(super) fn end_column(&self) -> u32 {
        self.end_column
    }

    /// Where the first positional argument stands, or would stand.
    pub(super) fn first_column(&self) -> u32 {
        self.positional.first().map_or(self.end_column, |token| token.column)
    }

    /// Takes the next positional token, which must be there.
    pub(super) fn next(&mut self, expected: &str) -> Read<Token> {
        let token = self.peek().cloned().ok_or_else(|| self.missing(expected))?;
        self.at += 1;
        Ok(token)
    }

    /// Takes the next token if it is this sign.
    pub(super) fn take_sign(&mut self, sign: Sign) -> bool {
        let fits = self.peek().is_some_and(|token| token.is(sign));
        self.at += usize::from(fits);
        fits
    }

    /// Takes the next token if it is this word.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let fits = self.peek().and_then(Token::word) == Some(word);
        self.at += usize::from(fits);
        fits
    }

    /// Takes an option's value, if it was given.
    pub(super) fn option(&mut self, name: &str) -> Option<Token> {
        debug_assert!(self.spec.options.iter().any(|option| option.name == name), "{name} is not in the table");
        let choice = self.options.iter_mut().find(|option| option.name == name)?;
        choice.taken = true;
        Some(choice.value.clone())
    }

    /// Takes an option's value, which must be given.
    pub(super) fn required_option(&mut self, name: &'static str) -> Read<Token> {
        self.option(name).ok_or_else(|| {
            self.error(self.end_column, ErrorKind::MissingOption { option: name, usage: self.spec.usage })
        })
    }

    /// Refuses an option in this form of the command.
    pub(super) fn refuse_option(&self, name: &str, with: &'static str) -> Read<()> {
        match self.options.iter().find(|option| option.name == name) {
            Some(choice) => {
                let kind = ErrorKind::UnfitOption { option: choice.name.clone(), with };
                Err(self.error(choice.column, kind))
            }
            None => Ok(()),
        }
    }

    /// Checks that nothing is left.
    pub(super) fn finish(&self) -> Read<()> {
        if let Some(token) = self.peek() {
            let kind = ErrorKind::Superfluous { found: token.found(), usage: self.spec.usage };
            return Err(self.error(token.column, kind));
        }
        match self.options.iter().find(|option| !option.taken) {
            Some(choice) => self.refuse_option(&choice.name, "this form of the command"),
            None => Ok(()),
        }
    }

    /// A number from a token.
    pub(super) fn number<'t>(&self, token: &'t Token, expected: &str) -> Read<&'t Number> {
        match &token.kind {
            TokenKind::Number(number) => Ok(number),
            _ => Err(self.wrong(token, expected)),
        }
    }

    /// A number from a token, read by one of [`Number`]'s methods.
    pub(super) fn quantity<T>(
        &self,
        token: &Token,
        expected: &str,
        read: impl FnOnce(&Number) -> Result<T, ErrorKind>,
    ) -> Read<T> {
        read(self.number(token, expected)?).map_err(|kind| self.error(token.column, kind))
    }

    /// A duration of at least `least_us`, at most [`DURATION_US_MAX`].
    pub(super) fn duration(&self, token: &Token, what: &'static str, least_us: u64) -> Read<u64> {
        self.time_within(token, what, least_us, DURATION_US_MAX, duration_max_text)
    }

    /// A time between two bounds.
    pub(super) fn time_within(
        &self,
        token: &Token,
        what: &'static str,
        least_us: u64,
        most_us: u64,
        most_text: impl FnOnce() -> String,
    ) -> Read<u64> {
        self.quantity(token, what, |number| {
            let us = u64::try_from(number.size_us(what)?).unwrap_or(u64::MAX);
            if number.is_negative() || !(least_us..=most_us).contains(&us) {
                return Err(number.out_of(what, time_text(least_us), most_text()));
            }
            Ok(us)
        })
    }

    /// A signed time, at most `most_us` either way.
    pub(super) fn signed_time(&self, token: &Token, what: &'static str, most_us: i64) -> Read<i64> {
        self.quantity(token, what, |number| {
            let us = i64::try_from(number.size_us(what)?).ok().filter(|us| *us <= most_us);
            let us = us.ok_or_else(|| number.out_of(what, signed_time_text(-most_us), signed_time_text(most_us)))?;
            Ok(if number.signed == Signed::Minus { -us } else { us })
        })
    }

    /// A whole number between two bounds.
    pub(super) fn int(&self, token: &Token, what: &'static str, low: i128, high: i128) -> Read<i128> {
        self.quantity(token, what, |number| number.int(what, low, high))
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, token: &Token, choices: &[(&'static str, T)]) -> Read<T> {
        let found = choices.iter().find(|(name, _)| token.word() == Some(name));
        found.map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let near = token.word().and_then(|word| nearest(word, names.iter().copied()));
            self.error_near(token.column, ErrorKind::UnknownWord { words: listed(&names), found: token.found() }, near)
        })
    }

    /// A member of a closed table of names.
    pub(super) fn named<T: Copy>(
        &self,
        token: &Token,
        noun: Noun,
        all: &[T],
        name: impl Fn(&T) -> &'static str,
    ) -> Read<T> {
        let found = all.iter().find(|item| token.word() == Some(name(item)));
        found.copied().ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(name).collect();
            self.unknown(token, noun, &names, "")
        })
    }

    /// A replica of the cluster.
    pub(super) fn replica(&self, token: &Token) -> Read<ReplicaId> {
        let count = self.declared.replicas();
        let number = token.word().and_then(replica_number);
        if let Some(number) = number.filter(|number| (1..=count as u64).contains(number)) {
            return Ok(ReplicaId(number as u8 - 1));
        }
        let meant = number.map(|number| format!("r{}", number.clamp(1, count as u64)));
        Err(self.error_near(token.column, ErrorKind::UnknownReplica { count, found: token.found() }, meant))
    }

    /// A declared client.
    pub(super) fn client(&self, token: &Token) -> Read<String> {
        let clients = self.declared.clients();
        if let Some(word) = token.word().filter(|word| clients.iter().any(|client| client == word)) {
            return Ok(word.to_owned());
        }
        let names: Vec<&str> = clients.iter().map(String::as_str).collect();
        Err(self.unknown(token, Noun::Client, &names, "none is declared: add clients NAME at the start"))
    }

    /// A replica or a declared client.
    pub(super) fn party(&self, token: &Token) -> Read<Party> {
        match token.word() {
            Some(word) if replica_number(word).is_some() => self.replica(token).map(Party::Replica),
            Some(word) if self.declared.clients().iter().any(|client| client == word) => {
                Ok(Party::Client(word.to_owned()))
            }
            _ => {
                let replicas: Vec<String> = ReplicaId::all(self.declared.replicas()).map(|r| r.to_string()).collect();
                let names = replicas.iter().chain(self.declared.clients()).map(String::as_str);
                Err(self.unknown(token, Noun::Actor, &names.collect::<Vec<_>>(), ""))
            }
        }
    }

    /// A key: a word, or a text in quotes.
    pub(super) fn key(&self, token: &Token) -> Read<String> {
        match &token.kind {
            TokenKind::Word(text) | TokenKind::Text(text) if !text.is_empty() => {
                self.check_text(token, text).map(|()| text.clone())
            }
            _ => Err(self.wrong(token, "a key (a word, or a text in quotes)")),
        }
    }

    /// Whether a text is short enough to be kept.
    pub(super) fn check_text(&self, token: &Token, text: &str) -> Read<()> {
        if text.len() > TEXT_BYTES_MAX {
            let kind = ErrorKind::TextTooLong { max: TEXT_BYTES_MAX, bytes: text.len() };
            return Err(self.error(token.column, kind));
        }
        Ok(())
    }
}

/// The number in `r1`, `r2`, …, whether or not there is such a replica.
pub(super) fn replica_number(word: &str) -> Option<u64> {
    let digits = word.strip_prefix('r').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}
