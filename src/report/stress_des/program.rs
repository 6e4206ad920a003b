//! Sections 5 and 6: the program, and how to get it.

use crate::format::count;
use crate::report::stress_des::{Item, item, words};
use crate::results::Checks;

/// Items of section 5; `done` is what a run took, if it was one.
pub fn items(version: &str, done: Option<&Checks>) -> Vec<Item> {
    let work = done.map_or_else(String::new, |checks| {
        format!(
            "This run took {} VM-buckets, {} events of the calendar and {} of the flows. ",
            count(checks.vm_buckets),
            count(checks.calendar_events),
            count(checks.fluid_events)
        )
    });
    let streams = done.map_or_else(String::new, |checks| match checks.random_streams {
        0 => " This run drew from none.".to_owned(),
        streams => format!(" This run drew from {} of them.", count(streams)),
    });
    vec![
        item(
            "5.1",
            "Software or programming language",
            vec![words(format!(
                "failback {version}, written in Rust; event calendar, flow model and statistics are its own. Libraries and their exact versions: Cargo.lock of that version. Results do not depend on the operating system."
            ))],
        ),
        item(
            "5.2",
            "Random sampling",
            vec![words(format!(
                "ChaCha with 8 rounds. Every random quantity has a stream of its own, whose key is a BLAKE3 hash of seed, replication, entity and purpose: so replication r of every design has the same random \
                 numbers, and none depends on the order of events or on threads.{streams}"
            ))],
        ),
        item(
            "5.3",
            "Model execution",
            vec![words(
                "Next event, with flows that are solved in closed form between events. Events at one instant go by class (the world, then what is written, then what is looked at), then in the order in which they \
                 were planned. One run is sequential; replications run in parallel and are put together in the order of their numbers.",
            )],
        ),
        item(
            "5.4",
            "System specification",
            vec![words(format!(
                "{work}Time and machine are left out on purpose, so that the same run gives the same report; any ordinary computer will do. For the authors to add, where it matters."
            ))],
        ),
    ]
}

/// Items of section 6.
pub fn access(version: &str, name: &str, fingerprint: &str) -> Vec<Item> {
    vec![item(
        "6.1",
        "Computer model sharing statement",
        vec![words(format!(
            "The model is the program failback (MIT licence), version {version}, with the file {name} and the records that it names; the fingerprint of all of them is {fingerprint}. The same version and input give \
             the same bytes. For the authors to add: where these files can be had."
        ))],
    )]
}
