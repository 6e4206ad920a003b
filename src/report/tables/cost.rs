//! `cost.csv`: one row per item, priced or not.

use crate::report::ReportError;
use crate::report::tables::{Row, csv};
use crate::report::words::{paid_key, standing};
use crate::results::{CostResult, Results};

/// The table; what has no price has empty cells there, and the key to set.
pub fn cost(cost: &CostResult, results: &Results) -> Result<Vec<u8>, ReportError> {
    let currency = cost.currency.to_lowercase();
    let mut header: Vec<String> = ["item", "paid", "quantity", "unit"].map(str::to_owned).to_vec();
    header.extend([format!("price_{currency}_per_unit"), format!("amount_{currency}")]);
    header.extend(["key", "standing", "source", "date"].map(str::to_owned));
    let priced = cost.items.iter().map(|item| {
        let known = results.assumptions.iter().find(|value| value.key == item.key);
        let row = Row::default().text(&item.name).text(paid_key(item.paid)).number(item.quantity).text(&item.unit);
        let row = row.numbers(&[item.price, item.amount]).text(&item.key);
        let row = row.text(known.map_or("", |value| standing(value.standing)));
        row.text(known.map_or("", |value| &value.source)).text(known.map_or("", |value| &value.date))
    });
    let missing = cost.missing.iter().map(|missing| {
        let row = Row::default().text(&missing.name).text(paid_key(missing.paid)).maybe(missing.quantity).text(&missing.unit);
        row.numbers(&[f64::NAN; 2]).text(&missing.set).text("missing").text("").text("")
    });
    csv("cost.csv", &header, priced.chain(missing))
}
