//! How far `chainrule fit` is, as a bar on standard error; nothing where that is not a terminal, or quiet is wanted.

use crate::output::{is_quiet, printable, short};
use chainrule_learn::{Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::{path::Path, time::Duration};

/// How finely the bar is divided.
const PARTS: f64 = 10_000.0;

/// While a table is read, and then a bar over all trainings.
pub fn reading(table: &Path) -> ProgressBar {
    let bar = ProgressBar::new(PARTS as u64);
    if is_quiet() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed} so far") {
        bar.set_style(style);
    }
    bar.set_message(format!("reading {}", printable(&table.display().to_string())));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// How far all trainings are.
pub fn show(bar: &ProgressBar, progress: &Progress) {
    let epoch = &progress.epoch;
    let stage = match progress.stage {
        Stage::Search(number) => format!("configuration {number}, "),
        Stage::Network => String::new(),
        Stage::Fold(number) => format!("fold {number}, "),
    };
    if bar.position() == 0 {
        // Time left is counted from here: reading says nothing about it.
        bar.reset_elapsed();
        bar.reset_eta();
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{bar:30}] {msg}, at most {eta} left") {
            bar.set_style(style.progress_chars("━╸ "));
        }
    }
    bar.set_position(((progress.done * PARTS) as u64).max(1));
    bar.set_message(format!(
        "{stage}epoch {}: loss {} in training, {} in validation",
        epoch.number,
        short(epoch.train_loss),
        short(epoch.validation_loss)
    ));
}
