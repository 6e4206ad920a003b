//! What a disaster at a random instant would lose, by choice of recovery point.

use schemars::JsonSchema;
use serde::Serialize;

use crate::results::{Law, ScopedLaws};

/// Recovery-point choices that exist on the forward path (model section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Latest, read as the newest landed marker (default reading).
    LatestMarker,
    /// Latest, read as the newest landed byte.
    LatestByte,
    /// Latest processed: the newest available point of either kind.
    LatestProcessed,
    /// Latest app-consistent: the newest available app-consistent point.
    LatestApp,
}

/// Loss in bytes seen in two ways.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct BytesLoss {
    /// Sum over all VMs at one instant \[written bytes\].
    pub fleet_bytes: Law,
    /// A uniform VM at a uniform instant \[written bytes\].
    pub pooled: Law,
}

/// Loss of time and of bytes for one choice.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LossByChoice {
    /// Which recovery point is taken.
    pub choice: Choice,
    /// Age of the state that is recovered \[s\].
    pub time: ScopedLaws,
    /// Bytes written after it \[bytes\]; null where the scenario does not record them.
    pub bytes: Option<BytesLoss>,
}
