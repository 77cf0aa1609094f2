//! The protocol of a client: a person's device with one outstanding operation, that waits, gives up or tries again.
//!
//! ```text
//!   begin ─▶ attempt ─▶ reply ─▶ returned
//!               │  ▲
//!       timeout ▼  │ backoff, at the same replica or the next
//!              wait ─── attempts used up ─▶ returned: unknown
//! ```
//!
//! One round of this is a *try*. Within it the attempt can move: a replica that lacks what the session has seen says so,
//! and the client turns to another or asks again (`client/session.rs`).
//!
//! A lost reply is an outcome and not an error: nobody can tell it from a lost request. The client carries what its
//! session has seen, and the hybrid time of it, from one replica to the next; of a key that keeps siblings also what it
//! has seen of that, since a write takes the place of just this.

mod session;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{
    Answer, AttemptId, Column, Context, Hlc, KeyId, Level, OpId, OpType, Refusal, ReplicaId, Seen, Value,
};
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
    /// Wait no longer for an answer to the try that began with this attempt.
    Timeout(AttemptId),
    /// Send the attempt after this one.
    Backoff(AttemptId),
    /// Ask again, after this attempt found a replica behind.
    AskAgain(AttemptId),
    /// Begin: the sleep before a read is over.
    Sleep(AttemptId),
}

impl ClientTimer {
    /// The attempt that it is about.
    pub fn attempt(self) -> AttemptId {
        match self {
            Self::Timeout(attempt) | Self::Backoff(attempt) | Self::AskAgain(attempt) | Self::Sleep(attempt) => attempt,
        }
    }
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
    /// Send the first attempt of a try.
    Attempt(ReplicaId, Box<Request>),
    /// Send another attempt of the same try.
    Move(ReplicaId, Box<Request>),
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
    /// Where all its operations with affinity go, once there was one.
    affinity: Option<ReplicaId>,
    /// The replica that held its past when it answered last.
    holder: Option<ReplicaId>,
    /// The column of a replica that holds all of its past, as long as that keeps its disk.
    held: Option<Column>,
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
    /// How many tries were made before this one.
    tries: u16,
    /// The number of the first attempt of this try.
    began: u16,
    /// Where that went.
    first: ReplicaId,
    /// Whether this try has turned to the replica that answered last.
    has_turned: bool,
    /// How often this try waited for a replica that is behind.
    waits: u32,
    /// How many attempts of all tries were no first ones.
    moves: u16,
    phase: Phase,
    /// The retry settings of its invocation.
    settings: RetrySettings,
}

/// What it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The time of its sleep.
    Sleeping,
    /// An answer.
    Asking,
    /// The time to ask a replica again that was behind.
    Waiting,
    /// The time of its next try.
    Resting,
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
            affinity: None,
            holder: None,
            held: None,
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

    /// What its session has seen.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Takes one input. No clock is needed: all it measures are timers.
    pub fn handle(&mut self, input: Input, effects: &mut Vec<Effect>) {
        match input {
            Input::Begin(intent) => self.begin(intent, effects),
            Input::Reply(reply) => self.on_reply(&reply, effects),
            Input::Timer(timer) if !self.awaits(timer) => {}
            Input::Timer(ClientTimer::Timeout(_)) => self.timed_out(effects),
            Input::Timer(ClientTimer::Backoff(_)) => self.try_again(effects),
            Input::Timer(ClientTimer::AskAgain(_)) => self.ask_again(effects),
            Input::Timer(ClientTimer::Sleep(_)) => self.attempt(effects),
        }
    }

    /// Whether a timer that fires now means anything to it.
    pub fn awaits(&self, timer: ClientTimer) -> bool {
        let attempt = timer.attempt();
        let Some(running) = self.running.filter(|running| running.intent.op == attempt.op) else { return false };
        match timer {
            ClientTimer::Timeout(_) => running.phase != Phase::Resting && running.began == attempt.number,
            ClientTimer::Backoff(_) => running.phase == Phase::Resting && running.attempt == attempt.number,
            ClientTimer::AskAgain(_) => {
                let waits = matches!(running.phase, Phase::Waiting | Phase::Asking);
                waits && running.attempt == attempt.number
            }
            ClientTimer::Sleep(_) => running.phase == Phase::Sleeping,
        }
    }

    fn begin(&mut self, intent: Intent, effects: &mut Vec<Effect>) {
        assert!(self.running.is_none(), "a client has one outstanding operation");
        let to = self.first_replica(&intent);
        let sleep_us = session::sleep_us(&intent);
        self.running = Some(Running {
            intent,
            attempt: 0,
            to,
            tries: 0,
            began: 0,
            first: to,
            has_turned: false,
            waits: 0,
            moves: 0,
            phase: Phase::Sleeping,
            settings: self.settings,
        });
        if sleep_us == 0 {
            return self.attempt(effects);
        }
        let timer = ClientTimer::Sleep(AttemptId { op: intent.op, number: 0 });
        effects.push(Effect::Wake { timer, low_us: sleep_us, high_us: sleep_us });
    }

    fn on_reply(&mut self, reply: &Reply, effects: &mut Vec<Effect>) {
        // An answer to an earlier attempt is an answer; one to an earlier operation comes too late.
        let Some(running) = self.running.filter(|running| running.intent.op == reply.attempt.op) else { return };
        if reply.answer == Answer::Refused(Refusal::Behind) {
            return self.turned_away(reply.attempt, effects);
        }
        self.running = None;
        self.take_in(&running.intent, reply);
        if let Some(seen) = &reply.seen {
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

    fn timed_out(&mut self, effects: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else { return };
        let attempt = running.id();
        let settings = running.settings;
        if running.tries + 1 >= settings.attempts {
            self.running = None;
            effects.push(Effect::Returned { attempt, outcome: Outcome::Unknown });
            return;
        }
        running.phase = Phase::Resting;
        let doublings = u32::from(running.tries).min(20);
        let high_us = settings.backoff_us.saturating_mul(1 << doublings).min(BACKOFF_US_MAX);
        let low_us = high_us - high_us / 100 * u64::from(settings.jitter_percent);
        effects.push(Effect::Wake { timer: ClientTimer::Backoff(attempt), low_us, high_us });
    }

    fn try_again(&mut self, effects: &mut Vec<Effect>) {
        let replicas = self.replicas;
        let Some(running) = self.running.as_mut() else { return };
        running.attempt += 1;
        running.tries += 1;
        if running.settings.to == RetryTo::Other && !session::stays(running.intent.level) {
            running.first = ReplicaId((running.first.0 + 1) % replicas);
        }
        running.to = running.first;
        self.attempt(effects);
    }

    /// Begins a try: sends the attempt that `running` names.
    fn attempt(&mut self, effects: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else { return };
        running.phase = Phase::Asking;
        (running.began, running.has_turned, running.waits) = (running.attempt, false, 0);
        let (attempt, to, timeout_us) = (running.id(), running.to, running.settings.timeout_us);
        let request = self.request(attempt);
        effects.push(Effect::Attempt(to, request));
        let timer = ClientTimer::Timeout(attempt);
        effects.push(Effect::Wake { timer, low_us: timeout_us, high_us: timeout_us });
    }

    fn request(&self, attempt: AttemptId) -> Box<Request> {
        let running = self.running.as_ref().expect("an attempt belongs to an operation");
        let Intent { op_type, level, key, argument, .. } = running.intent;
        let (context, held, hlc, keyed) = (self.context, self.held, self.hlc, running.settings.keyed);
        let seen = self.seen.get(&key).map(|(_, seen)| seen.clone());
        Box::new(Request { attempt, op_type, level, key, argument, context, held, seen, hlc, keyed })
    }
}

impl Running {
    /// The last attempt.
    fn id(&self) -> AttemptId {
        AttemptId { op: self.intent.op, number: self.attempt }
    }
}

/// Keys of which a client remembers what it has seen.
const KEYS_MAX: usize = 64;

/// The longest wait between two attempts, in microseconds: doubling stops here.
const BACKOFF_US_MAX: u64 = 60 * crate::base::time::SECOND;
