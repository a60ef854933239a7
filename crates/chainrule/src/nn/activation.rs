//! The nonlinearity of a layer.

use crate::{
    error::{Error, Fault, Result},
    float::Float,
    graph::{Apply, Op, Var, View},
    ops::{Role, Row, rows},
    shape::Shape,
};
use std::{fmt, sync::Arc};

/// The nonlinearity of a layer: any operation of one argument, or none.
///
/// ```
/// use chainrule::{nn::Activation, ops::LeakyRelu};
/// let by_name: Activation = Activation::named("tanh")?;
/// let with_parameter: Activation = LeakyRelu { slope: 0.2 }.into();
/// assert_eq!(format!("{by_name}, {with_parameter}"), "tanh, leaky_relu 0.2");
/// # Ok::<(), chainrule::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Activation<T: Float = f64>(Kind<T>);

#[derive(Clone, Debug)]
enum Kind<T: Float> {
    Identity,
    Row(&'static Row<T>),
    Own {
        op: Arc<dyn Op<T>>,
        /// The row of the table that it is, if it is one without parameters: all graphs know that.
        row: Option<&'static Row<T>>,
        /// Whether it makes each number of one number, so that it can be computed wherever the numbers lie.
        pointwise: bool,
    },
}

/// The names of the usual activations, for whoever offers a choice; `identity` is the last.
pub fn activations() -> Vec<&'static str> {
    let rows = rows::<f64>().iter().filter(|row| row.role == Some(Role::Activation));
    rows.map(|row| row.op.name()).chain(["identity"]).collect()
}

impl<T: Float> Activation<T> {
    /// No nonlinearity: `y = x`.
    pub fn identity() -> Activation<T> {
        Activation(Kind::Identity)
    }

    /// The operation of one argument with this name, with its default parameters.
    ///
    /// # Errors
    /// When there is none; the error lists the usual ones.
    pub fn named(name: &str) -> Result<Activation<T>> {
        if name == "identity" {
            return Ok(Activation::identity());
        }
        let row = rows::<T>()
            .iter()
            .find(|row| row.op.name() == name && row.op.arity() == Some(1));
        row.map(|row| Activation(Kind::Row(row))).ok_or_else(|| {
            let fix = format!("choose one of {}", activations().join(", "));
            Error::data("activation", Fault::new(format!("there is no \"{name}\"")).fix(fix))
        })
    }

    /// Applies it to every number.
    #[track_caller]
    pub fn forward<'g>(&self, x: Var<'g, T>) -> Var<'g, T> {
        match &self.0 {
            Kind::Identity => x,
            Kind::Row(row) | Kind::Own { row: Some(row), .. } => row.apply(&[], &[x]),
            Kind::Own { op, .. } => x.record(Apply::Own(op.clone()), &[]),
        }
    }

    /// Whether it is none.
    pub(super) fn is_identity(&self) -> bool {
        matches!(self.0, Kind::Identity)
    }

    /// Whether it makes each number of one number, as operations that know single numbers do.
    pub(super) fn is_pointwise(&self) -> bool {
        !matches!(self.0, Kind::Own { pointwise: false, .. })
    }

    /// Overwrites `y` with its value for as many numbers, outside any graph; it must be pointwise, and not the identity.
    pub(super) fn evaluate(&self, x: &[T], y: &mut [T]) {
        let x = View {
            data: x,
            shape: Shape::from([x.len()]),
        };
        match &self.0 {
            Kind::Identity => {}
            Kind::Row(row) => row.op.eval(&[x], y),
            Kind::Own { op, .. } => op.eval(&[x], y),
        }
    }
}

// Once for each number type: only then is it certain that no other crate makes `Activation` an `Op`.
macro_rules! from_op {
    ($($T:ident),*) => {$(
        impl<O: Op<$T>> From<O> for Activation<$T> {
            fn from(op: O) -> Activation<$T> {
                let pointwise = op.arity() == Some(1) && op.single().is_some();
                let row = rows::<$T>().iter().find(|row| row.is::<O>());
                Activation(Kind::Own { op: Arc::new(op), row, pointwise })
            }
        }
    )*};
}
from_op!(f32, f64);

impl<T: Float> fmt::Display for Activation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Identity => f.write_str("identity"),
            Kind::Row(row) => f.write_str(row.op.name()),
            Kind::Own { op, .. } => f.write_str(&op.label()),
        }
    }
}
