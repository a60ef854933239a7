//! Where the examples put their pictures.

use chainrule_picture::Picture;
use std::{env, fs, io, path::Path};

/// Writes a picture into the folder that was named on the command line, if any.
pub fn save(name: &str, picture: &Picture) -> io::Result<()> {
    if let Some(folder) = env::args().nth(1) {
        fs::create_dir_all(&folder)?;
        fs::write(Path::new(&folder).join(name), picture.svg())?;
    }
    Ok(())
}
