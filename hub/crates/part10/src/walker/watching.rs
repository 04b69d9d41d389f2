//! What the walker does for whoever watches: it tells who the instance is, keeps a few attributes more, and notes where elements
//! stand.

use super::{State, Walker};
use crate::{Places, Watched, coding::Coding, coding::UNDEFINED};
use imaging_domain::{Tag, VR, tags, transfer_syntax::Encoding};
use std::sync::Arc;

/// What is watched, and where it was seen.
pub(super) struct Watching {
    watched: Arc<Watched>,
    pub(super) places: Places,
}

impl Walker {
    /// A walker that looks for more.
    pub fn watching(mut self, watched: Option<Arc<Watched>>, encoding: Encoding) -> Self {
        self.watching = watched.map(|watched| {
            let places = Places::new(&watched.placed, Coding::of(encoding));
            Box::new(Watching { watched, places })
        });
        self
    }

    /// Whether somebody wants the value of an element of the outermost data set.
    pub(super) fn is_watched(&self, tag: Tag) -> bool {
        self.watching.as_ref().is_some_and(|watching| watching.watched.kept.contains(&tag))
    }

    /// An element begins; its first eight bytes lie behind.
    pub(super) fn note_begin(&mut self, tag: Tag) {
        if let (1, Some(watching)) = (self.stack.len(), &mut self.watching) {
            watching.places.begin(tag, self.position - 8);
        }
    }

    /// Its header has ended.
    pub(super) fn note_header(&mut self, vr: VR, length: u32) {
        if let (1, Some(watching)) = (self.stack.len(), &mut self.watching) {
            watching.places.header(vr, self.position, length == UNDEFINED);
        }
    }

    /// Whether the place of SOP Instance UID lies behind, or the data set has ended.
    pub fn has_passed_identity(&self) -> bool {
        self.last_tag > tags::SOP_INSTANCE_UID || matches!(self.state, State::Ended)
    }

    /// SOP Class UID and SOP Instance UID of the data set.
    pub fn identity(&self) -> (Option<&str>, Option<&str>) {
        let root = &self.stack[0].data;
        (root.text(tags::SOP_CLASS_UID), root.text(tags::SOP_INSTANCE_UID))
    }
}
