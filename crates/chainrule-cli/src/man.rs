//! `chainrule man`: the manual, from the command list.

use crate::{
    failure::Failure,
    output::say,
    places::{Use, check_places},
};
use chainrule_learn::write_file;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::{
    io::{self, Write, stdout},
    path::PathBuf,
};

/// Print the manual page, or write one for each command
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule man | man -l -
  chainrule man --out ~/.local/share/man/man1")]
pub struct Arguments {
    /// A folder for all pages: chainrule.1, chainrule-fit.1, …
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let pages = pages()?;
        let Some(folder) = self.out else {
            let mut out = stdout().lock();
            for (_, page) in pages.iter().take(1) {
                out.write_all(page)?;
            }
            out.flush()?;
            return Ok(());
        };
        let places: Vec<PathBuf> = pages.iter().map(|(name, _)| folder.join(format!("{name}.1"))).collect();
        let all: Vec<_> = places.iter().map(|place| ("a page", Some(place), Use::Write)).collect();
        check_places(&all)?;
        for (place, (_, page)) in places.iter().zip(&pages) {
            write_file(place, |out| out.write_all(page))?;
        }
        say(&format!("wrote {} pages to {}", pages.len(), folder.display()));
        Ok(())
    }
}

/// The page of the program and one for each command, by name.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut program = crate::Arguments::command();
    program.build();
    let commands: Vec<Command> = program.get_subcommands().cloned().collect();
    let render = |name: String, command: Command| {
        let mut page = vec![];
        Man::new(command).title(name.clone()).render(&mut page)?;
        Ok((name, page))
    };
    let own = commands.into_iter().filter(|command| command.get_name() != "help");
    let own = own.map(|command| (format!("chainrule-{}", command.get_name()), command));
    std::iter::once(("chainrule".to_string(), program))
        .chain(own)
        .map(|(name, command)| render(name, command))
        .collect()
}
