//! One value of the ledger, as small as it can be.

use crate::kernel::singles::Places;

/// One value: which operation made it, from what, and where its numbers begin.
#[derive(Clone, Copy)]
pub(super) struct Node {
    /// The ids of up to three arguments, or of more where they begin in the ledger's list and how many they are; where the
    /// numbers begin; which of the arguments receive a gradient (of more than three: whether any does).
    ///
    /// While a graph has only single numbers, number k belongs to value k: then the ids say where the arguments lie.
    pub(super) places: Places,
    pub(super) op: u32,
    pub(super) shape: u32,
    /// How many arguments it has; any number above three stands for `MANY`.
    pub(super) argument_count: u8,
    pub(super) kind: Kind,
}

/// What a node holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One number without a shape.
    Single,
    /// Numbers with a shape.
    Tensor,
    /// No numbers: there is a fault.
    Faulty,
}

impl Kind {
    pub(super) fn of(shape: u32) -> Kind {
        if shape == 0 { Kind::Single } else { Kind::Tensor }
    }
}

/// Among the bits that say which arguments receive a gradient: the node is a leaf.
const LEAF: u8 = 0x80;

const _: () = assert!(
    size_of::<Node>() == 32,
    "a node is hot: what is cold belongs in a side table"
);

/// In place of an operation: the node is a source of numbers.
pub(super) const SOURCE: u32 = u32::MAX;

/// In place of the number of arguments: they lie in the ledger's list.
pub(super) const MANY: u8 = 4;

impl Node {
    /// A source whose numbers begin there.
    pub(super) fn source(start: u32, shape: u32, leaf: bool) -> Node {
        Node {
            places: Places {
                arguments: [0; 3],
                result: start,
                receives: if leaf { LEAF } else { 0 },
            },
            op: SOURCE,
            shape,
            argument_count: 0,
            kind: Kind::of(shape),
        }
    }

    /// Where its numbers begin.
    #[inline]
    pub(super) fn start(&self) -> usize {
        self.places.result as usize
    }

    /// Whether it depends on a leaf, so that a gradient can flow through it.
    #[inline]
    pub(super) fn differentiable(&self) -> bool {
        self.places.receives != 0
    }

    /// Whether any of its arguments receives a gradient.
    #[inline]
    pub(super) fn passes_on(&self) -> bool {
        self.places.receives & !LEAF != 0
    }

    #[inline]
    pub(super) fn faulty(&self) -> bool {
        self.kind == Kind::Faulty
    }
}

/// Where a node with few arguments and these lie, in any graph; each argument must be one number.
#[inline]
pub(super) fn places_of(nodes: &[Node], node: &Node) -> Places {
    let mut places = node.places;
    for place in places.arguments.iter_mut().take(node.argument_count.into()) {
        *place = nodes[*place as usize].places.result;
    }
    places
}
