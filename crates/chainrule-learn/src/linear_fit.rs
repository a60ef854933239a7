//! Linear models of a table: a network without hidden layers whose weights are solved for.

use chainrule::{Mlp, Rng, Tensor, nn::Activation};

use crate::{
    error::{Error, Result},
    linear_model::{LinearModel, LinearRegression, LogisticRegression, Ridge},
    model_kind::ModelKind,
    options::Options,
    target::Task,
    train::{Answer, Samples},
    warnings::{Code, Warning},
};

/// The penalty when none is chosen, as in scikit-learn.
const ALPHA: f64 = 1.0;

/// Refuses a penalty where there is none, and a target that the kind of model cannot predict; `could_be_other` says that
/// the target might have been read the other way.
pub(crate) fn check(options: &Options, task: Task, could_be_other: bool) -> Result<()> {
    let Options { model, target, .. } = options;
    let name = model.name();
    if let Some(alpha) = options.alpha {
        if !model.is_penalized() {
            return Err(Error::request(format!(
                "an alpha of {alpha}, but the model {name} has no penalty; leave it out, or choose the model ridge or \
                 logistic"
            )));
        }
        crate::linear_model::check_alpha(alpha)?;
    }
    if model.does(task) {
        return Ok(());
    }
    let (found, predicts, other) = match task {
        Task::Regression => ("a number", "classes", Task::Classification),
        Task::Classification => ("a class", "numbers", Task::Regression),
    };
    let or_else = match could_be_other {
        true => format!(", or --task {} if that is what it is", other.name()),
        false => String::new(),
    };
    Err(Error::request(format!(
        "the target `{target}` is {found}, and the model {name} predicts {predicts}; use --model {}{or_else}",
        ModelKind::names_for(task)
    )))
}

/// The options as a linear model has them: what only a network has is empty.
pub(crate) fn settled(options: &Options) -> Options {
    Options {
        alpha: options.model.is_penalized().then(|| options.alpha.unwrap_or(ALPHA)),
        hidden: vec![],
        activation: Activation::<f64>::identity().to_string(),
        optimizer: options.model.method().to_string(),
        learning_rate: None,
        batch_size: None,
        epochs: 0,
        patience: 0,
        ..options.clone()
    }
}

/// The network of a linear model, of widths `[inputs, outputs]`; says when its weights are not the best there are.
pub(crate) fn learn(options: &Options, samples: Samples, outputs: usize, warnings: &mut Vec<Warning>) -> Result<Mlp> {
    let (inputs, alpha) = (samples.inputs, options.alpha.unwrap_or(ALPHA));
    let x = Tensor::new(samples.data, [samples.rows, inputs])?;
    let intercept = true;
    let model = options.model;
    let (weights, intercepts) = match (model, &samples.answer) {
        (ModelKind::Linear, Answer::Numbers(y)) => one_output(LinearRegression { intercept }.fit(&x, y)?),
        (ModelKind::Ridge, Answer::Numbers(y)) => one_output(Ridge { alpha, intercept }.fit(&x, y)?),
        (ModelKind::Logistic, Answer::Classes(classes)) => {
            let model = LogisticRegression { alpha, intercept }.fit(&x, classes)?;
            if !model.converged {
                warnings.push(Warning::new(
                    Code::NotConverged,
                    format!("the weights still moved after {} steps", model.iterations),
                    format!("a larger --alpha than {alpha} holds them"),
                ));
            }
            model.by_class()
        }
        // `check` refuses these; a kind that is forgotten here must not be fitted as another one.
        (_, Answer::Numbers(_)) => return Err(cannot(model, Task::Regression)),
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

/// The weights of a model with one output, as those of several are.
fn one_output(model: LinearModel) -> (Vec<Vec<f64>>, Vec<f64>) {
    (vec![model.coefficients], vec![model.intercept])
}

fn cannot(model: ModelKind, task: Task) -> Error {
    Error::request(format!(
        "the model {} does no {}; use --model {}",
        model.name(),
        task.name(),
        ModelKind::names_for(task)
    ))
}
