//! How fast the kernels are on this machine, for each instruction set that it has: nanoseconds per number of the
//! functions, beside the standard library's, and billions of operations per second of matrix products.
//!
//!     cargo run --release -p chainrule --example kernel_speed
//!
//! Each figure is the best of many short runs, so that what else the machine does matters little.

use chainrule::{Float, InstructionSet, Op, Shape, View, ops};
use std::{hint::black_box, time::Instant};

fn main() {
    println!("ns per number, 4096 numbers at a time");
    print!("{:<14}", "");
    for set in InstructionSet::available() {
        print!("{:>10}", set.name());
    }
    println!("{:>10}", "std");
    functions::<f64>("f64");
    functions::<f32>("f32");
    println!("\nbillions of operations (× and + counted singly) per second");
    print!("{:<22}", "");
    for set in InstructionSet::available() {
        print!("{:>10}", set.name());
    }
    println!();
    products::<f64>("f64");
    products::<f32>("f32");
}

/// Seconds that the fastest of many runs takes.
fn best(mut work: impl FnMut()) -> f64 {
    let (start, mut best) = (Instant::now(), f64::INFINITY);
    while start.elapsed().as_secs_f64() < 0.1 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

fn functions<T: Float>(name: &str) {
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    type Row<T> = (&'static dyn Op<T>, f64, f64, fn(f64) -> f64, fn(f32) -> f32);
    let rows: [Row<T>; 7] = [
        (&ops::Exp, -20.0, 20.0, f64::exp, f32::exp),
        (&ops::Ln, 0.001, 50.0, f64::ln, f32::ln),
        (&ops::Tanh, -4.0, 4.0, f64::tanh, f32::tanh),
        (&ops::Sigmoid, -8.0, 8.0, logistic, |x| 1.0 / (1.0 + (-x).exp())),
        (&ops::Softplus, -8.0, 8.0, |x| x.exp().ln_1p(), |x| x.exp().ln_1p()),
        (&ops::Relu, -8.0, 8.0, |x| x.max(0.0), |x| x.max(0.0)),
        (&ops::Square, -8.0, 8.0, |x| x * x, |x| x * x),
    ];
    const COUNT: usize = 4096;
    for (op, low, high, double, single) in rows {
        let x: Vec<f64> = (0..COUNT)
            .map(|i| low + (high - low) * (i * 2654435761 % 65536) as f64 / 65536.0)
            .collect();
        let typed: Vec<T> = x.iter().map(|&x| T::from_f64(x)).collect();
        let narrow: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        let view = View {
            data: &typed,
            shape: Shape::from([COUNT]),
        };
        print!("{:<14}", format!("{} {name}", op.name()));
        for set in InstructionSet::available() {
            set.force();
            let mut y = vec![T::ZERO; COUNT];
            let seconds = best(|| op.eval(black_box(&[view]), black_box(&mut y)));
            print!("{:>10.2}", seconds * 1e9 / COUNT as f64);
        }
        let (mut wide_y, mut narrow_y) = (x.clone(), narrow.clone());
        let seconds = best(|| match name {
            "f64" => black_box(&mut wide_y)
                .iter_mut()
                .zip(&x)
                .for_each(|(y, &x)| *y = double(x)),
            _ => black_box(&mut narrow_y)
                .iter_mut()
                .zip(&narrow)
                .for_each(|(y, &x)| *y = single(x)),
        });
        println!("{:>10.2}", seconds * 1e9 / COUNT as f64);
    }
}

fn products<T: Float>(name: &str) {
    let sizes = [
        (1, 1, 1),
        (4, 4, 4),
        (16, 4, 16),
        (32, 4, 16),
        (32, 16, 3),
        (1, 784, 128),
        (32, 32, 32),
        (128, 128, 128),
        (32, 784, 128),
        (784, 32, 128),
        (512, 512, 512),
        (1000, 1000, 1000),
    ];
    for (rows, inner, columns) in sizes {
        let numbers = |count: usize| {
            (0..count)
                .map(|i| T::from_f64((i % 7) as f64 - 3.0))
                .collect::<Vec<T>>()
        };
        let (a, b) = (numbers(rows * inner), numbers(inner * columns));
        let mut out = vec![T::ZERO; rows * columns];
        print!("{:<22}", format!("{rows}×{inner}·{inner}×{columns} {name}"));
        let views = [
            View {
                data: &a[..],
                shape: Shape::from([rows, inner]),
            },
            View {
                data: &b[..],
                shape: Shape::from([inner, columns]),
            },
        ];
        for set in InstructionSet::available() {
            set.force();
            let operations = 2.0 * (rows * inner * columns) as f64;
            let seconds = best(|| ops::MatMul::default().eval(black_box(&views), black_box(&mut out)));
            print!("{:>10.2}", operations / seconds * 1e-9);
        }
        println!();
    }
}
