//! The same run elsewhere: as a command, as a program, as a model file.

use chainrule_playground::{Run, command_line, model, rust_program};
use maud::html;

use crate::{page::File, part::Part};

/// The code of a run and its model to keep.
pub(super) fn part(run: &Run) -> Part {
    let command = command_line(run);
    let program = rust_program(run);
    Part::new("div", "code")
        .with("class", "code")
        .html(html! { h2 { "The same choices on the command line" } })
        .html(html! { pre tabindex="0" { code { (command) } } })
        .html(html! { h2 { "The same training as a Rust program" } })
        .html(html! { pre tabindex="0" { code { (program) } } })
        .html(html! {
            p {
                button.main type="button" data-save="model" { "Save the model" } " "
                span.muted { "as it is at this step: the model file of " code { "chainrule fit" } ", for " code { "chainrule predict" } " and the others." }
            }
        })
}

/// A file of a run as it stands: its model.
pub(super) fn file(run: &Run, name: &str) -> Option<File> {
    if name != "model" {
        return None;
    }
    let model = model(run).ok()?;
    Some(File {
        name: "model.safetensors".to_string(),
        media_type: "application/octet-stream",
        bytes: model.to_bytes().ok()?,
    })
}
