//! From fragments to messages (PS3.8 annex E): a command set, whole, then its data set, piece by piece.

use crate::{command::DataSetType, error::Error, message::Command, pdv::Pdv};
use bytes::Bytes;

/// The most bytes of a command set. The longest that PS3.7 defines has a few hundred, and an offending element list
/// may add some.
pub const MAX_COMMAND_SET: usize = 64 * 1024;

/// What a fragment led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// More fragments are needed.
    Incomplete,
    /// A message; data events follow when its [`Command::data_set`] says so.
    Command {
        /// On which presentation context.
        context_id: u8,
        /// Which message.
        command: Command,
    },
    /// The next bytes of the data set.
    Data(Bytes),
    /// The last bytes of the data set, possibly none; the message is complete.
    DataEnd(Bytes),
}

#[derive(Debug)]
enum State {
    Idle,
    Command { context_id: u8, bytes: Vec<u8> },
    Data { context_id: u8 },
}

/// The state of one direction of one association. After an error it must not be used again.
#[derive(Debug)]
pub struct Assembler {
    accepted: [bool; 256],
    state: State,
}

impl Assembler {
    /// Takes fragments of these presentation contexts only.
    pub fn new(accepted: impl IntoIterator<Item = u8>) -> Self {
        let mut table = [false; 256];
        accepted.into_iter().for_each(|id| table[usize::from(id)] = true);
        Self { accepted: table, state: State::Idle }
    }

    /// Whether no message is open.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Takes the next fragment.
    ///
    /// # Errors
    /// [`Error::ForeignContext`], [`Error::Interleaved`], [`Error::CommandTooLarge`], or what [`Command::decode`] says.
    pub fn push(&mut self, pdv: Pdv) -> Result<Event, Error> {
        if !self.accepted[usize::from(pdv.context_id)] {
            return Err(Error::ForeignContext);
        }
        match (std::mem::replace(&mut self.state, State::Idle), pdv.is_command) {
            (State::Idle, true) => self.command(Vec::new(), pdv),
            (State::Command { context_id, bytes }, true) if context_id == pdv.context_id => self.command(bytes, pdv),
            (State::Data { context_id }, false) if context_id == pdv.context_id => Ok(self.data(pdv)),
            _ => Err(Error::Interleaved),
        }
    }

    fn command(&mut self, mut bytes: Vec<u8>, pdv: Pdv) -> Result<Event, Error> {
        if bytes.len() + pdv.bytes.len() > MAX_COMMAND_SET {
            return Err(Error::CommandTooLarge);
        }
        bytes.extend_from_slice(&pdv.bytes);
        let context_id = pdv.context_id;
        if !pdv.is_last {
            self.state = State::Command { context_id, bytes };
            return Ok(Event::Incomplete);
        }
        let command = Command::decode(&bytes)?;
        if command.data_set() == DataSetType::Present {
            self.state = State::Data { context_id };
        }
        Ok(Event::Command { context_id, command })
    }

    fn data(&mut self, pdv: Pdv) -> Event {
        if pdv.is_last {
            return Event::DataEnd(pdv.bytes);
        }
        self.state = State::Data { context_id: pdv.context_id };
        Event::Data(pdv.bytes)
    }
}
