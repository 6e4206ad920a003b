//! Reports of a made-up run: the terminal text, the output folder, the tables, the plots and the page.

mod fake;

use failback::report;

#[test]
fn terminal_summary_of_a_week() {
    let output = fake::output(fake::WEEK);
    insta::assert_snapshot!("terminal_week", report::terminal::render(&output, 110, false));
}

#[test]
fn a_second_writing_gives_the_same_bytes() {
    let output = fake::output(fake::WEEK);
    let room = tempfile::tempdir().unwrap();
    let first = report::write_all(&room.path().join("a"), &output).unwrap();
    let second = report::write_all(&room.path().join("b"), &output).unwrap();
    assert_eq!(first.files.len(), second.files.len());
    for (one, other) in first.files.iter().zip(&second.files) {
        assert!(std::fs::read(one).unwrap() == std::fs::read(other).unwrap(), "{} differs", one.display());
    }
}

/// Writes the made-up run into the target folder, for looking at.
#[test]
fn show() {
    let room = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, plan) in [("week", fake::WEEK), ("month", fake::MONTH)] {
        let output = fake::output(plan);
        let written = report::write_all(&room.join(name), &output).unwrap();
        println!("{}", report::terminal::render(&output, 120, false));
        println!("{}", written.folder.display());
    }
}
