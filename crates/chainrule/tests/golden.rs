//! The engine's figures beside PyTorch's, in f64: `golden/make.py` wrote the JSON files and says what is in them.
//!
//! Everything agrees to 1e-12, relative. Each exception stands where it is made, with its reason.

#![allow(clippy::unwrap_used)] // a test that cannot go on may panic

use chainrule::{
    Graph, Linear, Mlp, Module, Operand, Param, Rng, Tensor, Var, concat,
    loss::{BceWithLogits, CrossEntropy, Hinge, Huber, Loss, Mae, Mse, mse},
    module,
    nn::{BatchNorm, LayerNorm, Mode},
    ops::{self, Axes, Variance, keepdims},
    optim::{
        Adagrad, Adam, AdamW, Optimizer, RmsProp, Schedule, Sgd, clip_norm, clip_value,
        schedule::{Cosine, Exponential, ReduceOnPlateau, StepDecay},
    },
};
use read::{agree, agree_tensor, cases, close, integers, number, numbers, settings, shape, tensor, text};
use serde_json::Value;
use std::{collections::HashSet, ops::Range};

#[path = "golden/read.rs"]
mod read;

/// The weights of `make.py`, so that every cell of a result counts differently.
fn weighted_sum(result: Var) -> Var {
    let weights = Tensor::from_fn(result.shape(), |i| ((7 * i % 11) as f64 - 5.0) / 4.0);
    (result * result.graph().constant(weights)).sum()
}

/// A loss is one number already.
fn whole(loss: Var) -> Var {
    loss
}

/// Compares a function of tensors with a case: the result, and both ways back.
fn check(case: &Value, total: fn(Var) -> Var, function: impl for<'g> Fn(&[Var<'g>]) -> Var<'g>) {
    let what = settings(case);
    let graph = Graph::new();
    let inputs = case["inputs"].as_array().unwrap();
    let leaves: Vec<Var> = inputs.iter().map(|input| graph.leaf(tensor(input))).collect();
    let result = function(&leaves);
    agree_tensor(&what, result, &case["result"]);
    let total = total(result);
    let (pulled, emitted) = (total.backward().unwrap(), total.backward_graph().unwrap());
    for (k, (&leaf, expected)) in leaves.iter().zip(case["gradients"].as_array().unwrap()).enumerate() {
        agree(
            &format!("{what} gradient {k}"),
            pulled.wrt(leaf),
            &numbers(&expected["data"]),
        );
        agree_tensor(&format!("{what} gradient {k} as nodes"), emitted.wrt(leaf), expected);
    }
}

fn row(name: &str) -> &'static ops::Row {
    let found = ops::rows::<f64>().iter().find(|row| row.op.name() == name);
    found.unwrap_or_else(|| panic!("there is no row {name}"))
}

#[test]
fn every_pointwise_operation_has_reference_figures() {
    let covered: HashSet<String> = ["pointwise", "binary"]
        .into_iter()
        .flat_map(cases)
        .map(|case| text(&case["name"]).to_string())
        .collect();
    for row in ops::rows::<f64>() {
        assert!(
            covered.contains(row.op.name()),
            "{}: add it to golden/make.py",
            row.op.name()
        );
    }
}

/// Where a figure is the small difference of numbers near 1, in PyTorch as here, both keep only what is left of their
/// digits: 1 − y² for tanh, 1 + tanh on the left for its gelu.
fn floor(name: &str, order: usize) -> f64 {
    match name {
        "tanh" if order > 0 => 1e-15,
        "gelu_tanh" => 2e-15,
        "softplus" if order == 3 => 1e-15, // σ (1 − σ)
        _ => 0.0,
    }
}

#[test]
fn pointwise_values_and_two_derivatives() {
    let mut failures = vec![];
    for case in cases("pointwise") {
        let (name, parameters) = (text(&case["name"]), numbers(&case["parameters"]));
        for figures in case["rows"].as_array().unwrap() {
            let figures = numbers(figures);
            let graph = Graph::new();
            let x = graph.leaf(figures[0]);
            let y = row(name).apply(&parameters, &[x]);
            let slope = y.backward_graph().unwrap().wrt(x);
            let ours = [
                y.item().unwrap(),
                y.backward().unwrap()[x],
                slope.item().unwrap(),
                slope.backward().unwrap()[x],
            ];
            let kinks = if parameters.is_empty() {
                row(name).op.kinks()
            } else {
                &parameters
            };
            let theirs = [figures[1], figures[2], figures[2], figures[3]];
            for (order, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
                let smooth = !kinks.contains(&figures[0]) && row(name).op.kinks().iter().all(|k| *k != figures[0]);
                if order == 3 && !(smooth && theirs.is_finite()) {
                    continue;
                }
                if !close(ours, theirs, floor(name, order)) {
                    let what = ["value", "slope", "slope as nodes", "second derivative"][order];
                    failures.push(format!(
                        "{name} {parameters:?} at {}: {what} is {ours:e}, PyTorch has {theirs:e}",
                        figures[0]
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn binary_operations_and_their_ties() {
    let mut failures = vec![];
    for case in cases("binary") {
        let name = text(&case["name"]);
        for figures in case["rows"].as_array().unwrap() {
            let figures = numbers(figures);
            let graph = Graph::new();
            let count = row(name).op.arity().unwrap();
            let leaves: Vec<Var> = figures[..count].iter().map(|&x| graph.leaf(x)).collect();
            let y = row(name).apply(&[], &leaves);
            let (pulled, emitted) = (y.backward().unwrap(), y.backward_graph().unwrap());
            let mut ours = vec![y.item().unwrap()];
            ours.extend(leaves.iter().map(|&leaf| pulled[leaf]));
            ours.extend(leaves.iter().map(|&leaf| emitted.wrt(leaf).item().unwrap()));
            let theirs = [&figures[count..], &figures[count + 1..]].concat();
            for (k, (ours, theirs)) in ours.into_iter().zip(theirs).enumerate() {
                if !close(ours, theirs, 0.0) {
                    let at = &figures[..count];
                    failures.push(format!(
                        "{name} at {at:?}: figure {k} is {ours:e}, PyTorch has {theirs:e}"
                    ));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn matrix_products() {
    for case in cases("matmul") {
        check(&case, weighted_sum, |x| x[0].matmul(x[1]));
    }
}

fn axes(case: &Value) -> Axes {
    let axes = match &case["axes"] {
        Value::Null => Axes::ALL,
        axes => integers::<isize>(axes).as_slice().into(),
    };
    if case["keep"] == true { keepdims(axes) } else { axes }
}

#[test]
fn reductions() {
    for case in cases("reductions") {
        let axis = case["axis"].as_i64().map_or(0, |axis| axis as isize);
        check(&case, weighted_sum, |x| match text(&case["name"]) {
            "sum" => x[0].sum_over(axes(&case)),
            "mean" => x[0].mean_over(axes(&case)),
            "max" => x[0].max_over(axes(&case)),
            "min" => x[0].min_over(axes(&case)),
            "logsumexp" => x[0].logsumexp(axes(&case)),
            "var" => x[0].apply(Variance {
                axes: axes(&case),
                correction: number(&case["correction"]),
            }),
            "softmax" => x[0].softmax(axis),
            "log_softmax" => x[0].log_softmax(axis),
            name => panic!("no such reduction: {name}"),
        });
    }
}

#[test]
fn layouts() {
    for case in cases("layout") {
        let axis = case["axis"].as_i64().map_or(0, |axis| axis as isize);
        check(&case, weighted_sum, |x| match text(&case["name"]) {
            "slice" => {
                let ends: Vec<usize> = integers(&case["range"]);
                x[0].slice(
                    axis,
                    Range {
                        start: ends[0],
                        end: ends[1],
                    },
                )
            }
            "pick" => x[0].pick(axis, integers(&case["positions"])),
            "permute" => x[0].permute(&integers::<isize>(&case["order"])),
            "reshape" => x[0].reshape(shape(&case["shape"])),
            "broadcast" => x[0].broadcast(shape(&case["shape"])),
            "transpose" => x[0].transpose(),
            "concat" => concat(x, axis).unwrap(),
            name => panic!("no such layout: {name}"),
        });
    }
}

#[test]
fn losses() {
    for case in cases("losses") {
        let loss: Box<dyn Loss<f64>> = match text(&case["name"]) {
            "mse" => Box::new(Mse),
            "mae" => Box::new(Mae),
            "huber" => Box::new(Huber {
                delta: number(&case["delta"]),
            }),
            "bce_with_logits" => Box::new(BceWithLogits),
            "hinge" => Box::new(Hinge),
            "cross_entropy" => Box::new(CrossEntropy {
                smoothing: number(&case["smoothing"]),
                weights: case["weights"].as_array().map(|w| w.iter().map(number).collect()),
            }),
            name => panic!("no such loss: {name}"),
        };
        let classes: Vec<usize> = case.get("classes").map(integers).unwrap_or_default();
        check(&case, whole, |x| {
            let target = x.get(1).map_or((&classes).into(), |&target| target.into());
            match text(&case["how"]) {
                "mean" => loss.mean(x[0], target),
                _ => loss.sum(x[0], target),
            }
        });
    }
}

fn fill(param: &mut Param, value: &Value) {
    assert_eq!(param.shape(), shape(&value["shape"]));
    param.value = tensor(value);
}

#[test]
fn layers() {
    for case in cases("layers") {
        let (what, graph, given) = (settings(&case), Graph::new(), &case["parameters"]);
        let x = graph.leaf(tensor(&case["x"]));
        let features = x.shape().last();
        let mut linear = Linear::new(3, 2, &mut Rng::new(0));
        let (mut layer, mut batch) = (LayerNorm::new(features), BatchNorm::new(features));
        let (result, parameters) = match text(&case["name"]) {
            "linear" => {
                fill(&mut linear.weight, &given["weight"]);
                fill(&mut linear.bias, &given["bias"]);
                (linear.forward(x), [("weight", &linear.weight), ("bias", &linear.bias)])
            }
            "layer_norm" => {
                fill(&mut layer.scale, &given["scale"]);
                fill(&mut layer.shift, &given["shift"]);
                (layer.forward(x), [("scale", &layer.scale), ("shift", &layer.shift)])
            }
            _ => {
                fill(&mut batch.scale, &given["scale"]);
                fill(&mut batch.shift, &given["shift"]);
                fill(&mut batch.running_mean, &case["buffers_before"]["running_mean"]);
                fill(&mut batch.running_variance, &case["buffers_before"]["running_var"]);
                let rng = &mut Rng::new(0);
                let mut mode = if case["mode"] == "train" {
                    Mode::Train(rng)
                } else {
                    Mode::Eval
                };
                let result = batch.forward(x, &mut mode);
                let after = &case["buffers_after"];
                for (running, name) in [
                    (&batch.running_mean, "running_mean"),
                    (&batch.running_variance, "running_var"),
                ] {
                    agree(
                        &format!("{what} {name}"),
                        running.value.data(),
                        &numbers(&after[name]["data"]),
                    );
                }
                (result, [("scale", &batch.scale), ("shift", &batch.shift)])
            }
        };
        agree_tensor(&what, result, &case["result"]);
        let total = weighted_sum(result);
        let (pulled, emitted) = (total.backward().unwrap(), total.backward_graph().unwrap());
        let parameters = parameters.map(|(name, param)| (name, param.on(&graph), &case["gradients"][name]));
        for (name, at, expected) in [("x", x, &case["gradient_x"])].into_iter().chain(parameters) {
            agree(&format!("{what} d{name}"), pulled.wrt(at), &numbers(&expected["data"]));
            agree_tensor(&format!("{what} d{name} as nodes"), emitted.wrt(at), expected);
        }
    }
}

struct Regression {
    weight: Param,
    bias: Param,
}
module!(Regression { weight, bias });

impl Regression {
    fn new(case: &Value) -> Regression {
        Regression {
            weight: Param::new(tensor(&case["weight"])),
            bias: Param::new(tensor(&case["bias"])),
        }
    }

    fn loss<'g>(&self, graph: &'g Graph, case: &Value, with_bias: bool) -> Var<'g> {
        let prediction = graph.constant(tensor(&case["x"])).matmul(&self.weight);
        let prediction = if with_bias { prediction + &self.bias } else { prediction };
        mse(prediction, graph.constant(tensor(&case["y"])))
    }

    fn numbers(&self) -> Vec<f64> {
        [self.weight.value.data(), self.bias.value.data()].concat()
    }
}

fn optimizer(name: &str, settings: &Value) -> Box<dyn Optimizer<f64>> {
    let or = |key: &str, default: f64| settings[key].as_f64().unwrap_or(default);
    let (rate, decay) = (0.05, or("weight_decay", 0.0));
    match name {
        "sgd" => {
            let sgd = Sgd::new(rate).momentum(or("momentum", 0.0)).weight_decay(decay);
            Box::new(sgd.nesterov(settings["nesterov"] == true))
        }
        "rmsprop" => Box::new(RmsProp::new(rate).alpha(or("alpha", 0.99)).weight_decay(decay)),
        "adagrad" => Box::new(Adagrad::new(rate).weight_decay(decay)),
        "adam" => {
            let adam = Adam::new(rate).beta1(or("beta1", 0.9)).beta2(or("beta2", 0.999));
            Box::new(adam.weight_decay(decay))
        }
        "adamw" => Box::new(AdamW::new(rate).weight_decay(or("weight_decay", 0.01))),
        name => panic!("no such optimizer: {name}"),
    }
}

fn train_beside_pytorch(late: bool) {
    for case in cases("optimizers") {
        let first_with_bias = case["late"].as_u64().unwrap() as usize;
        if (first_with_bias > 0) != late {
            continue;
        }
        let mut net = Regression::new(&case);
        let mut optimizer = optimizer(text(&case["name"]), &case["settings"]);
        for (step, expected) in case["course"].as_array().unwrap().iter().enumerate() {
            let graph = Graph::new();
            let loss = net.loss(&graph, &case, step >= first_with_bias);
            optimizer.step(&mut net, &loss.backward().unwrap());
            let what = format!("{} {} step {step}", case["name"], case["settings"]);
            agree(&what, &net.numbers(), &numbers(expected));
        }
    }
}

#[test]
fn twenty_steps_of_each_optimizer() {
    train_beside_pytorch(false);
}

/// What an optimizer remembers of a parameter begins with that parameter's first gradient, in PyTorch: a layer that is
/// unfrozen later has its own step count.
#[test]
fn a_parameter_that_joins_later_counts_its_own_steps() {
    train_beside_pytorch(true);
}

#[test]
fn every_optimizer_has_reference_figures() {
    let covered: Vec<String> = cases("optimizers")
        .iter()
        .map(|case| text(&case["name"]).to_string())
        .collect();
    for choice in chainrule::optim::optimizers::<f64>() {
        assert!(
            covered.iter().any(|name| name == choice.name),
            "{}: add it to golden/make.py",
            choice.name
        );
    }
}

#[test]
fn clipping() {
    for case in cases("clip") {
        let (what, net, graph) = (settings(&case), Regression::new(&case), Graph::new());
        let mut gradients = net.loss(&graph, &case, true).backward().unwrap();
        let most = number(&case["most"]);
        let expected = match text(&case["name"]) {
            "norm" => {
                let norm = clip_norm(&mut gradients, most);
                agree(&what, &[norm], &[number(&case["norm"])]);
                // PyTorch divides by norm + 1e-6 and so stays a millionth below the bound; the engine meets it.
                numbers(&case["exact"])
            }
            _ => {
                clip_value(&mut gradients, most);
                numbers(&case["torch"])
            }
        };
        let clipped = [gradients.wrt(net.weight.on(&graph)), gradients.wrt(net.bias.on(&graph))].concat();
        agree(&what, &clipped, &expected);
        for (ours, theirs) in clipped.iter().zip(numbers(&case["torch"])) {
            assert!(
                (ours - theirs).abs() <= 2e-6 * theirs.abs(),
                "{what}: {ours}, PyTorch has {theirs}"
            );
        }
    }
}

#[test]
fn schedules() {
    for case in cases("schedules") {
        let settings = &case["settings"];
        let of = |key: &str| number(&settings[key]);
        let mut schedule: Box<dyn Schedule> = match text(&case["name"]) {
            "step" => Box::new(StepDecay {
                every: of("every") as usize,
                factor: of("factor"),
            }),
            "exponential" => Box::new(Exponential { factor: of("factor") }),
            "cosine" => Box::new(Cosine {
                epochs: of("epochs") as usize,
                end: of("end"),
            }),
            "plateau" => Box::new(ReduceOnPlateau::new(of("factor"), of("patience") as usize)),
            name => panic!("no such schedule: {name}"),
        };
        let losses = numbers(&case["losses"]);
        let before = |epoch: usize| if epoch == 0 { f64::NAN } else { losses[epoch - 1] };
        let factors: Vec<f64> = (0..=losses.len())
            .map(|epoch| schedule.factor(epoch, before(epoch)))
            .collect();
        agree(
            &format!("{} {settings}", case["name"]),
            &factors,
            &numbers(&case["factors"]),
        );
    }
}

#[test]
fn a_small_network() {
    for case in cases("mlp") {
        let mut net = Mlp::new(&integers::<usize>(&case["widths"]), ops::Tanh, &mut Rng::new(0)).unwrap();
        let mut given = case["parameters"].as_array().unwrap().iter();
        net.visit_mut("", &mut |_, param| fill(param, given.next().unwrap()));
        let graph = Graph::new();
        let result = net.forward(graph.constant(tensor(&case["x"])));
        agree_tensor("mlp", result, &case["result"]);
        let loss = mse(result, graph.constant(tensor(&case["y"])));
        agree("mlp loss", &[loss.item().unwrap()], &[number(&case["loss"])]);
        let gradients = loss.backward().unwrap();
        let mut expected = case["gradients"].as_array().unwrap().iter();
        net.visit("", &mut |path, param| {
            let expected = numbers(&expected.next().unwrap()["data"]);
            agree(path, gradients.wrt(param.on(&graph)), &expected);
        });
    }
}
