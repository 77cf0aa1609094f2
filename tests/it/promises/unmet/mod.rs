//! The conditions of the promise table in their parts, and the rows with what happens where one of them is not met.

mod answers;
mod clocks;
mod logs;
mod primary;
mod quorum;
mod retries;
mod sessions;

use driftlab::base::{Claim, OpType};

use super::{FIVE, NINE, Story};

/// How some claims are broken at some levels where a part of their condition is not met.
pub(super) struct Row {
    pub(super) part: &'static str,
    pub(super) claims: &'static [Claim],
    pub(super) levels: &'static [&'static [&'static str]],
    pub(super) story: Story,
    /// Whether the judge can say no more than that it does not know.
    pub(super) is_untold: bool,
}

impl Row {
    const fn new(
        part: &'static str,
        claims: &'static [Claim],
        levels: &'static [&'static [&'static str]],
        text: &'static str,
    ) -> Self {
        Self { part, claims, levels, story: Story::new(text), is_untold: false }
    }

    const fn of(self, types: &'static [OpType]) -> Self {
        Self { story: Story { types, ..self.story }, ..self }
    }

    const fn seed(self, seed: u64) -> Self {
        Self { story: Story { seed, ..self.story }, ..self }
    }

    const fn untold(self) -> Self {
        Self { is_untold: true, ..self }
    }

    const fn among_nine(self) -> Self {
        Self { story: Story { scene: NINE, ..self.story }, ..self }
    }

    const fn among_five(self) -> Self {
        Self { story: Story { scene: FIVE, ..self.story }, ..self }
    }
}

/// All rows.
pub(super) const ROWS: [&[Row]; 7] =
    [sessions::ROWS, clocks::ROWS, retries::ROWS, answers::ROWS, quorum::ROWS, primary::ROWS, logs::ROWS];

/// What no story shows by itself, and why.
///
/// A failover drops what it loses, and what is dropped loses to nothing. While there are two primaries the judge finds
/// a write at a replica that beats one which knew it: in 14 of 200 worlds of the swarm with promotions by hand, and in
/// 17 of 750 in which a majority promotes, such as seed 491 of `driftlab swarm --level primary`. None is short enough
/// to be told.
pub(super) const UNPROVED: &[(Claim, &str)] = &[(Claim::NoWrongWinner, ONE_PRIMARY), (Claim::NoWrongWinner, WHOLE_LOG)];

const STAYS: &str = "the session stays at one replica";
const KEEPS_DISK: &str = "that keeps its disk";
const AT_AFFINITY: &str = "all that the session does is at affinity too";
const ITS_DISK: &str = "its replica keeps its disk";
const WITH_TOKENS: &str = "all that the session does with the service is at session(token) or causal too";
const COPY_IN_GRACE: &str = "every copy";
const REPAIR_IN_GRACE: &str = "every repair arrives within the grace of the tombstone";
const COPIES_IN_GRACE: &str = "every copy and every repair arrives within the grace of the tombstone";
const AT_FIFO: &str = "all that the session writes is at fifo too";
const ONE_ORIGIN: &str = "enters at one replica";
const FORWARD: &str = "whose clock only goes forward";
const TOMBSTONES: &str = "tombstones are kept";
const AT_CAUSAL: &str = "all that the session does is causal too";
const ON_NO_LOG: &str = "on no log";
const NEVER_BACK: &str = "clocks never go back";
const CLOCKS_AGREE: &str = "they differ by less than the way between who writes and who knows of it";
const NO_TIE: &str = "no two writes come in one microsecond";
const LINES: &str = "clocks differ by less than a request or an answer takes";
const BY_HYBRID: &str = "the profile is at lww-hlc";
const WHOLLY_CAUSAL: &str = "all of it at causal";
const NOBODY_TRIES: &str = "nobody tries a write again";
const ONCE: &str = "nobody tries again";
const REMEMBERED: &str = "the replica keeps its disk";
const KEYED: &str = "nobody tries again, or each operation has a key";
const KEYED_ALONE: &str = "each operation has a key and no attempt runs while an earlier one is under way";
const KEYED_HERE: &str = "nobody tries again, or with a key";
const SAME_PLACE: &str = "at the same replica";
const ITS_MEMORY: &str = "the session's replica keeps its disk";
const PROVIDER: &str = "the provider knows a payment by its key (`provider keys=on`)";
const NO_REQUEST: &str = "no request";
const NO_ANSWER: &str = "no answer between the client and its replica is lost";
const NO_ANSWER_OF_IT: &str = "no answer between the client and that one is lost";
const IN_TIME: &str = "both take less than the client's patience";
const UP: &str = "a replica that is asked is up";
const IN_REACH: &str = "in reach";
const HOMES_UP: &str = "as many homes as it waits for are up";
const HOMES_COUNT: &str = "count";
const HOMES_IN_REACH: &str = "are in its reach";
const HOMES_HEARD: &str = "no message is lost or takes longer than the client's patience";
const ON_A_SIDE: &str = "a majority has the primary on its side or makes another (`failover auto`)";
const SOON: &str = "that and lost or late messages take less than the client's patience";
const ELECTED: &str = "elections";
const HEARD: &str = "lost or late messages take less than the client's patience";
const SAME_QUORUM: &str = "all of the service is bound to the same quorum";
const ANSWERED: &str = "every earlier write was answered: one that too few homes confirmed can come up later";
const HOMES_DISKS: &str = "at any time fewer than W homes have lost their disks and not been repaired";
const ALL_CONCERNED: &str = "all that is concerned is bound to it too";
const ONE_PRIMARY: &str = "one replica at a time is the primary";
const WHOLE_LOG: &str = "the next one has all of its log";
const SHIPPED: &str = "`semi-sync` reaches a majority";
const NOT_BY_HAND: &str = "nobody is promoted by hand";
const MAJORITY_DISKS: &str = "at any time a majority keeps its disk";
const TAKES_NOTHING_BACK: &str = "that takes nothing back";
const DRIFT: &str = "clocks run at the same rate to within 500 ppm";
const ALL_ON_LOG: &str = "all that the session does is bound to it too";
const TAKERS: &str = "all that takes from the same is bound to linearizable, or to threshold with grants";

/// Each condition in its parts, as the table says them.
pub(super) const CONDITIONS: &[&[&str]] = &[
    &[STAYS, KEEPS_DISK],
    &[AT_AFFINITY, ITS_DISK],
    &[WITH_TOKENS, COPIES_IN_GRACE],
    &[COPY_IN_GRACE, REPAIR_IN_GRACE],
    &[AT_FIFO, ONE_ORIGIN, KEEPS_DISK, TOMBSTONES],
    &[AT_FIFO, ONE_ORIGIN, KEEPS_DISK, FORWARD, TOMBSTONES],
    &[AT_CAUSAL, ON_NO_LOG, TOMBSTONES],
    &[AT_CAUSAL, ON_NO_LOG, TOMBSTONES, NEVER_BACK, CLOCKS_AGREE, NO_TIE],
    &[NEVER_BACK, CLOCKS_AGREE, NO_TIE],
    &[LINES],
    &[BY_HYBRID, WHOLLY_CAUSAL, NOBODY_TRIES],
    &[ONCE, REMEMBERED],
    &[KEYED],
    &[ONCE, REMEMBERED, KEYED_ALONE],
    &[ITS_MEMORY],
    &[KEYED_HERE, SAME_PLACE, KEEPS_DISK],
    &[PROVIDER],
    &[NO_REQUEST, NO_ANSWER, IN_TIME],
    &[UP, IN_REACH, NO_REQUEST, NO_ANSWER_OF_IT, IN_TIME],
    &[UP, IN_REACH, HOMES_UP, HOMES_COUNT, HOMES_IN_REACH, HOMES_HEARD],
    &[UP, IN_REACH, ON_A_SIDE, SOON],
    &[UP, IN_REACH, ELECTED, HEARD],
    &[SAME_QUORUM],
    &[SAME_QUORUM, ANSWERED],
    &[HOMES_DISKS],
    &[ONE_PRIMARY, WHOLE_LOG],
    &[ALL_CONCERNED, ONE_PRIMARY, WHOLE_LOG],
    &[KEYED, ONE_PRIMARY, WHOLE_LOG],
    &[SHIPPED, NOT_BY_HAND, MAJORITY_DISKS],
    &[MAJORITY_DISKS],
    &[STAYS, TAKES_NOTHING_BACK],
    &[DRIFT],
    &[ALL_ON_LOG],
    &[TAKERS],
];
