//! What many runs say: statistics of independent values, as experiments need them. Knows no disaster recovery, no files, no terminals, and starts
//! no run: values come in, estimates with intervals go out ([`Interval`]), or points of a design at which to run.
//!
//! | question | answered by |
//! |---|---|
//! | the mean of one value per run | [`mean()`], [`Moments`] |
//! | a quantile of one value per run | [`quantile_of_values`] |
//! | a mean or quantile of all runs' time taken together | [`sectioned`] |
//! | how often something happens | [`share()`] |
//! | two designs under the same chances | [`paired()`] |
//! | whether to make more runs | [`Precision`] |
//! | a ratio of sums over runs | [`ratio()`] |
//! | where a warm-up ends | [`mser5`] |
//! | which design is best, and where to spend runs on it | [`ocba`], [`correct_selection`] |
//! | at which points to run | [`latin_hypercube`], [`sobol_sequence`] |
//! | where a function that can only be evaluated is least | [`golden_section`], [`simplex`] |
//! | how sure the parameters of a fit to a time series are | [`spread()`] |
//! | which factors matter | [`MorrisDesign`], [`SobolDesign`] |

mod design;
mod interval;
mod known;
mod least_squares;
mod mean;
mod minimum;
mod morris;
mod order;
mod paired;
mod precision;
mod ranking;
mod ratio;
mod section;
mod share;
mod sobol;
mod symmetric;
mod warmup;

pub use design::{MOST_SOBOL_FACTORS, MOST_SOBOL_POINTS, latin_hypercube, sobol_sequence};
pub use interval::{Fraction, Interval, Method, Sides};
pub use known::student_quantile;
pub use least_squares::{Fitted, Spread, gram, inflation, spread};
pub use mean::{Moments, mean};
pub use minimum::{Minimum, golden_section, simplex};
pub use morris::{Effect, MorrisDesign};
pub use order::{quantile_of_values, values_needed};
pub use paired::{Better, Paired, paired};
pub use precision::{Next, Precision};
pub use ranking::{Candidate, best, correct_selection, ocba};
pub use ratio::ratio;
pub use section::{FEWEST_SECTIONS, sectioned};
pub use share::share;
pub use sobol::{SobolDesign, SobolIndices};
pub use symmetric::Eigen;
pub use warmup::{Warmup, mser5};
