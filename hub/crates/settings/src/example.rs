//! Example files as the manual: every key is there, commented out, with its default.

use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;

/// Checks an example: with the `#` taken off every line of the form `# key = value` it reads as `T`, equals the default,
/// and has every key.
///
/// # Errors
/// What is wrong with it, for the test that calls this.
pub fn check_example<T: Serialize + DeserializeOwned + Default + PartialEq + Debug>(text: &str) -> Result<(), String> {
    let uncommented: String = text.lines().map(|line| uncomment(line).to_owned() + "\n").collect();
    let given: toml::Table = toml::from_str(&uncommented).map_err(|error| error.to_string())?;
    let read: T = given.clone().try_into().map_err(|error: toml::de::Error| error.to_string())?;
    if read != T::default() {
        return Err(format!("it is not the default: {read:?}"));
    }
    let all = toml::Table::try_from(T::default()).map_err(|error| error.to_string())?;
    let missing = missing_keys("", &all, &given);
    if missing.is_empty() { Ok(()) } else { Err(format!("keys are missing: {}", missing.join(", "))) }
}

fn uncomment(line: &str) -> &str {
    match line.strip_prefix('#') {
        Some(rest) if is_setting(rest.trim_start()) => rest.trim_start(),
        _ => line,
    }
}

fn is_setting(line: &str) -> bool {
    let key = line.split_once('=').map(|(key, _)| key.trim_end());
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    key.is_some_and(|key| !key.is_empty() && key.bytes().all(plain))
}

fn missing_keys(path: &str, all: &toml::Table, given: &toml::Table) -> Vec<String> {
    let mut missing = vec![];
    for (key, value) in all {
        let name = format!("{path}{key}");
        match (value, given.get(key)) {
            (_, None) => missing.push(name),
            (toml::Value::Table(all), Some(toml::Value::Table(given))) => {
                missing.extend(missing_keys(&format!("{name}."), all, given));
            }
            _ => {}
        }
    }
    missing
}
