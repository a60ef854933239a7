//! A recorded step does what the function does, to the bit, and asks for no memory.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Graph, Mlp, Module, Operand, Origin, Param, Rng, Shape, Step, Tensor, Var,
    loss::{cross_entropy, l2_penalty, mse},
    module,
    nn::{Activation, activations, scalar},
    ops::{Tanh, concat, rows, structural},
    optim::{Memory, Optimizer, Sgd, clip_norm, optimizers},
    stack, vmap,
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// So many recordings a step keeps.
const RECORDINGS: usize = 8;

/// Counts what this thread asks for.
struct Counting;

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches only a cell that needs no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.with(|asked| asked.set(asked.get() + 1));
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    (0..count).map(|_| rng.uniform(-1.0, 1.0)).collect()
}

fn tensor(rows: usize, columns: usize, seed: u64) -> Tensor {
    Tensor::new(numbers(rows * columns, seed), [rows, columns]).unwrap()
}

fn bits(module: &impl Module) -> Vec<u64> {
    let mut bits = vec![];
    module.visit("", &mut |_, param| {
        bits.extend(param.value.data().iter().map(|x| x.to_bits()))
    });
    bits
}

fn weights(module: &impl Module) -> Vec<f64> {
    bits(module).into_iter().map(f64::from_bits).collect()
}

fn net() -> Mlp {
    Mlp::new(&[3, 8, 5, 2], Tanh, &mut Rng::new(3)).unwrap()
}

#[test]
fn gradients_are_clipped_as_they_are_without_a_recording() {
    let (x, y) = (tensor(6, 3, 1), tensor(6, 2, 2));
    let mut moved = vec![];
    for most in [1e-3, 1e9] {
        let (mut eager, mut recorded) = (net(), net());
        let mut optimizer = Sgd::new(0.5);
        let mut step =
            Step::new(&mut recorded, Sgd::new(0.5), |net: &Mlp, [x, y]| mse(net.forward(x), y)).clip_norm(most);
        for _ in 0..5 {
            let g = Graph::new();
            let loss = mse(eager.forward(g.constant(&x)), g.constant(&y));
            let mut gradients = loss.backward().unwrap();
            assert!(clip_norm(&mut gradients, most) > 1e-3);
            optimizer.step(&mut eager, &gradients);
            step.run([&x, &y]).unwrap();
        }
        drop(step);
        let (eager, recorded) = (weights(&eager), weights(&recorded));
        for (a, b) in eager.iter().zip(&recorded) {
            assert!((a - b).abs() < 1e-14, "{a}, not {b}");
        }
        moved.push(
            weights(&net())
                .iter()
                .zip(&recorded)
                .map(|(a, b)| (a - b).powi(2))
                .sum::<f64>()
                .sqrt(),
        );
    }
    // Five moves of rate times norm at most; without a bound they go much further.
    assert!(
        moved[0] <= 5.0 * 0.5 * 1e-3 * 1.000_001 && moved[1] > 10.0 * moved[0],
        "{moved:?}"
    );
}

#[test]
fn every_optimizer_moves_as_it_does_without_a_recording() {
    for choice in optimizers::<f64>() {
        let (mut eager, mut recorded) = (net(), net());
        let batches: Vec<(Tensor, Tensor)> = (0..7).map(|k| (tensor(6, 3, k), tensor(6, 2, 100 + k))).collect();
        let mut optimizer = (choice.new)(choice.learning_rate);
        let mut losses = vec![];
        for (x, y) in batches.iter().cycle().take(200) {
            let g = Graph::new();
            let loss = mse(eager.forward(g.constant(x)), g.constant(y)) + l2_penalty(&g, &eager) * 0.01;
            losses.push(loss.item().unwrap());
            optimizer.step(&mut eager, &loss.backward().unwrap());
        }
        let mut step = Step::new(
            &mut recorded,
            (choice.new)(choice.learning_rate),
            |net: &Mlp, [x, y]| mse(net.forward(x), y) + l2_penalty(x.graph(), net) * 0.01,
        );
        for ((x, y), loss) in batches.iter().cycle().take(200).zip(losses) {
            assert_eq!(step.run([x, y]).unwrap(), loss, "{}", choice.name);
        }
        drop(step);
        assert_eq!(bits(&eager), bits(&recorded), "{}", choice.name);
    }
}

#[test]
fn inputs_may_change_their_shape_and_parameters_follow() {
    let (mut eager, mut recorded) = (net(), net());
    let rows = [6, 6, 2, 6, 1, 2, 6];
    let mut sgd = Sgd::new(0.1).momentum(0.9);
    for (k, &rows) in rows.iter().enumerate() {
        let g = Graph::new();
        let loss = mse(
            eager.forward(g.constant(tensor(rows, 3, k as u64))),
            g.constant(tensor(rows, 2, 50)),
        );
        sgd.step(&mut eager, &loss.backward().unwrap());
    }
    let mut step = Step::new(&mut recorded, Sgd::new(0.1).momentum(0.9), |net: &Mlp, [x, y]| {
        mse(net.forward(x), y)
    });
    for (k, &rows) in rows.iter().enumerate() {
        step.run([&tensor(rows, 3, k as u64), &tensor(rows, 2, 50)]).unwrap();
    }
    assert_eq!(bits(step.module()), bits(&eager));
    drop(step);
    assert_eq!(bits(&recorded), bits(&eager));
}

/// How often a run asks for memory once it is recorded.
fn asks<M: Module, O: Optimizer<f64>, const N: usize>(
    step: &mut Step<'_, M, O, impl for<'g> Fn(&M, [Var<'g>; N]) -> Var<'g>, N>,
    inputs: [&Tensor; N],
) -> u64 {
    // A debug build compares the second run with the function.
    for _ in 0..2 {
        step.run(inputs).unwrap();
    }
    let before = ASKED.with(Cell::get);
    for _ in 0..5 {
        step.run(inputs).unwrap();
    }
    ASKED.with(Cell::get) - before
}

#[test]
fn whatever_fit_can_train_asks_for_no_memory() {
    for activation in activations() {
        let widths = [4, 9, 3];
        let activation = Activation::named(activation).unwrap();
        let mut mlp = Mlp::new(&widths, activation.clone(), &mut Rng::new(3)).unwrap();
        for choice in optimizers::<f64>() {
            let new = || (choice.new)(0.01);
            for rows in [1, 2, 7, 32] {
                let (x, y) = (tensor(rows, 4, 1), tensor(rows, 3, 2));
                let classes = Tensor::from_fn([rows], |row| (row % 3) as f64);
                let mut step = Step::new(&mut mlp, new(), |net: &Mlp, [x, y]| mse(net.forward(x), y));
                assert_eq!(asks(&mut step, [&x, &y]), 0, "{activation} {} {rows}", choice.name);
                drop(step);
                let mut step = Step::new(&mut mlp, new(), |net: &Mlp, [x, y]| cross_entropy(net.forward(x), y));
                assert_eq!(
                    asks(&mut step, [&x, &classes]),
                    0,
                    "{activation} {} {rows}",
                    choice.name
                );
            }
        }
    }
}

/// Some parameters, one for each argument of an operation.
struct Arguments {
    all: Vec<Param>,
}
module!(Arguments { all });

/// How often a run of some operation on parameters asks for memory.
fn operation_asks(inputs: &[Tensor], given: impl Fn(usize) -> bool, op: impl for<'g> Fn(&[Var<'g>]) -> Var<'g>) -> u64 {
    let all = inputs.iter().map(|input| Param::new(input.clone())).collect();
    let mut arguments = Arguments { all };
    let mut step = Step::new(&mut arguments, Sgd::new(1e-3), |arguments: &Arguments, [one]| {
        let values = arguments.all.iter().enumerate().map(|(k, param)| match given(k) {
            true => one.graph().constant(&param.value),
            false => one * param,
        });
        op(&values.collect::<Vec<_>>()).square().sum()
    });
    asks(&mut step, [&Tensor::from(1.0)])
}

#[test]
fn no_operation_asks_for_memory() {
    for row in rows::<f64>() {
        for shapes in [
            [&[4, 3][..]; 3],
            [&[], &[], &[]],
            [&[4, 3], &[3], &[4, 1]],
            [&[1], &[40, 9], &[]],
        ] {
            let arity = row.op.arity().unwrap();
            let points = row.op.try_at();
            let input = |sizes: &&[usize]| Tensor::from_fn(Shape::new(sizes).unwrap(), |i| points[i % points.len()]);
            let inputs: Vec<Tensor> = shapes.iter().take(arity).map(input).collect();
            let asked = operation_asks(&inputs, |_| false, |x| row.apply(&[], x));
            assert_eq!(asked, 0, "{} {shapes:?}", row.op.name());
        }
    }
    for example in structural::<f64>() {
        let given = |k: usize| example.given.iter().any(|(given, _)| *given == k);
        let asked = operation_asks(&example.inputs(), given, |x| example.apply(x));
        assert_eq!(asked, 0, "{:?} {:?}", example.op, example.arguments);
    }
}

#[test]
fn networks_of_single_numbers_ask_for_no_memory_either() {
    let mut net: scalar::Mlp = scalar::Mlp::new(&[3, 8, 5, 1], Tanh, &mut Rng::new(3));
    let (x, y) = (tensor(32, 3, 1), tensor(32, 1, 2));
    let mut step = Step::new(&mut net, Sgd::new(0.1), |net: &scalar::Mlp, [x, y]| {
        vmap([x, y], |[x, y]| {
            (net.forward(&[x.at(0), x.at(1), x.at(2)])[0] - y.at(0)).square()
        })
        .mean()
    });
    assert_eq!(asks(&mut step, [&x, &y]), 0);
}

#[test]
fn what_is_joined_lies_together_and_is_seen_through_all_the_same() {
    struct Parts {
        a: Param,
        b: Param,
        c: Param,
    }
    module!(Parts { a, b, c });
    fn loss<'g>(parts: &Parts, x: Var<'g>) -> Var<'g> {
        let [a, b, c] = [&parts.a, &parts.b, &parts.c].map(|param| param.on(x.graph()));
        // Used before they are joined, which is behind; one joins twice, one is computed, one is in two joints.
        let early = a * a + c.sum();
        let row = stack(&[b * a, a, early]).unwrap();
        let joined = concat(&[row.reshape([1, 3]).reshape([3]), c], 0).unwrap();
        let twice = stack(&[a, b, b]).unwrap() * x;
        let known = stack(&[x.graph().constant(2.0), x.graph().constant(3.0).exp()]).unwrap();
        (joined * joined).sum() + twice.sum() + stack(&[b, a]).unwrap().square().mean() + (known * early).sum()
    }
    let parts = || Parts {
        a: Param::new(0.5),
        b: Param::new(-0.3),
        c: Param::new([0.2, 0.7]),
    };
    let (mut eager, mut recorded) = (parts(), parts());
    let (x, mut sgd) = (tensor(1, 3, 1), Sgd::new(0.01).momentum(0.5));
    let mut step = Step::new(&mut recorded, Sgd::new(0.01).momentum(0.5), |parts: &Parts, [x]| {
        loss(parts, x)
    });
    for run in 0..5 {
        let g = Graph::new();
        let expected = loss(&eager, g.constant(&x));
        if run > 0 {
            let (opened, gradients) = step.open().unwrap();
            let ours = opened.trace(Some(&gradients));
            assert_eq!(ours, expected.trace(Some(&expected.backward().unwrap())));
        }
        sgd.step(&mut eager, &expected.backward().unwrap());
        let loss = step.run([&x]).unwrap();
        assert_eq!(loss.to_bits(), expected.item().unwrap().to_bits());
        assert_eq!(bits(step.module()), bits(&eager));
    }
    assert_eq!(asks(&mut step, [&x]), 0);
}

#[test]
fn frozen_parameters_stay_and_shared_ones_move_once() {
    struct Tied {
        weight: Param,
        scale: Param,
    }
    module!(Tied { weight, scale });
    let mut tied = Tied {
        weight: Param::new(2.0),
        scale: Param::new(5.0),
    };
    tied.set_trainable("scale", false);
    let x = Tensor::new(vec![1.0], [1]).unwrap();
    let mut step = Step::new(&mut tied, Sgd::new(0.1), |tied: &Tied, [x]| {
        (x * &tied.weight * &tied.weight * &tied.scale).sum()
    });
    assert_eq!(step.run([&x]).unwrap(), 20.0);
    drop(step);
    assert_eq!(
        (tied.weight.value.data(), tied.scale.value.data()),
        (&[0.0][..], &[5.0][..])
    );
}

#[test]
fn a_recording_can_be_opened_and_seen_through() {
    let mut mlp = net();
    let (x, y) = (tensor(4, 3, 1), tensor(4, 2, 2));
    let mut step = Step::new(&mut mlp, Sgd::new(0.1), |net: &Mlp, [x, y]| {
        mse(net.forward(x.named("x")), y)
    });
    assert!(step.open().is_err());
    step.run([&x, &y]).unwrap();
    step.run([&x, &y]).unwrap();
    // After module(), too, which takes the parameters out of the recording.
    for seen in [false, true] {
        if seen {
            step.module();
        }
        let trace = |loss: Var<'_>| format!("{:?}", loss.trace(Some(&loss.backward().unwrap())));
        let (opened, gradients) = step.open().unwrap();
        let ours = format!("{:?}", opened.trace(Some(&gradients)));
        assert!(ours.contains("layers.0.weight"));
        let g = Graph::new();
        let [x, y] = [&x, &y].map(|input| g.constant(input));
        let theirs = trace(mse(step.module().forward(x.named("x")), y));
        assert_eq!(ours, theirs);
    }
}

#[test]
fn what_is_opened_is_a_step_further_than_what_was_run() {
    struct Weight {
        w: Param,
    }
    module!(Weight { w });
    let mut module = Weight { w: Param::new(2.0) };
    let x = Tensor::new(vec![1.0], [1]).unwrap();
    let mut step = Step::new(&mut module, Sgd::new(0.1), |m: &Weight, [x]| (x * &m.w * &m.w).sum());
    assert_eq!(step.run([&x]).unwrap(), 4.0);
    // w was moved to 1.6: the loss is 2.56 there, its slope 3.2.
    let (loss, gradients) = step.open().unwrap();
    let trace = loss.trace(Some(&gradients));
    let w = trace.iter().find(|node| node.origin == Origin::Leaf).unwrap();
    assert_eq!(
        (loss.item().unwrap(), w.gradient.as_deref()),
        (1.6 * 1.6, Some(&[3.2][..]))
    );
}

#[test]
fn a_batch_without_rows_is_what_the_graph_makes_of_it() {
    let (mut eager, mut recorded) = (net(), net());
    let (x, y) = (tensor(0, 3, 1), tensor(0, 2, 2));
    let g = Graph::new();
    let loss = mse(eager.forward(g.constant(&x)), g.constant(&y));
    Sgd::new(0.1).step(&mut eager, &loss.backward().unwrap());
    let mut step = Step::new(&mut recorded, Sgd::new(0.1), |net: &Mlp, [x, y]| mse(net.forward(x), y));
    assert!(loss.item().unwrap().is_nan() && step.run([&x, &y]).unwrap().is_nan());
    drop(step);
    assert_eq!(bits(&eager), bits(&recorded));

    struct Weight {
        w: Param,
    }
    module!(Weight { w });
    let mut module = Weight {
        w: Param::new([1.0, 2.0, 3.0]),
    };
    let x = tensor(3, 1, 3);
    let mut step = Step::new(&mut module, Sgd::new(0.1), |m: &Weight, [x]| {
        let product = x.reshape([3]) * &m.w;
        concat(&[product.slice(0, 0..0), product.slice(0, 1..1)], 0)
            .unwrap()
            .sum()
    });
    assert_eq!(step.run([&x]).unwrap(), 0.0);
    drop(step);
    assert_eq!(module.w.value.data(), [1.0, 2.0, 3.0]);
}

/// Replaces weights by their gradients, to see these.
#[derive(Debug)]
struct Shown;

impl Optimizer<f64> for Shown {
    fn name(&self) -> &'static str {
        "shown"
    }
    fn learning_rate(&self) -> f64 {
        1.0
    }
    fn set_learning_rate(&mut self, _: f64) {}
    fn update(&mut self, _: usize, weights: &mut [f64], gradient: &[f64]) {
        weights.copy_from_slice(gradient);
    }
    fn memory(&self) -> &[Memory<f64>] {
        &[]
    }
    fn remember(&mut self, _: Vec<Memory<f64>>) {}
}

#[test]
fn zeros_keep_their_sign() {
    struct Weight {
        w: Param,
    }
    module!(Weight { w });
    let new = || Weight {
        w: Param::new([2.0, 3.0]),
    };
    let (mut eager, mut recorded) = (new(), new());
    let x = Tensor::new(vec![-0.0, 0.0], [2]).unwrap();
    let g = Graph::new();
    let loss = (g.constant(&x) * &eager.w).sum();
    Shown.step(&mut eager, &loss.backward().unwrap());
    let mut step = Step::new(&mut recorded, Shown, |m: &Weight, [x]| (x * &m.w).sum());
    step.run([&x]).unwrap();
    drop(step);
    assert_eq!(bits(&eager), bits(&recorded));
}

#[test]
#[cfg_attr(miri, ignore)]
fn a_loss_of_many_parts_is_recorded_in_no_time() {
    struct Weight {
        w: Param,
    }
    module!(Weight { w });
    let mut module = Weight { w: Param::new(0.5) };
    let x = tensor(1, 1, 3);
    // Every pair of a hundred thousand would take minutes.
    let mut step = Step::new(&mut module, Sgd::new(0.1), |m: &Weight, [x]| {
        let each = x.reshape([]) * &m.w;
        let parts: Vec<Var<'_>> = (0..100_000).map(|_| -each).collect();
        stack(&parts).unwrap().mean()
    });
    step.run([&x]).unwrap();
    drop(step);
    assert!((module.w.value.data()[0] - (0.5 + 0.1 * x.data()[0])).abs() < 1e-9);
}

#[test]
fn only_the_newest_recordings_are_kept() {
    let calls = Cell::new(0);
    let mut mlp = net();
    let mut step = Step::new(&mut mlp, Sgd::new(0.1), |net: &Mlp, [x, y]| {
        calls.set(calls.get() + 1);
        mse(net.forward(x), y)
    });
    let mut run = |rows: usize| {
        let before = calls.get();
        step.run([&tensor(rows, 3, 1), &tensor(rows, 2, 2)]).unwrap();
        calls.get() - before
    };
    for rows in 1..=RECORDINGS {
        assert!(run(rows) > 0, "{rows}");
    }
    run(RECORDINGS + 1); // drops the oldest, that of 1 row
    assert_eq!((2..=RECORDINGS).map(&mut run).filter(|&calls| calls > 1).count(), 0);
    assert!(run(1) > 0);
}

/// Numbers that stay are not copied again; so every way in which they can become others must be seen.
#[test]
fn inputs_may_be_other_tensors_clones_and_changed_in_place() {
    let mut mlp = net();
    let mut step = Step::new(&mut mlp, Sgd::new(0.0), |net: &Mlp, [x, y]| mse(net.forward(x), y));
    let (mut x, y) = (tensor(4, 3, 1), tensor(4, 2, 2));
    let loss = |x: &Tensor, y: &Tensor| {
        let g = Graph::new();
        mse(net().forward(g.constant(x)), g.constant(y)).item().unwrap()
    };
    let first = step.run([&x, &y]).unwrap();
    assert_eq!((first, step.run([&x, &y]).unwrap()), (loss(&x, &y), first));
    let mut clone = x.clone();
    assert_eq!(step.run([&clone, &y]).unwrap(), first);
    clone.data_mut()[5] = 2.0;
    assert_eq!(step.run([&x, &y]).unwrap(), first);
    assert_eq!(step.run([&clone, &y]).unwrap(), loss(&clone, &y));
    x.data_mut().copy_from_slice(tensor(4, 3, 7).data());
    assert_eq!(step.run([&x, &y]).unwrap(), loss(&x, &y));
    x = tensor(4, 3, 8);
    assert_eq!(step.run([&x, &y]).unwrap(), loss(&x, &y));
    // Another recording in between, and back.
    let few = (tensor(2, 3, 9), tensor(2, 2, 9));
    assert_eq!(step.run([&few.0, &few.1]).unwrap(), loss(&few.0, &few.1));
    assert_eq!(step.run([&clone, &y]).unwrap(), loss(&clone, &y));
    let (opened, _) = step.open().unwrap();
    let of_x = opened
        .trace(None)
        .into_iter()
        .find(|node| node.shape == x.shape())
        .unwrap();
    assert_eq!(of_x.value, clone.data());
}

#[test]
fn what_cannot_be_recorded_is_said() {
    let message = |loss: for<'g> fn(&Mlp, [Var<'g>; 2]) -> Var<'g>| {
        let mut mlp = net();
        let mut step = Step::new(&mut mlp, Sgd::new(0.1), loss);
        let mut said = String::new();
        for k in 0..200 {
            if let Err(error) = step.run([&tensor(4, 3, k), &tensor(4, 2, k)]) {
                said = error.to_string();
                break;
            }
        }
        said.split(" (at ").next().unwrap().to_string()
    };
    let not_one: for<'g> fn(&Mlp, [Var<'g>; 2]) -> Var<'g> = |net, [x, _]| net.forward(x);
    assert!(message(not_one).contains("needs one number to differentiate, got a value of shape [4, 2]"));
    let faulty: for<'g> fn(&Mlp, [Var<'g>; 2]) -> Var<'g> = |net, [_, y]| net.forward(y).sum();
    assert!(message(faulty).contains("Linear"));
    let other: for<'g> fn(&Mlp, [Var<'g>; 2]) -> Var<'g> = |net, [x, y]| match x.sum().item() {
        Ok(sum) if sum > 0.0 => mse(net.forward(x), y),
        _ => mse(net.forward(x), y) * 2.0,
    };
    assert!(!cfg!(debug_assertions) || message(other).contains("does other operations for other numbers"));
}

#[test]
fn classes_are_inputs_too() {
    let (mut eager, mut recorded) = (net(), net());
    let labels: Vec<Vec<usize>> = (0..5).map(|k| (0..6).map(|row| (row * k + k) % 2).collect()).collect();
    let mut sgd = Sgd::new(0.1);
    for (k, labels) in labels.iter().enumerate() {
        let g = Graph::new();
        let loss = cross_entropy(eager.forward(g.constant(tensor(6, 3, k as u64))), labels);
        sgd.step(&mut eager, &loss.backward().unwrap());
    }
    let mut step = Step::new(&mut recorded, Sgd::new(0.1), |net: &Mlp, [x, y]| {
        cross_entropy(net.forward(x), y)
    });
    for (k, labels) in labels.iter().enumerate() {
        let labels = Tensor::new(labels.iter().map(|&label| label as f64).collect(), [6]).unwrap();
        step.run([&tensor(6, 3, k as u64), &labels]).unwrap();
    }
    drop(step);
    assert_eq!(bits(&eager), bits(&recorded));
}

/// Weights of several kinds for many rows.
struct Large {
    net: Mlp,
    scale: Param,
    each_row: Param,
    each_column: Param,
}
module!(Large {
    net,
    scale,
    each_row,
    each_column
});

fn large() -> Large {
    Large {
        net: Mlp::new(&[6, 8, 3], Tanh, &mut Rng::new(5)).unwrap(),
        scale: Param::new(0.7),
        each_row: Param::new(tensor(ROWS, 1, 6)),
        each_column: Param::new(numbers(3, 7)),
    }
}

/// More rows than fit in the cache, and not a multiple of anything.
const ROWS: usize = 8111;

/// A few steps of a recording have the bits of as many steps of the function, and so has what is opened.
#[track_caller]
fn replays_as_it_is(loss: impl for<'g> Fn(&Large, [Var<'g>; 2]) -> Var<'g> + Copy) {
    let (mut eager, mut recorded) = (large(), large());
    let batches: Vec<(Tensor, Tensor)> = (0..3).map(|k| (tensor(ROWS, 6, k), tensor(ROWS, 3, 100 + k))).collect();
    let (mut sgd, mut losses) = (Sgd::new(0.05).momentum(0.9), vec![]);
    for (x, y) in &batches {
        let g = Graph::new();
        let loss = loss(&eager, [g.constant(x), g.constant(y)]);
        losses.push(loss.item().unwrap().to_bits());
        sgd.step(&mut eager, &loss.backward().unwrap());
    }
    let mut step = Step::new(&mut recorded, Sgd::new(0.05).momentum(0.9), loss);
    for ((x, y), expected) in batches.iter().zip(losses) {
        assert_eq!(step.run([x, y]).unwrap().to_bits(), expected);
    }
    assert_eq!(bits(step.module()), bits(&eager));
    let (x, y) = &batches[2];
    {
        let g = Graph::new();
        let expected = loss(&eager, [g.constant(x), g.constant(y)]);
        let (opened, gradients) = step.open().unwrap();
        let (ours, theirs) = (
            opened.trace(Some(&gradients)),
            expected.trace(Some(&expected.backward().unwrap())),
        );
        assert!(ours == theirs, "what is opened is not what the function does");
    }
    assert_eq!(asks(&mut step, [x, y]), 0);
}

#[test]
fn many_rows_do_what_the_function_does() {
    // All of it goes there and back by blocks.
    replays_as_it_is(|large, [x, y]| mse(large.net.forward(x), y));
    replays_as_it_is(|large, [x, y]| (large.net.forward(x) * &large.scale - y).abs().sum());
    // Every row has a weight of its own; a value is used twice, and handed on as it is to one of its users.
    replays_as_it_is(|large, [x, y]| {
        let z = large.net.forward(x) * &large.each_row + &large.each_column;
        let sum = z + y;
        (sum * z.sigmoid() + sum).square().mean()
    });
    // A penalty before the run, after it, and on what the run does not use.
    replays_as_it_is(|large, [x, y]| l2_penalty(x.graph(), &large.net) * 0.1 + mse(large.net.forward(x), y));
    replays_as_it_is(|large, [x, y]| mse(large.net.forward(x), y) + l2_penalty(x.graph(), &large.net) * 0.1);
    replays_as_it_is(|large, [x, y]| {
        let weights = [&large.scale, &large.each_column].map(|weight| weight.on(x.graph()).square().sum());
        mse(large.net.forward(x), y) + weights[0] * weights[1]
    });
    // The loss is no sum, or one of values of which something else is used; a weight that all rows share is used twice.
    replays_as_it_is(|large, [x, y]| mse(large.net.forward(x), y).sqrt());
    replays_as_it_is(|large, [x, y]| {
        let errors = (large.net.forward(x) - y).square();
        errors.mean() + errors.max()
    });
    replays_as_it_is(|large, [x, y]| {
        let z = large.net.forward(x) * &large.scale;
        (z * &large.scale - y).square().mean()
    });
    // Rows are mixed in the middle, and what comes before goes by rows as well.
    replays_as_it_is(|large, [x, y]| {
        let z = large.net.forward(x);
        (z - z.mean_over(0) - y).square().sum()
    });
    replays_as_it_is(|large, [x, y]| {
        (large.net.forward(x).reshape([3 * ROWS]) - y.reshape([3 * ROWS]))
            .square()
            .mean()
    });
}

#[test]
fn many_classified_rows_do_what_the_function_does() {
    let classes = Tensor::from_fn([ROWS], |row| (row % 3) as f64);
    let (mut eager, mut recorded, x) = (large(), large(), tensor(ROWS, 6, 1));
    let mut sgd = Sgd::new(0.05);
    let mut step = Step::new(&mut recorded, Sgd::new(0.05), |large: &Large, [x, y]| {
        cross_entropy(large.net.forward(x), y)
    });
    for _ in 0..3 {
        let g = Graph::new();
        let loss = cross_entropy(eager.net.forward(g.constant(&x)), g.constant(&classes));
        sgd.step(&mut eager, &loss.backward().unwrap());
        assert_eq!(
            step.run([&x, &classes]).unwrap().to_bits(),
            loss.item().unwrap().to_bits()
        );
    }
    for (a, b) in eager.net.layers.iter().zip(&step.module().net.layers) {
        assert_eq!(bits(a), bits(b));
    }
    assert_eq!(asks(&mut step, [&x, &classes]), 0);
}
