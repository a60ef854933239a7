//! Files that are either whole or not there.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use crate::error::{Error, Result};

/// Writes a file under a temporary name beside its place and renames it, so that nobody ever sees half of it; an
/// existing file stays as it was when writing fails.
///
/// # Errors
/// When the folder does not exist, or the file cannot be written; the message names it.
pub fn write_file(path: impl AsRef<Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let path = path.as_ref();
    let fail = |error: io::Error| {
        let advice = match error.kind() {
            io::ErrorKind::NotFound => "; does its folder exist?",
            io::ErrorKind::PermissionDenied => "; choose a folder you may write to",
            _ => "",
        };
        Error::data(format!("{} could not be written: {error}{advice}", path.display()))
    };
    if path.is_dir() {
        return Err(Error::data(format!("{} is a folder; name a file", path.display())));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let temporary = tempfile::Builder::new()
        .prefix(".chainrule-")
        .tempfile_in(folder)
        .map_err(fail)?;
    let mut buffered = BufWriter::new(temporary.as_file());
    write(&mut buffered).map_err(fail)?;
    buffered.flush().map_err(fail)?;
    drop(buffered);
    temporary.as_file().sync_all().map_err(fail)?;
    readable(temporary.as_file()).map_err(fail)?;
    temporary.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Temporary files are private; a finished one is as readable as any other.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &File) -> io::Result<()> {
    Ok(())
}
