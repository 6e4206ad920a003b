//! A figure of `summary.json`, by its path: where it is, and what it is (a time, an amount, a rate, a share, money, a count).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::format::{bit_rate, byte_rate, bytes, duration, money, number, share};
use crate::units::CURRENCY;

/// What a figure is, and what a limit was written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A time \[s\].
    Time,
    /// An amount of data \[bytes\].
    Amount,
    /// A rate in bits \[bit/s\].
    BitRate,
    /// A rate in bytes \[bytes/s\].
    ByteRate,
    /// A share \[1\].
    Share,
    /// An amount of money, in the currency of the price list.
    Money,
    /// Anything else that is a number.
    Count,
}

impl Kind {
    /// What the figure at this path of `summary.json` is: its name says the unit, and laws are of time unless they are of bytes.
    pub fn of(path: &str) -> Kind {
        let keys: Vec<&str> = path.split('.').collect();
        let last = keys.last().copied().unwrap_or_default();
        let units = [
            ("_bit_per_s", Kind::BitRate),
            ("bytes_per_s", Kind::ByteRate),
            ("_bytes", Kind::Amount),
            ("_s", Kind::Time),
            ("_share", Kind::Share),
            ("_use", Kind::Share),
        ];
        if let Some((_, kind)) = units.iter().find(|(end, _)| last.ends_with(end)) {
            return *kind;
        }
        if last.starts_with("share") || last == "least_free" || last.ends_with("_free") {
            return Kind::Share;
        }
        if keys.first() == Some(&"cost") && ["per_month", "once", "amount", "price"].contains(&last) {
            return Kind::Money;
        }
        let of_a_law = ["mean", "p50", "p90", "p95", "p99", "max"].contains(&last);
        match of_a_law {
            true if keys.iter().any(|key| ["bytes", "loss_bytes", "fleet_bytes"].contains(key)) => Kind::Amount,
            true => Kind::Time,
            false => Kind::Count,
        }
    }

    /// The unit that the record has it in; `count` for plain numbers.
    pub fn unit(self) -> &'static str {
        match self {
            Kind::Time => "s",
            Kind::Amount => "bytes",
            Kind::BitRate => "bit/s",
            Kind::ByteRate => "bytes/s",
            Kind::Share => "1",
            Kind::Money => CURRENCY,
            Kind::Count => "count",
        }
    }

    /// Whether a figure of this kind may be held against a limit of that kind: a share and money may be written as a number, and nothing is nothing in
    /// any unit.
    pub(super) fn takes(self, limit: Kind, value: f64) -> bool {
        limit == self || (limit == Kind::Count && (matches!(self, Kind::Share | Kind::Money) || value == 0.0))
    }

    /// How a limit of this kind is written.
    pub(super) fn example(self) -> &'static str {
        match self {
            Kind::Time => "a time, such as `15 min`",
            Kind::Amount => "an amount, such as `20 GB`",
            Kind::BitRate => "a rate, such as `200 Mbps`",
            Kind::ByteRate => "a rate, such as `20 MB/s`",
            Kind::Share => "a share, such as `1 %`",
            Kind::Money => "an amount of money, such as `2000 USD`",
            Kind::Count => "a number",
        }
    }

    /// A value as people write it.
    pub fn words(self, value: f64) -> String {
        match self {
            Kind::Time => duration(value),
            Kind::Amount => bytes(value),
            Kind::BitRate => bit_rate(value),
            Kind::ByteRate => byte_rate(value),
            Kind::Share => share(value),
            Kind::Money => money(value),
            Kind::Count if value.fract() == 0.0 => value.to_string(),
            Kind::Count => number(value),
        }
    }
}

/// A figure by its path, such as `lag.fleet_worst.p99` or `vms.0.resyncs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    path: String,
    kind: Kind,
}

/// Why a record has no such figure: a clause that offers what there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoFigure(pub String);

impl Figure {
    /// The figure at this path. Whether a record has one shows when it is looked up.
    pub fn at(path: &str) -> Self {
        Figure { path: path.to_owned(), kind: Kind::of(path) }
    }

    /// Its path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its value in a record, in the record's unit; `None` where the record says null: there was nothing to measure.
    ///
    /// # Errors
    /// [`NoFigure`] if there is nothing at this path, or something that is not a number.
    pub fn of(&self, summary: &Value) -> Result<Option<f64>, NoFigure> {
        let mut place = summary;
        for step in self.path.split('.') {
            // Where a whole part of the record is null, as of a round trip that was not made, there is nothing to measure.
            if place.is_null() {
                return Ok(None);
            }
            let next = step.parse::<usize>().ok().and_then(|index| place.get(index)).or_else(|| named(place, step)).or_else(|| place.get(step));
            place = next.ok_or_else(|| NoFigure(format!("summary.json has no `{}`; {}", self.path, choices(place))))?;
        }
        match place.as_f64() {
            Some(value) => Ok(Some(value)),
            None if place.is_null() => Ok(None),
            None => Err(NoFigure(format!("`{}` of summary.json is not a number in this run; {}", self.path, choices(place)))),
        }
    }
}

/// An element of a list by what it is called: `vms.erp-db.resyncs`, `loss.latest_app.time.fleet_worst.p95`.
fn named<'v>(list: &'v Value, name: &str) -> Option<&'v Value> {
    let is_called = |element: &&Value| ["name", "choice", "vm"].iter().any(|key| element.get(key).and_then(Value::as_str) == Some(name));
    list.as_array()?.iter().find(is_called)
}

/// The keys that could have been meant at this place.
fn choices(place: &Value) -> String {
    match place {
        Value::Object(map) => format!("there is {}", map.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
        Value::Array(list) => format!("it is a list: say which, 0 to {}", list.len().saturating_sub(1)),
        other => format!("it is {other}"),
    }
}
