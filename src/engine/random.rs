//! Random streams: every random quantity has its own, a function of (seed, replication, entity, purpose) alone (model section 9).
//!
//! So a new draw somewhere shifts no other draw, results do not depend on the order of events or on threads, and two designs compared see the same
//! churn and the same outages.

use std::cell::Cell;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// The family of random streams of one run.
#[derive(Clone, Debug)]
pub struct Streams {
    seed: u64,
    replication: u64,
    /// Streams handed out so far.
    opened: Cell<u64>,
}

impl Streams {
    /// The streams of one replication under one master seed.
    pub const fn new(seed: u64, replication: u64) -> Self {
        Streams { seed, replication, opened: Cell::new(0) }
    }

    /// How many streams have been handed out: of none, nothing was random.
    pub fn opened(&self) -> u64 {
        self.opened.get()
    }

    /// The stream of one entity for one purpose; the same four always give the same stream, on every platform.
    pub fn stream(&self, entity: &str, purpose: &str) -> ChaCha8Rng {
        self.opened.set(self.opened.get() + 1);
        let mut hash = blake3::Hasher::new();
        hash.update(&self.seed.to_le_bytes());
        hash.update(&self.replication.to_le_bytes());
        // Lengths are hashed too, so ("ab", "c") and ("a", "bc") differ.
        for part in [entity, purpose] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        ChaCha8Rng::from_seed(*hash.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests;
