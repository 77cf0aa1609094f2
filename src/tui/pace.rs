//! How fast the world goes: simulated time for each second of the person's.

use std::time::Duration;

/// The speeds that `+` and `-` go through, in thousandths of real time.
pub(crate) const SPEEDS_MILLI: [u32; 11] = [50, 100, 200, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000];
/// The speed of the opening scene: slow enough to follow a message from shop to shop.
const OPENING_MILLI: u32 = 100;
/// The most of a gap between two frames that counts: after a longer one the machine was asleep, not the person.
const GAP_MAX: Duration = Duration::from_millis(250);

/// How fast the world goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Whether it goes at all.
    pub(crate) running: bool,
    /// Thousandths of real time.
    milli: u32,
    /// What is left of a microsecond, in thousandths.
    rest_milli: u64,
    /// What was reached instead, in thousandths, while the machine cannot keep up.
    behind_milli: Option<u32>,
    /// What has passed since a frame was shown last, while not all are.
    unseen: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { running: true, milli: OPENING_MILLI, rest_milli: 0, behind_milli: None, unseen: Duration::ZERO }
    }
}

impl Pace {
    /// The speed in thousandths of real time.
    pub(crate) fn milli(&self) -> u32 {
        self.milli
    }

    /// The speed that is really reached, in thousandths, if the machine cannot keep up.
    pub(crate) fn behind_milli(&self) -> Option<u32> {
        self.behind_milli.filter(|_| self.running)
    }

    /// Whether a frame is to be shown after `elapsed` more, if one is every so often.
    pub(crate) fn is_due(&mut self, elapsed: Duration, every: Duration) -> bool {
        self.unseen += elapsed;
        let is_due = self.unseen >= every;
        if is_due {
            self.unseen = Duration::ZERO;
        }
        is_due
    }

    /// Sets the speed, within the bounds of the table.
    pub(crate) fn set(&mut self, milli: u32) {
        self.milli = milli.clamp(SPEEDS_MILLI[0], SPEEDS_MILLI[SPEEDS_MILLI.len() - 1]);
        self.behind_milli = None;
    }

    /// The next speed of the table.
    pub(crate) fn faster(&mut self) {
        self.set(SPEEDS_MILLI.into_iter().find(|speed| *speed > self.milli).unwrap_or(self.milli));
    }

    /// The speed before in the table.
    pub(crate) fn slower(&mut self) {
        self.set(SPEEDS_MILLI.into_iter().rev().find(|speed| *speed < self.milli).unwrap_or(self.milli));
    }

    /// How many microseconds of the world pass while the person waits for `elapsed`.
    pub(crate) fn world_us(&mut self, elapsed: Duration) -> u64 {
        let elapsed_us = elapsed.min(GAP_MAX).as_micros() as u64;
        let milli = elapsed_us * u64::from(self.milli) + self.rest_milli;
        self.rest_milli = milli % 1_000;
        milli / 1_000
    }

    /// Notes that only `done_us` of `due_us` were reached; equal amounts mean that the machine keeps up.
    pub(crate) fn reached(&mut self, done_us: u64, due_us: u64) {
        if done_us >= due_us {
            self.behind_milli = None;
            return;
        }
        let now = (u64::from(self.milli) * done_us / due_us.max(1)) as u32;
        // Smoothed, so that the number can be read.
        self.behind_milli = Some(self.behind_milli.map_or(now, |before| (before * 7 + now) / 8));
    }
}

/// A speed as people read it: `0.1×`, `64×`.
pub(crate) fn speed_text(milli: u32) -> String {
    let digits = format!("{}.{:03}", milli / 1_000, milli % 1_000);
    format!("{}×", digits.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_lost_between_frames() {
        let mut pace = Pace::default();
        pace.set(50);
        let passed: u64 = (0..1_000).map(|_| pace.world_us(Duration::from_micros(16_667))).sum();
        assert_eq!(passed, 16_667 * 1_000 / 20);
    }

    #[test]
    fn speeds_read_well() {
        assert_eq!(SPEEDS_MILLI.map(speed_text).join(" "), "0.05× 0.1× 0.2× 0.5× 1× 2× 4× 8× 16× 32× 64×");
    }

    #[test]
    fn the_table_has_two_ends() {
        let mut pace = Pace::default();
        for _ in 0..20 {
            pace.slower();
        }
        assert_eq!(pace.milli(), 50);
        for _ in 0..20 {
            pace.faster();
        }
        assert_eq!(pace.milli(), 64_000);
    }
}
