//! Writes one picture of every kind, to be looked at: `cargo run -p chainrule-picture --example gallery -- FOLDER`.

use std::path::Path;
use std::{env, fs, io};

use chainrule_picture::graph::{Graph, Node};
use chainrule_picture::network::{Layer, Network};
use chainrule_picture::{Chart, Heatmap, Picture, confusion_matrix, loss_chart};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "gallery".to_string());
    fs::create_dir_all(&folder)?;
    for (name, picture) in charts().into_iter().chain(heatmaps()).chain(graphs()).chain(networks()) {
        fs::write(Path::new(&folder).join(format!("{name}.svg")), picture.svg())?;
    }
    Ok(())
}

/// A number between -1 and 1 that looks random and is the same everywhere.
fn noise(seed: u64) -> f64 {
    let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed ^ (mixed >> 32)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn charts() -> Vec<(&'static str, Picture)> {
    let xs: Vec<f64> = (-80..=80).map(|k| f64::from(k) / 20.0).collect();
    let tanh: Vec<f64> = xs.iter().map(|x| x.tanh()).collect();
    let slope: Vec<f64> = tanh.iter().map(|y| 1.0 - y * y).collect();
    let origin = Chart::new("tanh and its derivative")
        .line("tanh x", &xs, &tanh)
        .line("1 − tanh² x", &xs, &slope)
        .x_label("x")
        .axes_through(0.0, 0.0);

    let train: Vec<f64> = (0..120)
        .map(|k| 2.0 * (-f64::from(k) / 18.0).exp() + 0.02 + 0.002 * noise(k as u64))
        .collect();
    let validation: Vec<f64> = (0..120)
        .map(|k| 2.1 * (-f64::from(k) / 18.0).exp() + 0.05 + 0.0008 * f64::from(k) + 0.008 * noise(k as u64 + 500))
        .collect();
    let best = (0..120)
        .min_by(|a, b| validation[*a].total_cmp(&validation[*b]))
        .map(|best| best + 1);

    let turn = |k: usize, half: f64| std::f64::consts::PI * (k as f64 / 50.0 + half);
    let moons = |half: f64, seed: u64| -> (Vec<f64>, Vec<f64>) {
        (0..50)
            .map(|k| {
                let (dx, dy) = (0.12 * noise(seed + k as u64), 0.12 * noise(seed + 1000 + k as u64));
                (turn(k, half).cos() + half + dx, turn(k, half).sin() + half * 0.5 + dy)
            })
            .unzip()
    };
    let (ax, ay) = moons(0.0, 1);
    let (bx, by) = moons(1.0, 77);
    let moons = Chart::new("Two moons")
        .scatter("class 0", &ax, &ay)
        .scatter("class 1", &bx, &by)
        .x_label("x₁")
        .y_label("x₂");

    let houses: Vec<f64> = (0..90)
        .map(|k| 60.0 + f64::from(k) * 2.1 + 20.0 * noise(k as u64))
        .collect();
    let prices: Vec<f64> = houses
        .iter()
        .enumerate()
        .map(|(k, area)| 1500.0 * area + 40_000.0 * noise(k as u64 + 9))
        .collect();
    let fit: Vec<f64> = houses.iter().map(|area| 1500.0 * area).collect();
    let houses = Chart::new("House prices")
        .scatter("houses", &houses, &prices)
        .line("fit", &houses, &fit)
        .x_label("living area, m²")
        .y_label("price, $");

    let steps: Vec<f64> = (0..100_000).map(f64::from).collect();
    let walk: Vec<f64> = steps
        .iter()
        .scan(0.0, |sum, k| {
            *sum += noise(*k as u64);
            Some(*sum)
        })
        .collect();
    let many = (0..7).fold(Chart::new("Seven activations").x_range(-3.0, 3.0), |chart, k| {
        let ys: Vec<f64> = xs
            .iter()
            .map(|x| (x * (1.0 + f64::from(k) / 3.0)).sin() + f64::from(k) * 0.2)
            .collect();
        chart.line(format!("activation {k}"), &xs, &ys)
    });
    vec![
        ("chart-origin", origin.picture()),
        ("chart-loss", loss_chart(&train, &validation, best).picture()),
        ("chart-moons", moons.picture()),
        ("chart-houses", houses.picture()),
        (
            "chart-long",
            Chart::new("A long walk").line("", &steps, &walk).picture(),
        ),
        ("chart-many", many.picture()),
        ("chart-empty", Chart::new("Nothing yet").line("a", &[], &[]).picture()),
        (
            "chart-huge",
            Chart::new("From tiny to huge")
                .line("a", &[1.0, 2.0, 3.0, 4.0], &[1e-300, 1e-5, 1e9, 1e300])
                .log_y()
                .picture(),
        ),
        (
            "chart-point",
            Chart::new("One point").scatter("a", &[3.0], &[1e-9]).picture(),
        ),
    ]
}

fn heatmaps() -> Vec<(&'static str, Picture)> {
    let grid = |x: (f64, f64), y: (f64, f64), value: &dyn Fn(f64, f64) -> f64| -> Vec<Vec<f64>> {
        let xs = Heatmap::middles(x.0, x.1, 80);
        let row = |y: &f64| xs.iter().map(|x| value(*x, *y)).collect();
        Heatmap::middles(y.0, y.1, 50).iter().map(row).collect()
    };
    let (x, y) = ((-2.0, 2.0), (-1.0, 3.0));
    let rosenbrock = |x: f64, y: f64| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
    let (mut xs, mut ys) = (vec![-1.5], vec![2.5]);
    for step in 0..400 {
        let (a, b): (f64, f64) = (xs[step], ys[step]);
        xs.push(a - 0.0006 * (-2.0 * (1.0 - a) - 400.0 * a * (b - a * a)));
        ys.push(b - 0.0006 * 200.0 * (b - a * a));
    }
    let valley = Heatmap::surface("Rosenbrock's valley", x, y, &grid(x, y, &rosenbrock))
        .log_values()
        .path("gradient descent", &xs, &ys)
        .path("a guess", &[-1.8, 0.0, 1.0], &[-0.5, 2.0, 1.0]);

    let ring = |k: usize, radius: f64| {
        let angle = k as f64 * 0.7;
        (
            radius * angle.cos() + 0.3 * noise(k as u64),
            radius * angle.sin() + 0.3 * noise(k as u64 + 99),
        )
    };
    let (ax, ay): (Vec<f64>, Vec<f64>) = (0..60).map(|k| ring(k, 2.0)).unzip();
    let (bx, by): (Vec<f64>, Vec<f64>) = (0..60).map(|k| ring(k, 0.7)).unzip();
    let edge = (-3.0, 3.0);
    let inside = |x: f64, y: f64| 1.0 / (1.0 + (4.0 * (x.hypot(y) - 1.35)).exp());
    let decision = Heatmap::surface("Which class where", edge, edge, &grid(edge, edge, &inside))
        .diverging(0.5)
        .points("class 0", &ax, &ay)
        .points("class 1", &bx, &by);

    let words = ["weight", "height", "age", "noise"];
    let correlations = [
        [1.0, 0.8, 0.3, f64::NAN],
        [0.8, 1.0, -0.2, 0.01],
        [0.3, -0.2, 1.0, -0.95],
        [f64::NAN, 0.01, -0.95, 1.0],
    ];
    let digits: Vec<String> = (0..10).map(|digit| digit.to_string()).collect();
    let counts: Vec<Vec<usize>> = (0..10)
        .map(|i| (0..10).map(|j| if i == j { 97 - i } else { (i * j) % 3 }).collect())
        .collect();
    vec![
        (
            "heatmap-valley",
            valley.x_label("x").y_label("y").value_label("f(x, y)").picture(),
        ),
        (
            "heatmap-decision",
            decision.x_label("x₁").y_label("x₂").value_label("P(class 1)").picture(),
        ),
        (
            "heatmap-correlation",
            Heatmap::table("Correlation", &words, &words, &correlations)
                .diverging(0.0)
                .picture(),
        ),
        (
            "heatmap-confusion",
            confusion_matrix(&["ham", "spam"], &[[412, 7], [15, 93]]).picture(),
        ),
        ("heatmap-digits", confusion_matrix(&digits, &counts).picture()),
        (
            "heatmap-empty",
            Heatmap::surface("Nothing yet", edge, edge, &[[f64::NAN]]).picture(),
        ),
    ]
}

/// A recorder of scalar arithmetic, just enough to have something to draw.
#[derive(Default)]
struct Tape {
    nodes: Vec<Node>,
}

impl Tape {
    fn leaf(&mut self, name: &str, value: f64) -> usize {
        self.push(name, None, &[], value)
    }

    fn push(&mut self, name: &str, op: Option<&str>, arguments: &[usize], value: f64) -> usize {
        self.nodes.push(Node {
            id: self.nodes.len(),
            name: (!name.is_empty()).then(|| name.to_string()),
            op: op.map(str::to_string),
            arguments: arguments.to_vec(),
            value: vec![value],
            ..Node::default()
        });
        self.nodes.len() - 1
    }

    fn value(&self, node: usize) -> f64 {
        self.nodes[node].value[0]
    }

    fn mul(&mut self, name: &str, a: usize, b: usize) -> usize {
        self.push(name, Some("×"), &[a, b], self.value(a) * self.value(b))
    }

    fn add(&mut self, name: &str, a: usize, b: usize) -> usize {
        self.push(name, Some("+"), &[a, b], self.value(a) + self.value(b))
    }

    fn tanh(&mut self, name: &str, a: usize) -> usize {
        self.push(name, Some("tanh"), &[a], self.value(a).tanh())
    }

    fn backward(mut self) -> Graph {
        let mut gradient = vec![0.0; self.nodes.len()];
        if let Some(last) = gradient.last_mut() {
            *last = 1.0;
        }
        for (id, node) in self.nodes.iter().enumerate().rev() {
            let (g, value) = (gradient[id], node.value[0]);
            match (node.op.as_deref(), node.arguments.as_slice()) {
                (Some("×"), [a, b]) => {
                    gradient[*a] += g * self.value(*b);
                    gradient[*b] += g * self.value(*a);
                }
                (Some("tanh"), [a]) => gradient[*a] += g * (1.0 - value * value),
                (_, arguments) => arguments.iter().for_each(|a| gradient[*a] += g),
            }
        }
        for (node, gradient) in self.nodes.iter_mut().zip(gradient) {
            node.gradient = Some(vec![gradient]);
        }
        Graph::new(self.nodes)
    }
}

fn perceptron(inputs: usize, layers: &[usize]) -> Graph {
    let mut tape = Tape::default();
    let mut values: Vec<usize> = (0..inputs)
        .map(|k| tape.leaf(&format!("x{k}"), noise(k as u64)))
        .collect();
    for (depth, size) in layers.iter().enumerate() {
        let mut next = Vec::new();
        for neuron in 0..*size {
            let mut sum = tape.leaf(&format!("b{depth}.{neuron}"), 0.1);
            for (k, value) in values.clone().into_iter().enumerate() {
                let weight = tape.leaf(
                    &format!("w{depth}.{neuron}.{k}"),
                    noise((depth * 1000 + neuron * 100 + k) as u64),
                );
                let product = tape.mul("", weight, value);
                sum = tape.add("", sum, product);
            }
            next.push(tape.tanh("", sum));
        }
        values = next;
    }
    tape.backward()
}

fn graphs() -> Vec<(&'static str, Picture)> {
    let mut tape = Tape::default();
    let (a, b, c) = (tape.leaf("a", 2.0), tape.leaf("b", -3.0), tape.leaf("c", 10.0));
    let product = tape.mul("e", a, b);
    let sum = tape.add("d", product, c);
    let f = tape.leaf("f", -2.0);
    tape.mul("L", sum, f);
    let small = tape.backward().title("L = (a·b + c)·f");

    let mut tape = Tape::default();
    let (a, b) = (tape.leaf("a", -4.0), tape.leaf("b", 2.0));
    let c = tape.add("c", a, b);
    let twice = tape.add("a + a", a, a);
    let square = tape.mul("", b, b);
    let cubed = tape.mul("", square, b);
    let d = tape.mul("d", twice, c);
    let e = tape.add("", d, cubed);
    let f = tape.tanh("", e);
    tape.mul("g", f, a);
    let shared = tape.backward();

    let tensor = |id, name: &str, shape: &[usize], arguments: &[usize], op: Option<&str>| Node {
        id,
        name: (!name.is_empty()).then(|| name.to_string()),
        op: op.map(str::to_string),
        arguments: arguments.to_vec(),
        shape: shape.to_vec(),
        value: (0..shape.iter().product())
            .map(|k: usize| noise((id * 100 + k) as u64))
            .collect(),
        gradient: Some(
            (0..shape.iter().product())
                .map(|k: usize| 0.1 * noise((id * 177 + k) as u64))
                .collect(),
        ),
        ..Node::default()
    };
    let mut fault = tensor(8, "y", &[], &[6, 7], Some("+"));
    fault.value = Vec::new();
    fault.gradient = None;
    fault.fault = Some("add: shapes [32, 16] and [3] do not broadcast (at src/main.rs:21)".to_string());
    let mut x = tensor(0, "x", &[32, 2], &[], None);
    x.constant = true;
    x.gradient = None;
    let tensors = Graph::new(vec![
        x,
        tensor(1, "hidden.weight", &[2, 16], &[], None),
        tensor(2, "hidden.bias", &[16], &[], None),
        tensor(3, "", &[32, 16], &[0, 1], Some("matmul")),
        tensor(5, "", &[32, 16], &[3, 2], Some("+")),
        tensor(6, "h", &[32, 16], &[5], Some("tanh")),
        tensor(7, "v", &[3], &[], None),
        fault,
    ]);
    vec![
        ("graph-small", small.picture()),
        ("graph-shared", shared.picture()),
        ("graph-neuron", perceptron(3, &[1]).picture()),
        ("graph-perceptron", perceptron(3, &[4, 1]).picture()),
        ("graph-tensors", tensors.picture()),
        ("graph-collapsed", perceptron(8, &[16, 16, 1]).picture()),
    ]
}

fn network(inputs: &[&str], sizes: &[usize], outputs: &[&str]) -> Network {
    let mut before = inputs.len();
    let layers = sizes.iter().enumerate().map(|(depth, size)| {
        let last = depth + 1 == sizes.len();
        let weight = |i: usize, j: usize| 1.7 * noise((depth * 100_000 + i * 1000 + j) as u64);
        let layer = Layer {
            weights: (0..before)
                .map(|i| (0..*size).map(|j| weight(i, j)).collect())
                .collect(),
            bias: (0..*size).map(|j| 0.3 * noise((depth * 31 + j + 7) as u64)).collect(),
            activation: if last { "sigmoid" } else { "tanh" }.to_string(),
            names: if last {
                outputs.iter().map(|name| name.to_string()).collect()
            } else {
                Vec::new()
            },
        };
        before = *size;
        layer
    });
    Network {
        layers: layers.collect(),
        inputs: inputs.iter().map(|name| name.to_string()).collect(),
    }
}

fn networks() -> Vec<(&'static str, Picture)> {
    let pixels: Vec<String> = (0..784).map(|k| format!("pixel {k}")).collect();
    let pixels: Vec<&str> = pixels.iter().map(String::as_str).collect();
    let digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    let mut broken = network(&["a", "b"], &[3, 2], &["y"]);
    broken.layers[1].weights.pop();
    broken.layers[0].weights[0][1] = f64::NAN;
    vec![
        ("network-xor", network(&["x₁", "x₂"], &[4, 1], &["y"]).picture()),
        (
            "network-moons",
            network(&["x₁", "x₂"], &[16, 16, 1], &["class 1"]).picture(),
        ),
        ("network-digits", network(&pixels, &[500, 10], &digits).picture()),
        (
            "network-flowers",
            network(
                &["sepal length", "sepal width", "petal length", "petal width"],
                &[5, 3],
                &["setosa", "versicolor", "virginica"],
            )
            .picture(),
        ),
        ("network-broken", broken.picture()),
    ]
}
