//! A study or a series while a transaction changes it.

use super::{columns, fault::Fault, names};
use imaging_domain::{DataSet, Element, Level, Tag, VR, json};
use rusqlite::{Transaction, params_from_iter, types::Value as Sql};

/// A study or a series: its attributes, and what was added below it.
pub(super) struct Group {
    pub(super) id: i64,
    pub(super) attributes: DataSet,
    pub(super) changed: bool,
    pub(super) series: i64,
    pub(super) instances: i64,
}

impl Group {
    pub(super) fn new(id: i64, tag: Tag, uid: &str) -> Self {
        let mut attributes = DataSet::new();
        attributes.put_text(tag, VR::UI, uid);
        Self { id, attributes, changed: true, series: 0, instances: 0 }
    }

    /// Fills in what is not there yet.
    pub(super) fn fill(&mut self, tag: Tag, element: Element) {
        let wanted = match self.attributes.get(tag) {
            None => true,
            Some(present) => present.is_empty() && !element.is_empty(),
        };
        if wanted {
            self.attributes.put(tag, element.vr, element.value);
            self.changed = true;
        }
    }
}

/// Writes what is new of a group.
pub(super) fn write(transaction: &Transaction<'_>, level: Level, group: &Group) -> Result<(), Fault> {
    let table = if level == Level::Study { "study" } else { "series" };
    if group.changed {
        let columns: String =
            columns::names(level).iter().zip(3..).map(|(name, number)| format!(", {name} = ?{number}")).collect();
        let update = format!("UPDATE {table} SET attributes = ?2{columns} WHERE id = ?1");
        let text = json::to_json(&group.attributes, &|_, _| None).to_string();
        let values = [Sql::Integer(group.id), Sql::Text(text)].into_iter();
        let values = values.chain(columns::values(level, &group.attributes).into_iter().map(Sql::Text));
        transaction.prepare_cached(&update)?.execute(params_from_iter(values))?;
        if level == Level::Study {
            names::assign(transaction, group.id, &group.attributes)?;
        }
    }
    if group.instances > 0 {
        let series = if level == Level::Study { ", series = series + ?3" } else { "" };
        let update = format!("UPDATE {table} SET instances = instances + ?2{series} WHERE id = ?1");
        let mut values = vec![group.id, group.instances];
        if level == Level::Study {
            values.push(group.series);
        }
        transaction.prepare_cached(&update)?.execute(params_from_iter(values))?;
    }
    Ok(())
}
