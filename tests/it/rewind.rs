//! Rewind, branches and undo over random worlds: however a cursor wanders, one instant of one branch is one state.

use driftlab::base::Instant;
use driftlab::base::time::{MS, SECOND};
use driftlab::cluster::WorldCommand;
use driftlab::cluster::command::Recorded;
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::language::statement::Statement;
use driftlab::lab::replay::play;
use driftlab::lab::run::Run;
use driftlab::lab::sitting::Sitting;
use driftlab::lab::swarm::lines_of;

/// Worlds that are tried.
const SEEDS: u64 = 100;
/// Events between two snapshots: few, so that every way back crosses some.
const SPACING: u64 = 97;

/// A small generator for the tests alone.
struct Words(u64);

impl Words {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The script of a seed, run to one second past its last line.
fn scripted(seed: u64) -> Sitting {
    let script = lines_of(seed).join("\n") + "\nrun 1s\n";
    let script = parse_script(&script).unwrap_or_else(|errors| panic!("seed {seed}: {errors:?}"));
    play(&script, None).unwrap_or_else(|error| panic!("seed {seed}: {error}")).sitting
}

/// The same commands, each at its instant and number of events, by steps.
fn by_steps(commands: &[Recorded], end: Instant) -> Sitting {
    let mut sitting = Sitting::with_snapshots_every(SPACING);
    for recorded in commands {
        while sitting.run().events() < recorded.events {
            sitting.step().expect("it did when it was recorded");
        }
        sitting.rest_until(recorded.at);
        sitting.act(&recorded.command, &recorded.text).expect("it did when it was recorded");
    }
    sitting.go_to(end).expect("it did when it was recorded");
    sitting
}

/// All that a run holds, the folds included, as text.
fn state(run: &Run) -> String {
    format!("{run:?}")
}

/// Moves the cursor about and changes nothing that lasts.
fn wander(sitting: &mut Sitting, end: Instant, words: &mut Words) {
    match words.below(5) {
        0 => sitting.go_to(Instant(words.below(end.0 + 1))).expect("a bound"),
        1 => (0..=words.below(5)).for_each(|_| sitting.step_back().expect("a bound")),
        2 => {
            let mut left = words.below(50);
            while sitting.step().expect("a bound") && left > 0 {
                left -= 1;
            }
        }
        3 => {
            sitting.advance(end, words.below(400)).expect("a bound");
        }
        _ if sitting.applied() == sitting.commands().len() => {
            let undone = sitting.undo().expect("a bound").expect("there are commands");
            sitting.act(&undone.command, &undone.text).expect("it did before");
        }
        _ => {}
    }
}

#[test]
fn however_the_cursor_wanders_the_end_is_the_same() {
    for seed in 0..SEEDS {
        let straight = scripted(seed);
        let (end, digest) = (straight.run().now(), straight.run().digest());
        assert_eq!(scripted(seed).run().digest(), digest, "seed {seed}: two runs of one script differ");
        let mut sitting = by_steps(straight.commands(), end);
        assert_eq!(sitting.run().digest(), digest, "seed {seed}: replayed by steps it differs");
        let mut words = Words(seed);
        for round in 0..6 {
            wander(&mut sitting, end, &mut words);
            if words.below(3) == 0 {
                sitting.go_to(end).expect("a bound");
                assert_eq!(sitting.run().digest(), digest, "seed {seed}, round {round}: it wandered off");
            }
        }
        sitting.go_to(end).expect("a bound");
        assert_eq!(sitting.run().digest(), digest, "seed {seed}: it wandered off");
        assert!(state(sitting.run()) == state(straight.run()), "seed {seed}: the folds differ");
        let told = |sitting: &Sitting| format!("{:?}", sitting.log().story.iter().collect::<Vec<_>>());
        assert!(told(&sitting) == told(&straight), "seed {seed}: the stories differ");
    }
}

/// One command of the world, where a client `ana` may exist.
fn command(line: &str) -> WorldCommand {
    command_of(&format!("clients ana\n{line}\n"), 1)
}

/// The command on a line of a script, from 0.
fn command_of(script: &str, line: usize) -> WorldCommand {
    let script = parse_script(script).expect("it parses");
    let Some(Statement::World(command)) = &script.lines[line].statement else { panic!("a command of the world") };
    command.clone()
}

#[test]
fn a_way_back_to_the_very_start_builds_the_world_again() {
    let mut sitting = scripted(3);
    let (end, digest) = (sitting.run().now(), sitting.run().digest());
    sitting.go_to(Instant::ZERO).expect("a bound");
    assert_eq!(sitting.run().now(), Instant::ZERO);
    sitting.go_to(end).expect("a bound");
    assert_eq!(sitting.run().digest(), digest);
}

#[test]
fn a_step_back_takes_back_one_step_be_it_an_event_or_a_command() {
    for seed in 0..10 {
        let straight = scripted(seed);
        let mut sitting = by_steps(straight.commands(), straight.run().now());
        sitting.go_to(Instant(SECOND)).expect("a bound");
        let at = |sitting: &Sitting| (sitting.run().events(), sitting.applied(), sitting.run().digest());
        let mut passed = vec![at(&sitting)];
        for _ in 0..300 {
            assert!(sitting.step().expect("a bound"));
            passed.push(at(&sitting));
        }
        passed.pop();
        for before in passed.into_iter().rev() {
            sitting.step_back().expect("a bound");
            assert_eq!(at(&sitting), before, "seed {seed}");
        }
    }
}

#[test]
fn a_mark_is_still_there_after_going_back_before_it() {
    let script = "clients ana\nload w1 account.withdraw 20/s key=joint amount=5\nrun 2s\nmark fixed\nrun 1s\n";
    let mut sitting = play(&parse_script(script).expect("it parses"), None).expect("it runs").sitting;
    sitting.go_to(Instant(SECOND)).expect("a bound");
    sitting.go_to(Instant(3 * SECOND)).expect("a bound");
    assert_eq!(sitting.run().marked("fixed"), Some(Instant(2 * SECOND)));
}

#[test]
fn acting_in_the_past_keeps_what_was_reached_even_without_a_later_command() {
    let mut sitting = Sitting::default();
    sitting.act(&command_of("clients ana", 0), "clients ana").expect("a setup");
    sitting.go_to(Instant(60 * SECOND)).expect("a bound");
    let digest = sitting.run().digest();
    sitting.go_to(Instant(30 * SECOND)).expect("a bound");
    let post = "ana: feed.post wall hello";
    sitting.act(&command(post), post).expect("ana exists");
    assert_eq!(sitting.branches().iter().map(|branch| branch.reached).collect::<Vec<_>>(), [Instant(60 * SECOND)]);
    assert!(sitting.switch_to(0).expect("a bound"));
    assert_eq!((sitting.run().now(), sitting.run().digest()), (Instant(60 * SECOND), digest));
}

#[test]
fn a_branch_that_was_left_is_found_again_as_it_was() {
    for seed in 0..SEEDS {
        let straight = scripted(seed);
        let (end, digest) = (straight.run().now(), straight.run().digest());
        let mut words = Words(seed ^ 0xb4a2);
        let mut sitting = by_steps(straight.commands(), end);
        // Leave it twice, at different instants; each branch goes on for a while.
        let mut left = vec![(sitting.branch(), end, digest)];
        for name in ["one", "two"] {
            let past = Instant(SECOND + words.below(end.0.saturating_sub(2 * SECOND).max(1)));
            sitting.go_to(past).expect("a bound");
            let post = format!("ana: feed.post wall \"{name}\"");
            sitting.act(&command(&post), &post).expect("ana exists");
            let until = past + words.below(3 * SECOND) + 300 * MS;
            sitting.go_to(until).expect("a bound");
            left.push((sitting.branch(), until, sitting.run().digest()));
        }
        for _ in 0..4 {
            let (branch, end, digest) = left[words.below(left.len() as u64) as usize];
            if branch != sitting.branch() {
                assert!(sitting.switch_to(branch).expect("a bound"), "seed {seed}: branch {branch} is gone");
            }
            sitting.go_to(end).expect("a bound");
            assert_eq!(sitting.run().digest(), digest, "seed {seed}: branch {branch} is another one now");
        }
    }
}
