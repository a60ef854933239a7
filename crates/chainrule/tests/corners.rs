//! Corners where a careless rule gives NaN, a wrong zero, or a surprise.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Fault, Float, Graph, Here, Moment, Op, Param, Rng, Shape, Single, SingleRule, Step, Tensor, Var, View, check,
    module,
    nn::{BatchNorm, Dropout, Mode, scalar::Neuron},
    ops,
    optim::Sgd,
    pointwise,
};

#[test]
fn an_infinite_slope_behind_a_closed_gate_gives_zero() {
    let g = Graph::new();
    let x = g.leaf(-1.0);
    for y in [
        x.maximum(0.0).sqrt(),
        x.relu().ln(),
        x.relu().powf(0.5),
        x.clamp(0.0, 1.0).sqrt(),
        (-x).minimum(0.0).abs().sqrt(),
        x.relu().sqrt().maximum(0.0),
    ] {
        assert_eq!(y.backward().unwrap()[x], 0.0, "{y}");
        assert_eq!(y.backward_graph().unwrap().wrt(x).item().unwrap(), 0.0, "{y}");
    }
}

#[test]
fn the_largest_of_numbers_with_nan_has_one_gradient_both_ways() {
    let g = Graph::new();
    let x = g.leaf([f64::NAN, 1.0]);
    let y = x.max();
    assert_eq!(y.backward().unwrap().wrt(x), [0.0, 0.0]);
    assert_eq!(y.backward_graph().unwrap().wrt(x).value().unwrap().data(), [0.0, 0.0]);
}

pointwise! {
    /// Two stairs, `y = 2` above 0, otherwise 0. Source: a test.
    Stairs stairs "stairs" (x) -> y = x.step() * 2.0; g => NoGradient; at [-0.3, 1.5]; kink [0.0];
}

#[test]
fn a_row_of_ones_own_may_pass_no_gradient() {
    check::op(&Stairs).unwrap();
    let g = Graph::new();
    let x = g.leaf(2.0);
    assert_eq!((x.apply(Stairs) + x).backward().unwrap()[x], 1.0);
}

/// Running sums along a vector.
#[derive(Clone, Debug)]
struct RunningSum;

impl<T: chainrule::Float> Op<T> for RunningSum {
    fn name(&self) -> &'static str {
        "running_sum"
    }
    fn doc(&self) -> chainrule::Doc {
        chainrule::Doc {
            text: "Running sums. Source: numpy.cumsum.",
            derivative: "running sums from the end",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, chainrule::Fault> {
        match arguments[0].rank() {
            1 => Ok(arguments[0]),
            _ => Err(chainrule::Fault::new(format!("needs a vector, got {}", arguments[0]))),
        }
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let mut sum = T::ZERO;
        for (y, &x) in out.iter_mut().zip(arguments[0].data) {
            sum += x;
            *y = sum;
        }
    }
    fn pull(&self, _: usize, _: &chainrule::Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let mut sum = T::ZERO;
        for (x, &y) in gradient_x.iter_mut().zip(gradient_y).rev() {
            sum += y;
            *x += sum;
        }
    }
    fn emit<'g>(
        &self,
        _: usize,
        _: &chainrule::Here<'_, 'g, T>,
        g: chainrule::Var<'g, T>,
    ) -> Option<chainrule::Var<'g, T>> {
        let last = g.shape().len();
        let reversed: Vec<usize> = (0..last).rev().collect();
        Some(g.pick(0, reversed.clone()).apply(RunningSum).pick(0, reversed))
    }
    fn try_at(&self) -> &'static [f64] {
        &[0.3, -1.0, 2.0]
    }
}

#[test]
fn a_structural_operation_of_ones_own_is_checked_on_its_shapes() {
    check::op_on(&RunningSum, &[Shape::from([4])]).unwrap();
    assert!(
        check::op(&RunningSum)
            .unwrap_err()
            .to_string()
            .contains("needs a vector")
    );
}

#[test]
fn small_inputs_are_checked_with_small_steps() {
    for x in [1e-3, 5e-3, 1e-6] {
        check::gradient(&[x.into()], |x| x[0].ln()).unwrap();
    }
    check::gradient(&[1e-9.into()], |x| (x[0] * 1e9).sin()).unwrap();
}

#[test]
fn what_receives_no_gradient_is_not_explained() {
    let g = Graph::new();
    let (x, k) = (g.leaf(2.0), g.constant(3.0));
    let chosen = x.greater(0.0).select(x, 0.0);
    let told = chosen.explain(x).unwrap();
    assert_eq!((told.path_count, told.gradient), (1, 1.0));
    assert_eq!((x * k).explain(k).unwrap().path_count, 0);
}

#[test]
fn a_mode_goes_through_several_layers() {
    let mut norm = BatchNorm::new(2);
    let (dropout, mut rng) = (Dropout { rate: 0.5 }, Rng::new(0));
    let g = Graph::new();
    let mut mode = Mode::Train(&mut rng);
    let x = dropout.forward(g.leaf([[1.0, 2.0], [3.0, 5.0]]), &mut mode);
    let y = dropout.forward(norm.forward(x, &mut mode), &mut mode);
    assert!(y.value().is_ok());
    let cube = g.leaf(([0.0; 8], [2, 2, 2]));
    let error = norm.forward(cube, &mut Mode::Eval).value().unwrap_err().to_string();
    assert!(
        error.contains("BatchNorm(2): expects a batch of rows, got shape [2, 2, 2]"),
        "{error}"
    );
    let error = Dropout { rate: 1.5 }
        .forward(x, &mut Mode::Eval)
        .value()
        .unwrap_err()
        .to_string();
    assert!(error.contains("a rate of 1.5 is no probability"), "{error}");
}

#[test]
fn a_neuron_takes_as_many_inputs_as_it_has_weights() {
    let neuron = Neuron::new(3, ops::Tanh, &mut Rng::new(0));
    let g = Graph::new();
    let error = neuron
        .forward(&[g.leaf(1.0), g.leaf(2.0)])
        .unwrap()
        .value()
        .unwrap_err()
        .to_string();
    assert!(error.contains("has 3 weights, got 2 inputs"), "{error}");
}

#[test]
fn f32_numbers_stand_beside_f32_values() {
    let g = Graph::<f32>::default();
    let (half, x) = (0.5f32, g.leaf(3.0f32));
    let mut y = (x * half + 1.0).tanh() * &Param::new(2.0f32);
    y -= half;
    assert!((y.item().unwrap() - (2.0 * 2.5f32.tanh() - 0.5)).abs() < 1e-6);
    assert_eq!(g.leaf(vec![[1.0f32, 2.0]; 3]).shape().sizes(), [3, 2]);
}

#[test]
fn gradients_of_a_small_value_in_a_large_graph_cost_little_and_are_right() {
    let g = Graph::new();
    let x = g.leaf(2.0);
    let y = x * x;
    let later = g.leaf([1.0; 5]);
    let gradients = y.backward().unwrap();
    assert_eq!((gradients[x], gradients.wrt(later)), (4.0, &[0.0; 5][..]));
}

/// A sum of all numbers that is also given a rule for single ones, which is another one, so that it shows which was used.
#[derive(Clone, Debug)]
struct Total;

struct Negated;

impl<T: Float> SingleRule<T> for Negated {
    fn value(_: &[f64], x: [T; 3]) -> T {
        -x[0]
    }
    fn share(_: &[f64], _: usize, _: [T; 3], _: T, gradient_y: T) -> Option<T> {
        Some(-gradient_y)
    }
}

impl<T: Float> Op<T> for Total {
    fn name(&self) -> &'static str {
        "total"
    }
    fn doc(&self) -> chainrule::Doc {
        chainrule::Doc {
            text: "Sum. Source: a test.",
            derivative: "g",
        }
    }
    fn shape(&self, _: &[Shape]) -> Result<Shape, Fault> {
        Ok(Shape::SCALAR)
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        out[0] = arguments[0].data.iter().copied().sum();
    }
    fn pull(&self, _: usize, _: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        gradient_x.iter_mut().for_each(|x| *x += gradient_y[0]);
    }
    fn single(&self) -> Option<Single<T>> {
        Some(Single::of::<Negated>(&[]))
    }
    fn emit<'g>(&self, _: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        Some(g.broadcast(at.arguments[0].shape()))
    }
    fn try_at(&self) -> &'static [f64] {
        &[0.3, -1.0]
    }
}

#[test]
fn rules_for_single_numbers_are_for_single_arguments() {
    let g = Graph::new();
    let (x, one) = (g.leaf([1.0, 2.0, 3.0]), g.leaf(5.0));
    let (total, single) = (x.apply(Total), one.apply(Total));
    assert_eq!((total.item().unwrap(), single.item().unwrap()), (6.0, -5.0));
    assert_eq!(total.backward().unwrap().wrt(x), [1.0, 1.0, 1.0]);
    assert_eq!(single.backward().unwrap()[one], -1.0);
    assert_eq!((total * 2.0).backward().unwrap().wrt(x), [2.0, 2.0, 2.0]);
    struct Weights {
        w: Param,
    }
    module!(Weights { w });
    let mut weights = Weights {
        w: Param::new([1.0, 2.0, 3.0]),
    };
    let half = Tensor::from(0.5);
    let mut step = Step::new(&mut weights, Sgd::new(1.0), |m: &Weights, [x]| (x * &m.w).apply(Total));
    assert_eq!((step.run([&half]).unwrap(), step.run([&half]).unwrap()), (3.0, 2.25));
}
