//! Layered layout (Sugiyama, Tagawa and Toda 1981): which column, which order, which height.
//!
//! Edges that span several columns pass through a chain of dummy vertices; all long edges from one node share one
//! chain, so a value used in many places leaves as one line that branches.

/// Smallest gaps between two neighbors in a column.
const GAP: f64 = 16.0;
const DUMMY_GAP: f64 = 12.0;
/// Sweeps that reorder columns, and sweeps that move boxes up and down.
const ORDER_SWEEPS: usize = 24;
const HEIGHT_SWEEPS: usize = 40;

/// Where everything goes.
pub(crate) struct Layout {
    /// For each node, its column, counted from the left.
    pub(crate) column: Vec<usize>,
    /// For each node, the height of its middle; the topmost edge is at 0.
    pub(crate) middle: Vec<f64>,
    /// For each node, the heights at which its outgoing line crosses the columns after its own.
    pub(crate) trail: Vec<Vec<f64>>,
    pub(crate) columns: usize,
    pub(crate) height: f64,
}

impl Layout {
    /// Lays out nodes of the given heights; `arguments` of a node are earlier nodes.
    pub(crate) fn new(heights: &[f64], arguments: &[&[usize]]) -> Layout {
        let column = columns(arguments);
        let mut layers = Layers::new(heights, arguments, &column);
        layers.reduce_crossings();
        let y = layers.heights();

        let top = (0..y.len())
            .map(|vertex| y[vertex] - layers.height[vertex] / 2.0)
            .fold(f64::INFINITY, f64::min);
        let top = if top.is_finite() { top } else { 0.0 };
        let bottom = (0..y.len())
            .map(|vertex| y[vertex] + layers.height[vertex] / 2.0)
            .fold(top, f64::max);
        let trail = layers
            .trail
            .iter()
            .map(|trail| trail.iter().map(|vertex| y[*vertex] - top).collect())
            .collect();
        Layout {
            columns: layers.order.len(),
            middle: y[..heights.len()].iter().map(|y| y - top).collect(),
            column,
            trail,
            height: bottom - top,
        }
    }
}

/// Longest-path layering; then whatever has slack moves right, next to its first user, where that shortens edges.
fn columns(arguments: &[&[usize]]) -> Vec<usize> {
    let mut column = vec![0; arguments.len()];
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); arguments.len()];
    for (node, arguments) in arguments.iter().enumerate() {
        for argument in *arguments {
            column[node] = column[node].max(column[*argument] + 1);
            users[*argument].push(node);
        }
    }
    for node in (0..arguments.len()).rev() {
        // Arguments that only this node uses will follow it; the others' edges grow longer.
        let held = arguments[node]
            .iter()
            .filter(|argument| users[**argument].iter().any(|user| *user != node))
            .count();
        let first_user = users[node].iter().map(|user| column[*user]).min();
        if let Some(first_user) = first_user
            && held <= users[node].len()
        {
            column[node] = first_user - 1;
        }
    }
    column
}

struct Layers {
    /// Vertices of each column from top to bottom; those from `real` on are dummies.
    order: Vec<Vec<usize>>,
    height: Vec<f64>,
    real: usize,
    trail: Vec<Vec<usize>>,
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
}

impl Layers {
    fn new(heights: &[f64], arguments: &[&[usize]], column: &[usize]) -> Layers {
        let real = heights.len();
        let mut height = heights.to_vec();
        let mut layer = column.to_vec();
        let mut reach = column.to_vec();
        for (node, arguments) in arguments.iter().enumerate() {
            for argument in *arguments {
                reach[*argument] = reach[*argument].max(column[node]);
            }
        }
        let mut trail = vec![Vec::new(); real];
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); real];
        let mut after: Vec<Vec<usize>> = vec![Vec::new(); real];
        for node in 0..real {
            let mut previous = node;
            for at in column[node] + 1..reach[node] {
                let dummy = height.len();
                height.push(0.0);
                layer.push(at);
                before.push(vec![previous]);
                after.push(Vec::new());
                after[previous].push(dummy);
                trail[node].push(dummy);
                previous = dummy;
            }
        }
        for (node, arguments) in arguments.iter().enumerate() {
            for argument in *arguments {
                let steps = column[node] - column[*argument];
                let from = if steps == 1 {
                    *argument
                } else {
                    trail[*argument][steps - 2]
                };
                before[node].push(from);
                after[from].push(node);
            }
        }
        let order = first_order(&layer, &before, &after);
        Layers {
            order,
            height,
            real,
            trail,
            before,
            after,
        }
    }

    /// Barycenter sweeps to and fro; the best order seen wins.
    fn reduce_crossings(&mut self) {
        let mut position = vec![0.0; self.height.len()];
        for layer in &self.order {
            for (place, vertex) in layer.iter().enumerate() {
                position[*vertex] = place as f64;
            }
        }
        let mut best = self.order.clone();
        let mut fewest = self.crossings(&position);
        let mut since = 0;
        for sweep in 0..ORDER_SWEEPS {
            if fewest == 0 || since > 5 {
                break;
            }
            let forward = sweep % 2 == 0;
            for turn in 0..self.order.len() {
                let at = if forward { turn } else { self.order.len() - 1 - turn };
                let neighbors = if forward { &self.before } else { &self.after };
                let mut keyed: Vec<(f64, usize)> = self.order[at]
                    .iter()
                    .map(|vertex| {
                        (
                            mean(&neighbors[*vertex], &position).unwrap_or(position[*vertex]),
                            *vertex,
                        )
                    })
                    .collect();
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                for (place, (_, vertex)) in keyed.iter().enumerate() {
                    self.order[at][place] = *vertex;
                    position[*vertex] = place as f64;
                }
            }
            let crossings = self.crossings(&position);
            since += 1;
            if crossings < fewest {
                fewest = crossings;
                best.clone_from(&self.order);
                since = 0;
            }
        }
        self.order = best;
    }

    /// Pairs of edges that cross, counted as inversions with a Fenwick tree (Barth, Jünger and Mutzel 2002).
    fn crossings(&self, position: &[f64]) -> usize {
        let mut total = 0;
        for pair in self.order.windows(2) {
            let mut tree = vec![0usize; pair[1].len() + 1];
            let mut seen = 0;
            for vertex in &pair[0] {
                let mut targets: Vec<usize> = self.after[*vertex]
                    .iter()
                    .map(|target| position[*target] as usize)
                    .collect();
                targets.sort_unstable();
                for target in &targets {
                    let mut below = 0;
                    let mut at = target + 1;
                    while at > 0 {
                        below += tree[at];
                        at &= at - 1;
                    }
                    total += seen - below;
                }
                for target in &targets {
                    let mut at = target + 1;
                    while at < tree.len() {
                        tree[at] += 1;
                        at += at & at.wrapping_neg();
                    }
                    seen += 1;
                }
            }
        }
        total
    }

    /// Heights that pull neighbors level. Each column is solved exactly: least squares under the order and the gaps is
    /// isotonic regression, which pooling adjacent violators does in one pass (Ayer et al. 1955).
    fn heights(&self) -> Vec<f64> {
        let mut y = vec![0.0; self.height.len()];
        for layer in &self.order {
            let offsets = self.offsets(layer);
            let span = offsets.last().copied().unwrap_or_default();
            for (vertex, offset) in layer.iter().zip(&offsets) {
                y[*vertex] = offset - span / 2.0;
            }
        }
        for sweep in 0..HEIGHT_SWEEPS {
            let forward = sweep % 2 == 0;
            // First one side at a time, to move whole trees; then both, to settle.
            let one_sided = sweep < HEIGHT_SWEEPS / 4;
            for turn in 0..self.order.len() {
                let at = if forward { turn } else { self.order.len() - 1 - turn };
                let layer = &self.order[at];
                let offsets = self.offsets(layer);
                let pulls = layer.iter().zip(&offsets).map(|(vertex, offset)| {
                    let (wanted, weight) = self.pull(*vertex, &y, !one_sided || forward, !one_sided || !forward);
                    (wanted - offset, weight)
                });
                for ((vertex, offset), level) in layer.iter().zip(&offsets).zip(pooled(pulls)) {
                    y[*vertex] = level + offset;
                }
            }
        }
        y
    }

    /// Where a vertex would like to be, and how much. Lines through dummies pull hardest: they should be straight.
    fn pull(&self, vertex: usize, y: &[f64], look_before: bool, look_after: bool) -> (f64, f64) {
        let (mut sum, mut total) = (0.0, 0.0);
        let sides = [(look_before, &self.before), (look_after, &self.after)];
        for neighbor in sides.iter().filter(|side| side.0).flat_map(|side| &side.1[vertex]) {
            let weight = match (vertex >= self.real, *neighbor >= self.real) {
                (true, true) => 8.0,
                (false, false) => 1.0,
                _ => 2.0,
            };
            sum += weight * y[*neighbor];
            total += weight;
        }
        if total == 0.0 {
            (y[vertex], 0.01)
        } else {
            (sum / total, total)
        }
    }

    fn offsets(&self, layer: &[usize]) -> Vec<f64> {
        let mut at = 0.0;
        let mut offsets = Vec::with_capacity(layer.len());
        for (place, vertex) in layer.iter().enumerate() {
            if place > 0 {
                let above = layer[place - 1];
                let dummies = above >= self.real && *vertex >= self.real;
                at += (self.height[above] + self.height[*vertex]) / 2.0 + if dummies { DUMMY_GAP } else { GAP };
            }
            offsets.push(at);
        }
        offsets
    }
}

/// The order in which a walk back from the results meets the vertices: already free of crossings for a tree.
fn first_order(layer: &[usize], before: &[Vec<usize>], after: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let count = layer.iter().max().map_or(0, |last| last + 1);
    let mut order = vec![Vec::new(); count];
    let mut met = vec![false; layer.len()];
    for result in (0..layer.len()).filter(|vertex| after[*vertex].is_empty()) {
        let mut stack = vec![result];
        while let Some(vertex) = stack.pop() {
            if met[vertex] {
                continue;
            }
            met[vertex] = true;
            order[layer[vertex]].push(vertex);
            stack.extend(before[vertex].iter().rev());
        }
    }
    order
}

fn mean(neighbors: &[usize], position: &[f64]) -> Option<f64> {
    if neighbors.is_empty() {
        return None;
    }
    Some(neighbors.iter().map(|neighbor| position[*neighbor]).sum::<f64>() / neighbors.len() as f64)
}

/// The nondecreasing levels nearest to the wanted ones, by weighted squares.
fn pooled(wanted: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (level, weight) in wanted {
        let mut pool = (level, weight, 1);
        while let Some(last) = pools.last()
            && last.0 > pool.0
        {
            let weight = last.1 + pool.1;
            pool = ((last.0 * last.1 + pool.0 * pool.1) / weight, weight, last.2 + pool.2);
            pools.pop();
        }
        pools.push(pool);
    }
    pools
        .into_iter()
        .flat_map(|(level, _, size)| std::iter::repeat_n(level, size))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay_out(arguments: &[&[usize]]) -> Layout {
        Layout::new(&vec![40.0; arguments.len()], arguments)
    }

    #[test]
    fn a_leaf_stands_next_to_its_first_user() {
        let layout = lay_out(&[&[], &[0], &[1], &[], &[2, 3]]);
        assert_eq!(layout.column, [0, 1, 2, 2, 3]);
    }

    #[test]
    fn boxes_never_overlap() {
        let arguments: Vec<Vec<usize>> = (0..120)
            .map(|node: usize| {
                if node < 30 {
                    vec![]
                } else {
                    vec![(node * 7) % node, (node * 13 + 5) % node, node - 20]
                }
            })
            .collect();
        let borrowed: Vec<&[usize]> = arguments.iter().map(Vec::as_slice).collect();
        let layout = lay_out(&borrowed);
        for a in 0..120 {
            for b in 0..a {
                let apart = (layout.middle[a] - layout.middle[b]).abs() >= 40.0 + GAP - 1e-6;
                assert!(layout.column[a] != layout.column[b] || apart, "{a} and {b}");
            }
        }
    }

    #[test]
    fn a_tree_is_drawn_without_crossings() {
        // ((0 1) (2 3)) ((4 5) (6 7)), in an order that has crossings as given.
        let arguments: [&[usize]; 15] = [
            &[],
            &[],
            &[],
            &[],
            &[],
            &[],
            &[],
            &[],
            &[0, 4],
            &[1, 5],
            &[2, 6],
            &[3, 7],
            &[8, 10],
            &[9, 11],
            &[12, 13],
        ];
        let column = columns(&arguments);
        let mut layers = Layers::new(&[40.0; 15], &arguments, &column);
        layers.reduce_crossings();
        let mut position = vec![0.0; 15];
        for layer in &layers.order {
            for (place, vertex) in layer.iter().enumerate() {
                position[*vertex] = place as f64;
            }
        }
        assert_eq!(layers.crossings(&position), 0);
    }

    #[test]
    fn a_chain_is_level() {
        let layout = lay_out(&[&[], &[0], &[1], &[2]]);
        assert!(
            layout
                .middle
                .iter()
                .all(|middle| (middle - layout.middle[0]).abs() < 1e-9)
        );
    }

    #[test]
    fn pools_of_violators_share_their_mean() {
        assert_eq!(
            pooled([(1.0, 1.0), (3.0, 1.0), (2.0, 1.0), (5.0, 2.0)].into_iter()),
            [1.0, 2.5, 2.5, 5.0]
        );
    }
}
