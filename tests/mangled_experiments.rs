//! Files of experiments with random damage: they are taken or refused with mistakes that have a place, and nothing panics. (Scenarios have a fuzz target of their own.)

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use failback::experiment::records::Kept;
use failback::experiment::sensitivity::plan::Instead;
use failback::experiment::{sensitivity, size, sweep};
use failback::scenario::Diagnostics;
use proptest::prelude::*;

/// What is put in: what such files are made of, and numbers at the ends of what there is.
const PIECES: [&str; 40] = [
    "\"",
    "[",
    "]",
    "{",
    "}",
    "=",
    ",",
    "\n",
    ".",
    "#",
    " ",
    "0",
    "-1",
    "1e308",
    "-1e308",
    "1e-308",
    "nan",
    "inf",
    "18446744073709551615",
    "0.5",
    "\"0 %\"",
    "\"100 %\"",
    "\"1 h\"",
    "\"0 Mbps\"",
    "\"1e30 Gbps\"",
    "true",
    "[[vary]]\n",
    "[[input]]\n",
    "[find]\n",
    "key",
    "values = []",
    "points",
    "steps",
    "design = \"sobol\"\n",
    "replications = 0\n",
    "levels",
    "\u{0}",
    "é",
    "link.forward.internet.bandwidth",
    "\"lag.fleet_worst.p99 <= \"",
];

/// One wound: where (as a share of the text), how much is taken out, and what is put in.
type Wound = (f64, usize, Option<usize>);

fn wounded(text: &str, wounds: &[Wound]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for &(share, out, piece) in wounds {
        let at = ((letters.len() as f64 * share) as usize).min(letters.len());
        let end = (at + out).min(letters.len());
        letters.splice(at..end, piece.map_or("", |piece| PIECES[piece]).chars());
    }
    letters.into_iter().collect()
}

/// A folder with the quickstart and its record, as the shipped experiments find it beside them.
fn room() -> &'static Path {
    static ROOM: OnceLock<tempfile::TempDir> = OnceLock::new();
    let room = ROOM.get_or_init(|| {
        let room = tempfile::tempdir().unwrap();
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
        for file in ["quickstart.toml", "retention-drive-too-small.toml", "data/pgbench-2026-11.csv"] {
            let to = room.path().join(file);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(scenarios.join(file), to).unwrap();
        }
        fs::create_dir(room.path().join("experiments")).unwrap();
        room
    });
    room.path()
}

/// Writes a file with damage and returns its path.
fn damaged(shipped: &str, wounds: &[Wound]) -> PathBuf {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(shipped)).unwrap();
    let file = room().join("experiments").join(shipped.replace('/', "-"));
    fs::write(&file, wounded(&text, wounds)).unwrap();
    file
}

fn wounds() -> impl Strategy<Value = Vec<Wound>> {
    let piece = prop::option::of(0..PIECES.len());
    prop::collection::vec((0.0..1.0, prop_oneof![Just(0_usize), 1..4_usize, 4..60_usize], piece), 1..4)
}

/// What is refused says why, on the terminal too.
fn well_refused(mistakes: &Diagnostics) {
    assert!(!mistakes.is_empty(), "refused without a mistake");
    assert!(!mistakes.render(false).trim().is_empty());
}

proptest! {
    #[test]
    fn a_damaged_sweep_is_taken_or_refused(wounds in wounds()) {
        match sweep::Plan::read(&damaged("sweeps/bandwidth-by-rtt.toml", &wounds), &[]) {
            Err(mistakes) => well_refused(&mistakes),
            Ok((plan, _)) => {
                prop_assert!(plan.points() > 0);
                for point in [0, plan.points() - 1] {
                    prop_assert_eq!(plan.point(point).cells.len(), plan.factors.len());
                    plan.load(point, &mut &Kept::default()).err().iter().for_each(well_refused);
                }
            }
        }
    }

    #[test]
    fn a_damaged_sizing_is_taken_or_refused(wounds in wounds(), which in 0..2_usize) {
        let shipped = ["size/quickstart-line.toml", "size/retention-drive.toml"][which];
        match size::Plan::read(&damaged(shipped, &wounds), &[]) {
            Err(mistakes) => well_refused(&mistakes),
            Ok((plan, _)) => {
                prop_assert!(plan.candidates.count() > 0);
                for number in [0, plan.candidates.count() - 1] {
                    prop_assert!(!plan.candidates.at(number).cell.is_empty());
                }
            }
        }
    }

    #[test]
    fn a_damaged_sensitivity_file_is_taken_or_refused(wounds in wounds()) {
        let instead = Instead { sets: Vec::new(), figures: Vec::new(), assumed: false };
        match sensitivity::Plan::read(&damaged("sensitivity/quickstart.toml", &wounds), &instead, &Kept::default()) {
            Err(mistakes) => well_refused(&mistakes),
            Ok(read) => prop_assert!(!read.plan.responses.is_empty()),
        }
    }
}
