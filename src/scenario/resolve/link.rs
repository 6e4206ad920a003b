//! The links: what each kind is worth, its ceilings per VM, and whether replication may take it.

use std::ops::Range;

use crate::model::{Link, Sharing, System, mathis_limit, per_flow_ceiling, window_limit};
use crate::scenario::located::At;
use crate::scenario::raw::{Cipher, CommonLink, Gateways, LinkKind, Loss, Scenario, SharingRule, Vpn};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::calendar::Calendar;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::outage::{self, Anatomy};
use crate::units::{BitRate, DataSize, Share, Span};

/// No line is wider \[bit/s\].
const WIDEST: f64 = 1e15;

/// What a kind of link is worth, before what all kinds share.
struct Worth {
    name: String,
    /// Payload that crosses it \[bit/s\].
    goodput: BitRate,
    /// Row of the profile's `path_default`.
    path: &'static str,
    /// Row of the profile's `path` whose segment size holds.
    segments: &'static str,
    anatomy: Anatomy,
}

/// The forward link.
pub(super) fn forward(raw: &Scenario, system: System, calendar: &Calendar, context: &mut Context) -> Link {
    let Some(kind) = &raw.link.forward else {
        context.missing_table("link", "the scenario has no forward link", "add [link.forward]");
        return nothing();
    };
    let a2a = system == System::AzureToAzure;
    match &kind.value {
        LinkKind::InterRegion(_) if !a2a => {
            context.error(
                &kind.span,
                "`inter_region` joins two Azure regions",
                "write internet, expressroute_microsoft, expressroute_private or vpn",
            );
        }
        LinkKind::InterRegion(_) => {}
        _ if a2a => context.error(&kind.span, "two Azure regions are joined by Azure's own backbone", "write `inter_region = { … }`"),
        LinkKind::Vpn(vpn) => endpoints(vpn.private_endpoints.as_ref(), &kind.span, "a site-to-site VPN", context),
        LinkKind::ExpressRoutePrivate(private) => {
            endpoints(private.private_endpoints.as_ref(), &kind.span, "ExpressRoute private peering", context);
        }
        LinkKind::Internet(_) | LinkKind::ExpressRouteMicrosoft(_) => {}
    }
    build(kind, calendar, true, context)
}

/// Replication goes to a public endpoint unless the vault has private ones (MicrosoftDocs, concepts-expressroute-with-site-recovery.md).
fn endpoints(written: Option<&At<bool>>, at: &Range<usize>, what: &str, context: &mut Context) {
    if written.is_some_and(|at| at.value) {
        context.state("link.private_endpoints", "true".to_string());
        return;
    }
    let at = written.map_or(at, |at| &at.span);
    let problem = format!("replication does not take {what} to a vault without private endpoints");
    context.error(at, problem, "write `private_endpoints = true` if the vault has them, or take `internet` or `expressroute_microsoft`");
}

/// The failback link, if one is stated and somebody comes back over it (`wanted`).
pub(super) fn failback(raw: &Scenario, system: System, calendar: &Calendar, wanted: bool, context: &mut Context) -> Option<Link> {
    let kind = raw.link.failback.as_ref()?;
    let between_regions = matches!(kind.value, LinkKind::InterRegion(_));
    let private = matches!(kind.value, LinkKind::Vpn(_) | LinkKind::ExpressRoutePrivate(_));
    // Its process servers send to master targets, past any private endpoint of the vault.
    let classic = matches!(system, System::VmwareClassic | System::Physical | System::Avs);
    match system {
        _ if classic && !private => {
            context.error(&kind.span, "failback of this profile needs a private way", "write `vpn` or `expressroute_private`");
        }
        System::VmwareModernized if between_regions => {
            context.error(&kind.span, "`inter_region` joins two Azure regions", "write another kind of link");
        }
        System::AzureToAzure if !between_regions => {
            context.error(&kind.span, "two Azure regions are joined by Azure's own backbone", "write `inter_region = { … }`");
        }
        _ => {}
    }
    if !wanted {
        // Its values must be good, but are in force nowhere.
        let mut aside = context.aside();
        build(kind, calendar, !classic, &mut aside);
        context.findings.append(&mut aside.findings);
        context.warnings.push("link.failback is checked, but nobody comes home over it in this scenario".to_string());
        return None;
    }
    let mut link = build(kind, calendar, !classic, context);
    // It fails by itself: its outages are others than those of the way out, and are named so.
    for process in &mut link.outages {
        process.name = format!("failback {}", process.name);
    }
    Some(link)
}

/// Builds a link; `to_vault` says whether data on it goes through the vault's endpoints.
fn build(kind: &At<LinkKind>, calendar: &Calendar, to_vault: bool, context: &mut Context) -> Link {
    let (worth, common) = match &kind.value {
        LinkKind::Internet(link) => (line("internet", "internet", &link.common(), &kind.span, context), link.common()),
        LinkKind::InterRegion(link) => {
            let bandwidth: BitRate = context.pick(link.bandwidth.as_ref(), "link.inter_region_bandwidth");
            let goodput = payload(bandwidth, &link.common(), "inter_region", context);
            (
                Worth { name: "inter-region".to_string(), goodput, path: "inter_region", segments: "inter_region", anatomy: Anatomy::OneLine },
                link.common(),
            )
        }
        LinkKind::ExpressRouteMicrosoft(link) => {
            let circuit = circuit(link.circuit.as_ref(), link.bandwidth.as_ref(), &kind.span, context);
            let anatomy = connections(link.connections.as_ref(), (link.bfd, "link.bfd_microsoft"), link.common_cause.as_ref(), context);
            let goodput = payload(circuit, &link.common(), "expressroute", context);
            let name = format!("expressroute-microsoft {circuit}");
            (Worth { name, goodput, path: "expressroute", segments: "expressroute", anatomy }, link.common())
        }
        LinkKind::ExpressRoutePrivate(link) => {
            let circuit = circuit(link.circuit.as_ref(), link.bandwidth.as_ref(), &kind.span, context);
            let gateway = er_gateway(link.gateway.as_ref(), link.scale_units.as_ref(), &kind.span, context);
            let anatomy = connections(link.connections.as_ref(), (link.bfd, "link.bfd"), link.common_cause.as_ref(), context);
            let half: Share = if to_vault { context.need("link.private_endpoint_factor") } else { Share::ONE };
            let smaller = circuit.as_bits_per_s().min(gateway.as_bits_per_s() * half.get());
            let goodput = payload(BitRate::from_bits_per_s(smaller), &link.common(), "expressroute", context);
            let name = format!("expressroute-private {circuit}");
            (Worth { name, goodput, path: "expressroute", segments: "expressroute", anatomy }, link.common())
        }
        LinkKind::Vpn(link) => (vpn(link, &kind.span, context), link.common()),
    };
    finish(worth, &common, calendar, context)
}

/// A plain line with a bandwidth of its own.
fn line(name: &str, row: &'static str, common: &CommonLink<'_>, at: &Range<usize>, context: &mut Context) -> Worth {
    let bandwidth = bandwidth(common.bandwidth, at, context);
    let goodput = payload(bandwidth, common, row, context);
    Worth { name: name.to_string(), goodput, path: row, segments: row, anatomy: Anatomy::OneLine }
}

fn bandwidth(written: Option<&At<BitRate>>, at: &Range<usize>, context: &mut Context) -> BitRate {
    match written {
        Some(written) => {
            if written.value.as_bits_per_s() <= 0.0 {
                context.error(&written.span, "a link of no bandwidth", "write a bandwidth above 0; for an outage, write `cuts`");
            } else if written.value.as_bits_per_s() > WIDEST {
                context.error(&written.span, "a link wider than 1000 Tbps", "write the bandwidth of a line, such as \"10 Gbps\"");
            }
            written.value
        }
        None => {
            context.missing(at, "the link has no bandwidth", "add `bandwidth = \"200 Mbps\"`");
            BitRate::default()
        }
    }
}

/// The payload share of a bit rate.
fn payload(rate: BitRate, common: &CommonLink<'_>, row: &str, context: &mut Context) -> BitRate {
    let share: Share = context.pick(common.payload, &format!("path.{row}.payload"));
    BitRate::from_bits_per_s(rate.as_bits_per_s() * share.get())
}

fn circuit(written: Option<&At<BitRate>>, bandwidth: Option<&At<BitRate>>, at: &Range<usize>, context: &mut Context) -> BitRate {
    if let Some(bandwidth) = bandwidth {
        context.error(&bandwidth.span, "an ExpressRoute circuit comes in sizes", "write `circuit = \"1 Gbps\"` instead of `bandwidth`");
        return bandwidth.value;
    }
    let Some(written) = written else {
        context.missing(at, "the ExpressRoute link has no circuit", "add `circuit = \"1 Gbps\"`");
        return BitRate::default();
    };
    let rows: Vec<String> = context.profile.rows("expressroute_circuit").into_iter().map(str::to_string).collect();
    if let Some(row) = rows.iter().find(|row| row.parse() == Ok(written.value)) {
        return context.need(&format!("expressroute_circuit.{row}.bandwidth"));
    }
    let mut sizes: Vec<BitRate> = rows.iter().filter_map(|row| row.parse().ok()).collect();
    sizes.sort_by(|a, b| a.as_bits_per_s().total_cmp(&b.as_bits_per_s()));
    let sizes: Vec<String> = sizes.iter().map(BitRate::to_string).collect();
    context.error(&written.span, format!("there is no circuit of {}", written.value), format!("known: {}", sizes.join(", ")));
    written.value
}

fn er_gateway(written: Option<&At<String>>, units: Option<&At<u32>>, at: &Range<usize>, context: &mut Context) -> BitRate {
    let Some(written) = written else {
        context.missing(at, "private peering goes through an ExpressRoute gateway", "add `gateway = \"ErGw1Az\"`");
        return BitRate::default();
    };
    let scaled = written.value.eq_ignore_ascii_case("ErGwScale");
    let rows: Vec<String> = context.profile.rows("expressroute_gateway").into_iter().map(str::to_string).collect();
    let row = if scaled { "ErGwScale unit".to_string() } else { written.value.clone() };
    let Some(row) = rows.iter().find(|known| known.eq_ignore_ascii_case(&row)) else {
        let names = rows.iter().map(|row| row.trim_end_matches(" unit"));
        context.error(&written.span, format!("there is no ExpressRoute gateway `{}`", written.value), suggest(&written.value, names));
        return BitRate::default();
    };
    let one: BitRate = context.need(&format!("expressroute_gateway.{row}.bandwidth"));
    match units {
        Some(units) if !scaled => {
            context.error(&units.span, "only the gateway ErGwScale has scale units", "leave `scale_units` out");
            one
        }
        Some(units) if !(1..=40).contains(&units.value) => {
            context.error(&units.span, format!("found {} scale units", units.value), "write 1 to 40");
            one
        }
        Some(units) => BitRate::from_bits_per_s(one.as_bits_per_s() * f64::from(units.value)),
        None => one,
    }
}

/// How many connections a circuit has, and how fast one takes over from the other; `default_bfd` is the key that says whether BFD finds a failure where the
/// scenario does not.
fn connections(
    written: Option<&At<u32>>,
    (bfd, default_bfd): (Option<bool>, &str),
    common_cause: Option<&At<Share>>,
    context: &mut Context,
) -> Anatomy {
    match written.map(|at| (at.value, &at.span)) {
        Some((1, _)) => return Anatomy::OneLine,
        Some((2, _)) | None => {}
        Some((other, span)) => context.error(span, format!("found {other} connections"), "a circuit has 2; write 2 or 1"),
    }
    let detection = if context.pick_flag(bfd, default_bfd) { "link.bfd_detection" } else { "link.bgp_detection" };
    let detection: Span = context.need(detection);
    let convergence: Span = context.need("link.convergence");
    Anatomy::TwoConnections { common_cause: context.pick(common_cause, "link.common_cause"), switch_over: detection + convergence }
}

/// A VPN: the gateway's published goodput, its tunnels', and that of the line under it, whichever is least.
fn vpn(link: &Vpn, at: &Range<usize>, context: &mut Context) -> Worth {
    let cipher = match link.cipher.as_ref().map(|at| at.value) {
        Some(cipher) => cipher,
        None => match context.need::<String>("link.vpn_cipher").as_str() {
            "AES256" => Cipher::Aes256,
            "3DES" => Cipher::TripleDes,
            _ => Cipher::GcmAes256,
        },
    };
    let (column, segments) = match cipher {
        Cipher::GcmAes256 => ("gcmaes256", "vpn_gcm"),
        Cipher::Aes256 => ("aes256", "vpn_cbc"),
        Cipher::TripleDes => ("3des", "vpn_cbc"),
    };
    let active_active = match link.gateways.as_ref().map(|at| at.value) {
        Some(gateways) => gateways == Gateways::ActiveActive,
        None => context.need::<String>("link.vpn_gateways") == "active-active",
    };
    let row = vpn_row(link, at, context);
    let (aggregate, tunnel) = match &row {
        Some(row) => {
            let aggregate: BitRate = context.need(&format!("vpn_gateway.{row}.aggregate"));
            let key = format!("vpn_gateway.{row}.{column}");
            let tunnel = context.profile.get(&key).is_some().then(|| context.need::<BitRate>(&key));
            (aggregate.as_bits_per_s(), tunnel.map_or(aggregate.as_bits_per_s(), BitRate::as_bits_per_s))
        }
        None => (0.0, 0.0),
    };
    if let (Some(gateways), true, Some("Basic")) = (&link.gateways, active_active, row.as_deref()) {
        context.error(&gateways.span, "the gateway Basic has no active-active mode", "write \"active-standby\", or another `sku`");
    }
    let line = match &link.bandwidth {
        Some(written) => payload(bandwidth(Some(written), at, context), &link.common(), segments, context).as_bits_per_s(),
        None => {
            context.assume("link.line", "wider than the gateway", "the scenario names no `bandwidth` of the line under the VPN");
            let gateway = BitRate::from_bits_per_s(aggregate.min(tunnel));
            context.warnings.push(format!(
                "the scenario names no line under the VPN, so the gateway alone decides ({gateway}): if the line is narrower, write its `bandwidth`"
            ));
            f64::INFINITY
        }
    };
    let with = |tunnels: f64| aggregate.min(tunnel * tunnels).min(line);
    let goodput = with(if active_active { 2.0 } else { 1.0 });
    let left = active_active.then(|| Share::new(with(1.0) / goodput).unwrap_or(Share::ONE));
    let name = format!("vpn {}", row.as_deref().unwrap_or_default());
    Worth { name, goodput: BitRate::from_bits_per_s(goodput), path: "vpn", segments, anatomy: Anatomy::Gateway { left } }
}

/// The row of `vpn_gateway` for a SKU: with or without `AZ`, and by generation where there are two.
fn vpn_row(link: &Vpn, at: &Range<usize>, context: &mut Context) -> Option<String> {
    let Some(sku) = &link.sku else {
        context.missing(at, "the VPN has no gateway", "add `sku = \"VpnGw2\"`");
        return None;
    };
    let rows: Vec<String> = context.profile.rows("vpn_gateway").into_iter().map(str::to_string).collect();
    let plain = sku.value.trim().strip_suffix("AZ").unwrap_or(sku.value.trim());
    if rows.iter().any(|row| row == plain) {
        return Some(plain.to_string());
    }
    let generation: u32 = match &link.generation {
        Some(written) if !(1..=2).contains(&written.value) => {
            context.error(&written.span, format!("there is no generation {}", written.value), "write 1 or 2");
            return None;
        }
        Some(written) => written.value,
        None => context.need("link.vpn_generation"),
    };
    let row = format!("{plain} gen{generation}");
    if rows.contains(&row) {
        return Some(row);
    }
    let mut names: Vec<&str> = rows.iter().map(|row| row.split(' ').next().unwrap_or(row)).collect();
    names.dedup();
    names.sort_unstable();
    names.dedup();
    context.error(&sku.span, format!("there is no VPN gateway `{}`", sku.value), suggest(plain, names.into_iter()));
    None
}

/// What all kinds share: round trip, ceilings per VM, sharing, throttle, outages.
fn finish(worth: Worth, common: &CommonLink<'_>, calendar: &Calendar, context: &mut Context) -> Link {
    let rtt = round_trip(common, worth.path, context);
    let loss = loss(common.loss, worth.path, context);
    let mss: DataSize = context.pick(common.mss, &format!("path.{}.mss", worth.segments));
    let window: DataSize = context.pick(common.window, "link.window");
    let flows: u32 = context.pick(common.flows, "link.flows");
    let most: u32 = context.need("link.flows_max");
    if flows > most {
        let at = context.place(common.flows.map(|at| &at.span), &["link.flows", "link.flows_max"]);
        context.error(&at, format!("found {flows} parallel flows"), format!("the service takes 1 to {most}"));
    }
    let mathis = context.pick_flag(common.mathis, "link.mathis");
    let constant: f64 = if mathis { context.need("link.mathis_constant") } else { 0.0 };
    let by_loss = if mathis { mathis_limit(mss, rtt, loss, constant) } else { None };
    let background = common.background.map_or(BitRate::default(), |at| at.value);
    if let Some(at) = common.background.filter(|at| at.value.as_bits_per_s() >= worth.goodput.as_bits_per_s() && worth.goodput.as_bits_per_s() > 0.0)
    {
        let found = format!("the background traffic ({background}) leaves nothing of the link ({})", worth.goodput);
        context.error(&at.span, found, "write less background, or a wider link");
    }
    Link {
        name: worth.name,
        goodput: worth.goodput,
        rtt,
        loss,
        flow_ceiling: per_flow_ceiling(flows, window_limit(window, rtt), by_loss),
        sharing: sharing(common.sharing, context),
        background,
        throttle: outage::throttles(common.throttle, context),
        scheduled: outage::cuts(common.cuts, calendar, context),
        outages: outage::processes(common.outages, &worth.anatomy, context),
    }
}

fn sharing(written: Option<&At<SharingRule>>, context: &mut Context) -> Sharing {
    let rule = match written.map(|at| at.value) {
        Some(SharingRule::MaxMin) => "max-min".to_string(),
        Some(SharingRule::Fifo) => "fifo".to_string(),
        None => return if context.need::<String>("link.sharing") == "fifo" { Sharing::Fifo } else { Sharing::MaxMin },
    };
    let fifo = rule == "fifo";
    context.state("link.sharing", rule);
    if fifo { Sharing::Fifo } else { Sharing::MaxMin }
}

/// The round trip: as written, else between two regions by the profile, else the path's default.
fn round_trip(common: &CommonLink<'_>, path: &str, context: &mut Context) -> Span {
    let default = format!("path_default.{path}.rtt");
    let Some(between) = common.between else { return context.pick(common.rtt, &default) };
    if let Some(rtt) = common.rtt {
        context.error(&rtt.span, "`rtt` and `between` both say how long the round trip is", "leave one of them out");
    }
    let [a, b] = &between.value;
    for row in [format!("{a} - {b}"), format!("{b} - {a}")] {
        let key = format!("rtt.{row}.rtt");
        if context.profile.get(&key).is_some() {
            return context.need(&key);
        }
    }
    let wanted = format!("{a} - {b}");
    let rows: Vec<String> = context.profile.rows("rtt").into_iter().map(str::to_string).collect();
    context.error(
        &between.span,
        format!("no round trip is known for {wanted}"),
        format!("write `rtt` instead; {}", suggest(&wanted, rows.iter().map(String::as_str))),
    );
    Span::ZERO
}

fn loss(written: Option<&At<Loss>>, path: &str, context: &mut Context) -> Share {
    let key = format!("path_default.{path}.loss");
    let Some(written) = written else { return context.need(&key) };
    let loss = match &written.value {
        Loss::Share(share) => *share,
        Loss::Preset(name) => {
            let row = format!("loss_preset.{name}.loss");
            if context.profile.get(&row).is_some() {
                return context.need(&row);
            }
            let rows: Vec<String> = context.profile.rows("loss_preset").into_iter().map(str::to_string).collect();
            context.error(&written.span, format!("there is no loss preset `{name}`"), suggest(name, rows.iter().map(String::as_str)));
            return Share::ZERO;
        }
    };
    context.check(&key, &loss.to_string(), &written.span);
    context.state(&key, loss.to_string());
    loss
}

/// Stands for a link that could not be read.
fn nothing() -> Link {
    Link {
        name: String::new(),
        goodput: BitRate::default(),
        rtt: Span::ZERO,
        loss: Share::ZERO,
        flow_ceiling: None,
        sharing: Sharing::MaxMin,
        background: BitRate::default(),
        throttle: Vec::new(),
        scheduled: Vec::new(),
        outages: Vec::new(),
    }
}
