//! How far `chainrule fit` is, as a bar on standard error; nothing where that is not a terminal, or quiet is wanted.

use crate::output::{is_quiet, printable, short};
use chainrule_learn::{Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::{
    fmt::Write,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

/// How finely the bar is divided.
const PARTS: f64 = 10_000.0;

/// While a table is read, and then a bar over all trainings; `passed` counts the bytes of the file as they are read.
pub fn reading(table: &Path, passed: Arc<AtomicU64>) -> ProgressBar {
    let bar = ProgressBar::new(PARTS as u64);
    if is_quiet() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let bytes = table.metadata().map_or(0, |about| about.len());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed} so far{left}") {
        let left = move |state: &ProgressState, text: &mut dyn Write| {
            let _ = text.write_str(&time_left(passed.load(Relaxed), bytes, state.elapsed()));
        };
        bar.set_style(style.with_key("left", left));
    }
    bar.set_message(format!("reading {}", printable(&table.display().to_string())));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// How long it takes to read the rest of a file, in words; nothing while nobody can know.
fn time_left(passed: u64, bytes: u64, elapsed: Duration) -> String {
    if passed == 0 || bytes == 0 || elapsed < Duration::from_secs(1) {
        return String::new();
    }
    let share = (passed as f64 / bytes as f64).min(1.0);
    let left = elapsed.as_secs_f64() * (1.0 - share) / share;
    format!(", {:.0} % read, about {left:.0} s left", 100.0 * share)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_when_it_can_be_known() {
        let second = Duration::from_secs(1);
        assert_eq!(time_left(25, 100, 10 * second), ", 25 % read, about 30 s left");
        assert_eq!(time_left(100, 100, 10 * second), ", 100 % read, about 0 s left");
        // The file has grown, or nothing is known.
        assert_eq!(time_left(150, 100, 10 * second), ", 100 % read, about 0 s left");
        for (passed, bytes, elapsed) in [(0, 100, second), (5, 0, second), (5, 100, second / 2)] {
            assert_eq!(time_left(passed, bytes, elapsed), "");
        }
    }
}
