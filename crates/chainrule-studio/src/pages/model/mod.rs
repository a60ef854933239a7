//! A trained model from the inside: a row told layer by layer, a neuron number by number, the rows it gets most wrong.

mod opened;
#[cfg(test)]
mod tests;
mod told;
mod view;

use std::{cell::OnceCell, collections::BTreeMap, sync::Arc};

use crate::{page::Page, part::Part};
pub use opened::OpenModel;
use opened::Opened;
use told::Told;

/// Where the page stands.
pub(super) const PATH: &str = "/model";
/// A cell of more characters than this is none.
const LONGEST: usize = 200;

/// The page of a model: which row, what has been changed in it, which neuron.
pub(super) struct ModelPage {
    opened: Arc<Opened>,
    /// From 1; 0 for typical values.
    row: usize,
    /// Cells that were changed, by feature.
    changed: BTreeMap<usize, String>,
    /// The neuron that is looked at: its layer and its place there.
    neuron: Option<(usize, usize)>,
    /// Of several targets, the one whose answer is differentiated.
    of: usize,
    told: OnceCell<Result<Told, String>>,
}

impl ModelPage {
    fn new(opened: Arc<Opened>) -> ModelPage {
        ModelPage {
            row: opened.rows().min(1),
            opened,
            changed: BTreeMap::new(),
            neuron: None,
            of: 0,
            told: OnceCell::new(),
        }
    }

    /// The cells of the row as the table has them.
    fn given(&self) -> Vec<String> {
        self.opened.cells(self.row)
    }

    /// The cells of the row as they have been changed.
    fn cells(&self) -> Vec<String> {
        let mut cells = self.given();
        for (feature, text) in &self.changed {
            if let Some(cell) = cells.get_mut(*feature) {
                cell.clone_from(text);
            }
        }
        cells
    }

    fn told(&self) -> &Result<Told, String> {
        self.told
            .get_or_init(|| Told::new(&self.opened.model, &self.cells(), self.of))
    }

    /// The neuron that is shown: the one that was chosen, or the first of the first layer.
    fn shown_neuron(&self) -> (usize, usize) {
        self.neuron.unwrap_or((0, 0))
    }
}

impl Page for ModelPage {
    fn title(&self) -> String {
        format!("{} from the inside · chainrule studio", self.opened.target())
    }

    fn set(&mut self, name: &str, value: &str) {
        match name {
            "row" => {
                let row = value.parse::<usize>().ok().map(|row| row.min(self.opened.rows()));
                if let Some(row) = row.filter(|row| *row != self.row) {
                    self.row = row;
                    self.changed.clear();
                    self.told = OnceCell::new();
                }
            }
            "target" => {
                let of = value.parse().ok().filter(|of| *of < self.opened.targets().len());
                if let Some(of) = of.filter(|of| *of != self.of) {
                    self.of = of;
                    self.told = OnceCell::new();
                }
            }
            "neuron" => {
                let place = value
                    .split_once('.')
                    .and_then(|(layer, neuron)| Some((layer.parse().ok()?, neuron.parse().ok()?)));
                let layers = &self.opened.model.network().layers;
                let there = |(layer, neuron): &(usize, usize)| {
                    layers.get(*layer).is_some_and(|layer| *neuron < layer.outputs())
                };
                self.neuron = place.filter(there);
            }
            _ => {
                let feature = name
                    .strip_prefix("cell")
                    .and_then(|number| number.parse::<usize>().ok());
                let given = self.given();
                let Some((feature, given)) = feature.and_then(|feature| Some((feature, given.get(feature)?))) else {
                    return;
                };
                let text: String = value.trim().chars().take(LONGEST).collect();
                let changed = match text == *given {
                    true => self.changed.remove(&feature).is_some(),
                    false => self.changed.insert(feature, text.clone()) != Some(text),
                };
                if changed {
                    self.told = OnceCell::new();
                }
            }
        }
    }

    fn moved(&self) -> Vec<(String, String)> {
        let mut moved = vec![];
        if self.row != self.opened.rows().min(1) {
            moved.push(("row".to_string(), self.row.to_string()));
        }
        let cells = self.changed.iter();
        moved.extend(cells.map(|(feature, text)| (format!("cell{feature}"), text.clone())));
        if self.of > 0 {
            moved.push(("target".to_string(), self.of.to_string()));
        }
        if let Some((layer, neuron)) = self.neuron {
            moved.push(("neuron".to_string(), format!("{layer}.{neuron}")));
        }
        moved
    }

    fn view(&self) -> Part {
        self.page()
    }
}
