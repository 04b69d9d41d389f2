//! In which transfer syntax bytes are given.

use crate::error::Error;
use imaging_domain::{Instance, transfer_syntax, transfer_syntax::Encoding};
use part10::Written;
use rendering::Coding;
use std::sync::Arc;

/// JPEG-LS without loss.
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";

/// What is done to what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Nothing: byte for byte.
    Stored,
    /// Explicit little endian, pixels decoded.
    Native,
    /// Implicit little endian, pixels decoded: for DIMSE peers that take nothing else.
    Implicit,
    /// Explicit little endian with pixels in JPEG-LS, without loss.
    JpegLs,
}

/// What is given where the form asked for cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// What is stored.
    Stored,
    /// An error.
    Nothing,
}

/// Whether it is told who an instance is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// As it is stored.
    Kept,
    /// Left out (PS3.15 annex E); what cannot be given so is not given.
    Removed,
}

/// What somebody wants of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// In which form.
    pub form: Form,
    /// And else.
    pub otherwise: Otherwise,
    /// With or without who it is about; files alone can be without.
    pub identity: Identity,
}

/// Says what is wanted of each instance, or that nothing can be: then nothing is given of any.
pub type Choose = Arc<dyn Fn(&Instance) -> Result<Wanted, Error> + Send + Sync>;

impl Form {
    /// The form that gives `wanted` of what is stored in a transfer syntax; `None` when there is none.
    pub fn giving(wanted: &str, stored: &str) -> Option<Self> {
        match wanted {
            _ if wanted == stored => Some(Self::Stored),
            transfer_syntax::EXPLICIT_LITTLE => Some(Self::Native),
            JPEG_LS => Some(Self::JpegLs),
            _ => None,
        }
    }

    /// Transfer syntax UID of what is given.
    pub fn transfer_syntax(self, stored: &str) -> &str {
        match self {
            Self::Stored => stored,
            Self::Native => transfer_syntax::EXPLICIT_LITTLE,
            Self::Implicit => transfer_syntax::IMPLICIT_LITTLE,
            Self::JpegLs => JPEG_LS,
        }
    }

    /// How its elements are written, where they are written again.
    pub(crate) fn written(self) -> Written {
        if self == Self::Implicit { Written::Implicit } else { Written::Explicit }
    }

    /// How samples are coded in it; `None` as stored.
    pub(crate) fn coding(self) -> Option<Coding> {
        match self {
            Self::Stored => None,
            Self::Native | Self::Implicit => Some(Coding::Native),
            Self::JpegLs => Some(Coding::JpegLs),
        }
    }
}

impl Wanted {
    /// As it is stored.
    pub const STORED: Self = Self::given(Form::Stored, Otherwise::Nothing);

    /// As whoever may see it is given it.
    pub const fn given(form: Form, otherwise: Otherwise) -> Self {
        Self { form, otherwise, identity: Identity::Kept }
    }

    /// For whoever wants everything as it is stored.
    pub fn stored() -> Choose {
        Arc::new(|_| Ok(Self::STORED))
    }

    /// The form for an instance: what is in the little endian that is wanted already is given as stored.
    pub(crate) fn form_of(self, instance: &Instance) -> Form {
        match self.form {
            Form::Native if instance.transfer_syntax == transfer_syntax::EXPLICIT_LITTLE => Form::Stored,
            Form::Implicit if instance.transfer_syntax == transfer_syntax::IMPLICIT_LITTLE => Form::Stored,
            form => form,
        }
    }
}

/// Whether pixels have to be decoded for explicit little endian.
pub(crate) fn is_coded(instance: &Instance) -> bool {
    instance.frames > 0 && transfer_syntax::of(&instance.transfer_syntax).is_encapsulated()
}

/// Whether numbers are in big endian.
pub(crate) fn is_big_endian(instance: &Instance) -> bool {
    transfer_syntax::of(&instance.transfer_syntax).encoding == Encoding::ExplicitBig
}

/// What a failing decoder means to whoever wanted another form: there is none.
pub(crate) fn not_in_this_form(error: Error) -> Error {
    use rendering::Error as Failure;
    match error {
        Error::Rendering(Failure::Corrupt(why) | Failure::Unsupported(why)) => Error::Unsupported(why),
        Error::Rendering(Failure::NotAnImage | Failure::NoSuchFrame) => {
            Error::Unsupported("pixel data cannot be decoded")
        }
        other => other,
    }
}
