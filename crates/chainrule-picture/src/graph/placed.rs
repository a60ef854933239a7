//! Boxes and edges with their places in the picture.

use super::layout::Layout;
use crate::svg::{Path, Svg};

pub(super) const MARGIN: f64 = 20.0;
pub(super) const OP: f64 = 26.0;
/// Between an operation and the value it makes.
const STEM: f64 = 22.0;
/// Between columns, at least.
const STREET: f64 = 46.0;

/// How large a box is, and the operation before it; 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Size {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) op_width: f64,
}

/// Where a box stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) middle: f64,
    /// Left end of the operation, or of the box where there is none.
    pub(super) entry: f64,
}

/// Where an edge ends: the argument, where its own line begins, and its tip.
#[derive(Clone, Copy, Debug, PartialEq)]
struct End {
    argument: usize,
    start: (f64, f64),
    tip: (f64, f64),
}

/// A graph with a place for everything.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placed {
    sizes: Vec<Size>,
    pub(super) spots: Vec<Spot>,
    /// Left and right of each column.
    columns: Vec<(f64, f64)>,
    /// For each box, its column.
    column: Vec<usize>,
    /// For each box, the heights at which its outgoing line crosses the columns after its own.
    trail: Vec<Vec<f64>>,
    /// For each box, where its edges come in.
    ends: Vec<Vec<End>>,
    bottom: f64,
}

impl Placed {
    /// Lays out boxes of these sizes below `head`; `arguments` of a box are earlier boxes.
    pub(super) fn new(sizes: Vec<Size>, arguments: &[&[usize]], head: f64) -> Placed {
        let heights: Vec<f64> = sizes
            .iter()
            .map(|size| size.height.max(if size.op_width > 0.0 { OP } else { 0.0 }))
            .collect();
        let layout = Layout::new(&heights, arguments);
        let (columns, spots) = place(&sizes, arguments, &layout, head);
        let trail = layout.trail.iter();
        let mut placed = Placed {
            sizes,
            spots,
            columns,
            trail: trail.map(|trail| trail.iter().map(|y| head + y).collect()).collect(),
            ends: vec![],
            bottom: head + layout.height,
            column: layout.column,
        };
        placed.ends = (0..arguments.len())
            .map(|place| placed.find_ends(place, arguments[place]))
            .collect();
        placed
    }

    /// Width and height of the picture so far.
    pub(super) fn extent(&self) -> (f64, f64) {
        let right = self.columns.last().map_or(0.0, |column| column.1);
        (right + MARGIN, self.bottom + MARGIN)
    }

    /// Where the edges of a box come in, from top to bottom as they come, so they do not cross in front of the operation.
    fn find_ends(&self, place: usize, arguments: &[usize]) -> Vec<End> {
        let (spot, size) = (&self.spots[place], &self.sizes[place]);
        let has_op = size.op_width > 0.0;
        let mut starts: Vec<(usize, (f64, f64))> = arguments
            .iter()
            .map(|argument| {
                let gap = self.column[place] - self.column[*argument];
                let start = if gap < 2 {
                    (self.spots[*argument].right, self.spots[*argument].middle)
                } else {
                    (self.columns[self.column[place] - 1].1, self.trail[*argument][gap - 2])
                };
                (*argument, start)
            })
            .collect();
        starts.sort_by(|a, b| a.1.1.total_cmp(&b.1.1));
        let many = starts.len();
        let room = if has_op { OP - 8.0 } else { size.height - 10.0 };
        let spacing = if many > 1 {
            (room / (many - 1) as f64).min(9.0)
        } else {
            0.0
        };
        let end = |(turn, (argument, start)): (usize, &(usize, (f64, f64)))| {
            let off = (turn as f64 - (many - 1) as f64 / 2.0) * spacing;
            // The operation is round: its outline recedes above and below the middle.
            let recess = if has_op {
                OP / 2.0 - ((OP / 2.0).powi(2) - off * off).max(0.0).sqrt()
            } else {
                0.0
            };
            // Two edges from the same place start a little apart, so that both can be seen.
            let twins = starts.iter().filter(|other| other.1 == *start).count();
            let first = starts.iter().position(|other| other.1 == *start).unwrap_or(turn);
            let apart = if twins > 1 {
                ((turn - first) as f64 - (twins - 1) as f64 / 2.0) * 8.0_f64.min(24.0 / twins as f64)
            } else {
                0.0
            };
            End {
                argument: *argument,
                start: (start.0, start.1 + apart),
                tip: (spot.entry + recess, spot.middle + off),
            }
        };
        starts.iter().enumerate().map(end).collect()
    }

    /// Draws all edges as two elements, lines and heads.
    pub(super) fn draw_edges(&self, svg: &mut Svg) {
        let mut lines = Path::new();
        let mut heads = Path::new();
        // The trunk of every value that is used further on, drawn once.
        for (place, trail) in self.trail.iter().enumerate() {
            self.trunk(&mut lines, place, trail.len());
        }
        for (place, ends) in self.ends.iter().enumerate() {
            let (spot, size) = (&self.spots[place], &self.sizes[place]);
            if size.op_width > 0.0 {
                lines.move_to((spot.entry + size.op_width, spot.middle));
                lines.line_to((spot.left - 5.0, spot.middle));
                heads.arrowhead((spot.left, spot.middle));
            }
            for end in ends {
                curve(&mut lines, end.start, (end.tip.0 - 5.0, end.tip.1));
                heads.arrowhead(end.tip);
            }
        }
        if !lines.is_empty() {
            svg.element("path").class("cr-edge").path(&lines).end();
        }
        if !heads.is_empty() {
            svg.element("path").class("cr-head").path(&heads).end();
        }
    }

    /// The lines from arguments to those who use them, each pair as (argument, user), all the way.
    pub(super) fn routes(&self, edges: &[(usize, usize)]) -> Path {
        let mut path = Path::new();
        for (argument, user) in edges {
            let Some(ends) = self.ends.get(*user) else { continue };
            let gap = self.column[*user].saturating_sub(*self.column.get(*argument).unwrap_or(&0));
            for end in ends.iter().filter(|end| end.argument == *argument) {
                self.trunk(&mut path, *argument, gap.saturating_sub(1));
                curve(&mut path, end.start, (end.tip.0 - 2.0, end.tip.1));
            }
            let (spot, size) = (&self.spots[*user], &self.sizes[*user]);
            if size.op_width > 0.0 {
                path.move_to((spot.entry + size.op_width, spot.middle));
                path.line_to((spot.left - 2.0, spot.middle));
            }
        }
        path
    }

    /// The line of a value through so many of the columns after its own.
    fn trunk(&self, path: &mut Path, place: usize, columns: usize) {
        let mut from = (self.spots[place].right, self.spots[place].middle);
        for (step, y) in self.trail[place].iter().take(columns).enumerate() {
            let column = self.columns[self.column[place] + 1 + step];
            curve(path, from, (column.0, *y));
            path.line_to((column.1, *y));
            from = (column.1, *y);
        }
    }
}

fn curve(path: &mut Path, from: (f64, f64), to: (f64, f64)) {
    path.move_to(from);
    let bend = (to.0 - from.0) * 0.5;
    path.curve_to((from.0 + bend, from.1), (to.0 - bend, to.1), to);
}

/// Columns as (left, right), and a spot for every box. Boxes in a column get one width, so that their edges align.
fn place(sizes: &[Size], arguments: &[&[usize]], layout: &Layout, head: f64) -> (Vec<(f64, f64)>, Vec<Spot>) {
    let mut box_width = vec![0.0_f64; layout.columns];
    let mut entry_width = vec![0.0_f64; layout.columns];
    let mut steepest = vec![0.0_f64; layout.columns];
    for (place, size) in sizes.iter().enumerate() {
        let column = layout.column[place];
        box_width[column] = box_width[column].max(size.width);
        if size.op_width > 0.0 {
            entry_width[column] = entry_width[column].max(size.op_width + STEM);
        }
        for argument in arguments[place] {
            let gap = column - layout.column[*argument];
            let from = if gap < 2 {
                layout.middle[*argument]
            } else {
                layout.trail[*argument][gap - 2]
            };
            steepest[column] = steepest[column].max((layout.middle[place] - from).abs());
        }
    }
    let mut columns = Vec::new();
    let mut x = MARGIN;
    for column in 0..layout.columns {
        if column > 0 {
            // Steep edges need a wider street to stay smooth.
            x += STREET + (steepest[column] * 0.12).min(70.0);
        }
        let right = x + entry_width[column] + box_width[column];
        columns.push((x, right));
        x = right;
    }
    let spot = |(place, size): (usize, &Size)| {
        let column = layout.column[place];
        let right = columns[column].1;
        let left = right - box_width[column];
        let entry = if size.op_width > 0.0 {
            left - STEM - size.op_width
        } else {
            left
        };
        Spot {
            left,
            right,
            middle: head + layout.middle[place],
            entry,
        }
    };
    let spots = sizes.iter().enumerate().map(spot).collect();
    (columns, spots)
}
