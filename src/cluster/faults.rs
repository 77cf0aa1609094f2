//! Faults of replicas and clients: crash, restart, pause, resume.

use crate::base::{Actor, EntryId, Fault, Hazard, ReplicaId};
use crate::record::{DropReason, Happened, Recorded};

use super::command::Disk;
use super::event::{Event, Waiting};
use super::hosts::one;
use super::{Cluster, CommandError};

impl Cluster {
    /// A replica crashes. Its inbox is gone; messages under way to it find nobody.
    pub(super) fn crash(
        &mut self,
        replica: ReplicaId,
        disk: Disk,
        cause: EntryId,
        out: &mut Recorded,
    ) -> Result<(), CommandError> {
        if self.hosts[replica.index()].is_down && disk == Disk::Keep {
            return Err(CommandError::IsDown(replica));
        }
        let column = match disk {
            Disk::Keep => None,
            Disk::Lose if self.settings.hazards.on(Hazard::ReuseDots) => {
                Some(self.hosts[replica.index()].replica.column())
            }
            Disk::Lose => Some(self.catalog.add_column(replica)?),
        };
        let disk_lost = column.is_some();
        self.record(out, cause, replica.into(), Happened::Crashed { disk_lost });
        let host = &mut self.hosts[replica.index()];
        if disk_lost && *host.replica.applied().prefix() != crate::base::VersionVector::default() {
            self.faults.count(one(Fault::LoseDisk));
        }
        let host = &mut self.hosts[replica.index()];
        host.is_down = true;
        host.disk_lost |= disk_lost;
        host.epoch += 1;
        host.inbox.working = false;
        host.inbox.paused = false;
        host.inbox.pause_epoch += 1;
        host.replica.crash(column);
        if disk_lost {
            self.reinstall(replica);
        }
        for input in std::mem::take(&mut self.hosts[replica.index()].inbox.waiting) {
            self.faults.count(one(Fault::Crash));
            if let Waiting::Message(envelope) = input {
                self.drop_envelope(&envelope, DropReason::Down, out);
            }
        }
        Ok(())
    }

    /// A crashed replica starts again.
    pub(super) fn restart(
        &mut self,
        replica: ReplicaId,
        cause: EntryId,
        out: &mut Recorded,
    ) -> Result<(), CommandError> {
        let host = &mut self.hosts[replica.index()];
        if !host.is_down {
            return Err(CommandError::IsUp(replica));
        }
        host.is_down = false;
        host.disk_lost = false;
        let column = host.replica.column();
        let cause = self.record(out, cause, replica.into(), Happened::Restarted { column });
        self.boot(replica, cause, out);
        Ok(())
    }

    /// What was given is part of every installation.
    fn reinstall(&mut self, replica: ReplicaId) {
        for (key, service, value) in &self.given {
            self.hosts[replica.index()].replica.install(*key, *service, *value);
        }
        self.hosts[replica.index()].forget_collected();
    }

    /// An actor stops handling inputs.
    pub(super) fn pause(&mut self, actor: Actor, for_us: Option<u64>, cause: EntryId, out: &mut Recorded) {
        let inbox = self.inbox_mut(actor);
        inbox.paused = true;
        inbox.pause_epoch += 1;
        let epoch = inbox.pause_epoch;
        self.record(out, cause, actor, Happened::Paused);
        if let Some(for_us) = for_us {
            self.schedule(for_us, Event::PauseEnds { actor, epoch });
        }
    }

    /// A paused actor goes on with what waits.
    pub(super) fn resume(&mut self, actor: Actor, cause: EntryId, out: &mut Recorded) {
        let inbox = self.inbox_mut(actor);
        inbox.paused = false;
        inbox.pause_epoch += 1;
        let cause = self.record(out, cause, actor, Happened::Resumed);
        self.keep_working(actor);
        if let Some(client) = actor.as_client()
            && self.clients[client].workload.is_none()
        {
            self.next_order(client, cause, out);
        }
    }
}
