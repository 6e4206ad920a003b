//! What it costs, by item, as far as prices are known.

use crate::format::{list, money, plural};
use crate::report::answers::{Answer, Line};
use crate::results::{CostItem, CostResult, Paid, Results};

/// Items told in a sentence; the page has all.
const MOST: usize = 4;
/// Keys of missing prices told in a sentence.
const MOST_MISSING: usize = 8;

/// Question 3, the costs; nothing where the record has none.
pub fn cost(results: &Results) -> Option<Answer> {
    let cost = results.cost.as_ref()?;
    let mut lines: Vec<Line> = vec![per_month(cost).into()];
    lines.extend(once(cost).map(Line::from));
    lines.extend(not_priced(cost).map(Line::from));
    Some(Answer { key: "cost", label: "Costs", question: "What does it cost?", lines })
}

fn per_month(cost: &CostResult) -> String {
    match told(cost, Paid::PerMonth) {
        Some(told) => format!("{}{} a month: {told}.", at_least(cost, Paid::PerMonth), money(cost.per_month)),
        None => "Nothing that is paid every month has a price in the list.".to_owned(),
    }
}

/// What the events of the run cost.
fn once(cost: &CostResult) -> Option<String> {
    let told = told(cost, Paid::Once)?;
    Some(format!("Once, for what happens in this run, {}{}: {told}.", at_least(cost, Paid::Once).to_lowercase(), money(cost.once)))
}

fn at_least(cost: &CostResult, paid: Paid) -> &'static str {
    if cost.missing.iter().any(|missing| missing.paid == paid) { "At least " } else { "" }
}

/// The largest items with their amounts.
fn told(cost: &CostResult, paid: Paid) -> Option<String> {
    let mut items: Vec<&CostItem> = cost.items.iter().filter(|item| item.paid == paid).collect();
    items.sort_by(|a, b| b.amount.total_cmp(&a.amount));
    let beyond: Vec<f64> = items.iter().skip(MOST).map(|item| item.amount).collect();
    let mut words: Vec<String> = items.iter().take(MOST).map(|item| format!("{} {}", item.name, money(item.amount))).collect();
    if !beyond.is_empty() {
        words.push(format!("{} {}", plural(beyond.len() as u64, "other", "others"), money(beyond.iter().fold(0.0, |sum, amount| sum + amount))));
    }
    (!words.is_empty()).then(|| list(&words))
}

fn not_priced(cost: &CostResult) -> Option<String> {
    let mut keys: Vec<String> = Vec::new();
    for missing in &cost.missing {
        let key = missing.set.strip_prefix("cost.prices.").unwrap_or(&missing.set);
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    let all = keys.len();
    keys.truncate(MOST_MISSING);
    if all > MOST_MISSING {
        keys.push(plural((all - MOST_MISSING) as u64, "other", "others"));
    }
    (all > 0).then(|| format!("Not priced, since no source at hand has a price: {}. State yours under [cost.prices].", list(&keys)))
}
