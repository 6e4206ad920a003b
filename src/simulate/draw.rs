//! Draws how long something takes.

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

use crate::units::{DurationLaw, Span};

/// One duration by its law.
pub(super) fn draw(law: DurationLaw, stream: &mut ChaCha8Rng) -> Span {
    match law {
        DurationLaw::Fixed(span) => span,
        DurationLaw::Uniform(from, to) => {
            let share: f64 = stream.random();
            from + Span::from_secs_f64(share * (to.as_secs_f64() - from.as_secs_f64()))
        }
        DurationLaw::Exponential(mean) => {
            let time: f64 = Exp1.sample(stream);
            Span::from_secs_f64(time * mean.as_secs_f64())
        }
        DurationLaw::LogNormal { median, p95 } => {
            let normal: f64 = StandardNormal.sample(stream);
            let sigma = DurationLaw::log_sigma(median, p95);
            Span::from_secs_f64(median.as_secs_f64() * libm::exp(sigma * normal))
        }
    }
}
