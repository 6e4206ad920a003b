//! The terminal summary and the schema.

use failback::report;

use crate::fake;

#[test]
fn terminal_summary_of_a_week() {
    insta::assert_snapshot!("terminal_week", report::terminal::render(fake::week(), 110, false));
}

#[test]
fn terminal_summary_of_a_round_trip() {
    let text = report::terminal::render(fake::round_trip(), 110, false);
    let from = text.find("Site lost").unwrap();
    insta::assert_snapshot!("terminal_round_trip", &text[from..text.find("Rests on").unwrap()]);
}

#[test]
fn lines_keep_within_the_width_and_have_no_trailing_blanks() {
    for width in [60, 80, 100, 110, 132] {
        for output in [fake::week(), fake::round_trip()] {
            for line in report::terminal::render(output, width, false).lines() {
                assert!(line.chars().count() <= usize::from(width), "{width}: {line}");
                assert_eq!(line.trim_end(), line);
            }
        }
    }
}

#[test]
fn colour_is_asked_for_and_never_sneaks_in() {
    assert!(!report::terminal::render(fake::week(), 100, false).contains('\u{1b}'));
    assert!(report::terminal::render(fake::week(), 100, true).contains('\u{1b}'));
}

#[test]
fn schema_describes_every_key_of_the_summary() {
    let schema = report::results_schema();
    let record = serde_json::to_value(&fake::week().results).unwrap();
    for (key, value) in record.as_object().unwrap() {
        let property = &schema["properties"][key];
        assert!(property.is_object(), "{key} is missing from the schema");
        assert!(property["description"].is_string() || value.is_object(), "{key} has no description");
    }
}
