//! The changing part: flows, hubs, and what the network tells about them.

use crate::fluid::dirty::DirtySet;

/// How a flow's bytes travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// In order, through buffer and store.
    #[default]
    Stream,
    /// Out of order: the dirty set is sent straight through, as fast as both stages carry it, once what was stored before has left.
    Pull,
    /// Out of order and not sending.
    Held,
}

/// What a flow waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waits {
    /// For nothing.
    #[default]
    Nothing,
    /// For its own ceiling at stage 1.
    OwnIn,
    /// For its own ceiling at stage 2.
    OwnOut,
    /// For a ceiling of stage 1.
    In(u32),
    /// For a ceiling of stage 2.
    Out(u32),
    /// For its hub, which is shut.
    Shut(u32),
    /// To be let go: it is held from outside.
    Held,
}

/// A flow as of `anchor`.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// How its bytes travel.
    pub mode: Mode,
    /// Inflow \[tracked bytes/s\].
    pub inflow: f64,
    /// Bytes that have entered in order up to `anchor` (less those that lost their order) \[tracked bytes\].
    pub entered: f64,
    /// Bytes waiting in front of stage 1 \[tracked bytes\].
    pub q_in: f64,
    /// Bytes waiting in the hub's store \[wire bytes\].
    pub q_out: f64,
    /// What changed while order is not kept.
    pub dirty: DirtySet,
    /// Bytes sent out of order \[tracked bytes\].
    pub pulled: f64,
    /// Bytes that had to be sent in any case, added so far \[bytes\].
    pub base_total: f64,
    /// Bytes that coalesced away \[tracked bytes\].
    pub superseded: f64,
    /// Most bytes in front of stage 1 \[tracked bytes\].
    pub peak_in: f64,
    /// What it waits for.
    pub waits: Waits,
    pub(super) waiting: bool,
    pub(super) pooled: bool,
    pub(super) rate_in: f64,
    pub(super) rate_out: f64,
    pub(super) anchor: f64,
}

/// A stretch of a flow's served curve: from `t0` to `t1` the bytes served in order rise linearly from `u0` to `u1`, while something waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Which flow.
    pub flow: u32,
    /// Start \[s\].
    pub t0: f64,
    /// End \[s\].
    pub t1: f64,
    /// Served at the start \[tracked bytes\].
    pub u0: f64,
    /// Served at the end \[tracked bytes\].
    pub u1: f64,
    /// Sent out of order by the start, besides \[tracked bytes\].
    pub aside0: f64,
    /// Sent out of order by the end \[tracked bytes\].
    pub aside1: f64,
    /// What it waits for.
    pub waits: Waits,
    /// Whether nothing waits any more at the end: everything that entered has been served.
    pub emptied: bool,
}

impl Piece {
    /// Nothing of a flow waits any more from `at` \[s\] on: all of `served` tracked bytes have left in order, and `aside` out of order.
    pub(super) fn emptied(flow: u32, at: f64, served: f64, aside: f64, waits: Waits) -> Self {
        Piece { flow, t0: at, t1: at, u0: served, u1: served, aside0: aside, aside1: aside, waits, emptied: true }
    }
}

/// Why the network stopped before the time it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The buffer of a flow is full.
    BufferFull(u32),
    /// The dirty set of a flow is empty.
    Synced(u32),
    /// The store of a hub reached a level from below.
    Rose(u32, u32),
    /// The store of a hub fell under a level.
    Fell(u32, u32),
}

/// A hub.
#[derive(Clone, Debug, Default)]
pub(super) struct Hub {
    /// Bytes in its store \[tracked bytes\].
    pub content: f64,
    /// Number of levels at or under the content.
    pub zone: usize,
    /// Takes nothing in and lets nothing out.
    pub shut: bool,
    /// Full: its intake is held to its outflow.
    pub capped: bool,
    /// Inflow \[tracked bytes/s\].
    pub inflow: f64,
    /// Outflow of flows outside the pool \[tracked bytes/s\].
    pub steady_out: f64,
    /// Flows in the pool.
    pub pooled: u32,
}
