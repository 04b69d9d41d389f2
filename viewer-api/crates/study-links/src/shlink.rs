//! A link as a SMART Health Link (HL7 SMART Health Cards and Links 1.0.0): what a standard reader takes instead of the page.
//!
//! Its payload has the address of a manifest, with a token of its own in it, and the key of the manifest's files. Both are made
//! with the link and kept nowhere: of the token there is a digest, and of the key a sealed form that opens with the token and the
//! PIN, which a request for the manifest brings, and the hub's secret.

use crate::{
    jwe::FileKey,
    making::Made,
    pin::Pepper,
    seal::{seal, unseal},
};
use access_control::Token;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use catalog::{Link, LinkSecrets};
use imaging_domain::LinkId;
use serde::Serialize;

/// Where manifests are, below the origin.
pub const MANIFESTS: &str = "/s/shl/";
/// The longest address of a manifest ("Establish a SMART Health Link Manifest URL").
const MAX_URL: usize = 128;
/// For which use a sealing key is made.
const USE: &str = "manifest";

/// The payload, in the order of the specification's examples.
#[derive(Serialize)]
struct Payload {
    url: String,
    flag: &'static str,
    key: String,
    exp: i64,
    label: &'static str,
    v: u8,
}

/// What a new link's second form is made of. No `Debug`.
pub(crate) struct Secrets {
    manifest: Token,
    key: Token,
}

impl Secrets {
    pub(crate) fn generate() -> Self {
        Self { manifest: Token::generate(), key: Token::generate() }
    }

    /// What is kept of all that opens a link; `of_page` is of its first form, the token's digest and the PIN's hash.
    pub(crate) fn kept(&self, of_page: ([u8; 32], String), pepper: &Pepper, link: &LinkId, pin: &str) -> LinkSecrets {
        let (token_digest, pin_hash) = of_page;
        let sealed_key = self.sealed_key(pepper, link, pin);
        LinkSecrets { token_digest, pin_hash, manifest_digest: self.manifest.digest(), sealed_key }
    }

    /// The key as it rests.
    fn sealed_key(&self, pepper: &Pepper, link: &LinkId, pin: &str) -> Vec<u8> {
        seal(&sealing_key(pepper, link, &self.manifest, pin), self.key.bytes().to_vec())
    }

    /// `shlink:/…`; none when the origin is so long that no address of a manifest may be.
    pub(crate) fn text(&self, origin: &str, link: &Link) -> Option<String> {
        let url = format!("{origin}{MANIFESTS}{}", self.manifest.to_text());
        let payload = Payload {
            flag: "P",
            key: self.key.to_text(),
            exp: link.expires_ms / 1000,
            label: label(&link.language),
            v: 1,
            url: Some(url).filter(|url| url.len() <= MAX_URL)?,
        };
        let payload = serde_json::to_string(&payload).ok()?;
        Some(format!("shlink:/{}", URL_SAFE_NO_PAD.encode(payload)))
    }
}

impl Made {
    /// The second form behind the address of the page, so that a telephone without a reader opens it too.
    pub fn shlink_page(&self) -> Option<String> {
        let page = self.url.split('#').next()?;
        self.shlink.as_ref().map(|shlink| format!("{page}#{shlink}"))
    }
}

/// The key of a link's files, by what a request for its manifest brings.
pub(crate) fn file_key(
    pepper: &Pepper,
    link: &LinkId,
    manifest: &Token,
    pin: &str,
    sealed_key: &[u8],
) -> Option<FileKey> {
    let key = unseal(&sealing_key(pepper, link, manifest, pin), sealed_key)?;
    key.try_into().ok().map(FileKey)
}

fn sealing_key(pepper: &Pepper, link: &LinkId, manifest: &Token, pin: &str) -> [u8; 32] {
    pepper.derived(USE, link, &[manifest.bytes(), pin.as_bytes()])
}

/// What a reader shows before the PIN, so it says nothing of the patient or the study.
fn label(language: &str) -> &'static str {
    match language {
        "zh" => "影像检查",
        "es" => "Estudio de imagen",
        _ => "Imaging study",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging_domain::Allowed;

    fn link() -> Link {
        Link {
            id: LinkId::of_bytes([1; 8]),
            studies: vec![],
            owner: String::new(),
            allowed: Allowed::View,
            language: "zh".into(),
            note: String::new(),
            made_ms: 0,
            expires_ms: 1_700_000_000_999,
            revoked_ms: None,
            openings_left: None,
            tries_left: 5,
        }
    }

    #[test]
    fn the_payload_is_the_specifications() {
        let secrets = Secrets::generate();
        let text = secrets.text("https://links.example.org", &link()).unwrap();
        let payload = URL_SAFE_NO_PAD.decode(text.strip_prefix("shlink:/").unwrap()).unwrap();
        let expected = format!(
            r#"{{"url":"https://links.example.org/s/shl/{}","flag":"P","key":"{}","exp":1700000000,"label":"影像检查","v":1}}"#,
            secrets.manifest.to_text(),
            secrets.key.to_text()
        );
        assert_eq!(String::from_utf8(payload).unwrap(), expected);
        let longest = format!("https://{}", "h".repeat(70));
        assert!(secrets.text(&longest, &link()).is_some(), "128 characters");
        assert!(secrets.text(&format!("{longest}h"), &link()).is_none());
    }

    #[test]
    fn the_key_opens_with_token_pin_and_pepper() {
        let (secrets, other, pepper) = (Secrets::generate(), Secrets::generate(), Pepper::new(&[1; 32]));
        let (id, second) = (LinkId::of_bytes([1; 8]), LinkId::of_bytes([2; 8]));
        let rests = secrets.sealed_key(&pepper, &id, "012345");
        let key = |pepper: &Pepper, id: &LinkId, manifest: &Token, pin: &str| {
            file_key(pepper, id, manifest, pin, &rests).map(|key| key.0)
        };
        assert_eq!(key(&pepper, &id, &secrets.manifest, "012345"), Some(*secrets.key.bytes()));
        assert_eq!(key(&pepper, &id, &secrets.manifest, "012346"), None);
        assert_eq!(key(&pepper, &id, &other.manifest, "012345"), None);
        assert_eq!(key(&pepper, &second, &secrets.manifest, "012345"), None);
        assert_eq!(key(&Pepper::new(&[2; 32]), &id, &secrets.manifest, "012345"), None);
    }
}
