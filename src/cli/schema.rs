//! `failback schema`: the JSON Schema that editors complete scenario and experiment files from, or that of `summary.json`.

use crate::cli::{Failure, SchemaOf, SchemaOptions, print};
use crate::experiment::{outlook, sweep};
use crate::{report, scenario};

/// Prints the schema asked for.
///
/// # Errors
/// [`Failure::Running`] if standard output cannot take it.
pub fn schema(options: &SchemaOptions) -> Result<(), Failure> {
    let schema = match options.of {
        SchemaOf::Scenario => scenario::schema(),
        SchemaOf::Sweep => sweep::schema(),
        SchemaOf::Results => report::results_schema(),
        SchemaOf::Outlook => outlook::schema(),
    };
    print::text(&format!("{schema:#}"))
}
