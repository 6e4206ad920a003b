//! What was odd about a file, counted and put into sentences.

use super::grid::Several;

/// What was odd about the rows of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Oddities {
    /// Rows that come before an earlier one.
    pub(super) unsorted: usize,
    /// Rows that repeat the time and the writes of another.
    pub(super) repeated: usize,
    /// Instants that several rows disagree about.
    pub(super) contradicted: usize,
    /// Buckets that hold several instants.
    pub(super) crowded: usize,
    /// Instants that are not on a tick of the clock.
    pub(super) off_tick: usize,
    /// Neighbours that are nearly, but not quite, a period apart.
    pub(super) jitter: usize,
    /// The least and the greatest of their distances \[ns\].
    pub(super) jitter_range: Option<(i64, i64)>,
    /// Buckets in all.
    pub(super) buckets: usize,
}

impl Oddities {
    /// Sentences, for those that are not zero. Repeats are counted in `rows`.
    pub(super) fn sentences(&self, several: Several) -> Vec<String> {
        let mut sentences = Vec::new();
        let mut say = |number: usize, thing: &str, what: String| {
            if number > 0 {
                sentences.push(format!("{} {what}", count(number, thing)));
            }
        };
        say(self.unsorted, "row", String::from("not in order of time: sorted"));
        say(self.repeated, "row", String::from("repeating the time and the writes of another: dropped"));
        say(self.contradicted, "instant", format!("with rows that disagree: {}", several.describe()));
        let why = if 10 * self.crowded > self.buckets { "interleaved series" } else { "jitter" };
        say(self.crowded, "bucket", format!("with samples at several instants ({why}): {}", several.across().describe()));
        let jitter = self.jitter_range.map_or(String::new(), |(least, greatest)| {
            let seconds = |nanos: i64| nanos as f64 / 1e9;
            format!(" ({} of {} to {} s)", count(self.jitter, "distance"), seconds(least), seconds(greatest))
        });
        say(self.off_tick, "sample", format!("off the clock's ticks{jitter}: laid into the bucket that holds them"));
        sentences
    }
}

/// `8,640 rows`, `1 row`.
pub(super) fn count(number: usize, thing: &str) -> String {
    format!("{} {thing}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// `8,640`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 4_320_000].map(grouped), ["0", "999", "1,000", "4,320,000"]);
        assert_eq!(count(1, "row"), "1 row");
    }
}
