//! Each of the five systems takes its own path, and every starter resolves.

use super::{in_force, one_vm, resolve};
use crate::model::{HubKind, System};
use crate::profile;
use crate::scenario::{starter, starters};
use crate::units::{DataSize, Span};

#[test]
fn a_short_scenario_resolves_with_the_profile_s_defaults() {
    let loaded = one_vm("churn.constant = \"1 MB/s\"");
    let world = &loaded.world;
    assert_eq!((world.vms.len(), world.disks.len(), world.hubs.len(), world.accounts.len()), (1, 1, 1, 1));
    assert_eq!((world.system, world.profile.as_str(), world.title.as_str()), (System::VmwareClassic, profile::DEFAULT, "test"));
    assert_eq!(world.horizon, Span::from_days(7));
    assert_eq!(world.start.to_string(), "2026-01-05T00:00:00");
    assert_eq!(world.disks[0].agent_buffer, Some(DataSize::from_bytes(512 << 20)));
    assert_eq!(world.accounts[0].limit.map(|limit| limit.as_bytes_per_s()), Some(2400e6));
    assert_eq!(world.vms[0].churn_limit.map(|limit| limit.as_bytes_per_s()), Some(54e6));
    assert_eq!(world.apply.delay, Span::from_mins(5));
    assert_eq!(loaded.fingerprint.len(), 64);
}

#[test]
fn every_starter_resolves_and_lists_what_it_rests_on() {
    assert_eq!(starters().len(), 8);
    for (name, what) in starters() {
        let loaded = resolve(&starter(name).unwrap_or_default());
        assert!(!what.is_empty() && !loaded.world.vms.is_empty(), "{name}");
        assert!(loaded.assumptions.len() > 30, "{name}: {}", loaded.assumptions.len());
        assert!(loaded.assumptions.iter().all(|a| !a.source.is_empty() && !a.value.is_empty()), "{name}");
        assert!(loaded.assumptions.is_sorted_by(|a, b| a.key <= b.key), "{name}");
    }
    assert_eq!(starter("vmware"), None);
}

#[test]
fn starters_between_them_use_every_profile_of_today() {
    let used: Vec<String> = starters().iter().map(|(name, _)| resolve(&starter(name).unwrap_or_default()).world.profile).collect();
    let of_old = ["vmware-classic-2018", "azure-to-azure-2021", "azure-to-azure-2019"];
    for profile in profile::names().filter(|name| !of_old.contains(name)) {
        assert!(used.iter().any(|name| name == profile), "{profile}");
    }
}

#[test]
fn classic_physical_and_avs_go_through_process_servers() {
    for (profile, system) in [
        ("vmware-classic-2021", System::VmwareClassic),
        ("vmware-classic-2018", System::VmwareClassic),
        ("physical-2021", System::Physical),
        ("avs-2026", System::Avs),
    ] {
        let loaded = resolve(&format!(
            "profile = \"{profile}\"\n[[vm]]\nname = \"a\"\nchurn.constant = \"1 MB/s\"\n[[process_server]]\nname = \"ps\"\nsize = \"4 vCPU\"\n[link.forward]\ninternet = {{ bandwidth = \"1 Gbps\" }}\n"
        ));
        let hub = &loaded.world.hubs[0];
        assert_eq!((loaded.world.system, hub.kind), (system, HubKind::ProcessServer), "{profile}");
        // Sizing table: 4 vCPU, 300 GB of cache, up to 250 GB a day.
        assert_eq!(hub.cache, Some(DataSize::from_gib(300)));
        assert_eq!(hub.daily_limit, DataSize::from_gib(250));
        assert_eq!((hub.throttle_free.get(), hub.resume_free.get(), hub.throttle_factor.get()), (0.2, 0.25, 0.5));
        assert_eq!(hub.alert_free.map(|share| share.get()), [0.3, 0.25]);
        assert_eq!(hub.alert_drain, [Span::from_mins(30), Span::from_mins(45)]);
        assert_eq!((hub.intake, hub.intake_ops), (None, None));
        assert!((hub.wire_per_tracked - 0.7).abs() < 1e-12);
    }
}

#[test]
fn modernized_goes_through_one_appliance_without_app_points() {
    let loaded = resolve(
        "profile = \"vmware-modernized-2026\"\n[[vm]]\nname = \"a\"\nchurn.constant = \"1 MB/s\"\n[link.forward]\ninternet = { bandwidth = \"1 Gbps\" }\n",
    );
    let hub = &loaded.world.hubs[0];
    assert_eq!((loaded.world.system, hub.kind, hub.name.as_str()), (System::VmwareModernized, HubKind::Appliance, "appliance-1"));
    assert_eq!((hub.cache, hub.daily_limit), (Some(DataSize::from_gib(1024)), DataSize::from_gib(2048)));
    assert_eq!(loaded.world.policy.app_every, None);
}

#[test]
fn azure_to_azure_has_the_cache_account_as_hub() {
    let loaded = resolve(
        "profile = \"azure-to-azure-2025\"\n[[vm]]\nname = \"a\"\ndisks = [{ size = \"1 TiB\", io = \"32 KiB\" }]\nchurn.constant = \"1 MB/s\"\n\
         [[account]]\nname = \"cache-1\"\n[link.forward]\ninter_region = { between = [\"UK South\", \"West Europe\"] }\n",
    );
    let world = &loaded.world;
    let hub = &world.hubs[0];
    assert_eq!((world.system, hub.kind, hub.name.as_str(), hub.cache), (System::AzureToAzure, HubKind::CacheAccount, "cache-1", None));
    assert_eq!(hub.intake.map(|rate| rate.as_bytes_per_s()), Some(1200e6));
    assert_eq!(hub.wire_per_tracked, 1.0);
    assert_eq!((world.accounts.len(), world.accounts[0].limit), (1, None));
    assert_eq!(world.link.rtt, Span::from_nanos(11_000_000));
    assert_eq!(world.link.goodput.as_bits_per_s(), 9.73e9);
    assert_eq!(world.disks[0].documented_limit.as_bytes_per_s(), 20e6);
    assert_eq!(world.policy.app_every, None);
}

#[test]
fn azure_to_azure_machines_name_their_cache_account() {
    let text = |key: &str| {
        format!(
            "profile = \"azure-to-azure-2025\"\nchurn = \"idle\"\n[[account]]\nname = \"x\"\n[[account]]\nname = \"y\"\nlimit = \"500 MB/s\"\n\
             [[vm]]\nname = \"a\"\n{key} = \"y\"\n[[vm]]\nname = \"b\"\n[link.forward]\ninter_region = {{}}\n"
        )
    };
    let world = resolve(&text("account")).world;
    assert_eq!(world.vms.iter().map(|vm| (vm.hub.0, vm.account.0)).collect::<Vec<_>>(), [(1, 0), (0, 0)]);
    assert_eq!(world.hubs[1].intake.map(|rate| rate.as_bytes_per_s()), Some(500e6));
    assert!(super::load(&text("process_server"), &[]).is_err());
}

#[test]
fn azure_to_azure_churn_plans_follow_their_tables() {
    let with = |plan: &str, disk: &str| {
        let loaded = resolve(&format!(
            "profile = \"azure-to-azure-2025\"\n[limits]\nchurn_plan = \"{plan}\"\n[[vm]]\nname = \"a\"\ndisks = [{disk}]\nchurn.constant = \"1 MB/s\"\n[link.forward]\ninter_region = {{}}\n"
        ));
        let rate = |limit: Option<crate::units::ByteRate>| limit.map(|rate| rate.as_bytes_per_s() / 1e6);
        (rate(loaded.world.vms[0].churn_limit), rate(loaded.world.disks[0].churn_limit))
    };
    assert_eq!(with("normal", r#"{ size = "1 TiB", io = "16 KiB" }"#), (Some(54.0), Some(20.0)));
    assert_eq!(with("high", r#"{ size = "1 TiB", io = "16 KiB" }"#), (Some(100.0), Some(35.0)));
    assert_eq!(with("high", r#"{ size = "512 GiB", io = "24 KiB" }"#), (Some(100.0), Some(30.0)));
    assert_eq!(with("high", r#"{ size = "512 GiB", io = "24 KiB", tier = "standard" }"#), (Some(100.0), Some(6.0)));
    // min(base IOPS x write size, base throughput, 250 MB/s): P10 500 x 8 KiB; P30 5000 x 64 KiB is capped by 200 MB/s; P60 by 250 MB/s.
    assert_eq!(with("enhanced", r#"{ size = "128 GiB", io = "8 KiB" }"#), (Some(500.0), Some(4.096)));
    assert_eq!(with("enhanced", r#"{ size = "1 TiB", io = "64 KiB" }"#), (Some(500.0), Some(200.0)));
    assert_eq!(with("enhanced", r#"{ size = "8 TiB", io = "64 KiB" }"#), (Some(500.0), Some(250.0)));
}

#[test]
fn the_default_number_of_process_servers_follows_the_table() {
    let loaded = resolve("[[vm]]\nname = \"a\"\ncount = 301\nchurn.constant = \"1 kB/s\"\n[link.forward]\ninternet = { bandwidth = \"1 Gbps\" }\n");
    // 8 vCPU: up to 150 machines.
    let names: Vec<&str> = loaded.world.hubs.iter().map(|hub| hub.name.as_str()).collect();
    assert_eq!(names, ["ps-1", "ps-2", "ps-3"]);
    let machines = |hub: u32| loaded.world.vms.iter().filter(|vm| vm.hub.0 == hub).count();
    assert_eq!([machines(0), machines(1), machines(2)], [101, 100, 100]);
    assert_eq!(in_force(&loaded, "process_server.count").map(|(value, _, _)| value), Some("3".to_string()));
}
