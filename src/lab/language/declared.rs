//! What a script has declared so far, or what a running lab knows: actors are declared, so a typo is an error.

use std::collections::BTreeSet;

use crate::base::limits::{CLIENTS_MAX, INSTANT_US_MAX, REPLICAS_MAX, WORKLOADS_MAX};
use crate::base::{Instant, Service};
use crate::cluster::command::WorldCommand;

use super::error::{ErrorKind, shown};
use super::noun::Noun;
use super::quantity::{instant_max_text, time_text};
use super::setup::given_name;
use super::statement::{Line, Statement, When};

/// Replicas of a cluster that no script has set up.
pub const REPLICAS_DEFAULT: usize = 3;

/// What a running lab knows, as plain data, for [`Declared::running`].
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// How many replicas the cluster has.
    pub replicas: usize,
    /// The names of the declared clients, in order.
    pub clients: Vec<String>,
    /// The names of the workloads that were started, in order.
    pub workloads: Vec<String>,
    /// How many clients those workloads brought along.
    pub pool_clients: usize,
    /// The names of the marks, in order.
    pub marks: Vec<String>,
    /// The names of the other branches, in order.
    pub branches: Vec<String>,
    /// Whether setup is over.
    pub setup_done: bool,
    /// Where the cursor is.
    pub now: Instant,
}

/// What has been declared so far. Parsing a line reads it and, if the line is good, adds to it.
#[derive(Clone, Debug)]
pub struct Declared {
    pub(super) replicas: usize,
    pub(super) clients: Vec<String>,
    pub(super) workloads: Vec<String>,
    pub(super) marks: Vec<String>,
    pub(super) branches: Vec<String>,
    pool_clients: usize,
    given: BTreeSet<(Service, String)>,
    stage: Stage,
    seeded: bool,
    clustered: bool,
    /// The cursor, or the least that it can be after a `run until`.
    earliest: Instant,
    /// How many events of that instant are done, if a line said so.
    events: Option<u64>,
}

/// An instant, and how many of its events are done if that was said.
pub(super) type Position = (Instant, Option<u64>);

/// How far setup is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// `seed` and `cluster` may come.
    World,
    /// `clients` and `given` may come.
    Actors,
    /// The world runs.
    Over,
}

impl Default for Declared {
    fn default() -> Self {
        Self {
            replicas: REPLICAS_DEFAULT,
            clients: Vec::new(),
            workloads: Vec::new(),
            marks: Vec::new(),
            branches: Vec::new(),
            pool_clients: 0,
            given: BTreeSet::new(),
            stage: Stage::World,
            seeded: false,
            clustered: false,
            earliest: Instant::ZERO,
            events: None,
        }
    }
}

impl Declared {
    /// What a running lab has declared.
    pub fn running(known: Known) -> Self {
        let stage = match (known.setup_done, known.clients.is_empty()) {
            (true, _) => Stage::Over,
            (false, false) => Stage::Actors,
            (false, true) => Stage::World,
        };
        Self {
            replicas: known.replicas,
            clients: known.clients,
            workloads: known.workloads,
            marks: known.marks,
            branches: known.branches,
            pool_clients: known.pool_clients,
            stage,
            earliest: known.now,
            ..Self::default()
        }
    }

    /// How many replicas there are.
    pub fn replicas(&self) -> usize {
        self.replicas
    }

    /// The declared clients, in order.
    pub fn clients(&self) -> &[String] {
        &self.clients
    }

    /// The workloads that were started, in order.
    pub fn workloads(&self) -> &[String] {
        &self.workloads
    }

    /// The marks that were set, in order.
    pub fn marks(&self) -> &[String] {
        &self.marks
    }

    /// Whether `setup` may come now.
    pub(super) fn check_setup(&self, name: &'static str, timed: bool) -> Result<(), ErrorKind> {
        let shapes_world = matches!(name, "seed" | "cluster");
        match self.stage {
            Stage::Over => Err(ErrorKind::LateSetup(name)),
            _ if timed => Err(ErrorKind::TimedSetup(name)),
            _ if (name == "seed" && self.seeded) || (name == "cluster" && self.clustered) => {
                Err(ErrorKind::RepeatedSetup(name.to_owned()))
            }
            Stage::Actors if shapes_world => Err(ErrorKind::SetupOrder(name)),
            _ => Ok(()),
        }
    }

    /// Whether this value may be given.
    pub(super) fn check_given(&self, service: Service, key: &str) -> Result<(), ErrorKind> {
        if self.given.contains(&(service, key.to_owned())) {
            return Err(ErrorKind::RepeatedSetup(format!("given {} {}", service.name(), shown(key))));
        }
        Ok(())
    }

    /// Whether so many more clients fit.
    pub(super) fn check_clients(&self, more: usize) -> Result<(), ErrorKind> {
        if self.clients.len() + self.pool_clients + more > CLIENTS_MAX {
            return Err(ErrorKind::TooMany { what: "clients, those of workloads included", max: CLIENTS_MAX });
        }
        Ok(())
    }

    /// Whether one more workload fits.
    pub(super) fn check_workloads(&self) -> Result<(), ErrorKind> {
        if self.workloads.len() >= WORKLOADS_MAX {
            return Err(ErrorKind::TooMany { what: "workloads", max: WORKLOADS_MAX });
        }
        Ok(())
    }

    /// Whether a client or workload may take this name.
    pub(super) fn check_new_actor(&self, name: &str) -> Result<(), ErrorKind> {
        let taken = |names: &[String]| names.iter().any(|other| other == name);
        if taken(&self.clients) {
            return Err(ErrorKind::NameTaken { noun: Noun::Client, found: shown(name) });
        }
        if taken(&self.workloads) {
            return Err(ErrorKind::NameTaken { noun: Noun::Workload, found: shown(name) });
        }
        Ok(())
    }

    /// Where the cursor is.
    pub(super) fn position(&self) -> Position {
        (self.earliest, self.events)
    }

    /// Where the cursor is after `when`.
    pub(super) fn after(&self, when: When) -> Result<Position, ErrorKind> {
        match when {
            When::After { us } => Ok((self.later(us)?, None)),
            When::At { instant, events } => {
                let same = instant == self.earliest;
                let fewer = same && events.zip(self.events).is_some_and(|(these, those)| these < those);
                if instant < self.earliest || fewer {
                    return Err(ErrorKind::GoesBack {
                        earliest: position(self.earliest, self.events.filter(|_| fewer)),
                        found: position(instant, events),
                    });
                }
                Ok((instant, events.or(self.events.filter(|_| same))))
            }
        }
    }

    /// The cursor after so much more time.
    pub(super) fn later(&self, us: u64) -> Result<Instant, ErrorKind> {
        let instant = self.earliest + us;
        if instant.0 > INSTANT_US_MAX {
            let (low, high) = (time_text(0), instant_max_text());
            return Err(ErrorKind::OutOfBounds { what: "an instant", low, high, found: time_text(instant.0) });
        }
        Ok(instant)
    }

    /// Moves the cursor.
    pub(super) fn moved(&mut self, (instant, events): Position) {
        self.earliest = instant;
        self.events = events;
    }

    /// Adds what a good line declares. Its `when` has been applied already.
    pub(super) fn add(&mut self, line: &Line) {
        let stage = match &line.statement {
            Some(Statement::World(command)) => self.add_command(command),
            Some(Statement::Run { us }) => {
                self.moved((self.earliest + *us, None));
                Stage::Over
            }
            Some(Statement::RunUntil { .. }) => Stage::Over,
            Some(Statement::Mark(name)) => {
                self.marks.push(name.clone());
                Stage::World
            }
            Some(Statement::Expect(_) | Statement::Story(_)) | None => Stage::World,
        };
        self.stage = self.stage.max(stage).max(if line.when.is_some() { Stage::Over } else { Stage::World });
    }

    fn add_command(&mut self, command: &WorldCommand) -> Stage {
        match command {
            WorldCommand::Seed(_) => self.seeded = true,
            WorldCommand::Cluster { replicas, .. } => {
                self.clustered = true;
                self.replicas = *replicas;
            }
            WorldCommand::Clients(clients) => {
                self.clients.extend(clients.iter().map(|(name, _)| name.clone()));
                return Stage::Actors;
            }
            WorldCommand::Given { service, key, value } => {
                self.given.insert((*service, given_name(*service, key, value)));
                return Stage::Actors;
            }
            WorldCommand::Load(settings) => {
                self.workloads.push(settings.name.clone());
                self.pool_clients += usize::from(settings.clients);
                return Stage::Over;
            }
            _ => return Stage::Over,
        }
        Stage::World
    }

    /// After a bad line that would have declared something: takes its names as declared, so that one mistake is not
    /// reported on every later line.
    pub(super) fn salvage(&mut self, command: &str, names: Vec<String>) {
        match command {
            "clients" => self.clients.extend(names),
            "load" => self.workloads.extend(names.into_iter().take(1)),
            "mark" => self.marks.extend(names.into_iter().take(1)),
            "cluster" => self.replicas = REPLICAS_MAX,
            _ => {}
        }
    }
}

fn position(instant: Instant, events: Option<u64>) -> String {
    match events {
        Some(events) => format!("{}:{events}", time_text(instant.0)),
        None => time_text(instant.0),
    }
}
