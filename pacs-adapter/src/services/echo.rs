//! C-ECHO (PS3.4 annex A): yes, we are here.

use super::{Exchange, Refused, Request, Service};
use async_trait::async_trait;
use dimse::{CommandField, Status};

/// The Verification service.
#[derive(Debug, Clone, Copy)]
pub struct Echo;

#[async_trait]
impl Service for Echo {
    fn field(&self) -> CommandField {
        CommandField::CEchoRq
    }

    async fn begin(&self, _request: Request<'_>) -> Box<dyn Exchange> {
        Box::new(Refused(Status::SUCCESS))
    }
}
