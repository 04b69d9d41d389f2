//! One file and the environment, merged over the defaults.

use crate::error::Error;
use figment::{
    Figment, Source,
    error::Kind,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fs, io::ErrorKind, path::Path};

/// Reads a configuration: the defaults of `T`, then the file, then variables `PREFIX_SECTION__KEY` of the environment.
///
/// # Errors
/// [`Error`] names the key and where it stands, never its value. A key nobody knows is refused with the nearest known one.
pub fn load<T: Serialize + DeserializeOwned + Default>(file: Option<&Path>, env_prefix: &str) -> Result<T, Error> {
    let mut figment = Figment::from(Serialized::defaults(T::default()));
    if let Some(file) = file {
        figment = merged(figment, file)?;
    }
    figment.merge(Env::prefixed(env_prefix).split("__")).extract().map_err(|error| translate::<T>(&error))
}

/// Reads a file of its own that a configuration names: the defaults of `T`, then the file.
///
/// # Errors
/// As [`load`].
pub fn load_file<T: Serialize + DeserializeOwned + Default>(file: &Path) -> Result<T, Error> {
    merged(Figment::from(Serialized::defaults(T::default())), file)?.extract().map_err(|error| translate::<T>(&error))
}

fn merged(figment: Figment, file: &Path) -> Result<Figment, Error> {
    let unreadable = |why: String| Error::Unreadable { place: file.display().to_string(), why };
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::Missing(file.to_owned())),
        text => text.map_err(|error| unreadable(error.to_string()))?,
    };
    text.parse::<toml::Table>().map_err(|error| unreadable(in_line(&text, &error)))?;
    Ok(figment.merge(Toml::file_exact(file)))
}

/// What is wrong and where, without the text of the line.
fn in_line(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    format!("line {line}: {}", error.message())
}

/// Where a value comes from: a file by its path.
fn place(error: &figment::Error) -> String {
    let Some(metadata) = &error.metadata else { return "configuration".to_owned() };
    match &metadata.source {
        Some(Source::File(path)) => path.display().to_string(),
        _ => metadata.name.to_string(),
    }
}

fn translate<T: Serialize + Default>(error: &figment::Error) -> Error {
    let (place, path) = (place(error), error.path.join("."));
    match &error.kind {
        Kind::UnknownField(field, known) => {
            let key = if path.is_empty() || path.ends_with(field.as_str()) {
                field.clone()
            } else {
                format!("{path}.{field}")
            };
            let meant = match nearest(field, known) {
                _ if is_top::<T>(field) && !known.contains(&field.as_str()) => {
                    Some("it stands before the first section, `[…]`, of the file".to_owned())
                }
                nearest => nearest.map(|key| format!("did you mean `{key}`?")),
            };
            Error::Unknown { place, key, meant }
        }
        Kind::MissingField(field) => Error::Wrong { place, key: join(&path, field), why: "it is missing".to_owned() },
        Kind::InvalidType(_, wanted) => {
            Error::Wrong { place, key: path, why: format!("it has the wrong type: {wanted} is wanted") }
        }
        Kind::UnknownVariant(_, known) => {
            Error::Wrong { place, key: path, why: format!("it is none of {}", known.join(", ")) }
        }
        Kind::InvalidValue(_, wanted) => {
            Error::Wrong { place, key: path, why: format!("it is not allowed: {wanted} is wanted") }
        }
        // types of ours, and of addresses, say what is wrong without the value
        Kind::Message(why) => Error::Wrong { place, key: path, why: why.clone() },
        _ => Error::Wrong { place, key: path, why: "its value is not allowed".to_owned() },
    }
}

/// Whether a key stands outside of every section.
fn is_top<T: Serialize + Default>(key: &str) -> bool {
    let whole = figment::value::Value::serialize(T::default());
    whole.is_ok_and(|whole| whole.as_dict().is_some_and(|keys| keys.contains_key(key)))
}

fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

/// The known key that is least different, when it is not altogether another word.
fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|key| (strsim::damerau_levenshtein(wrong, key), *key));
    scored.min().filter(|(distance, key)| *distance <= key.len().div_ceil(2)).map(|(_, key)| key)
}
