//! Which machines share a row of the timeline: those with the same story at once; where that leaves too many rows, the worst, the middle and the best of those with
//! the same sequence of states.

use std::collections::BTreeMap;

use crate::results::{MachineJourney, StateSpan};

/// One row.
#[derive(Debug)]
pub struct Row<'a> {
    /// The machine drawn.
    pub machine: &'a MachineJourney,
    /// What the row stands for, for its label.
    pub label: String,
}

/// All rows, worst first, and how many machines are in none of them.
pub struct Rows<'a> {
    /// Rows.
    pub rows: Vec<Row<'a>>,
    /// Machines in no row.
    pub left_out: usize,
    /// Whether a row may stand for machines that differ in time.
    pub sampled: bool,
}

/// At most `most` rows over machines whose times are told apart to `resolution_s`.
pub fn rows(machines: &[MachineJourney], resolution_s: f64, most: usize) -> Rows<'_> {
    let alike = together(machines, |span| (span.from_s / resolution_s).round() as i64);
    if alike.len() <= most {
        let rows = alike.into_iter().map(|members| Row { machine: members[0], label: same(&members) }).collect();
        return Rows { rows, left_out: 0, sampled: false };
    }
    let kinds = together(machines, |_| 0);
    let three = |members: &Vec<&MachineJourney>| members.len() > 3;
    let wanted: usize = kinds.iter().map(|members| if three(members) { 3 } else { members.len() }).sum();
    let sampled_rows = kinds.iter().take(most).flat_map(|members| {
        let of = members.len();
        let row = |index: usize, what: &str| Row { machine: members[index], label: format!("{}, {what} of {of}", members[index].vm) };
        match () {
            () if wanted > most => vec![if of == 1 { Row { machine: members[0], label: members[0].vm.clone() } } else { row(0, "worst") }],
            () if three(members) => vec![row(0, "worst"), row(of / 2, "middle"), row(of - 1, "best")],
            () => members.iter().map(|&machine| Row { machine, label: machine.vm.clone() }).collect(),
        }
    });
    let rows = sampled_rows.collect();
    Rows { rows, left_out: kinds.iter().skip(most).map(Vec::len).sum(), sampled: true }
}

/// Machines with the same states and the same mark of each, worst first within and among the groups.
fn together<'a>(machines: &'a [MachineJourney], mark: impl Fn(&StateSpan) -> i64) -> Vec<Vec<&'a MachineJourney>> {
    let mut groups: BTreeMap<Vec<(&str, i64)>, Vec<&'a MachineJourney>> = BTreeMap::new();
    for machine in machines {
        let key = machine.states.iter().map(|span| (span.state.as_str(), mark(span))).collect();
        groups.entry(key).or_default().push(machine);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by(|a, b| worse(a, b));
    }
    // Stable, and scenario order decides among equals: a map's order by text would not.
    groups.sort_by(|a, b| worse(a[0], b[0]).then_with(|| place(machines, a[0]).cmp(&place(machines, b[0]))));
    groups
}

fn place(machines: &[MachineJourney], machine: &MachineJourney) -> usize {
    machines.iter().position(|other| std::ptr::eq(other, machine)).unwrap_or(usize::MAX)
}

/// Worse is to be longer without protection, then longer without users at work.
fn worse(a: &MachineJourney, b: &MachineJourney) -> std::cmp::Ordering {
    let time = |machine: &MachineJourney, counts: fn(&StateSpan) -> bool| -> f64 {
        machine.states.iter().filter(|span| counts(span)).map(|span| span.to_s - span.from_s).sum()
    };
    let bare = |machine: &MachineJourney| time(machine, |span| !span.protected);
    let down = |machine: &MachineJourney| time(machine, |span| span.runs_at == "nowhere");
    bare(b).total_cmp(&bare(a)).then_with(|| down(b).total_cmp(&down(a)))
}

fn same(members: &[&MachineJourney]) -> String {
    match members {
        [only] => only.vm.clone(),
        [first, rest @ ..] => format!("{} and {} alike", first.vm, rest.len()),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(vm: &str, lost: f64, back: f64) -> MachineJourney {
        let span = |state: &str, runs_at: &str, protected: bool, from_s: f64, to_s: f64| StateSpan {
            state: state.to_owned(),
            runs_at: runs_at.to_owned(),
            protected,
            from_s,
            to_s,
        };
        let away = span("at_target", "target", false, lost, back);
        let states = vec![span("protected", "home", true, 0.0, lost), away, span("reverse_protected", "target", true, back, 200.0)];
        MachineJourney { vm: vm.to_owned(), states, ..MachineJourney::default() }
    }

    fn labels(rows: &Rows<'_>) -> Vec<String> {
        rows.rows.iter().map(|row| row.label.clone()).collect()
    }

    #[test]
    fn machines_with_the_same_story_share_a_row_and_the_worst_comes_first() {
        let machines = [machine("a", 10.0, 20.0), machine("b", 10.0, 90.0), machine("c", 10.1, 20.0)];
        let rows = rows(&machines, 5.0, 10);
        assert_eq!(labels(&rows), ["b", "a and 1 alike"]);
        assert!(!rows.sampled && rows.left_out == 0);
    }

    #[test]
    fn too_many_rows_become_the_worst_the_middle_and_the_best() {
        let machines: Vec<MachineJourney> = (0..9).map(|vm| machine(&format!("vm-{vm}"), 10.0, 20.0 + 10.0 * f64::from(vm))).collect();
        let few = rows(&machines, 1.0, 4);
        assert_eq!(labels(&few), ["vm-8, worst of 9", "vm-4, middle of 9", "vm-0, best of 9"]);
        assert!(few.sampled);
        assert_eq!(labels(&rows(&machines, 1.0, 2)), ["vm-8, worst of 9"]);
    }
}
