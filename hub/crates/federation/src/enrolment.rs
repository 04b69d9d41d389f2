//! How a hospital becomes a site: invited by the operator, enrolled by its one-time code, renewed by its certificate.

use crate::{
    authority::{Authority, CERTIFICATE_DAYS, fingerprint_of_pem},
    code::Code,
    error::Error,
    identity::Identity,
};
use access_control::{Manage, Object, decide};
use audit_log::{AuditLog, Event, Outcome, What};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use catalog::{Invitation, Registry};
use imaging_domain::{Principal, SiteId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;

const DAY_MS: i64 = 86_400_000;

/// How long a code can be used.
pub const INVITATION_MS: i64 = 30 * 60 * 1000;

/// What a hospital posts to be enrolled, or with an empty secret and its certificate to be renewed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The code's secret, base64url; empty on renewal.
    pub secret: String,
    /// PKCS #10 PEM.
    pub csr_pem: String,
}

/// What the hub answers.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    /// Who the hospital is now, `site:<id>`.
    pub identity: String,
    /// The certificate.
    pub certificate_pem: String,
    /// The region's authority.
    pub authority_pem: String,
    /// `host:port` of the listener for hospitals.
    pub federation: String,
}

/// The hub's side. Cheap to clone.
#[derive(Clone)]
pub struct Enrolment {
    /// The sites.
    pub registry: Arc<dyn Registry>,
    /// Who signs.
    pub authority: Authority,
    /// The audit log.
    pub audit: AuditLog,
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
    /// `host:port` of the listener for hospitals, as they can reach it.
    pub federation: String,
    /// `host:port` of the web listener, where enrolment is, as they can reach it.
    pub web: String,
}

impl Enrolment {
    /// Invites a site. `secret` is 32 bytes of a good random source. An earlier invitation of the site ends.
    ///
    /// # Errors
    /// [`Error::Refused`] when the principal may not manage sites.
    pub async fn invite(&self, who: &Principal, site: &SiteId, name: &str, secret: [u8; 32]) -> Result<Code, Error> {
        let permit = decide::<Manage>(who, Object::Site(site))?;
        let code = Code { authority: self.authority.fingerprint()?, secret, address: self.web.clone() };
        let invitation = Invitation {
            site: site.clone(),
            name: name.to_owned(),
            secret_digest: code.secret_digest(),
            expires_ms: (self.clock)() + INVITATION_MS,
        };
        self.audit.record(Event::new(What::Invite, who).site(site)).await?;
        self.registry.invite(&permit, invitation).await?;
        Ok(code)
    }

    /// Enrols whoever brings the secret of an open invitation.
    ///
    /// # Errors
    /// [`Error::Refused`] when the secret is wrong, used or too old: always the same answer.
    pub async fn enrol(&self, application: &Application) -> Result<Enrolled, Error> {
        let permit = decide::<Manage>(&Principal::Service("enrolment"), Object::Region)?;
        let redeemed = match URL_SAFE_NO_PAD.decode(&application.secret) {
            Ok(secret) => self.registry.redeem(&permit, &Sha256::digest(secret).into(), (self.clock)()).await.ok(),
            Err(_) => None,
        };
        let Some(site) = redeemed else {
            self.audit.record(Event::new(What::Enrol, &Principal::Anonymous).outcome(Outcome::Denied)).await?;
            return Err(Error::Refused);
        };
        self.certify(&Principal::Anonymous, site, &application.csr_pem).await
    }

    /// Gives a site, which its present certificate proved it is, a new certificate for a new key.
    ///
    /// # Errors
    /// [`Error::Refused`] when the principal is no site.
    pub async fn renew(&self, who: &Principal, application: &Application) -> Result<Enrolled, Error> {
        let Principal::Site(site) = who else { return Err(Error::Refused) };
        self.certify(who, site.clone(), &application.csr_pem).await
    }

    /// Ends every certificate of a site.
    ///
    /// # Errors
    /// [`Error::Refused`] when the principal may not manage sites.
    pub async fn revoke(&self, who: &Principal, site: &SiteId) -> Result<(), Error> {
        let permit = decide::<Manage>(who, Object::Site(site))?;
        self.audit.record(Event::new(What::Revoke, who).site(site)).await?;
        Ok(self.registry.revoke(&permit, site).await?)
    }

    /// A certificate for a machine that reads the region, signed for a request it made.
    ///
    /// # Errors
    /// [`Error::Refused`] when the principal may not manage the region.
    pub async fn machine(&self, who: &Principal, name: &SiteId, csr_pem: &str) -> Result<String, Error> {
        self.vouch(who, &Identity::Machine(name.as_str().to_owned()), csr_pem).await
    }

    /// A certificate for a gate, which has the public listener on another machine.
    ///
    /// # Errors
    /// [`Error::Refused`] when the principal may not manage the region.
    pub async fn gate(&self, who: &Principal, name: &SiteId, csr_pem: &str) -> Result<String, Error> {
        self.vouch(who, &Identity::Gate(name.as_str().to_owned()), csr_pem).await
    }

    /// A certificate that is of no site.
    async fn vouch(&self, who: &Principal, identity: &Identity, csr_pem: &str) -> Result<String, Error> {
        decide::<Manage>(who, Object::Region)?;
        self.audit.record(Event::new(What::Enrol, &identity.principal())).await?;
        self.authority.sign(csr_pem, identity, (self.clock)(), CERTIFICATE_DAYS)
    }

    /// Makes a site without an adapter, whose images the hub holds itself.
    ///
    /// # Errors
    /// [`Error::Refused`] when the principal may not manage sites; what the index says for a site that was invited.
    pub async fn hold(&self, who: &Principal, site: &SiteId, name: &str) -> Result<(), Error> {
        let permit = decide::<Manage>(who, Object::Site(site))?;
        self.audit.record(Event::new(What::Invite, who).site(site)).await?;
        Ok(self.registry.hold(&permit, site, name).await?)
    }

    /// A certificate for a machine that stores at a site which the hub holds itself. Revoking the site ends it.
    ///
    /// # Errors
    /// [`Error::Refused`] when the principal may not manage the site, or the hub does not hold it.
    pub async fn site_machine(
        &self,
        who: &Principal,
        site: &SiteId,
        name: &SiteId,
        csr_pem: &str,
    ) -> Result<String, Error> {
        let permit = decide::<Manage>(who, Object::Site(site))?;
        if !self.registry.is_held(site).await? {
            return Err(Error::Refused);
        }
        let identity = Identity::SiteMachine { site: site.clone(), name: name.as_str().to_owned() };
        let now_ms = (self.clock)();
        let certificate_pem = self.authority.sign(csr_pem, &identity, now_ms, CERTIFICATE_DAYS)?;
        self.audit.record(Event::new(What::Enrol, &identity.principal()).site(site)).await?;
        let expires_ms = now_ms + CERTIFICATE_DAYS as i64 * DAY_MS;
        self.registry.certify(&permit, site, &fingerprint_of_pem(&certificate_pem)?, expires_ms).await?;
        Ok(certificate_pem)
    }

    async fn certify(&self, who: &Principal, site: SiteId, csr_pem: &str) -> Result<Enrolled, Error> {
        let permit = decide::<Manage>(&Principal::Service("enrolment"), Object::Site(&site))?;
        let now_ms = (self.clock)();
        let identity = Identity::Site(site.clone());
        let certificate_pem = self.authority.sign(csr_pem, &identity, now_ms, CERTIFICATE_DAYS)?;
        self.audit.record(Event::new(What::Enrol, who).site(&site)).await?;
        let fingerprint = fingerprint_of_pem(&certificate_pem)?;
        let expires_ms = now_ms + CERTIFICATE_DAYS as i64 * DAY_MS;
        self.registry.certify(&permit, &site, &fingerprint, expires_ms).await?;
        Ok(Enrolled {
            identity: identity.to_string(),
            certificate_pem,
            authority_pem: self.authority.certificate_pem().to_owned(),
            federation: self.federation.clone(),
        })
    }
}
