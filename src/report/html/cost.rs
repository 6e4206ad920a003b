//! The costs on the page: every item with its quantity, its price and where that comes from; and what has no price.

use maud::{Markup, html};

use crate::format::{money, unbroken};
use crate::report::html::table::Column::{Figures, Key, Words};
use crate::report::html::table::table;
use crate::report::words::{paid, quantity, standing};
use crate::results::{CostItem, CostResult, MissingPrice, Paid, Results};

/// The section; nothing where the record has no costs.
pub fn section(results: &Results) -> Markup {
    let Some(cost) = &results.cost else { return html! {} };
    html! {
        h2 #cost { "Costs" }
        p { (unbroken(&total(cost))) }
        (items(cost, results))
        (missing(cost))
        p.remark {
            "A month has 730 h; 1 GB is 10" sup { "9" } " bytes, 1 GiB 2" sup { "30" } ". What comes back every month and what this run's own events cost once are kept apart. "
            "Prices are list prices of the date given: regions, contracts and days differ. Not counted: process servers and appliances, cache accounts and their operations, work, taxes, discounts. "
            "Every item: " a href="cost.csv" { "cost.csv" } "."
        }
    }
}

fn total(cost: &CostResult) -> String {
    let bound = if cost.complete { "Everything that was counted has a price." } else { "Both are lower bounds, since not everything has a price." };
    format!("{} a month; {} once, for what happens in this run. {bound}", money(cost.per_month), money(cost.once))
}

fn items(cost: &CostResult, results: &Results) -> Markup {
    let row = |item: &CostItem| {
        // The price stands among the values in force, with its source.
        let known = results.assumptions.iter().find(|value| value.key == item.key);
        let date = known.map(|value| value.date.clone()).filter(|date| !date.is_empty()).unwrap_or_else(|| "-".to_owned());
        vec![
            item.name.clone(),
            paid(item.paid).to_owned(),
            quantity(item.quantity, &item.unit),
            format!("{} {}/{}", item.price, cost.currency, item.unit),
            money(item.amount),
            known.map_or("-", |value| standing(value.standing)).to_owned(),
            known.map_or_else(|| "-".to_owned(), |value| value.source.clone()),
            date,
        ]
    };
    let mut rows: Vec<Vec<String>> = cost.items.iter().map(row).collect();
    for (when, sum) in [(Paid::PerMonth, cost.per_month), (Paid::Once, cost.once)] {
        if cost.items.iter().filter(|item| item.paid == when).count() > 1 {
            let words = ["sum", paid(when), "", "", &money(sum), "", "", ""].map(str::to_owned);
            rows.push(words.to_vec());
        }
    }
    let mut columns = vec![Words("Item"), Words("Paid"), Figures("quantity"), Figures("price"), Figures("amount"), Words("Standing of the price")];
    columns.extend([Words("Its source"), Words("Date")]);
    table("", &columns, &rows)
}

fn missing(cost: &CostResult) -> Markup {
    let row = |missing: &MissingPrice| {
        let amount = missing.quantity.map_or_else(|| "not recorded".to_owned(), |amount| quantity(amount, &missing.unit));
        vec![missing.name.clone(), paid(missing.paid).to_owned(), amount, missing.set.clone(), missing.form.clone()]
    };
    let rows: Vec<Vec<String>> = cost.missing.iter().map(row).collect();
    html! {
        @if !rows.is_empty() {
            h3 { "Not priced (" (rows.len()) ")" }
            p { "No source at hand states these prices, and none is guessed: state your own in the scenario, or with --set." }
            (table("", &[Words("Item"), Words("Paid"), Figures("quantity"), Key("Key"), Words("Its value")], &rows))
        }
    }
}
