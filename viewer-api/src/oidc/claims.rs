//! Whether a token's claims are for us and now (RFC 7519 4.1, OpenID Connect Core 3.1.3.7), and who they speak of.

use super::{config::Config, error::Error};
use axum::http::Uri;
use imaging_domain::{Principal, Role};
use serde_json::Value;

/// How far clocks may be apart, seconds.
const LEEWAY_S: i64 = 60;
/// The longest subject (OpenID Connect Core 2).
const MAX_SUBJECT: usize = 255;
/// The order in which roles are looked for.
const ROLES: [Role; 4] = [Role::Radiologist, Role::Technician, Role::Operator, Role::Auditor];

/// Claims of a token whose signature was right.
pub(super) struct Claims(pub(super) Value);

impl Claims {
    /// Whether they are the issuer's, for this audience, and valid at this time.
    pub(super) fn check(&self, issuer: &str, audience: &str, now_ms: i64) -> Result<(), Error> {
        if self.text("iss") != Some(issuer) {
            return Err(Error::Token("issuer"));
        }
        if !texts(self.0.get("aud")).any(|one| one == audience) {
            return Err(Error::Token("audience"));
        }
        let now_s = now_ms.div_euclid(1000);
        let time = |claim: &str| self.0.get(claim).and_then(seconds);
        match time("exp") {
            Some(expires_s) if now_s < expires_s.saturating_add(LEEWAY_S) => {}
            _ => return Err(Error::Token("expired")),
        }
        let begins = ["nbf", "iat"].into_iter().filter(|claim| self.0.get(claim).is_some());
        for begins_s in begins.map(time) {
            if begins_s.is_none_or(|begins_s| now_s < begins_s.saturating_sub(LEEWAY_S)) {
                return Err(Error::Token("not yet valid"));
            }
        }
        Ok(())
    }

    /// Whether an ID token answers the question with this nonce, and was given to us when it is for several.
    pub(super) fn answers(&self, nonce: &str, client_id: &str) -> Result<(), Error> {
        if self.text("nonce") != Some(nonce) {
            return Err(Error::Token("nonce"));
        }
        let party = self.text("azp");
        let several = texts(self.0.get("aud")).count() > 1;
        if party.map_or(several, |party| party != client_id) {
            return Err(Error::Token("authorized party"));
        }
        Ok(())
    }

    /// Who they speak of: the subject at the issuer's host, so that nobody there is taken for a local account, and the role
    /// that the configuration gives.
    pub(super) fn principal(&self, config: &Config) -> Result<Principal, Error> {
        let subject = self.text("sub").filter(|subject| !subject.is_empty() && subject.len() <= MAX_SUBJECT);
        let subject =
            subject.filter(|subject| !subject.chars().any(char::is_control)).ok_or(Error::Token("subject"))?;
        let host = config.issuer.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        let values = config.role_claim.split('.').try_fold(&self.0, |value, part| value.get(part));
        let given: Vec<Role> = texts(values).filter_map(|value| config.roles.get(value).copied()).collect();
        let name = format!("{subject}@{}", host.unwrap_or_default());
        match ROLES.into_iter().find(|role| given.contains(role)) {
            Some(role) => Ok(Principal::User { name, role }),
            None => Err(Error::NoRole(name)),
        }
    }

    fn text(&self, claim: &str) -> Option<&str> {
        self.0.get(claim)?.as_str()
    }
}

/// A text, or the texts of a list.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let one = value.and_then(Value::as_str).into_iter();
    let several = value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.chain(several)
}

/// A NumericDate, which may have a fraction.
fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().filter(|s| s.is_finite() && s.abs() < 1e15).map(|s| s as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW_MS: i64 = 1_700_000_000_000;
    const NOW: i64 = 1_700_000_000;

    fn config(role_claim: &str) -> Config {
        let roles = [("doctors", Role::Radiologist), ("it", Role::Operator), ("mta", Role::Technician)];
        Config {
            issuer: "https://id.example:8443/realm".into(),
            label: String::new(),
            client_id: "hub".into(),
            client_secret: None,
            scopes: vec![],
            role_claim: role_claim.into(),
            roles: roles.map(|(value, role)| (value.to_owned(), role)).into(),
            audience: None,
            authorities_pem: None,
            clock: || NOW_MS,
        }
    }

    #[test]
    fn claims_are_ours_and_now() {
        let good = json!({ "iss": "i", "aud": "hub", "exp": NOW + 10, "nbf": NOW, "iat": NOW });
        let with = |claim: &str, value: Value| {
            let mut claims = good.clone();
            claims[claim] = value;
            Claims(claims).check("i", "hub", NOW_MS).is_ok()
        };
        assert!(with("jti", json!("x")));
        for (claim, value, is_good) in [
            ("iss", json!("other"), false),
            ("iss", json!(["i"]), false),
            ("aud", json!(["other", "hub"]), true),
            ("aud", json!("hub2"), false),
            ("aud", json!([]), false),
            ("aud", Value::Null, false),
            ("exp", json!(NOW - LEEWAY_S + 1), true),
            ("exp", json!(NOW - LEEWAY_S), false),
            ("exp", json!(NOW as f64 + 0.5), true),
            ("exp", json!("later"), false),
            ("exp", Value::Null, false),
            ("exp", json!(i64::MAX), true),
            ("nbf", json!(NOW + LEEWAY_S), true),
            ("nbf", json!(NOW + LEEWAY_S + 1), false),
            ("nbf", json!("x"), false),
            ("iat", json!(NOW + 3600), false),
        ] {
            assert_eq!(with(claim, value.clone()), is_good, "{claim} {value}");
        }
    }

    #[test]
    fn an_id_token_answers_our_question() {
        for (claims, is_good) in [
            (json!({ "aud": "hub", "nonce": "n" }), true),
            (json!({ "aud": "hub", "nonce": "m" }), false),
            (json!({ "aud": "hub" }), false),
            (json!({ "aud": ["hub", "other"], "nonce": "n" }), false),
            (json!({ "aud": ["hub", "other"], "azp": "hub", "nonce": "n" }), true),
            (json!({ "aud": "hub", "azp": "other", "nonce": "n" }), false),
        ] {
            assert_eq!(Claims(claims.clone()).answers("n", "hub").is_ok(), is_good, "{claims}");
        }
    }

    #[test]
    fn people_have_a_name_of_their_issuer_and_the_first_role() {
        let who = |claim: &str, claims: Value| Claims(claims).principal(&config(claim));
        let user = |role| Principal::User { name: "7@id.example".into(), role };
        assert_eq!(who("groups", json!({ "sub": "7", "groups": ["it", "doctors"] })).unwrap(), user(Role::Radiologist));
        assert_eq!(who("groups", json!({ "sub": "7", "groups": "it" })).unwrap(), user(Role::Operator));
        let nested = json!({ "sub": "7", "realm": { "roles": ["x", "mta"] } });
        assert_eq!(who("realm.roles", nested).unwrap(), user(Role::Technician));
        for claims in [
            json!({ "sub": "7" }),
            json!({ "sub": "7", "groups": [] }),
            json!({ "sub": "7", "groups": ["radiologist"] }),
            json!({ "sub": "7", "groups": { "it": true } }),
        ] {
            assert!(matches!(who("groups", claims), Err(Error::NoRole(name)) if name == "7@id.example"));
        }
        for subject in [json!(""), json!(7), json!("a\nb"), json!("x".repeat(256)), Value::Null] {
            assert!(matches!(who("groups", json!({ "sub": subject, "groups": "it" })), Err(Error::Token("subject"))));
        }
    }
}
