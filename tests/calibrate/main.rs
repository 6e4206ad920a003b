//! `failback calibrate`: known values are found again, intervals hold the truth as often as they say, and what a series cannot tell is refused.

mod input;
mod recover;
mod refuse;
mod room;
mod shipped;
