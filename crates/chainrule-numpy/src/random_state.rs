//! numpy's legacy generator, `numpy.random.RandomState`.

use crate::error::{Error, Result, cells, not_negative};
use crate::mersenne::MersenneTwister;

/// numpy's `RandomState`: the same seed and the same calls give the same numbers, bit for bit.
///
/// Every call takes from one stream, in order, as numpy's do: an array of n is n calls. Normal numbers come in pairs, so
/// the second of a pair waits in the state for the next call. Source: numpy's `mtrand.pyx` and `legacy-distributions.c`.
///
/// ```
/// use chainrule_numpy::RandomState;
///
/// let mut random = RandomState::new(42);
/// assert_eq!(random.rand(2), [0.3745401188473625, 0.9507143064099162]);
/// assert_eq!(RandomState::new(42).standard_normal(), 0.4967141530112327);
///
/// let mut copy = random.clone();
/// assert_eq!(copy.permutation(5), random.permutation(5));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RandomState {
    generator: MersenneTwister,
    /// The second normal number of a pair, not yet handed out.
    waiting: Option<f64>,
}

impl RandomState {
    /// The generator of `RandomState(seed)`.
    pub fn new(seed: u32) -> RandomState {
        RandomState {
            generator: MersenneTwister::from_word(seed),
            waiting: None,
        }
    }

    /// The generator of `RandomState([…])`, a list of numbers as seed; one number in a list is not the number alone.
    ///
    /// Fails on an empty list.
    pub fn from_array(seed: &[u32]) -> Result<RandomState> {
        if seed.is_empty() {
            return Err(Error::new("an empty list is no seed: give at least one number"));
        }
        Ok(RandomState {
            generator: MersenneTwister::from_words(seed),
            waiting: None,
        })
    }

    /// A number in [0, 1), a multiple of 2⁻⁵³: `random_sample()`.
    pub fn random_sample(&mut self) -> f64 {
        self.generator.next_f64()
    }

    /// `count` numbers in [0, 1): `rand(count)`. Memory must hold them, as with `vec![0.0; count]`.
    pub fn rand(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.random_sample()).collect()
    }

    /// A number from the normal distribution of mean 0 and standard deviation 1: `standard_normal()`.
    ///
    /// Source: Marsaglia's polar method (1964), as numpy's `legacy_gauss`.
    pub fn standard_normal(&mut self) -> f64 {
        if let Some(second) = self.waiting.take() {
            return second;
        }
        loop {
            let x = 2.0 * self.random_sample() - 1.0;
            let y = 2.0 * self.random_sample() - 1.0;
            let square = x * x + y * y;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.waiting = Some(factor * x);
                return factor * y;
            }
        }
    }

    /// `count` numbers from the normal distribution of mean 0 and standard deviation 1: `randn(count)`.
    ///
    /// Memory must hold them, as with `vec![0.0; count]`.
    pub fn randn(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.standard_normal()).collect()
    }

    /// A number from the normal distribution: `normal(mean, standard_deviation)`.
    ///
    /// Fails where the standard deviation is negative or not finite.
    pub fn normal(&mut self, mean: f64, standard_deviation: f64) -> Result<f64> {
        not_negative("the standard deviation", standard_deviation)?;
        Ok(self.normal_number(mean, standard_deviation))
    }

    pub(crate) fn normal_number(&mut self, mean: f64, standard_deviation: f64) -> f64 {
        mean + standard_deviation * self.standard_normal()
    }

    /// A number from the exponential distribution: `exponential(scale)`.
    ///
    /// Fails where the scale is negative or not finite.
    pub fn exponential(&mut self, scale: f64) -> Result<f64> {
        not_negative("the scale", scale)?;
        Ok(scale * -(1.0 - self.random_sample()).ln())
    }

    /// A number in [low, high): `uniform(low, high)`. Rounding may give `high` itself.
    ///
    /// Fails where `high - low` is not finite.
    pub fn uniform(&mut self, low: f64, high: f64) -> Result<f64> {
        let range = high - low;
        if !range.is_finite() {
            return Err(Error::new(format!(
                "from {low} to {high} is no finite range: bring the ends closer"
            )));
        }
        Ok(low + range * self.random_sample())
    }

    /// A whole number in [low, high), all equally likely: `randint(low, high)` of numpy's default type, int64.
    ///
    /// Numbers are drawn with as many bits as `high - 1 - low` has, and those too large are thrown away. Below 2³² values
    /// one 32-bit word is drawn at a time, above it two; a single possible value draws nothing.
    /// Fails where `low >= high`.
    pub fn randint(&mut self, low: i64, high: i64) -> Result<i64> {
        if low >= high {
            return Err(Error::new(format!(
                "no whole number is at least {low} and below {high}: give a `high` above {low}"
            )));
        }
        // Two's complement: right even where the difference is beyond i64.
        let range = high.wrapping_sub(1).wrapping_sub(low) as u64;
        Ok(low.wrapping_add(self.at_most(range) as i64))
    }

    /// A whole number in 0..=largest: numpy's `random_interval`, and `randint` with its range known to be right.
    pub(crate) fn at_most(&mut self, largest: u64) -> u64 {
        if largest == 0 {
            return 0;
        }
        let mask = u64::MAX >> largest.leading_zeros();
        loop {
            let bits = if largest <= u64::from(u32::MAX) {
                u64::from(self.generator.next_u32())
            } else {
                self.generator.next_u64()
            };
            if bits & mask <= largest {
                return bits & mask;
            }
        }
    }

    /// A whole number in 0..count; 0 where the count is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.at_most(count.saturating_sub(1) as u64) as usize
    }

    /// Puts the items into a random order: `shuffle`.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i + 1);
            items.swap(i, j);
        }
    }

    /// The numbers 0..count in a random order: `permutation(count)`. Memory must hold them.
    pub fn permutation(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        self.shuffle(&mut order);
        order
    }

    /// `count` of the numbers 0..population: `choice(population, count, replace, p)`.
    ///
    /// With `replace` a number can come more than once. `probabilities` has one number for each of the population; without
    /// it all are equally likely.
    ///
    /// Fails where more different numbers are asked for than there are (than have a probability above 0), and where the
    /// probabilities are not `population` numbers of at least 0 that sum to 1.
    ///
    /// ```
    /// # fn main() -> chainrule_numpy::Result<()> {
    /// use chainrule_numpy::RandomState;
    ///
    /// let mut random = RandomState::new(0);
    /// assert_eq!(random.choice(5, 3, true, None)?, [4, 0, 3]);
    /// assert_eq!(random.choice(3, 4, true, Some(&[0.0, 1.0, 0.0]))?, [1, 1, 1, 1]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn choice(
        &mut self,
        population: usize,
        count: usize,
        replace: bool,
        probabilities: Option<&[f64]>,
    ) -> Result<Vec<usize>> {
        cells(count, 1)?;
        cells(population, if replace { 0 } else { 1 })?;
        if population == 0 && count > 0 {
            return Err(Error::new(format!(
                "{count} cannot be chosen out of none: give a population of at least 1"
            )));
        }
        if let Some(probabilities) = probabilities {
            check_probabilities(probabilities, population)?;
        }
        if !replace && count > population {
            return Err(Error::new(format!(
                "{count} different ones cannot be chosen out of {population}: choose fewer, or with replacement"
            )));
        }
        match probabilities {
            None if replace => Ok((0..count).map(|_| self.below(population)).collect()),
            None => {
                let mut order = self.permutation(population);
                order.truncate(count);
                Ok(order)
            }
            Some(probabilities) if replace => {
                let distribution = cumulative(probabilities);
                Ok((0..count)
                    .map(|_| first_above(&distribution, self.random_sample()))
                    .collect())
            }
            Some(probabilities) => self.choice_without_replacement(probabilities, count),
        }
    }

    /// Rounds of drawing as many as are missing, until enough different ones are found.
    fn choice_without_replacement(&mut self, probabilities: &[f64], count: usize) -> Result<Vec<usize>> {
        let possible = probabilities.iter().filter(|&&p| p > 0.0).count();
        if possible < count {
            return Err(Error::new(format!(
                "{count} different ones cannot be chosen where only {possible} have a probability above 0: choose fewer"
            )));
        }
        let mut left = probabilities.to_vec();
        let mut found: Vec<usize> = Vec::with_capacity(count);
        while found.len() < count {
            let draws = self.rand(count - found.len());
            for &index in &found {
                left[index] = 0.0;
            }
            let distribution = cumulative(&left);
            let before = found.len();
            let mut seen = vec![false; left.len()];
            for draw in draws {
                let index = first_above(&distribution, draw);
                if let Some(seen) = seen.get_mut(index)
                    && !*seen
                {
                    *seen = true;
                    found.push(index);
                }
            }
            if found.len() == before {
                return Err(Error::new(
                    "the probabilities left are too small to choose by: leave out the smallest",
                ));
            }
        }
        Ok(found)
    }
}

fn check_probabilities(probabilities: &[f64], population: usize) -> Result<()> {
    if probabilities.len() != population {
        return Err(Error::new(format!(
            "{} probabilities do not fit a population of {population}: give one for each",
            probabilities.len()
        )));
    }
    if population == 0 {
        return Ok(());
    }
    if let Some(wrong) = probabilities.iter().find(|&&p| p.is_nan() || p < 0.0) {
        return Err(Error::new(format!(
            "{wrong} is no probability: give numbers from 0 to 1"
        )));
    }
    // Kahan's compensated sum, as numpy takes it.
    let (mut sum, mut lost) = (0.0, 0.0);
    for p in probabilities {
        let corrected = p - lost;
        let next = sum + corrected;
        lost = (next - sum) - corrected;
        sum = next;
    }
    let close_enough = f64::EPSILON.sqrt();
    if sum.is_nan() || (sum - 1.0).abs() > close_enough {
        return Err(Error::new(format!(
            "the probabilities sum to {sum}, not to 1: divide each by their sum"
        )));
    }
    Ok(())
}

/// The sums of the first 1, 2, … numbers, divided by the last of them.
fn cumulative(numbers: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut sums: Vec<f64> = numbers
        .iter()
        .map(|number| {
            sum += number;
            sum
        })
        .collect();
    for value in &mut sums {
        *value /= sum;
    }
    sums
}

/// The place of the first number above `value`: `searchsorted(value, side="right")`.
fn first_above(sorted: &[f64], value: f64) -> usize {
    sorted.partition_point(|&number| number <= value)
}
