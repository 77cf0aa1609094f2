//! The end of a step: what arrived at a replica is judged, which nobody could see before.

use super::broken::{Act, Broken};
use super::cells::is_cell;
use super::durable::Suspect;
use super::fold::Live;
use super::sessions::TooMuch;
use super::writes::{Clash, Number};
use super::{lost_update, monotonic_writes, resurrection, writes_follow_reads, wrong_winner};
use crate::base::{Claim, Dot, Instant, KeyId, OpId, OpType, ReplicaId, Resolver};
use crate::check::findings::Place;

impl Live {
    /// Judges the writes that just arrived, and what met there.
    pub(super) fn judge_arrivals(&mut self, at: Instant, resolver: Resolver) {
        let mut fresh = std::mem::take(&mut self.writes.fresh);
        let arrived = fresh.first + fresh.arrivals.len() as u64;
        self.findings_of(Claim::MonotonicWrites).judged += arrived;
        self.findings_of(Claim::WritesFollowReads).judged += arrived;
        for claim in [Claim::NoLostUpdate, Claim::NoWrongWinner] {
            self.findings_of(claim).judged += fresh.stood;
        }
        for (replica, number) in &fresh.arrivals {
            self.judge_arrival((*replica, *number), at, resolver);
        }
        for clash in &fresh.clashes {
            self.judge_clash(*clash, at);
        }
        for risen in &fresh.risen {
            if let Some(broken) = resurrection::judge(&self.writes, *risen, at) {
                let key = self.writes.get(risen.put).map_or(KeyId(0), |put| put.key);
                self.add(Claim::NoResurrection, Place { at, invoked: at, key }, broken);
            }
        }
        (fresh.first, fresh.stood) = (0, 0);
        fresh.arrivals.clear();
        fresh.clashes.clear();
        fresh.risen.clear();
        self.writes.fresh = fresh;
    }

    pub(super) fn judge_arrival(&mut self, arrival: (ReplicaId, Number), at: Instant, resolver: Resolver) {
        let (replica, number) = arrival;
        if let Some(first) = monotonic_writes::judge(&self.writes, arrival, resolver) {
            self.out_of_order(replica, (first, number), at);
        }
        let unfounded = writes_follow_reads::judge(&self.writes, replica, number);
        if let Err(TooMuch) = unfounded {
            self.findings_of(Claim::WritesFollowReads).given_up += 1;
        }
        if let Ok(Some((look, cause))) = unfounded
            && let (Some(write), Some(cause)) = (self.writes.get(number), self.writes.get(cause))
        {
            let (place, client) = (Place { at, invoked: write.invoked, key: write.key }, write.deed.client);
            let (read, cause, write) = (look.act(client), cause.act(), write.act());
            self.add(Claim::WritesFollowReads, place, Broken::Unfounded { read, cause, write, at: replica });
        }
    }

    pub(super) fn out_of_order(&mut self, replica: ReplicaId, pair: (Number, Number), at: Instant) {
        let (Some(first), Some(second)) = (self.writes.get(pair.0), self.writes.get(pair.1)) else { return };
        let place = Place { at, invoked: second.invoked, key: second.key };
        let broken = Broken::OutOfOrder { first: first.act(), second: second.act(), at: replica };
        self.add(Claim::MonotonicWrites, place, broken);
    }

    /// Judges whether a new write comes after what its session wrote and read before.
    pub(super) fn judge_order(&mut self, number: Number, at: Instant, resolver: Resolver) {
        let own = monotonic_writes::judge_order(&self.writes, number, resolver);
        let shown = writes_follow_reads::judge_order(&self.writes, number, resolver);
        for (claim, first) in [(Claim::MonotonicWrites, own), (Claim::WritesFollowReads, shown)] {
            let Some((first, second)) =
                first.and_then(|first| Some((self.writes.get(first)?, self.writes.get(number)?)))
            else {
                continue;
            };
            let place = Place { at, invoked: second.invoked, key: second.key };
            let broken = Broken::Reordered { first: first.act(), second: second.act() };
            self.add(claim, place, broken);
        }
    }

    pub(super) fn judge_clash(&mut self, clash: Clash, at: Instant) {
        self.findings_of(Claim::NoLostUpdate).judged += 1;
        self.findings_of(Claim::NoWrongWinner).judged += 1;
        if let Some(loser) = lost_update::judge(&mut self.writes, clash) {
            self.lost(loser, at);
        }
        if let Some(loser) = wrong_winner::judge(&mut self.writes, clash)
            && let (Some(winner), Some(loser)) = (self.writes.get(clash.winner), self.writes.get(loser))
        {
            let place = Place { at, invoked: loser.invoked, key: loser.key };
            let broken = Broken::WrongWinner { winner: winner.act(), loser: loser.act() };
            self.add(Claim::NoWrongWinner, place, broken);
        }
    }

    /// A replica's log dropped a write, for one that does not have it: it gives way to what stands elsewhere.
    pub(super) fn judge_dropped(&mut self, key: KeyId, dot: Dot, at: Instant) {
        let Some(loser) = self.writes.find(dot, key) else { return };
        if !self.writes.get(loser).is_some_and(|write| is_cell(write.deed.op_type)) {
            return;
        }
        for replica in ReplicaId::all(self.writes.replicas) {
            let winner = self.writes.lead(key, replica);
            if winner != 0
                && winner != loser
                && let Some(lost) = lost_update::judge(&mut self.writes, Clash { winner, loser })
            {
                self.lost(lost, at);
            }
        }
    }

    /// An acknowledged write is lost to one that did not know of it.
    pub(super) fn lost(&mut self, number: Number, at: Instant) {
        let Some(lost) = self.writes.get(number) else { return };
        let Some(by) = self.writes.get(lost.lost_to) else { return };
        let place = Place { at, invoked: lost.invoked.max(by.invoked), key: lost.key };
        let broken = Broken::LostUpdate { lost: lost.act(), acknowledged: lost.acknowledged, by: by.act() };
        self.add(Claim::NoLostUpdate, place, broken);
    }

    pub(super) fn judge_again(&mut self, op: OpId, number: Number, at: Instant) {
        // A payment is recorded as often as anybody hears of it; what counts is the charge.
        if self.writes.get(number).is_some_and(|write| write.deed.op_type == OpType::PaymentSubmit) {
            return;
        }
        let Some(first) = self.once.judge(op, number) else { return };
        let (Some(first), Some(again)) = (self.writes.get(first), self.writes.get(number)) else { return };
        let place = Place { at, invoked: again.invoked, key: again.key };
        let broken = Broken::Twice { first: first.act(), again: again.act() };
        self.add(Claim::ExactlyOnce, place, broken);
    }

    /// Judges a claim of a name that was accepted.
    pub(super) fn judge_owner(&mut self, claim: Act, invoked: Instant) {
        self.findings_of(Claim::UniqueOwner).judged += 1;
        if let Some(first) = self.owners.judge(claim.key, claim) {
            let place = Place { at: claim.deed.at, invoked, key: claim.key };
            self.add(Claim::UniqueOwner, place, Broken::TwoOwners { first, second: claim });
        }
    }

    /// Judges a charge of the outside provider.
    pub(super) fn judge_charge(&mut self, again: Act, invoked: Instant) {
        self.findings_of(Claim::ChargedOnce).judged += 1;
        if let Some(first) = self.charges.judge(again.key, again) {
            let place = Place { at: again.deed.at, invoked, key: again.key };
            self.add(Claim::ChargedOnce, place, Broken::ChargedTwice { first, again });
        }
    }

    pub(super) fn judge_suspects(&mut self, at: Instant, resolver: Resolver) {
        for suspect in self.durable.judge(&self.writes, at, resolver) {
            let Some(write) = self.writes.get(suspect.number).filter(|write| write.is_acknowledged()) else { continue };
            let place = Place { at, invoked: write.invoked, key: write.key };
            let Suspect { loser, how, .. } = suspect;
            let broken = Broken::Gone { write: write.act(), acknowledged: write.acknowledged, loser, how };
            self.add(Claim::Durable, place, broken);
        }
    }
}
