//! Prices and what the bill depends on beside them, as typed.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::scenario::located::At;
use crate::scenario::raw::OverrideTree;
use crate::scenario::values::Number;
use crate::units::Span;

/// What things cost, where the price list does not say it or says something else.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Cost {
    /// Prices of your own: `{ "expressroute_circuit.1 Gbps metered" = "436 USD/month" }`; `failback explain prices` lists the keys, and those that are not listed.
    pub prices: BTreeMap<String, At<OverrideTree>>,
    /// How the ExpressRoute circuit is billed: `metered`, `unlimited` or `local`.
    pub expressroute_plan: Option<At<BillingPlan>>,
    /// Licences that are paid for, by protected machine.
    pub licences_per_machine: Option<At<Number>>,
    /// Test failovers in a year.
    pub drills_per_year: Option<At<Number>>,
    /// How long the machines of a test failover run, where the scenario has no `[[drill]]` that says it.
    pub drill_lasts: Option<At<Span>>,
}

/// How an ExpressRoute circuit is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BillingPlan {
    /// What leaves Azure is paid by the GB.
    Metered,
    /// A flat rate.
    Unlimited,
    /// For the regions of the circuit's metro; what leaves is included.
    Local,
}

impl BillingPlan {
    /// Its name.
    pub(in crate::scenario) fn name(self) -> &'static str {
        match self {
            BillingPlan::Metered => "metered",
            BillingPlan::Unlimited => "unlimited",
            BillingPlan::Local => "local",
        }
    }
}
