//! Modalities that go on sending, whatever happens to the other end.

use crate::world::Demo;
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use test_data::{
    generator::instance_of_size,
    sender::{Association, Peer, ProposedContext, read_meta},
};

/// Bytes of each instance.
pub const SIZE: usize = 16 << 10;

/// SOP Instance UID of the instance of a number.
pub fn uid(number: u64) -> String {
    read_meta(&instance_of_size(SIZE, number)).expect("a file").sop_instance.to_string()
}

/// Numbers of instances: what is to be sent next, and what was acknowledged.
#[derive(Default)]
struct Numbers {
    next: u64,
    again: BTreeSet<u64>,
    acknowledged: BTreeSet<u64>,
}

/// Associations that send generated instances until they are told to stop. What was not acknowledged is sent again.
pub struct Load {
    numbers: Arc<Mutex<Numbers>>,
    stop: Arc<AtomicBool>,
    senders: Vec<JoinHandle<()>>,
}

impl Load {
    /// Starts as many associations to one site.
    pub fn start(demo: &Demo, site: usize, associations: usize) -> Self {
        let place = demo.site(site);
        let address = place["dimse"].as_str().expect("an address").parse().expect("an address");
        let peer = Peer::new(address, "MODALITY", place["ae_title"].as_str().expect("a title"));
        let (numbers, stop) = (Arc::<Mutex<Numbers>>::default(), Arc::<AtomicBool>::default());
        let sender = |_| {
            let (peer, numbers, stop) = (peer.clone(), Arc::clone(&numbers), Arc::clone(&stop));
            thread::spawn(move || sends(&peer, &numbers, &stop))
        };
        let senders = (0..associations).map(sender).collect();
        Self { numbers, stop, senders }
    }

    /// How many instances were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.numbers.lock().expect("no sender panicked").acknowledged.len()
    }

    /// Stops, and gives the numbers of all acknowledged instances.
    pub fn finish(self) -> BTreeSet<u64> {
        self.stop.store(true, Ordering::Relaxed);
        for sender in self.senders {
            sender.join().expect("no sender panicked");
        }
        std::mem::take(&mut self.numbers.lock().expect("no sender panicked").acknowledged)
    }
}

fn sends(peer: &Peer, numbers: &Mutex<Numbers>, stop: &AtomicBool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    while !stop.load(Ordering::Relaxed) {
        // every break is expected here; what counts is what was acknowledged before it
        if runtime.block_on(one_association(peer, numbers, stop)).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

async fn one_association(peer: &Peer, numbers: &Mutex<Numbers>, stop: &AtomicBool) -> anyhow::Result<()> {
    let context = ProposedContext::of(&read_meta(&instance_of_size(1, 0))?);
    let mut association = Association::open(peer, &[context]).await?;
    while !stop.load(Ordering::Relaxed) {
        let number = take(numbers);
        let bytes = instance_of_size(SIZE, number);
        let meta = read_meta(&bytes)?;
        let data_set = bytes::Bytes::from(bytes).slice(meta.data_set_offset as usize..);
        let answer = association.store(data_set, &meta).await;
        let mut numbers = numbers.lock().expect("no sender panicked");
        match &answer {
            Ok(Some(status)) if status.is_done() => numbers.acknowledged.insert(number),
            _ => numbers.again.insert(number),
        };
        answer?;
    }
    association.release().await
}

fn take(numbers: &Mutex<Numbers>) -> u64 {
    let mut numbers = numbers.lock().expect("no sender panicked");
    numbers.again.pop_first().unwrap_or_else(|| {
        numbers.next += 1;
        numbers.next
    })
}
