//! STRESS-DES: every item of the list (Monks et al. 2019, table for discrete-event simulation) is there and says something of this run.

use std::fs;

use crate::credibility::{STEADY, failback, room};

/// The items of the published list.
const ITEMS: [&str; 24] = [
    "1.1 Purpose of the model",
    "1.2 Model outputs",
    "1.3 Experimentation aims",
    "2.1 Base model overview diagram",
    "2.2 Base model logic",
    "2.3 Scenario logic",
    "2.4 Algorithms",
    "2.5.1 Components: entities",
    "2.5.2 Components: activities",
    "2.5.3 Components: resources",
    "2.5.4 Components: queues",
    "2.5.5 Components: entry and exit points",
    "3.1 Data sources",
    "3.2 Pre-processing",
    "3.3 Input parameters",
    "3.4 Assumptions",
    "4.1 Initialisation",
    "4.2 Run length",
    "4.3 Estimation approach",
    "5.1 Software or programming language",
    "5.2 Random sampling",
    "5.3 Model execution",
    "5.4 System specification",
    "6.1 Computer model sharing statement",
];

#[test]
fn every_item_is_there_in_order_and_filled_from_the_scenario() {
    let room = room(&STEADY.replace("profile =", "title = \"Site <A> *one*\"\nprofile ="));
    failback(room.path(), &["--out", "o", "--quiet", "--set", "policy.retention=3 days"]).assert().success();
    let text = fs::read_to_string(room.path().join("o/stress-des.md")).unwrap();
    let mut from = 0;
    for item in ITEMS {
        let at = text[from..].find(&format!("### {item}\n")).unwrap_or_else(|| panic!("{item} is missing"));
        from += at + item.len();
        let body: String = text[from..].chars().skip(5).take(40).collect();
        assert!(!body.trim_start().starts_with('#'), "{item} says nothing: {body}");
    }
    for said in [
        "Site \\<A\\> \\*one\\*",
        "policy.retention = 3 days",
        "1 machine",
        "constant",
        "24 h from 2026-01-05T00:00:00",
        "seed",
        "No record was read",
        "Nothing in this scenario is random",
    ] {
        assert!(text.contains(said), "`{said}` is missing in\n{text}");
    }
    let page = fs::read_to_string(room.path().join("o/report.html")).unwrap();
    assert!(page.contains("<details id=\"stress-des\">") && page.contains("href=\"stress-des.md\""));
    assert!(ITEMS.iter().all(|item| page.contains(item)), "an item is missing on the page");
}

#[test]
fn replications_and_the_warm_up_are_told() {
    let drawn = STEADY.replace(
        "churn.constant = \"200 kB/s\"",
        "churn.lognormal = { mean = \"200 kB/s\", variability = 1.5, autocorrelation = 0.5, period = \"5 min\" }",
    );
    let room = room(&drawn);
    failback(room.path(), &["--out", "o", "--quiet", "--replications", "12", "--warm-up", "2 h"]).assert().success();
    let text = fs::read_to_string(room.path().join("o/stress-des.md")).unwrap();
    for said in ["12 replications (seed 2, numbers 0 to 11)", "sectioning", "leave out the first 2 h (given)", "This run drew from"] {
        assert!(text.contains(said), "`{said}` is missing in\n{text}");
    }
}
