//! One machine's story: the record and the event log in one order of time.

use failback::report::story::{Whom, story};
use failback::results::Event;

use crate::fake;

fn whom(vm: &str) -> Whom {
    Whom {
        vm: vm.to_owned(),
        disks: vec![format!("{vm}/0")],
        servers: vec!["ps-1".to_owned()],
        links: vec!["internet".to_owned(), "vpn-home".to_owned()],
        others: Vec::new(),
    }
}

#[test]
fn the_story_of_a_machine_that_went_and_came_back() {
    insta::assert_snapshot!("story_erp_db", story(fake::round_trip(), &whom("erp-db"), 110));
}

#[test]
fn a_machine_that_stayed_says_why() {
    let blocked = story(fake::round_trip(), &whom("web-16"), 110);
    assert!(blocked.contains("It waits: The replication group web-store has Windows and Linux members"), "{blocked}");
    assert!(blocked.contains("It waits still (group-of-mixed-os) when the run ends."), "{blocked}");
    let lost = story(fake::round_trip(), &whom("web-19"), 110);
    assert!(lost.contains("There is no recovery point to go to.") && lost.contains("restore it from a backup"), "{lost}");
}

#[test]
fn what_concerns_others_is_left_out_and_lines_keep_within_the_width() {
    let mut output = fake::week().clone();
    let event = |at_s: f64, subject: &str, text: &str| Event {
        at_s,
        at: String::new(),
        kind: "alert".to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
    };
    output.events = vec![
        event(
            10.0,
            "web-02/0",
            "The disk web-02/0 changes to bitmap mode, for its agent's buffer is full and nothing may be lost of what it has to send.",
        ),
        event(20.0, "web-03/0", "Another's."),
        event(90_000.0, "internet", "The link is cut (digger)."),
    ];
    for width in [60, 80, 132] {
        let text = story(&output, &whom("web-02"), width);
        assert!(
            text.contains("Mon 5 Jan\n  00:00:10  The disk") && text.contains("Tue 6 Jan\n  01:00:00  internet: The link is cut (digger)."),
            "{text}"
        );
        assert!(!text.contains("Another's"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= usize::from(width) && line.trim_end() == line), "{text}");
    }
    output.events.clear();
    assert!(story(&output, &whom("web-02"), 80).contains("Nothing happened to it in this run."));
}
