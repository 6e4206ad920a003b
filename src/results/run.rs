//! The record of one run.

use schemars::JsonSchema;
use serde::Serialize;

use crate::results::{
    Assumption, Bottleneck, BreachSummary, CdfCurve, ChurnInput, CostResult, Credibility, DayWorst, DiskResult, Event, FleetPoints, GroupResult,
    HubResult, InitialReplication, JourneyResult, LinkResult, LossByChoice, OneQueue, PointCalendar, Replications, RunTable, ScenarioInfo,
    ScopedLaws, SeriesRow, VmResult,
};

/// Version of the record's shape.
pub const SCHEMA: u32 = 1;

/// `summary.json`: everything that one run found.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Results {
    /// Version of this shape.
    pub schema: u32,
    /// Program version.
    pub version: String,
    /// Which run.
    pub scenario: ScenarioInfo,
    /// The input as the run saw it.
    pub churn: ChurnInput,
    /// Age of the oldest write not yet safe \[s\].
    pub lag: ScopedLaws,
    /// The product's clock: now - newest landed marker \[s\].
    pub reported_rpo: ScopedLaws,
    /// Now - newest available point of either kind \[s\].
    pub point_age: ScopedLaws,
    /// Now - newest available app-consistent point \[s\]; null if app points are off.
    pub app_point_age: Option<ScopedLaws>,
    /// Lag of the worst VM over the threshold.
    pub breaches: BreachSummary,
    /// Reported RPO of the worst VM over the threshold: what the product alerts on.
    pub reported_breaches: BreachSummary,
    /// Day by day.
    pub days: Vec<DayWorst>,
    /// Loss by choice of recovery point.
    pub loss: Vec<LossByChoice>,
    /// Recovery points.
    pub points: FleetPoints,
    /// The forward link.
    pub link: LinkResult,
    /// Process servers, appliances or source cache accounts.
    pub process_servers: Vec<HubResult>,
    /// Process servers (appliances, cache accounts) that the fleet's largest day would fill at their daily planning limit, if it were spread evenly \[1\].
    pub process_servers_for_largest_day: f64,
    /// What made disks wait, longest first.
    pub bottlenecks: Vec<Bottleneck>,
    /// The fleet as one queue.
    pub one_queue: OneQueue,
    /// Initial replication.
    pub initial_replication: InitialReplication,
    /// Share of VM-time without any recovery point \[1\].
    pub unprotected_share: f64,
    /// By VM, in scenario order.
    pub vms: Vec<VmResult>,
    /// By disk, in scenario order.
    pub disks: Vec<DiskResult>,
    /// By replication group.
    pub groups: Vec<GroupResult>,
    /// The round trip: disasters, failovers, reprotects, failbacks; null if the scenario has none.
    pub journey: Option<JourneyResult>,
    /// What it costs, by item; null in the record of a way back, whose costs are in that of its round trip.
    pub cost: Option<CostResult>,
    /// What many replications say, of which this record shows the first; null if there was one run.
    pub replications: Option<Replications>,
    /// Every default in force and every override.
    pub assumptions: Vec<Assumption>,
    /// Self-checks of the run.
    pub checks: Checks,
    /// How far the run can be relied on: how much of its input was measured, what lies outside the range that was checked, what was checked. Null in parts of a record.
    pub credibility: Option<Credibility>,
}

/// Self-checks of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Checks {
    /// Largest relative error of bytes written = landed + stored + superseded over disks \[1\].
    pub conservation_error: f64,
    /// Calendar events handled.
    pub calendar_events: u64,
    /// Fluid events handled (queues emptied, thresholds crossed).
    pub fluid_events: u64,
    /// Random streams drawn from: of none, nothing was random, and every replication is the same.
    pub random_streams: u64,
    /// VM-buckets simulated.
    pub vm_buckets: u64,
}

/// All that one run yields: the record and what is too long for it.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOutput {
    /// The record.
    pub results: Results,
    /// Fleet over time.
    pub series: Vec<SeriesRow>,
    /// Breaches of the RPO threshold by the fleet's worst VM, from and to \[s\].
    pub breaches: Vec<(f64, f64)>,
    /// Distributions for plots.
    pub curves: Vec<CdfCurve>,
    /// Event log, in order of time.
    pub events: Vec<Event>,
    /// Points held at the end, by VM.
    pub calendars: Vec<PointCalendar>,
    /// Figures of every replication; `None` if there was one run.
    pub runs: Option<RunTable>,
}
