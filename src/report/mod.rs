//! Reports: the terminal summary, JSON, CSV, plots and one HTML page, all from the same results record.
//!
//! [`terminal::render`] makes the text for the terminal; [`write_all`] fills the output folder, whole or not at all. Nothing here computes a result: what is not in
//! [`RunOutput`](crate::results::RunOutput) is not reported. The same record gives the same bytes: no date of today, no temporary name, no hash order.

mod answers;
mod calendar;
pub mod calibrate;
pub mod compare;
mod error;
mod figure_words;
mod folder;
mod html;
mod json;
pub mod outlook;
mod plot;
mod round_trip;
pub mod sensitivity;
pub mod size;
pub mod story;
mod stress_des;
pub mod sweep;
mod tables;
pub mod terminal;
mod trace;
pub mod way_home;
pub mod way_out;
mod words;
mod write;

pub use error::ReportError;
pub use json::results_schema;
pub use write::{Written, write_all};
