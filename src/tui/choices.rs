//! What each list has to offer, as lines of the language, made from what the lab looks like now.

use crate::base::limits::{CLIENTS_MAX, WORKLOADS_MAX};
use crate::base::operation::{Effect, OPERATIONS, OpSpec, permission_parts};
use crate::base::time::SECOND;
use crate::base::{Level, OpType, ReplicaId, Resolver, Service};
use crate::cluster::WorldCommand;
use crate::cluster::command::{Disk, Heal, Literal, NtpSettings, Party, Ways};
use crate::cluster::view::{Condition, View};
use crate::lab::language::parse::parse_line;
use crate::lab::language::print::command_text;
use crate::lab::language::statement::Statement;
use crate::lab::language::{Declared, Known};

use super::chooser::{Choice, Chooser, Of};
use super::levels;
use super::model::Model;
use super::panes::{self, PaneId};

fn choice(command: &WorldCommand, about: impl Into<String>) -> Choice {
    Choice { line: command_text(command), about: about.into() }
}

/// The clients that a person can speak for, by index: not those of workloads.
pub(crate) fn own_clients(model: &Model) -> Vec<usize> {
    let view = model.sitting.run().cluster().view();
    (0..view.clients().count()).filter(|index| !view.belongs_to_workload(*index)).collect()
}

/// How to cut the network.
pub(crate) fn partitions(model: &Model) -> Chooser {
    let view = model.sitting.run().cluster().view();
    let all: Vec<ReplicaId> = ReplicaId::all(view.replica_count()).collect();
    let chosen = model.selected_replica();
    let first = std::iter::once(chosen).chain(all.iter().copied().filter(|id| *id != chosen));
    let alone: Vec<ReplicaId> = first.collect();
    let others = |id: ReplicaId| all.iter().copied().filter(|other| *other != id).collect::<Vec<_>>();
    let mut choices = Vec::new();
    if all.len() > 1 {
        for id in &alone {
            let about = format!("{id} alone{}", residents(view, *id));
            choices.push(cut(&[&[*id], &others(*id)], Ways::Both, about));
        }
        if all.len() > 3 {
            let (left, right) = all.split_at(all.len() / 2);
            choices.push(cut(&[left, right], Ways::Both, "into halves"));
        }
        if all.len() > 2 {
            for (index, one) in alone.iter().enumerate() {
                for other in &alone[index + 1..] {
                    choices.push(cut(&[&[*one], &[*other]], Ways::Both, "one link only"));
                }
            }
        }
        for id in &alone {
            choices.push(cut(&[&[*id], &others(*id)], Ways::One, format!("{id} hears, but is not heard")));
            choices.push(cut(&[&others(*id), &[*id]], Ways::One, format!("{id} is heard, but does not hear")));
        }
    }
    Chooser::new("Cut links", choices)
}

fn cut(sides: &[&[ReplicaId]], ways: Ways, about: impl Into<String>) -> Choice {
    let side = |side: &&[ReplicaId]| side.iter().copied().map(Party::Replica).collect();
    choice(&WorldCommand::Partition { sides: sides.iter().map(side).collect(), ways }, about)
}

fn residents(view: View<'_>, home: ReplicaId) -> String {
    let names: Vec<_> =
        view.clients().filter(|client| client.home == home && client.workload.is_none()).map(|c| c.name).collect();
    if names.is_empty() { String::new() } else { format!(", with {}", names.join(" and ")) }
}

/// What can befall the selected replica.
pub(crate) fn crashes(model: &Model) -> Chooser {
    let replica = model.selected_replica();
    let party = Party::Replica(replica);
    let crash = |disk| WorldCommand::Crash { replica, disk };
    let pause = |for_us| WorldCommand::Pause { party: party.clone(), for_us };
    let choices = match model.sitting.run().cluster().view().replica(replica).condition {
        Condition::Down | Condition::DiskLost => {
            vec![choice(&WorldCommand::Restart(replica), "starts again with what its disk has")]
        }
        condition => {
            let mut choices = vec![
                choice(&crash(Disk::Keep), "stops; its disk survives"),
                choice(&crash(Disk::Lose), "stops, and its disk is gone"),
            ];
            if condition == Condition::Paused {
                choices.insert(0, choice(&WorldCommand::Resume(party), "goes on where it stopped"));
            } else {
                choices.push(choice(&pause(None), "stalls; its clock runs on"));
            }
            choices.extend(primaries(model, replica));
            choices
        }
    };
    Chooser::new(format!("Replica {replica}"), choices)
}

/// Who shall be the primary, if its log is in use.
fn primaries(model: &Model, replica: ReplicaId) -> Vec<Choice> {
    let view = model.sitting.run().cluster().view();
    let Some(part) = view.replica(replica).primary else { return Vec::new() };
    let mut choices = Vec::new();
    if !part.is_primary {
        let about = "is the primary at once; what only the old one has is lost";
        choices.push(choice(&WorldCommand::Promote(replica), about));
    }
    choices.push(match view.settings().failover_us {
        None => choice(&WorldCommand::Failover(Some(SECOND)), "a majority makes another primary"),
        Some(_) => choice(&WorldCommand::Failover(None), "only `promote` makes another primary"),
    });
    choices
}

/// Who can stall, for how long, and who can be slow: the selected replica first, then all others and the clients.
pub(crate) fn stalls(model: &Model) -> Chooser {
    let view = model.sitting.run().cluster().view();
    let chosen = model.selected_replica();
    let others = ReplicaId::all(view.replica_count()).filter(|id| *id != chosen);
    let replicas = std::iter::once(chosen).chain(others).map(|id| (Party::Replica(id), view.replica(id).condition));
    let clients = view.clients().filter(|client| client.workload.is_none());
    let clients = clients.map(|client| (Party::Client(client.name.to_owned()), client.condition));
    let mut choices = Vec::new();
    for (party, condition) in replicas.chain(clients) {
        let pause = |for_us| WorldCommand::Pause { party: party.clone(), for_us };
        match condition {
            Condition::Paused => {
                choices.insert(0, choice(&WorldCommand::Resume(party.clone()), "goes on where it stopped"));
            }
            Condition::Up => {
                choices.push(choice(&pause(Some(500_000)), "stalls for half a second; its clock runs on"));
                choices.push(choice(&pause(None), "stalls until it is resumed"));
            }
            Condition::Down | Condition::DiskLost => {}
        }
    }
    let slow = |per_input_us| WorldCommand::SlowReplica { replica: chosen, per_input_us };
    choices.push(choice(&slow(20_000), "takes 20 ms for each input"));
    choices.push(choice(&slow(0), "takes no time again"));
    Chooser::new("Stall", choices)
}

/// What can befall the links of the selected replica, one way or both.
pub(crate) fn links(model: &Model) -> Chooser {
    let view = model.sitting.run().cluster().view();
    let chosen = model.selected_replica();
    let others: Vec<ReplicaId> = ReplicaId::all(view.replica_count()).filter(|id| *id != chosen).collect();
    let mut choices = Vec::new();
    for other in &others {
        let both = format!("{chosen} {other}");
        let faults = [
            (format!("slow {both} +200ms"), "each way takes 200 ms more"),
            (format!("slow {chosen} -> {other} +200ms"), "one way takes 200 ms more"),
            (format!("lose {both} 30%"), "three messages in ten are lost"),
            (format!("duplicate {both} 50%"), "every second message arrives twice"),
            (format!("reorder {both} 50% by=100ms"), "every second message may be overtaken"),
            (format!("flap {both} up=1s down=500ms"), "goes up and down"),
            (format!("bandwidth {both} 2000/s"), "carries 2,000 bytes a second"),
        ];
        choices.extend(faults.map(|(line, about)| Choice { line, about: about.to_owned() }));
        choices.push(cut(&[&[chosen], &[*other]], Ways::Both, "is cut"));
        choices.push(cut(&[&[chosen], &[*other]], Ways::One, "is cut one way"));
    }
    let heal = |party: Vec<Party>| WorldCommand::Heal(Heal::Only(party));
    choices.push(choice(&heal(vec![Party::Replica(chosen)]), format!("mends all links of {chosen}")));
    Chooser::new(format!("Links of {chosen}"), choices)
}

/// How to mend a cut between two replicas.
pub(crate) fn mends(one: ReplicaId, other: ReplicaId) -> Chooser {
    let only =
        |id: ReplicaId| choice(&WorldCommand::Heal(Heal::Only(vec![Party::Replica(id)])), format!("all links of {id}"));
    Chooser::new(
        format!("{one} and {other} are cut off"),
        vec![choice(&WorldCommand::Heal(Heal::Links), "all links"), only(one), only(other)],
    )
}

/// Levels for operation types, and resolvers for services.
pub(crate) fn policies(model: &Model) -> Chooser {
    let view = model.sitting.run().cluster().view();
    let levels = levels::offered(view);
    let of = |operations: &String| -> Vec<Choice> {
        let types = OpType::matching(operations);
        let fits = |level: Level| types.iter().any(|op_type| level.unfit(*op_type).is_none());
        let line = |level: Level| format!("policy {operations} {}", level.text());
        let fitting = levels.iter().filter(|(level, _)| fits(*level));
        fitting.map(|(level, about)| Choice { line: line(*level), about: (*about).to_owned() }).collect()
    };
    let bindable = bindable(model);
    let mut groups = bindable.iter().map(of);
    let mut choices = groups.next().unwrap_or_default();
    let resolvers = Resolver::ALL.map(|resolver| {
        let in_force = view.settings().policy.resolver(Service::Profile) == resolver;
        let about = if in_force { "is in force" } else { resolver_about(resolver) };
        choice(&WorldCommand::Merge { service: Service::Profile, resolver }, about)
    });
    choices.extend(resolvers);
    choices.extend(groups.flatten());
    Chooser::new("Bind", choices)
}

/// What a level can be given to, what is looked at first: the operation that is chosen among the policies with its
/// service, else the service of the chosen key.
fn bindable(model: &Model) -> Vec<String> {
    let glob = |service: Service| format!("{}.*", service.name());
    let chosen = if model.focus == PaneId::Policies {
        panes::chosen_operation(model).map(|spec| (spec.service, Some(spec.name)))
    } else {
        let catalog = model.sitting.run().cluster().view().catalog();
        model.selected_key().map(|key| (catalog.service_of(key), None))
    };
    let first =
        chosen.into_iter().flat_map(|(service, name)| std::iter::once(glob(service)).chain(name.map(str::to_owned)));
    let mut all: Vec<String> = first.collect();
    let globs = std::iter::once("*".to_owned()).chain(Service::ALL.map(glob));
    for operations in globs.chain(OPERATIONS.iter().map(|spec| spec.name.to_owned())) {
        if !all.contains(&operations) {
            all.push(operations);
        }
    }
    all
}

fn resolver_about(resolver: Resolver) -> &'static str {
    match resolver {
        Resolver::LwwWall => "the later wall clock wins: skew decides which write is lost",
        Resolver::LwwHlc => "the later hybrid clock wins: what was seen before is older",
        Resolver::Siblings => "concurrent versions stay side by side, until someone who saw them writes one",
    }
}

/// What can befall a clock: the one that is chosen among the clocks, or that of the selected replica.
pub(crate) fn clocks(model: &Model) -> Chooser {
    let chosen = match model.focus {
        PaneId::Clocks => panes::chosen_clock(model),
        _ => Party::Replica(model.selected_replica()),
    };
    let party = || chosen.clone();
    let name = match &chosen {
        Party::Replica(replica) => replica.to_string(),
        Party::Client(name) => name.clone(),
    };
    let skew = |offset_us| WorldCommand::Skew { party: party(), offset_us };
    let ntp =
        |error_us| WorldCommand::Ntp { party: party(), settings: Some(NtpSettings { error_us, every_us: 4_000_000 }) };
    let choices = vec![
        choice(&skew(80_000), "ahead: what it stamps looks newer than it is"),
        choice(&skew(-80_000), "behind: what it stamps looks older than it is"),
        choice(&skew(500_000), "half a second ahead"),
        choice(&skew(-500_000), "half a second behind"),
        choice(&skew(0), "right again"),
        choice(&WorldCommand::Drift { party: party(), ppm: 200 }, "0.2 ms fast in each second"),
        choice(&WorldCommand::Step { party: party(), by_us: -50_000 }, "jumps back at once"),
        choice(&ntp(20_000), "NTP corrects it, within 20 ms"),
    ];
    Chooser::new(format!("Clock of {name}"), choices)
}

/// What a client can ask for.
pub(crate) fn operations(model: &Model) -> Chooser {
    let own = own_clients(model);
    let Some(client) = own.iter().find(|index| **index == model.operator).or(own.first()).copied() else {
        return Chooser::new("No client is declared", Vec::new());
    };
    let view = model.sitting.run().cluster().view();
    let name = view.catalog().client_name(client);
    let chosen = model.selected_key().map(|key| view.catalog().service_of(key));
    let mut specs: Vec<&OpSpec> = OPERATIONS.iter().collect();
    specs.sort_by_key(|spec| (Some(spec.service) != chosen, spec.service, rank_of(spec.effect)));
    let choices = specs.into_iter().filter_map(|spec| operation(model, name, spec)).collect();
    let home = view.clients().nth(client).map(|client| format!(" at {}", client.home)).unwrap_or_default();
    Chooser { of: Of::Operations, ..Chooser::new(format!("{name}{home} asks"), choices) }
}

/// What a replica may refuse is where levels differ most.
fn rank_of(effect: Effect) -> u8 {
    match effect {
        Effect::Conditional => 0,
        Effect::Write => 1,
        Effect::Read => 2,
    }
}

fn operation(model: &Model, client: &str, spec: &OpSpec) -> Option<Choice> {
    let (example_key, example) = example(spec)?;
    let argument = match (spec.op_type, example) {
        // Texts say who wrote them, so that it is seen whose write survives.
        (OpType::ProfileSet, _) => Some(Literal::Text(format!("{client} St"))),
        (OpType::FeedPost, _) => Some(Literal::Text(format!("hi from {client}"))),
        (OpType::ItemCreate, _) => Some(Literal::Text(format!("draft by {client}"))),
        (OpType::AccountWithdraw, _) => Some(Literal::Int(80)),
        (OpType::AccountTransfer, Some(Literal::Transfer { to, .. })) => {
            return transfer(model, client, spec, (example_key, to));
        }
        (OpType::AccessGrant | OpType::AccessRevoke | OpType::AccessCheck, example) => {
            return Some(permission(model, client, spec, (example_key, example?)));
        }
        (_, example) => example,
    };
    let key = key_for(model, spec.service).unwrap_or(example_key);
    let command = WorldCommand::Operate { client: client.to_owned(), op_type: spec.op_type, key, argument, via: None };
    Some(choice(&command, spec.summary))
}

/// A transfer from the selected account, else from the first, to another one.
fn transfer(model: &Model, client: &str, spec: &OpSpec, example: (String, String)) -> Option<Choice> {
    let key = key_for(model, spec.service).unwrap_or(example.0);
    let catalog = model.sitting.run().cluster().view().catalog();
    let is_other = |name: &&str| *name != key;
    let others = catalog.keys().filter(|(_, service, _)| *service == spec.service).map(|(.., name)| name);
    let to = others.chain([example.1.as_str(), "joint"]).find(is_other)?.to_owned();
    let (client, argument) = (client.to_owned(), Some(Literal::Transfer { to, amount: 30 }));
    let command = WorldCommand::Operate { client, op_type: spec.op_type, key, argument, via: None };
    Some(choice(&command, spec.summary))
}

/// An operation on the selected permission, else on the first, else on the example's.
fn permission(model: &Model, client: &str, spec: &OpSpec, example: (String, Literal)) -> Choice {
    let (key, person) = match key_for(model, spec.service) {
        Some(name) => {
            let (thing, person) = permission_parts(&name);
            (thing.to_owned(), Literal::Text(person.to_owned()))
        }
        None => example,
    };
    let (client, argument) = (client.to_owned(), Some(person));
    let command = WorldCommand::Operate { client, op_type: spec.op_type, key, argument, via: None };
    choice(&command, spec.summary)
}

/// The key and the argument of an operation type's example.
fn example(spec: &OpSpec) -> Option<(String, Option<Literal>)> {
    let clients = vec!["ana".to_owned(), "ben".to_owned()];
    let mut declared = Declared::running(Known { replicas: 3, clients, setup_done: true, ..Known::default() });
    match parse_line(spec.example, &mut declared).ok()??.statement? {
        Statement::World(WorldCommand::Operate { key, argument, .. }) => Some((key, argument)),
        _ => None,
    }
}

/// The selected key, if it is of this service, else the service's first.
fn key_for(model: &Model, service: Service) -> Option<String> {
    let catalog = model.sitting.run().cluster().view().catalog();
    let chosen = model.selected_key().filter(|key| catalog.service_of(*key) == service);
    let chosen = chosen.or_else(|| catalog.keys().find(|(_, own, _)| *own == service).map(|(key, ..)| key));
    chosen.map(|key| catalog.key_name(key).to_owned())
}

/// Workloads to start and to stop.
pub(crate) fn loads(model: &Model) -> Chooser {
    let view = model.sitting.run().cluster().view();
    let mut choices: Vec<Choice> = view
        .workloads()
        .filter(|workload| workload.is_running)
        .map(|workload| {
            let about = format!("it brings {} operations a second", workload.per_second);
            choice(&WorldCommand::Stop(Some(workload.name.to_owned())), about)
        })
        .collect();
    let taken = |name: &String| {
        view.workloads().any(|workload| workload.name == *name) || view.catalog().client(name).is_some()
    };
    let free = (1..=CLIENTS_MAX + WORKLOADS_MAX)
        .map(|number| format!("w{number}"))
        .find(|name| !taken(name))
        .unwrap_or_default();
    let key = |service| key_for(model, service).unwrap_or_else(|| "k1".to_owned());
    let (stock, account, feed) = (key(Service::Stock), key(Service::Account), key(Service::Feed));
    choices.extend([
        offer(&free, &format!("account.withdraw 20/s key={account} amount=5"), "everyone draws on one account"),
        offer(&free, &format!("stock.reserve,stock.level 20/s key={stock}"), "everyone buys the same thing"),
        offer(&free, &format!("feed.post,feed.read 50/s key={feed}"), "posts and readers"),
        offer(&free, "profile.* 100/s", "sixteen profiles, set and read"),
        offer(&free, "* 200/s", "a bit of everything"),
    ]);
    Chooser::new("Load", choices)
}

fn offer(name: &str, rest: &str, about: &str) -> Choice {
    Choice { line: format!("load {name} {rest}"), about: about.to_owned() }
}
