//! The first line of a wide CSV: which column is the time, what the others are called, what they count.

use std::collections::BTreeMap;

use csv::ByteRecord;

use super::super::error::quoted;
use super::super::grid::Column;
use super::super::{ImportError, Unit, number, source};
use super::WideOptions;

/// Names by which a time column is known, in lower case; without any of them the first column is it.
const TIME_NAMES: [&str; 8] = ["ts", "time", "timestamp", "datetime", "date", "epoch", "unixtime", "seconds"];

/// What the header says.
pub(super) struct Header {
    /// Index of the time column, and its name.
    pub(super) time: Column,
    /// The columns of writes, in file order.
    pub(super) columns: Vec<Column>,
    /// What their numbers count, and whether their names say so.
    pub(super) unit: Unit,
    pub(super) unit_from_names: bool,
    /// How many fields every row must have.
    pub(super) fields: usize,
}

impl Header {
    pub(super) fn read(csv: &mut csv::Reader<&[u8]>, file: &str, options: &WideOptions) -> Result<Header, ImportError> {
        let mut header = Header::without_unit(csv, file, options.time_column.as_deref(), "writes per VM or disk")?;
        (header.unit, header.unit_from_names) = match options.unit {
            Some(unit) => (unit, false),
            None => (unit_in_names(file, &mut header.columns)?, true),
        };
        check_names(file, &header.columns)?;
        Ok(header)
    }

    /// The columns with their names as they stand; each is one of `what`. The unit is not looked for.
    pub(super) fn without_unit(csv: &mut csv::Reader<&[u8]>, file: &str, time_column_name: Option<&str>, what: &str) -> Result<Header, ImportError> {
        let mut record = ByteRecord::new();
        if !csv.read_byte_record(&mut record).map_err(|error| source::csv_failed(file, &error))? {
            return Err(ImportError::new(file, "an empty file", "a header line and rows"));
        }
        let names: Vec<String> = record.iter().map(|name| String::from_utf8_lossy(name.trim_ascii()).into_owned()).collect();
        let time = time_column(file, &names, time_column_name)?;
        if number::non_negative(names[time].as_bytes()).is_ok() {
            let found = format!("{} where the name of the time column should be", quoted(names[time].as_bytes()));
            return Err(ImportError::new(file, found, "a header line: the name of the time column, then a name per VM or disk").at_line(1));
        }
        let columns: Vec<Column> = (0..).zip(&names).filter(|(i, _)| *i != time).map(|(index, name)| Column { name: name.clone(), index }).collect();
        if columns.is_empty() {
            let found = format!("only one column, {}", quoted(names[time].as_bytes()));
            return Err(ImportError::new(file, found, format!("a time column and a column of {what}")).at_line(1));
        }
        let time = Column { name: names[time].clone(), index: time };
        Ok(Header { time, columns, unit: Unit::Rate(1.0), unit_from_names: false, fields: names.len() })
    }
}

fn time_column(file: &str, names: &[String], declared: Option<&str>) -> Result<usize, ImportError> {
    match declared {
        Some(wanted) => names.iter().position(|name| name == wanted).ok_or_else(|| {
            let found = format!("no column {}", quoted(wanted.as_bytes()));
            ImportError::new(file, found, "a header line that names the declared time column").at_line(1)
        }),
        None => Ok(names.iter().position(|name| TIME_NAMES.contains(&name.to_lowercase().as_str())).unwrap_or(0)),
    }
}

/// Takes `[kB/s]` or `(kB)` off the ends of the column names, if all agree.
fn unit_in_names(file: &str, columns: &mut [Column]) -> Result<Unit, ImportError> {
    let mut agreed: Option<Unit> = None;
    for column in columns.iter_mut() {
        let expected = "a declared unit (kB, MiB ... per bucket, or kB/s, MB/s ...), or names that end in it, like `web-1 [kB/s]`";
        let missing = || ImportError::new(file, "a column name without a unit", expected).at_line(1).at_column(column.index, &column.name);
        let (name, unit) = bracketed(&column.name).ok_or_else(missing)?;
        let unit = Unit::parse(unit).map_err(|why| {
            ImportError::new(file, format!("the unit {}", quoted(unit.as_bytes())), why).at_line(1).at_column(column.index, &column.name)
        })?;
        if *agreed.get_or_insert(unit) != unit {
            return Err(ImportError::new(file, "another unit than in the columns before", "one unit for all columns")
                .at_line(1)
                .at_column(column.index, &column.name));
        }
        column.name = name.to_owned();
    }
    agreed.ok_or_else(|| ImportError::new(file, "no column of writes", "a column per VM or disk"))
}

/// `web-1 [kB/s]` -> (`web-1`, `kB/s`).
pub(super) fn bracketed(name: &str) -> Option<(&str, &str)> {
    [('[', ']'), ('(', ')')].into_iter().find_map(|(open, close)| {
        let (name, unit) = name.strip_suffix(close)?.rsplit_once(open)?;
        Some((name.trim_end(), unit))
    })
}

pub(super) fn check_names(file: &str, columns: &[Column]) -> Result<(), ImportError> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for column in columns {
        if column.name.is_empty() {
            return Err(ImportError::new(file, "a column without a name", "a name for every column").at_line(1).at_column(column.index, ""));
        }
        if let Some(first) = seen.insert(&column.name, column.index) {
            let found = format!("a name that column {} already has", first + 1);
            return Err(ImportError::new(file, found, "different names for different columns").at_line(1).at_column(column.index, &column.name));
        }
    }
    Ok(())
}
