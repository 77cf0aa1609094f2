//! Open-loop workloads: operations arrive at their rate whatever completes.
//!
//! An arrival goes to a free client of the workload's own pool, or waits in a bounded queue, and is measured from the
//! instant at which it should have begun. A slow cluster therefore shows as latency and overflow, never as less load
//! (Schroeder et al., *Open Versus Closed*, NSDI 2006).

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::limits::{CLIENTS_MAX, WORKLOADS_MAX};
use crate::base::operation::{Argument, permission_name};
use crate::base::{Actor, EntryId, Instant, KeyId, OpType, ReplicaId, Service, Symbol, Value};
use crate::record::Recorded;
use crate::sim::{SimError, StreamId, WorkloadPurpose, below, open_unit};

use super::clients::{ClientHost, Order};
use super::command::{Arrivals, LoadSettings};
use super::event::Event;
use super::{Cluster, CommandError};

/// Texts of a workload that sets profiles.
const TEXTS: usize = 1_000;

/// A workload with its pool.
#[derive(Clone, Debug)]
pub(super) struct Workload {
    pub(super) settings: LoadSettings,
    pub(super) is_running: bool,
    /// Raised by every start and stop.
    pub(super) epoch: u32,
    /// For each service that it touches, the keys it draws from.
    keys: Vec<Row>,
    text: Symbol,
    /// What it writes to profiles, one after the other and then again.
    texts: Arc<[Symbol]>,
    /// How many of them it has written.
    texts_written: usize,
    /// The instant of the next arrival in nanoseconds, so that rounding to microseconds does not bias the rate.
    due_ns: u64,
    clients: Vec<usize>,
    free: VecDeque<usize>,
    pub(super) queue: VecDeque<Order>,
}

/// What a workload draws from for one operation type.
#[derive(Clone, Debug)]
struct Row {
    op_type: OpType,
    keys: Vec<KeyId>,
    /// Of transfers, the other account of each key: the next one, of a single key one called like it with `-2`.
    others: Vec<KeyId>,
}

impl Workload {
    /// What `client`, which just became free, does next.
    pub(super) fn next_for(&mut self, client: usize) -> Option<Order> {
        let order = self.queue.pop_front();
        if order.is_none() {
            self.free.push_back(client);
        }
        order
    }
}

impl Cluster {
    /// Starts a workload, or starts it again with other settings.
    pub(super) fn start_load(&mut self, settings: &LoadSettings) -> Result<(), CommandError> {
        let found = self.workloads.iter().position(|own| own.settings.name == settings.name);
        if found.is_some_and(|index| self.workloads[index].is_running) {
            return Err(CommandError::WorkloadRuns(settings.name.clone()));
        }
        if found.is_none() && self.workloads.len() >= WORKLOADS_MAX {
            return Err(CommandError::TooManyWorkloads);
        }
        let keys = self.load_keys(settings)?;
        let text = self.catalog.intern(&settings.name)?;
        let texts = self.load_texts(settings)?;
        let index = found.unwrap_or(self.workloads.len());
        let present = found.map_or(0, |index| self.workloads[index].clients.len());
        let missing = usize::from(settings.clients).saturating_sub(present);
        if self.clients.len() + missing > CLIENTS_MAX {
            return Err(SimError::TooManyClients.into());
        }
        if found.is_none() {
            self.workloads.push(Workload {
                settings: settings.clone(),
                is_running: false,
                epoch: 0,
                keys: Vec::new(),
                text,
                texts: Arc::default(),
                texts_written: 0,
                due_ns: 0,
                clients: Vec::new(),
                free: VecDeque::new(),
                queue: VecDeque::new(),
            });
        }
        for number in present..present + missing {
            let home = settings.at.unwrap_or(ReplicaId((number % self.hosts.len()) as u8));
            let client = self.add_client(&format!("{}.{}", settings.name, number + 1), home, Some(index as u16))?;
            self.workloads[index].clients.push(client);
            self.workloads[index].free.push_back(client);
        }
        let now_ns = self.world.now().0 * 1_000;
        let workload = &mut self.workloads[index];
        workload.settings = settings.clone();
        workload.is_running = true;
        workload.epoch += 1;
        workload.keys = keys;
        workload.texts = texts;
        workload.due_ns = now_ns;
        self.schedule_arrival(index as u16);
        Ok(())
    }

    /// Stops one workload or all; what waits for a client is forgotten, what runs goes on.
    pub(super) fn stop_load(&mut self, name: Option<&str>) -> Result<(), CommandError> {
        let mut stopped = false;
        for workload in &mut self.workloads {
            if workload.is_running && name.is_none_or(|name| workload.settings.name == name) {
                workload.is_running = false;
                workload.epoch += 1;
                workload.queue.clear();
                stopped = true;
            }
        }
        match name {
            Some(name) if !stopped => Err(CommandError::NoWorkload(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// One operation of a workload arrives.
    pub(super) fn arrive(&mut self, index: u16, epoch: u32, out: &mut Recorded) {
        if self.workloads[usize::from(index)].epoch != epoch {
            return;
        }
        let order = self.draw_order(index);
        self.schedule_arrival(index);
        let workload = &mut self.workloads[usize::from(index)];
        if let Some(client) = workload.free.pop_front() {
            self.begin(client, order, EntryId::NONE, out);
        } else if workload.queue.len() < workload.settings.queue as usize {
            workload.queue.push_back(order);
        } else {
            let client = workload.clients[0];
            self.overflow(client, order, EntryId::NONE, out);
        }
    }

    /// The same draws for each arrival, used or not: two runs with one seed meet the same workload.
    fn draw_order(&mut self, index: u16) -> Order {
        let (which_type, which_key) = {
            let word = |purpose| StreamId::Workload(index, purpose);
            (self.world.draw(word(WorkloadPurpose::Operation)), self.world.draw(word(WorkloadPurpose::Key)))
        };
        let via = self.workloads[usize::from(index)].settings.is_balanced.then(|| {
            let word = self.world.draw(StreamId::Workload(index, WorkloadPurpose::Replica));
            ReplicaId(below(word, self.hosts.len() as u64) as u8)
        });
        let workload = &mut self.workloads[usize::from(index)];
        let row = &workload.keys[below(which_type, workload.keys.len() as u64) as usize];
        let at = below(which_key, row.keys.len() as u64) as usize;
        let (op_type, key) = (row.op_type, row.keys[at]);
        let argument = match op_type.spec().argument {
            Argument::None => Value::Nil,
            Argument::Amount | Argument::AmountOrOne => Value::Int(workload.settings.amount),
            Argument::Text if op_type.service() == Service::Profile => {
                let text = workload.texts[workload.texts_written % TEXTS];
                workload.texts_written += 1;
                Value::Text(text)
            }
            Argument::Text => Value::Text(workload.text),
            Argument::Transfer => {
                let amount = u32::try_from(workload.settings.amount).expect("the parser checks amounts");
                Value::Transfer { from: key, to: row.others[at], amount }
            }
            // The person is in the key; who asks is known when it is begun.
            Argument::Person | Argument::Asker => Value::Nil,
        };
        Order { op_type, key, argument, via, intended: self.world.now() }
    }

    fn schedule_arrival(&mut self, index: u16) {
        let stream = StreamId::Workload(index, WorkloadPurpose::Arrival);
        let draw = self.world.draw(stream);
        let now = self.world.now();
        let workload = &mut self.workloads[usize::from(index)];
        let mean_ns = 1_000_000_000 / u64::from(workload.settings.per_second.max(1));
        workload.due_ns += match workload.settings.arrivals {
            Arrivals::Even => mean_ns,
            Arrivals::Poisson => (-libm::log(open_unit(draw)) * mean_ns as f64) as u64,
        };
        let due = Instant(workload.due_ns / 1_000);
        let epoch = workload.epoch;
        self.schedule(due.since(now), Event::Arrival { workload: index, epoch });
    }

    /// Of a workload that sets profiles, its texts: judges of registers go by values, so no two writes that are near
    /// each other may write the same.
    fn load_texts(&mut self, settings: &LoadSettings) -> Result<Arc<[Symbol]>, CommandError> {
        if !settings.op_types.contains(&OpType::ProfileSet) {
            return Ok(Arc::default());
        }
        let texts = (1..=TEXTS).map(|number| self.catalog.intern(&format!("{}-{number}", settings.name)));
        Ok(texts.collect::<Result<_, _>>()?)
    }

    fn load_keys(&mut self, settings: &LoadSettings) -> Result<Vec<Row>, CommandError> {
        let mut rows = Vec::new();
        for op_type in &settings.op_types {
            let names: Vec<String> = match &settings.key {
                Some(name) => vec![name.clone()],
                None => (1..=settings.keys).map(|number| format!("k{number}")).collect(),
            };
            let keys: Result<Vec<KeyId>, CommandError> =
                names.iter().map(|name| self.load_key(*op_type, name, &settings.name)).collect();
            let keys = keys?;
            let mut others = Vec::new();
            if op_type.spec().argument == Argument::Transfer {
                others.clone_from(&keys);
                others.rotate_left(1);
                if let [only] = others.as_mut_slice() {
                    *only = self.catalog.intern_key(op_type.service(), &format!("{}-2", names[0]))?;
                }
            }
            rows.push(Row { op_type: *op_type, keys, others });
        }
        self.note_keys();
        Ok(rows)
    }

    /// The key of a workload's operation. A workload asks about one person, who is called like it.
    fn load_key(&mut self, op_type: OpType, name: &str, workload: &str) -> Result<KeyId, CommandError> {
        match op_type.spec().argument {
            Argument::Person => self.catalog.intern_key(op_type.service(), &permission_name(name, workload)),
            _ => self.catalog.intern_key(op_type.service(), name),
        }
    }

    /// Declares a client in every table.
    pub(super) fn add_client(
        &mut self,
        name: &str,
        home: ReplicaId,
        workload: Option<u16>,
    ) -> Result<usize, CommandError> {
        if self.catalog.client(name).is_some() {
            return Err(CommandError::ClientExists(name.to_owned()));
        }
        let actor: Actor = self.world.network_mut().add_client(home)?;
        self.catalog.add_client(name)?;
        let mut host = ClientHost::new(home, self.hosts.len(), workload);
        host.client.set_retries(self.retries);
        self.clients.push(host);
        let index = self.clients.len() - 1;
        assert_eq!(actor, Actor::client(index), "the network and the cluster number clients alike");
        Ok(index)
    }
}
