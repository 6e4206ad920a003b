//! The names that kinds of things have in the list of checked ranges.

use crate::churn::Pattern;
use crate::credibility::inputs::InForce;
use crate::model::{DisasterKind, HubKind, Journey, Overflow, Sharing, System};

/// A system.
pub fn system(system: System) -> &'static str {
    match system {
        System::VmwareClassic => "VMware classic",
        System::Physical => "physical servers",
        System::Avs => "Azure VMware Solution",
        System::VmwareModernized => "VMware modernized",
        System::AzureToAzure => "Azure to Azure",
    }
}

/// A pattern of churn.
pub fn pattern(pattern: &Pattern) -> &'static str {
    match pattern {
        Pattern::Constant { .. } => "constant",
        Pattern::Weekly { .. } => "weekly",
        Pattern::OnOff { .. } => "on/off",
        Pattern::LogNormal { .. } => "log-normal",
        Pattern::HyperExponential { .. } => "hyper-exponential",
        Pattern::BModel { .. } => "b-model",
        Pattern::Recorded { .. } => "recorded",
    }
}

/// What stands before the link.
pub fn hub(kind: HubKind) -> &'static str {
    match kind {
        HubKind::ProcessServer => "process server",
        HubKind::Appliance => "replication appliance",
        HubKind::CacheAccount => "source cache account",
    }
}

/// How a link is shared.
pub fn sharing(sharing: Sharing) -> &'static str {
    match sharing {
        Sharing::MaxMin => "max-min fair",
        Sharing::Fifo => "first in first out",
    }
}

/// What a round trip has.
pub fn round_trip(journey: &Journey, found: &mut InForce) {
    for disaster in &journey.disasters {
        found.add_kind(
            "journey.features",
            match disaster.kind {
                DisasterKind::SiteLost { .. } => "site lost",
                DisasterKind::TargetLost { .. } => "target lost",
                DisasterKind::Attack { .. } => "attack found late",
                DisasterKind::ConfigurationServerLost { .. } => "configuration server lost",
                DisasterKind::MasterTargetLost { .. } => "master target lost",
                DisasterKind::OriginalSwitchedOn { .. } => "original switched on",
            },
        );
    }
    let keeps_drives = journey.back.is_some() && journey.rules.overflow == Overflow::Pause;
    for (is_there, kind) in [
        (!journey.planned.is_empty(), "planned failover"),
        (!journey.drills.is_empty(), "test failover"),
        (!journey.plans.is_empty(), "recovery plans"),
        (journey.response.failback.is_some(), "failback"),
        (keeps_drives, "retention drive that pauses"),
    ] {
        if is_there {
            found.add_kind("journey.features", kind);
        }
    }
}
