//! A running hash of the record: two runs with equal digests told the same story, byte for byte.
//!
//! Not cryptographic. Written out here because a library's hash may change between its versions, and golden hashes
//! must not.

use std::hash::{Hash, Hasher};

/// The digest so far. Feed it with [`Hash`]; every integer counts as 64 bits, so that it is the same on all
/// platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }
}

impl Digest {
    /// The value, as tests and people compare it.
    pub fn value(self) -> u64 {
        mix(self.0)
    }

    /// Adds one item.
    #[inline]
    pub fn add(&mut self, item: &impl Hash) {
        item.hash(self);
    }
}

/// A bijective mixing of 64 bits (the finalizer of splitmix64).
#[inline]
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

impl Hasher for Digest {
    /// One rotation, one exclusive or, one multiplication: each a bijection of the state, so no word is forgotten.
    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    #[inline]
    fn write_u8(&mut self, word: u8) {
        self.write_u64(u64::from(word));
    }
    #[inline]
    fn write_u16(&mut self, word: u16) {
        self.write_u64(u64::from(word));
    }
    #[inline]
    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }
    #[inline]
    fn write_i64(&mut self, word: i64) {
        self.write_u64(word as u64);
    }
    #[inline]
    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
    #[inline]
    fn write_isize(&mut self, word: isize) {
        self.write_u64(word as u64);
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u8(*byte);
        }
    }
    fn finish(&self) -> u64 {
        self.value()
    }
}
