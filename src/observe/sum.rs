//! Sums of millions of terms.

/// A sum that carries its rounding error along (Neumaier 1974, two-sum by Knuth), for millions of terms.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) value: f64,
    pub(super) error: f64,
}

impl Sum {
    pub(super) fn add(&mut self, term: f64) {
        let sum = self.value + term;
        let taken = sum - self.value;
        self.error += (self.value - (sum - taken)) + (term - taken);
        self.value = sum;
    }

    pub(super) fn get(self) -> f64 {
        self.value + self.error
    }
}
