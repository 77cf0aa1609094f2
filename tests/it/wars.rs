//! The quorum path against an independent Monte Carlo of the WARS model (Bailis et al., *Probabilistically Bounded
//! Staleness*, VLDB 2012): the fits and the model are written down here a second time, and share no code with the lab.

use driftlab::lab::sweep::{self, Cell, FITS, HOMES, PAIRS, Tally};
use driftlab::sim::Topology;
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// When reads begin after the commit, in milliseconds.
const AFTER_MS: [f64; 3] = [0.0, 5.0, 50.0];
/// Trials of the lab for each cell. In the test build a tenth of what the release build does.
const TRIALS: u64 = if cfg!(debug_assertions) { 20_000 } else { 200_000 };
/// How far the two may differ, in shares: four to five standard deviations of both.
const TOLERANCE: f64 = if cfg!(debug_assertions) { 0.016 } else { 0.005 };
/// Trials of the model for each cell.
const MODEL_TRIALS: u64 = 2 * TRIALS;

/// A sampler of the model, in milliseconds.
struct Model {
    random: Pcg64Mcg,
    fit: Topology,
}

impl Model {
    /// Uniform in (0, 1].
    fn uniform(&mut self) -> f64 {
        ((self.random.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    fn pareto(&mut self, least: f64, alpha: f64) -> f64 {
        least / self.uniform().powf(1.0 / alpha)
    }

    fn exponential(&mut self, rate: f64) -> f64 {
        -self.uniform().ln() / rate
    }

    fn solid_state(&mut self) -> f64 {
        if self.uniform() <= 0.9122 { self.pareto(0.235, 10.0) } else { self.exponential(1.66) }
    }

    /// W: a write on its way to a home.
    fn write(&mut self) -> f64 {
        let share = self.uniform();
        match self.fit {
            Topology::LnkdSsd => self.solid_state(),
            Topology::LnkdDisk | Topology::WarsWan if share <= 0.38 => self.pareto(1.05, 1.51),
            Topology::LnkdDisk | Topology::WarsWan => self.exponential(0.183),
            Topology::Ymmr if share <= 0.939 => self.pareto(3.0, 3.35),
            Topology::Ymmr => self.exponential(0.0028),
            other => unreachable!("{} is no fit", other.name()),
        }
    }

    /// A, R and S.
    fn other(&mut self) -> f64 {
        if self.fit != Topology::Ymmr {
            return self.solid_state();
        }
        if self.uniform() <= 0.982 { self.pareto(1.5, 3.8) } else { self.exponential(0.0217) }
    }

    /// What a way costs beside its draw: all homes but one are 75 ms away in `wan`, another one for each operation.
    fn far(&mut self) -> [f64; HOMES as usize] {
        let near = (self.random.next_u64() % u64::from(HOMES)) as usize;
        let is_wan = self.fit == Topology::WarsWan;
        std::array::from_fn(|home| if is_wan && home != near { 75.0 } else { 0.0 })
    }

    /// One trial: whether a read is fresh at each time, and both latencies.
    fn trial(&mut self, reads: u8, writes: u8) -> ([bool; AFTER_MS.len()], f64, f64) {
        let far = self.far();
        let arrived = far.map(|far| far + self.write());
        let mut index = 0;
        let mut confirmed = arrived.map(|at| {
            index += 1;
            at + far[index - 1] + self.other()
        });
        confirmed.sort_by(f64::total_cmp);
        let committed = confirmed[usize::from(writes) - 1];
        let mut latency = 0.0;
        let fresh = AFTER_MS.map(|after| {
            let far = self.far();
            let mut answers: [(f64, bool); HOMES as usize] = std::array::from_fn(|home| {
                let asked = far[home] + self.other();
                let has_it = arrived[home] <= committed + after + asked;
                (asked + far[home] + self.other(), has_it)
            });
            answers.sort_by(|one, other| one.0.total_cmp(&other.0));
            latency = answers[usize::from(reads) - 1].0;
            answers[..usize::from(reads)].iter().any(|(_, has_it)| *has_it)
        });
        (fresh, committed, latency)
    }
}

/// What the model says of a cell: shares of fresh reads, and medians of latencies in milliseconds.
fn model(cell: Cell) -> ([f64; AFTER_MS.len()], f64, f64) {
    let seed = 0x5eed ^ u64::from(cell.reads) << 8 ^ u64::from(cell.writes) << 16;
    let mut model = Model { random: Pcg64Mcg::seed_from_u64(seed), fit: cell.topology };
    let mut fresh = [0_u64; AFTER_MS.len()];
    let (mut wrote, mut read) = (Vec::new(), Vec::new());
    for _ in 0..MODEL_TRIALS {
        let (is_fresh, write, latency) = model.trial(cell.reads, cell.writes);
        fresh.iter_mut().zip(is_fresh).for_each(|(count, is_fresh)| *count += u64::from(is_fresh));
        wrote.push(write);
        read.push(latency);
    }
    let median = |mut latencies: Vec<f64>| {
        let middle = latencies.len() / 2;
        *latencies.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    (fresh.map(|count| count as f64 / MODEL_TRIALS as f64), median(wrote), median(read))
}

/// The same of the lab's own messages.
fn lab(cell: Cell) -> Tally {
    measured(cell, &AFTER_MS.map(|ms| (ms * 1_000.0) as u64), TRIALS)
}

fn measured(cell: Cell, after_us: &[u64], trials: u64) -> Tally {
    let mut sum = Tally::new(after_us.len());
    for number in 0..trials / sweep::BATCH {
        sum.add(&sweep::batch(cell, after_us, sweep::seed_of(7, cell, number), sweep::BATCH));
    }
    sum
}

fn agree(topology: Topology) {
    for (reads, writes) in PAIRS {
        let cell = Cell { topology, reads, writes };
        let (fresh, wrote, read) = model(cell);
        let tally = lab(cell);
        for (time, (expected, after)) in fresh.iter().zip(AFTER_MS).enumerate() {
            let measured = tally.fresh(time).value;
            assert!(
                (measured - expected).abs() <= TOLERANCE,
                "{} R={reads} W={writes}, {after} ms after the commit: {measured:.4} fresh, by the model {expected:.4}",
                topology.name()
            );
        }
        for (what, measured_us, expected_ms) in
            [("write", tally.write_us(0.5).value, wrote), ("read", tally.read_us(0.5).value, read)]
        {
            let measured = measured_us / 1_000.0;
            assert!(
                (measured - expected_ms).abs() <= 0.02 * expected_ms,
                "{} R={reads} W={writes}: the median {what} takes {measured:.3} ms, by the model {expected_ms:.3}",
                topology.name()
            );
        }
    }
}

#[test]
fn fresh_reads_on_solid_state_disks_are_those_of_the_model() {
    agree(FITS[0]);
}

#[test]
fn fresh_reads_on_spinning_disks_are_those_of_the_model() {
    agree(FITS[1]);
}

#[test]
fn fresh_reads_at_yammer_are_those_of_the_model() {
    agree(FITS[2]);
}

#[test]
fn fresh_reads_across_datacentres_are_those_of_the_model() {
    agree(FITS[3]);
}

/// The 99.9th percentiles of both at ten million trials, by hand, in the release build:
/// `cargo test --release --test it latencies -- --ignored --nocapture`.
#[test]
#[ignore = "it takes minutes; its figures are in the README"]
#[allow(clippy::print_stdout, reason = "it is read by people")]
fn latencies_by_hand() {
    const TRIALS: u64 = 10_000_000;
    for fit in FITS {
        // Writes hang on W alone and reads on R, so three cells tell all.
        for count in 1..=HOMES {
            let cell = Cell { topology: fit, reads: count, writes: count };
            let seed = 0x1a7e ^ u64::from(count) << 16;
            let mut model = Model { random: Pcg64Mcg::seed_from_u64(seed), fit };
            let (mut wrote, mut read) = (Vec::new(), Vec::new());
            for _ in 0..TRIALS {
                let (_, write, latency) = model.trial(count, count);
                wrote.push(write);
                read.push(latency);
            }
            let p999 = |mut latencies: Vec<f64>| {
                let place = (latencies.len() as f64 * 0.999) as usize;
                *latencies.select_nth_unstable_by(place, f64::total_cmp).1
            };
            let tally = measured(cell, &[0], TRIALS);
            let of_lab = [tally.write_us(0.999).value, tally.read_us(0.999).value].map(|us| us / 1_000.0);
            let of_model = [p999(wrote), p999(read)];
            let apart = [0, 1].map(|at| (of_lab[at] / of_model[at] - 1.0) * 100.0);
            println!(
                "{} W={count} write {:.3} ms, model {:.3} ({:+.2} %)   R={count} read {:.3} ms, model {:.3} ({:+.2} %)",
                fit.name(),
                of_lab[0],
                of_model[0],
                apart[0],
                of_lab[1],
                of_model[1],
                apart[1]
            );
            let is_heavy = fit == Topology::Ymmr || (fit == Topology::LnkdDisk && count == HOMES);
            let allowed = if is_heavy { 4.0 } else { 2.0 };
            assert!(apart.iter().all(|percent| percent.abs() <= allowed), "{} {count}", fit.name());
        }
    }
}

#[test]
fn a_batch_is_the_same_every_time() {
    let cell = Cell { topology: Topology::Ymmr, reads: 2, writes: 1 };
    let run = || {
        let tally = sweep::batch(cell, &[0, 1_000], 3, 50);
        (tally.trials, tally.fresh.clone(), tally.write_us(0.5), tally.read_us(0.999))
    };
    assert_eq!(run(), run());
}
