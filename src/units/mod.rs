//! Quantities: sizes, rates, spans, instants and shares.
//!
//! Newtypes that parse what people write (`"250 Mbps"`, `"600 GiB"`, `"15 min"`), print it back, and do only the arithmetic
//! that makes sense: a bit rate and a byte rate do not mix without an explicit conversion. Bit rates are decimal
//! (1 Mbps = 10^6 bit/s); `GB` is 10^9 bytes and `GiB` 2^30. What a quantity *means* (a link, a retention window) is not said here.

mod clock;
mod law;
mod price;
mod rate;
mod serde_text;
mod share;
mod size;
#[cfg(test)]
mod tests;
mod text;

pub use clock::{Instant, Span};
pub use law::DurationLaw;
pub use price::{CURRENCY, MONTH_S, Per, Price};
pub use rate::{BitRate, ByteRate};
pub use share::Share;
pub use size::DataSize;
pub use text::UnitError;
