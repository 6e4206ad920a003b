//! The profiles' data: every value is sourced and well formed, and agrees with what was published.

use failback::profile::{self, Profile, Standing, Unit};
use failback::units::{BitRate, ByteRate, DataSize, Share, Span};

fn all() -> Vec<Profile> {
    profile::names().filter_map(|name| Profile::load(name).ok()).collect()
}

fn value<T: std::str::FromStr>(profile: &Profile, key: &str) -> Option<T> {
    profile.get(key).and_then(|entry| entry.value.parse().ok())
}

#[test]
fn every_profile_loads() {
    assert_eq!(all().len(), profile::names().count());
}

#[test]
fn every_value_has_source_date_and_standing() {
    for profile in all() {
        for entry in profile.entries() {
            assert!(!entry.source.is_empty() && !entry.date.is_empty(), "{}: {}", profile.name, entry.key);
            let year = entry.date.get(..4).and_then(|year| year.parse::<u32>().ok());
            assert!(year.is_some_and(|year| (1990..=2026).contains(&year)), "{}: date {}", entry.key, entry.date);
            if entry.standing == Standing::Assumed && entry.key != "link.mathis" {
                assert_eq!(entry.source, "no public figure", "{}: what nobody published has no source", entry.key);
            }
            if entry.standing != Standing::Assumed {
                assert_ne!(entry.source, "no public figure", "{}: {} needs a source", entry.key, entry.standing);
            }
        }
        assert!(profile.assumed().all(|entry| entry.standing == Standing::Assumed));
    }
}

#[test]
fn sources_are_written_out() {
    for profile in all() {
        for entry in profile.entries() {
            let alias = entry.source.split(':').next().unwrap_or_default();
            assert!(!matches!(alias, "sr" | "ad" | "none" | "legacy" | "stack"), "{}: {}", entry.key, entry.source);
        }
    }
}

#[test]
fn an_unknown_profile_is_an_error() {
    assert!(Profile::load("vmware").is_err());
    assert!(Profile::load("common").is_err(), "a part is no profile");
}

/// "per-day = MB/s x 86400/1024 truncated at the base row, then scaled": 2 MB/s is 168 GB a day, 4 MB/s 336, 8 MB/s 672, 5 MB/s 421, 20 MB/s 1684.
#[test]
fn churn_limits_give_the_published_gigabytes_per_day() {
    let profile = Profile::load(profile::DEFAULT).unwrap_or_default();
    for (key, base, gb_per_day) in [
        ("standard.io_8k", "standard.io_8k", 168.0),
        ("P10-P15.io_8k", "P10-P15.io_8k", 168.0),
        ("P10-P15.io_16k", "P10-P15.io_8k", 336.0),
        ("P10-P15.io_32k", "P10-P15.io_8k", 672.0),
        ("P20-P50.io_8k", "P20-P50.io_8k", 421.0),
        ("P20-P50.io_16k", "P20-P50.io_8k", 1684.0),
    ] {
        let rate = |row: &str| value::<ByteRate>(&profile, &format!("churn_limit.{row}")).map_or(f64::NAN, |r| r.as_bytes_per_s() / 1e6);
        let per_day = (rate(base) * 86_400.0 / 1024.0).floor() * rate(key) / rate(base);
        assert_eq!(per_day, gb_per_day, "{key}");
    }
}

/// What the pages do not say is not passed off as documented: where their tables end, what only a user quotes, what is read into an alert.
#[test]
fn what_the_pages_do_not_say_is_marked() {
    let standing = |name: &str, key: &str| Profile::load(name).ok().and_then(|profile| profile.get(key).map(|entry| entry.standing));
    let classic = |key: &str| standing(profile::DEFAULT, key);
    for cell in ["standard.io_8k", "P10-P15.io_8k", "P10-P15.io_16k", "P10-P15.io_32k", "P20-P50.io_8k", "P20-P50.io_32k"] {
        assert_eq!(classic(&format!("churn_limit.{cell}")), Some(Standing::Documented), "{cell}");
    }
    for cell in ["standard.io_16k", "P10-P15.io_24k", "P60-P80.io_8k", "P60-P80.io_32k"] {
        assert_eq!(classic(&format!("churn_limit.{cell}")), Some(Standing::Assumed), "{cell}");
    }
    assert_eq!(standing("vmware-classic-2018", "limits.vm"), Some(Standing::Assumed));
    assert_eq!(standing("azure-to-azure-2025", "policy.rpo_threshold"), Some(Standing::Derived));
    for key in ["policy.copy_disks_at_once", "apply.delay", "policy.app_every_max"] {
        assert_eq!((classic(key), standing("azure-to-azure-2025", key)), (Some(Standing::Documented), Some(Standing::Assumed)), "{key}");
    }
}

/// "time = 45 s per GiB" (moving from classic to modernized): 22.8 MiB/s per disk.
#[test]
fn checksum_rate_is_45_seconds_per_gib() {
    let profile = Profile::load(profile::DEFAULT).unwrap_or_default();
    let rate = value::<ByteRate>(&profile, "policy.checksum_rate").map_or(f64::NAN, ByteRate::as_bytes_per_s);
    assert!((DataSize::from_gib(1).as_f64() / rate - 45.0).abs() < 0.01, "{rate}");
}

/// Goodput of segments: 1460/1500, 1360/1400, and 93.5 % and 93.0 % through ESP with AES-GCM and AES-CBC (RFC 4303, 4106).
#[test]
fn payload_shares_follow_from_the_headers() {
    let profile = Profile::load(profile::DEFAULT).unwrap_or_default();
    for (row, payload, packet) in
        [("internet", 1460.0, 1500.0), ("expressroute", 1360.0, 1400.0), ("vpn_gcm", 1350.0, 1390.0 + 54.0), ("vpn_cbc", 1350.0, 1390.0 + 62.0)]
    {
        let share = value::<Share>(&profile, &format!("path.{row}.payload")).map_or(f64::NAN, Share::get);
        assert!((share - payload / packet).abs() < 0.001, "{row}: {share} against {}", payload / packet);
        let mss = value::<DataSize>(&profile, &format!("path.{row}.mss")).map_or(f64::NAN, DataSize::as_f64);
        assert_eq!(mss, payload, "{row}");
    }
}

/// A last mile that fails every 60 to 90 days and is repaired in 30 min (median), 8 h (95 %) is up 99.86 to 99.90 % of the time; a fibre cut lasts
/// over a day in one case of ten.
#[test]
fn outage_laws_give_the_availability_they_were_chosen_for() {
    let profile = Profile::load(profile::DEFAULT).unwrap_or_default();
    let hours = |key: &str| value::<Span>(&profile, &format!("outage_law.{key}")).map_or(f64::NAN, |span| span.as_secs_f64() / 3600.0);
    let sigma = |row: &str| (hours(&format!("{row}.p95")) / hours(&format!("{row}.median"))).ln() / 1.644_853_6;
    let mean = hours("last mile.median") * (sigma("last mile").powi(2) / 2.0).exp();
    assert!((2.0..2.2).contains(&mean), "mean repair {mean} h");
    let up = hours("last mile.mtbf") / (hours("last mile.mtbf") + mean);
    assert!((0.9986..=0.9990).contains(&up), "{up}");
    let p90 = hours("fibre cut.median") * (1.281_551_6 * sigma("fibre cut")).exp();
    assert!((p90 - 24.0).abs() < 0.1, "one in ten lasts {p90} h");
}

/// 600 disks at 4 MB/s or 300 at 8 MB/s per account (VMware); half of that between Azure regions.
#[test]
fn account_limits_are_disks_times_rate() {
    let rate = |name: &str| {
        let profile = Profile::load(name).unwrap_or_default();
        value::<ByteRate>(&profile, "limits.account").map_or(f64::NAN, |rate| rate.as_bytes_per_s() / 1e6)
    };
    assert_eq!(rate("vmware-classic-2021"), 600.0 * 4.0);
    assert_eq!(rate("azure-to-azure-2025"), 150.0 * 8.0);
}

/// The published aggregate and per-tunnel figures of VPN gateways, Mbit/s.
#[test]
fn vpn_gateways_as_published() {
    let profile = Profile::load(profile::DEFAULT).unwrap_or_default();
    let mbps = |key: &str| value::<BitRate>(&profile, &format!("vpn_gateway.{key}")).map(|rate| rate.as_bits_per_s() / 1e6);
    for (row, figures) in [
        ("VpnGw1", [650.0, 650.0, 500.0, 130.0]),
        ("VpnGw2 gen1", [1000.0, 1200.0, 650.0, 140.0]),
        ("VpnGw3 gen1", [1250.0, 1250.0, 700.0, 140.0]),
        ("VpnGw2 gen2", [1250.0, 1250.0, 550.0, 130.0]),
        ("VpnGw3 gen2", [2500.0, 1500.0, 700.0, 140.0]),
        ("VpnGw4", [5000.0, 2300.0, 700.0, 140.0]),
        ("VpnGw5", [10_000.0, 2300.0, 700.0, 140.0]),
    ] {
        let found = ["aggregate", "gcmaes256", "aes256", "3des"].map(|column| mbps(&format!("{row}.{column}")));
        assert_eq!(found, figures.map(Some), "{row}");
    }
    assert_eq!(mbps("Basic.aggregate"), Some(100.0));
}

#[test]
fn overrides_keep_to_unit_and_choices() {
    let mut profile = Profile::load(profile::DEFAULT).unwrap_or_default();
    assert_eq!(profile.get("link.sharing").map(|entry| (entry.unit, entry.choices.len())), Some((Unit::Text, 2)));
    assert!(profile.set("link.sharing", "max-min").is_ok());
    assert!(profile.set("link.sharing", "fifo").is_ok());
    assert!(profile.set("link.sharing", "fair").is_err());
    assert!(profile.set("limits.disk", "20 MB/s").is_ok());
    assert!(profile.set("limits.disk", "off").is_ok());
    assert!(profile.set("limits.disk", "quick").is_err());
    assert!(profile.set("run.start", "2026-13-05 00:00").is_err());
}
