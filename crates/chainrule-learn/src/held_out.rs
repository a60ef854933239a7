//! What models said of rows that were held out.

use crate::{
    judge::{Figures, Truth, figures},
    metrics::{mean, most_likely},
    prediction::Prediction,
    problem::Problem,
    target::Answers,
};

/// What a model said of rows that it did not learn from.
#[derive(Clone, Default)]
pub(crate) struct HeldOut {
    pub figures: Figures,
    /// How far off it was for each row: for each target the distance of the number from the truth; or, in one list, the
    /// probability of the right class, which is 0 for one that it does not know.
    pub scores: Vec<Vec<f64>>,
    /// What each row adds to the figure that models are compared by: 1 for a wrong class, the squared distance of a number,
    /// or the mean over several targets of that in parts of their variances.
    pub losses: Vec<f64>,
}

impl HeldOut {
    /// What a prediction of some rows of a problem comes to.
    pub(crate) fn of(problem: &Problem, prediction: Prediction, rows: &[usize]) -> HeldOut {
        let (prediction, truth) = (among_all_classes(problem, prediction), problem.truth(rows));
        let (scores, losses) = match (&prediction, &truth) {
            (Prediction::Classes { names, probabilities }, Truth::Classes(truth)) => {
                let each_row = || probabilities.chunks_exact(names.len().max(1)).zip(truth);
                let of_right = |(row, class): (&[f64], &usize)| row.get(*class).copied().unwrap_or(0.0);
                let wrong = |(row, class): (&[f64], &usize)| f64::from(u8::from(most_likely(row) != *class));
                (
                    vec![each_row().map(of_right).collect()],
                    each_row().map(wrong).collect(),
                )
            }
            (Prediction::Numbers(predicted), Truth::Numbers(truth)) => {
                let targets = predicted.iter().zip(truth);
                let distances = targets.map(|(predicted, truth)| {
                    let each = truth.iter().zip(predicted);
                    each.map(|(y, p)| (y - p).abs()).collect()
                });
                let scores: Vec<Vec<f64>> = distances.collect();
                let losses = losses(&scores, truth);
                (scores, losses)
            }
            _ => Default::default(),
        };
        HeldOut {
            figures: figures(&prediction, &truth),
            scores,
            losses,
        }
    }
}

/// What each row adds to the mean squared error of one target, or to 1 less the mean r2 of several.
fn losses(distances: &[Vec<f64>], truth: &[Vec<f64>]) -> Vec<f64> {
    if let [distances] = distances {
        return distances.iter().map(|distance| distance * distance).collect();
    }
    let targets = distances.len();
    let mut losses = vec![0.0; distances.first().map_or(0, Vec::len)];
    for (distances, truth) in distances.iter().zip(truth) {
        let center = mean(truth);
        let variance = mean(&truth.iter().map(|y| (y - center).powi(2)).collect::<Vec<f64>>());
        let share = 1.0 / targets as f64 / variance;
        if share.is_finite() {
            let each = losses.iter_mut().zip(distances);
            each.for_each(|(loss, distance)| *loss += share * distance * distance);
        }
    }
    losses
}

/// A prediction among all classes that occur: one that the model does not know has no probability.
pub(crate) fn among_all_classes(problem: &Problem, prediction: Prediction) -> Prediction {
    match (prediction, &problem.answers) {
        (Prediction::Classes { names, probabilities }, Answers::Classes { names: all, .. }) if names != *all => {
            let place = |class: &String| names.iter().position(|name| name == class);
            let places: Vec<Option<usize>> = all.iter().map(place).collect();
            let each_row = probabilities.chunks_exact(names.len().max(1));
            let of_all = |row: &[f64]| {
                let of = |place: &Option<usize>| place.and_then(|place| row.get(place).copied()).unwrap_or(0.0);
                places.iter().map(of).collect::<Vec<_>>()
            };
            Prediction::Classes {
                names: all.clone(),
                probabilities: each_row.flat_map(of_all).collect(),
            }
        }
        (prediction, _) => prediction,
    }
}

/// What baseline, linear model and network said of the same rows.
pub(crate) struct Look {
    pub models: [HeldOut; 3],
    /// The group of each row, where whole groups were held out: rows of one say about the same.
    pub groups: Option<Vec<u32>>,
}

/// What was seen on rows that were held out, once or fold by fold.
#[derive(Default)]
pub(crate) struct Crossed {
    pub looks: Vec<Look>,
    /// How many rows were held out for each one learned from.
    pub ratio: f64,
}

impl Crossed {
    /// The figures of one model in each fold.
    pub(crate) fn figures(&self, model: usize) -> Vec<Figures> {
        let of = |look: &Look| look.models.get(model).map(|seen| seen.figures.clone());
        self.looks.iter().filter_map(of).collect()
    }

    /// How far off one model was, for each target, for each row: one fold after the other.
    pub(crate) fn scores(&self, model: usize) -> Vec<Vec<f64>> {
        let mut all: Vec<Vec<f64>> = vec![];
        for seen in self.looks.iter().filter_map(|look| look.models.get(model)) {
            all.resize(seen.scores.len().max(all.len()), vec![]);
            for (all, scores) in all.iter_mut().zip(&seen.scores) {
                all.extend_from_slice(scores);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_losses_of_several_targets_are_what_their_mean_r2_lacks() {
        let truth: [Vec<f64>; 2] = [vec![1.0, 2.0, 4.0, 7.0], vec![100.0, -30.0, 20.0, 5.0]];
        let predicted: [Vec<f64>; 2] = [vec![1.5, 2.5, 3.0, 6.0], vec![80.0, -10.0, 0.0, 9.0]];
        let distances: Vec<Vec<f64>> = predicted
            .iter()
            .zip(&truth)
            .map(|(p, y)| p.iter().zip(y).map(|(p, y)| (p - y).abs()).collect())
            .collect();
        let lacking = 2.0 - crate::metrics::r2(&predicted[0], &truth[0]) - crate::metrics::r2(&predicted[1], &truth[1]);
        let ours = mean(&losses(&distances, &truth));
        assert!((ours - lacking / 2.0).abs() < 1e-12, "{ours}, not {}", lacking / 2.0);
    }
}
