//! What a script can ask for is bounded, and the bound is an error with a place and a way out.

use driftlab::lab::language::parse_script;
use driftlab::lab::replay::{Bounds, ReplayError, play, play_within};

/// Why a script is refused within small bounds.
fn refusal(source: &str, bounds: Bounds) -> ReplayError {
    let script = parse_script(source).unwrap_or_else(|errors| panic!("{}", errors[0]));
    play_within(&script, None, bounds).expect_err("it is out of bounds")
}

#[test]
fn every_way_to_let_time_pass_ends_at_the_bound_of_events() {
    let bounds = Bounds { events: 1_000, ..Bounds::default() };
    let message = "a replay has 1000 events at most; run for less or lower the load";
    let load = "load w1 * 1000/s\n";
    for pass in [
        "run 24h",
        "at 24h",
        "after 24h",
        "at 1h:18446744073709551615",
        "run until retries > 1 within 24h",
        "run until converged within 24h",
        "run until convergence holds within 24h",
        "run until no-overdraft violated since=start within 24h",
    ] {
        let source = format!("{load}mark start\nafter 10ms\n{pass}\n");
        let expected = ReplayError { line: 4, message: message.to_owned() };
        assert_eq!(refusal(&source, bounds), expected, "{pass}");
    }
}

#[test]
fn a_story_ends_at_the_bound_of_lines() {
    let bounds = Bounds { lines: 100, ..Bounds::default() };
    let message = "a story has 100 lines at most; run for less or tell no messages";
    for source in ["load w1 * 1000/s\nstory messages\nrun 24h\n".to_owned(), "heal\n".repeat(101)] {
        let error = refusal(&source, bounds);
        assert_eq!(error.message, message);
    }
    let script = parse_script(&"heal\n".repeat(100)).unwrap();
    assert!(play_within(&script, None, bounds).is_ok());
}

#[test]
fn worlds_at_their_largest_are_refused_with_the_line() {
    let cuts = "partition r1 | r2\n".repeat(257);
    let keys = "load a likes.add 1/s keys=65536 clients=1\nload b feed.post 1/s keys=1 clients=1\n";
    for (source, line, words) in [(cuts.as_str(), 257, "more than 256 partitions"), (keys, 2, "at most 65536 keys")] {
        let script = parse_script(source).unwrap();
        let error = play(&script, None).expect_err("it is out of bounds");
        assert_eq!(error.line, line);
        assert!(error.message.contains(words), "{error}");
    }
    let month = "after 24h\n".repeat(31);
    let errors = parse_script(&month).unwrap_err();
    assert_eq!((errors[0].line, errors[0].kind.code()), (31, "out-of-bounds"));
}
