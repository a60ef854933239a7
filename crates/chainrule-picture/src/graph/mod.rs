//! Computation graphs: every value with its data and its gradient, every operation between them.

mod collapse;
mod dot;
mod draw;
mod layout;
mod order;
mod placed;
mod stage;
mod words;

use crate::picture::Picture;
pub(crate) use draw::RULES;
pub use stage::{Card, Moment, Stage, State};
pub(crate) use stage::{PRESSED, RULES as STAGE_RULES};

/// One value of a computation graph: what it is called, how it was made and what it holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// What others call this node in their `arguments`; unique in the graph.
    pub id: usize,
    /// The name it was given, if any.
    pub name: Option<String>,
    /// The label of the operation that made it, such as `+` or `tanh`; None for leaves and constants.
    pub op: Option<String>,
    /// Whether it is a number that no gradient flows to.
    pub constant: bool,
    /// The ids of the operation's arguments, in order; an id stands twice when the value is used twice.
    pub arguments: Vec<usize>,
    /// Its shape; empty for a scalar.
    pub shape: Vec<usize>,
    /// Its cells in row-major order; empty if they are not known.
    pub value: Vec<f64>,
    /// The gradient of the result by each cell, if it was computed.
    pub gradient: Option<Vec<f64>>,
    /// What is wrong with this node, if something is.
    pub fault: Option<String>,
}

/// A computation graph to be drawn, left to right from the leaves to the result.
///
/// A value that is used many times is drawn once. Beyond 300 values the graph is collapsed: results, named values,
/// faults and a few leaves stay, the rest becomes summary boxes, and the picture says so.
///
/// Nothing in the input makes this fail: of nodes with the same id the first counts, arguments that do not exist are
/// left out, and so is what closes a cycle; the description counts all of these.
///
/// ```
/// use chainrule_picture::graph::{Graph, Node};
///
/// let leaf = |id, name: &str, value, gradient| Node {
///     id, name: Some(name.into()), value: vec![value], gradient: Some(vec![gradient]), ..Node::default()
/// };
/// let product = Node {
///     id: 2, name: Some("L".into()), op: Some("×".into()), arguments: vec![0, 1],
///     value: vec![-6.0], gradient: Some(vec![1.0]), ..Node::default()
/// };
/// let graph = Graph::new(vec![leaf(0, "a", 2.0, -3.0), leaf(1, "b", -3.0, 2.0), product]);
/// assert!(graph.svg().contains("<svg"));
/// assert!(graph.dot().contains("{ a | data 2.0000 | grad -3.0000 }"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    nodes: Vec<Node>,
    title: Option<String>,
    whole: bool,
}

impl Graph {
    /// A graph of these nodes, in any order.
    pub fn new(nodes: Vec<Node>) -> Graph {
        Graph {
            nodes,
            title: None,
            whole: false,
        }
    }

    /// Its nodes, in the order in which they were given.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Gives the picture a visible title.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Graph {
        self.title = Some(title.into());
        self
    }

    /// Shows every value, however many there are: for text, which a program lays out and a reader can search.
    #[must_use]
    pub fn whole(mut self) -> Graph {
        self.whole = true;
        self
    }

    /// Draws the graph.
    pub fn picture(&self) -> Picture {
        let ordered = order::Ordered::new(&self.nodes);
        draw::picture(&collapse::Blocks::new(&ordered, self.whole), self.title.as_deref())
    }

    /// Draws the graph and returns the SVG.
    pub fn svg(&self) -> String {
        self.picture().to_string()
    }

    /// Draws it where it is the last expression of a Rust notebook cell (the evcxr kernel calls this).
    pub fn evcxr_display(&self) {
        self.picture().evcxr_display();
    }

    /// The graph in the DOT language of Graphviz, with one record per value: `{ name | data 2.0000 | grad -3.0000 }`.
    pub fn dot(&self) -> String {
        let ordered = order::Ordered::new(&self.nodes);
        dot::write(&collapse::Blocks::new(&ordered, self.whole), self.title.as_deref())
    }
}
