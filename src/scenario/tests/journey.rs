//! The round trip: disasters, what people do, and the way back.

use super::{close, in_force, load, resolve};
use crate::model::{
    AccountId, BootGroup, ConfigurationServer, DisasterKind, HubKind, Journey, Occurs, Overflow, PointChoice, StartState, VmId, World,
};
use crate::scenario::Loaded;
use crate::units::{DataSize, DurationLaw, Instant, Share, Span};

/// A classic fleet of a database (Linux) and two web servers (Windows), with a VPN home, and these further lines.
fn classic(rest: &str) -> String {
    format!(
        r#"
        horizon = "28 days"
        churn.constant = "1 MB/s"
        vm = [
          {{ name = "db", os = "linux", disks = [{{ size = "200 GiB" }}, {{ size = "50 GiB" }}] }},
          {{ name = "web", count = 2 }},
        ]
        link.forward.internet = {{ bandwidth = "200 Mbps" }}
        link.failback.vpn = {{ sku = "VpnGw1", bandwidth = "100 Mbps", outages = "last mile" }}
        {rest}"#
    )
}

const FIRE: &str = r#"
    [[disaster]]
    name = "fire"
    at = "Wed 10:00"
    site_lost = { repaired = "2 days" }
"#;

fn journey(loaded: &Loaded) -> &Journey {
    loaded.world.journey.as_ref().expect("a round trip")
}

fn back(loaded: &Loaded) -> &World {
    journey(loaded).back.as_ref().expect("a way back")
}

fn minutes(minutes: u64) -> DurationLaw {
    DurationLaw::Fixed(Span::from_mins(minutes))
}

fn hours(hours: u64) -> Instant {
    Instant::START + Span::from_hours(hours)
}

#[test]
fn a_scenario_without_a_word_of_it_has_no_round_trip() {
    let loaded = resolve(&classic(""));
    assert!(loaded.world.journey.is_none() && loaded.world.home.is_none());
    assert!(!loaded.assumptions.iter().any(|assumption| assumption.key.starts_with("journey")));
}

#[test]
fn a_lost_site_with_all_defaults() {
    let loaded = resolve(&classic(FIRE));
    let journey = journey(&loaded);
    let [fire] = journey.disasters.as_slice() else { panic!("{:?}", journey.disasters) };
    assert_eq!((fire.name.as_str(), &fire.occurs), ("fire", &Occurs::At(vec![hours(58)])));
    assert_eq!(fire.kind, DisasterKind::SiteLost { repaired: Some(DurationLaw::Fixed(Span::from_days(2))), machines_kept: true });
    assert_eq!((journey.response.point, journey.response.back_point), (PointChoice::Latest, PointChoice::Latest));
    assert_eq!((journey.response.reprotect_after, &journey.response.failback), (Some(Span::ZERO), &None));
    assert_eq!(journey.steps.hydrate, DurationLaw::Uniform(Span::from_mins(8), Span::from_mins(10)));
    assert_eq!((journey.steps.register, journey.steps.per_hour), (minutes(15), (2000.0, 1000.0)));
    assert_eq!(journey.steps.hydrated, [true, false, false], "Linux is hydrated");
    assert_eq!((journey.rules.overflow, journey.rules.again_by_difference), (Overflow::DropOldest, false));
    assert_eq!(in_force(&loaded, "journey.commit_after").map(|(value, ..)| value), Some("1 h".to_string()));
}

/// The documented failback policy, a process server at the target, a master target for each family, and the line home.
#[test]
fn the_classic_way_back() {
    let loaded = resolve(&classic(FIRE));
    let (world, back) = (&loaded.world, back(&loaded));
    let policy = &back.policy;
    assert_eq!((policy.rpo_threshold, policy.retention, policy.app_every), (Span::from_mins(15), Span::from_days(1), Some(Span::from_hours(1))));
    assert_eq!((policy.start_state, policy.crash_every), (StartState::InitialReplication, Span::from_mins(5)));
    assert_eq!(policy.prune, world.policy.prune, "of the same retention");
    assert_eq!(back.hubs.iter().map(|hub| (hub.name.as_str(), hub.kind)).collect::<Vec<_>>(), [("failback-ps-1", HubKind::ProcessServer)]);
    assert!(close(back.hubs[0].wire_per_tracked, 0.7));
    let names: Vec<&str> = back.accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["mt-linux-1", "mt-windows-1"]);
    assert_eq!(back.vms.iter().map(|vm| vm.account).collect::<Vec<_>>(), [AccountId(0), AccountId(1), AccountId(1)]);
    assert!(back.disks.iter().all(|disk| disk.churn_limit.is_none()) && back.vms.iter().all(|vm| vm.churn_limit.is_none()));
    assert!(world.disks.iter().all(|disk| disk.churn_limit.is_some()));
    assert!(back.link.name.starts_with("vpn") && back.link.outages.iter().all(|outage| outage.name.starts_with("failback ")));
    assert!(back.journey.is_none() && back.home.is_some());
    assert_eq!((back.disks.len(), back.horizon, back.seed), (world.disks.len(), world.horizon, world.seed));
    // 45 s per GiB; half of each disk is used.
    let copy = journey(&loaded).rules.copies[0];
    assert!((DataSize::from_gib(1).as_f64() / copy.checksum.as_bytes_per_s() - 45.0).abs() < 0.01);
    assert_eq!((copy.scanned, copy.send), (DataSize::from_gib(100), None));
}

#[test]
fn nobody_comes_home_from_a_site_that_is_never_repaired() {
    let loaded = resolve(&classic("[[disaster]]\nat = \"1 day\"\nsite_lost = {}"));
    assert_eq!(journey(&loaded).disasters[0].name, "site lost");
    assert!(journey(&loaded).back.is_none());
    let loaded = resolve(&classic(&format!("{FIRE}\n[recovery]\nreprotect_after = \"never\"")));
    assert!(journey(&loaded).back.is_none() && journey(&loaded).response.reprotect_after.is_none());
}

#[test]
fn what_people_do_and_how_long_it_takes() {
    let loaded = resolve(&classic(&format!(
        r#"{FIRE}
        [recovery]
        point = {{ custom = "2 h" }}
        change_point = {{ after = "30 min", to = "latest-processed" }}
        commit_after = "2 h"
        protect_again = false
        churn_factor = "150 %"
        catch_up = {{ bytes = "2 GiB", over = "1 h" }}
        restart_burst = {{ bytes = "500 MiB", over = "10 min" }}
        overflow = "pause"
        steps.decide = "15 min, 95 % within 1 h"
        steps.detect = "about 10 min"
        [recovery.failback]
        windows = [{{ days = "Sat, Sun", from = "20:00", to = "06:00" }}]
        after = "12 h"
        point = "latest-app"
        commit_after = "3 h""#
    )));
    let journey = journey(&loaded);
    let response = &journey.response;
    assert_eq!(response.point, PointChoice::Custom(Span::from_hours(2)));
    assert_eq!(response.change_point, Some((Span::from_mins(30), PointChoice::LatestProcessed)));
    assert_eq!((response.commit_after, response.commit_back_after), (Span::from_hours(2), Span::from_hours(3)));
    assert_eq!((response.back_point, response.protect_again), (PointChoice::LatestApp, false));
    assert_eq!((journey.after.churn_factor, journey.after.bursts.len(), journey.rules.overflow), (1.5, 2, Overflow::Pause));
    assert_eq!(journey.steps.decide, DurationLaw::LogNormal { median: Span::from_mins(15), p95: Span::from_hours(1) });
    assert_eq!(journey.steps.detect, DurationLaw::Exponential(Span::from_mins(10)));
    let failback = response.failback.as_ref().expect("a failback");
    assert_eq!(failback.after, Span::from_hours(12));
    // From Monday, 28 days: the rest of the night before, then four weekends of two nights; the last one is cut at the run's end.
    let (saturday, sunday) = (5 * 24 + 20, 6 * 24 + 20);
    assert_eq!(failback.windows.len(), 9);
    assert_eq!(failback.windows[0], (Instant::START, hours(6)));
    assert_eq!(failback.windows[1], (hours(saturday), hours(saturday + 10)));
    assert_eq!(failback.windows[2], (hours(sunday), hours(sunday + 10)));
    assert_eq!(failback.windows[8], (hours(sunday + 3 * 168), hours(28 * 24)));
    let (value, _, instead) = in_force(&loaded, "journey.detect").expect("is in force");
    assert_eq!((value.as_str(), instead.as_deref()), ("about 10 min", Some("5 min")));
}

#[test]
fn a_window_of_the_night_before_reaches_into_the_run() {
    let loaded = resolve(&classic(&format!(
        "start = \"2026-01-11 03:00\"\n{FIRE}\n[recovery.failback]\nwindows = [{{ days = \"Sat\", from = \"20:00\", to = \"06:00\" }}]"
    )));
    let failback = journey(&loaded).response.failback.as_ref().expect("a failback");
    assert_eq!(failback.windows[0], (Instant::START, hours(3)), "Saturday's, from Sunday 03:00 on");
    let loaded = resolve(&classic(&format!("{FIRE}\n[recovery.failback]\nat = \"Sat 22:00\"")));
    assert_eq!(journey(&loaded).response.failback.as_ref().map(|failback| failback.windows.clone()), Some(vec![(hours(142), hours(672))]));
}

#[test]
fn every_kind_of_disaster_and_of_time() {
    let loaded = resolve(&classic(
        r#"
        [home]
        master_target = [{ name = "mt-linux", os = "linux" }, { name = "mt-windows", os = "windows" }]
        [[disaster]]
        at = "1 day"
        every = "7 days"
        site_lost = { repaired = "1 day", machines = "lost" }
        [[disaster]]
        between = "run"
        target_lost = { repaired = "never" }
        [[disaster]]
        between = ["Tue 00:00", "Thu 12:00"]
        attack = { found = "3 days", rewritten = "40 %" }
        [[disaster]]
        mtbf = "90 days"
        configuration_server_lost = { restored = "1 day", as = "old-backup" }
        [[disaster]]
        at = "2 days"
        master_target_lost = { name = "mt-windows", replaced = "8 min to 10 min" }
        [[disaster]]
        at = "3 days"
        original_switched_on = { vm = "web", lasts = "1 h" }
        [[disaster]]
        at = "4 days"
        site_lost = {}"#,
    ));
    let disasters = &journey(&loaded).disasters;
    let names: Vec<&str> = disasters.iter().map(|disaster| disaster.name.as_str()).collect();
    let kinds = ["site lost", "target lost", "attack", "configuration server lost", "master target lost"];
    let others = ["original switched on web-01", "original switched on web-02", "site lost 2"];
    assert_eq!(names, [kinds.as_slice(), others.as_slice()].concat());
    assert_eq!(disasters[0].occurs, Occurs::At([24, 192, 360, 528].map(hours).to_vec()));
    assert!(matches!(disasters[0].kind, DisasterKind::SiteLost { machines_kept: false, .. }));
    assert_eq!(disasters[1].occurs, Occurs::Between(Instant::START, hours(672)));
    assert_eq!(disasters[2].occurs, Occurs::Between(hours(24), hours(84)));
    let rewritten = Share::new(0.4).expect("a share");
    assert_eq!(disasters[2].kind, DisasterKind::Attack { found: DurationLaw::Fixed(Span::from_days(3)), rewritten });
    assert_eq!(disasters[3].occurs, Occurs::Every(Span::from_days(90)));
    assert!(matches!(disasters[3].kind, DisasterKind::ConfigurationServerLost { then: ConfigurationServer::OldBackup, .. }));
    assert!(matches!(disasters[4].kind, DisasterKind::MasterTargetLost { target: 1, .. }));
    assert_eq!(disasters[6].kind, DisasterKind::OriginalSwitchedOn { vm: VmId(2), lasts: Span::from_hours(1) });
}

#[test]
fn plans_planned_failovers_and_drills() {
    let loaded = resolve(&classic(
        r#"
        plan = [{ name = "shop", groups = [
          { vms = ["db"], before = [{ name = "check storage", takes = "5 min" }] },
          { vms = ["web"], after = [{ name = "test", takes = "8 min to 10 min" }] },
        ] }]
        planned_failover = [{ at = "Sat 06:00", vms = ["all"] }]
        drill = [{ at = "Sat 06:00", every = "7 days", vms = ["web-01"], lasts = "4 h" }]"#,
    ));
    let journey = journey(&loaded);
    let [first, second] = journey.plans[0].groups.as_slice() else { panic!("{:?}", journey.plans) };
    let BootGroup { vms, before, after } = first;
    assert_eq!((vms.as_slice(), before[0].takes, after.len()), ([VmId(0)].as_slice(), minutes(5), 0));
    assert_eq!((second.vms.as_slice(), second.after[0].name.as_str()), ([VmId(1), VmId(2)].as_slice(), "test"));
    assert_eq!((journey.planned[0].at, journey.planned[0].vms.len()), (hours(126), 3));
    assert_eq!((journey.drills[0].at.len(), journey.drills[0].lasts), (4, Span::from_hours(4)));
    assert!(journey.back.is_some(), "who fails over on purpose comes home");
}

#[test]
fn master_targets_limit_what_comes_home() {
    let loaded = resolve(&classic(&format!(
        r#"{FIRE}
        [[home.master_target]]
        name = "a"
        os = "linux"
        throughput = "200 MB/s"
        iops = 5000
        retention = {{ size = "1 TiB", throughput = "80 MB/s", iops = 3000 }}
        [[home.master_target]]
        name = "b"
        os = "windows""#
    )));
    let accounts = &back(&loaded).accounts;
    // 200 MB/s read and written make 100, the drive takes 80; 5,000 operations make 2,500.
    assert_eq!((accounts[0].limit.map(|limit| limit.as_bytes_per_s()), accounts[0].operations), (Some(80e6), Some(2500.0)));
    assert_eq!((accounts[1].limit.is_none(), accounts[1].operations), (true, None));
}

#[test]
fn process_servers_of_the_way_back() {
    let servers = r#"
        [[process_server]]
        name = "here"
        [[process_server]]
        name = "there"
        site = "target"
        count = 2
        cache = "100 GiB"
        [[fault]]
        at = "5 days"
        process_server_lost = { name = "there-2", lasts = "1 h" }
        [[fault]]
        at = "6 days"
        link_cut = { lasts = "1 h", link = "failback" }
        [[fault]]
        at = "7 days"
        process_server_down = { name = "here", lasts = "1 h" }"#;
    let loaded = resolve(&classic(&format!("{FIRE}{servers}")));
    let there = back(&loaded);
    assert_eq!(there.hubs.iter().map(|hub| hub.name.as_str()).collect::<Vec<_>>(), ["there-1", "there-2"]);
    assert_eq!(there.hubs[0].cache, Some(DataSize::from_gib(100)));
    assert_eq!((there.faults.len(), there.link.scheduled.len()), (1, 1));
    assert_eq!((loaded.world.faults.len(), loaded.world.link.scheduled.len(), loaded.world.hubs.len()), (1, 0, 1));

    let at_home = resolve(&classic(&format!("{FIRE}\n[recovery.failback]\nprocess_server = \"home\"\n{servers}").replace("there-2", "here")));
    let there = back(&at_home);
    assert_eq!((there.hubs[0].name.as_str(), there.hubs[0].cache, there.hubs[0].wire_per_tracked), ("here", None, 1.0));
    assert_eq!((there.faults.len(), at_home.world.faults.len()), (2, 2), "one server for both ways");
}

#[test]
fn modernized_and_between_regions_come_back_as_they_went() {
    let loaded = resolve(
        r#"
        profile = "vmware-modernized-2026"
        churn.constant = "1 MB/s"
        vm = [{ name = "db", count = 3 }]
        link.forward.internet = { bandwidth = "200 Mbps" }
        disaster = [{ at = "1 day", site_lost = { repaired = "1 day" } }]
        fault = [{ at = "2 days", link_cut = { lasts = "1 h" } }]"#,
    );
    let there = back(&loaded);
    assert_eq!((there.hubs.len(), there.hubs[0].kind, there.hubs[0].cache, there.hubs[0].wire_per_tracked), (1, HubKind::Appliance, None, 1.0));
    assert_eq!((there.policy.retention, there.policy.app_every, there.policy.prune.len()), (Span::ZERO, None, 0));
    assert_eq!(there.link.scheduled.len(), 1, "one line for both ways");
    assert!(in_force(&loaded, "link.failback").is_some());

    let loaded = resolve(
        r#"
        profile = "azure-to-azure-2025"
        churn.constant = "1 MB/s"
        vm = [{ name = "db", os = "linux", disks = [{ size = "1 TiB" }, { tier = "standard" }] }]
        account = [{ name = "cache" }]
        policy.app_every = "1 h"
        link.forward.inter_region = {}
        planned_failover = [{ at = "1 day", vms = ["db"] }]
        recovery.failback = { drill = "2 h" }"#,
    );
    let there = back(&loaded);
    assert_eq!((there.hubs[0].name.as_str(), there.hubs[0].kind), ("failback-cache", HubKind::CacheAccount));
    assert_eq!((there.policy.app_every, there.policy.rpo_threshold), (loaded.world.policy.app_every, loaded.world.policy.rpo_threshold));
    assert!(there.disks[0].churn_limit.is_some() && there.home.is_none());
    assert_eq!(journey(&loaded).response.back_drill, Some(Span::from_hours(2)));
    assert_eq!(journey(&loaded).steps.hydrated, [false]);
}

/// azure-docs, azure-to-azure-how-to-reprotect: 2019 45 MB/s, 2021 16 % of 60 and 200 MB/s, 2023 about 14 MB/s of 60.
#[test]
fn three_generations_of_reprotect_between_regions() {
    let send = |profile: &str| {
        let loaded = resolve(&format!(
            r#"
            profile = "{profile}"
            churn.constant = "1 MB/s"
            vm = [{{ name = "db", disks = [{{ tier = "standard" }}, {{ size = "1 TiB" }}] }}]
            link.forward.inter_region = {{}}
            planned_failover = [{{ at = "1 day", vms = ["db"] }}]"#
        ));
        let rules = journey(&loaded).rules.clone();
        let rates: Vec<(f64, f64)> = rules
            .copies
            .iter()
            .map(|copy| {
                ((copy.checksum.as_bytes_per_s() / 1e6).round(), (copy.send.map_or(f64::NAN, |rate| rate.as_bytes_per_s()) / 1e5).round() / 10.0)
            })
            .collect();
        (rates, rules.full_below.get(), rules.replay.get(), rules.again_by_difference)
    };
    assert_eq!(send("azure-to-azure-2019"), (vec![(45.0, 45.0), (45.0, 45.0)], 0.0, 0.0, true));
    assert_eq!(send("azure-to-azure-2021"), (vec![(45.0, 9.6), (80.0, 32.0)], 0.1, 0.0, true));
    assert_eq!(send("azure-to-azure-2025"), (vec![(45.0, 13.8), (80.0, 46.0)], 0.0, 0.2, true));
}

#[test]
fn what_changes_the_round_trip_changes_the_fingerprint() {
    let print = |rest: &str| resolve(&classic(&format!("{FIRE}{rest}"))).fingerprint;
    let plain = print("");
    assert_eq!(plain, print(""));
    assert_ne!(plain, print("[recovery]\ncommit_after = \"61 min\""));
    assert_ne!(plain, print("[[process_server]]\nname = \"a\"\nsite = \"target\""));
}

#[test]
fn a_classic_fleet_needs_a_way_home() {
    let text = classic(FIRE).replace("link.failback", "# ");
    let mistakes = load(&text, &[]).expect_err("nothing leads home");
    assert_eq!(mistakes.len(), 1, "{mistakes}");
    assert!(mistakes.render(false).contains("nothing leads home"), "{mistakes}");
}

#[test]
fn what_has_no_effect_is_said() {
    let warned = |rest: &str, words: &str| {
        let loaded = resolve(&classic(rest));
        assert!(loaded.warnings.iter().any(|warning| warning.contains(words)), "{words}: {:?}", loaded.warnings);
    };
    warned("[[disaster]]\nname = \"late\"\nat = \"60 days\"\nsite_lost = {}", "late would happen after the run ends");
    warned("[[disaster]]\nbetween = [\"40 days\", \"50 days\"]\nsite_lost = {}", "would happen after the run ends");
    warned("[[planned_failover]]\nat = \"60 days\"\nvms = [\"all\"]", "a planned failover would happen after the run ends");
    warned("[[drill]]\nat = \"60 days\"\nvms = [\"all\"]\nlasts = \"1 h\"", "a drill would happen after the run ends");
    warned("[recovery]\ncommit_after = \"2 h\"", "nothing in this scenario fails over");
    warned("[recovery.failback]\n[[disaster]]\nat = \"1 day\"\nsite_lost = {}", "never repaired");
    warned("[[disaster]]\nat = \"1 day\"\nconfiguration_server_lost = {}", "which nobody takes");
    warned(&format!("{FIRE}[recovery]\npoint = \"multi-vm\""), "the scenario has none");
    warned("", "link.failback is checked, but nobody comes home");
    warned("[[process_server]]\nname = \"a\"\nsite = \"target\"", "serves failback only: nobody comes home");
    let at_home = "[recovery.failback]\nprocess_server = \"home\"\n[[process_server]]\nname = \"a\"\nsite = \"target\"";
    warned(&format!("{FIRE}{at_home}"), "takes those at home");
}

#[test]
fn as_many_master_targets_as_the_disks_need_where_none_is_stated() {
    // 60 disks each, 3 of them their own: 57 for machines of 4 disks make 14 machines, so 30 machines need three.
    let text = classic(FIRE).replace("{ name = \"web\", count = 2 }", "{ name = \"web\", count = 30, disks = [{ count = 4 }] }");
    let loaded = resolve(&text);
    let names: Vec<&str> = back(&loaded).accounts.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["mt-windows-1", "mt-windows-2", "mt-windows-3", "mt-linux-1"]);
    let home = loaded.world.home.as_ref().expect("a home");
    assert!(home.machines.iter().all(|machine| machine.master_target.is_some()));
    assert_eq!(home.machines.iter().filter(|machine| machine.master_target == Some(2)).count(), 2);
}

/// A gateway carries half of its worth to private endpoints of the vault; process servers send to master targets, past them.
#[test]
fn private_endpoints_do_not_narrow_the_classic_way_back() {
    let circuit = "expressroute_private = { circuit = \"1 Gbps\", gateway = \"ErGw1Az\", private_endpoints = true }";
    let vpn = "vpn = { sku = \"VpnGw1\", bandwidth = \"100 Mbps\", outages = \"last mile\" }";
    let text = classic(FIRE).replace("internet = { bandwidth = \"200 Mbps\" }", circuit).replace(vpn, circuit);
    let loaded = resolve(&text);
    let (out, home) = (loaded.world.link.goodput.as_bits_per_s(), back(&loaded).link.goodput.as_bits_per_s());
    assert!(close(home, 2.0 * out), "{out} out, {home} home");
}
