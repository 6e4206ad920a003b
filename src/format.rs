//! Quantities as people read them: durations, bytes, rates, shares, counts. One home, so that the terminal, the plots and the HTML agree.
//!
//! Everything here rounds for reading; `summary.json` and the CSVs never do. Sizes are decimal (1 GB = 10^9 bytes), like link rates.

use crate::units::CURRENCY;

/// A number to three significant figures, without trailing zeros after the point: `0.27`, `2.5`, `41.3`, `312`, `1,240`.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "not defined".to_owned();
    }
    let magnitude = value.abs();
    if magnitude >= 99.95 {
        return grouped(value.round());
    }
    let decimals = if magnitude >= 9.995 {
        1
    } else if magnitude >= 0.9995 || magnitude == 0.0 {
        2
    } else {
        // Two figures after the leading zeros: 0.0123 -> 0.012.
        let leading = -magnitude.log10().floor() as usize;
        (leading + 1).min(12)
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A whole number with thousands separated by commas: `8,640`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn grouped(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    // The cast saturates; magnitudes beyond u64 do not occur once a unit prefix is chosen.
    format!("{sign}{}", count(value.abs() as u64))
}

/// A count with its noun in the right number: `1 VM`, `20 VMs`.
pub fn plural(value: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// A length of time given in seconds: `0.4 s`, `38 s`, `2 min 31 s`, `21 min`, `2 h 05 min`, `3 days 4 h`.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "not defined".to_owned();
    }
    if seconds < 0.0 {
        return format!("-{}", duration(-seconds));
    }
    if seconds == 0.0 {
        return "0 s".to_owned();
    }
    if seconds < 0.05 {
        return "under 0.1 s".to_owned();
    }
    if seconds < 9.95 {
        let text = format!("{seconds:.1}");
        return format!("{} s", text.trim_end_matches(".0"));
    }
    let whole = seconds.round() as u64;
    if whole < 60 {
        return format!("{whole} s");
    }
    if whole < 600 {
        return parts(whole / 60, "min", whole % 60, "s", 2);
    }
    let minutes = (seconds / 60.0).round() as u64;
    if minutes < 60 {
        return format!("{minutes} min");
    }
    if minutes < 48 * 60 {
        return parts(minutes / 60, "h", minutes % 60, "min", 2);
    }
    let hours = (seconds / 3600.0).round() as u64;
    if hours < 100 * 24 {
        return parts(hours / 24, "days", hours % 24, "h", 1);
    }
    format!("{} days", count((seconds / 86_400.0).round() as u64))
}

fn parts(large: u64, large_unit: &str, small: u64, small_unit: &str, width: usize) -> String {
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small:0width$} {small_unit}") }
}

/// A duration that may not exist: `-` then.
pub fn duration_or_dash(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| "-".to_owned(), duration)
}

fn with_prefix(value: f64, units: [&str; 6]) -> String {
    if !value.is_finite() {
        return "not defined".to_owned();
    }
    let mut scaled = value;
    let mut index = 0;
    // 999.5 would print as "1,000", so the next prefix begins there.
    while scaled.abs() >= 999.5 && index < units.len() - 1 {
        scaled /= 1000.0;
        index += 1;
    }
    let figure = if index == 0 && scaled.abs() >= 1.0 { grouped(scaled.round()) } else { number(scaled) };
    format!("{figure} {}", units[index])
}

/// An amount of data in bytes: `0 B`, `1.5 kB`, `41.3 GB` (decimal).
pub fn bytes(value: f64) -> String {
    with_prefix(value, ["B", "kB", "MB", "GB", "TB", "PB"])
}

/// An amount of data that may not exist: `-` then.
pub fn bytes_or_dash(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), bytes)
}

/// A rate of data in bytes per second: `25.3 MB/s`.
pub fn byte_rate(value: f64) -> String {
    with_prefix(value, ["B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s"])
}

/// A transmission rate in bits per second: `200 Mbps` (decimal).
pub fn bit_rate(value: f64) -> String {
    with_prefix(value, ["bit/s", "kbps", "Mbps", "Gbps", "Tbps", "Pbps"])
}

/// A share of a whole as per cent; `0 %` and `100 %` only where it is exactly that.
pub fn share(value: f64) -> String {
    if !value.is_finite() {
        return "not defined".to_owned();
    }
    let percent = value * 100.0;
    if percent == 0.0 {
        return "0 %".to_owned();
    }
    if percent > 0.0 && percent < 0.01 {
        return "under 0.01 %".to_owned();
    }
    if (99.995..100.0).contains(&percent) {
        return "over 99.99 %".to_owned();
    }
    if percent > 100.0 && percent < 100.005 {
        return "just over 100 %".to_owned();
    }
    // Near the top the distance from 100 is what matters.
    let text = if percent > 99.0 && percent < 101.0 && percent != 100.0 {
        format!("{percent:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number(percent)
    };
    format!("{text} %")
}

/// A share that may not exist: `-` then.
pub fn share_or_dash(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), share)
}

/// An amount of money in the currency of the price list: `0 USD`, `19.20 USD`, `1,234 USD`.
pub fn money(value: f64) -> String {
    if !value.is_finite() {
        return "not defined".to_owned();
    }
    let figure = match value.abs() {
        0.0 => "0".to_owned(),
        small if small < 0.005 => return format!("under 0.01 {CURRENCY}"),
        // Cents no longer matter from here on.
        large if large >= 99.995 => grouped(value.round()),
        _ => format!("{value:.2}"),
    };
    format!("{figure} {CURRENCY}")
}

/// Words joined as in a sentence: `a`, `a and b`, `a, b and c`.
pub fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// The text with control characters made visible, for media that would obey or refuse them.
pub fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

/// The text with no-break spaces between figures and their units, for media that break lines.
pub fn unbroken(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut kept = String::with_capacity(text.len() + 16);
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            let before = words[index - 1];
            let figure_and_unit =
                before.ends_with(|last: char| last.is_ascii_digit()) && word.starts_with(|first: char| first.is_alphabetic() || first == '%');
            let quantile = before.starts_with('P') && word.starts_with(|first: char| first.is_ascii_digit());
            let parts_of_a_duration = ["h", "min", "days"].contains(&before) && word.starts_with(|first: char| first.is_ascii_digit());
            kept.push(if figure_and_unit || quantile || parts_of_a_duration { '\u{a0}' } else { ' ' });
        }
        kept.push_str(word);
    }
    kept
}

/// What an experiment set besides its scenario, in a line; nothing if it set nothing.
pub fn set_besides(set: &[String]) -> Option<String> {
    (!set.is_empty()).then(|| printable(&format!("Set besides the scenario: {}.", set.join(", "))))
}

/// A text with a capital at its beginning.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        let table = [
            (0.0, "0 s"),
            (0.01, "under 0.1 s"),
            (0.4, "0.4 s"),
            (9.94, "9.9 s"),
            (9.96, "10 s"),
            (59.4, "59 s"),
            (59.6, "1 min"),
            (151.0, "2 min 31 s"),
            (482.0, "8 min 02 s"),
            (599.6, "10 min"),
            (900.0, "15 min"),
            (3569.0, "59 min"),
            (3571.0, "1 h"),
            (7500.0, "2 h 05 min"),
            (86_400.0, "24 h"),
            (172_790.0, "2 days"),
            (3.0 * 86_400.0 + 4.0 * 3600.0, "3 days 4 h"),
            (365.0 * 86_400.0, "365 days"),
            (-90.0, "-1 min 30 s"),
            (f64::NAN, "not defined"),
        ];
        for (seconds, text) in table {
            assert_eq!(duration(seconds), text, "{seconds} s");
        }
    }

    #[test]
    fn no_duration_rounds_up_to_sixty() {
        for tenth in 0..2_000_000_u32 {
            let text = duration(f64::from(tenth) / 10.0);
            assert!(!text.starts_with("60 ") && !text.contains(" 60 "), "{tenth} tenths gave {text}");
        }
    }

    #[test]
    fn sizes_and_rates_are_decimal_with_three_figures() {
        let table = [
            (bytes(0.0), "0 B"),
            (bytes(0.4), "0.4 B"),
            (bytes(999.0), "999 B"),
            (bytes(999.6), "1 kB"),
            (bytes(1536.0), "1.54 kB"),
            (bytes(41.26e9), "41.3 GB"),
            (bytes(999_499_999.0), "999 MB"),
            (bytes(1.302e14), "130 TB"),
            (bytes(5.0e18), "5,000 PB"),
            (byte_rate(25_300_000.0), "25.3 MB/s"),
            (bit_rate(200e6), "200 Mbps"),
            (bit_rate(1.25e9), "1.25 Gbps"),
            (bit_rate(f64::INFINITY), "not defined"),
        ];
        for (got, want) in table {
            assert_eq!(got, want);
        }
    }

    #[test]
    fn shares_are_whole_only_when_exactly_so() {
        let table = [
            (0.0, "0 %"),
            (1e-6, "under 0.01 %"),
            (0.0123, "1.23 %"),
            (0.5, "50 %"),
            (0.9987, "99.87 %"),
            (0.99999, "over 99.99 %"),
            (1.0, "100 %"),
            (1.4, "140 %"),
        ];
        for (value, text) in table {
            assert_eq!(share(value), text);
        }
    }

    #[test]
    fn counts_group_thousands() {
        assert_eq!(count(7), "7");
        assert_eq!(count(8_640), "8,640");
        assert_eq!(count(4_320_000), "4,320,000");
        assert_eq!(plural(1, "VM", "VMs"), "1 VM");
        assert_eq!(plural(0, "VM", "VMs"), "0 VMs");
    }

    #[test]
    fn money_has_cents_while_they_matter() {
        let table = [
            (0.0, "0 USD"),
            (0.004, "under 0.01 USD"),
            (0.7, "0.70 USD"),
            (19.2, "19.20 USD"),
            (99.994, "99.99 USD"),
            (99.996, "100 USD"),
            (912.5, "913 USD"),
            (2664.5, "2,665 USD"),
            (f64::NAN, "not defined"),
        ];
        for (value, text) in table {
            assert_eq!(money(value), text);
        }
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(printable("a\u{1b}[31m\nb\0"), "a\u{fffd}[31m\u{fffd}b\u{fffd}");
    }

    #[test]
    fn figures_keep_their_units() {
        assert_eq!(unbroken("1 h 05 min or 3 %, web 7"), "1\u{a0}h\u{a0}05\u{a0}min or 3\u{a0}%, web 7");
    }

    #[test]
    fn lists_read_as_sentences() {
        let words = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(list(&words[..0]), "");
        assert_eq!(list(&words[..1]), "a");
        assert_eq!(list(&words[..2]), "a and b");
        assert_eq!(list(&words), "a, b and c");
    }
}
