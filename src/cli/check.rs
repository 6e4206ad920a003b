//! `failback check FILE`: everything that `run` checks before it runs, and nothing else.

use crate::cli::{CheckOptions, Failure, input, print};
use crate::format::bit_rate;
use crate::life;
use crate::model::{System, World};
use crate::report::{way_home, way_out};

/// Checks a scenario and the records it names.
///
/// # Errors
/// [`Failure::Input`] with every mistake found.
pub fn check(options: &CheckOptions) -> Result<(), Failure> {
    let loaded = input::load(&options.file, &options.sets)?;
    if options.quiet {
        return Ok(());
    }
    input::warn(&loaded);
    print::text(&format!("{}: good\n{}", options.file.display(), contents(&loaded.world)))
}

/// What was understood, so that a wrong count is seen before a run.
fn contents(world: &World) -> String {
    let mut lines = vec![
        format!("  {}", world.title),
        format!("  {} and {} from {} for {}", counted(world.vms.len(), "VM"), counted(world.disks.len(), "disk"), world.start, world.horizon),
        format!(
            "  {} over {} ({} of goodput), profile {}",
            counted(world.hubs.len(), "process server"),
            world.link.name,
            bit_rate(world.link.goodput.as_bits_per_s()),
            world.profile
        ),
    ];
    for record in &world.records {
        lines.push(format!("  {}: {} of {}", record.source, counted(record.columns.len(), "column"), record.period));
        lines.extend(record.notes.iter().map(|note| format!("    {note}")));
    }
    if let Some(way) = life::way_out(world) {
        lines.push(way_out::way_out(world, &way));
    }
    match life::way_home(world) {
        Some(way) => lines.push(way_home::way_home(world, &way)),
        None if world.system == System::AzureToAzure => {}
        None => lines.push("  way home: not looked at; a `[home]` table in the scenario states what decides it (it may be empty)".to_owned()),
    }
    lines.join("\n")
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
