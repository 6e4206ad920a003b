//! The runs of a sweep on all threads: rows come out in the order of the points, whatever the threads do, and only so many wait for their turn.
//!
//! A run is one replication of one point. A point's first run loads its scenario and shows whether anything is random: if not, its row is that of every replication; if
//! so, the other replications are handed out, those of the earliest point first. A row whose predecessors are not written yet waits; when too many wait, the threads do
//! too. So memory does not grow with the number of points.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::experiment::figure::NoFigure;
use crate::experiment::frugal;
use crate::experiment::records::Kept;
use crate::experiment::replications::{Row, figures_of};
use crate::experiment::sweep::Plan;
use crate::model::World;
use crate::scenario::Diagnostics;
use crate::simulate;

/// Most finished runs that wait for their turn to be written, as long as each thread has something to do.
const WAITING: u64 = 4096;

/// A finished point: its rows, one for each replication, or why there are none.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// Number of the point.
    pub point: u64,
    /// Rows, or a reason in a sentence.
    pub outcome: Result<Vec<Row>, String>,
}

/// Replication 0 of a point that was run already: to see whether the responses exist.
#[derive(Clone, Debug)]
pub struct Known {
    /// Number of the point.
    pub point: u64,
    /// Its row.
    pub row: Row,
    /// Whether anything in it is random.
    pub random: bool,
}

/// Where runs are handed out and rows handed in.
struct Desk<'a> {
    plan: &'a Plan,
    records: &'a Kept,
    /// The points to run, in order.
    points: &'a (dyn Fn(u64) -> u64 + Sync),
    known: Option<Known>,
    count: u64,
    window: u64,
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
struct State {
    /// The place of the next point to begin.
    next: u64,
    /// Places of points that were written.
    written: u64,
    /// First runs under way: each may make more to do.
    beginning: u64,
    /// Whether nothing more is wanted.
    stopped: bool,
    /// Points begun and not yet written, by place.
    open: BTreeMap<u64, Open>,
    /// Places of points with replications to hand out.
    ready: BTreeSet<u64>,
}

/// A point being run.
struct Open {
    /// Until the last replication is handed out.
    world: Option<Arc<World>>,
    rows: Vec<Option<Result<Row, String>>>,
    /// The next replication to hand out.
    next: u64,
    missing: u64,
}

/// What a thread is handed.
enum Task {
    /// The first run of the point at a place.
    First(u64),
    /// Another replication of it.
    Another(u64, u64, Arc<World>),
}

/// What a first run found: its row, and the world if there are other replications to run.
type Begun = Result<(Row, Option<Arc<World>>), String>;

/// Runs points on so many threads. `points` gives the number of the point at each place, 0 to `count`; `write` takes the finished ones in that order.
///
/// # Errors
/// What `write` says, which ends the sweep.
pub fn run<E>(
    plan: &Plan,
    records: &Kept,
    (points, count): (&(dyn Fn(u64) -> u64 + Sync), u64),
    known: Option<Known>,
    threads: usize,
    write: &mut dyn FnMut(Finished) -> Result<(), E>,
) -> Result<(), E> {
    let window = (WAITING / plan.replications).max(2 * threads as u64);
    let desk = Desk { plan, records, points, known, count, window, state: Mutex::default(), moved: Condvar::new() };
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| desk.work());
        }
        let outcome = desk.hand_out_rows(write);
        desk.lock().stopped = true;
        desk.moved.notify_all();
        outcome
    })
}

impl Desk<'_> {
    fn lock(&self) -> MutexGuard<'_, State> {
        // What panics is caught where it runs, never while the state is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&self, guard: MutexGuard<'g, State>) -> MutexGuard<'g, State> {
        self.moved.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is finished, in order, until all is.
    fn hand_out_rows<E>(&self, write: &mut dyn FnMut(Finished) -> Result<(), E>) -> Result<(), E> {
        for place in 0..self.count {
            let mut state = self.lock();
            let open = loop {
                match state.open.get(&place) {
                    Some(open) if open.missing == 0 => break state.open.remove(&place),
                    _ => state = self.wait(state),
                }
            };
            state.written = place + 1;
            drop(state);
            self.moved.notify_all();
            let rows = open.map(|open| open.rows).unwrap_or_default();
            write(Finished { point: (self.points)(place), outcome: rows.into_iter().flatten().collect() })?;
        }
        Ok(())
    }

    /// What each thread does: take a run, do it, hand its row in.
    fn work(&self) {
        while let Some(task) = self.take() {
            match task {
                Task::First(place) => {
                    let begun = guarded(|| self.begin(place));
                    self.hand_in_first(place, begun);
                }
                Task::Another(place, replication, world) => {
                    let row = guarded(|| self.run(&world, replication).map(|(row, _)| row));
                    drop(world);
                    self.hand_in(place, replication, row);
                }
            }
        }
    }

    fn begin(&self, place: u64) -> Begun {
        let single = self.plan.replications == 1;
        let known = self.known.as_ref().filter(|known| known.point == (self.points)(place));
        if let Some(known) = known.filter(|known| single || !known.random) {
            return Ok((known.row.clone(), None));
        }
        let world = self.world(place)?;
        let (row, random) = match known {
            Some(known) => (known.row.clone(), known.random),
            None => self.run(&world, 0)?,
        };
        Ok((row, (random && !single).then(|| Arc::new(world))))
    }

    /// The row of a replication, and whether anything in it was random.
    fn run(&self, world: &World, replication: u64) -> Result<(Row, bool), String> {
        let results = simulate::run(world, replication, &mut |_| ()).results;
        let row = figures_of(&results, &self.plan.responses).map_err(|NoFigure(why)| why)?;
        Ok((row, results.checks.random_streams > 0))
    }

    fn take(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            if let Some(task) = state.another(self.plan.replications) {
                return Some(task);
            }
            if state.next < self.count && state.next < state.written + self.window {
                let place = state.next;
                state.next += 1;
                state.beginning += 1;
                state.open.insert(place, Open { world: None, rows: Vec::new(), next: 1, missing: self.plan.replications });
                return Some(Task::First(place));
            }
            if state.next >= self.count && state.beginning == 0 {
                return None;
            }
            state = self.wait(state);
        }
    }

    fn hand_in_first(&self, place: u64, begun: Begun) {
        let replications = self.plan.replications;
        let mut state = self.lock();
        state.beginning -= 1;
        let ready = begun.as_ref().is_ok_and(|(_, world)| world.is_some());
        if let Some(open) = state.open.get_mut(&place) {
            (open.rows, open.missing, open.world) = match begun {
                Err(why) => (vec![Some(Err(why))], 0, None),
                // Nothing is random: every replication is the same.
                Ok((row, None)) => (vec![Some(Ok(row)); replications as usize], 0, None),
                Ok((row, Some(world))) => {
                    let mut rows = vec![None; replications as usize];
                    rows[0] = Some(Ok(row));
                    (rows, replications - 1, Some(world))
                }
            };
        }
        if ready {
            state.ready.insert(place);
        }
        drop(state);
        self.moved.notify_all();
    }

    fn hand_in(&self, place: u64, replication: u64, row: Result<Row, String>) {
        let mut state = self.lock();
        if let Some(open) = state.open.get_mut(&place) {
            if let Some(slot) = open.rows.get_mut(replication as usize) {
                *slot = Some(row);
            }
            open.missing -= 1;
        }
        drop(state);
        self.moved.notify_all();
    }

    fn world(&self, place: u64) -> Result<World, String> {
        let mut source = self.records;
        let mut loaded = self.plan.load((self.points)(place), &mut source).map_err(|diagnostics| in_a_sentence(&diagnostics))?;
        frugal::only_for(&mut loaded.world, &self.plan.responses);
        Ok(loaded.world)
    }
}

impl State {
    /// Another replication of the earliest point that has one.
    fn another(&mut self, replications: u64) -> Option<Task> {
        let place = *self.ready.first()?;
        let open = self.open.get_mut(&place)?;
        let (replication, world) = (open.next, open.world.clone()?);
        open.next += 1;
        if open.next >= replications {
            // A row may wait long; its world need not.
            open.world = None;
            self.ready.remove(&place);
        }
        Some(Task::Another(place, replication, world))
    }
}

/// A defect that stops one run stops neither the others nor the sweep.
pub(in crate::experiment) fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
        Err(format!("a defect of the program stopped this run: {said}"))
    })
}

/// Why a scenario cannot be loaded, on one line.
pub(in crate::experiment) fn in_a_sentence(diagnostics: &Diagnostics) -> String {
    let Some(first) = diagnostics.iter().next() else { return "the scenario cannot be loaded".to_owned() };
    let key = if first.key.is_empty() { String::new() } else { format!("{}: ", first.key) };
    let more = match diagnostics.len() {
        1 => String::new(),
        all => format!(" (and {} more)", all - 1),
    };
    format!("{key}{}{more}", first.problem)
}
