//! The month of 500 VMs as one scenario. The record is not part of the project: the test looks for it in the folder that `FAILBACK_TEST_DATA` names,
//! else in `test-data` in the checkout, and is skipped without it.

use std::path::{Path, PathBuf};

use crate::scenario::{Files, parse};
use crate::units::Span;

#[test]
fn a_month_of_500_vms_is_a_short_scenario() {
    let folder = std::env::var_os("FAILBACK_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("test-data"), PathBuf::from)
        .join("bitbrains-2013-07");
    if !folder.join("write-kb-per-5min.csv.gz").exists() {
        println!("skipped: no {} (set FAILBACK_TEST_DATA to the folder of the real records)", folder.display());
        return;
    }
    let text = r#"
        title = "July fleet"
        [churn.record]
        file = "write-kb-per-5min.csv.gz"
        unit = "kB"
        [[vm]]
        name = "bb"
        churn.record.column = "all"
        [limits]
        disk = "off"
        vm = "off"
        account = "off"
        [agent]
        buffer = "unlimited"
        [[process_server]]
        name = "ps"
        count = 4
        size = "12 vCPU"
        [link.forward]
        internet = { bandwidth = "1 Gbps" }
        "#;
    let loaded = parse(text, "july.toml", "july", &folder, &[], &mut Files).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let world = &loaded.world;
    assert_eq!((world.vms.len(), world.disks.len(), world.records.len()), (500, 500, 1));
    assert_eq!((world.vms[0].name.as_str(), world.vms[499].name.as_str()), ("bb-1", "bb-500"));
    // Midnight of 1 July where the VMs ran.
    assert_eq!((world.start.to_string().as_str(), world.horizon), ("2013-06-30T22:00:00", Span::from_days(30)));
    assert_eq!((world.records[0].buckets, world.records[0].source.as_str()), (8640, "write-kb-per-5min.csv.gz"));
    assert!(world.hubs.iter().all(|hub| world.vms.iter().filter(|vm| world.hubs[vm.hub.0 as usize].name == hub.name).count() == 125));
    assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    assert!(Path::new(&world.records[0].source).is_relative());
}
