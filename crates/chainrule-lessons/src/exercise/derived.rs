//! The mistakes that can be derived from an exercise itself, without its file naming them.

use super::{
    derivative::{Derivative, Form, Sample},
    mistakes::{LENGTHS, Mistake, OTHER_PART, UPDATED, readings, subsets},
    routes::along_routes,
    slips::slips,
    tree::Tree,
};
use crate::error::Result;

/// Every mistake that can be derived from the exercise itself, for one part.
pub(super) fn derived(task: &Derivative, part: usize, samples: &[Sample], right: &[Vec<Tree>]) -> Result<Vec<Mistake>> {
    let asked = task.asked_names();
    let names = task.names();
    let name = asked.get(part).copied().unwrap_or_default();
    let gradients = |part: usize| samples.iter().map(|sample| sample.gradients[part]).collect::<Vec<_>>();
    let value = |place: usize| samples.iter().map(|sample| sample.values[place]).collect::<Vec<_>>();
    let mut found = vec![Mistake::new(0, "", "", gradients(part))];

    let because = format!("the result does change when {name} does");
    found.push(Mistake::new(
        2,
        "says that no gradient flows",
        because,
        vec![0.0; samples.len()],
    ));
    for (other, other_name) in asked.iter().enumerate().filter(|(other, _)| *other != part) {
        let because = match task.form {
            Form::Step => format!("this moves {name} by the gradient of {other_name}"),
            _ => format!("this is the answer for {other_name}, not for {name}"),
        };
        found.push(Mistake::new(
            6,
            format!("{OTHER_PART}{other_name}"),
            because,
            gradients(other),
        ));
        if task.form == Form::Step {
            let truths: Vec<f64> = samples.iter().map(|sample| sample.truth[other]).collect();
            let because = format!("this is the new {other_name}, not the new {name}");
            let read = readings(task, part, samples, &truths).into_iter().next();
            let values = read.map(|reading| reading.values).unwrap_or_default();
            found.push(Mistake::new(6, format!("{OTHER_PART}{other_name}"), because, values));
        }
    }
    let result = names.len().saturating_sub(1);
    let because = format!("asked for is how much the result changes with {name}, not how large it is");
    found.push(Mistake::new(
        3,
        "the value instead of the gradient",
        because.clone(),
        value(result),
    ));
    if task.form == Form::Rule {
        let without_g = readings(task, part, samples, &value(result)).into_iter().next();
        let values = without_g.map(|reading| reading.values).unwrap_or_default();
        found.push(Mistake::new(
            3,
            "the value instead of the gradient",
            because.clone(),
            values,
        ));
    }
    // Among formulas a value is more likely to stand for something else.
    let own_cost = if task.at.is_some() { 3 } else { 6 };
    let own_value = value(task.asked[part]);
    found.push(Mistake::new(
        own_cost,
        "the value instead of the gradient",
        because,
        own_value,
    ));
    if task.form == Form::Step {
        updated_before(task, part, samples, &mut found)?;
    }
    along_routes(task, part, samples, &mut found)?;
    if task.at.is_none() {
        slips(task, part, samples, right, &mut found)?;
    }
    Ok(found)
}

/// Steps whose gradients are those of weights that have been moved already.
fn updated_before(task: &Derivative, part: usize, samples: &[Sample], found: &mut Vec<Mistake>) -> Result<()> {
    let others: Vec<usize> = (0..task.asked.len()).filter(|other| *other != part).collect();
    for chosen in subsets(others.len()) {
        for length in LENGTHS {
            let mut values = vec![];
            for sample in samples {
                let mut inputs = sample.values[..task.inputs.len()].to_vec();
                for &other in others
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| chosen >> i & 1 == 1)
                    .map(|(_, other)| other)
                {
                    let gradient = length * sample.gradients[other];
                    inputs[task.asked[other]] = task.finish(other, gradient, &sample.values);
                }
                values.push(task.gradients(&inputs)?.1[part]);
            }
            found.push(Mistake::new(3, UPDATED.0, UPDATED.1, values));
        }
    }
    Ok(())
}
