#![forbid(unsafe_code)]
//! The core of the playground: a training one can play, scrub, fork, change by hand and ask.
//!
//! Nothing here knows pixels, sockets, threads, clocks or files. What takes long is done in slices: `work` goes on until it
//! is told that it is enough.

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
