//! Telling a service manager that a program serves (`sd_notify(3)`), where it asks to be told.

use std::{
    env,
    ffi::OsStr,
    io,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
};
use tracing::warn;

/// Says that everything listens: what systemd waits for when the unit has `Type=notify`, so that whoever started the program
/// may use it. Without a service manager it does nothing.
pub fn ready() {
    let Some(address) = env::var_os("NOTIFY_SOCKET") else { return };
    if let Err(error) = tell(&address, b"READY=1") {
        warn!(%error, "the service manager cannot be told");
    }
}

/// An address that begins with `@` has no file.
fn tell(address: &OsStr, state: &[u8]) -> io::Result<()> {
    let socket = UnixDatagram::unbound()?;
    let address = match address.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(address)?,
    };
    socket.send_to_addr(state, &address).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process;

    #[test]
    fn what_is_told_arrives_at_either_kind_of_address() {
        let name = format!("daemon-readiness-{}", process::id());
        let path = env::temp_dir().join(&name);
        let file = UnixDatagram::bind(&path).unwrap();
        let without = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        for (address, socket) in [(path.clone().into_os_string(), file), (format!("@{name}").into(), without)] {
            tell(&address, b"READY=1").unwrap();
            let mut told = [0; 16];
            let length = socket.recv(&mut told).unwrap();
            assert_eq!(&told[..length], b"READY=1");
        }
        std::fs::remove_file(&path).unwrap();
        assert!(tell(path.as_os_str(), b"READY=1").is_err(), "nobody is there");
    }
}
