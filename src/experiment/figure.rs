//! A figure of `summary.json`, by its path: where it is, and what it is (a time, an amount, a rate, a share, money, a count).
//!
//! Two names are not the record's own. `rpo` is the age of the oldest write not yet safe, `lag` in the record; without a scope it is that of the worst VM at each
//! instant (`rpo.p99` is `lag.fleet_worst.p99`). `retention.window` is the shortest window that any retention drive held: all that was promised if it never had to drop a
//! point or to pause, though the oldest point is then younger by up to the distance of points; else what it really held at least.

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
        if path == RETENTION_WINDOW {
            return Kind::Time;
        }
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
    pub fn takes(self, limit: Kind, value: f64) -> bool {
        limit == self || (limit == Kind::Count && (matches!(self, Kind::Share | Kind::Money) || value == 0.0))
    }

    /// How a limit of this kind is written.
    pub fn example(self) -> &'static str {
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

/// Names of scopes and of the figures of a law.
const SCOPES: [&str; 2] = ["fleet_worst", "pooled"];

/// The shortest window held over all retention drives; null if none could say.
const RETENTION_WINDOW: &str = "retention.window";

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
        let path = in_the_record(path);
        Figure { kind: Kind::of(&path), path }
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
        if self.path == RETENTION_WINDOW {
            return Ok(shortest_window(summary));
        }
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

/// The path as the record has it.
fn in_the_record(path: &str) -> String {
    match path.strip_prefix("rpo") {
        Some("") => "lag.fleet_worst".to_owned(),
        Some(rest) => match rest.strip_prefix('.') {
            Some(rest) if SCOPES.contains(&rest.split('.').next().unwrap_or_default()) => format!("lag.{rest}"),
            Some(rest) => format!("lag.fleet_worst.{rest}"),
            None => path.to_owned(),
        },
        None => path.to_owned(),
    }
}

/// The least window over the retention drives of which the run was long enough to say.
fn shortest_window(summary: &Value) -> Option<f64> {
    let drives = summary.get("journey")?.get("retention_drives")?.as_array()?;
    let window = |drive: &Value| {
        let number = |key: &str| drive.get(key).and_then(Value::as_f64);
        let held = number("least_window_s")?;
        let whole = number("dropped_points") == Some(0.0) && number("paused_s") == Some(0.0);
        if whole { number("window_s") } else { Some(held) }
    };
    drives.iter().filter_map(window).reduce(f64::min)
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rpo_is_the_lag_and_unqualified_the_worst_vms() {
        for (typed, path) in [
            ("rpo.fleet_worst.p99", "lag.fleet_worst.p99"),
            ("rpo.pooled.mean", "lag.pooled.mean"),
            ("rpo.p99", "lag.fleet_worst.p99"),
            ("rpo", "lag.fleet_worst"),
            ("reported_rpo.pooled.max", "reported_rpo.pooled.max"),
            ("rpo_threshold_s", "rpo_threshold_s"),
        ] {
            assert_eq!(Figure::at(typed).path(), path, "{typed}");
        }
        assert_eq!(Figure::at("rpo.p99").kind(), Kind::Time);
    }

    #[test]
    fn the_retention_window_is_the_shortest_that_any_drive_held() {
        let drives = |windows: Value| json!({ "journey": { "retention_drives": windows } });
        let window = Figure::at("retention.window");
        assert_eq!(window.kind(), Kind::Time);
        let drive = |least: Value, dropped: u64| json!({ "window_s": 86_400.0, "least_window_s": least, "dropped_points": dropped, "paused_s": 0.0 });
        let least = |list: &[Value]| window.of(&drives(Value::from(list.to_vec())));
        assert_eq!(least(&[drive(7200.0.into(), 3), drive(Value::Null, 0), drive(3600.0.into(), 1)]), Ok(Some(3600.0)));
        // Nothing was dropped: the oldest point is younger than the window by the distance of points, and yet nothing is missing.
        assert_eq!(least(&[drive(82_800.0.into(), 0), drive(Value::Null, 0)]), Ok(Some(86_400.0)));
        assert_eq!(window.of(&drives(json!([]))), Ok(None));
        assert_eq!(window.of(&json!({ "journey": null })), Ok(None));
    }
}
