//! From a churn as typed to a pattern of `churn`.

use std::ops::Range;

use crate::churn::Pattern;
use crate::scenario::located::At;
use crate::scenario::raw::{BModel, Churn, Columns, Daily, HyperExponential, LogNormal, OnOff, Recording, Weekly};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::calendar::Calendar;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::records::Records;
use crate::scenario::values::{Factor, FromText, Number, TimeOfDay};
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
        Churn::Constant(rate) => one(Pattern::Constant { rate: self::rate(&rate.value, &rate.span, context) }, Span::from_hours(1)),
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
    context.pick(written, "churn.period").clamp(Span::from_secs(1), Span::from_days(1))
}

/// No machine writes faster \[bytes/s\].
const FASTEST: f64 = 1e15;

/// A rate as typed.
pub(super) fn rate(written: &ByteRate, at: &Range<usize>, context: &mut Context) -> f64 {
    let rate = written.as_bytes_per_s();
    if rate > FASTEST {
        context.error(at, "a rate that no machine writes at", "write a rate of at most \"1 PB/s\"");
    }
    rate
}

/// How much a law of its own varies.
fn spread(written: &At<Number>, context: &mut Context) -> f64 {
    context.check("churn.variability", &written.value.0.to_string(), &written.span);
    written.value.0
}

/// A factor on rates as typed.
pub(super) fn factor(written: &At<Factor>, context: &mut Context) -> f64 {
    if written.value.0 > 1e6 {
        context.error(&written.span, "a factor above a million", "write a factor of at most 1000000");
    }
    written.value.0
}

fn variability(written: Option<&At<Number>>, context: &mut Context) -> f64 {
    context.pick_number(written, "churn.variability")
}

/// The 168 rates of a daily rise and fall: 1 + a cos around the peak, the amplitude such that the quietest hour over the busiest is `trough`,
/// weekends scaled, and the whole scaled to the mean of the week.
fn daily_rates(daily: &Daily, context: &mut Context) -> Vec<f64> {
    let trough = context.pick(daily.trough.as_ref(), "churn.trough").get();
    let weekend = context.pick(daily.weekend.as_ref(), "churn.weekend").get();
    let peak = peak(daily.peak, context).as_secs_f64() / 3600.0;
    let angle = |hour: f64| 2.0 * std::f64::consts::PI * (hour + 0.5 - peak) / 24.0;
    let shape: Vec<f64> = (0..24).map(|hour| libm::cos(angle(f64::from(hour)))).collect();
    let reach = shape.iter().fold(0.0_f64, |most, value| most.max(*value));
    let amplitude = (1.0 - trough) / ((1.0 + trough) * reach);
    let day: Vec<f64> = shape.iter().map(|value| (1.0 + amplitude * value).max(0.0)).collect();
    let week: Vec<f64> = (0..7).flat_map(|weekday| day.iter().map(move |value| if weekday < 5 { *value } else { value * weekend })).collect();
    let mean = week.iter().sum::<f64>() / week.len() as f64;
    let wanted = rate(&daily.mean.value, &daily.mean.span, context);
    week.iter().map(|value| value * wanted / mean).collect()
}

/// The busiest time of day: as written, else the profile's.
fn peak(written: Option<TimeOfDay>, context: &mut Context) -> Span {
    if let Some(written) = written {
        context.state("churn.peak", written.to_string());
        return written.0;
    }
    let text: String = context.need("churn.peak");
    TimeOfDay::from_text(&text).map_or_else(
        |message| {
            let (problem, advice) = message.split_once('\n').unwrap_or((&message, ""));
            context.error(&context.place_of("churn.peak"), problem, advice);
            Span::ZERO
        },
        |time| time.0,
    )
}

fn weekly_pattern(weekly: &Weekly, context: &mut Context) -> Option<Pattern> {
    let rates: Vec<f64> = weekly.rates.value.iter().map(|written| rate(written, &weekly.rates.span, context)).collect();
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
    Pattern::OnOff { rate: rate(&on_off.rate.value, &on_off.rate.span, context), on: on_off.on.value, off: on_off.off.value }
}

fn log_normal(law: &LogNormal, context: &mut Context) -> Pattern {
    let autocorrelation = context.pick_number(law.autocorrelation.as_ref(), "churn.autocorrelation");
    Pattern::LogNormal {
        mean: rate(&law.mean.value, &law.mean.span, context),
        variability: spread(&law.variability, context),
        autocorrelation: autocorrelation.min(0.999_999),
    }
}

fn hyper_exponential(law: &HyperExponential, context: &mut Context) -> Pattern {
    let variability = spread(&law.variability, context);
    if variability <= 1.0 {
        context.error(
            &law.variability.span,
            format!("a hyper-exponential law varies by more than 1, not by {variability}"),
            "write a number above 1, or take `lognormal`",
        );
    }
    Pattern::HyperExponential { mean: rate(&law.mean.value, &law.mean.span, context), variability }
}

fn b_model(law: &BModel, context: &mut Context) -> Pattern {
    let bias = law.bias.as_ref().map(|at| At { value: at.value.0, span: at.span.clone() });
    let bias = context.pick(bias.as_ref(), "churn.b_model_bias");
    let levels: u32 = context.pick(law.cascade.as_ref(), "churn.b_model_cascade");
    Pattern::BModel { mean: rate(&law.mean.value, &law.mean.span, context), bias, levels }
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
    let scale = recording.scale.as_ref().map_or(1.0, |at| factor(at, context));
    Some(Source { pattern, period, scale })
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
    if found.is_none() && context.is_news(name, span) {
        let file = recording.file.as_ref().map_or("", |file| file.value.as_str());
        context.error(span, format!("{file} has no column `{name}`"), suggest(name, columns.iter().map(String::as_str)));
    }
    found
}
