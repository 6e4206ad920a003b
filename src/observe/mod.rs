//! From observations to exact distributions, series and the event log. Writes no files.

mod age;
mod breach;
mod envelope;
mod fleet_age;
mod flight;
mod histogram;
mod law;
mod one_queue;
mod probe;
mod retention;
mod sum;
mod tape;

pub use age::AgeClock;
pub use breach::{BreachTracker, GAP};
pub use envelope::{Envelope, Stretch};
pub use fleet_age::FleetAge;
pub use flight::{Flight, Window};
pub use histogram::PieceHistogram;
pub use law::{LawBuilder, share_above};
pub use one_queue::{QueueInput, Steps, one_queue};
pub use probe::Probe;
pub use retention::{Ledger, Point, Schedule, Written};
pub use tape::{Epoch, LagPiece, Tape, Told};
