//! temporary
use chainrule::{loss::cross_entropy, ops::Tanh, optim::*, *};
use std::time::Instant;
fn run(widths: &[usize], rows: usize, count: usize) {
    let mut rng = Rng::new(1);
    let mut net: Mlp<f32> = Mlp::new(widths, Tanh, &mut rng).unwrap();
    let x = Tensor::<f32>::from_fn([rows, widths[0]], |_| rng.uniform(-1.0, 1.0) as f32);
    let classes: Vec<usize> = (0..rows).map(|i| i % widths[widths.len() - 1]).collect();
    let y = Tensor::<f32>::from_fn([rows], |i| classes[i] as f32);
    for name in ["step sgd"] {
        let mut best = f64::INFINITY;
        let mut check = 0.0;
        for _ in 0..7 {
            let start = Instant::now();
            match name {
                "eager" => {
                    let mut sgd = Sgd::new(0.01);
                    let mut g = Graph::<f32>::default();
                    for _ in 0..count {
                        g.clear();
                        let loss = cross_entropy(net.forward(g.constant(&x)), &classes);
                        sgd.step(&mut net, &loss.backward().unwrap());
                        check = loss.item().unwrap();
                    }
                }
                "step sgd" => {
                    let mut step = Step::new(&mut net, Sgd::new(0.01), |net: &Mlp<f32>, [x, y]| {
                        cross_entropy(net.forward(x), y)
                    });
                    for _ in 0..count {
                        check = step.run([&x, &y]).unwrap();
                    }
                }
                _ => {
                    let mut step = Step::new(&mut net, Adam::new(0.001), |net: &Mlp<f32>, [x, y]| {
                        cross_entropy(net.forward(x), y)
                    });
                    for _ in 0..count {
                        check = step.run([&x, &y]).unwrap();
                    }
                }
            }
            best = f64::min(best, start.elapsed().as_secs_f64() / count as f64);
        }
        println!("{widths:?} rows {rows} {name}: {:.2} µs (loss {check})", best * 1e6);
    }
}
fn main() {
    run(&[4, 16, 16, 3], 32, 20000);


}
