//! Puts what was compared and what the runs said into the record.

use crate::experiment::compare::best::{self, Wanted};
use crate::experiment::compare::cost::costs;
use crate::experiment::compare::designs::{Design, differences};
use crate::experiment::compare::judge::{Indifference, judge, overall, simultaneous};
use crate::experiment::compare::record::{Comparison, DesignRuns, SCHEMA};
use crate::experiment::compare::rounds::{Lane, Lanes};
use crate::experiment::replications::HowMany;
use crate::format::{bit_rate, list};
use crate::results::{Standing, Stop};
use crate::stats::{Fraction, Next};

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What was set in every design.
    pub sets: Vec<String>,
    /// How many replications; not looked at where the best is wanted.
    pub how_many: HowMany,
    /// The best, if that is wanted.
    pub best: Option<Wanted>,
    /// A difference that does not matter.
    pub indifference: Option<Indifference>,
    /// Disasters a year, and where that comes from.
    pub disasters: (f64, Standing),
    /// Confidence of all intervals.
    pub level: Fraction,
}

/// The record of a comparison; `remarks` are those of the designs.
pub fn comparison(designs: &[Design], lanes: &Lanes, mut remarks: Vec<String>, asked: &Asked) -> Comparison {
    let labels: Vec<String> = designs.iter().map(|design| design.label.clone()).collect();
    let figures = judge(lanes, &labels, asked.level, asked.indifference.as_ref());
    if !lanes.left_out.is_empty() {
        let paths: Vec<String> = lanes.left_out.iter().map(|path| format!("`{path}`")).collect();
        remarks.push(format!("Left out, for not all designs have it: {}.", list(&paths)));
    }
    let of_design = |(design, lane): (&Design, &Lane)| {
        let (world, loaded) = (&design.loaded.world, &design.loaded);
        DesignRuns {
            label: design.label.clone(),
            file: design.file.display().to_string(),
            name: world.name.clone(),
            title: world.title.clone(),
            profile: world.profile.clone(),
            system: loaded.system_words.clone(),
            vms: world.vms.len() as u64,
            link: format!("{}, {}", world.link.name, bit_rate(world.link.goodput.as_bits_per_s())),
            warnings: loaded.warnings.clone(),
            fingerprint: loaded.fingerprint.clone(),
            random: lane.random(),
            runs: if lane.random() { lane.gathered.runs() as u64 } else { 1 },
            figures: lane.gathered.over_runs(asked.level),
        }
    };
    let stop = match (&asked.how_many, &asked.best) {
        (HowMany::Until(rule), None) if lanes.random() => {
            let known = lanes.known(asked.level);
            Some(Stop {
                figure: lanes.figures().first().map(|figure| figure.path().to_owned()).unwrap_or_default(),
                asked: rule.relative.get(),
                reached: known.and_then(|known| known.relative_half_width()).filter(|width| width.is_finite()),
                cap: rule.cap as u64,
                cap_hit: rule.next(lanes.rounds(), known.as_ref()) == Next::Capped,
            })
        }
        _ => None,
    };
    let first = designs.first().map(|design| &design.loaded.world);
    Comparison {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: first.map_or(0, |world| world.seed),
        start: first.map(|world| world.start.to_string()).unwrap_or_default(),
        horizon_s: first.map_or(0.0, |world| world.horizon.as_secs_f64()),
        set: asked.sets.clone(),
        replications: lanes.rounds() as u64,
        random: lanes.random(),
        stop,
        level: asked.level,
        level_each: simultaneous(asked.level, designs.len().saturating_sub(1)),
        designs: designs.iter().zip(&lanes.lanes).map(of_design).collect(),
        remarks,
        differences: differences(designs),
        verdict: overall(&figures, &labels),
        cost: costs(&lanes.lanes, &labels, &figures, asked.disasters),
        best: asked.best.as_ref().map(|wanted| best::found(lanes, &labels, wanted)),
        figures,
    }
}
