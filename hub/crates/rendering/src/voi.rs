//! Values of interest: which values become black, white and grey between (PS3.3 C.11.2).

use crate::{
    Error, Window, WindowFunction,
    lookup::{Inputs, Table},
};
use imaging_domain::{DataSet, tags};
use serde::{Deserialize, Serialize};

/// What the image itself asks for.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Voi {
    /// The first window.
    Window(Window),
    /// The first item of VOILUTSequence.
    Table(Table),
    /// Smallest to largest value of the frame.
    Extent,
    /// From one value to another, as said by a presentation state that has no VOI LUT.
    Range(f64, f64),
}

impl Voi {
    /// Reads window or table of a data set or functional group item; `None` when it has neither. A window whose
    /// width is not allowed for its function (PS3.3 C.11.2.1.2.1) counts as absent.
    pub(crate) fn read(attributes: &DataSet, inputs: Inputs) -> Result<Option<Self>, Error> {
        let first = |tag| attributes.floats(tag).first().copied().filter(|value| value.is_finite());
        let function = match attributes.text(tags::VOILUT_FUNCTION).map(str::trim) {
            Some("SIGMOID") => WindowFunction::Sigmoid,
            Some("LINEAR_EXACT") => WindowFunction::LinearExact,
            _ => WindowFunction::Linear,
        };
        if let (Some(center), Some(width)) = (first(tags::WINDOW_CENTER), first(tags::WINDOW_WIDTH)) {
            let window = Window { center, width, function };
            if is_allowed(&window) {
                return Ok(Some(Self::Window(window)));
            }
        }
        match attributes.items(tags::VOILUT_SEQUENCE).first() {
            Some(item) => Ok(Table::read(item, tags::LUT_DESCRIPTOR, tags::LUT_DATA, inputs)?.map(Self::Table)),
            None => Ok(None),
        }
    }
}

/// Whether a window's width makes sense: at least 1 for LINEAR, above 0 for the others.
pub(crate) fn is_allowed(window: &Window) -> bool {
    let smallest = if window.function == WindowFunction::Linear { 1.0 } else { f64::MIN_POSITIVE };
    window.center.is_finite() && window.width.is_finite() && window.width >= smallest
}

/// A way from value to grey, 0.0 (black) to 1.0 (white).
pub(crate) enum Curve<'a> {
    Linear { from: f64, scale: f64 },
    Sigmoid { center: f64, width: f64 },
    Table(&'a Table),
}

impl<'a> Curve<'a> {
    /// The curve of a window.
    pub(crate) fn window(window: &Window) -> Self {
        let Window { center, width, function } = *window;
        match function {
            // A width of 1 is a step (PS3.3 C.11.2.1.2.1); the smallest positive span is the same step.
            WindowFunction::Linear => {
                let span = (width - 1.0).max(f64::EPSILON);
                Self::Linear { from: center - 0.5 - (width - 1.0) / 2.0, scale: 1.0 / span }
            }
            WindowFunction::LinearExact => Self::Linear { from: center - width / 2.0, scale: 1.0 / width },
            WindowFunction::Sigmoid => Self::Sigmoid { center, width },
        }
    }

    /// From the smallest value to the largest; black when they are one.
    pub(crate) fn extent(low: f64, high: f64) -> Self {
        Self::Linear { from: low, scale: if high > low { 1.0 / (high - low) } else { 0.0 } }
    }

    /// The curve of a VOI LUT.
    pub(crate) fn table(table: &'a Table) -> Self {
        Self::Table(table)
    }

    /// Grey of a value; a value that is no number is black.
    pub(crate) fn grey(&self, value: f64) -> f64 {
        let grey = match self {
            Self::Linear { from, scale } => (value - from) * scale,
            Self::Sigmoid { center, width } => 1.0 / (1.0 + (-4.0 * (value - center) / width).exp()),
            Self::Table(table) => f64::from(table.at(value.round() as i64)) / f64::from(table.top()),
        };
        grey.clamp(0.0, 1.0)
    }
}
