//! The runs of places on all threads. A place is loaded, run as often as there are replications, and dropped; only its figures are kept.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::experiment::figure::NoFigure;
use crate::experiment::frugal;
use crate::experiment::records::Kept;
use crate::experiment::replications::{Row, figures_of};
use crate::experiment::sensitivity::Plan;
use crate::experiment::sensitivity::chain::{Place, Ran};
use crate::experiment::sweep::workers::{guarded, in_a_sentence};
use crate::simulate;

/// Runs a plan at places, in parallel; `done` is told of runs that are finished or need not be made. What comes out is in the order of the places, whatever the
/// threads do. Nothing if `stop` was set meanwhile.
pub fn evaluate(plan: &Plan, records: &Kept, places: &[Place], stop: &AtomicBool, done: &(dyn Fn(u64) + Sync)) -> Option<Vec<Ran>> {
    let one = |place: &Place| {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let ran = guarded(|| at(plan, records, place, stop));
        done(plan.settings.replications);
        Some(ran)
    };
    let ran: Option<Vec<Ran>> = places.par_iter().map(one).collect();
    ran.filter(|_| !stop.load(Ordering::Relaxed))
}

fn at(plan: &Plan, records: &Kept, place: &Place, stop: &AtomicBool) -> Result<Vec<Row>, String> {
    let mut source = records;
    let mut world = plan.load(place, &mut source).map_err(|mistakes| in_a_sentence(&mistakes))?.world;
    frugal::only_for(&mut world, &plan.responses);
    let mut rows = Vec::new();
    for replication in 0..plan.settings.replications {
        let results = simulate::run(&world, replication, &mut |_| ()).results;
        rows.push(figures_of(&results, &plan.responses).map_err(|NoFigure(why)| why)?);
        // Nothing is random: the others would be the same. Or nobody wants them any more.
        if results.checks.random_streams == 0 || stop.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(rows)
}
