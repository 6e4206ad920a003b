//! A fleet that writes more: the one place where growth is applied to a whole world. What a scenario itself says of growth over time compounds on top of it.

use crate::churn::LoadShape;
use crate::model::World;

/// Multiplies what every disk writes by `factor`: its pattern, and what load events add to it. Sizes, used bytes and what copies send of them stay as they are; so
/// do factors of load events, which multiply what has grown already. The machines of the way back, which are the same, grow too.
pub fn grow(world: &mut World, factor: f64) {
    for disk in &mut world.disks {
        disk.churn.scale *= factor;
    }
    for event in &mut world.load_events {
        if let LoadShape::Add(rate) = &mut event.shape {
            *rate *= factor;
        }
    }
    if let Some(back) = world.journey.as_mut().and_then(|journey| journey.back.as_mut()) {
        grow(back, factor);
    }
}
