//! A saved sitting is the sitting: whatever someone did in it, it replays headless to the same record.

use driftlab::base::Instant;
use driftlab::base::time::{MS, SECOND};
use driftlab::cluster::WorldCommand;
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::language::statement::Statement;
use driftlab::lab::recording::script;
use driftlab::lab::replay::play;
use driftlab::lab::sitting::Sitting;
use driftlab::lab::swarm::lines_of;

use super::mutate::Draw;

/// Sittings that are tried.
const SEEDS: u64 = 50;
/// What someone does in each.
const ACTIONS: usize = 200;
/// Events between two snapshots: few, so that every way back crosses some.
const SPACING: u64 = 997;
/// The longest world, so that fifty of them take seconds.
const END: Instant = Instant(30 * SECOND);

/// A sitting in which a person does random things, and what they can do.
struct Person {
    sitting: Sitting,
    setup: usize,
    commands: Vec<(WorldCommand, String)>,
    draw: Draw,
    /// What was done, for the report of a failure.
    done: Vec<String>,
}

impl Person {
    fn of(seed: u64) -> Self {
        let script = parse_script(&lines_of(seed).join("\n")).expect("the swarm's scripts parse");
        let mut sitting = Sitting::with_snapshots_every(SPACING);
        let mut commands = Vec::new();
        for line in script.lines {
            let Some(Statement::World(command)) = line.statement else { continue };
            if command.is_setup() {
                sitting.act(&command, &line.source).expect("a setup");
            } else {
                commands.push((command, line.source));
            }
        }
        let setup = sitting.applied();
        Self { sitting, setup, commands, draw: Draw::new(seed.into()), done: Vec::new() }
    }

    fn act(&mut self) {
        let (command, text) = self.draw.pick(&self.commands).clone();
        // What the world refuses is not recorded.
        let taken = self.sitting.act(&command, &text).is_ok();
        self.done.push(format!("{text} ({taken})"));
    }

    fn do_something(&mut self) {
        let now = self.sitting.run().now();
        let what = self.draw.below(12);
        self.done.push(format!("{what} at {}:{}", now.0, self.sitting.run().events()));
        match what {
            0..=3 => self.act(),
            4 => {
                for _ in 0..=self.draw.below(20) {
                    self.sitting.step().expect("a bound");
                }
            }
            5 => (0..=self.draw.below(5)).for_each(|_| self.sitting.step_back().expect("a bound")),
            6 => {
                self.sitting.advance(END, self.draw.below(500) as u64).expect("a bound");
            }
            7 | 8 => {
                let on = self.draw.below(SECOND as usize) as u64;
                self.go_to((now + on).min(END));
            }
            9 => {
                let to = self.draw.below(now.0 as usize + 1) as u64;
                self.go_to(Instant(to));
            }
            10 => self.go_to_branch_or_undo(),
            _ => {
                let name = ["one", "two", "three"][self.draw.below(3)];
                self.sitting.mark(name);
            }
        }
        if self.sitting.applied() < self.setup {
            self.go_to(Instant(MS));
        }
    }

    fn go_to(&mut self, to: Instant) {
        self.sitting.go_to(to).expect("a bound");
    }

    fn go_to_branch_or_undo(&mut self) {
        let left: Vec<u32> = self.sitting.branches().iter().map(|branch| branch.number).collect();
        if !left.is_empty() && self.draw.below(2) == 0 {
            assert!(self.sitting.switch_to(*self.draw.pick(&left)).expect("a bound"));
        } else if self.sitting.applied() > self.setup {
            self.sitting.undo().expect("a bound");
        }
    }

    /// Goes to where this branch ends.
    fn go_to_the_end(&mut self) {
        let (events, at) = self.sitting.end();
        while self.sitting.run().events() < events || self.sitting.applied() < self.sitting.commands().len() {
            assert!(self.sitting.step().expect("a bound"), "the end was reached before");
        }
        self.sitting.rest_until(at);
    }
}

#[test]
fn a_saved_sitting_of_two_hundred_actions_replays_to_the_same_record() {
    let (mut branches, mut commands) = (0, 0);
    for seed in 1..=SEEDS {
        let mut person = Person::of(seed);
        for _ in 0..ACTIONS {
            person.do_something();
        }
        let saved = script(&person.sitting);
        person.go_to_the_end();
        assert_eq!(script(&person.sitting), saved, "seed {seed}: where the cursor stands is saved");
        let read = parse_script(&saved).unwrap_or_else(|errors| panic!("seed {seed}: {}\n{saved}", errors[0]));
        let replay = play(&read, None).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{saved}"));
        let state = |sitting: &Sitting| {
            let run = sitting.run();
            let marks: Vec<_> = run.marks().map(|(name, at)| (name.to_owned(), at)).collect();
            (run.events(), run.now(), run.digest(), sitting.commands().to_vec(), marks)
        };
        let (mut own, again) = (state(&person.sitting), state(&replay.sitting));
        own.4.retain(|(_, at)| *at <= own.1);
        let done = person.done.join("\n");
        assert_eq!((own.0, own.1), (again.0, again.1), "seed {seed}: it ends elsewhere\n{saved}\n{done}");
        assert_eq!(own.3, again.3, "seed {seed}: the commands are others\n{saved}\n{done}");
        assert_eq!(own.4, again.4, "seed {seed}: the marks are others\n{saved}\n{done}");
        assert_eq!(own.2, again.2, "seed {seed}: the record is another\n{saved}\n{done}");
        branches += person.sitting.branches().len();
        commands += own.3.len();
    }
    assert!(branches > 100 && commands > 500, "they did too little: {branches} branches, {commands} commands");
}
