//! Why the provider's word was not taken.

use thiserror::Error;

/// A failure of sign-in by a provider. No text of a token is in it.
#[derive(Debug, Error)]
pub enum Error {
    /// The configuration cannot be used.
    #[error("the identity provider's configuration cannot be used: {0}")]
    Config(&'static str),
    /// The provider cannot be asked, or what it answers is no answer.
    #[error("the identity provider cannot be asked: {0}")]
    Unreachable(String),
    /// The provider refused.
    #[error("the identity provider refused: {0}")]
    Refused(&'static str),
    /// A token that is none, or not ours.
    #[error("a token is not valid: {0}")]
    Token(&'static str),
    /// A request that belongs to no sign-in that was begun here.
    #[error("no such sign-in was begun")]
    NotBegun,
    /// Somebody whom no role is given to, by the name of an account here.
    #[error("no role is given to this person")]
    NoRole(String),
}
