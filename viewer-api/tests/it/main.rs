//! The accept loop over real sockets.

mod listener;
