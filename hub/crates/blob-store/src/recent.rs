//! What was written or read a moment ago, in memory: what is read longest ago goes when there are too many bytes.

use lru::LruCache;
use std::{
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The most bytes of a store.
const MOST: u64 = 8 << 20;

/// Things by name.
pub(crate) struct Recent<K: Hash + Eq, V>(Mutex<Kept<K, V>>);

struct Kept<K: Hash + Eq, V> {
    things: LruCache<K, (V, u64)>,
    bytes: u64,
}

impl<K: Hash + Eq, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(Mutex::new(Kept { things: LruCache::unbounded(), bytes: 0 }))
    }
}

impl<K: Hash + Eq, V: Clone> Recent<K, V> {
    fn kept(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a thing of so many bytes.
    pub(crate) fn put(&self, name: K, thing: V, bytes: u64) {
        let mut kept = self.kept();
        kept.bytes += bytes;
        let replaced = kept.things.put(name, (thing, bytes));
        kept.bytes -= replaced.map_or(0, |(_, bytes)| bytes);
        while kept.bytes > MOST
            && let Some((_, (_, gone))) = kept.things.pop_lru()
        {
            kept.bytes -= gone;
        }
    }

    pub(crate) fn get(&self, name: &K) -> Option<V> {
        self.kept().things.get(name).map(|(thing, _)| thing.clone())
    }

    pub(crate) fn remove(&self, name: &K) {
        let mut kept = self.kept();
        let gone = kept.things.pop(name);
        kept.bytes -= gone.map_or(0, |(_, bytes)| bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_unread_go() {
        let recent = Recent::default();
        for number in 0..16 {
            recent.put(number, "thing", MOST / 16);
        }
        assert!(recent.get(&0).is_some());
        recent.put(16, "one more", 1);
        assert!(recent.get(&0).is_some() && recent.get(&1).is_none());
        recent.put(16, "another one", 2);
        assert_eq!((recent.get(&16), recent.kept().bytes), (Some("another one"), MOST / 16 * 15 + 2));
        (0..=16).for_each(|number| recent.remove(&number));
        assert_eq!(recent.kept().bytes, 0);
        recent.put(17, "too large", MOST + 1);
        assert_eq!((recent.get(&17), recent.kept().bytes), (None, 0));
    }
}
