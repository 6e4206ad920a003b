//! The random streams as statisticians see them: pinned first values, and no relation between streams whose names are neighbours.

use rand::{Rng, RngExt};

use super::*;

/// Names as a run has them: neighbours in seed, replication, entity and purpose, and names that run into one another.
fn neighbours() -> Vec<ChaCha8Rng> {
    let mut streams = Vec::new();
    for (seed, replication) in [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (u64::MAX, 0), (0, u64::MAX)] {
        for (entity, purpose) in [("vm-1", "churn"), ("vm-2", "churn"), ("vm-1", "churn "), ("vm-1c", "hurn"), ("", "vm-1churn"), ("vm-1churn", "")] {
            streams.push(Streams::new(seed, replication).stream(entity, purpose));
        }
    }
    streams
}

/// Chi-square statistic of shares in 0..1 against the uniform law, in `CELLS` equal cells.
const CELLS: usize = 100;
fn chi_square(values: &[f64]) -> f64 {
    let mut counts = [0u32; CELLS];
    for value in values {
        counts[(value * CELLS as f64) as usize] += 1;
    }
    let expected = values.len() as f64 / CELLS as f64;
    counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum()
}

/// With 99 degrees of freedom chi-square exceeds 161 once in 10,000 times, and falls below 52 as seldom.
const CHI_SQUARE_RANGE: std::ops::Range<f64> = 52.0..161.0;

/// Correlation of two rows times the root of their length: standard normal if they are independent.
fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let mean = |row: &[f64]| row.iter().sum::<f64>() / row.len() as f64;
    let (m, n) = (mean(one), mean(other));
    let product = |a: &[f64], b: &[f64], m: f64, n: f64| a.iter().zip(b).map(|(x, y)| (x - m) * (y - n)).sum::<f64>();
    let r = product(one, other, m, n) / (product(one, one, m, m) * product(other, other, n, n)).sqrt();
    r * (one.len().min(other.len()) as f64).sqrt()
}

#[test]
fn the_first_values_are_pinned() {
    // A change here changes the results of every scenario ever published: if it must be, it is a new version of the results.
    let first = |seed, replication, entity, purpose| {
        let mut stream = Streams::new(seed, replication).stream(entity, purpose);
        [stream.next_u64(), stream.next_u64(), stream.next_u64()]
    };
    assert_eq!([first(1, 0, "vm-1", "churn"), first(1, 1, "vm-1", "churn"), first(0, 0, "", "")], GOLDEN);
}

/// First three values of three streams, as of the first version.
const GOLDEN: [[u64; 3]; 3] = [
    [3595133599339311656, 5811084556135461447, 9586374928593592815],
    [14660318809726648551, 13010319978206736605, 13037826077255639757],
    [8686987840890253075, 4543239012694132131, 17360398798173163378],
];

#[test]
fn the_generator_is_chacha8_as_published() {
    // Strombergson, "Test vectors for the stream cipher ChaCha" (2013), ChaCha8, 256-bit key of zeros: the key stream begins 3e00ef2f 895f40d6 ...
    let mut stream = ChaCha8Rng::from_seed([0; 32]);
    assert_eq!(stream.next_u64().to_le_bytes(), [0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6]);
    assert_eq!(stream.next_u64().to_le_bytes(), [0x7f, 0x5b, 0xb8, 0xe8, 0x1f, 0x09, 0xa5, 0xa1]);
}

#[test]
fn a_stream_is_a_function_of_its_name_alone() {
    // Other streams made and drawn from in between, in any order, shift nothing.
    let streams = Streams::new(7, 3);
    let alone: Vec<u64> = streams.stream("link", "outages").random_iter().take(100).collect();
    let mut stream = streams.stream("link", "outages");
    let mut among = Vec::new();
    for number in 0..100 {
        let mut other = streams.stream(&format!("vm-{number}"), "churn");
        other.next_u64();
        among.push(stream.next_u64());
    }
    assert_eq!(alone, among);
}

#[test]
fn no_two_neighbours_are_the_same_or_correlated() {
    const DRAWS: usize = 4_000;
    let rows: Vec<Vec<f64>> = neighbours().into_iter().map(|stream| stream.random_iter::<f64>().take(DRAWS).collect()).collect();
    for (number, one) in rows.iter().enumerate() {
        for other in &rows[..number] {
            // Against each other, and each shifted by one draw: 861 pairs, so 5 standard deviations.
            for (a, b) in [(&one[..], &other[..]), (&one[1..], &other[..DRAWS - 1]), (&one[..DRAWS - 1], &other[1..])] {
                let z = correlation(a, b);
                assert!(z.abs() < 5.0, "streams {number} and an earlier one correlate: {z} standard deviations");
            }
        }
    }
}

#[test]
fn every_stream_is_uniform_and_without_memory() {
    for (number, stream) in neighbours().into_iter().enumerate() {
        let row: Vec<f64> = stream.random_iter::<f64>().take(20_000).collect();
        let statistic = chi_square(&row);
        assert!(CHI_SQUARE_RANGE.contains(&statistic), "stream {number}: chi-square {statistic}");
        for lag in [1, 2, 7] {
            let z = correlation(&row[lag..], &row[..row.len() - lag]);
            assert!(z.abs() < 4.5, "stream {number} remembers what it drew {lag} before: {z} standard deviations");
        }
    }
}

#[test]
fn the_first_draw_over_many_entities_is_uniform() {
    // What a fleet sees: one draw from each of many streams. Also the first draws of neighbouring replications must not resemble each other.
    let first = |replication| -> Vec<f64> {
        (0..20_000).map(|number| Streams::new(1, replication).stream(&format!("vm-{number}"), "phase").random()).collect()
    };
    let (one, other) = (first(0), first(1));
    for row in [&one, &other] {
        let statistic = chi_square(row);
        assert!(CHI_SQUARE_RANGE.contains(&statistic), "chi-square {statistic}");
        let z = correlation(&row[1..], &row[..row.len() - 1]);
        assert!(z.abs() < 4.5, "neighbouring entities: {z} standard deviations");
    }
    let z = correlation(&one, &other);
    assert!(z.abs() < 4.5, "neighbouring replications: {z} standard deviations");
}
