//! A function of one sample gives for all samples at once what it gives for each alone.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Graph, Linear, Module, Param, Rng, Shape, Step, Tensor, Var, concat,
    loss::mse,
    nn::scalar,
    ops::{LeakyRelu, Tanh, rows, structural},
    optim::Sgd,
    stack, vmap,
};

fn tensor(shape: impl Into<Shape>, seed: u64) -> Tensor {
    let mut rng = Rng::new(seed);
    Tensor::from_fn(shape, |_| rng.uniform(0.1, 1.0))
}

/// What the function gives for each sample alone, one after the other.
fn one_by_one<const N: usize>(inputs: [&Tensor; N], of_one: impl for<'g> Fn([Var<'g>; N]) -> Var<'g>) -> Tensor {
    let (mut all, mut sizes) = (vec![], vec![inputs[0].shape().size(0)]);
    for row in 0..sizes[0] {
        let g = Graph::new();
        let answer = of_one(inputs.map(|input| g.leaf(input).at(row))).value().unwrap();
        sizes.truncate(1);
        sizes.extend(answer.shape().sizes().iter().map(|&size| size as usize));
        all.extend(answer.into_data());
    }
    Tensor::new(all, Shape::new(&sizes).unwrap()).unwrap()
}

/// Compares numbers and shape of what `vmap` gives.
#[track_caller]
fn assert_same(answers: Var<'_>, expected: &Tensor, what: &str) {
    assert_eq!(answers.shape(), expected.shape(), "{what}");
    assert_close(answers.value().unwrap().data(), expected.data(), what);
}

fn assert_close(a: &[f64], b: &[f64], what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{what}: {a} and {b}");
    }
}

/// Compares both, and the gradients of the sum of all answers.
#[track_caller]
fn check<const N: usize>(inputs: [&Tensor; N], of_one: impl for<'g> Fn([Var<'g>; N]) -> Var<'g> + Copy, what: &str) {
    let g = Graph::new();
    let all = inputs.map(|input| g.leaf(input));
    let answers = vmap(all, of_one);
    assert_same(answers, &one_by_one(inputs, of_one), what);
    let gradients = answers.sum().backward().unwrap();
    for row in 0..inputs[0].shape().size(0) {
        let g = Graph::new();
        let leaves = inputs.map(|input| g.leaf(input));
        let alone = of_one(leaves.map(|leaf| leaf.at(row))).sum().backward().unwrap();
        for (all, leaf) in all.iter().zip(leaves) {
            let size = leaf.shape().len() / leaf.shape().size(0);
            let row = row * size..(row + 1) * size;
            assert_close(&gradients.wrt(*all)[row.clone()], &alone.wrt(leaf)[row], what);
        }
    }
}

#[test]
fn every_operation_over_samples_is_itself_for_each() {
    for row in rows::<f64>() {
        let Some(arity) = row.op.arity() else { continue };
        let inputs = [tensor([5, 3], 1), tensor([5, 3], 2), tensor([5, 3], 3)];
        let name = row.op.name();
        check(inputs.each_ref(), |x| row.apply(&[], &x[..arity]), name);
        // Single numbers, several at a time, and one argument that is the same for all.
        let of_numbers = of_one(|x: [Var<'_>; 3]| {
            let number = |k: usize, i: usize| if k == 2 { x[0].graph().constant(0.4) } else { x[k].at(i) };
            let answers = (0..3).map(|i| {
                let numbers: Vec<_> = (0..arity).map(|k| number(k, i)).collect();
                row.apply(&[], &numbers)
            });
            stack(&answers.collect::<Vec<_>>()).unwrap()
        });
        check_same(inputs.each_ref(), of_numbers, name);
    }
    for example in structural::<f64>() {
        let name = format!("{:?} of {:?}", example.op, example.arguments);
        // The argument that may differ does, then all others may not.
        for differs in 0..example.arguments.len() {
            if !example.op.receives_gradient(differs) {
                continue;
            }
            let samples = tensor(with_rows(example.arguments[differs]), 7);
            let function = of_one(|[x]: [Var<'_>; 1]| {
                let given: Vec<_> = example.inputs().iter().map(|input| x.graph().constant(input)).collect();
                let mut arguments = given;
                arguments[differs] = x;
                example.apply(&arguments)
            });
            check_same([&samples], function, &name);
        }
    }
}

fn with_rows(shape: Shape) -> Shape {
    let sizes: Vec<usize> = std::iter::once(4)
        .chain(shape.sizes().iter().map(|&size| size as usize))
        .collect();
    Shape::new(&sizes).unwrap()
}

/// Tells the compiler that the answer lives in the graph of the inputs.
fn of_one<const N: usize, F: for<'g> Fn([Var<'g>; N]) -> Var<'g>>(function: F) -> F {
    function
}

/// As `check`, without gradients.
#[track_caller]
fn check_same<const N: usize>(inputs: [&Tensor; N], of_one: impl for<'g> Fn([Var<'g>; N]) -> Var<'g>, what: &str) {
    let g = Graph::new();
    let answers = vmap(inputs.map(|input| g.leaf(input)), &of_one);
    assert_same(answers, &one_by_one(inputs, of_one), what);
}

#[test]
fn a_network_of_numbers_trains_as_one_of_matrices() {
    let mut net: scalar::Mlp = scalar::Mlp::new(&[2, 16, 16, 1], Tanh, &mut Rng::new(4));
    let (x, y) = (tensor([100, 2], 5), tensor([100], 6));
    let mut by_hand = net.clone();
    // A hundred samples, one after the other.
    let mut sgd = Sgd::new(0.05);
    for _ in 0..5 {
        let g = Graph::new();
        let losses = (0..100).map(|i| {
            let row: Vec<_> = (0..2).map(|k| g.constant(x.data()[2 * i + k])).collect();
            (by_hand.forward(&row)[0] - y.data()[i]).square()
        });
        let loss = g.sum(losses) / 100.0;
        chainrule::optim::Optimizer::step(&mut sgd, &mut by_hand, &loss.backward().unwrap());
    }
    let mut step = Step::new(&mut net, Sgd::new(0.05), |net: &scalar::Mlp, [x, y]| {
        vmap([x, y], |[x, y]| (net.forward(&[x.at(0), x.at(1)])[0] - y).square()).mean()
    });
    for _ in 0..5 {
        step.run([&x, &y]).unwrap();
    }
    // 337 parameters and three products of matrices, not a hundred times 304 products of numbers.
    let nodes = step.open().unwrap().0.trace(None).len();
    assert!(nodes < 380, "{nodes}");
    drop(step);
    let numbers = |module: &scalar::Mlp| {
        let mut all = vec![];
        module.visit("", &mut |_, param| all.extend_from_slice(param.value.data()));
        all
    };
    assert_close(&numbers(&net), &numbers(&by_hand), "weights");
}

#[test]
fn gradients_of_each_sample_add_up_to_that_of_the_sum() {
    let layer: Linear = Linear::new(3, 2, &mut Rng::new(1));
    let (x, y) = (tensor([6, 3], 1), tensor([6, 2], 2));
    let g = Graph::new();
    let (x, y) = (g.constant(&x), g.constant(&y));
    let weight = g.leaf(&layer.weight.value);
    let each = vmap([x, y], |[x, y]| {
        Ok(mse(x.matmul(weight), y).backward_graph()?.wrt(weight))
    });
    assert_eq!(each.shape().sizes(), [6, 3, 2]);
    let together = vmap([x, y], |[x, y]| mse(x.matmul(weight), y))
        .sum()
        .backward()
        .unwrap();
    assert_close(
        each.sum_over(0).value().unwrap().data(),
        together.wrt(weight),
        "gradient",
    );
}

#[test]
fn what_does_not_differ_is_computed_once_and_answers_may_be_it() {
    let g = Graph::new();
    let (x, w) = (g.leaf([[1.0, 2.0], [3.0, 4.0]]), g.leaf(3.0));
    assert_eq!(vmap([x], |[_]| w * 2.0).value().unwrap().data(), [6.0, 6.0]);
    assert_eq!(vmap([x], |[x]| x).value().unwrap().data(), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(vmap([x], |[x]| x.at(1)).value().unwrap().data(), [2.0, 4.0]);
    // An activation with a parameter, inside another vmap.
    let nested = vmap([x], |[row]| {
        vmap([row], |[number]| number.apply(LeakyRelu { slope: 0.2 }) - 2.0)
    });
    assert_eq!(nested.value().unwrap().data(), [-1.0, 0.0, 1.0, 2.0]);
    let scale = Param::new([10.0, 20.0]);
    let scaled = vmap([x], |[x]| (x * &scale).sum());
    assert_eq!(scaled.value().unwrap().data(), [50.0, 110.0]);
}

#[test]
fn one_number_with_axes_keeps_them() {
    let x = tensor([2, 3], 1);
    check([&x], |[x]| x.slice(0, 1..2), "slice");
    check([&x], |[x]| x.slice(0, 1..2).sum() * x.at(0), "its sum");
    check([&x], |[x]| x.slice(0, 1..2).softmax(0), "softmax");
    check([&x], |[x]| x.slice(0, 1..2).mean(), "mean");
    check(
        [&x],
        |[x]| stack(&[x.slice(0, 0..1), x.slice(0, 2..3)]).unwrap(),
        "stack",
    );
    check(
        [&x],
        |[x]| concat(&[x.slice(0, 0..1), x.slice(0, 2..3)], 0).unwrap(),
        "concat",
    );
    check([&x], |[x]| x.at(2).reshape([1]) + x, "reshape");
    check([&x], |[x]| x.at(2).broadcast([1, 1]) + x, "broadcast");
    check([&tensor([3, 1, 1], 2)], |[x]| x.at(0), "at");
}

#[test]
fn an_input_of_another_graph_is_refused() {
    let (g, h) = (Graph::new(), Graph::new());
    for _ in 0..20 {
        let _ = h.leaf(0.0);
    }
    let (x, y) = (g.leaf([1.0, 2.0]), h.leaf([3.0, 4.0]));
    let message = vmap([x, y], |[x, _]| x * 2.0).fault().unwrap().to_string();
    assert!(message.contains("another graph"), "{message}");
    let message = vmap([x], |[_]| y.sum()).fault().unwrap().to_string();
    assert!(message.contains("another graph"), "{message}");
}

#[test]
fn inputs_without_common_samples_are_refused() {
    let g = Graph::new();
    let (a, b, c) = (g.leaf([1.0, 2.0]), g.leaf([1.0, 2.0, 3.0]), g.leaf(1.0));
    let message = |var: Var<'_>| var.fault().unwrap().to_string();
    assert!(message(vmap([a, b], |[a, b]| a * b)).contains("the inputs [2] and [3] have no samples in common"));
    assert!(message(vmap([c], |[c]| c)).contains("the inputs [] have no samples"));
    assert!(message(vmap([a.slice(0, 0..0)], |[a]| a)).contains("at least one"));
    assert!(message(vmap([a], |[a]| a.reshape([7]))).contains("7"));
    let refused: chainrule::Result<Var<'_>> = stack(&[]);
    assert!(message(vmap([a], |_| refused.clone())).contains("no values to stack"));
}
