#![forbid(unsafe_code)]
//! Numbers, networks and computation graphs as SVG and text.
//!
//! - [`Chart`] draws lines and points; [`loss_chart`] the course of a training.
//! - [`Heatmap`] draws a grid of numbers as colored cells; [`confusion_matrix`] which class was taken for which.
//! - [`Bars`] draws bars beside their names, with whiskers.
//! - [`Plane`] draws what a model answers over two inputs; [`Histograms`] how numbers are spread.
//! - [`graph::Graph`] draws a computation graph, every value with its data and gradient, and writes it as DOT.
//! - [`network::Network`] draws a multilayer perceptron with its weights; [`network::Live`] one that learns, with the output of
//!   each neuron.
//!
//! All of them give a [`Picture`]: self-contained SVG that adapts to light and dark, with a text alternative, the same
//! bytes for the same input. There are no errors to handle: numbers that cannot be drawn are left out, input that
//! contradicts itself is drawn as far as it goes, and the picture says so.
//!
//! ```
//! use chainrule_picture::loss_chart;
//!
//! let train = [1.9, 0.8, 0.31, 0.12, 0.05];
//! let validation = [2.0, 0.9, 0.45, 0.38, 0.41];
//! let picture = loss_chart(&train, &validation, Some(4)).picture();
//! assert!(picture.svg().starts_with("<svg"));
//! assert!(picture.description().contains("Marked at 4: best epoch 4."));
//! ```
//!
//! What the crate does not do: it opens no window, reads no file and runs no script.

mod bitmap;
mod chart;
mod engine;
pub mod graph;
pub mod network;
pub mod number;
mod picture;
mod svg;
mod theme;

pub use chart::{Along, Bars, Chart, Handle, Heatmap, Histograms, Plane, confusion_matrix, loss_chart};
pub use engine::{graph, network, values};
pub use picture::{InPage, Picture};
pub use theme::{Color, stylesheet};

/// The rules of every kind of picture.
fn rules() -> [String; 8] {
    [
        chart::plane_rules(),
        chart::histogram_rules(),
        network::LIVE_RULES.to_string(),
        chart::page_rules(),
        chart::heatmap_rules(),
        graph::RULES.to_string(),
        [graph::STAGE_RULES, graph::PRESSED].concat(),
        network::RULES.to_string(),
    ]
}
