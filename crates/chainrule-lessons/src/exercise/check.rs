//! Is the answer right, and if not, why?

use super::{
    answer::{self, Part},
    derivative::{Derivative, Sample},
    file::Listed,
    points,
    recognize::{AND, BY_HAND, COMPARED, DIFFERS, FORMULA, by_hand, choose, close, mark_swapped, recognize},
    tree::Tree,
    verdict::{CounterExample, Diagnosis, PartVerdict, Verdict},
};
use crate::error::{Error, Result};

/// How many points are drawn.
const RANDOM: usize = 40;
/// How many points of small whole numbers are tried.
const SMALL: usize = 300;

/// Checks an answer; `listed` are the mistakes of the exercise itself, `right` are right answers.
pub(super) fn check(task: &Derivative, listed: &[Listed], right: &[Vec<Tree>], answer: &str) -> Result<Verdict> {
    let parts = answer::parts(answer, task)?;
    let samples = samples(task)?;
    let mut wrong = vec![];
    for (place, part) in parts.iter().enumerate() {
        wrong.push(counter_example(task, place, part, &samples)?);
    }
    let compared = &samples[..samples.len().min(COMPARED)];
    let mut matches = vec![];
    for (place, part) in parts.iter().enumerate() {
        matches.push(match &wrong[place] {
            Some(_) => recognize(task, place, part, compared, listed, right)?,
            None => vec![],
        });
    }
    let names = task.asked_names();
    mark_swapped(&names, &mut matches);
    let chosen = choose(&wrong.iter().map(Option::is_some).collect::<Vec<_>>(), matches);
    let verdicts = parts
        .iter()
        .zip(wrong)
        .zip(chosen)
        .zip(names)
        .map(|(((part, wrong), chosen), name)| PartVerdict {
            name: name.to_string(),
            answer: part.text.clone(),
            passed: wrong.is_none(),
            diagnosis: wrong.map(|counter_example| Diagnosis {
                name: chosen.name,
                because: chosen.because,
                counter_example: Some(counter_example),
            }),
        });
    let verdicts: Vec<PartVerdict> = verdicts.collect();
    // The first of those that name the most mistakes.
    let named = |diagnosis: &&Diagnosis| match diagnosis.name.as_str() {
        DIFFERS => 0,
        name => 1 + name.matches(AND).count(),
    };
    let diagnoses = verdicts.iter().rev().filter_map(|part| part.diagnosis.as_ref());
    let diagnosis = diagnoses.max_by_key(named).cloned();
    let checked = match task.at {
        Some(_) => "Compared with finite differences at the values of the exercise.".to_string(),
        None => format!(
            "Compared with finite differences at {} random points, and at small whole numbers.",
            samples.len()
        ),
    };
    Ok(Verdict::new(verdicts, diagnosis, checked))
}

/// The points at which answers are tried.
fn samples(task: &Derivative) -> Result<Vec<Sample>> {
    let (points, fewest) = match &task.at {
        Some(at) => (vec![at.clone()], 1),
        None => (points::random(&task.inputs, RANDOM), COMPARED),
    };
    let mut samples = vec![];
    for point in points {
        samples.extend(task.sample(&point)?);
    }
    if samples.len() < fewest {
        let names: Vec<String> = task
            .inputs
            .iter()
            .map(|input| format!("{} in [{}, {}]", input.name, input.low, input.high))
            .collect();
        return Err(Error::request(format!(
            "the derivatives asked for exist at only {} of {RANDOM} points of {}; give ranges where they do",
            samples.len(),
            names.join(", ")
        )));
    }
    Ok(samples)
}

/// The smallest point at which a part is wrong; none when it is right.
fn counter_example(task: &Derivative, place: usize, part: &Part, samples: &[Sample]) -> Result<Option<CounterExample>> {
    let names = task.asked_names();
    let example = |sample: &Sample, yours: f64| CounterExample {
        part: names[place].to_string(),
        at: match task.at {
            Some(_) => vec![],
            None => task
                .inputs
                .iter()
                .map(|input| input.name.clone())
                .zip(sample.values.iter().copied())
                .collect(),
        },
        yours,
        right: sample.differences[place],
    };
    if task.at.is_none() {
        for point in points::small(&task.inputs, SMALL) {
            let (values, gradients) = task.gradients(&point)?;
            let truth = task.finish(place, gradients[place], &values);
            let yours = part.formula.value(&values)?;
            if !close(yours, truth, FORMULA)
                && let Some(sample) = task.sample(&point)?
            {
                return Ok(Some(example(&sample, yours)));
            }
        }
    }
    let size = |sample: &Sample| sample.values.iter().map(|x| x.abs()).sum::<f64>();
    let mut smallest: Option<(&Sample, f64)> = None;
    for sample in samples {
        let (yours, truth) = (part.formula.value(&sample.values)?, sample.truth[place]);
        let right = match task.at {
            Some(_) => by_hand(yours, truth, BY_HAND),
            None => close(yours, truth, FORMULA),
        };
        if !right && smallest.is_none_or(|(best, _)| size(sample) < size(best)) {
            smallest = Some((sample, yours));
        }
    }
    Ok(smallest.map(|(sample, yours)| example(sample, yours)))
}
