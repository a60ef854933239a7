//! What every neuron gives for many rows, computed in slices.

use chainrule::{Mlp, Module, nn::Activation};

use crate::{
    error::{Error, Result},
    run::Run,
};

/// What every neuron of a network gives for many rows. It keeps the network as it was, so the run may go on meanwhile.
///
/// ```
/// use chainrule_playground::{Data, Run, Setup};
/// let setup = Setup::default();
/// let data = Data::open(&setup, None)?;
/// let run = Run::new(setup, data)?;
/// let grid = run.data().grid(&run.data().typical(), [0, 1], [[-2.0, 3.0], [-1.5, 2.0]], 20);
/// let mut activations = run.activations(&grid)?;
/// activations.work(&mut || false)?;
/// assert_eq!(activations.neuron(0, 3).count(), 400); // the last neuron of the first hidden layer
/// assert_eq!(run.data().trainable().answers(activations.outputs()).len(), 800); // two probabilities for each point
/// # Ok::<(), chainrule_playground::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Activations {
    /// Each layer as a network of its own.
    layers: Vec<Mlp>,
    rows: usize,
    done: usize,
    /// The encoded rows, and what each layer gives for them, row after row.
    values: Vec<Vec<f64>>,
    widths: Vec<usize>,
    /// How many rows are computed before it is asked whether that is enough.
    rows_at_once: usize,
}

/// So many multiplications at once: well below a millisecond.
const PRODUCTS_AT_ONCE: usize = 500_000;
/// The most rows at once.
const ROWS_AT_ONCE: usize = 128;

impl Activations {
    /// Sets out to compute what the neurons of a network give for encoded rows.
    pub(crate) fn new(network: &Mlp, encoded: Vec<f64>) -> Result<Activations> {
        let widths = network.widths();
        let inputs = widths.first().copied().unwrap_or(1).max(1);
        if !encoded.len().is_multiple_of(inputs) {
            return Err(Error::new(format!(
                "{} numbers are no whole rows of {inputs} inputs",
                encoded.len()
            )));
        }
        let rows = encoded.len() / inputs;
        let layers = network.layers.iter().zip(&network.activations);
        let layers = layers.map(|(layer, activation)| Mlp {
            layers: vec![layer.clone()],
            activations: vec![activation.clone()],
        });
        let mut values = vec![encoded];
        values.extend(widths.iter().skip(1).map(|width| vec![0.0; rows * width]));
        Ok(Activations {
            layers: layers.collect(),
            rows,
            done: 0,
            values,
            widths,
            rows_at_once: (PRODUCTS_AT_ONCE / network.parameter_count().max(1)).clamp(1, ROWS_AT_ONCE),
        })
    }

    /// Goes on until it is `enough`, which is asked after some rows each; says whether all is done.
    ///
    /// # Errors
    /// When a layer cannot be computed, which a sound network never says.
    pub fn work(&mut self, enough: &mut dyn FnMut() -> bool) -> Result<bool> {
        while self.done < self.rows {
            let end = (self.done + self.rows_at_once).min(self.rows);
            for (place, layer) in self.layers.iter().enumerate() {
                let (from, to) = self.values.split_at_mut(place + 1);
                let (inputs, outputs) = (self.widths[place], self.widths[place + 1]);
                let from = &from[place][self.done * inputs..end * inputs];
                layer.predict_into(from, &mut to[0][self.done * outputs..end * outputs])?;
            }
            self.done = end;
            if enough() {
                break;
            }
        }
        Ok(self.done == self.rows)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many layers there are, the outputs as the last of them.
    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// What the network takes in, row after row.
    pub fn inputs(&self) -> &[f64] {
        self.values.first().map_or(&[], Vec::as_slice)
    }

    /// What a layer gives, row after row; layers are counted from 0, the first hidden one. 0 for rows still to come.
    pub fn layer(&self, layer: usize) -> &[f64] {
        self.values.get(layer + 1).map_or(&[], Vec::as_slice)
    }

    /// What one neuron of a layer gives for each row.
    pub fn neuron(&self, layer: usize, neuron: usize) -> impl Iterator<Item = f64> {
        let width = self.widths.get(layer + 1).copied().unwrap_or(1).max(1);
        let skipped = if neuron < width { neuron } else { usize::MAX };
        self.layer(layer).iter().skip(skipped).step_by(width).copied()
    }

    /// What the last layer gives, row after row: [`Trainable::answers`](chainrule_learn::Trainable::answers) says what it means.
    pub fn outputs(&self) -> &[f64] {
        self.values.last().map_or(&[], Vec::as_slice)
    }
}

/// What every layer's weighted sums are for one encoded row, before the nonlinearities.
pub(crate) fn sums(network: &Mlp, encoded: &[f64]) -> Result<Vec<(Vec<f64>, Vec<f64>)>> {
    let (mut from, mut found) = (encoded.to_vec(), vec![]);
    for (layer, activation) in network.layers.iter().zip(&network.activations) {
        let of = |activation: Activation| -> Result<Vec<f64>> {
            let alone = Mlp {
                layers: vec![layer.clone()],
                activations: vec![activation],
            };
            let mut out = vec![0.0; layer.outputs()];
            alone.predict_into(&from, &mut out)?;
            Ok(out)
        };
        let (sums, values) = (of(Activation::identity())?, of(activation.clone())?);
        from = values.clone();
        found.push((sums, values));
    }
    Ok(found)
}

impl Run {
    /// Sets out to compute what every neuron gives for rows of raw numbers, at the step that is shown.
    ///
    /// # Errors
    /// When the numbers are no whole rows.
    pub fn activations(&self, raw: &[f64]) -> Result<Activations> {
        let columns = self.data().columns().len().max(1);
        if !raw.len().is_multiple_of(columns) {
            return Err(Error::new(format!(
                "{} numbers are no whole rows of {columns} columns",
                raw.len()
            )));
        }
        Activations::new(self.network(), self.data().encode(raw))
    }

    /// The same for rows that are encoded already, which is the greater part of the work when the same grid is asked again and
    /// again.
    ///
    /// # Errors
    /// When the numbers are no whole rows.
    pub fn activations_of_encoded(&self, encoded: &[f64]) -> Result<Activations> {
        Activations::new(self.network(), encoded.to_vec())
    }
}
