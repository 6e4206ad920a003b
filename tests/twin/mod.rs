//! The brute-force twin: the data path in small fixed steps, written for being obviously right, not fast.
//!
//! It shares no code with the simulator: it reads the plain data of a [`failback::model::World`] (churn as constants or tables, so that nothing is
//! drawn) and does everything else itself. Each step of length dt moves bytes once through the whole path:
//!
//! 1. faults that are due; initial copies whose turn it is;
//! 2. each disk writes rate(t + dt/2) x dt into its agent;
//! 3. each hub takes in, max-min over what its agents offer, within intake (bytes/s, operations/s), room in the cache and, for a source cache
//!    account, the disk, VM and account limits;
//! 4. the link takes from the hubs, max-min in wire bytes, within its capacity, the flow ceiling of each VM and, for process servers and appliances,
//!    the disk, VM and account limits;
//! 5. agents over their buffer go to bitmap mode, agents whose dirty set is empty go back to ordered mode; hubs look at their free space.
//!
//! Times are read afterwards from cumulative curves that are linear within a step, so that without a change of regime inside a step the twin is
//! exact,
//! and otherwise it is wrong by an amount in proportion to the step.
//!
//! Round trips over two such paths are in [`trip`]; how the two are judged at finer and finer steps is in [`trial`].
//!
//! # Readings
//!
//! Where the description leaves a choice, the twin takes these (one place each; the simulator must take the same):
//!
//! * **Bitmap mode** begins when the agent buffer holds more than its size. What it holds becomes the dirty set: D = F(buffer), the rest is
//!   superseded.
//! * **Pulled**: what is out of order (copies, dirty sets) is never stored in the hub: the hub takes it only as fast as the link sends it on, and
//!   only
//!   when the disk's ordered bytes have left the hub.
//! * **Freeze**: at that instant the horizon keeps its value, and every marker of the disk's VM and group that has not landed on all their disks fails,
//!   also one that has landed on this disk, or whose bytes are already in the hub or in flight.
//! * **Back in order**: when D = 0 at the agent, after the step's intake, also if ordered bytes of the disk still wait in the hub. Until everything sent
//!   before has landed the horizon stays frozen; then it jumps to the instant at which order was kept again, and goes on from there.
//! * **Resync** (crash, resize, lost cache): the agent's bytes (and those of a lost cache) become dirty; a checksum pass of used / checksum_rate, from
//!   the fault (its hub down or lost: from when there is one again), in which nothing is sent; then extra_share x (used - what of a copy is still to go), then the dirty set. A disk already out of order starts
//!   its pass anew. Only disks with bytes in a lost cache are resynced. Extra and initial copies are not "written", so they are left out of
//!   conservation. Resyncs are counted once per VM and fault.
//! * **Down or lost hub**: neither takes in nor sends; what is in flight lands. Overlapping faults end at the latest end.
//! * **Initial replication**: a disk that waits for its turn tracks nothing (its writes count as superseded by the copy). Its copy goes first; what
//!   is
//!   written from the copy's start is a dirty set. A slot of the VM is free, and a batch over, when its disks are in sync: in order,
//!   and everything sent before has landed.
//! * **Throttle**: factor on intake in bytes/s and in operations/s, and on an enforced daily limit; where none of them is stated, on what the disks write now.
//!   On below `throttle_free`, off from `resume_free`. What rushes in when it lets go, rushes in up to the level at which it sets in again.
//! * **Capacity**: goodput x factors of the changes in force - background, at least 0, then at most the calendar's limit.
//! * **First in first out link**: order of arrival in the hub; one that meets its own ceiling, or whose hub is down, is passed over.
//! * **Marker**: it is in the stream, so it leaves when all before it has, at m itself when nothing waits, and lands the link's delay later; available apply.delay after its bytes are through the
//!   rate-limited part of apply. Markers at k x interval, k >= 1, up to and including the run's end.
//! * **Start point** (protected start): a crash point and, with app markers on, an app point at 0: held, but not counted as issued or made.
//! * **Laws** of a VM begin with its first available point. `fleet_worst` is over the VMs that have one.
//! * **Excluded gaps**: nothing is written in one. While any disk of a VM has one, the VM and all its disks are not observed, nor is its group; the
//!   fleet is observed through the others.
//! * **Pruning**, each time that the points of a marker become available (marker by marker, if at one instant) and at the end of the run: age < dense
//!   window, all; else the bucket's newest app point, else newest crash point, among points under the same rule (so not counting younger ones still in
//!   the dense window); a rule holds for age < up_to. The points of the newest marker take no part: they are neither thinned nor counted in their bucket.
//!   Points of age >= retention go when a new point comes, never at other times.
//! * **App failure** is 0 or 1 here; nothing is drawn.

pub mod curves;
pub mod disk;
pub mod fifo;
pub mod footprint;
pub mod hub;
pub mod inputs;
pub mod law;
pub mod outcome;
pub mod path;
pub mod points;
pub mod share;
pub mod trial;
pub mod trip;

mod closed_forms;
mod closed_points;
mod compare;
mod random;
