//! The upper envelope of piecewise-linear functions over one stretch of time: the largest lag over VMs at each instant.

use crate::fluid::network::Waits;

/// A straight piece of a function, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// Start \[s\].
    pub t0: f64,
    /// End \[s\].
    pub t1: f64,
    /// Value at the start.
    pub v0: f64,
    /// Value at the end.
    pub v1: f64,
    /// Whose function it is; `None` for the base.
    pub owner: Option<u32>,
    /// What its owner waits for there.
    pub waits: Waits,
}

impl Stretch {
    fn at(&self, t: f64) -> f64 {
        if self.t1 <= self.t0 { self.v1 } else { self.v0 + (self.v1 - self.v0) * ((t - self.t0) / (self.t1 - self.t0)) }
    }

    /// When it crosses a value \[s\]; its start if it leaps over it.
    pub fn crossing(&self, value: f64) -> f64 {
        let (d0, d1) = (value - self.v0, self.v1 - self.v0);
        if d1 == 0.0 { self.t0 } else { self.t0 + (self.t1 - self.t0) * (d0 / d1).clamp(0.0, 1.0) }
    }

    /// The part from `t0` to `t1`.
    pub fn cut(&self, t0: f64, t1: f64) -> Stretch {
        Stretch { t0, t1, v0: self.at(t0), v1: self.at(t1), ..*self }
    }
}

/// The largest of the functions put in so far; contiguous stretches over one span of time.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    stretches: Vec<Stretch>,
    scratch: Vec<Stretch>,
    least: f64,
}

impl Envelope {
    /// Starts anew with a function that is `base` from `t0` to `t1`.
    pub fn reset(&mut self, t0: f64, t1: f64, base: f64) {
        self.stretches.clear();
        self.stretches.push(Stretch { t0, t1, v0: base, v1: base, owner: None, waits: Waits::Nothing });
        self.least = base;
    }

    /// The envelope.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// Raises the envelope where `function` (stretches in order of time, gaps allowed) is above it; where both are equal the earlier owner stays.
    pub fn raise(&mut self, function: &[Stretch]) {
        if function.iter().all(|s| s.v0.max(s.v1) <= self.least) {
            return;
        }
        self.scratch.clear();
        let mut next = 0;
        for place in 0..self.stretches.len() {
            let old = self.stretches[place];
            let mut t = old.t0;
            while t < old.t1 || old.t1 <= old.t0 {
                while next < function.len() && function[next].t1 <= t {
                    next += 1;
                }
                let Some(&new) = function.get(next).filter(|new| new.t0 < old.t1) else {
                    push(&mut self.scratch, old.cut(t, old.t1));
                    break;
                };
                if new.t0 > t {
                    push(&mut self.scratch, old.cut(t, new.t0));
                    t = new.t0;
                }
                let end = new.t1.min(old.t1);
                higher(&mut self.scratch, old.cut(t, end), new.cut(t, end));
                t = end;
                if old.t1 <= old.t0 {
                    break;
                }
            }
        }
        std::mem::swap(&mut self.stretches, &mut self.scratch);
        self.least = self.stretches.iter().map(|s| s.v0.min(s.v1)).fold(f64::INFINITY, f64::min);
    }
}

/// Appends a stretch unless it has no length.
fn push(list: &mut Vec<Stretch>, stretch: Stretch) {
    if stretch.t1 > stretch.t0 {
        list.push(stretch);
    }
}

/// Appends the larger of two stretches over the same time, cut where they cross.
fn higher(list: &mut Vec<Stretch>, a: Stretch, b: Stretch) {
    let (d0, d1) = (b.v0 - a.v0, b.v1 - a.v1);
    if d0 <= 0.0 && d1 <= 0.0 {
        push(list, a);
    } else if d0 >= 0.0 && d1 >= 0.0 {
        push(list, b);
    } else {
        let cross = (a.t0 + (a.t1 - a.t0) * (d0 / (d0 - d1))).clamp(a.t0, a.t1);
        let (first, second) = if d0 > 0.0 { (b, a) } else { (a, b) };
        push(list, first.cut(first.t0, cross));
        push(list, second.cut(cross, second.t1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stretch(t0: f64, t1: f64, v0: f64, v1: f64, owner: u32) -> Stretch {
        Stretch { t0, t1, v0, v1, owner: Some(owner), waits: Waits::Nothing }
    }

    #[test]
    fn crossing_lines_change_owner_where_they_cross() {
        let mut envelope = Envelope::default();
        envelope.reset(0.0, 10.0, 1.0);
        envelope.raise(&[stretch(0.0, 10.0, 0.0, 10.0, 0)]);
        envelope.raise(&[stretch(0.0, 10.0, 10.0, 0.0, 1)]);
        let mut owners: Vec<_> = envelope.stretches().iter().map(|s| (s.t0, s.owner)).collect();
        owners.dedup_by_key(|(_, owner)| *owner);
        assert_eq!(owners, [(0.0, Some(1)), (5.0, Some(0))]);
    }

    proptest! {
        #[test]
        fn envelope_is_the_maximum_at_every_instant(
            functions in prop::collection::vec(prop::collection::vec((0.0..1.0f64, 0.1..3.0f64, 0.0..9.0f64, 0.0..9.0f64), 0..6), 0..6),
            samples in prop::collection::vec(0.0..10.0f64, 20),
        ) {
            let functions: Vec<Vec<Stretch>> = functions.into_iter().enumerate().map(|(owner, pieces)| {
                let mut t = 0.0;
                pieces.into_iter().map(|(gap, length, v0, v1)| {
                    let t0 = t + gap;
                    t = t0 + length;
                    stretch(t0, t, v0, v1, owner as u32)
                }).filter(|s| s.t1 <= 10.0).collect()
            }).collect();
            let mut envelope = Envelope::default();
            envelope.reset(0.0, 10.0, 2.0);
            for function in &functions {
                envelope.raise(function);
            }
            let inside = |s: &&Stretch, t: f64| s.t0 <= t && t < s.t1;
            for t in samples {
                let expected = functions.iter().flatten().filter(|s| inside(s, t)).map(|s| s.at(t)).fold(2.0, f64::max);
                let found = envelope.stretches().iter().find(|s| inside(s, t)).unwrap().at(t);
                prop_assert!((found - expected).abs() < 1e-9, "{t}: {found} {expected}");
            }
            prop_assert!(envelope.stretches().windows(2).all(|w| w[0].t1 == w[1].t0));
        }
    }
}
