//! A sitting: a run with its record, its commands, its snapshots and its branches.
//!
//! ```text
//!   main     ──c──c────────c───▶ now          commands are kept for ever
//!                   └──c──▶                   acting in the past starts a branch, the old one is kept
//!   snapshots  ▪    ▪    ▪   ▪ ▪ ▪▪▪▪         thinned with age
//! ```
//!
//! To go to an instant is to take the last snapshot before it and to play the commands again from there. A run knows
//! nothing of all this.

use crate::base::Instant;
use crate::cluster::command::Recorded;
use crate::cluster::{CommandError, WorldCommand};
use crate::sim::{SimError, Stretch};

use super::log::{Lengths, Log};
use super::run::Run;

/// Events between two snapshots: what the shortest rewind has to play again at most.
pub const SNAPSHOT_EVERY: u64 = 24_576;
/// The spacing of snapshots that are never taken.
const NEVER: u64 = u64::MAX;
/// Snapshots at full density; older ones are thinned.
const RECENT_MAX: usize = 40;
/// Snapshots in all.
const SNAPSHOTS_MAX: usize = 64;
/// Bytes of all snapshots together, as far as [`View::snapshot_bytes`](crate::cluster::view::View::snapshot_bytes) can
/// tell. A cluster with very many keys or messages has fewer snapshots, and rewinds take longer.
const SNAPSHOT_BYTES_MAX: usize = 128 << 20;
/// Branches that are kept; past that the oldest is forgotten.
const BRANCHES_MAX: usize = 64;

/// A run that can go back.
#[derive(Debug)]
pub struct Sitting {
    run: Run,
    log: Log,
    commands: Vec<Recorded>,
    /// How many of the commands have taken effect.
    applied: usize,
    /// How far this branch had come, in events and by instant, when the cursor last went back.
    reached: (u64, Instant),
    snapshots: Vec<Snapshot>,
    /// Those that a rewind went past. To free one takes up to a millisecond, so it happens little by little afterwards.
    passed: Vec<Snapshot>,
    /// Events between two snapshots; [`NEVER`] if it keeps its beginning only.
    spacing: u64,
    branches: Vec<Branch>,
    revision: u64,
    /// The name of this branch.
    name: u32,
    names: u32,
}

impl Default for Sitting {
    fn default() -> Self {
        Self::with_snapshots_every(SNAPSHOT_EVERY)
    }
}

#[derive(Debug)]
struct Snapshot {
    run: Run,
    applied: usize,
    lengths: Lengths,
}

/// A branch that was left.
#[derive(Clone, Debug)]
pub struct Branch {
    /// Its number, from 0 for the first sitting.
    pub number: u32,
    /// Its commands.
    pub commands: Vec<Recorded>,
    /// The latest instant that it had reached when it was left.
    pub reached: Instant,
}

/// How an advance ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// The instant is reached: all events up to it are done.
    Reached,
    /// The budget of events is used up before.
    OutOfBudget,
}

impl Sitting {
    /// A sitting with so many events between two snapshots. How many there are changes how long a rewind takes, never
    /// where it ends.
    pub fn with_snapshots_every(events: u64) -> Self {
        Self {
            run: Run::default(),
            log: Log::default(),
            commands: Vec::new(),
            applied: 0,
            reached: (0, Instant::ZERO),
            snapshots: Vec::new(),
            passed: Vec::new(),
            spacing: events,
            branches: Vec::new(),
            revision: 0,
            name: 0,
            names: 0,
        }
    }

    /// A sitting that keeps no snapshots but its beginning: to go back is slow, and its memory is that of one run. A
    /// command that it refuses may leave half of its effect, so the first one is its end.
    pub fn going_on_only() -> Self {
        Self::with_snapshots_every(NEVER)
    }

    /// The same world at the cursor, to try something in. It keeps no snapshots, no branches and no commands that lie
    /// ahead.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            run: self.run.clone(),
            log: self.log.clone(),
            commands: self.commands[..self.applied].to_vec(),
            applied: self.applied,
            ..Self::going_on_only()
        }
    }

    /// Stretches all delays from now on, to see what hangs on their exact numbers. It is no command and is not
    /// recorded, so it is for a sitting that never goes back.
    pub fn stretch_delays(&mut self, stretch: Stretch) {
        self.run.stretch_delays(stretch);
    }

    /// The run at the cursor.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The record up to the cursor.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// All commands of this branch, those after the cursor too.
    pub fn commands(&self) -> &[Recorded] {
        &self.commands
    }

    /// How many of the commands lie at or before the cursor.
    pub fn applied(&self) -> usize {
        self.applied
    }

    /// The branches that were left, oldest first.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The latest instant that this branch has reached, at or after the cursor.
    pub fn reached(&self) -> Instant {
        self.frontier().1
    }

    /// How far this branch has come: after how many events, and at which instant.
    pub fn end(&self) -> (u64, Instant) {
        self.frontier()
    }

    /// How often commands of this branch were taken away or replaced. As long as it stays the same, commands were only
    /// added: who keeps a copy of them has to write what is new, and else all of them again.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The number of this branch.
    pub fn branch(&self) -> u32 {
        self.name
    }

    /// Lets a command take effect at the cursor. In the past this starts a branch, whether or not commands came later.
    ///
    /// # Errors
    /// If the command cannot take effect; then it is not recorded and nothing has changed, but see
    /// [`Self::going_on_only`].
    pub fn act(&mut self, command: &WorldCommand, text: &str) -> Result<(), CommandError> {
        if self.commands.len() >= crate::base::limits::COMMANDS_MAX {
            return Err(CommandError::TooManyCommands);
        }
        if self.snapshots.is_empty() {
            self.snapshot();
        }
        // A copy of a run with many keys takes milliseconds, and a script has up to 100,000 commands.
        let before = (self.spacing != NEVER).then(|| self.run.clone());
        let lengths = self.log.lengths();
        let recorded =
            Recorded { at: self.run.now(), events: self.run.events(), command: command.clone(), text: text.to_owned() };
        if let Err(error) = self.run.apply(command, text, &mut self.log) {
            if let Some(before) = before {
                self.run = before;
                self.log.truncate(lengths);
            }
            return Err(error);
        }
        if self.applied < self.commands.len() || self.position() < self.reached {
            self.branch_off();
        }
        self.commands.push(recorded);
        self.applied += 1;
        Ok(())
    }

    /// Takes back the last command at or before the cursor, by playing up to it without it. The cursor then stands
    /// where it acted. Says which it was.
    ///
    /// # Errors
    /// If a bound of the world is reached while playing.
    pub fn undo(&mut self) -> Result<Option<Recorded>, SimError> {
        if self.applied == 0 {
            return Ok(None);
        }
        if self.applied < self.commands.len() {
            self.branch_off();
        }
        let Some(undone) = self.commands.pop() else { return Ok(None) };
        self.revision += 1;
        self.restore(|snapshot, commands| snapshot.applied <= commands);
        self.replay_to(undone.at, Some(undone.events))?;
        self.reached = self.position();
        Ok(Some(undone))
    }

    /// Processes one event or one recorded command. `false` if nothing is left to happen.
    ///
    /// # Errors
    /// If a bound of the world was reached.
    pub fn step(&mut self) -> Result<bool, SimError> {
        if self.apply_due() {
            return Ok(true);
        }
        self.snapshot_if_due();
        Ok(self.run.step(&mut self.log)?.is_some())
    }

    /// Moves on to `to` with at most `events` events; recorded commands that lie on the way take effect.
    ///
    /// # Errors
    /// If a bound of the world was reached.
    #[inline]
    pub fn advance(&mut self, to: Instant, events: u64) -> Result<Advance, SimError> {
        self.passed.pop();
        for _ in 0..events {
            while self.apply_due_until(to) {}
            let due = self.run.next_event(&mut self.log);
            if due.is_none_or(|due| due > to) {
                self.run.rest_until(to, &mut self.log);
                return Ok(Advance::Reached);
            }
            self.snapshot_if_due();
            self.run.step(&mut self.log)?;
        }
        Ok(Advance::OutOfBudget)
    }

    /// Goes to an instant, back or forward: all events up to it are done.
    ///
    /// # Errors
    /// If a bound of the world was reached.
    pub fn go_to(&mut self, to: Instant) -> Result<(), SimError> {
        if to < self.run.now() {
            self.restore(|snapshot, _| snapshot.run.now() <= to);
        }
        self.replay_to(to, None)
    }

    /// Goes back to just before the last event, or just before the command that came after it: what one
    /// [`Sitting::step`] did is taken back. Before the first event it stays, since there setup is all there is.
    ///
    /// # Errors
    /// If a bound of the world was reached.
    pub fn step_back(&mut self) -> Result<(), SimError> {
        let (events, applied) = (self.run.events(), self.applied);
        if events == 0 {
            return Ok(());
        }
        let after_command = applied > 0 && self.commands[applied - 1].events == events;
        let (events, applied) = if after_command { (events, applied - 1) } else { (events - 1, applied) };
        self.restore(|snapshot, _| snapshot.run.events() <= events && snapshot.applied <= applied);
        while (self.run.events() < events || self.applied < applied) && self.step()? {}
        Ok(())
    }

    /// When the next event is due.
    pub fn next_event(&mut self) -> Option<Instant> {
        self.run.next_event(&mut self.log)
    }

    /// Moves time on to `to` if no event is due before.
    pub fn rest_until(&mut self, to: Instant) {
        self.run.rest_until(to, &mut self.log);
    }

    /// Names this instant, for `since=`. The name stays when the cursor goes back, and in other branches.
    pub fn mark(&mut self, name: &str) {
        self.run.mark(name);
    }

    /// Goes over to a branch that was left, by its number, to the instant that it had reached. This one is kept.
    /// Says whether there is such a branch.
    ///
    /// # Errors
    /// If a bound of the world was reached.
    pub fn switch_to(&mut self, number: u32) -> Result<bool, SimError> {
        let Some(index) = self.branches.iter().position(|branch| branch.number == number) else { return Ok(false) };
        let target = self.branches.remove(index);
        let own = std::mem::replace(&mut self.commands, target.commands);
        self.revision += 1;
        self.keep_branch(Branch { number: self.name, commands: own.clone(), reached: self.frontier().1 });
        self.name = target.number;
        let shared = own.iter().zip(&self.commands).take_while(|(own, theirs)| own == theirs).count();
        // Both branches are one up to the first command that only one of them has; on either side that may come first.
        let parting = [own.get(shared), self.commands.get(shared)].into_iter().flatten();
        let fork = parting.map(|command| (command.events, command.at)).min();
        self.restore(|snapshot, _| {
            let is_before = |(events, at)| snapshot.run.events() <= events && snapshot.run.now() <= at;
            snapshot.applied <= shared && fork.is_none_or(is_before)
        });
        self.replay_to(target.reached, None)?;
        self.reached = self.position();
        Ok(true)
    }

    /// Goes back to the last snapshot that fits; the first one always does.
    fn restore(&mut self, fits: impl Fn(&Snapshot, usize) -> bool) {
        let commands = self.commands.len();
        while self.snapshots.len() > 1 && self.snapshots.last().is_some_and(|snapshot| !fits(snapshot, commands)) {
            self.passed.extend(self.snapshots.pop());
        }
        self.reached = self.frontier();
        let Some(snapshot) = self.snapshots.last() else { return };
        let before = std::mem::replace(&mut self.run, snapshot.run.clone());
        self.run.keep_marks_of(before);
        self.applied = snapshot.applied;
        self.log.truncate(snapshot.lengths);
    }

    fn replay_to(&mut self, to: Instant, events: Option<u64>) -> Result<(), SimError> {
        match events {
            Some(events) => {
                while self.run.events() < events && self.step()? {}
                while self.apply_due_until(to) {}
                self.run.rest_until(to, &mut self.log);
            }
            None => {
                self.advance(to, u64::MAX)?;
            }
        }
        Ok(())
    }

    /// Applies the next recorded command if it is due before the next event.
    fn apply_due(&mut self) -> bool {
        self.apply_due_until(Instant::NEVER)
    }

    #[inline]
    fn apply_due_until(&mut self, to: Instant) -> bool {
        let Some(next) = self.commands.get(self.applied) else { return false };
        if next.events != self.run.events() || next.at > to {
            return false;
        }
        let next = next.clone();
        // Resting starts the world, and setup comes before that.
        if next.at > self.run.now() {
            self.run.rest_until(next.at, &mut self.log);
        }
        if self.snapshots.is_empty() {
            self.snapshot();
        }
        self.run
            .apply(&next.command, &next.text, &mut self.log)
            .expect("a command that was recorded takes effect again: the run is deterministic");
        self.applied += 1;
        true
    }

    #[inline]
    fn snapshot_if_due(&mut self) {
        let is_due = |last: &Snapshot| self.run.events() - last.run.events() >= self.spacing;
        if self.snapshots.last().is_none_or(is_due) {
            self.snapshot();
        }
    }

    fn snapshot(&mut self) {
        // Two for one, so that there are never more than before for long.
        self.passed.truncate(self.passed.len().saturating_sub(2));
        let lengths = self.log.lengths();
        self.snapshots.push(Snapshot { run: self.run.clone(), applied: self.applied, lengths });
        let weigh = |snapshots: &[Snapshot]| -> usize {
            snapshots.iter().map(|snapshot| snapshot.run.cluster().view().snapshot_bytes(SNAPSHOT_EVERY)).sum()
        };
        while self.snapshots.len() > SNAPSHOTS_MAX
            || (self.snapshots.len() > 2 && weigh(&self.snapshots) > SNAPSHOT_BYTES_MAX)
        {
            self.thin_snapshots();
        }
    }

    /// Forgets the older snapshot that is missed least, so that those that stay are spaced evenly; the first always
    /// stays.
    fn thin_snapshots(&mut self) {
        let old = self.snapshots.len() - RECENT_MAX.min(self.snapshots.len() / 2);
        let events = |index: usize| self.snapshots[index].run.events();
        let last = old.min(self.snapshots.len() - 2);
        let least = (1..=last).min_by_key(|index| events(index + 1) - events(index - 1));
        self.snapshots.remove(least.expect("there are more than two snapshots"));
    }

    /// Where the cursor stands.
    fn position(&self) -> (u64, Instant) {
        (self.run.events(), self.run.now())
    }

    /// How far this branch has come at the most.
    fn frontier(&self) -> (u64, Instant) {
        self.position().max(self.reached)
    }

    /// Keeps the commands after the cursor as a branch of their own.
    fn branch_off(&mut self) {
        let commands = self.commands.clone();
        let reached = self.frontier().1;
        self.commands.truncate(self.applied);
        self.revision += 1;
        self.keep_branch(Branch { number: self.name, commands, reached });
        self.reached = self.position();
        self.names += 1;
        self.name = self.names;
    }

    fn keep_branch(&mut self, branch: Branch) {
        if self.branches.len() == BRANCHES_MAX {
            self.branches.remove(0);
        }
        self.branches.push(branch);
    }
}
