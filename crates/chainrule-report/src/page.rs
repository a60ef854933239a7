//! The frame of the page: its head, its sections in order, its foot.

use chainrule_learn::Model;
use chainrule_picture::Picture;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{answer, comparison, data, judgement, training, usage, warnings};

/// Where a model came from and lies now, as far as it is known: the model itself does not say.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The model's file, for the commands that use it; `model.safetensors` when not given.
    pub model: Option<String>,
    /// The command that made it.
    pub command: Option<String>,
}

/// The page about a model: one self-contained HTML document.
///
/// The same model and origin give the same bytes.
pub fn report(model: &Model, origin: &Origin) -> String {
    let record = model.record();
    let target = record.options.target_names();
    let sections: [(&str, &str, Markup); 7] = [
        ("answer", "The answer", answer::section(model)),
        ("warnings", "What may be wrong", warnings::section(model)),
        ("models", "Is the network worth having?", comparison::section(model)),
        ("judgement", "How good it is", judgement::section(model)),
        ("data", "What it was told", data::section(model)),
        ("training", "How it learned", training::section(model)),
        ("use", "Using it, and making it again", usage::section(model, origin)),
    ];
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                // Nothing is ever fetched or run, whatever a table's names may hold.
                meta http-equiv="Content-Security-Policy" content=(include_str!("policy.txt"));
                title { "Predicting " (target) " from " (record.data) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                header {
                    p.kicker { "chainrule report" }
                    h1 { "Predicting " em { (target) } " from " em { (record.data) } }
                    (answer::lead(model))
                    nav aria-label="Sections" {
                        @for (id, title, _) in &sections { a href={ "#" (id) } { (title) } }
                    }
                }
                main {
                    @for (id, title, content) in &sections {
                        section id=(id) aria-labelledby={ (id) "-title" } {
                            h2 id={ (id) "-title" } { (title) }
                            (content)
                        }
                    }
                }
                footer {
                    p { "Made by chainrule " (record.version) ". This page is a single file: it fetches nothing and runs nothing." }
                }
            }
        }
    };
    page.into_string()
}

/// A picture with a line below it.
pub(crate) fn figure(picture: &Picture, caption: &str) -> Markup {
    html! {
        figure {
            (PreEscaped(picture.svg()))
            @if !caption.is_empty() { figcaption { (caption) } }
        }
    }
}

/// A table with a head; every column after the first is of numbers when `numbers` says so.
pub(crate) fn table(head: &[Markup], rows: &[Vec<Markup>], numbers: bool) -> Markup {
    let class = if numbers { "numbers" } else { "" };
    html! {
        div.wide {
            table class=(class) {
                thead { tr { @for cell in head { th scope="col" { (cell) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (k, cell) in row.iter().enumerate() {
                                @if k == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Plain words as the head of a table.
pub(crate) fn words(words: &[&str]) -> Vec<Markup> {
    words.iter().map(|word| html! { (word) }).collect()
}
