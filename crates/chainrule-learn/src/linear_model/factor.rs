//! Cholesky's factor of a symmetric matrix whose columns are in units of their own.

/// The condition of the matrix is at most this.
pub(super) const MOST_CONDITION: f64 = 1e8;

/// L of a matrix `L Lᵀ`, row by row.
pub(super) struct Factor(Vec<Vec<f64>>);

impl Factor {
    /// Of a matrix with ones on its diagonal, given as a function of row and column, of which the row is not the smaller one;
    /// none when it is not positive definite, as far as its digits go.
    pub fn new(size: usize, matrix: impl Fn(usize, usize) -> f64) -> Option<Factor> {
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(size);
        for i in 0..size {
            let mut row: Vec<f64> = Vec::with_capacity(i + 1);
            for (j, above) in rows.iter().enumerate() {
                let rest = matrix(i, j) - known(&row, above);
                row.push(rest / above[j]);
            }
            let rest = matrix(i, i) - known(&row, &row);
            if rest.is_nan() || rest < 1.0 / MOST_CONDITION {
                return None;
            }
            row.push(rest.sqrt());
            rows.push(row);
        }
        Some(Factor(rows))
    }

    /// Puts the solution of `L Lᵀ x = b` in place of b.
    pub fn solve(&self, b: &mut [f64]) {
        let rows = &self.0;
        for (i, row) in rows.iter().enumerate() {
            b[i] = (b[i] - known(&row[..i], b)) / row[i];
        }
        for (i, row) in rows.iter().enumerate().rev() {
            b[i] /= row[i];
            let (before, from) = b.split_at_mut(i);
            for (to, factor) in before.iter_mut().zip(row) {
                *to -= factor * from[0];
            }
        }
    }

    /// The sum of the inverse's diagonal, which the largest number of its spectrum does not exceed. Of columns in units of
    /// their own, these are the factors by which they inflate each other's variance.
    pub fn trace_of_inverse(&self) -> f64 {
        let size = self.0.len();
        let column = |k: usize| {
            let mut x = vec![0.0; size];
            for (i, row) in self.0.iter().enumerate().skip(k) {
                let one = if i == k { 1.0 } else { 0.0 };
                x[i] = (one - known(&row[k..i], &x[k..])) / row[i];
            }
            x.iter().map(|x| x * x).sum::<f64>()
        };
        (0..size).map(column).sum()
    }
}

fn known(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
