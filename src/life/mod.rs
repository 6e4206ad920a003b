//! The life of a protected item: its states and who may move it from one to the next ([`state`]), and the conditions under which the product refuses or
//! takes another way ([`conditions`]), with those that the facts of home ([`home`]) and of the target ([`target`]) meet.
//!
//! Rules only: no clock, no bytes, no files. What a request costs in time and data is for `simulate`; which facts a site has, for `model`.

pub mod conditions;
pub mod home;
pub mod state;
pub mod target;

pub use conditions::{Condition, Effect, Scope, Step};
pub use home::{Obstacle, Subject, WayHome, extra_bytes, way_home, way_home_by};
pub use state::{Direction, Place, Refusal, State, Trigger, allowed, request};
pub use target::{Used, WayOut, refusal, way_out};
