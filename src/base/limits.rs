//! Every bound that a script or a learner can meet, with its reason.
//!
//! Reaching one is an error that names it; nothing is cut silently.

/// Replicas of one cluster: a version vector is then a small fixed array, and a map of them fits a terminal.
pub const REPLICAS_MAX: usize = 9;
/// Columns of a version vector, one for each (replica, incarnation): 9 replicas and 7 lost disks at the least.
pub const COLUMNS_MAX: usize = 16;
/// Columns of tables of writes: those of version vectors, one that is free, one for Raft's log, and for each of the first
/// one for what it ordered as the primary.
pub const WRITE_COLUMNS_MAX: usize = 2 * COLUMNS_MAX + 2;
/// Clients, those of workloads included: an actor's number is small and the map stays readable.
pub const CLIENTS_MAX: usize = 512;
/// Clients that one workload brings along.
pub const POOL_MAX: usize = 256;
/// Operations that wait for one client or one workload; what overflows is counted.
pub const QUEUE_MAX: usize = 10_000;
/// Keys of all services together: four levels of a 16-ary Merkle tree.
pub const KEYS_MAX: usize = 65_536;
/// Distinct texts that one sitting may hold: keys, names and values that were typed.
pub const SYMBOLS_MAX: usize = 262_144;
/// Bytes of one text.
pub const TEXT_BYTES_MAX: usize = 256;
/// Workloads at once.
pub const WORKLOADS_MAX: usize = 64;
/// Arrivals of one workload in a second of true time.
pub const RATE_MAX: u32 = 100_000;
/// Messages and timers that are under way at once; past it the world stops with an error instead of eating memory.
pub const PENDING_EVENTS_MAX: usize = 4_000_000;
/// Events of one replay: two days at 200 operations/s. The busiest worlds handle half a million in a second, so a
/// replay says within minutes that it is too long.
pub const EVENTS_MAX: u64 = 200_000_000;
/// Lines of one replay's story: about 200 MB, and more than anybody reads.
pub const STORY_LINES_MAX: usize = 1_000_000;
/// The longest duration that a command takes, in microseconds: 24 hours.
pub const DURATION_US_MAX: u64 = 24 * 3600 * 1_000_000;
/// The latest instant of a world, in microseconds: 30 days, far below where sums of instants could overflow.
pub const INSTANT_US_MAX: u64 = 30 * 24 * 3600 * 1_000_000;
/// The largest offset or step of a clock, in microseconds: 1 hour.
pub const SKEW_US_MAX: i64 = 3600 * 1_000_000;
/// The largest drift, in parts per million: a clock that runs 10 % fast or slow.
pub const DRIFT_PPM_MAX: i64 = 100_000;
/// Inputs that wait at one paused or slow actor; what comes later is dropped, and said.
pub const INBOX_MAX: usize = 100_000;
/// Attempts at one operation.
pub const ATTEMPTS_MAX: u16 = 100;
/// The largest amount of one operation, so that no sum of a run can overflow.
pub const AMOUNT_MAX: i64 = 1_000_000_000;
/// Components of one mixture of delays.
pub const MIXTURE_MAX: usize = 8;
/// Partitions, flaps and other link faults in force at once.
pub const LINK_RULES_MAX: usize = 256;
/// Commands of one sitting.
pub const COMMANDS_MAX: usize = 100_000;
/// Bytes of one script.
pub const SCRIPT_BYTES_MAX: usize = 1 << 20;
/// Posts that one feed keeps as texts; older ones stay counted.
pub const POSTS_KEPT: usize = 32;
/// Violations that a judge keeps with their witness; later ones are counted.
pub const VIOLATIONS_KEPT: usize = 1_000;
