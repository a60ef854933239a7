//! Which value a parameter has in a graph, found by the parameter's key. A network of single numbers asks at every
//! second node.

/// Marks an entry without a key, which no parameter has.
const VACANT: (u64, u64) = (u64::MAX, 0);

/// A table of keys and handles. Keys count up, so that those of one network lie side by side and hardly ever collide.
#[derive(Default)]
pub(super) struct Keys {
    /// Each entry as close behind the place `key % length` as there was room; the length is a power of two.
    entries: Vec<(u64, u64)>,
    count: usize,
}

impl Keys {
    /// The handle of the value that belongs to a key.
    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<u64> {
        let place = key as usize & self.entries.len().wrapping_sub(1);
        match *self.entries.get(place)? {
            (known, handle) if known == key => Some(handle),
            _ => self.search(key),
        }
    }

    /// The same for a key that does not lie in the first place.
    #[cold]
    #[inline(never)]
    fn search(&self, key: u64) -> Option<u64> {
        let mut place = key as usize;
        loop {
            let entry = *self.entries.get(place & self.entries.len().wrapping_sub(1))?;
            match entry {
                VACANT => return None,
                (known, handle) if known == key => return Some(handle),
                _ => {}
            }
            place = place.wrapping_add(1);
        }
    }

    /// Adds a key that is not there yet.
    pub(super) fn insert(&mut self, key: u64, handle: u64) {
        if self.entries.len() < 2 * (self.count + 1) {
            let longer = vec![VACANT; (2 * self.entries.len()).max(16)];
            let shorter = std::mem::replace(&mut self.entries, longer);
            for entry in shorter.into_iter().filter(|entry| *entry != VACANT) {
                self.put(entry);
            }
        }
        self.count += 1;
        self.put((key, handle));
    }

    fn put(&mut self, entry: (u64, u64)) {
        let mask = self.entries.len() - 1;
        let mut place = entry.0 as usize & mask;
        while self.entries[place] != VACANT {
            place = (place + 1) & mask;
        }
        self.entries[place] = entry;
    }

    /// All keys and handles, in no particular order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        self.entries.iter().copied().filter(|entry| *entry != VACANT)
    }

    /// Forgets all keys and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.entries.fill(VACANT);
        self.count = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_and_no_other() {
        let mut keys = Keys::default();
        assert_eq!(keys.get(0), None);
        // Side by side, and many that fall on one place.
        let all: Vec<u64> = (5..100).chain((1..40).map(|k| k << 32)).chain([u64::MAX - 1]).collect();
        for (id, &key) in all.iter().enumerate() {
            assert_eq!(keys.get(key), None);
            keys.insert(key, id as u64);
        }
        for (id, &key) in all.iter().enumerate() {
            assert_eq!(keys.get(key), Some(id as u64));
        }
        assert_eq!(keys.get(4), None);
        let mut found: Vec<u64> = keys.iter().map(|(key, _)| key).collect();
        found.sort_unstable();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        assert_eq!(found, sorted);
        keys.clear();
        assert_eq!((keys.get(5), keys.iter().count()), (None, 0));
    }
}
