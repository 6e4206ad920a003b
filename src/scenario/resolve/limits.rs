//! The service's ceilings on what is uploaded: the documented ones by tier and write size, and which are enforced.

use crate::profile::Profile;
use crate::scenario::located::At;
use crate::scenario::raw::{ChurnPlan, Limits};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::context::Context;
use crate::scenario::values::Ceiling;
use crate::units::{ByteRate, DataSize};

/// The limits in force.
pub(super) struct InForce {
    plan: ChurnPlan,
    disk: Ceiling,
    /// Ceiling per VM.
    pub vm: Option<ByteRate>,
    /// The tiers with the largest size of each, ascending.
    tiers: Vec<(String, DataSize)>,
}

/// Settles which limits hold; churn plans are a matter of Azure to Azure (`a2a`) only.
pub(super) fn settle(limits: &Limits, a2a: bool, context: &mut Context) -> InForce {
    let plan = match &limits.churn_plan {
        Some(written) if !a2a => {
            context.error(
                &written.span,
                "churn plans are a matter of Azure to Azure",
                "leave `churn_plan` out, or take the profile `azure-to-azure-2025`",
            );
            ChurnPlan::Normal
        }
        Some(written) => {
            context.state("limits.churn_plan", format!("{:?}", written.value).to_lowercase());
            written.value
        }
        None => ChurnPlan::Normal,
    };
    let vm_key = match plan {
        ChurnPlan::Normal => "limits.vm",
        ChurnPlan::High => "limits.vm_high",
        ChurnPlan::Enhanced => "limits.vm_enhanced",
    };
    let disk = ceiling(limits.disk.as_ref(), "limits.disk", context);
    let vm = match ceiling(limits.vm.as_ref(), vm_key, context) {
        Ceiling::At(rate) => Some(rate),
        Ceiling::Documented => context.value(vm_key),
        Ceiling::Off => None,
    };
    InForce { plan, disk, vm, tiers: tiers(&context.profile) }
}

/// The ceiling on what lands in one account.
pub(super) fn account(limits: &Limits, context: &mut Context) -> Option<ByteRate> {
    match ceiling(limits.account.as_ref(), "limits.account", context) {
        Ceiling::At(rate) => Some(rate),
        Ceiling::Documented => context.value("limits.account"),
        Ceiling::Off => None,
    }
}

/// As written, else as the profile says; stated values are noted.
fn ceiling(written: Option<&At<Ceiling>>, key: &str, context: &mut Context) -> Ceiling {
    match written.map(|at| at.value) {
        Some(Ceiling::Documented) => Ceiling::Documented,
        Some(Ceiling::Off) => {
            context.state(key, "off".to_string());
            Ceiling::Off
        }
        Some(Ceiling::At(rate)) => {
            let at = written.map_or(0..0, |at| at.span.clone());
            context.check(key, &rate.to_string(), &at);
            context.state(key, rate.to_string());
            Ceiling::At(rate)
        }
        None if context.is_off(key) => Ceiling::Off,
        None => Ceiling::Documented,
    }
}

impl InForce {
    /// The tier of a disk: as written, else by its size.
    pub(super) fn tier(&self, written: Option<&At<String>>, size: DataSize, size_at: &std::ops::Range<usize>, context: &mut Context) -> String {
        let by_profile: String = match written {
            Some(at) => at.value.trim().to_string(),
            None => context.need("disk.tier"),
        };
        if by_profile != "by size" {
            if by_profile == "standard" || self.tiers.iter().any(|(tier, _)| *tier == by_profile) {
                return by_profile;
            }
            let names = self.tiers.iter().map(|(tier, _)| tier.as_str()).chain(["standard", "by size"]);
            let at = context.place(written.map(|at| &at.span), &["disk.tier"]);
            if context.is_news(&by_profile, &at) {
                context.error(&at, format!("there is no disk tier `{by_profile}`"), suggest(&by_profile, names));
            }
            return "standard".to_string();
        }
        match self.tiers.iter().find(|(_, up_to)| size <= *up_to) {
            Some((tier, _)) => tier.clone(),
            None => {
                context.error(size_at, format!("a disk of {size} is larger than the largest tier"), "write a size of at most 32 TiB");
                "P80".to_string()
            }
        }
    }

    /// The documented ceiling of a disk, and the one that is enforced.
    pub(super) fn disk(&self, tier: &str, size: DataSize, io: DataSize, context: &mut Context) -> (ByteRate, Option<ByteRate>) {
        // The limit follows the size of the replica disk, whatever its performance tier; only a standard disk has less.
        let own = self.tiers.iter().find(|(_, up_to)| size <= *up_to).map_or(tier, |(own, _)| own.as_str());
        let documented = documented(self.plan, if tier == "standard" { tier } else { own }, size, io, context);
        let enforced = match self.disk {
            Ceiling::Off => None,
            Ceiling::At(rate) => Some(rate),
            Ceiling::Documented => match context.value::<ByteRate>("limits.disk") {
                Some(rate) => Some(rate),
                None => Some(documented),
            },
        };
        (documented, enforced)
    }
}

/// The documented churn ceiling of a replica disk (profile tables `churn_limit`, `churn_limit_high`, `disk_tier`).
fn documented(plan: ChurnPlan, tier: &str, size: DataSize, io: DataSize, context: &mut Context) -> ByteRate {
    // The page's "16 KB" is taken as it is typed: 16,000 bytes are enough.
    let column = match io.as_bytes() {
        bytes if bytes < 16_000 => "io_8k",
        bytes if bytes < 24_000 => "io_16k",
        bytes if bytes < 32_000 => "io_24k",
        _ => "io_32k",
    };
    let cell = |context: &mut Context, table: &str, row: &str| context.need::<ByteRate>(&format!("{table}.{row}.{column}"));
    match plan {
        ChurnPlan::Normal => cell(context, "churn_limit", class(tier)),
        ChurnPlan::High => {
            let row = match tier {
                "standard" => "standard",
                _ if size >= DataSize::from_gib(1024) => "premium from 1 TiB",
                _ => "premium",
            };
            cell(context, "churn_limit_high", row)
        }
        ChurnPlan::Enhanced if tier == "standard" => cell(context, "churn_limit_high", "standard"),
        ChurnPlan::Enhanced => {
            let iops: f64 = context.need(&format!("disk_tier.{tier}.iops"));
            let throughput: ByteRate = context.need(&format!("disk_tier.{tier}.throughput"));
            let most: ByteRate = context.need("limits.disk_enhanced");
            // A smaller write is tracked as one of this size, and the ceiling counts tracked bytes.
            let floor: DataSize = context.need("disk.tracked_floor");
            let rate = (iops * io.as_f64().max(floor.as_f64())).min(throughput.as_bytes_per_s()).min(most.as_bytes_per_s());
            ByteRate::from_bytes_per_s(rate)
        }
    }
}

/// The row of `churn_limit` that a tier falls under.
fn class(tier: &str) -> &'static str {
    match tier {
        "standard" => "standard",
        "P10" | "P15" => "P10-P15",
        "P60" | "P70" | "P80" => "P60-P80",
        _ => "P20-P50",
    }
}

/// The tiers with the largest size of each, ascending.
fn tiers(profile: &Profile) -> Vec<(String, DataSize)> {
    let up_to = |row: &str| profile.get(&format!("disk_tier.{row}.up_to")).and_then(|entry| entry.value.parse().ok());
    let mut tiers: Vec<(String, DataSize)> = profile.rows("disk_tier").into_iter().filter_map(|row| Some((row.to_string(), up_to(row)?))).collect();
    tiers.sort_by_key(|(_, up_to)| *up_to);
    tiers
}
