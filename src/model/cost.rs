//! What a scenario has to pay for, and at which prices; how much of it a run uses is found out in `simulate::cost`.
//!
//! A charge is something with a price of its own. Some are held all month whatever happens (gateways, circuits, licences), some follow from what a run
//! carries, keeps or moves. A price that nobody has stated is `None`: it is named, never guessed.

use crate::units::{Per, Price, Span};

/// What has to be paid for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostPlan {
    /// The charges, in the order of reports.
    pub charges: Vec<Charge>,
    /// Test failovers that are reckoned with \[1/year\].
    pub drills_per_year: f64,
    /// How long their machines run where the scenario has no drills of its own.
    pub drill_lasts: Span,
}

/// Something with a price.
#[derive(Clone, Debug, PartialEq)]
pub struct Charge {
    /// In a few words, without a dot: it is a step of a figure's path.
    pub name: String,
    /// Key of its price in the profile, `prices.vpn_gateway.VpnGw2`.
    pub key: String,
    /// What the price is for.
    pub per: Per,
    /// The price in force; `None` if none is known.
    pub price: Option<Price>,
    /// How much of it there is.
    pub counted: Counted,
}

/// What a charge counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Counted {
    /// So many of it, all month.
    Held(f64),
    /// Bytes that the way out carries, where they leave a region that charges for them.
    SentOut,
    /// Bytes that came home, from this many to that many.
    SentHome(f64, f64),
    /// Recovery points kept beyond the newest copy.
    PointsKept,
    /// Machines that run in drills.
    DrillMachines,
    /// So many disks of the fleet, in drills.
    DrillDisks(f64),
    /// Machines that run at the target.
    MachinesAway,
    /// Disks of this tier at home whose machines run at the target.
    DisksLeft(String),
}
