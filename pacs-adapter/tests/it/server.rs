//! A listener over a sink in memory.

use archive::{Error, Framing, Outcome};
use async_trait::async_trait;
use bytes::Bytes;
use imaging_domain::{InstanceUid, Principal};
use pacs_adapter::{Callers, Listener, ListenerConfig, Peers, Services, StoreIncoming, StoreSink};
use std::{
    collections::{HashMap, HashSet},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};
use test_data::sender::Peer;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// At which call an instance is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    Begin,
    Write,
    Finish,
}

#[derive(Default)]
pub struct State {
    pub stored: HashMap<String, (Principal, Framing, Vec<u8>)>,
    pub refused: HashMap<String, Refusal>,
    pub begun: HashSet<String>,
    pub finished: usize,
}

#[derive(Clone, Default)]
pub struct MemorySink(pub Arc<Mutex<State>>);

pub struct MemoryIncoming {
    sink: MemorySink,
    who: Principal,
    framing: Framing,
    name: String,
    bytes: Vec<u8>,
}

impl MemorySink {
    pub fn refusal(&self, name: &str) -> Option<Refusal> {
        self.0.lock().unwrap().refused.get(name).copied()
    }
}

#[async_trait]
impl StoreSink for MemorySink {
    type Incoming = MemoryIncoming;

    async fn begin(&self, who: &Principal, framing: Framing) -> Result<MemoryIncoming, Error> {
        let name = match &framing {
            Framing::DataSet { sop_instance, .. } => sop_instance.clone(),
            Framing::File => String::new(),
        };
        if self.refusal(&name) == Some(Refusal::Begin) {
            return Err(Error::Stopping);
        }
        self.0.lock().unwrap().begun.insert(name.clone());
        Ok(MemoryIncoming { sink: self.clone(), who: who.clone(), framing, name, bytes: Vec::new() })
    }
}

#[async_trait]
impl StoreIncoming for MemoryIncoming {
    async fn write(&mut self, chunk: Bytes) -> Result<(), Error> {
        if self.sink.refusal(&self.name) == Some(Refusal::Write) {
            return Err(Error::Mismatch("sop instance uid"));
        }
        self.bytes.extend_from_slice(&chunk);
        Ok(())
    }

    async fn finish(mut self) -> Result<Outcome, Error> {
        // A file of the import tests names its instance by its content.
        if self.framing == Framing::File {
            self.name = String::from_utf8(self.bytes.clone()).map_err(|_| Error::Unsupported("no text"))?;
        }
        if self.sink.refusal(&self.name) == Some(Refusal::Finish) {
            return Err(Error::Unsupported("cannot be read"));
        }
        let uid = InstanceUid::parse(&self.name).map_err(|_| Error::Mismatch("no identifier"))?;
        let mut state = self.sink.0.lock().unwrap();
        state.finished += 1;
        match state.stored.get(&self.name) {
            Some((_, _, bytes)) if *bytes == self.bytes => return Ok(Outcome::Duplicate(uid)),
            Some(_) => return Ok(Outcome::Conflict(uid)),
            None => {}
        }
        state.stored.insert(self.name, (self.who, self.framing, self.bytes));
        Ok(Outcome::Stored(uid))
    }
}

pub struct Server {
    pub sink: MemorySink,
    pub address: SocketAddr,
    pub tls: Option<SocketAddr>,
    pub stop: CancellationToken,
    pub task: JoinHandle<()>,
}

impl Server {
    pub async fn start(change: impl FnOnce(&mut ListenerConfig)) -> Self {
        Self::knowing(Peers::default(), change).await
    }

    pub async fn knowing(peers: Peers, change: impl FnOnce(&mut ListenerConfig)) -> Self {
        let sink = MemorySink::default();
        let mut config = ListenerConfig {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            callers: Callers::Any,
            ..ListenerConfig::default()
        };
        change(&mut config);
        let listener = Listener::bind(config, Services::new(sink.clone())).await.unwrap().knowing(peers);
        let (address, tls, stop) = (listener.address(), listener.tls_address(), CancellationToken::new());
        let task = tokio::spawn(listener.run(stop.clone()));
        Self { sink, address, tls, stop, task }
    }

    pub fn peer(&self) -> Peer {
        Peer::new(self.address, "MODALITY", "PACSADAPTER")
    }

    pub fn stored(&self) -> usize {
        self.sink.0.lock().unwrap().stored.len()
    }

    pub fn refuse(&self, name: &str, refusal: Refusal) {
        self.sink.0.lock().unwrap().refused.insert(name.to_owned(), refusal);
    }
}
