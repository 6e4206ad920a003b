//! The results record: what one run found, and at the same time the output schema of `summary.json` (versioned by [`SCHEMA`]).
//!
//! Plain data in SI base units (seconds, bytes, bytes/s, bit/s, shares of 1), stable keys, nothing rounded. What fills it lives in `observe`
//! and `simulate`; what prints it lives in `report`.

mod churn;
mod cost;
mod credibility;
mod journey;
mod law;
mod loss;
mod path;
mod points;
mod replications;
mod run;
mod scenario;
mod series;
mod vm;

pub use churn::{ChurnInput, RecordInput};
pub use cost::{CostItem, CostResult, MissingPrice, Paid};
pub use credibility::{Against, Check, ChurnQuality, Credibility, InputInForce};
pub use journey::{
    ChoiceLoss, CopyResult, DisasterResult, DrillResult, DriveResult, DriveRow, FailbackResult, FailoverSummary, FleetChoiceLoss, JourneyResult,
    MachineJourney, StateSpan, Step, Trip, Wait,
};
pub use law::{BreachSummary, DayWorst, Law, ScopedLaws};
pub use loss::{BytesLoss, Choice, LossByChoice};
pub use path::{AlertCount, Bottleneck, HubResult, InitialReplication, LinkResult, OneQueue, OneQueueLevel, OutageWhatIf};
pub use points::{FleetPoints, PointCounts, RetentionCost};
pub use replications::{FigureOverRuns, FoundCut, LongRun, LongRunFigure, Replications, RunTable, Stop};
pub use run::{Checks, Results, RunOutput, SCHEMA};
pub use scenario::{Assumption, ScenarioInfo, Standing};
pub use series::{CdfCurve, CdfPoint, Event, HeldPoint, PointCalendar, SeriesRow};
pub use vm::{DiskResult, GroupResult, VmResult};
