//! What is counted, and how much of it.

use failback::results::Paid;

use crate::{CLASSIC, INTERNET, MODERNIZED, REGIONS, close, cost, item, missing, run, text};

const TRIP: &str = "[[disaster]]\nat = \"1 h\"\nsite_lost = { repaired = \"1 h\" }\n[recovery.failback]\n";

fn quantity(cost: &failback::results::CostResult, name: &str) -> f64 {
    let missing = cost.missing.iter().find(|missing| missing.name == name).and_then(|missing| missing.quantity);
    missing.unwrap_or_else(|| item(cost, name).quantity)
}

#[test]
fn what_has_no_price_is_named_and_the_sums_are_lower_bounds() {
    let found = cost(&text(CLASSIC, INTERNET), &[]);
    let expected =
        ["Internet line", "licences", "replica disks P10", "replica disks P15", "machines in drills", "disks P10 in drills", "disks P15 in drills"];
    assert_eq!(missing(&found), expected);
    assert!(!found.complete);
    assert_eq!(found.items.len(), 1, "{:?}", found.items);
    assert_eq!(found.per_month, item(&found, "recovery points").amount);
    let set: Vec<&str> = found.missing.iter().map(|missing| missing.set.as_str()).collect();
    assert_eq!(set[..3], ["cost.prices.carrier.internet", "cost.prices.licence", "cost.prices.managed_disk.P10"]);
    let forms: Vec<&str> = found.missing.iter().map(|missing| missing.form.as_str()).collect();
    assert_eq!((forms[0], forms[4]), ("… USD/month", "… USD/h"));
    assert_eq!((found.once, found.currency.as_str()), (0.0, "USD"));
}

#[test]
fn one_gateway_circuit_or_line_that_serves_both_ways_is_paid_once() {
    let vpn = |sku: &str| format!("vpn = {{ sku = \"{sku}\", private_endpoints = true, bandwidth = \"100 Mbps\" }}");
    let links = |back: &str| text(CLASSIC, &format!("link.forward.{}\nlink.failback.{}", vpn("VpnGw2"), vpn(back)));
    let gateways = |back: &str| cost(&links(back), &[]).items.iter().filter(|item| item.name.starts_with("VPN gateway")).count();
    assert_eq!((gateways("VpnGw2"), gateways("VpnGw1")), (1, 2));
    assert_eq!(missing(&cost(&links("VpnGw1"), &[])).iter().filter(|name| **name == "Internet line").count(), 1);
}

/// The deployment planner reckons with 4 drills of 7 days a year: 2 machines x 168 h x 4 / 12 = 112 h a month.
#[test]
fn drills_are_the_planners_unless_the_scenario_has_its_own() {
    close(quantity(&cost(&text(CLASSIC, INTERNET), &[]), "machines in drills"), 112.0);
    let found = cost(&text(CLASSIC, INTERNET), &["cost.drills_per_year=2", "cost.drill_lasts=3 h", "cost.prices.compute=0.5 USD/h"]);
    close(item(&found, "machines in drills").amount, 0.5 * 2.0 * 3.0 * 2.0 / 12.0);
    // A disk for 3 hours, twice a year.
    close(quantity(&found, "disks P10 in drills"), 3.0 * 2.0 / 12.0 / 730.0);
    assert!(!missing(&cost(&text(CLASSIC, INTERNET), &["cost.drills_per_year=0"])).iter().any(|name| name.contains("drills")));

    let own = format!("{INTERNET}\n[[drill]]\nvms = [\"a\"]\nat = \"2 h\"\nlasts = \"6 h\"\n");
    let (world, results) = run(&text(CLASSIC, &own), &[]);
    let drill = &results.journey.as_ref().unwrap().drills[0];
    assert!(drill.machine_hours >= 6.0 && world.cost.drills_per_year == 4.0);
    close(quantity(results.cost.as_ref().unwrap(), "machines in drills"), drill.machine_hours * 4.0 / 12.0);
}

#[test]
fn machines_at_the_target_are_paid_while_they_run_there() {
    let (_, results) = run(&text(MODERNIZED, &format!("{INTERNET}\n{TRIP}")), &["cost.prices.compute=0.25 USD/h"]);
    let journey = results.journey.as_ref().unwrap();
    let spans = journey.machines.iter().flat_map(|machine| &machine.states).filter(|span| span.runs_at == "target");
    let hours: f64 = spans.map(|span| (span.to_s - span.from_s) / 3600.0).sum();
    let found = item(results.cost.as_ref().unwrap(), "machines at the target").clone();
    assert!(hours > 1.0 && found.paid == Paid::Once && found.unit == "h");
    close(found.quantity, hours);
    close(found.amount, 0.25 * hours);
}

/// Between regions what is sent leaves a region that charges for it, month after month; source disks stay and cost while their machines are deallocated.
#[test]
fn between_regions_the_way_out_is_paid_too_and_source_disks_stay() {
    let link = "link.forward.inter_region = { bandwidth = \"1 Gbps\" }";
    let prices = ["cost.prices.egress.inter_region=0.02 USD/GB", "cost.prices.managed_disk.P10=20 USD/month"];
    let (_, results) = run(&text(REGIONS, link), &prices);
    let found = results.cost.as_ref().unwrap();
    close(item(found, "data to the other region").amount, 0.02 * results.link.carried_wire_bytes / 1e9 * 730.0 / 24.0);
    assert!(found.items.iter().all(|item| item.name != "data home" && !item.name.ends_with("left at home")));

    let (_, results) = run(&text(REGIONS, &format!("{link}\n{TRIP}")), &prices);
    let (found, journey) = (results.cost.as_ref().unwrap(), results.journey.as_ref().unwrap());
    let away =
        |vm: usize| journey.machines[vm].states.iter().filter(|span| span.runs_at == "target").map(|span| span.to_s - span.from_s).sum::<f64>();
    assert!(away(0) > 0.0);
    close(item(found, "disks P10 left at home").amount, 20.0 * away(0) / 3600.0 / 730.0);
    close(quantity(found, "disks P15 left at home"), away(1) / 3600.0 / 730.0);
    let home = journey.back.as_ref().unwrap().link.carried_wire_bytes;
    assert!(home > 0.0);
    close(item(found, "data home").amount, 0.02 * home / 1e9);
    close(found.once, item(found, "data home").amount + item(found, "disks P10 left at home").amount);
}

#[test]
fn what_a_run_does_not_record_is_named_too() {
    let found = cost(&text(CLASSIC, INTERNET), &["output.points=false"]);
    let points = found.missing.iter().find(|missing| missing.name == "recovery points").unwrap();
    assert_eq!((points.quantity, points.set.as_str(), points.form.as_str()), (None, "output.points", "true"));
}

/// Names are steps of a figure's path, `cost.items.licences.amount`.
#[test]
fn names_are_unlike_and_have_no_dot() {
    for (profile, link) in [(CLASSIC, INTERNET), (REGIONS, "link.forward.inter_region = {}")] {
        let (world, _) = run(&text(profile, link), &[]);
        let mut names: Vec<&str> = world.cost.charges.iter().map(|charge| charge.name.as_str()).collect();
        assert!(names.iter().all(|name| !name.contains('.')), "{names:?}");
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }
}
