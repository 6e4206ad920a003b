//! The next size up that is sold: the smallest row of a table of the profile (circuits, gateways, disk tiers) that is no less than the answer.

use crate::experiment::figure::Kind;
use crate::experiment::target::quantity;
use crate::profile::{self, Profile};
use crate::scenario::{At, Mistakes};

/// Columns that say how large a size is, in the order in which they are looked for.
const SIZES: [&str; 3] = ["bandwidth", "aggregate", "up_to"];

/// Where bit rates are looked for unless tables are named.
const OF_BIT_RATES: [&str; 2] = ["expressroute_circuit", "vpn_gateway"];

/// Where sizes of drives are.
const OF_DRIVES: [&str; 1] = ["disk_tier"];

/// Tables whose figures are published as goodput: what is needed after overhead is held against them, not the line's rate.
const GOODPUT: [&str; 1] = ["vpn_gateway"];

/// A column of a table of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The table.
    pub table: String,
    /// Its column.
    pub column: String,
}

/// A size that is sold.
#[derive(Clone, Debug, PartialEq)]
pub struct Sku {
    /// The table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// What it gives, as the profile writes it.
    pub gives: String,
}

impl Column {
    /// Whether goodput is held against it.
    pub fn is_goodput(&self) -> bool {
        GOODPUT.contains(&self.table.as_str())
    }

    /// The smallest row that gives at least `needed` (in SI base units); `None` if none does.
    pub fn next(&self, profile: &Profile, needed: f64) -> Option<Sku> {
        let row = |name: &str| {
            let entry = profile.get(&format!("{}.{name}.{}", self.table, self.column))?;
            let (_, gives) = quantity(&entry.value)?;
            Some((gives, Sku { table: self.table.clone(), name: name.to_owned(), gives: entry.value.clone() }))
        };
        let enough = profile.rows(&self.table).into_iter().filter_map(row).filter(|(gives, _)| *gives >= needed);
        enough.reduce(|best, next| if next.0 < best.0 { next } else { best }).map(|(_, sku)| sku)
    }
}

/// The column named `table` or `table.column` whose cells are of this kind.
fn column(profile: &Profile, named: &str, kind: Kind) -> Option<Column> {
    let fits = |table: &str, column: &str| {
        let kind_of = |row: &str| profile.get(&format!("{table}.{row}.{column}")).and_then(|entry| quantity(&entry.value)).map(|(kind, _)| kind);
        profile.rows(table).into_iter().any(|row| kind_of(row) == Some(kind))
    };
    let found = |table: &str, column: &str| Column { table: table.to_owned(), column: column.to_owned() };
    match named.split_once('.') {
        Some((table, column)) => fits(table, column).then(|| found(table, column)),
        None => SIZES.iter().find(|column| fits(named, column)).map(|column| found(named, column)),
    }
}

/// The columns to look in: those named, or what goes with the key that is sought.
pub fn columns(named: Option<&At<Vec<At<String>>>>, kind: Option<Kind>, key: Option<&str>, mistakes: &mut Mistakes) -> Vec<Column> {
    // Every profile has these tables; which rows they have is asked of the scenario's own.
    let Ok(profile) = Profile::load(profile::DEFAULT) else { return Vec::new() };
    let Some(named) = named else {
        let tables: &[&str] = match kind {
            Some(Kind::BitRate) => &OF_BIT_RATES,
            Some(Kind::Amount) if key.is_some_and(|key| key.contains("retention") || key.contains("disks")) => &OF_DRIVES,
            _ => &[],
        };
        return tables.iter().filter_map(|table| column(&profile, table, kind?)).collect();
    };
    let mut found = Vec::new();
    for at in named.iter() {
        match kind.and_then(|kind| column(&profile, at, kind)) {
            Some(column) => found.push(column),
            None => {
                let problem = format!("the profile has no table `{}` of what is sought", at.value);
                mistakes.at(
                    &at.span,
                    problem,
                    "write a table, or table.column, such as \"expressroute_circuit\", \"vpn_gateway.aggregate\" or \"disk_tier\"",
                );
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(table: &str, kind: Kind, needed: f64) -> Option<String> {
        let profile = Profile::load(profile::DEFAULT).unwrap();
        column(&profile, table, kind).unwrap().next(&profile, needed).map(|sku| format!("{} {}", sku.name, sku.gives))
    }

    #[test]
    fn the_next_size_up_is_the_smallest_that_is_enough() {
        assert_eq!(next("expressroute_circuit", Kind::BitRate, 500e6).as_deref(), Some("500 Mbps 500 Mbps"));
        assert_eq!(next("expressroute_circuit", Kind::BitRate, 501e6).as_deref(), Some("1 Gbps 1 Gbps"));
        assert_eq!(next("vpn_gateway", Kind::BitRate, 2.6e9).as_deref(), Some("VpnGw4 5000 Mbps"));
        assert_eq!(next("vpn_gateway.gcmaes256", Kind::BitRate, 2.6e9), None);
        assert_eq!(next("disk_tier", Kind::Amount, 300.0 * 1_073_741_824.0).as_deref(), Some("P20 512 GiB"));
        assert_eq!(next("expressroute_circuit", Kind::BitRate, 1e12), None);
    }

    #[test]
    fn a_table_of_something_else_is_none() {
        let profile = Profile::load(profile::DEFAULT).unwrap();
        assert_eq!(column(&profile, "disk_tier", Kind::BitRate), None);
        assert_eq!(column(&profile, "disk_teer", Kind::Amount), None);
        assert_eq!(column(&profile, "disk_tier.iops", Kind::Amount), None);
    }
}
