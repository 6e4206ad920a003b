//! What terminal and page say alike: heads, rows of figures, costs.

use crate::experiment::compare::Comparison;
use crate::experiment::compare::record::{Against, Compared, DesignCost, Verdict};
use crate::experiment::compare::words::signed;
use crate::experiment::figure::Figure;
use crate::format::{capital, number, plural, share};
use crate::report::figure_words::figure_words;
use crate::report::words::standing;

/// How the comparison was made.
pub fn head(record: &Comparison) -> String {
    let designs = plural(record.designs.len() as u64, "design", "designs");
    if !record.random {
        return format!("{designs}, seed {}: nothing in them is random, so each was run once and differences are exact", record.seed);
    }
    let runs: Vec<u64> = record.designs.iter().map(|design| design.runs).collect();
    let runs = if runs.iter().all(|runs| *runs == record.replications) {
        format!("{} each", plural(record.replications, "replication", "replications"))
    } else {
        format!("{} in common", plural(record.replications, "replication", "replications"))
    };
    format!("{designs}, {runs} under common random numbers, seed {}", record.seed)
}

/// What the intervals are.
pub fn intervals(record: &Comparison) -> Vec<String> {
    if !record.random {
        return Vec::new();
    }
    let mut said = vec![format!(
        "Differences are paired: replication by replication, both designs with the same random numbers. ± is half of Student's {} interval.",
        share(record.level_each.get())
    )];
    if record.designs.len() > 2 {
        said.push(format!(
            "It is {} so that all {} differences of a figure hold together at {} (Bonferroni); figures are not corrected for one another.",
            share(record.level_each.get()),
            record.designs.len() - 1,
            share(record.level.get())
        ));
    }
    said.push("A dash under \"better\": no difference shown, or neither way is better. \"Variance\" (var.) is that of the difference, as a share of what independent runs would give: under 1 pairing helped, over 1 it hurt.".to_owned());
    if record.figures.iter().any(|figure| figure.per_run) {
        said.push(
            "Designs are shown with the figure of the law of all their runs' time together; differences of quantiles and shares of time are those of each run's own, so \
             they need not be the difference of the two columns."
                .to_owned(),
        );
    }
    said
}

/// How a precision that was asked for came out.
pub fn stopped(record: &Comparison) -> Option<String> {
    let stop = record.stop.as_ref()?;
    let reached = stop.reached.map_or_else(|| "no bounded interval".to_owned(), |reached| format!("± {} of A", share(reached)));
    Some(if stop.cap_hit {
        format!(
            "The cap of {} replications was hit first: the difference in `{}` is known to {reached}, asked was ± {}.",
            stop.cap,
            stop.figure,
            share(stop.asked)
        )
    } else {
        format!("Stopped once the difference in `{}` was known to ± {} of A: {reached}.", stop.figure, share(stop.asked))
    })
}

/// Columns of the rows of one other design against A.
pub fn columns(record: &Comparison, against: &Against) -> Vec<String> {
    let mut columns = vec!["A".to_owned(), against.design.clone(), format!("{} - A", against.design)];
    if record.random {
        columns.extend(["±".to_owned(), "better".to_owned(), "variance".to_owned()]);
    } else {
        columns.push("better".to_owned());
    }
    columns
}

/// A row of figures: its words, and cells as [`columns`] has them.
pub fn row(record: &Comparison, number_of: usize, place: usize) -> Option<Vec<String>> {
    let figure: &Compared = record.figures.get(number_of)?;
    let against = figure.against.get(place)?;
    let kind = Figure::at(&figure.figure).kind();
    let estimate = |design: usize| {
        let found = record.designs.get(design)?.figures.get(number_of)?.estimate?;
        Some(kind.words(found.estimate))
    };
    let dash = || "-".to_owned();
    let mut cells = vec![figure_words(&figure.figure), estimate(0).unwrap_or_else(dash), estimate(place + 1).unwrap_or_else(dash)];
    cells.push(match (against.verdict, against.difference) {
        (Verdict::Same, _) => "same".to_owned(),
        (_, Some(difference)) => signed(kind, difference.estimate),
        (_, None) => dash(),
    });
    if record.random {
        let half = against.difference.map(|difference| difference.half_width().map_or_else(|| "not bounded".to_owned(), |half| signed(kind, half)));
        cells.push(half.map_or_else(dash, |half| half.trim_start_matches('+').to_owned()));
    }
    cells.push(better(against));
    if record.random {
        let ratio = |ratio: f64| if ratio > 0.0 && ratio < 0.001 { "<0.001".to_owned() } else { number(ratio) };
        cells.push(against.variance_ratio.map_or_else(dash, ratio));
    }
    Some(cells)
}

/// Who is better, in which share of the pairs.
fn better(against: &Against) -> String {
    let Some(winner) = &against.winner else {
        return "-".to_owned();
    };
    let wins = if winner == "A" { &against.a_better } else { &against.other_better };
    wins.map_or_else(|| winner.clone(), |wins| format!("{winner} {}", share(wins.estimate)))
}

/// Things without a price that are named for each design.
const MOST_UNPRICED: usize = 3;

/// What each design costs, in sentences.
pub fn costs(record: &Comparison) -> Vec<String> {
    let cost = &record.cost;
    if cost.designs.iter().all(Option::is_none) {
        return vec!["The designs' records have no costs.".to_owned()];
    }
    let one = |cost: &DesignCost| {
        let amount = cost.per_month.map_or_else(|| "nothing is priced".to_owned(), |amount| format!("{} {} a month", number(amount), cost.currency));
        if cost.complete {
            return amount;
        }
        let names = cost.missing.iter().take(MOST_UNPRICED).cloned().collect::<Vec<_>>().join(", ");
        let more = match cost.missing.len().saturating_sub(MOST_UNPRICED) {
            0 => String::new(),
            more => format!(" and {more} more (comparison.json)"),
        };
        format!("at least {amount}; not priced: {names}{more}")
    };
    let designs = record.designs.iter().zip(&cost.designs);
    let mut said: Vec<String> = designs
        .map(|(design, cost)| format!("{}: {}.", design.label, cost.as_ref().map_or_else(|| "its record has no costs".to_owned(), one)))
        .collect();
    said.extend(cost.against.iter().map(|against| format!("{}.", capital(&against.words))));
    said.push(format!(
        "A disaster comes {} times a year ({}; --disasters-per-year) and at a random instant: mean loss of the machine that loses most, recovered to Latest.",
        number(cost.disasters_per_year),
        standing(cost.standing)
    ));
    said
}
