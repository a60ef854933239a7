//! What comes out when there is a slip in a right formula.

use super::{
    derivative::{Derivative, Form, Formula, Sample},
    mistakes::{LENGTHS, Mistake, UPDATED, readings},
    tree::{Slip, Tree},
};
use crate::error::Result;

/// The right formula with one slip in it.
pub(super) fn slips(
    task: &Derivative,
    part: usize,
    samples: &[Sample],
    right: &[Vec<Tree>],
    found: &mut Vec<Mistake>,
) -> Result<()> {
    const MOST: usize = 300;
    let names = task.names();
    let mut functions = vec![];
    for tree in right.iter().flatten() {
        tree.functions(&mut functions);
    }
    for (_, formula, _) in &task.graph {
        if let Some(tree) = Tree::parse(formula) {
            tree.functions(&mut functions);
        }
    }
    let mut slips = vec![];
    for answer in right {
        let Some(tree) = answer.get(part) else { continue };
        if task.form == Form::Step {
            slips.extend(half_updated(task, part, answer, tree));
        }
        for own in &names {
            for other in names.iter().filter(|other| *other != own) {
                slips.push(mixed_up(task, own, other, tree));
            }
            for function in &functions {
                slips.push(Slip {
                    name: format!("{function} of {own} instead of {own}"),
                    because: format!("{own} itself belongs there, without {function}"),
                    formula: tree.with(own, &Tree::Call(function.clone(), vec![Tree::Name(own.to_string())])),
                });
            }
        }
        slips.extend(tree.slips(&names).into_iter().filter(|slip| slip.formula != *tree));
    }
    // Whoever leaves out g has forgotten it rather than mixed it up.
    let forgot_g = |slip: &Slip| task.form == Form::Rule && slip.name.ends_with(" instead of g");
    for slip in slips.into_iter().filter(|slip| !forgot_g(slip)).take(MOST) {
        // A slip may make a formula that the engine does not read, such as a name where a plain number must be.
        let Ok(formula) = Formula::parse(&slip.formula.to_string(), &names) else {
            continue;
        };
        let mut answers = vec![];
        for sample in samples {
            answers.push(formula.value(&sample.values)?);
        }
        if let Some(reading) = readings(task, part, samples, &answers).into_iter().next() {
            let cost = if slip.name == UPDATED.0 { 3 } else { 5 };
            found.push(Mistake::new(cost, slip.name, slip.because, reading.values));
        }
    }
    Ok(())
}

/// A step whose formula names weights that have been moved already, while the error in it is that of the old ones.
fn half_updated(task: &Derivative, part: usize, answer: &[Tree], tree: &Tree) -> Vec<Slip> {
    let mut slips = vec![];
    for (other, name) in task
        .asked_names()
        .into_iter()
        .enumerate()
        .filter(|(other, _)| *other != part)
    {
        let Some(step) = answer.get(other) else { continue };
        for length in LENGTHS {
            let operation = |op, left, right| Tree::Operation(op, Box::new(left), Box::new(right));
            let old = Tree::Name(name.to_string());
            let moved = operation('*', Tree::Number(length), operation('-', step.clone(), old.clone()));
            slips.push(Slip {
                name: UPDATED.0.to_string(),
                because: UPDATED.1.to_string(),
                formula: tree.with(name, &operation('+', old, moved)),
            });
        }
    }
    slips
}

/// One name for another, everywhere in a formula.
fn mixed_up(task: &Derivative, own: &str, other: &str, tree: &Tree) -> Slip {
    let is_result = task.graph.iter().any(|(name, ..)| name == own);
    let is_input = task.inputs.iter().any(|input| input.name == other);
    let is_g = task.form == Form::Rule && task.inputs.last().is_some_and(|input| input.name == other);
    let (name, because) = match is_result && is_input && !is_g {
        true => (
            "used the input instead of the result".to_string(),
            format!("{own} belongs where {other} stands: the derivative is written in the result"),
        ),
        false => (
            format!("{other} instead of {own}"),
            format!("{other} stands where {own} belongs"),
        ),
    };
    Slip {
        name,
        because,
        formula: tree.with(own, &Tree::Name(other.to_string())),
    }
}
