//! `[telling]`: how hits are told outside.

use anyhow::{Result, bail};
use app::TellingConfig;
use serde::{Deserialize, Serialize};

/// How hits are told outside.
#[derive(Clone, Default, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TellingSection {
    /// Whom the people of a push service may write to: `mailto:…` or `https://…`; the server's own address, where it is https, when
    /// nothing is said. Some push services take nothing without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<String>,
    /// Hosts of push services beside those of the known browsers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) push_hosts: Vec<String>,
    /// Hosts inside the network to which messages may go, each with its port: `hooks.internal:8443`. Also without TLS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) private_hosts: Vec<String>,
}

impl TellingSection {
    /// What the app is told.
    pub(crate) fn app(&self) -> Result<TellingConfig> {
        if let Some(contact) = &self.contact
            && !contact.starts_with("mailto:")
            && !contact.starts_with("https://")
        {
            bail!("telling.contact: expected mailto:somebody@city.gov or https://…");
        }
        for host in &self.push_hosts {
            if host.is_empty() || host.contains(['/', ':', '*', '@']) {
                bail!("telling.push_hosts: \"{host}\" is no host such as push.example.gov");
            }
        }
        for host in &self.private_hosts {
            let port = host.rsplit_once(':').and_then(|(name, port)| {
                (!name.is_empty() && !name.contains(['/', '@'])).then_some(port)
            });
            if port.and_then(|port| port.parse::<u16>().ok()).is_none() {
                bail!(
                    "telling.private_hosts: \"{host}\" is no host with its port, such as hooks.internal:8443"
                );
            }
        }
        Ok(TellingConfig {
            contact: self.contact.clone(),
            push_hosts: self.push_hosts.clone(),
            private_hosts: self.private_hosts.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_contact_are_refused_by_name() {
        let read = |text: &str| toml::from_str::<TellingSection>(text).unwrap().app();
        let good = "contact = \"mailto:a@b.gov\"\npush_hosts = [\"push.b.gov\"]\nprivate_hosts = [\"hooks:8443\", \"[::1]:80\"]";
        assert_eq!(read(good).unwrap().private_hosts.len(), 2);
        for (bad, named) in [
            ("contact = \"a@b.gov\"", "telling.contact"),
            ("push_hosts = [\"https://push.b.gov\"]", "telling.push_hosts"),
            ("private_hosts = [\"hooks\"]", "telling.private_hosts"),
            ("private_hosts = [\"hooks:https\"]", "telling.private_hosts"),
        ] {
            assert!(read(bad).unwrap_err().to_string().starts_with(named), "{bad}");
        }
    }
}
