#![forbid(unsafe_code)]
//! The core of the playground: a training one can play, scrub, fork, change by hand and ask.
//!
//! Nothing here knows pixels, sockets, threads, clocks or files. What takes long is done in slices: `work` goes on until it
//! is told that it is enough.
//!
//! A [`Setup`] says what was chosen, [`Data`] are the rows that makes, and a [`Run`] is the training of a network on them. It
//! can be asked for gradients, [activations](Run::activations), [figures](Run::figures), the
//! [loss around its weights](Run::loss_surface), one [prediction told](Run::tell); the [`doctor`] says what is wrong with it;
//! it is also a [line](command_line), a [program](rust_program) and a [`model`] file.
//!
//! ```
//! use chainrule_playground::{Data, Run, Setup};
//! let setup = Setup::from_pairs([("data", "spiral"), ("widths", "8,8"), ("optimizer", "adam")])?;
//! let data = Data::open(&setup, None)?;
//! let mut run = Run::new(setup, data)?;
//! run.seek(400);
//! run.work(&mut || false)?;
//! // Back to step 100, and on from there with another learning rate.
//! let mut other = run.fork(100, &[("rate", "0.02")])?;
//! other.seek(400);
//! other.work(&mut || false)?;
//! let (here, there) = (run.measured()?.0.loss, other.measured()?.0.loss);
//! assert!(there < here);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activations;
mod choices;
mod code;
mod course;
mod data;
mod doctor;
mod error;
mod events;
mod figures;
mod gradients;
mod history;
mod inputs;
mod keyframes;
mod measure;
mod model;
mod number;
mod run;
mod setup;
mod surface;
mod told;
mod training;

pub use activations::Activations;
pub use choices::{CHOICES, Choice, Kind, MOST_LAYERS, MOST_PARAMETERS, OWN, WIDEST};
pub use code::{command_line, rust_program};
pub use data::{Column, Data, Holds};
pub use doctor::{Code, Finding, doctor};
pub use error::{Error, Result};
pub use events::{Change, Event, Weight, events_text, parse_events};
pub use figures::{Histogram, Rows, Spread};
pub use gradients::{Gradients, LayerGradients};
pub use history::{EpochFigures, History};
pub use inputs::table_with_inputs;
pub use measure::Measured;
pub use model::model;
pub use run::{Run, Stop, Worked};
pub use setup::Setup;
pub use surface::{Directions, LossSurface};
pub use told::{Term, Told, ToldLayer, ToldNeuron};
