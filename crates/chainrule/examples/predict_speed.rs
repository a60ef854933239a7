//! How fast a trained network answers on this machine: nanoseconds per row of plain numbers, for one row and for 1,024 at
//! once, beside loops written by hand for one network only, whose sizes and nonlinearity the compiler knows.
//!
//!     cargo run --release -p chainrule --example predict_speed [-- avx2]
//!
//! Each figure is the best of many short runs, so that what else the machine does matters little.

use chainrule::{Float, InstructionSet, Mlp, Rng, nn::Activation};
use std::{hint::black_box, time::Instant};

/// A number that the loops by hand can multiply and add with one rounding.
trait Number: Float {
    fn multiply_add(self, b: Self, c: Self) -> Self;
}

macro_rules! number {
    ($($T:ident),*) => {$(
        impl Number for $T {
            #[inline(always)]
            fn multiply_add(self, b: $T, c: $T) -> $T {
                self.mul_add(b, c)
            }
        }
    )*};
}
number!(f32, f64);

fn main() -> Result<(), chainrule::Error> {
    if let Some(name) = std::env::args().nth(1) {
        match InstructionSet::available().into_iter().find(|set| set.name() == name) {
            Some(set) => set.force(),
            None => println!("this machine has no {name}"),
        }
    }
    println!("ns per row, {}", InstructionSet::in_use().name());
    println!(
        "{:<24}{:>6}{:>12}{:>12}{:>8}",
        "network (relu)", "rows", "chainrule", "by hand", "ratio"
    );
    both::<f32>("f32")?;
    both::<f64>("f64")
}

fn both<T: Number>(name: &str) -> Result<(), chainrule::Error> {
    compare::<T>(
        &format!("4-16-16-3 {name}"),
        &[4, 16, 16, 3],
        #[inline(always)]
        |net, x, out| {
            let [a, b, c] = [0, 1, 2].map(|layer| {
                (
                    net.layers[layer].weight.value.data(),
                    net.layers[layer].bias.value.data(),
                )
            });
            let (mut h, mut k) = ([[T::ZERO; 16]; 6], [[T::ZERO; 16]; 6]);
            for (x, out) in x.chunks(4 * 6).zip(out.chunks_mut(3 * 6)) {
                let rows = x.len() / 4;
                let (h, k) = (
                    &mut h.as_flattened_mut()[..16 * rows],
                    &mut k.as_flattened_mut()[..16 * rows],
                );
                layer::<T, 4, 16, 16>(true, a, x, h);
                layer::<T, 16, 16, 16>(true, b, h, k);
                layer::<T, 16, 3, 3>(false, c, k, out);
            }
        },
    )?;
    compare::<T>(
        &format!("784-128-10 {name}"),
        &[784, 128, 10],
        #[inline(always)]
        |net, x, out| {
            let [a, b] = [0, 1].map(|layer| {
                (
                    net.layers[layer].weight.value.data(),
                    net.layers[layer].bias.value.data(),
                )
            });
            let mut h = [[T::ZERO; 128]; 6];
            for (x, out) in x.chunks(784 * 6).zip(out.chunks_mut(10 * 6)) {
                let rows = x.len() / 784;
                let h = &mut h.as_flattened_mut()[..128 * rows];
                if rows == 1 {
                    layer::<T, 784, 128, 128>(true, a, x, h);
                } else {
                    layer::<T, 784, 128, 32>(true, a, x, h);
                }
                layer::<T, 128, 10, 10>(false, b, h, out);
            }
        },
    )
}

/// A layer by hand, some columns at a time.
#[inline(always)]
fn layer<T: Number, const INPUTS: usize, const OUTPUTS: usize, const COLUMNS: usize>(
    bent: bool,
    (weight, bias): (&[T], &[T]),
    x: &[T],
    y: &mut [T],
) {
    let (weight, bias) = (weight.as_chunks::<OUTPUTS>().0, bias.as_chunks::<COLUMNS>().0);
    let (x, y) = (x.as_chunks::<INPUTS>().0, y.as_chunks_mut::<OUTPUTS>().0);
    let ((sixes_x, x), (sixes_y, y)) = (x.as_chunks::<6>(), y.as_chunks_mut::<6>());
    // Six rows' sums have a name each, so that all of them stay in registers.
    for (rows, results) in sixes_x.iter().zip(sixes_y) {
        for (first, bias) in (0..OUTPUTS).step_by(COLUMNS).zip(bias) {
            let [mut a, mut b, mut c, mut d, mut e, mut f] = [[T::ZERO; COLUMNS]; 6];
            for (i, weight) in weight.iter().enumerate() {
                for (k, weight) in weight[first..first + COLUMNS].iter().enumerate() {
                    a[k] = rows[0][i].multiply_add(*weight, a[k]);
                    b[k] = rows[1][i].multiply_add(*weight, b[k]);
                    c[k] = rows[2][i].multiply_add(*weight, c[k]);
                    d[k] = rows[3][i].multiply_add(*weight, d[k]);
                    e[k] = rows[4][i].multiply_add(*weight, e[k]);
                    f[k] = rows[5][i].multiply_add(*weight, f[k]);
                }
            }
            for (y, sums) in results.iter_mut().zip([a, b, c, d, e, f]) {
                finish(bent, sums, bias, &mut y[first..first + COLUMNS]);
            }
        }
    }
    for (x, y) in x.iter().zip(y) {
        for (first, bias) in (0..OUTPUTS).step_by(COLUMNS).zip(bias) {
            let mut sums = [T::ZERO; COLUMNS];
            for (x, weight) in x.iter().zip(weight) {
                for (sum, weight) in sums.iter_mut().zip(&weight[first..first + COLUMNS]) {
                    *sum = x.multiply_add(*weight, *sum);
                }
            }
            finish(bent, sums, bias, &mut y[first..first + COLUMNS]);
        }
    }
}

/// The bias, and the nonlinearity.
#[inline(always)]
fn finish<T: Number, const COLUMNS: usize>(bent: bool, sums: [T; COLUMNS], bias: &[T; COLUMNS], y: &mut [T]) {
    for ((y, sum), &bias) in y.iter_mut().zip(sums).zip(bias) {
        let z = sum + bias;
        *y = if bent && z < T::ZERO { T::ZERO } else { z };
    }
}

/// The nanoseconds of the fastest of many runs.
fn best(mut work: impl FnMut()) -> f64 {
    let (start, mut best) = (Instant::now(), f64::INFINITY);
    while start.elapsed().as_secs_f64() < 0.4 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best * 1e9
}

fn compare<T: Number>(
    name: &str,
    widths: &[usize],
    by_hand: impl Fn(&Mlp<T>, &[T], &mut [T]) + Copy,
) -> Result<(), chainrule::Error> {
    let rng = &mut Rng::new(0);
    let net = Mlp::new(widths, Activation::named("relu")?, rng)?;
    let (inputs, outputs) = (widths[0], widths[widths.len() - 1]);
    for rows in [1, 1024] {
        let x: Vec<T> = (0..rows * inputs)
            .map(|_| T::from_f64(rng.uniform(-1.0, 1.0)))
            .collect();
        let (mut ours, mut floor) = (vec![T::ZERO; rows * outputs], vec![T::ZERO; rows * outputs]);
        let repeats = if rows == 1 { 50 } else { 1 };
        let time = best(|| {
            for _ in 0..repeats {
                let _ = black_box(net.predict_into(black_box(&x), black_box(&mut ours)));
            }
        });
        let hand = best(|| {
            for _ in 0..repeats {
                InstructionSet::in_use().run(
                    #[inline(always)]
                    || by_hand(&net, black_box(&x), black_box(&mut floor)),
                );
            }
        });
        let per_row = (repeats * rows) as f64;
        let (time, hand) = (time / per_row, hand / per_row);
        let same = if ours == floor { "" } else { "  other bits" };
        println!("{name:<24}{rows:>6}{time:>12.1}{hand:>12.1}{:>8.2}{same}", time / hand);
    }
    Ok(())
}
