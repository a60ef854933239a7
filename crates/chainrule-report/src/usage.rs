//! How to use the model, and what makes it again.

use chainrule_learn::Model;
use maud::{Markup, html};

use crate::page::Origin;

pub(crate) fn section(model: &Model, origin: &Origin) -> Markup {
    let record = model.record();
    let file = quoted(origin.model.as_deref().unwrap_or("model.safetensors"));
    html! {
        p { "For rows whose " (record.options.target_names()) " nobody knows yet, in a table with the same columns:" }
        pre { code {
            "chainrule predict " (file) " new-rows.csv        # answers as a table\n"
            "chainrule evaluate " (file) " later-rows.csv     # is it still as good?\n"
            "chainrule show " (file) "                        # what is inside\n"
            "chainrule serve " (file) "                       # answers over HTTP\n"
            "chainrule export " (file) " --to onnx            # for other programs"
        } }
        h3 { "The same model again" }
        p {
            "chainrule " (record.version) ", seed " (record.options.seed) ": the same command on the same table gives the same file, to the \
             last bit, on any machine."
        }
        @if let Some(command) = &origin.command { pre { code { (command) } } }
    }
}

/// A word of a command line as a shell takes it.
///
/// ```
/// assert_eq!(chainrule_report::quoted("my model"), "'my model'");
/// ```
pub fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+:@%".contains(c);
    match !name.is_empty() && name.chars().all(plain) {
        true => name.to_string(),
        false => format!("'{}'", name.replace('\'', r"'\''")),
    }
}
