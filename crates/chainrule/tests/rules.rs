//! Every operation is checked from the list: a new row is tested without writing a test.
// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule::{Graph, Moment, Op, Rng, Rows, Shape, View, check, ops};

/// The numbers and the shape of each input of an example.
fn inputs_of(example: &ops::Example) -> Vec<(Vec<f64>, Shape)> {
    let inputs = example.inputs();
    inputs
        .iter()
        .map(|input| (input.data().to_vec(), input.shape()))
        .collect()
}

// Finite differences build thousands of graphs, for which Miri takes minutes; every value and every share it sees below.
#[test]
#[cfg_attr(miri, ignore)]
fn every_row_has_the_gradient_it_claims() {
    for (wide, narrow) in ops::rows::<f64>().iter().zip(ops::rows::<f32>()) {
        check::row(wide, narrow).unwrap();
    }
}

#[test]
#[cfg_attr(miri, ignore)]
fn every_structural_operation_has_the_gradient_it_claims() {
    for (wide, narrow) in ops::structural::<f64>().iter().zip(&ops::structural::<f32>()) {
        check::example(wide, narrow).unwrap_or_else(|error| panic!("{:?}: {error}", wide.op));
    }
}

/// The first share of a gradient is what is added to zeros, to the bit, and where an operation says that it hands a part
/// of its gradient on as it is, that part.
#[track_caller]
fn first_shares_agree(op: &dyn Op<f64>, inputs: &[(Vec<f64>, Shape)]) {
    let arguments: Vec<View<'_, f64>> = inputs
        .iter()
        .map(|(data, shape)| View { data, shape: *shape })
        .collect();
    let shapes: Vec<Shape> = inputs.iter().map(|(_, shape)| *shape).collect();
    let shape = op.shape(&shapes).unwrap();
    let mut value = vec![f64::NAN; shape.len()];
    op.eval(&arguments, &mut value);
    if op.joins(&shapes) {
        let numbers: Vec<f64> = inputs.iter().flat_map(|(data, _)| data).copied().collect();
        assert_eq!(value, numbers, "{op:?} of {shapes:?}");
    }
    let mut rng = Rng::new(1);
    let gradient: Vec<f64> = (0..value.len()).map(|_| rng.uniform(-1.0, 1.0)).collect();
    let at = Moment {
        arguments: &arguments,
        value: View { data: &value, shape },
    };
    let bits = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    for (k, (data, _)) in inputs.iter().enumerate().filter(|&(k, _)| op.receives_gradient(k)) {
        let (mut added, mut first) = (vec![0.0; data.len()], vec![f64::NAN; data.len()]);
        op.pull(k, &at, &gradient, &mut added);
        op.pull_first(k, &at, &gradient, &mut first);
        assert_eq!(bits(&added), bits(&first), "{op:?} of {shapes:?}, argument {k}");
        if let Some(cell) = op.passes_gradient(k, &shapes) {
            assert_eq!(
                added,
                gradient[cell..][..data.len()],
                "{op:?} of {shapes:?}, argument {k}"
            );
        }
    }
}

#[test]
fn the_first_share_of_a_gradient_is_what_is_added_to_zeros() {
    let lists: [&[&[usize]]; 8] = [
        &[&[], &[], &[]],
        &[&[2, 3], &[2, 3], &[2, 3]],
        &[&[2, 3], &[3], &[]],
        &[&[3], &[2, 3], &[2, 1]],
        &[&[2, 3], &[2, 1], &[1, 1]],
        &[&[1], &[1, 1], &[]],
        &[&[0, 3], &[3], &[0, 1]],
        &[&[40, 30], &[30], &[40, 1]],
    ];
    let passing = std::cell::Cell::new(0);
    for row in ops::rows::<f64>() {
        let (arity, points) = (row.op.arity().unwrap(), row.op.try_at());
        // Miri would take minutes for all.
        for &shapes in &lists[..if cfg!(miri) { 3 } else { 8 }] {
            let input = |(k, sizes): (usize, &&[usize])| {
                let shape = Shape::new(sizes).unwrap();
                // Zeros of both signs, too, whose sign a share may have.
                let number = |i: usize| match (i + k) % 5 {
                    0 => -0.0,
                    1 => 0.0,
                    _ => points[(i + 3 * k) % points.len()],
                };
                ((0..shape.len()).map(number).collect::<Vec<f64>>(), shape)
            };
            let inputs: Vec<_> = shapes.iter().take(arity).enumerate().map(input).collect();
            first_shares_agree(row.op, &inputs);
            let shapes: Vec<Shape> = inputs.iter().map(|(_, shape)| *shape).collect();
            passing.set(passing.get() + usize::from(row.op.passes_gradient(0, &shapes).is_some()));
        }
    }
    for example in ops::structural::<f64>() {
        let inputs = inputs_of(&example);
        first_shares_agree(&*example.op, &inputs);
        passing.set(passing.get() + usize::from(example.op.passes_gradient(0, &example.arguments).is_some()));
    }
    assert!(passing.get() > 10, "{}", passing.get());
}

/// Some rows of an argument: those that this many rows of the result need.
fn part<'a>(view: &View<'a, f64>, needed: Rows, first: usize, count: usize) -> View<'a, f64> {
    let mut sizes: Vec<usize> = view.shape.sizes().iter().map(|&size| size as usize).collect();
    match needed {
        Rows::All => *view,
        Rows::Own => {
            let row = view.data.len() / sizes[0];
            sizes[0] = count;
            View {
                data: &view.data[first * row..][..count * row],
                shape: Shape::new(&sizes).unwrap(),
            }
        }
    }
}

/// An operation that goes by rows gives the same, there and back, for some rows after the others as for all at once; says
/// whether it does.
#[track_caller]
fn rows_agree(op: &dyn Op<f64>, inputs: &[(Vec<f64>, Shape)]) -> bool {
    let arguments: Vec<View<'_, f64>> = inputs
        .iter()
        .map(|(data, shape)| View { data, shape: *shape })
        .collect();
    let shapes: Vec<Shape> = inputs.iter().map(|(_, shape)| *shape).collect();
    let needed: Option<Vec<Rows>> = (0..shapes.len()).map(|k| op.rows_needed(k, &shapes)).collect();
    let shape = op.shape(&shapes).unwrap();
    let (Some(needed), false) = (needed, shape.is_empty()) else {
        return false;
    };
    let (rows, row) = (shape.size(0), shape.len() / shape.size(0));
    let mut value = vec![f64::NAN; shape.len()];
    op.eval(&arguments, &mut value);
    let mut rng = Rng::new(1);
    let gradient: Vec<f64> = (0..value.len()).map(|_| rng.uniform(-1.0, 1.0)).collect();
    let bits = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let whole = View { data: &value, shape };
    for length in 1..rows.min(5) {
        for k in (0..arguments.len()).filter(|&k| op.receives_gradient(k)) {
            for first_share in [true, false] {
                let pull = |at: &Moment<'_, f64>, gradient: &[f64], to: &mut [f64], first| match first {
                    true => op.pull_first(k, at, gradient, to),
                    false => op.pull(k, at, gradient, to),
                };
                let before: Vec<f64> = arguments[k].data.iter().map(|x| 0.3 * x + 0.1).collect();
                let (mut expected, mut ours, mut values) = (before.clone(), before, vec![f64::NAN; value.len()]);
                let at = Moment {
                    arguments: &arguments,
                    value: whole,
                };
                pull(&at, &gradient, &mut expected, first_share);
                for first in (0..rows).step_by(length) {
                    let count = length.min(rows - first);
                    let parts: Vec<_> = arguments
                        .iter()
                        .zip(&needed)
                        .map(|(view, &needed)| part(view, needed, first, count))
                        .collect();
                    let cells = first * row..(first + count) * row;
                    op.eval(&parts, &mut values[cells.clone()]);
                    let at = Moment {
                        arguments: &parts,
                        value: part(&whole, Rows::Own, first, count),
                    };
                    match needed[k] {
                        Rows::All => pull(&at, &gradient[cells], &mut ours, first_share && first == 0),
                        Rows::Own => {
                            let own = ours.len() / rows;
                            let to = &mut ours[first * own..][..count * own];
                            pull(&at, &gradient[cells], to, first_share);
                        }
                    }
                }
                assert_eq!(
                    bits(&values),
                    bits(&value),
                    "{op:?} of {shapes:?}, {length} rows at a time"
                );
                assert_eq!(
                    bits(&ours),
                    bits(&expected),
                    "{op:?} of {shapes:?}, argument {k}, {length} rows at a time"
                );
            }
        }
    }
    true
}

#[test]
fn what_goes_by_rows_gives_the_same_for_some_rows_at_a_time() {
    let lists: [&[&[usize]]; 8] = [
        &[&[7], &[7], &[7]],
        &[&[7], &[], &[1]],
        &[&[40, 30], &[40, 30], &[30]],
        &[&[30], &[40, 30], &[1, 1]],
        &[&[40, 30], &[40, 1], &[1, 30]],
        &[&[5, 4, 3], &[4, 1], &[5, 1, 3]],
        &[&[600, 1], &[1], &[600, 1]],
        &[&[3, 300], &[300], &[]],
    ];
    let mut going = 0;
    for row in ops::rows::<f64>() {
        let (arity, points) = (row.op.arity().unwrap(), row.op.try_at());
        for shapes in lists {
            let input = |(k, sizes): (usize, &&[usize])| {
                let shape = Shape::new(sizes).unwrap();
                let number = |i: usize| match (i + k) % 5 {
                    0 => -0.0,
                    _ => points[(i + 3 * k) % points.len()] * (1.0 + 0.01 * i as f64),
                };
                ((0..shape.len()).map(number).collect::<Vec<f64>>(), shape)
            };
            let inputs: Vec<_> = shapes.iter().take(arity).enumerate().map(input).collect();
            going += usize::from(rows_agree(row.op, &inputs));
        }
    }
    assert!(going > 8 * ops::rows::<f64>().len() - 10, "{going}");
    let mut names = vec![];
    for example in ops::structural::<f64>() {
        let inputs = inputs_of(&example);
        if rows_agree(&*example.op, &inputs) && !names.contains(&example.op.name()) {
            names.push(example.op.name());
        }
    }
    assert_eq!(names, ["cross_entropy", "matmul"]);
}

#[test]
fn what_a_linear_operation_hands_on_does_not_depend_on_numbers() {
    let mut linear = vec![];
    for example in ops::structural::<f64>()
        .into_iter()
        .filter(|example| example.op.is_linear())
    {
        let shape = example.op.shape(&example.arguments).unwrap();
        let gradient: Vec<f64> = (0..shape.len()).map(|i| 1.0 + i as f64).collect();
        let shares = |number: f64| -> Vec<Vec<f64>> {
            let numbers: Vec<Vec<f64>> = example
                .arguments
                .iter()
                .map(|shape| vec![number; shape.len()])
                .collect();
            let views: Vec<View<'_, f64>> = numbers
                .iter()
                .zip(&example.arguments)
                .map(|(data, shape)| View { data, shape: *shape })
                .collect();
            let value = vec![number; shape.len()];
            let at = Moment {
                arguments: &views,
                value: View { data: &value, shape },
            };
            let share = |(k, numbers): (usize, &Vec<f64>)| {
                let mut share = vec![0.0; numbers.len()];
                example.op.pull(k, &at, &gradient, &mut share);
                share
            };
            numbers.iter().enumerate().map(share).collect()
        };
        assert_eq!(shares(0.5), shares(f64::NAN), "{:?}", example.op);
        assert!(shares(0.5).iter().flatten().all(|share| *share > 0.0));
        linear.push(example.op.name());
    }
    linear.sort_unstable();
    linear.dedup();
    assert_eq!(linear, ["mean", "sum"]);
}

#[test]
fn every_operation_is_documented_with_its_source_and_has_points_to_check() {
    let rows = ops::rows::<f64>().iter().map(|row| row.op.doc());
    let structural = ops::structural::<f64>().into_iter().map(|example| example.op.doc());
    for doc in rows.chain(structural) {
        assert!(doc.sentence().len() > 10, "{doc:?}");
        assert!(doc.source().is_some_and(|source| source.len() > 5), "{doc:?}");
        assert!(!doc.derivative.is_empty(), "{doc:?}");
    }
    for row in ops::rows::<f64>() {
        assert!(row.op.try_at().len() >= 2, "{}", row.op.name());
    }
    for example in ops::structural::<f64>() {
        assert!(example.op.try_at().len() >= 2, "{}", example.op.name());
    }
}

#[test]
fn large_inputs_stay_finite() {
    let g = Graph::new();
    for (name, at, expected) in [
        ("tanh", 1000.0, 1.0),
        ("tanh", -1000.0, -1.0),
        ("sigmoid", -1000.0, 0.0),
        ("sigmoid", 1000.0, 1.0),
        ("softplus", 1e4, 1e4),
        ("softplus", -1e4, 0.0),
        ("gelu", 1e4, 1e4),
        ("gelu", -1e4, 0.0),
        ("gelu_tanh", 1e200, 1e200),
        ("silu", -1000.0, 0.0),
        ("elu", -1e4, -1.0),
    ] {
        let row = ops::rows::<f64>().iter().find(|row| row.op.name() == name).unwrap();
        let x = g.leaf(at);
        let y = row.apply(&[], &[x]);
        assert_eq!(y.item().unwrap(), expected, "{name}({at})");
        assert!(y.backward().unwrap()[x].is_finite(), "{name}'({at})");
    }
    let x = g.leaf([1e4, 1e4 - 1.0, -1e4]);
    assert!((x.logsumexp(0).item().unwrap() - 10000.313261687518).abs() < 1e-9);
    assert!((x.softmax(0).value().unwrap().data()[0] - 0.7310585786300049).abs() < 1e-12);
    assert_eq!(x.log_softmax(0).value().unwrap().data()[2], -20_000.313_261_687_52);
    let loss = g.leaf(1e4).bce_with_logits(0.0);
    assert_eq!(loss.item().unwrap(), 1e4);
}

#[test]
fn subgradients_at_kinks_are_those_of_pytorch() {
    let g = Graph::new();
    let x = g.leaf(0.0);
    let slope = |y: chainrule::Var| y.backward().unwrap()[x];
    assert_eq!(slope(x.relu()), 0.0);
    assert_eq!(slope(x.abs()), 0.0);
    assert_eq!(slope(x.leaky_relu(0.1)), 0.1);
    assert_eq!(slope(x.elu(2.0)), 2.0);
    assert_eq!(slope(x.clamp(0.0, 1.0)), 0.0);
    assert_eq!(slope(x.maximum(0.0)), 0.5);
    assert_eq!(slope(x.sqrt()), f64::INFINITY);
    let tied = g.leaf([1.0, 2.0, 2.0]);
    assert_eq!(tied.max().backward().unwrap().wrt(tied), [0.0, 0.5, 0.5]);
    let zero = g.leaf(0.0);
    let power = zero.pow(g.leaf(2.0));
    assert_eq!(power.backward().unwrap()[zero], 0.0);
    assert_eq!(zero.powf(0.0).backward().unwrap()[zero], 0.0);
}

#[test]
fn nan_is_never_hidden() {
    let g = Graph::new();
    let nan = g.leaf(f64::NAN);
    for name in [
        "relu",
        "leaky_relu",
        "elu",
        "clamp",
        "tanh",
        "sigmoid",
        "softplus",
        "step",
        "abs",
        "gelu",
        "silu",
    ] {
        let row = ops::rows::<f64>().iter().find(|row| row.op.name() == name).unwrap();
        assert!(row.apply(&[], &[nan]).item().unwrap().is_nan(), "{name}");
    }
    assert!(nan.maximum(1.0).item().unwrap().is_nan() && g.leaf(1.0).minimum(nan).item().unwrap().is_nan());
    assert!(g.leaf([1.0, f64::NAN, 0.0]).max().item().unwrap().is_nan());
}
