//! The price list against its sources, by hand.

use failback::profile::{self, NOT_LISTED, Profile, Standing, Unit};
use failback::simulate;
use failback::units::{MONTH_S, Price};

use crate::{CLASSIC, INTERNET, MODERNIZED, close, cost, item, missing, run, text};

fn price(key: &str) -> Price {
    let profile = Profile::load(profile::DEFAULT).unwrap();
    profile.get(&format!("prices.{key}")).unwrap_or_else(|| panic!("no {key}")).value.parse().unwrap_or_else(|error| panic!("{key}: {error}"))
}

/// Infracost's golden file (commit 4269a32f): a month of 730 h.
#[test]
fn vpn_gateways_cost_what_infracost_says_a_month() {
    let published =
        [("Basic", 26.28), ("VpnGw1", 138.70), ("VpnGw2", 357.70), ("VpnGw3", 912.50), ("VpnGw4", 1533.0), ("VpnGw5", 2664.50), ("VpnGw1AZ", 263.53)];
    for (sku, month) in published {
        let link = format!("{INTERNET}\nlink.failback.vpn = {{ sku = \"{sku}\", bandwidth = \"100 Mbps\" }}");
        let found = cost(&text(CLASSIC, &link), &[]);
        let gateway = item(&found, &format!("VPN gateway {sku}"));
        assert_eq!((gateway.quantity, gateway.unit.as_str()), (730.0, "h"), "{sku}");
        close(gateway.amount, month);
    }
}

/// MicrosoftDocs/well-architected, provision-networking.md (2021-12-08): VpnGw2AZ 720 h x 0.564 = 406.08; a circuit of 1 Gbps 436 and 25.60 for 1024 GB out.
#[test]
fn the_example_of_the_cost_page_comes_out() {
    close(price("vpn_gateway.VpnGw2AZ").of(720.0 * 3600.0), 406.08);
    close(price("expressroute_circuit.1 Gbps metered").of(MONTH_S), 436.0);
    close(price("egress.expressroute_metered").of(1024e9), 25.60);
    // The page prints 0.086, and 88.65 for 1024 GB, which is 0.087 after 5 GB free: the printed price is taken.
    close(price("egress.vpn").of(1024e9), 88.064);
    close(1019.0 * 0.087, 88.653);
}

/// link-facts: "VpnGw3 913 vs ER 1 G Metered 436 + gateway 139-264 (gateway not needed with Microsoft peering)".
#[test]
fn expressroute_costs_its_circuit_and_with_private_peering_a_gateway() {
    let private =
        |gateway: &str| format!("link.forward.expressroute_private = {{ circuit = \"1 Gbps\", gateway = \"{gateway}\", private_endpoints = true }}");
    for (gateway, month) in [("Standard", 138.70), ("ErGw1Az", 263.53)] {
        let found = cost(&text(CLASSIC, &private(gateway)), &[]);
        close(item(&found, "ExpressRoute circuit 1 Gbps, metered").amount, 436.0);
        close(item(&found, &format!("ExpressRoute gateway {gateway}")).amount, month);
    }
    let found = cost(&text(CLASSIC, "link.forward.expressroute_microsoft = { circuit = \"1 Gbps\" }"), &[]);
    close(item(&found, "ExpressRoute circuit 1 Gbps, metered").amount, 436.0);
    assert!(found.items.iter().all(|item| !item.name.contains("gateway")), "{:?}", found.items);
    assert!(missing(&found).contains(&"carrier of the circuit"));
}

/// The failback of a run, as if so much had come home over this link.
fn home(profile: &str, link: &str, bytes: f64, sets: &[&str]) -> failback::results::CostResult {
    let trip = format!("{link}\n[[disaster]]\nat = \"1 h\"\nsite_lost = {{ repaired = \"1 h\" }}\n[recovery.failback]\n");
    let (world, mut results) = run(&text(profile, &trip), sets);
    let back = results.journey.as_mut().and_then(|journey| journey.back.as_mut()).expect("somebody came home");
    assert!(back.link.carried_wire_bytes > 0.0 && back.cost.is_none());
    back.link.carried_wire_bytes = bytes;
    simulate::cost(&world, &results)
}

/// link-facts: "10 TB back = about 860-890 over VPN/Internet, 256 over ER Metered, 0 on Unlimited/Local": 860 and 250 with 1 TB = 1000 GB, 256 with 1024 GB.
#[test]
fn ten_terabytes_home_cost_what_the_link_says() {
    let circuit = "link.forward.expressroute_microsoft = { circuit = \"1 Gbps\" }";
    let vpn = "link.forward.vpn = { sku = \"VpnGw3\", private_endpoints = true, bandwidth = \"1 Gbps\" }";
    let once = |link: &str, bytes: f64, sets: &[&str]| {
        let found = home(MODERNIZED, link, bytes, sets);
        let home = item(&found, "data home").clone();
        assert_eq!((found.once, home.unit.as_str()), (home.amount, "GB"), "the only priced thing that is paid once");
        found.once
    };
    // The first 100 GB of a month are free: 9,900 x 0.087.
    close(once(INTERNET, 10e12, &[]), 861.3);
    close(once(vpn, 10e12, &[]), 860.0);
    close(once(circuit, 10e12, &[]), 250.0);
    close(once(circuit, 10.0 * 1024e9, &[]), 256.0);
    close(once(circuit, 10e12, &["cost.expressroute_plan=unlimited"]), 0.0);
    close(once(circuit, 10e12, &["cost.expressroute_plan=local"]), 0.0);
}

#[test]
fn what_is_free_is_no_item_and_what_is_beyond_the_band_is_named() {
    let little = home(MODERNIZED, INTERNET, 60e9, &[]);
    assert!(little.items.iter().all(|item| item.name != "data home") && !missing(&little).contains(&"data home"));
    let much = home(MODERNIZED, INTERNET, 12e12, &[]);
    close(much.once, 861.3);
    let beyond = much.missing.iter().find(|missing| missing.name == "data home beyond the first band").unwrap();
    assert_eq!((beyond.quantity, beyond.unit.as_str()), (Some(2000.0), "GB"));
    let priced = home(MODERNIZED, INTERNET, 12e12, &["cost.prices.egress.internet_beyond=0.083 USD/GB"]);
    close(priced.once, 861.3 + 166.0);
}

/// Oracle B3 (azure-to-azure-common-questions.md): from 1 to 3 days "additional 12 points"; at 10 GB and $0.16 per GB and month $1.60 x 12 = $19.20 a month. That is
/// the arithmetic of the page; its own schedule of points gives 13 more.
#[test]
fn b3_twelve_more_points_of_10_gb_cost_19_dollars_20_a_month() {
    let gib = 1_073_741_824.0;
    close(price("recovery_points").of(10.0 * gib * MONTH_S), 1.60);
    let (world, mut results) = run(&text(CLASSIC, INTERNET), &[]);
    let mut with = |bytes: f64| {
        results.points.retention_cost.as_mut().expect("points were kept").mean_bytes = bytes;
        item(&simulate::cost(&world, &results), "recovery points").amount
    };
    close(with(34.0 * 10.0 * gib) - with(22.0 * 10.0 * gib), 19.20);
}

/// Whatever a scenario can name has a place in the price list, so that it can be stated where it is missing.
#[test]
fn everything_that_can_be_named_has_a_key_for_its_price() {
    for name in profile::names() {
        let profile = Profile::load(name).unwrap();
        let has = |key: String| assert!(profile.get(&key).is_some_and(|entry| matches!(entry.unit, Unit::Price(_))), "{name}: {key}");
        for row in profile.rows("vpn_gateway") {
            let sku = row.split(' ').next().unwrap();
            has(format!("prices.vpn_gateway.{sku}"));
            if sku != "Basic" {
                has(format!("prices.vpn_gateway.{sku}AZ"));
            }
        }
        for row in profile.rows("expressroute_circuit") {
            ["metered", "unlimited", "local"].iter().for_each(|plan| has(format!("prices.expressroute_circuit.{row} {plan}")));
        }
        profile.rows("expressroute_gateway").iter().for_each(|row| has(format!("prices.expressroute_gateway.{row}")));
        profile.rows("disk_tier").iter().for_each(|tier| has(format!("prices.managed_disk.{tier}")));
    }
}

#[test]
fn a_price_is_sourced_or_missing_and_nothing_between() {
    let profile = Profile::load(profile::DEFAULT).unwrap();
    let prices: Vec<_> = profile.under("prices").collect();
    assert!(prices.len() > 60);
    for entry in prices {
        assert_eq!(entry.value == NOT_LISTED, entry.standing == Standing::Missing, "{}", entry.key);
        assert_ne!(entry.standing, Standing::Assumed, "{}: a price is never guessed", entry.key);
    }
}
