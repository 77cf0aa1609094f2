//! How bad a small world is.

use super::super::random::Random;
use crate::base::time::{MS, SECOND};
use crate::replica::raft::{RaftSettings, ReadMode};

/// How bad a world is. Rates are percent of messages, or of the ticks of faults.
#[derive(Clone, Copy, Debug)]
pub(in crate::replica::raft::tests) struct Plan {
    pub(in crate::replica::raft::tests) replicas: usize,
    pub(in crate::replica::raft::tests) settings: RaftSettings,
    /// How long faults go on, in microseconds.
    pub(in crate::replica::raft::tests) chaos_us: u64,
    pub(in crate::replica::raft::tests) loss: u64,
    pub(in crate::replica::raft::tests) twice: u64,
    /// Messages that take up to [`Plan::late_us`].
    pub(in crate::replica::raft::tests) late: u64,
    pub(in crate::replica::raft::tests) late_us: u64,
    pub(in crate::replica::raft::tests) delay_us: u64,
    /// How often something breaks or is mended.
    pub(in crate::replica::raft::tests) fault_every_us: u64,
    pub(in crate::replica::raft::tests) cuts: u64,
    pub(in crate::replica::raft::tests) crashes: u64,
    pub(in crate::replica::raft::tests) lost_disks: u64,
    /// Whether more than a minority may be without a vote at once.
    pub(in crate::replica::raft::tests) loses_majority: bool,
    pub(in crate::replica::raft::tests) pauses: u64,
    pub(in crate::replica::raft::tests) steps: u64,
    pub(in crate::replica::raft::tests) drift_ppm: u64,
    pub(in crate::replica::raft::tests) operation_every_us: u64,
    /// How long the writer waits before it gives a write up and tries the next.
    pub(in crate::replica::raft::tests) patience_us: u64,
    /// The longest time that a crashed member stays down.
    pub(in crate::replica::raft::tests) down_us: u64,
}

pub(in crate::replica::raft::tests) fn quick_settings() -> RaftSettings {
    RaftSettings {
        heartbeat_us: 40 * MS,
        election_low_us: 150 * MS,
        election_high_us: 300 * MS,
        compact_after: 40,
        kept: 8,
        ..RaftSettings::default()
    }
}

impl Plan {
    /// No faults at all.
    pub(in crate::replica::raft::tests) fn calm(replicas: usize) -> Self {
        Self {
            replicas,
            settings: quick_settings(),
            chaos_us: 3 * SECOND,
            loss: 0,
            twice: 0,
            late: 0,
            late_us: 0,
            delay_us: 12 * MS,
            fault_every_us: 150 * MS,
            cuts: 0,
            crashes: 0,
            lost_disks: 0,
            loses_majority: false,
            pauses: 0,
            steps: 0,
            drift_ppm: 0,
            operation_every_us: 20 * MS,
            patience_us: 300 * MS,
            down_us: 600 * MS,
        }
    }

    /// Every fault, as much of each as the seed says.
    pub(in crate::replica::raft::tests) fn of_seed(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5eed);
        let random = &mut random;
        let pick = |random: &mut Random, choices: &[u64]| choices[random.below(choices.len() as u64) as usize];
        let replicas = pick(random, &[3, 3, 3, 5, 5, 4, 2, 7, 1]) as usize;
        let mut settings = quick_settings();
        settings.batch = pick(random, &[1, 2, 64]) as u32;
        settings.compact_after = pick(random, &[5, 20, 60]) as u32;
        settings.kept = pick(random, &[0, 4, 20]) as u32;
        if random.percent(50) {
            settings.reads = ReadMode::Lease { drift_ppm: 100_000 };
        }
        Self {
            settings,
            loss: pick(random, &[0, 2, 10, 30]),
            twice: pick(random, &[0, 5, 20]),
            late: pick(random, &[0, 3, 15]),
            late_us: pick(random, &[100, 400, 1_500]) * MS,
            cuts: pick(random, &[0, 15, 35]),
            crashes: pick(random, &[0, 10, 25]),
            lost_disks: pick(random, &[0, 5, 15]),
            loses_majority: random.percent(20),
            pauses: pick(random, &[0, 0, 10]),
            steps: pick(random, &[0, 10]),
            drift_ppm: pick(random, &[0, 1_000, 100_000]),
            ..Self::calm(replicas)
        }
    }
}
