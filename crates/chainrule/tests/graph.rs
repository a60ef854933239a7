//! The ledger: what was computed stays readable, and both ways back agree with calculus.

#![allow(clippy::unwrap_used)] // a test that cannot go on may panic
#![allow(clippy::excessive_precision)] // digits as the notebook prints them

use chainrule::{
    Doc, Fault, Gradients, Graph, Here, Mlp, Moment, Op, Operand, Param, Rng, Shape, Tensor, Var, View, concat,
    loss::cross_entropy, ops,
};
use std::{borrow::Cow, f64::consts::FRAC_1_SQRT_2, sync::Arc};

#[track_caller]
fn near(a: f64, b: f64) {
    assert!(
        (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1e-300),
        "{a} is not {b}"
    );
}

/// A value at the end of a chain, and its beginning.
fn chain(graph: &Graph, count: usize) -> (Var<'_>, Var<'_>) {
    let x = graph.leaf(0.5).named("x");
    ((0..count).fold(x, |y, _| -y), x)
}

#[test]
#[cfg_attr(miri, ignore)]
fn a_chain_of_a_million_values_needs_no_stack() {
    const COUNT: usize = 1_000_000;
    let graph = Graph::new();
    let (y, x) = chain(&graph, COUNT);
    assert_eq!(y.item().unwrap(), 0.5);
    assert_eq!(y.backward().unwrap()[x], 1.0);
    assert_eq!(y.backward_graph().unwrap().wrt(x).item().unwrap(), 1.0);
    let trace = y.trace(None);
    assert_eq!((trace.len(), trace[COUNT].arguments[0]), (COUNT + 1, COUNT - 1));
}

/// A quarter of a million here, because a debug build needs seconds for more: 2 MB of stack would leave 8 bytes a frame.
#[test]
#[cfg_attr(miri, ignore)]
fn a_long_chain_is_explained_without_stack() {
    const COUNT: usize = 250_000;
    let graph = Graph::new();
    let (y, x) = chain(&graph, COUNT);
    let explanation = y.explain(x).unwrap();
    assert_eq!((explanation.path_count, explanation.gradient), (1, 1.0));
    assert_eq!(explanation.paths[0].steps.len(), COUNT);
}

#[test]
fn backward_may_be_called_again_and_gives_the_same() {
    let graph = Graph::new();
    let a = graph.leaf([1.5, -2.0]);
    let y = (a * a.tanh()).sum();
    let first = y.backward().unwrap().wrt(a).to_vec();
    assert_eq!(y.backward().unwrap().wrt(a), first);
    let nodes = y.backward_graph().unwrap().wrt(a).value().unwrap();
    assert_eq!(y.backward_graph().unwrap().wrt(a).value().unwrap(), nodes);
    assert_eq!(y.backward().unwrap().wrt(a), first);
}

#[test]
fn shared_values_accumulate() {
    let graph = Graph::new();
    let a = graph.leaf(3.0);
    assert_eq!((a + a).backward().unwrap()[a], 2.0);
    assert_eq!((a + a).backward_graph().unwrap().wrt(a).item().unwrap(), 2.0);
    let (a, b) = (graph.leaf(-2.0), graph.leaf(3.0));
    let gradient = ((a * b) * (a + b)).backward().unwrap();
    assert_eq!((gradient[a], gradient[b]), (-3.0, -8.0));
    assert_eq!(a.backward().unwrap()[a], 1.0);
}

#[test]
fn the_first_expression_of_the_notebook() {
    let graph = Graph::new();
    let (a, b, c) = (graph.leaf(2.0), graph.leaf(-3.0), graph.leaf(10.0));
    let e = a * b;
    let d = e + c;
    let f = graph.leaf(-2.0);
    let l = d * f;
    let values = [e, d, f, l].map(|v| v.item().unwrap());
    assert_eq!(values, [-6.0, 4.0, -2.0, -8.0]);
    let gradient = l.backward().unwrap();
    let gradients = [l, d, f, e, c, a, b].map(|v| gradient[v]);
    assert_eq!(gradients, [1.0, -2.0, 4.0, -2.0, -2.0, 6.0, -4.0]);
}

#[test]
fn the_neuron_of_the_notebook() {
    let graph = Graph::new();
    let [x1, x2, w1, w2, b] = [2.0, 0.0, -3.0, 1.0, 6.8813735870195432].map(|x| graph.leaf(x));
    let n = x1 * w1 + x2 * w2 + b;
    let by_tanh = n.tanh();
    // The same from simpler pieces: (e²ⁿ − 1) / (e²ⁿ + 1).
    let e = (2.0 * n).exp();
    let by_pieces = (e - 1.0) / (e + 1.0);
    for o in [by_tanh, by_pieces] {
        near(o.item().unwrap(), FRAC_1_SQRT_2);
        let gradient = o.backward().unwrap();
        let gradients = [x1, w1, x2, w2].map(|v| gradient[v]);
        for (ours, expected) in gradients.into_iter().zip([-1.5, 1.0, 0.5, 0.0]) {
            near(ours, expected);
        }
    }
    assert_eq!(by_tanh.item().unwrap(), FRAC_1_SQRT_2); // the notebook's 0.7071067811865476
}

#[test]
fn gradients_are_values_that_can_be_differentiated_again() {
    let graph = Graph::new();
    let derivative = |y: Var<'_>, x| y.backward_graph().unwrap().wrt(x).item().unwrap();
    for at in [-1.5, 0.4, 2.0] {
        let x = graph.leaf(at);
        for cube in [x * x * x, x.square() * x] {
            let first = cube.backward_graph().unwrap().wrt(x);
            let second = first.backward_graph().unwrap().wrt(x);
            near(first.item().unwrap(), 3.0 * at * at);
            near(second.item().unwrap(), 6.0 * at);
            near(derivative(second, x), 6.0);
        }
        let t = at.tanh();
        let first = x.tanh().backward_graph().unwrap().wrt(x);
        let second = first.backward_graph().unwrap().wrt(x);
        near(first.item().unwrap(), 1.0 - t * t);
        near(second.item().unwrap(), -2.0 * t * (1.0 - t * t));
        near(derivative(second, x), -2.0 * (1.0 - t * t) * (1.0 - 3.0 * t * t));
    }
}

#[test]
fn a_value_that_the_result_does_not_depend_on_does_not_poison_it() {
    let graph = Graph::new();
    let x = graph.leaf(0.0);
    let unused = x.ln() * x; // 0 · −∞
    let y = x * 2.0 + 1.0;
    assert!(unused.item().unwrap().is_nan());
    assert_eq!(y.backward().unwrap()[x], 2.0);
    assert_eq!(y.backward_graph().unwrap().wrt(x).item().unwrap(), 2.0);
    assert_eq!(y.backward().unwrap().get(unused), None);
    assert!(y.backward_graph().unwrap().get(unused).is_none());
    let constant = graph.constant(0.0).ln();
    assert_eq!((y + constant.step() * 0.0).backward().unwrap()[x], 2.0);
}

/// No gradient flows through a step, so nothing before it may turn the sum into 0 · ∞: both ways back say 1.
/// A gradient of 0 is one, and is 0 and not −0, whatever the shares were; a value without gradient has a 0 like it.
#[test]
fn a_gradient_of_nothing_but_minus_zeros_is_a_gradient() {
    let graph = Graph::new();
    let (w, unused) = (graph.leaf(2.0), graph.leaf(3.0));
    let infinite = w * f64::INFINITY;
    let finite = graph.leaf(5.0);
    let weak = -(infinite - finite * 1.0); // its share of a gradient of 0 is −0
    let check = |loss: Var<'_>| {
        let gradient = loss.backward().unwrap();
        assert_eq!(gradient.get(finite).map(|x| x[0].to_bits()), Some(0));
        assert!(gradient[w].is_nan(), "0 · ∞, which nothing may hide");
        assert_eq!((gradient.get(unused), gradient[unused].to_bits()), (None, 0));
    };
    check(weak * 0.0);
    // The same with arrays beside the single numbers.
    check((weak * graph.constant([0.0, 0.0])).sum());
    // A sum of an array's shares, all of them −0.
    let (x, none) = (graph.leaf([1.0, 2.0]), graph.leaf([[1.0, 2.0, 3.0]; 4]));
    let loss = (finite * -x * 0.0).sum();
    let gradient = loss.backward().unwrap();
    assert_eq!(gradient.get(finite).map(|x| x[0].to_bits()), Some(0));
    assert_eq!(gradient.wrt(x).iter().map(|x| x.to_bits()).collect::<Vec<_>>(), [0, 0]);
    assert_eq!((gradient.get(none), gradient.wrt(none)), (None, &[0.0; 12][..]));
    assert_eq!((gradient.get(w), gradient[w].to_bits()), (None, 0));
}

/// A row of the table stays that row when it becomes the nonlinearity of a layer, with the name it had.
#[test]
fn a_nonlinearity_without_parameters_is_recorded_as_the_row_it_is() {
    use chainrule::{
        nn::Activation,
        ops::{LeakyRelu, Sigmoid},
    };
    let (sigmoid, leaky): (Activation, Activation) = (Sigmoid.into(), LeakyRelu { slope: 0.2 }.into());
    assert_eq!(format!("{sigmoid}, {leaky}"), "σ, leaky_relu 0.2");
    let mut graph = Graph::new();
    for _ in 0..3 {
        let x = graph.leaf(-0.5);
        let (layer, method, other) = (sigmoid.forward(x), x.sigmoid(), leaky.forward(x));
        assert_eq!(layer.item().unwrap().to_bits(), method.item().unwrap().to_bits());
        assert_eq!(other.item().unwrap(), -0.1);
        let gradient = (layer + other).backward().unwrap();
        let y = method.item().unwrap();
        near(gradient[x], y * (1.0 - y) + 0.2);
        graph.clear();
    }
}

#[test]
fn where_no_gradient_flows_nothing_is_pulled() {
    let graph = Graph::new();
    let x = graph.leaf(0.0);
    for y in [x.ln().step() + x, x.sqrt().sign() + x, x.recip().greater(1.0) + x] {
        assert_eq!(y.backward_graph().unwrap().wrt(x).item().unwrap(), 1.0);
        assert_eq!(y.backward().unwrap()[x], 1.0);
    }
    // That is how the second derivative of √relu-like functions comes about: relu's rule contains a step.
    let x = graph.leaf([0.0, 4.0]);
    let first = x.sqrt().relu().sum().backward_graph().unwrap().wrt(x);
    assert_eq!(first.slice(0, 1..2).sum().backward().unwrap().wrt(x)[1], -0.03125);
}

/// An operation of a list, as one that can be recorded.
#[derive(Debug)]
struct Listed(Arc<dyn Op<f64>>);

impl Op<f64> for Listed {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn arity(&self) -> Option<usize> {
        self.0.arity()
    }
    fn label(&self) -> Cow<'static, str> {
        self.0.label()
    }
    fn doc(&self) -> Doc {
        self.0.doc()
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        self.0.shape(arguments)
    }
    fn eval(&self, arguments: &[View<'_, f64>], out: &mut [f64]) {
        self.0.eval(arguments, out);
    }
    fn pull(&self, k: usize, at: &Moment<'_, f64>, gradient_y: &[f64], gradient_x: &mut [f64]) {
        self.0.pull(k, at, gradient_y, gradient_x);
    }
    fn emit<'g>(&self, k: usize, at: &Here<'_, 'g, f64>, gradient_y: Var<'g>) -> Option<Var<'g>> {
        self.0.emit(k, at, gradient_y)
    }
    fn try_at(&self) -> &'static [f64] {
        self.0.try_at()
    }
}

/// Compares the partial derivatives of every cell of a result with fourth-order finite differences.
fn partials_are_differences(what: &str, inputs: &[Tensor], function: &dyn for<'g> Fn(&[Var<'g>]) -> Var<'g>) {
    let value = |inputs: &[Tensor]| {
        let graph = Graph::new();
        let leaves: Vec<Var> = inputs.iter().map(|input| graph.leaf(input)).collect();
        function(&leaves).value().unwrap().into_data()
    };
    let graph = Graph::new();
    let leaves: Vec<Var> = inputs.iter().map(|input| graph.leaf(input)).collect();
    let y = function(&leaves);
    let partials: Vec<_> = (0..y.shape().len()).map(|cell| y.partials(cell).unwrap()).collect();
    for (k, input) in inputs.iter().enumerate() {
        for (x, &at) in input.data().iter().enumerate() {
            let moved = |by: f64| {
                let mut inputs = inputs.to_vec();
                inputs[k].data_mut()[x] = at + by * 1e-3;
                value(&inputs)
            };
            let [a, b, c, d] = [-2.0, -1.0, 1.0, 2.0].map(moved);
            for (cell, partials) in partials.iter().enumerate() {
                let difference = (8.0 * (c[cell] - b[cell]) - (d[cell] - a[cell])) / 0.012;
                let partial = partials[k].derivative.data()[x];
                assert_eq!(partials[k].argument, leaves[k].id());
                assert!(
                    (partial - difference).abs() <= 1e-6 * partial.abs().max(1.0),
                    "{what}: ∂y[{cell}]/∂x{k}[{x}] is {partial}, difference {difference}"
                );
            }
        }
    }
}

#[test]
fn the_microscope_shows_what_finite_differences_show() {
    // Miri, which looks for wrong addresses, gets a few of them: it takes ten thousand times as long.
    let every = if cfg!(miri) { 15 } else { 1 };
    for row in ops::rows::<f64>().iter().step_by(every) {
        let points = row.op.try_at();
        let inputs: Vec<Tensor> = (0..row.op.arity().unwrap())
            .map(|k| Tensor::from_fn([2], |i| points[(i + k) % points.len()] + 0.01 + 0.02 * k as f64))
            .collect();
        partials_are_differences(row.op.name(), &inputs, &|x| row.apply(&[], x));
    }
    for example in ops::structural::<f64>().iter().step_by(every) {
        let inputs = example.inputs();
        partials_are_differences(&format!("{:?}", example.op), &inputs, &|x| {
            x[0].graph().apply(Listed(example.op.clone()), x)
        });
    }
}

#[test]
fn a_graph_can_be_moved_to_another_thread() {
    fn sendable<T: Send>() {}
    fn shareable<T: Send + Sync>() {}
    sendable::<Graph>();
    sendable::<Graph<f32>>();
    shareable::<Gradients>();
    shareable::<Tensor>();
    shareable::<Mlp>();
    shareable::<chainrule::Error>();
    let graph = Graph::new();
    let y = graph.leaf(2.0).square();
    assert_eq!(y.item().unwrap(), 4.0);
    let graph = std::thread::spawn(move || {
        assert_eq!(graph.leaf(3.0).square().item().unwrap(), 9.0);
        graph
    });
    assert_eq!(graph.join().unwrap().len(), 4);
}

#[test]
fn a_cleared_graph_is_like_a_new_one() {
    let mut graph = Graph::new();
    let mut weight = Param::new([2.0, 3.0]);
    let run = |graph: &Graph, weight: &Param| {
        let w = weight.on(graph);
        let y = (w * w * graph.constant([1.0, -1.0]).named("signs")).sum() + w.tanh().mean();
        let gradient = y.backward().unwrap().wrt(w).to_vec();
        (
            y.id(),
            y.item().unwrap(),
            gradient,
            y.backward_graph().unwrap().wrt(w).value().unwrap(),
        )
    };
    let first = run(&graph, &weight);
    graph.clear();
    assert!(graph.is_empty());
    assert_eq!(run(&graph, &weight), first);
    assert_eq!(
        run(&graph, &weight).1,
        first.1,
        "a second run in the same graph uses the same leaf"
    );
    graph.clear();
    assert_eq!(graph.leaf(1.0).name(), None, "names are forgotten");
    graph.clear();
    weight.value = Tensor::from([5.0, 5.0]);
    assert_eq!(
        weight.on(&graph).value().unwrap().data(),
        [5.0, 5.0],
        "parameters are read again"
    );
    let bad = graph.leaf([1.0, 2.0]) + graph.leaf([1.0, 2.0, 3.0]);
    assert!(bad.fault().is_some());
    graph.clear();
    let good = graph.leaf(1.0) + graph.leaf(2.0) + graph.leaf(3.0);
    assert_eq!(good.item().unwrap(), 6.0);
}

/// The sum of any number of numbers.
#[derive(Debug)]
struct Total;

impl Op<f64> for Total {
    fn name(&self) -> &'static str {
        "total"
    }
    fn arity(&self) -> Option<usize> {
        None
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Sum.",
            derivative: "g",
        }
    }
    fn shape(&self, _: &[Shape]) -> Result<Shape, Fault> {
        Ok(Shape::SCALAR)
    }
    fn eval(&self, arguments: &[View<'_, f64>], out: &mut [f64]) {
        out[0] = arguments.iter().map(|argument| argument.data[0]).sum();
    }
    fn pull(&self, _: usize, _: &Moment<'_, f64>, gradient_y: &[f64], gradient_x: &mut [f64]) {
        gradient_x[0] += gradient_y[0];
    }
    fn emit<'g>(&self, _: usize, _: &Here<'_, 'g, f64>, gradient_y: Var<'g>) -> Option<Var<'g>> {
        Some(gradient_y)
    }
    fn try_at(&self) -> &'static [f64] {
        &[1.0]
    }
}

/// More arguments than sixteen bits count.
#[test]
fn an_operation_may_have_very_many_arguments() {
    let graph = Graph::new();
    let few = [4, 300];
    let many = [4, 1000, 65_535, 65_536, 65_537, 70_000];
    for &count in if cfg!(miri) { few.as_slice() } else { &many } {
        let leaves: Vec<Var> = (0..count).map(|_| graph.leaf(1.0)).collect();
        let total = graph.apply(Total, &leaves);
        assert_eq!(total.item().unwrap(), count as f64);
        let gradient = total.backward().unwrap();
        assert!(
            leaves.iter().all(|&leaf| gradient[leaf] == 1.0),
            "all {count} arguments have a gradient"
        );
    }
    let leaves: Vec<Var> = (0..300).map(|i| graph.leaf([i as f64])).collect();
    let joined = concat(&leaves, 0).unwrap();
    assert_eq!(joined.value().unwrap().data()[299], 299.0);
    assert_eq!((joined * joined).sum().backward().unwrap().wrt(leaves[299]), [598.0]);
}

#[test]
fn nothing_at_all_is_a_value_too() {
    let graph = Graph::new();
    let x = graph.leaf(Tensor::full([0, 3], 0.0));
    let total = x.tanh().sum();
    assert_eq!(total.item().unwrap(), 0.0);
    assert!(total.backward().unwrap().wrt(x).is_empty());
    assert_eq!(total.backward_graph().unwrap().wrt(x).shape().sizes(), [0, 3]);
    assert!(x.max_over(0).value().unwrap_err().is_shape());
    for shape in [[0, 3], [0, 0]] {
        let logits = graph.leaf(Tensor::full(shape, 0.0));
        let loss = cross_entropy(logits, &[]);
        assert!(loss.item().unwrap().is_nan());
        assert!(loss.backward().unwrap().wrt(logits).is_empty());
        assert!(
            loss.backward_graph()
                .unwrap()
                .wrt(logits)
                .value()
                .unwrap()
                .data()
                .is_empty()
        );
    }
}

#[test]
fn a_parameter_is_one_leaf_however_often_it_is_used() {
    let graph = Graph::new();
    let net = Mlp::new(&[2, 3, 1], ops::Tanh, &mut Rng::new(4)).unwrap();
    let x = graph.constant([[1.0, 2.0]]);
    let (once, twice) = (net.forward(x).sum(), (net.forward(x) + net.forward(x)).sum());
    let weight = net.layers[0].weight.on(&graph);
    let (once, twice) = (once.backward().unwrap(), twice.backward().unwrap());
    for (a, b) in once.wrt(weight).iter().zip(twice.wrt(weight)) {
        near(2.0 * a, *b);
    }
}

/// A small calculation on single numbers, with rows, parameters, numbers as operands and an argument that is used twice.
fn of_single_numbers<'g>(graph: &'g Graph, x: f64) -> (Var<'g>, [Var<'g>; 3]) {
    let (a, b, c) = (graph.leaf(x), graph.leaf(0.3), graph.constant(-1.7));
    let d = (a * b + c) / (a * a + 2.0) - b.tanh();
    let e = d.powf(2.0).clamp(-0.5, 0.9) + a.greater(b).select(d * b, a.sigmoid());
    (e * e + d.softplus() - c.abs(), [a, b, c])
}

/// Single numbers go a short way while a graph has nothing else; whatever else it has, the bits are the same.
#[test]
fn single_numbers_are_the_same_in_any_company() {
    let run = |graph: &Graph| {
        let (y, inputs) = of_single_numbers(graph, 1.25);
        let gradient = y.backward().unwrap();
        let gradients = inputs.map(|x| gradient[x].to_bits());
        assert_eq!(gradient.get(inputs[2]), None, "a constant receives nothing");
        (y.item().unwrap().to_bits(), gradients)
    };
    let alone = run(&Graph::new());
    let mut graph = Graph::new();
    let _ = graph.leaf([1.0, 2.0]);
    assert_eq!(run(&graph), alone, "behind a tensor");
    graph.clear();
    assert_eq!(run(&graph), alone, "in a graph that was cleared");
    let bad = graph.leaf([1.0, 2.0]) + graph.leaf([1.0, 2.0, 3.0]);
    assert_eq!(run(&graph), alone, "behind a fault");
    let after = (bad * 2.0).fault().unwrap().to_string();
    assert_eq!(after, bad.fault().unwrap().to_string(), "a fault goes on");
    graph.clear();
    // Behind an operation that has no rule for single numbers.
    let total = graph.apply(
        Total,
        &[graph.leaf(1.0), graph.leaf(2.0), graph.leaf(3.0), graph.leaf(4.0)],
    );
    assert_eq!(total.item().unwrap(), 10.0);
    assert_eq!(run(&graph), alone, "behind an operation of many arguments");
    assert_eq!((total * total).backward().unwrap()[total], 20.0);
}

#[test]
fn a_value_of_another_graph_is_a_fault_with_its_line() {
    let (graph, other) = (Graph::new(), Graph::new());
    let (a, b) = (graph.leaf(1.0), other.leaf(2.0));
    let _ = a + a; // from here on, sums of single numbers go the short way
    let fault = (a + b).fault().unwrap().to_string();
    assert!(
        fault.contains("another graph") && fault.contains(&format!("graph.rs:{}", line!() - 2)),
        "{fault}"
    );
}

#[test]
fn operations_with_parameters_are_told_apart() {
    let graph = Graph::new();
    let x = graph.leaf(3.0);
    let powers: Vec<f64> = (0..12).map(|k| x.powf(f64::from(k % 5)).item().unwrap()).collect();
    let expected: Vec<f64> = (0..12).map(|k| 3f64.powi(k % 5)).collect();
    assert_eq!(powers, expected);
    let y = x.powf(2.0) * x.powf(3.0);
    assert_eq!(y.backward().unwrap()[x], 405.0); // 5 x⁴
}
