//! C-ECHO (PS3.4 annex A): are you there?

use super::{association::Association, error::Error};
use dimse::{Command, EchoRequest, Status, VERIFICATION};

impl Association {
    /// C-ECHO.
    ///
    /// # Errors
    /// [`Error::NotAccepted`], or what breaks the association.
    pub async fn echo(&mut self) -> Result<Status, Error> {
        let context_id = self.context_of(VERIFICATION)?;
        let message_id = self.message_id();
        self.send_command(context_id, &Command::EchoRequest(EchoRequest { message_id })).await?;
        let answer = self.answer_to(message_id).await?;
        answer.status().ok_or(Error::Unexpected("an answer without a status"))
    }
}
