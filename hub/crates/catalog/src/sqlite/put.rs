//! One instance becomes rows.

use super::{batch::Batch, columns, fault::Fault, rows};
use crate::ports::{Orders, Telling, Verdict, promised_digest};
use imaging_domain::{
    DataSet, Digest, Element, Instance, Keeping, Level, SiteId, Tag, VR, Value, attribute::Source, attribute::TABLE,
    json, tags,
};
use rusqlite::{params, params_from_iter, types::Value as Sql};
use std::{collections::HashMap, sync::LazyLock};

/// How deep sequences of a kept attribute may be nested. JSON readers stop at some depth: a row that is deeper could be
/// written but never read again. Nothing that is kept needs more than two.
const MAX_NESTING: usize = 8;

/// Where an instance comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was stored here: it gets the next number of the site's own feed.
    Here,
    /// A feed told of it at this time (milliseconds since 1970 UTC).
    Feed(i64),
}

impl Batch<'_> {
    /// Puts an instance in, or says why nothing was changed.
    pub(super) fn put(
        &mut self,
        site: &SiteId,
        mut instance: Instance,
        origin: Origin,
        orders: &Orders,
    ) -> Result<Verdict, Fault> {
        let site_id = self.site(site)?.id;
        let at_ms = match origin {
            Origin::Here => instance.stored_ms,
            Origin::Feed(now_ms) => now_ms,
        };
        if instance.keeping == Keeping::Promised {
            // whatever was said: it names no bytes
            (instance.digest, instance.size_bytes, instance.data_set_offset) = (promised_digest(&instance.uid), 0, 0);
        }
        if let Some(verdict) = self.meets(site, &instance, origin, orders, at_ms)? {
            return Ok(verdict);
        }
        if let Some(original) = orders.original {
            self.note_original(site_id, &instance, original)?;
        }
        if orders.telling == Telling::WhenReleased {
            self.hold(site_id, &instance, &orders.send_to)?;
            return Ok(Verdict::Stored);
        }
        self.send_on(site_id, &instance, &orders.send_to, at_ms)?;
        let study = self.study(site, &instance.study)?;
        let series = self.series((study, &instance.study), site_id, &instance.series)?;
        let own = self.distribute(site_id, study, &instance);
        self.insert(site, series, &instance, &own, origin)?;
        let class = instance.sop_class.as_ref().map_or("", |class| class.as_str());
        self.count(site, (study, &instance.study), &instance.series, class)?;
        // nothing can be made ready of what nobody has seen
        if instance.keeping != Keeping::Promised {
            self.waits(series, at_ms);
        }
        Ok(Verdict::Stored)
    }

    pub(super) fn note_conflict(&self, site: i64, aside: &Instance, kept: Digest, at_ms: i64) -> Result<(), Fault> {
        let insert = "INSERT INTO conflict (site, uid, kept, aside, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                      ON CONFLICT DO NOTHING";
        let values = params![site, aside.uid.as_str(), kept.0, aside.digest.0, at_ms];
        self.transaction.prepare_cached(insert)?.execute(values)?;
        Ok(())
    }

    /// Gives the study and the series their attributes and returns those of the instance.
    fn distribute(&mut self, site: i64, study: i64, instance: &Instance) -> DataSet {
        let mut own = DataSet::new();
        for (tag, element) in instance.attributes.iter().filter(|(_, element)| is_shallow(element, MAX_NESTING)) {
            match level_of(tag) {
                Some(Level::Study) => self.fill_study(site, &instance.study, tag, element.clone()),
                Some(Level::Series) => self.fill_series(study, &instance.series, tag, element.clone()),
                Some(Level::Instance) => own.put(tag, element.vr, element.value.clone()),
                None => {}
            }
        }
        own.put_text(tags::SOP_INSTANCE_UID, VR::UI, instance.uid.as_str());
        if let Some(class) = &instance.sop_class {
            own.put_text(tags::SOP_CLASS_UID, VR::UI, class.as_str());
        }
        own
    }

    fn insert(
        &mut self,
        site: &SiteId,
        series: i64,
        instance: &Instance,
        own: &DataSet,
        origin: Origin,
    ) -> Result<(), Fault> {
        let site = self.site(site)?;
        let change = match origin {
            Origin::Here => {
                site.written += 1;
                Some(site.written)
            }
            Origin::Feed(_) => None,
        };
        let fixed = [
            Sql::Integer(site.id),
            Sql::Integer(series),
            change.map_or(Sql::Null, Sql::Integer),
            Sql::Blob(instance.digest.0.to_vec()),
            Sql::Integer(instance.size_bytes as i64),
            Sql::Integer(instance.data_set_offset as i64),
            Sql::Integer(i64::from(instance.frames)),
            Sql::Integer(instance.stored_ms),
            Sql::Text(instance.transfer_syntax.clone()),
            Sql::Text(json::to_json(own, &|_, _| None).to_string()),
            Sql::Integer(rows::keeping_column(instance.keeping)),
        ];
        let values = columns::values(Level::Instance, own).into_iter().map(Sql::Text);
        self.transaction.prepare_cached(&INSERT)?.execute(params_from_iter(fixed.into_iter().chain(values)))?;
        Ok(())
    }
}

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let fixed = "site, series, change, digest, size_bytes, data_set_offset, frames, stored_ms, transfer_syntax, \
                 attributes, keeping";
    let names = columns::names(Level::Instance);
    let marks: Vec<&str> = vec!["?"; fixed.split(',').count() + names.len()];
    format!("INSERT INTO instance ({fixed}, {}) VALUES ({})", names.join(", "), marks.join(", "))
});

/// At which level an attribute of a file rests; `None` when the index does not keep it.
fn level_of(tag: Tag) -> Option<Level> {
    static LEVELS: LazyLock<HashMap<Tag, Level>> = LazyLock::new(|| {
        TABLE.iter().filter(|row| row.source == Source::File).map(|row| (row.root(), row.level)).collect()
    });
    LEVELS.get(&tag).copied()
}

fn is_shallow(element: &Element, depth: usize) -> bool {
    match &element.value {
        Value::Sequence(items) => {
            depth > 0 && items.iter().all(|item| item.iter().all(|(_, element)| is_shallow(element, depth - 1)))
        }
        _ => true,
    }
}
