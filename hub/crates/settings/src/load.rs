//! One file and the environment, merged over the defaults.

use crate::error::Error;
use figment::{
    Figment,
    error::Kind,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Serialize, de::DeserializeOwned};
use std::path::Path;

/// Reads a configuration: the defaults of `T`, then the file, then variables `PREFIX_SECTION__KEY` of the environment.
///
/// # Errors
/// [`Error`] names the key and where it stands, never its value. A key nobody knows is refused with the nearest known one.
pub fn load<T: Serialize + DeserializeOwned + Default>(file: Option<&Path>, env_prefix: &str) -> Result<T, Error> {
    let mut figment = Figment::from(Serialized::defaults(T::default()));
    if let Some(file) = file {
        figment = merged(figment, file)?;
    }
    figment.merge(Env::prefixed(env_prefix).split("__")).extract().map_err(|error| translate(&error))
}

/// Reads a file of its own that a configuration names: the defaults of `T`, then the file.
///
/// # Errors
/// As [`load`].
pub fn load_file<T: Serialize + DeserializeOwned + Default>(file: &Path) -> Result<T, Error> {
    merged(Figment::from(Serialized::defaults(T::default())), file)?.extract().map_err(|error| translate(&error))
}

fn merged(figment: Figment, file: &Path) -> Result<Figment, Error> {
    if file.is_file() { Ok(figment.merge(Toml::file_exact(file))) } else { Err(Error::Missing(file.to_owned())) }
}

fn translate(error: &figment::Error) -> Error {
    let place =
        error.metadata.as_ref().map_or_else(|| "configuration".to_owned(), |metadata| metadata.name.to_string());
    let path = error.path.join(".");
    match &error.kind {
        Kind::UnknownField(field, known) => {
            let key = if path.is_empty() || path.ends_with(field.as_str()) {
                field.clone()
            } else {
                format!("{path}.{field}")
            };
            Error::Unknown { place, key, nearest: nearest(field, known).map(str::to_owned) }
        }
        Kind::MissingField(field) => Error::Wrong { place, key: join(&path, field), why: "it is missing" },
        Kind::InvalidType(..) => Error::Wrong { place, key: path, why: "it has the wrong type" },
        Kind::Message(_) if path.is_empty() => Error::Unreadable { place },
        _ => Error::Wrong { place, key: path, why: "its value is not allowed" },
    }
}

fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

/// The known key that is least different, when it is not altogether another word.
fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|key| (strsim::damerau_levenshtein(wrong, key), *key));
    scored.min().filter(|(distance, key)| *distance <= key.len().div_ceil(2)).map(|(_, key)| key)
}
