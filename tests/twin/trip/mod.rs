//! The twin's round trip: disaster, failover, reprotect, failback, protected again, in small fixed steps.
//!
//! * [`leg`]: one direction, a path of the twin on which machines come and go
//! * [`units`]: who goes together, and how they boot
//! * [`round`]: what is due before each step, what is seen after it
//! * [`story`]: the record
//! * `by_hand`: the twin against what is worked out by hand; `compare`, `cases`, `random`: random trips through the simulator and the twin;
//!   `differences`: where the two once differed, each as small as it gets
//!
//! # Readings
//!
//! Where the description leaves a choice, the twin takes these (the simulator must take the same):
//!
//! * **Service**: machines are begun in the order of the units (plans, groups, the others), each as soon as it may; only then is its point waited for.
//! * **Start**: a machine writes at the target from the end of its boot on, and at home once its addresses are right; its agent registers so long after.
//! * **Served**: from its own boot on, unless its boot group has actions after.
//! * **Bursts** are shared evenly among the machine's disks, in written bytes, and are not times `churn_factor`.
//! * **Drained**: one delay after the last byte has left, or after the shutdown: word that nothing more comes crosses the link, too.
//! * **In order** ([`story::CopyStory::in_order`]): the last disk's dirty set is empty, and what was sent until then has landed. What was sent counts for
//!   each disk up to its own last dirty byte.
//! * **Ceiling on a copy**: holds for a disk until that disk is in order.
//! * **Reverse lag**: seen from the first recovery point at home (whether or not points are still replayed) until the last byte has landed there.

pub mod leg;
pub mod round;
pub mod story;
pub mod units;

mod by_hand;
mod cases;
mod compare;
mod differences;
mod random;
