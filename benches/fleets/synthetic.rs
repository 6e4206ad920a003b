//! Fleets of random churn, statistics only: log-normal rates with autocorrelation, a new one every 5 minutes, as in the scenarios that ship. Link,
//! process servers and accounts grow with the fleet, so ten times the VMs should take ten times as long. The limits of disks and VMs are off, but in one
//! measurement: where they are on, nearly every VM is over its limit some time, and a VM that has waited once is followed point by point from then on.

use std::path::Path;

use criterion::Criterion;
use failback::model::World;
use failback::scenario::Files;
use failback::units::Span;

use crate::cpu_time::CpuTime;
use crate::{group, measure, run, world};

/// So many thousand VMs. Mean rate on the wire 1.4 Gbit/s per thousand, which uses the link by 60 %. `limits` are off or documented.
fn fleet(thousands: u32, days: u32, limits: &str) -> World {
    let (vms, servers, mbps) = (1000 * thousands, 5 * thousands, 2400 * thousands);
    let accounts: String = (1..=thousands).map(|number| format!("[[account]]\nname = \"cache-{number}\"\n")).collect();
    let text = format!(
        r#"
        title = "Synthetic fleet"
        start = "2026-03-02 00:00"
        horizon = "{days} days"
        [churn.lognormal]
        mean = "250 kB/s"
        variability = 1.5
        autocorrelation = 0.8
        period = "5 min"
        [limits]
        disk = "{limits}"
        vm = "{limits}"
        [[vm]]
        name = "app"
        count = {vms}
        disks = [{{ size = "256 GiB", used = "90 GiB" }}]
        [[process_server]]
        name = "ps"
        count = {servers}
        size = "12 vCPU"
        [link.forward]
        internet = {{ bandwidth = "{mbps} Mbps", payload = 1 }}
        [output]
        series_every = "off"
        vm_quantiles = false
        loss_bytes = false
        events = false
        points = false
        {accounts}
        "#
    );
    world(&text, Path::new(""), &mut Files)
}

/// A day tells as much of the link's use as a year.
fn used_by_60_percent(world: World) -> World {
    let used = run(&World { horizon: Span::from_days(1), ..world.clone() }).results.link.mean_use;
    assert!((used - 0.6).abs() < 0.05, "the link is used by {used}");
    world
}

pub fn fleets(criterion: &mut Criterion<CpuTime>) {
    let mut group = group(criterion, "synthetic");
    for (thousands, days, limits, name) in [
        (1, 30, "off", "1,000 VMs x 30 days"),
        (10, 30, "off", "10,000 VMs x 30 days"),
        (1, 365, "off", "1,000 VMs x 365 days"),
        (1, 30, "documented", "1,000 VMs x 30 days, documented limits on"),
    ] {
        let vm_buckets = u64::from(1000 * thousands) * u64::from(days) * 288;
        measure(&mut group, name, vm_buckets, || used_by_60_percent(fleet(thousands, days, limits)));
    }
    group.finish();
}
