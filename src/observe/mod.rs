//! From observations to exact distributions, series and the event log. Writes no files.
