//! From commands back to lines: what is printed reads back as the same command.

use std::fmt;

use crate::base::operation::{Argument, OPERATIONS};
use crate::base::{OpType, Service};
use crate::cluster::command::{
    Arrivals, Disk, Heal, LinkTarget, Literal, LoadSettings, Party, RepairSettings, RetrySettings, RetryTo, SlowBy,
    Topology, Ways, WorldCommand,
};
use crate::sim::{Delay, Shape};

use super::lex::lex;
use super::measure::{Measure, MeasureKind, fault_word};
use super::quantity::{signed_time_text, time_text};
use super::setup::TOPOLOGIES;
use super::statement::{Condition, Expected, Operand};

/// The command as a line of the language, in its one canonical form.
pub fn command_text(command: &WorldCommand) -> String {
    use WorldCommand as W;
    match command {
        W::Seed(seed) => format!("seed {seed}"),
        W::Cluster { replicas, topology } => format!("cluster {replicas} topology={}", topology_name(*topology)),
        W::Clients(clients) => {
            let homes = clients.iter().map(|(name, home)| home.map_or(name.clone(), |home| format!("{name}@{home}")));
            format!("clients {}", homes.collect::<Vec<_>>().join(" "))
        }
        W::Given { service: Service::Access, key, value: Literal::Text(person) } => {
            format!("given access {} {}", word(key), word(person))
        }
        W::Given { service, key, value } => format!("given {} {} {}", service.name(), word(key), literal(value)),
        W::Operate { client, op_type, key, argument, via } => {
            let argument = match argument {
                Some(Literal::Text(person)) if op_type.spec().argument == Argument::Person => {
                    format!(" {}", word(person))
                }
                Some(value) => format!(" {}", literal(value)),
                None => String::new(),
            };
            format!("{client}: {} {}{argument}{}", op_type.name(), word(key), via_text(*via))
        }
        W::Policy { glob, level, via, force } => {
            let force = if *force { " force=yes" } else { "" };
            format!("policy {glob} {}{}{force}", level.text(), via_text(*via))
        }
        W::Merge { service, resolver } => format!("merge {} {}", service.name(), resolver.name()),
        W::Partition { sides, ways } => {
            let between = if *ways == Ways::One { " -> " } else { " | " };
            format!("partition {}", sides.iter().map(|side| parties(side)).collect::<Vec<_>>().join(between))
        }
        W::Isolate(who) => format!("isolate {}", parties(who)),
        W::Heal(Heal::Links) => "heal".to_owned(),
        W::Heal(Heal::All) => "heal all".to_owned(),
        W::Heal(Heal::Only(who)) => format!("heal {}", parties(who)),
        W::Restart(replica) => format!("restart {replica}"),
        W::Crash { replica, disk } => {
            format!("crash {replica} disk={}", if *disk == Disk::Keep { "keep" } else { "lose" })
        }
        W::Pause { party, for_us } => {
            let length = for_us.map(|us| format!(" for={}", time_text(us))).unwrap_or_default();
            format!("pause {}{length}", name(party))
        }
        W::Resume(party) => format!("resume {}", name(party)),
        W::Retry { client, settings } => retry(client.as_deref(), settings),
        W::Load(settings) => load(settings),
        W::Stop(None) => "stop".to_owned(),
        W::Stop(Some(workload)) => format!("stop {workload}"),
        W::Hazard { hazard, on } => format!("hazard {} {}", hazard.name(), on_off(*on)),
        W::Provider { keys, delay_us } => {
            let keys = keys.map(|on| format!(" keys={}", on_off(on))).unwrap_or_default();
            let delay = delay_us.map(|us| format!(" delay={}", time_text(us))).unwrap_or_default();
            format!("provider{keys}{delay}")
        }
        W::Gossip { on } => format!("gossip {}", on_off(*on)),
        W::Repair(RepairSettings::Every(us)) => format!("repair every={}", time_text(*us)),
        W::Repair(RepairSettings::Off) => "repair off".to_owned(),
        W::Repair(RepairSettings::Now(one, other)) => format!("repair {one} {other}"),
        W::Grace(us) => format!("grace {}", time_text(*us)),
        W::Tell { from, to } => format!("tell {from} {to}"),
        W::Promote(replica) => format!("promote {replica}"),
        W::Failover(Some(us)) => format!("failover auto timeout={}", time_text(*us)),
        W::Failover(None) => "failover manual".to_owned(),
        W::Heartbeat(us) => format!("heartbeat every={}", time_text(*us)),
        W::Slo(us) => format!("slo {}", time_text(*us)),
        other => link_or_clock(other),
    }
}

fn via_text(via: Option<crate::base::ReplicaId>) -> String {
    via.map(|via| format!(" via={via}")).unwrap_or_default()
}

fn link_or_clock(command: &WorldCommand) -> String {
    use WorldCommand as W;
    match command {
        W::Flap { link: l, up_us, down_us } => {
            link("flap", l, &format!("up={} down={}", time_text(*up_us), time_text(*down_us)))
        }
        W::SlowLink { link: l, by: SlowBy::To(us) } => link("slow", l, &time_text(*us)),
        W::SlowLink { link: l, by: SlowBy::By(us) } => link("slow", l, &format!("+{}", time_text(*us))),
        W::Delay { link: l, delay } => link("delay", l, &delay_text(delay)),
        W::Lose { link: l, probability } => link("lose", l, &percent(*probability)),
        W::Duplicate { link: l, probability } => link("duplicate", l, &percent(*probability)),
        W::Reorder { link: l, probability, by_us } => {
            link("reorder", l, &format!("{} by={}", percent(*probability), time_text(*by_us)))
        }
        W::Bandwidth { link: l, bytes_per_second: Some(rate) } => link("bandwidth", l, &format!("{rate}/s")),
        W::Bandwidth { link: l, bytes_per_second: None } => link("bandwidth", l, "off"),
        W::SlowReplica { replica, per_input_us } => format!("slow {replica} {}", time_text(*per_input_us)),
        W::Skew { party, offset_us } => format!("skew {} {}", name(party), signed_time_text(*offset_us)),
        W::Drift { party, ppm } => format!("drift {} {ppm:+}ppm", name(party)),
        W::Step { party, by_us } => format!("step {} {}", name(party), signed_time_text(*by_us)),
        W::Ntp { party, settings: None } => format!("ntp {} off", name(party)),
        W::Ntp { party, settings: Some(ntp) } => {
            format!("ntp {} error={} every={}", name(party), time_text(ntp.error_us), time_text(ntp.every_us))
        }
        W::Noise { party, bound_us } => format!("noise {} {}", name(party), time_text(*bound_us)),
        other => unreachable!("{other:?} is printed by command_text"),
    }
}

fn retry(client: Option<&str>, settings: &RetrySettings) -> String {
    let RetrySettings { timeout_us, attempts, backoff_us, jitter_percent, to, keyed } = settings;
    let key = if *keyed { " key=yes" } else { "" };
    let to = if *to == RetryTo::Same { "same" } else { "other" };
    let (timeout, backoff) = (time_text(*timeout_us), time_text(*backoff_us));
    let client = client.unwrap_or("*");
    format!(
        "retry {client} timeout={timeout} attempts={attempts} backoff={backoff} jitter={jitter_percent}% to={to}{key}"
    )
}

fn load(settings: &LoadSettings) -> String {
    let LoadSettings { name, op_types, per_second, arrivals, key, keys, amount, clients, at, is_balanced, queue } =
        settings;
    let key = match key {
        Some(key) => format!("key={}", word(key)),
        None => format!("keys={keys}"),
    };
    let at = at.map(|at| format!(" at={at}")).unwrap_or_default();
    let via = if *is_balanced { " via=any" } else { "" };
    let arrivals = if *arrivals == Arrivals::Poisson { "poisson" } else { "even" };
    let operations = operations(op_types);
    format!(
        "load {name} {operations} {per_second}/s {key} amount={amount} clients={clients}{at}{via} queue={queue} arrivals={arrivals}"
    )
}

/// The one glob that names exactly these types, else their names with commas.
fn operations(types: &[OpType]) -> String {
    let services = Service::ALL.map(|service| format!("{}.*", service.name()));
    let verbs = OPERATIONS.iter().filter_map(|spec| spec.name.split_once('.')).map(|(_, verb)| format!("*.{verb}"));
    let globs = ["*".to_owned()].into_iter().chain(services).chain(verbs);
    let names = || types.iter().map(|op_type| op_type.name()).collect::<Vec<_>>().join(",");
    if types.len() == 1 {
        names()
    } else {
        globs.into_iter().find(|g| OpType::matching(g) == types).unwrap_or_else(names)
    }
}

fn link(verb: &str, target: &LinkTarget, rest: &str) -> String {
    let arrow = if target.ways == Ways::One { "-> " } else { "" };
    let class = target.class.map(|class| format!(" class={}", class.name())).unwrap_or_default();
    format!("{verb} {} {arrow}{} {rest}{class}", name(&target.from), name(&target.to))
}

fn name(party: &Party) -> String {
    match party {
        Party::Replica(replica) => replica.to_string(),
        Party::Client(client) => client.clone(),
    }
}

fn parties(parties: &[Party]) -> String {
    parties.iter().map(name).collect::<Vec<_>>().join(" ")
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// The name of a topology.
fn topology_name(topology: Topology) -> &'static str {
    TOPOLOGIES.iter().find(|(_, other)| *other == topology).map_or("wan", |(name, _)| name)
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Int(number) => number.to_string(),
        Literal::Text(text) => quoted(text),
        Literal::Transfer { to, amount } => format!("{} {amount}", word(to)),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A key: bare if it reads as one word, else in quotes.
fn word(text: &str) -> String {
    match lex(text, 0).as_deref() {
        Ok([token]) if token.word() == Some(text) => text.to_owned(),
        _ => quoted(text),
    }
}

/// A share of all in percent, exactly: the shortest decimal that reads back as it, its point moved by two places.
fn percent(share: f64) -> String {
    let decimal = share.to_string();
    let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
    let fraction = format!("{fraction:0<2}");
    let digits = format!("{whole}{}", &fraction[..2]);
    let digits = digits.trim_start_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    match fraction[2..].trim_end_matches('0') {
        "" => format!("{digits}%"),
        rest => format!("{digits}.{rest}%"),
    }
}

fn delay_text(delay: &Delay) -> String {
    match delay.parts() {
        [(_, shape)] => shape_text(shape),
        parts => mixture_text(delay, parts),
    }
}

/// Weights are kept normalised, so their decimals may have grown: the fewest digits that read back as the same mixture.
fn mixture_text(delay: &Delay, parts: &[(f64, Shape)]) -> String {
    let rounded = |digits: usize| -> Vec<(f64, Shape)> {
        parts.iter().map(|(w, shape)| (format!("{w:.digits$}").parse().unwrap_or(*w), *shape)).collect()
    };
    let same = |candidate: &Vec<(f64, Shape)>| Delay::mixture(candidate).as_ref() == Some(delay);
    let chosen = (2..=17).map(rounded).find(same).unwrap_or_else(|| parts.to_vec());
    chosen.iter().map(|(w, shape)| format!("{} {}", percent(*w), shape_text(shape))).collect::<Vec<_>>().join(" ")
}

fn shape_text(shape: &Shape) -> String {
    match shape {
        Shape::Constant { us } => format!("constant {}", float_time(*us)),
        Shape::Uniform { low_us, high_us } => format!("uniform {} {}", float_time(*low_us), float_time(*high_us)),
        Shape::Exponential { mean_us } => format!("exponential {}", float_time(*mean_us)),
        Shape::LogNormal { median_us, sigma } => format!("lognormal {} {sigma}", float_time(*median_us)),
        Shape::Pareto { min_us, alpha } => format!("pareto {} {alpha}", float_time(*min_us)),
    }
}

/// A parameter of a distribution: whole microseconds as a time, finer ones as they are.
fn float_time(us: f64) -> String {
    if us.fract() == 0.0 && us >= 0.0 { time_text(us as u64) } else { format!("{us}us") }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(branch) = &self.branch {
            write!(f, "{branch}/")?;
        }
        let suffix = self.kind.spec().suffix;
        match &self.kind {
            MeasureKind::Client { client, .. } => write!(f, "{client}.{suffix}"),
            MeasureKind::Workload { workload, .. } => write!(f, "{workload}.{suffix}"),
            MeasureKind::Operation { op_type, .. } => write!(f, "{}.{suffix}", op_type.name()),
            MeasureKind::Replica { replica, .. } => write!(f, "{replica}.{suffix}"),
            MeasureKind::Grant { replica, key } => write!(f, "{replica}.grant[{}]", word(key)),
            MeasureKind::Shown { replica, service, key } => write!(f, "{replica}.{}[{}]", service.name(), word(key)),
            MeasureKind::World(_) => f.write_str(suffix),
            MeasureKind::Fault(fault) => write!(f, "fault[{}]", fault_word(*fault)),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(us) if *us < 0 => f.write_str(&signed_time_text(*us)),
            Self::Time(us) => f.write_str(&time_text(us.unsigned_abs())),
            Self::Share(share) => f.write_str(&percent(*share)),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Refused => f.write_str("refused"),
            Self::Unknown => f.write_str("unknown"),
            Self::Nothing => f.write_str("nothing"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim { claim, verdict, since, service } => {
                write!(f, "{} {}", claim.name(), verdict.name())?;
                since.as_ref().map_or(Ok(()), |mark| write!(f, " since={mark}"))?;
                service.map_or(Ok(()), |service| write!(f, " of={}", service.name()))
            }
            Self::Compare { measure, comparison, operand } => {
                write!(f, "{measure} {} ", comparison.text())?;
                match operand {
                    Operand::Value(value) => write!(f, "{value}"),
                    Operand::Measure(right) => write!(f, "{right}"),
                }
            }
            Self::Converged => f.write_str("converged"),
            Self::Used(fault) => write!(f, "used {}", fault_word(*fault)),
        }
    }
}
