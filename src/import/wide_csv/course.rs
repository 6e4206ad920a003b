//! A wide CSV of times: a time column and a column per VM (or one for the fleet) of how old something was at each instant, as a monitoring system exports it.
//!
//! Unlike a record of writes it is left as it is: every row keeps its instant, none is laid onto a clock, and an empty cell is a gap.

use std::path::Path;

use jiff::civil::DateTime;

use super::header::{Header, bracketed, check_names};
use super::separator;
use super::table::Table;
use crate::import::error::quoted;
use crate::import::stamp::{TimeFormat, calendar};
use crate::import::{ImportError, source};

/// Units of the values, in seconds.
const UNITS: [(&str, f64); 9] = [
    ("ms", 1e-3),
    ("s", 1.0),
    ("sec", 1.0),
    ("seconds", 1.0),
    ("min", 60.0),
    ("minutes", 60.0),
    ("h", 3600.0),
    ("hours", 3600.0),
    ("days", 86_400.0),
];

/// How it is read.
#[derive(Clone, Debug, Default)]
pub struct CourseOptions {
    /// Unit of the values, such as `min`; `None` takes it from the column names, if they end in the likes of `[min]`.
    pub unit: Option<String>,
    /// The columns that count; all if there are none.
    pub columns: Vec<String>,
    /// How times are written; `None` detects it.
    pub time: Option<TimeFormat>,
}

/// What was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Names of the columns, without units.
    pub columns: Vec<String>,
    /// Instants, ascending: nanoseconds since 1970 UTC, or since the file's own start if it counts from there.
    pub instants: Vec<i64>,
    /// Whether the file counts from its own start.
    pub elapsed: bool,
    /// For each column the value at each instant \[s\]; NaN is a gap.
    pub values: Vec<Vec<f64>>,
    /// The coarsest step that all values are multiples of \[s\]; 0 if there is none.
    pub step_s: f64,
    /// What was noticed, in sentences.
    pub notes: Vec<String>,
}

impl Course {
    /// The first and the last instant on the calendar (UTC); `None` if the file counts from its own start.
    pub fn calendar(&self) -> Option<(DateTime, DateTime)> {
        let ends = (self.instants.first()?, self.instants.last()?);
        if self.elapsed { None } else { Some((calendar(*ends.0)?, calendar(*ends.1)?)) }
    }
}

/// Seconds in one of a unit.
///
/// # Errors
/// What could have been written instead.
pub fn unit(text: &str) -> Result<f64, String> {
    let known = UNITS.iter().find(|(name, _)| *name == text.trim());
    known.map(|(_, seconds)| *seconds).ok_or_else(|| String::from("a unit of time: ms, s, min, h or days"))
}

/// Reads the file at `path`.
///
/// # Errors
/// The first thing in it that cannot be used: where it is, what was found, what was expected.
pub fn read(path: &Path, options: &CourseOptions) -> Result<Course, ImportError> {
    let text = source::read(path)?;
    parse(&text.bytes, &path.display().to_string(), options)
}

/// Reads the text of a file that is called `file` in messages.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8], file: &str, options: &CourseOptions) -> Result<Course, ImportError> {
    let text = source::without_mark(file, bytes)?;
    let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(text)).from_reader(text);
    let mut header = Header::without_unit(&mut csv, file, None, "observed times per VM, or of the fleet")?;
    let places = wanted(file, &mut header, options)?;
    let declared = options.unit.as_deref().map(|text| unit(text).map_err(|why| ImportError::new(file, format!("the declared unit `{text}`"), why)));
    let declared = declared.transpose()?;
    let units = places.iter().map(|(place, typed)| seconds(file, &header, *place, typed, declared)).collect::<Result<Vec<f64>, ImportError>>()?;
    check_names(file, &header.columns)?;
    let table = Table::read(&mut csv, file, &header, options.time)?;
    let mut order: Vec<usize> = (0..table.rows.stamps.len()).collect();
    order.sort_by_key(|row| table.rows.stamps[*row]);
    let unsorted = table.rows.stamps.windows(2).filter(|pair| pair[1] < pair[0]).count();
    let columns = header.columns.len();
    let cell = |row: usize, place: usize| f64::from(table.rows.values[row * columns + place]);
    let (mut instants, mut values, mut repeated) = (Vec::new(), vec![Vec::new(); places.len()], 0_usize);
    let mut last: Option<usize> = None;
    for row in order {
        if let Some(before) = last.filter(|before| table.rows.stamps[*before] == table.rows.stamps[row]) {
            let differs = |place: usize| cell(before, place).to_bits() != cell(row, place).to_bits();
            if let Some((place, _)) = places.iter().find(|(place, _)| differs(*place)) {
                let found = format!("another value than line {} has for the same time", table.rows.lines[before]);
                let column = &header.columns[*place];
                return Err(ImportError::new(file, found, "one value for each instant")
                    .at_line(table.rows.lines[row])
                    .at_column(column.index, &column.name));
            }
            repeated += 1;
            continue;
        }
        last = Some(row);
        instants.push(table.rows.stamps[row]);
        for ((values, (place, _)), unit) in values.iter_mut().zip(&places).zip(&units) {
            values.push(cell(row, *place) * unit);
        }
    }
    let elapsed = table.format == TimeFormat::ElapsedSeconds;
    let mut notes = Vec::new();
    let mut say = |number: usize, what: &str| {
        if number > 0 {
            notes.push(format!("{} {what}.", super::super::oddities::count(number, "row")));
        }
    };
    say(unsorted, "not in order of time: sorted");
    say(repeated, "repeating another: dropped");
    if table.zoneless > 0 {
        notes.push(String::from("Times name no zone: taken as UTC."));
    }
    let names = places.iter().map(|(place, _)| header.columns[*place].name.clone()).collect();
    let step_s = step(values.iter().flatten().copied());
    Ok(Course { columns: names, instants, elapsed, values, step_s, notes })
}

/// Places of the columns that count, each with the unit in its name; takes the units off the names.
fn wanted(file: &str, header: &mut Header, options: &CourseOptions) -> Result<Vec<(usize, Option<String>)>, ImportError> {
    let mut places = Vec::new();
    for (place, column) in header.columns.iter_mut().enumerate() {
        let whole = column.name.clone();
        let typed = bracketed(&whole).filter(|(_, text)| unit(text).is_ok()).map(|(bare, text)| (bare.to_owned(), text.to_owned()));
        if let Some((bare, _)) = &typed {
            column.name.clone_from(bare);
        }
        if options.columns.is_empty() || options.columns.iter().any(|wanted| *wanted == whole || *wanted == column.name) {
            places.push((place, typed.map(|(_, text)| text)));
        }
    }
    for wanted in &options.columns {
        if !header.columns.iter().any(|column| column.name == *wanted || column.name == bracketed(wanted).map_or(wanted.as_str(), |(bare, _)| bare)) {
            let names: Vec<String> = header.columns.iter().map(|column| format!("`{}`", column.name)).collect();
            return Err(ImportError::new(file, format!("no column {}", quoted(wanted.as_bytes())), format!("one of {}", names.join(", "))).at_line(1));
        }
    }
    Ok(places)
}

/// Seconds in one of a column's unit.
fn seconds(file: &str, header: &Header, place: usize, typed: &Option<String>, declared: Option<f64>) -> Result<f64, ImportError> {
    let column = &header.columns[place];
    let named = typed.as_deref().and_then(|text| unit(text).ok());
    match (named, declared) {
        (Some(named), Some(declared)) if named != declared => {
            let found = format!("the unit `{}`, which is not the declared one", typed.as_deref().unwrap_or_default());
            Err(ImportError::new(file, found, "the unit once, in the name or declared").at_line(1).at_column(column.index, &column.name))
        }
        (named, declared) => named.or(declared).ok_or_else(|| {
            let expected = "a declared unit (s, min, h), or a name that ends in it, like `erp-db [min]`";
            ImportError::new(file, "a column name without a unit", expected).at_line(1).at_column(column.index, &column.name)
        }),
    }
}

/// The coarsest of the usual steps that all values are multiples of \[s\].
fn step(values: impl Iterator<Item = f64> + Clone) -> f64 {
    // Values pass through 32 bits on their way.
    let is_multiple = |value: f64, step: f64| (value / step - (value / step).round()).abs() <= 1e-6 * (1.0 + value / step);
    let steps = [3600.0, 1800.0, 900.0, 600.0, 300.0, 60.0, 30.0, 15.0, 10.0, 5.0, 1.0, 0.1, 0.01];
    let known = values.filter(|value| !value.is_nan());
    if known.clone().all(|value| value == 0.0) {
        // Nothing but zeros may have been rounded to anything.
        return 0.0;
    }
    steps.into_iter().find(|step| known.clone().all(|value| is_multiple(value, *step))).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, options: &CourseOptions) -> Result<Course, String> {
        parse(text.as_bytes(), "rpo.csv", options).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_keep_their_instants_and_gaps_in_any_order() {
        let text = "time,erp [min],web [min]\n2026-01-05 00:07,3,\n2026-01-05 00:01,1,2\n2026-01-05 00:07,3,\n";
        let course = read(text, &CourseOptions::default()).unwrap();
        assert_eq!((course.columns, course.instants.len(), course.step_s), (vec!["erp".to_owned(), "web".to_owned()], 2, 60.0));
        assert_eq!(course.instants[1] - course.instants[0], 360 * 1_000_000_000);
        assert_eq!((&course.values[0], course.values[1][0]), (&vec![60.0, 180.0], 120.0));
        assert!(course.values[1][1].is_nan());
        assert_eq!(course.notes, ["1 row not in order of time: sorted.", "1 row repeating another: dropped.", "Times name no zone: taken as UTC."]);
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_line() {
        let plain = CourseOptions { unit: Some("s".into()), ..CourseOptions::default() };
        for (text, options, said) in [
            (
                "time,erp\n0,5\n60,x\n",
                &plain,
                "rpo.csv, line 3, column 2 (`erp`): found `x`; expected a number with a decimal point, or an empty cell",
            ),
            ("time,erp\n0,5\n60,-1\n", &plain, "line 3, column 2 (`erp`): found `-1`; expected a number of at least 0"),
            ("time,erp\n0,5\nnoon,1\n", &plain, "line 3, column 1 (`time`): found `noon`"),
            ("time,erp\n0,5\n0,6\n", &plain, "line 3, column 2 (`erp`): found another value than line 2 has for the same time"),
            ("time,erp\n0,5,6\n", &plain, "line 2: found a row of 3 fields; expected 2 fields"),
            ("time,erp\n0,5\n", &CourseOptions::default(), "line 1, column 2 (`erp`): found a column name without a unit"),
            ("time,erp [min]\n0,5\n", &plain, "line 1, column 2 (`erp`): found the unit `min`, which is not the declared one"),
            (
                "time,erp [min]\n0,5\n",
                &CourseOptions { columns: vec!["web".into()], ..CourseOptions::default() },
                "found no column `web`; expected one of `erp`",
            ),
            ("time\n0\n", &plain, "expected a time column and a column of observed times per VM, or of the fleet"),
            ("", &plain, "an empty file"),
        ] {
            let error = read(text, options).unwrap_err();
            assert!(error.contains(said), "{error}\n{said}");
        }
    }

    #[test]
    fn the_step_of_rounded_values_is_found() {
        assert_eq!(step([60.0, 120.0, 0.0].into_iter()), 60.0);
        assert_eq!(step([60.0, 123.0].into_iter()), 1.0);
        assert_eq!(step([61.234_567].into_iter()), 0.0);
        assert_eq!(step([0.0, f64::NAN].into_iter()), 0.0);
    }
}
