//! What differs in a sweep: many points instead of one scenario. What its scenario is made of is told by the report of a single run of it.

use crate::experiment::sweep::Record;
use crate::format::{count, plural};
use crate::report::stress_des::experiment::interval_methods;
use crate::report::stress_des::{Block, Section, item, program, words};

/// The items that a sweep fills.
pub fn of_sweep(record: &Record) -> Vec<Section> {
    let factors = record.factors.iter().map(|factor| factor.name.clone()).collect();
    let responses = record.responses.iter().map(|response| response.path.clone()).collect();
    let design = format!(
        "A {} design of {}; replication r of every point has the same random numbers, so two points differ by what was varied and by nothing else. What was varied:",
        record.design,
        plural(record.points, "point", "points")
    );
    let inputs = record.credibility.iter().flat_map(|credibility| &credibility.inputs).map(|input| format!("{}: {}", input.name, input.found));
    let estimate = match record.replications {
        1 => "One run of each point: no error is estimated.".to_owned(),
        runs => format!("{} of each point; the table has mean, least and most over them.", plural(runs, "replication", "replications")),
    };
    let mut experimentation = vec![
        item(
            "4.1, 4.2",
            "Initialisation and run length",
            vec![words("As the scenario says; the report of a run of it (failback run) has them, with sections 2 and 3 in full.")],
        ),
        item("4.3", "Estimation approach", vec![words(estimate)]),
    ];
    if record.replications > 1 {
        experimentation[1].text.push(words("A report of one point with replications has intervals, made so:"));
        experimentation[1].text.push(Block::List(interval_methods()));
    }
    experimentation.extend(program::items(&record.version, None));
    experimentation.extend(program::access(&record.version, &record.name, &record.fingerprint));
    vec![
        Section {
            title: "1. Objectives",
            items: vec![
                item("1.1", "Purpose of the model", vec![words(format!("Study: {}, of the scenario {}.", record.title, record.scenario))]),
                item("1.2", "Model outputs", vec![Block::List(responses)]),
                item("1.3", "Experimentation aims", vec![words(design), Block::List(factors)]),
            ],
        },
        Section {
            title: "3. Data",
            items: vec![item(
                "3.3",
                "Input parameters",
                vec![
                    words(format!("Least and largest over the {} points, where an input has a checked range:", count(record.points))),
                    Block::List(inputs.collect()),
                ],
            )],
        },
        Section { title: "4. Experimentation, 5. Implementation, 6. Code access", items: experimentation },
    ]
}
