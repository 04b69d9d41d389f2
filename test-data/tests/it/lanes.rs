//! Regions beside each other: each has ports of its own, because ports are chosen free and then used, and two that choose at
//! once could choose the same.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    thread::available_parallelism,
};

/// The most regions at the same time; each has up to twelve hospitals, and waits most of the time.
const MOST: usize = 4;
/// Ports of one lane.
const PORTS: u16 = 4000;

/// Ports for what tests start themselves: above those of the lanes, and below those that the system gives to whoever connects
/// (ip_local_port_range of ip_sysctl), of which one that was free may be taken when it is needed.
static NEXT_PORT: AtomicU16 = AtomicU16::new(26_000);

/// A free port on loopback, which nobody else here is given.
pub fn free_address() -> SocketAddr {
    loop {
        let port = NEXT_PORT.fetch_add(1, Ordering::Relaxed);
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return listener.local_addr().expect("an address");
        }
    }
}

/// Its number.
pub fn free_port() -> u16 {
    free_address().port()
}

/// Numbers of the lanes that are free; filled when the first is taken.
static FREE: Mutex<Option<Vec<u16>>> = Mutex::new(None);
static FREED: Condvar = Condvar::new();

/// Where one region runs. The lane is free again when this is dropped.
pub struct Lane(u16);

impl Lane {
    /// Waits for one.
    pub fn take() -> Self {
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        let count = available_parallelism().map_or(1, usize::from).clamp(1, MOST) as u16;
        free.get_or_insert_with(|| (0..count).collect());
        loop {
            if let Some(number) = free.as_mut().and_then(Vec::pop) {
                return Self(number);
            }
            free = FREED.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What is added to the usual ports.
    pub fn port_offset(&self) -> String {
        (self.0 * PORTS).to_string()
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        FREE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().push(self.0);
        FREED.notify_one();
    }
}
