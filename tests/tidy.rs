//! The house rules that a test can see: files open with what they are and stay small, layers look only up the list, results depend on no clock,
//! no thread and no hash order. Each rule is a function from a file to complaints, and is itself tried on a file that breaks it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The layers, each using only those before it; two in one row may use each other. The order of `ARCHITECTURE.md`.
const LAYERS: &[&[&str]] = &[
    &["units"],
    &["engine", "stats"],
    &["fluid"],
    &["churn", "model"],
    &["life"],
    &["profile"],
    &["results"],
    &["observe"],
    &["simulate"],
    &["scenario", "import"],
    &["format"],
    &["credibility"],
    &["experiment"],
    &["report"],
    &["cli"],
];

/// Layers whose outcome is a pure function of world and replication.
const PURE: &[&str] = &["engine", "stats", "fluid", "churn", "model", "life", "observe", "simulate"];

/// Words of the field that `engine`, `stats` and `fluid` do not know, besides the type names of `model`.
const FIELD_WORDS: &[&str] = &[
    "agent",
    "appliance",
    "azure",
    "churn",
    "crash",
    "disk",
    "disks",
    "failover",
    "failback",
    "marker",
    "markers",
    "recovery",
    "replica",
    "replication_group",
    "retention",
    "rpo",
    "vm",
    "vms",
];

/// Type names of `model` that are words of networks in general too.
const GENERAL_WORDS: &[&str] = &["Hub", "Link"];

/// Most lines of a file.
const MOST_LINES: usize = 450;

/// A source file: path from the root of the crate with forward slashes, and text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The layer that it belongs to; `None` for `main.rs`, `lib.rs` and what lies outside `src`.
    fn layer(&self) -> Option<&str> {
        self.path.strip_prefix("src/")?.split_once('/').map(|(layer, _)| layer)
    }

    fn is_in(&self, layers: &[&str]) -> bool {
        self.layer().is_some_and(|layer| layers.contains(&layer))
    }

    /// Lines of code with their numbers, comments left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(number, line)| (number + 1, line.split("//").next().unwrap_or_default()))
    }

    /// Complaints about every line of code in which one of `texts` occurs.
    fn without(&self, texts: &[&str], why: &str) -> Vec<String> {
        let offends = |line: &str| texts.iter().find(|text| line.contains(**text)).copied();
        self.code().filter_map(|(number, line)| Some(format!("{}:{number}: `{}` {why}", self.path, offends(line)?))).collect()
    }
}

fn opens_with_its_purpose(source: &Source) -> Vec<String> {
    if source.text.starts_with("//! ") { Vec::new() } else { vec![format!("{}: must open with `//!`: what lives here, what does not", source.path)] }
}

fn is_small(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines <= MOST_LINES { Vec::new() } else { vec![format!("{}: {lines} lines, at most {MOST_LINES}", source.path)] }
}

fn leaves_nothing_undone(source: &Source) -> Vec<String> {
    // Spelt in halves, or this file would break its own rule.
    let marks = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("#[al", "low"), concat!("#![al", "low")];
    let mut complaints = source.without(&marks, "has no place in finished code");
    let notes = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let noted = |line: &&str| notes.iter().any(|note| line.contains(note));
    complaints.extend(source.text.lines().find(noted).map(|line| format!("{}: a note to oneself: {}", source.path, line.trim())));
    complaints
}

/// Rank of a layer in the list.
fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

fn looks_only_up_the_list(source: &Source) -> Vec<String> {
    let Some(layer) = source.layer() else { return Vec::new() };
    let Some(own) = rank(layer) else { return vec![format!("{}: `{layer}` is not in the list of layers", source.path)] };
    let mut complaints = Vec::new();
    for (number, line) in source.code() {
        for path in line.split("crate::").skip(1) {
            // `use crate::{a::b, c}` names several; a lone name is followed by anything but a letter.
            let group = path.strip_prefix('{').map_or(path, |rest| rest.split('}').next().unwrap_or_default());
            let names = if path.starts_with('{') { group.split(',').collect() } else { vec![group] };
            for name in names {
                let name: String = name.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                match rank(&name) {
                    Some(other) if other > own => complaints.push(format!("{}:{number}: `{layer}` looks down the list at `{name}`", source.path)),
                    _ => {}
                }
            }
        }
    }
    complaints
}

fn is_a_pure_function(source: &Source) -> Vec<String> {
    if !source.is_in(PURE) {
        return Vec::new();
    }
    let mut complaints = source.without(&["HashMap", "HashSet"], "has an order that differs from run to run");
    complaints.extend(source.without(&["std::time", "SystemTime", "Instant::now"], "reads the clock on the wall"));
    complaints.extend(source.without(&["std::thread", "thread::", "rayon"], "brings threads into a run"));
    complaints.extend(source.without(&["std::fs", "std::env", "std::net", "println!", "eprintln!"], "is input or output inside a run"));
    complaints
}

/// The words of a line of code, `camelCase` and `snake_case` taken apart, in lower case.
fn words(line: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for name in line.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
        words.insert(name.to_lowercase());
        let mut word = String::new();
        for letter in name.chars() {
            if letter == '_' || letter.is_uppercase() {
                words.insert(std::mem::take(&mut word));
            }
            word.extend(letter.to_lowercase().filter(|letter| *letter != '_'));
        }
        words.insert(word);
    }
    words
}

/// Public type names of `model`: the nouns that lower layers do not know.
fn model_types(sources: &[Source]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for source in sources.iter().filter(|source| source.is_in(&["model"])) {
        for (_, line) in source.code() {
            let declared = ["pub struct ", "pub enum "].iter().find_map(|start| line.trim_start().strip_prefix(start));
            let name = declared.map(|rest| rest.chars().take_while(|letter| letter.is_alphanumeric()).collect::<String>());
            names.extend(name.filter(|name| !GENERAL_WORDS.contains(&name.as_str())));
        }
    }
    names
}

fn knows_no_field_word(source: &Source, types: &BTreeSet<String>) -> Vec<String> {
    if !source.is_in(&["engine", "stats", "fluid"]) {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    for (number, line) in source.code() {
        // The random streams are tried with names as a run has them: what stands in quotes is data.
        let bare: String = line.split('"').step_by(2).collect::<Vec<_>>().join(" ");
        let found = words(&bare);
        let typed = bare.split(|letter: char| !letter.is_alphanumeric()).find(|name| types.contains(*name));
        let word = FIELD_WORDS.iter().copied().find(|word| found.contains(*word)).or(typed);
        complaints.extend(word.map(|word| format!("{}:{number}: `{word}` is a noun of the field", source.path)));
    }
    complaints
}

/// All Rust files below a folder of the crate, sorted by path.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join(folder)];
    let mut files: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the crate's own folder can be read") {
            let path = entry.expect("an entry of the crate's own folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    let read = |file: PathBuf| {
        let path = file.strip_prefix(root).expect("lies below the root").to_string_lossy().replace('\\', "/");
        Source { path, text: fs::read_to_string(&file).expect("a source file can be read") }
    };
    files.into_iter().map(read).collect()
}

/// Fails with all complaints at once.
fn check(sources: &[Source], rule: impl Fn(&Source) -> Vec<String>) {
    assert!(sources.len() > 1, "no sources found");
    let complaints: Vec<String> = sources.iter().flat_map(rule).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_file_opens_with_its_purpose() {
    for folder in ["src", "tests", "benches"] {
        check(&sources(folder), opens_with_its_purpose);
    }
}

#[test]
fn every_file_is_small() {
    for folder in ["src", "tests", "benches"] {
        check(&sources(folder), is_small);
    }
}

#[test]
fn nothing_is_left_undone() {
    for folder in ["src", "tests", "benches"] {
        check(&sources(folder), leaves_nothing_undone);
    }
}

#[test]
fn layers_look_only_up_the_list() {
    check(&sources("src"), looks_only_up_the_list);
}

#[test]
fn a_run_is_a_pure_function() {
    check(&sources("src"), is_a_pure_function);
}

#[test]
fn engine_stats_and_fluid_know_no_noun_of_the_field() {
    let sources = sources("src");
    let types = model_types(&sources);
    assert!(types.len() > 10, "the model's types are not found: {types:?}");
    check(&sources, |source| knows_no_field_word(source, &types));
}

#[test]
fn each_rule_sees_a_file_that_breaks_it() {
    let file = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
    assert_eq!(opens_with_its_purpose(&file("src/lib.rs", "use x;")).len(), 1);
    assert_eq!(is_small(&file("src/lib.rs", &"\n".repeat(MOST_LINES + 1))).len(), 1);
    assert_eq!(leaves_nothing_undone(&file("src/lib.rs", concat!("fn f() { to", "do!() }\n// FIX", "ME"))).len(), 2);

    let upwards = file("src/simulate/run.rs", "use crate::units::Span;\nuse crate::{model::World, observe};\n// crate::cli\n");
    assert!(looks_only_up_the_list(&upwards).is_empty());
    let downwards = file("src/fluid/a.rs", "use crate::model::World;\nuse crate::{units::Span, cli};\nlet x = crate::report::f(crate::units::y);");
    assert_eq!(looks_only_up_the_list(&downwards).len(), 3);
    assert_eq!(looks_only_up_the_list(&file("src/unheard/of.rs", "")).len(), 1);

    let impure = "use std::collections::HashMap;\nlet t = std::time::Instant::now();\nstd::thread::spawn(f);\nprintln!();\n// HashMap";
    assert_eq!(is_a_pure_function(&file("src/engine/a.rs", impure)).len(), 4);
    assert!(is_a_pure_function(&file("src/report/a.rs", impure)).is_empty());

    let types = BTreeSet::from(["Hub".to_string()]);
    let nouns = "let disk_limit = 1;\nstruct VmQueue;\nfn f(hub: Hub) {}\nlet name = \"vm-1\";\n// a disk\nlet risks = 1;";
    assert_eq!(knows_no_field_word(&file("src/fluid/a.rs", nouns), &types).len(), 3);
    assert!(knows_no_field_word(&file("src/model/a.rs", nouns), &types).is_empty());
}
