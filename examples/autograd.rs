//! A graph that differentiates itself: a slope, an expression with its gradients, a neuron, a network, and a fit.
//!
//! Run it with `cargo run --release --example autograd`, and a folder behind ` -- ` for the pictures.

mod pictures;

use chainrule::optim::{Adam, Optimizer, Sgd};
use chainrule::{Graph, Mlp, Rng, Tensor, Var, loss::mse, nn::scalar, ops::Tanh};
use chainrule_numpy::{RandomState, Size, linspace, train_test_split};
use chainrule_picture::{Chart, graph};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    // The slope of f at 3, by a small step and by its graph.
    let f = |x: f64| 3.0 * x * x - 4.0 * x + 5.0;
    println!("f(3) = {}, slope {:.2}", f(3.0), (f(3.01) - f(3.0)) / 0.01);
    let g = Graph::new();
    let x = g.leaf(3.0);
    println!("by the graph {}", (3.0 * x * x - 4.0 * x + 5.0).backward()?[x]);

    // An expression remembers how it was made, so it can be walked back.
    let [a, b, c, f] = [("a", 2.0), ("b", -3.0), ("c", 10.0), ("f", -2.0)].map(|(name, x)| g.leaf(x).named(name));
    let e = (a * b).named("e");
    let d = (e + c).named("d");
    let l = (d * f).named("L");
    let gradient = l.backward()?;
    for value in [l, d, f, e, c, a, b] {
        println!("{value}, grad {}", gradient[value]);
    }
    pictures::save("expression.svg", &graph(l, &gradient).picture())?;

    // A small step of every leaf along its gradient raises L.
    let up = |leaf: Var| Ok::<_, chainrule::Error>(leaf.item()? + 0.01 * gradient[leaf]);
    println!("a step up: L = {:.6}", (up(a)? * up(b)? + up(c)?) * up(f)?);

    // One neuron.
    let [x1, x2] = [("x1", 2.0), ("x2", 0.0)].map(|(name, x)| g.leaf(x).named(name));
    let [w1, w2, b] = [("w1", -3.0), ("w2", 1.0), ("b", 6.881373587019543)].map(|(name, x)| g.leaf(x).named(name));
    let n = (x1 * w1 + x2 * w2 + b).named("n");
    let o = n.tanh().named("o");
    let gradient = o.backward()?;
    println!("{o}, grad of n {:.3}", gradient[n]);
    for value in [x1, w1, x2, w2] {
        println!("{value}, grad {:.3}", gradient[value]);
    }
    pictures::save("neuron.svg", &graph(o, &gradient).picture())?;

    // A value that is used twice gathers both of its gradients.
    let (a, b) = (g.leaf(-2.0), g.leaf(3.0));
    let gradient = ((a * b) * (a + b)).backward()?;
    println!("b + b: grad {}", (b + b).backward()?[b]);
    println!("(a·b)·(a + b): grads {} and {}", gradient[a], gradient[b]);

    // Many neurons: a network learns four samples by heart. Its loss is the sum of the squares.
    let mut mlp = scalar::Mlp::new(&[3, 4, 4, 1], Tanh, &mut Rng::new(1));
    println!("{mlp}");
    let samples = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]];
    let mut sgd = Sgd::new(0.05);
    for epoch in 0..20 {
        let g = Graph::new();
        let answers = samples
            .iter()
            .flat_map(|sample| mlp.forward(&sample.map(|x| g.constant(x))));
        let errors = answers
            .zip([1.0, -1.0, -1.0, 1.0])
            .map(|(answer, wanted)| answer - wanted);
        let loss = g.sum(errors.map(Var::square));
        sgd.step(&mut mlp, &loss.backward()?);
        if epoch % 6 == 1 {
            println!("epoch {epoch:2}: loss {:.4}", loss.item()?);
        }
    }

    // The exercise: x² + 3x by one hidden layer, with a third of the points held back.
    let x = linspace(-5.0, 5.0, 40)?;
    let y: Vec<f64> = x.iter().map(|x| x * x + 3.0 * x).collect();
    let split = train_test_split(40, Some(Size::Fraction(0.33)), None, &mut RandomState::new(42))?;
    println!("held back: {:?}", split.test);
    let pick = |from: &[f64], rows: &[usize]| Tensor::from_fn([rows.len(), 1], |i| from[rows[i]]);
    let mut net = Mlp::new(&[1, 16, 1], Tanh, &mut Rng::new(1))?;
    let mut adam = Adam::new(0.05);
    for _ in 0..1000 {
        let g = Graph::new();
        let (x, y) = (pick(&x, &split.train), pick(&y, &split.train));
        let loss = mse(net.forward(g.constant(x)), g.constant(y));
        adam.step(&mut net, &loss.backward()?);
    }
    for (name, part) in [("train", &split.train), ("test", &split.test)] {
        let g = Graph::new();
        let predicted = net.forward(g.constant(pick(&x, part)));
        println!("{name}: loss {:.2}", mse(predicted, g.constant(pick(&y, part))).item()?);
    }
    let fitted = net.predict(&Tensor::new(x.clone(), [40, 1])?)?;
    let chart = Chart::new("x² + 3x")
        .scatter("data", &x, &y)
        .line("network", &x, fitted.data());
    pictures::save("quadratic.svg", &chart.x_label("x").y_label("y").picture())?;
    Ok(())
}
