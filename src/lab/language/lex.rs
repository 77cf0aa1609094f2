//! A line becomes tokens with columns.
//!
//! A run of letters, digits and `_ - . * + / %` is one token: a number if it begins like one (`20/s`, `+80ms`), else a
//! word (`stock.*`, `lww-hlc`, `fixed/ana.last`). `->` ends such a run, so `r1->r2` needs no spaces.

use super::error::{ErrorKind, LanguageError, is_hidden, shown};
use super::quantity::Number;
use super::statement::Comparison;

/// A token of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it begins, in characters from 1.
    pub column: u32,
    /// The column after its last character.
    pub end_column: u32,
    /// Its bytes within the line.
    pub span: std::ops::Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A bare word.
    Word(String),
    /// A text that stood in quotes.
    Text(String),
    /// A number with its unit.
    Number(Number),
    /// Punctuation.
    Sign(Sign),
}

/// Punctuation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `->`
    Arrow,
    /// `|`
    Bar,
    /// `:`
    Colon,
    /// `@`
    At,
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `=`
    Assign,
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`
    Compare(Comparison),
}

impl Sign {
    /// How it is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::Arrow => "->",
            Self::Bar => "|",
            Self::Colon => ":",
            Self::At => "@",
            Self::Comma => ",",
            Self::Open => "(",
            Self::Close => ")",
            Self::OpenBracket => "[",
            Self::CloseBracket => "]",
            Self::Assign => "=",
            Self::Compare(comparison) => comparison.text(),
        }
    }

    /// All of them, longer ones first.
    const ALL: [Self; 16] = [
        Self::Arrow,
        Self::Compare(Comparison::Equal),
        Self::Compare(Comparison::NotEqual),
        Self::Compare(Comparison::LessOrEqual),
        Self::Compare(Comparison::GreaterOrEqual),
        Self::Compare(Comparison::Less),
        Self::Compare(Comparison::Greater),
        Self::Bar,
        Self::Colon,
        Self::At,
        Self::Comma,
        Self::Open,
        Self::Close,
        Self::OpenBracket,
        Self::CloseBracket,
        Self::Assign,
    ];
}

impl Token {
    /// The word, if it is one.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is this sign.
    pub fn is(&self, sign: Sign) -> bool {
        self.kind == TokenKind::Sign(sign)
    }

    /// How an error shows it.
    pub fn found(&self) -> String {
        match &self.kind {
            TokenKind::Word(word) => shown(word),
            TokenKind::Text(text) => format!("the text {}", shown(text)),
            TokenKind::Number(number) => shown(&number.text),
            TokenKind::Sign(sign) => shown(sign.text()),
        }
    }
}

/// The tokens of one line, up to its comment.
///
/// # Errors
/// At the first character that is invisible or begins no token, and at a text or number that is not well formed.
pub fn lex(text: &str, line: u32) -> Result<Vec<Token>, LanguageError> {
    let mut lexer = Lexer { text, line, at: 0, column: 1 };
    lexer.reject_hidden()?;
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    line: u32,
    at: usize,
    column: u32,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error(&self, column: u32, kind: ErrorKind) -> LanguageError {
        LanguageError { line: self.line, column, kind, nearest: None }
    }

    /// Comments are looked at too: they are printed with their line. A tab outside a text is a space.
    fn reject_hidden(&self) -> Result<(), LanguageError> {
        match self.text.chars().position(|c| is_hidden(c) && c != '\t') {
            Some(index) => {
                let c = self.text.chars().nth(index).map_or(0, u32::from);
                Err(self.error(index as u32 + 1, ErrorKind::HiddenCharacter(format!("U+{c:04X}"))))
            }
            None => Ok(()),
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.column += self.rest()[..bytes].chars().count() as u32;
        self.at += bytes;
    }

    fn next(&mut self) -> Result<Option<Token>, LanguageError> {
        let blank = self.rest().len() - self.rest().trim_start().len();
        self.advance(blank);
        let (start, column) = (self.at, self.column);
        let rest = self.rest();
        let kind = match rest.chars().next() {
            None | Some('#') => return Ok(None),
            Some('"') => TokenKind::Text(self.quoted()?),
            Some(first) => match Sign::ALL.into_iter().find(|sign| rest.starts_with(sign.text())) {
                Some(sign) => {
                    self.advance(sign.text().len());
                    TokenKind::Sign(sign)
                }
                None if is_of_word(first) => self.bare()?,
                None => return Err(self.error(column, ErrorKind::StrangeCharacter(shown(&first.to_string())))),
            },
        };
        Ok(Some(Token { kind, column, end_column: self.column, span: start..self.at }))
    }

    fn bare(&mut self) -> Result<TokenKind, LanguageError> {
        let (rest, column) = (self.rest(), self.column);
        let ends = |(index, c): (usize, char)| !is_of_word(c) || rest[index..].starts_with("->");
        let length = rest.char_indices().find(|found| ends(*found)).map_or(rest.len(), |(index, _)| index);
        let bare = &rest[..length];
        self.advance(length);
        if Number::begins(bare) {
            return Number::parse(bare).map(TokenKind::Number).map_err(|kind| self.error(column, kind));
        }
        Ok(TokenKind::Word(bare.to_owned()))
    }

    fn quoted(&mut self) -> Result<String, LanguageError> {
        let open = self.column;
        let mut out = String::new();
        let mut chars = self.rest().char_indices().zip(open..).skip(1);
        while let Some(((index, c), column)) = chars.next() {
            match c {
                '"' => {
                    self.advance(index + 1);
                    return Ok(out);
                }
                '\\' => match chars.next() {
                    Some(((_, escaped @ ('"' | '\\')), _)) => out.push(escaped),
                    Some(((_, other), _)) => {
                        let kind = ErrorKind::UnknownEscape(shown(&format!("\\{other}")));
                        return Err(self.error(column, kind));
                    }
                    None => return Err(self.error(open, ErrorKind::OpenText)),
                },
                '\t' => return Err(self.error(column, ErrorKind::HiddenCharacter("U+0009".to_owned()))),
                _ => out.push(c),
            }
        }
        Err(self.error(open, ErrorKind::OpenText))
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '*' | '+' | '/' | '%')
}
