//! The network of the playground after 77 steps, trained again: the same weights, to the bit.

use chainrule::loss::huber;
use chainrule::nn::Activation;
use chainrule::optim::Adam;
use chainrule::{Mlp, Rng, Step, Tensor};
use chainrule_learn::{Choices, ColumnType, Dataset, Options, Task, Trainable};
use chainrule_playground::table_with_inputs;

type Error = Box<dyn std::error::Error>;

/// The rows to learn from and those to validate with, as numbers.
pub fn rows() -> Result<Trainable, Error> {
    let choices = Choices {
        samples: Some(200),
        noise: None,
        random_state: Some(0),
    };
    let table = Dataset::named("friedman1")?.table(&choices)?;
    let table = table_with_inputs(&table, "y", "x1,x2,x1*x2,x3^2,sin(x4)")?;
    let mut options = Options {
        task: Some(Task::Regression),
        seed: 0,
        ..Options::new("y")
    };
    for name in ["x10", "x3", "x4", "x5", "x6", "x7", "x8", "x9"] {
        options.columns.insert(name.to_string(), ColumnType::Dropped);
    }
    Ok(Trainable::new(&table, &options, 0.3, true)?)
}

/// The trained network.
pub fn train(rows: &Trainable) -> Result<Mlp, Error> {
    let (part, seed) = (rows.train(), 0);
    let inputs = part.inputs.len() / part.rows.len();
    let mut network = Mlp::new(&[5, 8, 1], Activation::named("relu")?, &mut Rng::new(seed))?;
    let mut step = Step::new(&mut network, Adam::new(0.003), |network: &Mlp, [x, y]| {
        huber(network.forward(x), y)
    });
    let mut done = 0;
    'training: for epoch in 1u64.. {
        // Every epoch has an order of its own.
        let order = Rng::new(seed ^ (epoch << 32)).permutation(part.rows.len());
        for rows in order.chunks(10) {
            if done == 77 {
                break 'training;
            }
            let x = rows
                .iter()
                .flat_map(|row| &part.inputs[row * inputs..][..inputs])
                .copied();
            let y = rows.iter().map(|row| part.answers[*row]);
            let x = Tensor::new(x.collect(), [rows.len(), inputs])?;
            let y = Tensor::new(y.collect(), [rows.len(), 1])?;
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
