//! From a neuron to a trained network: feed forward, a loss, one derivative in full, and training on four people.
//!
//! Run it with `cargo run --release --example neuron`, and a folder behind ` -- ` for the picture.

mod pictures;

use chainrule::optim::{Optimizer, Sgd};
use chainrule::{Graph, Operand, Param, Var, loss::mse, module, nn::scalar::Neuron, ops::Sigmoid};
use chainrule_numpy::RandomState;
use chainrule_picture::loss_chart;
use std::error::Error;

/// A neuron with a sigmoid.
fn neuron(weights: [f64; 2], bias: f64) -> Neuron {
    Neuron {
        weights: weights.map(Param::new).into(),
        bias: Param::new(bias),
        activation: Sigmoid.into(),
    }
}

/// Two inputs, two hidden neurons, one output.
struct Network {
    h1: Neuron,
    h2: Neuron,
    o1: Neuron,
}
module!(Network { h1, h2, o1 });

impl Network {
    fn new([w1, w2, w3, w4, w5, w6, b1, b2, b3]: [f64; 9]) -> Network {
        let (h1, h2) = (neuron([w1, w2], b1), neuron([w3, w4], b2));
        let o1 = neuron([w5, w6], b3);
        Network { h1, h2, o1 }
    }

    /// What the three neurons say: h1, h2, o1. None without inputs.
    fn forward<'g>(&self, x: [Var<'g>; 2]) -> Option<[Var<'g>; 3]> {
        let (h1, h2) = (self.h1.forward(&x)?, self.h2.forward(&x)?);
        Some([h1, h2, self.o1.forward(&[h1, h2])?])
    }

    fn answer(&self, person: [f64; 2]) -> Result<f64, Box<dyn Error>> {
        let g = Graph::new();
        let [.., o1] = self.forward(person.map(|x| g.constant(x))).ok_or("no inputs")?;
        Ok(o1.item()?)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    // A neuron weighs its inputs, adds a bias, and squashes the sum.
    let g = Graph::new();
    let x = [g.constant(2.0), g.constant(3.0)];
    let y = neuron([0.0, 1.0], 4.0).forward(&x).ok_or("no inputs")?;
    println!("neuron:  {}", y.item()?);

    // Neurons that read what other neurons say are a network.
    let same = Network::new([0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    println!("network: {}", same.answer([2.0, 3.0])?);

    // The loss is the mean of the squared errors.
    let (truth, guess) = (g.constant([1.0, 0.0, 0.0, 1.0]), g.constant([0.0; 4]));
    println!("loss:    {}", mse(guess, truth).item()?);

    // How does the loss of Alice alone change with w1? By the chain rule: a product of three derivatives.
    let net = Network::new([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    let w1 = net.h1.weights[0].on(&g);
    let [h1, _, o1] = net.forward([g.constant(-2.0), g.constant(-1.0)]).ok_or("no inputs")?;
    let loss = (1.0 - o1).square();
    let (by_o1, by_h1, by_w1) = (loss.backward()?[o1], o1.backward()?[h1], h1.backward()?[w1]);
    println!("dL/do1 · do1/dh1 · dh1/dw1 = {by_o1:.9} · {by_h1:.9} · {by_w1:.9}");
    println!("dL/dw1 = {:.14}", loss.backward()?[w1]);

    // Alice, Bob, Charlie and Diana: their weight less 135 lb, their height less 66 in, and 1 for a woman.
    let people = [
        ([-2.0, -1.0], 1.0),
        ([25.0, 6.0], 0.0),
        ([17.0, 4.0], 0.0),
        ([-15.0, -6.0], 1.0),
    ];
    let random = &mut RandomState::new(42);
    let mut net = Network::new(std::array::from_fn(|_| random.standard_normal()));
    let (mut sgd, mut losses) = (Sgd::new(0.1), vec![]);
    for epoch in 0..1000 {
        for (person, truth) in people {
            let g = Graph::new();
            let [.., o1] = net.forward(person.map(|x| g.constant(x))).ok_or("no inputs")?;
            sgd.step(&mut net, &(truth - o1).square().backward()?);
        }
        let mut loss = 0.0;
        for (person, truth) in people {
            loss += (truth - net.answer(person)?).powi(2) / 4.0;
        }
        losses.push(loss);
        if epoch % 100 == 0 {
            println!("epoch {epoch:3} loss: {loss:.3}");
        }
    }
    println!("Emily: {:.3}", net.answer([-7.0, -3.0])?);
    println!("Frank: {:.3}", net.answer([20.0, 2.0])?);
    pictures::save("loss.svg", &loss_chart(&losses, &[], None).picture())?;
    Ok(())
}
