#![forbid(unsafe_code)]
//! The core of the playground: a training one can play, scrub, fork, change by hand and ask.
//!
//! Nothing here knows pixels, sockets, threads, clocks or files. What takes long is done in slices: `work` goes on until it
//! is told that it is enough.

mod choices;
mod course;
mod data;
mod error;
mod events;
mod history;
mod inputs;
mod keyframes;
mod measure;
mod run;
mod setup;
mod training;

pub use choices::{CHOICES, Choice, Kind, MOST_LAYERS, MOST_PARAMETERS, OWN, WIDEST};
pub use data::{Column, Data, Holds};
pub use error::{Error, Result};
pub use events::{Change, Event, Weight, events_text, parse_events};
pub use history::{EpochFigures, History};
pub use measure::Measured;
pub use run::{Run, Stop, Worked};
pub use setup::Setup;
