use std::collections::BTreeSet;

use super::{lab, read};
use crate::base::limits::{COMMANDS_MAX, SCRIPT_BYTES_MAX};
use crate::lab::language::parse::ERRORS_MAX;
use crate::lab::language::{parse_line, parse_script};

/// `(code, what is wrong, its message, a good neighbour)`; a text of several lines is a script.
const CASES: &[(&str, &str, &str, &str)] = &[
    (
        "hidden-character",
        "heal \u{1b}[31m",
        "line 1, column 6: expected visible text, found the invisible character U+001B",
        "heal",
    ),
    (
        "hidden-character",
        "ana: profile.set a \"x\u{202e}y\"",
        "line 1, column 22: expected visible text, found the invisible character U+202E",
        "ana: profile.set a \"xy\"",
    ),
    (
        "hidden-character",
        "ana: profile.set a \"x\ty\"",
        "line 1, column 22: expected visible text, found the invisible character U+0009",
        "ana:\tprofile.set a \"xy\"",
    ),
    (
        "strange-character",
        "heal $r1",
        "line 1, column 6: expected a word, a number or a text in quotes, found \"$\"",
        "heal r1",
    ),
    (
        "open-text",
        "ana: profile.set a \"New St",
        "line 1, column 20: expected a closing quote before the end of the line",
        "ana: profile.set a \"New St\"",
    ),
    (
        "open-text",
        "ana: profile.set a \"New St\\",
        "line 1, column 20: expected a closing quote before the end of the line",
        "ana: profile.set a \"New St\\\\\"",
    ),
    (
        "unknown-escape",
        "ana: profile.set a \"one\\ntwo\"",
        "line 1, column 24: expected \\\" or \\\\ after a backslash, found \"\\n\"",
        "ana: profile.set a \"one\\\\ntwo\"",
    ),
    (
        "bad-number",
        "run 1.2.3s",
        "line 1, column 5: expected a number such as 20, 0.5 or -3, found \"1.2.3s\"",
        "run 1.2s",
    ),
    ("bad-number", "run .5s", "line 1, column 5: expected a number such as 20, 0.5 or -3, found \".5s\"", "run 0.5s"),
    (
        "too-many-digits",
        "run 123456789012345678901s",
        "line 1, column 5: expected a number of at most 19 digits, found \"123456789012345678901s\"",
        "run 12345s",
    ),
    (
        "unknown-unit",
        "run 5min",
        "line 1, column 5: expected a unit (us, ms, s, m, h, /s, % or ppm) after the number, found \"5min\"",
        "run 5m",
    ),
    (
        "missing-unit",
        "run 48",
        "line 1, column 5: expected a duration with its unit (us, ms, s, m or h), found \"48\"; write 48ms",
        "run 48ms",
    ),
    (
        "missing-unit",
        "load w2 stock.reserve 20",
        "line 1, column 23: expected a rate with its unit (/s), found \"20\"; write 20/s",
        "load w2 stock.reserve 20/s",
    ),
    (
        "missing-unit",
        "lose r1 r2 20",
        "line 1, column 12: expected a percentage with its unit (%), found \"20\"; write 20%",
        "lose r1 r2 20%",
    ),
    (
        "missing-unit",
        "drift r1 200",
        "line 1, column 10: expected a drift with its unit (ppm), found \"200\"; write 200ppm",
        "drift r1 200ppm",
    ),
    (
        "missing-unit",
        "expect stock.level.staleness.max > 48",
        "line 1, column 36: expected a time with its unit (us, ms, s, m or h), found \"48\"; write 48ms",
        "expect stock.level.staleness.max > 48ms",
    ),
    ("wrong-unit", "run 20/s", "line 1, column 5: expected a duration (us, ms, s, m or h), found \"20/s\"", "run 20s"),
    (
        "wrong-unit",
        "expect ana.completed == 5ms",
        "line 1, column 25: expected a number (no unit), found \"5ms\"",
        "expect ana.completed == 5",
    ),
    (
        "too-precise",
        "run 1.0000001s",
        "line 1, column 5: expected a time in whole microseconds, found \"1.0000001s\"",
        "run 1.000001s",
    ),
    (
        "not-whole",
        "ana: stock.reserve mug 1.5",
        "line 1, column 24: expected an amount as a whole number, found \"1.5\"",
        "ana: stock.reserve mug 1",
    ),
    ("out-of-bounds", "run 25h", "line 1, column 5: expected a duration from 0ms to 24h, found \"25h\"", "run 24h"),
    (
        "out-of-bounds",
        "skew r2 -61m",
        "line 1, column 9: expected an offset from -1h to +1h, found \"-61m\"",
        "skew r2 -60m",
    ),
    (
        "out-of-bounds",
        "retry ana attempts=0",
        "line 1, column 20: expected a number of attempts from 1 to 100, found \"0\"",
        "retry ana attempts=1",
    ),
    (
        "out-of-bounds",
        "lose r1 r2 120%",
        "line 1, column 12: expected a percentage from 0% to 100%, found \"120%\"",
        "lose r1 r2 100%",
    ),
    (
        "out-of-bounds",
        "ana: stock.reserve mug 0",
        "line 1, column 24: expected an amount from 1 to 1000000000, found \"0\"",
        "ana: stock.reserve mug 1",
    ),
    ("out-of-bounds", "at 721h", "line 1, column 4: expected an instant from 0ms to 720h, found \"721h\"", "at 720h"),
    (
        "out-of-bounds",
        "slow r1 r2 -5ms",
        "line 1, column 12: expected a delay from 0ms to 24h, found \"-5ms\"",
        "slow r1 r2 +5ms",
    ),
    (
        "text-too-long",
        "ana: profile.set a \"@LONG\"",
        "line 1, column 20: expected a text of at most 256 bytes, found 257",
        "ana: profile.set a \"long\"",
    ),
    (
        "missing-argument",
        "crash",
        "line 1, column 6: expected a replica, found the end of the line; usage: crash REPLICA [disk=keep|lose]",
        "crash r1",
    ),
    (
        "missing-argument",
        "retry ana to=",
        "line 1, column 14: expected a value after to=, found the end of the line; usage: retry CLIENT|WORKLOAD|* [timeout=TIME] [attempts=INT] [backoff=TIME] [jitter=PERCENT] [to=same|other]",
        "retry ana to=other",
    ),
    (
        "missing-argument",
        "at",
        "line 1, column 3: expected a time, found the end of the line; usage: at TIME[:EVENTS] [STATEMENT]",
        "at 3s",
    ),
    (
        "superfluous",
        "restart r1 r2",
        "line 1, column 12: expected the end of the line, found \"r2\"; usage: restart REPLICA",
        "restart r1",
    ),
    (
        "superfluous",
        "ana: stock.level mug 5",
        "line 1, column 22: expected the end of the line, found \"5\"; usage: CLIENT: OPERATION KEY [VALUE] [via=REPLICA]",
        "ana: stock.level mug",
    ),
    (
        "wrong-kind",
        "ana: profile.set a 5",
        "line 1, column 20: expected a text (write \"5\"), found \"5\"",
        "ana: profile.set a \"5\"",
    ),
    ("wrong-kind", "run now", "line 1, column 5: expected a duration, found \"now\"", "run 1s"),
    (
        "wrong-kind",
        "ana: stock.level 5",
        "line 1, column 18: expected a key (a word, or a text in quotes), found \"5\"",
        "ana: stock.level \"5\"",
    ),
    (
        "wrong-kind",
        "expect ben.last == refusd",
        "line 1, column 20: expected a number, a text in quotes, refused, unknown, nothing, or a measure, found \"refusd\"; did you mean refused?",
        "expect ben.last == refused",
    ),
    (
        "wrong-kind",
        "expect r1.stock[mug] == \"ten\"",
        "line 1, column 25: expected a number, nothing, or a measure, found the text \"ten\"",
        "expect r1.stock[mug] == 10",
    ),
    (
        "wrong-kind",
        "expect ben.last 10",
        "line 1, column 17: expected a comparison (==, !=, <, <=, > or >=), found \"10\"",
        "expect ben.last == 10",
    ),
    (
        "unknown-command",
        "isolat r1",
        "line 1, column 1: expected a command, found \"isolat\"; did you mean isolate?",
        "isolate r1",
    ),
    ("unknown-command", "\"heal\"", "line 1, column 1: expected a command, found the text \"heal\"", "heal"),
    (
        "unknown-client",
        "anna: stock.level mug",
        "line 1, column 1: expected a declared client (ana or ben), found \"anna\"; did you mean ana?",
        "ana: stock.level mug",
    ),
    (
        "unknown-client",
        "seed 1\nana: stock.level mug\n",
        "line 2, column 1: expected a declared client (none is declared: add clients NAME at the start), found \"ana\"",
        "seed 1\nclients ana\nana: stock.level mug\n",
    ),
    (
        "unknown-actor",
        "pause bem",
        "line 1, column 7: expected a replica or a declared client (r1, r2, r3, ana or ben), found \"bem\"; did you mean ben?",
        "pause ben",
    ),
    (
        "unknown-workload",
        "stop w2",
        "line 1, column 6: expected a workload that was started (w1), found \"w2\"; did you mean w1?",
        "stop w1",
    ),
    (
        "unknown-client-or-workload",
        "retry anna",
        "line 1, column 7: expected a declared client, a workload or * (ana, ben or w1), found \"anna\"; did you mean ana?",
        "retry ana",
    ),
    (
        "unknown-mark",
        "expect no-overdraft holds since=fixd",
        "line 1, column 33: expected a mark that was set (fixed), found \"fixd\"; did you mean fixed?",
        "expect no-overdraft holds since=fixed",
    ),
    (
        "unknown-branch",
        "expect befor/ana.last == 1",
        "line 1, column 8: expected a branch (before), found \"befor\"; did you mean before?",
        "expect before/ana.last == 1",
    ),
    (
        "unknown-operation",
        "ana: stock.reserv mug 1",
        "line 1, column 6: expected an operation type, found \"stock.reserv\"; did you mean stock.reserve?",
        "ana: stock.reserve mug 1",
    ),
    (
        "unknown-service",
        "merge profil lww-hlc",
        "line 1, column 7: expected a service (stock, account, feed, profile, likes or item), found \"profil\"; did you mean profile?",
        "merge profile lww-hlc",
    ),
    (
        "unknown-level",
        "policy * eventul",
        "line 1, column 10: expected a level (eventual), found \"eventul\"; did you mean eventual?",
        "policy * eventual",
    ),
    (
        "unknown-resolver",
        "merge profile lww",
        "line 1, column 15: expected a resolver (lww-wall or lww-hlc), found \"lww\"; did you mean lww-hlc?",
        "merge profile lww-wall",
    ),
    (
        "unknown-claim",
        "expect no-overdraf holds",
        "line 1, column 8: expected a claim (convergence, no-overdraft or no-oversell), found \"no-overdraf\"; did you mean no-overdraft?",
        "expect no-overdraft holds",
    ),
    (
        "unknown-hazard",
        "hazard cont-twice on",
        "line 1, column 8: expected a hazard (arrival-wins, count-twice or reuse-dots), found \"cont-twice\"; did you mean count-twice?",
        "hazard count-twice on",
    ),
    (
        "unknown-fault",
        "expect used partitio",
        "line 1, column 13: expected a kind of fault, found \"partitio\"; did you mean partition?",
        "expect used partition",
    ),
    (
        "unknown-fault",
        "expect fault[slow] > 0",
        "line 1, column 14: expected a kind of fault, found \"slow\"; did you mean slow-link?",
        "expect fault[slow-link] > 0",
    ),
    (
        "unknown-class",
        "lose r1 r2 20% class=gosip",
        "line 1, column 22: expected a message class (request, reply, gossip, repair or heartbeat), found \"gosip\"; did you mean gossip?",
        "lose r1 r2 20% class=gossip",
    ),
    (
        "unknown-topology",
        "cluster 3 topology=wam\n",
        "line 1, column 20: expected a topology (lan, wan, lnkd-ssd, lnkd-disk, ymmr or wars-wan), found \"wam\"; did you mean wan?",
        "cluster 3 topology=wan\n",
    ),
    (
        "unknown-distribution",
        "delay r1 r2 paretto 1ms 2",
        "line 1, column 13: expected a distribution (constant, uniform, exponential, lognormal or pareto), found \"paretto\"; did you mean pareto?",
        "delay r1 r2 pareto 1ms 2",
    ),
    (
        "unknown-measure",
        "expect stock.level.stalenes.max > 0ms",
        "line 1, column 8: expected a measure, found \"stock.level.stalenes.max\"; did you mean stock.level.staleness.max?",
        "expect stock.level.staleness.max > 0ms",
    ),
    (
        "unknown-measure",
        "expect r2.lag.seen > 0ms",
        "line 1, column 8: expected a measure, found \"r2.lag.seen\"",
        "expect r2.lag.observed > 0ms",
    ),
    (
        "unknown-condition",
        "run until convergd within 5s",
        "line 1, column 11: expected a condition (a claim, a measure, converged or used), found \"convergd\"; did you mean converged?",
        "run until converged within 5s",
    ),
    (
        "unknown-word",
        "crash r1 disk=loose",
        "line 1, column 15: expected keep or lose, found \"loose\"; did you mean lose?",
        "crash r1 disk=lose",
    ),
    (
        "unknown-replica",
        "restart r9",
        "line 1, column 9: expected a replica (r1 to r3), found \"r9\"; did you mean r3?",
        "restart r3",
    ),
    (
        "unknown-replica",
        "partition r1 | r0",
        "line 1, column 16: expected a replica (r1 to r3), found \"r0\"; did you mean r1?",
        "partition r1 | r2",
    ),
    (
        "unknown-option",
        "crash r1 disc=lose",
        "line 1, column 10: expected an option of crash (disk), found \"disc\"; did you mean disk?",
        "crash r1 disk=lose",
    ),
    ("unknown-option", "heal to=r1", "line 1, column 6: expected no options after heal, found \"to\"", "heal r1"),
    (
        "duplicate-option",
        "retry ana to=same to=other",
        "line 1, column 19: expected the option to once, found it twice",
        "retry ana to=other",
    ),
    (
        "missing-option",
        "flap r1 r2 up=1s",
        "line 1, column 17: expected the option down=…; usage: flap LINK up=TIME down=TIME",
        "flap r1 r2 up=1s down=1s",
    ),
    (
        "unfit-option",
        "load w2 likes.add 5/s key=photo keys=3",
        "line 1, column 33: the option keys does not go with key",
        "load w2 likes.add 5/s keys=3",
    ),
    (
        "unfit-option",
        "slow r1 5ms class=gossip",
        "line 1, column 13: the option class does not go with one replica, only with a link",
        "slow r1 r2 5ms class=gossip",
    ),
    (
        "unfit-option",
        "expect converged since=fixed",
        "line 1, column 18: the option since does not go with this condition, only with a claim",
        "expect convergence holds since=fixed",
    ),
    (
        "unfit-option",
        "ntp r1 off error=5ms",
        "line 1, column 12: the option error does not go with this form of the command",
        "ntp r1 error=5ms",
    ),
    (
        "glob-matches-nothing",
        "policy stok.* eventual",
        "line 1, column 8: expected an operation type or a pattern such as stock.* or *.read, found \"stok.*\"; did you mean stock.*?",
        "policy stock.* eventual",
    ),
    (
        "no-choice",
        "merge stock lww-hlc",
        "line 1, column 7: only profile has a choice of resolvers: stock is a counter, whose additions merge in any order",
        "merge profile lww-hlc",
    ),
    (
        "name-taken",
        "load ana stock.reserve 20/s",
        "line 1, column 6: expected a new name, found \"ana\", which names a declared client already",
        "load w2 stock.reserve 20/s",
    ),
    (
        "name-taken",
        "mark fixed",
        "line 1, column 6: expected a new name, found \"fixed\", which names a mark that was set already",
        "mark fixed-again",
    ),
    (
        "name-taken",
        "clients ana ana\n",
        "line 1, column 13: expected a new name, found \"ana\", which names a declared client already",
        "clients ana ben\n",
    ),
    (
        "bad-name",
        "mark second*",
        "line 1, column 6: expected a name (a letter, then letters, digits, - or _, 32 at most), found \"second*\"",
        "mark second-try",
    ),
    (
        "bad-name",
        "mark second.try",
        "line 1, column 6: expected a name (a letter, then letters, digits, - or _, 32 at most), found \"second.try\"",
        "mark second_try",
    ),
    (
        "reserved-name",
        "clients r1\n",
        "line 1, column 9: expected a name of your own, found \"r1\", which means something else in the language",
        "clients rita\n",
    ),
    (
        "reserved-name",
        "clients stock\n",
        "line 1, column 9: expected a name of your own, found \"stock\", which means something else in the language",
        "clients stan\n",
    ),
    (
        "late-setup",
        "seed 7",
        "line 1, column 1: seed is setup: expected it before the first operation, fault, setting or passing of time",
        "slo 500ms",
    ),
    (
        "late-setup",
        "run 1s\nclients ana\n",
        "line 2, column 1: clients is setup: expected it before the first operation, fault, setting or passing of time",
        "clients ana\nrun 1s\n",
    ),
    (
        "timed-setup",
        "at 1s seed 7\n",
        "line 1, column 7: seed is setup and takes no time: expected it without at or after",
        "seed 7\n",
    ),
    (
        "setup-order",
        "clients ana\ncluster 5\n",
        "line 2, column 1: expected cluster before clients and given",
        "cluster 5\nclients ana\n",
    ),
    ("repeated-setup", "seed 7\nseed 8\n", "line 2, column 1: expected seed once, found it twice", "seed 7\n\n"),
    (
        "repeated-setup",
        "given stock mug 1\ngiven stock mug 2\n",
        "line 2, column 13: expected given stock \"mug\" once, found it twice",
        "given stock mug 1\ngiven stock cup 2\n",
    ),
    ("goes-back", "at 1s heal", "line 1, column 4: time never goes back: expected 2s or later, found 1s", "at 2s heal"),
    (
        "goes-back",
        "run 5s\nat 4.9s heal\n",
        "line 2, column 4: time never goes back: expected 5s or later, found 4.9s",
        "run 5s\nat 5s heal\n",
    ),
    (
        "goes-back",
        "at 3s:7 heal\nat 3s:6 heal\n",
        "line 2, column 4: time never goes back: expected 3s:7 or later, found 3s:6",
        "at 3s:7 heal\nat 3s:7 heal\n",
    ),
    (
        "too-many",
        "delay r1 r2@PARTS 0% constant 1ms",
        "line 1, column 165: expected at most 8 parts of a mixture",
        "delay r1 r2@PARTS",
    ),
    (
        "actor-twice",
        "partition r1 | r2 r1",
        "line 1, column 19: expected each actor once, found \"r1\" twice",
        "partition r1 | r2 r3",
    ),
    (
        "one-side",
        "partition r1 r2",
        "line 1, column 11: expected two sides or more, as in r1 | r2 r3 or r1 -> r2, found one",
        "partition r1 | r2",
    ),
    (
        "mixed-sides",
        "partition r1 | r2 -> r3",
        "line 1, column 19: expected either sides with | between them or two sides with one -> between them",
        "partition r1 r2 -> r3",
    ),
    (
        "same-ends",
        "slow r1 r1 5ms",
        "line 1, column 9: expected two different ends of a link, found \"r1\" twice",
        "slow r1 r2 5ms",
    ),
    (
        "no-link",
        "slow ana ben 5ms",
        "line 1, column 6: expected a replica at one end: the clients \"ana\" and \"ben\" have no link with each other",
        "slow ana r1 5ms",
    ),
    (
        "weights",
        "delay r1 r2 90% constant 1ms 5% constant 2ms",
        "line 1, column 13: expected weights that sum to 100%, found 95%",
        "delay r1 r2 90% constant 1ms 10% constant 2ms",
    ),
    (
        "reversed-range",
        "delay r1 r2 uniform 20ms 10ms",
        "line 1, column 21: expected the smaller delay first, found \"20ms\" and \"10ms\"",
        "delay r1 r2 uniform 10ms 20ms",
    ),
    (
        "no-staleness",
        "expect feed.post.staleness.max == 0ms",
        "line 1, column 8: feed.post reads nothing, so it has no staleness",
        "expect feed.read.staleness.max == 0ms",
    ),
    (
        "not-ordered",
        "expect ben.last > \"a\"",
        "line 1, column 17: expected == or != (a text or a word is not smaller or larger), found >",
        "expect ben.last != \"a\"",
    ),
    (
        "units-differ",
        "expect r1.lag < alerts",
        "line 1, column 17: expected a time to compare with r1.lag, found alerts, which is a count",
        "expect r1.lag < r1.lag.max",
    ),
    (
        "no-limit",
        "run until converged",
        "line 1, column 20: expected within TIME after the condition, so that the run ends if it never comes true",
        "run until converged within 5s",
    ),
];

/// Puts in what is too long to be written out.
fn filled(text: &str) -> String {
    text.replace("@LONG", &"x".repeat(257)).replace("@PARTS", &" 12.5% constant 1ms".repeat(8))
}

#[test]
fn every_kind_of_error_says_where_what_and_what_instead() {
    let mut report = String::new();
    for (code, bad, message, _) in CASES {
        let errors = read(&filled(bad)).expect_err(bad);
        if (*code, *message) != (errors[0].kind.code(), &*errors[0].to_string()) {
            report += &format!("{bad:?}\n  {}\n  {}\n", errors[0].kind.code(), errors[0]);
        }
    }
    assert!(report.is_empty(), "differ:\n{report}");
}

#[test]
fn every_error_has_a_neighbour_that_is_right() {
    for (_, _, _, good) in CASES {
        if let Err(errors) = read(&filled(good)) {
            panic!("{good:?}: {}", errors[0]);
        }
    }
}
