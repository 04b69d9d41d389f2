//! UIDs that stand for others, the same for the same, by a secret of this program (PS3.15 E.3.9 without its option).

use access_control::Token;
use aws_lc_rs::hmac;
use part10::Deidentification;
use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Arc,
};

/// What UIDs made of a number of 128 bits begin with (PS3.5 B.2).
const ROOT: &str = "2.25.";
/// The most bytes that are read of the secret.
const LONGEST_SECRET: u64 = 64;

/// The secret. Without it nobody finds the UID that another one stands for, not by trying either. Cheap to clone; `Debug` shows
/// nothing.
#[derive(Clone)]
pub struct Pseudonyms(Arc<hmac::Key>);

impl Pseudonyms {
    /// By a secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    /// By the secret in a file, which is made the first time, readable by its owner alone.
    ///
    /// # Errors
    /// When it can be neither read nor made, or is none.
    pub fn kept_in(path: &Path) -> io::Result<Self> {
        if !path.exists() {
            make(path)?;
        }
        let mut text = String::new();
        File::open(path)?.take(LONGEST_SECRET).read_to_string(&mut text)?;
        let secret =
            Token::parse(text.trim()).ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "it is damaged"))?;
        Ok(Self::new(secret.bytes()))
    }

    /// What stands for a UID. The number is laid out as a UUID of version 8 (RFC 9562 5.8), as the Standard wants it.
    pub(crate) fn uid(&self, original: &str) -> String {
        let digest = self.digest("uid", original);
        let number = u128::from_be_bytes(digest) & !(0xF << 76) & !(0b11 << 62) | 8 << 76 | 0b10 << 62;
        format!("{ROOT}{number}")
    }

    /// Says which secret it is, to nobody who does not have it.
    pub(crate) fn fingerprint(&self) -> [u8; 16] {
        self.digest("fingerprint", "")
    }

    /// How a data set is de-identified with it.
    pub(crate) fn deidentification(&self) -> Deidentification {
        let this = self.clone();
        Deidentification::new(move |uid| this.uid(uid))
    }

    fn digest(&self, what_for: &'static str, text: &str) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.0);
        [what_for, "/", text].iter().for_each(|part| context.update(part.as_bytes()));
        let mut out = [0; 16];
        out.copy_from_slice(&context.sign().as_ref()[..16]);
        out
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonyms(***)")
    }
}

/// Makes a secret, whole or not at all. Another program may be quicker: then its secret is the one.
fn make(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let token = Token::generate();
    let new = path.with_extension(Token::generate().to_text());
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(token.to_text().as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&new, path);
    fs::remove_file(&new)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => File::open(folder)?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_stands_for_the_same_by_one_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("below/uid-secret");
        let (first, again) = (Pseudonyms::kept_in(&path).unwrap(), Pseudonyms::kept_in(&path).unwrap());
        assert_eq!(first.uid("1.2.3"), again.uid("1.2.3"));
        assert_eq!(first.fingerprint(), again.fingerprint());
        assert_ne!(first.uid("1.2.3"), first.uid("1.2.4"));
        assert_ne!(first.uid("1.2.3"), Pseudonyms::new(&[7; 32]).uid("1.2.3"));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing else is left");
        fs::write(&path, "damaged").unwrap();
        assert!(Pseudonyms::kept_in(&path).is_err(), "no other secret takes its place unasked");
    }

    #[test]
    fn what_stands_for_a_uid_is_one() {
        let names = Pseudonyms::new(&[1; 32]);
        for original in ["1.2.3", "", "no uid"] {
            let uid = names.uid(original);
            let number: u128 = uid.strip_prefix("2.25.").unwrap().parse().unwrap();
            assert!(uid.len() <= 64 && number.to_string().len() + 5 == uid.len());
            assert_eq!((number >> 76 & 0xF, number >> 62 & 0b11), (8, 0b10));
        }
    }
}
