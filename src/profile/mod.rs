//! Dated rule sets and presets: data files compiled in, each value with its source, date and standing.
