//! Links, as typed. All kinds have the keys of [`CommonLink`]; each adds its own.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::scenario::located::At;
use crate::scenario::values::{Days, FromText, Number, Several, TimeOfDay, When, read_text};
use crate::units::{BitRate, DataSize, Share, Span};

/// The two links.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Links {
    /// The way of the replication.
    pub forward: Option<At<LinkKind>>,
    /// The way back. Default: as `forward`, the other way (modernized, Azure to Azure); the classic product needs one of its own, a private one.
    pub failback: Option<At<LinkKind>>,
}

/// What a link is made of.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The Internet, HTTPS to a public endpoint.
    Internet(Box<Internet>),
    /// ExpressRoute, Microsoft peering.
    #[serde(rename = "expressroute_microsoft")]
    ExpressRouteMicrosoft(Box<ExpressRouteMicrosoft>),
    /// ExpressRoute, private peering, through an ExpressRoute gateway.
    #[serde(rename = "expressroute_private")]
    ExpressRoutePrivate(Box<ExpressRoutePrivate>),
    /// A site-to-site VPN through an Azure VPN gateway.
    Vpn(Box<Vpn>),
    /// Between two Azure regions.
    InterRegion(Box<InterRegion>),
}

macro_rules! link_kinds {
    ($($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$about])*
            #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
            #[serde(deny_unknown_fields, default)]
            pub struct $name {
                $($(#[$doc])* pub $field: $type,)*
                /// Bandwidth of the line.
                pub bandwidth: Option<At<BitRate>>,
                /// Round-trip time.
                pub rtt: Option<At<Span>>,
                /// The two Azure regions at the ends, for a round-trip time from the profile: `["West Europe", "UK South"]`.
                pub between: Option<At<[String; 2]>>,
                /// Share of packets lost (`1e-5`), or a name: `none`, `expressroute`, `good internet`, `business internet`, `poor internet`.
                pub loss: Option<At<Loss>>,
                /// Parallel flows per VM.
                pub flows: Option<At<u32>>,
                /// TCP window of one flow.
                pub window: Option<At<DataSize>>,
                /// TCP segment size.
                pub mss: Option<At<DataSize>>,
                /// Whether loss limits a flow (Mathis et al.), or only window and round-trip time.
                pub mathis: Option<bool>,
                /// Share of the bit rate that is payload.
                pub payload: Option<At<Share>>,
                /// How waiting disks share the link: `max-min` or `fifo`.
                pub sharing: Option<At<SharingRule>>,
                /// Traffic of others, taken off first.
                pub background: Option<At<BitRate>>,
                /// Times of day at which replication may use only so much.
                pub throttle: Vec<At<Throttle>>,
                /// Random outages: `none`, `suggested`, the name of a law such as `last mile`, laws of your own, or a list of these.
                pub outages: Option<At<Several<OutageEntry>>>,
                /// Outages at known times.
                pub cuts: Vec<At<Cut>>,
            }

            impl $name {
                /// The keys that all kinds have.
                pub(in crate::scenario) fn common(&self) -> CommonLink<'_> {
                    CommonLink {
                        bandwidth: self.bandwidth.as_ref(),
                        rtt: self.rtt.as_ref(),
                        between: self.between.as_ref(),
                        loss: self.loss.as_ref(),
                        flows: self.flows.as_ref(),
                        window: self.window.as_ref(),
                        mss: self.mss.as_ref(),
                        mathis: self.mathis,
                        payload: self.payload.as_ref(),
                        sharing: self.sharing.as_ref(),
                        background: self.background.as_ref(),
                        throttle: &self.throttle,
                        outages: self.outages.as_ref(),
                        cuts: &self.cuts,
                    }
                }
            }
        )*
    };
}

/// The keys that all kinds of link have, borrowed from one of them.
pub(in crate::scenario) struct CommonLink<'a> {
    pub bandwidth: Option<&'a At<BitRate>>,
    pub rtt: Option<&'a At<Span>>,
    pub between: Option<&'a At<[String; 2]>>,
    pub loss: Option<&'a At<Loss>>,
    pub flows: Option<&'a At<u32>>,
    pub window: Option<&'a At<DataSize>>,
    pub mss: Option<&'a At<DataSize>>,
    pub mathis: Option<bool>,
    pub payload: Option<&'a At<Share>>,
    pub sharing: Option<&'a At<SharingRule>>,
    pub background: Option<&'a At<BitRate>>,
    pub throttle: &'a [At<Throttle>],
    pub outages: Option<&'a At<Several<OutageEntry>>>,
    pub cuts: &'a [At<Cut>],
}

link_kinds! {
    /// The Internet.
    Internet {}

    /// ExpressRoute with Microsoft peering.
    ExpressRouteMicrosoft {
        /// Size of the circuit: `1 Gbps`.
        circuit: Option<At<BitRate>>,
        /// Connections of the circuit in use: 2 (as the SLA asks) or 1.
        connections: Option<At<u32>>,
        /// Whether a dead connection is found by BFD (under a second) or by BGP (minutes).
        bfd: Option<bool>,
        /// Share of the failures of one connection that take the other too.
        common_cause: Option<At<Share>>,
    }

    /// ExpressRoute with private peering.
    ExpressRoutePrivate {
        /// Size of the circuit: `1 Gbps`.
        circuit: Option<At<BitRate>>,
        /// ExpressRoute gateway: `ErGw1Az`.
        gateway: Option<At<String>>,
        /// Scale units, for the gateway `ErGwScale`.
        scale_units: Option<At<u32>>,
        /// Whether the vault has private endpoints; without them replication cannot take this way.
        private_endpoints: Option<At<bool>>,
        /// Connections of the circuit in use: 2 (as the SLA asks) or 1.
        connections: Option<At<u32>>,
        /// Whether a dead connection is found by BFD (under a second) or by BGP (minutes).
        bfd: Option<bool>,
        /// Share of the failures of one connection that take the other too.
        common_cause: Option<At<Share>>,
    }

    /// A site-to-site VPN over the Internet; `bandwidth` is the line under it.
    Vpn {
        /// Gateway SKU: `VpnGw2`, also as `VpnGw2AZ`.
        sku: Option<At<String>>,
        /// Generation of the gateway: 1 or 2.
        generation: Option<At<u32>>,
        /// Cipher of the tunnels.
        cipher: Option<At<Cipher>>,
        /// Whether one or both gateway instances carry traffic.
        gateways: Option<At<Gateways>>,
        /// Whether the vault has private endpoints; without them replication cannot take this way.
        private_endpoints: Option<At<bool>>,
    }

    /// The backbone between two Azure regions.
    InterRegion {}
}

/// Ciphers of VPN tunnels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Cipher {
    /// AES-GCM with 256 bits.
    #[serde(rename = "GCMAES256")]
    GcmAes256,
    /// AES with 256 bits and SHA-256.
    #[serde(rename = "AES256")]
    Aes256,
    /// Triple DES and SHA-256.
    #[serde(rename = "3DES")]
    TripleDes,
}

/// How the two instances of a VPN gateway work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gateways {
    /// One instance carries the traffic, the other waits.
    ActiveStandby,
    /// Both carry traffic, each with its own tunnel.
    ActiveActive,
}

/// How waiting disks share the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SharingRule {
    /// Max-min fair.
    MaxMin,
    /// One queue in order of arrival.
    Fifo,
}

/// Share of packets lost, or the name of a preset.
#[derive(Clone, Debug, PartialEq)]
pub enum Loss {
    /// This share.
    Share(Share),
    /// A row of the profile's `loss_preset`.
    Preset(String),
}

impl FromText for Loss {
    fn what() -> String {
        "a share of packets such as 1e-5, or a name such as \"good internet\"".to_string()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if text.trim().starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) || Number::from_text(text).is_ok() || text.trim() == "NaN" {
            return text.parse().map(Loss::Share).map_err(|error: crate::units::UnitError| error.to_string());
        }
        Ok(Loss::Preset(text.trim().to_string()))
    }
}

impl<'de> Deserialize<'de> for Loss {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read_text(deserializer)
    }
}

impl JsonSchema for Loss {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Loss".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": ["number", "string"], "minimum": 0, "maximum": 1, "examples": [1e-5, "0.001 %", "good internet"] })
    }
}

/// Times of day at which replication may use only so much of the link.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// Days it holds on: `Mon-Fri`. Default: every day.
    pub days: Option<Days>,
    /// From this time of day.
    pub from: At<TimeOfDay>,
    /// To this time of day; earlier than `from` means over midnight.
    pub to: At<TimeOfDay>,
    /// Ceiling.
    pub limit: At<BitRate>,
}

/// An outage at a known time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// When (first).
    pub at: At<When>,
    /// For how long.
    pub lasts: At<Span>,
    /// How often it comes again. Default: never.
    pub every: Option<At<Span>>,
    /// Share of the capacity that is left. Default: none.
    pub left: Option<At<Share>>,
    /// What it is, for the event log.
    pub cause: Option<String>,
}

/// Random outages: the name of a law, or a law.
#[derive(Clone, Debug)]
pub enum OutageEntry {
    /// `none`, `suggested`, or a row of the profile's `outage_law`.
    Named(String),
    /// A law of the scenario's own.
    Law(Box<OutageLaw>),
}

/// Up for an exponential time, then down for a repair time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutageLaw {
    /// Name for the event log. Default: `outage`.
    pub name: Option<String>,
    /// Mean time between failures.
    pub mtbf: At<Span>,
    /// Repair time: fixed (`2 h`), `{ mean = … }` exponential, or `{ median = …, p95 = … }` log-normal.
    pub repair: At<RepairLaw>,
    /// Share of the capacity that is left meanwhile. Default: none.
    pub left: Option<At<Share>>,
    /// Time until traffic moves to what is left, during which nothing flows.
    pub switch_over: Option<At<Span>>,
}

/// The law of a repair time.
#[derive(Clone, Debug)]
pub enum RepairLaw {
    /// Always the same.
    Fixed(Span),
    /// With parameters.
    Law(RepairParameters),
}

/// Parameters of a repair time: `mean` alone (exponential), or `median` and `p95` (log-normal).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepairParameters {
    /// Mean, of an exponential law.
    pub mean: Option<At<Span>>,
    /// Median, of a log-normal law.
    pub median: Option<At<Span>>,
    /// 95th percentile, of a log-normal law.
    pub p95: Option<At<Span>>,
}

struct OutageVisitor;

impl<'de> Visitor<'de> for OutageVisitor {
    type Value = OutageEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an outage law such as { mtbf = \"75 days\", repair = \"2 h\" }, or \"suggested\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OutageEntry, E> {
        Ok(OutageEntry::Named(text.trim().to_string()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OutageEntry, A::Error> {
        OutageLaw::deserialize(MapAccessDeserializer::new(map)).map(|law| OutageEntry::Law(Box::new(law)))
    }
}

impl<'de> Deserialize<'de> for OutageEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutageVisitor)
    }
}

impl JsonSchema for OutageEntry {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Outage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let law = generator.subschema_for::<OutageLaw>();
        schemars::json_schema!({ "anyOf": [{ "type": "string", "examples": ["suggested", "last mile"] }, law] })
    }
}

struct RepairVisitor;

impl<'de> Visitor<'de> for RepairVisitor {
    type Value = RepairLaw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a repair time such as \"2 h\", { mean = \"2 h\" } or { median = \"30 min\", p95 = \"8 h\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RepairLaw, E> {
        text.parse().map(RepairLaw::Fixed).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RepairLaw, A::Error> {
        RepairParameters::deserialize(MapAccessDeserializer::new(map)).map(RepairLaw::Law)
    }
}

impl<'de> Deserialize<'de> for RepairLaw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RepairVisitor)
    }
}

impl JsonSchema for RepairLaw {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Repair".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let time = generator.subschema_for::<Span>();
        let law = generator.subschema_for::<RepairParameters>();
        schemars::json_schema!({ "anyOf": [time, law] })
    }
}
