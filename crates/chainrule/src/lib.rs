//! Neural networks you can see through.
//!
//! Calculate with [`Var`]s in a [`Graph`]: numbers are there at once, every one of them can be named, drawn and
//! explained, and [`backward`](Var::backward) gives the derivative of any number with respect to all others.
//!
//! ```
//! use chainrule::Graph;
//!
//! let g = Graph::new();
//! let (a, b, c) = (g.leaf(2.0).named("a"), g.leaf(-3.0).named("b"), g.leaf(10.0).named("c"));
//! let l = ((a * b + c) * -2.0).named("L");
//! let gradient = l.backward()?;
//! assert_eq!(l.item()?, -8.0);
//! assert_eq!((gradient[a], gradient[b], gradient[c]), (6.0, -4.0, -2.0));
//! println!("{}", l.explain(a)?);
//! # Ok::<(), chainrule::Error>(())
//! ```
#![deny(unsafe_code)]

mod error;
mod float;
mod graph;
mod kernel;
mod random;
mod shape;
mod step;
mod tensor;
mod vmap;

pub mod check;
pub mod expression;
pub mod loss;
pub mod nn;
pub mod ops;
pub mod optim;

pub use error::{Error, Fault, Result};
pub use float::Float;
pub use graph::{
    Doc, Explanation, GradientVars, Gradients, Graph, Here, Moment, Op, Operand, Origin, Partial, Path, PathStep, Rows,
    TraceNode, Var, View,
};
#[doc(hidden)]
pub use kernel::instructions::InstructionSet;
pub use kernel::singles::{Single, SingleRule};
pub use kernel::threads::{set_threads, threads};
pub use nn::{Linear, Mlp, Module, Param};
pub use ops::{concat, stack};
pub use random::Rng;
pub use shape::{MAX_RANK, Shape};
pub use step::Step;
pub use tensor::{Numbers, Tensor};
pub use vmap::{Answer, vmap};

/// The README's library example is a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
