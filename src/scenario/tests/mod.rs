//! Scenarios resolve to the values they ought to; the tests share the helpers below. Messages are tested in `tests/bad_input.rs`.

mod churn;
mod fleet;
mod journey;
mod july;
mod link;
mod load;
mod mangled;
mod overrides;
mod policy;
mod systems;

use std::path::Path;
use std::sync::Arc;

use jiff::civil::date;

use crate::model::Record;
use crate::scenario::{Diagnostics, Loaded, RecordError, RecordRead, RecordRequest, RecordSource, parse};
use crate::units::Span;

/// A record of 12 buckets, from 7 January 2026, 06:00, with the columns `db`, `web` and `app`.
struct OneRecord {
    asked: Vec<RecordRequest>,
    period: Span,
}

impl RecordSource for OneRecord {
    fn read(&mut self, request: &RecordRequest) -> Result<RecordRead, RecordError> {
        self.asked.push(request.clone());
        let record = Record {
            source: request.shown.clone(),
            period: self.period,
            columns: ["db", "web", "app"].map(str::to_string).to_vec(),
            buckets: 12,
            rates: Arc::new(vec![1e6; 36]),
            gap_share: 0.0,
            notes: Vec::new(),
        };
        Ok(RecordRead { record, start: Some(date(2026, 1, 7).at(6, 0, 0, 0)), fingerprint: request.shown.clone() })
    }
}

/// With a record of an hour, in 5-minute buckets.
fn load(text: &str, sets: &[&str]) -> Result<Loaded, Diagnostics> {
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_string()).collect();
    parse(text, "test.toml", "test", Path::new(""), &sets, &mut OneRecord { asked: Vec::new(), period: Span::from_mins(5) })
}

/// The loaded scenario; what is wrong with it fails the test.
fn resolve(text: &str) -> Loaded {
    load(text, &[]).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// A scenario of one VM with these further lines, over a 100 Mbps Internet line.
fn one_vm(rest: &str) -> Loaded {
    resolve(&format!("[link.forward]\ninternet = {{ bandwidth = \"100 Mbps\", rtt = \"20 ms\" }}\n[[vm]]\nname = \"db\"\n{rest}"))
}

/// A scenario of one quiet VM over this link.
fn over(link: &str) -> Loaded {
    resolve(&format!("[[vm]]\nname = \"db\"\nchurn.constant = \"1 MB/s\"\n[link.forward]\n{link}\n"))
}

/// The value in force of a key, as the report will list it.
fn in_force(loaded: &Loaded, key: &str) -> Option<(String, crate::results::Standing, Option<String>)> {
    let found = loaded.assumptions.iter().find(|assumption| assumption.key == key);
    found.map(|assumption| (assumption.value.clone(), assumption.standing, assumption.instead_of.clone()))
}

/// Within a millionth.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1e-12)
}
