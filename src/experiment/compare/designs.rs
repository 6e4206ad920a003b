//! The designs of a comparison: loaded with one seed, checked for being comparable, and how they differ.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::experiment::compare::record::Difference;
use crate::experiment::records::Kept;
use crate::format::{bit_rate, list, plural};
use crate::model::World;
use crate::scenario::{self, Diagnostics, Loaded};

/// Most designs, which have letters for names.
pub const MOST_DESIGNS: usize = 26;

/// Names of machines that a remark lists.
const MOST_NAMED: usize = 4;

/// One design.
#[derive(Clone, Debug)]
pub struct Design {
    /// `A`, `B` and so on, in the order given.
    pub label: String,
    /// Its file, as typed.
    pub file: PathBuf,
    /// Its scenario.
    pub loaded: Loaded,
    /// The seed that it would have had by itself.
    pub own_seed: u64,
}

/// The name of the design at a place.
pub fn label(place: usize) -> String {
    // There are no more than letters.
    char::from(b'A' + (place % MOST_DESIGNS) as u8).to_string()
}

/// Loads the designs with these values set in each; all have the seed of the first.
///
/// # Errors
/// Every mistake of the first that has any.
pub fn load(files: &[PathBuf], sets: &[String]) -> Result<Vec<Design>, Diagnostics> {
    let records = Kept::default();
    let one = |file: &Path, sets: &[String]| scenario::load_with(file, sets, &mut &records);
    let mut designs: Vec<Design> = Vec::with_capacity(files.len());
    for (place, file) in files.iter().enumerate() {
        let mut loaded = one(file, sets)?;
        let own_seed = loaded.world.seed;
        if let Some(seed) = designs.first().map(|first| first.loaded.world.seed).filter(|seed| *seed != own_seed) {
            let sets: Vec<String> = sets.iter().cloned().chain([format!("seed={seed}")]).collect();
            loaded = one(file, &sets)?;
        }
        designs.push(Design { label: label(place), file: file.clone(), loaded, own_seed });
    }
    Ok(designs)
}

/// What makes designs not, or not quite, comparable with the first: sentences.
///
/// # Errors
/// A sentence, if they run over different times.
pub fn compare(designs: &[Design]) -> Result<Vec<String>, String> {
    let Some((first, others)) = designs.split_first() else { return Ok(Vec::new()) };
    let mut remarks = Vec::new();
    for other in others {
        same_time(first, other)?;
        remarks.extend(remarks_on(first, other));
    }
    Ok(remarks)
}

fn same_time(first: &Design, other: &Design) -> Result<(), String> {
    let (a, b) = (&first.loaded.world, &other.loaded.world);
    let clash = |key: &str, ours: String, theirs: String| {
        let advice = if key == "horizon" { "give both the same, or --horizon" } else { "give both the same, or --set start=…" };
        Err(format!(
            "{}: `{key}` is {theirs}, but {ours} in {}; designs are compared over the same time: {advice}",
            other.file.display(),
            first.file.display()
        ))
    };
    if a.start != b.start {
        return clash("start", a.start.to_string(), b.start.to_string());
    }
    if a.horizon != b.horizon {
        return clash("horizon", a.horizon.to_string(), b.horizon.to_string());
    }
    Ok(())
}

fn remarks_on(first: &Design, other: &Design) -> Vec<String> {
    let (a, b) = (&first.loaded.world, &other.loaded.world);
    let (one, two) = (&first.label, &other.label);
    let mut remarks = Vec::new();
    if other.own_seed != a.seed {
        remarks.push(format!("{two} has the seed {} of its own; all designs run with that of {one}, {}.", other.own_seed, a.seed));
    }
    if a.system != b.system {
        remarks.push(format!("{one} is {}, {two} is {}: more than the link differs.", first.loaded.system_words, other.loaded.system_words));
    }
    if a.profile != b.profile {
        remarks.push(format!("{one} takes its defaults from {}, {two} from {}.", a.profile, b.profile));
    }
    if a.policy.rpo_threshold != b.policy.rpo_threshold {
        remarks.push(format!(
            "The RPO threshold is {} in {one} and {} in {two}: breaches count differently.",
            a.policy.rpo_threshold, b.policy.rpo_threshold
        ));
    }
    remarks.extend(fleets(first, other));
    remarks.extend(outages(first, other));
    let disasters = |world: &World| world.journey.as_ref().map(|journey| format!("{:?}", journey.disasters)).unwrap_or_default();
    if disasters(a) != disasters(b) {
        remarks.push(format!("{one} and {two} do not meet the same disasters."));
    }
    remarks
}

/// How the fleets differ, if they do.
fn fleets(first: &Design, other: &Design) -> Vec<String> {
    let (a, b) = (&first.loaded.world, &other.loaded.world);
    let (one, two) = (&first.label, &other.label);
    let names = |world: &World| world.vms.iter().map(|vm| vm.name.clone()).collect::<BTreeSet<_>>();
    let (ours, theirs) = (names(a), names(b));
    let mut remarks = Vec::new();
    for (here, only) in [(one, ours.difference(&theirs)), (two, theirs.difference(&ours))] {
        let only: Vec<&String> = only.collect();
        if !only.is_empty() {
            remarks.push(format!("Only {here} has {}: {}.", plural(only.len() as u64, "machine", "machines"), some(&only)));
        }
    }
    let written = |world: &World| {
        let of = |disk: &crate::model::Disk| (disk.name.clone(), format!("{:?} {:?}", disk.churn, disk.tracked_per_written));
        world.disks.iter().map(of).collect::<BTreeMap<_, _>>()
    };
    let (ours, theirs) = (written(a), written(b));
    let otherwise: Vec<&String> =
        ours.iter().filter(|(name, churn)| theirs.get(*name).is_some_and(|other| other != *churn)).map(|(name, _)| name).collect();
    if !otherwise.is_empty() {
        let disks = plural(otherwise.len() as u64, "disk is", "disks are");
        remarks.push(format!("{disks} not written alike in {one} and {two}: {}.", some(&otherwise)));
    }
    let bits = |world: &World| world.records.iter().flat_map(|record| record.rates.iter().map(|rate| rate.to_bits())).collect::<Vec<u32>>();
    if a.records.len() != b.records.len() || bits(a) != bits(b) {
        remarks.push(format!("{one} and {two} replay different records."));
    }
    let loads = |world: &World| format!("{:?} {}", world.load_events, world.growth_per_year);
    if loads(a) != loads(b) {
        remarks.push(format!("{one} and {two} do not have the same backups, bulk loads and growth."));
    }
    remarks
}

/// Which random outages the links do not share.
fn outages(first: &Design, other: &Design) -> Option<String> {
    let names = |design: &Design| design.loaded.world.link.outages.iter().map(|process| process.name.clone()).collect::<Vec<_>>();
    let (ours, theirs) = (names(first), names(other));
    let shared: Vec<String> = ours.iter().filter(|name| theirs.contains(name)).map(|name| format!("`{name}`")).collect();
    if ours.is_empty() || theirs.is_empty() || (shared.len() == ours.len() && shared.len() == theirs.len()) {
        return None;
    }
    let (one, two) = (&first.label, &other.label);
    Some(if shared.is_empty() {
        format!("The links of {one} and {two} fail by causes of their own, drawn independently: of outages, pairing takes nothing out.")
    } else {
        format!("Of their links' outages {one} and {two} share {}; the others are causes of their own, drawn independently.", list(&shared))
    })
}

fn some(names: &[&String]) -> String {
    let more = names.len().saturating_sub(MOST_NAMED);
    let mut shown: Vec<String> = names.iter().take(MOST_NAMED).map(|name| (*name).clone()).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    list(&shown)
}

/// What a world says of one fact, in words.
type Fact = fn(&World) -> Option<String>;

/// Every value in force that is not the same in all designs, by key; first what the links and fleets are.
pub fn differences(designs: &[Design]) -> Vec<Difference> {
    let facts: [(&str, Fact); 5] = [
        ("link.forward", |world| Some(link(world))),
        ("link.failback", |world| world.journey.as_ref()?.back.as_deref().map(link)),
        ("vm", |world| Some(plural(world.vms.len() as u64, "machine", "machines"))),
        ("process_server", |world| Some(world.hubs.len().to_string())),
        ("profile", |world| Some(world.profile.clone())),
    ];
    let mut all: Vec<Difference> = facts
        .iter()
        .map(|(key, of)| Difference { key: (*key).to_owned(), values: designs.iter().map(|design| of(&design.loaded.world)).collect() })
        .collect();
    let keys: BTreeSet<&str> = designs.iter().flat_map(|design| design.loaded.assumptions.iter().map(|value| value.key.as_str())).collect();
    let of = |design: &Design, key: &str| design.loaded.assumptions.iter().find(|value| value.key == key).map(|value| value.value.clone());
    all.extend(keys.into_iter().map(|key| Difference { key: key.to_owned(), values: designs.iter().map(|design| of(design, key)).collect() }));
    all.retain(|difference| difference.values.windows(2).any(|pair| pair[0] != pair[1]));
    all
}

fn link(world: &World) -> String {
    format!("{}, {} of goodput, {} round trip", world.link.name, bit_rate(world.link.goodput.as_bits_per_s()), world.link.rtt)
}
