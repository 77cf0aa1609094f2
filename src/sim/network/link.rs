//! One directed link: its stream and order, and what faults do to a message on it.

use std::sync::Arc;

use super::super::delay::Delay;
use super::super::streams::{Stream, below, mix, unit};
use crate::base::{Fault, Faults, Instant, MessageClass};

/// Words that every send draws from its link's stream, used or not: three for the delay, one each for loss,
/// duplication, the copy's delay, reordering and its extra delay.
pub const SEND_DRAWS: usize = 8;

/// The words of one send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws(pub(super) [u64; SEND_DRAWS]);

impl Draws {
    #[inline]
    pub(super) fn delay(self) -> [u64; 3] {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// Words for the delay of the second copy, spread from one.
    fn copy(self) -> [u64; 3] {
        [1, 2, 3].map(|salt| mix(self.0[5] ^ salt))
    }

    /// The words with which the second copy is delayed as the first is with these.
    pub(super) fn of_copy(self) -> Self {
        let [a, b, c] = self.copy();
        Self([a, b, c, self.0[3], self.0[4], self.0[5], self.0[6], self.0[7]])
    }

    /// Words for the link behind the home, when a client's message goes on from there: mixed from the first ones, so
    /// that such a send draws as many as any other.
    pub(super) fn onward(self) -> Self {
        Self(self.0.map(|word| mix(!word)))
    }

    #[inline]
    fn loses(self, probability: f64) -> bool {
        unit(self.0[3]) < probability
    }

    #[inline]
    fn duplicates(self, probability: f64) -> bool {
        unit(self.0[4]) < probability
    }

    #[inline]
    fn reorders(self, probability: f64) -> bool {
        unit(self.0[6]) < probability
    }

    #[inline]
    fn extra_us(self, by_us: u64) -> u64 {
        1 + below(self.0[7], by_us)
    }
}

/// What a send touches of a link without faults.
#[derive(Clone, Debug)]
pub(super) struct Link {
    stream: Stream,
    /// When the latest message so far arrives, or would have, had it not been dropped.
    last: Instant,
    /// When it would have arrived on a link without faults; kept only while that differs.
    healthy_last: Instant,
    /// The faults that made `last` differ from `healthy_last`.
    late: Faults,
    /// Which of the network's delays is its own.
    pub(super) delay: u16,
}

/// How long one message takes before order, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transit {
    /// Without faults.
    pub(super) healthy_us: u64,
    /// With its link's delay as it is.
    pub(super) us: u64,
    /// Waiting for bandwidth.
    pub(super) waited_us: u64,
}

impl Transit {
    /// The faults that made it another.
    fn touched(self) -> Faults {
        let mut touched = Faults::NONE;
        if self.us != self.healthy_us {
            touched.insert(Fault::SlowLink);
        }
        if self.waited_us != 0 {
            touched.insert(Fault::Bandwidth);
        }
        touched
    }

    /// All of it, from `now`.
    pub(super) fn end(self, now: Instant) -> Instant {
        now + self.us + self.waited_us
    }
}

impl Link {
    pub(super) fn new(stream: Stream, delay: u16) -> Self {
        Self { stream, last: Instant::ZERO, healthy_last: Instant::ZERO, late: Faults::NONE, delay }
    }

    #[inline]
    pub(super) fn draw(&mut self) -> Draws {
        let mut words = [0; SEND_DRAWS];
        for word in &mut words {
            *word = self.stream.draw();
        }
        Draws(words)
    }

    /// Whether earlier messages are where they would be without faults.
    #[inline]
    pub(super) fn is_on_time(&self) -> bool {
        self.late.is_empty()
    }

    /// When a message arrives that takes `us` and is in order, on a link that is on time and has no faults.
    #[inline]
    pub(super) fn queue(&mut self, now: Instant, us: u64) -> Instant {
        self.last = self.last.max(now + us);
        self.last
    }

    /// When a message arrives that is in order, and the faults without which it would arrive at another instant: its
    /// own, or those of the message that it has to wait for.
    pub(super) fn queue_faulty(&mut self, now: Instant, transit: Transit) -> (Instant, Faults) {
        let healthy_last = if self.is_on_time() { self.last } else { self.healthy_last };
        let healthy = healthy_last.max(now + transit.healthy_us);
        let held_up = transit.end(now) < self.last;
        let at = self.last.max(transit.end(now));
        let (own, others) = (transit.touched(), self.late);
        let touched = match (at == healthy, held_up) {
            (true, _) => Faults::NONE,
            (false, true) if !others.is_empty() => others,
            (false, false) if own.is_empty() => others,
            (false, _) => own,
        };
        (self.last, self.healthy_last, self.late) = (at, healthy, touched);
        (at, touched)
    }

    /// The same where messages can overtake each other.
    pub(super) fn pass_faulty(now: Instant, transit: Transit) -> (Instant, Faults) {
        (transit.end(now), transit.touched())
    }
}

/// What `slow` does to a link's delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlowBy {
    /// The delay is this, always.
    To(u64),
    /// The delay is longer by this.
    By(u64),
}

/// A link that goes up and down, beginning with up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flap {
    /// When it began.
    pub since: Instant,
    /// How long it is up, in microseconds.
    pub up_us: u64,
    /// How long it is then down, in microseconds.
    pub down_us: u64,
}

impl Flap {
    /// Whether the link is down at `now`.
    pub fn is_down(&self, now: Instant) -> bool {
        now.since(self.since) % (self.up_us + self.down_us) >= self.up_us
    }
}

/// The faults of one message class on one directed link.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct LinkFaults {
    pub(super) lose: f64,
    pub(super) duplicate: f64,
    pub(super) reorder: f64,
    pub(super) reorder_by_us: u64,
    pub(super) flap: Option<Flap>,
    pub(super) slow: Option<SlowBy>,
    pub(super) delay: Option<Arc<Delay>>,
    pub(super) bytes_per_second: Option<u64>,
}

impl LinkFaults {
    /// The delay that takes the place of `us`, drawn with the same words.
    pub(super) fn transit_us(&self, us: u64, draws: Draws) -> u64 {
        let us = self.delay.as_ref().map_or(us, |delay| delay.sample(draws.delay()));
        match self.slow {
            None => us,
            Some(SlowBy::To(to_us)) => to_us,
            Some(SlowBy::By(by_us)) => us.saturating_add(by_us),
        }
    }

    /// What they do to a message beside delaying it.
    pub(super) fn effect(&self, now: Instant, draws: Draws) -> Effect {
        let reorders = self.reorder_by_us > 0 && draws.reorders(self.reorder);
        Effect {
            down: self.flap.is_some_and(|flap| flap.is_down(now)),
            lost: draws.loses(self.lose),
            duplicated: draws.duplicates(self.duplicate),
            extra_us: if reorders { draws.extra_us(self.reorder_by_us) } else { 0 },
        }
    }
}

/// What faults do to one message beside delaying it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Effect {
    pub(super) down: bool,
    pub(super) lost: bool,
    pub(super) duplicated: bool,
    pub(super) extra_us: u64,
}

impl Effect {
    /// Both, one after the other.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            down: self.down || other.down,
            lost: self.lost || other.lost,
            duplicated: self.duplicated || other.duplicated,
            extra_us: self.extra_us + other.extra_us,
        }
    }
}

/// The faults of one directed link, by message class.
#[derive(Clone, Debug, Default)]
pub(super) struct PairFaults {
    pub(super) classes: [LinkFaults; MessageClass::ALL.len()],
    /// Until when the link is busy with the bytes of earlier messages.
    busy_until: Instant,
}

impl PairFaults {
    pub(super) fn is_default(&self) -> bool {
        self.classes.iter().all(|faults| *faults == LinkFaults::default())
    }

    /// Puts `bytes` on the link and says how long it takes until the last of them is on it.
    pub(super) fn occupy_us(&mut self, now: Instant, class: MessageClass, bytes: u32) -> u64 {
        let Some(rate) = self.classes[class as usize].bytes_per_second else { return 0 };
        let takes_us = (u64::from(bytes) * 1_000_000).div_ceil(rate);
        self.busy_until = self.busy_until.max(now) + takes_us;
        self.busy_until.since(now)
    }
}
