//! A line as a telephone has it, in front of a listener: so many bits a second towards the client, and a delay each way.

use anyhow::Result;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Mutex, mpsc},
    time::{Instant, sleep, sleep_until},
};

/// How a line is.
#[derive(Clone, Copy)]
pub struct Line {
    /// From one end to the other.
    pub delay: Duration,
    /// Bytes a second towards the client, of all connections together.
    pub bytes_per_second: f64,
}

/// Bytes that are read at once.
const PIECE: usize = 8 << 10;
/// Pieces on their way.
const PIECES: usize = 256;

/// When the shared line has sent what it was given.
type Busy = Arc<Mutex<Instant>>;

/// Passes connections of a listener on, slowly, until this runtime ends.
pub async fn run(listener: TcpListener, to: SocketAddr, line: Line) -> Result<()> {
    let busy: Busy = Arc::new(Mutex::new(Instant::now()));
    loop {
        let (near, _) = listener.accept().await?;
        let busy = Arc::clone(&busy);
        tokio::spawn(async move {
            // the handshake of TCP, which the loopback has made without delay
            sleep(line.delay * 2).await;
            let Ok(far) = TcpStream::connect(to).await else { return };
            if near.set_nodelay(true).and_then(|()| far.set_nodelay(true)).is_err() {
                return;
            }
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            tokio::join!(pass(near_in, far_out, line, None), pass(far_in, near_out, line, Some(busy)));
        });
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, line: Line, busy: Option<Busy>) {
    let (send, mut receive) = mpsc::channel::<(Instant, Vec<u8>)>(PIECES);
    let reading = async move {
        let mut piece = vec![0; PIECE];
        while let Ok(length @ 1..) = from.read(&mut piece).await {
            let mut sent = Instant::now();
            if let Some(busy) = &busy {
                let mut free = busy.lock().await;
                *free = (*free).max(sent) + Duration::from_secs_f64(length as f64 / line.bytes_per_second);
                sent = *free;
            }
            sleep_until(sent).await;
            if send.send((sent + line.delay, piece[..length].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let writing = async move {
        while let Some((at, piece)) = receive.recv().await {
            sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(reading, writing);
}
