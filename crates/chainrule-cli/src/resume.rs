//! Checkpoints of `chainrule fit`: where they lie, how often they are written, and what a person is told of one that is there.

use crate::{failure::Failure, output::say};
use chainrule_learn::Checkpoint;
use chainrule_table::message::count;
use std::{fs, path::Path, time::Duration};

/// The longest time between two checkpoints: a year.
const MOST_SECONDS: f64 = 31_557_600.0;

/// Whether and how often training is put aside, and whether it goes on.
#[derive(clap::Args)]
pub struct Resume {
    /// Put aside how far training is every so many seconds, in a file beside the model (its name and .checkpoint) that is
    /// removed once the model is saved; 0 for never
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, allow_negative_numbers = true)]
    checkpoint: f64,
    /// Go on where a run with the same table and options was stopped or killed, to the same model
    #[arg(long)]
    resume: bool,
}

impl Resume {
    /// Where how far training is is put aside, if it is: beside the model.
    pub fn checkpoint(&self, model: &Path) -> Result<Option<Checkpoint>, Failure> {
        let seconds = self.checkpoint;
        if !(0.0..=MOST_SECONDS).contains(&seconds) {
            return Err(Failure::Arguments(format!(
                "a checkpoint every {seconds} seconds: choose 0 for none, or a number above 0 and up to {MOST_SECONDS}"
            )));
        }
        if seconds == 0.0 || !is_plain(model) {
            return match self.resume {
                true => Err(Failure::Arguments(
                    "--resume without checkpoints; leave out --checkpoint 0, and name a plain file as --out"
                        .to_string(),
                )),
                false => Ok(None),
            };
        }
        let checkpoint = Checkpoint::new(Checkpoint::beside(model), Duration::from_secs_f64(seconds));
        Ok(Some(match self.resume {
            true => checkpoint.resume(),
            false => checkpoint,
        }))
    }

    /// Tells a person of a checkpoint that lies there, or does not.
    pub fn tell(&self, checkpoint: &Checkpoint) -> Result<(), Failure> {
        let place = checkpoint.path().display();
        let age = checkpoint.age()?.map(|age| format!("{} old", duration(age)));
        match (age, self.resume) {
            (Some(age), true) => say(&format!("note: goes on from {place}, {age}")),
            (None, true) => say(&format!(
                "note: there is no checkpoint {place}, so this starts from the beginning"
            )),
            (Some(age), false) => say(&format!(
                "note: {place} of an unfinished run, {age}, is kept as {}; --resume would have gone on from it, and does so \
                 once it has its name again",
                checkpoint.old().display()
            )),
            (None, false) => {}
        }
        Ok(())
    }
}

/// A time in words, in the largest unit of which there are two.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => count(seconds as usize, "second", "seconds"),
        120..7200 => format!("{} minutes", seconds / 60),
        7200..172_800 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Whether something can lie beside it: it is a plain file or not there yet, no pipe and no device.
pub fn is_plain(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |about| about.is_file())
}
