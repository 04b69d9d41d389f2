//! Status codes (PS3.7 annex C, PS3.4 B.2.3, C.4) as one table.

use std::fmt;

/// Status (0000,0900).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(u16);

/// What a status means for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// It is done.
    Success,
    /// It is done, with a remark.
    Warning,
    /// It is not done.
    Failure,
    /// It was given up because the asker said so.
    Cancel,
    /// More answers follow.
    Pending,
}

/// One row: every code whose bits under `mask` are those of `code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The code, or the first of a family.
    pub code: u16,
    /// Which bits tell the family; `FFFFH` when it is one code.
    pub mask: u16,
    /// What it means.
    pub category: Category,
    /// The Standard's words.
    pub meaning: &'static str,
}

const fn row(code: u16, mask: u16, category: Category, meaning: &'static str) -> Row {
    Row { code, mask, category, meaning }
}

const ONE: u16 = 0xFFFF;

/// Every status; the first row that fits counts, the last one fits all.
pub const STATUS_TABLE: &[Row] = &[
    row(0x0000, ONE, Category::Success, "success"),
    row(0x0001, ONE, Category::Warning, "requested optional attributes are not supported"),
    row(0x0105, ONE, Category::Failure, "no such attribute"),
    row(0x0106, ONE, Category::Failure, "invalid attribute value"),
    row(0x0107, ONE, Category::Warning, "attribute list error"),
    row(0x0110, ONE, Category::Failure, "processing failure"),
    row(0x0111, ONE, Category::Failure, "duplicate sop instance"),
    row(0x0112, ONE, Category::Failure, "no such sop instance"),
    row(0x0113, ONE, Category::Failure, "no such event type"),
    row(0x0114, ONE, Category::Failure, "no such argument"),
    row(0x0115, ONE, Category::Failure, "invalid argument value"),
    row(0x0116, ONE, Category::Warning, "attribute value out of range"),
    row(0x0117, ONE, Category::Failure, "invalid sop instance"),
    row(0x0118, ONE, Category::Failure, "no such sop class"),
    row(0x0119, ONE, Category::Failure, "class-instance conflict"),
    row(0x0120, ONE, Category::Failure, "missing attribute"),
    row(0x0121, ONE, Category::Failure, "missing attribute value"),
    row(0x0122, ONE, Category::Failure, "sop class not supported"),
    row(0x0123, ONE, Category::Failure, "no such action type"),
    row(0x0124, ONE, Category::Failure, "not authorized"),
    row(0x0210, ONE, Category::Failure, "duplicate invocation"),
    row(0x0211, ONE, Category::Failure, "unrecognized operation"),
    row(0x0212, ONE, Category::Failure, "mistyped argument"),
    row(0x0213, ONE, Category::Failure, "resource limitation"),
    row(0xA700, 0xFF00, Category::Failure, "out of resources"),
    row(0xA801, ONE, Category::Failure, "move destination unknown"),
    row(0xA900, 0xFF00, Category::Failure, "data set does not match sop class"),
    row(0xB000, ONE, Category::Warning, "warning: elements coerced, or part of it failed"),
    row(0xB006, ONE, Category::Warning, "elements discarded"),
    row(0xB007, ONE, Category::Warning, "data set does not match sop class"),
    row(0xB000, 0xF000, Category::Warning, "warning of the service class"),
    row(0xC000, 0xF000, Category::Failure, "cannot understand"),
    row(0xFE00, ONE, Category::Cancel, "cancelled"),
    row(0xFF00, 0xFFFE, Category::Pending, "pending"),
    row(0x0000, 0x0000, Category::Failure, "a status that no part of the standard gives"),
];

impl Status {
    /// 0000H.
    pub const SUCCESS: Self = Self(0x0000);
    /// 0110H.
    pub const PROCESSING_FAILURE: Self = Self(0x0110);
    /// 0112H: there is no such instance.
    pub const NO_SUCH_SOP_INSTANCE: Self = Self(0x0112);
    /// 0115H: the data set of the request says something impossible.
    pub const INVALID_ARGUMENT_VALUE: Self = Self(0x0115);
    /// 0119H: the instance is of another class.
    pub const CLASS_INSTANCE_CONFLICT: Self = Self(0x0119);
    /// 0123H: the action is not one that is offered.
    pub const NO_SUCH_ACTION: Self = Self(0x0123);
    /// 0213H: there are too many already.
    pub const RESOURCE_LIMITATION: Self = Self(0x0213);
    /// 0117H: the identifier of the instance is missing or none.
    pub const INVALID_SOP_INSTANCE: Self = Self(0x0117);
    /// 0122H: the SOP class is not one that this service has.
    pub const SOP_CLASS_NOT_SUPPORTED: Self = Self(0x0122);
    /// 0124H: the peer may not.
    pub const NOT_AUTHORIZED: Self = Self(0x0124);
    /// 0211H: the operation is not one that is offered.
    pub const UNRECOGNIZED_OPERATION: Self = Self(0x0211);
    /// A700H: no room, no index, no power; the same may succeed later.
    pub const OUT_OF_RESOURCES: Self = Self(0xA700);
    /// A701H: what would be sent cannot be counted.
    pub const CANNOT_COUNT_MATCHES: Self = Self(0xA701);
    /// A702H: the sub-operations cannot be performed.
    pub const CANNOT_PERFORM_SUB_OPERATIONS: Self = Self(0xA702);
    /// A801H: nobody knows the destination of a C-MOVE.
    pub const MOVE_DESTINATION_UNKNOWN: Self = Self(0xA801);
    /// B000H: some of the sub-operations failed or had a warning (PS3.4 C.4.2.1.6, C.4.3.1.4).
    pub const SUB_OPERATIONS_FAILED: Self = Self(0xB000);
    /// B000H of C-STORE: attributes were changed (PS3.4 B.2.3).
    pub const COERCION_OF_DATA_ELEMENTS: Self = Self(0xB000);
    /// A900H: the data set is not what its command said.
    pub const DATA_SET_MISMATCH: Self = Self(0xA900);
    /// C000H: the data set cannot be read.
    pub const CANNOT_UNDERSTAND: Self = Self(0xC000);

    /// FE00H: given up because the asker said so.
    pub const CANCEL: Self = Self(0xFE00);
    /// FF00H: here is one, and more may follow.
    pub const PENDING: Self = Self(0xFF00);
    /// FF01H: as FF00H, and some optional keys were not matched.
    pub const PENDING_WITH_WARNING: Self = Self(0xFF01);

    /// The status of a code; every code is one.
    pub const fn from_code(code: u16) -> Self {
        Self(code)
    }

    /// The code.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Its row of [`STATUS_TABLE`].
    pub fn row(self) -> &'static Row {
        let fits = |row: &&Row| self.0 & row.mask == row.code;
        STATUS_TABLE.iter().find(fits).unwrap_or(&STATUS_TABLE[STATUS_TABLE.len() - 1])
    }

    /// What it means for whoever asked.
    pub fn category(self) -> Category {
        self.row().category
    }

    /// Whether what was asked is done, with or without a remark.
    pub fn is_done(self) -> bool {
        matches!(self.category(), Category::Success | Category::Warning)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X} ({})", self.0, self.row().meaning)
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
