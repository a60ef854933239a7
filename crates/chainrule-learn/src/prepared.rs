//! A table as numbers, once what they mean was learned from the training rows.

use chainrule::Mlp;
use chainrule_table::{
    Encoder, MISSING, Matrix, Scale, mean_and_standard_deviation,
    message::{count, listed, number},
};

use crate::{
    error::{Error, Result},
    judge::Truth,
    model::predict_rows,
    prediction::Prediction,
    problem::Problem,
    samples::{Answer, Samples},
    target::{Answers, Target},
};

/// The place of a class that no training row has.
const UNKNOWN: usize = usize::MAX;

/// A problem as numbers: encoder and target were learned from some rows, and hold for all.
pub(crate) struct Prepared {
    pub encoder: Encoder,
    pub target: Target,
    pub matrix: Matrix,
    /// Every row's answer as a network learns it.
    answer: Answer,
    weights: Option<Vec<f64>>,
}

impl Prepared {
    /// Learns what the columns mean from some rows; `balanced` says that every class counts the same.
    pub(crate) fn new(problem: &Problem, train: &[usize], balanced: bool) -> Result<Prepared> {
        let encoder = problem.encoder(train)?;
        let matrix = encoder.transform(&problem.table)?;
        let (target, answer) = learn_target(problem, train)?;
        let weights = weights(problem, train, &answer, target.outputs(), balanced);
        Ok(Prepared {
            encoder,
            target,
            matrix,
            answer,
            weights,
        })
    }

    /// Some rows to learn from; those of a class that no training row has are left out.
    pub(crate) fn samples(&self, rows: &[usize]) -> Samples {
        let known: Vec<usize> = match &self.answer {
            Answer::Numbers { .. } => rows.to_vec(),
            Answer::Classes(classes) => rows.iter().copied().filter(|&row| classes[row] != UNKNOWN).collect(),
        };
        let (weights, mean_weight) = match &self.weights {
            Some(weights) => mean_of_one(weights, &known),
            None => (None, 1.0),
        };
        Samples {
            rows: known.len(),
            inputs: self.matrix.columns,
            data: self.encoded(&known),
            answer: match &self.answer {
                Answer::Numbers { targets, data } => {
                    let mut own = Vec::with_capacity(known.len() * targets);
                    for &row in &known {
                        own.extend_from_slice(&data[row * targets..][..*targets]);
                    }
                    Answer::Numbers {
                        targets: *targets,
                        data: own,
                    }
                }
                Answer::Classes(classes) => Answer::Classes(known.iter().map(|&row| classes[row]).collect()),
            },
            weights,
            mean_weight,
        }
    }

    /// The class of every row as the network counts them; one that no training row has is no class.
    pub(crate) fn classes(&self) -> Option<&[usize]> {
        match &self.answer {
            Answer::Numbers { .. } => None,
            Answer::Classes(classes) => Some(classes),
        }
    }

    /// Some rows as numbers.
    pub(crate) fn encoded(&self, rows: &[usize]) -> Vec<f64> {
        let mut data = Vec::with_capacity(rows.len() * self.matrix.columns);
        for &row in rows {
            data.extend_from_slice(self.matrix.row(row));
        }
        data
    }

    /// The answers of a network for some rows.
    pub(crate) fn predict(&self, network: &Mlp, rows: &[usize]) -> Result<Prediction> {
        predict_rows(network, &self.target, rows.len(), &self.encoded(rows))
    }

    /// The right answers of some rows, classes as the network counts them.
    ///
    /// # Errors
    /// When a row has a class that no training row has.
    pub(crate) fn truth(&self, problem: &Problem, rows: &[usize]) -> Result<Truth> {
        let Answer::Classes(classes) = &self.answer else {
            return Ok(problem.truth(rows));
        };
        let truth: Vec<usize> = rows.iter().map(|&row| classes[row]).collect();
        match truth.iter().position(|class| *class == UNKNOWN) {
            Some(place) => Err(problem.unknown_class(rows[place])),
            None => Ok(Truth::Classes(truth)),
        }
    }
}

/// The weights of some rows divided by their mean, and that; all the same when it is 0.
fn mean_of_one(weights: &[f64], rows: &[usize]) -> (Option<Vec<f64>>, f64) {
    let own: Vec<f64> = rows.iter().map(|&row| weights[row]).collect();
    let mean = crate::metrics::mean(&own);
    match mean.is_normal() {
        true => (Some(own.iter().map(|weight| weight / mean).collect()), mean),
        false => (Some(vec![1.0; own.len()]), 1.0),
    }
}

/// How much each row counts: by its own weight, and by how rare its class is.
fn weights(problem: &Problem, train: &[usize], answer: &Answer, outputs: usize, balanced: bool) -> Option<Vec<f64>> {
    let classes = match answer {
        Answer::Classes(classes) if balanced => classes,
        _ => return problem.weights.clone(),
    };
    let own = |row: usize| problem.weights.as_ref().map_or(1.0, |weights| weights[row]);
    let mut sums = vec![0.0; outputs];
    train.iter().for_each(|&row| sums[classes[row]] += own(row));
    let total: f64 = sums.iter().sum();
    let of_class = |(row, &class): (usize, &usize)| {
        let sum = sums.get(class).copied().filter(|sum| *sum > 0.0).unwrap_or(1.0);
        own(row) * total / (outputs as f64 * sum)
    };
    Some(classes.iter().enumerate().map(of_class).collect())
}

/// What the training rows say about the targets, and every row's answers as the network learns them.
fn learn_target(problem: &Problem, train: &[usize]) -> Result<(Target, Answer)> {
    match &problem.answers {
        Answers::Numbers(columns) => {
            let named = problem.targets.iter().zip(columns);
            let learned = named.map(|(name, values)| learn_scale(problem, name, values, train));
            let scales: Vec<Scale> = learned.collect::<Result<_>>()?;
            let mut data = Vec::with_capacity(columns.iter().map(Vec::len).sum());
            for row in 0..problem.table.rows() {
                let own = columns.iter().zip(&scales);
                data.extend(own.map(|(values, scale)| (values[row] - scale.mean) / scale.standard_deviation));
            }
            let targets = scales.len();
            Ok((Target::Numbers(scales), Answer::Numbers { targets, data }))
        }
        Answers::Classes { names, codes } => {
            let mut counts = vec![0usize; names.len()];
            for &row in train {
                counts[codes[row] as usize] += 1;
            }
            let (mut place, mut kept, mut shares) = (vec![UNKNOWN; names.len()], vec![], vec![]);
            for (class, name) in names.iter().enumerate().filter(|(class, _)| counts[*class] > 0) {
                place[class] = kept.len();
                kept.push(name.clone());
                shares.push(counts[class] as f64 / train.len() as f64);
            }
            if kept.len() < 2 {
                return Err(Error::data(format!(
                    "{}: all {} have the same target, `{}` = {}: it cannot be learned; choose another --seed, or divide the \
                     rows by another column",
                    problem.table.name(),
                    count(train.len(), "training row", "training rows"),
                    problem.targets.concat(),
                    listed(kept.iter().map(String::as_str))
                )));
            }
            let classes = codes.iter().map(|&code| match code {
                MISSING => UNKNOWN,
                code => place.get(code as usize).copied().unwrap_or(UNKNOWN),
            });
            Ok((
                Target::Classes { names: kept, shares },
                Answer::Classes(classes.collect()),
            ))
        }
    }
}

/// The mean and the standard deviation of a target in the training rows, when it can be learned.
fn learn_scale(problem: &Problem, name: &str, values: &[f64], train: &[usize]) -> Result<Scale> {
    let table = &problem.table;
    let known: Vec<f64> = train.iter().map(|&row| values[row]).collect();
    if known.iter().all(|value| *value == known[0]) {
        return Err(Error::data(format!(
            "{}: all {} have the same target, `{name}` = {}: it cannot be learned; choose another --seed or target",
            table.name(),
            count(train.len(), "training row", "training rows"),
            number(known[0])
        )));
    }
    let (mean, standard_deviation) = mean_and_standard_deviation(&known);
    // Figures are made of squares, which must not overflow or vanish.
    let sound = mean.is_finite() && (standard_deviation * standard_deviation).is_normal();
    let far = |value: &f64| ((value - mean) / standard_deviation).is_infinite();
    if !sound || values.iter().any(far) {
        return Err(Error::data(format!(
            "{}: the target `{name}` is spread too far, or too little, to be learned (mean {}, standard deviation {}); check \
             its values, or rescale it",
            table.name(),
            number(mean),
            number(standard_deviation)
        )));
    }
    Ok(Scale {
        mean,
        standard_deviation,
    })
}
