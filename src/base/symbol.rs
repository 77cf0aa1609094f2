//! Interned texts: keys, names and values that a person typed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::limits::{SYMBOLS_MAX, TEXT_BYTES_MAX};

/// A text as a small integer. Equal texts of one run have equal symbols.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// The table of texts of one run. It grows only by commands, never by the simulation, so that symbols depend on the
/// recorded commands alone.
#[derive(Clone, Debug, Default)]
pub struct Interner {
    texts: Arc<Vec<Arc<str>>>,
    ids: Arc<BTreeMap<Arc<str>, Symbol>>,
}

/// Why a text was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InternError {
    /// The text is longer than [`TEXT_BYTES_MAX`].
    #[error("a text may have {TEXT_BYTES_MAX} bytes at most, this one has {0}")]
    TooLong(usize),
    /// The table holds [`SYMBOLS_MAX`] texts.
    #[error("a sitting may use {SYMBOLS_MAX} distinct texts at most; use fewer keys or values")]
    Full,
}

impl Interner {
    /// The symbol of `text`, new or known.
    ///
    /// # Errors
    /// If the text is too long or the table is full.
    pub fn intern(&mut self, text: &str) -> Result<Symbol, InternError> {
        if let Some(symbol) = self.get(text) {
            return Ok(symbol);
        }
        if text.len() > TEXT_BYTES_MAX {
            return Err(InternError::TooLong(text.len()));
        }
        if self.texts.len() >= SYMBOLS_MAX {
            return Err(InternError::Full);
        }
        let symbol = Symbol(self.texts.len() as u32);
        let text: Arc<str> = text.into();
        Arc::make_mut(&mut self.texts).push(text.clone());
        Arc::make_mut(&mut self.ids).insert(text, symbol);
        Ok(symbol)
    }

    /// The symbol of `text`, if it was interned.
    pub fn get(&self, text: &str) -> Option<Symbol> {
        self.ids.get(text).copied()
    }

    /// The text of `symbol`.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize).map_or("?", |text| text)
    }
}
