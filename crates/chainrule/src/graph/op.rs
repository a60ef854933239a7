//! What the graph asks of an operation: the contract that every row of `ops/`, and every
//! operation of yours, fulfills.

use crate::{error::Fault, float::Float, graph::Var, kernel::singles::Single, shape::Shape};
use std::{borrow::Cow, fmt::Debug, sync::Arc};

/// An operation: its shape rule, its value, and its derivative twice, on numbers and as new nodes.
///
/// One operation is one `impl`, and nothing else in the library knows that it exists. Pointwise
/// operations are written as one row with [`pointwise!`](crate::pointwise), which makes this `impl`.
/// [`check::op`](crate::check::op) tests any of them against finite differences.
pub trait Op<T: Float>: Debug + Send + Sync + 'static {
    /// The name in errors and listings: `tanh`.
    fn name(&self) -> &'static str;

    /// How many arguments it takes; `None` for one or more.
    fn arity(&self) -> Option<usize> {
        Some(1)
    }

    /// What a drawing shows: `×`, `slice 0..2`.
    fn label(&self) -> Cow<'static, str> {
        self.name().into()
    }

    /// What it is, how its derivative reads, and where it comes from.
    fn doc(&self) -> Doc;

    /// The shape of the result; the graph has checked the number of arguments.
    ///
    /// # Errors
    /// When the arguments do not fit; the graph adds the name and the caller's line.
    fn shape(&self, arguments: &[Shape]) -> Result<Shape, Fault>;

    /// The value: overwrites `out`, which has the result's shape and holds anything.
    fn eval(&self, arguments: &[View<'_, T>], out: &mut [T]);

    /// Backward on numbers: *adds* to `gradient_x` what argument `k` receives when the result's
    /// gradient is `gradient_y`.
    fn pull(&self, k: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]);

    /// Backward on numbers with the first share of an argument's gradient: overwrites `gradient_x`, which holds anything.
    /// By default zeros, to which [`pull`](Op::pull) adds.
    fn pull_first(&self, k: usize, at: &Moment<'_, T>, gradient_y: &[T], gradient_x: &mut [T]) {
        gradient_x.fill(T::ZERO);
        self.pull(k, at, gradient_y, gradient_x);
    }

    /// Its value and its shares for single numbers, exactly as [`eval`](Op::eval) and [`pull`](Op::pull) give them, which
    /// make graphs of single numbers fast. Pointwise operations of up to three arguments have them; none otherwise.
    fn single(&self) -> Option<Single<T>> {
        None
    }

    /// Backward as new nodes: the gradient of argument `k`, in its shape; `None` where it is zero
    /// everywhere.
    fn emit<'g>(&self, k: usize, at: &Here<'_, 'g, T>, gradient_y: Var<'g, T>) -> Option<Var<'g, T>>;

    /// Whether argument `k` ever receives a gradient; where it does not, nothing is pulled or emitted.
    fn receives_gradient(&self, _k: usize) -> bool {
        true
    }

    /// From which cell of the result on its gradient is argument `k`'s, number by number and as it is; none when it is
    /// not. In a sum of equal shapes it is, from cell 0 on.
    fn passes_gradient(&self, k: usize, arguments: &[Shape]) -> Option<usize> {
        let before = arguments.get(..k).filter(|_| self.joins(arguments))?;
        Some(before.iter().map(Shape::len).sum())
    }

    /// Whether the result is nothing but the arguments' numbers, one argument after the other: when they lie so already,
    /// nothing has to be done. A reshape and a stack are such.
    fn joins(&self, _arguments: &[Shape]) -> bool {
        false
    }

    /// Which rows of argument `k`, along its first axis, a row of the result depends on; none when the operation cannot be
    /// applied to some rows alone.
    ///
    /// It can, when its shapes may have any number of rows, and each row is the same whatever others there are. Backward, too:
    /// an argument of which all rows are needed receives what the rows add one after the other, so that it does not matter
    /// how many come at a time.
    fn rows_needed(&self, _k: usize, _arguments: &[Shape]) -> Option<Rows> {
        None
    }

    /// Whether it is linear in its arguments taken together, so that what they receive does not depend on any value.
    fn is_linear(&self) -> bool {
        false
    }

    /// Whether its arguments' leading axes broadcast as numpy's do and become those of the result.
    fn broadcasts(&self) -> bool {
        false
    }

    /// The operation that does the same to each of so many rows: its arguments, whose shapes these are, have one more axis
    /// in front. None when there is no such operation, or when it is the same one because it
    /// [`broadcasts`](Op::broadcasts).
    fn over_rows(&self, _rows: usize, _arguments: &[Shape]) -> Option<Arc<dyn Op<T>>> {
        None
    }

    /// Which cell of its only argument, of this shape, its result is, when it is one number and nothing but that.
    fn reads_cell(&self, _of: Shape) -> Option<usize> {
        None
    }

    /// Points at which the automatic check differentiates it.
    fn try_at(&self) -> &'static [f64];

    /// Points at which it has a kink or a jump, where the check compares with neither side.
    fn kinks(&self) -> &'static [f64] {
        &[]
    }
}

/// Which rows of an argument a row of the result depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// That of the same number; the argument has as many rows as the result.
    Own,
    /// Any, as with a weight that all rows share.
    All,
}

/// The description of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Doc {
    /// What it is with its formula; its last sentence starts with `Source: `.
    pub text: &'static str,
    /// The rule that runs backward, one for each argument, as text.
    pub derivative: &'static str,
}

impl Doc {
    /// Where it comes from: what follows `Source: ` in the text.
    pub fn source(&self) -> Option<&'static str> {
        self.text.split_once("Source: ").map(|(_, source)| source.trim())
    }

    /// What it is, without the source.
    pub fn sentence(&self) -> &'static str {
        self.text.split("Source: ").next().unwrap_or_default().trim()
    }
}

/// A value as an operation sees it: numbers, row-major, and their shape.
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T> {
    /// The numbers.
    pub data: &'a [T],
    /// Their shape.
    pub shape: Shape,
}

impl<T> View<'_, T> {
    /// What a faulty value looks like.
    pub(super) fn nothing() -> Self {
        View {
            data: &[],
            shape: Shape::SCALAR,
        }
    }
}

/// Room for the views of arguments, kept from one operation to the next: many arguments ask for memory once.
#[derive(Debug)]
pub(super) struct Views<T: 'static>(Vec<View<'static, T>>);

impl<T> Default for Views<T> {
    fn default() -> Self {
        Views(vec![])
    }
}

impl<T: Copy> Views<T> {
    /// Hands over what `view` says of each.
    #[inline(always)]
    pub(super) fn with_each<'a, X, R>(
        &mut self,
        of: &[X],
        view: impl Fn(&X) -> View<'a, T>,
        use_them: impl FnOnce(&[View<'a, T>]) -> R,
    ) -> R {
        match of {
            [a] => use_them(&[view(a)]),
            [a, b] => use_them(&[view(a), view(b)]),
            [a, b, c] => use_them(&[view(a), view(b), view(c)]),
            _ => self.with_many(of, view, use_them),
        }
    }

    #[inline(never)]
    fn with_many<'a, X, R>(
        &mut self,
        of: &[X],
        view: impl Fn(&X) -> View<'a, T>,
        use_them: impl FnOnce(&[View<'a, T>]) -> R,
    ) -> R {
        // An empty list of views can become one of other views, and its room stays: the standard library collects in place,
        // though it does not promise to. A test in tests/step.rs would notice.
        let mut views: Vec<View<'a, T>> = std::mem::take(&mut self.0).into_iter().collect();
        views.extend(of.iter().map(view));
        let result = use_them(&views);
        views.clear();
        self.0 = views.into_iter().map(|_| View::nothing()).collect();
        result
    }
}

/// Where backward on numbers stands: the arguments and the result of one operation.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a, T> {
    /// The arguments' values.
    pub arguments: &'a [View<'a, T>],
    /// The result.
    pub value: View<'a, T>,
}

/// Where backward as nodes stands: the arguments and the result of one operation.
pub struct Here<'a, 'g, T: Float> {
    /// The arguments.
    pub arguments: &'a [Var<'g, T>],
    /// The result.
    pub value: Var<'g, T>,
}
