//! The levels of the promise table, as rows name them.

pub(super) const EVENTUAL: &[&str] = &["eventual"];
pub(super) const AFFINITY: &[&str] = &["session(affinity)"];
pub(super) const WAIT: &[&str] = &["session(wait,100ms)"];
pub(super) const TOKEN: &[&str] = &["session(token)"];
pub(super) const FIFO: &[&str] = &["session(token,fifo)"];
pub(super) const CAUSAL: &[&str] = &["causal"];
/// Where each replica writes alone and others hear of it.
pub(super) const LOOSE: &[&[&str]] = &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL];
pub(super) const BOUNDED: &[&str] = &["bounded(500ms)"];
pub(super) const LOCAL: &[&str] = &["primary(local)"];
pub(super) const PRIMARY: &[&str] = &["primary", "primary(semi-sync=1)"];
pub(super) const LOGGED: &[&str] = &["linearizable", "linearizable(lease-read)"];
pub(super) const NAIVE: &[&str] = &["threshold(0,naive)"];
pub(super) const THRESHOLDS: &[&str] = &["threshold(0)", "threshold(0,naive)"];
pub(super) const ONE: &[&str] = &["quorum(1,1,3)"];
pub(super) const STRICT: &[&str] = &["quorum(2,2,3)"];
pub(super) const WRITE_BACK: &[&str] = &["quorum(2,2,3,write-back)"];
pub(super) const CLOCK: &[&str] = &["quorum(2,2,3,stamp=clock)"];
pub(super) const SLOPPY: &[&str] = &["quorum(2,2,3,sloppy)"];
pub(super) const QUORUMS: &[&[&str]] = &[ONE, STRICT, WRITE_BACK, CLOCK, SLOPPY];
/// Where each replica trusts its own view.
pub(super) const OWN_VIEW: &[&[&str]] = &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, NAIVE];
/// Where one replica answers a read.
pub(super) const ONE_ANSWERS: &[&[&str]] = &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, BOUNDED, LOCAL, ONE];
/// Where one disk is enough for an answer.
pub(super) const ONE_DISK: &[&[&str]] =
    &[EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, BOUNDED, LOCAL, &["primary"], THRESHOLDS, ONE];
pub(super) const EVERYWHERE: &[&[&str]] = &[
    EVENTUAL, AFFINITY, WAIT, TOKEN, FIFO, CAUSAL, BOUNDED, LOCAL, PRIMARY, LOGGED, THRESHOLDS, ONE, STRICT,
    WRITE_BACK, CLOCK, SLOPPY,
];
