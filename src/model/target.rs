//! What a scenario states of the target: what the subscription takes, and what each machine asks of it. What follows from that is in `life::target`.

use crate::units::{Instant, Span};

/// The target, for failovers. What is not said forbids nothing.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Quota of cores of the subscription, for these machines.
    pub cores: Option<u32>,
    /// Quota of network interfaces.
    pub interfaces: Option<u32>,
    /// From the first failover that a quota fails until both are raised enough; `None` never.
    pub raised_after: Option<Span>,
    /// By machine, in the order of the world; empty where nothing is said of any.
    pub machines: Vec<MachineTarget>,
}

impl Target {
    /// What is stated of one machine.
    pub fn machine(&self, vm: usize) -> MachineTarget {
        self.machines.get(vm).copied().unwrap_or_default()
    }
}

/// What is stated of one machine at the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MachineTarget {
    /// Cores that it needs there.
    pub cores: u32,
    /// Network interfaces that it needs there.
    pub interfaces: u32,
    /// What forbids it whatever room there is.
    pub forbidden: Option<Forbidden>,
    /// When the tier of its replica disks is changed.
    pub tier_changed: Option<Instant>,
}

/// What forbids a machine at the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// A policy of the subscription.
    Policy,
    /// Its size is of another family than that of the availability set.
    AvailabilitySet,
}
