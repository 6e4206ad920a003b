//! What the designs cost, and what a lost minute less costs. Costs are read from the record by their place, for a record without any says so by not having it.

use serde_json::Value;

use crate::experiment::compare::LOSS;
use crate::experiment::compare::record::{Compared, CostAgainst, Costs, DesignCost, Verdict};
use crate::experiment::compare::rounds::Lane;
use crate::format::{duration, list, number};
use crate::results::Standing;
use crate::stats::Interval;

const MONTHS: f64 = 12.0;

/// The costs in one record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Priced {
    per_month: Option<f64>,
    currency: String,
    complete: bool,
    missing: Vec<Unpriced>,
    there: bool,
}

/// Something without a price.
#[derive(Clone, Debug, PartialEq)]
struct Unpriced {
    /// What it is, and the key to set.
    label: String,
    /// Whether it is paid every month, not once.
    monthly: bool,
    /// All that the record says of it, how much of it included: what is the same in two designs costs the same in both.
    whole: String,
}

impl Priced {
    /// As the record has them at `cost`.
    pub fn of(summary: &Value) -> Self {
        let Some(cost) = summary.get("cost").filter(|cost| !cost.is_null()) else { return Priced::default() };
        let missing: Vec<Unpriced> = cost.get("missing").and_then(Value::as_array).into_iter().flatten().map(item).collect();
        Priced {
            per_month: cost.get("per_month").and_then(Value::as_f64),
            currency: cost.get("currency").and_then(Value::as_str).unwrap_or_default().to_owned(),
            complete: cost.get("complete").and_then(Value::as_bool).unwrap_or(missing.is_empty()),
            missing,
            there: true,
        }
    }
}

/// What a missing price is of, and the key to set, where the record says so.
fn item(value: &Value) -> Unpriced {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let name = text("name").or_else(|| value.as_str()).map_or_else(|| value.to_string(), str::to_owned);
    let label = text("set").map_or_else(|| name.clone(), |key| format!("{name} (`{key}`)"));
    Unpriced { label, monthly: text("paid") != Some("once"), whole: value.to_string() }
}

/// What a design has to pay every month without a price, and another does not pay alike.
fn apart(lane: &Lane, other: &Lane) -> Vec<String> {
    let theirs: Vec<&Unpriced> = other.costs.iter().flat_map(|cost| &cost.missing).collect();
    let mut found: Vec<String> = Vec::new();
    for item in lane.costs.iter().flat_map(|cost| &cost.missing).filter(|item| item.monthly) {
        if !theirs.iter().any(|known| known.whole == item.whole) && !found.contains(&item.label) {
            found.push(item.label.clone());
        }
    }
    found
}

/// The mean over a design's runs.
fn of_design(lane: &Lane) -> Option<DesignCost> {
    let first = lane.costs.first().filter(|cost| cost.there)?;
    let values: Vec<f64> = lane.costs.iter().filter_map(|cost| cost.per_month).collect();
    let mut missing: Vec<String> = Vec::new();
    for item in lane.costs.iter().flat_map(|cost| &cost.missing) {
        if !missing.contains(&item.label) {
            missing.push(item.label.clone());
        }
    }
    Some(DesignCost {
        per_month: (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64),
        currency: first.currency.clone(),
        complete: lane.costs.iter().all(|cost| cost.complete),
        missing,
    })
}

/// Costs of all designs, and of each other against A.
pub fn costs(lanes: &[Lane], labels: &[String], figures: &[Compared], (disasters_per_year, standing): (f64, Standing)) -> Costs {
    let designs: Vec<Option<DesignCost>> = lanes.iter().map(of_design).collect();
    let loss = figures.iter().find(|figure| figure.figure == LOSS);
    let against = labels.iter().enumerate().skip(1).filter_map(|(place, label)| {
        let (a, other) = (designs.first()?.as_ref()?, designs.get(place)?.as_ref()?);
        let loss = loss.and_then(|figure| figure.against.get(place - 1));
        let shown = loss.is_some_and(|loss| matches!(loss.verdict, Verdict::Shown | Verdict::Exact));
        let (ours, theirs) = (lanes.first()?, lanes.get(place)?);
        let apart = [apart(ours, theirs), apart(theirs, ours)];
        Some(hold_against(label, (a, other), apart, loss.and_then(|loss| loss.difference), shown, disasters_per_year))
    });
    let against = against.collect();
    Costs { disasters_per_year, standing, designs, against }
}

/// `unpriced` is what only A, and what only the other pays every month, and has no price. What neither has a price for and both pay alike is left out of the difference.
fn hold_against(
    label: &str,
    (a, other): (&DesignCost, &DesignCost),
    unpriced: [Vec<String>; 2],
    loss: Option<Interval>,
    shown: bool,
    disasters: f64,
) -> CostAgainst {
    let mut found = CostAgainst {
        design: label.to_owned(),
        extra_per_year: None,
        // Less lost is minutes avoided: the ends change places.
        avoided_minutes_per_year: loss.map(|loss| {
            let minutes = |seconds: f64| 0.0 - seconds * disasters / 60.0;
            Interval { estimate: minutes(loss.estimate), low: loss.high.map(minutes), high: loss.low.map(minutes), ..loss }
        }),
        per_avoided_minute: None,
        per_avoided_minute_low: None,
        per_avoided_minute_high: None,
        words: String::new(),
    };
    let comparable = unpriced.iter().all(Vec::is_empty) && a.currency == other.currency;
    let priced = a.per_month.zip(other.per_month).filter(|_| comparable);
    let Some((ours, theirs)) = priced else {
        found.words = format!("what a lost minute less costs is not known: {}", why_not(label, (a, other), &unpriced));
        if let Some((ours, theirs)) = a.per_month.zip(other.per_month).filter(|_| a.currency == other.currency) {
            found.words.push_str(&format!("; as far as there are prices, {label} {}", dearer((theirs - ours) * MONTHS, &a.currency)));
        }
        return found;
    };
    let extra = (theirs - ours) * MONTHS;
    found.extra_per_year = Some(extra);
    let money = |amount: f64| money(amount, &a.currency);
    let alike = if a.complete && other.complete { "" } else { " (what neither has a price for is the same in both)" };
    let dearer = format!("{}{alike}", dearer(extra, &a.currency));
    if disasters <= 0.0 {
        found.words = format!("{label} {dearer}; without disasters no minute is ever lost");
        return found;
    }
    let Some(avoided) = found.avoided_minutes_per_year.filter(|_| shown) else {
        found.words = format!("{label} {dearer}; no difference in the mean loss is shown, so there is no price of a minute");
        return found;
    };
    let better = avoided.estimate > 0.0;
    found.words = match (extra > 0.0, extra < 0.0, better) {
        (true, _, true) | (_, true, false) => {
            let ratio = |minutes: f64| extra.abs() / minutes.abs();
            let per = ratio(avoided.estimate);
            let mut ends: Vec<f64> = [avoided.low, avoided.high].into_iter().flatten().map(ratio).collect();
            ends.sort_by(f64::total_cmp);
            let said = match ends.as_slice() {
                [low, high] if low != high => format!(" ({} to {})", number(*low), money(*high)),
                _ => String::new(),
            };
            if better {
                found.per_avoided_minute = Some(per);
                (found.per_avoided_minute_low, found.per_avoided_minute_high) = (ends.first().copied(), ends.last().copied());
            }
            let what = if better { "for each lost minute less" } else { "saved for each lost minute more" };
            format!("{label} {dearer}: {} {what}{said}", money(per))
        }
        (true, _, false) => format!("{label} is dearer and worse: it {dearer} and loses more"),
        (_, true, true) => format!("{label} is cheaper and better: it {dearer} and loses less"),
        _ => format!("{label} {dearer} and loses {}", if better { "less" } else { "more" }),
    };
    let minutes = duration(avoided.estimate.abs() * 60.0);
    found.words.push_str(&format!(
        "; with {} disasters a year that is {minutes} of loss {} a year",
        number(disasters),
        if better { "avoided" } else { "more" }
    ));
    found
}

fn money(amount: f64, currency: &str) -> String {
    format!("{} {currency}", number(amount.abs()))
}

fn dearer(extra: f64, currency: &str) -> String {
    if extra == 0.0 {
        "costs the same".to_owned()
    } else {
        format!("costs {} {} a year", money(extra, currency), if extra > 0.0 { "more" } else { "less" })
    }
}

fn why_not(label: &str, (a, other): (&DesignCost, &DesignCost), unpriced: &[Vec<String>; 2]) -> String {
    if unpriced.iter().all(Vec::is_empty) && a.currency != other.currency {
        return format!("A is priced in {}, {label} in {}", a.currency, other.currency);
    }
    let of = |label: &str, missing: &Vec<String>, cost: &DesignCost| {
        let items = || if missing.is_empty() { "some items".to_owned() } else { list(missing) };
        (!missing.is_empty() || cost.per_month.is_none()).then(|| format!("only {label} pays for {}", items()))
    };
    let parts: Vec<String> = [of("A", &unpriced[0], a), of(label, &unpriced[1], other)].into_iter().flatten().collect();
    format!("{}, at no price that is stated", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Fraction, mean};
    use serde_json::json;

    fn design(per_month: f64) -> DesignCost {
        DesignCost { per_month: Some(per_month), currency: "USD".to_owned(), complete: true, missing: Vec::new() }
    }

    /// B loses 40 to 80 s less.
    fn less() -> Option<Interval> {
        let mut loss = mean(&[-60.0, -60.0], Fraction::P95)?;
        (loss.low, loss.high) = (Some(-80.0), Some(-40.0));
        Some(loss)
    }

    /// By hand: 100 a month more is 1200 a year; 0.1 disasters a year, each a minute less, are 0.1 minutes a year: 12,000 for each.
    #[test]
    fn the_price_of_a_minute_by_hand() {
        let found = hold_against("B", (&design(200.0), &design(300.0)), [Vec::new(), Vec::new()], less(), true, 0.1);
        assert!((found.per_avoided_minute.unwrap_or(0.0) - 12_000.0).abs() < 1e-6, "{found:?}");
        let ends = [found.per_avoided_minute_low, found.per_avoided_minute_high].map(Option::unwrap_or_default);
        assert!((ends[0] - 9_000.0).abs() < 1e-6 && (ends[1] - 18_000.0).abs() < 1e-6, "{found:?}");
        assert_eq!(
            found.words,
            "B costs 1,200 USD more a year: 12,000 USD for each lost minute less (9,000 to 18,000 USD); with 0.1 disasters a year that is 6 s of loss avoided a year"
        );
    }

    #[test]
    fn a_ratio_that_means_nothing_is_not_given() {
        let cheaper = hold_against("B", (&design(300.0), &design(200.0)), [Vec::new(), Vec::new()], less(), true, 0.1);
        assert!(cheaper.per_avoided_minute.is_none() && cheaper.words.starts_with("B is cheaper and better"), "{cheaper:?}");
        let never = hold_against("B", (&design(200.0), &design(300.0)), [Vec::new(), Vec::new()], less(), true, 0.0);
        assert!(never.per_avoided_minute.is_none() && never.words.contains("without disasters"), "{never:?}");
        let not_shown = hold_against("B", (&design(200.0), &design(300.0)), [Vec::new(), Vec::new()], less(), false, 0.1);
        assert!(not_shown.per_avoided_minute.is_none() && not_shown.words.contains("no difference in the mean loss"), "{not_shown:?}");
        let unpriced = DesignCost { complete: false, missing: vec!["the circuit".to_owned()], ..design(300.0) };
        let unknown = hold_against("B", (&design(200.0), &unpriced), [Vec::new(), unpriced.missing.clone()], less(), true, 0.1);
        assert!(unknown.extra_per_year.is_none() && unknown.words.contains("only B pays for the circuit, at no price that is stated"), "{unknown:?}");
        assert!(unknown.words.ends_with("as far as there are prices, B costs 1,200 USD more a year"), "{unknown:?}");
    }

    /// What neither has a price for and both pay alike leaves the difference what it is: 12,000 for each minute, as with all prices known.
    #[test]
    fn what_is_missing_alike_is_left_out_of_the_difference() {
        let unpriced = |per_month| DesignCost { complete: false, missing: vec!["licences".to_owned()], ..design(per_month) };
        let found = hold_against("B", (&unpriced(200.0), &unpriced(300.0)), [Vec::new(), Vec::new()], less(), true, 0.1);
        assert!((found.per_avoided_minute.unwrap_or(0.0) - 12_000.0).abs() < 1e-6, "{found:?}");
        assert!(found.words.starts_with("B costs 1,200 USD more a year (what neither has a price for is the same in both): 12,000 USD"), "{found:?}");
    }

    #[test]
    fn a_record_without_costs_has_none() {
        assert_eq!(Priced::of(&json!({ "cost": null })), Priced::default());
        let priced = Priced::of(
            &json!({ "cost": { "per_month": 12.5, "currency": "EUR", "complete": false, "missing": ["circuit", { "name": "carrier", "set": "c.d" }] } }),
        );
        let labels: Vec<&str> = priced.missing.iter().map(|item| item.label.as_str()).collect();
        assert_eq!((priced.per_month, labels), (Some(12.5), vec!["circuit", "carrier (`c.d`)"]));
    }
}
