//! A column that gives the target away.

use std::collections::HashMap;

use chainrule_table::{Column, Table, Values, message::quoted};

use super::{Code, Warning, sample};
use crate::{assess::Fit, metrics::mean, target::Answers};

/// So many training rows are looked at.
const MOST_ROWS: usize = 2_000;
/// Of fewer rows nothing can be said.
const FEWEST_ROWS: usize = 20;
/// A rule by one column may be wrong for this share of the rows that are not of the most frequent class: when each value of
/// a column has one class, and when thresholds on a column of many values part the classes.
const WRONG: (f64, f64) = (0.02, 0.005);
/// So many rows must not be of the most frequent class: good columns part a few rows without a mistake, such as the petals
/// of iris in one of twenty splits.
const FEWEST_OTHERS: (usize, usize) = (8, 100);
/// Thresholds are looked for between so many classes.
const MOST_CLASSES: usize = 12;
/// The R² of the ranks of the target that one column alone may not reach.
const R2: f64 = 0.995;

/// The columns that alone tell a target of training rows, next to without a mistake.
pub(super) fn leaks(fit: &Fit) -> Vec<Warning> {
    let rows = sample(&fit.split.train, MOST_ROWS);
    let features = fit.learned.prepared.encoder.features();
    let mut warnings = vec![];
    for feature in features {
        let Ok(column) = fit.table().column(&feature.name) else {
            continue;
        };
        // What a single column is for is to give the target.
        let compared = features.len() > 1 && rows.len() >= FEWEST_ROWS;
        let groups = compared.then(|| groups(column, &rows));
        for (place, target) in fit.problem.targets.iter().enumerate() {
            let seen = match is_copy(fit.table(), column, target, &rows) {
                true => Some(format!(
                    "is the same as the target in all of {} training rows",
                    rows.len()
                )),
                false => groups.as_ref().and_then(|groups| gives(fit, groups, place, &rows)),
            };
            warnings.extend(seen.map(|seen| warning(&feature.name, (target, fit.problem.targets.len()), &seen)));
        }
    }
    warnings
}

/// What a column, whose rows with the same cell are given, says of a target.
fn gives(fit: &Fit, groups: &Groups, target: usize, rows: &[usize]) -> Option<String> {
    match (fit.learned.prepared.classes(), &fit.problem.answers) {
        (Some(classes), _) => {
            let classes: Vec<usize> = rows.iter().map(|row| classes[*row]).collect();
            gives_class(groups, &classes)
        }
        (_, Answers::Numbers(targets)) => {
            let values: Vec<f64> = rows.iter().map(|row| targets[target][*row]).collect();
            gives_number(groups, &values)
        }
        _ => None,
    }
}

/// The warning that a column gives one of so many targets away.
fn warning(column: &str, (target, targets): (&str, usize), seen: &str) -> Warning {
    let which = match targets {
        1 => "the target".to_string(),
        _ => format!("the target {}", quoted(target)),
    };
    Warning::new(
        Code::Leak,
        format!("column {} gives {which} away: it {seen}", quoted(column)),
        format!("if it is not known before the target is, leave it out with --drop {column}"),
    )
}

/// Whether every cell of a column has the text of the target's cell.
fn is_copy(table: &Table, column: &Column, target: &str, rows: &[usize]) -> bool {
    match (table.position(&column.name), table.position(target)) {
        (Ok(own), Ok(target)) => rows.iter().all(|row| table.text(*row, own) == table.text(*row, target)),
        _ => false,
    }
}

/// Rows, by position, that have the same cell in a column; of numbers in rising order.
struct Groups {
    same: Vec<Vec<usize>>,
    /// The rows without a cell.
    missing: Vec<usize>,
    /// The number of each group, where they are numbers.
    numbers: Option<Vec<f64>>,
}

fn groups(column: &Column, rows: &[usize]) -> Groups {
    let mut of_missing = vec![];
    let mut known: Vec<usize> = vec![];
    for (place, row) in rows.iter().enumerate() {
        match column.is_missing(*row) {
            true => of_missing.push(place),
            false => known.push(place),
        }
    }
    let (same, numbers) = match &column.values {
        Values::Numbers { values, .. } => {
            let value = |place: &usize| values[rows[*place]];
            known.sort_by(|a, b| value(a).total_cmp(&value(b)));
            let same: Vec<Vec<usize>> = known
                .chunk_by(|a, b| value(a) == value(b))
                .map(<[usize]>::to_vec)
                .collect();
            let numbers = same.iter().map(|group| value(&group[0])).collect();
            (same, Some(numbers))
        }
        Values::Categories { codes, .. } => {
            known.sort_by_key(|place| codes[rows[*place]]);
            let same = known.chunk_by(|a, b| codes[rows[*a]] == codes[rows[*b]]);
            (same.map(<[usize]>::to_vec).collect(), None)
        }
        _ => (vec![], None),
    };
    Groups {
        same,
        missing: of_missing,
        numbers,
    }
}

/// How often each class occurs among some rows.
fn counts(rows: &[usize], classes: &[usize], of: usize) -> Vec<usize> {
    let mut counts = vec![0; of];
    rows.iter().for_each(|row| counts[classes[*row]] += 1);
    counts
}

/// What a column says of the classes, if it tells them apart alone.
fn gives_class(groups: &Groups, classes: &[usize]) -> Option<String> {
    let of = classes.iter().max()? + 1;
    let all: Vec<usize> = (0..classes.len()).collect();
    let totals = counts(&all, classes, of);
    let others = classes.len() - totals.iter().max()?;
    let may_be_wrong = |share: f64, wrong: usize| wrong as f64 <= share * others as f64;
    let wrong_in = |group: &Vec<usize>| group.len() - counts(group, classes, of).into_iter().max().unwrap_or(0);
    let missing = wrong_in(&groups.missing);

    // A value that only one row has says nothing of others: it counts as wrong.
    let by_value = |group: &Vec<usize>| if group.len() == 1 { 1 } else { wrong_in(group) };
    let wrong = missing + groups.same.iter().map(by_value).sum::<usize>();
    if may_be_wrong(WRONG.0, wrong) && others >= FEWEST_OTHERS.0 {
        return Some(format!(
            "has {} values, and the most frequent class of each is right for {} of {} training rows",
            groups.same.len() + usize::from(!groups.missing.is_empty()),
            classes.len() - wrong,
            classes.len()
        ));
    }
    groups.numbers.as_ref()?;
    let present = totals.iter().filter(|count| **count > 0).count();
    if present > MOST_CLASSES || others < FEWEST_OTHERS.1 {
        return None;
    }
    let wrong = missing + wrong_by_thresholds(&groups.same, classes, of, present);
    may_be_wrong(WRONG.1, wrong).then(|| {
        let thresholds = match present - 1 {
            1 => "one threshold".to_string(),
            several => format!("{several} thresholds"),
        };
        format!(
            "parts the classes by {thresholds}, right for {} of {} training rows",
            classes.len() - wrong,
            classes.len()
        )
    })
}

/// How many rows are wrong when a column is cut into so many intervals of one class each, in the best way.
fn wrong_by_thresholds(groups: &[Vec<usize>], classes: &[usize], of: usize, intervals: usize) -> usize {
    const NEVER: usize = usize::MAX / 2;
    // The fewest wrong so far, by interval and its class.
    let mut fewest = vec![vec![NEVER; of]; intervals];
    fewest[0].fill(0);
    for group in groups {
        let counts = counts(group, classes, of);
        for interval in (0..intervals).rev() {
            let before = match interval.checked_sub(1) {
                Some(before) => fewest[before].iter().copied().min().unwrap_or(NEVER),
                None => NEVER,
            };
            for (class, wrong) in fewest[interval].iter_mut().enumerate() {
                *wrong = (*wrong)
                    .min(before)
                    .saturating_add(group.len() - counts[class])
                    .min(NEVER);
            }
        }
    }
    fewest.into_iter().flatten().min().unwrap_or(NEVER)
}

/// What a column says of a number, if it gives it alone: each row's rank is guessed from the rows with the same cell, or
/// with the cells next to it on either side, never from itself.
fn gives_number(groups: &Groups, values: &[f64]) -> Option<String> {
    let ranks = ranks(values);
    let center = mean(&ranks);
    let means: Vec<f64> = groups
        .same
        .iter()
        .map(|group| mean(&group.iter().map(|row| ranks[*row]).collect::<Vec<f64>>()))
        .collect();
    let mut guesses = vec![center; values.len()];
    for (place, group) in groups.same.iter().enumerate() {
        if let [row] = group[..] {
            if let Some(numbers) = &groups.numbers {
                let neighbor = |place: Option<usize>| place.and_then(|at| Some((*numbers.get(at)?, *means.get(at)?)));
                guesses[row] = match (neighbor(place.checked_sub(1)), neighbor(Some(place + 1))) {
                    (Some((low, left)), Some((high, right))) => {
                        let along = (numbers[place] - low) / (high - low);
                        left + along.clamp(0.0, 1.0) * (right - left)
                    }
                    (Some((_, only)), None) | (None, Some((_, only))) => only,
                    (None, None) => center,
                };
            }
            continue;
        }
        let sum: f64 = group.iter().map(|row| ranks[*row]).sum();
        for row in group {
            guesses[*row] = (sum - ranks[*row]) / (group.len() - 1) as f64;
        }
    }
    for row in &groups.missing {
        let sum: f64 = groups.missing.iter().map(|row| ranks[*row]).sum();
        guesses[*row] = match groups.missing.len() {
            1 => center,
            count => (sum - ranks[*row]) / (count - 1) as f64,
        };
    }
    let r2 = crate::metrics::r2(&guesses, &ranks);
    (r2 >= R2).then(|| {
        format!(
            "alone gives the rank of the target in {} training rows with an R² of {r2:.4}",
            values.len()
        )
    })
}

/// The place of each number in rising order; equal ones share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let (mut ranks, mut before) = (vec![0.0; values.len()], 0);
    for same in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = before as f64 + (same.len() - 1) as f64 / 2.0;
        same.iter().for_each(|row| ranks[*row] = rank);
        before += same.len();
    }
    ranks
}

/// The share of cells whose value another has, for a column; used to say how likely rows are alike by chance.
pub(super) fn collisions(values: impl Iterator<Item = u64>) -> f64 {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    let mut rows = 0usize;
    for value in values {
        *counts.entry(value).or_default() += 1;
        rows += 1;
    }
    let pairs: f64 = counts.values().map(|count| *count as f64 * (*count as f64 - 1.0)).sum();
    match rows {
        0 | 1 => 0.0,
        _ => pairs / (rows as f64 * (rows as f64 - 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_placed_in_the_best_way_and_never_between_equal_values() {
        let groups = |same: &[&[usize]]| same.iter().map(|group| group.to_vec()).collect::<Vec<_>>();
        let classes = [0, 0, 1, 1, 0, 1];
        assert_eq!(
            wrong_by_thresholds(&groups(&[&[0, 1], &[2], &[3], &[5], &[4]]), &classes, 2, 2),
            1
        );
        assert_eq!(
            wrong_by_thresholds(&groups(&[&[0, 1], &[2], &[3], &[5], &[4]]), &classes, 2, 3),
            0
        );
        // 1 and 2 have the same value.
        assert_eq!(
            wrong_by_thresholds(&groups(&[&[0], &[1, 2], &[3], &[5], &[4]]), &classes, 2, 3),
            1
        );
    }

    #[test]
    fn ranks_of_equal_numbers_are_shared() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [2.5, 0.0, 2.5, 1.0]);
    }
}
