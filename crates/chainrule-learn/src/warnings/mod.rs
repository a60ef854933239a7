//! What may be wrong with a table, a split or a training: each with a code, what was seen in numbers, and what to do.

mod columns;
mod duplicates;
mod leak;
mod rows;
mod training;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{assess::Fit, error::Result, judge::Truth, prediction::Prediction};

/// Something that may be wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Which kind it is; codes stay the same from version to version.
    pub code: Code,
    /// What was seen, with numbers: a sentence without its full stop.
    pub seen: String,
    /// What to do about it.
    pub advice: String,
}

impl Warning {
    pub(crate) fn new(code: Code, seen: impl Into<String>, advice: impl Into<String>) -> Warning {
        Warning {
            code,
            seen: seen.into(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.seen, self.advice)
    }
}

/// The kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// One column alone gives the target.
    Leak,
    /// Test rows are training rows as well.
    Duplicates,
    /// A column names the rows, and was or could be taken for a measurement.
    Identifier,
    /// Hardly a row has one of the classes.
    Imbalance,
    /// The model has far more parameters than there are rows to learn them from.
    FewRows,
    /// A few huge values make all others of a column alike.
    HeavyTail,
    /// The loss ceased to be a number.
    Diverged,
    /// Hidden units that give the same for every row.
    DeadUnits,
    /// Hidden units that are at one of their ends for nearly every row.
    SaturatedUnits,
    /// The loss rises, or goes up and down.
    RateTooLarge,
    /// The loss hardly moves, and had not come to rest.
    RateTooSmall,
    /// The weights of a linear model had not come to rest.
    NotConverged,
    /// The test rows were answered better or worse than the validation rows, beyond chance.
    ScoreGap,
    /// No figure is better than the trivial baseline's, or not the one that models are compared by, or not by more than
    /// chance.
    NoBetterThanBaseline,
    /// So few rows were judged on that the figures say little.
    FewTestRows,
    /// No row judged on has this class.
    UntestedClass,
    /// The model was judged on rows it has learned from, it seems.
    SeenRows,
}

impl Code {
    /// The word for it, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Code::Leak => "leak",
            Code::Duplicates => "duplicates",
            Code::Identifier => "identifier",
            Code::Imbalance => "imbalance",
            Code::FewRows => "few_rows",
            Code::HeavyTail => "heavy_tail",
            Code::Diverged => "diverged",
            Code::DeadUnits => "dead_units",
            Code::SaturatedUnits => "saturated_units",
            Code::RateTooLarge => "rate_too_large",
            Code::RateTooSmall => "rate_too_small",
            Code::NotConverged => "not_converged",
            Code::ScoreGap => "score_gap",
            Code::NoBetterThanBaseline => "no_better_than_baseline",
            Code::FewTestRows => "few_test_rows",
            Code::UntestedClass => "untested_class",
            Code::SeenRows => "seen_rows",
        }
    }
}

pub(crate) use columns::identifiers;

/// All that may be wrong with a model that was just fitted, whose columns that name the rows are known; what it says of the
/// test rows comes with their truth.
pub(crate) fn of(
    fit: &Fit,
    identifiers: BTreeMap<String, Warning>,
    test: (&Prediction, &Truth),
) -> Result<Vec<Warning>> {
    let mut warnings = leak::leaks(fit);
    let (names, named): (Vec<String>, Vec<Warning>) = identifiers.into_iter().unzip();
    warnings.extend(named);
    warnings.extend(duplicates::duplicates(fit, &names));
    warnings.extend(rows::imbalance(fit));
    warnings.extend(rows::few_rows(fit));
    warnings.extend(columns::heavy_tails(fit));
    warnings.extend(training::idle_units(fit)?);
    warnings.extend(training::learning_rate(fit));
    let (held_out, prepared) = (&fit.split.validation, &fit.learned.prepared);
    if let Ok(truth) = prepared.truth(fit.problem, held_out) {
        let prediction = prepared.predict(&fit.learned.network, held_out)?;
        warnings.extend(training::score_gaps((&prediction, &truth), test, &fit.problem.targets));
    }
    Ok(warnings)
}

/// At most so many of some rows, which are in random order, at even distances.
fn sample(rows: &[usize], most: usize) -> Vec<usize> {
    rows.iter().step_by(rows.len().div_ceil(most).max(1)).copied().collect()
}
