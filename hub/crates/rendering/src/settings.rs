//! What a picture should look like.

use crate::Image;
use imaging_domain::{InstanceUid, SeriesUid};
use serde::{Deserialize, Serialize};

/// Size, part, window, texts, colours and format of a picture. The default is the image as it is, as JPEG.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// The picture fits into so many columns and rows, its shape kept; its own size when not said.
    pub fit: Option<(u32, u32)>,
    /// Part of the image that is shown; the whole when not said.
    pub region: Option<Region>,
    /// Window instead of the image's own.
    pub window: Option<Window>,
    /// Texts burnt into the picture.
    pub annotation: Annotation,
    /// Colour space and embedded profile.
    pub colours: Colours,
    /// Overlay planes that are drawn.
    pub overlays: Overlays,
    /// Presentation state of the same study that the image is shown with. It is looked up by whoever has an index, and
    /// comes to the image by [`Image::presented`].
    pub presentation: Option<(SeriesUid, InstanceUid)>,
    /// Segmentation of the same study that is drawn over the image; looked up in the same way, and comes to the image
    /// by [`Image::covered`].
    pub segmentation: Option<(SeriesUid, InstanceUid)>,
    /// File format.
    pub format: Format,
}

/// In what the numbers of a region are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Unit {
    /// Pixels of the image.
    #[default]
    Pixel,
    /// The whole width or height of the image.
    Whole,
}

/// A part of an image, from the top left corner; what stands out over the image is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Region {
    /// Of the next four.
    pub unit: Unit,
    /// First column.
    pub left: f64,
    /// First row.
    pub top: f64,
    /// Width, above 0; up to the right edge when not said.
    pub columns: Option<f64>,
    /// Height, above 0; down to the lower edge when not said.
    pub rows: Option<f64>,
    /// Left and right change places.
    pub flip_horizontal: bool,
    /// Top and bottom change places.
    pub flip_vertical: bool,
}

/// Texts burnt into a picture (PS3.18 8.3.5.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Annotation {
    /// Whom it shows.
    pub patient: bool,
    /// How it was made.
    pub technique: bool,
}

/// Colour space of a coloured picture and whether the file says so (PS3.18 8.3.5.1.5). Grey pictures have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Colours {
    /// As they are, no profile embedded.
    #[default]
    AsStored,
    /// As they are, the image's own profile embedded; sRGB when it has none.
    OwnProfile,
    /// sRGB (IEC 61966-2-1).
    Srgb,
    /// Adobe RGB (1998).
    AdobeRgb,
    /// ROMM RGB (ISO 22028-2).
    RommRgb,
}

/// Overlay planes that are drawn (PS3.3 C.9.2).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Overlays {
    /// None.
    #[default]
    None,
    /// All.
    All,
    /// Those of these repeating groups.
    Groups(Vec<u16>),
}

/// A VOI window (PS3.3 C.11.2).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// WindowCenter, in output units of the modality LUT.
    pub center: f64,
    /// WindowWidth, above 0.
    pub width: f64,
    /// VOILUTFunction.
    pub function: WindowFunction,
}

/// How values inside a window become grey (PS3.3 C.11.2.1.2 and C.11.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum WindowFunction {
    /// LINEAR.
    #[default]
    Linear,
    /// LINEAR_EXACT.
    LinearExact,
    /// SIGMOID.
    Sigmoid,
}

/// JPEG quality when nobody says one.
const QUALITY: u8 = 90;

/// File format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// JPEG with a quality of 1 to 100.
    Jpeg(u8),
    /// PNG, 8 bits a sample.
    Png,
    /// GIF of one frame.
    Gif,
    /// Netpbm P5 or P6, 8 bits a sample: pixels on their way into an [`Animation`](crate::Animation).
    Pixels,
}

impl Default for Format {
    fn default() -> Self {
        Self::Jpeg(QUALITY)
    }
}

impl Settings {
    /// The same settings with a fit no larger than the image itself, as thumbnails want it. Without a fit nothing
    /// changes.
    pub fn without_enlarging(mut self, image: &Image) -> Self {
        self.fit = self.fit.map(|(columns, rows)| (columns.min(image.columns()), rows.min(image.rows())));
        self
    }
}
