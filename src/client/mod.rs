//! The protocol of a client: a person's device with one outstanding operation, that waits, gives up or tries again.
//!
//! ```text
//!   begin ─▶ attempt ─▶ reply ─▶ returned
//!               │  ▲
//!       timeout ▼  │ backoff, at the same replica or the next
//!              wait ─── attempts used up ─▶ returned: unknown
//! ```
//!
//! A lost reply is an outcome and not an error: nobody can tell it from a lost request. The client carries what its
//! session has seen, and the hybrid time of it, from one replica to the next; of a key that keeps siblings also what it
//! has seen of that, since a write takes the place of just this.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{AttemptId, Context, Hlc, KeyId, Level, OpId, OpType, ReplicaId, Seen, Value};
use crate::record::Outcome;
use crate::wire::settings::RetryTo;
use crate::wire::{Reply, Request};

pub use crate::wire::settings::RetrySettings;

/// An operation that a client shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its number.
    pub op: OpId,
    /// Its type.
    pub op_type: OpType,
    /// The level that is bound now; it stays, retries included.
    pub level: Level,
    /// Its key.
    pub key: KeyId,
    /// What it carries.
    pub argument: Value,
    /// At which replica, else at home.
    pub via: Option<ReplicaId>,
}

/// A timer of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientTimer {
    /// Wait for the answer to this attempt no longer.
    Timeout(AttemptId),
    /// Send the attempt after this one.
    Backoff(AttemptId),
}

/// What a client reacts to.
#[derive(Clone, Debug)]
pub enum Input {
    /// Do this. Only when it is idle.
    Begin(Intent),
    /// A replica answers.
    Reply(Box<Reply>),
    /// A timer fired.
    Timer(ClientTimer),
}

/// What a client wants done.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Send an attempt.
    Attempt(ReplicaId, Box<Request>),
    /// Wake it after a time between the two, in microseconds by its own monotonic clock.
    Wake {
        /// What for.
        timer: ClientTimer,
        /// At least.
        low_us: u64,
        /// At most.
        high_us: u64,
    },
    /// The operation is over.
    Returned {
        /// The attempt that was answered, or the last one.
        attempt: AttemptId,
        /// How it ended.
        outcome: Outcome,
    },
}

/// One client.
#[derive(Clone, Debug)]
pub struct Client {
    home: ReplicaId,
    replicas: u8,
    settings: RetrySettings,
    context: Context,
    hlc: Hlc,
    /// Of keys that keep siblings: when each was used last, by the number of such answers, and what it has seen of them.
    seen: Arc<BTreeMap<KeyId, (u32, Box<Seen>)>>,
    answers: u32,
    running: Option<Running>,
}

/// The outstanding operation.
#[derive(Clone, Copy, Debug)]
struct Running {
    intent: Intent,
    /// The number of the last attempt.
    attempt: u16,
    /// Where it went.
    to: ReplicaId,
    /// The retry settings of its invocation.
    settings: RetrySettings,
}

impl Client {
    /// A client that lives at `home`.
    pub fn new(home: ReplicaId, replicas: usize) -> Self {
        Self {
            home,
            replicas: replicas as u8,
            settings: RetrySettings::default(),
            context: Context::default(),
            hlc: Hlc::default(),
            seen: Arc::default(),
            answers: 0,
            running: None,
        }
    }

    /// Whether it can take up an operation.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.running.is_none()
    }

    /// The operation that it waits for.
    pub fn running(&self) -> Option<&Intent> {
        self.running.as_ref().map(|running| &running.intent)
    }

    /// The replica where it turns to first.
    pub fn home(&self) -> ReplicaId {
        self.home
    }

    /// How it tries again.
    pub fn settings(&self) -> RetrySettings {
        self.settings
    }

    /// Changes how it tries again, from the next operation on.
    pub fn set_retries(&mut self, settings: RetrySettings) {
        self.settings = settings;
    }

    /// Takes one input. No clock is needed: all it measures are timers.
    pub fn handle(&mut self, input: Input, effects: &mut Vec<Effect>) {
        match input {
            Input::Begin(intent) => self.begin(intent, effects),
            Input::Reply(reply) => self.on_reply(&reply, effects),
            Input::Timer(ClientTimer::Timeout(attempt)) => self.timed_out(attempt, effects),
            Input::Timer(ClientTimer::Backoff(attempt)) => self.try_again(attempt, effects),
        }
    }

    fn begin(&mut self, intent: Intent, effects: &mut Vec<Effect>) {
        assert!(self.running.is_none(), "a client has one outstanding operation");
        let to = intent.via.unwrap_or(self.home);
        self.running = Some(Running { intent, attempt: 0, to, settings: self.settings });
        self.attempt(effects);
    }

    fn on_reply(&mut self, reply: &Reply, effects: &mut Vec<Effect>) {
        // An answer to an earlier attempt is an answer; one to an earlier operation comes too late.
        let running = self.running;
        if running.is_none_or(|running| running.intent.op != reply.attempt.op) {
            return;
        }
        self.running = None;
        self.context.join(&reply.context);
        self.hlc = self.hlc.max(reply.hlc);
        if let (Some(seen), Some(running)) = (&reply.seen, running) {
            self.see(running.intent.key, seen);
        }
        effects.push(Effect::Returned { attempt: reply.attempt, outcome: Outcome::Answered(reply.answer) });
    }

    /// Remembers what it has seen of a key that keeps siblings; the key that was longest not used is forgotten.
    fn see(&mut self, key: KeyId, seen: &Seen) {
        self.answers += 1;
        let known = Arc::make_mut(&mut self.seen);
        if known.len() == KEYS_MAX
            && !known.contains_key(&key)
            && let Some(oldest) = known.iter().min_by_key(|(_, (used, _))| *used).map(|(key, _)| *key)
        {
            known.remove(&oldest);
        }
        let (used, own) = known.entry(key).or_default();
        *used = self.answers;
        own.join(seen);
    }

    fn timed_out(&mut self, attempt: AttemptId, effects: &mut Vec<Effect>) {
        let Some(running) = self.current(attempt) else { return };
        let settings = running.settings;
        if attempt.number + 1 >= settings.attempts {
            self.running = None;
            effects.push(Effect::Returned { attempt, outcome: Outcome::Unknown });
            return;
        }
        let doublings = u32::from(attempt.number).min(20);
        let high_us = settings.backoff_us.saturating_mul(1 << doublings).min(BACKOFF_US_MAX);
        let low_us = high_us - high_us / 100 * u64::from(settings.jitter_percent);
        effects.push(Effect::Wake { timer: ClientTimer::Backoff(attempt), low_us, high_us });
    }

    fn try_again(&mut self, attempt: AttemptId, effects: &mut Vec<Effect>) {
        if self.current(attempt).is_none() {
            return;
        }
        let replicas = self.replicas;
        let running = self.running.as_mut().expect("checked above");
        running.attempt += 1;
        if running.settings.to == RetryTo::Other {
            running.to = ReplicaId((running.to.0 + 1) % replicas);
        }
        self.attempt(effects);
    }

    /// Sends the attempt that `running` names.
    fn attempt(&mut self, effects: &mut Vec<Effect>) {
        let running = self.running.as_ref().expect("an attempt belongs to an operation");
        let Intent { op, op_type, level, key, argument, .. } = running.intent;
        let attempt = AttemptId { op, number: running.attempt };
        let (context, hlc, keyed) = (self.context, self.hlc, running.settings.keyed);
        let seen = self.seen.get(&key).map(|(_, seen)| seen.clone());
        let request = Request { attempt, op_type, level, key, argument, context, seen, hlc, keyed };
        effects.push(Effect::Attempt(running.to, Box::new(request)));
        let timeout_us = running.settings.timeout_us;
        let timer = ClientTimer::Timeout(attempt);
        effects.push(Effect::Wake { timer, low_us: timeout_us, high_us: timeout_us });
    }

    fn current(&self, attempt: AttemptId) -> Option<&Running> {
        self.running.as_ref().filter(|running| running.intent.op == attempt.op && running.attempt == attempt.number)
    }
}

/// Keys of which a client remembers what it has seen.
const KEYS_MAX: usize = 64;

/// The longest wait between two attempts, in microseconds: doubling stops here.
const BACKOFF_US_MAX: u64 = 60 * crate::base::time::SECOND;
