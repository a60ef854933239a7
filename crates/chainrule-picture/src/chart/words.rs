//! The description of a chart.

use super::Chart;
use super::axis::Axis;
use super::series::{Kind, extent};
use crate::number;

/// What the chart shows, and what could not be drawn, in sentences.
pub(super) fn describe(chart: &Chart, x_axis: &Axis, y_axis: &Axis) -> String {
    let mut sentences = Vec::new();
    let axis_name = |label: &str, plain: &str, log: bool| {
        let name = if label.is_empty() { plain } else { label };
        format!("{name}{}", if log { " (logarithmic)" } else { "" })
    };
    sentences.push(format!(
        "{} over {}.",
        axis_name(&chart.y_label, "y", chart.log_y),
        axis_name(&chart.x_label, "x", chart.log_x)
    ));
    for (place, series) in chart.series.iter().enumerate().take(20) {
        let name = if series.label.is_empty() {
            format!("Series {}", place + 1)
        } else {
            series.label.clone()
        };
        let drawable = |point: &&(f64, f64)| x_axis.fraction(point.0).is_some() && y_axis.fraction(point.1).is_some();
        let kept = || series.points.iter().filter(drawable);
        let kind = if series.kind == Kind::Line { "line through" } else { "" };
        let mut sentence =
            format!("{name}: {kind} {}", number::counted(series.points.len(), "point")).replace("  ", " ");
        if let (Some(x), Some(y)) = (extent(kept().map(|point| point.0)), extent(kept().map(|point| point.1))) {
            sentence += &format!(
                ", x {} to {}, y {} to {}",
                number::brief(x.0),
                number::brief(x.1),
                number::brief(y.0),
                number::brief(y.1)
            );
        }
        sentences.push(sentence + ".");
        let lost = series.points.len() - kept().count();
        if lost > 0 {
            let why = if chart.log_x || chart.log_y {
                "not finite, or not positive on a logarithmic axis"
            } else {
                "not finite"
            };
            sentences.push(format!("{} left out: {why}.", number::counted(lost, "point")));
        }
        if series.unpaired > 0 {
            sentences.push(format!(
                "{} without a partner left out.",
                number::counted(series.unpaired, "value")
            ));
        }
    }
    if chart.series.len() > 20 {
        sentences.push(format!("And {} more series.", chart.series.len() - 20));
    }
    for (x, label) in chart.marks.iter().take(10) {
        sentences.push(format!("Marked at {}: {label}.", number::brief(*x)));
    }
    sentences.join(" ")
}
