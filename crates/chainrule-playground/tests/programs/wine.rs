//! The network of the playground after 100 steps, trained again: the same weights, to the bit.

use chainrule::loss::{cross_entropy, l1_penalty, l2_penalty};
use chainrule::nn::Activation;
use chainrule::optim::RmsProp;
use chainrule::{Mlp, Rng, Step, Tensor};
use chainrule_learn::{Choices, ColumnType, Dataset, Options, Task, Trainable};

type Error = Box<dyn std::error::Error>;

/// The rows to learn from and those to validate with, as numbers.
pub fn rows() -> Result<Trainable, Error> {
    let choices = Choices::default();
    let table = Dataset::named("wine")?.table(&choices)?;
    let mut options = Options {
        task: Some(Task::Classification),
        seed: 3,
        ..Options::new("cultivar")
    };
    for name in ["alcalinity_of_ash", "color_intensity", "flavanoids", "magnesium", "malic_acid", "nonflavanoid_phenols", "od280_od315_of_diluted_wines", "proanthocyanins", "total_phenols"] {
        options.columns.insert(name.to_string(), ColumnType::Dropped);
    }
    Ok(Trainable::new(&table, &options, 0.3, false)?)
}

/// The trained network.
pub fn train(rows: &Trainable) -> Result<Mlp, Error> {
    let (part, seed) = (rows.train(), 3);
    let inputs = part.inputs.len() / part.rows.len();
    let mut network = Mlp::new(&[4, 4, 4, 3], Activation::named("tanh")?, &mut Rng::new(seed))?;
    let mut step = Step::new(&mut network, RmsProp::new(0.005), |network: &Mlp, [x, y]| {
        cross_entropy(network.forward(x), y)
            + l1_penalty(x.graph(), network) * 0.001
            + l2_penalty(x.graph(), network) * 0.002
    });
    let mut done = 0;
    'training: for epoch in 1u64.. {
        // Every epoch has an order of its own.
        let order = Rng::new(seed ^ (epoch << 32)).permutation(part.rows.len());
        for rows in order.chunks(32) {
            if done == 100 {
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
