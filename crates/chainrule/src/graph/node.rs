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
    pub(super) differentiable: bool,
    pub(super) faulty: bool,
    /// Whether it is one number without a shape, and sound.
    pub(super) single: bool,
}

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
    pub(super) fn source(start: u32, shape: u32, differentiable: bool) -> Node {
        Node {
            places: Places {
                arguments: [0; 3],
                result: start,
                receives: 0,
            },
            op: SOURCE,
            shape,
            argument_count: 0,
            differentiable,
            faulty: false,
            single: shape == 0,
        }
    }

    /// Where its numbers begin.
    #[inline]
    pub(super) fn start(&self) -> usize {
        self.places.result as usize
    }
}
