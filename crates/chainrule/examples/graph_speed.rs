//! What a graph of single numbers costs: nanoseconds for each node, recorded and walked back, beside a tape written by
//! hand for four operations, which is the least one can hope for.
//!
//!     cargo run --release -p chainrule --example graph_speed
//!
//! Each figure is the best of many runs, so that what else the machine does matters little.

use chainrule::{
    Graph, Module, Operand, Param, Result, Rng, Step, Tensor, Var, module, nn::scalar::Mlp, ops::Tanh, optim::Sgd,
};
use std::{hint::black_box, time::Instant};

fn main() -> Result<()> {
    // Freed once, so that the allocator keeps what is freed later: how it asks the system for memory is not measured here.
    drop(black_box(vec![1u8; 32 << 20]));
    println!("ns per node               record  backward      both    replay | by hand: both");
    for (name, random) in [("chained", false), ("random", true)] {
        for count in [10_000, 1_000_000] {
            let program = program(count, random);
            let (ours, result) = graph(&program)?;
            let (floor, by_hand) = tape(&program);
            assert_eq!(result.to_bits(), by_hand.to_bits(), "both compute the same");
            figures(
                &format!("{name}, {count} nodes"),
                ours,
                replay(&program)?,
                floor,
                program.len(),
            );
        }
    }
    network()?;
    notebook()
}

/// Prints nanoseconds for each of `count` nodes.
fn figures(name: &str, [record, backward]: [f64; 2], replay: f64, floor: [f64; 2], count: usize) {
    print!("{name:<23}");
    for seconds in [record, backward, record + backward, replay] {
        print!("{:9.2} ", seconds / count as f64 * 1e9);
    }
    println!("| {:13.2}", (floor[0] + floor[1]) / count as f64 * 1e9);
}

/// Seconds that the fastest of many runs takes, for each of the two parts of a run.
fn best(mut run: impl FnMut() -> Result<[f64; 2]>) -> Result<[f64; 2]> {
    let (start, mut best) = (Instant::now(), [f64::INFINITY; 2]);
    while start.elapsed().as_secs_f64() < 1.0 {
        for (best, seconds) in best.iter_mut().zip(run()?) {
            *best = seconds.min(*best);
        }
    }
    Ok(best)
}

#[derive(Clone, Copy, PartialEq)]
enum Op {
    Leaf,
    Add,
    Sub,
    Mul,
    Tanh,
}

/// An operation and its two arguments.
type Instruction = (Op, u32, u32);

const LEAVES: u32 = 100;

/// What to compute: arguments are the newest value and a leaf, or drawn among all earlier values; in the end whatever
/// nothing uses is added up, so that the gradient flows through all of it.
fn program(count: usize, random: bool) -> Vec<Instruction> {
    let mut rng = Rng::new(1);
    let mut program = vec![(Op::Leaf, 0, 0); LEAVES as usize];
    let mut used = vec![false; count];
    let drawn = if random { count as u32 / 4 * 3 } else { count as u32 };
    for id in LEAVES..drawn {
        let mut earlier = || (rng.uniform(0.0, f64::from(id)) as u32).min(id - 1);
        let (a, b) = if random {
            (earlier(), earlier())
        } else {
            (id - 1, id % 2)
        };
        let (op, b) = match id % 4 {
            0 => (Op::Add, b),
            2 => (Op::Sub, b),
            // A product has one leaf, or else the numbers would soon be too large.
            _ => (Op::Mul, b % LEAVES),
        };
        program.push((op, a, b));
        (used[a as usize], used[b as usize]) = (true, true);
    }
    let unused = (0..drawn - 1).filter(|&id| !used[id as usize]);
    for (a, id) in unused.zip(drawn..count as u32) {
        program.push((Op::Add, a, id - 1));
    }
    program
}

fn leaf(id: usize) -> f64 {
    0.9 + 0.001 * id as f64
}

/// Runs it in a graph: seconds for recording and for the walk back, and a gradient.
fn graph(program: &[Instruction]) -> Result<([f64; 2], f64)> {
    let (mut graph, mut gradient) = (Graph::new(), 0.0);
    let seconds = best(|| {
        graph.clear();
        let start = Instant::now();
        let mut first = None;
        let mut values: Vec<Var<'_>> = Vec::with_capacity(program.len());
        for (id, &(op, a, b)) in program.iter().enumerate() {
            let (a, b) = (a as usize, b as usize);
            let value = match op {
                Op::Leaf => graph.leaf(leaf(id)),
                Op::Add => values[a] + values[b],
                Op::Sub => values[a] - values[b],
                Op::Mul => values[a] * values[b],
                Op::Tanh => values[a].tanh(),
            };
            first.get_or_insert(value);
            values.push(value);
        }
        let recorded = Instant::now();
        if let (Some(first), Some(last)) = (first, values.last()) {
            gradient = last.backward()?[first];
        }
        Ok([(recorded - start).as_secs_f64(), recorded.elapsed().as_secs_f64()])
    })?;
    Ok((seconds, gradient))
}

/// Numbers that learn.
struct Numbers {
    weights: Vec<Param>,
}
module!(Numbers { weights });

/// Runs it as a recorded step: seconds for both ways.
fn replay(program: &[Instruction]) -> Result<f64> {
    let mut leaves = Numbers {
        weights: (0..LEAVES as usize).map(|id| Param::new(leaf(id))).collect(),
    };
    let mut step = Step::new(&mut leaves, Sgd::new(0.0), |leaves: &Numbers, [zero]| {
        let mut values: Vec<Var<'_>> = leaves.weights.iter().map(|weight| weight.on(zero.graph())).collect();
        for &(op, a, b) in &program[values.len()..] {
            let (a, b) = (values[a as usize], values[b as usize]);
            values.push(match op {
                Op::Leaf => zero,
                Op::Add => a + b,
                Op::Sub => a - b,
                Op::Mul => a * b,
                Op::Tanh => a.tanh(),
            });
        }
        values[values.len() - 1]
    });
    run_again(|zero| step.run([zero]))
}

/// Seconds that a recorded step takes.
fn run_again(mut step: impl FnMut(&Tensor) -> Result<f64>) -> Result<f64> {
    let zero = Tensor::from(0.0);
    step(&zero)?; // the first one is recorded
    let [seconds, _] = best(|| {
        let start = Instant::now();
        step(&zero)?;
        Ok([start.elapsed().as_secs_f64(), 0.0])
    })?;
    Ok(seconds)
}

/// A node of the tape written by hand: 32 bytes.
#[derive(Clone, Copy)]
struct Node {
    value: f64,
    gradient: f64,
    op: Op,
    a: u32,
    b: u32,
}

#[derive(Default)]
struct Tape(Vec<Node>);

impl Tape {
    #[inline(always)]
    fn push(&mut self, value: f64, op: Op, a: u32, b: u32) {
        self.0.push(Node {
            value,
            gradient: 0.0,
            op,
            a,
            b,
        });
    }

    #[inline(always)]
    fn record(&mut self, op: Op, a: u32, b: u32) {
        let (x, y) = (self.0[a as usize].value, self.0[b as usize].value);
        let value = match op {
            Op::Leaf => x,
            Op::Add => x + y,
            Op::Sub => x - y,
            Op::Mul => x * y,
            Op::Tanh => x.tanh(),
        };
        self.push(value, op, a, b);
    }

    fn backward(&mut self) {
        if let Some(last) = self.0.last_mut() {
            last.gradient = 1.0;
        }
        for id in (0..self.0.len()).rev() {
            let Node {
                value,
                gradient,
                op,
                a,
                b,
            } = self.0[id];
            let (a, b) = (a as usize, b as usize);
            let (to_a, to_b) = match op {
                Op::Leaf => continue,
                Op::Add => (gradient, gradient),
                Op::Sub => (gradient, -gradient),
                Op::Mul => (gradient * self.0[b].value, gradient * self.0[a].value),
                Op::Tanh => (gradient * (1.0 - value * value), 0.0),
            };
            self.0[a].gradient += to_a;
            self.0[b].gradient += to_b;
        }
    }
}

/// Runs it on a tape written by hand.
fn tape(program: &[Instruction]) -> ([f64; 2], f64) {
    let (mut tape, mut gradient) = (Tape::default(), 0.0);
    let seconds = best(|| {
        tape.0.clear();
        let start = Instant::now();
        for (id, &(op, a, b)) in program.iter().enumerate() {
            match op {
                Op::Leaf => tape.push(leaf(id), op, 0, 0),
                _ => tape.record(op, a, b),
            }
        }
        let recorded = Instant::now();
        tape.backward();
        gradient = black_box(tape.0[0].gradient);
        Ok([(recorded - start).as_secs_f64(), recorded.elapsed().as_secs_f64()])
    });
    (seconds.unwrap_or_default(), gradient)
}

const WIDTHS: [usize; 4] = [2, 16, 16, 1];

/// The loss of a network of single numbers on many points.
fn loss<'g>(net: &Mlp, graph: &'g Graph, points: &[[f64; 3]]) -> Var<'g> {
    graph.sum(points.iter().flat_map(|&[x, y, target]| {
        let answers = net.forward(&[graph.constant(x), graph.constant(y)]);
        answers.into_iter().map(move |answer| {
            let difference = answer - target;
            difference * difference
        })
    }))
}

/// The same on the tape written by hand; its nodes begin with the weights.
fn loss_by_hand(tape: &mut Tape, points: &[[f64; 3]]) {
    let next = |tape: &Tape| tape.0.len() as u32;
    let mut loss = None;
    for &[x, y, target] in points {
        let mut inputs = vec![];
        for x in [x, y] {
            inputs.push(next(tape));
            tape.push(x, Op::Leaf, 0, 0);
        }
        let mut weight = 0;
        for &width in &WIDTHS[1..] {
            let mut outputs = vec![];
            for _ in 0..width {
                let mut sum = None;
                for &input in &inputs {
                    tape.record(Op::Mul, input, weight);
                    weight += 1;
                    if let Some(sum) = sum {
                        tape.record(Op::Add, sum, next(tape) - 1);
                    }
                    sum = Some(next(tape) - 1);
                }
                tape.record(Op::Add, next(tape) - 1, weight);
                weight += 1;
                outputs.push(next(tape));
                tape.record(Op::Tanh, next(tape) - 1, 0);
            }
            inputs = outputs;
        }
        let target_id = next(tape);
        tape.push(target, Op::Leaf, 0, 0);
        tape.record(Op::Sub, target_id - 1, target_id);
        tape.record(Op::Mul, target_id + 1, target_id + 1);
        if let Some(loss) = loss {
            tape.record(Op::Add, loss, target_id + 2);
        }
        loss = Some(next(tape) - 1);
    }
}

/// A network of 16, 16 and 1 neurons written with single numbers, on 100 points: one step's graph.
fn network() -> Result<()> {
    let (mut net, mut graph) = (Mlp::new(&WIDTHS, Tanh, &mut Rng::new(0)), Graph::new());
    let mut rng = Rng::new(1);
    let points: Vec<[f64; 3]> = (0..100)
        .map(|i| {
            [
                rng.uniform(-2.0, 2.0),
                rng.uniform(-2.0, 2.0),
                f64::from(i % 2) * 2.0 - 1.0,
            ]
        })
        .collect();
    let (mut count, mut result) = (0, 0.0);
    let ours = best(|| {
        graph.clear();
        let start = Instant::now();
        let loss = loss(&net, &graph, &points);
        (count, result) = (graph.len(), loss.item()?);
        let recorded = Instant::now();
        black_box(loss.backward()?);
        Ok([(recorded - start).as_secs_f64(), recorded.elapsed().as_secs_f64()])
    })?;
    let mut weights = vec![];
    net.visit("", &mut |_, param: &Param| {
        weights.extend_from_slice(param.value.data())
    });
    let mut tape = Tape::default();
    let floor = best(|| {
        tape.0.clear();
        let start = Instant::now();
        weights.iter().for_each(|&weight| tape.push(weight, Op::Leaf, 0, 0));
        loss_by_hand(&mut tape, &points);
        let by_hand = tape.0[tape.0.len() - 1].value;
        assert!((by_hand - result).abs() < 1e-9 * result, "{by_hand} is not {result}");
        let recorded = Instant::now();
        tape.backward();
        black_box(&tape.0);
        Ok([(recorded - start).as_secs_f64(), recorded.elapsed().as_secs_f64()])
    })?;
    let mut step = Step::new(&mut net, Sgd::new(0.0), |net: &Mlp, [zero]| {
        loss(net, zero.graph(), &points)
    });
    let replay = run_again(|zero| step.run([zero]))?;
    figures(&format!("network, {count} nodes"), ours, replay, floor, count);
    let micro = [ours[0] + ours[1], replay, floor[0] + floor[1]].map(|seconds| seconds * 1e6);
    println!(
        "a step of the network: {:.0} µs, replayed {:.0} µs, by hand {:.0} µs",
        micro[0], micro[1], micro[2]
    );
    Ok(())
}

/// Two hidden neurons and an answer, each weight a number of its own.
fn answer<'g>(net: &Numbers, x: [Var<'g>; 2]) -> Var<'g> {
    let w = &net.weights;
    let h1 = (x[0] * &w[0] + x[1] * &w[1] + &w[2]).sigmoid();
    let h2 = (x[0] * &w[3] + x[1] * &w[4] + &w[5]).sigmoid();
    (h1 * &w[6] + h2 * &w[7] + &w[8]).sigmoid()
}

/// The first notebook: two inputs, two sigmoid neurons and one answer; 1000 epochs of four samples, one by one.
fn notebook() -> Result<()> {
    let mut rng = Rng::new(0);
    let weights: Vec<f64> = (0..9).map(|_| rng.normal(0.0, 1.0)).collect();
    let samples = [
        [-2.0, -1.0, 1.0],
        [25.0, 6.0, 0.0],
        [17.0, 4.0, 0.0],
        [-15.0, -6.0, 1.0],
    ]
    .map(|sample| sample.map(Tensor::from));
    let fresh = || Numbers {
        weights: weights.iter().map(|&weight| Param::new(weight)).collect(),
    };
    let [seconds, _] = best(|| {
        let mut net = fresh();
        let start = Instant::now();
        let mut step = Step::new(&mut net, Sgd::new(0.1), |net: &Numbers, [x, y, target]| {
            let difference = target - answer(net, [x, y]);
            difference * difference
        });
        for _ in 0..1000 {
            for [x, y, target] in &samples {
                step.run([x, y, target])?;
            }
        }
        drop(step);
        black_box(net.parameter_count());
        Ok([start.elapsed().as_secs_f64(), 0.0])
    })?;
    println!("first notebook through Step, 4000 steps: {:.2} ms", seconds * 1e3);
    Ok(())
}
