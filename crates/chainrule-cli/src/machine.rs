//! How much of the machine is used: threads, and for tests and measurements the vector instructions. No result depends on
//! either.

use crate::{failure::Failure, output::printable};
use chainrule::InstructionSet;
use std::env::{self, VarError};

/// The most threads that can be asked for.
pub const MOST_THREADS: i64 = 1024;

/// Takes so many threads, or as many as `CHAINRULE_THREADS` says, or as many as the machine has; and the instructions that
/// `CHAINRULE_INSTRUCTIONS` names, or the best.
pub fn choose(threads: Option<u16>) -> Result<(), Failure> {
    if let Some(name) = variable("CHAINRULE_INSTRUCTIONS")? {
        let sets = InstructionSet::available();
        let Some(set) = sets.iter().find(|set| set.name() == name) else {
            let names: Vec<&str> = sets.iter().map(|set| set.name()).collect();
            return Err(Failure::Arguments(format!(
                "CHAINRULE_INSTRUCTIONS is `{}`; this machine has {}",
                printable(&name),
                names.join(", ")
            )));
        };
        set.force();
    }
    let named = match variable("CHAINRULE_THREADS")? {
        Some(text) => match text.parse::<i64>() {
            Ok(count @ 1..=MOST_THREADS) => Some(count as usize),
            _ => {
                return Err(Failure::Arguments(format!(
                    "CHAINRULE_THREADS is `{}`; write a whole number from 1 to {MOST_THREADS}",
                    printable(&text)
                )));
            }
        },
        None => None,
    };
    if let Some(count) = threads.map(usize::from).or(named) {
        chainrule::set_threads(count);
    }
    Ok(())
}

/// What a variable of the environment says; nothing when it is empty.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(text) => Ok((!text.is_empty()).then_some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(text)) => Err(Failure::Arguments(format!("{name} is {text:?}, which is no text"))),
    }
}
