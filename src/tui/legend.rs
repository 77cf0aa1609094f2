//! Words for signs, and for what one event did.

use crate::base::{Actor, MessageClass};
use crate::cluster::Catalog;
use crate::cluster::view::Condition;
use crate::lab::sitting::Sitting;
use crate::lab::telling::{self, span};
use crate::record::{DropReason, Happened, RepairEnd, TimerKind, TraceEntry};

use super::glyphs::{Glyphs, condition_word};
use super::text::columns;

/// Columns between two signs of the line of tabs.
pub(crate) const GAP: usize = 2;

/// Columns in which all signs fit with their full words.
const FAIR_ROOM: usize = 58;

/// The signs of messages, short, for the line of tabs: as many as `room` columns hold, those that matter most first.
/// Those of a log and of quorums are among them once they are in use.
pub(crate) fn messages(glyphs: &Glyphs, in_use: &[MessageClass], room: usize) -> Vec<(MessageClass, String)> {
    use MessageClass::{Gossip, Heartbeat, Primary, Quorum, Raft, Repair, Reply, Request};
    let word = |class| match class {
        Request => "ask",
        Reply => "answer",
        Gossip => "gossip",
        Repair => "repair",
        Heartbeat if room >= FAIR_ROOM => "heartbeat",
        Heartbeat => "beat",
        Raft => "raft",
        Primary if room < FAIR_ROOM && in_use.len() > 1 => "prim",
        Primary => "primary",
        Quorum => "quorum",
    };
    let text = |class| format!("{} {}", glyphs.message(class), word(class));
    let mut chosen = Vec::new();
    let mut left = room + GAP;
    let is_in_use = |class| match class {
        Raft | Primary | Quorum => in_use.contains(&class),
        _ => true,
    };
    for class in [Gossip, Request, Reply, Quorum, Raft, Primary, Heartbeat, Repair] {
        let needed = columns(&text(class)) + GAP;
        if needed <= left && is_in_use(class) {
            left -= needed;
            chosen.push(class);
        }
    }
    let shown = [Heartbeat, Gossip, Repair, Quorum, Raft, Primary, Request, Reply];
    shown.into_iter().filter(|class| chosen.contains(class)).map(|class| (class, text(class))).collect()
}

/// All signs of the map with what they mean, for help.
pub(crate) fn signs(glyphs: &Glyphs) -> Vec<(String, String)> {
    let message = |class, what: &str| (glyphs.message(class).to_string(), what.to_owned());
    let condition =
        |condition| (glyphs.condition(condition).to_string(), format!("a replica is {}", condition_word(condition)));
    vec![
        message(MessageClass::Heartbeat, "heartbeat: a replica says that it is alive, and how far it has written"),
        message(MessageClass::Gossip, "gossip: a new write on its way to the other replicas"),
        message(MessageClass::Repair, "repair: two replicas compare what they hold"),
        message(MessageClass::Raft, "Raft: votes, entries of the log, and their confirmations"),
        message(MessageClass::Primary, "the primary: entries of its log on their way, and their confirmations"),
        message(MessageClass::Quorum, "a quorum: what homes of a key are asked, answer and confirm"),
        message(MessageClass::Request, "a client asks"),
        message(MessageClass::Reply, "a replica answers"),
        (glyphs.cut.to_string(), "a link that is cut; what was under way still arrives".to_owned()),
        (glyphs.differs.to_string(), "the replicas show different values".to_owned()),
        ("t3".to_owned(), "a replica's role is of Raft, in term 3".to_owned()),
        ("e2".to_owned(), "its role is of the primary's log, in epoch 2".to_owned()),
        condition(Condition::Up),
        condition(Condition::Paused),
        condition(Condition::Down),
        condition(Condition::DiskLost),
    ]
}

/// What happened since the trace had `traced` entries and the story `told` lines: what is worth telling first.
pub(crate) fn what_happened(sitting: &Sitting, traced: u64, told: u64) -> String {
    let catalog = sitting.run().cluster().view().catalog();
    let log = sitting.log();
    if let Some(line) = log.story.since(told).last() {
        let columns = telling::columns(line, catalog);
        return format!("{}  {}  {}", columns.who, columns.what, columns.note).trim_end().to_owned();
    }
    let mut texts: Vec<String> = Vec::new();
    for entry in log.trace.since(traced) {
        let text = entry_text(entry, catalog);
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    if texts.is_empty() { "a timer that changed nothing".to_owned() } else { texts.join("; ") }
}

/// What an entry of the trace says happened; empty if it says nothing.
pub(crate) fn entry_text(entry: &TraceEntry, catalog: &Catalog) -> String {
    let name = |actor: Actor| catalog.actor_name(actor);
    let who = name(entry.actor);
    match entry.what {
        Happened::Sent { class, to, delay_us, .. } => {
            format!("{who} sends a {} to {}, {} away", class.name(), name(to), span(u64::from(delay_us)))
        }
        Happened::Delivered { class, from, .. } => format!("{who} gets a {} from {}", class.name(), name(from)),
        Happened::Dropped { why, class, peer, .. } => dropped(why, class, &who, &name(peer)),
        Happened::Timer { timer } => timer_text(timer, &who),
        Happened::Invoked { .. } => format!("{who} begins"),
        Happened::Decided { .. } => format!("{who} decides"),
        Happened::Returned { .. } => format!("{who} has the answer"),
        Happened::Applied { key, .. } | Happened::AppliedRange { key, .. } => {
            format!("{who} takes in {} {}", catalog.service_of(key).name(), catalog.key_name(key))
        }
        Happened::Superseded { key, .. } => {
            format!("{who} drops a write to {}: what it has wins", catalog.key_name(key))
        }
        Happened::Crashed { disk_lost: false } => format!("{who} crashes"),
        Happened::Crashed { disk_lost: true } => format!("{who} crashes and loses its disk"),
        Happened::Restarted { .. } => format!("{who} starts again"),
        Happened::Paused => format!("{who} stalls"),
        Happened::Resumed => format!("{who} goes on"),
        Happened::Command { .. } => String::new(),
        Happened::ObservedLag { lag_us: 0 } => String::new(),
        Happened::ObservedLag { lag_us } => format!("{who} believes that it lags {}", span(lag_us)),
        Happened::RepairStarted { peer } => format!("{who} begins to repair with {peer}"),
        Happened::RepairEnded { end: RepairEnd::Succeeded, peer, .. } => format!("{who} has repaired with {peer}"),
        Happened::RepairEnded { peer, .. } => format!("{who} could not repair with {peer}"),
        Happened::Collected { key } => format!("{who} forgets the tombstone of {}", catalog.key_name(key)),
        Happened::Resurrected { key } => format!("the deleted item {} is back at {who}", catalog.key_name(key)),
        Happened::Charged { is_stored: false, .. } => format!("the {who} charges a card"),
        Happened::Charged { is_stored: true, .. } => format!("the {who} knows the payment and charges nothing"),
        Happened::Corrected { step_us } => {
            format!("NTP moves the clock of {who} by {}", telling::signed_span(step_us))
        }
        Happened::Role { log, role, term } => telling::role_text(&who, log, role, term),
        Happened::TakenBack { key, .. } => format!("{who} takes back a write to {}", catalog.key_name(key)),
        Happened::Truncated { count, .. } => {
            format!("{who} drops {count} writes from the end of its log")
        }
        Happened::Switched { stage, types, .. } => format!("{who} applies: {}", telling::switch_text(stage, types)),
        Happened::AbsorbedLate { key } => telling::late_text(key, catalog),
        Happened::Granted { key, amount } => format!("{who} {}", telling::granted_text(key, amount, catalog)),
        Happened::GaveBack { key, amount } => format!("{who} {}", telling::gave_back_text(key, amount, catalog)),
    }
}

fn dropped(why: DropReason, class: MessageClass, who: &str, peer: &str) -> String {
    let class = class.name();
    match why {
        DropReason::Cut => format!("a {class} from {who} to {peer} meets the cut"),
        DropReason::Flap => format!("a {class} from {who} to {peer} meets a link that is down"),
        DropReason::Lost => format!("a {class} from {who} to {peer} is lost"),
        DropReason::Down => format!("a {class} from {peer} finds {who} down"),
        DropReason::InboxFull => format!("a {class} from {peer} finds the inbox of {who} full"),
    }
}

fn timer_text(timer: TimerKind, who: &str) -> String {
    match timer {
        // What it sends says it.
        TimerKind::Heartbeat => String::new(),
        TimerKind::Repair => format!("{who} looks whether there is something to repair"),
        TimerKind::RepairTimeout => format!("{who} waits for a repair no longer"),
        TimerKind::Collect => format!("{who} looks for old tombstones"),
        TimerKind::Timeout => format!("{who} waits no longer"),
        TimerKind::Backoff => format!("{who} has waited to try again"),
        TimerKind::Ntp => format!("{who} asks for the time"),
        TimerKind::FaultEnds => format!("a fault at {who} ends"),
        TimerKind::Raft | TimerKind::Campaign | TimerKind::Hints => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::Signs;

    fn line(in_use: &[MessageClass], room: usize) -> String {
        let shown = messages(Signs::Braille.glyphs(), in_use, room);
        shown.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("  ")
    }

    #[test]
    fn the_line_of_tabs_explains_as_many_signs_as_it_has_room_for() {
        assert_eq!(line(&[], 80), "• heartbeat  G gossip  R repair  ? ask  ! answer");
        assert_eq!(line(&[MessageClass::Raft], 80), "• heartbeat  G gossip  R repair  L raft  ? ask  ! answer");
        assert_eq!(line(&[MessageClass::Quorum], 80), "• heartbeat  G gossip  R repair  Q quorum  ? ask  ! answer");
        assert_eq!(line(&[MessageClass::Raft], 43), "• beat  G gossip  L raft  ? ask  ! answer");
        assert_eq!(line(&[MessageClass::Primary], 43), "G gossip  P primary  ? ask  ! answer");
        assert_eq!(
            line(&[MessageClass::Raft, MessageClass::Primary], 42),
            "G gossip  L raft  P prim  ? ask  ! answer",
            "both logs have room"
        );
        assert_eq!(line(&[MessageClass::Raft], 4), "");
        for room in 0..60 {
            assert!(columns(&line(&[MessageClass::Raft], room)) <= room);
        }
    }

    #[test]
    fn help_explains_every_sign_of_a_message() {
        let glyphs = Signs::Braille.glyphs();
        for class in MessageClass::ALL {
            let sign = glyphs.message(class).to_string();
            assert!(signs(glyphs).iter().any(|(own, _)| *own == sign), "{}", class.name());
        }
    }
}
