//! A run that is made for a few figures need not work out what no figure is read from.

use crate::experiment::figure::Figure;
use crate::model::{StartState, World};

/// Parts of the record that neither recovery points nor the laws of single machines have a say in.
const OF_THE_FLEET: [&str; 8] = ["lag.fleet_worst", "breaches", "link", "process_servers", "bottlenecks", "one_queue", "churn", "days"];

/// Parts that recovery points have no say in, once everybody is protected.
const OF_LAGS: [&str; 2] = ["lag", "disks"];

/// Parts that say how old points are, not which are held.
const OF_AGES: [&str; 5] = ["reported_rpo", "reported_breaches", "point_age", "app_point_age", "loss"];

/// Switches off what these figures are not read from. They come out the same to the last bit; what a record has of the rest is null, empty or nothing. (The time
/// series stays: its instants cut the pieces that are summed, and sums of other pieces are rounded otherwise.)
pub fn only_for<'f>(world: &mut World, figures: impl IntoIterator<Item = &'f Figure>) {
    let paths: Vec<&str> = figures.into_iter().map(Figure::path).collect();
    let output = &mut world.output;
    (output.events, output.curves) = (false, false);
    output.one_queue &= paths.iter().any(|path| lies_in(path, "one_queue"));
    if world.journey.is_some() {
        // A round trip counts its losses in bytes from what is remembered for them, and goes back to the points held.
        return;
    }
    output.loss_bytes &= paths.iter().any(|path| path.contains(".bytes.") || path.contains("loss_bytes"));
    output.vm_quantiles &= output.loss_bytes;
    let rest_beside = |parts: &[&str]| paths.iter().any(|path| !parts.iter().any(|part| lies_in(path, part)));
    let fleet = &OF_THE_FLEET[..];
    output.unit_lags &= rest_beside(fleet);
    // Who is not protected from the start is observed from his first point on.
    output.ages &= rest_beside(&[fleet, &OF_LAGS].concat()) || world.policy.start_state != StartState::Protected;
    output.points &= rest_beside(&[fleet, &OF_LAGS, &OF_AGES].concat()) || output.loss_bytes;
}

/// Whether a figure lies in this part of the record.
fn lies_in(path: &str, part: &str) -> bool {
    path.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
