//! Invitation codes: everything a new hospital needs to find the hub, to know it is the right one, and to prove that
//! it was invited. One line that can be copied: `hub1.` and base64url of fingerprint, secret, address and a check.

use crate::error::Error;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

const PREFIX: &str = "hub1.";
const CHECK_LENGTH: usize = 4;
/// The most characters a code may have.
const MAX_LENGTH: usize = 1024;

/// What a code says. `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    /// SHA-256 of the authority's certificate.
    pub authority: [u8; 32],
    /// The one-time secret.
    pub secret: [u8; 32],
    /// `host:port` of the hub's web listener.
    pub address: String,
}

impl Code {
    /// The line to hand over.
    pub fn to_line(&self) -> String {
        let mut bytes = [&self.authority[..], &self.secret[..], self.address.as_bytes()].concat();
        let check = Sha256::digest(&bytes);
        bytes.extend_from_slice(&check[..CHECK_LENGTH]);
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a line; white space around it does not matter.
    ///
    /// # Errors
    /// [`Error::Code`] says what is wrong with it.
    pub fn parse(line: &str) -> Result<Self, Error> {
        let line = line.trim();
        if line.len() > MAX_LENGTH {
            return Err(Error::Code("it is too long"));
        }
        let body = line.strip_prefix(PREFIX).ok_or(Error::Code("it does not begin with hub1."))?;
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| Error::Code("it is mistyped or cut"))?;
        let (bytes, check) = bytes.split_last_chunk::<CHECK_LENGTH>().ok_or(Error::Code("it is mistyped or cut"))?;
        if Sha256::digest(bytes)[..CHECK_LENGTH] != *check {
            return Err(Error::Code("it is mistyped or cut"));
        }
        let (authority, rest) = bytes.split_first_chunk::<32>().ok_or(Error::Code("it is cut"))?;
        let (secret, address) = rest.split_first_chunk::<32>().ok_or(Error::Code("it is cut"))?;
        let address = String::from_utf8(address.to_vec()).map_err(|_| Error::Code("its address is no text"))?;
        Ok(Self { authority: *authority, secret: *secret, address })
    }

    /// What the hub keeps of the secret.
    pub fn secret_digest(&self) -> [u8; 32] {
        Sha256::digest(self.secret).into()
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code(of {})", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_copying_and_no_mistyping() {
        let code = Code { authority: [7; 32], secret: [9; 32], address: "hub.example:8445".into() };
        let line = code.to_line();
        assert_eq!(Code::parse(&format!("  {line}\n")).unwrap(), code);
        for at in PREFIX.len()..line.len() {
            let mut wrong = line.clone().into_bytes();
            wrong[at] = if wrong[at] == b'A' { b'B' } else { b'A' };
            assert!(Code::parse(std::str::from_utf8(&wrong).unwrap()).is_err(), "changed at {at}");
            assert!(Code::parse(&line[..at]).is_err(), "cut at {at}");
        }
    }
}
