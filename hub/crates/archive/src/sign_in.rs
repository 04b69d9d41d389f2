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
    /// Makes an account or gives it a new password and role.
    ///
    /// # Errors
    /// [`Error::Denied`] when the principal may not manage accounts.
    pub async fn put_account(&self, who: &Principal, name: &str, role: Role, password: &str) -> Result<(), Error> {
        let permit = decide::<Manage>(who, Object::Region)?;
        let password = password.to_owned();
        let hash = spawn_blocking(move || password::hash(&password)).await.map_err(|_| Error::Stopping)?;
        let password_hash = hash.map_err(|_| Error::Mismatch("password is too short or too long"))?;
        self.audit.record(Event::new(What::Account, who)).await?;
        Ok(self.accounts.put_account(&permit, Account { name: name.to_owned(), role, password_hash }).await?)
    }

    /// Checks name and password and opens a session.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a wrong name and a wrong password alike, after the same work.
    pub async fn sign_in(&self, name: &str, password: &str) -> Result<SignedIn, Error> {
        let account = self.accounts.account(name).await?;
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
        let token = Token::generate();
        let now_ms = (self.clock)();
        let session =
            Session { token_digest: token.digest(), name: account.name.clone(), expires_ms: now_ms + SESSION_MS };
        let principal = Principal::User { name: account.name, role: account.role };
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
