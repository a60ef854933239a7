//! How numbers are spread: a small histogram for each kind and layer.

use crate::number::{self, brief, typographic};
use crate::picture::Picture;
use crate::svg::{Path, Svg, shorten, text_width};

const RULES: &str = "\
.cr-histograms .cr-bars{fill:$blue}
.cr-histograms .cr-base{fill:none;stroke:$axis}
.cr-histograms .cr-zero{fill:none;stroke:$muted;stroke-dasharray:2 3}
";
const WIDTH: f64 = 150.0;
const HEIGHT: f64 = 44.0;
const GAP: f64 = 26.0;
const ROW: f64 = 84.0;
const HEAD: f64 = 64.0;
const MARGIN: f64 = 16.0;

/// The rules of histograms.
pub(crate) fn rules() -> String {
    RULES.to_string()
}

/// Small histograms in rows and columns, such as one for each layer and kind of number; each has a scale of its own.
///
/// ```
/// use chainrule_picture::Histograms;
///
/// let picture = Histograms::new("Where the numbers lie", &["weights"])
///     .row("layer 1", &[(-1.0, 1.0, vec![1, 5, 2])])
///     .picture();
/// assert!(picture.description().contains("layer 1, weights: 8 numbers from -1 to 1."));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Histograms {
    title: String,
    columns: Vec<String>,
    rows: Vec<(String, Vec<Counted>)>,
}

/// From where to where numbers reach, and how many fall into each of the equal bins between.
type Counted = (f64, f64, Vec<usize>);

impl Histograms {
    /// No histograms yet; each row will have one for each of these columns.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Histograms {
        Histograms {
            title: title.into(),
            columns: columns.iter().map(|name| name.to_string()).collect(),
            rows: vec![],
        }
    }

    /// Adds a row: for each column from where to where the numbers reach, and how many fall into each of the equal bins between.
    pub fn row(mut self, name: impl Into<String>, histograms: &[(f64, f64, Vec<usize>)]) -> Histograms {
        self.rows.push((name.into(), histograms.to_vec()));
        self
    }

    /// Draws them.
    pub fn picture(&self) -> Picture {
        let names = self.rows.iter().map(|(name, _)| text_width(&shorten(name, 24), 12.0));
        let left = MARGIN + names.fold(0.0, f64::max) + 18.0;
        let mut svg = Svg::new();
        svg.label("cr-title", MARGIN, 27.0, &self.title);
        for (column, name) in self.columns.iter().enumerate() {
            let x = left + column as f64 * (WIDTH + GAP) + WIDTH / 2.0;
            svg.label("cr-muted cr-middle", x, HEAD - 12.0, name);
        }
        let mut told = String::new();
        for (row, (name, histograms)) in self.rows.iter().enumerate() {
            let base = HEAD + row as f64 * ROW + HEIGHT;
            svg.label("", MARGIN, base - HEIGHT / 2.0 + 4.0, &shorten(name, 24));
            for (column, histogram) in histograms.iter().take(self.columns.len()).enumerate() {
                draw(&mut svg, left + column as f64 * (WIDTH + GAP), base, histogram);
                let (low, high, counts) = histogram;
                let kind = self.columns.get(column).map(String::as_str).unwrap_or_default();
                let sum = number::counted(counts.iter().sum(), "number");
                told += &format!("{name}, {kind}: {sum} from {} to {}. ", brief(*low), brief(*high));
            }
        }
        let width = left + self.columns.len() as f64 * (WIDTH + GAP) - GAP + MARGIN;
        let height = HEAD + self.rows.len() as f64 * ROW + 4.0;
        let size = (width.max(240.0), height.max(100.0));
        Picture::new("histograms", &self.title, told.trim_end(), size, RULES, &svg.finish())
    }
}

fn draw(svg: &mut Svg, left: f64, base: f64, (low, high, counts): &Counted) {
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let bin = WIDTH / counts.len().max(1) as f64;
    let mut bars = Path::new();
    for (place, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let (x, top) = (left + place as f64 * bin, base - HEIGHT * *count as f64 / most);
        bars.polygon(&[(x, base), (x, top), (x + bin - 0.8, top), (x + bin - 0.8, base)]);
    }
    if !bars.is_empty() {
        let sum = counts.iter().sum();
        let tip = format!(
            "{} from {} to {}",
            number::counted(sum, "number"),
            brief(*low),
            brief(*high)
        );
        svg.element("path").class("cr-bars").path(&bars).tip(&tip);
    }
    svg.line("cr-base", (left, base), (left + WIDTH, base));
    if *low < 0.0 && *high > 0.0 && (high - low).is_finite() {
        let zero = left + WIDTH * -low / (high - low);
        svg.line("cr-zero", (zero, base - HEIGHT), (zero, base));
    }
    svg.label("cr-small cr-muted", left, base + 14.0, &typographic(&brief(*low)));
    svg.label(
        "cr-small cr-muted cr-end",
        left + WIDTH,
        base + 14.0,
        &typographic(&brief(*high)),
    );
}
