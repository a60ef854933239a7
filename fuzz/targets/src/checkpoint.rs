//! Bytes as a checkpoint: a fit goes on from it, or says why it does not.

use crate::{CHECKPOINT, table, together};
use chainrule_learn::{
    Checkpoint, ModelKind, NetworkOptions, Options, Progress, Result, Stage, Table, fit_with_checkpoint,
};
use std::{
    env, fs,
    ops::ControlFlow,
    path::PathBuf,
    process,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

static TABLE: LazyLock<Table> = LazyLock::new(table);

/// Longer than any fit here takes: no checkpoint is written but that of a fit that is stopped.
const NEVER: Duration = Duration::from_secs(86_400);

/// The fits that a checkpoint can be of, with names: one with folds and an optimizer that remembers much, one of two targets
/// with dropout, and one that tries configurations first.
fn asked() -> [(&'static str, Options); 3] {
    let network = |optimizer: &str| NetworkOptions {
        hidden: vec![3],
        epochs: 4,
        optimizer: optimizer.to_string(),
        ..NetworkOptions::default()
    };
    let options = |targets: &[&str], network| Options {
        network,
        model: Some(ModelKind::Mlp),
        folds: Some(0),
        ..Options::of(targets.iter().copied())
    };
    let classes = Options {
        folds: Some(2),
        ..options(&["state"], network("adam"))
    };
    let mut several = options(&["area", "width"], network("adagrad"));
    (several.network.dropout, several.network.batch_size) = (0.25, Some(7));
    let mut search = options(&["area"], network("rmsprop"));
    search.network.search = 2;
    [("classes", classes), ("several", several), ("search", search)]
}

/// A place for a file that nobody else writes.
fn place() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Relaxed);
    env::temp_dir().join(format!("chainrule-fuzz-{}-{number}.checkpoint", process::id()))
}

/// Goes on from bytes as a checkpoint, with each of some fits. A text that [`together`] takes becomes a file with the right
/// checksum first, for a fuzzer does not guess checksums.
///
/// # Panics
/// When a fit that went on gives a model that cannot be saved, or an error says nothing.
pub fn checkpoint(bytes: &[u8]) {
    let made = together(CHECKPOINT, bytes);
    for (_, fitted) in resumed(made.as_deref().unwrap_or(bytes)) {
        match fitted {
            Ok(model) => assert!(!model.is_empty()),
            Err(error) => assert!(!error.is_empty()),
        }
    }
}

/// What each fit that goes on from a checkpoint gives: how many epochs it still trained and the model file, or why it does not.
pub fn resumed(bytes: &[u8]) -> Vec<(&'static str, Result<Vec<u8>, String>)> {
    let path = place();
    fs::write(&path, bytes).unwrap();
    let fit = |options: &Options| -> Result<Vec<u8>> {
        let checkpoint = Checkpoint::new(&path, NEVER).resume();
        let fitted = fit_with_checkpoint(&TABLE, options, Some(&checkpoint), |_| ControlFlow::Continue(()))?;
        Ok(fitted.model.to_bytes().expect("a model that was trained can be saved"))
    };
    let all = asked().map(|(name, options)| (name, fit(&options).map_err(|error| error.to_string())));
    fs::remove_file(&path).unwrap();
    all.into()
}

/// The model file of one of these fits that goes through in one go.
pub fn never_stopped(name: &str) -> Vec<u8> {
    let (_, options) = asked().into_iter().find(|(own, _)| *own == name).unwrap();
    let fitted = fit_with_checkpoint(&TABLE, &options, None, |_| ControlFlow::Continue(())).unwrap();
    fitted.model.to_bytes().unwrap()
}

/// The checkpoints of these fits when they are stopped: while the network learns, in a fold, while configurations are tried.
pub fn stopped() -> Vec<(String, Vec<u8>)> {
    let mut all = vec![];
    for (name, options) in asked() {
        for (moment, stage, epoch) in [
            ("network", Stage::Network, 2),
            ("fold", Stage::Fold(1), 3),
            ("search", Stage::Search(2), 1),
        ] {
            let (path, mut reached) = (place(), false);
            let watcher = |progress: &Progress| match progress.stage == stage && progress.epoch.number == epoch {
                true => {
                    reached = true;
                    ControlFlow::Break(())
                }
                false => ControlFlow::Continue(()),
            };
            fit_with_checkpoint(&TABLE, &options, Some(&Checkpoint::new(&path, NEVER)), watcher).unwrap();
            if reached {
                all.push((format!("{name}-in-{moment}"), fs::read(&path).unwrap()));
                fs::remove_file(&path).unwrap();
            }
        }
    }
    all
}
