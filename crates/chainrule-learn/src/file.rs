//! Files that are either whole or not there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::error::{Error, Result};

/// Writes a file under a temporary name beside its place and renames it, so that nobody ever sees half of it; an
/// existing file stays as it was when writing fails.
///
/// A link is followed, and what is no plain file (a pipe, a device) is written to, not replaced.
///
/// # Errors
/// When the folder does not exist, or the file cannot be written; the message names it.
pub fn write_file(path: impl AsRef<Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let path = path.as_ref();
    let fail = |error: io::Error| refused(path, &error);
    let place = Place::of(path)?;
    if place.special {
        let file = OpenOptions::new().write(true).open(path).map_err(fail)?;
        return written(&file, write).map_err(fail);
    }
    let temporary = temporary_file(&place.folder).map_err(fail)?;
    written(temporary.as_file(), write).map_err(fail)?;
    temporary.as_file().sync_all().map_err(fail)?;
    temporary.persist(&place.file).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Whether a file could be written here, so that nobody works for nothing.
///
/// # Errors
/// As [`write_file`].
pub fn check_place(path: impl AsRef<Path>) -> Result<()> {
    let path = path.as_ref();
    let place = Place::of(path)?;
    if !place.special {
        temporary_file(&place.folder).map_err(|error| refused(path, &error))?;
        sweep(&place.folder, OLD);
    }
    Ok(())
}

/// How temporary files are called: this, and some letters.
const PREFIX: &str = ".chainrule-";
const LETTERS: usize = 6;
/// Who has just made a temporary file may not have locked it yet.
const OLD: Duration = Duration::from_secs(60);

/// Removes temporary files that were left behind by a program that was killed: those that nobody holds any more.
fn sweep(folder: &Path, old: Duration) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let ours = rest.is_some_and(|rest| rest.len() == LETTERS && rest.chars().all(|c| c.is_ascii_alphanumeric()));
        let is_old = |about: fs::Metadata| {
            let age = about.modified().ok().and_then(|written| written.elapsed().ok());
            about.is_file() && age.is_some_and(|age| age >= old)
        };
        if !ours || !entry.metadata().is_ok_and(is_old) {
            continue;
        }
        // Whoever writes one holds its lock, and a killed program holds none. What cannot be removed may stay.
        if let Ok(file) = OpenOptions::new().write(true).open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Where a file goes, links followed.
struct Place {
    folder: PathBuf,
    file: PathBuf,
    /// There is something already that is no plain file.
    special: bool,
}

impl Place {
    fn of(path: &Path) -> Result<Place> {
        let special = match fs::metadata(path) {
            Ok(known) if known.is_dir() => {
                return Err(Error::data(format!("{} is a folder; name a file", path.display())));
            }
            Ok(known) => !known.is_file(),
            Err(_) if path.is_symlink() => {
                let message = format!(
                    "{} is a link to a file that does not exist; name that file",
                    path.display()
                );
                return Err(Error::data(message));
            }
            Err(_) => false,
        };
        let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Ok(Place { folder, file, special })
    }
}

fn written(file: &File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut buffered = BufWriter::new(file);
    write(&mut buffered)?;
    buffered.flush()
}

fn temporary_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).rand_bytes(LETTERS);
    // Temporary files are private; a finished one is as readable as the user's umask says.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let temporary = builder.tempfile_in(folder)?;
    // Where files cannot be locked, nobody can take it for one that was left behind either.
    let _ = temporary.as_file().try_lock();
    Ok(temporary)
}

fn refused(path: &Path, error: &io::Error) -> Error {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "its folder does not exist; make it, or name another".to_string(),
        io::ErrorKind::PermissionDenied => "permission denied; choose a folder you may write to".to_string(),
        kind => kind.to_string(),
    };
    Error::data(format!("{} could not be written: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temporary_files_that_nobody_holds_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let held = temporary_file(folder.path()).unwrap();
        let names = [
            ".chainrule-aB3xYz",
            ".chainrule-notes.txt",
            ".chainrule-aB3xY",
            "chainrule-aB3xYz",
        ];
        for name in names {
            fs::write(folder.path().join(name), "half a file").unwrap();
        }
        sweep(folder.path(), OLD);
        assert!(names.iter().all(|name| folder.path().join(name).exists()));
        sweep(folder.path(), Duration::ZERO);
        let left: Vec<&str> = names
            .into_iter()
            .filter(|name| folder.path().join(name).exists())
            .collect();
        assert_eq!(left, [".chainrule-notes.txt", ".chainrule-aB3xY", "chainrule-aB3xYz"]);
        assert!(held.path().exists());
    }
}
