//! The observed series on the scenario's clock: which column is whose, which rows lie within the run.

use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::import::wide_csv::course::Course;
use crate::model::World;

/// The name of a column that is the worst of the fleet.
pub const FLEET: &str = "fleet_worst";

/// Fewest values that anything is fitted to.
const FEWEST: usize = 8;

/// Names of VMs offered where a column names none.
const OFFERED: usize = 8;

/// A column and whose it is, as typed: `NAME` or `NAME=VM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Name in the file.
    pub column: String,
    /// The VM, or the fleet; by default as the column is called.
    pub whose: Option<String>,
}

impl Wanted {
    /// Reads it.
    pub fn read(typed: &str) -> Self {
        match typed.split_once('=') {
            Some((column, whose)) => Wanted { column: column.trim().to_owned(), whose: Some(whose.trim().to_owned()) },
            None => Wanted { column: typed.trim().to_owned(), whose: None },
        }
    }
}

/// What was observed, on the scenario's clock.
#[derive(Clone, Debug)]
pub struct Observed {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Whose each is: a VM by its index, or the worst of the fleet.
    pub whom: Vec<Option<u32>>,
    /// When [s since the run's start], ascending.
    pub instants: Arc<[f64]>,
    /// Each value: place among the instants, place among the columns, value \[s\]; by instant, then by column.
    pub values: Vec<(usize, usize, f64)>,
    /// The step that the values were rounded to \[s\]; 0 if none shows.
    pub step_s: f64,
    /// What was noticed, in sentences.
    pub notes: Vec<String>,
}

/// Lays what a file says onto the clock of a world.
///
/// # Errors
/// In a sentence that names the file: a column that is nobody's, no row within the run, too few values.
pub fn lay(course: &Course, wanted: &[Wanted], file: &str, world: &World) -> Result<Observed, String> {
    let whose = |column: &str| {
        let typed = wanted.iter().find(|wanted| wanted.column == column).and_then(|wanted| wanted.whose.clone());
        whom(column, &typed.unwrap_or_else(|| column.to_owned()), file, world)
    };
    let whom = course.columns.iter().map(|column| whose(column)).collect::<Result<Vec<_>, _>>()?;
    let start = if course.elapsed { Some(0) } else { nanos(world.start) };
    let start = start.ok_or_else(|| format!("{file}: the scenario's start lies beyond the calendar of times that can be read"))?;
    let horizon = world.horizon.as_secs_f64();
    let since = |stamp: &i64| (i128::from(*stamp) - i128::from(start)) as f64 / 1e9;
    let inside: Vec<usize> = (0..course.instants.len()).filter(|row| (0.0..=horizon).contains(&since(&course.instants[*row]))).collect();
    let mut notes = course.notes.clone();
    if inside.is_empty() {
        return Err(nothing_inside(course, file, world));
    }
    let outside = course.instants.len() - inside.len();
    if outside > 0 {
        notes.push(format!("{outside} of {} rows lie before or after the run: left out.", course.instants.len()));
    }
    let instants: Arc<[f64]> = inside.iter().map(|row| since(&course.instants[*row])).collect();
    let mut values = Vec::new();
    for (place, row) in inside.iter().enumerate() {
        for (column, of) in course.values.iter().enumerate() {
            values.extend(of.get(*row).filter(|value| !value.is_nan()).map(|value| (place, column, *value)));
        }
    }
    let gaps = inside.len() * course.columns.len() - values.len();
    if gaps > 0 {
        notes.push(format!("{gaps} of {} cells are empty: left out.", inside.len() * course.columns.len()));
    }
    if values.len() < FEWEST {
        return Err(format!("{file}: only {} values lie within the run; at least {FEWEST} are needed", values.len()));
    }
    Ok(Observed { columns: course.columns.clone(), whom, instants, values, step_s: course.step_s, notes })
}

fn whom(column: &str, whose: &str, file: &str, world: &World) -> Result<Option<u32>, String> {
    if whose == FLEET {
        return Ok(None);
    }
    if let Some(vm) = world.vms.iter().position(|vm| vm.name == whose) {
        return Ok(Some(vm as u32));
    }
    let mut names: Vec<String> = world.vms.iter().take(OFFERED).map(|vm| format!("`{}`", vm.name)).collect();
    if world.vms.len() > OFFERED {
        names.push(format!("and {} more", world.vms.len() - OFFERED));
    }
    let names = names.join(", ");
    Err(format!(
        "{file}, line 1: column `{column}`: `{whose}` is no VM of the scenario; write --column {column}={FLEET} if it is the worst VM of the fleet, or --column {column}=VM \
         (there is {names})"
    ))
}

fn nothing_inside(course: &Course, file: &str, world: &World) -> String {
    let end = |at: DateTime| at.strftime("%Y-%m-%d %H:%M").to_string();
    let horizon = jiff::SignedDuration::try_from_secs_f64(world.horizon.as_secs_f64()).unwrap_or_default();
    let last = world.start.checked_add(horizon).unwrap_or(world.start);
    match course.calendar() {
        Some((from, to)) => format!(
            "{file}: no row lies within the run: the rows are from {} to {}, the run is from {} to {} (UTC); set the scenario's `start` to when it was observed",
            end(from),
            end(to),
            end(world.start),
            end(last)
        ),
        None => format!("{file}: no row lies within the run of {}; its times count seconds from the run's start", world.horizon),
    }
}

/// Nanoseconds since 1970.
fn nanos(at: DateTime) -> Option<i64> {
    i64::try_from(TimeZone::UTC.to_timestamp(at).ok()?.as_nanosecond()).ok()
}
