//! The generator under both streams: MT19937, 624 words of state.
//!
//! Source: Matsumoto and Nishimura, Mersenne Twister (1998), and their seeding of 2002.

const WORDS: usize = 624;
const MIDDLE: usize = 397;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MersenneTwister {
    words: [u32; WORDS],
    /// How many of the words are spent.
    position: usize,
}

impl MersenneTwister {
    /// `init_genrand`: the state from one word.
    pub(crate) fn from_word(seed: u32) -> MersenneTwister {
        let mut words = [seed; WORDS];
        for i in 1..WORDS {
            let previous = words[i - 1];
            words[i] = 1_812_433_253_u32
                .wrapping_mul(previous ^ (previous >> 30))
                .wrapping_add(i as u32);
        }
        MersenneTwister { words, position: WORDS }
    }

    /// `init_by_array`: the state from any number of words. No words count as one word of 0.
    pub(crate) fn from_words(key: &[u32]) -> MersenneTwister {
        let key = if key.is_empty() { &[0] } else { key };
        let MersenneTwister { mut words, position } = MersenneTwister::from_word(19_650_218);
        let (mut i, mut j) = (1, 0);
        let mixed = |words: &[u32; WORDS], i: usize, factor: u32| {
            let previous = words[i - 1];
            words[i] ^ (previous ^ (previous >> 30)).wrapping_mul(factor)
        };
        for _ in 0..WORDS.max(key.len()) {
            words[i] = mixed(&words, i, 1_664_525).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i == WORDS {
                words[0] = words[WORDS - 1];
                i = 1;
            }
            if j == key.len() {
                j = 0;
            }
        }
        for _ in 1..WORDS {
            words[i] = mixed(&words, i, 1_566_083_941).wrapping_sub(i as u32);
            i += 1;
            if i == WORDS {
                words[0] = words[WORDS - 1];
                i = 1;
            }
        }
        words[0] = 0x8000_0000;
        MersenneTwister { words, position }
    }

    /// 32 random bits.
    pub(crate) fn next_u32(&mut self) -> u32 {
        if self.position == WORDS {
            self.twist();
        }
        let mut y = self.words[self.position];
        self.position += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// 64 random bits: the first word drawn is the high one.
    pub(crate) fn next_u64(&mut self) -> u64 {
        let high = u64::from(self.next_u32());
        high << 32 | u64::from(self.next_u32())
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³.
    pub(crate) fn next_f64(&mut self) -> f64 {
        let high = f64::from(self.next_u32() >> 5);
        let low = f64::from(self.next_u32() >> 6);
        (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
    }

    fn twist(&mut self) {
        for i in 0..WORDS {
            let y = (self.words[i] & 0x8000_0000) | (self.words[(i + 1) % WORDS] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.words[i] = self.words[(i + MIDDLE) % WORDS] ^ (y >> 1) ^ odd;
        }
        self.position = 0;
    }
}
