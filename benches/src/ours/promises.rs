//! What is promised of every machine: the same bits whatever computes them, and no width that is suddenly slow.

use chainrule::{
    InstructionSet, Mlp, Module, Step, Tensor,
    loss::{cross_entropy, mse},
    ops::{Relu, Tanh},
    optim::Adam,
    set_threads, threads,
};
use std::hint::black_box;

use crate::{
    ADAM, Result, data,
    meter::{Meter, cpu_seconds},
    numbers::{CHECKED_STEPS, singles},
    points,
};

/// FNV-1a of all weights' bits.
fn hash(net: &impl Module<f32>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    net.visit("", &mut |_, param| {
        for number in param.value.data() {
            hash = (hash ^ u64::from(number.to_bits())).wrapping_mul(0x100_0000_01b3);
        }
    });
    hash
}

fn trained(widths: &[usize], rows: usize) -> Result<u64> {
    let mut net: Mlp<f32> = if rows == points::ROWS {
        data::mlp(widths, Tanh)?
    } else {
        data::mlp(widths, Relu)?
    };
    if rows == points::ROWS {
        let (x, y) = points::data();
        let (x, y) = (
            Tensor::new(singles(&x), [rows, 2])?,
            Tensor::new(singles(&y), [rows, 1])?,
        );
        let mut step = Step::new(&mut net, Adam::new(ADAM), |net: &Mlp<f32>, [x, y]| {
            mse(net.forward(x), y)
        });
        for _ in 0..CHECKED_STEPS {
            step.run([&x, &y])?;
        }
    } else {
        let (x, y) = data::classification_tensors(rows, widths[0], widths[widths.len() - 1])?;
        let mut step = Step::new(&mut net, Adam::new(ADAM), |net: &Mlp<f32>, [x, y]| {
            cross_entropy(net.forward(x), y)
        });
        for _ in 0..CHECKED_STEPS {
            step.run([&x, &y])?;
        }
    }
    Ok(hash(&net))
}

/// Twenty Adam steps of four networks with every instruction set, on one thread and on two: how many different weights that
/// gives; 1 is promised, and what differs from the first is named.
pub fn bits(meter: &mut Meter) -> Result<()> {
    let (best, count) = (InstructionSet::in_use(), threads());
    for (widths, rows) in [
        (&crate::SMALL[..], 32),
        (&[2, 16, 16, 1], points::ROWS),
        (&crate::DIGITS, 512),
        (&crate::DEEP, 32),
    ] {
        let (mut hashes, mut others) = (vec![], vec![]);
        for set in InstructionSet::available() {
            for count in [1, 2] {
                set.force();
                set_threads(count);
                let hash = trained(widths, rows)?;
                if hashes.first().is_some_and(|first| *first != hash) {
                    others.push(format!(", {} on {count}", set.name()));
                }
                if !hashes.contains(&hash) {
                    hashes.push(hash);
                }
            }
        }
        let what = format!("different weights of the network {widths:?}, batch {rows}");
        meter.tell(&what, format!("{}{}", hashes.len(), others.concat()));
    }
    best.force();
    set_threads(count);
    Ok(())
}

/// The step of W3d for hidden layers of 1 to 128: the largest ratio of the times of neighboring widths.
pub fn cliffs(meter: &mut Meter) -> Result<()> {
    const WIDEST: usize = 128;
    let mut nets = vec![];
    for width in 1..=WIDEST {
        nets.push(data::mlp::<f32>(&[4, width, width, 3], Tanh)?);
    }
    let (x, y) = data::classification_tensors(32, 4, 3)?;
    let mut least = vec![f64::INFINITY; WIDEST];
    let mut steps: Vec<_> = nets
        .iter_mut()
        .map(|net| {
            Step::new(net, Adam::new(ADAM), |net: &Mlp<f32>, [x, y]| {
                cross_entropy(net.forward(x), y)
            })
        })
        .collect();
    for _round in 0..40 {
        for (step, least) in steps.iter_mut().zip(&mut least) {
            black_box(step.run([&x, &y])?);
            let start = cpu_seconds();
            for _ in 0..20 {
                black_box(step.run([&x, &y])?);
            }
            *least = least.min((cpu_seconds() - start) / 20.0);
        }
    }
    let ratios = least.windows(2).map(|pair| pair[1] / pair[0]).enumerate();
    let (place, worst) = ratios.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 1.0));
    meter.tell(
        "largest time(width + 1) / time(width)",
        format!("{worst:.2} at {}", place + 1),
    );
    Ok(())
}
