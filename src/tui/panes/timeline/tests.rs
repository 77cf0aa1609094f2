//! Causes against their definition, windows, choosing, and pictures of every size.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::causes::{Causes, Mark};
use super::window::{ENTRIES_MAX, SPANS_US, Window, ticks, zoom_for};
use super::*;
use crate::base::time::MS;
use crate::base::{Actor, AttemptId, EntryId, MessageClass, MessageId, ReplicaId};
use crate::cluster::WorldCommand;
use crate::cluster::command::{Heal, Party, Recorded, Ways};
use crate::lab::log::Log;
use crate::record::{DropReason, Happened};
use crate::tui::model::Look;
use crate::tui::{Message, Signs, Theme, scene, update};

const CLASS: MessageClass = MessageClass::Gossip;

fn actor(number: u16) -> Actor {
    Actor(number)
}

fn entry(at: u64, own: u16, cause: u32, what: Happened) -> TraceEntry {
    TraceEntry { at: Instant(at), cause: EntryId(cause), actor: actor(own), what }
}

fn does(at: u64, own: u16) -> TraceEntry {
    entry(at, own, 0, Happened::Decided { attempt: AttemptId::default() })
}

fn sends(at: u64, own: u16, to: u16) -> TraceEntry {
    entry(at, own, 0, Happened::Sent { class: CLASS, to: actor(to), message: MessageId(0), delay_us: 1 })
}

fn gets(at: u64, own: u16, cause: u32) -> TraceEntry {
    entry(at, own, cause, Happened::Delivered { class: CLASS, from: actor(0), message: MessageId(0) })
}

fn finds_nobody(at: u64, own: u16, cause: u32) -> TraceEntry {
    let what = Happened::Dropped { why: DropReason::Down, class: CLASS, peer: actor(0), message: MessageId(0) };
    entry(at, own, cause, what)
}

/// `<` before, `>` after, `@` it, `|` neither.
fn marks(trace: &[TraceEntry], own: u16, at: u64) -> String {
    let causes = Causes::of(trace.iter(), 0, (actor(own), Instant(at)));
    let sign = |place| match causes.mark(place) {
        Mark::Past => '<',
        Mark::Future => '>',
        Mark::Chosen => '@',
        Mark::Concurrent => '|',
    };
    (0..trace.len()).map(sign).collect()
}

#[test]
fn a_message_orders_what_was_before_its_sending_and_what_comes_after_its_arrival() {
    let trace = [does(1, 0), does(2, 1), sends(3, 0, 1), does(4, 0), gets(5, 1, 3), does(6, 1)];
    assert_eq!(marks(&trace, 0, 1), "@|>>>>");
    assert_eq!(marks(&trace, 0, 4), "<|<@||");
    assert_eq!(marks(&trace, 1, 2), "|@||>>");
    assert_eq!(marks(&trace, 1, 5), "<<<|@>");
}

#[test]
fn what_an_actor_did_at_one_instant_is_one_event() {
    let trace = [does(1, 0), sends(1, 0, 1), sends(1, 0, 2), gets(2, 1, 2), gets(3, 2, 3)];
    assert_eq!(marks(&trace, 0, 1), "@@@>>");
    assert_eq!(marks(&trace, 2, 3), "<<<|@");
}

#[test]
fn what_finds_nobody_orders_nobody() {
    let trace = [sends(1, 0, 1), finds_nobody(2, 1, 1), does(3, 1)];
    assert_eq!(marks(&trace, 0, 1), "@>|");
    assert_eq!(marks(&trace, 1, 3), "||@");
    assert_eq!(marks(&trace, 1, 2), "<@|");
}

#[test]
fn a_command_comes_from_outside() {
    let command = entry(1, 0, 0, Happened::Command { index: 0 });
    let trace = [does(0, 0), command, entry(1, 1, 2, Happened::Paused), does(2, 0)];
    assert_eq!(marks(&trace, 0, 2), "<||@");
    assert_eq!(marks(&trace, 1, 1), "|<@|");
}

/// Which of two entries came first, by the definition.
fn closure(trace: &[TraceEntry]) -> Vec<Vec<bool>> {
    let count = trace.len();
    let ordered = |entry: &TraceEntry| !matches!(entry.what, Happened::Dropped { why: DropReason::Down, .. });
    let mut before = vec![vec![false; count]; count];
    for (late, entry) in trace.iter().enumerate() {
        for (early, other) in trace.iter().enumerate().take(late) {
            let in_order = ordered(entry) && ordered(other) && entry.actor == other.actor;
            before[early][late] = in_order || entry.cause.0 as usize == early + 1;
        }
    }
    for middle in 0..count {
        for early in 0..count {
            for late in 0..count {
                before[early][late] |= before[early][middle] && before[middle][late];
            }
        }
    }
    before
}

/// Actors act, send, get, and sometimes are down. Each instant has one entry or two of the same actor.
fn traces() -> impl Strategy<Value = Vec<TraceEntry>> {
    prop::collection::vec((0_u16..4, 0_u8..5, any::<prop::sample::Index>(), any::<bool>()), 1..40).prop_map(|steps| {
        let (mut trace, mut sent, mut at): (Vec<TraceEntry>, Vec<u32>, u64) = (Vec::new(), Vec::new(), 0);
        for (own, kind, which, same_instant) in steps {
            let same_actor = trace.last().is_some_and(|last| last.actor == actor(own));
            at += u64::from(!(same_instant && same_actor));
            let next = match (kind, sent.is_empty()) {
                (0, _) | (3 | 4, true) => does(at, own),
                (1 | 2, _) => {
                    sent.push(trace.len() as u32 + 1);
                    sends(at, own, 0)
                }
                (3, false) => gets(at, own, *which.get(&sent)),
                _ => finds_nobody(at, own, *which.get(&sent)),
            };
            trace.push(next);
        }
        trace
    })
}

proptest! {
    #[test]
    fn past_and_future_are_those_of_the_definition(trace in traces(), which in any::<prop::sample::Index>()) {
        let chosen = *which.get(&trace);
        let before = closure(&trace);
        let causes = Causes::of(trace.iter(), 0, (chosen.actor, chosen.at));
        let own: Vec<usize> =
            (0..trace.len()).filter(|place| trace[*place].actor == chosen.actor && trace[*place].at == chosen.at).collect();
        for (place, follows) in before.iter().enumerate() {
            let expected = if own.contains(&place) {
                Mark::Chosen
            } else if own.iter().any(|own| follows[*own]) {
                Mark::Past
            } else if own.iter().any(|own| before[*own][place]) {
                Mark::Future
            } else {
                Mark::Concurrent
            };
            prop_assert_eq!(causes.mark(place), expected, "entry {} of {:#?}", place, trace);
        }
    }
}

fn log(entries: impl IntoIterator<Item = TraceEntry>) -> Log {
    let mut log = Log::default();
    for entry in entries {
        log.trace.push(entry);
    }
    log
}

#[test]
fn a_window_holds_what_happened_in_it_and_no_more() {
    let log = log((0..100).map(|number| does(number * MS, 0)));
    let window = Window::fitting(&log.trace, 10 * MS, Instant(50 * MS), None);
    assert_eq!((window.from, window.to, window.numbers), (Instant(40 * MS), Instant(50 * MS), 40..51));
    let early = Window::fitting(&log.trace, 10 * MS, Instant(5 * MS), None);
    assert_eq!((early.from, early.to, early.end()), (Instant::ZERO, Instant(5 * MS), Instant(10 * MS)));
    // What is chosen is seen: where it can be, the window stays.
    let pinned = |at: u64, end: u64| {
        let pinned = Some((Instant(at * MS), Instant(end * MS)));
        Window::fitting(&log.trace, 10 * MS, Instant(99 * MS), pinned).from.0 / MS
    };
    assert_eq!((pinned(35, 40), pinned(70, 40), pinned(1, 40)), (30, 65, 0));
}

#[test]
fn a_window_in_which_too_much_happens_is_shorter() {
    let log = log((0..4 * ENTRIES_MAX).map(|number| does(number, 0)));
    let now = Instant(4 * ENTRIES_MAX);
    let window = Window::fitting(&log.trace, 60_000_000, now, None);
    assert_eq!((window.span_us, window.wanted_us), (10_000, 60_000_000));
    let all_at_once = self::log((0..2 * ENTRIES_MAX).map(|_| does(7, 0)));
    let window = Window::fitting(&all_at_once.trace, 1_000_000, Instant(7), None);
    assert_eq!(window.numbers, ENTRIES_MAX..2 * ENTRIES_MAX);
}

#[test]
fn every_instant_has_its_column() {
    let window = Window::fitting(&log([]).trace, 1_000, Instant(2_000), None);
    assert_eq!((window.place(Instant(1_000), 70), window.place(Instant(2_000), 70)), (0, 69));
    assert_eq!((window.place(Instant(0), 70), window.place(Instant(9_000), 70)), (0, 69));
    assert_eq!((window.place_outside(Instant(0), 100), window.place_outside(Instant(3_001), 100)), (-100, 199));
    for span_us in SPANS_US {
        for columns in [0, 1, 10, 70, 200] {
            let window = Window { span_us, ..window.clone() };
            let (step_us, ticks) = ticks(&window, columns, 12);
            assert!(ticks.len() <= usize::from(columns) / 12 + 2, "{span_us} us, {columns} columns: {step_us}");
        }
    }
}

#[test]
fn an_event_stays_in_sight_at_every_speed() {
    assert_eq!(
        [50, 100, 1_000, 64_000].map(|speed| SPANS_US[zoom_for(speed)]),
        [200_000, 500_000, 5_000_000, 60_000_000]
    );
}

fn recorded(at: u64, command: WorldCommand) -> Recorded {
    let text = format!("{at}");
    Recorded { at: Instant(at), events: 0, command, text }
}

#[test]
fn a_fault_lasts_until_all_of_it_is_mended() {
    let party = |index| Party::Replica(ReplicaId(index));
    let cut = WorldCommand::Partition { sides: vec![vec![party(0)], vec![party(1), party(2)]], ways: Ways::Both };
    let only = |index| WorldCommand::Heal(Heal::Only(vec![party(index)]));
    let commands = [
        recorded(10, cut),
        recorded(15, WorldCommand::Isolate(vec![party(1)])),
        recorded(20, only(1)),
        recorded(30, only(0)),
        recorded(40, WorldCommand::Isolate(vec![party(2)])),
    ];
    let window = Window { from: Instant(0), span_us: 100, wanted_us: 100, to: Instant(50), numbers: 0..0 };
    let bands = |window: &Window| {
        let found = faults::bands(&commands, window);
        found.into_iter().map(|band| (band.from.0, band.to.map(|to| to.0))).collect::<Vec<_>>()
    };
    assert_eq!(bands(&window), [(10, Some(30)), (15, Some(20)), (40, None)]);
    assert_eq!(bands(&Window { from: Instant(25), ..window.clone() }), [(10, Some(30)), (40, None)]);
    assert_eq!(bands(&Window { to: Instant(12), ..window }), [(10, Some(30))]);
}

/// The opening scene with an operation, a cut, a stall and a crash in it, and time after each.
fn eventful(look: Look, replicas: usize) -> Model {
    let script = format!("cluster {replicas} topology=wan\nclients ana ben cyd\ngiven stock mug 10\n");
    let mut model = Model::of(scene::set_up("Cluster", &script), (80, 24), look);
    for line in ["o\n", "p\n", "o\n", "h", "s\n", "c\n", "o\n"] {
        for key in line.chars() {
            let code =
                if key == '\n' { crossterm::event::KeyCode::Enter } else { crossterm::event::KeyCode::Char(key) };
            update(&mut model, Message::Key(crossterm::event::KeyEvent::from(code)));
        }
        for _ in 0..10 {
            update(&mut model, Message::Frame { elapsed: std::time::Duration::from_millis(100) });
        }
    }
    model.focus = PaneId::Timeline;
    model
}

fn picture(model: &Model, area: Rect) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, area.right(), area.bottom()));
    if !area.is_empty() {
        draw(model, area, &mut buffer);
    }
    buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

#[test]
fn no_area_is_too_small_and_none_too_large() {
    let plain = Look { theme: Theme::Mono, signs: Signs::Ascii, ..Look::default() };
    for (look, replicas) in [(Look::default(), 3), (plain, 9)] {
        let mut model = eventful(look, replicas);
        for direction in [Direction::Escape, Direction::Left, Direction::PageDown, Direction::Enter, Direction::Enter] {
            press(&mut model, direction);
            for width in (0..40).chain([76, 200]) {
                for height in (0..20).chain([60]) {
                    let area = Rect::new(3, 2, width, height);
                    picture(&model, area);
                    if height % 7 == 1 && !area.is_empty() {
                        choose::click(&mut model, area, (area.right() - 1, area.bottom() - 1));
                    }
                }
            }
        }
    }
}

#[test]
fn ascii_is_enough() {
    for signs in [Signs::Ascii, Signs::Dots, Signs::Blocks] {
        let mut model = eventful(Look { theme: Theme::Mono, signs, ..Look::default() }, 3);
        for direction in [Direction::Escape, Direction::Left, Direction::Enter, Direction::Enter] {
            press(&mut model, direction);
            let text = picture(&model, Rect::new(0, 0, 76, 11));
            assert!(signs != Signs::Ascii || text.is_ascii(), "{text}");
            assert!(!text.chars().any(|sign| ('\u{2800}'..='\u{28ff}').contains(&sign)), "{text}");
        }
    }
}

fn chosen(model: &Model) -> Option<(Actor, Instant)> {
    model.panes.timeline.chosen(&model.sitting.log().trace).map(|chosen| (chosen.actor, chosen.at))
}

#[test]
fn arrows_go_from_event_to_event_and_from_lane_to_lane() {
    let mut model = eventful(Look::default(), 3);
    press(&mut model, Direction::Home);
    let first = chosen(&model).expect("something has happened");
    press(&mut model, Direction::Left);
    assert_eq!(chosen(&model), Some(first));
    let mut seen = vec![first];
    loop {
        press(&mut model, Direction::Right);
        let next = chosen(&model).expect("it stays chosen");
        if seen.contains(&next) {
            break;
        }
        assert!(next.0 == first.0 && next.1 > seen[seen.len() - 1].1);
        let window = Window::of(&model);
        assert!(window.from <= next.1 && next.1 <= window.to, "what is chosen is seen");
        seen.push(next);
    }
    press(&mut model, Direction::End);
    assert_eq!(chosen(&model), seen.last().copied());
    press(&mut model, Direction::Left);
    assert_eq!(chosen(&model), Some(seen[seen.len() - 2]));
    press(&mut model, Direction::Down);
    let below = chosen(&model).expect("the next lane has an event too");
    assert_ne!(below.0, first.0);
    press(&mut model, Direction::Escape);
    assert_eq!(chosen(&model), None);
}

#[test]
fn a_click_chooses_and_a_second_one_goes_there() {
    let mut model = eventful(Look::default(), 3);
    let area = Rect::new(1, 4, 78, 11);
    press(&mut model, Direction::Home);
    let first = chosen(&model).expect("something has happened");
    press(&mut model, Direction::Escape);
    let at = (0..area.height).flat_map(|y| (0..area.width).map(move |x| (area.x + x, area.y + y))).find(|at| {
        choose::click(&mut model, area, *at);
        chosen(&model).is_some()
    });
    let at = at.expect("a click chooses");
    let own = chosen(&model).expect("it is chosen");
    assert!(own.1 >= first.1);
    let before = model.sitting.run().now();
    // The window may have moved under the pointer: whatever is nearest is chosen, and then gone to.
    for _ in 0..3 {
        choose::click(&mut model, area, at);
    }
    let own = chosen(&model).expect("it is chosen still");
    assert_eq!(model.sitting.run().now(), own.1);
    assert!(own.1 < before);
}

#[test]
fn what_is_chosen_is_forgotten_where_it_has_not_happened() {
    let mut model = eventful(Look::default(), 3);
    press(&mut model, Direction::End);
    assert!(chosen(&model).is_some());
    crate::tui::travel::go_to(&mut model, Instant(10));
    assert_eq!(chosen(&model), None);
    picture(&model, Rect::new(0, 0, 78, 11));
}

#[test]
fn the_words_tell_what_it_was() {
    let mut model = eventful(Look::default(), 3);
    press(&mut model, Direction::Home);
    let text = picture(&model, Rect::new(0, 0, 120, 20));
    assert!(text.contains("ana: begins stock.reserve mug, sends request to r1"), "{text}");
    assert!(text.contains("0 before") && text.contains("concurrent"), "{text}");
}

#[test]
fn every_actor_has_a_row_of_its_own_or_is_named() {
    for replicas in 1..=9 {
        let model = eventful(Look::default(), replicas);
        let view = model.sitting.run().cluster().view();
        for rows in 0..40 {
            let lanes = lanes::Lanes::new(view, rows);
            assert_eq!(lanes.all.len() + lanes.left_out.len(), replicas + 3);
            assert!(lanes.all.windows(2).all(|pair| pair[0].row < pair[1].row), "{lanes:?}");
            assert!(lanes.all.iter().all(|lane| lane.row < rows), "{lanes:?}");
        }
    }
}
