//! Bytes that need not be read.

use super::{Scanner, Stage};
use crate::Error;

impl Scanner {
    /// Passes over the next bytes as far as nobody looks at them, up to `most`, instead of being fed them; says how many
    /// they are. It is for whoever has the bytes elsewhere and need not read them.
    ///
    /// # Errors
    /// As [`Scanner::feed`].
    pub fn pass_over(&mut self, most: u64) -> Result<u64, Error> {
        match &mut self.stage {
            Stage::Body(walker) => walker.leave_out(most),
            // what is deflated has to be inflated
            _ => Ok(0),
        }
    }
}
