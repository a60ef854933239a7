//! W1, W2a, W2c and W7: graphs of single numbers.

use chainrule::{Graph, Operand, Param, Step, Tensor, Var, module, optim::Sgd};

use crate::{Result, meter::Meter, tape};

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
