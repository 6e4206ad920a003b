//! Figures of the record in a few words, for tables: `lag.fleet_worst.p99` is "lag of the worst VM, P99".

/// What stands before the part of a law, or for the whole path.
const WORDS: [(&str, &str); 34] = [
    ("lag.fleet_worst", "lag of the worst VM"),
    ("lag.pooled", "lag of any VM"),
    ("reported_rpo.fleet_worst", "RPO shown, worst VM"),
    ("reported_rpo.pooled", "RPO shown, any VM"),
    ("point_age.fleet_worst", "age of the newest point, worst VM"),
    ("app_point_age.fleet_worst", "age of the newest app point, worst VM"),
    ("loss.latest_byte.time.fleet_worst", "loss, Latest (byte), worst VM"),
    ("loss.latest_marker.time.fleet_worst", "loss, Latest, worst VM"),
    ("loss.latest_processed.time.fleet_worst", "loss, processed, worst VM"),
    ("loss.latest_app.time.fleet_worst", "loss, app point, worst VM"),
    ("loss.latest_marker.bytes.fleet_bytes", "bytes lost, Latest, all VMs"),
    ("breaches.count", "breaches of the RPO"),
    ("breaches.longest_s", "longest breach"),
    ("points.total.longest_hole_s", "longest hole between points"),
    ("points.total.longest_without_new_s", "longest without a new point"),
    ("link.goodput_bit_per_s", "goodput of the link"),
    ("link.mean_use", "use of the link"),
    ("link.down_s", "link down"),
    ("link.peak_waiting_bytes", "most bytes waiting"),
    ("journey.failovers.0.rto_s", "RTO"),
    ("journey.failovers.0.recovered", "machines recovered"),
    ("journey.failovers.0.without_point", "machines without a point"),
    ("journey.failovers.0.loss_max_s", "largest loss at the disaster"),
    ("journey.failovers.0.loss_mean_s", "mean loss at the disaster"),
    ("journey.failovers.0.loss_bytes", "bytes lost at the disaster"),
    ("journey.failovers.0.exposed_away_max_s", "unprotected at the target"),
    ("journey.failovers.0.reprotect_longest_s", "longest reprotect"),
    ("journey.failovers.0.reprotect_bytes", "bytes sent home"),
    ("journey.failovers.0.failback_downtime_max_s", "downtime of the failback"),
    ("journey.failovers.0.home_again", "machines home again"),
    ("journey.failovers.0.exposed_home_max_s", "unprotected at home"),
    ("cost.per_month", "cost a month"),
    ("cost.once", "cost once"),
    ("unprotected_share", "VM-time without a point"),
];

const PARTS: [(&str, &str); 7] = [
    ("mean", "mean"),
    ("p50", "median"),
    ("p90", "P90"),
    ("p95", "P95"),
    ("p99", "P99"),
    ("max", "worst"),
    ("share_over", "share of time over the threshold"),
];

/// A figure in words; as its path where there are none.
pub fn figure_words(path: &str) -> String {
    let known = |path: &str| WORDS.iter().find(|(known, _)| *known == path).map(|(_, words)| *words);
    if let Some(words) = known(path) {
        return words.to_owned();
    }
    let in_two = path.rsplit_once('.').and_then(|(place, part)| Some((known(place)?, PARTS.iter().find(|(known, _)| *known == part)?.1)));
    in_two.map_or_else(|| path.to_owned(), |(words, part)| format!("{words}, {part}"))
}
