//! What goes wrong is said once, with the numbers, at the caller's own line, and never by a panic.

#![allow(clippy::unwrap_used)] // a test that cannot go on may panic

use chainrule::{
    Error, Fault, Graph, Linear, Mlp, Rng, Tensor, Var, concat,
    loss::{self, CrossEntropy, Loss, cross_entropy, mse},
    nn::{BatchNorm, LayerNorm, Mode},
    ops::{self, MatMul},
};

/// A message must say exactly this; `{at}` stands for this file and the line.
#[track_caller]
fn says(error: Error, line: u32, expected: &str) {
    assert_eq!(
        error.to_string(),
        expected.replace("{at}", &format!("{}:{line}", file!()))
    );
    assert_eq!(error.location(), Some((file!(), line)));
}

/// The error of a value that could not be computed.
fn error(value: Var) -> Error {
    value.value().unwrap_err()
}

#[test]
fn every_message_says_what_where_and_what_to_do() {
    let graph = Graph::new();
    let a = graph.leaf([1.0, 2.0]);
    let b = graph.leaf([1.0, 2.0, 3.0]).named("b");
    let m = graph.leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).named("m");

    let (bad, line) = (a + b, line!());
    says(
        error(bad),
        line,
        "add: shapes [2] and [3] do not broadcast, from [2] and \"b\" [3] (at {at}); sizes are compared from the last axis \
         and must be equal or 1: reshape or broadcast one of them",
    );
    let (bad, line) = (a.maximum(m), line!());
    says(
        error(bad),
        line,
        "maximum: shapes [2] and [2, 3] do not broadcast, from [2] and \"m\" [2, 3] (at {at}); sizes are compared from the \
         last axis and must be equal or 1: reshape or broadcast one of them",
    );
    let (bad, line) = (graph.apply(MatMul::default(), &[m, m]), line!());
    says(
        error(bad),
        line,
        "matmul: inner sizes differ: [2, 3] has 3 columns, [2, 3] has 2 rows, from \"m\" [2, 3] and \"m\" [2, 3] (at {at}); \
         columns on the left must equal rows on the right: transpose or reshape one side",
    );
    let (bad, line) = (m.reshape([7]), line!());
    says(
        error(bad),
        line,
        "reshape: shape [2, 3] holds 6 numbers, shape [7] holds 7, from \"m\" [2, 3] (at {at}); a reshape keeps every \
         number: choose sizes with the same product",
    );
    let (bad, line) = (a.slice(0, 1..3), line!());
    says(
        error(bad),
        line,
        "slice: positions 1..3 do not lie in axis 0 of the shape [2] (at {at}); choose a range within 0..2",
    );
    let (bad, line) = (a.pick(0, [0, 5]), line!());
    says(
        error(bad),
        line,
        "pick: position 5 (number 1 of the list) lies outside axis 0 of the shape [2] (at {at}); positions run from 0 to 1",
    );
    let (bad, line) = (a.sum_over(1), line!());
    says(
        error(bad),
        line,
        "sum: there is no axis 1 in the shape [2] (at {at}); axes run from 0 to 0, or from -1 to -1",
    );
    let (bad, line) = (graph.leaf(1.0).softmax(0), line!());
    says(
        error(bad),
        line,
        "softmax: there is no axis 0 in the shape [] (at {at}); a single number has no axes",
    );
    let (bad, line) = (concat(&[a, m], 0).unwrap(), line!());
    says(
        error(bad),
        line,
        "concat: shapes [2] and [2, 3] do not fit side by side along axis 0, from [2] and \"m\" [2, 3] (at {at}); all sizes \
         but that of the axis must agree",
    );
    let (bad, line) = (graph.tensor(&[1.0, 2.0, 3.0], [2, 2]), line!());
    says(
        error(bad),
        line,
        "constant: 3 numbers do not fill the shape [2, 2] (at {at}); give 4 numbers, or another shape",
    );
    let (bad, line) = (mse(a, b), line!());
    says(
        error(bad),
        line,
        "mse: prediction [2] and target [3] have different shapes (at {at}); reshape the target: broadcasting here would \
         compare every row with every other",
    );
    let (bad, line) = (cross_entropy(m, &[0, 3]), line!());
    says(
        error(bad),
        line,
        "cross_entropy: class 3 of row 1, but there are 3 logits per row, from \"m\" [2, 3] (at {at}); classes are counted \
         from 0",
    );
    let (refused, line) = (a.item().unwrap_err(), line!());
    says(
        refused,
        line,
        "item: a value of shape [2] is not one number (at {at}); use value(), or reduce it first, for example with mean()",
    );
    let (refused, line) = (a.backward().err().unwrap(), line!());
    says(
        refused,
        line,
        "backward: needs one number to differentiate, got a value of shape [2] (at {at}); reduce it first, for example with \
         sum() or mean()",
    );
    let (refused, line) = (a.backward_graph().err().unwrap(), line!());
    says(
        refused,
        line,
        "backward_graph: needs one number to differentiate, got a value of shape [2] (at {at}); reduce it first, for example \
         with sum() or mean()",
    );
    let (refused, line) = (a.partials(2).unwrap_err(), line!());
    says(
        refused,
        line,
        "partials: there is no cell 2 in a value of shape [2] (at {at}); cells are counted from 0, row by row",
    );
}

/// Whatever the way into the library, the line is that of the user's program.
#[test]
fn a_fault_has_the_line_of_the_caller_and_not_of_the_library() {
    let graph = Graph::new();
    let (a, b) = (graph.leaf([1.0, 2.0]), graph.leaf([1.0, 2.0, 3.0]));
    let m = graph.leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let batch = graph.leaf(Tensor::full([2, 2, 2], 1.0));
    let mut norm = BatchNorm::new(3);
    let same_line = [
        ("operator", a + b, line!()),
        ("number on the left", 1.0 / m.reshape([5]), line!()),
        ("method", a.minimum(b), line!()),
        ("method with parameters", (a - b).leaky_relu(0.1), line!()),
        ("operation by its list", ops::rows()[0].apply(&[], &[a + b]), line!()),
        ("matrices", m.matmul(m), line!()),
        ("matrix and vector", m.matmul(a), line!()),
        ("vector and matrix", b.matmul(m), line!()),
        ("vectors", a.matmul(b), line!()),
        ("batches", batch.matmul(m.transpose()), line!()),
        ("transpose", m.transpose().matmul(b), line!()),
        ("sum of a graph", graph.sum([a, b]), line!()),
        ("average", m.mean_over(7), line!()),
        ("sum_to", m.sum_to([5].into()), line!()),
        ("loss", loss::huber(a, b), line!()),
        ("loss of classes", cross_entropy(m, &[9, 9]), line!()),
        ("penalized", mse(a, a) + m.matmul(a), line!()),
        ("layer", Linear::new(3, 1, &mut Rng::new(0)).forward(a), line!()),
        ("normalization", LayerNorm::new(3).forward(a), line!()),
        ("batch normalization", norm.forward(a + b, &mut Mode::Eval), line!()),
    ];
    let wrong = |(way, value, line): &(&str, Var, u32)| {
        let location = value.fault().unwrap_or_else(|| panic!("{way} is no fault")).location();
        (location != Some((file!(), *line))).then(|| format!("{way}: {location:?}, not line {line}"))
    };
    let mut wrong: Vec<_> = same_line.iter().filter_map(wrong).collect();
    let rng = &mut Rng::new(0);
    let (net, one) = (Mlp::new(&[2, 1], ops::Tanh, rng).unwrap(), Tensor::from([1.0]));
    let refused = [
        ("tensor", Tensor::new(vec![1.0], [2]).unwrap_err(), line!()),
        ("network", Mlp::<f64>::new(&[2], ops::Tanh, rng).unwrap_err(), line!()),
        ("nothing to join", concat::<f64>(&[], 0).unwrap_err(), line!()),
        ("explain", a.sum().explain(m).unwrap_err(), line!()),
        ("explain a cell", a.sum().explain_cell(m, 9).unwrap_err(), line!()),
        ("predict", net.predict(&one).unwrap_err(), line!()),
    ];
    wrong.extend(refused.iter().filter_map(|(way, error, line)| {
        let location = error.location();
        (location != Some((file!(), *line))).then(|| format!("{way}: {location:?}, not line {line}"))
    }));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_layer_is_named_with_both_shapes_and_a_fix() {
    let graph = Graph::new();
    let net = Mlp::new(&[2, 16, 1], ops::Tanh, &mut Rng::new(0)).unwrap();
    let x = graph.constant([[1.0, 2.0, 3.0]]).named("x");
    let (y, line) = (net.forward(x), line!());
    says(
        error(y),
        line,
        "Linear(2 → 16) \"layers.0\": expects rows of 2 numbers, got \"x\" of shape [1, 3] (at {at}); make the layer for 3 \
         numbers, or give an argument whose last axis is 2",
    );
    let turned = graph.constant([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let (y, line) = (net.layers[0].forward(turned), line!());
    says(
        error(y),
        line,
        "Linear(2 → 16) \"layers.0\": expects rows of 2 numbers, got shape [2, 3] (at {at}); the first axis would fit: \
         transpose the argument",
    );
    let alone = Linear::new(2, 1, &mut Rng::new(0));
    let (y, line) = (alone.forward(graph.leaf(1.0)), line!());
    let found = error(y);
    assert!(
        found
            .to_string()
            .starts_with("Linear(2 → 1): expects rows of 2 numbers, got shape []"),
        "{found}"
    );
    assert_eq!(found.location(), Some((file!(), line)));
}

/// Broadcasting would quietly turn one feature into three.
#[test]
fn a_normalization_layer_refuses_another_number_of_features() {
    let graph = Graph::new();
    let column = graph.leaf([[1.0], [2.0], [4.0]]);
    assert!(LayerNorm::new(3).forward(column).value().is_err());
    for mut mode in [Mode::Eval, Mode::Train(&mut Rng::new(0))] {
        assert!(
            BatchNorm::new(3).forward(column, &mut mode).value().is_err(),
            "{mode:?}"
        );
    }
}

#[test]
fn a_fault_passes_through_later_operations_and_the_first_one_wins() {
    let graph = Graph::new();
    let (a, b) = (graph.leaf([1.0, 2.0]), graph.leaf([1.0, 2.0, 3.0]));
    let (first, line) = (a * b, line!());
    let second = a.reshape([3]);
    let number = graph.leaf(1.0);
    let later = ((first.tanh() + 1.0).sum() + second.mean()) / 2.0;
    let through = later
        .reshape([1])
        .softmax(0)
        .matmul(later)
        .slice(0, 0..9)
        .sum_to([1].into());
    for value in [
        first,
        later,
        through,
        mse(later, a),
        concat(&[later, a], 0).unwrap(),
        Mlp::new(&[2, 1], ops::Relu, &mut Rng::new(0)).unwrap().forward(later),
    ] {
        let found = value.fault().unwrap();
        assert!(found.is_shape());
        assert_eq!(found.location(), Some((file!(), line)), "{found}");
        assert!(found.to_string().starts_with("mul: shapes [2] and [3]"), "{found}");
        for found in [
            value.value().unwrap_err(),
            value.item().unwrap_err(),
            value.backward().err().unwrap(),
            value.backward_graph().err().unwrap(),
            value.explain(number).unwrap_err(),
            value.partials(0).unwrap_err(),
        ] {
            assert_eq!(found.location(), Some((file!(), line)), "{found}");
        }
    }
    let trace = later.trace(None);
    let faulty = trace.iter().filter(|node| node.fault.is_some());
    assert!(faulty.clone().count() >= 3);
    assert!(faulty.clone().all(|node| node.value.is_empty()));
    assert!(format!("{later:?}").starts_with("mul: shapes"), "{later:?}");
    // What does not depend on the fault is as sound as before.
    assert_eq!((a * a).sum().backward().unwrap().wrt(a), [2.0, 4.0]);
}

#[test]
fn values_of_two_graphs_do_not_mix() {
    let (graph, other) = (Graph::new(), Graph::new());
    let a = graph.leaf(2.0);
    let foreign = (0..5).fold(other.leaf(1.0), |x, _| x + 1.0);
    let (bad, line) = (a + foreign, line!());
    let expected = "add: a value of another graph was used (at {at}); build every value of a calculation in one graph";
    says(error(bad), line, expected);
    for bad in [
        a.select(a, foreign),
        a.matmul(foreign),
        mse(a, foreign),
        concat(&[a, foreign], 0).unwrap(),
        graph.sum([a, foreign]),
    ] {
        assert!(bad.fault().is_some_and(|fault| fault.is_argument()));
    }
    assert_eq!((a + 1.0).item().unwrap(), 3.0);
}

/// `explain` returns a `Result`: a value of another graph is an error there, not a panic and not a wrong number.
#[test]
fn a_value_of_another_graph_is_not_explained() {
    let (graph, other) = (Graph::new(), Graph::new());
    let y = graph.leaf(2.0).square();
    let early = other.leaf(1.0);
    let late = (0..9).fold(early, |x, _| x + 1.0);
    assert!(y.explain(early).is_err_and(|error| error.is_argument()));
    assert!(y.explain(late).is_err_and(|error| error.is_argument()));
    assert!(y.explain_cell(late, 0).is_err_and(|error| error.is_argument()));
}

/// A gradient with respect to a value of another graph does not exist: `get` says so.
#[test]
fn a_value_of_another_graph_has_no_gradient() {
    let (graph, other) = (Graph::new(), Graph::new());
    let y = graph.leaf(2.0).square();
    let foreign = other.leaf(1.0);
    assert_eq!(y.backward().unwrap().get(foreign), None);
    assert!(y.backward_graph().unwrap().get(foreign).is_none());
}

#[test]
fn an_operation_with_a_wrong_number_of_arguments_is_a_fault() {
    let graph = Graph::new();
    let a = graph.leaf(1.0);
    let (bad, line) = (graph.apply(ops::Tanh, &[]), line!());
    says(error(bad), line, "tanh: 0 arguments, but it takes 1 (at {at})");
    let (bad, line) = (graph.apply(ops::Tanh, &[a, a]), line!());
    says(error(bad), line, "tanh: 2 arguments, but it takes 1 (at {at})");
    let (bad, line) = (graph.apply(ops::Where, &[a, a]), line!());
    says(error(bad), line, "select: 2 arguments, but it takes 3 (at {at})");
    let (bad, line) = (graph.apply(MatMul::default(), &[a; 5]), line!());
    says(error(bad), line, "matmul: 5 arguments, but it takes 2 (at {at})");
    let (bad, line) = (graph.apply(ops::Concat { axis: 0 }, &[]), line!());
    says(
        error(bad),
        line,
        "concat: 0 arguments, but it takes at least one (at {at})",
    );
    assert!(concat::<f64>(&[], 0).is_err());
}

#[test]
fn parameters_that_make_no_sense_are_faults() {
    let graph = Graph::new();
    let logits = graph.leaf([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    fn of<'g>(logits: Var<'g>, classes: &[usize], smoothing: f64, weights: Option<&[f64]>) -> Var<'g> {
        let weights = weights.map(Into::into);
        CrossEntropy { smoothing, weights }.mean(logits, classes.into())
    }
    for bad in [
        of(logits, &[0], 0.0, None),
        of(logits, &[0, 3], 0.0, None),
        of(logits, &[0, 1], 1.5, None),
        of(logits, &[0, 1], f64::NAN, None),
        of(logits, &[0, 1], 0.0, Some(&[1.0, 2.0])),
        of(logits.sum(), &[0], 0.0, None),
        logits.permute(&[0]),
        logits.permute(&[0, 0]),
        logits.permute(&[0, 2]),
        logits.broadcast([3, 3]),
        logits.broadcast([3]),
        logits.sum_over([0, -2]),
        logits.argmax(isize::MIN),
        logits.argmax(isize::MAX),
        logits.slice(0, std::ops::Range { start: 2, end: 1 }),
        logits.sum().matmul(logits),
        loss::mse(logits, logits.sum()),
    ] {
        assert!(
            bad.fault()
                .is_some_and(|fault| fault.is_shape() && fault.location().is_some()),
            "{bad:?}"
        );
    }
    for refused in [
        Mlp::<f64>::new(&[], ops::Tanh, &mut Rng::new(0)),
        Mlp::new(&[2, 0, 1], ops::Tanh, &mut Rng::new(0)),
    ] {
        assert!(refused.unwrap_err().is_argument());
    }
    let fault = Fault::new("is wrong").fix("do better");
    assert!(format!("{fault:?}").contains("do better"));
}

/// No memory holds 10¹⁹ numbers: that is a fault of the shape, to be told like any other.
#[test]
fn a_shape_that_no_memory_can_hold_is_refused() {
    let graph = Graph::new();
    let large = u32::MAX as usize;
    assert!(graph.leaf(1.0).broadcast([large, large]).fault().is_some());
}

#[test]
fn seven_axes_are_refused() {
    let graph = Graph::new();
    let x = graph.leaf(Tensor::full([1, 1, 1, 1, 1, 2], 1.0));
    let column = graph.leaf(Tensor::full([2, 1, 1, 1, 1, 1], 1.0));
    assert!((x + column).fault().is_none());
    let batch = graph.leaf(Tensor::full([3, 1, 1, 1, 2, 2], 1.0));
    assert!(batch.matmul(graph.leaf([1.0, 2.0])).fault().is_none());
}

#[test]
fn logits_of_no_class_are_refused() {
    let g = Graph::new();
    let (logits, classes) = (g.tensor(&[], [4, 0]), g.constant([0.0; 4]));
    let (bad, line) = (cross_entropy(logits, classes), line!());
    says(
        error(bad),
        line,
        "cross_entropy: there is no class (logits of shape [4, 0]) (at {at})",
    );
}
