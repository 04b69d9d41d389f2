//! What a caller says before the first byte: what the bytes are, what to keep, how much is allowed.

/// What the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framing {
    /// A PS3.10 file, or what vendors leave of one: preamble, `DICM`, file meta information or its group length
    /// may be missing or wrong.
    File,
    /// A bare data set, as in C-STORE.
    DataSet {
        /// Transfer syntax UID that was negotiated for it.
        transfer_syntax: String,
    },
}

/// Which attributes the header carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What the index and the frame index need: `attribute::kept_from_file()`, the identifying UIDs, Specific
    /// Character Set and the image pixel module's numbers. Binary values are left where they are.
    Index,
    /// The whole data set without group 0002 and group lengths, private attributes included.
    Everything {
        /// Binary values of more bytes become `Value::Bulk`; pixel data always does.
        max_inline_bytes: usize,
    },
}

/// Limits on what foreign bytes may make us do. [`Default`] gives the values named at each field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sequences inside sequences: 64.
    pub depth: usize,
    /// Elements, items and fragments together: 4 million.
    pub elements: u64,
    /// Bytes of one text value that is kept; a longer one becomes `Value::Bulk` or is left out: 1 MiB.
    pub text_value_bytes: usize,
    /// Bytes of memory for all kept values, with their bookkeeping: 32 MiB.
    pub kept_bytes: u64,
    /// Bytes a deflated data set may inflate to: 4 GiB.
    pub inflated_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 64,
            elements: 4_000_000,
            text_value_bytes: 1 << 20,
            kept_bytes: 32 << 20,
            inflated_bytes: 4 << 30,
        }
    }
}
