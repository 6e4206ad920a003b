//! Section D: published examples of lag, windows and rates, and the vectors of the same kind in the fact sheet of Azure Site Recovery.

use failback::model::{CapacityChange, Fault, FaultKind, StartState, VmId};
use failback::results::Results;
use failback::simulate::run;
use failback::units::{BitRate, ByteRate, DataSize, Instant, Share, Span};

use crate::oracles::{MB, bytes, close, scenario, simulate};
use crate::support::churn::{batches, steady, table};
use crate::support::world::{Fleet, share};

/// 2^20 bytes: what Azure's tables call MB.
const MIB: f64 = 1_048_576.0;

/// NetApp: snapshot at 12:00, a transfer of 45 min, read 1 min after: lag 46 min. The run begins at 11:00 and ends at 12:46.
#[test]
fn d1_netapp_snapshot_lag() {
    let mut fleet = Fleet::new(Span::from_mins(106), MB);
    fleet.policy.crash_every = Span::from_hours(1);
    fleet.policy.app_every = None;
    fleet.vm(&[batches(Span::from_hours(1), 45.0 * 60.0 * MB, 1)]);
    let output = simulate(&fleet);
    let newest = output.calendars[0].points.last().expect("a point");
    close("transfer", newest.available_s - newest.marker_s, 45.0 * 60.0, 1.5);
    close("lag", 106.0 * 60.0 - newest.marker_s, 46.0 * 60.0, 1.5);
}

/// NetApp: snapshot at 17:00, the update starts at 01:00 and takes 30 min: lag 8 h 30. The update's start is the end of a cut of the link.
#[test]
fn d2_netapp_late_update() {
    let mut fleet = Fleet::new(Span::from_hours(12), MB);
    fleet.policy.crash_every = Span::from_hours(1);
    fleet.policy.app_every = None;
    fleet.vm(&[batches(Span::from_hours(1), 30.0 * 60.0 * MB, 1)]);
    let snapshot = Instant::START + Span::from_mins(59);
    let update = Instant::START + Span::from_hours(9);
    fleet.link.scheduled.push(CapacityChange { from: snapshot, to: update, factor: Share::ZERO, cause: "not scheduled".into() });
    let results = simulate(&fleet).results;
    close("lag", results.reported_rpo.fleet_worst.max, 8.5 * 3600.0 + 3600.0, 1.5);
    close("of the snapshot", results.lag.fleet_worst.max, 8.5 * 3600.0, 1.5);
}

/// TIBCO: 400 MB/h, 10 Mb/s, hourly checkpoint: published about 6 min and worst 66 min; exact 5.33 and 65.3 (interval + transfer). A target of 60 is
/// missed.
#[test]
fn d3_tibco_hourly_checkpoint() {
    let mut fleet = Fleet::new(Span::from_days(2), MB);
    fleet.link.goodput = BitRate::from_mbps(10.0);
    fleet.policy.crash_every = Span::from_hours(1);
    fleet.policy.app_every = None;
    fleet.policy.rpo_threshold = Span::from_hours(1);
    fleet.vm(&[batches(Span::from_hours(1), 400.0 * MB, 48)]);
    let output = simulate(&fleet);
    let point = output.calendars[0].points.last().expect("a point");
    close("transfer", (point.available_s - point.marker_s) / 60.0, 5.33, 0.02);
    let law = &output.results.reported_rpo.fleet_worst;
    close("worst", law.max / 60.0, 65.33, 0.02);
    assert!(law.share_over.expect("a threshold applies") > 0.0, "60 min must be missed");
}

/// AWS: servers of 5 and 7 MB/s need at least 12 MB/s; with 20 % headroom 14.4.
#[test]
fn d4_aws_two_servers() {
    let run = |link: f64| {
        let mut fleet = Fleet::new(Span::from_days(1), link * MB);
        fleet.vm(&[steady(5.0 * MB as f32)]);
        fleet.vm(&[steady(7.0 * MB as f32)]);
        simulate(&fleet).results
    };
    close("at 12", run(12.0).lag.fleet_worst.max, 0.0, 1e-6);
    // Shares at 11.9: 5 and 6.9; the larger falls behind by 0.1/7 of the day.
    close("at 11.9", run(11.9).lag.fleet_worst.max, 86_400.0 * 0.1 / 7.0, 1.0);
    let headroom = run(14.4);
    close("use at 14.4", headroom.link.mean_use, 1.0 / 1.2, 1e-9);
    // Over one day a link may fall behind by the 15 min that are allowed: 12 MB/s x (1 - 15 min / 1 day).
    close(
        "one queue",
        headroom.one_queue.levels.iter().map(|level| level.goodput_bit_per_s).fold(0.0, f64::max),
        96e6 * (1.0 - 900.0 / 86_400.0),
        1e3,
    );
}

/// Zerto: 1 TB/day is 92.6 Mb/s, and 20 TB changing by 5 % a day are 1 TB/day.
#[test]
fn d5_zerto_1_tb_per_day() {
    let run = |mbps: f64| {
        let mut fleet = Fleet::new(Span::from_days(1), MB);
        fleet.link.goodput = BitRate::from_mbps(mbps);
        for _ in 0..20 {
            fleet.vm(&[steady((0.05e12 / 86_400.0) as f32)]);
        }
        simulate(&fleet).results
    };
    let enough = run(92.6);
    close("written", enough.churn.written_bytes, 1e12, 1e6);
    close("at 92.6", enough.lag.fleet_worst.max, 0.0, 1e-6);
    assert!(run(92.5).lag.fleet_worst.max > 60.0, "92.5 Mb/s must not be enough");
}

/// Zerto's calculator: 200 MB/s with 40 % compression are 120 MB/s; 33 MB/s with 99 % are 0.33.
#[test]
fn d6_zerto_compression() {
    for (written, compression, sent) in [(200.0, 0.4, 120.0), (33.0, 0.99, 0.33)] {
        let run = |link: f64| {
            let mut fleet = Fleet::new(Span::from_hours(1), link * MB);
            fleet.hubs[0].wire_per_tracked = 1.0 - compression;
            fleet.vm(&[steady((written * MB) as f32)]);
            simulate(&fleet).results
        };
        let enough = run(sent * 1.000_001);
        close("on the wire", enough.link.carried_wire_bytes / 3600.0, sent * MB, 1e-6 * sent * MB);
        close("lag", enough.lag.fleet_worst.max, 0.0, 1e-3);
        close("10 % short", run(sent * 0.9).lag.fleet_worst.max, 360.0, 0.1);
    }
}

/// Dell PS: OC3, 155 Mb/s at 93 %, is 18.02 MB/s; 100 GB (of 1,024 x 10^6 bytes) in 5,683 s.
#[test]
fn d7_dell_oc3() {
    let mut fleet = Fleet::new(Span::from_hours(2), MB);
    fleet.link.goodput = BitRate::from_mbps(155.0 * 0.93);
    fleet.vm(&[steady(0.0)]);
    fleet.each_disk(|disk| disk.used = bytes(100.0 * 1.024e9));
    fleet.policy.start_state = StartState::InitialReplication;
    let results = simulate(&fleet).results;
    close("rate", results.link.goodput_bit_per_s / 8e6, 18.02, 0.005);
    close("duration", results.initial_replication.duration_s.expect("it ends"), 5683.0, 0.5);
}

/// The daily churn of Azure's limits: 2 MB/s -> 168 GB, 5 -> 421, both truncated, with 1 GB = 1,024 MB; 4 and 8 are 2 x and 4 x 168, 20 is 4 x 421. A
/// disk of that tier and write size that is written faster lands that much in a day, by the profile's table.
#[test]
fn d10_daily_churn_limits() {
    let day = |tier: &str, io: &str| {
        // The largest disk of each tier, which its limit follows.
        let size = [("standard", 128), ("P10", 128), ("P15", 256), ("P20", 512), ("P30", 1024), ("P50", 4095)];
        let gib = size.iter().find(|(name, _)| *name == tier).map_or(0, |(_, gib)| *gib);
        let text = format!(
            "horizon = \"1 day\"\nvm = [{{ name = \"db\", disks = [{{ size = \"{gib} GiB\" }}], tier = \"{tier}\", io = \"{io}\", churn.constant = \"40 MB/s\" }}]\n\
             agent.buffer = \"unlimited\"\nlink.forward.internet = {{ bandwidth = \"10 Gbps\", rtt = \"0 ms\" }}\n"
        );
        let world = scenario(&text).unwrap_or_else(|mistakes| panic!("{mistakes}")).world;
        run(&world, 0, &mut |_| ()).results.disks[0].landed_bytes / (1024.0 * MB)
    };
    for (tier, io, published) in [
        ("standard", "8 KiB", 168.0),
        ("P10", "8 KiB", 168.0),
        ("P15", "16 KiB", 336.0),
        ("P10", "32 KiB", 672.0),
        ("P20", "8 KiB", 421.0),
        ("P50", "16 KiB", 1684.0),
        ("P30", "64 KiB", 1684.0),
    ] {
        let (landed, base) = (day(tier, io), day(tier, "8 KiB"));
        close(&format!("{tier}, {io}"), base.floor() * landed / base, published, 1e-3);
    }
}

/// Petri.com, a plain Windows VM: more than 3 days at 256 kb/s, 2.5-3 h at 50 Mb/s. With the 10 GB that make the first one true, the second would
/// take under half
/// an hour: so the link was not what bound there, and only the first is reproduced.
#[test]
fn d11_petri_initial_copy() {
    let hours = |mbps: f64| {
        let mut fleet = Fleet::new(Span::from_days(7), MB);
        fleet.link.goodput = BitRate::from_mbps(mbps);
        fleet.vm(&[steady(0.0)]);
        fleet.each_disk(|disk| disk.used = bytes(10e9));
        fleet.policy.start_state = StartState::InitialReplication;
        simulate(&fleet).results.initial_replication.duration_s.expect("it ends within a week") / 3600.0
    };
    assert!(hours(0.256) > 72.0);
    close("not reproduced", hours(50.0), 10e9 * 8.0 / 50e6 / 3600.0, 1e-6);
}

/// Azure Stack Hub's appliance: 68 disks of 2 MB/s in 2 MB blocks (136 MB/s), 60 in 64 KB blocks, 28 of 1 MB/s in 8 KB blocks (3,584 operations/s),
/// 16 of 2 MB/s in 8 KB blocks (4,096): each fits an intake of 136 MB/s and 4,096
/// operations/s, one disk more in the first and the last does not.
#[test]
fn d12_stack_hub_appliance() {
    let lag = |disks: usize, rate: f64, block: f64| {
        let mut fleet = Fleet::new(Span::from_hours(2), 1000.0 * MIB);
        fleet.hubs[0].intake = Some(ByteRate::from_bytes_per_s(136.0 * MIB));
        fleet.hubs[0].intake_ops = Some(4096.0);
        for _ in 0..disks {
            fleet.vm(&[steady((rate * MIB) as f32)]);
        }
        fleet.each_disk(|disk| disk.io_size = bytes(block));
        simulate(&fleet).results.lag.fleet_worst.max
    };
    let table = [(68, 2.0, 2.0 * MIB), (60, 2.0, 65_536.0), (28, 1.0, 8192.0), (16, 2.0, 8192.0)];
    for (disks, rate, block) in table {
        close("lag", lag(disks, rate, block), 0.0, 1e-3);
    }
    assert!(lag(69, 2.0, 2.0 * MIB) > 60.0 && lag(17, 2.0, 8192.0) > 60.0, "one disk more must not fit");
}

/// An operation is one write as it is tracked. 1 MiB/s in 4 KiB writes are 256 operations/s, whether each is tracked as 8 KiB or, without a floor, as
/// itself; in 8 KiB writes they are 128.
#[test]
fn d12_operations_follow_the_tracked_floor() {
    let busiest = |block: f64, floor: f64| {
        let mut fleet = Fleet::new(Span::from_hours(1), 1000.0 * MIB);
        fleet.hubs[0].intake_ops = Some(200.0);
        fleet.vm(&[steady(MIB as f32)]);
        fleet.each_disk(|disk| (disk.io_size, disk.tracked_per_written) = (bytes(block), (floor / block).max(1.0)));
        let results = simulate(&fleet).results;
        (results.process_servers[0].peak_offered_ops_per_s, results.lag.fleet_worst.max > 60.0)
    };
    for (block, floor, operations) in [(4096.0, 8192.0, 256.0), (4096.0, 0.0, 256.0), (8192.0, 8192.0, 128.0), (8192.0, 16_384.0, 128.0)] {
        let (offered, behind) = busiest(block, floor);
        close("operations/s", offered, operations, 1e-9);
        assert_eq!(behind, operations > 200.0, "{block} B tracked as {floor} B at least");
    }
}

/// The sizing table's cache column: with the upload dead and churn at the band's maximum, an empty cache is down to 20 % free after 23 h (300 GB, 250
/// GB/day), 11.2 h (600 GB, 1 TB/day), 9.6 h (1 TB, 2 TB/day).
#[test]
fn d13_cache_hours_to_throttle() {
    for (cache, per_day, hours) in [(300.0, 250.0, 23.04), (600.0, 1024.0, 11.25), (1024.0, 2048.0, 9.6)] {
        let gib = 1024.0 * MIB;
        let mut fleet = Fleet::new(Span::from_hours(25), 0.0);
        fleet.hubs[0].cache = Some(bytes(cache * gib));
        fleet.vm(&[steady((per_day * gib / 86_400.0) as f32)]);
        let hub = &simulate(&fleet).results.process_servers[0];
        close("hours", 25.0 - hub.throttled_s / 3600.0, hours, 0.001);
    }
}

/// The sizing tables: 85, 150 and 225 machines, 250 GB, 1 TB and 2 TB a day, 300 GB, 600 GB and 1 TB of cache for a process server of 4, 8 and 12
/// vCPUs; fewer than 100, 150 and 200 machines for the built-in one of 8, 12 and 16. One machine more takes another server.
#[test]
fn d13_bands_of_machines_churn_and_cache() {
    for (size, machines, per_day_gib, cache_gib) in [
        ("4 vCPU", 85, 250, 300),
        ("8 vCPU", 150, 1024, 600),
        ("12 vCPU", 225, 2048, 1024),
        ("built-in 8 vCPU", 99, 500, 300),
        ("built-in 12 vCPU", 150, 1024, 600),
        ("built-in 16 vCPU", 200, 2048, 1024),
    ] {
        let hubs = |count: usize| {
            let text = format!(
                "vm = [{{ name = \"db\", count = {count}, churn = \"idle\" }}]\noverride.process_server.size = \"{size}\"\n\
                 link.forward.internet = {{ bandwidth = \"1 Gbps\" }}\n"
            );
            scenario(&text).unwrap_or_else(|mistakes| panic!("{mistakes}")).world.hubs
        };
        assert_eq!((hubs(machines).len(), hubs(machines + 1).len()), (1, 2), "{size}");
        let hub = &hubs(1)[0];
        assert_eq!((hub.daily_limit, hub.cache), (DataSize::from_gib(per_day_gib), Some(DataSize::from_gib(cache_gib))), "{size}");
    }
}

/// Legacy process server table: 300 / 600 / 1,000 GB a day are 27.8 / 55.6 / 92.6 Mb/s in (published rounded up, 30 / 60 / 100), and 0.7 of it out.
#[test]
fn v2_legacy_process_server_bandwidth() {
    for (gb, mbps) in [(300.0, 27.8), (600.0, 55.6), (1000.0, 92.6)] {
        let mut fleet = Fleet::new(Span::from_days(1), 1000.0 * MB);
        fleet.hubs[0].wire_per_tracked = 0.7;
        fleet.vm(&[steady((gb * 1e9 / 86_400.0) as f32)]);
        let results: Results = simulate(&fleet).results;
        close("in", results.process_servers[0].taken_in_bytes * 8.0 / 86_400.0 / 1e6, mbps, 0.05);
        close("out", results.link.carried_wire_bytes * 8.0 / 86_400.0 / 1e6, 0.7 * mbps, 0.05);
    }
}

/// The published scan rate, 45 s per GiB (22.8 MiB/s): a resync after a crash holds 256 GiB for 3.2 h, 512 GiB for 6.4 h; the published figures add
/// one hour around it.
#[test]
fn v11_resync_scan_rate() {
    for (gib, hours) in [(256.0, 3.2), (512.0, 6.4)] {
        let mut fleet = Fleet::new(Span::from_hours(12), MB);
        fleet.vm(&[steady(0.0)]);
        fleet.each_disk(|disk| disk.used = bytes(gib * 1024.0 * MIB));
        fleet.policy.checksum_rate = ByteRate::from_bytes_per_s(1024.0 * MIB / 45.0);
        fleet.faults.push(Fault { at: Instant::START + Span::from_hours(1), kind: FaultKind::VmCrash { vm: VmId(0) } });
        let results = simulate(&fleet).results;
        close("hours", results.disks[0].unordered_s / 3600.0, hours, 1e-3);
        assert_eq!(results.vms[0].resyncs, 1);
    }
}

/// Cache use = churn x time without upload: 2 MB/s x 250 s = 500 MB.
#[test]
fn v13_cache_use() {
    let mut fleet = Fleet::new(Span::from_hours(1), 10.0 * MB);
    fleet.hubs[0].cache = Some(bytes(600e9));
    fleet.vm(&[steady(2.0 * MB as f32)]);
    let from = Instant::START + Span::from_mins(10);
    fleet.link.scheduled.push(CapacityChange { from, to: from + Span::from_secs(250), factor: Share::ZERO, cause: "cut".into() });
    close("cache", simulate(&fleet).results.process_servers[0].peak_cache_bytes, 500.0 * MB, 1.0);
}

/// 10 MB/s over the limit for an hour at a time: the fact sheet says that sporadic churn above a limit catches up and continuous churn never does.
#[test]
fn s34_over_the_limit_sometimes_and_always() {
    let run = |rates: &[f32]| {
        let mut fleet = Fleet::new(Span::from_hours(10), 1000.0 * MB);
        fleet.vm(&[table(Span::from_hours(1), rates)]);
        fleet.each_disk(|disk| disk.churn_limit = Some(ByteRate::from_bytes_per_s(20.0 * MB)));
        simulate(&fleet).results
    };
    let burst = 30.0 * MB as f32;
    let sporadic = run(&[burst, 0.0, burst, 0.0]);
    close("catches up", sporadic.disks[0].pending_bytes, 0.0, 1.0);
    close("sporadic, worst", sporadic.lag.fleet_worst.max, 1800.0, 1e-6);
    let always = run(&[burst; 10]);
    close("never", always.lag.fleet_worst.max, 36_000.0 / 3.0, 1e-6);
    close("share over", sporadic.disks[0].share_over_limit, share(0.2).get(), 1e-9);
}
