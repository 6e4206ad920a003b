//! Commented scenarios to start from, one for each system and way.

/// Name, what it is for, and the text.
const STARTERS: [(&str, &str, &str); 8] = [
    ("vmware-internet", "VMware on premises to Azure over an Internet line", include_str!("starters/vmware-internet.toml")),
    ("vmware-expressroute", "VMware on premises to Azure over ExpressRoute, Microsoft peering", include_str!("starters/vmware-expressroute.toml")),
    ("vmware-vpn", "VMware on premises to a vault with private endpoints over a site-to-site VPN", include_str!("starters/vmware-vpn.toml")),
    (
        "vmware-er-private",
        "VMware on premises to a vault with private endpoints over ExpressRoute private peering",
        include_str!("starters/vmware-er-private.toml"),
    ),
    ("physical", "physical servers to Azure over an Internet line", include_str!("starters/physical.toml")),
    ("avs", "an Azure VMware Solution private cloud to another region", include_str!("starters/avs.toml")),
    ("modernized", "VMware on premises with the modernized appliance", include_str!("starters/modernized.toml")),
    ("azure-to-azure", "one Azure region to another", include_str!("starters/azure-to-azure.toml")),
];

/// The starter of this name.
pub fn starter(preset: &str) -> Option<String> {
    STARTERS.iter().find(|(name, _, _)| *name == preset).map(|(_, _, text)| (*text).to_string())
}

/// The names of the starters and what each is for.
pub fn starters() -> Vec<(&'static str, &'static str)> {
    STARTERS.iter().map(|(name, what, _)| (*name, *what)).collect()
}
