//! How much each column matters: what is lost when its cells change places.

use chainrule::{Mlp, Rng};
use chainrule_table::Encoder;
use serde::{Deserialize, Serialize};

use crate::{
    error::Result,
    judge::Truth,
    metrics::{OF_SEVERAL, accuracy, mean, r2},
    model::predict_rows,
    prediction::Prediction,
    target::Target,
};

/// How often the cells of a column change places.
const REPEATS: usize = 10;
/// The most rows that are looked at.
const MOST_ROWS: usize = 2_000;
/// About the most multiplications that it may take; with fewer rows than this leaves, nothing is measured.
const MOST_WORK: usize = 4_000_000_000;
const FEWEST_ROWS: usize = 10;
/// So that its random numbers are not those of the training.
const STREAM: u64 = 0x696d_706f_7274;

/// How much a model needs each column: permutation importance on rows it has not seen.
///
/// The fall of a figure when the cells of a column of the table change places among the rows, which keeps the column's
/// values and takes away what they say. Two columns that say the same share what they matter. Source: Breiman (2001);
/// scikit-learn, `permutation_importance`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// The figure: `r2` for numbers, of several targets the mean; `accuracy` for classes.
    pub figure: String,
    /// How many rows were looked at.
    pub rows: usize,
    /// How often the cells of each column changed places.
    pub repeats: usize,
    /// Every column of the table that the model uses, what matters most first.
    pub columns: Vec<ColumnImportance>,
}

/// How much a model needs a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnImportance {
    /// The column of the table.
    pub column: String,
    /// By how much the figure falls, on the average; about 0, or a little below, when the column does not matter.
    pub mean: f64,
    /// The standard deviation of that over the repeats, divided by their number.
    pub spread: f64,
}

/// Measures the importance of every column on encoded rows and their truth; the same seed gives the same figures. Nothing
/// when the figure is not defined, or when it would take too long.
pub(crate) fn measure(
    (network, target, encoder): (&Mlp, &Target, &Encoder),
    test: &[f64],
    truth: &Truth,
    seed: u64,
) -> Result<Option<Importance>> {
    let parameters = Mlp::<f64>::count_parameters(&network.widths()).unwrap_or(usize::MAX);
    let per_row = encoder
        .features()
        .len()
        .saturating_mul(REPEATS)
        .saturating_mul(parameters);
    let affordable = (MOST_WORK / per_row.max(1)).min(MOST_ROWS);
    let columns = encoder.inputs().len();
    let count = test.len() / columns.max(1);
    if affordable < FEWEST_ROWS.min(count) {
        return Ok(None);
    }
    let mut rng = Rng::new(seed ^ STREAM);
    let mut rows = rng.permutation(count);
    rows.truncate(affordable);
    let truth = match truth {
        Truth::Numbers(targets) => {
            let own = |numbers: &Vec<f64>| rows.iter().map(|row| numbers[*row]).collect();
            Truth::Numbers(targets.iter().map(own).collect())
        }
        Truth::Classes(classes) => Truth::Classes(rows.iter().map(|row| classes[*row]).collect()),
    };
    let row = |row: &usize| &test[row * columns..][..columns];
    let mut given: Vec<f64> = rows.iter().flat_map(row).copied().collect();
    let figure = |given: &[f64]| -> Result<f64> {
        Ok(match (predict_rows(network, target, rows.len(), given)?, &truth) {
            (Prediction::Numbers(predicted), Truth::Numbers(truth)) => {
                let each = predicted
                    .iter()
                    .zip(truth)
                    .map(|(predicted, truth)| r2(predicted, truth));
                mean(&each.collect::<Vec<f64>>())
            }
            (Prediction::Classes { names, probabilities }, Truth::Classes(truth)) => {
                accuracy(&probabilities, names.len(), truth)
            }
            _ => f64::NAN,
        })
    };
    let whole = figure(&given)?;
    let (mut measured, mut offset) = (vec![], 0);
    for feature in encoder.features() {
        let inputs = offset..offset + feature.encoding.width();
        offset = inputs.end;
        // All inputs of a column together: the rows of its cells change places, not the cells of each input.
        let own: Vec<Vec<f64>> = given
            .chunks_exact(columns)
            .map(|row| row[inputs.clone()].to_vec())
            .collect();
        let place = |given: &mut [f64], order: &[usize]| {
            for (row, from) in given.chunks_exact_mut(columns).zip(order) {
                row[inputs.clone()].copy_from_slice(&own[*from]);
            }
        };
        let mut falls = vec![];
        for _ in 0..REPEATS {
            place(&mut given, &rng.permutation(rows.len()));
            falls.push(whole - figure(&given)?);
        }
        place(&mut given, &(0..rows.len()).collect::<Vec<usize>>());
        let center = mean(&falls);
        let squares: Vec<f64> = falls.iter().map(|fall| (fall - center).powi(2)).collect();
        measured.push(ColumnImportance {
            column: feature.name.clone(),
            mean: center,
            spread: mean(&squares).sqrt(),
        });
    }
    if measured
        .iter()
        .any(|column| !column.mean.is_finite() || !column.spread.is_finite())
    {
        return Ok(None);
    }
    measured.sort_by(|a, b| b.mean.total_cmp(&a.mean));
    Ok(Some(Importance {
        figure: match target {
            Target::Numbers(_) => OF_SEVERAL,
            Target::Classes { .. } => "accuracy",
        }
        .to_string(),
        rows: rows.len(),
        repeats: REPEATS,
        columns: measured,
    }))
}
