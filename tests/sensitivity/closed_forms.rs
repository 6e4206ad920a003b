//! The chain (each input alone, screening, Sobol indices) on functions whose indices are known, through the same code that a scenario goes through.

use std::f64::consts::PI;

use failback::experiment::sensitivity::chain::{Chain, Place, Ran, Settings, Skipped, run};

const SETTINGS: Settings = Settings { trajectories: 10, rows: 1024, screen_only: false, replications: 1, budget: None, seed: 5 };

/// The chain on a function of the unit cube; an input that is not varied is in the middle.
fn chain(inputs: usize, settings: Settings, outcome: impl Fn(&[f64]) -> Ran) -> Chain {
    let samples = vec![vec![0.0, 1.0]; inputs];
    let at = |place: &Place| outcome(&place.iter().map(|share| share.unwrap_or(0.5)).collect::<Vec<f64>>());
    run(&samples, 1, &settings, &mut |places| Some(places.iter().map(at).collect())).expect("nothing interrupts it")
}

fn one(value: f64) -> Ran {
    Ok(vec![vec![Some(value)]])
}

/// Asserts that each index is near the closed form, and within its interval.
fn assert_indices(chain: &Chain, expected: &[(usize, f64, f64)], tolerance: f64) {
    let inputs = &chain.second.as_ref().expect("there are indices").inputs;
    let indices = chain.responses[0].indices.as_ref().expect("the response varies");
    for &(input, first, total) in expected {
        let place = inputs.iter().position(|other| *other == input).unwrap_or_else(|| panic!("input {input} was left out"));
        let found = &indices[place];
        for (found, expected) in [(&found.first, first), (&found.total, total)] {
            assert!((found.estimate - expected).abs() < tolerance, "input {input}: {found:?} against {expected}");
            assert!(
                found.low.expect("bounded") <= expected && expected <= found.high.expect("bounded"),
                "input {input}: {found:?} against {expected}"
            );
        }
    }
}

/// Ishigami and Homma 1990, with a = 7 and b = 0.1: first-order indices 0.3139, 0.4424, 0, total 0.5576, 0.4424, 0.2437. A fourth input does nothing.
#[test]
fn ishigami_through_the_whole_chain() {
    let (a, b) = (7.0, 0.1);
    let found = chain(4, SETTINGS, |u| {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        one(x[0].sin() + a * x[1].sin().powi(2) + b * x[2].powi(4) * x[0].sin())
    });
    assert_eq!(found.responses[0].kept, [true, true, true, false], "what does nothing is screened out");
    assert_indices(&found, &[(0, 0.3139, 0.5576), (1, 0.4424, 0.4424), (2, 0.0, 0.2437)], 0.05);
    // All by themselves, from the middle (where every sine is 0): nothing, whichever end it is.
    assert!(found.responses[0].alone.iter().flatten().all(|value| value.expect("it ran").abs() < 1e-12));
}

/// Closed form: y = 5 + 3 x0 + 2 x1 + x2 has effects 3, 2, 1 everywhere and indices 9/14, 4/14, 1/14; x3 does nothing, and x4 moves it by 1/100 of what x0 does.
#[test]
fn a_linear_model_through_the_whole_chain() {
    let found = chain(5, SETTINGS, |x| one(5.0 + 3.0 * x[0] + 2.0 * x[1] + x[2] + 0.03 * x[4]));
    assert_eq!(found.responses[0].kept, [true, true, true, false, false]);
    assert_eq!(found.second.as_ref().expect("three are left").inputs, [0, 1, 2], "the largest effect first");
    assert_indices(&found, &[(0, 9.0 / 14.0, 9.0 / 14.0), (1, 4.0 / 14.0, 4.0 / 14.0), (2, 1.0 / 14.0, 1.0 / 14.0)], 0.02);
    let analysis = &found.responses[0];
    let effects = analysis.effects.as_ref().expect("it ran");
    for (effect, expected) in effects.iter().zip([3.0, 2.0, 1.0, 0.0, 0.03]) {
        assert!((effect.mu_star.estimate - expected).abs() < 1e-12);
    }
    assert!((analysis.baseline.unwrap() - 8.015).abs() < 1e-12);
    assert!((analysis.alone[0][0].unwrap() - 6.515).abs() < 1e-12 && (analysis.alone[0][1].unwrap() - 9.515).abs() < 1e-12);
    assert_eq!((found.stages[0].places.len(), found.stages[1].places.len(), found.stages[2].places.len()), (1 + 10, 10 * 6, 1024 * 5));
    // The two points of each row that are taken at random.
    assert_eq!(analysis.spread.len(), 2048);
    assert_eq!(analysis.noise, None, "one replication says nothing of chance");
}

/// The same, with a corner of the cube that cannot be run: rows that touch it are left out, the rest is as before but for the corner's own part.
#[test]
fn places_that_cannot_be_run_are_left_out_and_kept_count_of() {
    let found = chain(3, SETTINGS, |x| if x[0] > 0.9 && x[1] > 0.9 { Err("refused".to_owned()) } else { one(3.0 * x[0] + 2.0 * x[1] + x[2]) });
    let failed = |stage: usize| found.stages[stage].outcomes.iter().filter(|ran| ran.is_err()).count();
    assert!(failed(0) == 0 && failed(2) > 0, "{} {}", failed(0), failed(2));
    let indices = found.responses[0].indices.as_ref().unwrap();
    let rows = indices[0].total.values;
    assert!((950..1024).contains(&rows), "{rows} rows are whole");
    assert!((indices[0].total.estimate - 9.0 / 14.0).abs() < 0.05 && (indices[2].total.estimate - 1.0 / 14.0).abs() < 0.02);
    assert!((found.responses[0].effects.as_ref().unwrap()[0].mu - 3.0).abs() < 1e-12);
}

/// Nothing to measure is not nothing: such places are left out of every estimate.
#[test]
fn where_there_is_nothing_to_measure_is_said() {
    let found = chain(2, SETTINGS, |x| Ok(vec![vec![(x[0] < 0.8).then_some(x[0] + x[1])]]));
    assert!(found.responses[0].unmeasured > 100);
    assert!(found.responses[0].indices.is_some());
}

#[test]
fn the_second_part_is_left_out_for_a_reason() {
    let linear = |x: &[f64]| one(3.0 * x[0] + 2.0 * x[1]);
    assert_eq!(chain(2, Settings { screen_only: true, ..SETTINGS }, linear).second, Err(Skipped::NotAsked));
    assert_eq!(chain(2, SETTINGS, |_| one(0.1 + 0.2)).second, Err(Skipped::NothingMoves));
    assert_eq!(chain(3, SETTINGS, |x| one(x[1])).second, Err(Skipped::OneLeft(1)));
    // 1 + 4 alone, 30 for the screening; 4 runs a row.
    assert_eq!(chain(2, Settings { budget: Some(100), ..SETTINGS }, linear).second, Err(Skipped::Budget { left: 65, least: 128 }));
    let fits = chain(2, Settings { budget: Some(35 + 4 * 200), ..SETTINGS }, linear);
    assert_eq!(fits.second.unwrap().rows, 128, "the largest power of two that there is room for");
    // Rounding moves nothing.
    assert_eq!(chain(2, SETTINGS, |x| one(1e6 + 1e-6 * x[0])).second, Err(Skipped::NothingMoves));
}

#[test]
fn a_budget_takes_trajectories_before_it_is_refused() {
    let samples = vec![vec![0.0, 1.0]; 9];
    let within = |budget| Settings { budget: Some(budget), replications: 2, ..SETTINGS }.within_budget(&samples);
    assert_eq!(within(10_000).unwrap().trajectories, 10);
    // 19 alone and 10 a trajectory, twice each.
    assert_eq!(within(2 * (19 + 60)).unwrap().trajectories, 6);
    assert_eq!(within(100), Err(2 * (19 + 40)));
}

#[test]
fn an_interrupt_keeps_the_screening() {
    let samples = vec![vec![0.0, 1.0]; 2];
    let mut parts = 0;
    let mut evaluate = |places: &[Place]| {
        parts += 1;
        (parts < 3).then(|| places.iter().map(|place| one(place.iter().map(|share| share.unwrap_or(0.5)).sum())).collect())
    };
    let found = run(&samples, 1, &SETTINGS, &mut evaluate).expect("the screening was done");
    assert_eq!(found.second, Err(Skipped::Interrupted));
    assert!(found.responses[0].effects.is_some());
    assert_eq!(run(&samples, 1, &SETTINGS, &mut |_| None), None);
}

/// Many inputs that matter alike: the indices have room for ten, the others are named.
#[test]
fn there_is_room_for_ten() {
    let found = chain(13, Settings { rows: 64, ..SETTINGS }, |x| one(x.iter().enumerate().map(|(input, x)| (1.0 + 0.1 * input as f64) * x).sum()));
    let second = found.second.unwrap();
    assert_eq!((second.inputs.len(), second.no_room), (10, vec![2, 1, 0]));
}
