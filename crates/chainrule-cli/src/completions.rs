//! `chainrule completions`: what a shell needs to complete commands and options, from the command list.

use crate::failure::Failure;
use clap::CommandFactory;
use std::io::{Write, stdout};

/// Print what a shell needs to complete commands and options
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule completions bash > ~/.local/share/bash-completion/completions/chainrule
  chainrule completions zsh > ~/.zfunc/_chainrule
  chainrule completions fish > ~/.config/fish/completions/chainrule.fish")]
pub struct Arguments {
    /// The shell
    shell: clap_complete::Shell,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let mut text = vec![];
        clap_complete::generate(self.shell, &mut crate::Arguments::command(), "chainrule", &mut text);
        let mut out = stdout().lock();
        out.write_all(&text)?;
        out.flush()?;
        Ok(())
    }
}
