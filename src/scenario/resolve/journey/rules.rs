//! How data comes back: what is compared, how fast, and what is sent.

use crate::model::{Disk, DiskCopy, Overflow, ReturnRules};
use crate::scenario::raw::{self, Recovery};
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::journey::{Setting, is_classic};
use crate::units::{ByteRate, Share};

/// Builds the rules.
pub(super) fn rules(setting: &Setting<'_>, recovery: &Recovery, context: &mut Context) -> ReturnRules {
    let whole = context.need::<String>("journey.scan") == "whole disk";
    let mut copies = Vec::with_capacity(setting.fleet.disks.len());
    for disk in &setting.fleet.disks {
        copies.push(DiskCopy { checksum: checksum(disk, context), scanned: if whole { disk.size } else { disk.used }, send: send(disk, context) });
    }
    ReturnRules {
        copies,
        replay: context.need("journey.replay"),
        full_below: context.need("journey.full_below"),
        again_by_difference: context.need("journey.again_by_difference"),
        overflow: overflow(setting, recovery, context),
    }
}

/// Speed of the comparison; premium disks may have their own.
fn checksum(disk: &Disk, context: &mut Context) -> ByteRate {
    let premium = if disk.tier == "standard" { None } else { context.value("journey.checksum_premium") };
    premium.unwrap_or_else(|| context.need("journey.checksum"))
}

/// Ceiling on sending: a rate, or a share of the throughput of the disk's tier.
fn send(disk: &Disk, context: &mut Context) -> Option<ByteRate> {
    if let Some(rate) = context.value("journey.send") {
        return Some(rate);
    }
    let share: Share = context.value("journey.send_share")?;
    let throughput: ByteRate = context.need(&format!("disk_tier.{}.throughput", disk.tier));
    Some(ByteRate::from_bytes_per_s(throughput.as_bytes_per_s() * share.get()))
}

fn overflow(setting: &Setting<'_>, recovery: &Recovery, context: &mut Context) -> Overflow {
    match &recovery.overflow {
        Some(written) => {
            if !is_classic(setting.system) {
                context.error(&written.span, "this profile has no retention drive", "leave `overflow` out");
            }
            let pause = written.value == raw::Overflow::Pause;
            context.state("journey.overflow", if pause { "pause" } else { "drop-oldest" }.to_string());
            if pause { Overflow::Pause } else { Overflow::DropOldest }
        }
        None if context.need::<String>("journey.overflow") == "pause" => Overflow::Pause,
        None => Overflow::DropOldest,
    }
}
