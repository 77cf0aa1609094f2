//! What each command of the world does.

use crate::base::limits::REPLICAS_MAX;
use std::sync::Arc;

use crate::base::operation::{Argument, OPERATIONS, permission_name};
use crate::base::{Actor, EntryId, KeyId, Level, OpSet, OpType, ReplicaId, Service, Session, Strategy, Unfit, Value};
use crate::client::RetrySettings;
use crate::clock::Ntp;
use crate::record::{Happened, Recorded};
use crate::replica::Input;
use crate::sim::{Network, SimError};

use super::clients::Order;
use super::command::{Heal, LinkTarget, Literal, Party, RepairSettings, Ways, WorldCommand};
use super::event::Event;
use super::{Cluster, CommandError};

impl Cluster {
    /// Lets a command take effect now, and appends to `out` what happened.
    ///
    /// # Errors
    /// If it names something that does not exist, or cannot be now, or a bound is reached. The cluster may then have
    /// half of it: whoever goes on keeps a clone from before.
    pub fn apply(&mut self, command: &WorldCommand, out: &mut Recorded) -> Result<(), CommandError> {
        if command.is_setup() {
            self.set_up(command)?;
        } else {
            self.check(command)?;
            self.start(out);
        }
        let index = self.commands;
        self.commands += 1;
        let cause = self.record(out, EntryId::NONE, ReplicaId(0).into(), Happened::Command { index });
        self.take_effect(command, cause, out)
    }

    /// Setup commands build a new world; nothing has happened yet.
    fn set_up(&mut self, command: &WorldCommand) -> Result<(), CommandError> {
        let name = match command {
            WorldCommand::Seed(_) => "seed",
            WorldCommand::Cluster { .. } => "cluster",
            WorldCommand::Clients(_) => "clients",
            _ => "given",
        };
        if self.started {
            return Err(CommandError::NotInSetup(name));
        }
        let (commands, entries) = (self.commands, self.entries);
        let is_bare = self.clients.is_empty() && self.given.is_empty();
        match command {
            WorldCommand::Seed(seed) if is_bare => *self = Self::new(*seed, self.hosts.len(), self.topology),
            WorldCommand::Cluster { replicas, topology } if is_bare => {
                assert!((1..=REPLICAS_MAX).contains(replicas), "the parser checks the number of replicas");
                *self = Self::new(self.seed, *replicas, *topology);
            }
            WorldCommand::Seed(_) | WorldCommand::Cluster { .. } => return Err(CommandError::NotInSetup(name)),
            _ => {}
        }
        (self.commands, self.entries) = (commands, entries);
        Ok(())
    }

    /// Whether everything that a command names exists, so that it takes effect wholly or not at all.
    fn check(&self, command: &WorldCommand) -> Result<(), CommandError> {
        match command {
            WorldCommand::Partition { sides, .. } => {
                sides.iter().flatten().try_for_each(|party| self.actor(party).map(drop))
            }
            WorldCommand::Isolate(parties) | WorldCommand::Heal(Heal::Only(parties)) => {
                parties.iter().try_for_each(|party| self.actor(party).map(drop))
            }
            WorldCommand::Crash { replica, .. }
            | WorldCommand::Restart(replica)
            | WorldCommand::SlowReplica { replica, .. } => self.actor(&Party::Replica(*replica)).map(drop),
            WorldCommand::Repair(RepairSettings::Now(one, other)) => {
                self.actor(&Party::Replica(*one))?;
                self.actor(&Party::Replica(*other))?;
                if one == other { Err(CommandError::RepairAlone) } else { Ok(()) }
            }
            WorldCommand::Policy { glob, .. } if OpType::matching(glob).is_empty() => {
                Err(CommandError::NoSuchOperation(glob.clone()))
            }
            WorldCommand::Policy { via: Some(replica), .. } if replica.index() >= self.hosts.len() => {
                Err(CommandError::NoReplica(*replica, self.hosts.len()))
            }
            WorldCommand::Policy {
                level: Level::Session(Session { strategy: Strategy::Pinned(replica), .. }), ..
            } if replica.index() >= self.hosts.len() => Err(CommandError::NoReplica(*replica, self.hosts.len())),
            WorldCommand::Policy { level, .. } if usize::from(level.followers()) >= self.hosts.len() => {
                Err(CommandError::TooFewFollowers(level.followers(), self.hosts.len() - 1))
            }
            WorldCommand::Policy { level: Level::Quorum(quorum), .. }
                if usize::from(quorum.homes) > self.hosts.len() =>
            {
                Err(CommandError::TooFewHomes(quorum.homes, self.hosts.len()))
            }
            WorldCommand::Policy { glob, level, .. } => {
                refuse_unfit(glob, *level)?;
                let mut policy = self.settings.policy;
                for op_type in OpType::matching(glob) {
                    policy.bind(op_type, *level);
                }
                let mixed = policy.mixed().map(Service::name);
                mixed.map_or(Ok(()), |service| Err(CommandError::TwoLogs { service }))
            }
            WorldCommand::Promote(replica) => self.check_promotion(*replica),
            WorldCommand::Tell { from, to } => {
                let known = |name: &String| self.actor(&Party::Client(name.clone())).map(drop);
                known(from).and(known(to))
            }
            WorldCommand::Operate { via: Some(replica), .. } => self.actor(&Party::Replica(*replica)).map(drop),
            _ => Ok(()),
        }
    }

    fn take_effect(&mut self, command: &WorldCommand, cause: EntryId, out: &mut Recorded) -> Result<(), CommandError> {
        match command {
            WorldCommand::Seed(_) | WorldCommand::Cluster { .. } => {}
            WorldCommand::Clients(clients) => self.declare(clients)?,
            WorldCommand::Given { service, key, value } => self.give(*service, key, value)?,
            WorldCommand::Operate { client, op_type, key, argument, via } => {
                let index = self.catalog.client(client).ok_or_else(|| CommandError::NoClient(client.clone()))?;
                let (key, argument) = self.asked(*op_type, key, argument.as_ref())?;
                let order = Order { op_type: *op_type, key, argument, via: *via, intended: self.world.now() };
                self.order(index, order, cause, out);
            }
            WorldCommand::Policy { glob, level, via, force } => {
                self.bind(&OpType::matching(glob), *level, *via, *force);
                self.tell_policy(cause, out);
            }
            WorldCommand::Merge { service, resolver } => self.settings.policy.set_resolver(*service, *resolver),
            WorldCommand::Partition { sides, ways } => {
                let sides: Result<Vec<Vec<Actor>>, _> = sides.iter().map(|side| self.actors(side)).collect();
                self.world.network_mut().partition(&sides?, *ways == Ways::One)?;
            }
            WorldCommand::Isolate(parties) => {
                let actors = self.actors(parties)?;
                self.world.network_mut().isolate(&actors)?;
            }
            WorldCommand::Heal(heal) => self.heal(heal, cause, out)?,
            WorldCommand::Flap { link, up_us, down_us } => {
                let now = self.world.now();
                self.link(link, |network, from, to| network.flap(now, from, to, link.class, Some((*up_us, *down_us))))?;
            }
            WorldCommand::SlowLink { link, by } => {
                self.link(link, |network, from, to| network.slow(from, to, link.class, *by))?;
            }
            WorldCommand::Delay { link, delay } => {
                self.link(link, |network, from, to| network.delay(from, to, link.class, Some(*delay)))?;
            }
            WorldCommand::Lose { link, probability } => {
                self.link(link, |network, from, to| network.lose(from, to, link.class, *probability))?;
            }
            WorldCommand::Duplicate { link, probability } => {
                self.link(link, |network, from, to| network.duplicate(from, to, link.class, *probability))?;
            }
            WorldCommand::Reorder { link, probability, by_us } => {
                self.link(link, |network, from, to| network.reorder(from, to, link.class, *probability, *by_us))?;
            }
            WorldCommand::Bandwidth { link, bytes_per_second } => {
                self.link(link, |network, from, to| network.bandwidth(from, to, link.class, *bytes_per_second))?;
            }
            WorldCommand::Crash { replica, disk } => self.crash(*replica, *disk, cause, out)?,
            WorldCommand::Restart(replica) => self.restart(*replica, cause, out)?,
            WorldCommand::Pause { party, for_us } => {
                let actor = self.actor(party)?;
                if let Some(replica) = actor.as_replica().filter(|replica| self.hosts[replica.index()].is_down) {
                    return Err(CommandError::IsDown(replica));
                }
                self.pause(actor, *for_us, cause, out);
            }
            WorldCommand::Resume(party) => {
                let actor = self.actor(party)?;
                if !self.inbox_mut(actor).paused {
                    return Err(CommandError::NotPaused(self.catalog.actor_name(actor)));
                }
                self.resume(actor, cause, out);
            }
            WorldCommand::SlowReplica { replica, per_input_us } => {
                self.hosts[replica.index()].inbox.per_input_us = *per_input_us;
            }
            WorldCommand::Skew { party, .. }
            | WorldCommand::Drift { party, .. }
            | WorldCommand::Step { party, .. }
            | WorldCommand::Ntp { party, .. }
            | WorldCommand::Noise { party, .. } => self.set_clock(party, command)?,
            WorldCommand::Retry { client, settings } => self.set_retries(client.as_deref(), *settings)?,
            WorldCommand::Load(settings) => self.start_load(settings)?,
            WorldCommand::Stop(name) => self.stop_load(name.as_deref())?,
            WorldCommand::Hazard { hazard, on } => self.settings.hazards.set(*hazard, *on),
            WorldCommand::Gossip { on } => self.settings.gossip = *on,
            WorldCommand::Repair(RepairSettings::Now(one, other)) => {
                if self.hosts[one.index()].is_down {
                    return Err(CommandError::IsDown(*one));
                }
                if self.hosts[one.index()].inbox.paused {
                    return Err(CommandError::IsPaused(*one));
                }
                if let Some(peer) = self.hosts[one.index()].replica.repairs_with() {
                    return Err(CommandError::Repairs(*one, peer));
                }
                self.handle(*one, cause, Input::RepairNow(*other), out);
            }
            WorldCommand::Repair(RepairSettings::Every(us)) => {
                self.settings.repair_every_us = Some(*us);
                self.rearm(cause, out);
            }
            WorldCommand::Repair(RepairSettings::Off) => self.settings.repair_every_us = None,
            WorldCommand::Grace(us) => self.settings.grace_us = *us,
            WorldCommand::Heartbeat(us) => {
                self.settings.heartbeat_every_us = *us;
                self.rearm(cause, out);
            }
            WorldCommand::Promote(replica) => self.handle(*replica, cause, Input::Promote, out),
            WorldCommand::Failover(timeout_us) => self.settings.failover_us = *timeout_us,
            WorldCommand::Slo(us) => self.slo_us = *us,
            // Nothing in the system changes: that is the point.
            WorldCommand::Tell { .. } => {}
            WorldCommand::Provider { keys, delay_us } => {
                self.provider.keys = keys.unwrap_or(self.provider.keys);
                self.provider.delay_us = delay_us.unwrap_or(self.provider.delay_us);
            }
        }
        Ok(())
    }

    /// Whether a replica can be made the primary now.
    fn check_promotion(&self, replica: ReplicaId) -> Result<(), CommandError> {
        self.actor(&Party::Replica(replica))?;
        let host = &self.hosts[replica.index()];
        if host.is_down {
            return Err(CommandError::IsDown(replica));
        }
        if host.inbox.paused {
            return Err(CommandError::IsPaused(replica));
        }
        match host.replica.primary() {
            None => Err(CommandError::NoPrimary),
            Some(primary) if primary.is_primary() => Err(CommandError::IsPrimary(replica)),
            Some(_) => Ok(()),
        }
    }

    fn bind(&mut self, types: &[OpType], level: Level, via: Option<ReplicaId>, force: bool) {
        let types: OpSet = types.iter().copied().collect();
        for op_type in types.iter() {
            self.settings.policy.bind(op_type, level);
            self.settings.policy.send_via(op_type, via);
        }
        let forced = self.settings.forced.without(types);
        self.settings.forced = if force { forced.with(types) } else { forced };
    }

    /// All replicas that run learn of another policy; one that is down does when it starts again.
    fn tell_policy(&mut self, cause: EntryId, out: &mut Recorded) {
        for replica in ReplicaId::all(self.hosts.len()) {
            if !self.hosts[replica.index()].is_down {
                self.handle(replica, cause, Input::Bind, out);
            }
        }
    }

    fn declare(&mut self, clients: &[(String, Option<ReplicaId>)]) -> Result<(), CommandError> {
        for (name, home) in clients {
            let home = home.unwrap_or(ReplicaId((self.clients.len() % self.hosts.len()) as u8));
            self.actor(&Party::Replica(home))?;
            self.add_client(name, home, None)?;
        }
        Ok(())
    }

    fn give(&mut self, service: Service, key: &str, value: &Literal) -> Result<(), CommandError> {
        if let (Service::Access, Literal::Text(person)) = (service, value) {
            let key = self.key(service, &permission_name(key, person))?;
            self.install(key, service, Value::Allowed(true));
            return Ok(());
        }
        let value = match self.value(Some(value))? {
            Value::Text(newest) if service == Service::Feed => Value::Posts { count: 1, newest },
            value => value,
        };
        let key = self.key(service, key)?;
        self.install(key, service, value);
        Ok(())
    }

    /// The key and the argument of an operation as it was typed.
    fn asked(
        &mut self,
        op_type: OpType,
        key: &str,
        argument: Option<&Literal>,
    ) -> Result<(KeyId, Value), CommandError> {
        if let (Argument::Person, Some(Literal::Text(person))) = (op_type.spec().argument, argument) {
            let key = self.key(op_type.service(), &permission_name(key, person))?;
            return Ok((key, Value::Nil));
        }
        if let Some(Literal::Transfer { to, amount }) = argument {
            let (from, to) = (self.key(op_type.service(), key)?, self.key(op_type.service(), to)?);
            let amount = u32::try_from(*amount).expect("the parser checks amounts");
            let argument = Value::Transfer { from, to, amount };
            return if from == to { Err(CommandError::TransferToItself) } else { Ok((from, argument)) };
        }
        let argument = self.value(argument)?;
        Ok((self.key(op_type.service(), key)?, argument))
    }

    fn install(&mut self, key: KeyId, service: Service, value: Value) {
        self.given.push((key, service, value));
        for host in &mut self.hosts {
            host.replica.install(key, service, value);
        }
    }

    fn heal(&mut self, heal: &Heal, cause: EntryId, out: &mut Recorded) -> Result<(), CommandError> {
        match heal {
            Heal::Links => self.world.network_mut().heal_links(),
            Heal::Only(parties) => {
                let actors = self.actors(parties)?;
                self.world.network_mut().heal_only(&actors)?;
            }
            Heal::All => {
                self.world.network_mut().heal_links();
                self.stop_load(None)?;
                for replica in ReplicaId::all(self.hosts.len()) {
                    self.hosts[replica.index()].inbox.per_input_us = 0;
                    if self.hosts[replica.index()].is_down {
                        self.restart(replica, cause, out)?;
                    }
                }
                let replicas = ReplicaId::all(self.hosts.len()).map(Actor::from);
                let actors: Vec<Actor> = replicas.chain((0..self.clients.len()).map(Actor::client)).collect();
                for actor in actors {
                    if self.inbox_mut(actor).paused {
                        self.resume(actor, cause, out);
                    }
                }
            }
        }
        Ok(())
    }

    /// Does something to one or both directions of a link.
    fn link(
        &mut self,
        link: &LinkTarget,
        change: impl Fn(&mut Network, Actor, Actor) -> Result<(), SimError>,
    ) -> Result<(), CommandError> {
        let (from, to) = (self.actor(&link.from)?, self.actor(&link.to)?);
        let network = self.world.network_mut();
        change(network, from, to)?;
        if link.ways == Ways::Both {
            change(network, to, from)?;
        }
        Ok(())
    }

    fn set_clock(&mut self, party: &Party, command: &WorldCommand) -> Result<(), CommandError> {
        let actor = self.actor(party)?;
        let now = self.world.now();
        let time = self.time_mut(actor);
        match command {
            WorldCommand::Skew { offset_us, .. } => time.clock.set_offset(now, *offset_us),
            WorldCommand::Drift { ppm, .. } => time.clock.set_drift(now, *ppm),
            WorldCommand::Step { by_us, .. } => time.clock.step(*by_us),
            WorldCommand::Noise { bound_us, .. } => time.clock.set_noise(*bound_us),
            WorldCommand::Ntp { settings, .. } => {
                time.ntp_epoch += 1;
                time.ntp = settings.map(Ntp::new);
                let epoch = time.ntp_epoch;
                if let Some(settings) = settings {
                    self.schedule(settings.every_us, Event::NtpPoll { actor, epoch });
                }
            }
            _ => unreachable!("a command of clocks"),
        }
        Ok(())
    }

    fn set_retries(&mut self, name: Option<&str>, settings: RetrySettings) -> Result<(), CommandError> {
        let mut found = name.is_none();
        if found {
            self.retries = settings;
        }
        for index in 0..self.clients.len() {
            let own = self.catalog.client_name(index);
            let is_meant =
                name.is_none_or(|name| own == name || own.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')));
            if is_meant {
                self.clients[index].client.set_retries(settings);
                found = true;
            }
        }
        if found { Ok(()) } else { Err(CommandError::NoClient(name.unwrap_or_default().to_owned())) }
    }

    fn rearm(&mut self, cause: EntryId, out: &mut Recorded) {
        for replica in ReplicaId::all(self.hosts.len()) {
            if !self.hosts[replica.index()].is_down {
                self.handle(replica, cause, Input::Rearm, out);
            }
        }
    }

    fn actors(&self, parties: &[Party]) -> Result<Vec<Actor>, CommandError> {
        parties.iter().map(|party| self.actor(party)).collect()
    }

    fn actor(&self, party: &Party) -> Result<Actor, CommandError> {
        match party {
            Party::Replica(replica) if replica.index() < self.hosts.len() => Ok((*replica).into()),
            Party::Replica(replica) => Err(CommandError::NoReplica(*replica, self.hosts.len())),
            Party::Client(name) => {
                let index = self.catalog.client(name).ok_or_else(|| CommandError::NoClient(name.clone()))?;
                Ok(Actor::client(index))
            }
        }
    }

    fn key(&mut self, service: Service, name: &str) -> Result<KeyId, CommandError> {
        let key = self.catalog.intern_key(service, name)?;
        self.note_keys();
        Ok(key)
    }

    /// Replicas know how many keys there are, and which service each belongs to.
    pub(super) fn note_keys(&mut self) {
        let known = self.settings.services.len();
        self.settings.keys = self.catalog.key_count() as u32;
        if known < self.catalog.key_count() {
            let fresh = (known as u32..self.settings.keys).map(|key| self.catalog.service_of(KeyId(key)));
            Arc::make_mut(&mut self.settings.services).extend(fresh);
        }
    }

    fn value(&mut self, literal: Option<&Literal>) -> Result<Value, CommandError> {
        Ok(match literal {
            None => Value::Nil,
            Some(Literal::Int(number) | Literal::Transfer { amount: number, .. }) => Value::Int(*number),
            Some(Literal::Text(text)) => Value::Text(self.catalog.intern(text)?),
        })
    }
}

/// A level that none of the types can have is refused; a pattern that names others as well binds those.
fn refuse_unfit(glob: &str, level: Level) -> Result<(), CommandError> {
    let reasons: Vec<Option<Unfit>> = OpType::matching(glob).into_iter().map(|op_type| level.unfit(op_type)).collect();
    match reasons.iter().flatten().next() {
        Some(Unfit::TakesNothing) if reasons.iter().all(Option::is_some) => {
            let takers = OPERATIONS.iter().filter(|spec| spec.op_type.takes()).map(|spec| spec.name);
            Err(CommandError::TakesNothing(glob.to_owned(), takers.collect::<Vec<_>>().join(", ")))
        }
        Some(Unfit::TwoKeys) if reasons.iter().all(Option::is_some) => Err(CommandError::TwoKeys(glob.to_owned())),
        Some(Unfit::Outside) if reasons.iter().all(Option::is_some) => {
            Err(CommandError::OutsideOfLogs(glob.to_owned()))
        }
        _ => Ok(()),
    }
}
