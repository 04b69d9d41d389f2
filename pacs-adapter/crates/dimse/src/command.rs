//! The coded values of command elements (PS3.7 table E.1-1).

/// What a message asks or answers: Command Field (0000,0100).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the Standard's")]
pub enum CommandField {
    CStoreRq,
    CStoreRsp,
    CGetRq,
    CGetRsp,
    CFindRq,
    CFindRsp,
    CMoveRq,
    CMoveRsp,
    CEchoRq,
    CEchoRsp,
    CCancelRq,
    NEventReportRq,
    NEventReportRsp,
    NGetRq,
    NGetRsp,
    NSetRq,
    NSetRsp,
    NActionRq,
    NActionRsp,
    NCreateRq,
    NCreateRsp,
    NDeleteRq,
    NDeleteRsp,
    /// A code that PS3.7 does not define.
    Unknown(u16),
}

use CommandField as F;

const FIELDS: [(CommandField, u16); 23] = [
    (F::CStoreRq, 0x0001),
    (F::CStoreRsp, 0x8001),
    (F::CGetRq, 0x0010),
    (F::CGetRsp, 0x8010),
    (F::CFindRq, 0x0020),
    (F::CFindRsp, 0x8020),
    (F::CMoveRq, 0x0021),
    (F::CMoveRsp, 0x8021),
    (F::CEchoRq, 0x0030),
    (F::CEchoRsp, 0x8030),
    (F::CCancelRq, 0x0FFF),
    (F::NEventReportRq, 0x0100),
    (F::NEventReportRsp, 0x8100),
    (F::NGetRq, 0x0110),
    (F::NGetRsp, 0x8110),
    (F::NSetRq, 0x0120),
    (F::NSetRsp, 0x8120),
    (F::NActionRq, 0x0130),
    (F::NActionRsp, 0x8130),
    (F::NCreateRq, 0x0140),
    (F::NCreateRsp, 0x8140),
    (F::NDeleteRq, 0x0150),
    (F::NDeleteRsp, 0x8150),
];

impl CommandField {
    /// The field of a code.
    pub fn from_code(code: u16) -> Self {
        FIELDS.iter().find(|(_, known)| *known == code).map_or(F::Unknown(code), |(field, _)| *field)
    }

    /// The code of the field.
    pub fn code(self) -> u16 {
        match self {
            F::Unknown(code) => code,
            field => FIELDS.iter().find(|(known, _)| *known == field).map_or(0, |(_, code)| *code),
        }
    }

    /// Whether the message answers another one.
    pub fn is_response(self) -> bool {
        self.code() & 0x8000 != 0
    }

    /// The field of the answer to this request; `None` for answers and for C-CANCEL, which has none of its own.
    pub fn response(self) -> Option<Self> {
        (!self.is_response() && self != F::CCancelRq).then(|| Self::from_code(self.code() | 0x8000))
    }
}

/// How urgent the asker finds it: Priority (0000,0700).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs, reason = "the names are the Standard's")]
pub enum Priority {
    #[default]
    Medium,
    High,
    Low,
}

impl Priority {
    /// The priority of a code; what PS3.7 does not define counts as medium, because nothing is decided by it.
    pub fn from_code(code: u16) -> Self {
        match code {
            1 => Self::High,
            2 => Self::Low,
            _ => Self::Medium,
        }
    }

    /// The code of the priority.
    pub fn code(self) -> u16 {
        match self {
            Self::Medium => 0,
            Self::High => 1,
            Self::Low => 2,
        }
    }
}

/// Whether a data set follows the command: Command Data Set Type (0000,0800).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataSetType {
    /// 0101H: nothing follows.
    Absent,
    /// Any other value: a data set follows.
    Present,
}

impl DataSetType {
    /// The type of a code.
    pub fn from_code(code: u16) -> Self {
        if code == 0x0101 { Self::Absent } else { Self::Present }
    }

    /// The code of the type.
    pub fn code(self) -> u16 {
        match self {
            Self::Absent => 0x0101,
            Self::Present => 0x0000,
        }
    }
}
