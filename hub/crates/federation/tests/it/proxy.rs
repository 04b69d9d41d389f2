//! A network between a hospital and the hub that can go silent: connections stay open, and nothing comes through. Or it is slow.

use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

pub struct Proxy {
    pub address: SocketAddr,
    /// The generation of connections that is carried; older ones are silent.
    generation: Arc<watch::Sender<u64>>,
}

impl Proxy {
    pub async fn to(hub: &str) -> Self {
        Self::with(hub, Duration::ZERO).await
    }

    /// One that takes so long for every 16 KiB.
    pub async fn with(hub: &str, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, hub) = (listener.local_addr().unwrap(), hub.to_owned());
        let generation = Arc::new(watch::Sender::new(0));
        let current = generation.clone();
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let far = TcpStream::connect(&hub).await.unwrap();
                near.set_nodelay(true).unwrap();
                far.set_nodelay(true).unwrap();
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                tokio::spawn(carry(near_in, far_out, current.subscribe(), pause));
                tokio::spawn(carry(far_in, near_out, current.subscribe(), pause));
            }
        });
        Self { address, generation }
    }

    /// From now on nothing comes through the connections there are, and neither end is told.
    pub fn go_silent(&self) {
        self.generation.send_modify(|generation| *generation += 1);
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut generation: watch::Receiver<u64>, pause: Duration) {
    let mut buffer = vec![0; 16 << 10];
    loop {
        tokio::select! {
            biased;
            changed = generation.changed() => match changed {
                // both halves stay open, and nobody reads or writes them again
                Ok(()) => std::future::pending().await,
                Err(_) => return,
            },
            read = from.read(&mut buffer) => match read {
                Ok(0) | Err(_) => return,
                Ok(length) => {
                    // as long as so many bytes need, however few came at once
                    tokio::time::sleep(pause.mul_f64(length as f64 / buffer.len() as f64)).await;
                    if to.write_all(&buffer[..length]).await.is_err() { return }
                }
            },
        }
    }
}
