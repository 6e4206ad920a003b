//! Row H of the oracles: what share of the bytes written in half an hour is distinct, in the week of 53 VMware machines (CloudPhysics).

mod import_data;

use std::collections::BTreeMap;

use failback::model::{Footprint, WorkingSet};

/// Distinct and written bytes of one half hour of one VM.
fn windows() -> Option<BTreeMap<String, Vec<(f64, f64)>>> {
    let rows = import_data::rows(&import_data::find("cloudphysics-30min/writes-30min-odd-vms.csv.gz")?);
    let column = |name: &str| rows[0].iter().position(|other| other == name).unwrap();
    let (vm, distinct, written) = (column("vm"), column("unique_write_bytes"), column("write_bytes_est"));
    let mut windows: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for row in &rows[1..] {
        windows.entry(row[vm].clone()).or_default().push((row[distinct].parse().unwrap(), row[written].parse().unwrap()));
    }
    Some(windows)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn h_distinct_share_of_half_an_hour_is_near_its_published_median() {
    let Some(windows) = windows() else { return };
    assert_eq!(windows.len(), 53);
    let shares = windows.values().flatten().filter(|(_, written)| *written > 0.0).map(|(distinct, written)| distinct / written);
    // Published for all 106 machines: near 0.54. These are the odd half of them.
    let median = median(shares.collect());
    assert!((median - 0.54).abs() < 0.03, "{median}");
}

/// A working set fitted to one half hour reproduces it, and foretells less than twice the distinct bytes for twice the writes.
#[test]
fn h_a_working_set_fits_each_half_hour() {
    let Some(windows) = windows() else { return };
    let mut fitted = 0;
    // Bytes written are estimated from pages, so some windows touch more than they write; those fit no footprint.
    for &(distinct, written) in windows.values().flatten().filter(|(distinct, written)| *distinct > 0.0 && distinct < written) {
        let footprint = |size: f64| Footprint { sets: vec![WorkingSet { size, share: 1.0 }] };
        // F grows with W from 0 to x: bisection, with a bracket of twenty doublings either way.
        let (mut low, mut high) = (distinct * 1e-6, written * 1e6);
        for _ in 0..200 {
            let middle = f64::midpoint(low, high);
            if footprint(middle).distinct(written) < distinct { low = middle } else { high = middle }
        }
        if high >= written * 1e5 {
            // Nothing coalesces to speak of: the fit is a straight line.
            continue;
        }
        let fit = footprint(high);
        assert!((fit.distinct(written) / distinct - 1.0).abs() < 1e-9);
        assert!(fit.distinct(2.0 * written) < 2.0 * distinct);
        if distinct < 0.999 * high {
            assert!((fit.written_for(distinct) / written - 1.0).abs() < 1e-6, "{} against {written}", fit.written_for(distinct));
        }
        fitted += 1;
    }
    assert!(fitted > 10_000, "{fitted}");
}
