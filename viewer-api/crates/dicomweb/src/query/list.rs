//! Keys that may have several values.

use super::{MAX_VALUES, Search, value::is_universal};
use crate::error::Error;
use imaging_domain::{Attribute, Tag};

impl Search {
    /// A list by comma, by backslash (OHIF), or by repetition (wsidicom). Keys of other names are other keys, though they are of
    /// one attribute here.
    pub(super) fn list(
        &mut self,
        path: &[Tag],
        attribute: &'static Attribute,
        value: &str,
        between: &[char],
    ) -> Result<(), Error> {
        if is_universal(value) {
            self.query.include.add(attribute.root());
            return Ok(());
        }
        let index = self.lists.iter().position(|(other, ..)| other == path).unwrap_or_else(|| {
            self.lists.push((path.to_vec(), attribute, vec![]));
            self.lists.len() - 1
        });
        let values = &mut self.lists[index].2;
        for entry in value.split(between).map(str::trim).filter(|entry| !entry.is_empty()) {
            if values.len() == MAX_VALUES {
                return Err(Error::TooLong("list of a matching key"));
            }
            values.push(entry.to_owned());
        }
        Ok(())
    }
}
