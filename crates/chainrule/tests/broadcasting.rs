//! Shapes: every operation on random shapes agrees, cell by cell, with a loop over indices that a reader can check.
//!
//! Rows are drawn from `ops::rows()`, so a new row is covered without writing a test.

#![allow(clippy::unwrap_used)] // a test that cannot go on may panic

use chainrule::{
    Graph, Shape, Tensor, Var, check, concat,
    ops::{self, ArgMax, Axes, LogSumExp, MatMul, Row, Variance, keepdims},
};
use proptest::{collection::vec, prelude::*, sample::select};

type Sizes = Vec<usize>;

fn shape(sizes: &[usize]) -> Shape {
    Shape::new(sizes).unwrap()
}

fn sizes(shape: Shape) -> Sizes {
    shape.sizes().iter().map(|&size| size as usize).collect()
}

/// Sizes of a few axes, 0 and 1 among them; few enough numbers for a test.
fn any_sizes(most_axes: usize) -> impl Strategy<Value = Sizes> {
    let size = prop_oneof![1 => Just(0usize), 3 => Just(1), 4 => Just(2), 3 => Just(3), 1 => Just(5)];
    vec(size, 0..=most_axes).prop_filter("small", |sizes| sizes.iter().product::<usize>() <= 200)
}

/// As many shapes that broadcast to one: each drops leading axes of it and replaces sizes by 1.
fn broadcastable(count: usize) -> impl Strategy<Value = Vec<Sizes>> {
    let reduce = (0..=6usize, vec(prop::bool::weighted(0.3), 6));
    (any_sizes(6), vec(reduce, count)).prop_map(|(full, reductions)| {
        let one = |(dropped, ones): (usize, Vec<bool>)| {
            let kept = full.iter().zip(ones).skip(dropped / 2);
            kept.map(|(&size, one)| if one { 1 } else { size }).collect()
        };
        reductions.into_iter().map(one).collect()
    })
}

/// Every index of a shape, row by row.
fn indices(sizes: &[usize]) -> Vec<Sizes> {
    let mut all = vec![vec![]];
    for &size in sizes {
        all = all
            .iter()
            .flat_map(|index| (0..size).map(move |i| [index.as_slice(), &[i]].concat()))
            .collect();
    }
    all
}

/// The position of a cell of a row-major value; a longer index loses its leading entries, an axis of size 1 reads 0.
fn position(index: &[usize], sizes: &[usize]) -> usize {
    let aligned = &index[index.len() - sizes.len()..];
    aligned
        .iter()
        .zip(sizes)
        .fold(0, |at, (&i, &size)| at * size + if size == 1 { 0 } else { i })
}

/// The shape that numpy broadcasts to, by its rule in words.
fn common(shapes: &[Sizes]) -> Sizes {
    let rank = shapes.iter().map(Vec::len).max().unwrap_or(0);
    let size = |shape: &Sizes, axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |axis| shape[axis]);
    let fitting = |axis| {
        shapes
            .iter()
            .map(|shape| size(shape, axis))
            .find(|&size| size != 1)
            .unwrap_or(1)
    };
    (0..rank).map(fitting).collect()
}

/// Numbers at which an operation is meant to be checked, a little moved so that no two arguments are equal.
fn points(try_at: &[f64], argument: usize, sizes: &[usize]) -> Tensor {
    Tensor::from_fn(shape(sizes), |i| {
        try_at[(i + argument) % try_at.len()] + 0.03 * (i / try_at.len() % 3) as f64 + 0.011 * argument as f64
    })
}

/// Numbers without order or ties.
fn wild(sizes: &[usize], seed: usize) -> Tensor {
    Tensor::from_fn(shape(sizes), |i| {
        ((i * 37 + seed * 11) as f64 * 0.7).sin() * 2.0 + 0.001 * i as f64
    })
}

fn weights(shape: Shape) -> Tensor {
    Tensor::from_fn(shape, |i| ((7 * i % 11) as f64 - 5.0) / 4.0)
}

fn weighted_sum(y: Var) -> Var {
    (y * y.graph().constant(weights(y.shape()))).sum()
}

/// To 1e-12 of the larger of the two, or of the size of what was added up.
fn close(a: f64, b: f64, size: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(size)
}

/// The gradient as numbers and the gradient as nodes agree, for each leaf.
fn both_ways_back(total: Var, leaves: &[Var]) -> Result<(), TestCaseError> {
    let (pulled, emitted) = (total.backward().unwrap(), total.backward_graph().unwrap());
    for &leaf in leaves {
        let nodes = emitted.wrt(leaf).value().unwrap();
        prop_assert_eq!(nodes.shape(), leaf.shape());
        let size = nodes.data().iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        for (&a, &b) in pulled.wrt(leaf).iter().zip(nodes.data()) {
            prop_assert!(close(a, b, size), "pull {} and emit {}", a, b);
        }
    }
    Ok(())
}

fn rows_of(arity: impl Fn(usize) -> bool) -> Vec<&'static Row> {
    ops::rows()
        .iter()
        .filter(|row| arity(row.op.arity().unwrap()))
        .collect()
}

/// Value and gradients of a row for single numbers.
fn alone(row: &Row, arguments: &[f64]) -> (f64, Vec<f64>) {
    let graph = Graph::new();
    let leaves: Vec<Var> = arguments.iter().map(|&x| graph.leaf(x)).collect();
    let y = row.apply(&[], &leaves);
    let gradients = y.backward().unwrap();
    (y.item().unwrap(), leaves.iter().map(|&leaf| gradients[leaf]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rows_of_several_arguments_broadcast_as_numpy_does(
        row in select(rows_of(|arity| arity > 1)), shapes in broadcastable(3),
    ) {
        let shapes = &shapes[..row.op.arity().unwrap()];
        let full = common(shapes);
        let inputs: Vec<Tensor> = shapes.iter().enumerate().map(|(k, s)| points(row.op.try_at(), k, s)).collect();
        let graph = Graph::new();
        let leaves: Vec<Var> = inputs.iter().map(|input| graph.leaf(input)).collect();
        let y = row.apply(&[], &leaves);
        prop_assert_eq!(sizes(y.shape()), full.clone());
        let total = weighted_sum(y);
        let (value, gradients) = (y.value().unwrap(), total.backward().unwrap());

        let mut expected: Vec<Vec<f64>> = inputs.iter().map(|input| vec![0.0; input.data().len()]).collect();
        let mut size = expected.clone();
        for (cell, index) in indices(&full).iter().enumerate() {
            let at: Vec<usize> = shapes.iter().map(|sizes| position(index, sizes)).collect();
            let arguments: Vec<f64> = inputs.iter().zip(&at).map(|(input, &at)| input.data()[at]).collect();
            let (alone, slopes) = alone(row, &arguments);
            prop_assert_eq!(value.data()[cell].to_bits(), alone.to_bits(), "{} at {:?}", row.op.name(), index);
            for (k, slope) in slopes.into_iter().enumerate() {
                let share = slope * weights(y.shape()).data()[cell];
                expected[k][at[k]] += share;
                size[k][at[k]] += share.abs();
            }
        }
        for (k, &leaf) in leaves.iter().enumerate() {
            for (cell, &gradient) in gradients.wrt(leaf).iter().enumerate() {
                let expected = expected[k][cell];
                prop_assert!(close(gradient, expected, size[k][cell]),
                    "{} argument {k} cell {cell}: {gradient}, loop {expected}", row.op.name());
            }
        }
        both_ways_back(total, &leaves)?;
        if inputs.iter().map(|input| input.data().len()).sum::<usize>() <= 8 {
            check::gradient(&inputs, |x| weighted_sum(row.apply(&[], x))).unwrap();
        }
    }

    #[test]
    fn shapes_that_do_not_broadcast_are_named(
        row in select(rows_of(|arity| arity == 2)), shapes in broadcastable(2), axis in 0..6usize, swap: bool,
    ) {
        let mut shapes: [Sizes; 2] = [shapes[0].clone(), shapes[1].clone()];
        for (shape, size) in shapes.iter_mut().zip([2, 3]) {
            while shape.len() <= axis {
                shape.insert(0, 1);
            }
            let last = shape.len() - 1;
            shape[last - axis] = size;
        }
        if swap {
            shapes.swap(0, 1);
        }
        let graph = Graph::new();
        let [a, b] = [0, 1].map(|k| graph.leaf(points(row.op.try_at(), k, &shapes[k])));
        let error = row.apply(&[], &[a, b]).value().unwrap_err();
        prop_assert!(error.is_shape());
        let expected = format!("{}: shapes {:?} and {:?} do not broadcast", row.op.name(), shapes[0], shapes[1]);
        prop_assert!(error.to_string().starts_with(&expected), "{}", error);
        let (error, line) = ((a * b).value().unwrap_err(), line!());
        prop_assert_eq!(error.location(), Some((file!(), line)));
    }

    #[test]
    fn rows_of_one_argument_treat_every_cell_alike(row in select(rows_of(|arity| arity == 1)), sizes in any_sizes(6)) {
        let special = [row.op.try_at(), row.op.kinks(), &[0.0, -0.0, 1e4, -1e4, 1e-12]].concat();
        let input = Tensor::from_fn(shape(&sizes), |i| special[i % special.len()] * (1.0 + 0.125 * (i / special.len()) as f64));
        let graph = Graph::new();
        let x = graph.leaf(&input);
        let y = row.apply(&[], &[x]);
        prop_assert_eq!(y.shape(), x.shape());
        let total = weighted_sum(y);
        let (value, pulled) = (y.value().unwrap(), total.backward().unwrap());
        let emitted = total.backward_graph().unwrap().wrt(x).value().unwrap();
        let weights = weights(y.shape());
        for (cell, &number) in input.data().iter().enumerate() {
            let (alone, slope) = alone(row, &[number]);
            prop_assert_eq!(value.data()[cell].to_bits(), alone.to_bits(), "{} of {}", row.op.name(), number);
            let (pulled, emitted) = (pulled.wrt(x)[cell], emitted.data()[cell]);
            prop_assert!(pulled == emitted || pulled.is_nan() && emitted.is_nan(),
                "{} at {number}: pull {pulled}, emit {emitted}", row.op.name());
            prop_assert!(close(pulled, slope[0] * weights.data()[cell], 0.0), "{} at {number}", row.op.name());
        }
    }

    #[test]
    fn reductions_agree_with_a_loop(sizes in any_sizes(5), chosen in vec(any::<bool>(), 5), negative: bool, keep: bool, all: bool) {
        let rank = sizes.len();
        let chosen: Vec<usize> = (0..rank).filter(|&axis| all || chosen[axis]).collect();
        let signed: Vec<isize> =
            chosen.iter().map(|&axis| axis as isize - if negative { rank as isize } else { 0 }).collect();
        let axes = || {
            let axes = if all { Axes::ALL } else { signed.as_slice().into() };
            if keep { keepdims(axes) } else { axes }
        };
        let input = wild(&sizes, 1);
        let kept: Sizes = (0..rank).map(|axis| if chosen.contains(&axis) { 1 } else { sizes[axis] }).collect();
        let mut groups = vec![vec![]; kept.iter().product()];
        for (cell, index) in indices(&sizes).iter().enumerate() {
            groups[position(index, &kept)].push(input.data()[cell]);
        }
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let squares = |x: &[f64]| x.iter().map(|v| (v - mean(x)).powi(2)).sum::<f64>();
        let graph = Graph::new();
        let x = graph.leaf(&input);
        type Loop<'a> = Box<dyn Fn(&[f64]) -> f64 + 'a>;
        let table: Vec<(Var, Loop)> = vec![
            (x.sum_over(axes()), Box::new(|x| x.iter().sum())),
            (x.mean_over(axes()), Box::new(mean)),
            (x.max_over(axes()), Box::new(|x| x.iter().copied().fold(f64::NEG_INFINITY, f64::max))),
            (x.min_over(axes()), Box::new(|x| x.iter().copied().fold(f64::INFINITY, f64::min))),
            (x.var_over(axes()), Box::new(|x| squares(x) / x.len() as f64)),
            (x.apply(Variance { axes: axes(), correction: 1.0 }), Box::new(|x| squares(x) / (x.len() as f64 - 1.0))),
            (x.apply(LogSumExp { axes: axes() }), Box::new(|x| x.iter().map(|v| v.exp()).sum::<f64>().ln())),
        ];
        let expected_shape: Sizes =
            if keep { kept.clone() } else { (0..rank).filter(|axis| !chosen.contains(axis)).map(|axis| sizes[axis]).collect() };
        for (which, (y, by_loop)) in table.into_iter().enumerate() {
            let none_of_none = (which == 2 || which == 3) && input.data().is_empty() && !groups.is_empty();
            if none_of_none {
                prop_assert!(y.value().unwrap_err().is_shape());
                continue;
            }
            let value = y.value().unwrap();
            prop_assert_eq!(value.shape(), shape(&expected_shape));
            for (&y, group) in value.data().iter().zip(&groups) {
                let (expected, size) = (by_loop(group), group.iter().map(|x| x.abs()).sum::<f64>());
                // One number has no sample variance: numpy, PyTorch and the loop have 0 / 0.
                prop_assert!(close(y, expected, size), "reduction {which}: {y}, loop {expected}, of {group:?}");
            }
            if !(which == 5 && groups.iter().any(|group| group.len() == 1)) {
                both_ways_back(weighted_sum(y), &[x])?;
            }
        }
    }

    #[test]
    fn the_position_of_the_largest_agrees_with_a_loop(sizes in any_sizes(4), axis in 0..4usize) {
        prop_assume!(!sizes.is_empty());
        let axis = axis % sizes.len();
        let graph = Graph::new();
        let input = wild(&sizes, 2);
        let found = graph.leaf(&input).apply(ArgMax { axis: axis as isize }).value();
        if sizes[axis] == 0 {
            prop_assert!(found.is_err());
            return Ok(());
        }
        let mut rest = sizes.clone();
        rest.remove(axis);
        for (cell, index) in indices(&rest).iter().enumerate() {
            let at = |i: usize| {
                let mut index = index.clone();
                index.insert(axis, i);
                input.data()[position(&index, &sizes)]
            };
            let best = found.as_ref().unwrap().data()[cell] as usize;
            prop_assert!((0..sizes[axis]).all(|i| at(i) <= at(best)));
        }
    }

    #[test]
    fn softmax_agrees_with_a_loop(sizes in any_sizes(4), axis in 0..4usize) {
        prop_assume!(!sizes.is_empty());
        let axis = axis % sizes.len();
        let graph = Graph::new();
        let input = wild(&sizes, 3);
        let x = graph.leaf(&input);
        let (y, logarithm) = (x.softmax(axis as isize), x.log_softmax(axis as isize - sizes.len() as isize));
        for (cell, index) in indices(&sizes).iter().enumerate() {
            let along = (0..sizes[axis]).map(|i| {
                let mut index = index.clone();
                index[axis] = i;
                input.data()[position(&index, &sizes)].exp()
            });
            let expected = input.data()[cell].exp() / along.sum::<f64>();
            prop_assert!(close(y.value().unwrap().data()[cell], expected, 0.0));
            prop_assert!(close(logarithm.value().unwrap().data()[cell], expected.ln(), 1.0));
        }
        both_ways_back(weighted_sum(y), &[x])?;
        both_ways_back(weighted_sum(logarithm), &[x])?;
    }

    #[test]
    fn layouts_agree_with_a_loop(sizes in any_sizes(5), axis in 0..5usize, draw in vec(0..100usize, 8)) {
        let rank = sizes.len();
        let input = wild(&sizes, 4);
        let graph = Graph::new();
        let x = graph.leaf(&input);
        let same = |y: Var, expected_sizes: &[usize], from: &dyn Fn(&[usize]) -> Sizes| -> Result<(), TestCaseError> {
            let value = y.value().unwrap();
            prop_assert_eq!(value.shape(), shape(expected_sizes));
            for (cell, index) in indices(expected_sizes).iter().enumerate() {
                prop_assert_eq!(value.data()[cell], input.data()[position(&from(index), &sizes)]);
            }
            both_ways_back(weighted_sum(y), &[x])?;
            // Each number flows back to the cell it was read from, once for each time.
            let mut counts = vec![0.0; input.data().len()];
            indices(expected_sizes).iter().for_each(|index| counts[position(&from(index), &sizes)] += 1.0);
            let gradient = y.sum().backward().unwrap();
            prop_assert_eq!(gradient.wrt(x), counts);
            Ok(())
        };

        let mut order: Vec<usize> = (0..rank).collect();
        (1..rank).for_each(|i| order.swap(i, draw[i] % (i + 1)));
        let signed: Vec<isize> =
            order.iter().map(|&axis| axis as isize - if draw[6] % 2 == 0 { rank as isize } else { 0 }).collect();
        let permuted: Sizes = order.iter().map(|&axis| sizes[axis]).collect();
        same(x.permute(&signed), &permuted, &|index| {
            let mut from = vec![0; rank];
            order.iter().zip(index).for_each(|(&axis, &i)| from[axis] = i);
            from
        })?;

        let wide: Sizes = [&[2][..], &sizes.iter().map(|&s| if s == 1 { 3 } else { s }).collect::<Sizes>()].concat();
        same(x.broadcast(shape(&wide)), &wide, &|index| index[1..].to_vec())?;

        let flat = [input.data().len()];
        let reshaped = x.reshape(shape(&flat));
        prop_assert_eq!(reshaped.value().unwrap().into_data(), input.data());
        prop_assert_eq!(reshaped.reshape(shape(&sizes)).value().unwrap(), input.clone());
        prop_assert!(x.reshape(shape(&[flat[0] + 1])).value().unwrap_err().is_shape());

        if rank == 0 {
            return Ok(());
        }
        let axis = axis % rank;
        let signed = axis as isize - if draw[7] % 2 == 0 { rank as isize } else { 0 };
        let (mut start, mut end) = (draw[0] % (sizes[axis] + 1), draw[1] % (sizes[axis] + 1));
        (start, end) = (start.min(end), start.max(end));
        let mut part = sizes.clone();
        part[axis] = end - start;
        same(x.slice(signed, start..end), &part, &|index| {
            let mut from = index.to_vec();
            from[axis] += start;
            from
        })?;
        prop_assert!(x.slice(signed, 0..sizes[axis] + 1).value().unwrap_err().is_shape());

        if sizes[axis] > 0 {
            let positions: Sizes = draw[..draw[2] % 6].iter().map(|d| d % sizes[axis]).collect();
            let mut picked = sizes.clone();
            picked[axis] = positions.len();
            same(x.pick(signed, positions.clone()), &picked, &|index| {
                let mut from = index.to_vec();
                from[axis] = positions[from[axis]];
                from
            })?;
        }
        prop_assert!(x.pick(signed, [sizes[axis]]).value().unwrap_err().is_shape());
    }

    #[test]
    fn concatenation_agrees_with_a_loop(sizes in any_sizes(4), axis in 0..4usize, parts in vec(0..4usize, 1..5)) {
        prop_assume!(!sizes.is_empty());
        let axis = axis % sizes.len();
        let with = |size: usize| {
            let mut sizes = sizes.clone();
            sizes[axis] = size;
            sizes
        };
        let inputs: Vec<Tensor> = parts.iter().enumerate().map(|(k, &part)| wild(&with(part), k)).collect();
        let graph = Graph::new();
        let leaves: Vec<Var> = inputs.iter().map(|input| graph.leaf(input)).collect();
        let y = concat(&leaves, axis as isize).unwrap();
        let whole = with(parts.iter().sum());
        prop_assert_eq!(y.shape(), shape(&whole));
        for (cell, index) in indices(&whole).iter().enumerate() {
            let (mut index, mut k) = (index.clone(), 0);
            while index[axis] >= parts[k] {
                index[axis] -= parts[k];
                k += 1;
            }
            prop_assert_eq!(y.value().unwrap().data()[cell], inputs[k].data()[position(&index, &with(parts[k]))]);
        }
        both_ways_back(weighted_sum(y), &leaves)?;
    }

    #[test]
    fn matrix_products_agree_with_a_loop(
        batches in broadcastable(2), rows in 0..5usize, inner in 0..5usize, columns in 0..5usize, flip: [bool; 2],
    ) {
        let short = |batch: &Sizes| batch[batch.len().saturating_sub(3)..].to_vec();
        let batches = [short(&batches[0]), short(&batches[1])];
        let batch = common(&batches);
        prop_assume!(batch.iter().product::<usize>() * rows * inner * columns <= 2000);
        let sides = [[rows, inner], [inner, columns]];
        let shapes: [Sizes; 2] = std::array::from_fn(|k| {
            let [a, b] = sides[k];
            let matrix = if flip[k] { [b, a] } else { [a, b] };
            [batches[k].as_slice(), &matrix].concat()
        });
        let inputs = [wild(&shapes[0], 5), wild(&shapes[1], 6)];
        let graph = Graph::new();
        let leaves = [graph.leaf(&inputs[0]), graph.leaf(&inputs[1])];
        let y = graph.apply(MatMul { transpose_a: flip[0], transpose_b: flip[1] }, &leaves);
        let full = [batch.as_slice(), &[rows, columns]].concat();
        prop_assert_eq!(y.shape(), shape(&full));
        let at = |k: usize, index: &[usize], [i, j]: [usize; 2]| {
            let matrix = position(index, &batches[k]);
            let [a, b] = sides[k];
            inputs[k].data()[matrix * a * b + if flip[k] { j * a + i } else { i * b + j }]
        };
        let value = y.value().unwrap();
        for (cell, index) in indices(&full).iter().enumerate() {
            let (batch, [i, j]) = (&index[..batch.len()], [index[batch.len()], index[batch.len() + 1]]);
            let products = (0..inner).map(|k| at(0, batch, [i, k]) * at(1, batch, [k, j]));
            let (sum, size) = products.fold((0.0, 0.0), |(sum, size), p: f64| (sum + p, size + p.abs()));
            prop_assert!(close(value.data()[cell], sum, size));
        }
        both_ways_back(weighted_sum(y), &leaves)?;
        if inputs[0].data().len() + inputs[1].data().len() <= 10 {
            check::gradient(&inputs, |x| {
                weighted_sum(x[0].graph().apply(MatMul { transpose_a: flip[0], transpose_b: flip[1] }, x))
            }).unwrap();
        }
    }
}

/// A row recorded through the list is still recorded by the caller: the error has the caller's line.
#[test]
fn an_operation_from_the_list_remembers_the_callers_line() {
    let graph = Graph::new();
    let (a, b) = (graph.leaf([1.0, 2.0]), graph.leaf([1.0, 2.0, 3.0]));
    for row in rows_of(|arity| arity == 2) {
        let (y, line) = (row.apply(&[], &[a, b]), line!());
        assert_eq!(
            y.value().unwrap_err().location(),
            Some((file!(), line)),
            "{}",
            row.op.name()
        );
    }
}
