//! Specs of commands: what help, completion, the README and the parser's errors read.

/// Where a command acts. Only world commands are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Changes the simulated world.
    World,
    /// Moves through time, or judges what happened.
    Time,
    /// Moves through the course.
    Course,
    /// Changes the screen or leaves it.
    Screen,
}

/// What one positional argument or option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `r1`, `r2`, …
    Replica,
    /// A declared client, or a workload.
    Client,
    /// A declared client.
    Person,
    /// A replica or a client.
    Actor,
    /// `r1 r2` both ways, `r1 -> r2` one way.
    Link,
    /// Actors separated by `|`, or `side -> side`.
    Sides,
    /// A service.
    Service,
    /// An operation type or a glob over them.
    Operations,
    /// A level, with its options in parentheses.
    Level,
    /// A resolver.
    Resolver,
    /// A claim.
    Claim,
    /// A hazard.
    Hazard,
    /// A message class.
    Class,
    /// A topology.
    Topology,
    /// A delay distribution with its parameters.
    Distribution,
    /// A key of a service.
    Key,
    /// A text or a number.
    Value,
    /// A duration or an instant, with a unit.
    Time,
    /// A signed duration, with a unit.
    Offset,
    /// How many in a second: `20/s`.
    Rate,
    /// `5%`.
    Percent,
    /// `200ppm`.
    Drift,
    /// A whole number.
    Int,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A new name.
    Name,
    /// The name of a workload that runs.
    Workload,
    /// The name of a mark that was set.
    Mark,
    /// A condition.
    Condition,
}

/// An option: `name=value`.
#[derive(Clone, Copy, Debug)]
pub struct OptionSpec {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// One line for help, with the default.
    pub summary: &'static str,
}

/// A command.
#[derive(Clone, Copy, Debug)]
pub struct CommandSpec {
    /// Its name, the first word of the line.
    pub name: &'static str,
    /// Its arguments as help shows them: `A B | A -> B  TIME`.
    pub usage: &'static str,
    /// What its positional arguments take, for completion.
    pub arguments: &'static [Kind],
    /// Its options.
    pub options: &'static [OptionSpec],
    /// One line.
    pub summary: &'static str,
    /// A line that can be typed as it stands into the opening scene.
    pub example: &'static str,
    /// Where it acts.
    pub scope: Scope,
}
