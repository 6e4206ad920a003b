//! What disks wrote between two instants of the past: the churn is a function of (seed, replication, disk) alone, so it is replayed instead of remembered.

use crate::engine::{Calendar, Streams};
use crate::model::World;
use crate::simulate::feed::Feed;
use crate::units::{Instant, Span};

/// What happens to the rates.
#[derive(Clone, Copy)]
enum Change {
    Bucket(u32),
    LoadEnds(u32),
    LoadBegins(u32),
    Midnight,
    End,
}

/// Written bytes of each disk from the run's start to each of its instants \[s\], in order, and to `end`, if its machine had been at home all along.
pub(super) fn written_by(world: &World, streams: &Streams, instants: &[Vec<f64>], end: Instant) -> Vec<Vec<f64>> {
    // Disks of which nothing is asked are not replayed.
    let mut feed = Feed::of_some(world, streams, |disk| !instants[disk].is_empty());
    let mut calendar: Calendar<Change> = Calendar::default();
    (0..feed.cohorts()).for_each(|cohort| calendar.push(Instant::START, 0, Change::Bucket(cohort as u32)));
    for (index, event) in world.load_events.iter().enumerate() {
        for &at in &event.starts {
            calendar.push(at, 2, Change::LoadBegins(index as u32));
            calendar.push(at + event.lasts, 1, Change::LoadEnds(index as u32));
        }
    }
    let into_day = world.start.time().duration_since(jiff::civil::Time::midnight()).as_nanos().unsigned_abs() as u64;
    calendar.push(Instant::from_nanos(Span::from_days(1).as_nanos() - into_day), 3, Change::Midnight);
    calendar.push(end, 4, Change::End);
    let mut books = Books::new(instants);
    let asked = |disk: u32| !instants[disk as usize].is_empty();
    while let Some((at, change)) = calendar.pop() {
        let now = at.as_secs_f64();
        match change {
            Change::Bucket(cohort) => {
                let next = feed.next_bucket(cohort as usize, at);
                for place in 0..feed.disks(cohort as usize).len() {
                    let disk = feed.disks(cohort as usize)[place];
                    books.turn(&mut feed, disk, now);
                }
                calendar.push(next, 0, Change::Bucket(cohort));
            }
            Change::LoadBegins(event) | Change::LoadEnds(event) => {
                feed.load(world, event as usize, matches!(change, Change::LoadBegins(_)));
                world.load_events[event as usize].disks.iter().filter(|disk| asked(disk.0)).for_each(|disk| books.turn(&mut feed, disk.0, now));
            }
            Change::Midnight => {
                if world.growth_per_year != 0.0 {
                    feed.grow(world.growth_per_year);
                    (0..world.disks.len() as u32).filter(|disk| asked(*disk)).for_each(|disk| books.turn(&mut feed, disk, now));
                }
                calendar.push(at + Span::from_days(1), 3, Change::Midnight);
            }
            Change::End => break,
        }
    }
    books.finish(end.as_secs_f64())
}

/// The sums so far.
struct Books<'i> {
    instants: &'i [Vec<f64>],
    /// Answered instants, by disk.
    found: Vec<Vec<f64>>,
    written: Vec<f64>,
    rate: Vec<f64>,
    since: Vec<f64>,
}

impl<'i> Books<'i> {
    fn new(instants: &'i [Vec<f64>]) -> Self {
        let disks = instants.len();
        Books {
            instants,
            found: instants.iter().map(|own| Vec::with_capacity(own.len() + 1)).collect(),
            written: vec![0.0; disks],
            rate: vec![0.0; disks],
            since: vec![0.0; disks],
        }
    }

    fn turn(&mut self, feed: &mut Feed, disk: u32, now: f64) {
        if let Some(rate) = feed.refresh(disk) {
            self.pass(disk as usize, now);
            self.rate[disk as usize] = rate;
        }
    }

    fn pass(&mut self, disk: usize, now: f64) {
        let asked = &self.instants[disk];
        while let Some(&at) = asked.get(self.found[disk].len()).filter(|at| **at < now) {
            let written = self.written[disk] + self.rate[disk] * (at - self.since[disk]).max(0.0);
            self.found[disk].push(written);
        }
        self.written[disk] += self.rate[disk] * (now - self.since[disk]);
        self.since[disk] = now;
    }

    fn finish(mut self, end: f64) -> Vec<Vec<f64>> {
        for disk in 0..self.instants.len() {
            self.pass(disk, end);
            // Instants at the end, or after it, see what is there by then.
            let missing = self.instants[disk].len() - self.found[disk].len();
            let written = self.written[disk];
            self.found[disk].extend(std::iter::repeat_n(written, missing + 1));
        }
        self.found
    }
}
