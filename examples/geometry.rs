//! The geometry of a neuron: a line is fitted, a kink is not, and a net of ReLU neurons finds its hinge.
//!
//! Run it with `cargo run --release --example geometry`, and a folder behind ` -- ` for the picture.

mod pictures;

use chainrule::optim::{Adam, Optimizer};
use chainrule::{Graph, Linear, Rng, Tensor, Var, loss::mse, module};
use chainrule_learn::LinearRegression;
use chainrule_numpy::{RandomState, linspace};
use chainrule_picture::Chart;
use std::error::Error;

/// One input, a layer of ReLU neurons, one output.
struct Net {
    hidden: Linear,
    out: Linear,
}
module!(Net { hidden, out });

impl Net {
    fn forward<'g>(&self, x: Var<'g>) -> Var<'g> {
        self.out.forward(self.hidden.forward(x).relu())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let random = &mut RandomState::new(42);
    let x = linspace(-5.0, 5.0, 100)?;
    let column = Tensor::new(x.clone(), [100, 1])?;

    // A neuron without activation is a line. Points around y = x + 2, and a line that starts at 0 and goes downhill.
    let y: Vec<f64> = x.iter().map(|x| x + 2.0 + 0.5 * random.standard_normal()).collect();
    let (mut w, mut b) = (0.0, 0.0);
    for step in 0..=40 {
        let g = Graph::new();
        let (weight, bias) = (g.leaf(w), g.leaf(b));
        let loss = mse(weight * g.constant(&x) + bias, g.constant(&y));
        if step % 20 == 0 {
            println!("step {step:2}: {w:.4}x + {b:.4}, loss {:.4}", loss.item()?);
        }
        let gradient = loss.backward()?;
        (w, b) = (w - 0.05 * gradient[weight], b - 0.05 * gradient[bias]);
    }
    let best = LinearRegression::default().fit(&column, &y)?;
    println!("by least squares: {:.4}x + {:.4}", best.coefficients[0], best.intercept);

    // The second half bends upward by 2x: no line fits any more.
    let noise = random.randn(100);
    let y = Vec::from_iter((0..100).map(|i| 0.2 * x[i] - 2.0 + 0.5 * noise[i] + if i < 50 { 0.0 } else { 2.0 * x[i] }));
    let best = LinearRegression::default().fit(&column, &y)?;
    println!("kink, best line:        loss {:.4}", best.rmse(&column, &y)?.powi(2));

    // Two ReLU neurons do: inside the window one is the line, and the other adds the bend at 0.
    let g = Graph::new();
    let points = g.constant(&x);
    let by_hand = (points * 0.2 + 1.0).relu() + (points * 2.0).relu() - 3.0;
    println!(
        "kink, two ReLU neurons: loss {:.4}",
        mse(by_hand, g.constant(&y)).item()?
    );

    // The net that the notebook leaves unfinished finds the bend by itself.
    let rng = &mut Rng::new(3);
    let (hidden, out) = (Linear::new(1, 4, rng), Linear::new(4, 1, rng));
    let (mut net, mut adam) = (Net { hidden, out }, Adam::new(0.1));
    for step in 0..=300 {
        let g = Graph::new();
        let loss = mse(net.forward(g.constant(&column)), g.tensor(&y, [100, 1]));
        if step % 100 == 0 {
            println!("kink, net, step {step:3}:    loss {:.4}", loss.item()?);
        }
        adam.step(&mut net, &loss.backward()?);
    }

    // A neuron bends where w·x + b = 0, by |w| times its weight in the output.
    let [w, b, v] = [&net.hidden.weight, &net.hidden.bias, &net.out.weight].map(|param| param.value.data());
    for i in 0..4 {
        println!("  hinge at {:6.3}, bends by {:6.3}", -b[i] / w[i], w[i].abs() * v[i]);
    }
    let g = Graph::new();
    let chart = Chart::new("A net finds the hinge")
        .scatter("data", &x, &y)
        .line("best line", &x, &best.predict(&column)?)
        .line("net", &x, net.forward(g.constant(&column)).value()?.data());
    pictures::save("geometry.svg", &chart.x_label("x").y_label("y").picture())?;
    Ok(())
}
