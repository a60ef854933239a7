//! W8: least squares by the normal equations, descent in one pass, and logistic regression by Newton's method; f64.

use chainrule::InstructionSet;
use std::hint::black_box;

use super::math::Real;
use crate::{
    Result,
    meter::Meter,
    numbers::CHECKED_STEPS,
    table::{self, DESCENT_RATE, DESCENT_STEPS, FEATURES, ROWS},
};

/// The features, the 1 of the intercept, the answer, and room up to three vectors of eight.
const WIDE: usize = 24;
/// The unknowns: a weight for each feature, and the intercept.
const UNKNOWNS: usize = FEATURES + 1;
/// Rows that are worked on at a time.
const PART: usize = 256;

type Row = [f64; FEATURES];
type Products = [[f64; WIDE]; WIDE];

/// Adds Σ (weight · row) ⊗ row: the lower half, in three bands of eight rows.
#[inline(always)]
fn add_products(products: &mut Products, rows: &[[f64; WIDE]], weighted: &[[f64; WIDE]]) {
    band::<8>(products, rows, weighted, 0);
    band::<16>(products, rows, weighted, 8);
    band::<24>(products, rows, weighted, 16);
}

#[inline(always)]
fn band<const COLUMNS: usize>(products: &mut Products, rows: &[[f64; WIDE]], weighted: &[[f64; WIDE]], from: usize) {
    let mut sums = [[0.0; COLUMNS]; 8];
    for (row, weighted) in rows.iter().zip(weighted) {
        for c in 0..COLUMNS {
            for r in 0..8 {
                sums[r][c] = f64::mul_add(weighted[from + r], row[c], sums[r][c]);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        for c in 0..COLUMNS {
            products[from + r][c] += sums[c];
        }
    }
}

/// The solution of A w = b, by Cholesky's factors; row `UNKNOWNS` of the products is b.
fn solve(products: &Products) -> [f64; UNKNOWNS] {
    let mut l = [[0.0; UNKNOWNS]; UNKNOWNS];
    for i in 0..UNKNOWNS {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
            let rest = products[i][j] - known;
            l[i][j] = if i == j { rest.sqrt() } else { rest / l[j][j] };
        }
    }
    let mut w = [0.0; UNKNOWNS];
    for i in 0..UNKNOWNS {
        let known: f64 = (0..i).map(|k| l[i][k] * w[k]).sum();
        w[i] = (products[UNKNOWNS][i] - known) / l[i][i];
    }
    for i in (0..UNKNOWNS).rev() {
        let known: f64 = (i + 1..UNKNOWNS).map(|k| l[k][i] * w[k]).sum();
        w[i] = (w[i] - known) / l[i][i];
    }
    w
}

/// A row as it enters the products: features, 1, answer.
#[inline(always)]
fn widen(x: &Row, answer: f64) -> [f64; WIDE] {
    let mut row = [0.0; WIDE];
    row[..FEATURES].copy_from_slice(x);
    (row[FEATURES], row[UNKNOWNS]) = (1.0, answer);
    row
}

fn check(w: &[f64; UNKNOWNS]) -> f64 {
    table::check(&w[..FEATURES], w[FEATURES])
}

/// Ordinary least squares.
pub fn least_squares(meter: &mut Meter) -> Result<()> {
    let (x, y) = (table::features(), table::numbers());
    let (x, _) = x.as_chunks::<FEATURES>();
    let fit = || {
        InstructionSet::in_use().run(
            #[inline(always)]
            || {
                let (mut products, mut rows) = ([[0.0; WIDE]; WIDE], [[0.0; WIDE]; PART]);
                for (x, y) in x.chunks(PART).zip(y.chunks(PART)) {
                    for ((row, x), y) in rows.iter_mut().zip(x).zip(y) {
                        *row = widen(x, *y);
                    }
                    add_products(&mut products, &rows[..x.len()], &rows[..x.len()]);
                }
                solve(&products)
            },
        )
    };
    meter.measure(check(&fit()), 1.0, || Ok(fit()))
}

/// x · w + b of some rows.
#[inline(always)]
fn sums(x: &[Row], w: &[f64; UNKNOWNS], sums: &mut [f64]) {
    for (x, sum) in x.iter().zip(sums) {
        let mut parts = [0.0; 4];
        for p in 0..FEATURES / 4 {
            for q in 0..4 {
                parts[q] = f64::mul_add(x[4 * p + q], w[4 * p + q], parts[q]);
            }
        }
        // Held back from working on several rows at once, for which it would have to gather their numbers.
        *sum = black_box((parts[0] + parts[1]) + (parts[2] + parts[3]) + w[FEATURES]);
    }
}

/// Fifty steps of gradient descent on the mean squared error: one pass over the rows a step.
pub fn descent(meter: &mut Meter) -> Result<()> {
    let (x, y) = (table::features(), table::numbers());
    let (x, _) = x.as_chunks::<FEATURES>();
    let mut w = [0.0; UNKNOWNS];
    let mut step = || {
        InstructionSet::in_use().run(
            #[inline(always)]
            || {
                let (mut gradient, mut loss, mut errors) = ([0.0; UNKNOWNS], 0.0, [0.0; PART]);
                for (x, y) in x.chunks(PART).zip(y.chunks(PART)) {
                    let errors = &mut errors[..x.len()];
                    sums(x, &w, errors);
                    let (mut own, mut squares, mut all) = ([0.0; FEATURES], 0.0, 0.0);
                    for ((x, y), error) in x.iter().zip(y).zip(errors) {
                        let error = *error - y;
                        squares += error * error;
                        all += error;
                        for j in 0..FEATURES {
                            own[j] = f64::mul_add(error, x[j], own[j]);
                        }
                    }
                    loss += squares;
                    gradient[FEATURES] += all;
                    for j in 0..FEATURES {
                        gradient[j] += own[j];
                    }
                }
                for (w, g) in w.iter_mut().zip(gradient) {
                    *w -= DESCENT_RATE * 2.0 / ROWS as f64 * g;
                }
                loss / ROWS as f64
            },
        )
    };
    for _ in 0..CHECKED_STEPS {
        step();
    }
    let check = step();
    meter.measure(check, 1.0 / DESCENT_STEPS as f64, || Ok(step()))
}

/// Logistic regression with the penalty ½ ‖w‖²: Newton's steps until one is below 10⁻⁶, for the next would be below 10⁻¹².
pub fn logistic(meter: &mut Meter) -> Result<()> {
    let (x, classes) = (table::features(), table::classes());
    let (x, _) = x.as_chunks::<FEATURES>();
    let y: Vec<f64> = classes.iter().map(|&class| class as f64).collect();
    let fit = || {
        let mut w = [0.0; UNKNOWNS];
        loop {
            let step = InstructionSet::in_use().run(
                #[inline(always)]
                || newton(x, &y, &w),
            );
            for (w, step) in w.iter_mut().zip(step) {
                *w += step;
            }
            if step.iter().all(|step| step.abs() < 1e-6) {
                return w;
            }
        }
    };
    meter.measure(check(&fit()), 1.0, || Ok(fit()))
}

#[inline(always)]
fn newton(x: &[Row], y: &[f64], w: &[f64; UNKNOWNS]) -> [f64; UNKNOWNS] {
    let (mut products, mut rows, mut weighted) = ([[0.0; WIDE]; WIDE], [[0.0; WIDE]; PART], [[0.0; WIDE]; PART]);
    let (mut p, mut curves) = ([0.0; PART], [0.0; PART]);
    for (x, y) in x.chunks(PART).zip(y.chunks(PART)) {
        let p = &mut p[..x.len()];
        sums(x, w, p);
        for (p, curve) in p.iter_mut().zip(&mut curves) {
            *p = 1.0 / (1.0 + Real::exp(-*p));
            *curve = *p * (1.0 - *p);
        }
        for (i, x) in x.iter().enumerate() {
            // The last number of a row is its answer, which the curve multiplies: so it is divided here.
            rows[i] = widen(x, (y[i] - p[i]) / curves[i]);
            for c in 0..WIDE {
                weighted[i][c] = rows[i][c] * curves[i];
            }
        }
        add_products(&mut products, &rows[..x.len()], &weighted[..x.len()]);
    }
    for j in 0..FEATURES {
        products[j][j] += 1.0;
        products[UNKNOWNS][j] -= w[j];
    }
    solve(&products)
}
