//! Mistakes that are known, as the derivatives one gets by making them.
//!
//! An answer is turned back into the derivative it stands for, in several ways ("as it should be", "without g", …), and
//! compared with the derivative that each mistake gives, at random points. Whatever agrees everywhere is the mistake.

use super::derivative::{Derivative, Form, Sample};

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

/// How a mistake is called that answers for another part, before the name of that part.
pub(super) const OTHER_PART: &str = "the gradient of ";

/// What a step is told that uses weights which have been moved already.
pub(super) const UPDATED: (&str, &str) = (
    "used the updated weight",
    "all gradients of a step belong to the weights before it: compute them all, then move the weights",
);

/// Lengths of a step: right, without the factor 2, with it twice.
pub(super) const LENGTHS: [f64; 3] = [1.0, 0.5, 2.0];

/// The non-empty subsets of a few things, as bits.
pub(super) fn subsets(count: usize) -> std::ops::Range<u32> {
    1..1 << count.min(5)
}
