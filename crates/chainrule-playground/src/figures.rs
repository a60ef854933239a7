//! How good a run is at the step that is shown: figures, who is taken for whom, and how numbers are spread.

use std::collections::BTreeMap;

use crate::{activations::Activations, error::Result, run::Run};

/// Some rows of a run's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Those it learns from.
    Train,
    /// Those it never learns from.
    Validation,
}

/// How often numbers fall between equal bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The smallest number.
    pub from: f64,
    /// The largest number.
    pub to: f64,
    /// How many numbers fall in each of the equal parts between them.
    pub counts: Vec<usize>,
    /// How many are no finite numbers.
    pub not_finite: usize,
}

/// How the numbers of a layer are spread.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// Its weights, without biases.
    pub weights: Histogram,
    /// The gradient of the loss of the next batch for its weights.
    pub gradients: Histogram,
    /// What its neurons give for training rows.
    pub activations: Histogram,
}

impl Histogram {
    /// The histogram of some numbers in so many parts.
    ///
    /// ```
    /// use chainrule_playground::Histogram;
    /// let histogram = Histogram::of(&[0.0, 0.1, 0.9, 1.0, f64::NAN], 2);
    /// assert_eq!((histogram.counts, histogram.not_finite), (vec![2, 2], 1));
    /// ```
    pub fn of(numbers: &[f64], parts: usize) -> Histogram {
        let finite = || numbers.iter().copied().filter(|x| x.is_finite());
        let (from, to) = finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), x| {
            (from.min(x), to.max(x))
        });
        let mut counts = vec![0; parts];
        for x in finite() {
            // Halves, for the distance of the largest numbers is none.
            let share = (x / 2.0 - from / 2.0) / (to / 2.0 - from / 2.0);
            let part = if share.is_nan() { 0.0 } else { share * parts as f64 };
            if let Some(count) = counts.get_mut((part as usize).min(parts.saturating_sub(1))) {
                *count += 1;
            }
        }
        let count = finite().count();
        let (from, to) = if count == 0 { (0.0, 0.0) } else { (from, to) };
        Histogram {
            from,
            to,
            counts,
            not_finite: numbers.len() - count,
        }
    }
}

/// The most rows whose activations are looked at.
const MOST_ROWS: usize = 300;

impl Run {
    /// The encoded rows and the right answers of some rows.
    pub(crate) fn part(&self, rows: Rows) -> &chainrule_learn::Part {
        match rows {
            Rows::Train => self.data().train(),
            Rows::Validation => self.data().validation(),
        }
    }

    /// Every figure of merit that is defined, by scikit-learn's names, at the step that is shown.
    ///
    /// # Errors
    /// When the network cannot answer for the rows, which a sound run never says.
    pub fn figures(&self, rows: Rows) -> Result<BTreeMap<String, f64>> {
        Ok(self.data().trainable().figures(self.network(), self.part(rows))?)
    }

    /// How often each class was taken for each, `counts[truth][answer]`; nothing when a number is predicted.
    ///
    /// # Errors
    /// As [`Run::figures`].
    pub fn confusion(&self, rows: Rows) -> Result<Vec<Vec<usize>>> {
        let classes = self.data().classes().len();
        let part = self.part(rows);
        let mut outputs = vec![0.0; part.answers.len() * self.data().outputs()];
        self.network().predict_into(&part.inputs, &mut outputs)?;
        let mut counts = vec![vec![0; classes]; classes];
        for (row, answer) in outputs.chunks_exact(classes.max(1)).zip(&part.answers) {
            let best = (0..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best });
            if let Some(count) = counts.get_mut(*answer as usize).and_then(|row| row.get_mut(best)) {
                *count += 1;
            }
        }
        Ok(counts)
    }

    /// What the neurons give for some training rows.
    pub(crate) fn activations_of_training_rows(&self) -> Result<Activations> {
        let part = self.data().train();
        let inputs = part.inputs.len() / part.rows.len().max(1);
        let some = &part.inputs[..part.rows.len().min(MOST_ROWS) * inputs];
        let mut activations = Activations::new(self.network(), some.to_vec())?;
        activations.work(&mut || false)?;
        Ok(activations)
    }

    /// How weights, gradients and activations of each layer are spread, in so many parts.
    ///
    /// # Errors
    /// As [`Run::figures`].
    pub fn spreads(&self, parts: usize) -> Result<Vec<Spread>> {
        let (gradients, activations) = (self.gradients()?, self.activations_of_training_rows()?);
        let layers = self.network().layers.iter().zip(&gradients.layers).enumerate();
        let spread = layers.map(|(place, (layer, gradients))| Spread {
            weights: Histogram::of(layer.weight.value.data(), parts),
            gradients: Histogram::of(&gradients.weights, parts),
            activations: Histogram::of(activations.layer(place), parts),
        });
        Ok(spread.collect())
    }
}
