//! An input that is uncertain: its values, as people read them, and where it comes from.

use crate::experiment::design::Coordinate;
use crate::experiment::figure::Kind;
use crate::experiment::sweep::factor::{Choice, Factor, Ways};
use crate::experiment::sweep::record::{FactorColumn, with_unit};

/// One uncertain input.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its values.
    pub factor: Factor,
    /// What it is where nothing varies it; none where that is the scenario's business.
    pub default: Option<String>,
    /// Whether the profile assumes it, and the experiment does not state it.
    pub assumed: bool,
}

impl Input {
    /// Its column in tables.
    pub fn column(&self) -> FactorColumn {
        let Factor { name, kind, logarithmic, .. } = &self.factor;
        FactorColumn { name: name.clone(), column: with_unit(name, *kind), kind: *kind, logarithmic: *logarithmic }
    }

    /// The value at a share of its range.
    pub fn choice(&self, share: f64) -> Choice {
        self.factor.choice(Coordinate::Share(share))
    }

    /// Shares at which it is looked at by itself: both ends of a range, every value of a list.
    pub fn samples(&self) -> Vec<f64> {
        match &self.factor.ways {
            Ways::Between(_) => vec![0.0, 1.0],
            Ways::Listed(choices) => (0..choices.len()).map(|index| (index as f64 + 0.5) / choices.len() as f64).collect(),
        }
    }

    /// A choice as people write it: as typed where that is a size, a rate or a share, else in words.
    pub fn words(&self, choice: &Choice) -> String {
        match (self.factor.kind, choice.sets.as_slice()) {
            (Some(Kind::Amount | Kind::BitRate | Kind::ByteRate | Kind::Share), [set]) => {
                let value = set.split_once('=').map_or(set.as_str(), |(_, value)| value);
                value.trim_matches('"').to_owned()
            }
            _ => self.column().words(&choice.cell),
        }
    }

    /// What it may be, in a few words: `20 % to 60 %`, `true or false`.
    pub fn range_words(&self) -> String {
        let words: Vec<String> = self.factor.samples().iter().map(|choice| self.words(choice)).collect();
        match (&self.factor.ways, words.as_slice()) {
            (Ways::Between(_), [from, to]) => format!("{from} to {to}"),
            (_, [head @ .., last]) if !head.is_empty() => format!("{} or {last}", head.join(", ")),
            _ => words.join(", "),
        }
    }
}
