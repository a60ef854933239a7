//! Flags in a file: `chainrule fit --config FILE` reads them, and every `fit` writes those it used.
//!
//! Both follow from clap's own description of the command, so a new flag is a new key. What a file says becomes words
//! before those of the command line, which win; they are then parsed together as if somebody had typed them all.

use crate::{
    Arguments,
    columns::{Names, quoted_name},
    failure::Failure,
    fit::Widths,
    numbers::with_messages,
};
use chainrule_table::message::nearest;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, parser::ValueSource};
use std::{any::TypeId, ffi::OsString, fs, io::ErrorKind, path::Path};
use toml::{Value, de::DeTable};

/// The command that has files of flags.
const COMMAND: &str = "fit";
/// What a file cannot say: where it is itself.
const NO_KEYS: [&str; 4] = ["help", "version", "config", "write_config"];
/// How a run was watched, which is not written: it changes nothing of what comes out.
const NOT_WRITTEN: [&str; 5] = ["json", "quiet", "resume", "threads", "checkpoint"];
/// More than any flags need.
const MOST_BYTES: u64 = 1 << 20;

/// The words of a command line with those of the file that `--config` names, if it does.
pub fn complete(words: Vec<OsString>) -> Result<Vec<OsString>, Failure> {
    let Some(place) = words.iter().position(|word| word == COMMAND) else {
        return Ok(words);
    };
    let (before, after) = words.split_at(place + 1);
    let is_option = |word: &&OsString| *word != "--";
    let mut options = after.iter().take_while(is_option);
    let asks = |word: &OsString| word == "--config" || word.to_string_lossy().starts_with("--config=");
    if !options.any(asks) {
        return Ok(words);
    }
    // What is wrong with the words is said when they are parsed in earnest.
    let lenient = lenient();
    let Ok(matches) = lenient.clone().try_get_matches_from(&words) else {
        return Ok(words);
    };
    let Some((COMMAND, given)) = matches.subcommand() else {
        return Ok(words);
    };
    let Some(path) = given.get_raw("config").and_then(|mut values| values.next()) else {
        return Ok(words);
    };
    let path = Path::new(path);
    let name = path.display().to_string();
    let added = added(&name, &read(path, &name)?, &lenient, given)?;
    Ok([before, &added, after].concat())
}

/// The words of a file's text, when nothing else was typed than the command.
pub fn words_of(name: &str, text: &str) -> Result<Vec<OsString>, Failure> {
    let lenient = lenient();
    let matches = lenient.clone().try_get_matches_from([COMMAND, COMMAND]);
    let matches = matches.map_err(|error| Failure::Arguments(error.to_string()))?;
    match matches.subcommand() {
        Some((COMMAND, given)) => added(name, text, &lenient, given),
        _ => Ok(vec![]),
    }
}

/// All commands, but what must be given need not: it may be in a file.
fn lenient() -> Command {
    with_messages(Arguments::command()).mut_subcommand(COMMAND, |fit| fit.mut_args(|arg| arg.required(false)))
}

fn read(path: &Path, name: &str) -> Result<String, Failure> {
    let fail = |why: String| Failure::Work(format!("{name} could not be read: {why}"));
    let why = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "there is no such file; check the name and the folder".to_string(),
        kind => kind.to_string(),
    };
    let about = fs::metadata(path).map_err(|error| fail(why(error)))?;
    if about.len() > MOST_BYTES {
        return Err(fail(format!("it has {} bytes, which no flags need", about.len())));
    }
    fs::read_to_string(path).map_err(|error| fail(why(error)))
}

/// The words that the text of a file adds to those that are given.
fn added(name: &str, text: &str, lenient: &Command, given: &ArgMatches) -> Result<Vec<OsString>, Failure> {
    let line = |place: usize| 1 + text.bytes().take(place).filter(|byte| *byte == b'\n').count();
    let fault = |place: usize, why: String| Failure::Arguments(format!("{name}, line {}: {why}", line(place)));
    let parse = |error: toml::de::Error| {
        let place = error.span().map_or(0, |span| span.start);
        fault(place, error.message().trim_end().to_string())
    };
    let places = DeTable::parse(text).map_err(parse)?;
    let values: toml::Table = toml::from_str(text).map_err(parse)?;
    let mut command = lenient.clone();
    command.build();
    let Some(fit) = command.find_subcommand(COMMAND) else {
        return Ok(vec![]);
    };
    let keys: Vec<(String, &Arg)> = keys(fit).collect();
    // In the order of the file.
    let mut found: Vec<(usize, &str)> = places
        .get_ref()
        .keys()
        .map(|key| (key.span().start, key.get_ref().as_ref()))
        .collect();
    found.sort();
    let mut added = vec![];
    for (place, key) in found {
        let Some((_, arg)) = keys.iter().find(|(known, _)| known == key) else {
            let hint = match nearest(key, keys.iter().map(|(known, _)| known.as_str())) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "`chainrule fit --help` lists what there is".to_string(),
            };
            return Err(fault(place, format!("there is no `{key}`; {hint}")));
        };
        let value = values.get(key).unwrap_or(&Value::Boolean(false));
        let words = words(key, arg, value).map_err(|why| fault(place, format!("`{key}` {why}")))?;
        // Each is tried alone, for a message with its line.
        let line = [COMMAND, COMMAND].map(OsString::from).into_iter().chain(words.clone());
        if let Err(error) = lenient.clone().try_get_matches_from(line) {
            let message = error.to_string();
            let paragraphs = message.split("\n\n").take_while(|part| !part.starts_with("Usage"));
            let message = paragraphs.filter(|part| !part.contains("For more information"));
            let message = message.collect::<Vec<_>>().join("; ");
            let message = message.trim().trim_start_matches("error: ");
            return Err(fault(place, message.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        // The command line wins, also where it says what excludes this.
        let over = |(_, other): &(String, &Arg)| is_given(given, other) && exclude(fit, arg, other);
        if !is_given(given, arg) && !keys.iter().any(over) {
            added.extend(words);
        }
    }
    Ok(added)
}

/// The flags that a file can have, by name; the table is one of them.
fn keys(fit: &Command) -> impl Iterator<Item = (String, &Arg)> {
    fit.get_arguments()
        .filter(|arg| !NO_KEYS.contains(&arg.get_id().as_str()))
        .map(|arg| {
            let name = arg.get_long().unwrap_or(arg.get_id().as_str());
            (name.to_string(), arg)
        })
}

/// Whether somebody said it.
fn is_given(given: &ArgMatches, arg: &Arg) -> bool {
    given.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
}

/// Whether one of two flags excludes the other.
fn exclude(fit: &Command, a: &Arg, b: &Arg) -> bool {
    let excludes = |a: &Arg, b: &Arg| !a.is_global_set() && fit.get_arg_conflicts_with(a).contains(&b);
    excludes(a, b) || excludes(b, a)
}

/// A value as words of a command line.
fn words(key: &str, arg: &Arg, value: &Value) -> Result<Vec<OsString>, String> {
    let kind = value.type_str();
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    };
    let word = |text: String| match arg.is_positional() {
        true => OsString::from(text),
        false => OsString::from(format!("--{key}={text}")),
    };
    if !arg.get_action().takes_values() {
        return match value {
            Value::Boolean(true) => Ok(vec![format!("--{key}").into()]),
            Value::Boolean(false) => Ok(vec![]),
            _ => Err(format!("is true or false, not of the type {kind}")),
        };
    }
    if let Some(text) = text(value) {
        return Ok(vec![word(text)]);
    }
    let several = value
        .as_array()
        .map(|all| all.iter().map(text).collect::<Option<Vec<_>>>());
    match (several.flatten(), arg.get_action()) {
        // Names in a list are taken as they are.
        (Some(texts), _) if is_a::<Names>(arg) => Ok(texts.iter().map(|name| word(quoted_name(name))).collect()),
        (Some(texts), ArgAction::Append) => Ok(texts.into_iter().map(word).collect()),
        (Some(texts), _) if is_a::<Widths>(arg) => Ok(vec![word(texts.join(","))]),
        _ => Err(format!("cannot be of the type {kind}; write a text or a number")),
    }
}

fn is_a<T: 'static>(arg: &Arg) -> bool {
    arg.get_value_parser().type_id() == TypeId::of::<T>()
}

/// The flags of a run as a file that does the same again; nothing when the command has no such file, or a word is no text.
pub fn used(matches: &ArgMatches) -> Option<String> {
    let (COMMAND, given) = matches.subcommand()? else {
        return None;
    };
    let mut command = Arguments::command();
    command.build();
    let fit = command.find_subcommand(COMMAND)?;
    let mut text = format!(
        "# What `chainrule fit` (version {}) was told; `chainrule fit --config FILE` does it again.\n",
        env!("CARGO_PKG_VERSION")
    );
    let keys: Vec<(String, &Arg)> = keys(fit).collect();
    for (key, arg) in keys
        .iter()
        .filter(|(_, arg)| !NOT_WRITTEN.contains(&arg.get_id().as_str()))
    {
        let id = arg.get_id().as_str();
        // A default that was pushed aside.
        let aside = |(_, other): &(String, &Arg)| is_given(given, other) && exclude(fit, arg, other);
        if !is_given(given, arg) && keys.iter().any(aside) {
            continue;
        }
        let value = match arg.get_action() {
            action if !action.takes_values() => given.get_flag(id).then_some(Value::Boolean(true)),
            action => match given.get_raw(id) {
                None => None,
                Some(raw) => {
                    let texts: Vec<&str> = raw.map(|text| text.to_str()).collect::<Option<_>>()?;
                    written(arg, action, &texts)
                }
            },
        };
        if let Some(value) = value {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    Some(text)
}

/// Words of a command line as a value: numbers and lists of them where the flag takes no other text.
fn written(arg: &Arg, action: &ArgAction, texts: &[&str]) -> Option<Value> {
    let is_whole = is_a::<usize>(arg) || is_a::<u64>(arg) || is_a::<u16>(arg);
    // Whole numbers that TOML does not have, above 2⁶³, stay texts.
    let whole = |text: &str| text.parse().map_or_else(|_| Value::from(text), Value::Integer);
    let number = |text: &str| text.parse().map_or_else(|_| Value::from(text), Value::Float);
    let one = |text: &&str| match whole(text) {
        Value::Integer(number) if is_whole || is_a::<f64>(arg) => Value::Integer(number),
        _ if is_a::<f64>(arg) => number(text),
        _ => Value::from(*text),
    };
    match (action, texts) {
        (_, []) => None,
        (_, texts) if is_a::<Names>(arg) => {
            let names = texts.iter().filter_map(|text| text.parse::<Names>().ok());
            Some(Value::Array(
                names.flat_map(Names::into_list).map(Value::from).collect(),
            ))
        }
        // There is one target as a rule.
        (ArgAction::Append, [only]) if arg.get_id() == "target" => Some(one(only)),
        (ArgAction::Append, texts) => Some(Value::Array(texts.iter().map(one).collect())),
        (_, [text]) if is_a::<Widths>(arg) => {
            let widths = text.split(',').map(str::trim).filter(|width| !width.is_empty());
            Some(Value::Array(widths.map(whole).collect()))
        }
        (_, [.., last]) => Some(one(last)),
    }
}
