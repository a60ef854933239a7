//! What a command is given to read: a table, from a file, a data set or standard input, and a model.

use crate::failure::Failure;
use chainrule_learn::{Dataset, Error, Model, Reader, Table, open};
use std::{fs::File, io::Read, path::Path};

/// The table at a place: a file, the name of a data set, or `-` for standard input.
pub fn table(place: &Path, reader: &Reader) -> Result<Table, Failure> {
    match place.as_os_str() == "-" {
        true => Ok(reader
            .read_from("standard input", std::io::stdin())
            .map_err(Error::from)?),
        false => Ok(open(place, reader)?),
    }
}

/// So much of a file tells what it is.
const HEAD: u64 = 4096;

/// Loads a model. What is none is told by what it is instead: a table where the model should be is the commonest mistake.
/// `command` are the words of a command that takes a table after the model, and the table.
pub fn model(path: &Path, command: Option<(&str, &Path)>) -> Result<Model, Failure> {
    let Some(what) = other_than_model(path) else {
        return Ok(Model::load(path)?);
    };
    let name = path.display();
    Err(match command.filter(|(_, data)| looks_like_model(&head(data))) {
        Some((command, data)) => {
            let data = data.display();
            Failure::Arguments(format!(
                "{name} is {what}, and {data} a model; the model comes first: {command} {data} {name}"
            ))
        }
        None => Failure::Work(format!(
            "{name} is {what}, not a model; name the file that `chainrule fit` wrote"
        )),
    })
}

/// What a file is that is no model, when its start says so; nothing of a model, whole or damaged, and of no file.
fn other_than_model(path: &Path) -> Option<&'static str> {
    let is_data_set = path.to_str().is_some_and(|name| Dataset::named(name).is_ok());
    if !path.exists() {
        return is_data_set.then_some("a data set");
    }
    let head = head(path);
    let packed: [&[u8]; 2] = [&[0x1f, 0x8b], b"PAR1"];
    if packed.iter().any(|magic| head.starts_with(magic)) {
        return Some("a table");
    }
    // Text has no zeros, which the length at the start of a model has.
    let is_text = !head.is_empty() && !head.contains(&0) && head.contains(&b'\n');
    match path.extension().and_then(|end| end.to_str()) {
        _ if !is_text || looks_like_model(&head) => None,
        Some("toml") => Some("a file of flags, for `fit --config`"),
        Some("html") => Some("a page"),
        Some("rs") => Some("source code"),
        _ => Some("a table"),
    }
}

/// Whether a file starts as safetensors do: the length of a head of JSON, and the head.
fn looks_like_model(head: &[u8]) -> bool {
    head.get(4..8) == Some(&[0; 4]) && head.get(8) == Some(&b'{')
}

fn head(path: &Path) -> Vec<u8> {
    let mut head = vec![];
    // What cannot be read says so when it is read in earnest.
    if path.is_file()
        && let Ok(file) = File::open(path)
    {
        let _ = file.take(HEAD).read_to_end(&mut head);
    }
    head
}
