//! Checkpoints: how far the trainings of a fit are, put aside every few seconds in a file, so that nothing is lost when
//! the program is killed.
//!
//! The file is laid out as a model file: lists of numbers, a description as JSON, and a checksum over both. It holds what
//! the fit was asked and a fingerprint of its table; with others it cannot go on.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime},
};

use chainrule_table::Table;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    file::write_file,
    fingerprint::Asked,
    options::Options,
    sealed::{self, Kind, Refused, seal},
    standing::{Description, Standing},
};

/// The version of the file's layout.
const FORMAT: u32 = 1;
const KIND: Kind = Kind {
    entry: "chainrule-checkpoint",
    description: "checkpoint",
};
/// So many bytes tell a checkpoint from other files.
const LOOK: u64 = 4096;
/// Where writing takes long, it takes no more than one part in so many of the time.
const SHARE: u32 = 10;

/// Where a fit puts aside how far it is, how often, and whether it goes on from what lies there.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    path: PathBuf,
    every: Duration,
    resume: bool,
}

impl Checkpoint {
    /// A checkpoint in this file, written whole or not at all every so often; less often where that would take more than a
    /// tenth of the time. What lies there is moved out of the way, to [`Checkpoint::old`].
    pub fn new(path: impl Into<PathBuf>, every: Duration) -> Checkpoint {
        Checkpoint {
            path: path.into(),
            every,
            resume: false,
        }
    }

    /// Goes on from what lies in the file instead, when there is something.
    pub fn resume(mut self) -> Checkpoint {
        self.resume = true;
        self
    }

    /// The file beside a model: its name and `.checkpoint`.
    pub fn beside(model: impl AsRef<Path>) -> PathBuf {
        let mut name = model.as_ref().as_os_str().to_os_string();
        name.push(".checkpoint");
        name.into()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How long ago the file was written, when there is one.
    ///
    /// # Errors
    /// When something else lies there, which is not to be written over.
    pub fn age(&self) -> Result<Option<Duration>> {
        let Ok(about) = fs::metadata(&self.path) else {
            return Ok(None);
        };
        let mut start = vec![];
        let read = fs::File::open(&self.path).and_then(|file| file.take(LOOK).read_to_end(&mut start));
        let entry = KIND.entry.as_bytes();
        if read.is_err() || !start.windows(entry.len()).any(|part| part == entry) {
            return Err(Error::data(format!(
                "{} is in the way of a checkpoint, but is none; move it, name another --out, or use --checkpoint 0",
                self.path.display()
            )));
        }
        let age = about
            .modified()
            .ok()
            .and_then(|written| SystemTime::now().duration_since(written).ok());
        Ok(Some(age.unwrap_or_default()))
    }

    /// Where a checkpoint that nobody goes on from is kept: the file's name and `.old`.
    pub fn old(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".old");
        name.into()
    }

    /// Moves a checkpoint that lies there out of the way, for whoever forgot to go on from it.
    fn keep_aside(&self) -> Result<()> {
        match fs::rename(&self.path, self.old()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::data(format!(
                "{} could not be moved to {}: {}",
                self.path.display(),
                self.old().display(),
                error.kind()
            ))),
            _ => Ok(()),
        }
    }

    /// Removes the file, for once the model is saved it says nothing more.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self) -> Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let message = format!("{} could not be removed: {}", self.path.display(), error.kind());
                Err(Error::data(message))
            }
            _ => Ok(()),
        }
    }
}

/// What a checkpoint holds.
#[derive(Serialize, Deserialize)]
struct Content {
    format: u32,
    asked: Asked,
    trainings: BTreeMap<String, Description>,
}

#[derive(Deserialize)]
struct Version {
    format: u32,
}

fn to_bytes(asked: &Asked, trainings: &BTreeMap<String, Standing>) -> Result<Vec<u8>, String> {
    let mut tensors = BTreeMap::new();
    let describe = |(name, standing): (&String, &Standing)| (name.clone(), standing.describe(name, &mut tensors));
    let content = Content {
        format: FORMAT,
        asked: asked.clone(),
        trainings: trainings.iter().map(describe).collect(),
    };
    seal(&KIND, &content, &tensors)
}

/// The trainings in a checkpoint, once it is certain that the same is asked now.
fn from_bytes(name: &str, bytes: &[u8], now: &Asked) -> Result<BTreeMap<String, Standing>> {
    let damaged = |why: &str| {
        Error::data(format!(
            "{name} is not a whole checkpoint ({why}); start anew without --resume"
        ))
    };
    let opened = sealed::open(&KIND, bytes).map_err(|refused| match refused {
        Refused::Damaged(why) => damaged(&why),
        Refused::Other => damaged("it is another kind of file"),
    })?;
    let text = opened.description.get();
    let version: Version = serde_json::from_str(text).map_err(|error| damaged(&error.to_string()))?;
    if version.format != FORMAT {
        return Err(Error::data(format!(
            "{name} was written by another chainrule (format {}, this one reads {FORMAT}); start anew without --resume",
            version.format
        )));
    }
    let content: Content = serde_json::from_str(text).map_err(|error| damaged(&error.to_string()))?;
    let differences = content.asked.differences(now);
    if !differences.is_empty() {
        return Err(Error::request(format!(
            "{name} is of another run: {}; ask for the same again, or start anew without --resume",
            differences.join(", ")
        )));
    }
    let read = |(key, description): (String, Description)| {
        let standing = Standing::read(&key, &description, &opened.tensors);
        let standing = standing.ok_or_else(|| damaged(&format!("the numbers of \"{key}\" make no sense")))?;
        Ok((key, standing))
    };
    content.trainings.into_iter().map(read).collect()
}

/// Where the trainings of a fit put aside how far they are, from any thread.
pub(crate) struct Board {
    checkpoint: Checkpoint,
    asked: Asked,
    start: Instant,
    /// When the next file is due, in milliseconds from the start.
    next: AtomicU64,
    /// How many times one was due.
    round: AtomicU64,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    trainings: BTreeMap<String, Standing>,
    /// In which round each running training was put aside last.
    running: BTreeMap<String, u64>,
    written: bool,
    /// Why the file could not be written.
    failure: Option<String>,
}

impl Board {
    /// Reads what lies in the file if the fit is to go on from it.
    pub(crate) fn open(checkpoint: &Checkpoint, table: &Table, options: &Options) -> Result<Board> {
        let asked = Asked::of(table, options)?;
        let mut trainings = BTreeMap::new();
        if checkpoint.resume && checkpoint.path.exists() {
            let name = checkpoint.path.display().to_string();
            let bytes = fs::read(&checkpoint.path)
                .map_err(|error| Error::data(format!("{name} could not be read: {}", error.kind())))?;
            trainings = from_bytes(&name, &bytes, &asked)?;
        }
        if !checkpoint.resume {
            checkpoint.keep_aside()?;
        }
        let board = Board {
            checkpoint: checkpoint.clone(),
            asked,
            start: Instant::now(),
            next: AtomicU64::new(0),
            round: AtomicU64::new(0),
            kept: Mutex::new(Kept {
                trainings,
                ..Kept::default()
            }),
        };
        board.wait(Duration::ZERO);
        Ok(board)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    /// The next file is due later, after the last one took so long.
    fn wait(&self, took: Duration) {
        let wait = self.checkpoint.every.max(took * SHARE).as_millis() as u64;
        self.next.store(self.now() + wait.max(1), Relaxed);
    }

    /// A training begins in this round: where it stood, if it did.
    pub(crate) fn begin(&self, key: &str) -> (u64, Option<Standing>) {
        let kept = &mut *self.kept();
        let round = self.round.load(Relaxed);
        kept.running.insert(key.to_string(), round);
        (round, kept.trainings.get(key).cloned())
    }

    /// Whether a training that was put aside last in this round is to be put aside again.
    pub(crate) fn is_due(&self, seen: u64) -> bool {
        if self.round.load(Relaxed) > seen {
            return true;
        }
        if self.now() < self.next.load(Relaxed) {
            return false;
        }
        self.round.fetch_max(seen + 1, Relaxed);
        true
    }

    /// Puts a training aside, and gives the round; the last of those that run writes the file.
    pub(crate) fn put_aside(&self, key: &str, standing: Standing) -> u64 {
        let kept = &mut *self.kept();
        let round = self.round.load(Relaxed);
        kept.trainings.insert(key.to_string(), standing);
        kept.running.insert(key.to_string(), round);
        self.write_if_complete(kept, round);
        round
    }

    /// A training ended, one way or the other.
    pub(crate) fn end(&self, key: &str, standing: Option<Standing>) {
        let kept = &mut *self.kept();
        if let Some(standing) = standing {
            kept.trainings.insert(key.to_string(), standing);
        }
        if kept.running.remove(key).is_some() {
            self.write_if_complete(kept, self.round.load(Relaxed));
        }
    }

    fn write_if_complete(&self, kept: &mut Kept, round: u64) {
        let due = self.now() >= self.next.load(Relaxed);
        if due && kept.running.values().all(|seen| *seen >= round) {
            self.write(kept);
        }
    }

    fn write(&self, kept: &mut Kept) {
        let begun = Instant::now();
        let written = to_bytes(&self.asked, &kept.trainings).and_then(|bytes| {
            write_file(&self.checkpoint.path, |out| out.write_all(&bytes)).map_err(|error| error.to_string())
        });
        match written {
            Ok(()) => kept.written = true,
            Err(why) => kept.failure = Some(why),
        }
        self.wait(begun.elapsed());
    }

    /// Writes what was put aside, for the fit was stopped. Gives why the file could not be written the last time it was
    /// tried.
    pub(crate) fn close(&self, stopped: bool) -> Option<String> {
        let kept = &mut *self.kept();
        if stopped {
            kept.failure = None;
            self.write(kept);
        }
        kept.failure.take()
    }

    /// Removes the file, if it was written by this fit: it would fail again.
    pub(crate) fn discard(&self) {
        if self.kept().written {
            let _ = self.checkpoint.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{standing::Stage, train::Epoch};
    use chainrule::Rng;

    fn table(cells: &str) -> Table {
        Table::from_csv("t.csv", format!("x,y\n{cells}").as_bytes()).unwrap()
    }

    fn trainings() -> BTreeMap<String, Standing> {
        let epoch = Epoch {
            number: 1,
            train_loss: 0.5,
            validation_loss: 0.25,
            best: 1,
        };
        let standing = Standing {
            history: vec![epoch],
            best: vec![1.0, 2.0],
            rng: [1, 2, 3, 4],
            stage: Stage::Running {
                weights: vec![3.0, 4.0],
                memory: vec![],
                order: vec![1, 0, 2],
                inside: Some((1, 0.5)),
            },
        };
        let finished = Standing {
            stage: Stage::Finished { diverged: None },
            ..standing.clone()
        };
        BTreeMap::from([("network".to_string(), standing), ("fold 1".to_string(), finished)])
    }

    #[test]
    fn a_checkpoint_comes_back_and_no_damage_passes() {
        let asked = Asked::of(&table("1,2\n3,4\n"), &Options::new("y")).unwrap();
        let bytes = to_bytes(&asked, &trainings()).unwrap();
        assert!(from_bytes("c", &bytes, &asked).unwrap() == trainings());
        for length in 0..bytes.len() {
            let error = from_bytes("c", &bytes[..length], &asked).unwrap_err().to_string();
            assert!(error.starts_with("c is not a whole checkpoint ("), "{length}: {error}");
        }
        let rng = &mut Rng::new(0);
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << rng.below(8);
            // Padding of the header may change without harm.
            let found = from_bytes("c", &damaged, &asked);
            assert!(found.is_err() || found.unwrap() == trainings(), "{place}");
        }
    }
}
