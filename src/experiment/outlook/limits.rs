//! What can saturate, when it does first, and in which order.

use schemars::JsonSchema;
use serde::Serialize;

use crate::experiment::outlook::measures::SHARE_MISSED;
use crate::experiment::outlook::record::MonthResult;

/// A resource and what makes it over: any of its measures above its limit.
pub struct Limit {
    /// Short name, as in `outlook.json`.
    pub name: &'static str,
    /// The resource in words.
    pub words: &'static str,
    /// What over means, in words.
    pub over: &'static str,
    /// Measures and the value above which each is over.
    tests: &'static [(&'static str, f64)],
}

/// Everything that is watched; where two are over in the same month, the first named here comes first.
pub const LIMITS: [Limit; 10] = [
    Limit {
        name: "rpo",
        words: "RPO threshold",
        over: "some VM is over it for more than 1 % of the time, by whatever cause",
        tests: &[("rpo_over_share", SHARE_MISSED)],
    },
    Limit {
        name: "link",
        words: "link",
        over: "the fleet writes more than it carries, or it keeps some VM over the RPO threshold for more than 1 % of the time",
        tests: &[("link_asked_share", 1.0), ("link_missed_share", SHARE_MISSED)],
    },
    Limit {
        name: "server_day",
        words: "process server's day",
        over: "the largest day of the busiest one is above its daily planning limit",
        tests: &[("server_largest_day_share", 1.0)],
    },
    Limit {
        name: "server_machines",
        words: "machines per process server",
        over: "one has more machines than the largest size is documented for",
        tests: &[("server_machines_share", 1.0)],
    },
    Limit { name: "cache", words: "cache", over: "one is filled to where intake is throttled", tests: &[("cache_below_throttle", 0.0)] },
    Limit {
        name: "disk",
        words: "a disk's own limit",
        over: "churn above it for more than the planner's percentile leaves",
        tests: &[("disks_over", 0.0)],
    },
    Limit { name: "vm", words: "a VM's own limit", over: "its largest rate is above it", tests: &[("vms_over", 0.0)] },
    Limit { name: "account", words: "cache account", over: "something waits for one", tests: &[("accounts_waited_s", 0.0)] },
    Limit { name: "agent", words: "agent buffer", over: "one overflows", tests: &[("agents_overflowed", 0.0)] },
    Limit {
        name: "drive",
        words: "retention drive",
        over: "it dropped a point of the window promised, or paused",
        tests: &[("drive_window_short_s", 0.0)],
    },
];

/// When a resource is over first.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LimitResult {
    /// Which resource.
    pub name: String,
    /// The resource in words.
    pub words: String,
    /// What over means.
    pub over: String,
    /// First month in which it is over, counted from the scenario's start; null if in none that was looked at.
    pub month: Option<u32>,
    /// Its first day.
    pub date: Option<String>,
    /// Months from the start in which it was not over yet: `month`, or all that were looked at and one more.
    pub good_months: u32,
    /// With replications: the first month in which the unfavourable end of the interval is over; null if none is, or if there was one run.
    pub month_at_worst: Option<u32>,
    /// With replications: the first month in which even the favourable end is over; null as before.
    pub month_at_best: Option<u32>,
    /// The measure that decided, or that would.
    pub measure: String,
    /// Above which value it is over.
    pub limit: f64,
    /// That measure now.
    pub now: Option<f64>,
    /// That measure in the month in which it is over first; else in the last.
    pub then: Option<f64>,
    /// Who is over then: names of disks, VMs.
    pub who: Vec<String>,
}

/// Which end of a month's values.
type End = fn(&MonthResult, &str) -> Option<f64>;

/// What is over first, in order; what never is comes last.
pub fn breaches(months: &[MonthResult]) -> Vec<LimitResult> {
    let mut found: Vec<LimitResult> = LIMITS.iter().filter_map(|limit| limit.over_months(months)).collect();
    found.sort_by_key(|result| result.month.unwrap_or(u32::MAX));
    found
}

impl Limit {
    /// `None` if there is no such resource in the scenario.
    fn over_months(&'static self, months: &[MonthResult]) -> Option<LimitResult> {
        let known = |(key, _): &&(&'static str, f64)| months.iter().any(|month| month.value(key).is_some());
        let fallback = self.tests.iter().find(known)?;
        let first = self.first(months, |month, key| month.value(key));
        let many = months.iter().any(|month| month.runs > 1);
        let end = |of: End| if many { self.first(months, of).map(|(month, _)| month.month) } else { None };
        let (&(key, limit), at) = first.map_or((fallback, months.last()), |(month, test)| (test, Some(month)));
        let who = at.filter(|_| first.is_some()).map_or_else(Vec::new, |month| match self.name {
            "disk" => month.disks_over.clone(),
            "vm" => month.vms_over.clone(),
            _ => Vec::new(),
        });
        Some(LimitResult {
            name: self.name.to_owned(),
            words: self.words.to_owned(),
            over: self.over.to_owned(),
            month: first.map(|(month, _)| month.month),
            date: first.map(|(month, _)| month.date.clone()),
            good_months: first.map_or(u32::try_from(months.len()).unwrap_or(u32::MAX), |(month, _)| month.month),
            month_at_worst: end(|month, key| month.high.get(key).copied().flatten().or(month.value(key))),
            month_at_best: end(|month, key| month.low.get(key).copied().flatten().or(month.value(key))),
            measure: key.to_owned(),
            limit,
            now: months.first().and_then(|month| month.value(key)),
            then: at.and_then(|month| month.value(key)),
            who,
        })
    }

    fn first<'m>(&'static self, months: &'m [MonthResult], of: End) -> Option<(&'m MonthResult, &'static (&'static str, f64))> {
        // A sum of shares that comes to a whole does so but for rounding.
        let over = |month: &MonthResult, (key, limit): &(&str, f64)| of(month, key).is_some_and(|value| value > limit * (1.0 + 1e-9));
        months.iter().find_map(|month| self.tests.iter().find(|test| over(month, test)).map(|test| (month, test)))
    }
}
