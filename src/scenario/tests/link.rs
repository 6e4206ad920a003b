//! Links: what each kind is worth, ceilings per VM, throttles, cuts, outages.

use super::{close, load, over};
use crate::model::{Link, Sharing};
use crate::units::{DurationLaw, Instant, Share, Span};

fn mbps(link: &Link) -> f64 {
    link.goodput.as_bits_per_s() / 1e6
}

fn link(text: &str) -> Link {
    over(text).world.link
}

#[test]
fn what_each_kind_is_worth() {
    for (text, goodput) in [
        // 1460 of 1500 bytes are payload.
        (r#"internet = { bandwidth = "200 Mbps" }"#, 194.6),
        (r#"internet = { bandwidth = "200 Mbps", payload = "100 %" }"#, 200.0),
        // 1360 of 1400; no gateway.
        (r#"expressroute_microsoft = { circuit = "1 Gbps" }"#, 971.0),
        // Through the gateway, to private endpoints at half: 500 of 1000, and 1000 of 2000.
        (r#"expressroute_private = { circuit = "1 Gbps", gateway = "ErGw1Az", private_endpoints = true }"#, 485.5),
        (r#"expressroute_private = { circuit = "500 Mbps", gateway = "ErGw2Az", private_endpoints = true }"#, 485.5),
        (r#"expressroute_private = { circuit = "10 Gbps", gateway = "ErGwScale", scale_units = 8, private_endpoints = true }"#, 3884.0),
        // The published figures are goodput already; one tunnel, or two in active-active, never more than the aggregate.
        (r#"vpn = { sku = "VpnGw2", private_endpoints = true }"#, 1000.0),
        (r#"vpn = { sku = "VpnGw2AZ", cipher = "AES256", private_endpoints = true }"#, 650.0),
        (r#"vpn = { sku = "VpnGw2", cipher = "AES256", gateways = "active-active", private_endpoints = true }"#, 1000.0),
        (r#"vpn = { sku = "VpnGw3", generation = 2, private_endpoints = true }"#, 1500.0),
        (r#"vpn = { sku = "VpnGw3", generation = 2, gateways = "active-active", private_endpoints = true }"#, 2500.0),
        (r#"vpn = { sku = "VpnGw5", cipher = "3DES", private_endpoints = true }"#, 140.0),
        (r#"vpn = { sku = "Basic", private_endpoints = true }"#, 100.0),
        // The line under the VPN, 93.5 % of it.
        (r#"vpn = { sku = "VpnGw2", bandwidth = "100 Mbps", private_endpoints = true }"#, 93.5),
    ] {
        let found = mbps(&link(text));
        assert!(close(found, goodput), "{text}: {found} Mbps");
    }
}

/// Four flows of 194 kB in 34 ms: 45.6 Mbit/s each; a loss of 1e-4 leaves 34.4 (Mathis, segments of 1460 B).
#[test]
fn the_ceiling_of_one_vm_is_its_flows_times_window_or_loss() {
    let ceiling = |more: &str| {
        let link = link(&format!("internet = {{ bandwidth = \"1 Gbps\", rtt = \"34 ms\" {more} }}"));
        link.flow_ceiling.map(|ceiling| (ceiling.flows, ceiling.per_flow.as_bits_per_s() / 1e6))
    };
    let is = |found: Option<(u32, f64)>, flows: u32, mbps: f64| found.is_some_and(|(n, rate)| n == flows && (rate / mbps - 1.0).abs() < 0.01);
    assert!(is(ceiling(", loss = \"none\""), 4, 45.65), "{:?}", ceiling(", loss = \"none\""));
    assert!(is(ceiling(", loss = 1e-4"), 4, 34.35), "{:?}", ceiling(", loss = 1e-4"));
    assert!(is(ceiling(", loss = 1e-4, mathis = false"), 4, 45.65));
    assert!(is(ceiling(", loss = \"none\", flows = 16, window = \"1 MB\""), 16, 235.3));
    assert_eq!(link("internet = { bandwidth = \"1 Gbps\", rtt = \"0 ms\" }").flow_ceiling.map(|c| c.flows), None, "no delay, no ceiling");
}

#[test]
fn round_trips_by_value_by_regions_and_by_default() {
    let rtt = |more: &str| link(&format!("internet = {{ bandwidth = \"1 Gbps\" {more} }}")).rtt;
    assert_eq!(rtt(", rtt = \"34 ms\""), Span::from_nanos(34_000_000));
    assert_eq!(rtt(", between = [\"West Europe\", \"East US\"]"), Span::from_nanos(84_000_000), "in either order");
    assert_eq!(rtt(""), Span::from_nanos(30_000_000));
}

#[test]
fn sharing_background_and_throttle() {
    let link = link(
        r#"internet = { bandwidth = "200 Mbps", sharing = "max-min", background = "20 Mbps", throttle = [
             { days = "Mon-Fri", from = "08:00", to = "18:00", limit = "50 Mbps" },
             { days = "Sun", from = "22:00", to = "06:00", limit = "100 Mbps" } ] }"#,
    );
    assert_eq!((link.sharing, link.background.as_bits_per_s()), (Sharing::MaxMin, 20e6));
    let windows: Vec<([bool; 7], u64, u64)> = link
        .throttle
        .iter()
        .map(|window| (window.days, window.from.as_nanos() / 3_600_000_000_000, window.to.as_nanos() / 3_600_000_000_000))
        .collect();
    let (no, yes) = (false, true);
    assert_eq!(windows[0], ([yes, yes, yes, yes, yes, no, no], 8, 18));
    assert_eq!(windows[1], ([no, no, no, no, no, no, yes], 22, 24), "over midnight: the evening");
    assert_eq!(windows[2], ([yes, no, no, no, no, no, no], 0, 6), "and the morning after");
}

#[test]
fn a_throttle_beyond_the_agent_s_own_range_is_worth_a_warning() {
    let loaded = over(r#"internet = { bandwidth = "5 Gbps", throttle = [{ from = "00:00", to = "24:00", limit = "2 Gbps" }] }"#);
    assert!(loaded.warnings.iter().any(|warning| warning.contains("1.023 Gbps")), "{:?}", loaded.warnings);
}

/// The run starts on Monday 5 January 2026, 00:00.
#[test]
fn cuts_at_known_times_repeat() {
    let link = link(
        r#"internet = { bandwidth = "200 Mbps", cuts = [{ at = "Wed 22:00", lasts = "2 h", every = "2 days", left = "25 %" }, { at = "5 h", lasts = "1 h", cause = "works" }] }"#,
    );
    let cuts: Vec<(u64, u64, f64, &str)> =
        link.scheduled.iter().map(|cut| (hours(cut.from), hours(cut.to), cut.factor.get(), cut.cause.as_str())).collect();
    assert_eq!(
        cuts,
        [(5, 6, 0.0, "works"), (70, 72, 0.25, "scheduled outage"), (118, 120, 0.25, "scheduled outage"), (166, 168, 0.25, "scheduled outage")]
    );
}

fn hours(instant: Instant) -> u64 {
    instant.as_nanos() / 3_600_000_000_000
}

#[test]
fn no_outage_unless_it_is_asked_for() {
    assert!(link(r#"internet = { bandwidth = "200 Mbps" }"#).outages.is_empty());
    assert!(link(r#"internet = { bandwidth = "200 Mbps", outages = "none" }"#).outages.is_empty());
}

#[test]
fn outage_laws_by_name_and_of_one_s_own() {
    let link = link(
        r#"internet = { bandwidth = "200 Mbps", outages = ["last mile", { name = "power", mtbf = "300 days", repair = "2 h" }, { name = "half", mtbf = "10 days", repair = { mean = "1 h" }, left = 0.5 }] }"#,
    );
    let found: Vec<(&str, Span, f64)> = link.outages.iter().map(|law| (law.name.as_str(), law.mtbf, law.factor.get())).collect();
    assert_eq!(found, [("last mile", Span::from_days(75), 0.0), ("power", Span::from_days(300), 0.0), ("half", Span::from_days(10), 0.5)]);
    assert!(matches!(link.outages[0].repair, DurationLaw::LogNormal { median, p95 } if median == Span::from_mins(30) && p95 == Span::from_hours(8)));
    assert!(matches!(link.outages[1].repair, DurationLaw::Fixed(span) if span == Span::from_hours(2)));
    assert!(matches!(link.outages[2].repair, DurationLaw::Exponential(span) if span == Span::from_hours(1)));
    let single = super::over(r#"internet = { bandwidth = "200 Mbps", outages = { mtbf = "75 days", repair = { median = "30 min", p95 = "8 h" } } }"#);
    assert_eq!(single.world.link.outages.len(), 1, "one law needs no list");
}

#[test]
fn a_vpn_adds_its_gateway_s_switch_overs() {
    let of = |mode: &str| {
        link(&format!("vpn = {{ sku = \"VpnGw3\", generation = 2, gateways = \"{mode}\", private_endpoints = true, outages = \"suggested\" }}"))
            .outages
    };
    let standby = of("active-standby");
    let names: Vec<&str> = standby.iter().map(|law| law.name.as_str()).collect();
    assert_eq!(names, ["line", "gateway maintenance", "gateway failure"]);
    assert_eq!((standby[1].mtbf, standby[1].factor), (Span::from_days(45), Share::ZERO));
    assert!(matches!(standby[1].repair, DurationLaw::Fixed(span) if span == Span::from_secs(15)));
    // One tunnel of 1500 Mbps is left of the two's 2500.
    assert_eq!(of("active-active")[1].factor.get(), 0.6);
}

/// One of two connections lost costs the switch-over only; both go by a common cause in a tenth of the cases, or by chance.
#[test]
fn an_expressroute_circuit_has_two_connections() {
    let of = |more: &str| {
        link(&format!("expressroute_microsoft = {{ circuit = \"1 Gbps\", outages = {{ mtbf = \"100 days\", repair = \"2 h\" }} {more} }}")).outages
    };
    let laws = of("");
    let names: Vec<&str> = laws.iter().map(|law| law.name.as_str()).collect();
    assert_eq!(names, ["outage primary", "outage secondary", "outage both by chance", "outage both by one cause"]);
    // BFD: 0.9 s, and up to 60 s of convergence; without it the BGP hold time of 180 s.
    // "On by default" is said of private peerings.
    assert_eq!((laws[0].switch_over, laws[0].factor), (Span::from_secs(240), Share::ONE));
    assert_eq!(of(", bfd = true")[0].switch_over, Span::from_nanos(60_900_000_000));
    assert!(close(laws[0].mtbf.as_secs_f64() / 86_400.0, 100.0 / 0.9));
    assert!(close(laws[3].mtbf.as_secs_f64() / 86_400.0, 100.0 / 0.1));
    assert_eq!((laws[2].factor, laws[3].factor), (Share::ZERO, Share::ZERO));
    assert_eq!(of(", connections = 1").iter().map(|law| (law.factor, law.mtbf)).collect::<Vec<_>>(), [(Share::ZERO, Span::from_days(100))]);
    assert_eq!(of(", common_cause = 0").len(), 3);
    assert_eq!(of(", common_cause = \"100 %\"").len(), 1);
}

/// Two independent units, each failing at rate r for a time m: the share of time with both down is (r m)² to first order.
#[test]
fn losing_both_connections_by_chance_takes_the_share_of_time_it_should() {
    let laws =
        link("expressroute_microsoft = { circuit = \"1 Gbps\", common_cause = 0, outages = { mtbf = \"100 days\", repair = { mean = \"12 h\" } } }")
            .outages;
    let both = &laws[2];
    let DurationLaw::Exponential(overlap) = both.repair else { panic!("{:?}", both.repair) };
    let share = overlap.as_secs_f64() / both.mtbf.as_secs_f64();
    assert!(close(share, (0.5_f64 / 100.0).powi(2)), "{share}");
}

#[test]
fn failback_is_checked_and_said_to_be_unused() {
    let good = over("internet = { bandwidth = \"200 Mbps\" }\n[link.failback]\nvpn = { sku = \"VpnGw2\" }");
    assert!(good.warnings.iter().any(|warning| warning.starts_with("link.failback")), "{:?}", good.warnings);
    assert!(!good.assumptions.iter().any(|a| a.key.starts_with("vpn_gateway")), "its values are in force nowhere");
    let bad = load(
        "[[vm]]\nname = \"db\"\nchurn = \"idle\"\n[link.forward]\ninternet = { bandwidth = \"200 Mbps\" }\n[link.failback]\nvpn = { sku = \"VpnGw7\" }\n",
        &[],
    );
    assert!(bad.is_err());
}
