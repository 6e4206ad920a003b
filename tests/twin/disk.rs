//! One disk of the twin: what is stored where, in which mode, and the two cumulative curves from which all source times are read.

use failback::model::Disk;

use crate::twin::curves::Sampled;
use crate::twin::footprint;

/// Bytes below this are rounding dust.
pub const DUST: f64 = 0.01;

/// How the agent keeps what it has not handed over yet.
pub enum Mode {
    /// Initial replication has not reached this disk: nothing is tracked.
    Waiting,
    /// Initial copy, resync or bitmap mode.
    Unordered {
        /// The checksum pass ends [s]; nothing is sent before.
        scan_until: f64,
        /// Blocks to send whatever is written: the initial copy, or what a resync finds beyond the known dirty set [bytes].
        copy_left: f64,
        /// D, distinct dirty bytes.
        dirty: f64,
    },
    /// The log is kept in order [bytes in the agent buffer].
    Ordered {
        /// Bytes in the agent buffer.
        backlog: f64,
    },
}

/// A stretch of ordered mode: stream position and source time tied together.
pub struct Segment {
    /// From when [s].
    pub from: f64,
    /// Stream position at `from`.
    pub base: f64,
    /// Tracked bytes written by `from`.
    pub written: f64,
    /// When it ended [s], and the last stream position that still counts.
    pub closed: Option<(f64, f64)>,
}

/// A disk.
pub struct DiskState {
    /// Mode of the agent.
    pub mode: Mode,
    /// Stretches of ordered mode so far.
    pub segments: Vec<Segment>,
    /// Tracked bytes written by each step's end.
    pub written: Vec<f64>,
    /// Stream bytes that have left the link by each step's end.
    pub left: Vec<f64>,
    /// Stream bytes in the hub.
    pub cached: f64,
    /// Stream bytes taken in by the hub and not lost there.
    pub taken: f64,
    /// Tracked bytes that later writes replaced before they were sent.
    pub superseded: f64,
    /// Bytes sent though nobody wrote them during the run: initial copy, resync extra.
    pub copied: f64,
    /// Bytes in the agent buffer at each step's end; a dirty set is not in the buffer.
    pub agent: Vec<f64>,
    /// Steps out of ordered mode.
    pub unordered_steps: usize,
    /// Times that the agent buffer overflowed.
    pub bitmap_entries: u64,
}

impl DiskState {
    /// In sync at time 0, or waiting for its initial copy.
    pub fn new(protected: bool) -> Self {
        let mode = if protected { Mode::Ordered { backlog: 0.0 } } else { Mode::Waiting };
        let segments = if protected { vec![Segment { from: 0.0, base: 0.0, written: 0.0, closed: None }] } else { Vec::new() };
        DiskState {
            mode,
            segments,
            written: vec![0.0],
            left: vec![0.0],
            cached: 0.0,
            taken: 0.0,
            superseded: 0.0,
            copied: 0.0,
            agent: vec![0.0],
            unordered_steps: 0,
            bitmap_entries: 0,
        }
    }

    /// The disk writes `bytes` (tracked).
    pub fn write(&mut self, disk: &Disk, bytes: f64) {
        self.written.push(self.written.last().unwrap_or(&0.0) + bytes);
        match &mut self.mode {
            Mode::Waiting => self.superseded += bytes,
            Mode::Ordered { backlog } => *backlog += bytes,
            Mode::Unordered { dirty, .. } => {
                let after = footprint::distinct(&disk.footprint, footprint::written(&disk.footprint, *dirty) + bytes);
                self.superseded += bytes - (after - *dirty);
                *dirty = after;
            }
        }
    }

    /// What it offers the hub in the step that begins at `t`.
    pub fn offer(&self, t: f64) -> f64 {
        match self.mode {
            Mode::Waiting => 0.0,
            Mode::Ordered { backlog } => backlog,
            Mode::Unordered { scan_until, copy_left, dirty } => {
                if t < scan_until || self.cached > 0.0 {
                    0.0
                } else if copy_left > 0.0 {
                    copy_left
                } else {
                    dirty
                }
            }
        }
    }

    /// Whether what it sends goes straight through the hub.
    pub fn is_pulled(&self) -> bool {
        matches!(self.mode, Mode::Unordered { .. }) && self.cached == 0.0
    }

    /// The hub takes `bytes` of what was offered.
    pub fn hand_over(&mut self, bytes: f64) {
        let bytes = match &mut self.mode {
            Mode::Waiting => 0.0,
            Mode::Ordered { backlog } => take(backlog, bytes),
            Mode::Unordered { copy_left, dirty, .. } => take(if *copy_left > 0.0 { copy_left } else { dirty }, bytes),
        };
        self.taken += bytes;
        self.cached += bytes;
    }

    /// The link takes `bytes` out of the hub.
    pub fn send(&mut self, bytes: f64) {
        let bytes = take(&mut self.cached, bytes);
        self.left.push(self.left.last().unwrap_or(&0.0) + bytes);
    }

    /// After the step that ends at `t`: overflow into bitmap mode, or back to ordered mode.
    pub fn settle(&mut self, disk: &Disk, t: f64, landed: f64) {
        match self.mode {
            Mode::Ordered { backlog } if disk.agent_buffer.is_some_and(|buffer| backlog > buffer.as_f64()) => {
                self.bitmap_entries += 1;
                self.disorder(disk, t, landed, t, 0.0);
            }
            Mode::Unordered { scan_until, copy_left, dirty } if t >= scan_until && copy_left == 0.0 && dirty <= DUST => {
                self.mode = Mode::Ordered { backlog: 0.0 };
                self.segments.push(Segment { from: t, base: self.taken, written: *self.written.last().unwrap_or(&0.0), closed: None });
            }
            _ => {}
        }
        if !matches!(self.mode, Mode::Ordered { .. }) {
            self.unordered_steps += 1;
        }
        self.agent.push(if matches!(self.mode, Mode::Ordered { .. }) { self.in_agent() } else { 0.0 });
    }

    /// Order is lost at `t`: what waits in the agent becomes a dirty set, what a lost cache held with it; the horizon freezes at what has landed.
    pub fn disorder(&mut self, disk: &Disk, t: f64, landed: f64, scan_until: f64, extra: f64) {
        if let Some(segment) = self.segments.last_mut() {
            segment.closed.get_or_insert((t, landed));
        }
        self.copied += extra;
        match &mut self.mode {
            Mode::Waiting => {}
            Mode::Ordered { backlog } => {
                let dirty = footprint::distinct(&disk.footprint, *backlog);
                self.superseded += *backlog - dirty;
                self.mode = Mode::Unordered { scan_until, copy_left: extra, dirty };
            }
            Mode::Unordered { scan_until: until, copy_left, .. } => {
                *until = scan_until;
                *copy_left += extra;
            }
        }
    }

    /// A copy begins: both ends are compared until `scan_until`, then `base` bytes go, then what is `dirty`.
    pub fn copy(&mut self, scan_until: f64, base: f64, dirty: f64) {
        self.copied += base;
        self.mode = Mode::Unordered { scan_until, copy_left: base, dirty };
    }

    /// Everything that has not landed by `t` is gone, and nothing is replicated any more. Returns how much that was.
    pub fn destroy(&mut self, t: f64, landed: f64) -> f64 {
        if let Some(segment) = self.segments.last_mut() {
            segment.closed.get_or_insert((t, landed));
        }
        let in_flight = (self.left.last().unwrap_or(&0.0) - landed).max(0.0);
        let gone = self.in_agent() + self.cached + in_flight;
        self.taken -= std::mem::take(&mut self.cached);
        self.mode = Mode::Waiting;
        gone
    }

    /// The hub's cache is gone: its bytes are dirty again at the source.
    pub fn lose_cache(&mut self, disk: &Disk) {
        let lost = std::mem::take(&mut self.cached);
        self.taken -= lost;
        match &mut self.mode {
            Mode::Waiting => {}
            Mode::Ordered { backlog } => *backlog += lost,
            Mode::Unordered { dirty, .. } => {
                let after = footprint::distinct(&disk.footprint, footprint::written(&disk.footprint, *dirty) + lost);
                self.superseded += lost - (after - *dirty);
                *dirty = after;
            }
        }
    }

    /// Everything that is still to be sent.
    pub fn to_send(&self) -> f64 {
        let copy = match self.mode {
            Mode::Unordered { copy_left, .. } => copy_left,
            _ => 0.0,
        };
        self.in_agent() + self.cached + copy
    }

    /// Source time of the oldest byte that has not left the link [s]; `t` if there is none or order is lost.
    pub fn waits_since(&self, t: f64, step: f64) -> f64 {
        let (Mode::Ordered { .. }, Some(segment)) = (&self.mode, self.segments.last()) else { return t };
        let left = *self.left.last().unwrap_or(&0.0);
        let level = segment.written + left - segment.base;
        Sampled { values: &self.written, step }.last_at_most(level, t).max(segment.from)
    }

    /// Copies, of initial replication or resync, that have been sent.
    pub fn copies_sent(&self) -> f64 {
        match self.mode {
            Mode::Unordered { copy_left, .. } => self.copied - copy_left,
            _ => self.copied,
        }
    }

    /// Bytes of the run's own writes in the agent's buffer or dirty set.
    pub fn in_agent(&self) -> f64 {
        match self.mode {
            Mode::Waiting => 0.0,
            Mode::Ordered { backlog } => backlog,
            Mode::Unordered { dirty, .. } => dirty,
        }
    }
}

/// Takes `bytes` out of a store; dust that would stay goes with them, so that no sliver waits for ever and none is lost.
fn take(store: &mut f64, bytes: f64) -> f64 {
    let rest = *store - bytes;
    if rest < DUST {
        return std::mem::take(store);
    }
    *store = rest;
    bytes
}
