//! Completion: what could stand at the cursor, from the tables of commands and the names of the lab.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::base::command::{CommandSpec, Kind};
use crate::base::operation::OPERATIONS;
use crate::base::{Claim, Hazard, MessageClass, Resolver, Service};
use crate::cluster::specs::OPERATE;
use crate::lab::language::help::topics;
use crate::lab::language::measures::measure_names;
use crate::lab::language::specs::all_specs;
use crate::sim::Topology;

use super::levels;
use super::model::Model;
use super::specs::SCREEN_COMMANDS;

/// What could stand at the cursor.
#[derive(Clone, Debug, Default)]
pub(crate) struct Completion {
    /// The word that is being typed.
    pub(crate) word: String,
    /// What it could become, best first.
    pub(crate) candidates: Vec<Candidate>,
    /// The command of the line, once it is known.
    pub(crate) spec: Option<&'static CommandSpec>,
}

/// A word with what it means.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) text: String,
    pub(crate) about: String,
}

/// Those that fit `pattern`, best first; all in their order if it is empty.
pub(crate) fn rank<'a, T>(pattern: &str, all: &'a [T], text: impl Fn(&T) -> String) -> Vec<&'a T> {
    let pattern = Pattern::new(pattern, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, &T)> = all
        .iter()
        .filter_map(|item| Some((pattern.score(Utf32Str::new(&text(item), &mut buffer), &mut matcher)?, item)))
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, item)| item).collect()
}

/// What could stand at the end of `before`.
pub(crate) fn at(model: &Model, before: &str) -> Completion {
    let start = before.rfind([' ', '=', ',', '@']).map_or(0, |index| index + 1);
    let (head, word) = before.split_at(start);
    let first = before.split_whitespace().next().unwrap_or_default();
    let is_first = head.trim().is_empty();
    let spec = if is_first { None } else { spec_of(first) };
    let all = match (spec, option_before(head)) {
        _ if is_first => commands(model),
        (Some(spec), Some(option)) => {
            let kind = spec.options.iter().find(|own| own.name == option).map(|own| own.kind);
            kind.map(|kind| names(model, kind)).unwrap_or_default()
        }
        (Some(spec), None) => arguments(model, spec),
        (None, _) => Vec::new(),
    };
    let candidates = prefixed_first(word, &all);
    Completion { word: word.to_owned(), candidates, spec }
}

/// What begins with the word comes before what only contains its letters.
fn prefixed_first(word: &str, all: &[Candidate]) -> Vec<Candidate> {
    let mut ranked: Vec<Candidate> = rank(word, all, |candidate| candidate.text.clone()).into_iter().cloned().collect();
    ranked.sort_by_key(|candidate| !candidate.text.starts_with(word));
    ranked.retain(|candidate| candidate.text != word);
    ranked
}

fn spec_of(first: &str) -> Option<&'static CommandSpec> {
    if first.ends_with(':') {
        return Some(&OPERATE);
    }
    all_specs().chain(SCREEN_COMMANDS).find(|spec| spec.name == first)
}

/// The option whose value the word is.
fn option_before(head: &str) -> Option<&str> {
    let (before, _) = head.rsplit_once('=').filter(|(_, after)| !after.contains(' '))?;
    Some(before.rsplit(' ').next().unwrap_or(before))
}

fn candidate(text: impl Into<String>, about: impl Into<String>) -> Candidate {
    Candidate { text: text.into(), about: about.into() }
}

/// The first words of a line.
fn commands(model: &Model) -> Vec<Candidate> {
    let view = model.sitting.run().cluster().view();
    let clients = view.clients().filter(|client| client.workload.is_none());
    let clients = clients.map(|client| candidate(format!("{}:", client.name), "begin an operation"));
    let setup = ["seed", "cluster", "clients", "given", "story"];
    let fits = |spec: &&CommandSpec| spec.name != OPERATE.name && !setup.contains(&spec.name);
    let mut all: Vec<Candidate> = clients.collect();
    for spec in all_specs().chain(SCREEN_COMMANDS).filter(fits) {
        if !all.iter().any(|other| other.text == spec.name) {
            all.push(candidate(spec.name, spec.summary));
        }
    }
    all
}

fn arguments(model: &Model, spec: &CommandSpec) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = spec.arguments.iter().flat_map(|kind| names(model, *kind)).collect();
    match spec.name {
        "run" => all.push(candidate("until", "until a condition is so")),
        "help" => all.extend(topics().into_iter().map(|topic| candidate(topic, ""))),
        "heal" => all.push(candidate("all", "restart and resume as well")),
        _ => {}
    }
    all.extend(spec.options.iter().map(|option| candidate(format!("{}=", option.name), option.summary)));
    all
}

/// The names of a kind.
fn names(model: &Model, kind: Kind) -> Vec<Candidate> {
    let run = model.sitting.run();
    let view = run.cluster().view();
    let replicas = || view.replicas().map(|replica| candidate(replica.id.to_string(), "replica"));
    let clients = || {
        let own = view.clients().filter(|client| client.workload.is_none());
        own.map(|client| candidate(client.name, format!("client at {}", client.home)))
    };
    let workloads = || view.workloads().map(|workload| candidate(workload.name, "workload"));
    match kind {
        Kind::Replica => replicas().collect(),
        Kind::Client => clients().chain(workloads()).collect(),
        Kind::Person => clients().collect(),
        Kind::Actor | Kind::Link | Kind::Sides => replicas().chain(clients()).collect(),
        Kind::Service => Service::ALL.map(|service| candidate(service.name(), service.data_type())).into(),
        Kind::Operations => OPERATIONS.iter().map(|spec| candidate(spec.name, spec.summary)).collect(),
        Kind::Level => levels::offered(view).into_iter().map(|(level, about)| candidate(level.text(), about)).collect(),
        Kind::Resolver => Resolver::ALL.map(|resolver| candidate(resolver.name(), "resolver")).into(),
        Kind::Claim => Claim::ALL.map(|claim| candidate(claim.name(), claim.summary())).into(),
        Kind::Hazard => Hazard::ALL.into_iter().map(|hazard| candidate(hazard.name(), hazard.summary())).collect(),
        Kind::Class => MessageClass::ALL.map(|class| candidate(class.name(), "class of messages")).into(),
        Kind::Topology => Topology::ALL.map(|topology| candidate(topology.name(), "topology")).into(),
        Kind::Key => view.catalog().keys().map(|(_, service, name)| candidate(name, service.name())).collect(),
        Kind::Word(words) => words.iter().map(|word| candidate(*word, "")).collect(),
        Kind::Workload => workloads().collect(),
        Kind::Mark => run.marks().map(|(name, _)| candidate(name, "mark")).collect(),
        Kind::Condition => conditions(model),
        Kind::Distribution => ["constant", "uniform", "exponential", "lognormal", "pareto"]
            .map(|name| candidate(name, "distribution"))
            .into(),
        Kind::Value | Kind::Time | Kind::Offset | Kind::Rate | Kind::Percent | Kind::Drift | Kind::Int | Kind::Name => {
            Vec::new()
        }
    }
}

fn conditions(model: &Model) -> Vec<Candidate> {
    let claims = Claim::ALL.map(|claim| candidate(claim.name(), claim.summary()));
    let words = ["converged", "used", "holds", "violated"].map(|word| candidate(word, ""));
    let measures = measure_names(&model.declared()).into_iter().map(|name| candidate(name, "measure"));
    words.into_iter().chain(claims).chain(measures).collect()
}
