//! Planning ahead: one scenario simulated month by month under growth, what saturates first, and how initial replication is cut into batches.
//!
//! Every month is the same scenario, seed and calendar with all churn multiplied by (1 + growth)^(month / 12), so that months differ by growth and by nothing
//! else. What is found is an [`Outlook`], which is also the schema of `outlook.json`.

mod batches;
mod growth;
mod limits;
mod measures;
mod months;
mod record;
mod servers;

pub use batches::{Copying, copying};
pub use growth::{Growth, MOST_FACTOR};
pub use limits::{LIMITS, Limit, LimitResult, breaches};
pub use measures::{MEASURES, Measure, SHARE_MISSED};
pub use months::{Ahead, Interrupted, ahead, grown};
pub use record::{BatchResult, CopyResult, GrowthResult, MonthResult, Outlook, SCHEMA, date_after, schema};
pub use servers::{Band, ServerNeed, bands, need};
