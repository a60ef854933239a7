//! Line and scatter charts, and heat maps.

mod axis;
mod bars;
mod draw;
mod drawn;
mod frame;
mod handle;
mod heatmap;
mod histograms;
mod legend;
mod plane;
mod series;
mod words;

use crate::Color;
use crate::picture::Picture;
pub use bars::Bars;
pub use handle::{Along, Handle};
pub(crate) use heatmap::rules as heatmap_rules;
pub use heatmap::{Heatmap, confusion_matrix};
pub use histograms::Histograms;
pub(crate) use histograms::rules as histogram_rules;
pub use plane::Plane;
pub(crate) use plane::rules as plane_rules;
use series::{Kind, Series};

/// A chart of lines and points under construction.
///
/// Any numbers may go in. Points that have no place (NaN, infinite, not positive on a logarithmic axis) are left out,
/// break their line, and are counted in the description; of long series the smallest and the largest of each column of
/// pixels stay.
///
/// ```
/// use chainrule_picture::Chart;
///
/// let xs: Vec<f64> = (-40..=40).map(|k| f64::from(k) / 10.0).collect();
/// let tanh: Vec<f64> = xs.iter().map(|x| x.tanh()).collect();
/// let slope: Vec<f64> = tanh.iter().map(|y| 1.0 - y * y).collect();
/// let picture = Chart::new("tanh and its derivative")
///     .line("tanh x", &xs, &tanh)
///     .line("1 − tanh² x", &xs, &slope)
///     .x_label("x")
///     .axes_through(0.0, 0.0)
///     .picture();
/// assert!(picture.svg().starts_with("<svg"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Chart {
    title: String,
    series: Vec<Series>,
    handles: Vec<Handle>,
    marks: Vec<(f64, String)>,
    x_label: String,
    y_label: String,
    x_range: Option<(f64, f64)>,
    y_range: Option<(f64, f64)>,
    log_x: bool,
    log_y: bool,
    crossing: Option<(f64, f64)>,
    width: f64,
    height: f64,
}

impl Chart {
    /// An empty chart, 640 by 400 pixels.
    pub fn new(title: impl Into<String>) -> Chart {
        Chart {
            title: title.into(),
            series: Vec::new(),
            handles: Vec::new(),
            marks: Vec::new(),
            x_label: String::new(),
            y_label: String::new(),
            x_range: None,
            y_range: None,
            log_x: false,
            log_y: false,
            crossing: None,
            width: 640.0,
            height: 400.0,
        }
    }

    /// Adds a line through the points `(xs[i], ys[i])` in their order. Where one slice is longer its rest is left out.
    pub fn line(self, label: impl Into<String>, xs: &[f64], ys: &[f64]) -> Chart {
        self.add(Series::new(label.into(), Kind::Line, xs, ys))
    }

    /// Adds the points `(xs[i], ys[i])`. Where one slice is longer its rest is left out.
    pub fn scatter(self, label: impl Into<String>, xs: &[f64], ys: &[f64]) -> Chart {
        self.add(Series::new(label.into(), Kind::Scatter, xs, ys))
    }

    fn add(mut self, series: Series) -> Chart {
        self.series.push(series);
        self
    }

    /// Colors the series added last; without this, series take the colors of [`Color::ALL`] in order.
    pub fn color(mut self, color: Color) -> Chart {
        if let Some(series) = self.series.last_mut() {
            series.color = Some(color);
        }
        self
    }

    /// Marks a place on the x axis, such as the best epoch, by a dashed line and a label above it.
    pub fn vertical_line(mut self, x: f64, label: impl Into<String>) -> Chart {
        self.marks.push((x, label.into()));
        self
    }

    /// Adds a place to drag, which only a page shows.
    pub fn handle(mut self, handle: Handle) -> Chart {
        self.handles.push(handle);
        self
    }

    /// Names what runs along x, with its unit.
    pub fn x_label(mut self, label: impl Into<String>) -> Chart {
        self.x_label = label.into();
        self
    }

    /// Names what runs along y, with its unit.
    pub fn y_label(mut self, label: impl Into<String>) -> Chart {
        self.y_label = label.into();
        self
    }

    /// Shows x between these two; `from > to` turns the axis around. Ends that cannot be drawn are ignored.
    pub fn x_range(mut self, from: f64, to: f64) -> Chart {
        self.x_range = Some((from, to));
        self
    }

    /// Shows y between these two; `from > to` turns the axis around. Ends that cannot be drawn are ignored.
    pub fn y_range(mut self, from: f64, to: f64) -> Chart {
        self.y_range = Some((from, to));
        self
    }

    /// Makes x logarithmic.
    pub fn log_x(mut self) -> Chart {
        self.log_x = true;
        self
    }

    /// Makes y logarithmic.
    pub fn log_y(mut self) -> Chart {
        self.log_y = true;
        self
    }

    /// Draws the axes through a point of the chart, such as the origin, instead of along its left and lower edge.
    pub fn axes_through(mut self, x: f64, y: f64) -> Chart {
        self.crossing = Some((x, y));
        self
    }

    /// Sets the size in pixels, at least 240 by 160 and at most 4,000 by 4,000.
    pub fn size(mut self, width: f64, height: f64) -> Chart {
        let bounded = |value: f64, low: f64, otherwise: f64| {
            if value.is_finite() {
                value.clamp(low, 4000.0)
            } else {
                otherwise
            }
        };
        self.width = bounded(width, 240.0, 640.0);
        self.height = bounded(height, 160.0, 400.0);
        self
    }

    /// Draws the chart.
    pub fn picture(&self) -> Picture {
        draw::picture(self)
    }

    /// Draws it where it is the last expression of a Rust notebook cell (the evcxr kernel calls this).
    pub fn evcxr_display(&self) {
        self.picture().evcxr_display();
    }
}

/// The rules of charts and bars on a page.
pub(crate) fn page_rules() -> String {
    draw::rules("chart") + handle::RULES + &draw::rules("bars")
}

/// The course of a training: training and validation loss by epoch, the best epoch marked.
///
/// Epochs count from 1: `train[0]` is the loss after epoch 1, and `best_epoch` is such a number too; one that lies
/// beyond the losses is ignored. Either slice may be empty. Losses that span more than a factor of ten are shown on a
/// logarithmic axis.
///
/// ```
/// let chart = chainrule_picture::loss_chart(&[1.0, 0.3, 0.1], &[1.1, 0.4, 0.5], Some(2));
/// assert!(chart.picture().description().contains("best epoch 2"));
/// ```
pub fn loss_chart(train: &[f64], validation: &[f64], best_epoch: Option<usize>) -> Chart {
    let epochs: Vec<f64> = (1..=train.len().max(validation.len()))
        .map(|epoch| epoch as f64)
        .collect();
    let mut chart = Chart::new("Loss by epoch").x_label("epoch").y_label("loss");
    for (label, losses) in [("training", train), ("validation", validation)] {
        if !losses.is_empty() {
            chart = chart.line(label, &epochs[..losses.len()], losses);
        }
    }
    if let Some(best) = best_epoch.filter(|best| (1..=epochs.len()).contains(best)) {
        chart = chart.vertical_line(best as f64, format!("best epoch {}", crate::number::count(best)));
    }
    let finite = || train.iter().chain(validation).copied().filter(|loss| loss.is_finite());
    let lowest = finite().fold(f64::INFINITY, f64::min);
    let highest = finite().fold(f64::NEG_INFINITY, f64::max);
    if lowest > 0.0 && highest / lowest > 10.0 {
        chart.log_y()
    } else {
        chart
    }
}
