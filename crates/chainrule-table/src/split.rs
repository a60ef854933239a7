//! Rows to train on, rows to validate with, rows to test with.

use std::collections::{BTreeMap, HashSet};

use crate::error::{Error, Result};
use crate::message::count;

/// The fewest rows that [`Split::new`] divides into three parts: to train, to validate and to test.
pub const FEWEST_ROWS: usize = 5;

/// Which share of all rows goes to validation and to test; training gets the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fractions {
    /// The share of the rows to validate with, at least 0.
    pub validation: f64,
    /// The share of the rows to test with, at least 0.
    pub test: f64,
}

/// 0.20 of the rows to test with, and 0.16 to validate with: a fifth of what then remains. 0.64 to train on.
impl Default for Fractions {
    fn default() -> Fractions {
        Fractions {
            validation: 0.16,
            test: 0.20,
        }
    }
}

/// Row numbers in three parts that share no row and together hold all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The rows to train on.
    pub train: Vec<usize>,
    /// The rows to choose with: when to stop, which model to keep.
    pub validation: Vec<usize>,
    /// The rows to judge with, once, at the end.
    pub test: Vec<usize>,
}

impl Split {
    /// Splits the rows in `order`, which the caller has shuffled; in each part the rows keep that order.
    ///
    /// The sizes are the fractions of the number of rows, rounded; a part with a fraction above 0 gets at least one row.
    /// With `groups`, where `groups[row]` is the class of a row, every class is divided in the same proportions, the
    /// sizes are kept, and every class has at least one row to train on. When classes are so small that this leaves too
    /// few rows to hold out, the held-out parts shrink.
    ///
    /// ```
    /// # fn main() -> chainrule_table::Result<()> {
    /// use chainrule_table::{Fractions, Split};
    ///
    /// let order: Vec<usize> = (0..50).rev().collect();
    /// let split = Split::new(&order, None, Fractions::default())?;
    /// assert_eq!((split.train.len(), split.validation.len(), split.test.len()), (32, 8, 10));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When a fraction is negative or not finite, when the two leave nothing to train on, when there are too few rows,
    /// when `order` names a row twice, or when `groups` lacks one of its rows.
    pub fn new(order: &[usize], groups: Option<&[u32]>, fractions: Fractions) -> Result<Split> {
        fractions.check()?;
        let group_of = groups_in_order(order, groups)?;
        let rows = order.len();
        let parts = 1 + usize::from(fractions.validation > 0.0) + usize::from(fractions.test > 0.0);
        let needed = if parts == 3 { FEWEST_ROWS } else { parts };
        if rows < needed {
            return Err(Error::request(format!(
                "{} cannot be split for training, validation and test; at least {needed} are needed",
                count(rows, "row", "rows")
            )));
        }
        // At least one row each, and at least one left to train on.
        let wanted = |fraction: f64, most: usize| {
            if fraction > 0.0 {
                ((rows as f64 * fraction).round() as usize).clamp(1, most)
            } else {
                0
            }
        };
        let test = wanted(fractions.test, rows + 1 - parts);
        let validation = wanted(fractions.validation, rows - 1 - test);

        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        for group in &group_of {
            *sizes.entry(*group).or_default() += 1;
        }
        let spare: Vec<usize> = sizes.values().map(|size| size - 1).collect();
        let (test, validation) = shrink(test, validation, spare.iter().sum(), rows, sizes.len())?;

        let weights: Vec<usize> = sizes.values().copied().collect();
        let held_out = apportion(test + validation, &weights, &spare);
        let tested = apportion(test, &weights, &held_out);
        let mut left: BTreeMap<u32, (usize, usize)> = sizes
            .keys()
            .zip(tested.iter().zip(&held_out))
            .map(|(group, (tested, held_out))| (*group, (*tested, held_out - tested)))
            .collect();

        let mut split = Split {
            train: Vec::new(),
            validation: Vec::new(),
            test: Vec::new(),
        };
        for (row, group) in order.iter().zip(&group_of) {
            let (test, validation) = left.entry(*group).or_default();
            let (part, remaining) = if *test > 0 {
                (&mut split.test, Some(test))
            } else if *validation > 0 {
                (&mut split.validation, Some(validation))
            } else {
                (&mut split.train, None)
            };
            part.push(*row);
            if let Some(remaining) = remaining {
                *remaining -= 1;
            }
        }
        Ok(split)
    }
}

impl Fractions {
    fn check(&self) -> Result<()> {
        let valid = |fraction: f64| (0.0..1.0).contains(&fraction);
        if valid(self.validation) && valid(self.test) && self.validation + self.test < 1.0 {
            return Ok(());
        }
        Err(Error::request(format!(
            "the fractions {} for validation and {} for test leave no training rows; each must be at least 0, and their \
             sum below 1",
            self.validation, self.test
        )))
    }
}

/// The group of each row, in order; without groups, all rows are of one.
fn groups_in_order(order: &[usize], groups: Option<&[u32]>) -> Result<Vec<u32>> {
    let mut seen = HashSet::with_capacity(order.len());
    if let Some(twice) = order.iter().find(|row| !seen.insert(**row)) {
        return Err(Error::request(format!(
            "the order names row {twice} twice; every row may be in one part only"
        )));
    }
    let Some(groups) = groups else {
        return Ok(vec![0; order.len()]);
    };
    let group = |row: &usize| {
        groups.get(*row).copied().ok_or_else(|| {
            Error::request(format!(
                "the order names row {row}, but there are groups for {} rows only",
                groups.len()
            ))
        })
    };
    order.iter().map(group).collect()
}

/// The sizes of the test and validation parts when no more than `spare` rows can be held out.
fn shrink(test: usize, validation: usize, spare: usize, rows: usize, groups: usize) -> Result<(usize, usize)> {
    if test + validation <= spare {
        return Ok((test, validation));
    }
    let parts = usize::from(test > 0) + usize::from(validation > 0);
    if spare < parts {
        return Err(Error::request(format!(
            "{} in {} are too few to hold any out: each class needs one row to train on, and at least {} are needed",
            count(rows, "row", "rows"),
            count(groups, "class", "classes"),
            count(groups + parts, "row", "rows"),
        )));
    }
    let share = (spare as f64 * test as f64 / (test + validation) as f64).round() as usize;
    let test = share.clamp(usize::from(test > 0), spare - usize::from(validation > 0));
    Ok((test, spare - test))
}

/// Divides `total` in proportion to `weights`, no share above its cap: whole parts first, the rest by largest remainder.
///
/// The caps must have room for the total.
fn apportion(total: usize, weights: &[usize], caps: &[usize]) -> Vec<usize> {
    let sum: usize = weights.iter().sum();
    // Exact, in integers: the quota of a group is total * weight / sum.
    let product = |index: usize| total as u128 * weights[index] as u128;
    let mut shares: Vec<usize> = (0..weights.len())
        .map(|index| ((product(index) / sum as u128) as usize).min(caps[index]))
        .collect();
    let mut left = total - shares.iter().sum::<usize>();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(product(*index) - shares[*index] as u128 * sum as u128));
    while left > 0 {
        let before = left;
        for index in &by_remainder {
            if left > 0 && shares[*index] < caps[*index] {
                shares[*index] += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apportion_keeps_the_total_and_the_caps() {
        assert_eq!(apportion(10, &[50, 30, 20], &[49, 29, 19]), [5, 3, 2]);
        assert_eq!(apportion(5, &[3, 3, 3], &[2, 2, 2]), [2, 2, 1]);
        assert_eq!(apportion(4, &[97, 1, 2], &[1, 2, 1]), [1, 2, 1]);
    }

    #[test]
    fn shrink_leaves_each_part_a_row() {
        assert_eq!(shrink(2, 2, 4, 10, 6).unwrap(), (2, 2));
        assert_eq!(shrink(9, 1, 2, 20, 18).unwrap(), (1, 1));
        assert!(shrink(2, 2, 1, 10, 9).is_err());
    }
}
