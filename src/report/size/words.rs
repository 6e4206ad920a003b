//! What a sizing found, in words: for the terminal and for the page alike.

use crate::experiment::size::SizeRecord;
use crate::experiment::size::record::{Answer, NextSize, Outcome};
use crate::format::{list, plural, share};

/// The answer at one level: a heading, the answer, and what it rests on.
pub struct Told {
    /// Which level.
    pub level: String,
    /// The answer in a sentence.
    pub answer: String,
    /// Whether it was asked for and no value is enough.
    pub missed: bool,
    /// Neighbours: value, what was found of it, whether that is enough.
    pub neighbours: Vec<[String; 3]>,
    /// What else to know.
    pub remarks: Vec<String>,
}

/// The answers, the hardest level first.
pub fn told(record: &SizeRecord) -> Vec<Told> {
    record.answers.iter().map(|answer| tell(record, answer)).collect()
}

/// What was asked, in a line.
pub fn question(record: &SizeRecord) -> String {
    let sought = &record.sought;
    let close = match sought.within {
        Some(within) => format!(" to within {}", share(within)),
        None => String::new(),
    };
    let grown = if record.growth == 0.0 {
        String::new()
    } else {
        format!(", with {} {} written", share(record.growth.abs()), if record.growth > 0.0 { "more" } else { "less" })
    };
    format!("the smallest {} from {} to {}{close} with {}{grown}", sought.name, sought.from, sought.to, record.target)
}

/// What was run for it, in a line.
pub fn effort(record: &SizeRecord) -> String {
    let tried = plural(record.points.len() as u64, "value", "values");
    let runs = record.points.iter().map(|point| point.runs).max().unwrap_or(0);
    match (record.random, record.confidence) {
        (false, _) => format!("{tried} tried of {}; nothing is random here, so one run of each is exact", record.sought.candidates),
        (true, Some(confidence)) => {
            let level = share(confidence);
            format!(
                "{tried} tried of {}, {} of each with the same random numbers; a target is met if the unfavourable end of its interval at {level} confidence meets it",
                record.sought.candidates,
                plural(runs, "run", "runs")
            )
        }
        (true, None) => format!("{tried} tried of {}, one run of each: another seed may give another answer", record.sought.candidates),
    }
}

fn tell(record: &SizeRecord, answer: &Answer) -> Told {
    let level = answer.share.map_or_else(|| record.target.clone(), |of| format!("{} of the time", share(of)));
    let point = |index: Option<u64>| index.and_then(|index| record.points.get(index as usize));
    let number = record.answers.iter().position(|other| other == answer).unwrap_or(0);
    let row = |index: Option<u64>| {
        point(index).map(|point| {
            let met = point.met.get(number).copied().unwrap_or(false);
            [point.written.clone(), point.words.clone(), if met { "enough" } else { "not enough" }.to_owned()]
        })
    };
    let written = answer.written.clone().unwrap_or_default();
    let said = match answer.outcome {
        Outcome::Found => written,
        Outcome::LeastIsEnough => format!("{written}: even the least that was looked at is enough"),
        Outcome::NoneIsEnough => {
            let before = record.answers.iter().take(number).any(|other| other.because == answer.because);
            let because = match &answer.because {
                Some(_) if before => ", for the same reason".to_owned(),
                Some(because) => format!(": {because}"),
                None => String::new(),
            };
            format!("no value is enough, not even {}{because}", record.sought.to)
        }
    };
    let mut neighbours: Vec<[String; 3]> = [answer.below, answer.point, answer.above].into_iter().filter_map(row).collect();
    if answer.outcome == Outcome::NoneIsEnough {
        neighbours.extend(record.points.len().checked_sub(1).and_then(|last| row(Some(last as u64))));
    }
    let mut remarks = Vec::new();
    if !answer.exceptions.is_empty() {
        let few: Vec<String> = answer.exceptions.iter().take(3).cloned().collect();
        let more = if answer.exceptions.len() > few.len() { " among others" } else { "" };
        remarks.push(format!("More is not always better here: {}{more} would do, but a larger value that was tried would not. The answer is the least above which all that were tried do.", list(&few)));
    }
    let sizes = list(&answer.next_sizes.iter().map(size).collect::<Vec<_>>());
    match (&answer.with_headroom, sizes.is_empty()) {
        (Some(more), true) => remarks.push(format!("With {} headroom: {more}.", share(record.headroom))),
        (Some(more), false) => remarks.push(format!("With {} headroom: {more}; the next size up: {sizes}.", share(record.headroom))),
        (None, false) => remarks.push(format!("The next size up: {sizes}.")),
        (None, true) => {}
    }
    if !answer.asked {
        remarks.push("Shown besides: the target asks for another share of the time.".to_owned());
    }
    Told { level, answer: said, missed: answer.asked && answer.outcome == Outcome::NoneIsEnough, neighbours, remarks }
}

fn size(size: &NextSize) -> String {
    let table = size.table.replace('_', " ").replace("expressroute", "ExpressRoute").replace("vpn", "VPN").replace("disk tier", "disk");
    if size.name == size.gives { format!("{table} {}", size.name) } else { format!("{table} {} ({})", size.name, size.gives) }
}
