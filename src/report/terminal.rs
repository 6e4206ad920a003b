//! The summary for the terminal: what a manager asks about this scenario, on one screen or two.

use comfy_table::{Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, TableStyle, Width};

use crate::format::{bytes, bytes_or_dash, count, duration, duration_or_dash, plural, printable, unbroken};
use crate::report::answers::{Answer, Told, answers, journey, replications};
use crate::report::calendar::Calendar;
use crate::report::words::{CHOICES, choice_name};
use crate::results::{Law, Results, RunOutput, Standing};

/// Column at which answers begin.
const LABEL_WIDTH: u16 = 22;
/// Column at which the sentences of a story begin.
const TIME_WIDTH: u16 = 12;
/// Narrower than this, tables are no longer readable.
const LEAST_WIDTH: u16 = 60;
/// From here on the loss table has all its columns.
const WIDE: u16 = 104;
/// Remarks on the import of one record that are told on the terminal.
const MOST_NOTES: usize = 3;

/// Records whose remarks are told.
const MOST_RECORDS: usize = 5;
/// Wider than this, sentences are no longer readable.
const MOST_WIDTH: u16 = 132;

/// The summary of a run as text for a terminal of `width` columns, with ANSI colours if `colour`. Ends with a newline.
///
/// Answers questions 1, 2, 4, 5, 6, 10, 11, 12 and 13 of the model's list, and with a round trip 7, 8 and 9. Rounded for reading; the figures themselves are in `summary.json`.
pub fn render(output: &RunOutput, width: u16, colour: bool) -> String {
    let page = Page { width: width.clamp(LEAST_WIDTH, MOST_WIDTH), colour };
    let results = &output.results;
    let mut text = page.head(results);
    for answer in answers(output) {
        text.push('\n');
        text.push_str(&page.answer(&answer, answer.key == "rpo" && results.breaches.count > 0));
        match answer.key {
            "rpo" => text.push_str(&page.rpo_table(results)),
            "loss" => text.push_str(&page.loss_table(results)),
            _ => {}
        }
    }
    let calendar = Calendar::new(&results.scenario.start, results.scenario.horizon_s);
    for told in journey(results, &calendar) {
        text.push('\n');
        text.push_str(&page.told(&told));
    }
    if let Some(told) = replications(results) {
        text.push('\n');
        text.push_str(&page.told(&told));
    }
    text.push('\n');
    text.push_str(&page.foot(results));
    text
}

struct Page {
    width: u16,
    colour: bool,
}

impl Page {
    fn table(&self) -> Table {
        let mut table = Table::new();
        // One column of margin at the right, since the last column keeps its padding.
        table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Dynamic).set_width(self.width + 2).force_no_tty();
        if self.colour {
            table.enforce_styling();
        }
        table
    }

    fn bold(&self, text: impl AsRef<str>) -> Cell {
        Cell::new(text.as_ref().split('\n').map(printable).collect::<Vec<_>>().join("\n")).add_attribute(Attribute::Bold)
    }

    fn head(&self, results: &Results) -> String {
        let scenario = &results.scenario;
        let calendar = Calendar::new(&scenario.start, scenario.horizon_s);
        let mut table = self.table();
        table.add_row([self.bold(&scenario.title)]);
        table.add_row([words(&format!(
            "{}: {}, {}; {} from {} {}",
            scenario.system,
            plural(scenario.vms, "VM", "VMs"),
            plural(scenario.disks, "disk", "disks"),
            duration(scenario.horizon_s),
            calendar.weekday(0.0),
            calendar.long_date(0.0),
        ))]);
        let replication = if scenario.replication == 0 { String::new() } else { format!(" · replication {}", scenario.replication) };
        let fingerprint: String = scenario.fingerprint.chars().take(12).collect();
        table.add_row([words(&format!("profile {} · seed {}{replication} · fingerprint {fingerprint}", scenario.profile, scenario.seed))]);
        if !scenario.set.is_empty() {
            table.add_row([words(&format!("set for this run: {}", scenario.set.join(", ")))]);
        }
        lines(table)
    }

    /// An answer about the round trip, and the table under it.
    fn told(&self, told: &Told) -> String {
        let mut text = self.answer(&told.answer, told.alarming);
        if let Some((header, rows)) = &told.table {
            let header: Vec<String> =
                header.iter().enumerate().map(|(column, title)| if column == 0 { format!("  {title}") } else { (*title).to_owned() }).collect();
            let rows = rows
                .iter()
                .map(|row| row.iter().enumerate().map(|(column, cell)| if column == 0 { format!("  {cell}") } else { cell.clone() }).collect());
            text.push_str(&self.figures(&header.iter().map(String::as_str).collect::<Vec<_>>(), rows.collect()));
        }
        text
    }

    fn answer(&self, answer: &Answer, alarming: bool) -> String {
        let mut table = self.table();
        for (index, line) in answer.lines.iter().filter(|line| !line.tabled).enumerate() {
            let label = if index == 0 { self.bold(answer.label) } else { Cell::new("") };
            let text = if index == 0 && alarming { words(&line.text).fg(Color::Red) } else { words(&line.text) };
            table.add_row([label, text]);
        }
        let first = ColumnConstraint::Absolute(Width::Fixed(LABEL_WIDTH));
        let second = ColumnConstraint::Absolute(Width::Fixed(self.width.saturating_sub(LABEL_WIDTH) + 2));
        table.set_constraints([first, second]);
        lines(table)
    }

    fn figures(&self, header: &[&str], rows: Vec<Vec<String>>) -> String {
        let mut table = self.table();
        table.set_header(header.iter().map(|cell| self.bold(cell.replace(' ', "\u{a0}"))));
        for row in rows {
            // A row of figures that breaks its lines is no longer a row.
            table.add_row(row.iter().map(|cell| cell.replace(' ', "\u{a0}")));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        format!("\n{}", lines(table))
    }

    fn rpo_table(&self, results: &Results) -> String {
        let row = |name: &str, law: &Law| {
            let figures = [Some(law.mean), law.p50, law.p95, law.p99, Some(law.max)].map(duration_or_dash);
            std::iter::once(format!("  {name}")).chain(figures).collect()
        };
        let mut rows = vec![
            row("lag, worst VM at each moment", &results.lag.fleet_worst),
            row("lag, any VM (pooled)", &results.lag.pooled),
            row("product's clock, worst VM", &results.reported_rpo.fleet_worst),
            row("newest point's age, worst VM", &results.point_age.fleet_worst),
        ];
        if let Some(age) = &results.app_point_age {
            rows.push(row("newest app point's age, worst VM", &age.fleet_worst));
        }
        self.figures(&["  RPO", "mean", "P50", "P95", "P99", "worst"], rows)
    }

    fn loss_table(&self, results: &Results) -> String {
        let mut rows = Vec::new();
        for choice in CHOICES {
            let Some(loss) = results.loss.iter().find(|loss| loss.choice == choice) else { continue };
            let (worst, pooled) = (&loss.time.fleet_worst, &loss.time.pooled);
            let fleet = loss.bytes.as_ref().map(|lost| &lost.fleet_bytes);
            let mut row = vec![format!("  {}", choice_name(choice)), duration_or_dash(worst.p50), duration_or_dash(worst.p95), duration(worst.max)];
            row.extend([duration_or_dash(pooled.p50), duration_or_dash(pooled.p95)]);
            row.extend([fleet.map_or_else(|| "-".to_owned(), |law| bytes(law.mean)), bytes_or_dash(fleet.and_then(|law| law.p95))]);
            row.push(fleet.map_or_else(|| "-".to_owned(), |law| bytes(law.max)));
            rows.push(row);
        }
        let mut header = vec!["  Lost going back to", "worst VM\nP50", "worst VM\nP95", "worst VM\nmax", "any VM\nP50", "any VM\nP95"];
        header.extend(["all VMs\nmean", "all VMs\nP95", "all VMs\nmax"]);
        if self.width < WIDE {
            // What the page has as well.
            for row in &mut rows {
                row.truncate(4);
            }
            header.truncate(4);
        }
        self.figures(&header, rows)
    }

    fn foot(&self, results: &Results) -> String {
        let of = |standing: Standing| results.assumptions.iter().filter(|assumption| assumption.standing == standing).count() as u64;
        let mut table = self.table();
        table.add_row([words(&format!(
            "Rests on {} documented, {} derived and {} assumed values, {} set by the scenario (failback explain --assumed --profile {} lists them).",
            count(of(Standing::Documented)),
            count(of(Standing::Derived)),
            count(of(Standing::Assumed)),
            count(of(Standing::Scenario)),
            results.scenario.profile
        ))]);
        if results.churn.coarsest_period_s >= 60.0 {
            let period = duration(results.churn.coarsest_period_s);
            table.add_row([words(&format!("Churn is given as means of {period}: a lag shorter than that is not resolved."))]);
        }
        if results.churn.vms_with_unknown_split > 0 {
            let vms = plural(results.churn.vms_with_unknown_split, "VM", "VMs");
            table.add_row([words(&format!("Disk split unknown for {vms}: their lag is a lower bound."))]);
        }
        for record in results.churn.records.iter().take(MOST_RECORDS) {
            // The first remark says what the record is; `failback check` tells them all, and so does the page.
            let more = record.notes.len().saturating_sub(MOST_NOTES) as u64;
            let more = if more > 0 { format!(" {} in the report.", plural(more, "more remark", "more remarks")) } else { String::new() };
            let notes: Vec<&str> = record.notes.iter().take(MOST_NOTES).map(String::as_str).collect();
            table.add_row([words(&format!("Read from {}: {}{more}", record.source, notes.join(" ")))]);
        }
        let unnamed = results.churn.records.len().saturating_sub(MOST_RECORDS) as u64;
        if unnamed > 0 {
            table.add_row([words(&format!("What was noticed in {} is in the report.", plural(unnamed, "further record", "further records")))]);
        }
        lines(table)
    }
}

/// Sentences, each on lines of its own, wrapped.
pub fn sentences(sentences: &[String], width: u16) -> String {
    let page = Page { width: width.clamp(LEAST_WIDTH, MOST_WIDTH), colour: false };
    let mut table = page.table();
    for sentence in sentences {
        table.add_row([words(sentence)]);
    }
    lines(table)
}

/// A table of figures under a blank line; all columns but the first to the right.
pub fn columns(header: &[&str], rows: Vec<Vec<String>>, width: u16) -> String {
    Page { width: width.clamp(LEAST_WIDTH, MOST_WIDTH), colour: false }.figures(header, rows)
}

/// Lines of a story: a time of day, and what happened then, wrapped beside it.
pub fn time_and_words(rows: &[(String, String)], width: u16) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let page = Page { width: width.clamp(LEAST_WIDTH, MOST_WIDTH), colour: false };
    let mut table = page.table();
    for (time, text) in rows {
        table.add_row([Cell::new(format!("  {time}")), words(text)]);
    }
    let first = ColumnConstraint::Absolute(Width::Fixed(TIME_WIDTH));
    let second = ColumnConstraint::Absolute(Width::Fixed(page.width.saturating_sub(TIME_WIDTH) + 2));
    table.set_constraints([first, second]);
    lines(table)
}

/// A cell of words: figures kept with their units, nothing in it that a terminal would obey.
fn words(text: &str) -> Cell {
    Cell::new(unbroken(&printable(text)))
}

/// The table's lines, without blanks before and after, and with plain spaces.
fn lines(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| format!("{}\n", line.replace('\u{a0}', " ").trim_end())).collect()
}
