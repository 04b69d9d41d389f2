//! Graphic layers: what is drawn over what, and in which ink (PS3.3 C.10.7).

use crate::{
    draw::{Ink, WHITE},
    lab,
};
use imaging_domain::{DataSet, tags};
use std::collections::HashMap;

/// Layers by name.
pub(crate) struct Layers {
    layers: HashMap<String, (i64, Ink)>,
}

impl Layers {
    pub(crate) fn read(state: &DataSet) -> Self {
        let layer = |item: &DataSet| {
            let name = item.text(tags::GRAPHIC_LAYER)?.trim().to_owned();
            Some((name, (item.int(tags::GRAPHIC_LAYER_ORDER).unwrap_or(0), ink(item))))
        };
        Self { layers: state.items(tags::GRAPHIC_LAYER_SEQUENCE).iter().filter_map(layer).collect() }
    }

    /// Layers of higher order are drawn later.
    pub(crate) fn order(&self, name: &str) -> i64 {
        self.layers.get(name.trim()).map_or(0, |(order, _)| *order)
    }

    /// White where the state recommends none.
    pub(crate) fn ink(&self, name: &str) -> Ink {
        self.layers.get(name.trim()).map_or(WHITE, |(_, ink)| *ink)
    }
}

fn ink(item: &DataSet) -> Ink {
    let colour = item.floats(tags::GRAPHIC_LAYER_RECOMMENDED_DISPLAY_CIE_LAB_VALUE);
    if let Some(ink) = lab::ink(&colour) {
        return ink;
    }
    match item.int(tags::GRAPHIC_LAYER_RECOMMENDED_DISPLAY_GRAYSCALE_VALUE) {
        Some(grey) => [lab::grey(grey); 3],
        None => WHITE,
    }
}
