//! The command line: one subcommand a file. Everything that touches a terminal or decides an exit code is here; nothing is computed here.
//!
//! Output goes to standard output, complaints and the progress bar to standard error. Exit codes: 0 done, 1 failed while running,
//! 2 bad input, 3 a stated target was missed, 130 interrupted.

mod arguments;
mod calibrate;
mod check;
mod compare;
mod explain;
mod failure;
mod input;
mod interrupt;
mod many;
mod merge;
mod new;
mod outlook;
mod print;
mod progress;
mod run;
mod schema;
mod sensitivity;
mod size;
mod story;
mod sweep;

pub use arguments::{
    Arguments, CheckOptions, Command, ExplainOptions, MergeOptions, NewOptions, RunOptions, SchemaOf, SchemaOptions, StoryOptions, SweepOptions,
};
pub use calibrate::{CalibrateOptions, calibrate};
pub use check::check;
pub use compare::{CompareOptions, compare};
pub use explain::explain;
pub use failure::Failure;
pub use interrupt::watch_for_interrupt;
pub use merge::merge;
pub use new::new;
pub use outlook::{OutlookOptions, outlook};
pub use run::run;
pub use schema::schema;
pub use sensitivity::{SensitivityOptions, sensitivity};
pub use size::{SizeOptions, size};
pub use story::story;
pub use sweep::sweep;
