//! Retention drives of the master targets: what they hold, when they are full, and how far back they really reach.

use crate::model::{self, World};
use crate::results::DriveResult;
use crate::simulate::journey::Journey;

/// All drives.
#[derive(Debug, Default)]
pub(super) struct Drives {}

impl Drives {
    pub fn new(_world: &World, _plan: &model::Journey) -> Self {
        Drives {}
    }

    pub fn finish(self) -> Vec<DriveResult> {
        Vec::new()
    }
}

impl Journey<'_> {
    /// Looks at the drives, now that time has passed.
    pub(super) fn watch_drives(&mut self) {}
}
