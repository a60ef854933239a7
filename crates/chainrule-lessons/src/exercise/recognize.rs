//! Which mistake gives this answer?

use super::{
    answer::Part,
    derivative::{Derivative, Sample},
    derived::derived,
    file::Listed,
    mistakes::{self, Mistake, OTHER_PART},
    tree::Tree,
};
use crate::error::Result;

/// At how many points mistakes are compared.
pub(super) const COMPARED: usize = 12;
/// How far a formula may be off, relative to the truth or 1: rounding, no more.
pub(super) const FORMULA: f64 = 1e-7;
/// How far a number may be off that a person computed.
pub(super) const BY_HAND: f64 = 5e-4;
/// Below this, a number was rounded too early rather than wrong.
const ROUNDED: f64 = 2e-2;

/// Whether a number is what it should be; NaN is nothing.
pub(super) fn close(x: f64, truth: f64, tolerance: f64) -> bool {
    (x - truth).abs() <= tolerance * truth.abs().max(1.0) && x.is_finite()
}

/// A number of a hand calculation: relative to the truth, and a true 0 has to be 0.
pub(super) fn by_hand(x: f64, truth: f64, tolerance: f64) -> bool {
    (x - truth).abs() <= (tolerance * truth.abs()).max(1e-9)
}

/// A mistake that explains a part of the answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Match {
    pub cost: u32,
    pub name: String,
    pub because: String,
}

/// What a mistake is called that is not known.
pub(super) const DIFFERS: &str = "differs";

/// Between the names of mistakes that were made together.
pub(super) const AND: &str = " and ";

/// Parts that answer for each other were swapped.
pub(super) fn mark_swapped(names: &[&str], matches: &mut [Vec<Match>]) {
    const COST: u32 = 3;
    // Whether a mistake is to answer for another part, and what else it is.
    let other_part = |found: &Match| -> Option<(usize, String)> {
        let (name, rest) = match found.name.strip_prefix(OTHER_PART)?.split_once(AND) {
            Some((name, rest)) => (name.to_string(), format!("{AND}{rest}")),
            None => (found.name.strip_prefix(OTHER_PART)?.to_string(), String::new()),
        };
        Some((names.iter().position(|known| *known == name)?, rest))
    };
    let found: Vec<Vec<(usize, String)>> = matches
        .iter()
        .map(|matches| matches.iter().filter_map(other_part).collect())
        .collect();
    for matches in matches {
        let swapped = matches.iter().filter_map(|found_here| {
            let (other, rest) = other_part(found_here)?;
            found
                .get(other)?
                .iter()
                .any(|(_, other_rest)| *other_rest == rest)
                .then(|| Match {
                    cost: found_here.cost.saturating_sub(6) + COST,
                    name: format!("swapped{rest}"),
                    because: found_here.because.clone(),
                })
        });
        let swapped: Vec<Match> = swapped.collect();
        matches.extend(swapped);
        matches.sort_by_key(|found| found.cost);
    }
}

/// The mistakes that give this answer, the most telling first.
pub(super) fn recognize(
    task: &Derivative,
    place: usize,
    part: &Part,
    samples: &[Sample],
    listed: &[Listed],
    right: &[Vec<Tree>],
) -> Result<Vec<Match>> {
    let mut answers = vec![];
    for sample in samples {
        answers.push(part.formula.value(&sample.values)?);
    }
    let one_point = task.at.is_some();
    let right_here = |(sample, x): (&Sample, &f64)| close(*x, sample.truth[place], FORMULA);
    if !one_point && samples.iter().zip(&answers).all(right_here) {
        return Ok(vec![Match {
            cost: 1,
            name: "not everywhere".to_string(),
            because: "it is right at most points, but not where it divides by zero or leaves its domain".to_string(),
        }]);
    }
    if answers.iter().all(|answer| !answer.is_finite()) {
        return Ok(vec![Match {
            cost: 1,
            name: "no number".to_string(),
            because: "it gives no finite number at any point that was tried".to_string(),
        }]);
    }
    let readings = mistakes::readings(task, place, samples, &answers);
    let mut known = derived(task, place, samples, right)?;
    let truth = known[0].values.clone();
    let mut found: Vec<Match> = vec![];
    for wrong in listed {
        let Some(formula) = wrong.formulas.get(place).and_then(Option::as_ref) else {
            continue;
        };
        let mut values = vec![];
        for sample in samples {
            values.push(formula.value(&sample.values)?);
        }
        // Numbers that are nearly right have a reason of their own.
        if one_point && by_hand(answers[0], values[0], BY_HAND) && !by_hand(values[0], samples[0].truth[place], BY_HAND)
        {
            let (cost, name, because) = (1, wrong.name.clone(), wrong.because.clone());
            found.push(Match { cost, name, because });
            continue;
        }
        if let Some(reading) = mistakes::readings(task, place, samples, &values).into_iter().next()
            && !same(&reading.values, &truth, 1.0, one_point)
        {
            let (name, because) = (wrong.name.clone(), wrong.because.clone());
            known.push(Mistake {
                name,
                because,
                cost: 1,
                values: reading.values,
            });
        }
    }
    for (base_place, base) in known.iter().enumerate() {
        let is_truth = base_place == 0;
        if !is_truth && same(&base.values, &truth, 1.0, one_point) {
            continue;
        }
        for reading in &readings {
            for (factor, cost, name, because) in FACTORS {
                let steps = [base.cost, reading.cost, cost].iter().filter(|cost| **cost > 0).count();
                let twice = cost > 0 && name.split(AND).any(|mistake| base.name.contains(mistake));
                // At one point nearly every number can be explained by two mistakes together.
                if steps == 0
                    || twice
                    || (one_point && steps > 1)
                    || !same(&reading.values, &base.values, factor, one_point)
                {
                    continue;
                }
                found.push(joined([
                    (base.cost, base.name.as_str(), base.because.as_str()),
                    (reading.cost, &reading.name, &reading.because),
                    (cost, name, because),
                ]));
            }
        }
    }
    match one_point {
        true => rounded(answers[0], samples[0].truth[place], &mut found),
        false => proportions(task, samples, &readings, &truth, &mut found),
    }
    found.sort_by_key(|found| found.cost);
    let mut names = vec![];
    found.retain(|found| {
        let new = !names.contains(&found.name);
        names.push(found.name.clone());
        new
    });
    Ok(found)
}

/// Factors that people lose or gain.
const FACTORS: [(f64, u32, &str, &str); 6] = [
    (1.0, 0, "", ""),
    (-1.0, 2, "wrong sign", "the sign is turned round"),
    (0.5, 4, "dropped a factor 2", "twice as much is right"),
    (2.0, 4, "a factor 2 too much", "half as much is right"),
    (
        -0.5,
        7,
        "wrong sign and dropped a factor 2",
        "−2 times as much is right",
    ),
    (
        -2.0,
        7,
        "wrong sign and a factor 2 too much",
        "−½ times as much is right",
    ),
];

/// Several mistakes in one.
fn joined<const N: usize>(mistakes: [(u32, &str, &str); N]) -> Match {
    let made: Vec<_> = mistakes.iter().filter(|(cost, ..)| *cost > 0).collect();
    Match {
        // One mistake is likelier than two at once.
        cost: made.iter().map(|(cost, ..)| cost + 1).sum::<u32>().saturating_sub(1),
        name: made.iter().map(|(_, name, _)| *name).collect::<Vec<_>>().join(AND),
        because: made.iter().map(|(.., because)| *because).collect::<Vec<_>>().join("; "),
    }
}

/// Whether the numbers are `factor` times the others, wherever both exist.
fn same(numbers: &[f64], others: &[f64], factor: f64, one_point: bool) -> bool {
    let both: Vec<(f64, f64)> = numbers
        .iter()
        .zip(others)
        .map(|(&x, &y)| (x, y * factor))
        .filter(|(x, y)| x.is_finite() && y.is_finite())
        .collect();
    let enough = if one_point { 1 } else { COMPARED / 2 };
    let equal = |(x, y): &(f64, f64)| match one_point {
        // Whoever is wrong by hand may have rounded as well.
        true => by_hand(*x, *y, ROUNDED),
        false => close(*x, *y, 10.0 * FORMULA),
    };
    both.len() >= enough && both.iter().all(equal)
}

/// A number that is nearly right.
fn rounded(answer: f64, truth: f64, found: &mut Vec<Match>) {
    if by_hand(answer, truth, ROUNDED) {
        found.push(Match {
            cost: 2,
            name: "rounded on the way".to_string(),
            because: "it is nearly right: carry more digits and round at the end".to_string(),
        });
    }
}

/// A constant factor, or a factor that is one of the names.
fn proportions(task: &Derivative, samples: &[Sample], readings: &[Mistake], truth: &[f64], found: &mut Vec<Match>) {
    for reading in readings {
        let largest = truth
            .iter()
            .zip(&reading.values)
            .max_by(|(a, _), (b, _)| a.abs().total_cmp(&b.abs()));
        if let Some((truth_there, x)) = largest
            && same(&reading.values, truth, x / truth_there, false)
            && (x / truth_there).abs() > 1e-6
            && x / truth_there != 1.0
        {
            let factor = format!("{:.4}", x / truth_there);
            let factor = factor.trim_end_matches('0').trim_end_matches('.');
            let own = (
                "off by a constant factor",
                format!("it is {factor} times what is right"),
            );
            found.push(joined([
                (7, own.0, &own.1),
                (reading.cost, &reading.name, &reading.because),
            ]));
        }
        for (place, name) in task.names().iter().enumerate() {
            // g once too often and once too few is right.
            if reading.cost > 0 && place + 1 == task.inputs.len() {
                continue;
            }
            for (power, words) in [(1, "too much"), (2, "too much"), (-1, "missing"), (-2, "missing")] {
                let scaled = truth
                    .iter()
                    .zip(samples)
                    .map(|(x, sample)| x * sample.values[place].powi(power));
                let scaled: Vec<f64> = scaled.collect();
                let shown = if power.abs() == 2 {
                    format!("{name}²")
                } else {
                    name.to_string()
                };
                let own = (
                    format!("a factor {shown} {words}"),
                    format!("the rest of it is right, the factor {shown} is {words}"),
                );
                for (factor, cost, sign, because) in &FACTORS[..2] {
                    if same(&reading.values, &scaled, *factor, false) && !same(&scaled, truth, 1.0, false) {
                        found.push(joined([
                            (6, own.0.as_str(), own.1.as_str()),
                            (reading.cost, &reading.name, &reading.because),
                            (*cost, sign, because),
                        ]));
                    }
                }
            }
        }
    }
}

/// One mistake for each wrong part: the same for all of them where that says as much.
pub(super) fn choose(wrong: &[bool], matches: Vec<Vec<Match>>) -> Vec<Match> {
    let differs = Match {
        cost: 0,
        name: DIFFERS.to_string(),
        because: "it gives other numbers, and no mistake that is known gives these".to_string(),
    };
    let candidates: Vec<&Vec<Match>> = wrong
        .iter()
        .zip(&matches)
        .filter(|(wrong, _)| **wrong)
        .map(|(_, m)| m)
        .collect();
    let alone: Option<u32> = candidates
        .iter()
        .map(|found| found.first().map(|first| first.cost))
        .sum();
    let cost = |name: &str| -> Option<u32> {
        candidates
            .iter()
            .map(|found| found.iter().find(|m| m.name == name).map(|m| m.cost))
            .sum()
    };
    let common = candidates.first().into_iter().flat_map(|found| found.iter());
    let common = common.filter_map(|m| Some((cost(&m.name)?, m.name.clone()))).min();
    let several = candidates.len() > 1;
    let common =
        common.filter(|(cost, _)| alone.is_some_and(|alone| several && *cost < alone + candidates.len() as u32));
    let choose = |found: &Vec<Match>| {
        let chosen = match &common {
            Some((_, name)) => found.iter().find(|m| m.name == *name),
            None => found.first(),
        };
        let mut chosen = chosen.unwrap_or(&differs).clone();
        if common.is_none() {
            let others = found.iter().filter(|m| m.cost == chosen.cost && m.name != chosen.name);
            let others: Vec<&str> = others.map(|m| m.name.as_str()).take(2).collect();
            if !others.is_empty() {
                chosen.because.push_str(&format!(" (or: {})", others.join(", or ")));
            }
        }
        chosen
    };
    matches.iter().map(choose).collect()
}
