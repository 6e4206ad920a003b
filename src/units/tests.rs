//! What is printed reads back, and no text panics.

use proptest::prelude::*;

use crate::units::{BitRate, ByteRate, DataSize, Share, Span};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sizes_and_spans_print_exactly(number in 0..u64::MAX / 4) {
        prop_assert_eq!(DataSize::from_bytes(number).to_string().parse(), Ok(DataSize::from_bytes(number)));
        prop_assert_eq!(Span::from_nanos(number).to_string().parse(), Ok(Span::from_nanos(number)));
    }

    /// Rates and shares are printed for people, to three decimals.
    #[test]
    fn rates_and_shares_print_closely(number in 1.0..1e15_f64, share in 0.0..=1.0_f64) {
        let read = |text: String| text.parse::<BitRate>().map_or(f64::NAN, BitRate::as_bits_per_s);
        prop_assert!((read(BitRate::from_bits_per_s(number).to_string()) / number - 1.0).abs() < 6e-4);
        let read = |text: String| text.parse::<ByteRate>().map_or(f64::NAN, ByteRate::as_bytes_per_s);
        prop_assert!((read(ByteRate::from_bytes_per_s(number).to_string()) / number - 1.0).abs() < 6e-4);
        let whole = Share::new(share).unwrap_or(Share::ZERO);
        let read = whole.to_string().parse::<Share>().map_or(f64::NAN, Share::get);
        prop_assert!((read - share).abs() < 6e-6);
    }

    #[test]
    fn no_text_panics(text in ".{0,12}", number in "[-+0-9.eE_ ]{0,8}", unit in "[a-zA-Z/%]{0,6}") {
        for text in [text, format!("{number}{unit}")] {
            let _ = (text.parse::<DataSize>(), text.parse::<Span>(), text.parse::<Share>());
            let _ = (text.parse::<BitRate>(), text.parse::<ByteRate>());
        }
    }
}
