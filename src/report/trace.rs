//! `trace.json`: the round trip in the Chrome trace event format, which Perfetto and chrome://tracing open. A process for each side and one for the fleet, a
//! thread for each machine; states and steps as complete events, disasters as instants, retention drives as counters. Times in microseconds since the run's start.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::report::ReportError;
use crate::report::round_trip::state_words;
use crate::results::{JourneyResult, MachineJourney, Results, StateSpan};

/// Process of what runs at home.
const HOME: u64 = 1;
/// Process of what runs at the target.
const TARGET: u64 = 2;
/// Process of what concerns the fleet.
const FLEET: u64 = 3;

/// The file.
///
/// # Errors
/// If it cannot be written as JSON, which would be a defect.
pub fn trace(results: &Results, journey: &JourneyResult) -> Result<Vec<u8>, ReportError> {
    let mut events = Vec::new();
    let mut threads = BTreeSet::new();
    for (index, machine) in journey.machines.iter().enumerate() {
        of_machine(machine, index as u64 + 1, &mut events, &mut threads);
    }
    of_fleet(journey, results.scenario.horizon_s, &mut events);
    for drive in &journey.retention_drives {
        let name = format!("retention drive {}", drive.master_target);
        events.extend(drive.rows.iter().map(
            |row| json!({ "name": name, "ph": "C", "pid": HOME, "tid": 0, "ts": micros(row.at_s), "args": { "used [bytes]": row.used_bytes } }),
        ));
    }
    let number = |event: &Value, key: &str| event[key].as_i64().unwrap_or_default();
    // What begins together and lasts longer holds what is shorter.
    events.sort_by_key(|event| (number(event, "ts"), -number(event, "dur")));
    let mut all = names(journey, &threads);
    all.append(&mut events);
    let whole = json!({
        "traceEvents": all,
        "displayTimeUnit": "ms",
        "otherData": { "title": results.scenario.title, "start (UTC)": results.scenario.start, "seed": results.scenario.seed },
    });
    let mut text = serde_json::to_vec(&whole).map_err(|error| ReportError::Render { what: "trace.json".to_owned(), reason: error.to_string() })?;
    text.push(b'\n');
    Ok(text)
}

/// Microseconds, to the nearest: instants that are equal stay so.
fn micros(at_s: f64) -> i64 {
    // The cast saturates, and NaN becomes 0.
    (at_s * 1e6).round() as i64
}

fn complete(name: &str, kind: &str, place: (u64, u64), from_s: f64, to_s: f64, args: Value) -> Value {
    let (from, to) = (micros(from_s), micros(to_s));
    json!({ "name": name, "cat": kind, "ph": "X", "pid": place.0, "tid": place.1, "ts": from, "dur": (to - from).max(0), "args": args })
}

/// Names of processes and threads.
fn names(journey: &JourneyResult, threads: &BTreeSet<(u64, u64)>) -> Vec<Value> {
    let meta = |what: &str, place: (u64, u64), args: Value| json!({ "name": what, "ph": "M", "pid": place.0, "tid": place.1, "ts": 0, "args": args });
    let mut named = Vec::new();
    for (pid, name) in [(FLEET, "fleet"), (HOME, "home"), (TARGET, "target")] {
        named.push(meta("process_name", (pid, 0), json!({ "name": name })));
        named.push(meta("process_sort_index", (pid, 0), json!({ "sort_index": if pid == FLEET { 0 } else { pid } })));
    }
    named.push(meta("thread_name", (FLEET, 1), json!({ "name": "disasters" })));
    named.push(meta("thread_name", (FLEET, 2), json!({ "name": "failovers" })));
    named.push(meta("thread_name", (FLEET, 3), json!({ "name": "tests" })));
    for &(pid, tid) in threads {
        let name = journey.machines.get(tid as usize - 1).map_or("", |machine| machine.vm.as_str());
        named.push(meta("thread_name", (pid, tid), json!({ "name": name })));
        named.push(meta("thread_sort_index", (pid, tid), json!({ "sort_index": tid })));
    }
    named
}

/// The side to which a state belongs: where users work; while they work nowhere, where they will next, or did last.
fn side(states: &[StateSpan], index: usize) -> u64 {
    let of = |span: &StateSpan| match span.runs_at.as_str() {
        "home" => Some(HOME),
        "target" => Some(TARGET),
        _ => None,
    };
    let next = states[index..].iter().find_map(of);
    next.or_else(|| states[..index].iter().rev().find_map(of)).unwrap_or(HOME)
}

fn of_machine(machine: &MachineJourney, tid: u64, events: &mut Vec<Value>, threads: &mut BTreeSet<(u64, u64)>) {
    let states = &machine.states;
    for (index, span) in states.iter().enumerate() {
        let place = (side(states, index), tid);
        threads.insert(place);
        let args = json!({ "runs at": span.runs_at, "protected": span.protected });
        events.push(complete(&state_words(&span.state), "state", place, span.from_s, span.to_s, args));
    }
    for trip in &machine.trips {
        for step in trip.failover_steps.iter().chain(trip.failback.iter().flat_map(|back| &back.steps)) {
            // Cut at changes of state, so that a step always lies within the state that it belongs to.
            for (index, span) in states.iter().enumerate() {
                let (from, to) = (step.from_s.max(span.from_s), step.to_s.min(span.to_s));
                if to > from {
                    events.push(complete(&step.name, "step", (side(states, index), tid), from, to, json!({ "cause": trip.cause })));
                }
            }
        }
    }
    for wait in &machine.waits {
        let index = states.iter().rposition(|span| span.from_s <= wait.from_s);
        let place = index.map_or(HOME, |index| side(states, index));
        let args = json!({ "why": wait.text, "for_s": wait.to_s.map(|to| to - wait.from_s) });
        events.push(json!({
            "name": format!("waits: {}", wait.key), "cat": "wait", "ph": "i", "s": "t", "pid": place, "tid": tid, "ts": micros(wait.from_s), "args": args
        }));
    }
}

fn of_fleet(journey: &JourneyResult, horizon_s: f64, events: &mut Vec<Value>) {
    for disaster in &journey.disasters {
        let args = json!({ "kind": disaster.kind, "text": disaster.text });
        events.push(json!({
            "name": disaster.name, "cat": "disaster", "ph": "i", "s": "g", "pid": FLEET, "tid": 1, "ts": micros(disaster.at_s), "args": args
        }));
        // What is never over lasts to the end of the run.
        let over = disaster.over_s.unwrap_or(horizon_s).max(disaster.at_s);
        events.push(complete(&disaster.name, "disaster", (FLEET, 1), disaster.at_s, over, args));
    }
    for failover in &journey.failovers {
        let args = json!({ "machines": failover.machines, "recovered": failover.recovered, "loss_max_s": failover.loss_max_s });
        events.push(complete(
            &format!("failover: {}", failover.cause),
            "failover",
            (FLEET, 2),
            failover.at_s,
            failover.at_s + failover.rto_s.unwrap_or(0.0),
            args,
        ));
    }
    for drill in &journey.drills {
        let over = drill.cleaned_up_s.unwrap_or(horizon_s).max(drill.at_s);
        let args = json!({ "direction": drill.direction, "machines": drill.machines, "ready_after_s": drill.ready_after_s });
        events.push(complete("test failover", "test", (FLEET, 3), drill.at_s, over, args));
    }
}
