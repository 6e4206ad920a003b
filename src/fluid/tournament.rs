//! Which of many rising lines does a rising ray meet first? A kinetic tournament, and the plain scan that is its oracle.
//!
//! Queues that share a server equally and go on receiving are such lines: if queue i has y_i(t) = k_i + a_i (t - t0) left to serve, counted on the
//! scale of what each waiting queue has been served so far, then the service common to all is the ray, and the queue whose line it meets first is
//! the next to run empty. Then the others are served faster: the line is removed and the ray goes on more steeply. Scanning all lines at every
//! such event costs their number squared; the tournament costs a logarithm or two an event.
//!
//! **The tournament.** A binary tree over the lines; every inner node knows which line of its subtree is the lowest at the present time, and the
//! earliest time at which that may change anywhere below (a *certificate* running out). Going forward in time replays only the nodes whose
//! certificate has run out. The lowest line of a subtree of m lines changes at most m times, whatever the ray does, so between two builds all
//! replays together cost O(n log^2 n); removing a line costs O(log n).
//!
//! **Ties and rounding.** Two lines of different slope are compared by one number only, the time at which they meet: before it the steeper is
//! the lower, from it on the flatter. That time is also the certificate, so the comparison and the certificate cannot contradict each other however
//! they are rounded, every pair changes places at most once, and no tolerance is needed. Parallel lines compare by height, equal lines by the
//! order in which they were given. A ray that starts above a line by rounding meets it at once, never in the past.
//!
//! **What is a hit.** The ray hits a line where it would pass through it: a line at which the ray starts, but which climbs at least as
//! fast as the ray, is not hit (that queue fills).

/// No line: an empty leaf, or a subtree all of whose lines are removed.
const NONE: u32 = u32::MAX;

/// y(t) = k + a (t - t0).
#[derive(Clone, Copy, Debug)]
struct Line {
    /// The caller's number.
    index: usize,
    /// Height at t0.
    k: f64,
    /// Slope \[1/s\].
    a: f64,
}

impl Line {
    /// When a ray that is at `v` at `t` [s after t0] and climbs with `slope` passes through the line, not before `t`; infinite if never.
    fn hit(&self, t: f64, v: f64, slope: f64) -> f64 {
        let gap = self.k + self.a * t - v;
        if slope > self.a { t + (gap / (slope - self.a)).max(0.0) } else { f64::INFINITY }
    }
}

/// A node of the tree; leaves too.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// The lowest line of the subtree, by its place in `lines`, or `NONE`.
    lowest: u32,
    /// When a certificate in the subtree runs out first [s after t0].
    until: f64,
}

impl Node {
    const EMPTY: Node = Node { lowest: NONE, until: f64::INFINITY };
}

/// A node as it was before it was replayed ahead of the caller's clock.
#[derive(Clone, Copy, Debug)]
struct Undo {
    /// When the change happened [s after t0].
    at: f64,
    node: usize,
    was: Node,
}

/// The lower envelope of lines that can be removed, asked for the first hit by a ray; time goes forward.
///
/// [`first_hit`](Tournament::first_hit) looks ahead of the caller's clock, but what it looked at is taken back if the next call is about an
/// earlier time. So a caller may ask, be interrupted before the hit by something else, and ask again with another ray.
///
/// ```
/// use failback::fluid::Tournament;
///
/// let mut tournament = Tournament::new();
/// // Three queues with 6, 4 and 10 bytes, of which the last receives 1 byte/s; each is served 2 bytes/s.
/// tournament.build([(0, 6.0, 0.0), (1, 4.0, 0.0), (2, 10.0, 1.0)], 0.0);
/// assert_eq!(tournament.first_hit(0.0, 0.0, 2.0), Some((1, 2.0)));
/// tournament.remove(1);
/// assert_eq!(tournament.first_hit(2.0, 4.0, 3.0), Some((0, 2.0 + 2.0 / 3.0)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Tournament {
    lines: Vec<Line>,
    /// Node 1 is the root, 2n and 2n + 1 are the children of n, leaf p is node `lines.len() + p`.
    nodes: Vec<Node>,
    /// Place in `lines` by the caller's number; stale where `lines` says otherwise.
    places: Vec<u32>,
    /// Changes made ahead of the caller's clock, in order of time.
    undo: Vec<Undo>,
    /// Origin of time \[s\].
    t0: f64,
    /// The caller's clock \[s\].
    clock: f64,
    /// Time for which the tree holds [s after t0]; ahead of the clock after a look ahead.
    time: f64,
    /// The line that the last look ahead found to be hit, and when \[s\].
    hit: Option<(usize, f64)>,
    /// Lines not removed.
    remaining: usize,
}

impl Tournament {
    /// No lines.
    pub fn new() -> Self {
        Tournament::default()
    }

    /// Starts afresh at `t0` \[s\] with lines (number, height at `t0`, slope \[1/s\]): y(t) = k + a (t - t0). Numbers are the caller's, small and
    /// distinct; heights and slopes are finite. Room is reused from build to build.
    pub fn build(&mut self, lines: impl IntoIterator<Item = (usize, f64, f64)>, t0: f64) {
        self.lines.clear();
        self.lines.extend(lines.into_iter().map(|(index, k, a)| Line { index, k, a }));
        self.undo.clear();
        self.t0 = t0;
        self.clock = t0;
        self.time = 0.0;
        self.hit = None;
        self.remaining = self.lines.len();
        let count = self.lines.len();
        for (place, line) in self.lines.iter().enumerate() {
            if line.index >= self.places.len() {
                self.places.resize(line.index + 1, NONE);
            }
            self.places[line.index] = place as u32;
        }
        self.nodes.clear();
        self.nodes.resize(count, Node::EMPTY);
        self.nodes.extend((0..count as u32).map(|place| Node { lowest: place, until: f64::INFINITY }));
        for node in (1..count).rev() {
            self.nodes[node] = self.play(node);
        }
    }

    /// Number of lines left.
    pub fn len(&self) -> usize {
        self.remaining
    }

    /// Whether no line is left.
    pub fn is_empty(&self) -> bool {
        self.remaining == 0
    }

    /// Moves the clock to `t` \[s\], not before the last removal.
    pub fn advance(&mut self, t: f64) {
        self.clock = t;
        self.hit = None;
        let t = t - self.t0;
        while let Some(change) = self.undo.pop_if(|change| change.at > t) {
            self.nodes[change.node] = change.was;
        }
        self.time = t;
        self.replay(1);
        self.undo.clear();
    }

    /// Removes a line: at its hit, if that is what the last [`first_hit`](Self::first_hit) found; any other at the time of the clock. A line that is
    /// not there is ignored.
    pub fn remove(&mut self, index: usize) {
        let Some(&place) = self.places.get(index) else { return };
        if self.lines.get(place as usize).is_none_or(|line| line.index != index) {
            return;
        }
        let mut node = self.lines.len() + place as usize;
        if self.nodes[node].lowest == NONE {
            return;
        }
        // The tree holds for a time not after the hit, if this is the line hit; else the look ahead is taken back. From here on there is no way back.
        match self.hit {
            Some((hit, at)) if hit == index => self.clock = at,
            _ => self.advance(self.clock),
        }
        self.undo.clear();
        self.nodes[node] = Node::EMPTY;
        self.remaining -= 1;
        while node > 1 {
            node /= 2;
            self.nodes[node] = self.play(node);
        }
    }

    /// The line that a ray hits first, and when \[s\]: the ray is at `v` at `t` \[s\], at or below all lines, and climbs with `slope` \[1/s\]. `None` if
    /// it hits none. `t` is not before the last removal.
    pub fn first_hit(&mut self, t: f64, v: f64, slope: f64) -> Option<(usize, f64)> {
        self.first_hit_before(t, v, slope, f64::INFINITY)
    }

    /// Like [`first_hit`](Self::first_hit), but looks no further ahead than `end` \[s\]: what the caller will not need is not computed.
    pub fn first_hit_before(&mut self, t: f64, v: f64, slope: f64, end: f64) -> Option<(usize, f64)> {
        self.advance(t);
        // Counting from t0 and back rounds twice: a hit at once must not come out before the question.
        let asked = t;
        let (t, end) = (t - self.t0, end - self.t0);
        loop {
            let root = *self.nodes.get(1)?;
            let line = self.lines.get(root.lowest as usize)?;
            // The lowest line stays the lowest until the certificate runs out; a hit before that is the first.
            let hit = line.hit(t, v, slope).max(self.time);
            if hit <= root.until {
                self.hit = (hit <= end && hit.is_finite()).then_some((line.index, asked.max(self.t0 + hit)));
                return self.hit;
            }
            if root.until > end {
                return None;
            }
            self.time = root.until;
            self.replay(1);
        }
    }

    /// Plays again, below and at `node`, what has run out by the present time.
    fn replay(&mut self, node: usize) {
        let Some(&was) = self.nodes.get(node) else { return };
        // A certificate runs out *at* its time; a leaf never does.
        if was.until > self.time {
            return;
        }
        self.replay(2 * node);
        self.replay(2 * node + 1);
        self.undo.push(Undo { at: self.time, node, was });
        self.nodes[node] = self.play(node);
    }

    /// The winner of an inner node at the present time.
    fn play(&self, node: usize) -> Node {
        let (left, right) = (self.nodes[2 * node], self.nodes[2 * node + 1]);
        let (Some(one), Some(other)) = (self.lines.get(left.lowest as usize), self.lines.get(right.lowest as usize)) else {
            let lowest = if left.lowest == NONE { right.lowest } else { left.lowest };
            return Node { lowest, until: left.until.min(right.until) };
        };
        let below = left.until.min(right.until);
        if one.a == other.a {
            let lowest = if (one.k, left.lowest) < (other.k, right.lowest) { left.lowest } else { right.lowest };
            return Node { lowest, until: below };
        }
        let meet = (other.k - one.k) / (one.a - other.a);
        let (steep, flat) = if one.a > other.a { (left.lowest, right.lowest) } else { (right.lowest, left.lowest) };
        if self.time < meet { Node { lowest: steep, until: below.min(meet) } } else { Node { lowest: flat, until: below } }
    }
}

/// The same by looking at every line every time: slow, and plainly right.
#[derive(Clone, Debug, Default)]
pub struct ScanEnvelope {
    lines: Vec<Line>,
    t0: f64,
}

impl ScanEnvelope {
    /// No lines.
    pub fn new() -> Self {
        ScanEnvelope::default()
    }

    /// See [`Tournament::build`].
    pub fn build(&mut self, lines: impl IntoIterator<Item = (usize, f64, f64)>, t0: f64) {
        self.lines.clear();
        self.lines.extend(lines.into_iter().map(|(index, k, a)| Line { index, k, a }));
        self.t0 = t0;
    }

    /// Number of lines left.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether no line is left.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// See [`Tournament::advance`]; a scan has no clock.
    pub fn advance(&mut self, _t: f64) {}

    /// See [`Tournament::remove`].
    pub fn remove(&mut self, index: usize) {
        self.lines.retain(|line| line.index != index);
    }

    /// See [`Tournament::first_hit`]; of lines hit at one instant, the one given first.
    pub fn first_hit(&mut self, t: f64, v: f64, slope: f64) -> Option<(usize, f64)> {
        let asked = t;
        let t = t - self.t0;
        let hits = self.lines.iter().map(|line| (line.index, line.hit(t, v, slope)));
        let first = hits.reduce(|first, other| if other.1 < first.1 { other } else { first })?;
        first.1.is_finite().then_some((first.0, asked.max(self.t0 + first.1)))
    }
}

#[cfg(test)]
mod tests;
