//! Each claim both ways: something that breaks it, and the same run without that, clean.

use driftlab::base::Claim;
use driftlab::lab::language::parse::parse_script;
use driftlab::lab::replay::play;

/// A claim, a script in which `BREAK` stands for what breaks it, and the lines that do.
struct Row {
    claim: Claim,
    script: &'static str,
    breaks: &'static str,
}

const ROWS: [Row; 27] = [
    Row {
        claim: Claim::Convergence,
        script: "seed 3\ncluster 2\nclients ana@r1 ben@r2\nBREAK\nat 1s ana: profile.set address \"West St\"\n\
                 at 1.01s ben: profile.set address \"East St\"\nrun 60s\n",
        breaks: "hazard arrival-wins on",
    },
    Row {
        claim: Claim::NoOverdraft,
        script: "seed 4\nclients ana@r1 ben@r3\ngiven account joint 100\nBREAK\nat 1s ana: account.withdraw joint 80\n\
                 at 3s ben: account.withdraw joint 80\nrun 1s\n",
        breaks: "partition r1 | r2 r3",
    },
    Row {
        claim: Claim::NoOversell,
        script: "seed 5\nclients ana@r1 ben@r3\ngiven stock mug 1\nBREAK\nat 1s ana: stock.reserve mug 1\n\
                 at 3s ben: stock.reserve mug 1\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::ReadYourWrites,
        script: "seed 6\nclients ana@r1\nBREAK\nat 1s ana: feed.post wall hello\nat 2s ana: feed.read wall via=r2\n\
                 run 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::MonotonicReads,
        script: "seed 7\nclients ana@r1 ben@r1\nBREAK\nat 1s ana: feed.post wall hello\nat 2s ben: feed.read wall\n\
                 at 3s ben: feed.read wall via=r2\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::MonotonicWrites,
        script: "seed 8\nBREAK\nload w1 feed.post 50/s key=wall clients=4 at=r1\nrun 5s\n",
        breaks: "lose r1 -> r3 20% class=gossip",
    },
    Row {
        claim: Claim::WritesFollowReads,
        script: "seed 9\ncluster 3\nclients ana@r1 ben@r2\nBREAK\nat 1s ana: feed.post wall question\n\
                 at 1.5s ben: feed.read wall\nat 2s ben: feed.post wall answer\nrun 1s\n",
        breaks: "lose r1 -> r3 100% class=gossip\nrepair off",
    },
    Row {
        claim: Claim::ConsistentPrefix,
        script: "seed 10\nBREAK\nload w1 feed.post 20/s key=wall clients=1 at=r1\nload w2 feed.read 20/s key=wall at=r3\n\
                 run 5s\n",
        breaks: "lose r1 -> r3 20% class=gossip",
    },
    Row {
        claim: Claim::NoLostUpdate,
        script: "seed 11\ncluster 2\nclients ana@r1 ben@r2\nBREAK\nat 1s ana: profile.set address \"West St\"\n\
                 at 3s ben: profile.set address \"East St\"\nat 4s heal\nrun 60s\n",
        breaks: "partition r1 | r2",
    },
    Row {
        claim: Claim::NoWrongWinner,
        script: "seed 12\ncluster 2\nclients ana@r1 ben@r2\nBREAK\nat 1s ben: profile.set address \"Old St\"\n\
                 at 2s ana: profile.set address \"New St\"\nrun 1s\n",
        breaks: "skew r2 +2s",
    },
    Row {
        claim: Claim::NoResurrection,
        script: "seed 3\ncluster 3 topology=wan\nclients ana@r1\nrepair off\nduplicate r1 -> r3 100% class=gossip\n\
                 delay r1 -> r3 50% constant 70ms 50% constant 4s class=gossip\nBREAK\n\
                 at 1s ana: item.create report draft\nat 1.4s duplicate r1 -> r3 0%\n\
                 delay r1 -> r3 constant 70ms class=gossip\nat 1.5s ana: item.delete report\nrun 9s\n",
        breaks: "grace 1s",
    },
    Row {
        claim: Claim::ExactlyOnce,
        script: "seed 13\nclients ana@r1\nretry ana timeout=200ms attempts=2 backoff=100ms jitter=0%\nBREAK\n\
                 at 1s ana: likes.add photo\nat 1.25s lose r1 -> ana 0%\nrun 1s\n",
        breaks: "lose r1 -> ana 100%",
    },
    Row {
        claim: Claim::Durable,
        script: "seed 14\nclients ana@r1\nBREAK\nat 1s ana: likes.add photo\nat 2s crash r1 disk=lose\nrun 2s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::TotalAvailability,
        script: "seed 15\nclients ana@r1\nBREAK\nat 1s ana: likes.add photo via=r3\nrun 5s\n",
        breaks: "partition r1 | r2 r3",
    },
    Row {
        claim: Claim::StickyAvailability,
        script: "seed 16\nclients ana@r1\nBREAK\nat 1s ana: likes.add photo\nrun 5s\n",
        breaks: "lose ana -> r1 100%",
    },
    Row {
        claim: Claim::MajorityAvailability,
        script: "seed 17\nclients ana@r1\nBREAK\nat 1s ana: likes.add photo\nrun 5s\n",
        breaks: "crash r1",
    },
    Row {
        claim: Claim::NoLogInversion,
        script: "seed 18\nclients ana@r1\nBREAK\nat 1s ana: likes.add photo\nrun 1s\n",
        breaks: "skew r1 -500ms",
    },
    Row {
        claim: Claim::NoAccessAfterRevocation,
        script: "seed 19\nclients ana@r1 ben@r3\ngiven access vault ben\nBREAK\nat 1s ana: access.revoke vault ben\n\
                 at 2s ben: access.check vault ben\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::UniqueOwner,
        script: "seed 20\nclients ana@r1 ben@r3\nBREAK\nat 1s ana: username.claim star\n\
                 at 2s ben: username.claim star\nrun 1s\n",
        breaks: "partition r1 | r2 r3",
    },
    Row {
        claim: Claim::ChargedOnce,
        script: "seed 21\nclients ana@r1\nretry ana timeout=200ms attempts=2 backoff=100ms jitter=0%\n\
                 at 1s ana: payment.submit order7 30\nBREAK\nrun 2s\n",
        breaks: "at 1.08s crash r1\nrestart r1",
    },
    Row {
        claim: Claim::ConstantSum,
        script: "seed 22\nclients ana@r1 cyd@r3\ngiven account joint 100\nBREAK\n\
                 at 1s ana: account.transfer joint savings 30\nat 1.5s cyd: account.balance joint\nrun 1s\n",
        breaks: "delay r1 -> r3 50% constant 70ms 50% constant 2s class=gossip",
    },
    Row {
        claim: Claim::Linearizable,
        script: "seed 7\nclients ana@r1 ben@r3\nBREAK\nat 1s ana: profile.set address \"West St\"\n\
                 at 2s ben: profile.get address\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::Sequential,
        script: "seed 7\nclients ana@r1 ben@r1\nBREAK\nat 1s ana: profile.set address \"West St\"\n\
                 at 2s ben: profile.get address\nat 3s ben: profile.get address via=r2\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::CausalConsistency,
        script: "seed 7\nclients ana@r1 ben@r1\nBREAK\nat 1s ana: profile.set address \"West St\"\n\
                 at 2s ben: profile.get address\nat 3s ben: profile.get address via=r2\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::CausalConvergence,
        script: "seed 7\nclients ana@r1 ben@r1\nBREAK\nat 1s ana: profile.set address \"West St\"\n\
                 at 2s ben: profile.get address\nat 3s ben: profile.get address via=r2\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::CausalMemory,
        script: "seed 7\nclients ana@r1 ben@r1\nBREAK\nat 1s ana: profile.set address \"West St\"\n\
                 at 2s ben: profile.get address\nat 3s ben: profile.get address via=r2\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
    Row {
        claim: Claim::Regular,
        script: "seed 7\nclients ana@r1 ben@r3\nBREAK\nat 1s ana: profile.set address \"West St\"\n\
                 at 2s ben: profile.get address\nrun 1s\n",
        breaks: "gossip off\nrepair off",
    },
];

/// Whether the expectation at the end of a script is met.
fn is_met(script: &str) -> bool {
    let parsed = parse_script(script).unwrap_or_else(|errors| panic!("{}\n{script}", errors[0]));
    let replay = play(&parsed, None).unwrap_or_else(|error| panic!("{error}\n{script}"));
    replay.unmet + replay.undecided == 0
}

#[test]
fn each_claim_is_broken_by_something_and_kept_without_it() {
    let claims: Vec<Claim> = ROWS.iter().map(|row| row.claim).collect();
    assert_eq!(claims, Claim::ALL, "one row for each claim, in their order");
    for Row { claim, script, breaks } in &ROWS {
        let name = claim.name();
        let with = script.replace("BREAK", breaks) + &format!("expect {name} violated\n");
        assert!(is_met(&with), "{name} is not broken:\n{with}");
        let without = script.replace("BREAK\n", "") + &format!("expect {name} holds\n");
        assert!(is_met(&without), "{name} is broken without it:\n{without}");
    }
}
