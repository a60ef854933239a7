//! The weights of a linear model in the units of the table.

use chainrule_table::Scale;

use crate::{model::Model, target::Target};

/// What one unit more of each input adds to each output, in the units of the table.
///
/// The output is the number itself, or the logit of each class, of which softmax makes probabilities. A missing number
/// counts as the mean of the training rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficients {
    /// The name of each input, as [`Encoder::inputs`](chainrule_table::Encoder::inputs) has it.
    pub inputs: Vec<String>,
    /// The name of each target, or the class of each logit.
    pub outputs: Vec<String>,
    /// For each output, the weight of each input.
    pub weights: Vec<Vec<f64>>,
    /// The intercept of each output.
    pub intercepts: Vec<f64>,
}

impl Model {
    /// The weights of a model without hidden layers, in the units of the table; none for other models.
    pub fn coefficients(&self) -> Option<Coefficients> {
        let [layer] = &self.network.layers[..] else { return None };
        let (outputs, units) = match &self.target {
            Target::Numbers(scales) => (self.record.options.targets.clone(), scales.clone()),
            Target::Classes { names, .. } => {
                let logits = Scale {
                    mean: 0.0,
                    standard_deviation: 1.0,
                };
                (names.clone(), vec![logits; names.len()])
            }
        };
        let features = self.encoder.features().iter();
        let scales: Vec<Scale> = features.flat_map(|feature| feature.encoding.scales()).collect();
        let learned = layer.weight.value.data();
        let (mut weights, mut intercepts) = (vec![], vec![]);
        for (output, (bias, unit)) in layer.bias.value.data().iter().zip(&units).enumerate() {
            let deviation = unit.standard_deviation;
            let own = learned.iter().skip(output).step_by(outputs.len());
            let own: Vec<f64> = own
                .zip(&scales)
                .map(|(w, scale)| deviation * w / scale.standard_deviation)
                .collect();
            let at_means: f64 = own.iter().zip(&scales).map(|(w, scale)| w * scale.mean).sum();
            intercepts.push(unit.mean + deviation * bias - at_means);
            weights.push(own);
        }
        Some(Coefficients {
            inputs: self.encoder.inputs(),
            outputs,
            weights,
            intercepts,
        })
    }
}
