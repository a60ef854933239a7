//! A gradient told as the sum over paths of products of local derivatives.

use super::{Var, ledger::Ledger};
use crate::{
    error::{Error, Fault, Result},
    float::Float,
};
use std::{collections::HashMap, fmt, panic::Location};

/// How many paths an explanation shows when there are more.
const SHOWN: usize = 16;

/// How many local derivatives an explanation may look at before it gives up.
const MOST_PARTIALS: usize = 50_000_000;

/// Why a gradient is what it is: the chain rule with the numbers plugged in.
///
/// Each path from the result down to the value contributes the product of the local derivatives along
/// it, and the gradient is the sum of these products. `Display` tells it as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The name of the result.
    pub result: String,
    /// The name of the value the result is differentiated with respect to.
    pub wrt: String,
    /// The gradient: the sum over all paths.
    pub gradient: f64,
    /// How many paths there are; `u128::MAX` stands for that many or more.
    pub path_count: u128,
    /// The paths with the largest contributions, largest first; all of them when they are few.
    pub paths: Vec<Path>,
}

/// One way in which a value acts on the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// What it adds to the gradient: the product of its local derivatives.
    pub product: f64,
    /// Its steps, from the result down to the value.
    pub steps: Vec<PathStep>,
}

/// One factor of a path: the local derivative of one value with respect to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct PathStep {
    /// The value that is differentiated: its position in the graph.
    pub id: usize,
    /// Its name, or the operation that made it; with the cell where it has several.
    pub name: String,
    /// The argument it is differentiated with respect to, named alike.
    pub argument: String,
    /// The local derivative, ∂ name / ∂ argument.
    pub derivative: f64,
}

/// What is known of one cell: how many paths lead from it down to the value, the best of them.
#[derive(Default)]
struct Cell {
    count: u128,
    derivative: f64,
    best: Vec<Link>,
}

/// The beginning of a path: a local derivative, and where the path goes on.
#[derive(Clone, Copy)]
struct Link {
    product: f64,
    derivative: f64,
    next: (u32, usize),
    rank: usize,
}

impl<'g, T: Float> Var<'g, T> {
    /// Explains the derivative of this number with respect to `wrt`, which must be one number too.
    ///
    /// ```
    /// use chainrule::Graph;
    /// let g = Graph::new();
    /// let (a, b) = (g.leaf(2.0).named("a"), g.leaf(-3.0).named("b"));
    /// let e = (a * b).named("e");
    /// let l = (e + a).named("L");
    /// let told = "\
    /// dL/da = -2, the sum over 2 paths:
    ///   -3 = ∂L/∂e (1) × ∂e/∂a (-3)
    ///    1 = ∂L/∂a (1)
    /// ";
    /// assert_eq!(l.explain(a)?.to_string(), told);
    /// # Ok::<(), chainrule::Error>(())
    /// ```
    ///
    /// # Errors
    /// The first fault on the way, that either is not one number, or that the graph between the two is
    /// too large to walk cell by cell.
    #[track_caller]
    pub fn explain(self, wrt: Var<'g, T>) -> Result<Explanation> {
        let shape = wrt.shape();
        if shape.len() != 1 {
            let fault = Fault::new(format!("needs one number to explain, got a value of shape {shape}"))
                .fix("name the cell with explain_cell()");
            return Err(Error::argument("explain", fault, Location::caller()));
        }
        self.explain_cell(wrt, 0)
    }

    /// Explains the derivative of this number with respect to one cell of `wrt`, cells counted row
    /// by row from 0.
    ///
    /// # Errors
    /// As [`explain`](Var::explain), or that there is no such cell.
    #[track_caller]
    pub fn explain_cell(self, wrt: Var<'g, T>, cell: usize) -> Result<Explanation> {
        let line = Location::caller();
        if !std::ptr::eq(self.graph(), wrt.graph()) {
            let fault = Fault::new("the two values belong to different graphs");
            return Err(Error::argument("explain", fault.fix("build both in one graph"), line));
        }
        let ledger = self.graph().read();
        ledger.sound(self.index())?;
        ledger.sound(wrt.index())?;
        let refuse = |what, fix: &str| Err(Error::argument("explain", Fault::new(what).fix(fix), line));
        let (shape, wrt_shape) = (ledger.shape(self.index()), ledger.shape(wrt.index()));
        if shape.len() != 1 {
            let what = format!("needs one number to differentiate, got a value of shape {shape}");
            return refuse(what, "reduce it first, for example with sum()");
        }
        if cell >= wrt_shape.len() {
            let what = format!("there is no cell {cell} in a value of shape {wrt_shape}");
            return refuse(what, "cells are counted from 0, row by row");
        }
        let between = match ledger.node(wrt.index()).differentiable() {
            true => ledger.between(wrt.index(), self.index()),
            false => vec![], // a constant: nothing flows to it
        };
        let work = ledger.partial_count(&between);
        if work > MOST_PARTIALS {
            let what = format!("{work} local derivatives lie between the two, more than {MOST_PARTIALS}");
            return refuse(what, "explain a smaller part of the graph, or one sample");
        }
        Ok(ledger.explain(&between, (wrt.index(), cell), self.index()))
    }
}

impl<T: Float> Ledger<T> {
    /// The nodes on any path from `from` up to `to`, in order.
    fn between(&self, from: u32, to: u32) -> Vec<u32> {
        if from > to {
            return vec![];
        }
        let span = (to - from) as usize + 1;
        let inside = |id: u32| (from..=to).contains(&id);
        let (mut below, mut above) = (vec![false; span], vec![false; span]);
        (below[0], above[span - 1]) = (true, true);
        for id in from + 1..=to {
            let ids = self.ids(self.node(id));
            below[(id - from) as usize] = ids.iter().any(|&a| inside(a) && below[(a - from) as usize]);
        }
        for id in (from..=to).rev() {
            if above[(id - from) as usize] && id != from {
                for &a in self.ids(self.node(id)) {
                    if inside(a) {
                        above[(a - from) as usize] = true;
                    }
                }
            }
        }
        (from..=to)
            .filter(|id| below[(id - from) as usize] && above[(id - from) as usize])
            .collect()
    }

    fn partial_count(&self, nodes: &[u32]) -> usize {
        nodes.iter().skip(1).fold(0, |sum: usize, &id| {
            let inputs = self.ids(self.node(id)).iter();
            let inputs = inputs.fold(0usize, |sum, &a| sum.saturating_add(self.shape(a).len()));
            sum.saturating_add(self.shape(id).len().saturating_mul(inputs))
        })
    }

    fn explain(&self, between: &[u32], from: (u32, usize), result: u32) -> Explanation {
        let mut cells: HashMap<(u32, usize), Cell> = HashMap::new();
        let root = Cell {
            count: 1,
            derivative: 1.0,
            best: vec![],
        };
        cells.insert(from, root);
        for &id in between.iter().filter(|&&id| id != from.0) {
            for cell in 0..self.shape(id).len() {
                let mut found = Cell::default();
                self.cell_partials(id, cell, |argument, receives, derivatives| {
                    if !receives {
                        return;
                    }
                    let scalar = derivatives.len() == 1;
                    for (position, derivative) in derivatives.iter().enumerate() {
                        let next = (argument, position);
                        // Inside a tensor a zero means that the two cells have nothing to do with
                        // each other; between scalars it is a factor of a real path.
                        if (scalar || *derivative != T::ZERO)
                            && let Some(below) = cells.get(&next)
                        {
                            found.extend(derivative.to_f64(), next, below);
                        }
                    }
                });
                if found.count > 0 {
                    found.best.sort_by(|a, b| b.product.abs().total_cmp(&a.product.abs()));
                    found.best.truncate(SHOWN);
                    cells.insert((id, cell), found);
                }
            }
        }
        let reached = cells.get(&(result, 0)).filter(|cell| cell.count > 0);
        let top = (result, 0);
        let paths = match reached {
            Some(cell) if top != from => cell.best.iter().map(|&link| self.path(&cells, top, link)).collect(),
            Some(_) => vec![Path {
                product: 1.0,
                steps: vec![],
            }],
            None => vec![],
        };
        Explanation {
            result: self.cell_name(top),
            wrt: self.cell_name(from),
            gradient: reached.map_or(0.0, |cell| cell.derivative),
            path_count: reached.map_or(0, |cell| cell.count),
            paths,
        }
    }

    fn path(&self, cells: &HashMap<(u32, usize), Cell>, top: (u32, usize), first: Link) -> Path {
        let (mut steps, mut at, mut link) = (vec![], top, Some(first));
        while let Some(here) = link {
            steps.push(PathStep {
                id: at.0 as usize,
                name: self.cell_name(at),
                argument: self.cell_name(here.next),
                derivative: here.derivative,
            });
            at = here.next;
            link = cells.get(&at).and_then(|cell| cell.best.get(here.rank)).copied();
        }
        Path {
            product: first.product,
            steps,
        }
    }

    fn cell_name(&self, (id, cell): (u32, usize)) -> String {
        let node = self.node(id);
        let mut name = match (self.names.get(&id), self.op(node)) {
            (Some(name), _) => name.to_string(),
            (None, Some(op)) => format!("{}#{id}", op.label()),
            (None, None) => format!("#{id}"),
        };
        let shape = self.shape(id);
        if shape.rank() > 0 {
            let strides = shape.strides();
            let index: Vec<_> = (0..shape.rank())
                .map(|axis| (cell / strides[axis].max(1) % shape.size(axis).max(1)).to_string())
                .collect();
            name.push_str(&format!("[{}]", index.join(", ")));
        }
        name
    }
}

impl Cell {
    fn extend(&mut self, derivative: f64, next: (u32, usize), below: &Cell) {
        self.count = self.count.saturating_add(below.count);
        self.derivative += derivative * below.derivative;
        let end = [1.0]; // the value itself: an empty path
        let products: &mut dyn Iterator<Item = f64> = match below.best.is_empty() {
            true => &mut end.into_iter(),
            false => &mut below.best.iter().map(|link| link.product),
        };
        self.best.extend(products.enumerate().map(|(rank, product)| Link {
            product: derivative * product,
            derivative,
            next,
            rank,
        }));
    }
}

/// A number as short as it can be without loss.
fn short(x: f64) -> String {
    if x == 0.0 || (1e-5..1e16).contains(&x.abs()) {
        x.to_string()
    } else {
        format!("{x:e}")
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "d{}/d{} = {}", self.result, self.wrt, short(self.gradient))?;
        let shown = self.paths.len();
        match self.path_count {
            0 => writeln!(f, ": {} does not depend on {}", self.result, self.wrt)?,
            1 => writeln!(f, ", the product along 1 path:")?,
            count if count == shown as u128 => writeln!(f, ", the sum over {count} paths:")?,
            u128::MAX => writeln!(f, ", the sum over more than 10³⁸ paths; the {shown} largest:")?,
            count => writeln!(f, ", the sum over {count} paths; the {shown} largest:")?,
        }
        let products: Vec<String> = self.paths.iter().map(|path| short(path.product)).collect();
        let width = products.iter().map(String::len).max().unwrap_or(0);
        for (path, product) in self.paths.iter().zip(products) {
            let factors: Vec<_> = path
                .steps
                .iter()
                .map(|step| format!("∂{}/∂{} ({})", step.name, step.argument, short(step.derivative)))
                .collect();
            let factors = if factors.is_empty() {
                "the value itself".to_string()
            } else {
                factors.join(" × ")
            };
            writeln!(f, "  {product:>width$} = {factors}")?;
        }
        Ok(())
    }
}
