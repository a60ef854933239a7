//! A recorded step does what the function does, to the bit, and asks for no memory.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Graph, Mlp, Module, Param, Rng, Step, Tensor, Var,
    loss::{cross_entropy, l2_penalty, mse},
    module,
    nn::scalar,
    ops::Tanh,
    optim::{Optimizer, Sgd, clip_norm, optimizers},
    vmap,
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

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

#[test]
fn a_run_asks_for_no_memory() {
    let mut mlp = net();
    let (x, y) = (tensor(32, 3, 1), tensor(32, 2, 2));
    for choice in optimizers::<f64>() {
        let mut step = Step::new(&mut mlp, (choice.new)(0.01), |net: &Mlp, [x, y]| mse(net.forward(x), y));
        step.run([&x, &y]).unwrap();
        step.run([&x, &y]).unwrap();
        let before = ASKED.with(Cell::get);
        for _ in 0..50 {
            step.run([&x, &y]).unwrap();
        }
        assert_eq!(ASKED.with(Cell::get) - before, 0, "{}", choice.name);
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
    step.run([&x, &y]).unwrap();
    step.run([&x, &y]).unwrap();
    let before = ASKED.with(Cell::get);
    for _ in 0..50 {
        step.run([&x, &y]).unwrap();
    }
    assert_eq!(ASKED.with(Cell::get) - before, 0);
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
    let loss = step.run([&x, &y]).unwrap();
    let (opened, gradients) = step.open().unwrap();
    assert_eq!(opened.item().unwrap(), loss);
    let trace = opened.trace(Some(&gradients));
    assert!(trace.iter().any(|node| node.name.as_deref() == Some("x")));
    assert!(trace.iter().any(|node| node.name.as_deref() == Some("layers.0.weight")));
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
