//! Nodes in an order in which arguments come first, with everything mended that hostile input can break.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Node;
use crate::number;

/// The nodes of a graph, arguments before their users.
pub(crate) struct Ordered<'a> {
    pub(crate) nodes: Vec<&'a Node>,
    /// For each node, where its arguments stand in `nodes`: always before it.
    pub(crate) arguments: Vec<Vec<usize>>,
    /// What had to be left out, as sentences.
    pub(crate) mended: Vec<String>,
}

impl<'a> Ordered<'a> {
    pub(crate) fn new(given: &'a [Node]) -> Ordered<'a> {
        let mut by_id: Vec<usize> = (0..given.len()).collect();
        by_id.sort_by_key(|place| (given[*place].id, *place));
        by_id.dedup_by_key(|place| given[*place].id);
        let find = |id: usize| {
            by_id
                .binary_search_by_key(&id, |place| given[*place].id)
                .ok()
                .map(|found| by_id[found])
        };

        let mut first = vec![false; given.len()];
        for place in &by_id {
            first[*place] = true;
        }
        let mut dangling = 0;
        let mut arguments: Vec<Vec<usize>> = vec![Vec::new(); given.len()];
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); given.len()];
        let mut waiting = vec![0usize; given.len()];
        for (place, node) in given.iter().enumerate().filter(|(place, _)| first[*place]) {
            for id in &node.arguments {
                match find(*id) {
                    Some(argument) => {
                        arguments[place].push(argument);
                        users[argument].push(place);
                        waiting[place] += 1;
                    }
                    None => dangling += 1,
                }
            }
        }

        // Kahn's algorithm, taking the earliest given node that is ready: an order that is already good stays as it is.
        let mut ready: BinaryHeap<Reverse<usize>> = (0..given.len())
            .filter(|place| first[*place] && waiting[*place] == 0)
            .map(Reverse)
            .collect();
        let mut position = vec![usize::MAX; given.len()];
        let mut order = Vec::with_capacity(by_id.len());
        let mut next_stuck = 0;
        while order.len() < by_id.len() {
            let place = match ready.pop() {
                Some(Reverse(place)) => place,
                None => {
                    // Only cycles are left: cut one open at its earliest node.
                    while !first[next_stuck] || position[next_stuck] != usize::MAX {
                        next_stuck += 1;
                    }
                    next_stuck
                }
            };
            if position[place] != usize::MAX {
                continue;
            }
            position[place] = order.len();
            order.push(place);
            for user in &users[place] {
                waiting[*user] -= 1;
                if waiting[*user] == 0 {
                    ready.push(Reverse(*user));
                }
            }
        }

        let mut cyclic = 0;
        let mut nodes = Vec::with_capacity(order.len());
        let mut ordered_arguments = Vec::with_capacity(order.len());
        for (here, place) in order.iter().enumerate() {
            let mut earlier = std::mem::take(&mut arguments[*place]);
            for argument in &mut earlier {
                *argument = position[*argument];
            }
            let before = earlier.len();
            earlier.retain(|argument| *argument < here);
            cyclic += before - earlier.len();
            nodes.push(&given[*place]);
            ordered_arguments.push(earlier);
        }

        let mut mended = Vec::new();
        let repeated = given.len() - by_id.len();
        if repeated > 0 {
            mended.push(format!(
                "{} with an id already taken left out.",
                number::counted(repeated, "node")
            ));
        }
        if dangling > 0 {
            mended.push(format!(
                "{} to nodes that are not there left out.",
                number::counted(dangling, "edge")
            ));
        }
        if cyclic > 0 {
            mended.push(format!(
                "{} that would close a cycle left out.",
                number::counted(cyclic, "edge")
            ));
        }
        Ordered {
            nodes,
            arguments: ordered_arguments,
            mended,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: usize, arguments: &[usize]) -> Node {
        Node {
            id,
            op: Some("+".into()),
            arguments: arguments.to_vec(),
            ..Node::default()
        }
    }

    fn ids(nodes: &[Node]) -> (Vec<usize>, Vec<Vec<usize>>, Vec<String>) {
        let ordered = Ordered::new(nodes);
        (
            ordered.nodes.iter().map(|node| node.id).collect(),
            ordered.arguments,
            ordered.mended,
        )
    }

    #[test]
    fn arguments_come_first() {
        let (order, arguments, mended) = ids(&[node(9, &[4, 4]), node(4, &[7]), node(7, &[])]);
        assert_eq!(order, [7, 4, 9]);
        assert_eq!(arguments, [vec![], vec![0], vec![1, 1]]);
        assert_eq!(mended, Vec::<String>::new());
    }

    #[test]
    fn broken_graphs_are_mended_and_the_damage_is_told() {
        let (order, arguments, mended) = ids(&[
            node(1, &[2, 99]),
            node(2, &[3]),
            node(3, &[1]),
            node(3, &[]),
            node(5, &[5]),
        ]);
        assert_eq!(order, [1, 3, 2, 5]);
        assert_eq!(arguments, [vec![], vec![0], vec![1], vec![]]);
        assert_eq!(
            mended.join(" "),
            "1 node with an id already taken left out. 1 edge to nodes that are not there left out. 2 edges that would close a cycle left out."
        );
    }
}
