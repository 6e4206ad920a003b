//! `--require "lag.fleet_worst.p99 <= 15 min"`: a figure of `summary.json`, by its path, against a target.

use std::fmt;

use serde_json::Value;

use crate::cli::Failure;
use crate::report::format::{bit_rate, byte_rate, bytes, duration, share};
use crate::units::{BitRate, ByteRate, DataSize, Span};

/// One stated target.
#[derive(Debug)]
pub struct Target {
    typed: String,
    path: String,
    relation: Relation,
    kind: Kind,
    limit: f64,
}

/// What a figure is, and what a limit was written as.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Time,
    Amount,
    BitRate,
    ByteRate,
    Share,
    Count,
}

impl Kind {
    /// What the figure at this path of `summary.json` is: its name says the unit, and laws are of time unless they are of bytes.
    fn of(path: &str) -> Kind {
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
        let of_a_law = ["mean", "p50", "p90", "p95", "p99", "max"].contains(&last);
        match of_a_law {
            true if keys.iter().any(|key| ["bytes", "loss_bytes", "fleet_bytes"].contains(key)) => Kind::Amount,
            true => Kind::Time,
            false => Kind::Count,
        }
    }

    /// Whether a figure of this kind may be held against a limit of that kind: a share may be written as a number, and nothing is nothing in any unit.
    fn takes(self, limit: Kind, value: f64) -> bool {
        limit == self || (limit == Kind::Count && (self == Kind::Share || value == 0.0))
    }

    /// How a limit of this kind is written.
    fn example(self) -> &'static str {
        match self {
            Kind::Time => "a time, such as `15 min`",
            Kind::Amount => "an amount, such as `20 GB`",
            Kind::BitRate => "a rate, such as `200 Mbps`",
            Kind::ByteRate => "a rate, such as `20 MB/s`",
            Kind::Share => "a share, such as `1 %`",
            Kind::Count => "a number",
        }
    }

    /// A value as people write it.
    fn words(self, value: f64) -> String {
        match self {
            Kind::Time => duration(value),
            Kind::Amount => bytes(value),
            Kind::BitRate => bit_rate(value),
            Kind::ByteRate => byte_rate(value),
            Kind::Share => share(value),
            Kind::Count => value.to_string(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Relation {
    AtMost,
    Below,
    AtLeast,
    Above,
}

impl Target {
    /// Reads a target as typed.
    ///
    /// # Errors
    /// [`Failure::Input`] saying what is wrong and how it should look.
    pub fn parse(typed: &str) -> Result<Self, Failure> {
        // The two-character relations first, or `<` would swallow them.
        let relations = [("<=", Relation::AtMost), (">=", Relation::AtLeast), ("<", Relation::Below), (">", Relation::Above)];
        let found = relations.iter().find_map(|(sign, relation)| typed.split_once(sign).map(|(path, limit)| (path.trim(), *relation, limit.trim())));
        let (path, relation, limit) = found.ok_or_else(|| wrong(typed, "there is no `<=`, `<`, `>=` or `>` in it"))?;
        let (kind, value) = quantity(limit).ok_or_else(|| {
            wrong(typed, &format!("`{limit}` is neither a number, nor a time (`15 min`), share (`1 %`), amount (`20 GB`) or rate (`200 Mbps`)"))
        })?;
        let figure = Kind::of(path);
        // Whether a plain number is meant shows when the figure is looked up.
        if figure != Kind::Count && !figure.takes(kind, value) {
            return Err(unfit(typed, path, figure));
        }
        Ok(Target { typed: typed.to_owned(), path: path.to_owned(), relation, kind, limit: value })
    }

    /// Whether `summary` meets the target; if not, a sentence that says what was found.
    ///
    /// # Errors
    /// [`Failure::Input`] if the summary has no such figure.
    pub fn judge(&self, summary: &Value) -> Result<Result<(), String>, Failure> {
        let mut place = summary;
        for step in self.path.split('.') {
            let next = step.parse::<usize>().ok().and_then(|index| place.get(index)).or_else(|| place.get(step));
            place = next.ok_or_else(|| wrong(&self.typed, &format!("summary.json has no `{}`; {}", self.path, choices(place))))?;
        }
        let Some(found) = place.as_f64() else {
            return Err(wrong(&self.typed, &format!("`{}` of summary.json is not a number in this run; {}", self.path, choices(place))));
        };
        let figure = Kind::of(&self.path);
        if !figure.takes(self.kind, self.limit) {
            return Err(unfit(&self.typed, &self.path, figure));
        }
        let met = match self.relation {
            Relation::AtMost => found <= self.limit,
            Relation::Below => found < self.limit,
            Relation::AtLeast => found >= self.limit,
            Relation::Above => found > self.limit,
        };
        Ok(if met { Ok(()) } else { Err(format!("{self}; it is {}", figure.words(found))) })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

fn wrong(typed: &str, why: &str) -> Failure {
    Failure::typed(format!("--require \"{typed}\": {why} (write it like \"lag.fleet_worst.p99 <= 15 min\")"))
}

fn unfit(typed: &str, path: &str, figure: Kind) -> Failure {
    wrong(typed, &format!("`{path}` is held against {}", figure.example()))
}

/// The keys that could have been meant at this place.
fn choices(place: &Value) -> String {
    match place {
        Value::Object(map) => format!("there is {}", map.keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")),
        Value::Array(list) => format!("it is a list: say which, 0 to {}", list.len().saturating_sub(1)),
        other => format!("it is {other}"),
    }
}

/// A number in the unit of the record, and what it is: a plain number, or a share, time, amount or rate as people write it.
fn quantity(text: &str) -> Option<(Kind, f64)> {
    if let Ok(number) = text.parse::<f64>() {
        return number.is_finite().then_some((Kind::Count, number));
    }
    if let Some(percent) = text.strip_suffix('%') {
        return percent.trim().parse::<f64>().ok().filter(|share| share.is_finite()).map(|share| (Kind::Share, share / 100.0));
    }
    // The units differ in their names, so at most one of these reads it.
    let span = text.parse::<Span>().map(|span| (Kind::Time, span.as_secs_f64()));
    let size = || text.parse::<DataSize>().map(|size| (Kind::Amount, size.as_f64()));
    let bit_rate = || text.parse::<BitRate>().map(|rate| (Kind::BitRate, rate.as_bits_per_s()));
    let byte_rate = || text.parse::<ByteRate>().map(|rate| (Kind::ByteRate, rate.as_bytes_per_s()));
    span.ok().or_else(|| byte_rate().ok()).or_else(|| bit_rate().ok()).or_else(|| size().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judge(target: &str) -> Result<Result<(), String>, Failure> {
        let summary = json!({ "lag": { "fleet_worst": { "p99": 1200.0, "share_over": 0.013, "p50": null } }, "vms": [{ "resyncs": 2 }],
            "journey": { "failovers": [{ "rto_s": 6600.0, "loss_bytes": 2e9 }] } });
        Target::parse(target)?.judge(&summary)
    }

    #[test]
    fn a_target_is_met_or_missed_in_the_unit_it_is_written_in() {
        assert!(judge("lag.fleet_worst.p99 <= 20 min").unwrap().is_ok());
        assert!(judge("lag.fleet_worst.p99 < 20 min").unwrap().is_err());
        assert!(judge("lag.fleet_worst.share_over <= 1.3 %").unwrap().is_ok());
        assert!(judge("vms.0.resyncs >= 3").unwrap().is_err());
        assert!(judge("journey.failovers.0.rto_s <= 2 h").unwrap().is_ok());
        assert_eq!(judge("journey.failovers.0.loss_bytes <= 1 GB").unwrap().unwrap_err(), "journey.failovers.0.loss_bytes <= 1 GB; it is 2 GB");
    }

    #[test]
    fn a_missed_target_says_what_was_found() {
        assert_eq!(judge("lag.fleet_worst.p99 <= 15 min").unwrap().unwrap_err(), "lag.fleet_worst.p99 <= 15 min; it is 20 min");
    }

    #[test]
    fn a_target_that_names_nothing_is_bad_input_and_offers_the_keys() {
        for target in [
            "lag.worst <= 1 min",
            "lag <= 1 min",
            "lag.fleet_worst.p50 < 1 s",
            "vms.7.resyncs < 1",
            "lag.fleet_worst.p99",
            "lag.fleet_worst.p99 <= soon",
            "lag.fleet_worst.p99 <= 15",
            "lag.fleet_worst.p99 <= 200 Mbps",
            "lag.fleet_worst.p99 <= 15 MB",
            "lag.fleet_worst.share_over <= 1 min",
            "vms.0.resyncs < 1 s",
            "journey.failovers.1.rto_s <= 2 h",
        ] {
            let Err(Failure::Input(text)) = judge(target) else { panic!("{target} was accepted") };
            assert!(text.starts_with(&format!("error: --require \"{target}\"")), "{text}");
        }
        let Err(Failure::Input(text)) = judge("lag.worst <= 1 min") else { panic!() };
        assert!(text.contains("`fleet_worst`"), "{text}");
    }
}
