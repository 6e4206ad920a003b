//! The field's terms as the reports write them: recovery-point choices, standings, what a process server is called in each system.

use crate::format::number;
use crate::results::{Choice, Paid, ScenarioInfo, Standing};

/// Choices in the order in which reports list them: least loss first.
pub const CHOICES: [Choice; 4] = [Choice::LatestByte, Choice::LatestMarker, Choice::LatestProcessed, Choice::LatestApp];

/// Key of a choice, as in `summary.json` and the curves' names.
pub fn choice_key(choice: Choice) -> &'static str {
    match choice {
        Choice::LatestMarker => "latest_marker",
        Choice::LatestByte => "latest_byte",
        Choice::LatestProcessed => "latest_processed",
        Choice::LatestApp => "latest_app",
    }
}

/// A choice as the product's portal calls it.
pub fn choice_name(choice: Choice) -> &'static str {
    match choice {
        Choice::LatestMarker => "Latest (landed point)",
        Choice::LatestByte => "Latest (landed byte)",
        Choice::LatestProcessed => "Latest processed",
        Choice::LatestApp => "Latest app-consistent",
    }
}

/// What a choice means, in a sentence.
pub fn choice_meaning(choice: Choice) -> &'static str {
    match choice {
        Choice::LatestByte => "Latest, read generously: everything that had reached the target, on all disks of the VM.",
        Choice::LatestMarker => "Latest, read strictly (the default here): the newest crash- or app-consistent marker that had reached the target.",
        Choice::LatestProcessed => "The newest point already applied at the target: ready at once, a few minutes older.",
        Choice::LatestApp => "The newest applied point at which the applications had been quiesced.",
    }
}

/// A standing in a word.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Documented => "documented",
        Standing::Derived => "derived",
        Standing::Assumed => "assumed",
        Standing::Scenario => "scenario",
    }
}

/// When something is paid, in words.
pub fn paid(paid: Paid) -> &'static str {
    match paid {
        Paid::PerMonth => "every month",
        Paid::Once => "once",
    }
}

/// How much of something that is paid for: `730 h`, `10 months`, `192 GiB-months`.
pub fn quantity(quantity: f64, unit: &str) -> String {
    let many = if unit.ends_with("month") && quantity != 1.0 { "s" } else { "" };
    format!("{} {unit}{many}", number(quantity))
}

/// The same as in `summary.json`.
pub fn paid_key(paid: Paid) -> &'static str {
    match paid {
        Paid::PerMonth => "per_month",
        Paid::Once => "once",
    }
}

/// What stands between the agents and the link in this system: singular and plural.
pub fn hub_noun(scenario: &ScenarioInfo) -> (&'static str, &'static str) {
    let system = scenario.system.to_lowercase();
    if system.contains("azure to azure") || system.contains("a2a") || system.contains("region to") {
        ("cache account", "cache accounts")
    } else if system.contains("modernized") || system.contains("appliance") {
        ("replication appliance", "replication appliances")
    } else {
        ("process server", "process servers")
    }
}

/// `once`, `twice`, `5 times`.
pub fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{} times", crate::format::count(count)),
    }
}
