//! Sign-in by the region's identity provider.

use imaging_domain::Role;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// The identity provider (OpenID Connect), beside the local accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oidc {
    /// Issuer identifier, as the provider's tokens name it; empty: there is no provider.
    pub issuer: String,
    /// What it is called on the sign-in page.
    pub label: String,
    /// The hub's name at the provider.
    pub client_id: String,
    /// File with the hub's secret there, in its first line; empty: a public client.
    pub client_secret_file: PathBuf,
    /// Scopes that are asked for.
    pub scopes: Vec<String>,
    /// Claim with a person's role or groups.
    pub role_claim: String,
    /// Values of that claim that make each role.
    pub roles: Roles,
    /// Who bearer tokens have to be for; empty: none is taken.
    pub audience: String,
    /// PEM file of the authorities of the provider's certificate; empty: the machine's own.
    pub authorities_file: PathBuf,
}

/// Values of the role claim.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Roles {
    /// What makes a radiologist.
    pub radiologist: Vec<String>,
    /// What makes a technician.
    pub technician: Vec<String>,
    /// What makes an operator.
    pub operator: Vec<String>,
    /// What makes an auditor.
    pub auditor: Vec<String>,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            label: "single sign-on".into(),
            client_id: "regional-imaging-hub".into(),
            client_secret_file: PathBuf::new(),
            scopes: vec!["openid".into(), "profile".into()],
            role_claim: "groups".into(),
            roles: Roles::default(),
            audience: String::new(),
            authorities_file: PathBuf::new(),
        }
    }
}

impl Roles {
    /// The role of each value. A value under several roles has the one of fewer rights to images.
    pub fn by_value(&self) -> BTreeMap<String, Role> {
        let rows = [
            (&self.radiologist, Role::Radiologist),
            (&self.technician, Role::Technician),
            (&self.operator, Role::Operator),
            (&self.auditor, Role::Auditor),
        ];
        rows.into_iter().flat_map(|(values, role)| values.iter().map(move |value| (value.clone(), role))).collect()
    }
}
