//! Small values as scenarios write them, beyond the quantities of `units`: "off", factors, ceilings, one-or-several; instants and weekdays are in
//! the file beside this one.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::units::{ByteRate, DataSize, Share};

mod time;

pub use time::{Between, Days, Horizon, Moment, TimeOfDay, When};

/// A value that is read from one text; numbers, booleans and TOML date-times are taken as their text.
pub(super) trait FromText: Sized {
    /// What is expected, for messages.
    fn what() -> String;

    /// Reads it; the error is problem and advice on two lines.
    fn from_text(text: &str) -> Result<Self, String>;
}

struct TextVisitor<T>(PhantomData<T>);

impl<'de, T: FromText> Visitor<'de> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&T::what())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::from_text(&number.to_string()).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        T::from_text(&number.to_string()).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        T::from_text(&number.to_string()).map_err(E::custom)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        T::from_text(&flag.to_string()).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let date = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))
            .map_err(|_| A::Error::custom(format!("found a table\nwrite {}", T::what())))?;
        T::from_text(&date.to_string()).map_err(A::Error::custom)
    }
}

/// Reads a [`FromText`] value.
pub(super) fn read_text<'de, T: FromText, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(TextVisitor(PhantomData))
}

/// Makes a [`FromText`] type readable, with this schema.
macro_rules! from_text {
    ($type:ident, $schema:tt) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read_text(deserializer)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

use from_text;

/// A real number of at least 0: `0.6`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(pub f64);

from_text!(Number, { "type": "number", "minimum": 0, "description": "A number of at least 0." });

impl FromText for Number {
    fn what() -> String {
        "a number of at least 0, such as 0.6".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Ok(Number(number)),
            Ok(number) if number < 0.0 => Err(format!("`{text}` is negative\nwrite a number of at least 0")),
            Ok(_) => Err(format!("`{text}` is not a finite number\nwrite a finite number of at least 0")),
            Err(_) => Err(format!("`{text}` is not a number\nwrite a number of at least 0, such as 0.6")),
        }
    }
}

/// A factor, which may exceed 1: `1.3` or `130 %`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor(pub f64);

from_text!(Factor, { "anyOf": [{ "type": "number", "minimum": 0 }, { "type": "string", "pattern": "^\\s*[0-9][0-9._]*\\s*%?\\s*$" }], "description": "A factor: `1.3` or `130 %`." });

impl FromText for Factor {
    fn what() -> String {
        "a factor such as 1.3 or \"130 %\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let (number, divisor) = match text.trim().strip_suffix('%') {
            Some(percent) => (percent.trim(), 100.0),
            None => (text.trim(), 1.0),
        };
        Number::from_text(number).map(|number| Factor(number.0 / divisor)).map_err(|error| match error.split_once('\n') {
            Some((problem, _)) => format!("{problem}\nwrite a factor, such as 1.3 or \"130 %\""),
            None => error,
        })
    }
}

/// A value or "off".
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OrOff<T> {
    /// No such thing.
    Off,
    /// This value.
    Is(T),
}

impl<T: FromStr<Err: fmt::Display>> FromText for OrOff<T> {
    fn what() -> String {
        "a value, or \"off\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "off" | "unlimited" | "none" | "false" => Ok(OrOff::Off),
            other => other.parse().map(OrOff::Is).map_err(|error: T::Err| match error.to_string() {
                message if message.contains('\n') => format!("{message}, or \"off\""),
                message => format!("`{other}` is not a value: {message}\nwrite a number, or \"off\""),
            }),
        }
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for OrOff<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer)
    }
}

impl<T: JsonSchema> JsonSchema for OrOff<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrOff", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [value, { "enum": ["off", "unlimited"] }] })
    }
}

/// A value or "never".
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OrNever<T> {
    /// It does not come.
    Never,
    /// This value.
    Is(T),
}

impl<T> OrNever<T> {
    /// The value, if it comes at all.
    pub(super) fn value(self) -> Option<T> {
        match self {
            OrNever::Never => None,
            OrNever::Is(value) => Some(value),
        }
    }
}

impl<T: FromStr<Err: fmt::Display>> FromText for OrNever<T> {
    fn what() -> String {
        "a length of time such as \"2 days\", or \"never\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "never" | "off" => Ok(OrNever::Never),
            other => other.parse().map(OrNever::Is).map_err(|error: T::Err| format!("{error}, or \"never\"")),
        }
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for OrNever<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer)
    }
}

impl<T: JsonSchema> JsonSchema for OrNever<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrNever", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [value, { "enum": ["never"] }] })
    }
}

/// A ceiling: the documented one, none, or this one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ceiling {
    /// As the profile documents it.
    Documented,
    /// None.
    Off,
    /// This rate.
    At(ByteRate),
}

from_text!(Ceiling, { "type": "string", "description": "A ceiling: `documented` (by the profile), `off`, or a rate such as `54 MB/s`.", "examples": ["documented", "off", "54 MB/s"] });

impl FromText for Ceiling {
    fn what() -> String {
        "\"documented\", \"off\" or a rate such as \"54 MB/s\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "documented" => Ok(Ceiling::Documented),
            "off" | "unlimited" | "none" => Ok(Ceiling::Off),
            other if other.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
                other.parse().map(Ceiling::At).map_err(|error: crate::units::UnitError| error.to_string())
            }
            other => Err(format!("`{other}` is not a ceiling\nwrite \"documented\", \"off\" or a rate such as \"54 MB/s\"")),
        }
    }
}

/// A size, or a share of the disk it lies on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SizeOrShare {
    /// So many bytes.
    Size(DataSize),
    /// Such a share of the disk.
    Share(Share),
}

from_text!(SizeOrShare, { "anyOf": [{ "type": "string" }, { "type": "number", "minimum": 0, "maximum": 1 }], "description": "A size such as `40 GiB`, or a share of the disk such as `30 %`.", "examples": ["40 GiB", "30 %"] });

impl FromText for SizeOrShare {
    fn what() -> String {
        "a size such as \"40 GiB\", or a share of the disk such as \"30 %\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if text.trim().ends_with('%') || text.trim().parse::<f64>().is_ok() {
            return text.parse().map(SizeOrShare::Share).map_err(|error: crate::units::UnitError| error.to_string());
        }
        text.parse().map(SizeOrShare::Size).map_err(|error: crate::units::UnitError| error.to_string())
    }
}

/// One value, or a list of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Several<T>(pub Vec<T>);

impl<T> Default for Several<T> {
    fn default() -> Self {
        Several(Vec::new())
    }
}

struct SeveralVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SeveralVisitor<T> {
    type Value = Several<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one value or a list of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Several<T>, E> {
        T::deserialize(serde::de::value::StrDeserializer::new(text)).map(|one| Several(vec![one]))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Several<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|one| Several(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Several<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Several)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeveralVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Several<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Several{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one.clone(), { "type": "array", "items": one }] })
    }
}
