//! Random numbers, always explicit: whoever needs some takes an `&mut Rng`.

/// A generator of random numbers: the same seed gives the same numbers. (`normal` uses the system's logarithm, whose last bit
/// may differ from machine to machine.)
///
/// xoshiro256++ seeded by SplitMix64. Source: Blackman and Vigna, Scrambled Linear Pseudorandom Number
/// Generators (2021).
///
/// ```
/// use chainrule::Rng;
/// assert_eq!(Rng::new(7).uniform(0.0, 1.0), Rng::new(7).uniform(0.0, 1.0));
/// ```
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The generator with this seed.
    pub fn new(seed: u64) -> Rng {
        let mut z = seed;
        Rng {
            state: std::array::from_fn(|_| {
                z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut x = z;
                x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                x ^ (x >> 31)
            }),
        }
    }

    /// The generator that goes on where another one stood, by its [`state`](Rng::state). No generator ever stands at four
    /// zeros, from where there is no way on: these start a new one.
    pub fn from_state(state: [u64; 4]) -> Rng {
        match state {
            [0, 0, 0, 0] => Rng::new(0),
            state => Rng { state },
        }
    }

    /// Where it stands.
    ///
    /// ```
    /// use chainrule::Rng;
    /// let mut rng = Rng::new(3);
    /// rng.bits();
    /// assert_eq!(Rng::from_state(rng.state()).bits(), rng.bits());
    /// ```
    pub fn state(&self) -> [u64; 4] {
        self.state
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number in [low, high).
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A number from the normal distribution. Source: Marsaglia's polar method (1964).
    pub fn normal(&mut self, mean: f64, standard_deviation: f64) -> f64 {
        loop {
            let (u, v) = (self.uniform(-1.0, 1.0), self.uniform(-1.0, 1.0));
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return mean + standard_deviation * u * (-2.0 * s.ln() / s).sqrt();
            }
        }
    }

    /// An integer in 0..bound, each equally likely; 0 when `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // Lemire's method: the upper half of a product, drawn again where it would be uneven.
        let bound = bound as u64;
        if bound == 0 {
            return 0;
        }
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if product as u64 >= threshold {
                return (product >> 64) as usize;
            }
        }
    }

    /// Puts the items in random order. Source: Fisher and Yates (1938).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// The numbers 0..count in random order.
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        self.shuffle(&mut order);
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_the_published_one() {
        // First outputs of xoshiro256++ seeded with 1, 2, 3, 4 directly.
        let mut rng = Rng { state: [1, 2, 3, 4] };
        let first: Vec<u64> = (0..4).map(|_| rng.bits()).collect();
        assert_eq!(first, [41943041, 58720359, 3588806011781223, 3591011842654386]);
    }

    #[test]
    fn normal_numbers_have_their_moments() {
        let mut rng = Rng::new(1);
        let numbers: Vec<f64> = (0..100_000).map(|_| rng.normal(3.0, 2.0)).collect();
        let mean = numbers.iter().sum::<f64>() / 1e5;
        let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        assert!(
            (mean - 3.0).abs() < 0.03 && (variance - 4.0).abs() < 0.06,
            "{mean} {variance}"
        );
    }

    #[test]
    fn every_permutation_is_complete() {
        let mut order = Rng::new(5).permutation(1000);
        assert_ne!(order, (0..1000).collect::<Vec<_>>());
        order.sort_unstable();
        assert_eq!(order, (0..1000).collect::<Vec<_>>());
    }
}
