//! The runs of a sweep on all threads: rows come out in the order of the points, whatever the threads do, and only so many wait for their turn.
//!
//! A run is one replication of one point. The threads take runs in order; whoever takes a point's first run loads its scenario, and the others wait for that.
//! A row whose predecessors are not written yet waits; when too many wait, the threads do too. So memory does not grow with the number of points.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use crate::experiment::figure::NoFigure;
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

/// Replication 0 of a point, if it was run already: to see whether the responses exist.
pub type Known = (u64, Row);

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
    /// The next run, counted from 0.
    next: u64,
    /// Places of points that were written.
    written: u64,
    /// Whether nothing more is wanted.
    stopped: bool,
    /// Points begun and not yet written, by place.
    open: BTreeMap<u64, Open>,
}

/// A point being run.
struct Open {
    world: Option<SharedWorld>,
    rows: Vec<Option<Result<Row, String>>>,
    missing: u64,
}

type SharedWorld = Arc<Shared>;

/// What the runs of one point share.
#[derive(Default)]
struct Shared {
    world: OnceLock<Result<World, String>>,
    /// The row of every replication, where nothing is random.
    same: OnceLock<Row>,
}

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
        while let Some((place, replication, shared)) = self.take() {
            let row = guarded(|| {
                let known = self.known.as_ref().filter(|(point, _)| replication == 0 && *point == (self.points)(place));
                if let Some((_, row)) = known {
                    return Ok(row.clone());
                }
                if let Some(row) = shared.same.get() {
                    return Ok(row.clone());
                }
                let world = shared.world.get_or_init(|| guarded(|| self.world(place)));
                let world = world.as_ref().map_err(Clone::clone)?;
                let results = simulate::run(world, replication, &mut |_| ()).results;
                let row = figures_of(&results, &self.plan.responses).map_err(|NoFigure(why)| why)?;
                if results.checks.random_streams == 0 {
                    shared.same.get_or_init(|| row.clone());
                }
                Ok(row)
            });
            drop(shared);
            self.hand_in(place, replication, row);
        }
    }

    fn take(&self) -> Option<(u64, u64, SharedWorld)> {
        let mut state = self.lock();
        let replications = self.plan.replications;
        loop {
            let (place, replication) = (state.next / replications, state.next % replications);
            if state.stopped || place >= self.count {
                return None;
            }
            if place < state.written + self.window {
                state.next += 1;
                let fresh = || Open { world: Some(Arc::default()), rows: vec![None; replications as usize], missing: replications };
                let open = state.open.entry(place).or_insert_with(fresh);
                let world = open.world.clone().unwrap_or_default();
                return Some((place, replication, world));
            }
            state = self.wait(state);
        }
    }

    fn hand_in(&self, place: u64, replication: u64, row: Result<Row, String>) {
        let mut state = self.lock();
        if let Some(open) = state.open.get_mut(&place) {
            if let Some(slot) = open.rows.get_mut(replication as usize) {
                *slot = Some(row);
            }
            open.missing -= 1;
            if open.missing == 0 {
                // A row may wait long; its world need not.
                open.world = None;
            }
        }
        drop(state);
        self.moved.notify_all();
    }

    fn world(&self, place: u64) -> Result<World, String> {
        let mut source = self.records;
        self.plan.load((self.points)(place), &mut source).map(|loaded| loaded.world).map_err(|diagnostics| in_a_sentence(&diagnostics))
    }
}

/// A defect that stops one run stops neither the others nor the sweep.
fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
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
