//! What quorums keep as long as enough homes are there.

use driftlab::base::Claim;

use super::{ANSWERED, HOMES_COUNT, HOMES_DISKS, HOMES_HEARD, HOMES_IN_REACH, HOMES_UP, Row, SAME_QUORUM};
use crate::promises::levels::{CLOCK, ONE, QUORUMS, SLOPPY, STRICT, WRITE_BACK};

const MAJORITY: &[Claim] = &[Claim::MajorityAvailability];

pub(super) const ROWS: &[Row] = &[
    Row::new(
        HOMES_UP,
        MAJORITY,
        &[STRICT, WRITE_BACK, CLOCK, SLOPPY],
        // Three are up, and of the three homes of some key one only.
        "at 3s crash r1\ncrash r2\nben: {op a 1}\ndan: {op b 1}\neve: {op c 1}\nrun 5s\n",
    )
    .among_five(),
    Row::new(
        HOMES_UP,
        MAJORITY,
        &[ONE],
        "at 3s crash r1\ncrash r2\ncrash r3\nana: {op c 1}\nben: {op d 1}\ncyd: {op e 1}\ndan: {op f 1}\n\
         eve: {op g 1}\nfay: {op h 1}\ngus: {op i 1}\nhal: {op j 1}\nida: {op k 1}\nrun 5s\n",
    )
    .among_nine(),
    Row::new(
        HOMES_COUNT,
        MAJORITY,
        QUORUMS,
        "at 3s crash r1 disk=lose\ncrash r2 disk=lose\ncrash r3 disk=lose\nrestart r1\nrestart r2\nrestart r3\n\
         run 1s\nben: {op a 1}\nrun 5s\n",
    ),
    Row::new(
        HOMES_IN_REACH,
        MAJORITY,
        &[STRICT, WRITE_BACK, CLOCK, SLOPPY],
        "at 3s partition r1 r2 | r3 r4 r5 ben dan eve\nben: {op a 1}\ndan: {op b 1}\neve: {op c 1}\nrun 5s\n",
    )
    .among_five(),
    Row::new(
        HOMES_IN_REACH,
        MAJORITY,
        &[ONE],
        "at 3s partition r1 r2 r3 | r4 r5 r6 r7 r8 r9 ana ben cyd dan eve fay gus hal ida\nana: {op c 1}\n\
         ben: {op d 1}\ncyd: {op e 1}\ndan: {op f 1}\neve: {op g 1}\nfay: {op h 1}\ngus: {op i 1}\nhal: {op j 1}\n\
         ida: {op k 1}\nrun 5s\n",
    )
    .among_nine(),
    Row::new(HOMES_HEARD, MAJORITY, QUORUMS, "at 3s lose r1 -> ana 100%\nana: {op a 1}\nrun 5s\n"),
    Row::new(
        HOMES_DISKS,
        &[Claim::Durable],
        &[STRICT, WRITE_BACK, CLOCK, SLOPPY],
        "repair off\nat 3s partition r1 r2 ana | r3\nana: {op a 1}\nrun 500ms\ncrash r1 disk=lose\ncrash r2 disk=lose\n\
         restart r1\nrestart r2\nrun 3s\n",
    ),
    Row::new(
        SAME_QUORUM,
        &[Claim::ReadYourWrites],
        &[STRICT, WRITE_BACK, CLOCK],
        // A transfer is loose.
        "repair off\nat 3s lose r1 -> r2 100% class=gossip\nlose r1 -> r3 100% class=gossip\n\
         ana: account.transfer a savings 10\nrun 300ms\nlose r1 -> r3 100% class=quorum\nana: {op a} via=r3\nrun 2s\n",
    ),
    Row::new(
        SAME_QUORUM,
        &[Claim::MonotonicReads],
        &[WRITE_BACK],
        // A read at another quorum waits for nobody.
        "policy {name} quorum(1,1,3)\nrepair off\nat 3s lose r1 -> r2 100% class=gossip\n\
         lose r1 -> r3 100% class=gossip\n\
         ana: account.transfer a savings 10\nrun 300ms\nana: {op a}\nrun 500ms\npolicy {name} {level}\n\
         lose r1 -> r3 100% class=quorum\n\
         ana: {op a} via=r3\nrun 2s\n",
    ),
    Row::new(
        SAME_QUORUM,
        &[Claim::NoAccessAfterRevocation],
        &[STRICT, WRITE_BACK],
        "policy {writing} eventual\npolicy access.revoke eventual\nat 3s lose r1 -> r3 100%\nlose r1 -> r2 100%\n\
         ana: access.revoke a ben\nrun 300ms\nben: {op a}\nrun 2s\n",
    ),
    Row::new(
        ANSWERED,
        &[Claim::NoAccessAfterRevocation],
        &[STRICT, WRITE_BACK],
        // A grant that r1 only has, and that nobody has confirmed, is later than the revocation.
        "repair off\nskew r1 +5s\nat 3s lose r1 -> r2 100% class=gossip\nlose r1 -> r3 100% class=gossip\n\
         ana: access.grant a ben\nrun 1500ms\nlose r1 r2 100%\nlose r1 r3 100%\ncyd: access.revoke a ben\nrun 500ms\n\
         lose r1 r2 0%\nlose r1 r3 0%\nben: {op a} via=r1\nrun 2s\n",
    ),
];
