//! Gradient checks: derivatives against finite differences, for any function and any operation.

use crate::{
    error::{Error, Fault, Result},
    graph::{Gradients, Graph, Op, Var},
    ops::{Example, Row},
    shape::Shape,
    tensor::Tensor,
};
use std::sync::Arc;

/// How far a derivative may be from the finite difference, relative to the larger of the two and 1.
pub const TOLERANCE: f64 = 1e-6;

/// Compares the gradient of a function with finite differences at the given inputs.
///
/// Every cell of every input is moved by a little to both sides (fourth-order central differences).
///
/// ```
/// use chainrule::{Tensor, check};
/// check::gradient(&[Tensor::from(2.0), Tensor::from(-3.0)], |x| x[0] * x[1] + x[0].tanh())?;
/// # Ok::<(), chainrule::Error>(())
/// ```
///
/// # Errors
/// The first cell whose gradient differs by more than [`TOLERANCE`] of its size, with both numbers; or
/// a fault of the function itself.
pub fn gradient(inputs: &[Tensor], function: impl for<'g> Fn(&[Var<'g>]) -> Var<'g>) -> Result<()> {
    let graph = Graph::new();
    let leaves: Vec<Var> = inputs.iter().map(|input| graph.leaf(input)).collect();
    let gradients = function(&leaves).backward()?;
    let value = |inputs: &[Tensor]| -> Result<f64> {
        let graph = Graph::new();
        let leaves: Vec<Var> = inputs.iter().map(|input| graph.leaf(input)).collect();
        function(&leaves).item()
    };
    let mut moved = inputs.to_vec();
    for (k, (leaf, input)) in leaves.iter().zip(inputs).enumerate() {
        for (cell, &x) in input.data().iter().enumerate() {
            let mut at = |x: f64| {
                moved[k].data_mut()[cell] = x;
                value(&moved)
            };
            let derivative = gradients.wrt(*leaf)[cell];
            // A step that suits the size of x, and one that suits a function of size 1: either may be the better one.
            let mut difference = f64::NAN;
            for step in [1e-3 * x.abs().max(1.0), 1e-3 * x.abs()] {
                let near = at(x + step)? - at(x - step)?;
                let far = at(x + 2.0 * step)? - at(x - 2.0 * step)?;
                let this = (8.0 * near - far) / (12.0 * step);
                if difference.is_nan() || (this - derivative).abs() < (difference - derivative).abs() {
                    difference = this;
                }
            }
            at(x)?;
            // Two NaN agree on nothing: a gradient that is no number is wrong.
            if derivative.is_nan() || !close(derivative, difference, TOLERANCE) {
                let what = format!(
                    "the gradient of cell {cell} of input {k} (at {x}) is {derivative}, but finite differences give {difference}"
                );
                return Err(Error::data(
                    "gradient check",
                    Fault::new(what).fix("look for the rule of an operation on the way that is wrong"),
                ));
            }
        }
    }
    Ok(())
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0) || a.to_bits() == b.to_bits()
}

/// Checks an operation of your own at its own points: finite differences, the number rule against the node rule
/// (to the last bit), f32 against f64, and tensors against scalars.
///
/// # Errors
/// What does not agree, with the point and the numbers.
pub fn op<O: Op<f64> + Op<f32> + Clone>(op: &O) -> Result<()> {
    let name = Op::<f64>::name(op);
    let arity = Op::<f64>::arity(op).unwrap_or(2);
    points(
        name,
        arity,
        Op::<f64>::try_at(op),
        Op::<f64>::kinks(op),
        &Both {
            wide: &|x| x[0].graph().apply(op.clone(), x),
            narrow: &|x| x[0].graph().apply(op.clone(), x),
        },
    )
}

/// Checks an operation of your own on arguments of these shapes, filled with its own points: finite differences, the
/// number rule against the node rule, and f32 against f64. For operations that do not take single numbers.
///
/// # Errors
/// What does not agree, with the numbers.
pub fn op_on<O: Op<f64> + Op<f32> + Clone>(op: &O, arguments: &[Shape]) -> Result<()> {
    let arguments = arguments.to_vec();
    let wide = Example {
        op: Arc::new(op.clone()) as Arc<dyn Op<f64>>,
        arguments: arguments.clone(),
        given: vec![],
    };
    let narrow = Example {
        op: Arc::new(op.clone()) as Arc<dyn Op<f32>>,
        arguments,
        given: vec![],
    };
    example(&wide, &narrow)
}

/// Checks a row of the table of pointwise operations, as [`op`] does.
///
/// # Errors
/// What does not agree, with the point and the numbers.
pub fn row(wide: &Row<f64>, narrow: &Row<f32>) -> Result<()> {
    let arity = wide.op.arity().unwrap_or(1);
    points(
        wide.op.name(),
        arity,
        wide.op.try_at(),
        wide.op.kinks(),
        &Both {
            wide: &|x| wide.apply(&[], x),
            narrow: &|x| narrow.apply(&[], x),
        },
    )
}

/// The same operation on both number types.
struct Both<'a> {
    wide: &'a dyn for<'g> Fn(&[Var<'g, f64>]) -> Var<'g, f64>,
    narrow: &'a dyn for<'g> Fn(&[Var<'g, f32>]) -> Var<'g, f32>,
}

fn points(name: &'static str, arity: usize, try_at: &[f64], kinks: &[f64], op: &Both<'_>) -> Result<()> {
    let fail = |what: String| Err(Error::data(name, Fault::new(what)));
    let mut tuples: Vec<Vec<f64>> = vec![vec![]];
    for _ in 0..arity {
        let longer = tuples
            .iter()
            .flat_map(|tuple| try_at.iter().map(move |&x| [tuple.as_slice(), &[x]].concat()));
        tuples = longer.collect();
    }
    // Operations of two arguments have their kinks where the two are equal.
    let smooth = |tuple: &Vec<f64>| arity < 2 || tuple[1..].iter().all(|x| *x != tuple[0]);
    let mut columns = vec![vec![]; arity];
    for tuple in tuples
        .iter()
        .chain(&kinks.iter().map(|&x| vec![x; arity]).collect::<Vec<_>>())
    {
        let graph = Graph::new();
        let leaves: Vec<Var> = tuple.iter().map(|&x| graph.leaf(x)).collect();
        let result = (op.wide)(&leaves);
        same_rules(name, result, &leaves, &format!("{tuple:?}"), 0.0)?;

        let single = Graph::<f32>::default();
        let narrow_leaves: Vec<_> = tuple.iter().map(|&x| single.leaf(x)).collect();
        let narrow = f64::from((op.narrow)(&narrow_leaves).item()?);
        if !close(result.item()?, narrow, 1e-5) {
            return fail(format!(
                "at {tuple:?} f64 gives {} and f32 gives {narrow}",
                result.item()?
            ));
        }
        for (column, &x) in columns.iter_mut().zip(tuple) {
            column.push(x);
        }
        if !kinks.iter().any(|kink| tuple.contains(kink)) && smooth(tuple) {
            let inputs: Vec<Tensor> = tuple.iter().map(|&x| Tensor::from(x)).collect();
            gradient(&inputs, |x| (op.wide)(x))?;
        }
    }
    let graph = Graph::new();
    let rows: Vec<Var> = columns.iter().map(|column| graph.leaf(column)).collect();
    let together = (op.wide)(&rows).value()?;
    for (i, &y) in together.data().iter().enumerate() {
        let graph = Graph::new();
        let leaves: Vec<Var> = columns.iter().map(|column| graph.leaf(column[i])).collect();
        let alone = (op.wide)(&leaves).item()?;
        if alone.to_bits() != y.to_bits() {
            return fail(format!("a tensor gives {y} where a scalar gives {alone}"));
        }
    }
    Ok(())
}

/// Compares the number rule with the node rule for the gradient of a result.
fn same_rules(name: &'static str, result: Var<'_>, leaves: &[Var<'_>], place: &str, tolerance: f64) -> Result<()> {
    // A weighted sum, so that every cell's share is told apart.
    let weights = Tensor::from_fn(result.shape(), |i| 1.0 + 0.25 * i as f64);
    let total = match result.shape().rank() {
        0 => result,
        _ => (result * result.graph().constant(weights)).sum(),
    };
    let numbers: Gradients = total.backward()?;
    let nodes = total.backward_graph()?;
    for (k, leaf) in leaves.iter().enumerate() {
        let by_nodes = nodes.wrt(*leaf).value()?;
        for (cell, (&a, &b)) in numbers.wrt(*leaf).iter().zip(by_nodes.data()).enumerate() {
            if a != b && !(tolerance > 0.0 && close(a, b, tolerance)) && !(a.is_nan() && b.is_nan()) {
                let what = format!("at {place}, argument {k}, cell {cell}: pull gives {a} and emit gives {b}");
                return Err(Error::data(name, Fault::new(what)));
            }
        }
    }
    Ok(())
}

/// Checks a structural operation on the shapes of an example: finite differences, the number rule against the
/// node rule, and f32 against f64.
///
/// # Errors
/// What does not agree, with the numbers.
pub fn example(wide: &Example<f64>, narrow: &Example<f32>) -> Result<()> {
    let (name, inputs) = (wide.op.name(), wide.inputs());
    let graph = Graph::new();
    let leaves: Vec<Var> = inputs.iter().map(|input| graph.leaf(input)).collect();
    let result = wide.apply(&leaves);
    same_rules(name, result, &leaves, "the example's shapes", 1e-12)?;

    let single = Graph::<f32>::default();
    let narrow_leaves: Vec<_> = inputs
        .iter()
        .map(|input| single.leaf(Tensor::<f32>::from_fn(input.shape(), |i| input.data()[i] as f32)))
        .collect();
    let narrow = narrow.apply(&narrow_leaves).value()?;
    for (&a, &b) in result.value()?.data().iter().zip(narrow.data()) {
        if !close(a, b.into(), 1e-5) {
            return Err(Error::data(
                name,
                Fault::new(format!("f64 gives {a} and f32 gives {b}")),
            ));
        }
    }
    if result.is_differentiable() && wide.op.doc().derivative != "NoGradient" {
        gradient(&inputs, |x| {
            let result = wide.apply(x);
            let weights = Tensor::from_fn(result.shape(), |i| 1.0 + 0.25 * (i as f64).sin());
            (result * result.graph().constant(weights)).sum()
        })?;
    }
    Ok(())
}
