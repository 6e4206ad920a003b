//! The documented conditions under which a step of a machine's life fails, waits or takes another way: data with source and date, compiled in.
//!
//! What each says is in `conditions.toml`; which of them a scenario's facts meet, in [`home`](crate::life::home); a table of all, in `docs/way-home.md`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The step at which a condition is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Enabling replication.
    Enable,
    /// While protected.
    Protected,
    /// Failing over.
    Failover,
    /// Reprotecting.
    Reprotect,
    /// Replicating towards home.
    ReverseReplication,
    /// Failing back.
    Failback,
}

/// What it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One machine.
    Vm,
    /// A replication group.
    Group,
    /// A master target.
    MasterTarget,
    /// The whole site.
    Site,
}

/// What it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The product does not offer the step.
    Refuses,
    /// The step fails.
    Fails,
    /// The step must wait.
    Waits,
    /// All bytes are copied instead of the differing blocks.
    FullCopy,
    /// Only the blocks that differ are copied.
    DifferingBlocks,
    /// Other bytes than expected are copied.
    ExtraBytes,
    /// The two sides differ afterwards.
    Diverges,
    /// A recovery point or a disk is lost.
    LosesPoint,
    /// It goes on, slower.
    Throttles,
    /// Something shown is wrong, or contradictory.
    Misleads,
}

impl Effect {
    /// Whether a machine cannot take the step at all while the condition holds.
    pub fn blocks(self) -> bool {
        matches!(self, Effect::Refuses | Effect::Fails)
    }
}

/// How the program judges whether it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judged {
    /// By the facts that a scenario states.
    Fact,
    /// By the state of the machine.
    State,
    /// By the limits of the forward path.
    Limit,
    /// In a run with a round trip, when the step is asked for.
    Run,
}

/// A condition.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Its number in `docs/way-home.md`, from 1.
    pub row: u32,
    /// Its name, stable.
    pub key: String,
    /// At which step.
    pub step: Step,
    /// What it concerns.
    pub scope: Scope,
    /// What it does.
    pub effect: Effect,
    /// How it is judged.
    pub judged: Judged,
    /// Which part of it is not judged, or where that is; empty where all of it is.
    #[serde(default)]
    pub why: String,
    /// When it is met, as a clause.
    pub met: String,
    /// What the product does then.
    pub outcome: String,
    /// What helps.
    pub remedy: String,
    /// Where it is documented.
    pub source: String,
    /// Date of that page, or `undated`.
    pub date: String,
}

#[derive(Deserialize)]
struct File {
    sources: BTreeMap<String, String>,
    condition: Vec<Condition>,
}

static ALL: LazyLock<Vec<Condition>> = LazyLock::new(|| {
    // The text is compiled in, and a test reads it.
    let Ok(mut file) = toml::from_str::<File>(include_str!("conditions.toml")) else { return Vec::new() };
    for condition in &mut file.condition {
        if let Some((short, page)) = condition.source.split_once(':')
            && let Some(long) = file.sources.get(short)
        {
            condition.source = format!("{long}{page}");
        }
    }
    file.condition
});

/// All conditions, by row.
pub fn all() -> &'static [Condition] {
    &ALL
}

/// The condition of this name.
pub fn get(key: &str) -> Option<&'static Condition> {
    all().iter().find(|condition| condition.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_are_read_and_whole() {
        let file: Result<File, _> = toml::from_str(include_str!("conditions.toml"));
        assert!(file.is_ok(), "{:?}", file.err());
        let rows: Vec<u32> = all().iter().map(|condition| condition.row).collect();
        assert_eq!(rows, (1..=51).collect::<Vec<_>>());
        for condition in all() {
            let texts = [&condition.key, &condition.met, &condition.outcome, &condition.remedy, &condition.source, &condition.date];
            assert!(texts.iter().all(|text| !text.is_empty()), "{condition:?}");
            assert!(condition.source.starts_with("MicrosoftDocs/"), "{}", condition.source);
        }
        let mut keys: Vec<&str> = all().iter().map(|condition| condition.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 51, "a name is used twice");
    }
}
