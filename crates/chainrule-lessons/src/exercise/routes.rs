//! What comes out when something on the ways from the result down to a value is left out.

use super::{
    derivative::{Derivative, Route, Sample},
    mistakes::{Mistake, subsets},
};
use crate::error::Result;

/// What comes out when something on the ways from the result down to the value is left out.
pub(super) fn along_routes(task: &Derivative, part: usize, samples: &[Sample], found: &mut Vec<Mistake>) -> Result<()> {
    let mut everywhere: Vec<Vec<Route>> = vec![];
    for sample in samples {
        let routes = task.routes(&sample.values[..task.inputs.len()])?;
        match routes.into_iter().nth(part).flatten() {
            Some(routes) => everywhere.push(routes),
            None => return Ok(()),
        }
    }
    let Some(first) = everywhere.first().cloned() else {
        return Ok(());
    };
    if everywhere.iter().any(|routes| routes.len() != first.len()) {
        return Ok(());
    }
    // The sum over routes of a product (or whatever `of` makes of a route).
    let sum = |of: &dyn Fn(usize, &Route) -> f64| -> Vec<f64> {
        let at = |routes: &Vec<Route>| routes.iter().enumerate().map(|(i, route)| of(i, route)).sum();
        everywhere.iter().map(at).collect()
    };
    let product = |route: &Route| route.steps.iter().map(|step| step.derivative).product::<f64>();
    let name = task.asked_names().get(part).copied().unwrap_or_default().to_string();
    let count = first.len();
    if (2..=5).contains(&count) {
        for chosen in subsets(count).filter(|chosen| *chosen != (1 << count) - 1) {
            let taken = chosen.count_ones();
            let because = format!(
                "{name} acts on the result in {count} ways, and the gradients of all of them add up (+=); here {taken} of them count"
            );
            let values = sum(&|i, route| if chosen >> i & 1 == 1 { product(route) } else { 0.0 });
            found.push(Mistake::new(3, "= for +=", because, values));
            let because = format!("{name} acts on the result in {count} ways; the sign of one of them is wrong");
            let values = sum(&|i, route| {
                if chosen >> i & 1 == 1 {
                    product(route)
                } else {
                    -product(route)
                }
            });
            found.push(Mistake::new(4, "wrong sign of a contribution", because, values));
        }
    }
    let mut labels: Vec<&str> = vec![];
    let mut ids: Vec<(usize, &str)> = vec![];
    for step in first.iter().flat_map(|route| &route.steps) {
        if step.label != "+" && !labels.contains(&step.label.as_str()) {
            labels.push(&step.label);
        }
        if step.label != "+" && !ids.contains(&(step.id, &step.label)) {
            ids.push((step.id, &step.label));
        }
    }
    let without = |left_out: &dyn Fn(usize, &str) -> bool| {
        sum(&|_, route| {
            let kept = route.steps.iter().filter(|step| !left_out(step.id, &step.label));
            kept.map(|step| step.derivative).product()
        })
    };
    for (i, label) in labels.iter().enumerate() {
        let (name, because) = forgotten(label);
        found.push(Mistake::new(4, name, because, without(&|_, other| other == *label)));
        for second in &labels[i + 1..] {
            let because = format!("the derivatives of {label} and {second} are both missing from the chain");
            let values = without(&|_, other| other == *label || other == *second);
            found.push(Mistake::new(5, "forgot the inner derivative", because, values));
        }
    }
    for (id, label) in &ids {
        let (name, because) = forgotten(label);
        found.push(Mistake::new(4, name, because, without(&|other, _| other == *id)));
    }
    let longest = first.iter().map(|route| route.steps.len()).max().unwrap_or(0);
    if longest > 1 {
        // At one point a local derivative is what people write down first.
        let cost = if task.at.is_some() { 3 } else { 4 };
        for length in 1..longest {
            let last = sum(&|_, route| {
                let last = route.steps.iter().rev().take(length);
                last.map(|step| step.derivative).product()
            });
            let because =
                format!("the local derivative of {name} has to be multiplied by the gradient of what it goes into");
            found.push(Mistake::new(cost, "forgot the incoming gradient", because, last));
            if let [only] = first.as_slice() {
                let kept = only.steps.len() - length;
                let before = sum(&|_, route| route.steps.iter().take(kept).map(|step| step.derivative).product());
                let because = format!("this is the gradient of a value on the way; it goes on to {name}");
                found.push(Mistake::new(5, "stopped on the way", because, before));
            }
        }
        for route in 0..count {
            let local = sum(&|i, steps| match steps.steps.last() {
                Some(step) if i == route => step.derivative,
                _ => 0.0,
            });
            let because = format!(
                "this is a local derivative of {name}; it has to be multiplied by the gradient of what it goes into"
            );
            found.push(Mistake::new(5, "forgot the incoming gradient", because, local));
        }
        let added = sum(&|_, route| route.steps.iter().map(|step| step.derivative).sum());
        let because = "the local derivatives along a path are multiplied, not added";
        found.push(Mistake::new(4, "added instead of multiplied", because, added));
    }
    Ok(())
}

/// The mistake of leaving out an operation's derivative.
fn forgotten(label: &str) -> (String, String) {
    match label {
        "×" => (
            "forgot the inner derivative".to_string(),
            "a product inside has a derivative of its own, the other factor, and the chain rule multiplies by it"
                .to_string(),
        ),
        "−" => (
            "wrong sign".to_string(),
            "what is subtracted inside has the derivative −1, and the chain rule multiplies by it".to_string(),
        ),
        _ => (
            format!("forgot the derivative of {label}"),
            format!("the chain rule multiplies by the derivative of {label} as well"),
        ),
    }
}
