//! Predictions straight from the weights are what the graph computes, to the bit, from any thread, without memory.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Float, Graph, InstructionSet, Linear, Mlp, Param, Rng, Tensor,
    nn::{Activation, activations},
    ops::{Add, LeakyRelu, Num, Softmax, Tanh, rows},
    pointwise,
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::{Mutex, MutexGuard, OnceLock},
    thread,
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

/// Held while instruction sets are forced, which are the whole process's.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// The bits of some numbers; all NaN count as one.
fn bits<T: Float>(x: &[T]) -> Vec<u64> {
    let bits = |x: &T| {
        if x.is_nan() {
            f64::NAN.to_bits()
        } else {
            x.to_f64().to_bits()
        }
    };
    x.iter().map(bits).collect()
}

fn numbers<T: Float>(count: usize, rng: &mut Rng) -> Vec<T> {
    (0..count).map(|_| T::from_f64(rng.uniform(-3.0, 3.0))).collect()
}

/// A network of these widths with this nonlinearity after every layer, the last included or not.
fn net<T: Float>(widths: &[usize], activation: Activation<T>, last: bool, rng: &mut Rng) -> Mlp<T> {
    let mut activations = vec![activation; widths.len() - 1];
    if !last {
        activations[widths.len() - 2] = Activation::identity();
    }
    Mlp::with_activations(widths, activations, rng).unwrap()
}

/// Holds what a network predicts for some rows, on every instruction set, against what its graph gives.
fn predicts_what_the_graph_gives<T: Float>(net: &Mlp<T>, x: &[T], rows: usize) {
    let shape = [rows, x.len() / rows];
    let graph = Graph::default();
    let expected = net.forward(graph.tensor(x, shape)).value().unwrap();
    let tensor = Tensor::new(x.to_vec(), shape).unwrap();
    let mut out = vec![T::from_f64(7.0); expected.data().len()];
    for set in InstructionSet::available() {
        set.force();
        let name = format!("{rows} rows of {net} on {}", set.name());
        let predicted = net.predict(&tensor).unwrap();
        assert_eq!(predicted.shape(), expected.shape(), "{name}");
        assert!(bits(predicted.data()) == bits(expected.data()), "{name}");
        out.fill(T::from_f64(7.0));
        net.predict_into(x, &mut out).unwrap();
        assert!(bits(&out) == bits(expected.data()), "{name}, into a slice");
    }
}

fn networks_of_all_widths<T: Float>() {
    let rng = &mut Rng::new(1);
    let widths: [&[usize]; 9] = [
        &[1, 1],
        &[4, 16, 16, 3],
        &[3, 8, 1],
        &[5, 17, 2],
        &[9, 33, 7, 20, 4],
        &[24, 31, 64],
        &[2, 60, 41],
        &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
        &[66, 520, 2],
    ];
    for widths in widths {
        let large = widths[1] == 520; // so that its rows are taken in blocks of 128
        let counts: &[usize] = if large {
            &[1, 2, 131]
        } else {
            &[1, 2, 4, 5, 16, 17, 300]
        };
        for last in [false, true] {
            if large && last {
                continue;
            }
            let net = net::<T>(widths, Activation::named("tanh").unwrap(), last, rng);
            for &rows in counts {
                predicts_what_the_graph_gives(&net, &numbers(rows * widths[0], rng), rows);
            }
        }
    }
}

#[test]
fn networks_of_all_widths_predict_what_the_graph_gives() {
    let _alone = alone();
    networks_of_all_widths::<f64>();
    networks_of_all_widths::<f32>();
}

fn every_nonlinearity<T: Float>()
where
    Activation<T>: From<LeakyRelu>,
{
    let rng = &mut Rng::new(2);
    let named = rows::<T>()
        .iter()
        .filter(|row| row.op.arity() == Some(1))
        .map(|row| row.op.name());
    let named: Vec<&str> = named.chain(["identity"]).collect();
    assert!(activations().iter().all(|name| named.contains(name)));
    let mut all: Vec<Activation<T>> = named.iter().map(|name| Activation::named(name).unwrap()).collect();
    all.push(LeakyRelu { slope: 0.3 }.into());
    for activation in all {
        let net = net::<T>(&[3, 18, 5], activation, true, rng);
        for rows in [1, 37] {
            let mut x = numbers(rows * 3, rng);
            predicts_what_the_graph_gives(&net, &x, rows);
            let special = [f64::NAN, f64::INFINITY, -0.0, 1e300];
            for (x, special) in x.iter_mut().zip(special) {
                *x = T::from_f64(special);
            }
            predicts_what_the_graph_gives(&net, &x, rows);
        }
    }
}

#[test]
fn every_nonlinearity_gives_what_it_gives_in_the_graph() {
    let _alone = alone();
    every_nonlinearity::<f64>();
    every_nonlinearity::<f32>();
}

#[test]
fn unusual_networks_predict_what_the_graph_gives() {
    let _alone = alone();
    let rng = &mut Rng::new(3);
    let x = numbers::<f64>(12, rng);
    // A nonlinearity that looks at a whole row, and even at a whole column.
    for axis in [-1, 0] {
        let net = net(&[3, 5, 2], Softmax { axis }.into(), true, rng);
        predicts_what_the_graph_gives(&net, &x, 4);
    }
    let mut wide = net(&[3, 5, 2], Tanh.into(), true, rng);
    wide.layers[1].bias = Param::new([0.5]);
    predicts_what_the_graph_gives(&wide, &x, 4);
    wide.activations.pop();
    predicts_what_the_graph_gives(&wide, &x, 4);
    wide.layers.insert(1, Linear::new(5, 5, rng));
    predicts_what_the_graph_gives(&wide, &x, 4);
    let nothing: Mlp = Mlp {
        layers: vec![],
        activations: vec![],
    };
    predicts_what_the_graph_gives(&nothing, &x, 12);
    // One row without an axis for rows, rows with two, and no rows at all.
    let net = net(&[3, 5, 2], Tanh.into(), true, rng);
    let g = Graph::new();
    for shape in [vec![3], vec![2, 2, 3], vec![0, 3]] {
        let shape = chainrule::Shape::new(&shape).unwrap();
        let x = Tensor::from_fn(shape, |i| i as f64 - 1.0);
        assert_eq!(net.predict(&x).unwrap(), net.forward(g.constant(&x)).value().unwrap());
    }
    net.predict_into(&[], &mut []).unwrap();
    let large = Mlp::new(&[300, 300, 2], Tanh, rng).unwrap();
    assert_eq!(
        large.predict(&Tensor::from_fn([0, 300], |_| 0.0)).unwrap().shape(),
        [0, 2].into()
    );
}

#[test]
fn predictions_into_a_slice_ask_for_no_memory() {
    let _alone = alone();
    let rng = &mut Rng::new(4);
    for widths in [&[4, 16, 16, 3][..], &[30, 70, 5], &[66, 520, 2]] {
        let net: Mlp<f32> = Mlp::new(widths, Tanh, rng).unwrap();
        for rows in [1, 200] {
            let x = numbers(rows * widths[0], rng);
            let mut out = vec![0.0; rows * widths[widths.len() - 1]];
            net.predict_into(&x, &mut out).unwrap();
            let before = ASKED.get();
            net.predict_into(&x, &mut out).unwrap();
            assert_eq!(ASKED.get(), before, "{rows} rows of {net}");
        }
    }
}

#[test]
fn one_network_answers_many_threads_at_once() {
    let _alone = alone();
    let rng = &mut Rng::new(5);
    for widths in [&[4, 16, 16, 3][..], &[30, 70, 5], &[66, 520, 2]] {
        let net: &Mlp = &Mlp::new(widths, Tanh, rng).unwrap();
        let rows = if widths[1] == 520 { 3 } else { 70 };
        let x: &Vec<f64> = &numbers(rows * widths[0], rng);
        let mut expected = vec![0.0; rows * widths[widths.len() - 1]];
        net.predict_into(x, &mut expected).unwrap();
        let expected = &expected;
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(move || {
                    let mut out = vec![0.0; expected.len()];
                    for _ in 0..10 {
                        net.predict_into(x, &mut out).unwrap();
                        assert_eq!(out, *expected);
                        let (one, of_one) = (&x[..widths[0]], &mut out[..widths[widths.len() - 1]]);
                        net.predict_into(one, of_one).unwrap();
                        assert_eq!(*of_one, expected[..of_one.len()]);
                    }
                });
            }
        });
    }
}

/// What a small network answers to a number.
fn inner(x: f64) -> f64 {
    static NET: OnceLock<Mlp> = OnceLock::new();
    let net = NET.get_or_init(|| Mlp::new(&[1, 90, 1], Tanh, &mut Rng::new(6)).unwrap());
    let mut y = [0.0];
    net.predict_into(&[x], &mut y).unwrap();
    y[0]
}

pointwise! {
    /// A network as a nonlinearity. Source: this test.
    Nested nested "nested" (x) -> y = Num(T::from_f64(inner(x.0.to_f64()))); g => g * x; at [0.5];
}

#[test]
fn a_nonlinearity_may_predict_with_a_network_of_its_own() {
    let _alone = alone();
    let rng = &mut Rng::new(7);
    let net: Mlp = net(&[3, 90, 2], Nested.into(), true, rng);
    for rows in [1, 20] {
        predicts_what_the_graph_gives(&net, &numbers(rows * 3, rng), rows);
    }
}

#[test]
fn networks_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Mlp<f32>>();
    shared::<Mlp<f64>>();
    shared::<Activation>();
}

#[test]
fn numbers_that_do_not_fit_are_refused_with_a_line() {
    let net: Mlp = Mlp::new(&[4, 2, 3], Tanh, &mut Rng::new(8)).unwrap();
    let (error, line) = (net.predict_into(&[0.0; 7], &mut [0.0; 6]).unwrap_err(), line!());
    assert!(error.is_shape());
    assert_eq!(error.location(), Some((file!(), line)));
    let at = format!(" (at {}:{line})", file!());
    expect_test::expect![[
        r#"Mlp: 7 numbers are no whole rows of 4; give all numbers of each row, one row after the other"#
    ]]
    .assert_eq(&error.to_string().replace(&at, ""));
    let (error, line) = (net.predict_into(&[0.0; 8], &mut [0.0; 4]).unwrap_err(), line!());
    assert!(error.is_shape());
    let at = format!(" (at {}:{line})", file!());
    expect_test::expect![[r#"Mlp: 8 numbers give 6, and there is room for 4; make `out` 6 numbers long"#]]
        .assert_eq(&error.to_string().replace(&at, ""));
    // A nonlinearity of two numbers, and a network that does not fit together, are refused as in the graph.
    let mut broken = net;
    let hidden = std::mem::replace(&mut broken.activations[0], Add.into());
    let (error, line) = (broken.predict_into(&[0.0; 8], &mut [0.0; 6]).unwrap_err(), line!());
    let at = format!(" (at {}:{line})", file!());
    expect_test::expect!["add: 1 arguments, but it takes 2"].assert_eq(&error.to_string().replace(&at, ""));
    broken.activations[0] = hidden;
    broken.layers[1] = Linear::new(5, 3, &mut Rng::new(9));
    let (error, line) = (broken.predict_into(&[0.0; 8], &mut [0.0; 6]).unwrap_err(), line!());
    assert_eq!(error.location(), Some((file!(), line)));
    let at = format!(" (at {}:{line})", file!());
    expect_test::expect!["Linear(5 → 3): expects rows of 5 numbers, got shape [2, 2]; make the layer for 2 numbers, or give an argument whose last axis is 5"].assert_eq(&error.to_string().replace(&at, ""));
}

#[test]
fn a_network_without_inputs_gives_its_biases() {
    let of = |outputs: usize| Mlp::<f64> {
        layers: vec![Linear {
            weight: Param::new(Tensor::full([0, outputs], 0.0)),
            bias: Param::new(vec![1.5; outputs]),
        }],
        activations: vec![Activation::identity()],
    };
    for outputs in [3, 40] {
        let (mlp, x) = (of(outputs), Tensor::full([5, 0], 0.0));
        let g = Graph::new();
        let expected = mlp.forward(g.constant(&x)).value().unwrap();
        let predicted = mlp.predict(&x).unwrap();
        assert_eq!(predicted.shape().sizes(), [5, outputs as u32]);
        assert_eq!(predicted.data(), expected.data());
        // Nobody can say how many rows no numbers are.
        let message = mlp.predict_into(&[], &mut vec![0.0; outputs]).unwrap_err().to_string();
        assert!(message.contains("0 numbers are no whole rows of 0"), "{message}");
    }
}

pointwise! {
    /// Twice x, which has seen no number it was not given. Source: a test.
    Seen seen "seen" (x) -> y = x.map(|x| {
        assert!(!Float::is_nan(x), "a number of an earlier prediction");
        x + x
    });
        g => g * 2.0; at [-1.0, 2.0];
}

#[test]
fn a_nonlinearity_sees_only_rows_that_exist() {
    let (rows, rng) = (37, &mut Rng::new(5));
    let mlp: Mlp = Mlp::new(&[4, 9, 3], Seen, rng).unwrap();
    // What an earlier prediction leaves behind.
    let nan = vec![f64::NAN; 4 * (rows + 3)];
    let plain: Mlp = Mlp::new(&[4, 9, 3], Tanh, rng).unwrap();
    plain.predict_into(&nan, &mut vec![0.0; 3 * (rows + 3)]).unwrap();
    mlp.predict_into(&numbers::<f64>(4 * rows, rng), &mut vec![0.0; 3 * rows])
        .unwrap();
}
