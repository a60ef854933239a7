//! The graph bench: a formula or a small network, computed and derived step by step.

mod build;
mod panels;
mod player;
#[cfg(test)]
mod tests;

use chainrule::Explanation;
use chainrule_picture::graph::{Graph, Moment, Node};
use maud::html;
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    bench::{Boxes, Groups, Network, Source, Walk, told_path},
    page::{File, Page, file_address},
    part::Part,
};

/// Where the page stands.
pub(super) const PATH: &str = "/bench";
/// A formula of more characters than this is refused: it would have too many values to step through.
const LONGEST: usize = 2000;
/// Numbers that may be remembered for names that are not in the graph now.
const MOST_NUMBERS: usize = 400;
/// The formula one sees first: the neuron of the third lesson.
const FIRST: &str = "tanh(x1*w1 + x2*w2 + b)";
/// Its numbers there.
const FIRST_NUMBERS: [(&str, f64); 5] = [
    ("x1", 2.0),
    ("w1", -3.0),
    ("x2", 0.0),
    ("w2", 1.0),
    ("b", 6.881_373_587_019_543),
];

/// How large the graph is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    /// At its own size, in a frame that scrolls.
    Legible,
    /// As wide as the page.
    Fit,
}

/// The bench, and what is on it.
pub(super) struct Bench {
    by_network: bool,
    /// What is typed, which need not make sense.
    formula: String,
    widths: String,
    network: Network,
    /// Why what is typed makes no sense.
    trouble: Option<String>,
    /// What is shown: what made sense last.
    source: Source,
    /// The formula it was made of, if it was.
    built: String,
    /// Numbers given to leaves.
    numbers: BTreeMap<String, f64>,
    /// Where the computation stands; none for its end.
    position: Option<usize>,
    level: Option<usize>,
    /// Groups that are open though their level says closed, or the other way round.
    turned: BTreeSet<String>,
    /// The value whose gradient is told as paths, and the one that is looked at, as positions in the graph.
    paths: Option<usize>,
    looked: Option<usize>,
    size: Size,
    made: OnceCell<Made>,
    boxes: OnceCell<Boxes>,
}

/// What follows from the leaves' numbers.
struct Made {
    leaves: Vec<Leaf>,
    walk: Walk,
    groups: Groups,
    explanation: Option<Result<Explanation, String>>,
}

/// A leaf with its number.
#[derive(Clone, Debug, PartialEq)]
struct Leaf {
    name: String,
    start: f64,
    value: f64,
}

impl Bench {
    pub(super) fn new() -> Bench {
        let network = Network::default();
        let source = Source::formula(FIRST).unwrap_or_else(|_| Source::Network(network.clone()));
        Bench {
            by_network: false,
            formula: FIRST.to_string(),
            widths: "2, 2, 1".to_string(),
            network,
            trouble: None,
            source,
            built: FIRST.to_string(),
            numbers: BTreeMap::new(),
            position: None,
            level: None,
            turned: BTreeSet::new(),
            paths: None,
            looked: None,
            size: Size::Legible,
            made: OnceCell::new(),
            boxes: OnceCell::new(),
        }
    }

    fn leaves(&self) -> Vec<Leaf> {
        let slots = self.source.slots().into_iter();
        let first = matches!(self.source, Source::Formula(_)) && self.built == FIRST;
        let leaf = |slot: crate::bench::Slot| {
            let own = FIRST_NUMBERS.iter().find(|(name, _)| first && *name == slot.name);
            let start = own.map_or(slot.start, |(_, number)| *number);
            Leaf {
                value: *self.numbers.get(&slot.name).unwrap_or(&start),
                name: slot.name,
                start,
            }
        };
        slots.map(leaf).collect()
    }

    fn made(&self) -> &Made {
        self.made.get_or_init(|| {
            let leaves = self.leaves();
            let numbers: Vec<f64> = leaves.iter().map(|leaf| leaf.value).collect();
            let (walk, groups) = self.source.walk(&numbers).unwrap_or_default();
            let explained = |id: usize| {
                let known = walk.values.iter().find(|value| value.id == id)?;
                Some(match known.differentiable {
                    true => self.source.explain(&numbers, id),
                    false => Err(format!("{} is a constant: no gradient flows to it", known.called())),
                })
            };
            Made {
                explanation: self.paths.and_then(explained),
                leaves,
                walk,
                groups,
            }
        })
    }

    fn boxes(&self) -> &Boxes {
        self.boxes.get_or_init(|| {
            let made = self.made();
            Boxes::new(&self.called(), &made.walk, &made.groups, self.level, &self.turned)
        })
    }

    /// What the graph is called.
    fn called(&self) -> String {
        match &self.source {
            Source::Formula(_) if self.trouble.is_none() => {
                format!("{} = {}", self.source.result(), self.formula.trim())
            }
            Source::Formula(_) => "Computation graph".to_string(),
            Source::Network(network) => {
                let widths: Vec<String> = network.widths.iter().map(usize::to_string).collect();
                format!("Loss of a network {}", widths.join(" → "))
            }
        }
    }

    /// Where the computation stands, from 0 to all of its steps.
    fn position(&self) -> usize {
        let steps = self.made().walk.steps();
        self.position.unwrap_or(steps).min(steps)
    }

    /// The graph as it stands now.
    fn moment(&self) -> Moment {
        let (made, boxes) = (self.made(), self.boxes());
        let place = |id: usize| made.walk.values.iter().position(|value| value.id == id);
        let mut moment = boxes.moment(&made.walk, &made.groups, self.position(), self.paths.and_then(place));
        if let (Some(Ok(told)), Some(id)) = (&made.explanation, self.paths) {
            let edges: Vec<(usize, usize)> = told.paths.iter().flat_map(|path| told_path(path, id)).collect();
            moment.way = boxes.edges(&made.walk, &edges);
        }
        moment
    }

    /// Takes over what is typed, if it makes sense.
    fn build(&mut self) {
        let built = match self.by_network {
            true => self.network.clone().checked().map(Source::Network),
            false if self.formula.len() > LONGEST => {
                Err(format!("the formula is too long: at most {LONGEST} characters"))
            }
            false => Source::formula(&self.formula),
        };
        match built {
            Ok(source) => {
                self.source = source;
                self.built.clone_from(&self.formula);
                self.trouble = None;
                // What was chosen was chosen in another graph.
                (self.paths, self.looked) = (None, None);
                self.turned.clear();
                self.made = OnceCell::new();
                self.boxes = OnceCell::new();
            }
            Err(trouble) => self.trouble = Some(trouble),
        }
    }

    /// Every value with the numbers it has now, for a file.
    fn nodes(&self) -> Vec<Node> {
        let (walk, position) = (&self.made().walk, self.position());
        let gradients = walk.gradients(position);
        let node = |(place, value): (usize, &crate::bench::Value)| Node {
            id: value.id,
            name: value.name.clone(),
            op: value.op.as_ref().map(|(_, label)| label.clone()),
            constant: value.op.is_none() && !value.differentiable,
            arguments: value.arguments.iter().map(|place| walk.values[*place].id).collect(),
            value: walk.has(place, position).then_some(value.data).into_iter().collect(),
            gradient: gradients[place].map(|gradient| vec![gradient]),
            ..Node::default()
        };
        walk.values.iter().enumerate().map(node).collect()
    }
}

/// A number that is typed or dragged.
fn number(value: &str) -> Option<f64> {
    value
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite() && number.abs() <= 1e9)
}

impl Page for Bench {
    fn title(&self) -> String {
        "The graph bench · chainrule studio".to_string()
    }

    fn set(&mut self, name: &str, value: &str) {
        let id = || value.parse::<usize>().ok();
        let within = |most: usize| value.chars().take(most).collect::<String>();
        match name {
            "build" if matches!(value, "formula" | "network") => {
                if self.by_network != (value == "network") {
                    self.by_network = value == "network";
                    self.build();
                }
            }
            "formula" if self.formula != value => {
                self.formula = within(LONGEST + 1);
                if !self.by_network {
                    self.build();
                }
            }
            "widths" | "activation" | "loss" | "seed" | "samples" | "inputs" => {
                let changed = self.set_network(name, &within(100));
                match changed {
                    Ok(true) if self.by_network => self.build(),
                    Err(trouble) if self.by_network => self.trouble = Some(trouble),
                    Ok(_) | Err(_) => {}
                }
            }
            "step" => {
                let steps = self.made().walk.steps();
                let position = number(value).map(|number| number.clamp(0.0, 1e6) as usize);
                self.position = position.or(self.position).filter(|position| *position < steps);
            }
            "detail" => {
                self.level = id().filter(|level| *level < 10);
                self.boxes = OnceCell::new();
            }
            "open" => {
                let ids = value.split(',').filter(|id| !id.is_empty() && id.len() <= 20).take(200);
                self.turned = ids.map(String::from).collect();
                self.boxes = OnceCell::new();
            }
            "paths" => {
                self.paths = id();
                self.looked = self.paths.or(self.looked);
                self.made = OnceCell::new();
            }
            "look" => self.looked = id(),
            "size" => self.size = if value == "fit" { Size::Fit } else { Size::Legible },
            _ => self.set_leaf(name, value),
        }
    }

    fn moved(&self) -> Vec<(String, String)> {
        let mut moved = self.moved_source();
        let mut put = |name: &str, value: String| moved.push((name.to_string(), value));
        for leaf in self.made().leaves.iter().filter(|leaf| leaf.value != leaf.start) {
            put(&format!(".{}", leaf.name), leaf.value.to_string());
        }
        if let Some(position) = self.position {
            put("step", position.to_string());
        }
        if let Some(level) = self.level {
            put("detail", level.to_string());
        }
        if !self.turned.is_empty() {
            put("open", self.turned.iter().cloned().collect::<Vec<String>>().join(","));
        }
        if let Some(paths) = self.paths {
            put("paths", paths.to_string());
        }
        if self.size == Size::Fit {
            put("size", "fit".to_string());
        }
        moved
    }

    fn view(&self) -> Part {
        let files = Part::new("p", "files").with("class", "files").html(self.file_links());
        Part::new("main", "page")
            .with("class", "bench")
            .with("data-live", "")
            .html(html! {
                header.head {
                    h1 { "The graph bench" }
                    p.lead {
                        "Type a formula or build a small network, and walk through its computation: every value forward, every \
                         gradient backward, one rule at a time."
                    }
                }
            })
            .part(self.builder())
            .part(self.player())
            .part(self.frame())
            .part(self.now())
            .part(self.beside())
            .part(self.leaf_panel())
            .part(files)
    }

    fn file(&self, name: &str) -> Option<File> {
        let (media_type, text) = match name {
            "graph.svg" => (
                "image/svg+xml",
                self.boxes().stage.picture(&self.moment()).svg().to_string(),
            ),
            "graph.dot" => (
                "text/vnd.graphviz",
                Graph::new(self.nodes()).title(self.called()).whole().dot(),
            ),
            _ => return None,
        };
        Some(File {
            name: name.to_string(),
            media_type,
            bytes: text.into_bytes(),
        })
    }
}

impl Bench {
    /// Moves a leaf, named `.w1` where other controls have names, too.
    fn set_leaf(&mut self, name: &str, value: &str) {
        let (Some(name), Some(value)) = (name.strip_prefix('.'), number(value)) else {
            return;
        };
        let known = self.numbers.get(name).copied();
        let start = |leaves: &[Leaf]| leaves.iter().find(|leaf| leaf.name == name).map(|leaf| leaf.start);
        let start = match self.made.get() {
            Some(made) => start(&made.leaves),
            None => start(&self.leaves()),
        };
        // A leaf at its start follows it, such as another seed's.
        let wanted = Some(value).filter(|value| start != Some(*value));
        let room = name.chars().count() <= 60 && (known.is_some() || self.numbers.len() < MOST_NUMBERS);
        match wanted {
            wanted if wanted == known => return,
            None => _ = self.numbers.remove(name),
            Some(value) if room => _ = self.numbers.insert(name.to_string(), value),
            Some(_) => return,
        }
        self.made = OnceCell::new();
    }

    fn file_links(&self) -> maud::Markup {
        let moved = self.moved();
        let link = |name: &str| file_address(name, PATH, &moved);
        html! {
            span {
                "Keep the graph as it stands: "
                a href=(link("graph.svg")) download="graph.svg" { "SVG" } " · "
                a href=(link("graph.dot")) download="graph.dot" { "DOT, every value" }
                ". The address of this page says all of it: share it."
            }
        }
    }

    /// The value at a position in the graph, as a place in the walk.
    fn place(&self, id: usize) -> Option<usize> {
        let values = &self.made().walk.values;
        values.binary_search_by_key(&id, |value| value.id).ok()
    }

    /// What a box stands for, for a test.
    #[cfg(test)]
    fn shown(&self) -> &[crate::bench::Shown] {
        self.boxes().shown()
    }
}
