//! Softcopy presentation states (PS3.3 A.33): how somebody wanted an image to be shown.
//!
//! Grayscale, colour and pseudo-colour states are applied to one frame of one image. Blending and volumetric states are
//! not.

mod displayed;
mod graphics;
mod label;
mod layers;
mod outline;
mod reference;
mod shutter;

pub use reference::{Reference, references};

pub(crate) use displayed::Shown;

use crate::{
    Error, Image,
    bitmap::Bitmap,
    geometry::Geometry,
    lookup::{Inputs, Table},
    modality::Modality,
    overlay::Plane,
    palette::Palette,
    pixel::Direction,
    voi::Voi,
};
use graphics::Graphics;
use imaging_domain::{DataSet, Value, tags};
use layers::Layers;
use reference::{Which, applies};
use serde::{Deserialize, Serialize};
use shutter::Shutter;

/// Classes whose states are applied here.
const GRAYSCALE: &str = "1.2.840.10008.5.1.4.1.1.11.1";
const COLOUR: &str = "1.2.840.10008.5.1.4.1.1.11.2";
const PSEUDO_COLOUR: &str = "1.2.840.10008.5.1.4.1.1.11.3";
/// What the UIDs of all softcopy presentation states begin with.
const STATES: &str = "1.2.840.10008.5.1.4.1.1.11.";

/// What a state adds to an image beside its look-up tables.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Presentation {
    pub(crate) shown: Shown,
    /// Colours of pseudo-colour, by grey.
    pub(crate) palette: Option<Palette>,
    shutter: Shutter,
    graphics: Graphics,
}

/// Whether instances of a class are presentation states.
pub fn is_presentation_state(sop_class: &str) -> bool {
    sop_class.starts_with(STATES)
}

impl Image {
    /// The image as a presentation state shows it. `state` and `own` are the attributes of the state and of the image's
    /// instance, `frame` counts from 0.
    ///
    /// The modality LUT of a grayscale state is the state's or none, its VOI LUT is the state's or the whole range, and
    /// its presentation LUT says which end is bright, whatever the image says (PS3.4 N.2).
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a state of another kind, or for values outside of its data set;
    /// [`Error::Corrupt`] for one whose values contradict each other, or that is not about this image.
    pub fn presented(mut self, state: &DataSet, own: &DataSet, frame: u32) -> Result<Self, Error> {
        let which = Which { instance: own.text(tags::SOP_INSTANCE_UID).unwrap_or_default(), frame };
        if !references(state).iter().any(|reference| reference.shows(&which)) {
            return Err(Error::Corrupt("the presentation state is not about this image"));
        }
        let class = state.text(tags::SOP_CLASS_UID).unwrap_or_default();
        let palette = match class {
            GRAYSCALE | COLOUR => None,
            PSEUDO_COLOUR => Some(Palette::read(state, Inputs::Unsigned)?),
            _ => return Err(Error::Unsupported("presentation state of this kind")),
        };
        if class != COLOUR {
            self.greys(state, &which)?;
        }
        if let Some(Value::Bytes(profile)) = state.get(tags::ICC_PROFILE).map(|element| &element.value) {
            self.profile = Some(profile.clone());
        }
        let layers = Layers::read(state);
        let presentation = Presentation {
            shown: Shown::read(state, &which),
            palette,
            shutter: Shutter::read(state, &which)?,
            graphics: Graphics::read(state, &which, &layers)?,
        };
        self.overlays.extend(activated(state, own, &which, &layers)?);
        self.presentation = Some(Box::new(presentation));
        Ok(self)
    }

    fn greys(&mut self, state: &DataSet, which: &Which<'_>) -> Result<(), Error> {
        let inputs = self.number.inputs();
        self.modality = Modality::read(state, inputs)?.unwrap_or(Modality::IDENTITY);
        let inputs = self.modality.outputs(inputs);
        let own = |item: &&DataSet| applies(item, which);
        let item = state.items(tags::SOFTCOPY_VOILUT_SEQUENCE).iter().find(own);
        let voi = item.map(|item| Voi::read(item, inputs)).transpose()?.flatten();
        self.voi = voi.unwrap_or_else(|| whole_range(self));
        self.direction = match state.items(tags::PRESENTATION_LUT_SEQUENCE).first() {
            Some(item) => {
                let table = Table::read(item, tags::LUT_DESCRIPTOR, tags::LUT_DATA, Inputs::Unsigned)?;
                Direction::Table(table.ok_or(Error::Corrupt("presentation lut without descriptor"))?)
            }
            None => match state.text(tags::PRESENTATION_LUT_SHAPE) {
                Some("INVERSE") => Direction::LowIsWhite,
                _ => Direction::LowIsBlack,
            },
        };
        Ok(())
    }
}

/// Everything the modality LUT can give: what an identity VOI LUT shows.
fn whole_range(image: &Image) -> Voi {
    match (&image.modality, image.number.range()) {
        (Modality::Table(table), _) => Voi::Range(0.0, f64::from(table.top())),
        (modality, Some((low, high))) => {
            let (one, other) = (modality.value(low), modality.value(high));
            Voi::Range(one.min(other), one.max(other))
        }
        (_, None) => Voi::Extent,
    }
}

/// Overlay planes that the state shows: its own, or the image's that it activates (PS3.3 C.11.7).
fn activated(state: &DataSet, own: &DataSet, which: &Which<'_>, layers: &Layers) -> Result<Vec<Plane>, Error> {
    let mut planes = vec![];
    for group in (0x6000..=0x601E).step_by(2) {
        let layer = state.text(Plane::tag(group, 0x1001)).map(str::trim).filter(|layer| !layer.is_empty());
        let Some(layer) = layer else { continue };
        let from = if state.get(Plane::tag(group, 0x3000)).is_some() { state } else { own };
        planes.extend(Plane::read(from, group, which.frame)?.map(|plane| plane.in_ink(layers.ink(layer))));
    }
    Ok(planes)
}

impl Presentation {
    /// Covers what the shutter hides.
    pub(crate) fn shut(&self, bitmap: Bitmap, geometry: &Geometry) -> Bitmap {
        self.shutter.close(bitmap, geometry)
    }

    /// Draws lines, areas and texts.
    pub(crate) fn annotate(&self, bitmap: Bitmap, geometry: &Geometry) -> Bitmap {
        self.graphics.draw(bitmap, geometry)
    }
}
