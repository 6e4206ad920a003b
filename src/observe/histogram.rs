//! The law of a quantity over time as a histogram, built from pieces on which the quantity moves linearly.
//!
//! While a quantity moves linearly from `a` to `b` during `dt` seconds, the time it spends below `x` grows linearly in `x`: the piece adds a
//! *uniform* law on the interval, of density `dt / |b - a|`. A piece that covers thousands of bins is therefore entered in two places only, the
//! bin where its interval begins and the bin where it ends: a bin holds the *change* of the density behind it and the time spent inside it, and
//! the densities are summed up when the law is read. At bin edges the distribution function so obtained is exact but for rounding; inside a bin it
//! is interpolated, which moves a quantile by less than one bin: 0.1 % of its value.
//!
//! **Bins** are log-linear, 1024 to an octave, so that the top bits of a number *are* its bin. They cover 2^-20 to 2^60. What is smaller counts
//! as zero: less than a microsecond, less than a byte. Pages of one octave are allocated when first touched.
//!
//! **Rounding.** A density entered at one place and taken back at another leaves a residue of about 1e-16 of itself, which must not be
//! multiplied by anything large. So densities are added up within one octave only: a piece that leaves its octave upwards is entered in the
//! row `through`, by the octave where it ends, and never subtracted there. And an interval that covers no whole bin is entered as time spent in
//! its one or two bins, without a density; so density times bin width is never more than twice the time of the piece.

/// Bins per octave, as a power of two: the number of mantissa bits that choose a bin.
const BIN_BITS: u32 = 10;
/// Bins per octave.
const BINS: usize = 1 << BIN_BITS;
/// Bits of an `f64` below those that choose a bin.
const DROPPED_BITS: u32 = 52 - BIN_BITS;
/// Page 0 is what counts as zero; page p holds the values from 2^(p - 21) to 2^(p - 20).
const PAGES: usize = 81;
/// What to take from the top bits of a number to get its bin, page 1 beginning with bin `BINS` at 2^-20.
const OFFSET: usize = (1023 - 20 - 1) << BIN_BITS;
/// Smallest value with a bin of its own.
const SMALLEST: f64 = 1.0 / (1 << 20) as f64;
/// Largest value with a bin: the number before 2^60.
const LARGEST: f64 = ((1u64 << 60) - (1 << 7)) as f64;

/// One bin.
#[derive(Clone, Copy, Debug, Default)]
struct Bin {
    /// Time spent inside the bin by pieces that begin in it, less the time that pieces which end in it do not spend there \[s\].
    inside: f64,
    /// Change of the density from this bin to the next [s per unit].
    change: f64,
}

/// One octave of bins.
#[derive(Clone, Debug)]
struct Page {
    /// The bins, their number a power of two: `BINS`, or 1 in page 0.
    bins: Box<[Bin]>,
    /// Density of the intervals that begin in this page and end in another, by the page where they end [s per unit].
    through: [f64; PAGES],
}

/// An interval of values over which the law is uniform.
#[derive(Clone, Copy, Debug)]
struct Segment {
    lower: f64,
    upper: f64,
    /// Time spent below `lower` \[s\].
    before: f64,
    /// Time spent inside \[s\].
    inside: f64,
}

/// The law of a non-negative quantity at a uniformly random instant of the observed time.
#[derive(Clone, Debug)]
pub struct PieceHistogram {
    /// Pages up to the highest one touched.
    pages: Vec<Option<Box<Page>>>,
    /// Observed time \[s\].
    total: f64,
    /// Smallest value seen.
    min: f64,
    /// Largest value seen.
    max: f64,
}

impl Default for PieceHistogram {
    fn default() -> Self {
        PieceHistogram { pages: Vec::new(), total: 0.0, min: f64::INFINITY, max: 0.0 }
    }
}

impl PieceHistogram {
    /// Nothing observed.
    pub fn new() -> Self {
        PieceHistogram::default()
    }

    /// The quantity moves linearly from `a` to `b` during `dt` seconds. Values are clamped to 0 ..= 2^60; a piece without duration is ignored.
    pub fn add_piece(&mut self, a: f64, b: f64, dt: f64) {
        // Of numbers in range the order of the bits is that of the numbers.
        let (a, b) = (within_range(a).to_bits(), within_range(b).to_bits());
        let (lo_bits, hi_bits) = (a.min(b), a.max(b));
        let (lo, hi) = (f64::from_bits(lo_bits), f64::from_bits(hi_bits));
        if !self.observe(lo, hi, dt) {
            return;
        }
        let (first, last) = (bin_of(lo), bin_of(hi));
        if first == last {
            self.page(first).bin(first).inside += dt;
            return;
        }
        let density = dt / (hi - lo);
        if first + 1 == last {
            let edge = lower_edge(last);
            self.page(first).bin(first).inside += density * (edge - lo);
            self.page(last).bin(last).inside += density * (hi - edge);
            return;
        }
        let page = self.page(first);
        if first >> BIN_BITS != last >> BIN_BITS {
            page.through[last >> BIN_BITS] += density;
        }
        let bin = page.bin(first);
        bin.inside += density * (lower_edge(first + 1) - lo);
        bin.change += density;
        let bin = self.page(last).bin(last);
        bin.inside -= density * (lower_edge(last + 1) - hi);
        bin.change -= density;
    }

    /// The quantity stays at `value` for `dt` seconds.
    pub fn add_mass(&mut self, value: f64, dt: f64) {
        let value = within_range(value);
        if self.observe(value, value, dt) {
            let bin = bin_of(value);
            self.page(bin).bin(bin).inside += dt;
        }
    }

    /// Takes in everything that `other` has observed.
    pub fn merge(&mut self, other: &PieceHistogram) {
        self.total += other.total;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        for (number, theirs) in other.pages.iter().enumerate() {
            let Some(theirs) = theirs else { continue };
            let ours = self.page(number << BIN_BITS);
            for (our, their) in ours.bins.iter_mut().zip(&theirs.bins) {
                our.inside += their.inside;
                our.change += their.change;
            }
            for (our, their) in ours.through.iter_mut().zip(&theirs.through) {
                *our += their;
            }
        }
    }

    /// Observed time \[s\].
    pub fn total(&self) -> f64 {
        self.total
    }

    /// Share of the observed time with the quantity at most `x` \[1\]; 0 if nothing was observed. Exact at bin edges, interpolated between them.
    pub fn cdf(&self, x: f64) -> f64 {
        if self.total == 0.0 || x < floored(self.min) {
            return 0.0;
        }
        if x >= self.max {
            return 1.0;
        }
        let mut below = 0.0;
        self.each_segment(|segment| {
            below = segment.before + if segment.upper <= SMALLEST || x >= segment.upper { segment.inside } else { segment.time_below(x) };
            x > segment.upper
        });
        (below / self.total).min(1.0)
    }

    /// The least value that the quantity does not exceed for a share `q` of the time, within 0.1 %; `None` if nothing was observed.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        self.quantiles([q]).map(|[value]| value)
    }

    /// Several quantiles in one pass; the shares must be in ascending order.
    pub fn quantiles<const N: usize>(&self, shares: [f64; N]) -> Option<[f64; N]> {
        if self.total == 0.0 {
            return None;
        }
        // What rounding leaves above the last segment is the maximum.
        let mut values = [self.max; N];
        let mut next = 0;
        self.each_segment(|segment| {
            while next < N && shares[next] * self.total <= segment.before + segment.inside {
                let part = (shares[next] * self.total - segment.before) / segment.inside;
                let value = segment.lower + part.max(0.0) * (segment.upper - segment.lower);
                values[next] = if segment.upper <= SMALLEST { 0.0 } else { value.clamp(self.min, self.max) };
                next += 1;
            }
            next < N
        });
        Some(values)
    }

    /// The distribution function as at most about `max_points` points (value, share of the time at most at it), dense where the curve bends or
    /// jumps. Begins at the least value and ends at (maximum, 1).
    pub fn curve(&self, max_points: usize) -> Vec<(f64, f64)> {
        if self.total == 0.0 {
            return Vec::new();
        }
        let mut points = Vec::new();
        self.each_segment(|segment| {
            let share = |time: f64| (time / self.total).min(1.0);
            if segment.upper <= SMALLEST {
                points.push((0.0, share(segment.inside)));
            } else {
                // The lower end too, for where nothing lies between two segments the curve is flat.
                let lower = segment.lower.clamp(self.min, self.max);
                if points.last().is_none_or(|&(value, _)| value < lower) {
                    points.push((lower, share(segment.before)));
                }
                points.push((segment.upper.clamp(self.min, self.max), share(segment.before + segment.inside)));
            }
            true
        });
        if let Some(last) = points.last_mut() {
            *last = (floored(self.max), 1.0);
        }
        thin(points, max_points)
    }

    /// Counts the time of a piece; whether there is anything to enter.
    fn observe(&mut self, lo: f64, hi: f64, dt: f64) -> bool {
        // Positive and finite, by the bits in one comparison.
        let counts = (1..f64::INFINITY.to_bits()).contains(&dt.to_bits());
        if counts {
            self.total += dt;
            // Seldom true, so cheaper than the select of `f64::min`.
            if lo < self.min {
                self.min = lo;
            }
            if hi > self.max {
                self.max = hi;
            }
        }
        counts
    }

    /// The page of a bin, allocated if need be.
    fn page(&mut self, bin: usize) -> &mut Page {
        let number = bin >> BIN_BITS;
        if self.pages.get(number).is_none_or(Option::is_none) {
            self.allocate(number);
        }
        self.pages[number].get_or_insert_with(|| Page::empty(number))
    }

    /// Allocates a page, apart from the way that pieces usually take.
    #[cold]
    fn allocate(&mut self, number: usize) {
        if number >= self.pages.len() {
            self.pages.resize(number + 1, None);
        }
        self.pages[number] = Some(Page::empty(number));
    }

    /// Visits, in ascending order, the intervals in which time was spent, as long as `visit` says to go on.
    fn each_segment(&self, mut visit: impl FnMut(Segment) -> bool) {
        let mut before = 0.0;
        for (number, page) in self.pages.iter().enumerate() {
            let mut density: f64 = self.pages[..number].iter().flatten().map(|lower| lower.through[number..].iter().sum::<f64>()).sum();
            let bins = page.as_ref().map_or(&[][..], |page| &page.bins);
            if bins.is_empty() && density > 0.0 {
                // An octave that pieces cross without beginning or ending in it: uniform throughout.
                let (lower, upper) = (lower_edge(number << BIN_BITS), lower_edge((number + 1) << BIN_BITS));
                let segment = Segment { lower, upper, before, inside: density * (upper - lower) };
                before += segment.inside;
                if !visit(segment) {
                    return;
                }
            }
            for (offset, bin) in bins.iter().enumerate() {
                let (lower, upper) = match number {
                    0 => (0.0, SMALLEST),
                    _ => (lower_edge((number << BIN_BITS) + offset), lower_edge((number << BIN_BITS) + offset + 1)),
                };
                let inside = density * (upper - lower) + bin.inside;
                density += bin.change;
                // Rounding may leave a residue of either sign where nothing is.
                if inside <= 0.0 {
                    continue;
                }
                let segment = Segment { lower, upper, before, inside };
                before += inside;
                if !visit(segment) {
                    return;
                }
            }
        }
    }
}

impl Page {
    fn empty(number: usize) -> Box<Page> {
        let bins = if number == 0 { 1 } else { BINS };
        Box::new(Page { bins: vec![Bin::default(); bins].into_boxed_slice(), through: [0.0; PAGES] })
    }

    /// The bin with this number; the mask leaves the place within the page.
    fn bin(&mut self, bin: usize) -> &mut Bin {
        let mask = self.bins.len() - 1;
        &mut self.bins[bin & mask]
    }
}

impl Segment {
    /// Time spent in the segment below `x`, for an `x` inside it \[s\].
    fn time_below(&self, x: f64) -> f64 {
        self.inside * ((x - self.lower) / (self.upper - self.lower)).max(0.0)
    }
}

/// The value, clamped to what has a bin; NaN becomes 0.
fn within_range(value: f64) -> f64 {
    // In one comparison: negative numbers and NaN have greater bits than any number in range.
    if value.to_bits() <= LARGEST.to_bits() {
        value
    } else if value > LARGEST {
        LARGEST
    } else {
        0.0
    }
}

/// The value, or 0 if it counts as zero.
fn floored(value: f64) -> f64 {
    if value < SMALLEST { 0.0 } else { value }
}

/// Number of the bin of a value in range. What counts as zero gets the last bin of page 0, so that neighbours have neighbouring numbers.
fn bin_of(value: f64) -> usize {
    let top = (value.to_bits() >> DROPPED_BITS) as usize;
    top.max(OFFSET + BINS - 1) - OFFSET
}

/// Where a bin of page 1 or above begins.
fn lower_edge(bin: usize) -> f64 {
    f64::from_bits(((bin + OFFSET) as u64) << DROPPED_BITS)
}

/// Keeps the points at which the curve has moved far enough, both axes scaled to 1; and both ends of every leap.
fn thin(points: Vec<(f64, f64)>, max_points: usize) -> Vec<(f64, f64)> {
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else { return points };
    if points.len() <= max_points {
        return points;
    }
    // The whole curve is at most 2 long, and a step keeps two points at the most.
    let step = 4.0 / max_points.saturating_sub(2).max(1) as f64;
    let range = (last.0 - first.0).max(f64::MIN_POSITIVE);
    let way = |from: (f64, f64), to: (f64, f64)| (to.0 - from.0) / range + (to.1 - from.1);
    let mut kept = vec![first];
    let mut anchor = first;
    for pair in points.windows(2) {
        if way(anchor, pair[1]) >= step {
            if way(pair[0], pair[1]) >= step && pair[0] != anchor {
                kept.push(pair[0]);
            }
            kept.push(pair[1]);
            anchor = pair[1];
        }
    }
    if anchor != last {
        kept.push(last);
    }
    kept
}

#[cfg(test)]
mod tests;
