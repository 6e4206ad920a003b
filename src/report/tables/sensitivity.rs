//! The tables of a sensitivity analysis: every run, each input alone, the effects of the screening, the indices. Figures are in the unit that their row names, or the
//! end of their column's name.

use crate::experiment::figure::Figure;
use crate::experiment::sensitivity::chain::Chain;
use crate::experiment::sensitivity::input::Input;
use crate::experiment::sensitivity::record::ResponseRecord;
use crate::experiment::sensitivity::{Plan, Record};
use crate::experiment::sweep::record::with_unit;
use crate::report::ReportError;
use crate::report::tables::{Row, csv};
use crate::stats::Interval;

impl Row {
    fn interval(self, interval: Option<&Interval>) -> Self {
        match interval {
            Some(interval) => self.number(interval.estimate).maybe(interval.low).maybe(interval.high),
            None => self.numbers(&[f64::NAN; 3]),
        }
    }
}

/// `runs.csv`: every replication of every place; an input's cell is empty where it is at its default.
pub fn runs(plan: &Plan, chain: &Chain) -> Result<Vec<u8>, ReportError> {
    let mut header: Vec<String> = ["part", "point", "replication"].map(str::to_owned).to_vec();
    header.extend(plan.inputs.iter().map(|input| input.column().column));
    header.extend(plan.responses.iter().map(|figure: &Figure| with_unit(figure.path(), Some(figure.kind()))));
    header.push("error".to_owned());
    let cell = |(input, share): (&Input, &Option<f64>)| share.map_or_else(String::new, |share| input.choice(share).cell);
    let mut rows = Vec::new();
    for stage in &chain.stages {
        for (point, (place, ran)) in stage.places.iter().zip(&stage.outcomes).enumerate() {
            let cells: Vec<String> = plan.inputs.iter().zip(place).map(cell).collect();
            let begin = |replication: usize| {
                let row = Row::default().text(stage.name).counts(&[point as u64, replication as u64]);
                cells.iter().fold(row, |row, cell| row.text(cell))
            };
            match ran {
                Ok(found) => rows.extend(
                    found
                        .iter()
                        .enumerate()
                        .map(|(replication, values)| values.iter().fold(begin(replication), |row, value| row.maybe(*value)).text("")),
                ),
                Err(why) => rows.push(plan.responses.iter().fold(begin(0), |row, _| row.text("")).text(why)),
            }
        }
    }
    csv("runs.csv", &header, rows.into_iter())
}

/// `alone.csv`: the response at each sample of each input, all others at their defaults.
pub fn alone(record: &Record) -> Result<Vec<u8>, ReportError> {
    let header = ["response", "unit", "input", "sample", "value", "baseline"];
    let rows = record.responses.iter().flat_map(|response| {
        response.inputs.iter().zip(&record.inputs).flat_map(move |(of, input)| {
            let row = move |(sample, value): (&String, &Option<f64>)| start(response, &of.input).text(sample).maybe(*value).maybe(response.baseline);
            input.samples.iter().zip(&of.alone).map(row)
        })
    });
    csv("alone.csv", &header, rows)
}

/// `effects.csv`: what the screening found.
pub fn effects(record: &Record) -> Result<Vec<u8>, ReportError> {
    let header = ["response", "unit", "input", "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "swing_alone", "kept"];
    let rows = record.responses.iter().flat_map(|response| {
        response.inputs.iter().map(move |of| {
            let row = start(response, &of.input).maybe(of.effect.map(|effect| effect.mu));
            let row = row.interval(of.effect.as_ref().map(|effect| &effect.mu_star)).maybe(of.effect.and_then(|effect| effect.sigma));
            row.maybe(of.swing).text(if of.kept { "true" } else { "false" })
        })
    });
    csv("effects.csv", &header, rows)
}

/// `indices.csv`: Sobol indices, of the inputs that have some.
pub fn indices(record: &Record) -> Result<Vec<u8>, ReportError> {
    let header = ["response", "unit", "input", "first", "first_low", "first_high", "total", "total_low", "total_high", "rows"];
    let rows = record.responses.iter().flat_map(|response| {
        response.inputs.iter().filter_map(move |of| {
            let indices = of.indices.as_ref()?;
            let row = start(response, &of.input).interval(Some(&indices.first)).interval(Some(&indices.total));
            Some(row.counts(&[indices.total.values as u64]))
        })
    });
    csv("indices.csv", &header, rows)
}

fn start(response: &ResponseRecord, input: &str) -> Row {
    Row::default().text(&response.figure).text(&response.unit).text(input)
}
