//! The quick way for registers in which every value is written once.
//!
//! Gibbons and Korach, *Testing Shared Memories*, SIAM J. Comput. 1997. A write and the reads of its value are a
//! cluster. From the first return in it to the last invocation, its value must be there:
//!
//! ```text
//!  write 1 ├──┤                      write 2 ├───────────────┤
//!  read → 1      ├──┤                read → 2      ├──────┤
//!             ▐▌▌▌                                 ▐░░░░░░▌   the last invocation comes before the first return:
//!             forward zone: 1 is there             backward zone: 2 is there at some instant in it
//! ```
//!
//! There is an order exactly when no read returns before its write begins, no two forward zones meet, and no backward
//! zone lies within a forward one. One sweep over the zones in the order of their beginnings sees all of it.

use crate::check::black_box::history::{Call, Datum, History, NEVER, Operation};
use crate::check::black_box::memo::Table;

/// What the zones say.
pub(super) enum Zones {
    /// An order.
    Order(Vec<u32>),
    /// Operations that have no order.
    Broken(Vec<u32>),
    /// Some value is written twice, or there is a call of another kind.
    NotUnique,
}

/// A write and the reads of its value. Numbers are those of operations, [`NEVER`] for none.
#[derive(Clone, Copy)]
struct Cluster {
    write: u32,
    first_return: u32,
    first: u32,
    last_invocation: u32,
    last: u32,
    is_read: bool,
}

/// Where a value is there, as positions between events: twice the event's number, and one more for "right after it".
#[derive(Clone, Copy)]
struct Zone {
    low: u64,
    high: u64,
    cluster: u32,
    is_forward: bool,
}

/// Judges the operations of one key.
pub(super) fn judge(history: &History, numbers: &[u32]) -> Zones {
    let operations = &history.operations;
    let Some((mut clusters, reads_of)) = clusters(operations, numbers) else { return Zones::NotUnique };
    for (number, cluster) in reads_of.iter().copied().filter(|(_, cluster)| *cluster != NEVER) {
        clusters[cluster as usize].add_read(number, &operations[number as usize]);
    }
    let is_from_nowhere = |number: u32, cluster: u32| {
        cluster == NEVER || {
            let write = clusters[cluster as usize].write;
            write != NEVER && operations[number as usize].is_before(&operations[write as usize])
        }
    };
    if let Some((number, cluster)) = reads_of.iter().find(|(number, cluster)| is_from_nowhere(*number, *cluster)) {
        let write = clusters.get(*cluster as usize).map(|cluster| cluster.write);
        return Zones::Broken([*number].into_iter().chain(write).collect());
    }
    match sweep(&clusters) {
        Ok(zones) => Zones::Order(order(operations, &clusters, &zones, &reads_of)),
        Err((one, other)) => Zones::Broken(clusters[one].members().chain(clusters[other].members()).collect()),
    }
}

impl Cluster {
    /// A write that is done, or the start.
    fn new(write: u32, operation: Option<&Operation>) -> Self {
        let returned = operation.map_or(0, |operation| operation.returned);
        let invoked = operation.map_or(0, |operation| operation.invoked);
        Self { write, first_return: returned, first: write, last_invocation: invoked, last: write, is_read: false }
    }

    fn add_read(&mut self, number: u32, read: &Operation) {
        self.is_read = true;
        // What was there at first was written before all events.
        if self.write != NEVER && read.returned < self.first_return {
            (self.first_return, self.first) = (read.returned, number);
        }
        if read.invoked > self.last_invocation || self.write == NEVER {
            self.last_invocation = self.last_invocation.max(read.invoked);
            self.last = number;
        }
    }

    fn members(&self) -> impl Iterator<Item = u32> {
        [self.write, self.first, self.last].into_iter().filter(|number| *number != NEVER)
    }

    fn zone(&self, cluster: u32) -> Option<Zone> {
        // What was there at first is there until the last that reads it; what nobody reads and nobody knows to be
        // written need not be.
        if self.write == NEVER {
            let high = 2 * u64::from(self.last_invocation) + 1;
            return self.is_read.then_some(Zone { low: 0, high, cluster, is_forward: true });
        }
        if self.first_return == NEVER {
            return None;
        }
        let (returned, invoked) = (2 * u64::from(self.first_return) + 1, 2 * u64::from(self.last_invocation) + 1);
        let is_forward = returned < invoked;
        Some(Zone { low: returned.min(invoked), high: returned.max(invoked), cluster, is_forward })
    }
}

/// A read and its cluster, [`NEVER`] if nobody wrote its value.
type ReadOf = (u32, u32);

/// The clusters, the first of which is the start's, and each read with its cluster.
fn clusters(operations: &[Operation], numbers: &[u32]) -> Option<(Vec<Cluster>, Vec<ReadOf>)> {
    let mut clusters = vec![Cluster::new(NEVER, None)];
    let mut reads = Vec::with_capacity(numbers.len());
    let mut by_value = ByValue::over(operations, numbers);
    for number in numbers.iter().copied() {
        let operation = &operations[number as usize];
        match operation.call {
            Call::Read => reads.push((number, NEVER)),
            Call::Write(value) if value != Datum::Nil && by_value.is_new(value, clusters.len() as u32) => {
                clusters.push(Cluster::new(number, Some(operation)));
            }
            _ => return None,
        }
    }
    for (number, cluster) in &mut reads {
        *cluster = match operations[*number as usize].answer {
            Datum::Nil => 0,
            value => by_value.cluster(value),
        };
    }
    Some((clusters, reads))
}

/// Which cluster a value has: a plain table where the values are numbers close to each other.
struct ByValue {
    least: i64,
    close: Vec<u32>,
    others: Table<Datum, u32>,
}

impl ByValue {
    fn over(operations: &[Operation], numbers: &[u32]) -> Self {
        let (mut least, mut most) = (i64::MAX, i64::MIN);
        for number in numbers {
            if let Call::Write(Datum::Int(value)) = operations[*number as usize].call {
                (least, most) = (least.min(value), most.max(value));
            }
        }
        let width = if least > most { Some(0) } else { most.checked_sub(least) };
        let width = width.filter(|width| *width < 4 * numbers.len() as i64).map_or(0, |width| width as usize + 1);
        Self { least, close: vec![NEVER; width], others: Table::default() }
    }

    fn place(&self, value: Datum) -> Option<usize> {
        let Datum::Int(value) = value else { return None };
        usize::try_from(value.checked_sub(self.least)?).ok().filter(|place| *place < self.close.len())
    }

    fn is_new(&mut self, value: Datum, cluster: u32) -> bool {
        match self.place(value) {
            Some(place) => std::mem::replace(&mut self.close[place], cluster) == NEVER,
            None => self.others.insert(value, cluster).is_none(),
        }
    }

    fn cluster(&self, value: Datum) -> u32 {
        match self.place(value) {
            Some(place) => self.close[place],
            None => self.others.get(&value).copied().unwrap_or(NEVER),
        }
    }
}

/// The zones with the position at which each goes into the order, or two clusters that are in each other's way.
fn sweep(clusters: &[Cluster]) -> Result<Vec<(u64, u32)>, (usize, usize)> {
    let mut zones: Vec<Zone> =
        clusters.iter().enumerate().filter_map(|(number, cluster)| cluster.zone(number as u32)).collect();
    zones.sort_unstable_by_key(|zone| zone.low);
    let mut points = Vec::with_capacity(zones.len());
    let mut last: Option<Zone> = None;
    for zone in zones {
        let meets = last.filter(|last| zone.low < last.high);
        let is_in_the_way = |last: Zone| zone.is_forward || zone.high < last.high;
        if let Some(last) = meets.filter(|last| is_in_the_way(*last)) {
            return Err((last.cluster as usize, zone.cluster as usize));
        }
        // A backward zone that begins within a forward one has its instant right after that.
        points.push((meets.map_or(zone.low, |last| last.high), zone.cluster));
        if zone.is_forward {
            last = Some(zone);
        }
    }
    points.sort_by_key(|point| point.0);
    Ok(points)
}

/// The clusters one after the other, each a write and then its reads in the order of their invocations.
fn order(operations: &[Operation], clusters: &[Cluster], points: &[(u64, u32)], reads: &[ReadOf]) -> Vec<u32> {
    let mut place = vec![NEVER; clusters.len()];
    for (at, (_, cluster)) in points.iter().enumerate() {
        place[*cluster as usize] = at as u32;
    }
    let mut first = vec![0_u32; points.len() + 1];
    for (at, (_, cluster)) in points.iter().enumerate() {
        first[at + 1] += u32::from(clusters[*cluster as usize].write != NEVER);
    }
    for (_, cluster) in reads {
        first[place[*cluster as usize] as usize + 1] += 1;
    }
    for at in 1..first.len() {
        first[at] += first[at - 1];
    }
    let mut order = vec![0; first.last().copied().unwrap_or(0) as usize];
    let mut put = |at: u32, number: u32| {
        order[first[at as usize] as usize] = number;
        first[at as usize] += 1;
    };
    for (at, (_, cluster)) in points.iter().enumerate() {
        if clusters[*cluster as usize].write != NEVER {
            put(at as u32, clusters[*cluster as usize].write);
        }
    }
    for (number, cluster) in reads {
        put(place[*cluster as usize], *number);
    }
    debug_assert!(order.len() <= operations.len(), "an operation is in the order once");
    order
}
