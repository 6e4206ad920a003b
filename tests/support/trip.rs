//! Round trips for test worlds: every step takes a stated time, the way back is as wide as a test says, and nothing is in the way.

use failback::model::{
    AfterFailover, Disaster, DisasterKind, DiskCopy, FailbackTime, Journey, Occurs, Overflow, PointChoice, Response, ReturnRules, StartState, Steps,
    World,
};
use failback::units::{BitRate, DataSize, DurationLaw, Instant, Share, Span};

/// A time in whole seconds.
pub fn secs(seconds: u64) -> DurationLaw {
    DurationLaw::Fixed(Span::from_secs(seconds))
}

/// The world with a round trip over a link home of so many bytes/s: no disaster yet, no failback unless a test asks for it.
pub fn with_journey(mut world: World, back_bytes_per_s: f64) -> World {
    let mut back = world.clone();
    back.link.goodput = BitRate::from_bits_per_s(back_bytes_per_s * 8.0);
    back.policy.start_state = StartState::InitialReplication;
    let copies = world.disks.iter().map(|disk| DiskCopy { checksum: world.policy.checksum_rate, scanned: disk.used, send: None }).collect();
    let hydrated = vec![false; world.vms.len()];
    world.journey = Some(Journey {
        disasters: Vec::new(),
        planned: Vec::new(),
        drills: Vec::new(),
        plans: Vec::new(),
        response: Response {
            point: PointChoice::Latest,
            change_point: None,
            commit_after: Span::from_secs(1000),
            reprotect_after: Some(Span::ZERO),
            new_servers: None,
            failback: None,
            back_point: PointChoice::Latest,
            cancel_back: None,
            change_back: None,
            back_drill: None,
            commit_back_after: Span::from_secs(700),
            protect_again: true,
        },
        steps: Steps {
            detect: secs(60),
            decide: secs(120),
            shut_down_home: secs(40),
            prepare_disks: secs(100),
            hydrate: secs(540),
            boot_target: secs(50),
            register: secs(600),
            autoscale: secs(0),
            shut_down_target: secs(30),
            attach_disks: secs(200),
            boot_home: secs(80),
            address_windows: secs(0),
            address_linux: secs(20),
            clean_up: secs(10),
            per_hour: (0.0, 0.0),
            hydrated,
        },
        rules: ReturnRules { copies, replay: Share::ZERO, full_below: Share::ZERO, again_by_difference: false, overflow: Overflow::DropOldest },
        after: AfterFailover { churn_factor: 1.0, bursts: Vec::<(DataSize, Span)>::new() },
        back: Some(Box::new(back)),
    });
    world
}

/// The journey of such a world.
pub fn journey(world: &mut World) -> &mut Journey {
    world.journey.as_mut().expect("the world was made with a journey")
}

/// Something happens once.
pub fn strikes(world: &mut World, at_s: u64, kind: DisasterKind) {
    let disasters = &mut journey(world).disasters;
    let name = format!("disaster-{}", disasters.len());
    disasters.push(Disaster { name, occurs: Occurs::At(vec![Instant::START + Span::from_secs(at_s)]), kind });
}

/// The fleet comes home as soon as it can.
pub fn comes_home(world: &mut World) {
    journey(world).response.failback = Some(FailbackTime { after: Span::ZERO, windows: Vec::new() });
}
