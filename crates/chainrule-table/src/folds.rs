//! Rows divided with regard to what belongs together or comes first, and folds for cross-validation.

use std::collections::{BTreeMap, HashSet};

use crate::error::{Error, Result};
use crate::message::count;
use crate::split::{Fractions, Split};

/// What is kept in mind when rows are divided into those to learn from and those to judge by. Each list has a number for
/// every row of the table.
#[derive(Clone, Copy, Debug)]
pub enum Division<'a> {
    /// Nothing but chance; with classes, each is divided in the same proportions.
    Random {
        /// The class of each row.
        classes: Option<&'a [u32]>,
    },
    /// Rows of one group, such as the visits of one patient, stay on one side.
    Groups {
        /// The group of each row.
        groups: &'a [u32],
        /// The class of each row, which are divided in about the same proportions as far as groups allow.
        classes: Option<&'a [u32]>,
    },
    /// What is judged by comes after what is learned from; rows of the same time stay on one side.
    Time {
        /// The time of each row, in any unit; a number, not NaN.
        times: &'a [f64],
    },
}

/// One round of a cross-validation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The rows to learn from.
    pub train: Vec<usize>,
    /// The rows to judge by; no two folds share one.
    pub test: Vec<usize>,
}

impl Split {
    /// Splits the rows in `order`, which the caller has shuffled, into three parts as a division demands.
    ///
    /// At random as [`Split::new`] does. Groups are dealt, the largest first, into as many parts as the fraction makes of
    /// the whole, and the part nearest to the wanted size is held out. By time, the latest rows are for the test and those
    /// before them for validation; a part grows or shrinks so that no moment is on both sides.
    ///
    /// ```
    /// # fn main() -> chainrule_table::Result<()> {
    /// use chainrule_table::{Division, Fractions, Split};
    ///
    /// let order = [3, 1, 4, 0, 2, 7, 9, 8, 6, 5];
    /// let times = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    /// let split = Split::by(&order, Division::Time { times: &times }, Fractions::default())?;
    /// assert_eq!((split.validation, split.test), (vec![6, 7], vec![8, 9]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Split::new`]; and when there are too few groups or moments for the parts.
    pub fn by(order: &[usize], division: Division, fractions: Fractions) -> Result<Split> {
        let lists = match division {
            Division::Random { classes } => return Split::new(order, classes, fractions),
            Division::Groups { groups, classes } => vec![Some(groups.len()), classes.map(<[u32]>::len)],
            Division::Time { times } => vec![Some(times.len())],
        };
        // Checks the fractions, the number of rows, and that no row is there twice.
        Split::new(order, None, fractions)?;
        check_rows(order, lists.into_iter().flatten())?;
        let rows = order.len() as f64;
        if let Division::Groups { groups, .. } = division {
            enough_groups(order, groups, fractions)?;
        }
        let (mut train, mut held_out) = (order.to_vec(), [vec![], vec![]]);
        for (part, fraction) in held_out.iter_mut().zip([fractions.test, fractions.validation]) {
            if fraction > 0.0 {
                let wanted = ((rows * fraction).round() as usize).clamp(1, train.len().max(2) - 1);
                (train, *part) = match division {
                    Division::Groups { groups, classes } => whole_groups(&train, groups, classes, wanted)?,
                    Division::Time { times } => latest(&train, times, wanted)?,
                    Division::Random { .. } => (train, vec![]),
                };
            }
        }
        let [test, validation] = held_out;
        Ok(Split {
            train,
            validation,
            test,
        })
    }
}

impl Fold {
    /// Divides the rows in `order`, which the caller has shuffled, into folds: as many rounds, each judged by other rows.
    ///
    /// At random every row is judged by once, but for the only row of a class, which is always learned from. Groups
    /// likewise, group by group. By time the rows are cut into one part more than there are folds; each is judged after
    /// learning from all before it, so the first is not judged by. There may be fewer folds than asked for when there are
    /// few groups or moments.
    ///
    /// ```
    /// # fn main() -> chainrule_table::Result<()> {
    /// use chainrule_table::{Division, Fold};
    ///
    /// let folds = Fold::all(&[5, 3, 1, 0, 2, 4], Division::Random { classes: None }, 3)?;
    /// assert_eq!(folds.len(), 3);
    /// assert_eq!((&folds[0].test, &folds[0].train), (&vec![5, 0], &vec![3, 1, 2, 4]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When there are fewer than two folds, rows, groups or, by time, three moments; when a list lacks one of the rows.
    pub fn all(order: &[usize], division: Division, folds: usize) -> Result<Vec<Fold>> {
        if folds < 2 || order.len() < folds {
            return Err(Error::request(format!(
                "{} cannot be divided into {folds} folds; there must be at least two folds and a row for each",
                count(order.len(), "row", "rows")
            )));
        }
        let parts = match division {
            Division::Random { classes } => {
                check_rows(order, classes.map(<[u32]>::len).into_iter())?;
                dealt(order, classes, folds)
            }
            Division::Groups { groups, classes } => {
                let lists = [Some(groups.len()), classes.map(<[u32]>::len)];
                check_rows(order, lists.into_iter().flatten())?;
                dealt_by_group(order, groups, classes, folds)?
            }
            Division::Time { times } => {
                check_rows(order, [times.len()].into_iter())?;
                return forward(order, times, folds);
            }
        };
        // The part of each row that is judged by; rows in no part are always learned from.
        let mut part_of: BTreeMap<usize, usize> = BTreeMap::new();
        for (part, rows) in parts.iter().enumerate() {
            part_of.extend(rows.iter().map(|row| (*row, part)));
        }
        let fold = |(part, test)| {
            let learned_from = |row: &usize| part_of.get(row) != Some(&part);
            let train = order.iter().copied().filter(learned_from).collect();
            Fold { train, test }
        };
        let used = parts.into_iter().enumerate().filter(|(_, rows)| !rows.is_empty());
        let folds: Vec<Fold> = used.map(fold).collect();
        match folds.len() >= 2 && folds.iter().all(|fold| !fold.train.is_empty()) {
            true => Ok(folds),
            false => Err(Error::data(
                "there are too few rows of each class for two folds: each needs one to learn from and one to judge by",
            )),
        }
    }
}

/// Refuses lists that are too short for the rows.
fn check_rows(order: &[usize], lists: impl Iterator<Item = usize>) -> Result<()> {
    let needed = order.iter().max().map_or(0, |row| row + 1);
    match lists.min() {
        Some(shortest) if shortest < needed => Err(Error::request(format!(
            "the order names row {}, but what divides them is known of {} only",
            needed - 1,
            count(shortest, "row", "rows")
        ))),
        _ => Ok(()),
    }
}

/// Refuses fewer groups than there are parts, of which each needs a whole one.
fn enough_groups(order: &[usize], groups: &[u32], fractions: Fractions) -> Result<()> {
    let found: HashSet<u32> = order.iter().map(|row| groups[*row]).collect();
    let parts = match (fractions.validation > 0.0, fractions.test > 0.0) {
        (true, true) => ["one to train on", "one to validate with", "one to test with"].as_slice(),
        (true, false) => &["one to train on", "one to validate with"],
        (false, true) => &["one to train on", "one to test with"],
        (false, false) => return Ok(()),
    };
    match found.len() >= parts.len() {
        true => Ok(()),
        false => Err(Error::data(format!(
            "{} of {} cannot be divided group by group; at least {} groups are needed, {}: divide by another column, or at \
             random",
            count(order.len(), "row", "rows"),
            count(found.len(), "group", "groups"),
            parts.len(),
            parts.join(", ")
        ))),
    }
}

/// The rows of each class in turn, dealt like cards: each part has its share of every class, and as many rows as the next.
fn dealt(order: &[usize], classes: Option<&[u32]>, parts: usize) -> Vec<Vec<usize>> {
    let mut by_class: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for &row in order {
        by_class
            .entry(classes.map_or(0, |classes| classes[row]))
            .or_default()
            .push(row);
    }
    let mut dealt = vec![vec![]; parts];
    let rows = by_class.values().filter(|rows| rows.len() > 1).flatten();
    for (next, &row) in rows.enumerate() {
        dealt[next % parts].push(row);
    }
    dealt
}

/// Whole groups, the largest first, each to the part that then differs least from the others in its shares of the classes.
fn dealt_by_group(order: &[usize], groups: &[u32], classes: Option<&[u32]>, parts: usize) -> Result<Vec<Vec<usize>>> {
    let class = |row: usize| classes.map_or(0, |classes| classes[row]);
    let (mut place, mut members): (BTreeMap<u32, usize>, Vec<Vec<usize>>) = Default::default();
    let mut sizes: BTreeMap<u32, f64> = BTreeMap::new();
    for &row in order {
        let next = members.len();
        let place = *place.entry(groups[row]).or_insert(next);
        if place == next {
            members.push(vec![]);
        }
        members[place].push(row);
        *sizes.entry(class(row)).or_default() += 1.0;
    }
    if members.len() < 2 {
        return Err(Error::data(format!(
            "{} of 1 group cannot be divided group by group; at least 2 groups are needed: divide by another column, or at \
             random",
            count(order.len(), "row", "rows")
        )));
    }
    let parts = parts.min(members.len());
    members.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    let mut dealt = vec![vec![]; parts];
    let mut held: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); parts];
    for rows in members {
        let mut own: BTreeMap<u32, f64> = BTreeMap::new();
        for &row in &rows {
            *own.entry(class(row)).or_default() += 1.0;
        }
        // How much the sum of the squared shares grows: least where the classes of the group are rare so far.
        let growth = |held: &BTreeMap<u32, f64>| -> f64 {
            let of = |(class, own): (&u32, &f64)| {
                let before = held.get(class).copied().unwrap_or(0.0);
                own * (own + 2.0 * before) / sizes[class].powi(2)
            };
            own.iter().map(of).sum()
        };
        let best = (0..parts).min_by(|&a, &b| {
            let by_growth = growth(&held[a]).total_cmp(&growth(&held[b]));
            by_growth.then(dealt[a].len().cmp(&dealt[b].len()))
        });
        let best = best.unwrap_or(0);
        for (class, own) in own {
            *held[best].entry(class).or_default() += own;
        }
        dealt[best].extend(rows);
    }
    Ok(dealt)
}

/// All rows but some whole groups, and these: about as many as wanted.
fn whole_groups(
    order: &[usize],
    groups: &[u32],
    classes: Option<&[u32]>,
    wanted: usize,
) -> Result<(Vec<usize>, Vec<usize>)> {
    let parts = (order.len() as f64 / wanted as f64).round().max(2.0) as usize;
    let mut dealt = dealt_by_group(order, groups, classes, parts)?;
    let nearest = (0..dealt.len()).min_by_key(|&part| dealt[part].len().abs_diff(wanted));
    let held_out = dealt.swap_remove(nearest.unwrap_or(0));
    let inside: HashSet<usize> = held_out.iter().copied().collect();
    let rest = order.iter().copied().filter(|row| !inside.contains(row)).collect();
    Ok((rest, held_out))
}

/// The rows in the order of their times, and where one may cut: the places at which the time changes.
fn by_time(order: &[usize], times: &[f64]) -> (Vec<usize>, Vec<usize>) {
    let mut rows = order.to_vec();
    rows.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
    let changes = (1..rows.len())
        .filter(|&i| times[rows[i]] != times[rows[i - 1]])
        .collect();
    (rows, changes)
}

/// The earlier rows, and the latest: as many as wanted, but no moment on both sides.
fn latest(order: &[usize], times: &[f64], wanted: usize) -> Result<(Vec<usize>, Vec<usize>)> {
    let (mut rows, changes) = by_time(order, times);
    let cut = rows.len() - wanted.min(rows.len());
    match changes.iter().min_by_key(|change| change.abs_diff(cut)) {
        Some(&cut) => {
            let late = rows.split_off(cut);
            Ok((rows, late))
        }
        None => Err(Error::data(format!(
            "{} have the same time, so there is no earlier and later; divide by another column, or at random",
            count(rows.len(), "row", "rows")
        ))),
    }
}

/// Folds that go forward in time: each part after the first is judged by, after learning from all before it.
fn forward(order: &[usize], times: &[f64], folds: usize) -> Result<Vec<Fold>> {
    let (rows, changes) = by_time(order, times);
    let cuts = (1..=folds).filter_map(|part| {
        let even = part * rows.len() / (folds + 1);
        changes.iter().copied().min_by_key(|change| change.abs_diff(even))
    });
    let mut cuts: Vec<usize> = cuts.collect();
    cuts.dedup();
    if cuts.len() < 2 {
        return Err(Error::data(format!(
            "{} at {} are too few for two folds that go forward in time",
            count(rows.len(), "row", "rows"),
            count(changes.len() + 1, "moment", "moments")
        )));
    }
    let ends = cuts.iter().skip(1).copied().chain([rows.len()]);
    let fold = |(&start, end): (&usize, usize)| Fold {
        train: rows[..start].to_vec(),
        test: rows[start..end].to_vec(),
    };
    Ok(cuts.iter().zip(ends).map(fold).collect())
}
