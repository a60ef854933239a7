//! The colors of a heat map: from a number to a shade, and the bar that says which is which.

use super::super::axis::{Axis, Tick};
use super::super::series::{Area, extent};
use crate::svg::{Path, Svg, text_width};

/// Shades on either side of the middle, or twice as many from end to end: enough to look smooth, few enough that
/// their edges are level lines.
const SHADES: usize = 12;

/// How numbers are spread over colors.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spread {
    Even,
    Logarithmic,
    Diverging { middle: f64 },
}

/// From numbers to colors.
pub(super) struct Scale {
    axis: Axis,
    /// Where a diverging scale turns, as a share of the axis.
    middle: Option<f64>,
    empty: bool,
}

/// A color: how strong, and on which side of the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shade {
    below: bool,
    step: usize,
    steps: usize,
}

impl Shade {
    pub(super) fn class(self) -> &'static str {
        if self.below {
            "cr-cell cr-below"
        } else {
            "cr-cell cr-above"
        }
    }

    /// From 0 to 1.
    pub(super) fn strength(self) -> f64 {
        self.step as f64 / (self.steps - 1) as f64
    }
}

impl Scale {
    pub(super) fn new(numbers: impl Iterator<Item = f64>, asked: Option<(f64, f64)>, spread: Spread) -> Scale {
        let logarithmic = matches!(spread, Spread::Logarithmic);
        let usable = |number: &f64| number.is_finite() && (!logarithmic || *number >= f64::MIN_POSITIVE);
        let data = extent(numbers.filter(usable));
        let axis = Axis::new(data, asked, logarithmic, 0.0);
        let middle = match spread {
            Spread::Diverging { middle } => axis.fraction(middle),
            Spread::Even | Spread::Logarithmic => None,
        };
        Scale {
            axis,
            middle,
            empty: data.is_none(),
        }
    }

    /// Whether there is nothing to color.
    pub(super) fn is_empty(&self) -> bool {
        self.empty
    }

    /// None for what has no color: not finite, or not positive on a logarithmic scale.
    pub(super) fn shade(&self, number: f64) -> Option<Shade> {
        Some(self.shade_at(self.axis.fraction(number)?))
    }

    fn shade_at(&self, share: f64) -> Shade {
        let share = share.clamp(0.0, 1.0);
        let (below, strength, steps) = match self.middle {
            None => (false, share, 2 * SHADES),
            // The same distance from the middle has the same strength on both sides.
            Some(middle) => {
                let reach = middle.abs().max((1.0 - middle).abs());
                (share < middle, (share - middle).abs() / reach, SHADES)
            }
        };
        Shade {
            below,
            step: ((strength * steps as f64) as usize).min(steps - 1),
            steps,
        }
    }

    /// The opacity of the strongest color of a surface. Over two colors lie the points of classes in the same two: half
    /// strength keeps the points apart from them.
    pub(super) fn strongest(&self) -> f64 {
        if self.middle.is_some() { 0.6 } else { 1.0 }
    }

    fn ticks(&self, height: f64) -> Vec<Tick> {
        self.axis.ticks((height / 56.0) as usize)
    }

    /// How wide the bar is with the labels of its ticks.
    pub(super) fn bar_width(&self, height: f64) -> f64 {
        let labels = self.ticks(height);
        let widest = labels
            .iter()
            .map(|tick| text_width(&tick.label, 11.0))
            .fold(0.0, f64::max);
        BAR + 8.0 + widest
    }

    /// The bar at the right of the plot.
    pub(super) fn draw_bar(&self, svg: &mut Svg, area: &Area) {
        let height = area.height();
        let y_of = |share: f64| area.bottom - share * height;
        let slices = 8 * SHADES;
        let shade = |slice: usize| self.shade_at((slice as f64 + 0.5) / slices as f64);
        let mut from = 0;
        for slice in 1..=slices {
            if slice < slices && shade(slice) == shade(from) {
                continue;
            }
            let (low, high) = (from as f64 / slices as f64, slice as f64 / slices as f64);
            let mut path = Path::new();
            let (top, bottom) = (y_of(high), y_of(low));
            let (left, right) = (area.left, area.left + BAR);
            path.polygon(&[(left, top), (right, top), (right, bottom), (left, bottom)]);
            let shade = shade(from);
            svg.element("path")
                .class(shade.class())
                .ratio("fill-opacity", shade.strength() * self.strongest())
                .path(&path)
                .end();
            from = slice;
        }
        let mut outline = Path::new();
        let right = area.left + BAR;
        outline.polygon(&[
            (area.left, area.top),
            (right, area.top),
            (right, area.bottom),
            (area.left, area.bottom),
        ]);
        for tick in self.ticks(height).iter().filter(|tick| !tick.label.is_empty()) {
            let y = y_of(tick.fraction.clamp(0.0, 1.0));
            outline.move_to((right, y));
            outline.line_to((right + 3.0, y));
            svg.label("cr-small cr-muted", right + 7.0, y + 4.0, &tick.label);
        }
        svg.element("path").class("cr-axis").path(&outline).end();
    }
}

/// How wide the colored bar is, in pixels.
const BAR: f64 = 14.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_distances_from_the_middle_have_equal_strength() {
        let scale = Scale::new([0.0, 0.25, 1.0].into_iter(), None, Spread::Diverging { middle: 0.25 });
        let shade = |number| scale.shade(number).unwrap();
        assert!(shade(0.0).below && !shade(0.5).below);
        assert_eq!(shade(0.0).step, shade(0.5).step);
        assert_eq!(shade(1.0).strength(), 1.0);
    }

    #[test]
    fn shades_go_from_nothing_to_all() {
        let scale = Scale::new([1.0, 100.0].into_iter(), None, Spread::Logarithmic);
        assert_eq!(scale.shade(1.0).unwrap().strength(), 0.0);
        assert_eq!(scale.shade(100.0).unwrap().strength(), 1.0);
        assert_eq!(scale.shade(10.0).unwrap().step, SHADES);
        assert_eq!(scale.shade(0.0), None);
        assert_eq!(scale.shade(1e9).unwrap().strength(), 1.0);
    }
}
