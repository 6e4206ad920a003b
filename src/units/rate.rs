//! Bit rates (links) and byte rates (disks, caches). They convert only by name.

/// A transmission rate [bit/s], decimal: 1 Mbps = 10^6 bit/s.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct BitRate(f64);

/// A rate of data [bytes/s].
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct ByteRate(f64);

impl BitRate {
    /// From bits per second; the caller guarantees a finite value of at least 0.
    pub const fn from_bits_per_s(bits: f64) -> Self {
        BitRate(bits)
    }

    /// From decimal megabits per second.
    pub const fn from_mbps(mbps: f64) -> Self {
        BitRate(mbps * 1e6)
    }

    /// Bits per second.
    pub const fn as_bits_per_s(self) -> f64 {
        self.0
    }

    /// The same rate counted in bytes (8 bits each).
    pub fn to_byte_rate(self) -> ByteRate {
        ByteRate(self.0 / 8.0)
    }
}

impl ByteRate {
    /// From bytes per second; the caller guarantees a finite value of at least 0.
    pub const fn from_bytes_per_s(bytes: f64) -> Self {
        ByteRate(bytes)
    }

    /// Bytes per second.
    pub const fn as_bytes_per_s(self) -> f64 {
        self.0
    }

    /// The same rate counted in bits.
    pub fn to_bit_rate(self) -> BitRate {
        BitRate(self.0 * 8.0)
    }
}
