//! What names in the language are names of, and which known name is nearest to an unknown one.

/// Words longer than this are not compared: nobody mistypes so much, and the comparison is quadratic.
const COMPARED_MAX: usize = 48;
/// Known names that an error lists at most.
const LISTED_MAX: usize = 9;

/// What a name is a name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is a word of the language")]
pub enum Noun {
    Command,
    Client,
    Actor,
    Workload,
    ClientOrWorkload,
    Mark,
    Branch,
    Operation,
    Service,
    Level,
    Resolver,
    Claim,
    Hazard,
    Fault,
    Class,
    Topology,
    Distribution,
    Measure,
    Condition,
    Topic,
}

impl Noun {
    /// With its article, for `expected …`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Command => "a command",
            Self::Client => "a declared client",
            Self::Actor => "a replica or a declared client",
            Self::Workload => "a workload that was started",
            Self::ClientOrWorkload => "a declared client, a workload or *",
            Self::Mark => "a mark that was set",
            Self::Branch => "a branch",
            Self::Operation => "an operation type",
            Self::Service => "a service",
            Self::Level => "a level",
            Self::Resolver => "a resolver",
            Self::Claim => "a claim",
            Self::Hazard => "a hazard",
            Self::Fault => "a kind of fault",
            Self::Class => "a message class",
            Self::Topology => "a topology",
            Self::Distribution => "a distribution",
            Self::Measure => "a measure",
            Self::Condition => "a condition",
            Self::Topic => "a topic of help",
        }
    }

    /// The stable code of the error that such a name is unknown.
    pub fn unknown_code(self) -> &'static str {
        match self {
            Self::Command => "unknown-command",
            Self::Client => "unknown-client",
            Self::Actor => "unknown-actor",
            Self::Workload => "unknown-workload",
            Self::ClientOrWorkload => "unknown-client-or-workload",
            Self::Mark => "unknown-mark",
            Self::Branch => "unknown-branch",
            Self::Operation => "unknown-operation",
            Self::Service => "unknown-service",
            Self::Level => "unknown-level",
            Self::Resolver => "unknown-resolver",
            Self::Claim => "unknown-claim",
            Self::Hazard => "unknown-hazard",
            Self::Fault => "unknown-fault",
            Self::Class => "unknown-class",
            Self::Topology => "unknown-topology",
            Self::Distribution => "unknown-distribution",
            Self::Measure => "unknown-measure",
            Self::Condition => "unknown-condition",
            Self::Topic => "unknown-topic",
        }
    }
}

impl std::fmt::Display for Noun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// `a, b or c`; the last `or` only if there is more than one.
pub fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}

/// ` (a, b or c)`, or nothing if the names are too many to be of help; `none` if there are none.
pub fn known(names: &[&str], none: &str) -> String {
    let names: Vec<&str> = names.iter().copied().filter(|name| is_short(name)).collect();
    let names = names.as_slice();
    match names.len() {
        0 if none.is_empty() => String::new(),
        0 => format!(" ({none})"),
        1..=LISTED_MAX => format!(" ({})", listed(names)),
        _ => String::new(),
    }
}

/// A name of a bad line can have any length; it is not repeated.
fn is_short(name: &str) -> bool {
    name.len() <= 4 * COMPARED_MAX && name.chars().count() <= COMPARED_MAX
}

/// The candidate that was probably meant by `word`, if one is near: a few letters off, or begun with it.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let length = word.chars().count();
    if length == 0 || length > COMPARED_MAX {
        return None;
    }
    let word = word.to_lowercase();
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| is_short(candidate))
        .filter_map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, candidate);
            let begun = length >= 3 && candidate.starts_with(&word);
            // A single letter is one change away from every other: only its own beginning makes it near.
            let near = distance <= allowed && distance < length.max(2);
            (near || begun).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.to_owned())
}
