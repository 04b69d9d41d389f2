//! The accept loop over real sockets.

#[cfg(test)]
mod listener;
