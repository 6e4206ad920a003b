//! What the tests share: worlds made in Rust, without a scenario file. No assertions live here.

pub mod churn;
pub mod random;
pub mod trip;
pub mod world;
