//! How quantities appear in TOML and in JSON Schema: as the text people write.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::units::{BitRate, ByteRate, DataSize, DurationLaw, Share, Span, UnitError};

/// A quantity that is written as a number and a unit in one text.
trait Written: FromStr<Err = UnitError> {
    /// What it is, for messages: `a size`.
    const WHAT: &'static str;
    /// A good value.
    const EXAMPLE: &'static str;
    /// The unit that a bare number most likely lacks.
    const UNIT: &'static str;
    /// Whether a bare number makes sense.
    const BARE: bool = false;
}

impl Written for DataSize {
    const WHAT: &'static str = "a size";
    const EXAMPLE: &'static str = "600 GiB";
    const UNIT: &'static str = "GiB";
}

impl Written for BitRate {
    const WHAT: &'static str = "a bandwidth";
    const EXAMPLE: &'static str = "250 Mbps";
    const UNIT: &'static str = "Mbps";
}

impl Written for ByteRate {
    const WHAT: &'static str = "a rate of data";
    const EXAMPLE: &'static str = "2 MB/s";
    const UNIT: &'static str = "MB/s";
}

impl Written for Span {
    const WHAT: &'static str = "a length of time";
    const EXAMPLE: &'static str = "15 min";
    const UNIT: &'static str = "min";
}

impl Written for Share {
    const WHAT: &'static str = "a share";
    const EXAMPLE: &'static str = "30 %";
    const UNIT: &'static str = "%";
    const BARE: bool = true;
}

impl Written for DurationLaw {
    const WHAT: &'static str = "a length of time or its law";
    const EXAMPLE: &'static str = "8 min to 10 min";
    const UNIT: &'static str = "min";
}

struct WrittenVisitor<T>(PhantomData<T>);

impl<T: Written> Visitor<'_> for WrittenVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} such as \"{}\"", T::WHAT, T::EXAMPLE)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        bare(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        bare(&number.to_string())
    }
}

/// A number without quotes: right for shares, without a unit elsewhere.
fn bare<T: Written, E: Error>(number: &str) -> Result<T, E> {
    if T::BARE {
        return number.parse().map_err(E::custom);
    }
    Err(E::custom(UnitError {
        problem: format!("`{number}` has no unit"),
        advice: format!("write {} with its unit, such as \"{number} {}\"", T::WHAT, T::UNIT),
    }))
}

macro_rules! written {
    ($type:ty, $pattern:literal, $description:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(WrittenVisitor(PhantomData))
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let text = json_schema!({ "type": "string", "pattern": $pattern, "description": $description, "examples": [<$type as Written>::EXAMPLE] });
                if !<$type as Written>::BARE {
                    return text;
                }
                json_schema!({ "description": $description, "anyOf": [text, { "type": "number", "minimum": 0, "maximum": 1 }] })
            }
        }
    };
}

written!(
    DataSize,
    r"^\s*[0-9][0-9._]*([eE][+-]?[0-9]+)?\s*(B|[kK]B|[MGTP]B|[KMGTP]iB)\s*$",
    "An amount of data: `600 GiB` (2^30 bytes each) or `600 GB` (10^9 bytes each)."
);
written!(
    BitRate,
    r"^\s*[0-9][0-9._]*([eE][+-]?[0-9]+)?\s*([kKMGT]?bps|[kMGT]?bit/s|[kMG]b/s|([kKMGTP]|[KMGTP]i)?B/(s|sec|min|h|hour|d|day))\s*$",
    "A transmission rate: `250 Mbps` (10^6 bits per second each), or in bytes, `30 MB/s`."
);
written!(
    ByteRate,
    r"^\s*[0-9][0-9._]*([eE][+-]?[0-9]+)?\s*([kKMGTP]|[KMGTP]i)?B/(s|sec|min|h|hour|d|day)\s*$",
    "A rate of data: `2 MB/s`, `170 GB/day`."
);
written!(Span, r"^\s*[0-9].*$", "A length of time: `15 min`, `1 h 30 min`, `34 ms`, `7 days`.");
written!(Share, r"^\s*[0-9][0-9._]*([eE][+-]?[0-9]+)?\s*%?\s*$", "A share of a whole: `30 %` or 0.3.");
written!(
    DurationLaw,
    r"^\s*(about\s+)?[0-9].*$",
    "How long something takes: `5 min`, `8 min to 10 min` (any time between), `about 4 h` (exponential) or `15 min, 95 % within 1 h` (log-normal)."
);
