//! What it costs, item by item, by the price list and the scenario's own prices.

use schemars::JsonSchema;
use serde::Serialize;

/// What it costs. Amounts are in `currency`; each is a quantity times a price, both of which the item states. Where a price is missing the sums are lower bounds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct CostResult {
    /// Currency of all prices and amounts.
    pub currency: String,
    /// What comes back every month of 730 h, as far as it is priced \[currency/month\].
    pub per_month: f64,
    /// What the events of this run cost once (a round trip), as far as it is priced \[currency\].
    pub once: f64,
    /// Whether everything that was counted has a price.
    pub complete: bool,
    /// What is priced, in the order of the report.
    pub items: Vec<CostItem>,
    /// What was counted and has no price.
    pub missing: Vec<MissingPrice>,
}

/// When something is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Paid {
    /// Every month.
    #[default]
    PerMonth,
    /// Once: an event of this run.
    Once,
}

/// Something that is paid for: amount = quantity x price.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct CostItem {
    /// What it is, in a few words.
    pub name: String,
    /// When it is paid.
    pub paid: Paid,
    /// How much of it, in `unit` (of what is paid every month: in a month).
    pub quantity: f64,
    /// Unit of the quantity: `h`, `month`, `GB` (10^9 bytes), `GiB-month` (2^30 bytes for 730 h) ...
    pub unit: String,
    /// Price of one unit \[currency\].
    pub price: f64,
    /// Key of the price; among `assumptions` it has its source, date and standing.
    pub key: String,
    /// Amount \[currency\].
    pub amount: f64,
}

/// Something that has to be paid for, at a price that no list at hand states.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct MissingPrice {
    /// What it is, in a few words.
    pub name: String,
    /// When it is paid.
    pub paid: Paid,
    /// How much of it, in `unit`; null if this run did not record it.
    pub quantity: Option<f64>,
    /// Unit of the quantity.
    pub unit: String,
    /// The key to set, as TOML and `--set` take it: `cost.prices.carrier.internet`.
    pub set: String,
    /// The form of its value: `… USD/month`, with an amount of your own in place of the dots.
    pub form: String,
}
