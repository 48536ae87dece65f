//! `[agency.oidc]`: the agency's own OpenID Connect provider.

use anyhow::{Context as _, Result, bail};
use app::sign_in::{ClientSecret, GroupRoles, ProviderConfig, SecondFactor};
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// The provider that an agency's people sign in with.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcSection {
    /// Its issuer, such as `https://login.city.gov`.
    pub(crate) issuer: String,
    /// What this server is called there.
    pub(crate) client_id: String,
    /// A file that holds the secret that both share; none for a client that PKCE alone tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_secret_file: Option<Utf8PathBuf>,
    /// What the button says.
    #[serde(default = "default_label")]
    pub(crate) label: String,
    /// What is asked for beside `openid profile email`.
    #[serde(default = "default_scopes")]
    pub(crate) scopes: Vec<String>,
    /// The claim that names a person's groups.
    #[serde(default = "default_groups_claim")]
    pub(crate) groups_claim: String,
    /// Whether somebody who was invited is known, the first time, by a mail address that the provider verified.
    #[serde(default)]
    pub(crate) link_by_email: bool,
    /// What shows that a second factor was used: values of `amr`, of which one must be there, or of `acr`.
    #[serde(default)]
    pub(crate) second_factor: SecondFactor,
    /// Which roles a group stands for. A privileged one counts once somebody has approved it.
    #[serde(default)]
    pub(crate) roles: GroupRoles,
}

fn default_label() -> String {
    "Sign in with your agency".to_owned()
}

fn default_scopes() -> Vec<String> {
    vec!["groups".to_owned()]
}

fn default_groups_claim() -> String {
    "groups".to_owned()
}

impl OidcSection {
    /// What is wrong with it that can be told without asking the provider.
    pub(crate) fn check(&self) -> Result<()> {
        let on_this_machine = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
        let is_on_it = on_this_machine.iter().any(|beginning| self.issuer.starts_with(beginning));
        if !self.issuer.starts_with("https://") && !is_on_it {
            bail!("agency.oidc.issuer: expected https://");
        }
        if self.client_id.trim().is_empty() {
            bail!("agency.oidc.client_id: is empty");
        }
        if self.label.trim().is_empty() {
            bail!("agency.oidc.label: is empty");
        }
        if self.second_factor.amr.is_empty() && self.second_factor.acr.is_empty() {
            bail!("agency.oidc.second_factor: names nothing that would show a second factor");
        }
        Ok(())
    }

    /// What the app is told.
    pub(crate) fn app(&self) -> Result<ProviderConfig> {
        let secret = self.client_secret_file.as_ref().map(|path| {
            let text = std::fs::read_to_string(path).with_context(|| {
                format!("agency.oidc.client_secret_file: failed to read `{path}`")
            })?;
            let text = text.trim();
            if text.is_empty() {
                bail!("agency.oidc.client_secret_file: `{path}` is empty");
            }
            Ok(ClientSecret::new(text.to_owned()))
        });
        Ok(ProviderConfig {
            label: self.label.trim().to_owned(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: secret.transpose()?,
            scopes: self.scopes.clone(),
            groups_claim: self.groups_claim.clone(),
            second_factor: self.second_factor.clone(),
            roles: self.roles.clone(),
            links_by_email: self.link_by_email,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(rest: &str) -> OidcSection {
        let text =
            format!("issuer = \"https://login.city.gov\"\nclient_id = \"plateglass\"\n{rest}");
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn two_lines_are_enough_and_a_second_factor_is_always_asked_for() {
        let config = section("").app().unwrap();
        assert_eq!(config.second_factor.amr, ["mfa"]);
        assert!(!config.links_by_email && config.roles.is_empty());
        let none = section("[second_factor]\namr = []\n");
        assert!(none.check().unwrap_err().to_string().contains("second_factor"));
    }

    #[test]
    fn groups_stand_for_roles_by_their_words() {
        let config = section("[roles]\n\"PD Patrol\" = [\"officer\", \"trainer\"]\n");
        assert_eq!(config.roles.get("PD Patrol").map(std::collections::BTreeSet::len), Some(2));
        let wrong = "issuer = \"https://a\"\nclient_id = \"b\"\n[roles]\nx = [\"king\"]\n";
        assert!(toml::from_str::<OidcSection>(wrong).unwrap_err().to_string().contains("king"));
    }

    #[test]
    fn a_provider_without_tls_and_a_secret_that_is_not_there_are_refused_by_name() {
        let plain = OidcSection { issuer: "http://login.city.gov".to_owned(), ..section("") };
        assert!(plain.check().unwrap_err().to_string().contains("issuer"));
        let lost = section("client_secret_file = \"/nowhere/at/all\"\n");
        assert!(lost.app().unwrap_err().to_string().contains("client_secret_file"));
    }
}
