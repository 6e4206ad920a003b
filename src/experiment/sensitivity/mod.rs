//! A sensitivity analysis: which of a scenario's uncertain inputs the answer hangs on.
//!
//! The way of an experiment: [`raw`] is the file as typed, [`plan`] what it means ([`input`] the uncertain inputs, [`assumed`] those that the profile assumes,
//! [`ranges`] how far these may be off), [`runs`] the runs of a place on all threads. [`chain`] is the method, which knows nothing of scenarios: each input by
//! itself, Morris screening, Sobol indices of what is left ([`noise`]: how much of it is chance). [`record`] is what is kept. Files and words are made in `report`.

pub mod assumed;
pub mod chain;
pub mod input;
pub mod noise;
pub mod plan;
pub mod ranges;
pub mod raw;
pub mod record;
pub mod runs;

pub use plan::Plan;
pub use raw::schema;
pub use record::Record;
