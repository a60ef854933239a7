//! L-BFGS finds the minima that it should, and says when it does not.
#![allow(clippy::unwrap_used)]

use chainrule::{Graph, Linear, Mlp, Module, Operand, Param, Rng, Tensor, Var, loss::mse, ops::Tanh, optim::Lbfgs};

/// `Σ 100 (xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)²`, least where all are 1. Source: Rosenbrock (1960).
fn rosenbrock<'g>(x: &Param, graph: &'g Graph) -> Var<'g> {
    let x = x.on(graph);
    let count = x.shape().size(0);
    let (first, next) = (x.slice(0, 0..count - 1), x.slice(0, 1..count));
    ((next - first.square()).square() * 100.0 + (1.0 - first).square()).sum()
}

#[test]
fn a_curved_valley_is_followed_to_its_end() {
    for size in [2, 10, 100] {
        let start = Tensor::from_fn([size], |i| if i % 2 == 0 { -1.2 } else { 1.0 });
        let mut x: Param = Param::new(start);
        let minimum = Lbfgs::default().minimize(&mut x, rosenbrock).unwrap();
        assert!(minimum.converged && minimum.gradient <= 1e-8, "{size}: {minimum:?}");
        // With many variables there is a second minimum, at x₀ ≈ −1; this start does not lead there.
        assert!(
            x.value.data().iter().all(|x| (x - 1.0).abs() < 1e-7),
            "{size}: {:?}",
            x.value
        );
        assert_eq!(minimum.history.len(), minimum.iterations + 1);
        assert!(minimum.iterations < 60 * size, "{size}: {} steps", minimum.iterations);
    }
}

#[test]
fn the_loss_never_rises_and_ends_as_reported() {
    let mut net = Mlp::new(&[1, 8, 1], Tanh, &mut Rng::new(1)).unwrap();
    let x: Vec<f64> = (0..20).map(|i| i as f64 / 5.0 - 2.0).collect();
    let y: Vec<f64> = x.iter().map(|x| (2.0 * x).sin()).collect();
    let loss = |net: &Mlp, x: &[f64], y: &[f64]| {
        let g = Graph::new();
        mse(net.forward(g.tensor(x, [20, 1])), g.tensor(y, [20, 1]))
            .item()
            .unwrap()
    };
    let before = loss(&net, &x, &y);
    let lbfgs = Lbfgs {
        iterations: 200,
        ..Lbfgs::default()
    };
    let minimum = lbfgs
        .minimize(&mut net, |net, g| {
            mse(net.forward(g.tensor(&x, [20, 1])), g.tensor(&y, [20, 1]))
        })
        .unwrap();
    assert_eq!(minimum.history[0], before);
    assert!(minimum.history.is_sorted_by(|a, b| b <= a), "{:?}", minimum.history);
    assert_eq!(
        (minimum.loss, minimum.history.last().copied()),
        (loss(&net, &x, &y), Some(minimum.loss))
    );
    assert!(minimum.loss < 1e-4, "{}", minimum.loss);
}

#[test]
fn too_few_steps_are_not_called_a_minimum() {
    let mut x: Param = Param::new([-1.2, 1.0]);
    let three = Lbfgs {
        iterations: 3,
        ..Lbfgs::default()
    };
    let minimum = three.minimize(&mut x, rosenbrock).unwrap();
    assert_eq!((minimum.converged, minimum.iterations), (false, 3));
    let none = Lbfgs {
        iterations: 0,
        ..Lbfgs::default()
    };
    let before = x.value.clone();
    assert_eq!(none.minimize(&mut x, rosenbrock).unwrap().history.len(), 1);
    assert_eq!(x.value, before);
    // A start that is a minimum needs no step.
    let mut x: Param = Param::new([1.0, 1.0]);
    let minimum = Lbfgs::default().minimize(&mut x, rosenbrock).unwrap();
    assert_eq!((minimum.converged, minimum.iterations, minimum.loss), (true, 0, 0.0));
}

#[test]
fn a_step_into_what_is_not_a_number_is_taken_back() {
    // x − ln x is least at 1 and is no number below 0; the curvature of the steep side leads there.
    for start in [1e-3, 0.5, 40.0] {
        let mut x: Param = Param::new(start);
        let minimum = Lbfgs::default()
            .minimize(&mut x, |x, g| {
                let x = x.on(g);
                x - x.ln()
            })
            .unwrap();
        assert!(
            minimum.converged && (x.value.data()[0] - 1.0).abs() < 1e-7,
            "{start}: {minimum:?}"
        );
    }
}

#[test]
fn without_memory_it_is_steepest_descent() {
    let mut x: Param = Param::new([4.0, -3.0]);
    let plain = Lbfgs {
        memory: 0,
        ..Lbfgs::default()
    };
    let bowl = |x: &Param, g: &Graph| -> f64 { (x.on(g) * g.constant([1.0, 3.0])).square().sum().item().unwrap() };
    let minimum = plain
        .minimize(&mut x, |x, g| (x.on(g) * g.constant([1.0, 3.0])).square().sum())
        .unwrap();
    assert!(minimum.converged && bowl(&x, &Graph::new()) < 1e-15, "{minimum:?}");
}

#[test]
fn frozen_parameters_stay_and_single_precision_goes_as_far_as_it_can() {
    let mut line = Linear::<f32>::new(1, 1, &mut Rng::new(0));
    line.bias.value = Tensor::from([3.0f32]);
    line.set_trainable("bias", false);
    let (x, y) = ([[1.0], [2.0], [3.0]], [[5.0], [7.0], [9.0]]); // 3 + 2 x
    let minimum = Lbfgs {
        tolerance: 1e-5,
        ..Lbfgs::default()
    }
    .minimize(&mut line, |line, g| mse(line.forward(g.constant(x)), g.constant(y)))
    .unwrap();
    assert!(minimum.converged, "{minimum:?}");
    assert_eq!(line.bias.value.data(), [3.0]);
    assert!((line.weight.value.data()[0] - 2.0).abs() < 1e-5);
}

#[test]
fn a_loss_that_does_other_operations_for_other_weights_is_said() {
    let mut x: Param = Param::new([4.0, -3.0]);
    let bent = Lbfgs::default().minimize(&mut x, |x, g| {
        let far = x.value.data()[0] > 3.9;
        let x = x.on(g);
        if far { x.square().sum() } else { x.abs().sum() }
    });
    assert_eq!(bent.is_err(), cfg!(debug_assertions));
    if let Err(error) = bent {
        assert!(error.to_string().contains("does other operations for other weights"));
    }
}

#[test]
fn faults_and_losses_that_are_no_numbers_are_errors() {
    let mut line = Linear::new(2, 1, &mut Rng::new(0));
    let wrong = Lbfgs::default().minimize(&mut line, |line, g| line.forward(g.constant([[1.0, 2.0, 3.0]])).sum());
    assert!(wrong.unwrap_err().to_string().contains("Linear(2 → 1)"));
    let vector = Lbfgs::default().minimize(&mut line, |line, g| line.forward(g.constant([[1.0, 2.0], [3.0, 4.0]])));
    assert!(vector.unwrap_err().to_string().contains("one number"));
    let mut x: Param = Param::new(-1.0);
    let nan = Lbfgs::default().minimize(&mut x, |x, g| x.on(g).ln());
    expect_test::expect!["Lbfgs: the loss or its gradient is not finite at the first weights; scale the data, or begin with other weights"]
        .assert_eq(&nan.unwrap_err().to_string());
}
