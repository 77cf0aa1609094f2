//! What to try next: one line, decided by what happened last.
//!
//! The opening tour (ask, cut, ask again, heal) goes on until something happens that is worth more: a broken promise, a
//! stale answer, an alert, a replica that is down, a clock that is off. Whatever happened last is spoken of.

use crate::base::{Actor, Claim, Instant, LogId, MessageClass, ReplicaId, Role};
use crate::cluster::WorldCommand;
use crate::cluster::command::{Party, Recorded};
use crate::cluster::view::{Condition, ReplicaView, View};
use crate::lab::story::Telling;
use crate::record::SwitchStage;

use super::keys::Action;
use super::model::Model;
use super::panes::PaneId;

/// Lines of the story that are looked at, from the newest on.
const LOOK_BACK: usize = 40;

/// What happened, how much it matters among things of one instant, and what to do about it.
type Moment = (Instant, u8, String);

/// The line for this moment.
pub(crate) fn hint(model: &Model) -> String {
    // While a lesson is open it says what to try.
    let mut moments: Vec<Moment> = model.course.session.is_none().then(|| tour(model)).into_iter().collect();
    moments.extend(told(model));
    moments.extend(commanded(model));
    moments.extend(diverged(model));
    let latest = moments.into_iter().max_by_key(|(at, rank, _)| (*at, *rank));
    latest.map(|(.., text)| text).unwrap_or_default()
}

/// The commands after the setup that took effect.
fn done(model: &Model) -> &[Recorded] {
    let applied = model.sitting.applied();
    &model.sitting.commands()[model.scene.setup.min(applied)..applied]
}

/// Ask, cut, ask again, heal.
fn tour(model: &Model) -> Moment {
    let done = done(model);
    let asks = |command: &Recorded| matches!(command.command, WorldCommand::Operate { .. });
    let cuts =
        |command: &Recorded| matches!(command.command, WorldCommand::Partition { .. } | WorldCommand::Isolate(_));
    let heals = |command: &Recorded| matches!(command.command, WorldCommand::Heal(_));
    let cut = done.iter().rposition(cuts);
    let healed = done.iter().rposition(heals);
    let asked = done.iter().rposition(asks);
    let key = |action| model.keymap.of(action);
    let (operate, partition, heal) = (key(Action::Operate), key(Action::Partition), key(Action::Heal));
    let text = match (asked, cut, healed) {
        (None, None, _) => {
            format!("Three shops, one stock. {operate}, then Enter: ana buys a mug in the west; watch r3")
        }
        (Some(_), None, _) => {
            let back = key(Action::SecondBack);
            format!("G was the news. {back} shows it again. Now {partition}, then Enter: r1 is cut off")
        }
        (_, Some(cut), healed) if healed.is_none_or(|healed| healed < cut) => {
            if asked.is_some_and(|asked| asked > cut) {
                format!("≠: the sides differ, and neither knows it. {heal} heals; watch them agree again")
            } else {
                format!("{operate}, then Enter: ana buys again. Then {operate}, Right arrow: let ben ask")
            }
        }
        (_, Some(_), _) => {
            let (faster, help) = (key(Action::Faster), key(Action::Help));
            format!("Healed: repair (R) mends the rest, about every 10s; {faster} is faster; {help} helps")
        }
    };
    let last = [cut, healed, asked].into_iter().flatten().max();
    (last.map_or(Instant::ZERO, |index| done[index].at), 0, text)
}

/// What went wrong where a claim is broken, in a few words.
fn in_short(claim: Claim) -> &'static str {
    match claim {
        Claim::NoOverdraft | Claim::NoOversell => "each took what it saw",
        Claim::ReadYourWrites => "one's own write is not there",
        Claim::MonotonicReads => "what was seen is gone again",
        Claim::NoLostUpdate => "a write is gone, unseen",
        Claim::NoWrongWinner => "the older write won",
        Claim::WritesFollowReads => "an effect without its cause",
        Claim::ExactlyOnce => "once was asked, twice was done",
        Claim::Durable => "nobody has it any more",
        _ => "it did not hold",
    }
}

/// What is said of a claim that was broken: short enough for the line below the panes.
fn broken(claim: Claim, why: &str, back: &str) -> String {
    format!("{} broken: {}; {why}: why, {back}: there", claim.name(), in_short(claim))
}

/// The last thing in the story that asks for a look.
fn told(model: &Model) -> Option<Moment> {
    let why = model.keymap.of(Action::Why);
    let log = model.keymap.of(Action::Pane(PaneId::Log));
    let lag = model.keymap.of(Action::Pane(PaneId::Lag));
    let raft = model.keymap.of(Action::Pane(PaneId::Roles));
    let view = model.sitting.run().cluster().view();
    let catalog = view.catalog();
    let primaries: Vec<ReplicaId> = view.replicas().filter(acts_as_primary).map(|replica| replica.id).collect();
    model.sitting.log().story.iter().rev().take(LOOK_BACK).find_map(|line| {
        let (rank, text) = match &line.what {
            Telling::Violation { claim, .. } => {
                let back = model.keymap.of(Action::PreviousViolation);
                (5, broken(*claim, &why, &back))
            }
            Telling::Resurrected { key, replica } => {
                let name = super::text::fit(catalog.key_name(*key), 12, model.glyphs.more);
                (4, format!("{name} is back at {replica}: a late copy met no tombstone; {log} tells"))
            }
            Telling::Operation(operation) if operation.stale.is_some() => {
                let who = super::text::fit(&catalog.actor_name(operation.client), 12, model.glyphs.more);
                (3, format!("{who} read an old value. {why} tells which write it lacked, and where it was"))
            }
            // That two act as the primary matters more than that the cut between them is noticed.
            Telling::Alert { replica, .. } if primaries.len() < 2 => {
                (2, format!("{replica} believes that it lags: does it, or is a clock off? {lag} shows both"))
            }
            Telling::Truncated { replica, .. } => {
                (4, format!("{replica} said that these were done, and they are gone: {log} tells whose they were"))
            }
            Telling::Role { log: LogId::Primary, replica, role: Role::Leader, .. } => {
                let other = primaries.iter().find(|other| **other != *replica);
                let text = match other.filter(|_| primaries.contains(replica)) {
                    Some(other) => {
                        let heal = model.keymap.of(Action::Heal);
                        format!("{other} and {replica} both act as the primary, and answer. {heal} heals: what is lost then?")
                    }
                    None => format!("{replica} decides alone now, and ships its log: {raft} shows how far the others are"),
                };
                (2, text)
            }
            Telling::Role { log: LogId::Primary, replica, .. } => {
                (2, format!("{replica} was the primary, and gives up what its followers do not have: {log} tells"))
            }
            Telling::Role { replica, role: Role::Leader, term, .. } => {
                (2, format!("{replica} leads term {term}: {raft} shows who voted for it, and all logs"))
            }
            Telling::Role { replica, role: Role::PreCandidate, .. } => {
                (2, format!("{replica} hears no leader. Would a majority vote for it? {raft} shows all logs"))
            }
            Telling::Switch { stage: SwitchStage::Sealed, .. } => {
                (2, format!("Until all replicas have handed over it refuses: {raft} shows who has not"))
            }
            Telling::Switch { stage: SwitchStage::Bound, .. } => {
                let partition = model.keymap.of(Action::Partition);
                (2, format!("The log decides now. {partition} cuts: who can still write? {raft} shows who leads"))
            }
            _ => return None,
        };
        Some((line.at, rank, text))
    })
}

fn acts_as_primary(replica: &ReplicaView) -> bool {
    replica.primary.is_some_and(|primary| primary.is_primary)
}

/// The last command whose effect still lasts.
fn commanded(model: &Model) -> Option<Moment> {
    let view = model.sitting.run().cluster().view();
    let rank = 1;
    done(model).iter().rev().find_map(|recorded| Some((recorded.at, rank, effect(model, view, &recorded.command)?)))
}

fn effect(model: &Model, view: View<'_>, command: &WorldCommand) -> Option<String> {
    use WorldCommand as C;
    let key = |action| model.keymap.of(action);
    match command {
        C::Crash { replica, .. } => {
            let crash = key(Action::Crash);
            match view.replica(*replica).condition {
                Condition::Down => {
                    Some(format!("{replica} is down, its disk is safe. What does it miss? {crash} starts it again"))
                }
                Condition::DiskLost => {
                    Some(format!("{replica} lost its disk: {crash} starts it again, empty; repair (R) fills it"))
                }
                _ => None,
            }
        }
        C::Pause { party, .. } => {
            let stall = key(Action::Stall);
            let is_paused = match party {
                Party::Replica(replica) => view.replica(*replica).condition == Condition::Paused,
                Party::Client(name) => {
                    view.clients().any(|client| client.name == name && client.condition == Condition::Paused)
                }
            };
            let who = name(model, party);
            is_paused.then(|| format!("{who} is paused: what reaches it waits there. {stall} lets it go on"))
        }
        C::Skew { party, .. } | C::Step { party, .. } | C::Drift { party, .. } | C::Noise { party, .. } => {
            let clocks = key(Action::Pane(PaneId::Clocks));
            let who = name(model, party);
            is_off(view, party)
                .then(|| format!("{who}'s clock is off and it cannot know; {clocks} shows it. Who wins a profile?"))
        }
        C::Load(settings) => {
            let runs = view.workloads().any(|load| load.name == settings.name && load.is_running);
            let (lag, load) = (key(Action::Pane(PaneId::Lag)), key(Action::Load));
            let name = super::text::fit(&settings.name, 12, model.glyphs.more);
            runs.then(|| format!("{name} runs: {lag} shows lag and staleness; cut a link under it; {load} stops it"))
        }
        _ => None,
    }
}

fn name(model: &Model, party: &Party) -> String {
    match party {
        Party::Replica(replica) => replica.to_string(),
        Party::Client(name) => super::text::fit(name, 12, model.glyphs.more),
    }
}

fn is_off(view: View<'_>, party: &Party) -> bool {
    match party {
        Party::Replica(replica) => view.replica(*replica).offset_us != 0,
        Party::Client(name) => view.catalog().client(name).is_some_and(|index| view.client_offset_us(index) != 0),
    }
}

/// The replicas differ although no news is under way and no link is cut: something was lost.
fn diverged(model: &Model) -> Option<Moment> {
    let view = model.sitting.run().cluster().view();
    let last = done(model).iter().rev().find(|recorded| matches!(recorded.command, WorldCommand::Operate { .. }))?;
    let carries = |class| matches!(class, MessageClass::Gossip | MessageClass::Request | MessageClass::Repair);
    let is_quiet = !view.in_flight().any(|message| carries(message.class));
    let replicas = || ReplicaId::all(view.replica_count());
    let cut = |from: ReplicaId, to: ReplicaId| view.link(Actor::from(from), to.into(), MessageClass::Gossip).cut;
    let is_whole = !replicas().any(|from| replicas().any(|to| from != to && cut(from, to)));
    let differs = is_quiet && is_whole && !view.is_converged();
    differs.then(|| {
        let go_on = model.keymap.of(Action::Faster);
        (last.at, 1, format!("≠ and nothing under way: news was lost. Repair (R) brings it; {go_on} is faster"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_broken_is_said_whole_at_80_columns() {
        for claim in Claim::ALL {
            let words = broken(claim, "v", "PgUp");
            assert!(crate::tui::text::columns(&words) <= 76, "{words}");
        }
    }
}
