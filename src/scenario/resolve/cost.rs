//! What the scenario has to pay for: what its links are made of, its fleet, and what a run will carry, keep and move; with the prices in force.
//!
//! Whatever a scenario states is there and is paid for, whether this run uses it or not: the VPN gateway of the way home too.

use std::collections::BTreeMap;

use crate::model::{Charge, CostPlan, Counted, Disk, System};
use crate::scenario::raw::{ExpressRoutePrivate, LinkKind, Scenario, Vpn};
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::fleet::Fleet;
use crate::units::{BitRate, DataSize, Per};

/// The charges while they are gathered.
struct Charges<'c> {
    list: Vec<Charge>,
    /// How circuits are billed.
    plan: String,
    context: &'c mut Context,
}

/// The plan of what is paid.
pub(super) fn cost(raw: &Scenario, system: System, fleet: &Fleet, context: &mut Context) -> CostPlan {
    let written = &raw.cost;
    let (forward, stated_back) = (raw.link.forward.as_ref().map(|at| &at.value), raw.link.failback.as_ref().map(|at| &at.value));
    let has_circuit = [forward, stated_back].into_iter().flatten().any(|kind| circuit(kind).is_some());
    let plan = match written.expressroute_plan.as_ref().map(|at| at.value) {
        Some(plan) => {
            context.state("cost.expressroute_plan", plan.name().to_string());
            plan.name().to_string()
        }
        None if has_circuit => context.need("cost.expressroute_plan"),
        None => String::new(),
    };
    if let Some(at) = written.expressroute_plan.as_ref().filter(|_| !has_circuit) {
        context.error(&at.span, "there is no ExpressRoute circuit in this scenario", "leave `expressroute_plan` out");
    }
    let licences = context.pick_number(written.licences_per_machine.as_ref(), "cost.licences_per_machine");
    let drills_per_year = context.pick_number(written.drills_per_year.as_ref(), "cost.drills_per_year");
    let drill_lasts = context.pick(written.drill_lasts.as_ref(), "cost.drill_lasts");

    let mut charges = Charges { list: Vec::new(), plan, context };
    for kind in [forward, stated_back].into_iter().flatten() {
        charges.link(kind);
    }
    charges.add("licences", "licence", Per::Time, Counted::Held(licences * fleet.vms.len() as f64));
    let tiers = tiers(&fleet.disks);
    for (tier, disks) in &tiers {
        charges.add(&format!("replica disks {tier}"), &format!("managed_disk.{tier}"), Per::Time, Counted::Held(*disks));
    }
    charges.add("recovery points", "recovery_points", Per::DataTime, Counted::PointsKept);
    if drills_per_year > 0.0 {
        charges.add("machines in drills", "compute", Per::Time, Counted::DrillMachines);
        for (tier, disks) in &tiers {
            charges.add(&format!("disks {tier} in drills"), &format!("managed_disk.{tier}"), Per::Time, Counted::DrillDisks(*disks));
        }
    }
    if system == System::AzureToAzure {
        charges.add("data to the other region", "egress.inter_region", Per::Data, Counted::SentOut);
    }
    charges.way_home(stated_back.or(forward));
    charges.add("machines at the target", "compute", Per::Time, Counted::MachinesAway);
    if system == System::AzureToAzure {
        for tier in tiers.keys() {
            charges.add(&format!("disks {tier} left at home"), &format!("managed_disk.{tier}"), Per::Time, Counted::DisksLeft(tier.clone()));
        }
    }
    CostPlan { charges: charges.list, drills_per_year, drill_lasts }
}

impl Charges<'_> {
    /// Adds a charge; one gateway, circuit or line that serves both ways is there once.
    fn add(&mut self, name: &str, price: &str, per: Per, counted: Counted) {
        let key = format!("prices.{price}");
        if self.list.iter().any(|known| known.name == name) {
            return;
        }
        let price = self.context.price(&key);
        self.list.push(Charge { name: name.to_string(), key, per, price, counted });
    }

    /// What a link is made of.
    fn link(&mut self, kind: &LinkKind) {
        match kind {
            LinkKind::InterRegion(_) => return,
            LinkKind::Vpn(vpn) => self.vpn_gateway(vpn),
            LinkKind::ExpressRoutePrivate(private) => self.expressroute_gateway(private),
            LinkKind::Internet(_) | LinkKind::ExpressRouteMicrosoft(_) => {}
        }
        match circuit(kind) {
            Some(size) => {
                let plan = self.plan.clone();
                let size = self.row("expressroute_circuit", |row| row.parse() == Ok(size)).unwrap_or_else(|| size.to_string());
                self.add(
                    &format!("ExpressRoute circuit {size}, {plan}"),
                    &format!("expressroute_circuit.{size} {plan}"),
                    Per::Time,
                    Counted::Held(1.0),
                );
                self.add("carrier of the circuit", "carrier.expressroute", Per::Time, Counted::Held(1.0));
            }
            None => self.add("Internet line", "carrier.internet", Per::Time, Counted::Held(1.0)),
        }
    }

    fn vpn_gateway(&mut self, vpn: &Vpn) {
        let Some(sku) = vpn.sku.as_ref().map(|sku| sku.value.trim()) else { return };
        let listed = |sku: &str| self.context.profile.get(&format!("prices.vpn_gateway.{sku}")).is_some();
        // The AZ of a SKU that has no such form says nothing.
        let sku = if listed(sku) { sku } else { sku.strip_suffix("AZ").unwrap_or(sku) };
        self.add(&format!("VPN gateway {sku}"), &format!("vpn_gateway.{sku}"), Per::Time, Counted::Held(1.0));
    }

    fn expressroute_gateway(&mut self, link: &ExpressRoutePrivate) {
        let Some(written) = link.gateway.as_ref().map(|gateway| gateway.value.as_str()) else { return };
        let scaled = written.eq_ignore_ascii_case("ErGwScale");
        let wanted = if scaled { "ErGwScale unit" } else { written };
        let row = self.row("expressroute_gateway", |row| row.eq_ignore_ascii_case(wanted)).unwrap_or_else(|| wanted.to_string());
        let units = link.scale_units.as_ref().filter(|_| scaled).map_or(1.0, |units| f64::from(units.value));
        self.add(&format!("ExpressRoute gateway {row}"), &format!("expressroute_gateway.{row}"), Per::Time, Counted::Held(units));
    }

    /// What leaves Azure on the way home.
    fn way_home(&mut self, kind: Option<&LinkKind>) {
        const ALL: Counted = Counted::SentHome(0.0, f64::INFINITY);
        match kind {
            Some(LinkKind::Internet(_)) => {
                let free = self.context.need::<DataSize>("cost.egress_free").as_f64();
                let band = self.context.need::<DataSize>("cost.egress_first_band").as_f64().max(free);
                self.add("data home", "egress.internet", Per::Data, Counted::SentHome(free, band));
                self.add("data home beyond the first band", "egress.internet_beyond", Per::Data, Counted::SentHome(band, f64::INFINITY));
            }
            Some(LinkKind::Vpn(_)) => self.add("data home", "egress.vpn", Per::Data, ALL),
            Some(LinkKind::InterRegion(_)) => self.add("data home", "egress.inter_region", Per::Data, ALL),
            Some(LinkKind::ExpressRouteMicrosoft(_) | LinkKind::ExpressRoutePrivate(_)) => {
                self.add("data home", &format!("egress.expressroute_{}", self.plan.clone()), Per::Data, ALL);
            }
            None => {}
        }
    }

    /// The row of a table of presets that fits.
    fn row(&self, table: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
        self.context.profile.rows(table).into_iter().find(|row| fits(row)).map(str::to_string)
    }
}

/// The circuit of an ExpressRoute link.
fn circuit(kind: &LinkKind) -> Option<BitRate> {
    match kind {
        LinkKind::ExpressRouteMicrosoft(link) => link.circuit.as_ref().map(|at| at.value),
        LinkKind::ExpressRoutePrivate(link) => link.circuit.as_ref().map(|at| at.value),
        _ => None,
    }
}

/// How many disks there are of each tier.
fn tiers(disks: &[Disk]) -> BTreeMap<String, f64> {
    let mut tiers = BTreeMap::new();
    for disk in disks {
        *tiers.entry(disk.tier.clone()).or_insert(0.0) += 1.0;
    }
    tiers
}
