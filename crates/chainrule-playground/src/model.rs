//! The model file of a run.

use chainrule_learn::{Epoch, Model};

use crate::{error::Result, run::Run};

/// The model of a run at the step that is shown, as `chainrule fit` would save it: `predict`, `serve` and `export` take it.
///
/// Its record says that it was judged on the validation rows, for there were no others.
///
/// ```
/// use chainrule_playground::{Data, Run, Setup, model};
/// let setup = Setup::default();
/// let data = Data::open(&setup, None)?;
/// let mut run = Run::new(setup, data)?;
/// run.seek(500);
/// run.work(&mut || false)?;
/// let bytes = model(&run)?.to_bytes()?;
/// let again = chainrule_learn::Model::from_bytes("moons", &bytes)?;
/// assert_eq!(again.network().layers[0].weight.value, run.network().layers[0].weight.value);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When a weight is no finite number.
pub fn model(run: &Run) -> Result<Model> {
    let (mut best, mut smallest) = (1, f64::INFINITY);
    let shown = run.history().epochs().iter().filter(|figures| figures.step <= run.at());
    let history = shown.enumerate().map(|(place, figures)| {
        if figures.validation_loss < smallest {
            (best, smallest) = (place + 1, figures.validation_loss);
        }
        Epoch {
            number: place + 1,
            train_loss: figures.train_loss,
            validation_loss: figures.validation_loss,
            best,
        }
    });
    let mut options = run.choices().network_options();
    options.epochs = run.epoch().max(1);
    Ok(run
        .data()
        .trainable()
        .model(run.network(), &options, history.collect())?)
}
