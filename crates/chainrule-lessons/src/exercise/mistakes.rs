//! Mistakes that are known, as the derivatives one gets by making them.
//!
//! An answer is turned back into the derivative it stands for, in several ways ("as it should be", "without g", …), and
//! compared with the derivative that each mistake gives, at random points. Whatever agrees everywhere is the mistake.

use super::{
    derivative::{Derivative, Form, Sample},
    routes::along_routes,
    slips::slips,
    tree::Tree,
};
use crate::error::Result;

/// A mistake, as the numbers of the derivative it gives at each sample. The lower its cost, the more is said by it.
#[derive(Clone, Debug)]
pub(super) struct Mistake {
    pub name: String,
    pub because: String,
    pub cost: u32,
    pub values: Vec<f64>,
}

impl Mistake {
    pub fn new(cost: u32, name: impl Into<String>, because: impl Into<String>, values: Vec<f64>) -> Mistake {
        Mistake {
            name: name.into(),
            because: because.into(),
            cost,
            values,
        }
    }
}

/// What the answers to a part, number by number, say about the derivative; the first reading is the right one.
pub(super) fn readings(task: &Derivative, part: usize, samples: &[Sample], answers: &[f64]) -> Vec<Mistake> {
    let factor = |sample: &Sample| {
        sample
            .values
            .get(task.inputs.len().wrapping_sub(1))
            .copied()
            .unwrap_or(f64::NAN)
    };
    let weight = |sample: &Sample| task.asked.get(part).map_or(f64::NAN, |&place| sample.values[place]);
    let each = |read: &dyn Fn(f64, &Sample) -> f64| answers.iter().zip(samples).map(|(&a, s)| read(a, s)).collect();
    let own = |values| Mistake::new(0, "", "", values);
    let rate = task.inputs.last().map_or("rate", |input| input.name.as_str());
    let name = task.asked_names().get(part).copied().unwrap_or_default().to_string();
    match task.form {
        Form::Gradient => vec![own(answers.to_vec())],
        Form::Rule => vec![
            own(each(&|a, s| a / factor(s))),
            Mistake::new(
                2,
                "forgot the incoming gradient",
                "the chain rule multiplies the local derivative by g, the gradient that comes in; without it the rule is right only where g = 1",
                answers.to_vec(),
            ),
            Mistake::new(
                3,
                "added the incoming gradient",
                "the chain rule multiplies g and the local derivative, it does not add them",
                each(&|a, s| a - factor(s)),
            ),
            Mistake::new(
                4,
                "the incoming gradient twice",
                "g has to be multiplied in once",
                each(&|a, s| a / (factor(s) * factor(s))),
            ),
        ],
        Form::Step => vec![
            own(each(&|a, s| (weight(s) - a) / factor(s))),
            Mistake::new(
                2,
                "the gradient instead of the new weight",
                format!("asked for is the weight after the step, {name} − {rate}·∂/∂{name}"),
                answers.to_vec(),
            ),
            Mistake::new(
                2,
                "the step instead of the new weight",
                format!("the step has to be taken from the weight: {name} − {rate}·∂/∂{name}"),
                each(&|a, s| -a / factor(s)),
            ),
            Mistake::new(
                2,
                "the step instead of the new weight",
                format!("the step has to be taken from the weight: {name} − {rate}·∂/∂{name}"),
                each(&|a, s| a / factor(s)),
            ),
            Mistake::new(
                3,
                "forgot the rate",
                format!("the gradient has to be multiplied by {rate} before it is taken from {name}"),
                each(&|a, s| weight(s) - a),
            ),
        ],
    }
}

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

/// How a mistake is called that answers for another part, before the name of that part.
pub(super) const OTHER_PART: &str = "the gradient of ";

/// What a step is told that uses weights which have been moved already.
pub(super) const UPDATED: (&str, &str) = (
    "used the updated weight",
    "all gradients of a step belong to the weights before it: compute them all, then move the weights",
);

/// Lengths of a step: right, without the factor 2, with it twice.
pub(super) const LENGTHS: [f64; 3] = [1.0, 0.5, 2.0];

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

/// The non-empty subsets of a few things, as bits.
pub(super) fn subsets(count: usize) -> std::ops::Range<u32> {
    1..1 << count.min(5)
}
