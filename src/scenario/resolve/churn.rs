//! From a churn as typed to a pattern of `churn`.

use std::ops::Range;

use crate::churn::Pattern;
use crate::scenario::located::At;
use crate::scenario::raw::{BModel, Churn, Columns, Daily, HyperExponential, LogNormal, OnOff, Recording, Weekly};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::calendar::Calendar;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::records::Records;
use crate::scenario::values::Number;
use crate::units::{ByteRate, Span};

/// For whom a churn is resolved.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    /// Name of the VM, which is the record column by default.
    pub vm: &'a str,
    /// The other name that its column may have: that of its `[[vm]]` entry.
    pub family: &'a str,
    /// Number within its count.
    pub index: usize,
    /// The column it was made for, if it was made from one.
    pub column: Option<&'a str>,
    /// Where its name stands.
    pub at: &'a Range<usize>,
}

/// A pattern with its bucket and scale.
#[derive(Clone)]
pub(super) struct Source {
    pub pattern: Pattern,
    pub period: Span,
    pub scale: f64,
}

/// Resolves one churn; `None` after a mistake.
pub(super) fn source(
    churn: &At<Churn>,
    recording: Option<&Recording>,
    owner: Owner<'_>,
    calendar: &Calendar,
    records: &mut Records<'_>,
    context: &mut Context,
) -> Option<Source> {
    let one = |pattern, period| Some(Source { pattern, period, scale: 1.0 });
    match &churn.value {
        // A constant rate has no bucket of its own; an hour keeps the work small and divides every day.
        Churn::Idle => one(Pattern::Constant { rate: 0.0 }, Span::from_hours(1)),
        Churn::Constant(rate) => one(Pattern::Constant { rate: rate.value.as_bytes_per_s() }, Span::from_hours(1)),
        Churn::Daily(daily) => {
            let variability = variability(daily.variability.as_ref(), context);
            one(Pattern::Weekly { rates: daily_rates(daily, context), variability }, period(daily.period.as_ref(), context))
        }
        Churn::Weekly(weekly) => one(weekly_pattern(weekly, context)?, period(weekly.period.as_ref(), context)),
        Churn::OnOff(on_off) => one(on_off_pattern(on_off, context), period(on_off.period.as_ref(), context)),
        Churn::LogNormal(law) => one(log_normal(law, context), period(law.period.as_ref(), context)),
        Churn::HyperExponential(law) => one(hyper_exponential(law, context), period(law.period.as_ref(), context)),
        Churn::BModel(law) => one(b_model(law, context), period(law.period.as_ref(), context)),
        Churn::Record(own) => recorded(recording.unwrap_or(own), &churn.span, owner, calendar, records, context),
    }
}

fn period(written: Option<&At<Span>>, context: &mut Context) -> Span {
    let period = context.pick(written, "churn.period");
    if let Some(written) = written
        && (period < Span::from_secs(1) || period > Span::from_days(1))
    {
        context.error(&written.span, format!("a bucket of {period} is not between 1 s and 1 day"), "write a bucket such as \"5 min\"");
        return Span::from_mins(5);
    }
    if period.is_zero() { Span::from_mins(5) } else { period }
}

fn variability(written: Option<&At<Number>>, context: &mut Context) -> f64 {
    context.pick_number(written, "churn.variability")
}

/// The 168 rates of a daily rise and fall: 1 + a cos around the peak, the amplitude such that the quietest hour over the busiest is `trough`,
/// weekends scaled, and the whole scaled to the mean of the week.
fn daily_rates(daily: &Daily, context: &mut Context) -> Vec<f64> {
    let trough = context.pick(daily.trough.as_ref(), "churn.trough").get();
    let weekend = daily.weekend.as_ref().map_or(1.0, |at| at.value.get());
    let peak = daily.peak.map_or(11.0, |time| time.0.as_secs_f64() / 3600.0);
    let angle = |hour: f64| 2.0 * std::f64::consts::PI * (hour + 0.5 - peak) / 24.0;
    let shape: Vec<f64> = (0..24).map(|hour| libm::cos(angle(f64::from(hour)))).collect();
    let reach = shape.iter().fold(0.0_f64, |most, value| most.max(*value));
    let amplitude = (1.0 - trough) / ((1.0 + trough) * reach);
    let day: Vec<f64> = shape.iter().map(|value| (1.0 + amplitude * value).max(0.0)).collect();
    let week: Vec<f64> = (0..7).flat_map(|weekday| day.iter().map(move |value| if weekday < 5 { *value } else { value * weekend })).collect();
    let mean = week.iter().sum::<f64>() / week.len() as f64;
    week.iter().map(|value| value * daily.mean.value.as_bytes_per_s() / mean).collect()
}

fn weekly_pattern(weekly: &Weekly, context: &mut Context) -> Option<Pattern> {
    let rates: Vec<f64> = weekly.rates.value.iter().map(|rate: &ByteRate| rate.as_bytes_per_s()).collect();
    let variability = variability(weekly.variability.as_ref(), context);
    match rates.len() {
        24 => Some(Pattern::Weekly { rates: rates.repeat(7), variability }),
        168 => Some(Pattern::Weekly { rates, variability }),
        other => {
            context.error(&weekly.rates.span, format!("found {other} rates"), "write 24 rates (every day alike) or 168 (Monday 00:00 first)");
            None
        }
    }
}

fn on_off_pattern(on_off: &OnOff, context: &mut Context) -> Pattern {
    for time in [&on_off.on, &on_off.off] {
        if time.value.is_zero() {
            context.error(&time.span, "a mean time of zero never passes", "write a time above 0, or another kind of churn");
        }
    }
    Pattern::OnOff { rate: on_off.rate.value.as_bytes_per_s(), on: on_off.on.value, off: on_off.off.value }
}

fn log_normal(law: &LogNormal, context: &mut Context) -> Pattern {
    let autocorrelation = context.pick_number(law.autocorrelation.as_ref(), "churn.autocorrelation");
    if let Some(written) = &law.autocorrelation
        && autocorrelation >= 1.0
    {
        context.error(&written.span, format!("an autocorrelation of {autocorrelation} never changes"), "write a number from 0 to below 1");
    }
    Pattern::LogNormal {
        mean: law.mean.value.as_bytes_per_s(),
        variability: law.variability.value.0,
        autocorrelation: autocorrelation.min(0.999_999),
    }
}

fn hyper_exponential(law: &HyperExponential, context: &mut Context) -> Pattern {
    let variability = law.variability.value.0;
    if variability <= 1.0 {
        context.error(
            &law.variability.span,
            format!("a hyper-exponential law varies by more than 1, not by {variability}"),
            "write a number above 1, or take `lognormal`",
        );
    }
    Pattern::HyperExponential { mean: law.mean.value.as_bytes_per_s(), variability }
}

fn b_model(law: &BModel, context: &mut Context) -> Pattern {
    let bias = law.bias.as_ref().map(|at| At { value: at.value.0, span: at.span.clone() });
    let bias = context.pick(bias.as_ref(), "churn.b_model_bias");
    if let Some(written) = &law.bias
        && !(0.5..1.0).contains(&bias)
    {
        context.error(&written.span, format!("a bias of {bias} is not from 0.5 (even) to below 1"), "write a bias such as 0.7");
    }
    let levels: u32 = context.pick(law.cascade.as_ref(), "churn.b_model_cascade");
    if let Some(written) = &law.cascade
        && (!levels.is_power_of_two() || levels > 1 << 20)
    {
        context.error(&written.span, format!("{levels} is not a power of two up to 1048576"), "write a power of two, such as 256");
    }
    Pattern::BModel { mean: law.mean.value.as_bytes_per_s(), bias, levels }
}

fn recorded(
    recording: &Recording,
    at: &Range<usize>,
    owner: Owner<'_>,
    calendar: &Calendar,
    records: &mut Records<'_>,
    context: &mut Context,
) -> Option<Source> {
    let number = records.load(recording, at, context)?;
    let record = records.get(number)?;
    let period = record.period;
    let column = column(recording, owner, &record.columns, context)?;
    let offset = records.offset(number, recording, owner.index, calendar, context);
    let pattern = Pattern::Recorded { record: Records::id(number), column, offset, looped: recording.looped == Some(true) };
    Some(Source { pattern, period, scale: recording.scale.as_ref().map_or(1.0, |at| at.value.0) })
}

/// The column by name: as written, else the machine's own name, else its entry's, else the only one there is.
fn column(recording: &Recording, owner: Owner<'_>, columns: &[String], context: &mut Context) -> Option<u32> {
    let number = |name: &str| columns.iter().position(|column| column == name).and_then(|index| u32::try_from(index).ok());
    if let Some(made_for) = owner.column {
        return number(made_for);
    }
    let (name, span) = match recording.column.as_ref().map(|at| (&at.value, &at.span)) {
        Some((Columns::Named(names), span)) => match names.get(owner.index % names.len().max(1)) {
            Some(name) => (name.as_str(), span),
            None => {
                context.error(span, "the list of columns is empty", "name a column");
                return None;
            }
        },
        Some((Columns::All, span)) => {
            context.error(span, "\"all\" makes one machine per column, which a disk cannot be", "name the column of this disk");
            return None;
        }
        None => match number(owner.vm).or(number(owner.family)).or((columns.len() == 1).then_some(0)) {
            Some(own) => return Some(own),
            None => (owner.vm, owner.at),
        },
    };
    let found = number(name);
    if found.is_none() {
        let file = recording.file.as_ref().map_or("", |file| file.value.as_str());
        context.error(span, format!("{file} has no column `{name}`"), suggest(name, columns.iter().map(String::as_str)));
    }
    found
}
