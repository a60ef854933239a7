//! Bars beside their names, with whiskers.

use super::axis::Axis;
use super::draw::rules;
use super::series::extent;
use crate::number;
use crate::picture::Picture;
use crate::svg::{Svg, shorten, text_width};

const ROW: f64 = 26.0;
/// The longest name that is shown in full.
const LONGEST: usize = 28;
/// The most bars that are drawn.
const MOST: usize = 40;
const WIDTH: f64 = 640.0;

/// A chart of bars from zero, one below the other, such as what each column of a table matters.
///
/// Any numbers may go in. A value that is not finite leaves its bar out, a spread that is not leaves out the whisker; the
/// first 40 bars are drawn. What is left out is counted in the description.
///
/// ```
/// use chainrule_picture::Bars;
///
/// let picture = Bars::new("What matters").bar("bmi", 0.18, 0.03).bar("age", -0.01, 0.005).picture();
/// assert!(picture.description().contains("bmi: 0.18 ± 0.03."));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Bars {
    title: String,
    value_label: String,
    bars: Vec<Bar>,
}

#[derive(Clone, Debug)]
struct Bar {
    label: String,
    value: f64,
    spread: f64,
}

impl Bars {
    /// A chart without bars.
    pub fn new(title: impl Into<String>) -> Bars {
        Bars {
            title: title.into(),
            value_label: String::new(),
            bars: vec![],
        }
    }

    /// Adds a bar below the others, with a whisker from `value − spread` to `value + spread`; 0 for none.
    pub fn bar(mut self, label: impl Into<String>, value: f64, spread: f64) -> Bars {
        self.bars.push(Bar {
            label: label.into(),
            value,
            spread,
        });
        self
    }

    /// Names what the bars measure.
    pub fn value_label(mut self, label: impl Into<String>) -> Bars {
        self.value_label = label.into();
        self
    }

    /// Draws the chart.
    pub fn picture(&self) -> Picture {
        let shown = &self.bars[..self.bars.len().min(MOST)];
        let ends = shown
            .iter()
            .flat_map(|bar| [bar.value - bar.spread, bar.value, bar.value + bar.spread]);
        let finite = ends.filter(|end| end.is_finite());
        let axis = Axis::new(extent(finite.chain([0.0])), None, false, 0.04);
        let names: Vec<String> = shown.iter().map(|bar| shorten(&bar.label, LONGEST)).collect();
        let side = names.iter().map(|name| text_width(name, 12.0)).fold(40.0, f64::max);
        let (left, right) = (16.0 + side + 12.0, WIDTH - 24.0);
        let top = if self.title.is_empty() { 14.0 } else { 46.0 };
        let bottom = top + shown.len().max(1) as f64 * ROW;
        let height = bottom + if self.value_label.is_empty() { 30.0 } else { 50.0 };
        let x = |value: f64| {
            axis.fraction(value)
                .map(|share| left + share.clamp(0.0, 1.0) * (right - left))
        };

        let mut svg = Svg::new();
        if !self.title.is_empty() {
            svg.label("cr-title", 16.0, 27.0, &shorten(&self.title, 70));
        }
        for tick in axis.ticks(6) {
            let place = left + tick.fraction * (right - left);
            svg.line("cr-grid", (place, top), (place, bottom));
            svg.label("cr-small cr-muted cr-middle", place, bottom + 16.0, &tick.label);
        }
        let zero = x(0.0).unwrap_or(left);
        for (row, (bar, name)) in shown.iter().zip(&names).enumerate() {
            let middle = top + (row as f64 + 0.5) * ROW;
            svg.label("cr-end", left - 12.0, middle + 4.0, name);
            let Some(end) = x(bar.value) else { continue };
            let color = if bar.value < 0.0 { "cr-orange" } else { "cr-blue" };
            let rect = svg.element("rect").class(&format!("cr-fill {color}"));
            let rect = rect.number("x", zero.min(end)).number("y", middle - 8.0);
            let rect = rect.number("width", (end - zero).abs()).number("height", 16.0);
            let tip = format!("{name}: {} ± {}", number::exact(bar.value), number::exact(bar.spread));
            rect.number("rx", 2.0).tip(&tip);
            let whisker = (x(bar.value - bar.spread), x(bar.value + bar.spread));
            if let ((Some(from), Some(to)), true) = (whisker, bar.spread > 0.0) {
                svg.line("cr-axis", (from, middle), (to, middle));
                svg.line("cr-axis", (from, middle - 4.0), (from, middle + 4.0));
                svg.line("cr-axis", (to, middle - 4.0), (to, middle + 4.0));
            }
        }
        svg.line("cr-axis", (zero, top), (zero, bottom));
        if shown.is_empty() {
            svg.label(
                "cr-muted cr-middle",
                (left + right) / 2.0,
                bottom - 8.0,
                "no bars to show",
            );
        }
        if !self.value_label.is_empty() {
            let label = shorten(&self.value_label, 80);
            svg.label("cr-muted cr-middle", (left + right) / 2.0, bottom + 37.0, &label);
        }
        Picture::new(
            "bars",
            &self.title,
            &self.description(),
            (WIDTH, height),
            &rules("bars"),
            &svg.finish(),
        )
    }

    fn description(&self) -> String {
        let label = match self.value_label.is_empty() {
            true => String::new(),
            false => format!("{}. ", self.value_label),
        };
        let said = self.bars.iter().take(MOST).map(|bar| {
            let spread = match bar.spread == 0.0 {
                true => String::new(),
                false => format!(" ± {}", number::brief(bar.spread)),
            };
            match bar.value.is_finite() {
                true => format!("{}: {}{spread}.", bar.label, number::brief(bar.value)),
                false => format!("{}: left out, not finite.", bar.label),
            }
        });
        let more = match self.bars.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" And {} more.", number::counted(more, "bar")),
        };
        format!("{label}{}{more}", said.collect::<Vec<_>>().join(" "))
    }

    /// Draws it where it is the last expression of a Rust notebook cell (the evcxr kernel calls this).
    pub fn evcxr_display(&self) {
        self.picture().evcxr_display();
    }
}
