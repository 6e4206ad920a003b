//! Texts that nobody meant: starters with pieces cut out, doubled and swapped. Reading them may fail, but never panic, and always says where.

use proptest::prelude::*;

use super::load;
use crate::scenario::{starter, starters};

/// What may be put where it does not belong.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "#",
    "[[vm]]",
    "[link.forward]",
    "nan",
    "-1",
    "1e999",
    "\"-5 GiB\"",
    "\"0 s\"",
    "\"1e300 days\"",
    "\"\"",
    "0",
    "99999999999",
    "true",
    "[]",
    "{}",
    "\u{0}",
    "\u{feff}",
    "\u{1f600}",
    "count = 100",
    "template = \"web\"",
    "\"off\"",
    "\"all\"",
    "2026-01-05",
    "\"Wed\"",
    "\"24:00\"",
];

fn mangled() -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop::sample::select(PIECES), 0..3_u8);
    (0..starters().len(), prop::collection::vec(edit, 1..6)).prop_map(|(which, edits)| {
        let mut text: Vec<char> = starter(starters()[which].0).unwrap_or_default().chars().collect();
        for (at, length, piece, kind) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + length.index(30)).min(text.len());
            match kind {
                0 => drop(text.drain(at..end)),
                1 => drop(text.splice(at..at, piece.chars())),
                _ => drop(text.splice(at..end, piece.chars())),
            }
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mangled_scenario_never_panics(text in mangled(), set in prop::sample::select(vec!["", "seed=2", "vm[0].count=2", "vm.db.count=x", "link.forward.internet.bandwidth=1 MB", "a.b.c=1"])) {
        let sets: Vec<&str> = if set.is_empty() { vec![] } else { vec![set] };
        if let Err(mistakes) = load(&text, &sets) {
            prop_assert!(!mistakes.is_empty());
            prop_assert!(!mistakes.render(true).is_empty());
            for mistake in mistakes.iter() {
                prop_assert!(!mistake.problem.is_empty());
                prop_assert!(mistakes.position(mistake).is_some(), "{}", mistake.problem);
            }
        }
    }
}
