//! `failback story FILE --vm NAME`: run the scenario and tell what one machine lived through.

use crate::cli::progress::Progress;
use crate::cli::{Failure, StoryOptions, input, print};
use crate::model::{Vm, World};
use crate::report::story::{self, Whom};
use crate::simulate;

/// How alike a name must be to be suggested.
const ALIKE: f64 = 0.7;

/// Runs a scenario and prints one machine's story; nothing is written.
///
/// # Errors
/// [`Failure::Input`] for a scenario that cannot be run or a machine that is not in it.
pub fn story(options: &StoryOptions) -> Result<(), Failure> {
    let sets = input::overrides(&options.instead);
    let mut loaded = input::load(&options.file, &sets)?;
    let whom = whom(&loaded.world, &options.vm).ok_or_else(|| unknown(&loaded.world, options))?;
    input::warn(&loaded);
    // What the story is made of, whatever the scenario wants written.
    loaded.world.output.events = true;

    let mut progress = Progress::new(false);
    let mut output = simulate::run(&loaded.world, 0, &mut |share| progress.at(share));
    progress.done();
    input::describe(&loaded, &sets, &mut output.results);
    print::text(&story::story(&output, &whom, print::width()))
}

/// The machine of a name, with all that concerns it on its way there and back.
fn whom(world: &World, name: &str) -> Option<Whom> {
    let back = world.journey.as_ref().and_then(|journey| journey.back.as_deref());
    let mut found: Option<Whom> = None;
    for world in std::iter::once(world).chain(back) {
        let Some(vm) = world.vms.iter().find(|vm| vm.name == name) else { continue };
        let whom = found.get_or_insert_with(|| Whom { vm: name.to_owned(), disks: disks(world, vm), ..Whom::default() });
        let server = world.hubs.get(vm.hub.0 as usize).map(|hub| hub.name.clone());
        let group = vm.group.and_then(|group| world.groups.get(group.0 as usize)).map(|group| group.name.clone());
        let first = vm.first_disk.0;
        let hits = |disk: u32| (first..first + vm.disk_count).contains(&disk);
        let loads = world.load_events.iter().filter(|load| load.disks.iter().any(|disk| hits(disk.0))).map(|load| load.name.clone());
        add(&mut whom.servers, server);
        add(&mut whom.links, [world.link.name.clone()]);
        add(&mut whom.others, group.into_iter().chain(loads));
    }
    found
}

fn disks(world: &World, vm: &Vm) -> Vec<String> {
    let first = vm.first_disk.0 as usize;
    world.disks.iter().skip(first).take(vm.disk_count as usize).map(|disk| disk.name.clone()).collect()
}

/// Adds names that are not there yet.
fn add(names: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for name in more {
        if !names.contains(&name) {
            names.push(name);
        }
    }
}

fn unknown(world: &World, options: &StoryOptions) -> Failure {
    let score = |vm: &&Vm| strsim::jaro_winkler(&vm.name, &options.vm);
    let near = world.vms.iter().max_by(|a, b| score(a).total_cmp(&score(b))).filter(|vm| score(vm) > ALIKE);
    let advice = match (near, world.vms.first(), world.vms.last()) {
        (Some(near), ..) => format!("did you mean `{}`?", near.name),
        (None, Some(first), Some(last)) => format!("its machines are `{}` to `{}`", first.name, last.name),
        _ => "it has no machines".to_owned(),
    };
    Failure::typed(format!("--vm {}: {} has no such machine; {advice}", options.vm, options.file.display()))
}
