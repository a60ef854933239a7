//! How much better one model is than another on the same rows, and whether that is more than chance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    comparison::{Scores, more_is_better, variance},
    held_out::Crossed,
    metrics::mean,
};

/// How much better one model is than another, on the same rows that were held out.
///
/// Folds share most of their training rows, so their differences are not independent; the variance of the mean is
/// `(1/k + test rows / training rows) s²`, with `s²` the variance of the differences. Source: Nadeau and Bengio, Inference
/// for the Generalization Error (2003). Where there is one look only, or all folds differ by the same, they do not say what
/// chance does: then the rows are paired, `s²/n` with `s²` the variance of what each row adds to the difference. Rows of a
/// group that was held out whole count as one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The model.
    pub of: String,
    /// The simpler one.
    pub to: String,
    /// How much better the first is: by how much its score is larger, or smaller where less is better; the mean over the
    /// folds.
    pub mean: f64,
    /// The standard error of the mean; none when it cannot be told.
    pub standard_error: Option<f64>,
    /// The probability of a difference this far from 0 if there were none: by Student's t with one less degree of freedom
    /// than there are folds, or rows, or groups; for single rows and their classes by McNemar's exact test. None when it
    /// cannot be told.
    pub p: Option<f64>,
    /// What says how much is chance.
    #[serde(default)]
    pub noise: Noise,
}

/// What says how much of a difference is chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// How much it differs from fold to fold.
    #[default]
    Folds,
    /// How much it differs from row to row.
    Rows,
    /// How much it differs from group to group.
    Groups,
}

impl Noise {
    /// The word for it, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Noise::Folds => "folds",
            Noise::Rows => "rows",
            Noise::Groups => "groups",
        }
    }
}

/// How improbable a difference must be by chance to be taken for more.
const MOST_P: f64 = 0.05;
/// Numbers that differ by less than this part of them differ by rounding only.
pub(crate) const ROUNDING: f64 = 1e-12;

impl Difference {
    /// The difference of two models, by their places among all of them.
    pub(crate) fn new(
        models: &[Scores],
        (of, to): (usize, usize),
        score: &str,
        crossed: &Crossed,
    ) -> Option<Difference> {
        let (own, other) = (models.get(of)?, models.get(to)?);
        let sign = if more_is_better(score) { 1.0 } else { -1.0 };
        let pairs = own.in_folds(score).into_iter().zip(other.in_folds(score));
        let differences: Vec<f64> = pairs.map(|(a, b)| sign * (a - b)).collect();
        if differences.is_empty() {
            return None;
        }
        let (mean, folds, variance) = (mean(&differences), differences.len(), variance(&differences));
        let chance = match variance > 0.0 {
            true => {
                let error = ((1.0 / folds as f64 + crossed.ratio) * variance).sqrt();
                Chance {
                    error: Some(error),
                    p: Some(two_sided_p(mean / error, folds - 1)),
                    noise: Noise::Folds,
                }
            }
            false => Pairs::of(crossed, (of, to), score).chance(),
        };
        Some(Difference {
            of: own.name.clone(),
            to: other.name.clone(),
            mean,
            standard_error: chance.error,
            p: chance.p,
            noise: chance.noise,
        })
    }

    /// Whether the first is better by more than chance; where chance cannot be told, it is not.
    pub fn is_clear(&self) -> bool {
        self.mean > 0.0 && self.p.is_some_and(|p| p < MOST_P)
    }

    /// The same when the sides are changed.
    pub(crate) fn turned(&self) -> Difference {
        Difference {
            of: self.to.clone(),
            to: self.of.clone(),
            mean: -self.mean,
            ..self.clone()
        }
    }
}

/// What chance does to a difference.
struct Chance {
    error: Option<f64>,
    p: Option<f64>,
    noise: Noise,
}

/// What each row that was held out adds to a difference.
struct Pairs {
    gains: Vec<f64>,
    /// The group of each row; rows of another fold are of other groups.
    groups: Option<Vec<(usize, u32)>>,
    /// Whether each row is right or wrong, and nothing between.
    counted: bool,
}

impl Pairs {
    fn of(crossed: &Crossed, (of, to): (usize, usize), score: &str) -> Pairs {
        let mut pairs = Pairs {
            gains: vec![],
            groups: Some(vec![]),
            counted: score == "accuracy",
        };
        for (fold, look) in crossed.looks.iter().enumerate() {
            let (Some(own), Some(other)) = (look.models.get(of), look.models.get(to)) else {
                continue;
            };
            // √a − √b = (a − b) / (√a + √b): the mean of the gains is the difference of the roots.
            let unit = match score {
                "rmse" => mean(&own.losses).sqrt() + mean(&other.losses).sqrt(),
                _ => 1.0,
            };
            let each = own.losses.iter().zip(&other.losses);
            pairs
                .gains
                .extend(each.map(|(own, other)| if unit > 0.0 { (other - own) / unit } else { 0.0 }));
            match (&mut pairs.groups, &look.groups) {
                (Some(all), Some(groups)) => all.extend(groups.iter().map(|group| (fold, *group))),
                (all, _) => *all = None,
            }
        }
        pairs
    }

    fn chance(&self) -> Chance {
        let noise = match self.groups {
            Some(_) => Noise::Groups,
            None => Noise::Rows,
        };
        let (center, rows) = (mean(&self.gains), self.gains.len() as f64);
        // Models that answer alike do not differ, and nothing is left to chance.
        if self.gains.iter().all(|gain| *gain == 0.0) {
            let error = (!self.gains.is_empty()).then_some(0.0);
            let p = error.map(|_| 1.0);
            return Chance { error, p, noise };
        }
        let (count, squares) = match &self.groups {
            None => (rows, self.gains.iter().map(|gain| (gain - center).powi(2)).sum::<f64>()),
            Some(groups) => {
                let mut sums: BTreeMap<(usize, u32), f64> = BTreeMap::new();
                for (gain, group) in self.gains.iter().zip(groups) {
                    *sums.entry(*group).or_default() += gain - center;
                }
                (sums.len() as f64, sums.values().map(|sum| sum * sum).sum())
            }
        };
        let error = (count / (count - 1.0) * squares).sqrt() / rows;
        // Every row, or every group, says the same: from that nobody learns what chance does.
        if count < 2.0 || error <= ROUNDING * center.abs() {
            return Chance {
                error: None,
                p: None,
                noise,
            };
        }
        let p = match (self.counted, &self.groups) {
            (true, None) => {
                let count = |which: fn(f64) -> bool| self.gains.iter().filter(|gain| which(**gain)).count();
                mcnemar(count(|gain| gain > 0.0), count(|gain| gain < 0.0))
            }
            _ => two_sided_p(center / error, count as usize - 1),
        };
        Chance {
            error: Some(error),
            p: Some(p),
            noise,
        }
    }
}

/// The probability that rows of which only one model is right are divided between two models so unevenly, or more, by
/// tosses of a coin: `2 Σ C(n, k) / 2ⁿ` for k up to the smaller number.
///
/// Source: McNemar, Note on the Sampling Error of the Difference between Correlated Proportions (1947), in its exact form.
fn mcnemar(only_first: usize, only_second: usize) -> f64 {
    let (fewer, all) = (only_first.min(only_second), only_first + only_second);
    // ln C(n, fewer), and then the terms before it, each from the one after.
    let ln_choices: f64 = (0..fewer).map(|k| ((all - k) as f64 / (k + 1) as f64).ln()).sum();
    let mut term = (ln_choices - all as f64 * std::f64::consts::LN_2).exp();
    let mut sum = term;
    for k in (1..=fewer).rev() {
        term *= k as f64 / (all - k + 1) as f64;
        sum += term;
    }
    (2.0 * sum).min(1.0)
}

/// The probability that |Student's t| with so many degrees of freedom is larger than `t`.
/// Source: Abramowitz and Stegun, 26.7.3 and 26.7.4.
fn two_sided_p(t: f64, degrees: usize) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    let angle = (t.abs() / (degrees as f64).sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    // cosᵏ with the product of the odd numbers over the even ones before it, or the other way round.
    let (mut term, mut sum) = if degrees % 2 == 1 { (cosine, 0.0) } else { (1.0, 0.0) };
    for k in (degrees % 2..degrees.saturating_sub(1)).step_by(2) {
        sum += term;
        term *= cosine * cosine * (k + 1) as f64 / (k + 2) as f64;
    }
    let inside = match degrees % 2 {
        1 => (angle + sine * sum) * std::f64::consts::FRAC_2_PI,
        _ => sine * sum,
    };
    (1.0 - inside).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::held_out::{HeldOut, Look};

    // From scipy 1.17: 2 * scipy.stats.t.sf(t, degrees).
    #[test]
    fn the_probability_is_that_of_students_t() {
        for (t, degrees, p) in [
            (1.0, 1, 0.5000000000000001),
            (2.5, 2, 0.12961172022151068),
            (0.3, 3, 0.783763292039919),
            (2.7764451051977987, 4, 0.05),
            (2.262157162740992, 9, 0.05),
            (3.1, 10, 0.011250657216083414),
            (1.5, 7, 0.17729848698997),
            (12.0, 4, 0.000276428548502973),
            (1.9, 4159, 0.05750221856570862),
        ] {
            let ours = two_sided_p(t, degrees);
            assert!((ours - p).abs() < 1e-11, "t = {t}, {degrees} degrees: {ours}, not {p}");
            assert_eq!(two_sided_p(-t, degrees), ours);
        }
        assert_eq!(two_sided_p(f64::INFINITY, 4), 0.0);
    }

    // From scipy 1.17: scipy.stats.binomtest(first, first + second).pvalue.
    #[test]
    fn the_probability_of_paired_classes_is_mcnemars() {
        for (first, second, p) in [
            (0, 0, 1.0),
            (5, 0, 0.0625),
            (1, 9, 0.021484375),
            (12, 30, 0.007915897334896727),
            (60, 45, 0.1715646971542424),
            (500, 410, 0.0031530409085557005),
            (2100, 2000, 0.12206497999113655),
        ] {
            let ours = mcnemar(first, second);
            assert!((ours - p).abs() < 1e-11, "{first} and {second}: {ours}, not {p}");
            assert_eq!(mcnemar(second, first), ours);
        }
    }

    /// One look of so many losses of two models.
    fn one_look(own: &[f64], other: &[f64], groups: Option<Vec<u32>>) -> Crossed {
        let held_out = |losses: &[f64]| HeldOut {
            losses: losses.to_vec(),
            ..HeldOut::default()
        };
        Crossed {
            looks: vec![Look {
                models: [HeldOut::default(), held_out(other), held_out(own)],
                groups,
            }],
            ratio: 0.1,
        }
    }

    // From scipy 1.17: ttest_rel of the squared errors; of groups by its cluster-robust formula in numpy.
    #[test]
    fn the_noise_of_one_look_is_that_of_its_rows() {
        let own = [0.5, 1.0, 0.2, 2.0, 0.1, 0.7];
        let other = [0.9, 1.1, 0.1, 2.5, 0.8, 0.75];
        let chance = Pairs::of(&one_look(&own, &other, None), (2, 1), "rmse").chance();
        let unit = (4.5f64 / 6.0).sqrt() + (6.15f64 / 6.0).sqrt();
        assert_eq!(chance.noise, Noise::Rows);
        assert!((chance.error.unwrap() * unit - 0.125).abs() < 1e-12);
        assert!((chance.p.unwrap() - 0.07909389790318228).abs() < 1e-12);
        let grouped = one_look(&own, &other, Some(vec![7, 7, 9, 9, 3, 3]));
        let chance = Pairs::of(&grouped, (2, 1), "rmse").chance();
        assert_eq!(chance.noise, Noise::Groups);
        assert!((chance.error.unwrap() * unit - 0.05204164998665333).abs() < 1e-12);
    }

    #[test]
    fn rows_that_all_say_the_same_do_not_tell_what_chance_does() {
        let chance = Pairs::of(&one_look(&[0.0; 4], &[1.0; 4], None), (2, 1), "accuracy").chance();
        assert_eq!((chance.error, chance.p), (None, None));
        let alike = Pairs::of(&one_look(&[1.0, 0.0], &[1.0, 0.0], None), (2, 1), "accuracy").chance();
        assert_eq!((alike.error, alike.p), (Some(0.0), Some(1.0)));
        // All rows are of one group.
        let group = one_look(&[0.5, 1.0], &[0.9, 1.1], Some(vec![3, 3]));
        assert_eq!(Pairs::of(&group, (2, 1), "rmse").chance().p, None);
        // Five rows more of 2000 are chance, though their t is 2.24.
        let (mut own, other) = (vec![1.0; 2000], vec![1.0; 2000]);
        own[..5].fill(0.0);
        let few = Pairs::of(&one_look(&own, &other, None), (2, 1), "accuracy").chance();
        assert_eq!(few.p, Some(0.0625));
    }
}
