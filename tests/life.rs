//! The protected item's life: every way through its states, and every documented condition that a site's facts can meet.

use std::collections::BTreeSet;
use std::path::Path;

use failback::life::conditions::{self, Judged};
use failback::life::state::{Direction, Place, STATES, State, TRIGGERS, Trigger, allowed, request};
use failback::life::{Subject, WayHome, extra_bytes, way_home, way_out};
use failback::model::{System, VmId, World};
use failback::scenario;

const SYSTEMS: [System; 5] = [System::VmwareClassic, System::Physical, System::Avs, System::VmwareModernized, System::AzureToAzure];

/// Where a state leads by one trigger.
fn next(system: System, from: State) -> impl Iterator<Item = (Trigger, State)> {
    TRIGGERS.into_iter().filter_map(move |by| request(system, from, by).ok().map(|to| (by, to)))
}

fn reached(system: System, from: State) -> BTreeSet<State> {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(state) = open.pop() {
        open.extend(next(system, state).map(|(_, to)| to).filter(|to| seen.insert(*to)));
    }
    seen
}

#[test]
fn every_state_is_reached_and_none_but_the_end_is_a_dead_end() {
    for system in SYSTEMS {
        let all = reached(system, State::Unprotected);
        let only_between_regions = [State::TestFailedBack, State::ChangingPointBack];
        let expected: BTreeSet<State> =
            STATES.into_iter().filter(|state| !only_between_regions.contains(state) || system == System::AzureToAzure).collect();
        assert_eq!(all, expected, "{system:?}");
        for &state in all.iter().filter(|state| **state != State::Ended) {
            assert!(reached(system, state).contains(&State::Protected), "{system:?}: from {state} no way leads to protection");
        }
        assert_eq!(next(system, State::Ended).count(), 0, "{system:?}: something leaves the end");
    }
}

/// A machine that runs at the target does not come to run at home by anything but a failback that is done, or the loss of the target: then its original is what is left.
#[test]
fn nothing_but_a_failback_brings_a_machine_home() {
    for system in SYSTEMS {
        for state in STATES {
            for (by, to) in next(system, state) {
                let moved = (state.runs_at(), to.runs_at()) == (Place::Target, Place::Home);
                assert!(!moved || by == Trigger::Lost, "{system:?}: {by} while {state}");
            }
        }
        for by in [Trigger::Failed, Trigger::Done] {
            assert_eq!(request(system, State::ChangingPoint, by), Ok(State::FailedOver), "{system:?}");
        }
        // A failover that failed is tried again (site-recovery-failover-to-azure-troubleshoot.md).
        let failed = request(system, State::FailingOver, Trigger::Failed).expect("it may fail");
        assert_eq!(request(system, failed, Trigger::Failover), Ok(State::FailingOver));
    }
}

#[test]
fn every_request_is_followed_or_refused_with_a_reason() {
    for system in SYSTEMS {
        for state in STATES {
            for trigger in TRIGGERS {
                if let Err(refusal) = request(system, state, trigger) {
                    assert!(!refusal.outcome.is_empty(), "{system:?}: {trigger} while {state} is refused without a reason");
                    assert!(refusal.allowed.iter().all(|by| request(system, state, *by).is_ok()));
                }
            }
            let offered = allowed(system, state);
            assert!(offered.iter().all(|trigger| trigger.is_request() && request(system, state, *trigger).is_ok()));
        }
    }
}

/// MicrosoftDocs/azure-docs: two windows without protection a round trip, from the failover and from the failback to the first point in the new direction.
#[test]
fn a_round_trip_has_two_unprotected_windows() {
    let trip = [
        (Trigger::Enable, State::InitialReplication),
        (Trigger::FirstPoint, State::Protected),
        (Trigger::Failover, State::FailingOver),
        (Trigger::Done, State::FailedOver),
        (Trigger::Commit, State::AtTarget),
        (Trigger::Reprotect, State::Reprotecting),
        (Trigger::FirstPoint, State::ReverseProtected),
        (Trigger::Failback, State::FailingBack),
        (Trigger::Done, State::FailedBack),
        (Trigger::Commit, State::AtHome),
        (Trigger::Reprotect, State::ProtectingAgain),
        (Trigger::FirstPoint, State::Protected),
    ];
    for system in SYSTEMS {
        let mut state = State::Unprotected;
        let mut ends_of_windows = 0;
        for (by, to) in trip {
            let before = state;
            state = request(system, state, by).expect("the way of the documentation");
            assert_eq!(state, to);
            // The first protection of all is no return to it.
            ends_of_windows += usize::from(!before.is_protected() && state.is_protected() && before != State::InitialReplication);
        }
        assert_eq!(ends_of_windows, 2, "{system:?}");
    }
}

#[test]
fn who_is_protected_is_replicated_and_runs_where_it_is_replicated_from() {
    for state in STATES {
        if state.is_protected() {
            let from = match state.replicates().expect("protected is replicated") {
                Direction::Forward => Place::Home,
                Direction::Reverse => Place::Target,
            };
            assert_eq!(state.runs_at(), from, "{state}");
        }
    }
}

/// Rows 21 to 23, 37 and 41 of docs/way-home.md, and what else the documentation says of single requests.
#[test]
fn rows_21_to_23_37_and_41_the_state_refuses() {
    let says = |system, state, trigger| request(system, state, trigger).expect_err("it is refused").outcome;
    let classic = System::VmwareClassic;
    assert!(says(classic, State::Ended, Trigger::Failback).contains("no failback"), "row 21");
    assert!(says(classic, State::AtTarget, Trigger::Failback).contains("not reprotected"), "row 22");
    assert!(says(classic, State::Reprotecting, Trigger::Failback).contains("no recovery point yet"), "row 23");
    assert_eq!(request(classic, State::FailingOver, Trigger::Cancel), Ok(State::Unprotected), "row 37");
    assert!(says(System::AzureToAzure, State::FailedOver, Trigger::Reprotect).contains("not been committed"), "row 41");
    // Only the modernized appliance keeps snapshots to go back to.
    assert!(request(classic, State::FailingBack, Trigger::Cancel).is_err());
    assert_eq!(request(System::VmwareModernized, State::FailingBack, Trigger::Cancel), Ok(State::ReverseProtected));
    // The way back is tested, and its point changed, from Azure to Azure only.
    assert!(request(classic, State::ReverseProtected, Trigger::Test).is_err());
    assert!(request(classic, State::FailedBack, Trigger::ChangePoint).is_err());
    assert_eq!(request(System::AzureToAzure, State::FailedBack, Trigger::ChangePoint), Ok(State::ChangingPointBack));
    assert!(says(classic, State::AtTarget, Trigger::ChangePoint).contains("commit has deleted"));
}

/// A classic site over a VPN with a Windows and a Linux machine, and what `home` and `more` state of it.
fn world(profile: &str, home: &str, more: &str) -> World {
    let text = format!(
        "profile = \"{profile}\"\nchurn.constant = \"1 MB/s\"\n[link.forward.vpn]\nsku = \"VpnGw2\"\nbandwidth = \"1 Gbps\"\nprivate_endpoints = true\n\
         [home]\n{home}\n{more}"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("site.toml");
    std::fs::write(&file, &text).expect("a file");
    load(&file).unwrap_or_else(|message| panic!("{message}\n{text}"))
}

fn load(file: &Path) -> Result<World, String> {
    scenario::load(file, &[]).map(|loaded| loaded.world).map_err(|mistakes| mistakes.render(false))
}

const TWO: &str = "[[vm]]\nname = \"win\"\nos = \"windows\"\n[[vm]]\nname = \"lin\"\nos = \"linux\"\n";
const TARGETS: &str = "[[home.master_target]]\nname = \"mt-win\"\nos = \"windows\"\n[[home.master_target]]\nname = \"mt-lin\"\nos = \"linux\"\n";

fn met(way: &WayHome) -> BTreeSet<&'static str> {
    way.obstacles.iter().map(|obstacle| obstacle.condition.key.as_str()).filter(|key| *key != "original-kept").collect()
}

fn blocked(world: &World, way: &WayHome) -> Vec<String> {
    (0..world.vms.len()).filter(|&vm| way.is_blocked(VmId(vm as u32))).map(|vm| world.vms[vm].name.clone()).collect()
}

#[test]
fn a_site_that_is_as_it_should_be_blocks_nobody() {
    let world = world("vmware-classic-2021", "", &format!("{TARGETS}{TWO}"));
    let way = way_home(&world).expect("a home is stated");
    assert_eq!(met(&way), BTreeSet::new());
    assert_eq!(blocked(&world, &way), Vec::<String>::new());
    // Both originals are there: row 24.
    assert_eq!(way.obstacles.len(), 2);
}

/// Every row of docs/way-home.md that is judged by facts: what a scenario states, which condition that meets, and whom it concerns.
#[test]
fn every_condition_that_facts_can_meet_is_met_by_one() {
    let classic = "vmware-classic-2021";
    let both = ["win", "lin"];
    let target = |more: &str| {
        format!(
            "[[home.master_target]]\nname = \"mt-win\"\nos = \"windows\"\n{more}\n[[home.master_target]]\nname = \"mt-lin\"\nos = \"linux\"\n{TWO}"
        )
    };
    let of_lin = |more: &str| format!("{TARGETS}{TWO}[vm.home]\n{more}\n");
    let of_win = |more: &str| format!("{TARGETS}{}", TWO.replacen("os = \"windows\"\n", &format!("os = \"windows\"\nhome.{more}\n"), 1));
    let group = |more: &str| {
        format!("{TARGETS}[[vm]]\nname = \"win\"\nos = \"windows\"\ngroup = \"g\"\n[[vm]]\nname = \"lin\"\nos = \"windows\"\ngroup = \"g\"\n{more}")
    };
    let site = || format!("{TARGETS}{TWO}");
    let none: [&str; 0] = [];
    let lin = ["lin"];
    let win = ["win"];
    let cases: Vec<(u32, &str, String, String, &[&str])> = vec![
        (2, classic, "configuration_server = \"down\"".into(), site(), &both),
        (3, classic, "configuration_server = \"other-address\"".into(), site(), &both),
        (4, classic, "connection = \"public\"".into(), site(), &both),
        (5, classic, String::new(), of_lin("reachable = false"), &lin),
        (6, classic, String::new(), of_lin("same_name_on_host = true"), &lin),
        (7, classic, String::new(), target("datastore_reachable = false"), &win),
        (8, classic, String::new(), of_lin("host_memory = false"), &lin),
        (9, classic, String::new(), target("snapshots = true"), &win),
        (10, classic, String::new(), target("disks = 60"), &win),
        (11, classic, String::new(), TWO.into(), &lin),
        (
            12,
            classic,
            String::new(),
            format!("{TARGETS}[[vm]]\nname = \"win\"\nos = \"windows\"\ngroup = \"g\"\n[[vm]]\nname = \"lin\"\nos = \"linux\"\ngroup = \"g\"\n"),
            &both,
        ),
        (
            13,
            classic,
            String::new(),
            group("home.master_target = \"mt-lin\"\n")
                .replace("os = \"linux\"", "os = \"windows\"")
                .replace("group = \"g\"\n[[vm]]", "group = \"g\"\nhome.master_target = \"mt-win\"\n[[vm]]"),
            &both,
        ),
        (14, classic, "plans = false".into(), group(""), &both),
        (15, classic, "vcenter_account = \"read-only\"".into(), site(), &both),
        (16, classic, "vcenter_connected = false".into(), site(), &both),
        (17, classic, "discovered = false".into(), site(), &both),
        (18, classic, "free_hypervisor = true".into(), site(), &both),
        (19, "physical-2021", String::new(), site(), &none),
        (20, classic, "hypervisor = \"hyper-v\"".into(), site(), &both),
        (24, classic, String::new(), site(), &none),
        (25, classic, String::new(), of_lin("original = \"lost\""), &none),
        (26, classic, String::new(), of_lin("datastore_mounted = false"), &lin),
        (27, classic, String::new(), of_lin("uuid_clash = true"), &lin),
        (28, classic, String::new(), target("controller = \"paravirtual\""), &win),
        (29, classic, String::new(), target("retention = { fault = \"cache-volume\" }"), &win),
        (30, classic, String::new(), target("moved = true"), &win),
        (31, classic, String::new(), target("newer = true"), &win),
        (38, classic, String::new(), of_win("disk_added = \"100 GB\""), &none),
        (39, classic, String::new(), of_lin("iscsi = \"200 GB\""), &none),
        (40, classic, String::new(), of_lin("disk_resized = true"), &none),
        (43, classic, String::new(), of_lin("efi = true"), &none),
        (44, classic, "clocks_agree = false".into(), site(), &none),
        (45, classic, "target_network = false".into(), site(), &both),
        (46, "physical-2021", "discovered = false".into(), site(), &both),
        (47, classic, String::new(), of_lin("original = \"deleted\""), &none),
        (49, classic, String::new(), of_lin("original = \"on\""), &none),
        (50, classic, "configuration_server = \"old-backup\"".into(), site(), &both),
        (51, classic, "same_deployment = false".into(), site(), &both),
    ];
    let mut tried = BTreeSet::new();
    for (row, profile, home, more, expected) in &cases {
        let world = world(profile, home, more);
        let way = way_home(&world).expect("a home is stated");
        let rows: BTreeSet<u32> = way.obstacles.iter().map(|obstacle| obstacle.condition.row).collect();
        assert!(rows.contains(row), "row {row}: only {rows:?} are met");
        assert_eq!(blocked(&world, &way), *expected, "row {row}: {:?}", met(&way));
        tried.insert(*row);
    }
    let facts: BTreeSet<u32> = conditions::all().iter().filter(|condition| condition.judged == Judged::Fact).map(|condition| condition.row).collect();
    tried.extend(OF_THE_WAY_OUT);
    assert_eq!(tried, facts, "every condition judged by facts has its case, here or in the next test");
}

/// Rows that concern protection and failover.
const OF_THE_WAY_OUT: [u32; 3] = [32, 33, 34];

/// The same for the facts of the target and of the process servers: by row, what a scenario states, and who is refused.
#[test]
fn every_condition_that_facts_of_the_target_can_meet_is_met_by_one() {
    let machines = |of_b: &str| {
        format!(
            "{}[[vm]]\nname = \"b\"\n{of_b}\n[[vm]]\nname = \"c\"\ntarget = {{ cores = 2, interfaces = 1 }}\n",
            "[[vm]]\nname = \"a\"\ntarget = { cores = 8, interfaces = 2 }\n"
        )
    };
    let b = machines("target = { cores = 8, interfaces = 2 }");
    let plan = "[[plan]]\nname = \"p\"\ngroups = [{ vms = [\"b\"] }, { vms = [\"c\"] }]\n";
    let ends = "[[disaster]]\nat = \"Wed 10:00\"\nsite_lost = {}\n";
    let cases: Vec<(u32, String, &[&str])> = vec![
        // 8 + 8 do not fit, 8 + 2 do: one that is refused takes no room.
        (33, format!("{b}[target]\ncores = 12\n"), &["b"]),
        (33, format!("{b}[target]\ncores = 7\n"), &["a", "b"]),
        // Those of a plan go first.
        (33, format!("{b}{plan}{ends}[target]\ncores = 12\n"), &["a"]),
        (32, format!("{b}[target]\ninterfaces = 4\n"), &["c"]),
        (32, machines("target.forbidden = \"policy\"").replace("cores = 8, interfaces = 2", "").replace("cores = 2, interfaces = 1", ""), &["b"]),
        (32, machines("target.forbidden = \"availability-set\"").replace("cores = 8, interfaces = 2", "").replace("cores = 2, interfaces = 1", ""), &["b"]),
        (34, "[[process_server]]\nname = \"x\"\ncritical = true\n[[process_server]]\nname = \"y\"\n[[vm]]\nname = \"a\"\nprocess_server = \"x\"\n[[vm]]\nname = \"b\"\n[[vm]]\nname = \"c\"\n".into(), &["a"]),
    ];
    let mut tried = BTreeSet::new();
    for (row, more, expected) in &cases {
        let world = world("vmware-classic-2021", "", more);
        let way = way_out(&world).expect("something is stated");
        let rows: BTreeSet<u32> = way.obstacles.iter().map(|obstacle| obstacle.condition.row).collect();
        assert_eq!(rows, BTreeSet::from([*row]), "{more}");
        let refused: Vec<&str> = (0..world.vms.len()).filter(|&vm| !way.by_vm[vm].is_empty()).map(|vm| world.vms[vm].name.as_str()).collect();
        assert_eq!(refused, *expected, "{more}");
        tried.insert(*row);
    }
    assert_eq!(tried, BTreeSet::from(OF_THE_WAY_OUT));
}

/// 60 disks per master target, its own included (vmware-azure-reprotect.md, 2018): 57 of machines fit beside 3 of its own, the 58th does not, and goes to the next.
#[test]
fn machines_are_spread_over_the_master_targets_of_their_family() {
    let site = |targets: u32, count: u32| {
        let targets: String = (1..=targets).map(|n| format!("[[home.master_target]]\nname = \"mt-{n}\"\nos = \"linux\"\n")).collect();
        world("vmware-classic-2021", "", &format!("{targets}[[vm]]\nname = \"web\"\nos = \"linux\"\ncount = {count}\n"))
    };
    let full = |world: &World| way_home(world).expect("a home is stated").obstacles.iter().filter(|obstacle| obstacle.condition.row == 10).count();
    assert_eq!(full(&site(1, 57)), 0);
    assert_eq!(full(&site(1, 58)), 1);
    let one = site(1, 58);
    assert_eq!(blocked(&one, &way_home(&one).expect("a home is stated")), ["web-58"]);
    // One that fits nowhere takes no room from those that do.
    let linux = |name: &str, more: &str| format!("[[vm]]\nname = \"{name}\"\nos = \"linux\"\n{more}\n");
    let targets = |count: u32| -> String { (1..=count).map(|n| format!("[[home.master_target]]\nname = \"mt-{n}\"\nos = \"linux\"\n")).collect() };
    let big = world("vmware-classic-2021", "", &format!("{}{}{}", targets(1), linux("big", "disks = [{ count = 58 }]"), linux("small", "")));
    assert_eq!(blocked(&big, &way_home(&big).expect("a home is stated")), ["big"]);
    // Largest first: 30 + 27 on each of two.
    let groups: String =
        [27, 27, 30, 30].iter().enumerate().map(|(n, count)| linux(&format!("g{n}"), &format!("group = \"g{n}\"\ncount = {count}"))).collect();
    let packed = world("vmware-classic-2021", "", &format!("{}{groups}", targets(2)));
    assert_eq!(blocked(&packed, &way_home(&packed).expect("a home is stated")), Vec::<String>::new());
    let two = site(2, 58);
    assert_eq!(full(&two), 0);
    let on_second = two.home.as_ref().expect("a home").machines.iter().filter(|machine| machine.master_target == Some(1)).count();
    assert_eq!(on_second, 1);
}

/// A group reprotects and fails back through one plan (rows 14 and 23): one blocked member holds the others.
#[test]
fn a_blocked_member_holds_its_group() {
    let member = |name: &str, more: &str| format!("[[vm]]\nname = \"{name}\"\nos = \"linux\"\n{more}\n");
    let (a, b) = (member("a", "group = \"g\""), member("b", "group = \"g\"\nhome.uuid_clash = true"));
    let world = world("vmware-classic-2021", "", &format!("{TARGETS}{a}{b}{}", member("c", "")));
    let way = way_home(&world).expect("a home is stated");
    assert_eq!(blocked(&world, &way), ["a", "b"]);
    assert_eq!(way.through, [Some(VmId(1)), None, None]);
}

#[test]
fn the_modernized_appliance_needs_no_master_target_and_no_private_way() {
    let world = world("vmware-modernized-2026", "connection = \"public\"", TWO);
    let way = way_home(&world).expect("a home is stated");
    assert_eq!(blocked(&world, &way), Vec::<String>::new());
    assert!(way.obstacles.iter().all(|obstacle| !matches!(obstacle.subject, Subject::MasterTarget(_))));
}

/// vmware-azure-exclude-disk.md and failover-failback-overview-modernized.md: on Linux a disk that was added comes home, but not through the modernized appliance.
#[test]
fn a_disk_that_was_added_at_the_target_comes_home_with_linux_on_the_classic_path_only() {
    let linux = "[[vm]]\nname = \"lin\"\nos = \"linux\"\nhome = { disk_added = \"100 GB\", iscsi = \"10 GB\" }\n";
    for (profile, targets, left, brought) in
        [("vmware-classic-2021", TARGETS, false, 110e9), ("physical-2021", TARGETS, false, 110e9), ("vmware-modernized-2026", "", true, 10e9)]
    {
        let world = world(profile, "", &format!("{targets}{linux}"));
        let way = way_home(&world).expect("a home is stated");
        assert_eq!(met(&way).contains("disk-added-in-azure"), left, "{profile}");
        let home = world.home.as_ref().expect("a home is stated");
        assert_eq!(extra_bytes(&world, home, VmId(0)), brought, "{profile}");
    }
}

/// A machine whose disk was resized comes home as a new one (row 40), so what its original holds is of no use (row 24).
#[test]
fn a_resized_disk_makes_the_original_useless() {
    let world = world("vmware-classic-2021", "", "[[vm]]\nname = \"win\"\nos = \"windows\"\nhome.disk_resized = true\n");
    let way = way_home(&world).expect("a home is stated");
    let rows: Vec<u32> = way.obstacles.iter().map(|obstacle| obstacle.condition.row).collect();
    assert_eq!(rows, [40]);
}

#[test]
fn nothing_is_judged_where_nothing_is_stated() {
    let world = load(Path::new("scenarios/vmware-internet.toml"));
    assert!(world.is_ok_and(|world| way_home(&world).is_none()));
}

const BEGIN: &str = "<!-- generated from the conditions: begin -->\n";
const END: &str = "<!-- generated from the conditions: end -->\n";

/// The table of docs/way-home.md; to renew it: `FAILBACK_RENEW=1 cargo test --test life`.
#[test]
fn the_document_lists_every_condition_with_its_check_and_test() {
    let path = Path::new("docs/way-home.md");
    let text = std::fs::read_to_string(path).expect("the document");
    let (head, rest) = text.split_once(BEGIN).expect("where the table begins");
    let (written, tail) = rest.split_once(END).expect("where it ends");
    let mut generated = String::from("| row | step | condition | what happens | check | test | source |\n|--:|---|---|---|---|---|---|\n");
    for condition in conditions::all() {
        let (check, test) = match condition.judged {
            Judged::Fact => {
                let but = if condition.why.is_empty() { String::new() } else { format!("; {}", condition.why) };
                let of = if OF_THE_WAY_OUT.contains(&condition.row) { "facts_of_the_target" } else { "facts" };
                (format!("facts: `{}`{but}", condition.key), format!("`every_condition_that_{of}_can_meet_is_met_by_one`"))
            }
            Judged::State if !condition.why.is_empty() => {
                (format!("state; {}", condition.why), "`rows_21_to_23_37_and_41_the_state_refuses`".to_owned())
            }
            Judged::State => ("state".to_owned(), "`rows_21_to_23_37_and_41_the_state_refuses`".to_owned()),
            Judged::Limit if condition.row == 35 => ("every run".to_owned(), "`the_second_throttle_holds_too` (`tests/planner`)".to_owned()),
            Judged::Limit => ("every check".to_owned(), "`group_too_large`, `disk_too_large` (`tests/bad_input`)".to_owned()),
            Judged::Run => ("in a run".to_owned(), format!("`row_{}_…` (`tests/journey`)", condition.row)),
        };
        let step = format!("{:?}", condition.step).to_lowercase().replace("reversereplication", "reverse replication");
        generated += &format!(
            "| {} | {step} | {} | {} | {check} | {test} | {}, {} |\n",
            condition.row, condition.met, condition.outcome, condition.source, condition.date
        );
    }
    if std::env::var_os("FAILBACK_RENEW").is_some() {
        std::fs::write(path, format!("{head}{BEGIN}{generated}{END}{tail}")).expect("the document can be written");
        return;
    }
    assert!(written == generated, "docs/way-home.md is stale; renew it: FAILBACK_RENEW=1 cargo test --test life");
}
