//! Tokens of machines: what a script, or a modality that speaks HTTP, shows at the LAN's door to store and to read.
//!
//! One file in the adapter's folder, replaced as a whole and readable by its owner alone. It holds digests, so that nobody who
//! reads it has a token. The door reads it at each request: a token that is made or taken back on the command line counts at
//! once, whether the adapter runs or not.

use access_control::Token;
use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use imaging_domain::{Principal, SiteId};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};
use viewer_api::TokenHolders;

/// The most bytes the file may have: thousands of tokens.
const MAX_BYTES: u64 = 1 << 20;
/// The most characters of a name.
const MAX_NAME: usize = 40;

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Whose: the name that stands in the audit log.
    pub name: String,
    /// When it was made, milliseconds since 1970 UTC.
    pub made_ms: i64,
    /// SHA-256 of the token, in hexadecimal digits.
    digest: String,
}

/// The tokens of an adapter's folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tokens {
    dir: PathBuf,
    site: SiteId,
}

impl Tokens {
    /// Those kept in a folder, for machines of this site.
    pub fn at(dir: impl Into<PathBuf>, site: SiteId) -> Self {
        Self { dir: dir.into(), site }
    }

    /// Every token, by name.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn list(&self) -> Result<Vec<Kept>> {
        let file = match File::open(self.path()) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
            Err(error) => return Err(error).context("the tokens cannot be opened"),
        };
        let mut text = String::new();
        file.take(MAX_BYTES + 1).read_to_string(&mut text).context("the tokens cannot be read")?;
        if text.len() as u64 > MAX_BYTES {
            bail!("{} is too long", self.path().display());
        }
        serde_json::from_str(&text).context("the tokens are damaged")
    }

    /// Makes a token for a machine. What is given is told once and kept nowhere.
    ///
    /// # Errors
    /// When the name is none or taken, or the file cannot be written.
    pub fn create(&self, name: &str, now_ms: i64) -> Result<Token> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(plain) {
            bail!("a machine's name has 1 to {MAX_NAME} letters, digits, hyphens and underscores");
        }
        let mut kept = self.list()?;
        if kept.iter().any(|kept| kept.name == name) {
            bail!("{name} has a token; take it back first: `pacs-adapter token revoke {name}`");
        }
        let token = Token::generate();
        kept.push(Kept { name: name.to_owned(), made_ms: now_ms, digest: hex(&token.digest()) });
        kept.sort_by(|a, b| a.name.cmp(&b.name));
        self.save(&kept)?;
        Ok(token)
    }

    /// Takes a machine's token back; says whether there was one.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn revoke(&self, name: &str) -> Result<bool> {
        let mut kept = self.list()?;
        let before = kept.len();
        kept.retain(|kept| kept.name != name);
        if kept.len() < before {
            self.save(&kept)?;
        }
        Ok(kept.len() < before)
    }

    /// Who shows a token: a machine of this site; nobody when it is none of these.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn principal(&self, shown: &str) -> Result<Option<Principal>> {
        let Some(token) = Token::parse(shown) else { return Ok(None) };
        let digest = hex(&token.digest());
        // digests of random bytes: how far two of them agree tells nothing of either token
        let found = self.list()?.into_iter().find(|kept| kept.digest == digest);
        Ok(found.map(|kept| Principal::SiteMachine { site: self.site.clone(), name: kept.name }))
    }

    fn save(&self, kept: &[Kept]) -> Result<()> {
        let new = self.dir.join("tokens.new");
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new);
        let mut file = file.context("the tokens cannot be written")?;
        file.write_all(serde_json::to_string_pretty(kept)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, self.path())?;
        Ok(File::open(&self.dir)?.sync_all()?)
    }

    fn path(&self) -> PathBuf {
        self.dir.join("tokens.json")
    }
}

#[async_trait]
impl TokenHolders for Tokens {
    async fn holder(&self, token: &str) -> Result<Option<Principal>, archive::Error> {
        let (tokens, token) = (self.clone(), token.to_owned());
        let found = tokio::task::spawn_blocking(move || tokens.principal(&token)).await;
        found.map_err(|_| archive::Error::Stopping)?.map_err(|error| {
            tracing::error!(error = format!("{error:#}"), "the tokens cannot be read");
            archive::Error::Unavailable
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_its_machine_s_until_it_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let site = SiteId::parse("hospital-01").unwrap();
        let tokens = Tokens::at(dir.path(), site.clone());
        assert_eq!(tokens.list().unwrap(), []);
        let (one, two) = (tokens.create("ris", 1).unwrap(), tokens.create("ct-1", 2).unwrap());
        assert_eq!(tokens.list().unwrap().iter().map(|kept| kept.name.as_str()).collect::<Vec<_>>(), ["ct-1", "ris"]);
        let ris = Principal::SiteMachine { site, name: "ris".to_owned() };
        assert_eq!(tokens.principal(&one.to_text()).unwrap(), Some(ris));
        let stored = fs::read_to_string(tokens.path()).unwrap();
        assert!(!stored.contains(&one.to_text()) && stored.contains(&hex(&two.digest())));
        assert!(tokens.revoke("ris").unwrap() && !tokens.revoke("ris").unwrap());
        assert_eq!(tokens.principal(&one.to_text()).unwrap(), None);
        assert!(tokens.principal(&two.to_text()).unwrap().is_some());
        assert_eq!(tokens.principal("").unwrap(), None);
    }

    #[test]
    fn a_name_is_plain_and_has_one_token() {
        let dir = tempfile::tempdir().unwrap();
        let tokens = Tokens::at(dir.path(), SiteId::parse("hospital-01").unwrap());
        tokens.create("ris", 1).unwrap();
        for bad in ["ris", "", "a b", "a/b", "李", &"a".repeat(41)] {
            assert!(tokens.create(bad, 1).is_err(), "{bad}");
        }
    }
}
