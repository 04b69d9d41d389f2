//! How associations end.

use crate::upper_layer::{Broken, Wire};
use dicom_ul::pdu::{AbortRQServiceProviderReason as Reason, AbortRQSource, Pdu};
use std::{io, net::SocketAddr};

/// How an association ended.
pub(crate) enum End {
    Released,
    PeerAborted,
    Closed,
    Silent,
    Stopping,
    Rejected,
    Failed(io::Error),
    Refused(dimse::Error),
    Garbage(&'static str),
    Unexpected,
    /// What was being sent broke off in its middle.
    Broken(archive::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<dimse::Error> for End {
    fn from(error: dimse::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Io(error) => Self::Failed(error),
            Broken::Garbage(why) => Self::Garbage(why),
        }
    }
}

impl End {
    /// The reason of the A-ABORT we send; `None` when nothing is to be said any more.
    pub(crate) fn abort(&self) -> Option<Reason> {
        match self {
            Self::Released | Self::PeerAborted | Self::Closed | Self::Rejected | Self::Failed(_) => None,
            Self::Silent | Self::Stopping | Self::Broken(_) => Some(Reason::ReasonNotSpecified),
            Self::Refused(_) => Some(Reason::InvalidPduParameter),
            Self::Garbage(_) => Some(Reason::UnrecognizedPdu),
            Self::Unexpected => Some(Reason::UnexpectedPdu),
        }
    }

    /// Says what is to be said, and ends the connection in order.
    pub(crate) async fn close(&self, mut wire: Wire) {
        if let Some(reason) = self.abort() {
            let source = AbortRQSource::ServiceProvider(reason);
            if wire.send(&Pdu::AbortRQ { source }).await.is_err() {
                return;
            }
        }
        if !matches!(self, Self::Failed(_)) {
            wire.close().await;
        }
    }

    pub(crate) fn log(&self, peer: SocketAddr) {
        match self {
            Self::Released => tracing::debug!(%peer, "association released"),
            Self::Rejected => tracing::info!(%peer, "association rejected"),
            Self::Closed => tracing::debug!(%peer, "connection closed without a release"),
            Self::PeerAborted => tracing::info!(%peer, "association aborted by the peer"),
            Self::Stopping => tracing::info!(%peer, "association aborted: shutting down"),
            Self::Silent => tracing::info!(%peer, "association aborted: silent for too long"),
            Self::Failed(error) => tracing::info!(%peer, %error, "connection failed"),
            Self::Refused(error) => tracing::warn!(%peer, %error, "association aborted"),
            Self::Garbage(why) => tracing::warn!(%peer, why, "association aborted: no PDU"),
            Self::Broken(error) => tracing::warn!(%peer, %error, "association aborted: an instance broke off"),
            Self::Unexpected => tracing::warn!(%peer, "association aborted: a PDU out of place"),
        }
    }
}
