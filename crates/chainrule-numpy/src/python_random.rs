//! Python's own generator, `random.Random`.

use std::collections::HashSet;
use std::f64::consts::TAU;

use crate::error::{Error, Result, cells};
use crate::mersenne::MersenneTwister;

/// CPython's `random.Random`: the same seed and the same calls give the same numbers, bit for bit.
///
/// Source: CPython 3.11, `Lib/random.py` and `Modules/_randommodule.c`.
///
/// ```
/// use chainrule_numpy::PythonRandom;
///
/// let mut random = PythonRandom::new(42);
/// assert_eq!(random.random(), 0.6394267984578837);
/// assert_eq!(PythonRandom::new(-42), PythonRandom::new(42));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PythonRandom {
    generator: MersenneTwister,
    /// The second normal number of a pair, not yet handed out.
    waiting: Option<f64>,
}

impl PythonRandom {
    /// The generator of `Random(seed)`. As in Python, the sign of the seed does not count.
    pub fn new(seed: impl Into<i128>) -> PythonRandom {
        let size = seed.into().unsigned_abs();
        PythonRandom::from_words(&[0, 32, 64, 96].map(|shift| (size >> shift) as u32))
    }

    /// The generator of a seed of any size, given as 32-bit words with the lowest first.
    pub fn from_words(words: &[u32]) -> PythonRandom {
        let used = words.iter().rposition(|&word| word != 0).map_or(0, |last| last + 1);
        PythonRandom {
            generator: MersenneTwister::from_words(&words[..used]),
            waiting: None,
        }
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³: `random()`.
    pub fn random(&mut self) -> f64 {
        self.generator.next_f64()
    }

    /// A number in [low, high): `uniform(low, high)`. Rounding may give `high` itself.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random()
    }

    /// A number from the normal distribution: `gauss(mean, standard_deviation)`.
    ///
    /// Source: Box and Muller (1958).
    pub fn gauss(&mut self, mean: f64, standard_deviation: f64) -> f64 {
        let z = self.waiting.take().unwrap_or_else(|| {
            let angle = self.random() * TAU;
            let radius = (-2.0 * (1.0 - self.random()).ln()).sqrt();
            self.waiting = Some(angle.sin() * radius);
            angle.cos() * radius
        });
        mean + z * standard_deviation
    }

    /// A whole number out of start, start + step, start + 2·step, … before `stop`: `randrange(start, stop, step)`.
    ///
    /// Fails where there is none, and where the step is 0.
    pub fn randrange(&mut self, start: i64, stop: i64, step: i64) -> Result<i64> {
        self.out_of_range(start.into(), stop.into(), step.into())
    }

    /// A whole number in low..=high: `randint(low, high)`, whose `high` is one of the numbers.
    ///
    /// Fails where `low > high`.
    pub fn randint(&mut self, low: i64, high: i64) -> Result<i64> {
        self.out_of_range(low.into(), i128::from(high) + 1, 1)
    }

    fn out_of_range(&mut self, start: i128, stop: i128, step: i128) -> Result<i64> {
        // How many steps fit, rounded up: both signs of step made one.
        let (width, size) = ((stop - start) * step.signum(), step.abs());
        if step == 0 {
            return Err(Error::new("a step of 0 leads nowhere: give another step"));
        }
        if width <= 0 {
            return Err(Error::new(format!(
                "no whole number lies from {start} to before {stop} in steps of {step}: change the ends"
            )));
        }
        let count = (width + size - 1) / size;
        // Within start..stop, both of which fit.
        Ok((start + step * self.below(count as u128) as i128) as i64)
    }

    /// One of the items: `choice(items)`.
    ///
    /// Fails where there are none.
    pub fn choice<'a, T>(&mut self, items: &'a [T]) -> Result<&'a T> {
        if items.is_empty() {
            return Err(Error::new("nothing to choose from: give at least one item"));
        }
        let place = self.below(items.len() as u128) as usize;
        items.get(place).ok_or_else(|| Error::new("nothing to choose from"))
    }

    /// Puts the items into a random order: `shuffle(items)`.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i as u128 + 1) as usize;
            items.swap(i, j);
        }
    }

    /// `count` different numbers out of 0..population: `sample(range(population), count)`.
    ///
    /// For a sample of items, these are their places. Fails where `count > population`.
    ///
    /// ```
    /// # fn main() -> chainrule_numpy::Result<()> {
    /// assert_eq!(chainrule_numpy::PythonRandom::new(1).sample(10, 3)?, [2, 1, 4]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sample(&mut self, population: usize, count: usize) -> Result<Vec<usize>> {
        if count > population {
            return Err(Error::new(format!(
                "{count} different ones cannot be chosen out of {population}: choose fewer"
            )));
        }
        cells(count, 1)?;
        // Python's estimate of which takes less memory decides, for the two ways draw differently.
        let mut set_size: u128 = 21;
        if count > 5 {
            let doublings = ((count as f64 * 3.0).ln() / 4.0_f64.ln()).ceil();
            set_size += 4_u128.pow(doublings as u32);
        }
        let mut sample = Vec::with_capacity(count);
        if population as u128 <= set_size {
            let mut pool: Vec<usize> = (0..population).collect();
            for _ in 0..count {
                let j = self.below(pool.len() as u128) as usize;
                sample.push(pool.swap_remove(j));
            }
        } else {
            let mut chosen = HashSet::with_capacity(count);
            while sample.len() < count {
                let j = self.below(population as u128) as usize;
                if chosen.insert(j) {
                    sample.push(j);
                }
            }
        }
        Ok(sample)
    }

    /// A number of up to 96 random bits: `getrandbits(bits)`, the lowest word drawn first.
    fn bits(&mut self, bits: u32) -> u128 {
        let (mut value, mut left, mut shift) = (0, bits, 0);
        while left > 0 {
            let taken = left.min(32);
            value |= u128::from(self.generator.next_u32() >> (32 - taken)) << shift;
            left -= taken;
            shift += 32;
        }
        value
    }

    /// A whole number in 0..count, for a count of at least 1 and at most 2⁶⁵.
    fn below(&mut self, count: u128) -> u128 {
        let bits = u128::BITS - count.leading_zeros();
        loop {
            let value = self.bits(bits);
            if value < count {
                return value;
            }
        }
    }
}
