//! Skipping what is not here.

use super::{State, Walker};
use crate::Error;

impl Walker {
    /// Skips bytes that are not here, up to `most`; says how many.
    pub fn leave_out(&mut self, most: u64) -> Result<u64, Error> {
        let State::Skip { remaining, fragments } = self.state else { return Ok(0) };
        let step = if self.output.is_some() { 0 } else { remaining.min(most) };
        self.position += step;
        self.skipped(remaining - step, fragments);
        // what ends here ends now
        self.feed(&[])?;
        Ok(step)
    }

    /// So many bytes of what is skipped are left.
    pub(super) fn skipped(&mut self, remaining: u64, fragments: bool) {
        self.state = match remaining {
            0 if fragments => State::Fragment,
            0 => State::Header,
            remaining => State::Skip { remaining, fragments },
        };
    }

    /// Whether pixel data was met.
    pub fn has_pixels(&self) -> bool {
        self.pixel_data.is_some()
    }
}
