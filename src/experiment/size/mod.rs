//! Sizing: the smallest value of something in a scenario that meets a target, for all, 99 % and 90 % of the time, say.
//!
//! The way of a sizing: [`raw`] is the file as typed, [`plan`] what it means ([`aim`] what must hold, [`candidates`] what is sought, [`skus`] what is sold);
//! [`search`] chooses what is tried and knows nothing of simulations, [`measure`] simulates it, [`binding`] says why nothing is enough, [`answer`] puts it
//! together as a [`record`]. Files are in `report`.

pub mod aim;
pub mod answer;
pub mod binding;
pub mod candidates;
pub mod measure;
pub mod plan;
pub mod raw;
pub mod record;
pub mod search;
pub mod skus;

pub use answer::size;
pub use measure::Trouble;
pub use plan::Plan;
pub use raw::schema;
pub use record::{SizeRecord, record_schema};
