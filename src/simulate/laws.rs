//! The laws over time of one run as they were built, so that those of many runs can be put together: the record only keeps some of their quantiles.

use crate::observe::LawBuilder;

/// The laws of a run, by where the record has them (`lag.fleet_worst`).
#[derive(Clone, Debug, Default)]
pub struct RunLaws {
    /// In the order of the record.
    pub laws: Vec<(&'static str, LawBuilder)>,
}

impl RunLaws {
    /// The law at this place of the record.
    pub fn get(&self, place: &str) -> Option<&LawBuilder> {
        self.laws.iter().find(|(known, _)| *known == place).map(|(_, law)| law)
    }

    /// Takes in what another run of the same world has observed.
    pub fn merge(&mut self, other: &RunLaws) {
        if self.laws.is_empty() {
            self.laws.clone_from(&other.laws);
            return;
        }
        for ((_, ours), (_, theirs)) in self.laws.iter_mut().zip(&other.laws) {
            ours.merge(theirs);
        }
    }
}
