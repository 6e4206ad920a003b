//! What one machine lived through, in the twin: its record.

/// A copy, from the request to the first recovery point.
#[derive(Clone, Copy, Debug, Default)]
pub struct CopyStory {
    /// Asked for [s].
    pub asked: f64,
    /// Begun [s].
    pub began: f64,
    /// Distinct bytes to send when it began.
    pub differing: f64,
    /// Sent before it began [tracked bytes].
    pub sent_before: f64,
    /// Sent by each disk until it was in order itself [tracked bytes].
    pub sent: f64,
    /// All disks in order, and everything sent before landed [s].
    pub in_order: Option<f64>,
    /// First recovery point available [s].
    pub first_point: Option<f64>,
    /// The same, once points have been replayed [s].
    pub protected: Option<f64>,
}

/// A stretch without a recovery point.
#[derive(Clone, Copy, Debug)]
pub struct Exposure {
    /// Its length [s].
    pub time: f64,
    /// Written in it.
    pub bytes: f64,
}

/// One machine.
#[derive(Clone, Debug, Default)]
pub struct Story {
    /// Source time of the point that was taken [s].
    pub point: Option<f64>,
    /// Lost [s].
    pub loss: f64,
    /// Lost [written bytes].
    pub loss_bytes: f64,
    /// Destroyed on its way [tracked bytes].
    pub destroyed: f64,
    /// When it served at the target [s].
    pub restored: Option<f64>,
    /// When the failover was committed [s].
    pub committed: Option<f64>,
    /// Towards home.
    pub reprotect: Option<CopyStory>,
    /// At the target.
    pub exposed_away: Option<Exposure>,
    /// When the failback began [s].
    pub failback: Option<f64>,
    /// Still to be sent then [tracked bytes].
    pub pending: f64,
    /// When the last byte of it had reached home [s].
    pub drained: Option<f64>,
    /// When it served at home [s].
    pub home: Option<f64>,
    /// When the failback was committed [s].
    pub committed_home: Option<f64>,
    /// Towards the target again.
    pub again: Option<CopyStory>,
    /// At home.
    pub exposed_home: Option<Exposure>,
}
