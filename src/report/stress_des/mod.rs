//! The items of STRESS-DES, filled from the record of a run or of a sweep: what a reader needs to judge and repeat a simulation study.
//!
//! Monks, Currie, Onggo, Robinson, Kunc and Taylor: Strengthening the reporting of empirical simulation studies: introducing the STRESS guidelines, Journal of
//! Simulation 13(1), 2019, 55-67. Each item is written in our own words from what this run was; what a program cannot know (why the study is made) it asks for.
//! No date of today, no machine and no time of a clock is in it, so that the same run gives the same text.

mod data;
mod experiment;
mod logic;
mod objectives;
mod program;
mod sweep;

use maud::{Markup, html};

use crate::format::unbroken;
use crate::results::{InputInForce, Results, RunOutput};

pub use experiment::interval_methods;
pub use sweep::of_sweep;

/// A part of the list.
pub struct Section {
    /// Its title.
    pub title: &'static str,
    /// Its items.
    pub items: Vec<Item>,
}

/// An item of the list.
pub struct Item {
    /// Its number there.
    pub number: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What is said.
    pub text: Vec<Block>,
}

/// A piece of text.
pub enum Block {
    /// Sentences.
    Words(String),
    /// A list.
    List(Vec<String>),
    /// Lines whose places matter.
    Picture(String),
}

fn item(number: &'static str, title: &'static str, text: Vec<Block>) -> Item {
    Item { number, title, text }
}

fn words(text: impl Into<String>) -> Block {
    Block::Words(text.into())
}

/// What is in force of an input that has a checked range, in words.
fn in_force<'r>(results: &'r Results, input: &str) -> Option<&'r InputInForce> {
    results.credibility.iter().flat_map(|credibility| &credibility.inputs).find(|known| known.input == input)
}

fn found<'r>(results: &'r Results, input: &str) -> &'r str {
    in_force(results, input).map_or("not stated", |input| input.found.as_str())
}

/// All items for a run.
pub fn of_run(output: &RunOutput) -> Vec<Section> {
    let results = &output.results;
    vec![
        Section { title: "1. Objectives", items: objectives::items(results) },
        Section { title: "2. Logic", items: logic::items(results) },
        Section { title: "3. Data", items: data::items(results) },
        Section { title: "4. Experimentation", items: experiment::items(results) },
        Section { title: "5. Implementation", items: program::items(&results.version, Some(&results.checks)) },
        Section { title: "6. Code access", items: program::access(&results.version, &results.scenario.name, &results.scenario.fingerprint) },
    ]
}

/// As a document.
pub fn markdown(title: &str, sections: &[Section]) -> String {
    let mut text = format!(
        "# STRESS-DES: {}\n\nThe items of the STRESS-DES guidelines (Monks et al., Journal of Simulation 13(1), 2019, 55-67), filled by failback from this run. \
         Where a line asks for something, only the authors of the study know it.\n",
        plain(title)
    );
    for section in sections {
        text.push_str(&format!("\n## {}\n", section.title));
        for item in &section.items {
            text.push_str(&format!("\n### {} {}\n", item.number, item.title));
            for block in &item.text {
                match block {
                    Block::Words(sentences) => text.push_str(&format!("\n{}\n", plain(sentences))),
                    Block::List(lines) => {
                        text.push('\n');
                        lines.iter().for_each(|line| text.push_str(&format!("- {}\n", plain(line))));
                    }
                    Block::Picture(lines) => text.push_str(&format!("\n```text\n{}\n```\n", lines.replace("```", "'''"))),
                }
            }
        }
    }
    text
}

/// A text of the scenario in a Markdown document: on one line, and nothing in it that is markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '<' | '>' | '[' | ']' | '|' | '#' => plain.extend(['\\', letter]),
            letter if letter.is_control() => plain.push(' '),
            letter => plain.push(letter),
        }
    }
    plain
}

/// As a part of the page that opens on a click.
pub fn details(sections: &[Section]) -> Markup {
    html! {
        details #stress-des {
            summary { "STRESS-DES: the items of the reporting guidelines, filled from this " (if sections.len() > 4 { "run" } else { "sweep" }) }
            @for section in sections {
                h3 { (section.title) }
                @for item in &section.items {
                    h4 { (item.number) " " (item.title) }
                    @for block in &item.text {
                        @match block {
                            Block::Words(sentences) => { p { (unbroken(sentences)) } }
                            Block::List(lines) => { ul { @for line in lines { li { (unbroken(line)) } } } }
                            Block::Picture(lines) => { pre { (lines) } }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_cannot_break_the_document() {
        assert_eq!(plain("a <b> *c*\n# d"), "a \\<b\\> \\*c\\* \\# d");
    }
}
