//! The network of the playground after 300 steps, trained again: the same weights, to the bit.

use chainrule::loss::cross_entropy;
use chainrule::nn::Activation;
use chainrule::optim::{Optimizer, Sgd};
use chainrule::{Mlp, Rng, Step, Tensor};
use chainrule_learn::{Choices, Dataset, Options, Task, Trainable};

type Error = Box<dyn std::error::Error>;

/// The rows to learn from and those to validate with, as numbers.
pub fn rows() -> Result<Trainable, Error> {
    let choices = Choices {
        samples: Some(200),
        noise: Some(0.3),
        random_state: Some(0),
    };
    let table = Dataset::named("moons")?.table(&choices)?;
    let options = Options {
        task: Some(Task::Classification),
        seed: 0,
        ..Options::new("class")
    };
    Ok(Trainable::new(&table, &options, 0.3, true)?)
}

/// The trained network.
pub fn train(rows: &Trainable) -> Result<Mlp, Error> {
    let (part, seed) = (rows.train(), 0);
    let inputs = part.inputs.len() / part.rows.len();
    let mut network = Mlp::new(&[2, 4, 4, 2], Activation::named("tanh")?, &mut Rng::new(seed))?;
    let mut step = Step::new(&mut network, Sgd::new(0.05).momentum(0.8), |network: &Mlp, [x, y]| {
        cross_entropy(network.forward(x), y)
    });
    let mut done = 0;
    'training: for epoch in 1u64.. {
        // Every epoch has an order of its own.
        let order = Rng::new(seed ^ (epoch << 32)).permutation(part.rows.len());
        for rows in order.chunks(10) {
            if done == 150 {
                step.module_mut().layers[1].weight.value.data_mut()[11] = -0.5;
            }
            if done == 150 {
                step.optimizer().set_learning_rate(0.01);
            }
            if done == 300 {
                step.module_mut().layers[0].bias.value.data_mut()[1] = 2.0;
            }
            if done == 300 {
                break 'training;
            }
            let x = rows
                .iter()
                .flat_map(|row| &part.inputs[row * inputs..][..inputs])
                .copied();
            let y = rows.iter().map(|row| part.answers[*row]);
            let x = Tensor::new(x.collect(), [rows.len(), inputs])?;
            let y = Tensor::new(y.collect(), [rows.len()])?;
            step.run([&x, &y])?;
            done += 1;
        }
    }
    drop(step); // the trained weights are in the network
    Ok(network)
}

fn main() -> Result<(), Error> {
    let rows = rows()?;
    let network = train(&rows)?;
    for layer in &network.layers {
        println!("{:?} + {:?}", layer.weight.value.data(), layer.bias.value.data());
    }
    println!("{:?}", rows.figures(&network, rows.validation())?);
    Ok(())
}
