//! Names: what keys, clients and texts are called, and which column is whose.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::limits::{COLUMNS_MAX, KEYS_MAX};
use crate::base::symbol::InternError;
use crate::base::{Answer, Column, Interner, KeyId, OpType, Refusal, ReplicaId, Service, Symbol, Value, versions_text};

use super::CommandError;

/// The table of names of one run. It grows by commands only.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    texts: Interner,
    keys: Arc<Vec<(Service, Symbol)>>,
    ids: Arc<BTreeMap<(Service, Symbol), KeyId>>,
    clients: Arc<Vec<Symbol>>,
    columns: Vec<ReplicaId>,
}

impl Catalog {
    /// A catalogue for a cluster of `replicas`: the first incarnation of each has the column of its index.
    pub fn new(replicas: usize) -> Self {
        Self { columns: ReplicaId::all(replicas).collect(), ..Self::default() }
    }

    /// The symbol of a text, new or known.
    ///
    /// # Errors
    /// If there are too many texts or this one is too long.
    pub fn intern(&mut self, text: &str) -> Result<Symbol, InternError> {
        self.texts.intern(text)
    }

    /// The text of a symbol.
    pub fn text(&self, symbol: Symbol) -> &str {
        self.texts.text(symbol)
    }

    /// The id of a key, new or known.
    ///
    /// # Errors
    /// If there are too many keys or texts.
    pub fn intern_key(&mut self, service: Service, name: &str) -> Result<KeyId, CommandError> {
        let name = self.intern(name)?;
        if let Some(id) = self.ids.get(&(service, name)) {
            return Ok(*id);
        }
        if self.keys.len() >= KEYS_MAX {
            return Err(CommandError::TooManyKeys);
        }
        let id = KeyId(self.keys.len() as u32);
        Arc::make_mut(&mut self.keys).push((service, name));
        Arc::make_mut(&mut self.ids).insert((service, name), id);
        Ok(id)
    }

    /// The id of a key, if it was used.
    pub fn key(&self, service: Service, name: &str) -> Option<KeyId> {
        self.ids.get(&(service, self.texts.get(name)?)).copied()
    }

    /// How many keys there are.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// All keys in the order of their first use.
    pub fn keys(&self) -> impl Iterator<Item = (KeyId, Service, &str)> {
        let texts = &self.texts;
        let rows = self.keys.iter().enumerate();
        rows.map(move |(index, (service, name))| (KeyId(index as u32), *service, texts.text(*name)))
    }

    /// The service of a key.
    pub fn service_of(&self, key: KeyId) -> Service {
        self.keys[key.index()].0
    }

    /// The name of a key.
    pub fn key_name(&self, key: KeyId) -> &str {
        self.texts.text(self.keys[key.index()].1)
    }

    /// Declares a client.
    ///
    /// # Errors
    /// If the name does not fit.
    pub fn add_client(&mut self, name: &str) -> Result<(), InternError> {
        let name = self.intern(name)?;
        Arc::make_mut(&mut self.clients).push(name);
        Ok(())
    }

    /// The name of the client with this index.
    pub fn client_name(&self, index: usize) -> &str {
        self.clients.get(index).map_or("?", |name| self.texts.text(*name))
    }

    /// The name of the client with this index as a symbol.
    pub fn client_symbol(&self, index: usize) -> Symbol {
        self.clients[index]
    }

    /// The index of the client with this name.
    pub fn client(&self, name: &str) -> Option<usize> {
        let name = self.texts.get(name)?;
        self.clients.iter().position(|own| *own == name)
    }

    /// The names of all clients, in the order of declaration.
    pub fn clients(&self) -> impl Iterator<Item = &str> {
        self.clients.iter().map(|name| self.texts.text(*name))
    }

    /// A new column for a replica that lost its disk.
    ///
    /// # Errors
    /// If all [`COLUMNS_MAX`] columns are taken.
    pub fn add_column(&mut self, replica: ReplicaId) -> Result<Column, CommandError> {
        if self.columns.len() >= COLUMNS_MAX {
            return Err(CommandError::TooManyLostDisks);
        }
        self.columns.push(replica);
        Ok(Column(self.columns.len() as u8 - 1))
    }

    /// Whose incarnation writes to a column.
    pub fn column_owner(&self, column: Column) -> ReplicaId {
        self.columns[column.index()]
    }

    /// The incarnation of a column among those of its replica, from 1.
    pub fn incarnation(&self, column: Column) -> usize {
        let owner = self.column_owner(column);
        self.columns[..=column.index()].iter().filter(|replica| **replica == owner).count()
    }

    /// The name of an actor: `r1`, `ana`.
    pub fn actor_name(&self, actor: crate::base::Actor) -> String {
        match (actor.as_replica(), actor.as_client()) {
            (Some(replica), _) => replica.to_string(),
            (None, Some(client)) => self.client_name(client).to_owned(),
            (None, None) => "provider".to_owned(),
        }
    }

    /// A value as people read it.
    pub fn value_text(&self, value: Value) -> String {
        match value {
            Value::Nil => "nothing".to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => format!("\"{}\"", self.text(text)),
            Value::Transfer { to, amount, .. } => format!("{} {amount}", self.key_name(to)),
            Value::Allowed(true) => "allowed".to_owned(),
            Value::Allowed(false) => "denied".to_owned(),
            Value::Versions { first, second, count } => {
                let [first, second] = [first, second].map(|text| self.value_text(Value::Text(text)));
                versions_text(&first, &second, count)
            }
            Value::Posts { count: 1, newest } => format!("1 post, \"{}\"", self.text(newest)),
            Value::Posts { count, newest } => format!("{count} posts, newest \"{}\"", self.text(newest)),
        }
    }

    /// An answer to an operation of this type as people read it.
    pub fn answer_text(&self, op_type: OpType, answer: Answer) -> String {
        match answer {
            Answer::Done(value) if op_type.is_read() => self.value_text(value),
            Answer::Done(_) => "done".to_owned(),
            Answer::Refused(Refusal::Insufficient) => "refused: not enough".to_owned(),
            Answer::Refused(Refusal::Granted) => "refused: the rest is granted".to_owned(),
            Answer::Refused(Refusal::Mismatch) => "refused: another amount has this key".to_owned(),
            Answer::Refused(Refusal::Taken) => "refused: it is taken".to_owned(),
            Answer::Refused(Refusal::Exists) => "refused: it exists".to_owned(),
            Answer::Refused(Refusal::Pending) => "refused: the switch is pending".to_owned(),
            Answer::Refused(Refusal::Sealed) => "refused: it is on a log now".to_owned(),
            Answer::Refused(Refusal::Behind) => "refused: it is behind".to_owned(),
            Answer::Refused(Refusal::Busy) => "refused: the log is busy".to_owned(),
        }
    }
}
