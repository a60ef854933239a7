//! How fast the kernels are on this machine, for each instruction set that it has: nanoseconds per number of the
//! functions, beside the standard library's, billions of operations per second of matrix products, what threads bring,
//! and where one column more costs most.
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
    chainrule::set_threads(1);
    products::<f64>("f64");
    products::<f32>("f32");
    println!(
        "\nmicroseconds of products with one thread and with two; how often two are as fast is up to what else runs"
    );
    threads::<f32>("f32");
    println!("\nthe worst of time(n + 1) / time(n), n = 1…128");
    chainrule::set_threads(1);
    cliffs::<f64>("f64");
    cliffs::<f32>("f32");
}

/// Seconds that the fastest of many runs takes, each long enough for the clock.
fn best(mut work: impl FnMut()) -> f64 {
    let mut seconds = |count: usize| {
        let start = Instant::now();
        (0..count).for_each(|_| work());
        start.elapsed().as_secs_f64() / count as f64
    };
    seconds(10);
    let count = (1e-5 / seconds(10)).ceil() as usize;
    let (start, mut best) = (Instant::now(), f64::INFINITY);
    while start.elapsed().as_secs_f64() < 0.05 {
        best = best.min(seconds(count));
    }
    best
}

/// A product of matrices of these sizes, ready to be computed again and again.
fn product<T: Float>(rows: usize, inner: usize, columns: usize, op: ops::MatMul) -> impl FnMut() {
    let numbers = |count: usize| {
        (0..count)
            .map(|i| T::from_f64((i % 7) as f64 - 3.0))
            .collect::<Vec<T>>()
    };
    let swap = |sizes: [usize; 2], swapped| if swapped { [sizes[1], sizes[0]] } else { sizes };
    let shapes = [
        Shape::from(swap([rows, inner], op.transpose_a)),
        Shape::from(swap([inner, columns], op.transpose_b)),
    ];
    let (a, b, mut out) = (numbers(rows * inner), numbers(inner * columns), numbers(rows * columns));
    move || {
        let views = [
            View {
                data: &a[..],
                shape: shapes[0],
            },
            View {
                data: &b[..],
                shape: shapes[1],
            },
        ];
        op.eval(black_box(&views), black_box(&mut out));
    }
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
        print!("{:<22}", format!("{rows}×{inner}·{inner}×{columns} {name}"));
        for set in InstructionSet::available() {
            set.force();
            let operations = 2.0 * (rows * inner * columns) as f64;
            let seconds = best(product::<T>(rows, inner, columns, ops::MatMul::default()));
            print!("{:>10.2}", operations / seconds * 1e-9);
        }
        println!();
    }
}

fn threads<T: Float>(name: &str) {
    for (rows, inner, columns) in [
        (128, 784, 128),
        (512, 784, 128),
        (512, 784, 512),
        (512, 512, 512),
        (1000, 1000, 1000),
    ] {
        let seconds = [1, 2].map(|threads| {
            chainrule::set_threads(threads);
            best(product::<T>(rows, inner, columns, ops::MatMul::default()))
        });
        println!(
            "{:<22}{:>10.0}{:>10.0}, {:.2} times as fast",
            format!("{rows}×{inner}·{inner}×{columns} {name}"),
            seconds[0] * 1e6,
            seconds[1] * 1e6,
            seconds[0] / seconds[1]
        );
    }
}

fn cliffs<T: Float>(name: &str) {
    type Sizes = fn(usize) -> (usize, usize, usize, bool, bool);
    let kinds: [(&str, Sizes); 5] = [
        ("n×n·n×n", |n| (n, n, n, false, false)),
        ("32×n·n×n", |n| (32, n, n, false, false)),
        ("32×n·(n×n)ᵀ", |n| (32, n, n, false, true)),
        ("(32×n)ᵀ·32×n", |n| (n, 32, n, true, false)),
        ("32×784·784×n", |n| (32, 784, n, false, false)),
    ];
    for (kind, sizes) in kinds {
        let seconds: Vec<f64> = (1..=129)
            .map(|n| {
                let (rows, inner, columns, transpose_a, transpose_b) = sizes(n);
                let op = ops::MatMul {
                    transpose_a,
                    transpose_b,
                };
                best(product::<T>(rows, inner, columns, op))
            })
            .collect();
        let mut ratios: Vec<(f64, usize)> = (1..129).map(|n| (seconds[n] / seconds[n - 1], n)).collect();
        ratios.sort_by(|a, b| b.0.total_cmp(&a.0));
        let worst: Vec<String> = ratios[..4]
            .iter()
            .map(|(ratio, n)| format!("{ratio:.2} after {n}"))
            .collect();
        println!("{:<22}{}", format!("{kind} {name}"), worst.join(", "));
    }
}
