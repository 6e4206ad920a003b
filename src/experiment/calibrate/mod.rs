//! A calibration: assumed inputs of a scenario are fitted to a series of lags or ages that a real system reported.
//!
//! The way of it: [`wish`] is what is to be fitted and between which values, [`observed`] the series on the scenario's clock, [`model`] the scenario as a function
//! from values to a series, [`search`] the least sum of squares, [`identify`] whether the series can tell the values at all, and how well; [`record`] is what comes
//! out. Pictures and pages are in `report`.

pub mod identify;
pub mod model;
pub mod observed;
pub mod record;
pub mod refusals;
pub mod search;
mod usual;
pub mod wish;

use std::fmt;

use crate::scenario::Diagnostics;

pub use model::{Matching, Model};
pub use record::Calibration;

/// Why there is no calibration.
#[derive(Debug)]
pub enum Refusal {
    /// The scenario cannot be loaded.
    Scenario(Diagnostics),
    /// What was typed or observed cannot be used, or cannot tell what was asked of it: a text that says so, and what would help.
    Input(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Scenario(diagnostics) => f.write_str(&diagnostics.render(false)),
            Refusal::Input(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Refusal {}

pub use usual::usual;
