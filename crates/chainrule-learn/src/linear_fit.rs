//! Linear models of a table: a network without hidden layers whose weights are solved for.

use chainrule::{Mlp, Rng, Tensor, nn::Activation};

use crate::{
    error::{Error, Result},
    linear_model::{LinearModel, LinearRegression, LogisticRegression, Ridge},
    model_kind::ModelKind,
    options::{LinearOptions, Options},
    samples::{Answer, Samples},
    target::Task,
    warnings::{Code, Warning},
};

/// The penalty when none is chosen, as in scikit-learn.
const ALPHA: f64 = 1.0;

/// Refuses a penalty where there is none, and a target that the kind of model cannot predict; `could_be_other` says that
/// a target might have been read the other way.
pub(crate) fn check(options: &Options, task: Task, could_be_other: bool) -> Result<()> {
    if let Some(alpha) = options.linear.alpha {
        if let Some(model) = options.model.filter(|model| !model.is_penalized()) {
            return Err(Error::request(format!(
                "an alpha of {alpha}, but the model {} has no penalty; leave it out, or choose the model ridge or logistic",
                model.name()
            )));
        }
        crate::linear_model::check_alpha(alpha)?;
    }
    let Some(model) = options.model else { return Ok(()) };
    let name = model.name();
    if model.does(task) {
        return Ok(());
    }
    let (found, predicts, other) = match task {
        Task::Regression => ("a number", "classes", Task::Classification),
        Task::Classification => ("a class", "numbers", Task::Regression),
    };
    let or_else = match could_be_other && options.targets.len() == 1 {
        true => format!(", or --task {} if that is what it is", other.name()),
        false => String::new(),
    };
    let found = match &options.targets[..] {
        [_] => format!("is {found}"),
        _ => "are numbers".to_string(),
    };
    Err(Error::request(format!(
        "the {} {found}, and the model {name} predicts {predicts}; use --model {}{or_else}",
        options.quoted_targets(),
        ModelKind::names_for(task)
    )))
}

/// The linear model that is compared with the others: the one that was asked for, or one with a penalty.
pub(crate) fn kind(options: &Options, task: Task) -> ModelKind {
    match (options.model, task) {
        (Some(kind), _) if kind.is_linear() => kind,
        (_, Task::Regression) => ModelKind::Ridge,
        (_, Task::Classification) => ModelKind::Logistic,
    }
}

/// The options of a linear model with what was left to be decided filled in.
pub(crate) fn settle(options: &LinearOptions, kind: ModelKind) -> LinearOptions {
    LinearOptions {
        alpha: kind.is_penalized().then(|| options.alpha.unwrap_or(ALPHA)),
    }
}

/// The network of a linear model, of widths `[inputs, outputs]`; says when its weights are not the best there are.
pub(crate) fn learn(
    options: &LinearOptions,
    model: ModelKind,
    samples: Samples,
    outputs: usize,
    warnings: &mut Vec<Warning>,
) -> Result<Mlp> {
    let (inputs, asked) = (samples.inputs, options.alpha.unwrap_or(ALPHA));
    // The weights were divided by their mean; with the penalty divided as well, the minimum is that of the weights given.
    let alpha = asked / samples.mean_weight;
    let x = Tensor::new(samples.data, [samples.rows, inputs])?;
    let weights = samples.weights.as_deref();
    let intercept = true;
    let (weights, intercepts) = match (model, &samples.answer) {
        (ModelKind::Linear | ModelKind::Ridge, Answer::Numbers { targets, data }) => {
            let answers = (0..*targets).map(|target| data.iter().skip(target).step_by(*targets).copied().collect());
            let answers: Vec<Vec<f64>> = answers.collect();
            let fit = |x: &Tensor, answers: &[Vec<f64>], intercept: bool| match model {
                ModelKind::Ridge => Ridge { alpha, intercept }.fit_several(x, answers),
                _ => LinearRegression { intercept }.fit_several(x, answers),
            };
            let models = match weights {
                None => fit(&x, &answers, intercept)?,
                Some(weights) => weighted(x, answers, weights, |x, answers| fit(x, answers, false))?,
            };
            let parts = models.into_iter().map(|model| (model.coefficients, model.intercept));
            parts.unzip()
        }
        (ModelKind::Logistic, Answer::Classes(classes)) => {
            let model = LogisticRegression { alpha, intercept };
            let model = match weights {
                None => model.fit(&x, classes)?,
                Some(weights) => model.fit_weighted(&x, classes, weights)?,
            };
            if !model.converged {
                warnings.push(Warning::new(
                    Code::NotConverged,
                    format!("the weights still moved after {} steps", model.iterations),
                    format!("a larger --alpha than {asked} holds them"),
                ));
            }
            model.by_class()
        }
        // `check` refuses these; a kind that is forgotten here must not be fitted as another one.
        (_, Answer::Numbers { .. }) => return Err(cannot(model, Task::Regression)),
        (_, Answer::Classes(_)) => return Err(cannot(model, Task::Classification)),
    };
    let mut network = Mlp::new(&[inputs, outputs], Activation::identity(), &mut Rng::new(0))?;
    for layer in &mut network.layers {
        let weights = (0..inputs).flat_map(|input| weights.iter().filter_map(move |row| row.get(input).copied()));
        layer.weight.value = Tensor::new(weights.collect(), [inputs, outputs])?;
        layer.bias.value = Tensor::new(intercepts.clone(), [outputs])?;
    }
    Ok(network)
}

/// Least squares whose rows count by their weights: less the weighted means, times the roots of the weights, they are
/// ordinary least squares without an intercept, which the means then give.
fn weighted(
    mut x: Tensor,
    mut answers: Vec<Vec<f64>>,
    weights: &[f64],
    fit: impl Fn(&Tensor, &[Vec<f64>]) -> Result<Vec<LinearModel>>,
) -> Result<Vec<LinearModel>> {
    let columns = x.shape().size(1).max(1);
    let total: f64 = weights.iter().sum();
    let mut means = vec![0.0; columns];
    for (row, weight) in x.data().chunks_exact(columns).zip(weights) {
        let share = weight / total;
        means
            .iter_mut()
            .zip(row)
            .for_each(|(mean, value)| *mean += share * value);
    }
    for (row, weight) in x.data_mut().chunks_exact_mut(columns).zip(weights) {
        row.iter_mut()
            .zip(&means)
            .for_each(|(value, mean)| *value = (*value - mean) * weight.sqrt());
    }
    let mut y_means = vec![];
    for y in &mut answers {
        let mut mean = 0.0;
        y.iter().zip(weights).for_each(|(y, weight)| mean += weight / total * y);
        y.iter_mut()
            .zip(weights)
            .for_each(|(y, weight)| *y = (*y - mean) * weight.sqrt());
        y_means.push(mean);
    }
    let of_target = |(LinearModel { coefficients, .. }, y_mean): (LinearModel, f64)| {
        let at_means = coefficients.iter().zip(&means).map(|(weight, mean)| weight * mean);
        let intercept = y_mean - at_means.sum::<f64>();
        LinearModel {
            coefficients,
            intercept,
        }
    };
    Ok(fit(&x, &answers)?.into_iter().zip(y_means).map(of_target).collect())
}

fn cannot(model: ModelKind, task: Task) -> Error {
    Error::request(format!(
        "the model {} does no {}; use --model {}",
        model.name(),
        task.name(),
        ModelKind::names_for(task)
    ))
}
