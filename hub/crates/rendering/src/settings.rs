//! What a picture should look like.

use crate::Image;
use serde::{Deserialize, Serialize};

/// Size, window and format of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The picture fits into so many columns and rows, its shape kept; its own size when not said.
    pub fit: Option<(u32, u32)>,
    /// Window instead of the image's own.
    pub window: Option<Window>,
    /// File format.
    pub format: Format,
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

/// File format of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// JPEG with a quality of 1 to 100.
    Jpeg(u8),
    /// PNG, 8 bits a sample.
    Png,
}

impl Settings {
    /// The same settings with a fit no larger than the image itself, as thumbnails want it. Without a fit nothing
    /// changes.
    pub fn without_enlarging(mut self, image: &Image) -> Self {
        self.fit = self.fit.map(|(columns, rows)| (columns.min(image.columns()), rows.min(image.rows())));
        self
    }
}
