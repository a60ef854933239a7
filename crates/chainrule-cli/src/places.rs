//! The files of a command: none may be written over another, and nobody should work for a place that cannot be written.

use crate::failure::Failure;
use chainrule_learn::{check_place, write_file};
use flate2::{Compression, write::GzEncoder};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What a command does with a file.
#[derive(Clone, Copy, PartialEq)]
pub enum Use {
    /// Reads it.
    Read,
    /// Writes it.
    Write,
}

/// Refuses, before any work, places of which one would replace another, and places where nothing can be written.
pub fn check_places(files: &[(&str, Option<&PathBuf>, Use)]) -> Result<(), Failure> {
    let given: Vec<_> = files
        .iter()
        .filter_map(|(what, path, how)| Some((*what, (*path)?, *how)))
        .collect();
    for (i, &(first, a, _)) in given.iter().enumerate() {
        for &(second, b, how) in &given[i + 1..] {
            // Two may well go to the same device.
            if how == Use::Write && real(a) == real(b) && !real(a).starts_with("/dev") {
                let message = format!(
                    "{second} would replace {first}: both are {}; name another file",
                    b.display()
                );
                return Err(Failure::Arguments(message));
            }
        }
    }
    for (_, path, how) in given {
        if how == Use::Write {
            check_place(path)?;
        }
    }
    Ok(())
}

/// Writes a table as [`write_file`] writes a file, packed by gzip if its name ends in `.gz`.
pub fn write_table(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), chainrule_learn::Error> {
    write_file(path, |out| {
        if !path.extension().is_some_and(|end| end.eq_ignore_ascii_case("gz")) {
            return write(out);
        }
        let mut packed = GzEncoder::new(out, Compression::default());
        write(&mut packed)?;
        packed.finish().map(drop)
    })
}

/// The same file has the same path here, however it was written.
pub fn real(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok();
    let joined = folder.zip(path.file_name()).map(|(folder, file)| folder.join(file));
    path.canonicalize()
        .ok()
        .or(joined)
        .unwrap_or_else(|| path.to_path_buf())
}
