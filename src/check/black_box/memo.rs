//! Tables of what a search has seen.
//!
//! They are looked up and never walked, so their order is never seen; and their hash has no random start, so a search
//! takes the same steps everywhere.

use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A table that is only looked up.
#[expect(clippy::disallowed_types, reason = "it is looked up and never walked, and its hash is the same everywhere")]
pub(super) type Table<K, V> = std::collections::HashMap<K, V, BuildHasherDefault<Mixer>>;

/// A hash that is quick for a few numbers: multiply by an odd constant and turn. Not safe against a foe, who could
/// only make a bounded search slower.
#[derive(Default)]
pub(super) struct Mixer(u64);

/// An odd number whose bits are well mixed: 2^64 divided by the golden ratio.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Mixer {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(ODD).rotate_left(26);
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.mix(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.mix(number);
    }

    fn write_u128(&mut self, number: u128) {
        self.mix(number as u64);
        self.mix((number >> 64) as u64);
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0.wrapping_mul(ODD)
    }
}

/// Which sets were seen under a key. A set that holds one already seen is as good as seen.
pub(super) struct Seen<K> {
    table: Table<K, (u128, Vec<u128>)>,
    most: usize,
    kept: usize,
}

impl<K: Eq + Hash> Seen<K> {
    /// An empty table that holds at most so many.
    pub(super) fn new(most: usize) -> Self {
        Self { table: Table::default(), most, kept: 0 }
    }

    /// Whether this is new, which it is only once; nothing if the table is full.
    pub(super) fn is_new(&mut self, key: K, set: u128) -> Option<bool> {
        let mut is_new = true;
        self.table
            .entry(key)
            .and_modify(|(first, others)| {
                is_new = *first & !set != 0 && others.iter().all(|other| other & !set != 0);
                if is_new {
                    others.push(set);
                }
            })
            .or_insert((set, Vec::new()));
        self.kept += usize::from(is_new);
        (self.kept <= self.most).then_some(is_new)
    }
}
