//! W7: a tape in one list of 32-byte nodes, after the same calculation.

use crate::{
    Result,
    meter::Meter,
    tape::{LEAVES, factors, places, starts},
};

#[derive(Clone, Copy, PartialEq)]
enum Rule {
    Leaf,
    Add,
    Times,
}

#[derive(Clone, Copy)]
struct Node {
    value: f64,
    gradient: f64,
    left: u32,
    right: u32,
    rule: Rule,
}

#[derive(Default)]
struct Tape {
    nodes: Vec<Node>,
}

impl Tape {
    #[inline(always)]
    fn push(&mut self, rule: Rule, left: u32, right: u32, value: f64) -> u32 {
        let gradient = 0.0;
        self.nodes.push(Node {
            value,
            gradient,
            left,
            right,
            rule,
        });
        self.nodes.len() as u32 - 1
    }

    fn leaf(&mut self, value: f64) -> u32 {
        self.push(Rule::Leaf, 0, 0, value)
    }

    #[inline(always)]
    fn value(&self, id: u32) -> f64 {
        self.nodes[id as usize].value
    }

    #[inline(always)]
    fn times(&mut self, a: u32, b: u32) -> u32 {
        self.push(Rule::Times, a, b, self.value(a) * self.value(b))
    }

    #[inline(always)]
    fn add(&mut self, a: u32, b: u32) -> u32 {
        self.push(Rule::Add, a, b, self.value(a) + self.value(b))
    }

    fn forward(&mut self) {
        for i in 0..self.nodes.len() {
            let Node { left, right, rule, .. } = self.nodes[i];
            match rule {
                Rule::Leaf => {}
                Rule::Add => self.nodes[i].value = self.value(left) + self.value(right),
                Rule::Times => self.nodes[i].value = self.value(left) * self.value(right),
            }
        }
    }

    fn backward(&mut self, end: u32) {
        let nodes = &mut self.nodes[..];
        nodes[end as usize].gradient = 1.0;
        for i in (0..=end as usize).rev() {
            let node = nodes[i];
            let (left, right, g) = (node.left as usize, node.right as usize, node.gradient);
            match node.rule {
                Rule::Leaf => {}
                Rule::Add => {
                    nodes[left].gradient += g;
                    nodes[right].gradient += g;
                }
                Rule::Times => {
                    let (a, b) = (nodes[left].value, nodes[right].value);
                    nodes[left].gradient += g * b;
                    nodes[right].gradient += g * a;
                }
            }
        }
    }

    /// The calculation of W7; the factors, and its end.
    fn calculate(&mut self, places: &[u32]) -> ([u32; LEAVES], u32) {
        self.nodes.clear();
        let factors = factors().map(|w| self.leaf(w));
        let mut values = Vec::with_capacity(LEAVES + places.len());
        values.extend(starts().map(|c| self.leaf(c)));
        let mut a = self.leaf(0.5);
        for (step, &place) in places.iter().enumerate() {
            let product = self.times(values[place as usize], factors[step % LEAVES]);
            a = self.add(a, product);
            values.push(a);
        }
        (factors, a)
    }
}

/// Built and walked back, told per node.
pub fn eager(meter: &mut Meter, nodes: usize, random: bool) -> Result<()> {
    let (mut tape, places) = (Tape::default(), places(nodes / 2, random));
    let mut once = || {
        let (factors, end) = tape.calculate(&places);
        tape.backward(end);
        factors.iter().map(|&w| tape.nodes[w as usize].gradient).sum()
    };
    let check: f64 = once();
    meter.measure(check, nodes as f64, || Ok(once()))
}

/// Computed anew where it lies, and walked back, told per node.
pub fn replayed(meter: &mut Meter, nodes: usize, random: bool) -> Result<()> {
    let mut tape = Tape::default();
    let (_, end) = tape.calculate(&places(nodes / 2, random));
    let mut once = || {
        for node in &mut tape.nodes {
            node.gradient = 0.0;
        }
        tape.forward();
        tape.backward(end);
        tape.value(end)
    };
    let check = once();
    meter.measure(check, nodes as f64, || Ok(once()))
}
