//! W1, W2a, W2c and W7: graphs of single numbers.

use chainrule::{
    Graph, Operand, Param, Step, Tensor, Var, module,
    nn::{Activation, scalar},
    ops::{Sigmoid, Tanh},
    optim::{Optimizer, Sgd},
    vmap,
};

use crate::{
    Result, data,
    meter::Meter,
    numbers::CHECKED_STEPS,
    points::{self, EPOCHS, PEOPLE, PEOPLE_RATE, SAMPLES, WANTED},
    tape,
};

/// W1: a thousand epochs of four people, one by one.
pub fn people(meter: &mut Meter) -> Result<()> {
    let mut net = data::scalar_mlp(&[2, 2, 1], Sigmoid);
    let people = PEOPLE.map(|(x, y)| [x[0], x[1], y].map(Tensor::from));
    let mut step = Step::new(&mut net, Sgd::new(PEOPLE_RATE), |net: &scalar::Mlp, [x1, x2, y]| {
        (y - net.forward(&[x1, x2])[0]).square()
    });
    let mut epoch = || -> Result<f64> {
        let mut sum = 0.0;
        for [x1, x2, y] in &people {
            sum += step.run([x1, x2, y])?;
        }
        Ok(sum)
    };
    for _ in 0..EPOCHS {
        epoch()?;
    }
    let check = epoch()?;
    meter.measure(check, 1.0 / EPOCHS as f64, epoch)
}

/// W1 as the lesson has it: a graph for each person.
pub fn people_eager(meter: &mut Meter) -> Result<()> {
    let mut net = data::scalar_mlp(&[2, 2, 1], Sigmoid);
    let (mut sgd, mut graph) = (Sgd::new(PEOPLE_RATE), Graph::new());
    let mut epoch = || -> Result<f64> {
        let mut sum = 0.0;
        for (x, y) in PEOPLE {
            graph.clear();
            let answer = net.forward(&x.map(|x| graph.constant(x)))[0];
            let loss = (y - answer).square();
            sum += loss.item()?;
            sgd.step(&mut net, &loss.backward()?);
        }
        Ok(sum)
    };
    for _ in 0..EPOCHS {
        epoch()?;
    }
    let check = epoch()?;
    meter.measure(check, 1.0 / EPOCHS as f64, epoch)
}

/// MLP(2, [16, 16, 1]) neuron by neuron, without a nonlinearity after the last layer.
fn points_net() -> scalar::Mlp {
    let mut net = data::scalar_mlp(&[2, 16, 16, 1], Tanh);
    for layer in net.layers.iter_mut().skip(2) {
        for neuron in &mut layer.neurons {
            neuron.activation = Activation::identity();
        }
    }
    net
}

/// W2a: a full-batch step on 100 points, written for one of them.
pub fn points_step(meter: &mut Meter) -> Result<()> {
    let (mut net, (x, y)) = (points_net(), points::data());
    let (x, y) = (Tensor::new(x, [points::ROWS, 2])?, Tensor::new(y, [points::ROWS])?);
    let sgd = Sgd::new(points::LEARNING_RATE);
    let mut step = Step::new(&mut net, sgd, |net: &scalar::Mlp, [x, y]| {
        vmap([x, y], |[x, y]| (net.forward(&[x.at(0), x.at(1)])[0] - y).square()).mean()
    });
    for _ in 0..CHECKED_STEPS {
        step.run([&x, &y])?;
    }
    let check = step.run([&x, &y])?;
    meter.measure(check, 1.0, || Ok(step.run([&x, &y])?))
}

/// W2a with a graph each time, every number a node.
pub fn points_step_eager(meter: &mut Meter) -> Result<()> {
    let mut net = points_net();
    let ((x, y), mut sgd, mut graph) = (points::data(), Sgd::new(points::LEARNING_RATE), Graph::new());
    let mut once = || -> Result<f64> {
        graph.clear();
        let squares = x.chunks_exact(2).zip(&y).map(|(point, &y)| {
            let answer = net.forward(&[graph.constant(point[0]), graph.constant(point[1])])[0];
            (answer - y).square()
        });
        let loss = graph.sum(squares) * (1.0 / y.len() as f64);
        sgd.step(&mut net, &loss.backward()?);
        Ok(loss.item()?)
    };
    for _ in 0..CHECKED_STEPS {
        once()?;
    }
    let check = once()?;
    meter.measure(check, 1.0, once)
}

/// W2c: twenty epochs of MLP(3, [4, 4, 1]) on four samples, written for one of them.
pub fn samples_epochs(meter: &mut Meter) -> Result<()> {
    let mut net = data::scalar_mlp(&[3, 4, 4, 1], Tanh);
    let (x, y) = (Tensor::from(SAMPLES), Tensor::from(WANTED));
    let sgd = Sgd::new(points::LEARNING_RATE);
    let mut step = Step::new(&mut net, sgd, |net: &scalar::Mlp, [x, y]| {
        vmap([x, y], |[x, y]| {
            (net.forward(&[x.at(0), x.at(1), x.at(2)])[0] - y).square()
        })
        .sum()
    });
    for _ in 0..CHECKED_STEPS {
        step.run([&x, &y])?;
    }
    let check = step.run([&x, &y])?;
    meter.measure(check, 1.0 / CHECKED_STEPS as f64, || Ok(step.run([&x, &y])?))
}

/// W2c as the lesson has it: a graph for each epoch.
pub fn samples_epochs_eager(meter: &mut Meter) -> Result<()> {
    let mut net = data::scalar_mlp(&[3, 4, 4, 1], Tanh);
    let (mut sgd, mut graph) = (Sgd::new(points::LEARNING_RATE), Graph::new());
    let mut epoch = || -> Result<f64> {
        graph.clear();
        let errors = SAMPLES.iter().zip(WANTED).map(|(sample, wanted)| {
            let answer = net.forward(&sample.map(|x| graph.constant(x)))[0];
            (answer - wanted).square()
        });
        let loss = graph.sum(errors);
        sgd.step(&mut net, &loss.backward()?);
        Ok(loss.item()?)
    };
    for _ in 0..CHECKED_STEPS {
        epoch()?;
    }
    let check = epoch()?;
    meter.measure(check, 1.0 / CHECKED_STEPS as f64, epoch)
}
/// The calculation of W7 from a first value.
fn calculate<'g>(first: Var<'g>, factors: &[Var<'g>], starts: &[Var<'g>], places: &[u32]) -> Var<'g> {
    let mut values = Vec::with_capacity(starts.len() + places.len());
    values.extend_from_slice(starts);
    let mut a = first;
    for (step, &place) in places.iter().enumerate() {
        a += values[place as usize] * factors[step % factors.len()];
        values.push(a);
    }
    a
}

/// W7: a graph of so many nodes built and walked back, told per node.
pub fn eager(meter: &mut Meter, nodes: usize, random: bool) -> Result<()> {
    let (factors, starts, places) = (tape::factors(), tape::starts(), tape::places(nodes / 2, random));
    let mut graph = Graph::new();
    let mut once = || -> Result<f64> {
        graph.clear();
        let factors = factors.map(|w| graph.leaf(w));
        let starts = starts.map(|c| graph.leaf(c));
        let end = calculate(graph.constant(0.5), &factors, &starts, &places);
        let gradient = end.backward()?;
        Ok(factors.iter().map(|&w| gradient[w]).sum())
    };
    let check = once()?;
    meter.measure(check, nodes as f64, once)
}

/// The leaves of W7 as parameters.
struct Leaves {
    factors: Vec<Param>,
    starts: Vec<Param>,
}
module!(Leaves { factors, starts });

/// W7: the same graph recorded once and run again, told per node.
pub fn replayed(meter: &mut Meter, nodes: usize, random: bool) -> Result<()> {
    let mut leaves = Leaves {
        factors: tape::factors().map(Param::new).into(),
        starts: tape::starts().map(Param::new).into(),
    };
    let (places, start) = (tape::places(nodes / 2, random), Tensor::from(0.5));
    // The rate is so small that the numbers stay what they are.
    let mut step = Step::new(&mut leaves, Sgd::new(1e-300), |leaves: &Leaves, [a]| {
        let on = |params: &[Param]| params.iter().map(|param| param.on(a.graph())).collect::<Vec<_>>();
        calculate(a, &on(&leaves.factors), &on(&leaves.starts), &places)
    });
    let check = step.run([&start])?;
    meter.measure(check, nodes as f64, || Ok(step.run([&start])?))
}
