//! A run that is made for a few figures need not write down what no figure is read from.

use crate::experiment::figure::Figure;
use crate::model::World;

/// Switches off what these figures are not read from: the event log, losses in bytes. The figures come out the same to the last bit; what a record has of the
/// rest is null or empty. (The time series stays: its instants cut the pieces that are summed, and sums of other pieces are rounded otherwise.)
pub fn only_for<'f>(world: &mut World, figures: impl IntoIterator<Item = &'f Figure>) {
    world.output.events = false;
    // A round trip counts its losses in bytes from what is remembered for them.
    let of_bytes = world.journey.is_some() || figures.into_iter().any(|figure| figure.path().contains("bytes"));
    world.output.loss_bytes &= of_bytes;
    world.output.vm_quantiles &= of_bytes;
}
