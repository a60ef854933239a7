//! What is drawn: every node of a small graph; of a large one the important nodes, and summaries of the rest.

use std::collections::BTreeMap;

use super::Node;
use super::order::Ordered;
use crate::number;

/// More values than this are collapsed: scalars beyond it cannot be read anyway.
const MOST_NODES: usize = 300;
const MOST_EDGES: usize = 3000;
/// How many nodes of each sort stay themselves in a collapsed graph.
const RESULTS: usize = 8;
const NAMED: usize = 24;
const NAMED_LEAVES: usize = 12;
const FAULTS: usize = 8;
const LEAVES: usize = 16;

/// A box of the drawing.
pub(crate) enum Content<'a> {
    /// One value.
    Value(&'a Node),
    /// Many values in one box.
    Summary {
        count: usize,
        /// How many of each operation, most frequent first.
        operations: Vec<(String, usize)>,
        faults: usize,
    },
}

pub(crate) struct Block<'a> {
    pub(crate) content: Content<'a>,
    /// The blocks it is made from: always earlier ones.
    pub(crate) arguments: Vec<usize>,
}

/// What is drawn, arguments before their users.
pub(crate) struct Blocks<'a> {
    pub(crate) blocks: Vec<Block<'a>>,
    /// How many values the graph has, drawn or summarized.
    pub(crate) values: usize,
    /// Remarks for the picture: that it is collapsed, and what had to be mended.
    pub(crate) remarks: Vec<String>,
}

impl<'a> Blocks<'a> {
    /// Collapsed where there are too many values to read, unless all of them are asked for.
    pub(crate) fn new(ordered: &Ordered<'a>, whole: bool) -> Blocks<'a> {
        let edges: usize = ordered.arguments.iter().map(Vec::len).sum();
        if whole || ordered.nodes.len() <= MOST_NODES && edges <= MOST_EDGES {
            let blocks = ordered.nodes.iter().zip(&ordered.arguments);
            return Blocks {
                blocks: blocks
                    .map(|(node, arguments)| Block {
                        content: Content::Value(node),
                        arguments: arguments.clone(),
                    })
                    .collect(),
                values: ordered.nodes.len(),
                remarks: ordered.mended.clone(),
            };
        }
        collapsed(ordered)
    }
}

// The nodes kept cut the order into stretches; each stretch becomes one summary. Since arguments always come
// first, edges between stretches point forward, and the collapsed graph has no cycles either.
fn collapsed<'a>(ordered: &Ordered<'a>) -> Blocks<'a> {
    let kept = important(ordered);
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut block_of = vec![0; ordered.nodes.len()];
    let mut stretch: Vec<usize> = Vec::new();
    for place in 0..ordered.nodes.len() {
        if !kept[place] {
            stretch.push(place);
            continue;
        }
        // A leaf interrupts nothing: it has no arguments in the stretch before it.
        if !ordered.arguments[place].is_empty() && !stretch.is_empty() {
            members.push(std::mem::take(&mut stretch));
        }
        members.push(vec![place]);
    }
    if !stretch.is_empty() {
        members.push(stretch);
    }
    for (block, places) in members.iter().enumerate() {
        for place in places {
            block_of[*place] = block;
        }
    }

    let blocks: Vec<Block> = members
        .iter()
        .enumerate()
        .map(|(block, places)| {
            let mut arguments = Vec::new();
            for argument in places.iter().flat_map(|place| &ordered.arguments[*place]) {
                arguments.push(block_of[*argument]);
            }
            arguments.sort_unstable();
            arguments.dedup();
            arguments.retain(|argument| *argument != block);
            let content = match places.as_slice() {
                [only] => Content::Value(ordered.nodes[*only]),
                _ => summary(places.iter().map(|place| ordered.nodes[*place])),
            };
            Block { content, arguments }
        })
        .collect();
    let mut remarks = vec![format!(
        "Collapsed: {} drawn as {}.",
        number::counted(ordered.nodes.len(), "value"),
        if blocks.len() == 1 {
            "1 box".to_string()
        } else {
            format!("{} boxes", blocks.len())
        }
    )];
    remarks.extend(ordered.mended.iter().cloned());
    Blocks {
        blocks,
        values: ordered.nodes.len(),
        remarks,
    }
}

fn important(ordered: &Ordered) -> Vec<bool> {
    let mut used = vec![false; ordered.nodes.len()];
    for argument in ordered.arguments.iter().flatten() {
        used[*argument] = true;
    }
    let places = || 0..ordered.nodes.len();
    let mut kept = vec![false; ordered.nodes.len()];
    let mut keep = |places: Vec<usize>, most: usize| {
        // Of too many, the first and the last.
        let half = most / 2;
        for (turn, place) in places.iter().enumerate() {
            if places.len() <= most || turn < half || turn + half >= places.len() {
                kept[*place] = true;
            }
        }
    };
    keep(
        places()
            .filter(|place| !used[*place] && !ordered.arguments[*place].is_empty())
            .collect(),
        RESULTS,
    );
    let (leaves, made): (Vec<usize>, Vec<usize>) = places()
        .filter(|place| ordered.nodes[*place].name.is_some())
        .partition(|place| ordered.nodes[*place].op.is_none());
    keep(made, NAMED);
    keep(leaves, NAMED_LEAVES);
    keep(
        places().filter(|place| ordered.nodes[*place].fault.is_some()).collect(),
        FAULTS,
    );
    let leaves: Vec<usize> = places()
        .filter(|place| ordered.nodes[*place].op.is_none() && ordered.nodes[*place].name.is_none())
        .collect();
    if leaves.len() <= LEAVES {
        keep(leaves, LEAVES);
    }
    kept
}

fn summary<'a>(nodes: impl Iterator<Item = &'a Node>) -> Content<'a> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut count, mut faults) = (0, 0);
    for node in nodes {
        count += 1;
        faults += usize::from(node.fault.is_some());
        let plain = if node.constant { "constant" } else { "leaf" };
        *counts.entry(node.op.as_deref().unwrap_or(plain)).or_default() += 1;
    }
    let mut operations: Vec<(String, usize)> = counts.into_iter().map(|(op, count)| (op.to_string(), count)).collect();
    operations.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Content::Summary {
        count,
        operations,
        faults,
    }
}

/// The two lines of a summary box: `… 4,312 nodes` and `mul 2,000, add 2,000, tanh 312`.
pub(crate) fn summary_lines(count: usize, operations: &[(String, usize)], faults: usize) -> (String, String) {
    let shown: Vec<String> = operations
        .iter()
        .take(3)
        .map(|(op, count)| format!("{} {}", crate::svg::shorten(op, 16), number::count(*count)))
        .collect();
    let others: usize = operations.iter().skip(3).map(|(_, count)| count).sum();
    let mut list = shown.join(", ");
    if others > 0 {
        list += &format!(", others {}", number::count(others));
    }
    if faults > 0 {
        list += &format!(", {}", number::counted(faults, "fault"));
    }
    (format!("… {} nodes", number::count(count)), list)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: usize) -> Vec<Node> {
        (0..length)
            .map(|id| Node {
                id,
                op: (id > 0).then(|| {
                    if id % 2 == 0 {
                        "tanh".to_string()
                    } else {
                        "×".to_string()
                    }
                }),
                arguments: if id > 0 { vec![id - 1] } else { Vec::new() },
                value: vec![1.0],
                ..Node::default()
            })
            .collect()
    }

    #[test]
    fn a_chain_of_a_million_is_three_boxes() {
        let nodes = chain(1_000_000);
        let ordered = Ordered::new(&nodes);
        let blocks = Blocks::new(&ordered, false);
        assert_eq!(blocks.blocks.len(), 3);
        assert_eq!(blocks.remarks, ["Collapsed: 1,000,000 values drawn as 3 boxes."]);
        let Content::Summary {
            count,
            operations,
            faults,
        } = &blocks.blocks[1].content
        else {
            panic!("a summary")
        };
        let lines = summary_lines(*count, operations, *faults);
        assert_eq!(
            lines,
            ("… 999,998 nodes".to_string(), "tanh 499,999, × 499,999".to_string())
        );
    }

    #[test]
    fn names_results_and_faults_survive() {
        let mut nodes = chain(5000);
        nodes[10].name = Some("hidden".into());
        nodes[4000].fault = Some("shapes".into());
        let ordered = Ordered::new(&nodes);
        let blocks = Blocks::new(&ordered, false);
        let kept: Vec<usize> = blocks
            .blocks
            .iter()
            .filter_map(|block| {
                if let Content::Value(node) = block.content {
                    Some(node.id)
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(kept, [0, 10, 4000, 4999]);
        assert!(
            blocks
                .blocks
                .iter()
                .enumerate()
                .all(|(place, block)| block.arguments.iter().all(|other| *other < place))
        );
    }
}
