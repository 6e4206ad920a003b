//! The twin at finer and finer steps: whether each figure has agreed with the simulator's at one of them.

use crate::twin::compare::Figure;

/// Steps that the twin is run at, one after the other, until every figure has agreed at one of them [s].
pub const STEPS: [f64; 5] = [1.0, 0.5, 0.25, 0.125, 0.0625];

/// One fleet through both, at finer and finer steps of the twin.
pub struct Trial {
    /// The figures at each step, the coarsest first.
    pub tried: Vec<Vec<Figure>>,
    /// Steps that it may be tried at.
    pub finest: usize,
    /// Times that a throttle set in or let go.
    pub switches: f64,
}

impl Trial {
    /// A figure at the steps at which it is one.
    fn of(&self, name: &str) -> Vec<(f64, &Figure)> {
        let found = self.tried.iter().zip(STEPS).map(|(figures, step)| (step, figures.iter().find(|figure| figure.name == name)));
        found.filter_map(|(step, figure)| Some((step, figure?))).collect()
    }

    /// Figures that have agreed at none of the steps tried, the allowance being in proportion to the step; whose difference has not shrunk with the step
    /// either (it is one of triggers if it does); and that differ at the finest step by more than the throttle accounts for: the twin is up to a step late each
    /// time that it sets in or lets go, and one cycle begins where the last one ended.
    pub fn disagreeing(&self) -> Vec<String> {
        let names = self.tried[self.tried.len() - 1].iter().map(|figure| figure.name.clone());
        names.filter(|name| !self.agrees(name) && !self.shrinks(name) && !self.is_late(name)).collect()
    }

    fn agrees(&self, name: &str) -> bool {
        self.of(name).iter().any(|(step, figure)| figure.agrees(*step))
    }

    fn shrinks(&self, name: &str) -> bool {
        let found = self.of(name);
        let (coarsest, first) = found[0];
        // A point that is held at the last two steps only must keep the proportion; over more steps, within a factor of two.
        let allowed = |place: usize| if place > 1 { 2.0 } else { 1.0 } * found[place].0 / coarsest * first.apart();
        let told = if self.tried.len() == STEPS.len() && found.len() == 2 { 1 } else { 2 };
        (told..found.len()).any(|place| found[place].1.per_second > 0.0 && found[place].1.apart() <= allowed(place))
    }

    fn is_late(&self, name: &str) -> bool {
        let found = self.of(name);
        let (step, figure) = found[found.len() - 1];
        self.tried.len() == self.finest && figure.apart() <= figure.per_second * step * (1.0 + 0.5 * self.switches)
    }

    /// What disagrees, line by line; empty if nothing does.
    pub fn complaints(&self) -> String {
        let mut wrong = String::new();
        for name in self.disagreeing() {
            let found = self.of(&name);
            let apart: Vec<f64> = found.iter().map(|(_, figure)| figure.apart()).collect();
            let (simulator, twin) = found.last().map_or((f64::NAN, f64::NAN), |(_, figure)| (figure.simulator, figure.twin));
            wrong += &format!("\n  {name}: simulator {simulator}, twin {twin} (apart {apart:?} at steps of {STEPS:?} s)");
        }
        wrong
    }
}
