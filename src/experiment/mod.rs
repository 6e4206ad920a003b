//! Many runs instead of one: replications of a world, and the designs that are compared. What a run means is in [`simulate`](crate::simulate);
//! files and terminals are elsewhere.

pub mod base;
pub mod calibrate;
pub mod compare;
pub mod design;
pub mod figure;
pub mod frugal;
pub mod gather;
pub mod grown;
pub mod long_run;
pub mod outlook;
pub mod records;
pub mod replications;
pub mod sensitivity;
pub mod size;
pub mod sweep;
pub mod target;
pub mod usual;
