//! Signing in with a local account.

use crate::error::Error;
use access_control::{Manage, Object, Token, decide, password};
use audit_log::{AuditLog, Event, Outcome, What};
use catalog::{Account, Accounts, Session};
use imaging_domain::{Principal, Role};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// How long a session lasts.
pub const SESSION_MS: i64 = 12 * 3600 * 1000;

/// In place of the hash of a password: the account is the identity provider's, and no password opens it.
const BY_PROVIDER: &str = "by provider";

/// Somebody signed in.
pub struct SignedIn {
    /// The session's secret, for a cookie; kept nowhere.
    pub token: String,
    /// Who.
    pub principal: Principal,
    /// When it ends, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

/// The use cases of local accounts. Cheap to clone.
#[derive(Clone)]
pub struct People {
    /// Who may sign in.
    pub accounts: Arc<dyn Accounts>,
    /// The audit log.
    pub audit: AuditLog,
    /// Milliseconds since 1970 UTC.
    pub clock: fn() -> i64,
}

impl People {
    /// Makes an account or gives it a new password and role; sessions that the old password opened end.
    ///
    /// # Errors
    /// [`Error::Denied`] when the principal may not manage accounts.
    pub async fn put_account(&self, who: &Principal, name: &str, role: Role, password: &str) -> Result<(), Error> {
        let permit = decide::<Manage>(who, Object::Region)?;
        let password = password.to_owned();
        let hash = spawn_blocking(move || password::hash(&password)).await.map_err(|_| Error::Stopping)?;
        let password_hash = hash.map_err(|_| Error::Password(password::MIN_LENGTH, password::MAX_LENGTH))?;
        self.audit.record(Event::new(What::Account, who)).await?;
        self.accounts.put_account(&permit, Account { name: name.to_owned(), role, password_hash }).await?;
        self.accounts.close_sessions(&permit, name, (self.clock)()).await?;
        Ok(())
    }

    /// Checks name and password and opens a session.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a wrong name and a wrong password alike, after the same work.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error> {
        let account = self.accounts.account(name).await?;
        let account = account.filter(|account| account.password_hash != BY_PROVIDER);
        let (hash, given) = (account.as_ref().map(|account| account.password_hash.clone()), password.to_owned());
        let check = move || match hash {
            Some(hash) => password::verify(&given, &hash),
            None => password::verify_dummy(&given),
        };
        let right = spawn_blocking(check).await.map_err(|_| Error::Stopping)?;
        let Some(account) = account.filter(|_| right) else {
            self.audit.record(Event::new(What::SignIn, &Principal::Anonymous).outcome(Outcome::Denied)).await?;
            return Err(Error::NotFound("account"));
        };
        self.open(account.name, account.role).await
    }

    /// Opens a session for somebody whom the region's identity provider has named, with the role of this time. What the
    /// index keeps of the person is an account that no password opens.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is nobody, or a local account has the name.
    pub async fn sign_in_by_provider(&self, who: Principal) -> Result<SignedIn, Error> {
        let Principal::User { name, role } = who else { return Err(Error::NotFound("account")) };
        let known = self.accounts.account(&name).await?;
        if known.as_ref().is_some_and(|account| account.password_hash != BY_PROVIDER) {
            self.refused_by_provider(None, 1).await?;
            return Err(Error::NotFound("account"));
        }
        if known.is_none_or(|account| account.role != role) {
            let permit = decide::<Manage>(&Principal::Service("identity provider"), Object::Region)?;
            self.audit.record(Event::new(What::Account, permit.principal())).await?;
            let account = Account { name: name.clone(), role, password_hash: BY_PROVIDER.to_owned() };
            self.accounts.put_account(&permit, account).await?;
        }
        self.open(name, role).await
    }

    /// Writes down that somebody was not let in whom the provider sent, or whose token is not the provider's; `times` in one
    /// event. Whom the provider names without a role that is one here has no sessions any more.
    ///
    /// # Errors
    /// What the audit log or the index says.
    pub async fn refused_by_provider(&self, named: Option<&str>, times: u64) -> Result<(), Error> {
        let event = Event::new(What::SignIn, &Principal::Anonymous).outcome(Outcome::Denied);
        self.audit.record(event.count(usize::try_from(times).unwrap_or(usize::MAX))).await?;
        let Some(name) = named else { return Ok(()) };
        let account = self.accounts.account(name).await?;
        let Some(account) = account.filter(|account| account.password_hash == BY_PROVIDER) else { return Ok(()) };
        let permit = decide::<Manage>(&Principal::Service("identity provider"), Object::Region)?;
        let ended = self.accounts.close_sessions(&permit, name, (self.clock)()).await?;
        if ended > 0 {
            let who = Principal::User { name: account.name, role: account.role };
            let ended = usize::try_from(ended).unwrap_or(usize::MAX);
            self.audit.record(Event::new(What::SignOut, &who).count(ended)).await?;
        }
        Ok(())
    }

    async fn open(&self, name: String, role: Role) -> Result<SignedIn, Error> {
        let (token, now_ms) = (Token::generate(), (self.clock)());
        let session = Session { token_digest: token.digest(), name: name.clone(), expires_ms: now_ms + SESSION_MS };
        let principal = Principal::User { name, role };
        self.audit.record(Event::new(What::SignIn, &principal)).await?;
        self.accounts.open_session(session, now_ms).await?;
        Ok(SignedIn { token: token.to_text(), principal, expires_ms: now_ms + SESSION_MS })
    }

    /// The principal of a session's secret; [`Principal::Anonymous`] when it opened none or has ended.
    ///
    /// # Errors
    /// What the index says.
    pub async fn session(&self, token: &str) -> Result<Principal, Error> {
        let Some(token) = Token::parse(token) else { return Ok(Principal::Anonymous) };
        let account = self.accounts.session(&token.digest(), (self.clock)()).await?;
        Ok(account.map_or(Principal::Anonymous, |account| Principal::User { name: account.name, role: account.role }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// What the index says.
    pub async fn sign_out(&self, token: &str) -> Result<(), Error> {
        let principal = self.session(token).await?;
        let Some(token) = Token::parse(token) else { return Ok(()) };
        self.audit.record(Event::new(What::SignOut, &principal)).await?;
        Ok(self.accounts.close_session(&token.digest()).await?)
    }
}
