//! What each event leads to.

use crate::base::EntryId;
use crate::clock::Correction;
use crate::record::{Happened, Recorded};
use crate::sim::{Purpose, StreamId};

use super::Cluster;
use super::event::Event;

impl Cluster {
    /// Lets one event happen.
    #[inline]
    pub(super) fn dispatch(&mut self, event: Event, out: &mut Recorded) {
        match event {
            Event::Deliver(envelope) => match envelope.to.as_replica() {
                Some(replica) => self.deliver_to_replica(replica, envelope, out),
                None => self.deliver_to_client(envelope, out),
            },
            Event::Wake(wake) => match wake.actor.as_replica() {
                Some(replica) => self.wake_replica(replica, wake, out),
                None => self.wake_client(wake, out),
            },
            Event::Work { actor, epoch } => self.work(actor, epoch, out),
            Event::Charge(line) => self.charge(line, out),
            Event::Arrival { workload, epoch } => self.arrive(workload, epoch, out),
            Event::NtpPoll { actor, epoch } => self.poll_ntp(actor, epoch, out),
            Event::PauseEnds { actor, epoch } => {
                if self.inbox_mut(actor).pause_epoch == epoch {
                    self.resume(actor, EntryId::NONE, out);
                }
            }
        }
    }

    fn poll_ntp(&mut self, actor: crate::base::Actor, epoch: u32, out: &mut Recorded) {
        let now = self.world.now();
        let time = self.time_mut(actor);
        if time.ntp_epoch != epoch || time.ntp.is_none() {
            return;
        }
        let draw = self.world.draw(StreamId::Actor { actor, purpose: Purpose::Ntp });
        let noise = self.world.noise(actor);
        let time = self.time_mut(actor);
        let Some(ntp) = time.ntp.as_mut() else { return };
        let every_us = ntp.settings().every_us;
        let step_us = match ntp.poll(time.clock.read(now, noise), time.clock.true_offset_us(now), draw) {
            Correction::Step(by_us) => {
                time.clock.ntp_step(now, by_us);
                by_us
            }
            Correction::Slew(by_us) => {
                time.clock.ntp_slew(now, by_us);
                0
            }
        };
        self.record(out, EntryId::NONE, actor, Happened::Corrected { step_us });
        self.schedule(every_us, Event::NtpPoll { actor, epoch });
    }
}
