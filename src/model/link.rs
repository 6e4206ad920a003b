//! A link between two sites: capacity over time, delay, ceilings per flow, outages.

use crate::units::{BitRate, DurationLaw, Instant, Share, Span};

/// The forward link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Name for reports: `internet`, `expressroute-microsoft`, `vpn VpnGw2` ...
    pub name: String,
    /// Capacity for replication payload on the wire, after overhead, before background traffic and throttle \[bit/s\].
    pub goodput: BitRate,
    /// Round-trip time; bytes that leave the link land half of it later.
    pub rtt: Span,
    /// Share of packets lost, from which the ceiling of a flow follows \[1\].
    pub loss: Share,
    /// Ceiling per VM: parallel flows x min(window / RTT, Mathis); `None` when RTT is 0.
    pub flow_ceiling: Option<FlowCeiling>,
    /// How disks share it.
    pub sharing: Sharing,
    /// Constant traffic of others \[bit/s\], taken off first.
    pub background: BitRate,
    /// Calendar throttle: the first window that holds the instant applies.
    pub throttle: Vec<ThrottleWindow>,
    /// Capacity changes at known instants (scheduled outages, maintenance, gateway switch-over), as factors on goodput; sorted by `from`, factors multiply where they overlap.
    pub scheduled: Vec<CapacityChange>,
    /// Random outages, one process per connection or cause.
    pub outages: Vec<OutageProcess>,
}

/// What one VM can get however idle the link is.
#[derive(Clone, Copy, Debug)]
pub struct FlowCeiling {
    /// Parallel flows per VM (documented default 4).
    pub flows: u32,
    /// Rate of one flow \[bit/s\]: min(window / RTT, Mathis).
    pub per_flow: BitRate,
}

/// The rule by which waiting disks share a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Max-min fair among disks that wait.
    MaxMin,
    /// One first-in first-out queue: what has waited longest goes first. A disk that a ceiling holds back is passed by; bytes sent out of order take what the
    /// queue leaves free (assumed: they have no place in it).
    Fifo,
}

/// A weekly window in which replication may use only so much.
#[derive(Clone, Copy, Debug)]
pub struct ThrottleWindow {
    /// Days it holds on, Monday first.
    pub days: [bool; 7],
    /// Start, since midnight.
    pub from: Span,
    /// End, since midnight (24 h for the day's end); windows over midnight are split by `scenario`.
    pub to: Span,
    /// Ceiling \[bit/s\].
    pub limit: BitRate,
}

/// A stretch of time in which the capacity is multiplied by a factor (0 = cut).
#[derive(Clone, Debug)]
pub struct CapacityChange {
    /// Start.
    pub from: Instant,
    /// End.
    pub to: Instant,
    /// Factor on the goodput \[1\].
    pub factor: Share,
    /// What it is, for the event log: `scheduled outage`, `gateway maintenance` ...
    pub cause: String,
}

/// An alternating renewal process: up for an exponential time, down for a repair time.
#[derive(Clone, Debug)]
pub struct OutageProcess {
    /// Name, unique on the link: it names the random stream.
    pub name: String,
    /// Mean time between failures (up time).
    pub mtbf: Span,
    /// Repair time.
    pub repair: DurationLaw,
    /// Factor on the goodput while down: 0 for a cut, 0.5 where one of two active connections is lost.
    pub factor: Share,
    /// Added to each repair: detection and convergence before traffic moves, during which nothing flows.
    pub switch_over: Span,
}
