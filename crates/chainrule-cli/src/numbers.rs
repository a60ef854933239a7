//! Numbers on the command line, with messages for people.

use clap::Command;
use std::{any::TypeId, str::FromStr};

/// The commands whose numbers have no limits of their own that the parser knows.
const COMMANDS: [&str; 2] = ["fit", "data"];

/// The commands, with messages for people where an argument is not the number that it should be.
pub fn with_messages(program: Command) -> Command {
    COMMANDS.into_iter().fold(program, |program, name| {
        program.mut_subcommand(name, |command| {
            command.mut_args(|arg| {
                let kind = arg.get_value_parser().type_id();
                match kind {
                    _ if kind == TypeId::of::<usize>() => arg.value_parser(whole::<usize>),
                    _ if kind == TypeId::of::<u64>() => arg.value_parser(whole::<u64>),
                    _ if kind == TypeId::of::<u32>() => arg.value_parser(whole::<u32>),
                    _ if kind == TypeId::of::<f64>() => arg.value_parser(number),
                    _ => arg,
                }
            })
        })
    })
}

fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| {
        match !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            true => "it is too large",
            false => "write a whole number from 0 on",
        }
        .to_string()
    })
}

fn number(text: &str) -> Result<f64, String> {
    let message = "write a number, such as 0.01";
    text.parse().map_err(|_| message.to_string())
}
