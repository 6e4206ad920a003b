//! The forward path, seen from outside. Table of contents:
//!
//! * [`support`]: worlds made in Rust, for every test here
//! * [`twin`]: a brute-force simulator with small fixed steps that shares no code with the real one, itself checked against closed forms; random
//!   small scenarios through both, one way and (`twin::trip`) there and back
//! * [`oracles`]: published numbers and closed forms, one test per row, named after it
//! * [`planner`]: what a planner is told, against closed forms and against runs in which it happens
//! * [`credibility`]: what a report says of how far it can be relied on, long-run figures, and closed forms at the ends of the checked ranges
//! * [`journey`]: round trips: disaster, failover, reprotect, failback, protected again
//! * [`properties`]: laws that hold in every scenario (conservation, monotony, order, determinism)

mod credibility;
mod journey;
mod oracles;
mod planner;
mod properties;
mod support;
mod twin;
