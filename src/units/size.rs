//! Amounts of data in bytes.

/// An amount of data [bytes].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataSize(u64);

impl DataSize {
    /// From whole bytes.
    pub const fn from_bytes(bytes: u64) -> Self {
        DataSize(bytes)
    }

    /// From GiB (2^30 bytes).
    pub const fn from_gib(gib: u64) -> Self {
        DataSize(gib << 30)
    }

    /// Bytes.
    pub const fn as_bytes(self) -> u64 {
        self.0
    }

    /// Bytes as a real number, for the fluid model.
    pub const fn as_f64(self) -> f64 {
        self.0 as f64
    }
}
