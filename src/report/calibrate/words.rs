//! A calibration in a few lines, for the terminal and for the page.

use std::path::Path;

use crate::experiment::calibrate::record::{Calibrated, Calibration, FittedValue, Residuals};
use crate::format::{duration, number, plural, share};
use crate::report::calendar::Calendar;

/// The command that reproduces the fit.
pub fn command(record: &Calibration, file: &Path) -> String {
    let sets = record.sets.iter().map(|set| format!(" --set {}", quoted(set)));
    format!("failback run {}{}", quoted(&file.display().to_string()), sets.collect::<String>())
}

/// As a shell takes it in one piece.
fn quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-=:,+@%".contains(letter);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A value of a fitted key as people write it, with four figures: an interval is told by the last of them.
pub fn value(fitted: &FittedValue, value: f64) -> String {
    let rounded = |value: f64| format!("{value:.3e}").parse::<f64>().unwrap_or(value);
    match fitted.kind {
        crate::experiment::figure::Kind::BitRate => {
            let (unit, of) = [(1e9, "Gbps"), (1e6, "Mbps"), (1e3, "kbps")].into_iter().find(|(unit, _)| value >= *unit).unwrap_or((1.0, "bps"));
            format!("{} {of}", rounded(value / unit))
        }
        crate::experiment::figure::Kind::Share => format!("{} %", rounded(100.0 * value)),
        crate::experiment::figure::Kind::Count => rounded(value).to_string(),
        crate::experiment::figure::Kind::Time if value < 600.0 => format!("{} s", rounded(value)),
        kind => kind.words(value),
    }
}

/// The interval of a fitted value.
pub fn interval(fitted: &FittedValue) -> String {
    let end = |of: f64, cut: bool| if cut { format!("{} (end of the range)", value(fitted, of)) } else { value(fitted, of) };
    format!("{} to {}", end(fitted.low, fitted.cut[0]), end(fitted.high, fitted.cut[1]))
}

/// What is compared.
pub fn compared(record: &Calibration, calendar: &Calendar) -> String {
    let what = match record.what.as_str() {
        "lag" => "lag",
        "reported_rpo" => "reported RPO",
        _ => "age of the newest available point",
    };
    let columns = if record.observed.columns.len() > 3 {
        plural(record.observed.columns.len() as u64, "column", "columns")
    } else {
        record.observed.columns.join(", ")
    };
    let how = if record.by == "course" { String::new() } else { format!(", compared by size with {} replications", record.replications) };
    format!(
        "{} of {columns} ({what}) from {}, {} to {}{how}",
        plural(record.observed.values, "value", "values"),
        record.observed.file,
        calendar.label(record.observed.from_s),
        calendar.label(record.observed.to_s)
    )
}

/// What is left, in a line.
pub fn left(residuals: &Residuals) -> String {
    format!("{} root mean square, {} explained", signed(residuals.rms_s), explained(residuals.explained))
}

/// A share explained, which may be negative.
pub fn explained(value: f64) -> String {
    if value < 0.0 { "nothing".to_owned() } else { share(value) }
}

/// A length of time with its sign, as far as it can be read.
pub fn signed(seconds: f64) -> String {
    if seconds.abs() < 0.05 { "0 s".to_owned() } else { duration(seconds) }
}

/// How the residuals look, in lines.
pub fn shape(residuals: &Residuals, values: u64, calendar: &Calendar) -> Vec<String> {
    let mut lines = vec![format!(
        "mean {}, neighbours correlate by {}: {} count for {} independent ones",
        signed(residuals.bias_s),
        number(residuals.autocorrelation),
        plural(values, "value", "values"),
        number(residuals.effective)
    )];
    if let (Some(at), Some(hour), Some(mean)) = (residuals.worst_at_s, residuals.worst_hour_s, residuals.worst_hour_mean_s) {
        lines.push(format!(
            "largest {} at {}; worst hour from {}, {} on average",
            signed(residuals.worst_s),
            calendar.label(at),
            calendar.label(hour),
            signed(mean)
        ));
    } else {
        lines.push(format!("largest {}", signed(residuals.worst_s)));
    }
    lines
}

/// The answer for the terminal.
pub fn answer(calibrated: &Calibrated, file: &Path, out: &Path) -> String {
    let record = &calibrated.record;
    let calendar = Calendar::new(&record.start, record.horizon_s);
    let mut lines = vec![format!("{}: calibrated", record.title), format!("  {}", compared(record, &calendar)), String::new()];
    let widest = record.fitted.iter().map(|fitted| fitted.key.len()).max().unwrap_or(0);
    for fitted in &record.fitted {
        lines.push(format!("  {:widest$}  {}   95 % interval {}", fitted.key, value(fitted, fitted.value), interval(fitted)));
    }
    for (i, row) in record.correlations.iter().enumerate() {
        for (j, correlation) in row.iter().enumerate().skip(i + 1) {
            lines.push(format!("  {} and {} correlate by {}", record.fitted[i].key, record.fitted[j].key, number(*correlation)));
        }
    }
    lines.push(String::new());
    lines.push(format!("Residuals   {}", left(&record.residuals)));
    lines.extend(shape(&record.residuals, record.observed.values, &calendar).into_iter().map(|line| format!("            {line}")));
    lines.push(format!("As it was   {}", left(&record.before)));
    lines.extend(record.observed.notes.iter().chain(&record.remarks).map(|note| format!("Note: {note}")));
    lines.push(String::new());
    lines.push("To run with the fit:".to_owned());
    lines.push(format!("  {}", command(record, file)));
    lines.push(format!("Report: {} ({})", out.join("report.html").display(), plural(record.candidates, "candidate", "candidates")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_shell_stay_in_one_piece() {
        assert_eq!(quoted("apply.delay=5"), "apply.delay=5");
        assert_eq!(quoted("link.forward.internet.bandwidth=137 Mbps"), "'link.forward.internet.bandwidth=137 Mbps'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
