//! Matrix product.

use super::{Example, SMOOTH};
use crate::{
    error::Fault,
    float::Float,
    graph::{Doc, Here, Moment, Op, Operand, Rows, Var, View},
    kernel::{
        gemm::{Matrix, Sizes},
        walk::Walk,
    },
    shape::Shape,
};
use std::{borrow::Cow, ops::Range};

/// Product of matrices, `C = A · B`, either side read transposed; leading axes are batches and broadcast.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MatMul {
    /// Whether the left matrix is read transposed.
    pub transpose_a: bool,
    /// Whether the right matrix is read transposed.
    pub transpose_b: bool,
}

pub(super) fn examples<T: Float>() -> Vec<Example<T>> {
    let swap = |sizes: [usize; 2], transposed| if transposed { [sizes[1], sizes[0]] } else { sizes };
    let mut examples = vec![];
    for (transpose_a, transpose_b) in [(false, false), (true, false), (false, true), (true, true)] {
        let op = || MatMul {
            transpose_a,
            transpose_b,
        };
        let (a, b) = (swap([2, 3], transpose_a), swap([3, 4], transpose_b));
        examples.push(Example::new(op(), [a.into(), b.into()]));
        examples.push(Example::new(
            op(),
            [[2, 2, a[0], a[1]].into(), [2, 1, b[0], b[1]].into()],
        ));
        examples.push(Example::new(op(), [a.into(), [2, b[0], b[1]].into()]));
    }
    examples
}

/// The two sides of a product, taken apart.
struct Sides {
    sizes: Sizes,
    batch: Shape,
    batches: [Shape; 2],
}

impl MatMul {
    /// The sizes of the product of two plain matrices; none for any others, and where the inner sizes differ.
    #[inline]
    fn plain(&self, a: &Shape, b: &Shape) -> Option<Sizes> {
        let matrix = |shape: &Shape, transposed| match (shape.sizes(), transposed) {
            (&[rows, columns], false) | (&[columns, rows], true) => Some((rows as usize, columns as usize)),
            _ => None,
        };
        let (rows, inner) = matrix(a, self.transpose_a)?;
        let (inner_b, columns) = matrix(b, self.transpose_b)?;
        (inner == inner_b).then_some(Sizes { rows, inner, columns })
    }

    fn sides(&self, arguments: &[Shape]) -> Result<Sides, Fault> {
        let [a, b] = *arguments else {
            return Err(Fault::new(format!("needs two matrices, got {}", arguments.len())));
        };
        if a.rank() < 2 || b.rank() < 2 {
            return Err(Fault::new(format!("needs two matrices, got shapes {a} and {b}"))
                .fix("reshape a vector to one row or one column"));
        }
        let matrix = |shape: Shape, transposed: bool| {
            let sizes = (shape.size(shape.rank() - 2), shape.last());
            if transposed { (sizes.1, sizes.0) } else { sizes }
        };
        let ((rows, inner), (inner_b, columns)) = (matrix(a, self.transpose_a), matrix(b, self.transpose_b));
        if inner != inner_b {
            let as_read = |transposed| if transposed { " transposed" } else { "" };
            return Err(Fault::new(format!(
                "inner sizes differ: {a}{} has {inner} columns, {b}{} has {inner_b} rows",
                as_read(self.transpose_a),
                as_read(self.transpose_b)
            ))
            .fix("columns on the left must equal rows on the right: transpose or reshape one side"));
        }
        let outer = |shape: Shape| shape.without(|axis| axis + 2 >= shape.rank(), false);
        let batches = [outer(a), outer(b)];
        let batch = batches[0]
            .broadcast(batches[1])
            .ok_or_else(|| Fault::new(format!("the leading axes of {a} and {b} do not broadcast")))?;
        Ok(Sides {
            sizes: Sizes { rows, inner, columns },
            batch,
            batches,
        })
    }

    /// Calls `product(sizes, a, b, c)` with the numbers of the matrices of each product. A batch is one product where all
    /// have the same right matrix and the left ones lie one below the other.
    #[inline]
    fn products(&self, a: &Shape, b: &Shape, mut product: impl FnMut(Sizes, Range<usize>, Range<usize>, Range<usize>)) {
        let mut alone = |sizes: Sizes| {
            let Sizes { rows, inner, columns } = sizes;
            product(sizes, 0..rows * inner, 0..inner * columns, 0..rows * columns);
        };
        if let Some(sizes) = self.plain(a, b) {
            return alone(sizes);
        }
        let Ok(Sides { sizes, batch, batches }) = self.sides(&[*a, *b]) else {
            return;
        };
        if self.is_one(&batches) {
            let rows = batch.len() * sizes.rows;
            return alone(Sizes { rows, ..sizes });
        }
        let Sizes { rows, inner, columns } = sizes;
        let range = |position: usize, size: usize| position * size..(position + 1) * size;
        Walk::new(batch, [batches[0], batches[1], batch]).rows(|length, starts, steps| {
            for i in 0..length {
                let [a, b, c]: [usize; 3] = std::array::from_fn(|k| starts[k] + i * steps[k]);
                product(
                    sizes,
                    range(a, rows * inner),
                    range(b, inner * columns),
                    range(c, rows * columns),
                );
            }
        });
    }

    /// Whether a batch is one product.
    fn is_one(&self, batches: &[Shape; 2]) -> bool {
        batches[1].rank() == 0 && (batches[0].rank() == 0 || !self.transpose_a)
    }

    /// Hands each product's share of the gradient to argument `k`: adds it, or puts it there as the `first` share.
    fn hand_on<T: Float>(&self, k: usize, first: bool, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        let [a, b] = at.arguments else { return };
        // A matrix that several products share receives the sum of their shares.
        let several = || {
            self.sides(&[a.shape, b.shape])
                .is_ok_and(|sides| !self.is_one(&sides.batches))
        };
        let overwrites = first && (self.plain(&a.shape, &b.shape).is_some() || !several());
        if first && !overwrites {
            gradient_x.fill(T::ZERO);
        }
        let multiply = |sizes, a, b, to: &mut [T]| T::product(sizes, a, b, to, overwrites);
        let size = |rows, inner, columns| Sizes { rows, inner, columns };
        let matrix = |data, transposed| Matrix { data, transposed };
        self.products(
            &a.shape,
            &b.shape,
            |Sizes { rows, inner, columns }, at_a, at_b, at_c| {
                let (a, b, g) = (&a.data[at_a.clone()], &b.data[at_b.clone()], &gradient_y[at_c]);
                // dA = G · Bᵀ and dB = Aᵀ · G, or transposed when the argument was read transposed.
                match (k, self.transpose_a, self.transpose_b) {
                    (0, true, as_read) => {
                        let to = &mut gradient_x[at_a];
                        multiply(size(inner, columns, rows), matrix(b, as_read), matrix(g, true), to);
                    }
                    (0, false, as_read) => {
                        let to = &mut gradient_x[at_a];
                        multiply(size(rows, columns, inner), matrix(g, false), matrix(b, !as_read), to);
                    }
                    (_, as_read, true) => {
                        let to = &mut gradient_x[at_b];
                        multiply(size(columns, rows, inner), matrix(g, true), matrix(a, as_read), to);
                    }
                    (_, as_read, false) => {
                        let to = &mut gradient_x[at_b];
                        multiply(size(inner, rows, columns), matrix(a, !as_read), matrix(g, false), to);
                    }
                }
            },
        );
    }
}

impl<T: Float> Op<T> for MatMul {
    fn name(&self) -> &'static str {
        "matmul"
    }
    fn arity(&self) -> Option<usize> {
        Some(2)
    }
    fn label(&self) -> Cow<'static, str> {
        match (self.transpose_a, self.transpose_b) {
            (false, false) => "A·B",
            (true, false) => "Aᵀ·B",
            (false, true) => "A·Bᵀ",
            (true, true) => "Aᵀ·Bᵀ",
        }
        .into()
    }
    fn doc(&self) -> Doc {
        Doc {
            text: "Product of matrices, `C = A · B`, over leading batch axes. Source: numpy.matmul.",
            derivative: "g · Bᵀ; Aᵀ · g",
        }
    }
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault> {
        let sides = self.sides(arguments)?;
        let mut shape: Vec<usize> = sides.batch.sizes().iter().map(|&size| size as usize).collect();
        shape.extend([sides.sizes.rows, sides.sizes.columns]);
        Shape::new(&shape).ok_or_else(|| Fault::new("the result would have more than six axes"))
    }
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]) {
        let [a, b] = arguments else { return };
        self.products(&a.shape, &b.shape, |sizes, at_a, at_b, at_c| {
            let a = Matrix {
                data: &a.data[at_a],
                transposed: self.transpose_a,
            };
            let b = Matrix {
                data: &b.data[at_b],
                transposed: self.transpose_b,
            };
            T::product(sizes, a, b, &mut out[at_c], true);
        });
    }
    fn pull(&self, k: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        self.hand_on(k, false, at, gradient_y, gradient_x);
    }
    fn pull_first(&self, k: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        self.hand_on(k, true, at, gradient_y, gradient_x);
    }
    fn emit<'g>(&self, k: usize, at: &Here<'_, 'g, T>, g: Var<'g, T>) -> Option<Var<'g, T>> {
        let [a, b] = *at.arguments else { return None };
        let product = |x: Var<'g, T>, transpose_a, y: Var<'g, T>, transpose_b| {
            x.graph().apply(
                MatMul {
                    transpose_a,
                    transpose_b,
                },
                &[x, y],
            )
        };
        let gradient = match (k, self.transpose_a, self.transpose_b) {
            (0, false, transpose_b) => product(g, false, b, !transpose_b),
            (0, true, transpose_b) => product(b, transpose_b, g, true),
            (_, transpose_a, false) => product(a, !transpose_a, g, false),
            (_, transpose_a, true) => product(g, true, a, transpose_a),
        };
        Some(gradient.sum_to(at.arguments[k].shape()))
    }
    fn rows_needed(&self, k: usize, arguments: &[Shape]) -> Option<Rows> {
        let one_below_the_other = !self.transpose_a && arguments.get(1)?.rank() == 2;
        let needed = if k == 0 { Rows::Own } else { Rows::All };
        one_below_the_other.then_some(needed)
    }
    fn broadcasts(&self) -> bool {
        true
    }
    fn try_at(&self) -> &'static [f64] {
        SMOOTH
    }
}

impl<'g, T: Float> Var<'g, T> {
    /// Matrix product: `[m, k] · [k, n]` is `[m, n]`; leading axes are batches and broadcast, and a vector on
    /// either side counts as one row or one column, as in numpy.
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let (a, x) = (g.leaf([[1.0, 2.0], [3.0, 4.0]]), g.leaf([10.0, 1.0]));
    /// assert_eq!(a.matmul(x).value()?.data(), [12.0, 34.0]);
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    #[track_caller]
    pub fn matmul(self, right: impl Operand<'g, T>) -> Var<'g, T> {
        let right = right.on(self.graph());
        let (a, b) = (self.shape(), right.shape());
        let (left_rank, right_rank) = (a.rank(), b.rank());
        let row = if left_rank == 1 {
            self.reshape([1, a.len()])
        } else {
            self
        };
        let column = if right_rank == 1 {
            right.reshape([b.len(), 1])
        } else {
            right
        };
        let product = self.graph().apply(MatMul::default(), &[row, column]);
        let shape = product.shape();
        let added = |axis| match shape.rank() - axis {
            1 => right_rank == 1,
            2 => left_rank == 1,
            _ => false,
        };
        if left_rank == 1 || right_rank == 1 {
            product.reshape(shape.without(added, false))
        } else {
            product
        }
    }

    /// Exchanges the last two axes of a matrix or a batch of matrices.
    #[track_caller]
    pub fn transpose(self) -> Var<'g, T> {
        let rank = self.shape().rank() as isize;
        let mut order: Vec<isize> = (0..rank).collect();
        if let [.., a, b] = order.as_mut_slice() {
            std::mem::swap(a, b);
        }
        self.permute(&order)
    }
}
