//! `failback schema`: the JSON Schema that editors complete files from, or that of `summary.json` and its kin.

use crate::cli::{Failure, SchemaOf, SchemaOptions, print};
use crate::experiment::{outlook, sensitivity, size, sweep};
use crate::{report, scenario};

/// Prints the schema asked for.
///
/// # Errors
/// [`Failure::Running`] if standard output cannot take it.
pub fn schema(options: &SchemaOptions) -> Result<(), Failure> {
    let schema = match options.of {
        SchemaOf::Scenario => scenario::schema(),
        SchemaOf::Sweep => sweep::schema(),
        SchemaOf::Size => size::schema(),
        SchemaOf::SizeResults => size::record_schema(),
        SchemaOf::Sensitivity => sensitivity::schema(),
        SchemaOf::SensitivityResults => report::sensitivity::schema(),
        SchemaOf::Results => report::results_schema(),
        SchemaOf::CompareResults => report::compare::schema(),
        SchemaOf::OutlookResults => outlook::schema(),
    };
    print::text(&format!("{schema:#}"))
}
