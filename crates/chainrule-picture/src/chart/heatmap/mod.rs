//! Heat maps: grids of numbers as colored cells.

mod grid;
mod names;
mod overlay;
mod rules;
mod scale;
mod surface;
mod table;
mod words;

use super::Chart;
use crate::Color;
use crate::picture::Picture;
use grid::Grid;
use names::Names;
pub(crate) use rules::rules;
use scale::{Scale, Spread};

/// A grid of numbers as colored cells: a table with named rows and columns, or a surface over two axes.
///
/// Any numbers may go in. Cells without a number (NaN, infinite, or missing because a row is shorter than others) stay
/// empty and are counted in the description. Of a table the first 40 rows and columns are drawn; of a surface with more
/// than 160 by 120 cells, the means of neighboring cells.
///
/// ```
/// use chainrule_picture::Heatmap;
///
/// // The loss of a line y = w·x + b by its two weights, and the way down.
/// let loss = |w: f64, b: f64| 8.0 * (w - 2.0).powi(2) + (b - 1.0).powi(2) + 0.1;
/// let (ws, bs) = (Heatmap::middles(0.0, 4.0, 60), Heatmap::middles(-4.0, 6.0, 40));
/// let cells: Vec<Vec<f64>> = bs.iter().map(|&b| ws.iter().map(|&w| loss(w, b)).collect()).collect();
/// let picture = Heatmap::surface("The loss by w and b", (0.0, 4.0), (-4.0, 6.0), &cells)
///     .log_values()
///     .path("gradient descent", &[3.5, 2.3, 2.1, 2.0], &[-3.0, -2.0, 0.0, 1.0])
///     .x_label("w")
///     .y_label("b")
///     .value_label("loss")
///     .picture();
/// assert!(picture.description().contains("smallest 0.125 at w"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Heatmap {
    // Title, labels, ranges, size and what lies over the cells are those of a chart.
    chart: Chart,
    grid: Grid,
    names: Option<Names>,
    value_label: String,
    value_range: Option<(f64, f64)>,
    spread: Spread,
}

impl Heatmap {
    /// A table, its first row at the top, with the number written in each cell. It is as large as its cells need.
    ///
    /// `cells[row][column]`; rows and columns without a name show their number, counted from 1.
    ///
    /// ```
    /// use chainrule_picture::Heatmap;
    /// let table = Heatmap::table("Correlation", &["x", "y"], &["x", "y"], &[[1.0, -0.3], [-0.3, 1.0]]);
    /// assert!(table.diverging(0.0).picture().svg().contains(">−0.3</text>"));
    /// ```
    pub fn table(
        title: impl Into<String>,
        rows: &[impl AsRef<str>],
        columns: &[impl AsRef<str>],
        cells: &[impl AsRef<[f64]>],
    ) -> Heatmap {
        let names = Names {
            rows: rows.iter().map(|name| name.as_ref().to_string()).collect(),
            columns: columns.iter().map(|name| name.as_ref().to_string()).collect(),
        };
        Heatmap {
            names: Some(names),
            ..Heatmap::new(title.into(), cells)
        }
    }

    /// A surface over two axes, 640 by 400 pixels: `cells[row][column]` covers its part of the ranges of x and y, the
    /// first row at `y.0`, the first column at `x.0`.
    ///
    /// [`middles`](Heatmap::middles) gives the places for which the numbers stand. Ends that cannot be drawn are ignored.
    pub fn surface(title: impl Into<String>, x: (f64, f64), y: (f64, f64), cells: &[impl AsRef<[f64]>]) -> Heatmap {
        let mut heatmap = Heatmap::new(title.into(), cells);
        heatmap.chart = heatmap.chart.x_range(x.0, x.1).y_range(y.0, y.1);
        heatmap
    }

    fn new(title: String, cells: &[impl AsRef<[f64]>]) -> Heatmap {
        Heatmap {
            chart: Chart::new(title),
            grid: Grid::new(cells),
            names: None,
            value_label: String::new(),
            value_range: None,
            spread: Spread::Even,
        }
    }

    /// The middles of `count` cells of the same width between two ends.
    ///
    /// ```
    /// assert_eq!(chainrule_picture::Heatmap::middles(0.0, 4.0, 2), [1.0, 3.0]);
    /// ```
    pub fn middles(from: f64, to: f64, count: usize) -> Vec<f64> {
        let share = |cell: usize| (cell as f64 + 0.5) / count as f64;
        (0..count)
            .map(|cell| from * (1.0 - share(cell)) + to * share(cell))
            .collect()
    }

    /// Draws a path over a surface, with a dot for each step as long as they can be told apart; its start and its end
    /// are marked.
    pub fn path(mut self, label: impl Into<String>, xs: &[f64], ys: &[f64]) -> Heatmap {
        const COLORS: [Color; 4] = [Color::Vermilion, Color::Green, Color::Purple, Color::Olive];
        let color = COLORS[overlay::count(&self.chart, super::Kind::Line) % COLORS.len()];
        self.chart = self.chart.line(label, xs, ys).color(color);
        self
    }

    /// Draws points over a surface, such as those of one class: the first orange, the second blue, the same sides on
    /// which a [`diverging`](Heatmap::diverging) scale has these colors.
    pub fn points(mut self, label: impl Into<String>, xs: &[f64], ys: &[f64]) -> Heatmap {
        const COLORS: [Color; 5] = [Color::Orange, Color::Blue, Color::Green, Color::Purple, Color::Olive];
        let color = COLORS[overlay::count(&self.chart, super::Kind::Scatter) % COLORS.len()];
        self.chart = self.chart.scatter(label, xs, ys).color(color);
        self
    }

    /// Colors the path or the points added last.
    pub fn color(mut self, color: Color) -> Heatmap {
        self.chart = self.chart.color(color);
        self
    }

    /// Names what runs along x, or the columns of a table.
    pub fn x_label(mut self, label: impl Into<String>) -> Heatmap {
        self.chart = self.chart.x_label(label);
        self
    }

    /// Names what runs along y, or the rows of a table.
    pub fn y_label(mut self, label: impl Into<String>) -> Heatmap {
        self.chart = self.chart.y_label(label);
        self
    }

    /// Names the numbers in the cells.
    pub fn value_label(mut self, label: impl Into<String>) -> Heatmap {
        self.value_label = label.into();
        self
    }

    /// Colors by the logarithm of the numbers; those that are not positive stay empty.
    pub fn log_values(mut self) -> Heatmap {
        self.spread = Spread::Logarithmic;
        self
    }

    /// Colors by how far a number lies above (blue) or below (orange) this one, such as 0 or a probability of one half.
    pub fn diverging(mut self, middle: f64) -> Heatmap {
        self.spread = Spread::Diverging { middle };
        self
    }

    /// Spreads the colors between these two numbers; what lies beyond has the color of the nearer end.
    pub fn value_range(mut self, from: f64, to: f64) -> Heatmap {
        self.value_range = Some((from.min(to), from.max(to)));
        self
    }

    /// Sets the size of a surface in pixels, at least 240 by 160 and at most 4,000 by 4,000.
    pub fn size(mut self, width: f64, height: f64) -> Heatmap {
        self.chart = self.chart.size(width, height);
        self
    }

    /// Draws the heat map.
    pub fn picture(&self) -> Picture {
        let scale = Scale::new(self.grid.numbers(), self.value_range, self.spread);
        match &self.names {
            Some(names) => table::picture(self, names, &scale),
            None => surface::picture(self, &scale),
        }
    }

    /// Draws it where it is the last expression of a Rust notebook cell (the evcxr kernel calls this).
    pub fn evcxr_display(&self) {
        self.picture().evcxr_display();
    }
}

/// Which class was taken for which: one row for each true class, one column for each predicted one.
///
/// `counts[truth][prediction]`; what was right stands on the diagonal.
///
/// ```
/// let matrix = chainrule_picture::confusion_matrix(&["ham", "spam"], &[[50, 3], [4, 43]]);
/// assert!(matrix.picture().description().contains("spam: ham 4, spam 43."));
/// ```
pub fn confusion_matrix(classes: &[impl AsRef<str>], counts: &[impl AsRef<[usize]>]) -> Heatmap {
    let cells: Vec<Vec<f64>> = counts
        .iter()
        .map(|row| row.as_ref().iter().map(|&count| count as f64).collect())
        .collect();
    let most = cells.iter().flatten().copied().fold(1.0, f64::max);
    Heatmap::table("Confusion matrix", classes, classes, &cells)
        .x_label("predicted")
        .y_label("truth")
        .value_label("rows")
        .value_range(0.0, most)
}
