//! Numbers with a shape, outside any graph.

use crate::{
    error::{Error, Fault, Result},
    float::Float,
    shape::Shape,
};
use std::{
    fmt,
    panic::Location,
    sync::atomic::{AtomicU64, Ordering},
};

/// Numbers and their shape, row-major; a plain value that belongs to no graph.
///
/// ```
/// use chainrule::Tensor;
/// let t = Tensor::new(vec![1.0, 2.0, 3.0, 4.0], [2, 2])?;
/// assert_eq!(t, Tensor::from([[1.0, 2.0], [3.0, 4.0]]));
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Tensor<T = f64> {
    data: Vec<T>,
    shape: Shape,
    identity: Identity,
}

/// Which numbers a tensor holds: 0 until somebody asks, and again when they may have changed; otherwise no tensor has the
/// same but its clones.
#[derive(Default)]
struct Identity(AtomicU64);

impl Clone for Identity {
    fn clone(&self) -> Identity {
        Identity(self.0.load(Ordering::Relaxed).into())
    }
}

/// Tensors are equal when their numbers are.
impl PartialEq for Identity {
    fn eq(&self, _: &Identity) -> bool {
        true
    }
}

impl<T: fmt::Debug> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tensor { data, shape, .. } = self;
        f.debug_struct("Tensor")
            .field("data", data)
            .field("shape", shape)
            .finish()
    }
}

impl<T> Tensor<T> {
    /// Numbers that are known to fill the shape.
    pub(crate) fn of(data: Vec<T>, shape: Shape) -> Tensor<T> {
        Tensor {
            data,
            shape,
            identity: Identity::default(),
        }
    }

    /// A number that stays the same as long as the tensor's numbers do, and that no tensor with other numbers has.
    pub(crate) fn identity(&self) -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let known = self.identity.0.load(Ordering::Relaxed);
        if known > 0 {
            return known;
        }
        let new = NEXT.fetch_add(1, Ordering::Relaxed);
        // Another thread may have been faster.
        let before = self
            .identity
            .0
            .compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed);
        before.err().unwrap_or(new)
    }
}

impl<T: Float> Tensor<T> {
    /// Numbers in row-major order.
    ///
    /// # Errors
    /// When the number of numbers is not the product of the sizes.
    #[track_caller]
    pub fn new(data: Vec<T>, shape: impl Into<Shape>) -> Result<Tensor<T>> {
        let shape = shape.into();
        match fill(data.len(), shape) {
            Ok(()) => Ok(Tensor::of(data, shape)),
            Err(fault) => Err(Error::shape("tensor", fault, Location::caller())),
        }
    }

    /// As many numbers as the shape holds, each from a call of `number` with its position.
    pub fn from_fn(shape: impl Into<Shape>, number: impl FnMut(usize) -> T) -> Tensor<T> {
        let shape = shape.into();
        Tensor::of((0..shape.len()).map(number).collect(), shape)
    }

    /// The same number everywhere.
    pub fn full(shape: impl Into<Shape>, number: T) -> Tensor<T> {
        Tensor::from_fn(shape, |_| number)
    }

    /// The numbers, row-major.
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// The numbers, row-major, to change in place.
    pub fn data_mut(&mut self) -> &mut [T] {
        self.identity = Identity::default();
        &mut self.data
    }

    /// The shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The sizes of its shape.
    #[inline]
    pub(crate) fn sizes(&self) -> &[u32] {
        self.shape.sizes()
    }

    /// Whether it has this shape.
    #[inline]
    pub(crate) fn is_of(&self, shape: &Shape) -> bool {
        self.shape == *shape
    }

    /// The numbers, without the shape.
    pub fn into_data(self) -> Vec<T> {
        self.data
    }
}

/// Whether so many numbers fill a shape.
pub(crate) fn fill(count: usize, shape: Shape) -> std::result::Result<(), Fault> {
    if count == shape.len() {
        return Ok(());
    }
    Err(Fault::new(format!("{count} numbers do not fill the shape {shape}"))
        .fix(format!("give {} numbers, or another shape", shape.len())))
}

/// Anything that can become a value of a graph: a number, an array, nested arrays, a slice, a
/// [`Tensor`], or a slice with a shape.
pub trait Numbers<T: Float> {
    /// The shape the numbers are meant to have.
    fn shape(&self) -> Shape;
    /// Appends the numbers, row-major.
    fn append_to(&self, values: &mut Vec<T>);
}

impl<T: Float> Numbers<T> for f64 {
    fn shape(&self) -> Shape {
        Shape::SCALAR
    }
    fn append_to(&self, values: &mut Vec<T>) {
        values.push(T::from_f64(*self));
    }
}

impl Numbers<f32> for f32 {
    fn shape(&self) -> Shape {
        Shape::SCALAR
    }
    fn append_to(&self, values: &mut Vec<f32>) {
        values.push(*self);
    }
}

impl<T: Float, const N: usize> Numbers<T> for Vec<[T; N]> {
    fn shape(&self) -> Shape {
        Shape::from([self.len(), N])
    }
    fn append_to(&self, values: &mut Vec<T>) {
        values.extend_from_slice(self.as_flattened());
    }
}

impl<T: Float, const N: usize> Numbers<T> for [T; N] {
    fn shape(&self) -> Shape {
        Shape::from([N])
    }
    fn append_to(&self, values: &mut Vec<T>) {
        values.extend_from_slice(self);
    }
}

impl<T: Float, const N: usize, const M: usize> Numbers<T> for [[T; M]; N] {
    fn shape(&self) -> Shape {
        Shape::from([N, M])
    }
    fn append_to(&self, values: &mut Vec<T>) {
        values.extend_from_slice(self.as_flattened());
    }
}

impl<T: Float> Numbers<T> for Tensor<T> {
    fn shape(&self) -> Shape {
        self.shape
    }
    fn append_to(&self, values: &mut Vec<T>) {
        values.extend_from_slice(&self.data);
    }
}

impl<T: Float> Numbers<T> for [T] {
    fn shape(&self) -> Shape {
        Shape::from([self.len()])
    }
    fn append_to(&self, values: &mut Vec<T>) {
        values.extend_from_slice(self);
    }
}

impl<T: Float> Numbers<T> for Vec<T> {
    fn shape(&self) -> Shape {
        Shape::from([self.len()])
    }
    fn append_to(&self, values: &mut Vec<T>) {
        values.extend_from_slice(self);
    }
}

impl<T: Float, N: Numbers<T> + ?Sized> Numbers<T> for &N {
    fn shape(&self) -> Shape {
        (**self).shape()
    }
    fn append_to(&self, values: &mut Vec<T>) {
        (**self).append_to(values);
    }
}

impl<T: Float, N: Numbers<T>, S: Copy + Into<Shape>> Numbers<T> for (N, S) {
    fn shape(&self) -> Shape {
        self.1.into()
    }
    fn append_to(&self, values: &mut Vec<T>) {
        self.0.append_to(values);
    }
}

impl<T: Float, N> From<N> for Tensor<T>
where
    N: Numbers<T> + FillsItsShape,
{
    fn from(numbers: N) -> Tensor<T> {
        let shape = numbers.shape();
        let mut data = Vec::with_capacity(shape.len());
        numbers.append_to(&mut data);
        Tensor::of(data, shape)
    }
}

/// Marks the sources whose numbers always fill their shape, so that the conversion cannot fail.
pub trait FillsItsShape {}
impl FillsItsShape for f64 {}
impl FillsItsShape for f32 {}
impl<T, const N: usize> FillsItsShape for [T; N] {}
impl<T> FillsItsShape for Vec<T> {}
impl<T> FillsItsShape for &[T] {}
