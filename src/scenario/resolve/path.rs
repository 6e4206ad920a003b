//! Process servers, appliances, cache accounts and apply of the world.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Account, AccountId, Apply, Hub, HubId, HubKind, Policy, StartState, System};
use crate::profile::Unit;
use crate::scenario::located::At;
use crate::scenario::raw::{ProcessServer, Scenario, Site};
use crate::scenario::reading::suggest;
use crate::scenario::resolve::context::Context;
use crate::scenario::resolve::limits;
use crate::scenario::values::OrOff;
use crate::units::{ByteRate, DataSize, Share};

/// More hubs than this is a slip.
const MOST_HUBS: usize = 10_000;

/// The hubs of the world and how many machines each has.
#[derive(Clone)]
pub(super) struct Hubs {
    hubs: Vec<Hub>,
    /// Hubs by name, the first of equals.
    by_name: BTreeMap<String, usize>,
    machines: Vec<usize>,
    /// The same by number of machines: the one with the fewest comes first, and one that is critical after all others.
    fewest: BTreeSet<(bool, usize, usize)>,
    /// Machines that each is planned for.
    most: Vec<Option<usize>>,
    noun: &'static str,
}

/// The accounts of the world.
pub(super) struct Accounts {
    accounts: Vec<Account>,
    /// Accounts by name, the first of equals.
    by_name: BTreeMap<String, usize>,
    next: usize,
}

/// The kind of hub that a system has, what a scenario calls it, and the table it writes it in.
fn kind(system: System) -> (HubKind, &'static str) {
    match system {
        System::VmwareClassic | System::Physical | System::Avs => (HubKind::ProcessServer, "process server"),
        System::VmwareModernized => (HubKind::Appliance, "appliance"),
        System::AzureToAzure => (HubKind::CacheAccount, "cache account"),
    }
}

/// Builds the hubs.
pub(super) fn hubs(raw: &Scenario, system: System, machines: usize, context: &mut Context) -> Hubs {
    let (kind, noun) = kind(system);
    for (written, right, table) in
        [(&raw.process_server, kind == HubKind::ProcessServer, "[[process_server]]"), (&raw.appliance, kind == HubKind::Appliance, "[[appliance]]")]
    {
        if let (Some(first), false) = (written.first(), right) {
            let advice = match kind {
                HubKind::ProcessServer => "write [[process_server]] instead",
                HubKind::Appliance => "write [[appliance]] instead",
                HubKind::CacheAccount => "write [[account]] instead: a cache account in the source region",
            };
            context.error(&first.span, format!("profile {} has no {table}", context.profile.name), advice);
        }
    }
    let mut hubs = Hubs::none(noun);
    let written: Vec<At<ProcessServer>> = match kind {
        HubKind::ProcessServer => raw.process_server.clone(),
        HubKind::Appliance => raw.appliance.clone(),
        HubKind::CacheAccount => raw.account.iter().map(of_account).collect(),
    };
    for server in written.iter().filter(|server| !at_target(server)) {
        hubs.add(server, kind, raw, context);
    }
    if hubs.hubs.is_empty() {
        hubs.fill("process_server.count", machines, kind, raw, context);
    }
    hubs
}

fn at_target(server: &At<ProcessServer>) -> bool {
    server.value.site.as_ref().is_some_and(|site| site.value == Site::Target)
}

/// Refuses appliances at the target: they stand at home.
pub(super) fn refuse_at_target(raw: &Scenario, context: &mut Context) {
    for server in raw.appliance.iter().filter(|server| at_target(server)) {
        let at = server.value.site.as_ref().map_or(&server.span, |site| &site.span);
        context.error(at, "an appliance stands at home", "leave `site` out: any of them serves failback too");
    }
}

/// Refuses what is said of the health of appliances, and process servers that are critical where machines are to be protected through them as the run begins.
pub(super) fn refuse_critical(raw: &Scenario, hubs: &Hubs, policy: &Policy, context: &mut Context) {
    for critical in raw.appliance.iter().filter_map(|server| server.value.critical.as_ref()) {
        context.error(&critical.span, "of an appliance nothing is documented that its health decides", "leave `critical` out");
    }
    for server in raw.process_server.iter().filter(|server| policy.start_state == StartState::InitialReplication && !at_target(server)) {
        let (Some(name), Some(critical)) = (&server.value.name, server.value.critical.as_ref().filter(|at| at.value)) else { continue };
        let of_it =
            |hub: &Hub| hub.name == name.value || hub.name.strip_prefix(&format!("{}-", name.value)).is_some_and(|rest| rest.parse::<u32>().is_ok());
        if hubs.hubs.iter().zip(&hubs.machines).any(|(hub, machines)| hub.critical && *machines > 0 && of_it(hub)) {
            let problem =
                format!("`{}` is critical and cannot be chosen for new protection, and machines are first protected through it", name.value);
            context.error(&critical.span, problem, "give them another process server, or leave `critical` out");
        }
    }
}

/// Says of process servers at the target that they are idle, and why.
pub(super) fn idle_at_target(raw: &Scenario, why: &str, context: &mut Context) {
    for server in raw.process_server.iter().filter(|server| at_target(server)) {
        let name = server.value.name.as_ref().map_or("unnamed", |name| name.value.as_str());
        context.warnings.push(format!("process server `{name}` stands at the target, where it serves failback only: {why}"));
    }
}

/// The process servers at the target that serve the way back; as many as asked for where none is written.
pub(super) fn return_hubs(raw: &Scenario, machines: usize, context: &mut Context) -> Hubs {
    let kind = HubKind::ProcessServer;
    let mut hubs = Hubs::none("process server");
    for server in raw.process_server.iter().filter(|server| at_target(server)) {
        hubs.add(server, kind, raw, context);
        let taken = raw.process_server.iter().filter(|other| !at_target(other)).filter_map(|other| other.value.name.as_ref());
        if let Some(name) = &server.value.name
            && taken.clone().any(|other| other.value == name.value)
        {
            context.error(&name.span, format!("there are two process servers called `{}`", name.value), "give each its own name");
        }
    }
    if hubs.hubs.is_empty() {
        hubs.fill("process_server.failback_count", machines, kind, raw, context);
    }
    hubs
}

fn of_account(account: &At<crate::scenario::raw::Account>) -> At<ProcessServer> {
    let server = ProcessServer { name: Some(account.value.name.clone()), intake: account.value.limit.clone(), ..ProcessServer::default() };
    At { value: server, span: account.span.clone() }
}

impl Hubs {
    fn none(noun: &'static str) -> Self {
        Hubs { hubs: Vec::new(), by_name: BTreeMap::new(), machines: Vec::new(), fewest: BTreeSet::new(), most: Vec::new(), noun }
    }

    /// As many as the vendor's table asks for this many machines (its churn limit is reported, not planned for).
    fn fill(&mut self, key: &str, machines: usize, kind: HubKind, raw: &Scenario, context: &mut Context) {
        let default = At { value: ProcessServer::default(), span: 0..0 };
        let (pattern, most) = self.build("", &default, kind, raw, context);
        let count = if kind == HubKind::CacheAccount { 1 } else { most.map_or(1, |most| machines.div_ceil(most.max(1))).max(1) };
        if count > MOST_HUBS {
            let at = context.place_in("process_server_size");
            context.error(&at, format!("{machines} machines need {count} {}s, more than {MOST_HUBS}", self.noun), "plan more machines for each");
        }
        let back = if key == "process_server.count" { "" } else { "failback-" };
        for number in 1..=count.min(MOST_HUBS) {
            let name = match kind {
                HubKind::ProcessServer => format!("{back}ps-{number}"),
                HubKind::Appliance => format!("appliance-{number}"),
                HubKind::CacheAccount => "cache-account".to_string(),
            };
            self.push(Hub { name, ..pattern.clone() }, most);
        }
        context.assume(key, count.to_string(), format!("none written: as many as the size's table asks for {machines} machines"));
    }

    /// The first, as a pattern.
    pub(super) fn first(&self) -> Option<&Hub> {
        self.hubs.first()
    }

    /// Others under the same names, for the same machines.
    pub(super) fn changed(&self, change: impl Fn(Hub) -> Hub) -> Hubs {
        Hubs { hubs: self.hubs.iter().cloned().map(change).collect(), ..self.clone() }
    }

    /// The same in the other region, for the same machines.
    pub(super) fn mirrored(&self) -> Hubs {
        let hubs: Vec<Hub> = self.hubs.iter().map(|hub| Hub { name: format!("failback-{}", hub.name), ..hub.clone() }).collect();
        let by_name = hubs.iter().enumerate().map(|(number, hub)| (hub.name.clone(), number)).collect();
        Hubs { hubs, by_name, ..self.clone() }
    }

    /// One alone, without machines yet.
    pub(super) fn alone(hub: Hub, noun: &'static str) -> Hubs {
        let mut hubs = Hubs::none(noun);
        hubs.push(hub, None);
        hubs
    }

    fn push(&mut self, hub: Hub, most: Option<usize>) {
        let number = self.hubs.len();
        self.by_name.entry(hub.name.clone()).or_insert(number);
        self.fewest.insert((hub.critical, 0, number));
        self.hubs.push(hub);
        self.machines.push(0);
        self.most.push(most);
    }

    fn add(&mut self, written: &At<ProcessServer>, kind: HubKind, raw: &Scenario, context: &mut Context) {
        let Some(name) = &written.value.name else {
            context.missing(&written.span, format!("the {} has no name", self.noun), "add `name = …`");
            return;
        };
        let count = written.value.count.as_ref().map_or(1, |at| at.value);
        if let (Some(at), true) = (&written.value.count, count == 0 || count as usize > MOST_HUBS) {
            context.error(&at.span, format!("found a count of {count}"), format!("write a count from 1 to {MOST_HUBS}"));
            return;
        }
        if self.hubs.len() + count as usize > MOST_HUBS {
            let at = written.value.count.as_ref().map_or(&written.span, |at| &at.span);
            context.error(at, format!("there are more than {MOST_HUBS} {}s", self.noun), "write a smaller count");
            return;
        }
        let (hub, most) = self.build(&name.value, written, kind, raw, context);
        for number in 1..=count {
            let own = if count == 1 { name.value.clone() } else { format!("{}-{number}", name.value) };
            if self.by_name.contains_key(&own) {
                context.error(&name.span, format!("there are two {}s called `{own}`", self.noun), "give each its own name");
            }
            self.push(Hub { name: own, ..hub.clone() }, most);
        }
    }

    /// A hub from what is written, its size's row and the profile; and the machines it is planned for.
    fn build(&self, name: &str, written: &At<ProcessServer>, kind: HubKind, raw: &Scenario, context: &mut Context) -> (Hub, Option<usize>) {
        let server = &written.value;
        let size = size(server, context);
        let cell = |context: &mut Context, column: &str| {
            let key = format!("process_server_size.{size}.{column}");
            context.profile.get(&key).is_some().then_some(key)
        };
        let cache = match (&server.cache, cell(context, "cache")) {
            (Some(at), _) => {
                let text = shown(&at.value);
                context.check_as("process_server.cache", Unit::Size, &text, &at.span);
                context.state("process_server.cache", text);
                or_none(&at.value)
            }
            (None, Some(key)) => context.value::<DataSize>(&key),
            (None, None) => None,
        };
        let intake = match (&server.intake, cell(context, "intake")) {
            (Some(at), _) => {
                let text = shown(&at.value);
                context.check_as("process_server.intake", Unit::ByteRate, &text, &at.span);
                context.state("process_server.intake", text);
                or_none(&at.value)
            }
            (None, _) if kind == HubKind::CacheAccount => limits::account(&raw.limits, context),
            (None, Some(key)) => context.value::<ByteRate>(&key),
            (None, None) => context.value("process_server.intake"),
        };
        let intake_ops = match (&server.intake_ops, cell(context, "intake_ops")) {
            (Some(at), _) => {
                let text = shown(&at.value);
                context.check_as("process_server.intake_ops", Unit::Number, &text, &at.span);
                context.state("process_server.intake_ops", text);
                or_none(&at.value)
            }
            (None, Some(key)) => context.value::<f64>(&key),
            (None, None) => context.value("process_server.intake_ops"),
        };
        let most = cell(context, "machines").and_then(|key| context.value::<usize>(&key));
        let throttle_free: Share = context.pick(server.throttle_free.as_ref(), "process_server.throttle_free");
        let resume_free: Share = context.pick(server.resume_free.as_ref(), "process_server.resume_free");
        // With no room between the two, the throttle would go on and off without time passing.
        if resume_free.get() < throttle_free.get() + 0.01 - 1e-9 {
            let own = server.resume_free.as_ref().or(server.throttle_free.as_ref()).map(|at| &at.span);
            let at = context.place(own, &["process_server.resume_free", "process_server.throttle_free"]);
            context.error(
                &at,
                format!("the throttle would end at {resume_free} free, less than 1 % above where it starts ({throttle_free})"),
                "write a `resume_free` at least 1 % above `throttle_free`",
            );
        }
        let compression: Share = context.pick(server.compression.as_ref(), "process_server.compression");
        let hub = Hub {
            name: name.to_string(),
            kind,
            critical: server.critical.as_ref().is_some_and(|at| at.value),
            intake,
            intake_ops,
            cache,
            throttle_free,
            throttle_factor: context.pick(server.throttle_factor.as_ref(), "process_server.throttle_factor"),
            resume_free,
            alert_free: [context.need("process_server.alert_free_warning"), context.need("process_server.alert_free_critical")],
            alert_drain: [context.need("process_server.alert_drain_warning"), context.need("process_server.alert_drain_critical")],
            daily_limit: match cell(context, "churn_per_day") {
                Some(key) if server.daily_limit.is_none() => context.need(&key),
                _ => context.pick(server.daily_limit.as_ref(), "process_server.daily_limit"),
            },
            enforce_daily_limit: context.pick_flag(server.enforce_daily_limit, "process_server.enforce_daily_limit"),
            wire_per_tracked: 1.0 - compression.get(),
        };
        (hub, most)
    }

    /// The hub of a machine: by name, else the one with the fewest machines, the first of equals.
    pub(super) fn assign(&mut self, written: Option<&At<String>>, context: &mut Context) -> HubId {
        let chosen = match written {
            Some(name) => self.number(name, context).unwrap_or(0),
            None => {
                if self.hubs.len() > 1 {
                    let _: String = context.need("process_server.assignment");
                }
                self.fewest.first().map_or(0, |(.., number)| *number)
            }
        };
        if let Some(count) = self.machines.get_mut(chosen) {
            let critical = self.hubs[chosen].critical;
            self.fewest.remove(&(critical, *count, chosen));
            *count += 1;
            self.fewest.insert((critical, *count, chosen));
        }
        HubId(u32::try_from(chosen).unwrap_or(u32::MAX))
    }

    /// Warns of hubs with more machines than their size is planned for.
    pub(super) fn warn_of_crowds(&self, context: &mut Context) {
        for ((hub, machines), most) in self.hubs.iter().zip(&self.machines).zip(&self.most) {
            if let Some(most) = most.filter(|most| machines > most) {
                context.warnings.push(format!("{} `{}` has {machines} machines; the table plans its size for {most}", self.noun, hub.name));
            }
        }
    }

    /// The hub of this name, if there is one.
    pub(super) fn find(&self, name: &str) -> Option<HubId> {
        self.by_name.get(name).and_then(|&index| u32::try_from(index).ok()).map(HubId)
    }

    /// The names of all.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.hubs.iter().map(|hub| hub.name.as_str())
    }

    /// What a scenario calls them.
    pub(super) fn noun(&self) -> &'static str {
        self.noun
    }

    fn number(&self, name: &At<String>, context: &mut Context) -> Option<usize> {
        let found = self.by_name.get(&name.value).copied();
        if found.is_none() && context.is_news(&name.value, &name.span) {
            let advice = suggest(&name.value, self.hubs.iter().map(|hub| hub.name.as_str()));
            context.error(&name.span, format!("there is no {} `{}`", self.noun, name.value), advice);
        }
        found
    }

    pub(super) fn into_world(self) -> Vec<Hub> {
        self.hubs
    }
}

/// The row of the size table: as written, else the profile's.
fn size(server: &ProcessServer, context: &mut Context) -> String {
    let rows: Vec<String> = context.profile.rows("process_server_size").into_iter().map(str::to_string).collect();
    let Some(written) = &server.size else {
        let default: String = context.need("process_server.size");
        if !rows.contains(&default) {
            let advice = suggest(&default, rows.iter().map(String::as_str));
            context.error(&context.place_of("process_server.size"), format!("there is no size `{default}`"), advice);
        }
        return default;
    };
    if rows.contains(&written.value) {
        context.state("process_server.size", written.value.clone());
        return written.value.clone();
    }
    context.error(&written.span, format!("there is no size `{}`", written.value), suggest(&written.value, rows.iter().map(String::as_str)));
    String::new()
}

fn or_none<T: Copy>(value: &OrOff<T>) -> Option<T> {
    match value {
        OrOff::Off => None,
        OrOff::Is(value) => Some(*value),
    }
}

fn shown<T: std::fmt::Display>(value: &OrOff<T>) -> String {
    match value {
        OrOff::Off => "off".to_string(),
        OrOff::Is(value) => value.to_string(),
    }
}

/// Builds the accounts.
pub(super) fn accounts(raw: &Scenario, system: System, context: &mut Context) -> Accounts {
    if system == System::AzureToAzure {
        // The cache accounts are in the source region and stand in the hubs' place; the replica disks have no account between.
        let account = Account { name: "replica disks".to_string(), limit: None, operations: None };
        return Accounts { by_name: BTreeMap::from([(account.name.clone(), 0)]), accounts: vec![account], next: 0 };
    }
    let limit = limits::account(&raw.limits, context);
    let mut accounts: Vec<Account> = Vec::new();
    let mut by_name = BTreeMap::new();
    for account in &raw.account {
        let name = &account.value.name;
        if by_name.contains_key(&name.value) {
            context.error(&name.span, format!("there are two accounts called `{}`", name.value), "give each account its own name");
        }
        if let Some(own) = &account.value.limit {
            context.check("limits.account", &shown(&own.value), &own.span);
        }
        let limit = account.value.limit.as_ref().map_or(limit, |at| or_none(&at.value));
        by_name.entry(name.value.clone()).or_insert(accounts.len());
        accounts.push(Account { name: name.value.clone(), limit, operations: None });
    }
    if accounts.is_empty() {
        by_name.insert("cache-account".to_string(), 0);
        accounts.push(Account { name: "cache-account".to_string(), limit, operations: None });
    }
    Accounts { accounts, by_name, next: 0 }
}

impl Accounts {
    /// The account of a machine: by name, else in turn.
    pub(super) fn assign(&mut self, written: Option<&At<String>>, context: &mut Context) -> AccountId {
        let chosen = match written {
            Some(name) => self.by_name.get(&name.value).copied().unwrap_or_else(|| {
                if !context.is_news(&name.value, &name.span) {
                    return 0;
                }
                let advice = suggest(&name.value, self.accounts.iter().map(|account| account.name.as_str()));
                context.error(&name.span, format!("there is no account `{}`", name.value), advice);
                0
            }),
            None => {
                let chosen = self.next % self.accounts.len().max(1);
                self.next += 1;
                chosen
            }
        };
        AccountId(u32::try_from(chosen).unwrap_or(u32::MAX))
    }

    pub(super) fn into_world(self) -> Vec<Account> {
        self.accounts
    }
}

/// Apply at the target.
pub(super) fn apply(raw: &Scenario, context: &mut Context) -> Apply {
    Apply { rate: context.pick_or_off(raw.apply.rate.as_ref(), "apply.rate"), delay: context.pick(raw.apply.delay.as_ref(), "apply.delay") }
}
