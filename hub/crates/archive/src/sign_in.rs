//! Signing in with a local account.

use crate::{archive::Archive, error::Error};
use imaging_domain::Principal;

/// Somebody signed in.
pub struct SignedIn {
    /// The session's secret, for a cookie; kept nowhere.
    pub token: String,
    /// Who.
    pub principal: Principal,
    /// When it ends, milliseconds since 1970 UTC.
    pub expires_ms: i64,
}

impl Archive {
    /// Checks name and password and opens a session.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a wrong name and a wrong password alike.
    pub async fn sign_in(&self, _name: &str, _password: &str) -> Result<SignedIn, Error> {
        unimplemented!()
    }

    /// The principal of a session's secret; [`Principal::Anonymous`] when it opened none or has ended.
    pub async fn session(&self, _token: &str) -> Result<Principal, Error> {
        unimplemented!()
    }

    /// Ends a session.
    pub async fn sign_out(&self, _token: &str) -> Result<(), Error> {
        unimplemented!()
    }
}
