//! What the lab costs. The budgets are in the README.
//!
//! ```text
//! cargo bench              all of them
//! cargo bench -- rewind    one group
//! ```

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use crossterm::event::{KeyCode, KeyEvent};
use driftlab::base::{Actor, Instant, MessageClass};
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::language::statement::Statement;
use driftlab::lab::sitting::Sitting;
use driftlab::lab::sweep::{BATCH, Cell, batch};
use driftlab::sim::{Passage, Topology, World};
use driftlab::tui::{Look, Message, Model, draw, update};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

const ACTORS: u16 = 5;
const IN_FLIGHT: u64 = 200;
const MESSAGES: u64 = 1_000_000;

/// A world in which every delivery leads to one more message, so that as many stay under way as began.
fn raw_world() -> World<u64> {
    let mut world = World::new(usize::from(ACTORS), Topology::Lan, 7).expect("five is a possible number of replicas");
    for number in 0..IN_FLIGHT {
        send(&mut world, (number % u64::from(ACTORS)) as u16, number);
    }
    world
}

/// Sends from `from` to another actor; the payload tells the receiver and which of the others is next.
fn send(world: &mut World<u64>, from: u16, number: u64) {
    let next = number + 1;
    let to = (from + 1 + (next % u64::from(ACTORS - 1)) as u16) % ACTORS;
    let fate = world.send(Actor(from), Actor(to), MessageClass::Gossip, 64);
    let Passage::Arrives { delay_us } = fate.first else { unreachable!("nothing is wrong with this world") };
    world.schedule_in(delay_us, next << 16 | u64::from(to)).expect("few messages are under way");
}

fn deliver(world: &mut World<u64>, messages: u64) {
    for _ in 0..messages {
        let payload = world.pop().expect("a message is always under way");
        send(world, payload as u16, payload >> 16);
    }
}

fn raw(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("raw-world");
    group.throughput(Throughput::Elements(MESSAGES)).sample_size(20);
    let mut world = raw_world();
    group.bench_function("small messages among 5 actors", |bencher| {
        bencher.iter(|| deliver(black_box(&mut world), MESSAGES));
    });
    group.finish();
}

/// Five replicas under a mixed load in a sitting that can go back, warmed up until the rings of the record are full.
fn busy(per_second: u32, topology: &str, warm_up_s: u64) -> Sitting {
    busy_at("eventual", per_second, topology, warm_up_s)
}

/// The same with every operation type at a level.
fn busy_at(level: &str, per_second: u32, topology: &str, warm_up_s: u64) -> Sitting {
    let policy = if level == "eventual" { String::new() } else { format!("policy * {level}\n") };
    let load = format!("load w1 * {per_second}/s keys=64 clients=64\n");
    let text = format!("seed 7\ncluster 5 topology={topology}\n{policy}{load}");
    let script = parse_script(&text).expect("it is a script");
    let mut sitting = Sitting::default();
    for line in &script.lines {
        let Some(Statement::World(command)) = &line.statement else { unreachable!("the script only builds a world") };
        sitting.act(command, &line.source).expect("the command takes effect");
    }
    sitting.go_to(Instant(warm_up_s * 1_000_000)).expect("no bound is near");
    sitting
}

/// What all operation types are bound to, one after the other.
const LEVELS: [&str; 9] = [
    "eventual",
    "session(affinity)",
    "session(token)",
    "causal",
    "bounded(500ms)",
    "quorum(3,3,5)",
    "primary(semi-sync=2)",
    "linearizable",
    "threshold(5)",
];

/// Trials of the sweep on one thread and on two: an element is one write and one read.
fn sweep(criterion: &mut Criterion) {
    const TRIALS: u64 = 2 * BATCH;
    let cell = Cell { topology: Topology::LnkdSsd, reads: 2, writes: 2 };
    let mut group = criterion.benchmark_group("sweep");
    group.throughput(Throughput::Elements(TRIALS)).sample_size(20);
    for threads in [1, 2] {
        group.bench_function(format!("trials on {threads} threads"), |bencher| {
            bencher.iter(|| {
                std::thread::scope(|scope| {
                    for thread in 0..threads {
                        let batches = (0..TRIALS / BATCH).filter(move |number| number % threads == thread);
                        scope.spawn(move || batches.map(|number| batch(cell, &[0], number, BATCH)).for_each(drop));
                    }
                });
            });
        });
    }
    group.finish();
}

/// Protocols, trace and history, metrics, live judges, snapshots: an element is one event.
fn full_stack(criterion: &mut Criterion) {
    const EVENTS: u64 = 250_000;
    let mut group = criterion.benchmark_group("full-stack");
    group.throughput(Throughput::Elements(EVENTS)).sample_size(20);
    for level in LEVELS {
        let mut sitting = busy_at(level, 2_000, "lan", if level == "eventual" { 120 } else { 30 });
        group.bench_function(format!("{level}, 5 replicas, mixed load"), |bencher| {
            bencher.iter(|| black_box(&mut sitting).advance(Instant(u64::MAX / 2), EVENTS).expect("no bound is near"));
        });
        equals_the_ordinary_path(&sitting);
    }
    group.finish();
}

/// Seconds of the default lab in one second: an element is one second of true time.
fn real_time(criterion: &mut Criterion) {
    const SECONDS: u64 = 60;
    let mut group = criterion.benchmark_group("real-time");
    group.throughput(Throughput::Elements(SECONDS)).sample_size(20);
    let mut sitting = busy(200, "wan", 60);
    group.bench_function("default lab, 5 replicas, 200 operations/s", |bencher| {
        bencher.iter(|| {
            let to = sitting.run().now() + SECONDS * 1_000_000;
            sitting.go_to(to).expect("no bound is near");
        });
    });
    for (name, level) in [("Raft", "linearizable"), ("the primary", "primary(semi-sync=2)")] {
        let mut ordered = busy_at(level, 200, "wan", 60);
        group.bench_function(format!("all through {name}, 5 replicas, 200 operations/s"), |bencher| {
            bencher.iter(|| {
                let to = ordered.run().now() + SECONDS * 1_000_000;
                ordered.go_to(to).expect("no bound is near");
            });
        });
        let latency = ordered.run().metrics().latency(driftlab::base::OpType::AccountWithdraw);
        assert!(latency.done > 200, "hardly a withdrawal was decided: {}", latency.done);
    }
    group.finish();
    equals_the_ordinary_path(&sitting);
}

/// To instants all over the last ten minutes, and of eight hours; each goes back and forth.
fn rewind(criterion: &mut Criterion) {
    const MINUTE: u64 = 60_000_000;
    let mut group = criterion.benchmark_group("rewind");
    group.sample_size(20);
    let mut sitting = busy(200, "wan", 600);
    let end = sitting.run().now();
    for minutes_back in [1, 5, 9] {
        group.bench_function(format!("{minutes_back} of the last 10 minutes"), |bencher| {
            bencher.iter_custom(|iterations| {
                (0..iterations).map(|_| time_back(&mut sitting, end, end - minutes_back * MINUTE)).sum()
            });
        });
    }
    group.finish();
    sitting.go_to(end).expect("no bound is near");
    equals_the_ordinary_path(&sitting);
}

/// How long one rewind takes; going forward again does not count.
#[allow(clippy::disallowed_methods, reason = "a bench measures the machine")]
fn time_back(sitting: &mut Sitting, end: Instant, to: Instant) -> Duration {
    sitting.go_to(end).expect("no bound is near");
    let begin = std::time::Instant::now();
    sitting.go_to(to).expect("no bound is near");
    begin.elapsed()
}

/// From nothing to the first frame, and one frame of a busy cluster. A frame includes the comparison with the one before,
/// as on a terminal, but no terminal.
fn screen(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("screen");
    group.bench_function("start to first frame, 80×24", |bencher| {
        bencher.iter(|| {
            let model = Model::opening((80, 24), Look::default());
            let mut terminal = terminal(80, 24);
            terminal.draw(|frame| draw(&model, frame)).expect("a test backend takes everything");
            black_box(terminal)
        });
    });
    for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
        let mut model = Model::opening((columns, rows), Look::default());
        type_in(&mut model, ":load w1 * 200/s keys=64 clients=64\n:load w2 feed.* 2000/s clients=64\n:speed 1\n");
        // Many small frames, as a person sees them: messages are under way and the log is full.
        for _ in 0..300 {
            update(&mut model, Message::Frame { elapsed: Duration::from_millis(16) });
        }
        let mut terminal = terminal(columns, rows);
        group.bench_function(format!("one frame, {columns}×{rows}, busy cluster"), |bencher| {
            bencher.iter(|| terminal.draw(|frame| draw(&model, frame)).map(|_| ()));
        });
    }
    timeline(&mut group);
    group.finish();
}

/// The timeline alone, with 10,000 events in its window; then with one of them chosen, all messages shown.
fn timeline(group: &mut BenchmarkGroup<'_, WallTime>) {
    const EVENTS: usize = 10_000;
    for (columns, rows) in [(80, 24), (120, 40), (200, 60)] {
        let mut model = Model::opening((columns, rows), Look::default());
        // At 1× the window shows five seconds; `]` makes it one.
        type_in(&mut model, ":load w1 * 1000/s keys=64 clients=64\n:speed 1\n3z]]");
        for _ in 0..300 {
            update(&mut model, Message::Frame { elapsed: Duration::from_millis(16) });
        }
        let from = model.sitting().run().now() - 1_000_000;
        let events = model.sitting().log().trace.iter().rev().take_while(|entry| entry.at >= from).count();
        assert!((EVENTS..2 * EVENTS).contains(&events), "{events} events in the window");
        let mut terminal = terminal(columns, rows);
        group.bench_function(format!("one frame, {columns}×{rows}, timeline of {events} events"), |bencher| {
            bencher.iter(|| terminal.draw(|frame| draw(&model, frame)).map(|_| ()));
        });
        for code in [KeyCode::Enter, KeyCode::Enter, KeyCode::Left] {
            update(&mut model, Message::Key(KeyEvent::from(code)));
        }
        group.bench_function(format!("one frame, {columns}×{rows}, past and future lit among them"), |bencher| {
            bencher.iter(|| terminal.draw(|frame| draw(&model, frame)).map(|_| ()));
        });
    }
}

fn terminal(columns: u16, rows: u16) -> Terminal<TestBackend> {
    Terminal::new(TestBackend::new(columns, rows)).expect("a test backend is always there")
}

fn type_in(model: &mut Model, keys: &str) {
    for key in keys.chars() {
        let code = if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) };
        update(model, Message::Key(KeyEvent::from(code)));
    }
}

/// What was timed is what everybody gets: the same commands, played without stops, give the same record.
fn equals_the_ordinary_path(timed: &Sitting) {
    let mut sitting = Sitting::default();
    for command in timed.commands() {
        sitting.act(&command.command, &command.text).expect("it took effect before");
    }
    while sitting.run().events() < timed.run().events() {
        assert!(sitting.step().expect("no bound is near"), "the timed run went further");
    }
    sitting.go_to(timed.run().now()).expect("no bound is near");
    assert_eq!(sitting.run().digest(), timed.run().digest(), "the timed run told another story");
}

criterion_group!(benches, raw, full_stack, real_time, rewind, screen, sweep);
criterion_main!(benches);
