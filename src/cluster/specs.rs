//! The table of world commands: what help, completion, the README and the parser's errors read.

use crate::base::command::{CommandSpec, Kind, OptionSpec, Scope};

use Kind::{
    Actor, Class, Client, Distribution, Drift, Hazard, Int, Key, Level, Link, Name, Offset, Operations, Percent,
    Person, Rate, Replica, Resolver, Service, Sides, Time, Topology, Value, Word, Workload,
};

const fn row(
    name: &'static str,
    usage: &'static str,
    arguments: &'static [Kind],
    options: &'static [OptionSpec],
    summary: &'static str,
    example: &'static str,
) -> CommandSpec {
    CommandSpec { name, usage, arguments, options, summary, example, scope: Scope::World }
}

const fn option(name: &'static str, kind: Kind, summary: &'static str) -> OptionSpec {
    OptionSpec { name, kind, summary }
}

const YES_NO: Kind = Word(&["yes", "no"]);
const ON_OFF: Kind = Word(&["on", "off"]);
const CLASS: OptionSpec = option("class", Class, "only this class of messages, else all");

/// An operation: the one statement that begins with a name of the person's own.
pub const OPERATE: CommandSpec = row(
    "CLIENT:",
    "CLIENT: OPERATION KEY [VALUE] [via=REPLICA]",
    &[Operations, Key, Value],
    &[option("via", Replica, "at this replica, else at the client's home")],
    "begin an operation; it is issued, not awaited",
    "ana: stock.reserve mug 1 via=r1",
);

/// All world commands, in the order of help: setup, operations, faults of links, replicas and clocks, clients,
/// settings.
pub const WORLD_COMMANDS: &[CommandSpec] = &[
    row("seed", "seed INT", &[Int], &[], "the seed of all randomness; setup", "seed 7"),
    row(
        "cluster",
        "cluster INT [topology=NAME]",
        &[Int],
        &[option("topology", Topology, "delays between replicas and clients; default wan")],
        "how many replicas there are, and how far apart; setup",
        "cluster 3 topology=wan",
    ),
    row(
        "clients",
        "clients NAME[@REPLICA] …",
        &[Name],
        &[],
        "declare clients with their homes, else round robin; setup",
        "clients ana@r1 ben@r3 cyd",
    ),
    row(
        "given",
        "given SERVICE KEY VALUE",
        &[Service, Key, Value],
        &[],
        "a value that every replica has from the start; setup",
        "given stock mug 10",
    ),
    OPERATE,
    row(
        "policy",
        "policy OPERATIONS LEVEL[(OPTION)] [via=REPLICA] [force=no|yes]",
        &[Operations, Level],
        &[
            option("via", Replica, "where those go that name no replica, else to the client's home"),
            option("force", YES_NO, "do not wait for silent replicas with the switch to a log; default no"),
        ],
        "bind operation types to a consistency level",
        "policy stock.* eventual",
    ),
    row(
        "merge",
        "merge SERVICE RESOLVER",
        &[Service, Resolver],
        &[],
        "how concurrent versions of a service merge",
        "merge profile lww-hlc",
    ),
    row(
        "partition",
        "partition A… | B…  or  partition A… -> B…",
        &[Sides],
        &[],
        "cut the links between sides, or one way only",
        "partition r1 | r2 r3",
    ),
    row("isolate", "isolate ACTOR…", &[Actor], &[], "cut all links of these actors", "isolate r1"),
    row(
        "heal",
        "heal  or  heal all  or  heal ACTOR…",
        &[Actor],
        &[],
        "mend links and partitions; all also restarts, resumes and stops load",
        "heal",
    ),
    row(
        "flap",
        "flap LINK up=TIME down=TIME",
        &[Link],
        &[option("up", Time, "how long it is up"), option("down", Time, "how long it is down"), CLASS],
        "let a link go up and down",
        "flap r1 r2 up=1s down=500ms",
    ),
    row(
        "slow",
        "slow LINK TIME  or  slow LINK +TIME  or  slow REPLICA TIME",
        &[Link, Time],
        &[CLASS],
        "set a link's delay, add to it, or let a replica take so long for each input",
        "slow r1 -> r2 +200ms",
    ),
    row(
        "delay",
        "delay LINK DISTRIBUTION  or  delay LINK PERCENT DISTRIBUTION PERCENT DISTRIBUTION…",
        &[Link, Distribution],
        &[CLASS],
        "give a link another distribution of delays, or a mixture",
        "delay r1 r2 lognormal 10ms 0.5",
    ),
    row(
        "lose",
        "lose LINK PERCENT",
        &[Link, Percent],
        &[CLASS],
        "let a link lose messages",
        "lose r1 r2 20% class=gossip",
    ),
    row(
        "duplicate",
        "duplicate LINK PERCENT",
        &[Link, Percent],
        &[CLASS],
        "let a link deliver messages twice",
        "duplicate r1 r2 10%",
    ),
    row(
        "reorder",
        "reorder LINK PERCENT by=TIME",
        &[Link, Percent],
        &[option("by", Time, "the greatest extra delay"), CLASS],
        "let messages of a link be overtaken",
        "reorder r1 r2 10% by=50ms",
    ),
    row(
        "bandwidth",
        "bandwidth LINK RATE  or  bandwidth LINK off",
        &[Link, Rate],
        &[CLASS],
        "how many bytes a link carries in a second",
        "bandwidth r1 r2 100000/s",
    ),
    row(
        "crash",
        "crash REPLICA [disk=keep|lose]",
        &[Replica],
        &[option("disk", Word(&["keep", "lose"]), "whether its state survives; default keep")],
        "crash a replica",
        "crash r2 disk=lose",
    ),
    row("restart", "restart REPLICA", &[Replica], &[], "start a crashed replica again", "restart r2"),
    row(
        "pause",
        "pause ACTOR [for=TIME]",
        &[Actor],
        &[option("for", Time, "for how long, else until resume")],
        "let an actor stop handling inputs; its clock runs on",
        "pause ana for=2s",
    ),
    row("resume", "resume ACTOR", &[Actor], &[], "let a paused actor go on", "resume ana"),
    row("skew", "skew ACTOR OFFSET", &[Actor, Offset], &[], "set a clock's offset from true time", "skew r2 +80ms"),
    row("drift", "drift ACTOR PPM", &[Actor, Drift], &[], "let a clock run fast or slow", "drift r2 +200ppm"),
    row("step", "step ACTOR OFFSET", &[Actor, Offset], &[], "move a clock's wall at once", "step r2 -50ms"),
    row(
        "ntp",
        "ntp ACTOR error=TIME [every=TIME]  or  ntp ACTOR off",
        &[Actor, Word(&["off"])],
        &[
            option("error", Time, "the greatest error of one measurement"),
            option("every", Time, "how often it measures; default 64s"),
        ],
        "let NTP correct a clock, which may step it backwards",
        "ntp r2 error=20ms every=64s",
    ),
    row(
        "noise",
        "noise ACTOR TIME",
        &[Actor, Time],
        &[],
        "make a clock's wall readings noisy; 0ms mends it",
        "noise r2 5ms",
    ),
    row(
        "retry",
        "retry CLIENT|WORKLOAD|* [timeout=TIME] [attempts=INT] [backoff=TIME] [jitter=PERCENT] [to=same|other] [key=no|yes]",
        &[Client],
        &[
            option("timeout", Time, "how long it waits for an answer; default 1s"),
            option("attempts", Int, "attempts in all; default 1"),
            option("backoff", Time, "the wait before the second attempt, doubled each time; default 100ms"),
            option("jitter", Percent, "how much of each wait is random; default 50%"),
            option("to", Word(&["same", "other"]), "to the same replica, or to the next one; default same"),
            option("key", YES_NO, "an attempt after one that was decided gets that answer; default no"),
        ],
        "how a client, a workload or all of them try again; with * those declared later too",
        "retry ana timeout=500ms attempts=3 to=other",
    ),
    row(
        "load",
        "load NAME OPERATIONS[,OPERATIONS…] RATE [key=KEY|keys=INT] [options]",
        &[Name, Operations, Rate],
        &[
            option("key", Key, "the one key of all its operations"),
            option("keys", Int, "how many keys k1, k2, … it draws from; default 16"),
            option("amount", Int, "the amount of each operation that takes one; default 1"),
            option("clients", Int, "how many clients it brings; default 8"),
            option("at", Replica, "where they live, else spread over all replicas"),
            option(
                "via",
                Word(&["any"]),
                "a load balancer sends each operation to a replica by chance, else to the client's home",
            ),
            option("queue", Int, "how many arrivals may wait for a free client; default 1000"),
            option("arrivals", Word(&["poisson", "even"]), "how arrivals are spaced; default poisson"),
        ],
        "start an open-loop workload: operations arrive whatever completes",
        "load shoppers stock.reserve 20/s key=mug",
    ),
    row(
        "tell",
        "tell CLIENT CLIENT",
        &[Person, Person],
        &[],
        "one person tells another something outside of the system: causality that no clock in it can see",
        "tell ana ben",
    ),
    row("stop", "stop [WORKLOAD]", &[Workload], &[], "stop a workload, or all", "stop"),
    row(
        "hazard",
        "hazard NAME on|off",
        &[Hazard, ON_OFF],
        &[],
        "turn a famous protocol bug on or off",
        "hazard count-twice on",
    ),
    row(
        "gossip",
        "gossip on|off",
        &[ON_OFF],
        &[],
        "turn the push of new writes on or off; repair goes on",
        "gossip off",
    ),
    row(
        "repair",
        "repair every=TIME  or  repair off  or  repair REPLICA REPLICA",
        &[Replica, Replica],
        &[option("every", Time, "how often each replica repairs with the next")],
        "when replicas compare all they hold and mend differences",
        "repair every=10s",
    ),
    row("grace", "grace TIME", &[Time], &[], "how long tombstones are kept, on each replica's own clock", "grace 10s"),
    row(
        "heartbeat",
        "heartbeat every=TIME",
        &[],
        &[option("every", Time, "how often")],
        "how often replicas send heartbeats",
        "heartbeat every=100ms",
    ),
    row(
        "promote",
        "promote REPLICA",
        &[Replica],
        &[],
        "make a replica the primary, whoever is it now; what only the old one has is lost",
        "promote r2",
    ),
    row(
        "failover",
        "failover auto [timeout=TIME]  or  failover manual",
        &[Word(&["auto", "manual"])],
        &[option("timeout", Time, "how long followers hear nothing of the primary; default 1s")],
        "whether followers make another primary by themselves, with the promise of a majority",
        "failover auto timeout=1s",
    ),
    row(
        "slo",
        "slo TIME",
        &[Time],
        &[],
        "the objective for the observed lag; above it an alert is raised",
        "slo 500ms",
    ),
    row(
        "provider",
        "provider [keys=on|off] [delay=TIME]",
        &[],
        &[
            option("keys", ON_OFF, "whether it knows a payment by its key; default off"),
            option("delay", Time, "how long a request to it takes, and its answer; default 50ms"),
        ],
        "how the outside card provider works, which no fault reaches",
        "provider keys=on",
    ),
];
