//! Retention drives of the master targets: what they hold, when they are full, and how far back they really reach.
//!
//! Nobody has published what a full drive does. By the rule in force the oldest point on the drive goes, a whole machine at a time, or replication to it pauses until
//! there is room; the newest point never goes: if that alone does not fit, replication pauses. They are looked at when markers are issued, once an hour while more than half is free.

use std::collections::BTreeMap;

use crate::life::State;
use crate::model::{self, Overflow, System, World};
use crate::results::{DriveResult, DriveRow};
use crate::simulate::journey::Journey;
use crate::simulate::journey::act::Act;
use crate::units::Instant;

/// Looks at the drives between two rows of the record.
const LOOKS_PER_ROW: u64 = 12;

/// Shortest time between two looks at a drive that is about to be full \[s\]: replication pauses so much too late at most.
const LEAST_GLANCE: f64 = 5.0;

/// Share of a drive below which it is looked at once an hour only, and not at every marker.
const AMPLE: f64 = 0.5;

/// One drive.
#[derive(Clone, Debug, Default)]
struct Drive {
    result: DriveResult,
    /// Machines of its master target.
    machines: Vec<u32>,
    /// When each machine had its first point on it \[s\].
    since: BTreeMap<u32, f64>,
    /// Used when it was looked at last: when, how much \[s, bytes\].
    last: (f64, f64),
    /// Points dropped: when they would have gone anyway, and what they held \[s, bytes\].
    dropped: Vec<(f64, f64)>,
    /// Since when replication to it pauses \[s\].
    paused: Option<f64>,
}

/// All drives.
#[derive(Clone, Debug, Default)]
pub(super) struct Drives {
    drives: Vec<Drive>,
    /// A look is on the calendar.
    looking: bool,
    /// Looks so far.
    looks: u64,
}

impl Drives {
    pub fn new(world: &World, plan: &model::Journey) -> Self {
        // The modernized appliance and Azure itself have none.
        let classic = !matches!(world.system, System::VmwareModernized | System::AzureToAzure);
        let targets = world.home.as_ref().filter(|_| classic && plan.back.is_some()).map_or(&[][..], |home| &home.master_targets);
        let window_s = plan.back.as_ref().map_or(0.0, |back| back.policy.retention.as_secs_f64());
        let machines = world.home.as_ref().map_or(&[][..], |home| &home.machines);
        let on = |number: usize| (0..machines.len() as u32).filter(|&vm| machines[vm as usize].master_target == Some(number)).collect();
        let drive = |(number, target): (usize, &model::MasterTarget)| Drive {
            machines: on(number),
            result: DriveResult {
                master_target: target.name.clone(),
                size_bytes: target.retention.size.as_f64(),
                window_s,
                ..DriveResult::default()
            },
            ..Drive::default()
        };
        Drives { drives: targets.iter().enumerate().map(drive).collect(), looking: false, looks: 0 }
    }

    pub fn finish(self, end: f64) -> Vec<DriveResult> {
        let finish = |mut drive: Drive| {
            drive.result.paused_s += drive.paused.map_or(0.0, |since| end - since);
            drive.result
        };
        self.drives.into_iter().filter(|drive| drive.result.machines > 0).map(finish).collect()
    }
}

impl Journey<'_> {
    /// Somebody is reprotected: from the next marker on the drives are looked at, until nobody is there any more.
    pub(super) fn begin_to_look(&mut self) {
        if let (false, false, Some(back)) = (self.drives.looking, self.drives.drives.is_empty(), self.plan.back.as_deref()) {
            self.drives.looking = true;
            let every = back.policy.crash_every.as_nanos().max(1);
            let next = (self.now.as_nanos() / every + 1) * every;
            self.push(Instant::from_nanos(next), Act::Look);
        }
    }

    /// Looks at the drives.
    pub(super) fn look_at_drives(&mut self) {
        self.drives.looks += 1;
        for number in 0..self.drives.drives.len() {
            // While there is ample room an occasional look will do.
            let drive = &self.drives.drives[number];
            let ample = drive.paused.is_none() && drive.last.1 < AMPLE * drive.result.size_bytes;
            if !ample || self.drives.looks.is_multiple_of(LOOKS_PER_ROW) || drive.result.rows.is_empty() {
                self.look_at(number);
            }
        }
        self.drives.looking = false;
        if self.back.as_ref().is_some_and(|leg| !leg.is_asleep()) {
            self.begin_to_look();
        }
    }

    /// Looks at one drive.
    pub(super) fn look_at(&mut self, number: usize) {
        let now = self.now_s();
        let on_it = self.drives.drives[number].machines.clone();
        let replicated =
            |state| matches!(state, State::Reprotecting | State::ReverseProtected | State::TestFailedBack | State::FailingBack | State::FailedBack);
        let Some(leg) = &mut self.back else { return };
        leg.settle();
        let mut held: Vec<(u32, f64, f64)> = Vec::new();
        for &vm in on_it.iter().filter(|&&vm| replicated(self.items[vm as usize].state)) {
            if let Some((bytes, oldest)) = leg.journal(vm) {
                held.push((vm, bytes, oldest));
            }
        }
        let drive = &mut self.drives.drives[number];
        let size = drive.result.size_bytes;
        if held.is_empty() && drive.last.1 <= 0.0 && drive.paused.is_none() {
            drive.last = (now, 0.0);
            return;
        }
        drive.result.machines = drive.result.machines.max(held.len() as u64);
        drive.since.retain(|vm, _| held.iter().any(|one| one.0 == *vm));
        held.iter().for_each(|one| {
            drive.since.entry(one.0).or_insert(one.2);
        });
        let mut used: f64 = held.iter().map(|one| one.1).sum();
        drive.dropped.retain(|&(gone, _)| gone > now);
        let wanted = used + drive.dropped.iter().map(|&(_, bytes)| bytes).sum::<f64>();
        drive.result.peak_wanted_bytes = drive.result.peak_wanted_bytes.max(wanted);
        if used > size && drive.result.first_full_s.is_none() {
            let (then, before) = drive.last;
            drive.result.first_full_s = Some(then + (now - then) * ((size - before) / (used - before)).clamp(0.0, 1.0));
            self.out.log.push(now, "retention_drive_full", &drive.result.master_target, "Its retention drive is full.".to_owned());
        }
        if self.plan.rules.overflow == Overflow::DropOldest {
            while used > size {
                // The oldest marker on the drive goes first.
                held.sort_by(|a, b| a.2.total_cmp(&b.2).then(a.0.cmp(&b.0)));
                let Some(place) = (0..held.len()).find(|&place| leg.drop_oldest_point(held[place].0)) else { break };
                let (vm, _, marker) = held[place];
                // A group's points are common ones: they go together.
                let group = self.world.vms[vm as usize].group;
                for one in &mut held {
                    let with = one.0 == vm
                        || (group.is_some() && self.world.vms[one.0 as usize].group == group && one.2 <= marker && leg.drop_oldest_point(one.0));
                    if with {
                        let (after, oldest) = leg.journal(one.0).unwrap_or((0.0, now));
                        drive.dropped.push((one.2 + drive.result.window_s, (one.1 - after).max(0.0)));
                        drive.result.dropped_points += 1;
                        *one = (one.0, after, oldest);
                    }
                }
                used = held.iter().map(|one| one.1).sum();
            }
        }
        let full = used > size;
        match (drive.paused, full) {
            (None, true) => {
                drive.paused = Some(now);
                on_it.iter().for_each(|&vm| leg.pause(vm, true));
            }
            (Some(since), false) => {
                drive.paused = None;
                drive.result.paused_s += now - since;
                on_it.iter().for_each(|&vm| leg.pause(vm, false));
            }
            // While it is full, points still age.
            (Some(_), true) => {
                held.iter().for_each(|one| leg.expire_points(one.0));
                // Those that came since pause too.
                on_it.iter().for_each(|&vm| leg.pause(vm, true));
            }
            (None, false) => {}
        }
        if used > drive.result.peak_bytes {
            (drive.result.peak_bytes, drive.result.peak_at_s) = (used, now);
        }
        let window = held.iter().map(|one| now - one.2).fold(f64::INFINITY, f64::min);
        // Of machines that could hold the whole window by now, or would if nothing had been dropped.
        let whole = |one: &&(u32, f64, f64)| {
            let reach = now - drive.since.get(&one.0).copied().unwrap_or(now);
            reach >= drive.result.window_s || (drive.result.dropped_points > 0 && one.2 > drive.since.get(&one.0).copied().unwrap_or(now))
        };
        let least = held.iter().filter(whole).map(|one| now - one.2).fold(f64::INFINITY, f64::min);
        if least.is_finite() {
            drive.result.least_window_s = Some(drive.result.least_window_s.map_or(least, |before| before.min(least)));
        }
        if self.drives.looks.is_multiple_of(LOOKS_PER_ROW) || held.is_empty() || drive.result.rows.is_empty() {
            drive.result.rows.push(DriveRow { at_s: now, used_bytes: used, window_s: if window.is_finite() { window } else { 0.0 } });
        }
        drive.last = (now, used);
        // Before the next marker it may be full, if all that the link carries goes there.
        let most = leg.most_bytes_per_s();
        let (room, every) = ((size - used).max(0.0), leg.world.policy.crash_every.as_secs_f64());
        if self.plan.rules.overflow == Overflow::Pause && drive.paused.is_none() && room < most * every {
            self.push_s(now + (room / most).max(LEAST_GLANCE), Act::Glance(number));
        }
    }
}
