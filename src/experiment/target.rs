//! A target: a figure held against a limit, as people write it: `lag.fleet_worst.p99 <= 15 min`.

use std::fmt;

use serde_json::Value;

use crate::experiment::figure::{Figure, Kind, NoFigure};
use crate::units::{BitRate, ByteRate, CURRENCY, DataSize, Span};

/// One stated target.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    typed: String,
    figure: Figure,
    relation: Relation,
    kind: Kind,
    limit: f64,
}

/// What is wrong with a target, in a sentence that says how it should look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetError(pub String);

impl fmt::Display for TargetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
    /// [`TargetError`] if it is none.
    pub fn parse(typed: &str) -> Result<Self, TargetError> {
        // The two-character relations first, or `<` would swallow them.
        let relations = [("<=", Relation::AtMost), (">=", Relation::AtLeast), ("<", Relation::Below), (">", Relation::Above)];
        let found = relations.iter().find_map(|(sign, relation)| typed.split_once(sign).map(|(path, limit)| (path.trim(), *relation, limit.trim())));
        let (path, relation, limit) = found.ok_or_else(|| wrong(typed, "there is no `<=`, `<`, `>=` or `>` in it"))?;
        let (kind, value) = quantity(limit).ok_or_else(|| {
            wrong(
                typed,
                &format!(
                    "`{limit}` is neither a number, nor a time (`15 min`), share (`1 %`), amount (`20 GB`), rate (`200 Mbps`) or money (`2000 USD`)"
                ),
            )
        })?;
        let figure = Figure::at(path);
        // Whether a plain number is meant shows when the figure is looked up.
        if figure.kind() != Kind::Count && !figure.kind().takes(kind, value) {
            return Err(unfit(typed, &figure));
        }
        Ok(Target { typed: typed.to_owned(), figure, relation, kind, limit: value })
    }

    /// The figure it is about.
    pub fn figure(&self) -> &Figure {
        &self.figure
    }

    /// The limit, in the unit of the record.
    pub fn limit(&self) -> f64 {
        self.limit
    }

    /// What the limit was written as.
    pub fn limit_kind(&self) -> Kind {
        self.kind
    }

    /// Whether large values are good ("at least", "above").
    pub fn wants_more(&self) -> bool {
        matches!(self.relation, Relation::AtLeast | Relation::Above)
    }

    /// Whether a value of the figure meets it.
    pub fn is_met_by(&self, value: f64) -> bool {
        match self.relation {
            Relation::AtMost => value <= self.limit,
            Relation::Below => value < self.limit,
            Relation::AtLeast => value >= self.limit,
            Relation::Above => value > self.limit,
        }
    }

    /// Whether `summary` meets the target; if not, a sentence that says what was found.
    ///
    /// # Errors
    /// [`TargetError`] if the summary has no such figure, or it is null.
    pub fn judge(&self, summary: &Value) -> Result<Result<(), String>, TargetError> {
        let found = self.figure.of(summary).map_err(|NoFigure(why)| wrong(&self.typed, &why))?;
        let path = self.figure.path();
        let found = found.ok_or_else(|| wrong(&self.typed, &format!("`{path}` of summary.json is not a number in this run; it is null")))?;
        if !self.figure.kind().takes(self.kind, self.limit) {
            return Err(unfit(&self.typed, &self.figure));
        }
        Ok(if self.is_met_by(found) { Ok(()) } else { Err(format!("{self}; it is {}", self.figure.kind().words(found))) })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

fn wrong(typed: &str, why: &str) -> TargetError {
    TargetError(format!("\"{typed}\": {why} (write it like \"lag.fleet_worst.p99 <= 15 min\")"))
}

fn unfit(typed: &str, figure: &Figure) -> TargetError {
    wrong(typed, &format!("`{}` is held against {}", figure.path(), figure.kind().example()))
}

/// A number in the unit of the record, and what it is: a plain number, or a share, time, amount or rate as people write it.
pub fn quantity(text: &str) -> Option<(Kind, f64)> {
    if let Ok(number) = text.parse::<f64>() {
        return number.is_finite().then_some((Kind::Count, number));
    }
    if let Some(percent) = text.strip_suffix('%') {
        return percent.trim().parse::<f64>().ok().filter(|share| share.is_finite()).map(|share| (Kind::Share, share / 100.0));
    }
    if let Some(amount) = text.strip_suffix(CURRENCY) {
        return amount.trim().parse::<f64>().ok().filter(|amount| amount.is_finite()).map(|amount| (Kind::Money, amount));
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

    fn judge(target: &str) -> Result<Result<(), String>, TargetError> {
        let summary = json!({ "lag": { "fleet_worst": { "p99": 1200.0, "share_over": 0.013, "p50": null } }, "vms": [{ "resyncs": 2 }],
            "journey": { "failovers": [{ "rto_s": 6600.0, "loss_bytes": 2e9 }] }, "cost": { "per_month": 1348.5, "items": [{ "name": "licences", "amount": 436.0 }] } });
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
    fn money_is_held_against_money_or_a_number() {
        assert!(judge("cost.per_month <= 2000 USD").unwrap().is_ok());
        assert!(judge("cost.per_month <= 1348.5").unwrap().is_ok());
        assert_eq!(judge("cost.per_month <= 1000").unwrap().unwrap_err(), "cost.per_month <= 1000; it is 1,349 USD");
        assert!(judge("cost.items.licences.amount < 500 USD").unwrap().is_ok());
        assert!(judge("cost.per_month <= 2 TB").is_err() && judge("lag.fleet_worst.p99 <= 5 USD").is_err());
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
            let Err(TargetError(text)) = judge(target) else { panic!("{target} was accepted") };
            assert!(text.starts_with(&format!("\"{target}\"")), "{text}");
        }
        let Err(TargetError(text)) = judge("lag.worst <= 1 min") else { panic!() };
        assert!(text.contains("`fleet_worst`"), "{text}");
    }
}
