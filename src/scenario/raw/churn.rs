//! How disks are written, as typed.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::scenario::located::At;
use crate::scenario::values::{Factor, Number, Several, TimeOfDay};
use crate::units::{ByteRate, Share, Span};

/// How the disks of a VM are written; rates are bytes that applications write, over all disks of the VM.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Churn {
    /// Nothing is written.
    Idle,
    /// Always the same rate: `constant = "2 MB/s"`.
    Constant(At<ByteRate>),
    /// A day's rise and fall, alike on every day or lower at weekends.
    Daily(Daily),
    /// A rate for every hour of the day or of the week.
    Weekly(Weekly),
    /// Bursts: a rate during random on times, nothing during random off times.
    OnOff(OnOff),
    /// Log-normal rates with autocorrelation.
    #[serde(rename = "lognormal")]
    LogNormal(LogNormal),
    /// Two-phase hyper-exponential rates: mostly low, sometimes very high.
    #[serde(rename = "hyperexponential")]
    HyperExponential(HyperExponential),
    /// Self-similar bursts: a multiplicative cascade.
    BModel(BModel),
    /// A recorded write history.
    Record(Box<Recording>),
}

/// A day's rise and fall.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Daily {
    /// Mean rate over the week.
    pub mean: At<ByteRate>,
    /// The busiest time of day.
    pub peak: Option<TimeOfDay>,
    /// Rate in the quietest hour over the rate in the busiest: `0.1`.
    pub trough: Option<At<Share>>,
    /// Rates on Saturday and Sunday over those of a working day: `30 %`.
    pub weekend: Option<At<Share>>,
    /// Coefficient of variation of the rate around the profile.
    pub variability: Option<At<Number>>,
    /// Bucket within which the rate is constant.
    pub period: Option<At<Span>>,
}

/// A rate for every hour.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weekly {
    /// 24 rates (every day alike) or 168 (Monday 00:00 first).
    pub rates: At<Vec<ByteRate>>,
    /// Coefficient of variation of the rate around the profile.
    pub variability: Option<At<Number>>,
    /// Bucket within which the rate is constant.
    pub period: Option<At<Span>>,
}

/// Bursts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnOff {
    /// Rate while on.
    pub rate: At<ByteRate>,
    /// Mean on time (exponential).
    pub on: At<Span>,
    /// Mean off time (exponential).
    pub off: At<Span>,
    /// Bucket within which the rate is constant.
    pub period: Option<At<Span>>,
}

/// Log-normal rates.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogNormal {
    /// Mean rate.
    pub mean: At<ByteRate>,
    /// Coefficient of variation.
    pub variability: At<Number>,
    /// Autocorrelation of the logarithm of the rate from one bucket to the next, below 1.
    pub autocorrelation: Option<At<Number>>,
    /// Bucket within which the rate is constant.
    pub period: Option<At<Span>>,
}

/// Two-phase hyper-exponential rates.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HyperExponential {
    /// Mean rate.
    pub mean: At<ByteRate>,
    /// Coefficient of variation, above 1.
    pub variability: At<Number>,
    /// Bucket within which the rate is constant.
    pub period: Option<At<Span>>,
}

/// Self-similar bursts.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BModel {
    /// Mean rate.
    pub mean: At<ByteRate>,
    /// Share of the bytes in the busier half of every span: 0.5 (even) to 1.
    pub bias: Option<At<Number>>,
    /// Buckets in one cascade, a power of two.
    pub cascade: Option<At<u32>>,
    /// Bucket within which the rate is constant.
    pub period: Option<At<Span>>,
}

/// A recorded write history. What is not said here is taken from the template's record, then from the fleet's.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Recording {
    /// The file (or, for `gwa-t-12`, the folder), relative to the scenario.
    pub file: Option<At<String>>,
    /// How it is laid out. Default: a wide CSV.
    pub format: Option<At<RecordFormat>>,
    /// Unit of its numbers. Must be written unless the names of the columns say it.
    pub unit: Option<At<RecordUnit>>,
    /// Length of a bucket. Default: the distance of the first rows.
    pub period: Option<At<Span>>,
    /// Name of the time column. Default: the first.
    pub time_column: Option<At<String>>,
    /// How times are written. Default: detected.
    pub time_format: Option<At<TimeFormat>>,
    /// Which end of its bucket a time marks. Default: the start.
    pub stamps: Option<At<Stamps>>,
    /// What to do with rows that contradict each other about an instant. Default: a wide CSV is refused, of GWA-T-12 rows the mean is taken.
    pub contradictions: Option<At<Contradictions>>,
    /// The column of this VM or disk; several for a `count`, taken in turn; `all` for one VM per column. Default: the VM's name.
    pub column: Option<At<Columns>>,
    /// Factor on every rate.
    pub scale: Option<At<Factor>>,
    /// Start again at the end. Default: zero after the end.
    #[serde(rename = "loop")]
    pub looped: Option<bool>,
    /// Where in the record the run starts: on the run's own date (`calendar`) or at the record's first bucket (`start`). Default: `calendar`
    /// if the record covers that date, else `start`.
    pub align: Option<At<Align>>,
    /// How much further into the record the run starts.
    pub shift: Option<At<Span>>,
    /// How much further each next VM of a `count` starts, so that copies of one record do not move in step.
    pub shift_each: Option<At<Span>>,
    /// What a gap means: `zero`, `hold`, `interpolate` or `exclude`.
    pub gap: Option<At<GapPolicy>>,
}

/// Layouts of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum RecordFormat {
    /// A time column and a column per VM or per disk.
    #[serde(rename = "wide-csv")]
    WideCsv,
    /// A folder of GWA-T-12 files (Bitbrains), one per VM.
    #[serde(rename = "gwa-t-12")]
    GwaT12,
}

/// Units of a record's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum RecordUnit {
    /// Bytes written in the bucket.
    B,
    /// Kilobytes (1000 bytes) written in the bucket.
    #[serde(rename = "kB")]
    KB,
    /// Kibibytes written in the bucket.
    KiB,
    /// Megabytes (10^6 bytes) written in the bucket.
    MB,
    /// Mebibytes written in the bucket.
    MiB,
    /// Bytes per second.
    #[serde(rename = "B/s")]
    BPerS,
    /// Kilobytes (1000 bytes) per second.
    #[serde(rename = "kB/s")]
    KBPerS,
    /// Kibibytes per second.
    #[serde(rename = "KiB/s")]
    KiBPerS,
    /// Megabytes (10^6 bytes) per second.
    #[serde(rename = "MB/s")]
    MBPerS,
    /// Mebibytes per second.
    #[serde(rename = "MiB/s")]
    MiBPerS,
}

/// How a record writes its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimeFormat {
    /// Seconds since 1970 (UTC).
    UnixSeconds,
    /// Milliseconds since 1970 (UTC).
    UnixMilliseconds,
    /// Seconds since the record's own start.
    ElapsedSeconds,
    /// `2013-07-01T00:05:00Z`, `2013-07-01 00:05`.
    Iso,
    /// `18-09-2015 10:44:20`.
    DayFirst,
    /// `09/18/2015 10:44:20`.
    MonthFirst,
}

/// Which end of its bucket a time marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stamps {
    /// The bucket begins then.
    Start,
    /// The bucket ends then.
    End,
}

/// What to do with rows that contradict each other about an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Contradictions {
    /// Refuse the file.
    Refuse,
    /// Take their mean.
    Mean,
    /// Take the largest.
    Largest,
    /// Add them up.
    Sum,
}

/// Where in the record the run starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// On the run's own date.
    Calendar,
    /// At the record's first bucket.
    Start,
}

/// What a gap in a record means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GapPolicy {
    /// Nothing was written.
    Zero,
    /// The last rate goes on.
    Hold,
    /// A straight line between the neighbours.
    Interpolate,
    /// The time is left out.
    Exclude,
}

/// One column, several, or all of them.
#[derive(Clone, Debug, PartialEq)]
pub enum Columns {
    /// These, in turn.
    Named(Vec<String>),
    /// One VM per column.
    All,
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Several::<String>::deserialize(deserializer)?.0;
        Ok(match names.as_slice() {
            [one] if one == "all" => Columns::All,
            _ => Columns::Named(names),
        })
    }
}

impl JsonSchema for Columns {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Columns".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Several::<String>::json_schema(generator)
    }
}
