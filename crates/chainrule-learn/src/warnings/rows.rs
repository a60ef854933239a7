//! Too few rows: of a class, or for the parameters.

use chainrule::Mlp;
use chainrule_table::message::{count, quoted};

use super::{Code, Warning};
use crate::{assess::Fit, model_kind::ModelKind, target::Target};

/// A class with so many times the rows of another.
const TIMES: usize = 50;

/// The rarest class, when it is extremely rare.
pub(super) fn imbalance(fit: &Fit) -> Option<Warning> {
    let (Target::Classes { names, .. }, Some(classes)) = (&fit.learned.prepared.target, fit.learned.prepared.classes())
    else {
        return None;
    };
    let mut counts = vec![0usize; names.len()];
    fit.split.train.iter().for_each(|row| counts[classes[*row]] += 1);
    let class = |count: &usize| counts.iter().position(|other| other == count);
    let (fewest, most) = (counts.iter().min()?, counts.iter().max()?);
    if *most < TIMES * fewest.max(&1) {
        return None;
    }
    let (rare, usual) = (class(fewest)?, class(most)?);
    let rows = fit.split.train.len();
    Some(Warning::new(
        Code::Imbalance,
        format!(
            "the class {} has {} of {rows} training rows ({:.2} %), {} has {most}",
            quoted(&names[rare]),
            fewest,
            100.0 * *fewest as f64 / rows as f64,
            quoted(&names[usual])
        ),
        "whoever always says the frequent class is nearly always right: look at the recall of the rare one and its \
         precision-recall curve, not at the accuracy; use --class-weights balanced, or add rows of the rare one",
    ))
}

/// A network has so many parameters for each training row when it has too many.
const PARAMETERS_PER_ROW: usize = 200;

/// More parameters than the rows can say anything of.
pub(super) fn few_rows(fit: &Fit) -> Option<Warning> {
    let rows = fit.split.train.len();
    let parameters = Mlp::<f64>::count_parameters(&fit.learned.network.widths())?;
    let advice = match fit.kind {
        ModelKind::Linear if parameters > rows => {
            "many weights fit these rows equally well: use --model ridge, or fewer columns"
        }
        ModelKind::Mlp if parameters > PARAMETERS_PER_ROW * rows => {
            "use a smaller network with --hidden, fewer columns or categories, or a linear model"
        }
        _ => return None,
    };
    Some(Warning::new(
        Code::FewRows,
        format!(
            "the model has {} and {} to learn them from",
            count(parameters, "parameter", "parameters"),
            count(rows, "row", "rows")
        ),
        advice,
    ))
}
