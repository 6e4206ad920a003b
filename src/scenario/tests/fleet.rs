//! Machines, disks, templates, counts, groups, limits.

use super::{in_force, load, one_vm, resolve};
use crate::model::{DiskId, OsFamily, VmId};
use crate::results::Standing;
use crate::units::DataSize;

const LINK: &str = "[link.forward]\ninternet = { bandwidth = \"1 Gbps\" }\n";

/// The published table: standard 2; P10/P15 2, 4, 8 at 8, 16, 32 KB; P20 to P50 5, 20 at 8, 16 KB and more [MB/s].
#[test]
fn documented_limits_by_tier_and_write_size() {
    for (disk, mb_per_s) in [
        (r#"size = "1 TiB", tier = "P30", io = "16 KiB""#, 20.0),
        (r#"size = "1 TiB", io = "15 KiB""#, 5.0),
        (r#"size = "4 TiB", io = "64 KiB""#, 20.0),
        (r#"size = "100 GiB", io = "8 KiB""#, 2.0),
        (r#"size = "256 GiB", io = "16 KiB""#, 4.0),
        (r#"size = "256 GiB", io = "31 KiB""#, 4.0),
        (r#"size = "100 GiB", tier = "P10", io = "32 KiB""#, 8.0),
        (r#"size = "1 TiB", tier = "standard", io = "64 KiB""#, 2.0),
    ] {
        let loaded = one_vm(&format!("churn.constant = \"1 MB/s\"\ndisks = [{{ {disk} }}]"));
        let disk = &loaded.world.disks[0];
        assert_eq!(disk.documented_limit.as_bytes_per_s(), mb_per_s * 1e6, "{}", disk.tier);
        assert_eq!(disk.churn_limit, Some(disk.documented_limit));
    }
}

/// The planner's choice by size: up to 128 GB P10, 256 P15, 512 P20, 1024 P30, 2048 P40, 4095 P50.
/// asr-facts 3.4: "The limit follows the replica disk size, not its performance tier". The page's "16 KB" may be typed as that.
#[test]
fn a_faster_tier_does_not_lift_the_limit_and_decimal_kilobytes_are_the_page_s() {
    let limit = |disk: &str| one_vm(&format!("churn = \"idle\"\ndisks = [{{ {disk} }}]")).world.disks[0].documented_limit.as_bytes_per_s() / 1e6;
    assert_eq!(limit("size = \"128 GiB\", tier = \"P50\", io = \"16 KiB\""), limit("size = \"128 GiB\", io = \"16 KiB\""));
    assert!(limit("size = \"512 GiB\", tier = \"standard\", io = \"16 KiB\"") < limit("size = \"512 GiB\", io = \"16 KiB\""));
    assert_eq!(limit("size = \"512 GiB\", io = \"16 KB\""), limit("size = \"512 GiB\", io = \"16 KiB\""));
    let tracked = |io: &str| one_vm(&format!("churn = \"idle\"\ndisks = [{{ io = \"{io}\" }}]")).world.disks[0].tracked_per_written;
    assert_eq!((tracked("8 KB"), tracked("8 KiB"), tracked("4 KiB")), (1.0, 1.0, 2.0));
}

#[test]
fn tiers_by_size() {
    for (size, tier) in [
        ("64 GiB", "P10"),
        ("128 GiB", "P10"),
        ("129 GiB", "P15"),
        ("512 GiB", "P20"),
        ("1 TiB", "P30"),
        ("2 TiB", "P40"),
        ("4095 GiB", "P50"),
        ("32 TiB", "P80"),
    ] {
        let loaded = one_vm(&format!("churn.constant = \"1 MB/s\"\ndisks = [{{ size = \"{size}\" }}]"));
        assert_eq!(loaded.world.disks[0].tier, tier, "{size}");
    }
}

#[test]
fn limits_can_be_switched_off_or_set() {
    let with = |limits: &str| {
        let loaded = one_vm(&format!("churn.constant = \"1 MB/s\"\n[limits]\n{limits}"));
        let rate = |limit: Option<crate::units::ByteRate>| limit.map(|rate| rate.as_bytes_per_s() / 1e6);
        (rate(loaded.world.disks[0].churn_limit), rate(loaded.world.vms[0].churn_limit), rate(loaded.world.accounts[0].limit))
    };
    assert_eq!(with("disk = \"off\"\nvm = \"off\"\naccount = \"off\""), (None, None, None));
    assert_eq!(with("disk = \"7 MB/s\"\nvm = \"25 MB/s\"\naccount = \"1 GB/s\""), (Some(7.0), Some(25.0), Some(1000.0)));
    assert_eq!(with("disk = \"documented\"\nvm = \"documented\""), (Some(4.0), Some(54.0), Some(2400.0)));
    let off = one_vm("churn.constant = \"1 MB/s\"\n[limits]\ndisk = \"off\"");
    assert_eq!(off.world.disks[0].documented_limit.as_bytes_per_s(), 4e6, "known even where it is not enforced");
    assert_eq!(in_force(&off, "limits.disk"), Some(("off".to_string(), Standing::Scenario, Some("documented".to_string()))));
}

#[test]
fn small_writes_count_as_8_kib_each() {
    let floor = |io: &str| one_vm(&format!("churn.constant = \"1 MB/s\"\nio = \"{io}\"")).world.disks[0].tracked_per_written;
    assert_eq!(floor("4 KiB"), 2.0);
    assert_eq!(floor("8 KiB"), 1.0);
    assert_eq!(floor("64 KiB"), 1.0);
}

#[test]
fn counts_unroll_and_templates_lie_under() {
    let loaded = resolve(&format!(
        r#"
        [template.base]
        os = "linux"
        io = "8 KiB"
        churn.constant = "1 MB/s"
        disks = [{{ size = "200 GiB", used = "50 GiB" }}]
        [template.web]
        template = "base"
        io = "32 KiB"
        [[vm]]
        template = "web"
        count = 3
        [[vm]]
        name = "db"
        template = "web"
        os = "windows"
        disks = [{{ size = "1 TiB", count = 2 }}, {{ name = "log", size = "100 GiB", used = "25 %", tier = "standard" }}]
        {LINK}"#
    ));
    let world = &loaded.world;
    let names: Vec<&str> = world.vms.iter().map(|vm| vm.name.as_str()).collect();
    assert_eq!(names, ["web-01", "web-02", "web-03", "db"]);
    let disks: Vec<&str> = world.disks.iter().map(|disk| disk.name.as_str()).collect();
    assert_eq!(disks, ["web-01/0", "web-02/0", "web-03/0", "db/0", "db/1", "db/log"]);
    assert_eq!((world.vms[0].os, world.vms[3].os), (OsFamily::Linux, OsFamily::Windows));
    assert_eq!((world.vms[3].first_disk, world.vms[3].disk_count), (DiskId(3), 3));
    assert_eq!(world.disks[0].io_size, DataSize::from_bytes(32 << 10), "the nearer template wins");
    assert_eq!((world.disks[0].used, world.disks[5].used), (DataSize::from_gib(50), DataSize::from_gib(25)));
    assert_eq!(world.disks[5].documented_limit.as_bytes_per_s(), 2e6);
}

#[test]
fn a_vm_s_churn_falls_on_its_disks_by_shares() {
    let scales = |disks: &str| -> Vec<f64> {
        let loaded = one_vm(&format!("churn.constant = \"1 MB/s\"\ndisks = [{disks}]"));
        loaded.world.disks.iter().map(|disk| disk.churn.scale).collect()
    };
    let even = scales(r#"{ size = "1 GiB" }, { size = "1 GiB" }"#);
    assert_eq!(even, [0.5, 0.5]);
    let rest = scales(r#"{ size = "1 GiB", churn_share = "60 %" }, { size = "1 GiB" }, { size = "1 GiB" }"#);
    assert!(rest.iter().zip([0.6, 0.2, 0.2]).all(|(a, b)| super::close(*a, b)), "{rest:?}");
    let own = one_vm("churn.constant = \"1 MB/s\"\ndisks = [{ size = \"1 GiB\" }, { size = \"1 GiB\", churn.constant = \"3 MB/s\" }]");
    let streams: Vec<&str> = own.world.disks.iter().map(|disk| disk.churn.stream.as_str()).collect();
    assert_eq!(streams, ["db", "db/1"], "disks that share a source share its stream");
    assert_eq!(own.world.disks.iter().map(|disk| disk.churn.scale).collect::<Vec<_>>(), [1.0, 1.0]);
}

#[test]
fn the_even_split_is_listed_as_an_assumption() {
    let loaded = one_vm("churn.constant = \"1 MB/s\"\ndisks = [{ size = \"1 GiB\" }, { size = \"1 GiB\" }]");
    assert_eq!(in_force(&loaded, "churn.disk_split").map(|(value, standing, _)| (value, standing)), Some(("even".to_string(), Standing::Assumed)));
    assert_eq!(in_force(&one_vm("churn.constant = \"1 MB/s\""), "churn.disk_split"), None, "one disk needs no split");
}

#[test]
fn groups_come_from_machines_and_from_lists() {
    let loaded = resolve(&format!(
        r#"
        churn.constant = "1 MB/s"
        [[vm]]
        name = "db"
        group = "erp"
        [[vm]]
        name = "app"
        count = 2
        [[vm]]
        name = "x"
        [[group]]
        name = "web"
        vms = ["x"]
        [[group]]
        name = "erp"
        vms = ["app"]
        {LINK}"#
    ));
    let groups: Vec<(&str, Vec<VmId>)> = loaded.world.groups.iter().map(|group| (group.name.as_str(), group.vms.clone())).collect();
    assert_eq!(groups, [("erp", vec![VmId(0), VmId(1), VmId(2)]), ("web", vec![VmId(3)])]);
    assert_eq!(loaded.world.vms[2].group.map(|group| group.0), Some(0));
}

#[test]
fn batches_of_initial_replication() {
    let batches = |rest: &str| -> Vec<u32> {
        let text = format!("churn.constant = \"1 MB/s\"\n{LINK}[[vm]]\nname = \"a\"\ncount = 5\n{rest}");
        resolve(&text).world.vms.iter().map(|vm| vm.batch).collect()
    };
    assert_eq!(batches(""), [0, 0, 0, 0, 0]);
    assert_eq!(batches("[initial_replication]\nbatch = 2"), [0, 0, 1, 1, 2]);
    assert_eq!(batches("batch = 3"), [2, 2, 2, 2, 2]);
}

#[test]
fn footprints_are_working_sets_in_bytes_or_shares() {
    let loaded = one_vm(
        "churn.constant = \"1 MB/s\"\ndisks = [{ size = \"100 GiB\", footprint = [{ size = \"2 GiB\", share = 0.8 }, { size = \"50 %\", share = 0.2 }] }]",
    );
    let sets: Vec<(f64, f64)> = loaded.world.disks[0].footprint.sets.iter().map(|set| (set.size, set.share)).collect();
    assert_eq!(sets, [(2.0 * 1_073_741_824.0, 0.8), (50.0 * 1_073_741_824.0, 0.2)]);
}

#[test]
fn writes_land_anywhere_on_the_disk_unless_it_is_said_otherwise() {
    let sets = |extra: &str| {
        one_vm(&format!("churn.constant = \"1 MB/s\"\ndisks = [{{ size = \"100 GiB\" }}]\n{extra}")).world.disks[0].footprint.sets.clone()
    };
    let whole = &sets("")[0];
    assert_eq!((whole.size, whole.share), (100.0 * 1_073_741_824.0, 1.0));
    assert!(sets("[override]\n\"footprint.default\" = \"none\"").is_empty(), "for ever distinct only if asked for");
}

#[test]
fn agent_buffers_by_fleet_machine_and_disk() {
    let loaded = resolve(&format!(
        r#"
        churn.constant = "1 MB/s"
        agent.buffer = "1 GiB"
        [[vm]]
        name = "a"
        [[vm]]
        name = "b"
        agent_buffer = "unlimited"
        disks = [{{ size = "1 GiB" }}, {{ size = "1 GiB", agent_buffer = "64 MiB" }}]
        {LINK}"#
    ));
    let buffers: Vec<Option<DataSize>> = loaded.world.disks.iter().map(|disk| disk.agent_buffer).collect();
    assert_eq!(buffers, [Some(DataSize::from_gib(1)), None, Some(DataSize::from_bytes(64 << 20))]);
}

#[test]
fn process_servers_by_name_and_by_fewest_machines() {
    let loaded = resolve(&format!(
        r#"
        churn.constant = "1 MB/s"
        [[process_server]]
        name = "far"
        [[process_server]]
        name = "near"
        count = 2
        cache = "100 GiB"
        intake = "200 MB/s"
        intake_ops = 4096
        compression = "0 %"
        [[process_server]]
        name = "cloud"
        site = "target"
        [[vm]]
        name = "a"
        process_server = "near-2"
        [[vm]]
        name = "b"
        count = 3
        {LINK}"#
    ));
    let world = &loaded.world;
    let names: Vec<&str> = world.hubs.iter().map(|hub| hub.name.as_str()).collect();
    assert_eq!(names, ["far", "near-1", "near-2"], "one at the target serves failback only");
    assert!(loaded.warnings.iter().any(|warning| warning.contains("`cloud`")), "{:?}", loaded.warnings);
    let hubs: Vec<u32> = world.vms.iter().map(|vm| vm.hub.0).collect();
    assert_eq!(hubs, [2, 0, 1, 0]);
    assert_eq!((world.hubs[1].cache, world.hubs[1].intake_ops), (Some(DataSize::from_gib(100)), Some(4096.0)));
    assert_eq!((world.hubs[1].intake.map(|rate| rate.as_bytes_per_s()), world.hubs[1].wire_per_tracked), (Some(200e6), 1.0));
}

#[test]
fn accounts_in_turn_and_by_name() {
    let loaded = resolve(&format!(
        "churn.constant = \"1 MB/s\"\n[[account]]\nname = \"x\"\nlimit = \"off\"\n[[account]]\nname = \"y\"\n[[vm]]\nname = \"a\"\ncount = 3\n[[vm]]\nname = \"b\"\naccount = \"y\"\n{LINK}"
    ));
    assert_eq!(loaded.world.vms.iter().map(|vm| vm.account.0).collect::<Vec<_>>(), [0, 1, 0, 1]);
    assert_eq!(loaded.world.accounts.iter().map(|account| account.limit.is_some()).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn more_machines_than_a_size_is_planned_for_is_worth_a_warning() {
    let loaded = resolve(&format!(
        "churn.constant = \"1 kB/s\"\n[[process_server]]\nname = \"ps\"\nsize = \"4 vCPU\"\n[[vm]]\nname = \"a\"\ncount = 86\n{LINK}"
    ));
    assert_eq!(loaded.warnings, ["process server `ps` has 86 machines; the table plans its size for 85"]);
}

#[test]
fn a_fleet_beyond_reason_is_refused_quickly() {
    let huge = load(&format!("churn.constant = \"1 kB/s\"\n[[vm]]\nname = \"a\"\ncount = 4000000000\n{LINK}"), &[]);
    assert!(huge.is_err_and(|mistakes| mistakes.to_string().contains("more than 100000 machines")));
}

/// A record of a whole VM says nothing of its disks: the scenario must, by naming the only disk, the shares, or a record for each.
#[test]
fn the_split_over_the_disks_is_known_only_if_the_scenario_says_it() {
    let record = "churn.record = { file = \"r.csv\", column = \"db\" }";
    let known = |disks: &str| one_vm(&format!("{record}\n{disks}")).world.vms[0].split_known;
    assert!(!known(""), "no disk is named: one is assumed");
    assert!(known("disks = [{ size = \"64 GiB\" }]"), "the only disk");
    assert!(!known("disks = [{ size = \"64 GiB\" }, { size = \"64 GiB\" }]"), "split evenly for want of shares");
    assert!(!known("disks = [{ count = 3 }]"));
    assert!(known("disks = [{ churn_share = \"70 %\" }, { churn_share = \"30 %\" }]"));
    assert!(known("disks = [{ churn_share = \"70 %\" }, { }]"), "what is left");
    assert!(!known("disks = [{ churn_share = \"70 %\" }, { }, { }]"));
    assert!(known("disks = [{ churn = \"idle\" }, { }]"), "only one shares the VM's record");
    assert!(known("disks = [{ churn.record = { column = \"web\" } }, { churn.record = { column = \"app\" } }]"), "a column for each");
    let synthetic = one_vm("churn.constant = \"1 MB/s\"\ndisks = [{ }, { }]");
    assert!(synthetic.world.vms[0].split_known, "what is no record splits as it is told");
}

/// A count is resolved once; its machines differ in nothing but what is named after them, also where a name has a slash in it.
#[test]
fn machines_of_a_count_differ_in_their_names_only() {
    let disks = r#"disks = [{ size = "64 GiB" }, { name = "a/b", churn.b_model = { mean = "1 MB/s" } }]"#;
    let vm = format!("[[vm]]\nname = \"x/y\"\ncount = 3\nchurn.lognormal = {{ mean = \"1 MB/s\", variability = 1 }}\n{disks}\n");
    let world = resolve(&format!("{vm}{LINK}")).world;
    let named: Vec<(&str, &str, VmId)> = world.disks.iter().map(|disk| (disk.name.as_str(), disk.churn.stream.as_str(), disk.vm)).collect();
    let expected = [
        ("x/y-01/0", "x/y-01", VmId(0)),
        ("x/y-01/a/b", "x/y-01/a/b", VmId(0)),
        ("x/y-02/0", "x/y-02", VmId(1)),
        ("x/y-02/a/b", "x/y-02/a/b", VmId(1)),
        ("x/y-03/0", "x/y-03", VmId(2)),
        ("x/y-03/a/b", "x/y-03/a/b", VmId(2)),
    ];
    assert_eq!(named, expected);
    assert_eq!((world.vms[2].first_disk, world.vms[2].disk_count), (DiskId(4), 2));
    assert_eq!((world.disks[4].tier.as_str(), world.disks[5].tier.as_str()), ("P10", "P10"));
}

/// A mistake at one place of a count is told once, however many machines have it.
#[test]
fn a_mistake_of_a_count_is_told_once() {
    let broken =
        ["process_server = \"nowhere\"", "account = \"nowhere\"", "tier = \"P11\"", "churn.record = { file = \"one.csv\", column = \"nowhere\" }"];
    for broken in broken {
        let churn = if broken.starts_with("churn") { "" } else { "churn.constant = \"1 MB/s\"" };
        let text = format!("[[vm]]\nname = \"web\"\ncount = 5000\n{churn}\n{broken}\n{LINK}");
        let Err(mistakes) = load(&text, &[]) else { panic!("{broken} is taken") };
        assert_eq!(mistakes.len(), 1, "{mistakes}");
        assert!(!mistakes.to_string().contains("more mistakes"), "{mistakes}");
    }
}
