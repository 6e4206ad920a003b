//! The progress bar of a long run. Only on a terminal, only after a moment, never in a pipe.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A run shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_millis(700);
const STEPS: f64 = 1000.0;

/// Shows the share done on standard error.
pub struct Progress {
    began: Instant,
    bar: Option<ProgressBar>,
    wanted: bool,
}

impl Progress {
    /// A bar that appears when the run takes long; never if `quiet` or if standard error is no terminal.
    pub fn new(quiet: bool) -> Self {
        Progress { began: Instant::now(), bar: None, wanted: !quiet && std::io::stderr().is_terminal() }
    }

    /// The share done so far, 0..1.
    pub fn at(&mut self, share: f64) {
        if !self.wanted || (self.bar.is_none() && self.began.elapsed() < PATIENCE) {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(STEPS as u64).with_elapsed(self.began.elapsed());
            if let Ok(style) = ProgressStyle::with_template("simulating {bar:40} {percent} %  {eta} left") {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position((share.clamp(0.0, 1.0) * STEPS) as u64);
    }

    /// Takes the bar away and returns how long it all took.
    pub fn done(self) -> Duration {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.began.elapsed()
    }
}

/// Shows how many of many runs are done, on standard error; told by several threads.
pub struct Runs {
    bar: ProgressBar,
}

impl Runs {
    /// A bar for `most` runs; hidden if `quiet` or if standard error is no terminal. If it may end `early`, it says so.
    pub fn new(quiet: bool, most: u64, early: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Runs { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::new(most);
        let template = if early { "{pos} runs of at most {len} {bar:40} {eta} left at most" } else { "{pos} of {len} runs {bar:40} {eta} left" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Runs { bar }
    }

    /// A counter of candidates, of which nobody knows how many there will be.
    pub fn candidates(quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Runs { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} candidates simulated, {elapsed}") {
            bar.set_style(style);
        }
        Runs { bar }
    }

    /// One more is done.
    pub fn one_more(&self) {
        self.bar.inc(1);
    }

    /// So many more are done.
    pub fn more(&self, runs: u64) {
        self.bar.inc(runs);
    }

    /// There will be so many, as is known by now.
    pub fn most(&self, most: u64) {
        self.bar.set_length(most);
    }

    /// Takes the bar away.
    pub fn done(self) {
        self.bar.finish_and_clear();
    }
}

/// Counts the runs of a search, of which nobody knows beforehand how many there will be, on standard error; told by several threads.
pub struct Trials {
    bar: ProgressBar,
}

impl Trials {
    /// A counter; hidden if `quiet` or if standard error is no terminal.
    pub fn new(quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Trials { bar: ProgressBar::hidden() };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("searching: {pos} runs so far, {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Trials { bar }
    }

    /// One more is done.
    pub fn one_more(&self) {
        self.bar.inc(1);
    }

    /// Takes the counter away.
    pub fn done(self) {
        self.bar.finish_and_clear();
    }
}
