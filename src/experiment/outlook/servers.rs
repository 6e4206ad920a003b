//! How many process servers a month needs, of which size, with how much cache: by the daily planning limit and by the documented sizing table.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{HubKind, World};
use crate::profile::Profile;
use crate::units::DataSize;

/// A row of the documented sizing table of scale-out process servers.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Its name: `8 vCPU`.
    pub size: String,
    /// Cache \[bytes\].
    pub cache: f64,
    /// Churn per day \[bytes\].
    pub day: f64,
    /// Machines.
    pub machines: u64,
}

/// What a month needs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct ServerNeed {
    /// Process servers that hold the largest day within the daily planning limit, evenly filled.
    pub by_daily_limit: u64,
    /// Process servers for so many machines, by the largest documented size; null where no size is documented.
    pub by_machines: Option<u64>,
    /// The larger of the two.
    pub servers: u64,
    /// Smallest documented size that takes its even part of the largest day and of the machines; null where none does.
    pub size: Option<String>,
    /// Documented cache of that size \[bytes, each\].
    pub cache_documented_bytes: Option<f64>,
    /// Cache that would have kept the largest measured peak above the free share at which intake is throttled \[bytes, each\]; null where nothing was cached.
    pub cache_for_peak_bytes: Option<f64>,
}

/// The documented sizes, smallest first. A server built into the configuration server is sized for that as well, and a size without machines is a measurement,
/// not a row of the table.
pub fn bands(profile: &Profile) -> Vec<Band> {
    let cell = |size: &str, column: &str| profile.get(&format!("process_server_size.{size}.{column}")).map(|entry| entry.value.clone());
    let amount = |size: &str, column: &str| cell(size, column).and_then(|text| text.parse::<DataSize>().ok()).map(DataSize::as_f64);
    let band = |size: &str| {
        let machines = cell(size, "machines").and_then(|text| text.parse().ok())?;
        Some(Band { size: size.to_owned(), cache: amount(size, "cache")?, day: amount(size, "churn_per_day")?, machines })
    };
    let mut bands: Vec<Band> =
        profile.rows("process_server_size").into_iter().filter(|size| !size.starts_with("built-in")).filter_map(band).collect();
    bands.sort_by(|a, b| a.machines.cmp(&b.machines).then(a.day.total_cmp(&b.day)));
    bands
}

/// What a month needs whose largest day fills `largest_day` servers at their daily limit and whose fullest cache held `peak` bytes; `None` between regions, where
/// cache accounts stand in the servers' place.
pub fn need(world: &World, bands: &[Band], largest_day: f64, peak: Option<f64>) -> Option<ServerNeed> {
    let hub = world.hubs.first().filter(|hub| hub.kind != HubKind::CacheAccount)?;
    // A sum of shares that comes to a whole number does so but for rounding.
    let by_daily_limit = ((largest_day - 1e-9).ceil() as u64).max(1);
    let machines = world.vms.len() as u64;
    let by_machines = bands.last().map(|band| machines.div_ceil(band.machines.max(1)).max(1));
    let servers = by_daily_limit.max(by_machines.unwrap_or(1));
    let (day, each) = (largest_day * hub.daily_limit.as_f64() / servers as f64, machines.div_ceil(servers));
    let band = bands.iter().find(|band| day <= band.day * (1.0 + 1e-9) && each <= band.machines);
    let filled = 1.0 - hub.throttle_free.get();
    Some(ServerNeed {
        by_daily_limit,
        by_machines,
        servers,
        size: band.map(|band| band.size.clone()),
        cache_documented_bytes: band.map(|band| band.cache),
        cache_for_peak_bytes: peak.filter(|peak| *peak > 0.0 && filled > 0.0).map(|peak| peak / filled),
    })
}

/// The most machines on one server over the most that a documented size takes \[1\]; `None` where none is documented or none stands.
pub(super) fn machines_share(world: &World, bands: &[Band]) -> Option<f64> {
    world.hubs.first().filter(|hub| hub.kind != HubKind::CacheAccount)?;
    let mut on = vec![0_u64; world.hubs.len()];
    for vm in &world.vms {
        on[vm.hub.0 as usize] += 1;
    }
    let largest = bands.last().filter(|band| band.machines > 0)?;
    on.into_iter().max().map(|most| most as f64 / largest.machines as f64)
}
