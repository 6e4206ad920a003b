//! Prices of one's own: in the scenario, by `--set`, by `[override]`; and the mistakes that can be made there.

use failback::results::Standing;

use crate::{CLASSIC, INTERNET, close, cost, item, loaded, missing, read, text};

#[test]
fn a_price_of_ones_own_holds_and_is_said_to_be_the_scenarios() {
    let link = "link.forward.expressroute_microsoft = { circuit = \"2 Gbps\" }\n[cost]\nexpressroute_plan = \"unlimited\"\n\
                prices = { \"expressroute_circuit.2 Gbps unlimited\" = \"9000 USD/month\", carrier.expressroute = \"12000 USD/year\", licence = \"25 USD/month\" }";
    let found = cost(&text(CLASSIC, link), &[]);
    close(item(&found, "ExpressRoute circuit 2 Gbps, unlimited").amount, 9000.0);
    close(item(&found, "carrier of the circuit").amount, 1000.0);
    close(item(&found, "licences").amount, 50.0);
    let assumptions = loaded(&text(CLASSIC, link), &[]).assumptions;
    let of = |key: &str| assumptions.iter().find(|value| value.key == key).unwrap();
    let circuit = of("prices.expressroute_circuit.2 Gbps unlimited");
    assert_eq!(
        (circuit.standing, circuit.source.as_str(), circuit.instead_of.as_deref()),
        (Standing::Scenario, "the scenario's [cost]", Some("not listed"))
    );
    assert_eq!(of("prices.recovery_points").standing, Standing::Documented);
    assert!(assumptions.iter().all(|value| value.value != "not listed"), "what is missing is no assumption");
}

#[test]
fn prices_can_be_set_from_the_command_line_and_by_override() {
    let of = |sets: &[&str]| cost(&text(CLASSIC, INTERNET), sets);
    close(item(&of(&["cost.prices.carrier.internet=300 USD/month"]), "Internet line").amount, 300.0);
    close(item(&of(&["cost.prices.\"carrier.internet\"=300 USD/month"]), "Internet line").amount, 300.0);
    close(item(&of(&["override.prices.carrier.internet=1 USD/h"]), "Internet line").amount, 730.0);
    let both = ["override.prices.carrier.internet=1 USD/h", "cost.prices.carrier.internet=300 USD/month"];
    close(item(&of(&both), "Internet line").amount, 300.0);
    let kept = item(&of(&["cost.prices.recovery_points=0.05 USD/GiB-month"]), "recovery points").amount;
    close(kept / 0.05, item(&of(&[]), "recovery points").amount / 0.16);
}

#[test]
fn with_every_price_the_sum_is_complete() {
    let names = ["carrier.internet", "licence", "managed_disk.P10", "managed_disk.P15", "compute"];
    let sets: Vec<String> = names.iter().map(|name| format!("cost.prices.{name}=1 USD/month")).collect();
    let found = cost(&text(CLASSIC, INTERNET), &sets.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(found.complete && missing(&found).is_empty(), "{:?}", found.missing);
    close(found.per_month, found.items.iter().map(|item| item.amount).sum());
    // Line, two licences, two disks; 2 machines x 28 days a year in months; as many disks; the points.
    let drills = 2.0 * 28.0 * 24.0 / 12.0 / 730.0;
    close(found.per_month, 1.0 + 2.0 + 2.0 + 2.0 * drills + item(&found, "recovery points").amount);
    let free = cost(&text(CLASSIC, INTERNET), &["cost.prices.carrier.internet=0 USD/month"]);
    assert_eq!(item(&free, "Internet line").amount, 0.0, "what costs nothing is an item all the same");
}

/// Each missing price says how it is stated: doing so for all of them leaves nothing missing.
#[test]
fn what_is_missing_says_how_to_state_it() {
    let link = "link.forward.expressroute_private = { circuit = \"2 Gbps\", gateway = \"ErGwScale\", scale_units = 3, private_endpoints = true }";
    let found = cost(&text(CLASSIC, link), &["output.points=false"]);
    let sets: Vec<String> = found.missing.iter().map(|missing| format!("{}={}", missing.set, missing.form.replace('…', "2"))).collect();
    assert!(sets.contains(&"cost.prices.expressroute_circuit.\"2 Gbps metered\"=2 USD/month".to_string()), "{sets:?}");
    let stated = cost(&text(CLASSIC, link), &sets.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(stated.complete, "{:?}", stated.missing);
    assert_eq!(stated.items.len(), found.items.len() + found.missing.len());
    close(item(&stated, "ExpressRoute gateway ErGwScale unit").amount, 3.0 * 2.0);
}

#[test]
fn an_unused_price_is_said_and_a_licence_may_count_double() {
    let set = ["cost.prices.vpn_gateway.VpnGw1=1 USD/h", "cost.prices.licence=10 USD/month", "cost.licences_per_machine=2"];
    let warnings = loaded(&text(CLASSIC, INTERNET), &set).warnings;
    assert_eq!(warnings, ["cost.prices.vpn_gateway.VpnGw1: nothing in this scenario uses this value"]);
    close(item(&cost(&text(CLASSIC, INTERNET), &set), "licences").amount, 40.0);
}

#[test]
fn mistakes_are_shown_where_they_stand_with_what_was_meant() {
    let wrong = |set: &str| match read(&text(CLASSIC, INTERNET), &[set]) {
        Ok(_) => panic!("{set} was accepted"),
        Err(mistakes) => mistakes.to_string(),
    };
    for (set, words) in [
        ("cost.prices.expressroute_circuit.\"1 Gbps meterd\"=436 USD/month", "`prices.expressroute_circuit.1 Gbps metered`"),
        ("cost.prices.licence=25 USD/GB", "`25 USD/GB` is a price of data, wanted is a price of time"),
        ("cost.prices.licence=25 EUR/month", "`EUR` is not the currency of the price list"),
        ("cost.prices.licence=25", "`25` is not a price"),
        ("cost.prices.licence=off", "write \"0 USD/…\" for what costs you nothing"),
        ("cost.price.licence=25 USD/month", "a key with a similar name exists: `prices`"),
        ("cost.expressroute_plan=flat", "unknown choice `flat`"),
        ("cost.expressroute_plan=metered", "there is no ExpressRoute circuit in this scenario"),
        ("cost.drills_per_year=-1", "is negative"),
        ("cost.licences_per_machine=1e9", "more than a million licences"),
    ] {
        let text = wrong(set);
        assert!(text.contains(words) && text.contains("--> --set:"), "{set}\n{text}");
    }
}
