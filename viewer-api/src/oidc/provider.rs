//! One identity provider: where its doors are, and what its tokens say.

use super::{
    config::Config,
    error::Error,
    http::Client,
    keys::Keys,
    pending::{Begun, Pending, challenge},
    token,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use imaging_domain::Principal;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use std::{fmt, sync::Arc};
use tokio::sync::OnceCell;

/// A provider, as its configuration names it. Cheap to clone; nothing is asked before somebody signs in.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    config: Arc<Config>,
    client: Client,
    doors: OnceCell<Doors>,
    keys: Keys,
    pending: Pending,
}

/// Where the provider's doors are (OpenID Connect Discovery 1.0, 3).
#[derive(Debug, Clone, Deserialize)]
struct Doors {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// What the token endpoint gives (OpenID Connect Core 3.1.3.3). No `Debug`: it holds a token.
#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
}

impl Provider {
    /// A provider.
    ///
    /// # Errors
    /// [`Error::Config`] when it cannot be used.
    pub fn new(config: Config) -> Result<Self, Error> {
        let client = Client::new(config.authorities_pem.as_deref())?;
        let (doors, keys, pending) = (OnceCell::new(), Keys::default(), Pending::default());
        Ok(Self(Arc::new(Inner { config: config.checked()?, client, doors, keys, pending })))
    }

    /// What it is called for people.
    pub(crate) fn label(&self) -> &str {
        &self.0.config.label
    }

    /// Begins a sign-in that goes on at `to` afterwards: the provider's address for the browser, and what the browser keeps.
    pub(super) async fn begin(&self, to: &str, redirect_uri: &str) -> Result<(String, String), Error> {
        let (config, doors) = (&self.0.config, self.doors().await?);
        let (state, begun) = self.0.pending.begin(to, (config.clock)());
        let mut scopes = config.scopes.clone();
        if !scopes.iter().any(|scope| scope == "openid") {
            scopes.insert(0, "openid".into());
        }
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &config.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", &scopes.join(" ")),
            ("state", &state),
            ("nonce", &begun.nonce),
            ("code_challenge", &challenge(&begun.verifier)),
            ("code_challenge_method", "S256"),
        ]);
        let joint = if doors.authorization_endpoint.contains('?') { '&' } else { '?' };
        Ok((format!("{}{joint}{query}", doors.authorization_endpoint), begun.browser))
    }

    /// The sign-in that a state belongs to, ended.
    pub(super) fn end(&self, state: &str, browser: Option<&str>) -> Result<Begun, Error> {
        self.0.pending.end(state, browser, (self.0.config.clock)())
    }

    /// Redeems a code: who signed in.
    pub(super) async fn redeem(&self, code: &str, begun: &Begun, redirect_uri: &str) -> Result<Principal, Error> {
        let (config, doors) = (&self.0.config, self.doors().await?);
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &begun.verifier),
        ];
        // RFC 6749 2.3.1: both are encoded as in a form before they are joined
        let credentials = config.client_secret.as_ref().map(|secret| {
            let pair = format!("{}:{}", encoded(&config.client_id), encoded(secret));
            format!("Basic {}", STANDARD.encode(pair))
        });
        if credentials.is_none() {
            fields.push(("client_id", &config.client_id));
        }
        let answer = self.0.client.post(&doors.token_endpoint, form(&fields), credentials).await?;
        let redeemed: Redeemed = serde_json::from_value(answer).map_err(|_| Error::Token("no ID token"))?;
        let claims = self.claims(&redeemed.id_token, &config.client_id).await?;
        claims.answers(&begun.nonce, &config.client_id)?;
        claims.principal(config)
    }

    /// Who shows a bearer token.
    pub(super) async fn bearer(&self, token: &str) -> Result<Principal, Error> {
        let audience = self.0.config.audience.as_deref().ok_or(Error::Token("none is taken"))?;
        self.claims(token, audience).await?.principal(&self.0.config)
    }

    async fn claims(&self, token: &str, audience: &str) -> Result<super::claims::Claims, Error> {
        let header = token::header(token)?;
        let (config, doors) = (&self.0.config, self.doors().await?);
        let now_ms = (config.clock)();
        let key = self.0.keys.find(&self.0.client, &doors.jwks_uri, &header, now_ms).await?;
        let claims = token::verify(token, &header, &key)?;
        claims.check(&config.issuer, audience, now_ms)?;
        Ok(claims)
    }

    /// Asked for once; the next who comes asks again when there was no answer.
    async fn doors(&self) -> Result<&Doors, Error> {
        let ask = async || {
            let issuer = &self.0.config.issuer;
            let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
            let answer = self.0.client.get(&address).await?;
            let doors: Doors =
                serde_json::from_value(answer).map_err(|_| Error::Unreachable("it describes no doors".into()))?;
            // Discovery 4.3: somebody else's description could lead tokens of one issuer to another
            if doors.issuer == *issuer { Ok(doors) } else { Err(Error::Config("the issuer calls itself otherwise")) }
        };
        self.0.doors.get_or_try_init(ask).await
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").field(&self.0.config).finish()
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}
