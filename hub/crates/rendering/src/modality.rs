//! Stored values to values with a meaning: the modality LUT (PS3.3 C.11.1).

use crate::{
    Error, Samples,
    frame::each_type,
    lookup::{Inputs, Table},
};
use imaging_domain::{DataSet, tags};
use serde::{Deserialize, Serialize};

/// The transformation of one frame.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Modality {
    /// `value * slope + intercept`; 1 and 0 when the image says nothing.
    Rescale { slope: f64, intercept: f64 },
    /// ModalityLUTSequence.
    Table(Table),
}

impl Modality {
    /// Neither slope nor table.
    pub(crate) const IDENTITY: Self = Self::Rescale { slope: 1.0, intercept: 0.0 };

    /// Reads the sequence or the rescale attributes of a data set or functional group item; `None` when it has neither.
    pub(crate) fn read(attributes: &DataSet, inputs: Inputs) -> Result<Option<Self>, Error> {
        if let Some(item) = attributes.items(tags::MODALITY_LUT_SEQUENCE).first() {
            return Ok(Table::read(item, tags::LUT_DESCRIPTOR, tags::LUT_DATA, inputs)?.map(Self::Table));
        }
        let slope = attributes.floats(tags::RESCALE_SLOPE).first().copied();
        let intercept = attributes.floats(tags::RESCALE_INTERCEPT).first().copied();
        if slope.is_none() && intercept.is_none() {
            return Ok(None);
        }
        // A slope of 0 would make every picture flat; files that carry it mean 1.
        let slope = slope.filter(|slope| slope.is_finite() && *slope != 0.0).unwrap_or(1.0);
        let intercept = intercept.filter(|intercept| intercept.is_finite()).unwrap_or(0.0);
        Ok(Some(Self::Rescale { slope, intercept }))
    }

    /// Values after a table; untouched with a rescale, which [`Modality::value`] does where it costs less.
    pub(crate) fn looked_up(&self, samples: Samples) -> Samples {
        match self {
            Self::Rescale { .. } => samples,
            Self::Table(table) => {
                each_type!(samples, values => Samples::U16(values.iter().map(|value| table.at(*value as i64)).collect()))
            }
        }
    }

    /// The rescaled value of a sample that went through [`Modality::looked_up`].
    pub(crate) fn value(&self, sample: f64) -> f64 {
        match self {
            Self::Rescale { slope, intercept } => sample * slope + intercept,
            Self::Table(_) => sample,
        }
    }

    /// Whether values that come out of it, and reach the VOI LUT, can be below 0.
    pub(crate) fn outputs(&self, inputs: Inputs) -> Inputs {
        match self {
            Self::Table(_) => Inputs::Unsigned,
            Self::Rescale { slope, intercept } if *slope < 0.0 || *intercept < 0.0 => Inputs::Signed,
            Self::Rescale { .. } => inputs,
        }
    }
}
