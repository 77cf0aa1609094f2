//! All delays a little longer or shorter than they are set: what is to hold in a world must not hang on its exact numbers.

/// By how much delays are stretched, in thousandths of what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stretch {
    /// As they are set.
    #[default]
    None,
    /// All by the same.
    All {
        /// Thousandths: 1,000 leaves them as they are.
        per_mille: u16,
    },
    /// Each link and message class by another, drawn once from the salt.
    Each {
        /// Which draw.
        salt: u64,
        /// The greatest difference from 1,000.
        by_per_mille: u16,
    },
}

impl Stretch {
    /// A delay on the carrier with this number, stretched.
    #[inline]
    pub(super) fn of(self, us: u64, carrier: u64) -> u64 {
        let per_mille = match self {
            Self::None => return us,
            Self::All { per_mille } => u64::from(per_mille),
            Self::Each { salt, by_per_mille } => {
                let by = u64::from(by_per_mille.min(1_000));
                1_000 - by + mix(salt ^ carrier.rotate_left(32)) % (2 * by + 1)
            }
        };
        us.saturating_mul(per_mille) / 1_000
    }
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood 2014).
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_carrier_keeps_its_own_stretch_within_the_bounds() {
        let stretch = Stretch::Each { salt: 7, by_per_mille: 200 };
        let stretched: Vec<u64> = (0..100).map(|carrier| stretch.of(10_000, carrier)).collect();
        assert!(stretched.iter().all(|us| (8_000..=12_000).contains(us)));
        assert!(stretched.iter().any(|us| *us < 9_000) && stretched.iter().any(|us| *us > 11_000));
        assert_eq!(stretched[3], stretch.of(10_000, 3));
        assert_eq!(Stretch::None.of(10_000, 3), 10_000);
        assert_eq!(Stretch::All { per_mille: 800 }.of(10_000, 3), 8_000);
    }
}
