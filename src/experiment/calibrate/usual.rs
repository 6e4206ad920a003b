//! What is fitted if nobody says: the bandwidth of the forward link, and for ages of points the delay of their apply where the scenario leaves it to the profile.

use crate::experiment::base::Base;
use crate::experiment::calibrate::wish::between;
use crate::experiment::sweep::factor::Between;
use crate::experiment::sweep::raw::Scalar;
use crate::model::World;
use crate::simulate::Quantity;
use crate::units::BitRate;

/// How much less and more than the scenario's bandwidth is looked at.
const EITHER_WAY: f64 = 4.0;

/// Longest apply delay that is looked at.
const LONGEST_APPLY: &str = "30 min";

/// The wishes for a quantity; none where the scenario says nothing of its link.
pub fn usual(base: &Base, world: &World, quantity: Quantity) -> Vec<Between> {
    let tree: toml::Table = base.text().parse().unwrap_or_default();
    let forward = tree.get("link").and_then(|link| link.get("forward")).and_then(toml::Value::as_table);
    let mut wishes = Vec::new();
    if let Some((kind, link)) = forward.and_then(|forward| forward.iter().next()) {
        let typed = link.get("bandwidth").and_then(toml::Value::as_str).and_then(|text| text.parse::<BitRate>().ok());
        let bandwidth = typed.unwrap_or(world.link.goodput).as_bits_per_s() / 1e6;
        let end = |mbps: f64| Scalar::Text(format!("{mbps} Mbps"));
        let key = format!("link.forward.{kind}.bandwidth");
        wishes.extend(between(&key, [end(bandwidth / EITHER_WAY), end(bandwidth * EITHER_WAY)]).ok());
    }
    let typed = tree.get("apply").is_some_and(|apply| apply.get("delay").is_some());
    if quantity == Quantity::PointAge && !typed {
        wishes.extend(between("apply.delay", [Scalar::Text("0 s".to_owned()), Scalar::Text(LONGEST_APPLY.to_owned())]).ok());
    }
    wishes
}
