//! What a client does when replicas are behind, step by step.

use super::*;
use crate::base::{KeyId, LogPosition, Session, Strategy, Symbol};
use crate::record::Basis;

const HOME: ReplicaId = ReplicaId(0);
const OTHER: ReplicaId = ReplicaId(1);

struct Person {
    client: Client,
    effects: Vec<Effect>,
    ops: u32,
}

impl Person {
    fn new(settings: RetrySettings) -> Self {
        let mut client = Client::new(HOME, 3);
        client.set_retries(settings);
        Self { client, effects: Vec::new(), ops: 0 }
    }

    fn begin(&mut self, op_type: OpType, strategy: Strategy, via: Option<ReplicaId>) -> AttemptId {
        let op = OpId(self.ops);
        self.ops += 1;
        let level = Level::Session(Session { strategy, fifo: false });
        let argument = if op_type.is_read() { Value::Nil } else { Value::Text(Symbol(0)) };
        self.take(Input::Begin(Intent { op, op_type, level, key: KeyId(0), argument, via }));
        AttemptId { op, number: 0 }
    }

    fn take(&mut self, input: Input) {
        self.client.handle(input, &mut self.effects);
    }

    fn fire(&mut self, timer: ClientTimer) {
        self.take(Input::Timer(timer));
    }

    fn answer(&mut self, attempt: AttemptId, from: ReplicaId, answer: Answer) {
        let mut context = Context::default();
        context.loose.0[from.index()] = attempt.op.0 + 1;
        let basis = Basis { replica: from, applied: 0, logs: [LogPosition::default(); 2] };
        self.take(Input::Reply(Box::new(Reply {
            attempt,
            answer,
            context,
            held: None,
            seen: None,
            hlc: Hlc::default(),
            basis,
        })));
    }

    fn behind(&mut self, attempt: AttemptId, from: ReplicaId) {
        self.answer(attempt, from, Answer::Refused(Refusal::Behind));
    }

    /// Where it sent attempts since it was asked last, and the numbers of those that moved.
    fn sent(&mut self) -> Vec<(ReplicaId, u16, bool)> {
        let effects = std::mem::take(&mut self.effects);
        let sent = effects.iter().filter_map(|effect| match effect {
            Effect::Attempt(to, request) => Some((*to, request.attempt.number, false)),
            Effect::Move(to, request) => Some((*to, request.attempt.number, true)),
            _ => None,
        });
        sent.collect()
    }
}

fn number(attempt: AttemptId, number: u16) -> AttemptId {
    AttemptId { number, ..attempt }
}

#[test]
fn who_is_turned_away_goes_to_whoever_had_its_past_and_then_asks_again() {
    let mut ana = Person::new(RetrySettings::default());
    let write = ana.begin(OpType::FeedPost, Strategy::Token, None);
    ana.answer(write, HOME, Answer::Done(Value::Nil));
    ana.sent();
    let read = ana.begin(OpType::FeedRead, Strategy::Token, Some(OTHER));
    ana.behind(read, OTHER);
    assert_eq!(ana.sent(), [(OTHER, 0, false), (HOME, 1, true)]);
    // An old answer says nothing new; then the holder is behind too, as after a lost disk.
    ana.behind(read, OTHER);
    ana.behind(number(read, 1), HOME);
    assert_eq!(ana.sent(), []);
    ana.fire(ClientTimer::AskAgain(number(read, 1)));
    assert_eq!(ana.sent(), [(OTHER, 2, true)]);
    ana.answer(number(read, 2), OTHER, Answer::Done(Value::Nil));
    assert!(ana.client.is_idle());
}

#[test]
fn moving_takes_no_attempt_and_does_not_stretch_the_time_of_a_try() {
    let mut ana = Person::new(RetrySettings { attempts: 2, ..RetrySettings::default() });
    let read = ana.begin(OpType::FeedRead, Strategy::Token, None);
    for asked in 0..5 {
        ana.behind(number(read, asked), HOME);
        ana.fire(ClientTimer::AskAgain(number(read, asked)));
    }
    assert_eq!(ana.sent().len(), 6);
    assert!(!ana.client.awaits(ClientTimer::Timeout(number(read, 5))), "the time of the try runs from its beginning");
    ana.fire(ClientTimer::Timeout(read));
    ana.behind(number(read, 5), HOME);
    assert_eq!(ana.sent(), [], "it rests");
    ana.fire(ClientTimer::Backoff(number(read, 5)));
    assert_eq!(ana.sent(), [(HOME, 6, false)]);
    ana.fire(ClientTimer::Timeout(number(read, 6)));
    assert!(ana.client.is_idle());
}

#[test]
fn a_write_is_asked_for_once_where_its_past_is() {
    let mut ana = Person::new(RetrySettings::default());
    let first = ana.begin(OpType::FeedPost, Strategy::Token, None);
    ana.answer(first, HOME, Answer::Done(Value::Nil));
    let op = OpId(1);
    ana.take(Input::Begin(Intent {
        op,
        op_type: OpType::FeedPost,
        level: Level::Causal,
        key: KeyId(0),
        argument: Value::Text(Symbol(0)),
        via: Some(OTHER),
    }));
    ana.sent();
    let write = AttemptId { op, number: 0 };
    ana.behind(write, OTHER);
    assert!(!ana.effects.iter().any(|effect| matches!(effect, Effect::Wake { .. })), "a second one would run twice");
    assert_eq!(ana.sent(), [(HOME, 1, true)]);
}

#[test]
fn affinity_and_pinning_stay_whatever_the_retry_settings_say() {
    let settings = RetrySettings { attempts: 2, to: RetryTo::Other, ..RetrySettings::default() };
    let mut ana = Person::new(settings);
    let write = ana.begin(OpType::FeedPost, Strategy::Affinity, Some(OTHER));
    ana.fire(ClientTimer::Timeout(write));
    ana.fire(ClientTimer::Backoff(write));
    assert_eq!(ana.sent(), [(OTHER, 0, false), (OTHER, 1, false)]);
    ana.answer(write, OTHER, Answer::Done(Value::Nil));
    ana.begin(OpType::FeedRead, Strategy::Affinity, Some(HOME));
    assert_eq!(ana.sent(), [(OTHER, 0, false)]);
    let mut ben = Person::new(settings);
    ben.begin(OpType::FeedRead, Strategy::Pinned(ReplicaId(2)), Some(OTHER));
    assert_eq!(ben.sent(), [(ReplicaId(2), 0, false)]);
}

#[test]
fn a_read_sleeps_first_and_a_write_does_not() {
    let mut ana = Person::new(RetrySettings::default());
    let write = ana.begin(OpType::FeedPost, Strategy::Wait(5_000), None);
    assert_eq!(ana.sent(), [(HOME, 0, false)]);
    ana.answer(write, HOME, Answer::Done(Value::Nil));
    let read = ana.begin(OpType::FeedRead, Strategy::Wait(5_000), None);
    let sleeps = |effect: &Effect| matches!(effect, Effect::Wake { timer: ClientTimer::Sleep(_), low_us: 5_000, .. });
    assert!(ana.effects.iter().any(sleeps));
    assert_eq!(ana.sent(), []);
    ana.fire(ClientTimer::Sleep(read));
    assert_eq!(ana.sent(), [(HOME, 0, false)]);
}
