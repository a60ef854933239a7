//! What may be wrong, most important part first: what was seen, and what to do.

use chainrule_learn::Model;
use maud::{Markup, html};

pub(crate) fn section(model: &Model) -> Markup {
    let warnings = &model.record().judgement.warnings;
    html! {
        @if warnings.is_empty() {
            p.well {
                "Nothing was found. Looked for: columns that give the answer away, rows that are in two parts of the table, identifiers \
                 taken for numbers, classes with hardly a row, more weights than the rows can settle, a training that did not \
                 work, and figures that do not agree."
            }
        } @else {
            ul.warnings {
                @for warning in warnings {
                    li {
                        p.seen { (warning.seen) "." }
                        p { strong { "What to do: " } (warning.advice) "." }
                    }
                }
            }
        }
    }
}
