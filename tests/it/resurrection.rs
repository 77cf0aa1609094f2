//! The dead return exactly when a surviving copy reaches a replica whose tombstone is gone: swept over both sides of
//! the grace.

use driftlab::base::{Actor, Instant, ReplicaId};
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::play;
use driftlab::record::Happened;

/// The grace of the sweep, in milliseconds. The tombstone is written at 2.5 s, so its grace is over at 12.5 s; replicas
/// look once a second.
const GRACE_MS: u64 = 10_000;

/// What came of a repair with the survivor.
#[derive(Debug, PartialEq, Eq)]
struct Repaired {
    /// When r1 forgot its tombstone, if it did.
    forgotten: Option<Instant>,
    /// When the repair ended.
    ended: Instant,
    /// Whether the item came back at r1.
    is_back: bool,
}

/// Begins a repair between r1 and the survivor at `repair_ms`.
fn repair_at(repair_ms: u64, skew_ms: i64) -> Repaired {
    let script = format!(
        "seed 5\ncluster 3 topology=wan\nclients ana@r1\nrepair off\ngrace {GRACE_MS}ms\nskew r1 {skew_ms:+}ms\n\
         at 1s ana: item.create report draft\nat 2s isolate r3\nat 2.499s ana: item.delete report\n\
         at {repair_ms}ms heal\nrepair r1 r3\nrun 2s\n"
    );
    let script = parse_script(&script).expect("it is a script");
    let replay = play(&script, None).expect("it plays");
    let r1 = Actor::from(ReplicaId(0));
    let mut repaired = Repaired { forgotten: None, ended: Instant::NEVER, is_back: false };
    for entry in replay.sitting.log().trace.iter().filter(|entry| entry.actor == r1) {
        match entry.what {
            Happened::Collected { .. } if repaired.forgotten.is_none() => repaired.forgotten = Some(entry.at),
            Happened::RepairEnded { .. } => repaired.ended = entry.at,
            Happened::Resurrected { .. } => repaired.is_back = true,
            _ => {}
        }
    }
    assert_ne!(repaired.ended, Instant::NEVER, "the repair at {repair_ms} ms ended");
    repaired
}

#[test]
fn the_dead_return_exactly_when_the_tombstone_is_gone() {
    let mut seen = [0, 0];
    let mut undecided = 0;
    for repair_ms in (10_500..=15_500).step_by(50) {
        let repaired = repair_at(repair_ms, 0);
        let began = Instant(repair_ms * 1_000);
        // A tombstone that is forgotten while the repair is under way may be gone too early or just not yet.
        let is_gone = match repaired.forgotten {
            Some(at) if at <= began => true,
            Some(at) if at <= repaired.ended => {
                undecided += 1;
                continue;
            }
            _ => false,
        };
        assert_eq!(repaired.is_back, is_gone, "a repair at {repair_ms} ms: {repaired:?}");
        if is_gone {
            let grace_over = Instant(2_500_000 + GRACE_MS * 1_000);
            let late_us =
                repaired.forgotten.map(|at| at.0.checked_sub(grace_over.0).expect("not before the grace is over"));
            assert!(late_us.is_some_and(|us| us <= 1_000_000), "{repaired:?}");
        }
        seen[usize::from(is_gone)] += 1;
    }
    assert!(seen[0] >= 20 && seen[1] >= 20 && undecided <= 15, "both sides are seen: {seen:?}, {undecided} between");
}

#[test]
fn the_grace_is_measured_by_each_replicas_own_clock() {
    // r1 stamps the deletion and measures the grace with one clock: a constant offset cancels out.
    for skew_ms in [-5_000, 5_000] {
        for repair_ms in [12_000, 14_000] {
            assert_eq!(repair_at(repair_ms, skew_ms).is_back, repair_at(repair_ms, 0).is_back, "skew {skew_ms} ms");
        }
    }
}
