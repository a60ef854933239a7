//! The same bits on every instruction set, for one number and for many.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Float, Graph, InstructionSet, Mlp, Module, Moment, Op, Rng, Shape, Tensor, View, loss,
    nn::Activation,
    ops::{self, rows},
    optim::{Adam, Optimizer},
};
use std::sync::{Mutex, MutexGuard};

/// Held while instruction sets are forced, which are the whole process's.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The bits of a number; all NaN count as one.
fn bits<T: Float>(x: T) -> u64 {
    if x.is_nan() {
        f64::NAN.to_bits()
    } else {
        x.to_f64().to_bits()
    }
}

/// Ordinary numbers, then all that is special, in an order that brings them together in many ways.
fn numbers<T: Float>(count: usize, stride: usize) -> Vec<T> {
    let special = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        1e-300,
        -1e-300,
        1e300,
        5e-324,
        -5e-324,
        1e-40,
        -745.0,
        -710.0,
        709.0,
        88.5,
        -104.0,
        20.0,
        1e-17,
    ];
    let number = |i: usize| match i % 3 {
        0 => special[(i / 3) % special.len()],
        _ => ((i * 37) % 1009) as f64 / 50.0 - 10.0,
    };
    (0..count).map(|i| T::from_f64(number(i * stride + stride))).collect()
}

/// The value of an operation on as many cells as `x` has, and each argument's gradient.
fn value_and_gradients<T: Float>(op: &dyn Op<T>, x: &[&[T]], gradient_y: &[T]) -> Vec<Vec<u64>> {
    let shape = Shape::from([gradient_y.len()]);
    let arguments: Vec<View<T>> = x.iter().map(|x| View { data: x, shape }).collect();
    let mut y = vec![T::ZERO; gradient_y.len()];
    op.eval(&arguments, &mut y);
    let value = View { data: &y, shape };
    let mut results = vec![];
    for k in 0..x.len() {
        let mut gradient_x = vec![T::ONE; y.len()];
        let at = Moment {
            arguments: &arguments,
            value,
        };
        op.pull(k, &at, gradient_y, &mut gradient_x);
        results.push(gradient_x.into_iter().map(bits).collect());
    }
    results.push(y.iter().copied().map(bits).collect());
    results
}

fn every_row_gives_the_same_bits<T: Float>() {
    const COUNT: usize = 333;
    for row in rows::<T>() {
        let arity = row.op.arity().unwrap();
        let x: Vec<Vec<T>> = [1, 5, 11][..arity]
            .iter()
            .map(|&stride| numbers(COUNT, stride))
            .collect();
        let gradient_y = numbers::<T>(COUNT, 7);
        let slices: Vec<&[T]> = x.iter().map(Vec::as_slice).collect();
        InstructionSet::PORTABLE.force();
        let expected = value_and_gradients(row.op, &slices, &gradient_y);
        for set in InstructionSet::available() {
            set.force();
            let name = format!("{} on {}", row.op.name(), set.name());
            assert_eq!(value_and_gradients(row.op, &slices, &gradient_y), expected, "{name}");
            for i in 0..COUNT {
                let one: Vec<&[T]> = x.iter().map(|x| &x[i..][..1]).collect();
                let alone = value_and_gradients(row.op, &one, &gradient_y[i..][..1]);
                for (alone, expected) in alone.iter().zip(&expected) {
                    assert_eq!(alone[0], expected[i], "{name}, number {i}: {one:?}");
                }
            }
        }
    }
}

#[test]
fn every_pointwise_operation_has_the_same_bits_for_one_number_and_for_many() {
    let _alone = alone();
    every_row_gives_the_same_bits::<f64>();
    every_row_gives_the_same_bits::<f32>();
}

#[test]
fn every_structural_operation_has_the_same_bits_on_every_instruction_set() {
    let _alone = alone();
    for example in ops::structural::<f64>() {
        let results = InstructionSet::available().into_iter().map(|set| {
            set.force();
            let g = Graph::new();
            let arguments: Vec<_> = example
                .arguments
                .iter()
                .enumerate()
                .map(|(k, shape)| g.leaf(Tensor::from_fn(*shape, |i| ((i * 7 + k * 3) % 11) as f64 / 3.0 - 1.7)))
                .collect();
            let y = example.apply(&arguments);
            let gradients = (y * y).sum().backward().unwrap();
            let mut all: Vec<u64> = y.value().unwrap().data().iter().copied().map(bits).collect();
            for x in arguments {
                all.extend(gradients.wrt(x).iter().copied().map(bits));
            }
            (set.name(), all)
        });
        let results: Vec<_> = results.collect();
        for (name, result) in &results {
            assert_eq!(*result, results[0].1, "{:?} on {name}", example.op);
        }
    }
}

/// The bits of all weights after some steps of training.
fn trained<T: Float>(activation: &str) -> Vec<u64> {
    let rng = &mut Rng::new(3);
    let mut net: Mlp<T> = Mlp::new(&[9, 37, 20, 5], Activation::named(activation).unwrap(), rng).unwrap();
    let x = Tensor::from_fn([70, 9], |_| T::from_f64(rng.uniform(-2.0, 2.0)));
    let classes: Vec<usize> = (0..70).map(|i| i * i % 5).collect();
    let mut adam = Adam::new(0.01);
    for _ in 0..5 {
        let g = Graph::default();
        let loss = loss::cross_entropy(net.forward(g.constant(&x)), &classes);
        adam.step(&mut net, &loss.backward().unwrap());
    }
    let mut all = vec![];
    net.visit("", &mut |_, parameter| {
        all.extend(parameter.value.data().iter().copied().map(bits))
    });
    all
}

#[test]
fn training_gives_the_same_weights_on_every_instruction_set() {
    let _alone = alone();
    for activation in ["tanh", "relu", "sigmoid", "gelu_tanh", "softplus"] {
        InstructionSet::PORTABLE.force();
        let expected = (trained::<f64>(activation), trained::<f32>(activation));
        assert_eq!(expected.0.len(), 10 * 37 + 38 * 20 + 21 * 5);
        for set in InstructionSet::available() {
            set.force();
            assert_eq!(InstructionSet::in_use(), set);
            let result = (trained::<f64>(activation), trained::<f32>(activation));
            assert!(result == expected, "{activation} on {}", set.name());
        }
    }
}

/// A checksum of some bits (FNV-1a).
fn checksum(bits: &[u64]) -> u64 {
    let bytes = bits.iter().flat_map(|bits| bits.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[test]
fn training_gives_the_same_weights_on_every_machine() {
    let _alone = alone();
    let checksums = ["tanh", "sigmoid", "softplus", "gelu_tanh"].map(|activation| {
        let (wide, narrow) = (trained::<f64>(activation), trained::<f32>(activation));
        format!("{activation} {:016x} {:016x}", checksum(&wide), checksum(&narrow))
    });
    expect_test::expect![[r#"
        tanh cbc5086e6822eefe 63f0fc9600c798b2
        sigmoid 6626e4e945a8e1c1 2e5f3649e4b55d72
        softplus 10d9a55eaa435ccd 6b4194dc448e6090
        gelu_tanh 73592d7aa6750336 797983054999ebbd"#]]
    .assert_eq(&checksums.join("\n"));
}

#[test]
fn products_that_threads_share_have_the_same_bits_whatever_their_number() {
    let _alone = alone();
    // 448 · 150 · 150 multiply-adds: enough to wake sleeping threads for each of the three products.
    let results = [1, 2, 3, 4].map(|threads| {
        chainrule::set_threads(threads);
        assert_eq!(chainrule::threads(), threads);
        let g = Graph::<f32>::default();
        let number = |i: usize| ((i * 7919) % 1013) as f32 / 500.0 - 1.0;
        let (x, w) = (
            g.leaf(Tensor::from_fn([448, 150], number)),
            g.leaf(Tensor::from_fn([150, 150], number)),
        );
        let y = x.matmul(w);
        let gradients = (y * y).sum().backward().unwrap();
        let mut all: Vec<u64> = y.value().unwrap().data().iter().copied().map(bits).collect();
        for leaf in [x, w] {
            all.extend(gradients.wrt(leaf).iter().copied().map(bits));
        }
        all
    });
    chainrule::set_threads(0);
    for (i, result) in results.iter().enumerate() {
        assert!(*result == results[0], "{} threads", i + 1);
    }
}
