//! What a live judge found, in one plain sentence.

use super::broken::{Act, Broken, Duty, Half, Line};
use super::durable::Loss;
use crate::check::words::{Names, Teller, seconds};

/// "ana read "Old St" of address via r3 at 1.42 s, although ana set address to "New St" via r1 at 1.3 s, acknowledged
/// at 1.31 s".
pub(in crate::check) fn sentence(broken: &Broken, names: &dyn Names) -> String {
    let tell = |act: &Act| Teller::new(act.key, names).act(&act.deed);
    match broken {
        Broken::Unread { read, write, acknowledged } => {
            format!("{}, although {}, acknowledged at {}", tell(read), tell(write), seconds(*acknowledged))
        }
        Broken::WentBack { first, second, write } => {
            format!("{}, although {} and then knew that {}", tell(second), tell(first), tell(write))
        }
        Broken::TwoOwners { first, second } => {
            format!("{} and {}: both were accepted", tell(first), tell(second))
        }
        Broken::ChargedTwice { first, again } => charged(first, again, names),
        Broken::Halved { read, transfer, half } => {
            let (amount, transfer) = (transfer.deed.amount(), tell(transfer));
            let place = match half {
                Half::Debit => "in neither account",
                Half::Credit => "in both accounts",
            };
            format!("{}, where {amount} was {place}, although {transfer}", tell(read))
        }
        Broken::LetIn { check, revoke, acknowledged } => {
            format!("{}, although {}, acknowledged at {}", tell(check), tell(revoke), seconds(*acknowledged))
        }
        Broken::OutOfOrder { first, second, at } => {
            format!("{at} has that {} and not what went before it: {}", tell(second), tell(first))
        }
        Broken::Reordered { first, second } => {
            format!("{}, although the one before it wins: {}", tell(second), tell(first))
        }
        Broken::Unfounded { read, cause, write, at } => {
            format!("{at} has that {} and not what {} and saw: {}", tell(write), tell(read), tell(cause))
        }
        Broken::LostUpdate { lost, acknowledged, by } => {
            let at = seconds(*acknowledged);
            format!("{}, acknowledged at {at}, and it is lost: {} and did not know of it", tell(lost), tell(by))
        }
        Broken::WrongWinner { winner, loser } => {
            format!("{}, knowing the one that wins against it: {}", tell(loser), tell(winner))
        }
        Broken::Resurrected { put, delete, at, since } => {
            let since = seconds(*since);
            format!("{}, and at {at} it is back since {since}, although {}", tell(put), tell(delete))
        }
        Broken::Twice { first, again } => {
            let (replica, at) = (again.deed.replica, seconds(again.deed.at));
            format!("{}, and the same operation was accepted again via {replica} at {at}", tell(first))
        }
        Broken::Gap { read, missing, acknowledged, later } => {
            let at = seconds(*acknowledged);
            format!("{} and knew that {}, but not, acknowledged at {at}: {}", tell(read), tell(later), tell(missing))
        }
        Broken::Gone { write, acknowledged, loser, how } => {
            let at = seconds(*acknowledged);
            let how = match how {
                Loss::Disk => "lost its disk",
                Loss::Log => "dropped it from its log, which another primary's replaced",
            };
            format!("{}, acknowledged at {at}, and nobody has it any more: {loser} {how}", tell(write))
        }
        Broken::Unanswered { asked, duty } => unanswered(asked, *duty, names),
        Broken::Inverted { act, line, by_us } => {
            let line = match line {
                Line::Decision => "was decided before it was asked for",
                Line::Return => "was answered before it was decided",
            };
            let (deed, ms) = (&act.deed, *by_us as f64 / 1000.0);
            let (client, name, key) = (names.client(deed.client), deed.op_type.spec().name, names.key(act.key));
            format!("by the clocks {name} {key} of {client} via {} {line}, by {ms} ms", deed.replica)
        }
    }
}

/// "the provider charged 30 for order7 via r1 at 1.051 s and again 30 via r2 at 1.6 s, and ana submitted it once".
fn charged(first: &Act, again: &Act, names: &dyn Names) -> String {
    let charge = |act: &Act| format!("via {} at {}", act.deed.replica, seconds(act.deed.at));
    let (one, other) = (names.client(first.deed.client), names.client(again.deed.client));
    let asked = if first.deed.op == again.deed.op {
        format!("and {one} submitted it once")
    } else {
        format!("for what {one} and {other} submitted under one key")
    };
    let (key, amounts) = (names.key(first.key), (first.deed.amount(), again.deed.amount()));
    let (first, again) = (charge(first), charge(again));
    format!("the provider charged {} for {key} {first} and again {} {again}, {asked}", amounts.0, amounts.1)
}

fn unanswered(asked: &Act, duty: Duty, names: &dyn Names) -> String {
    let deed = &asked.deed;
    let (client, name, key) = (names.client(deed.client), deed.op_type.spec().name, names.key(asked.key));
    let although = match duty {
        Duty::Total => String::new(),
        Duty::Sticky => format!(", although {} was up and in reach", deed.replica),
        Duty::Majority => ", although a majority was up and in reach".to_owned(),
    };
    format!("{client} asked for {name} {key} at {} and got no answer{although}", seconds(deed.at))
}
