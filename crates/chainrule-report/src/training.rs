//! How the network learned: its losses, its weights.

use chainrule_learn::Model;
use maud::{Markup, html};

use crate::page;

/// A network with more inputs or wider layers is not drawn: nobody could read it.
const WIDEST_DRAWN: usize = 64;

pub(crate) fn section(model: &Model) -> Markup {
    let record = model.record();
    let widths = model.network().widths();
    html! {
        p { code { (model.network()) } }
        @if record.history.is_empty() {
            p { "A linear model has no epochs: its weights are the minimum of its loss, found directly." }
        } @else {
            p {
                "Trained for " (record.history.len()) " epochs; the weights are those of epoch " (record.best_epoch)
                ", the one with the smallest loss on the validation rows."
            }
            (page::figure(&model.loss_picture(), "The loss while it learned. Training stops when the validation loss no longer gets better."))
        }
        @if widths.iter().all(|width| *width <= WIDEST_DRAWN) {
            (page::figure(&model.network_picture(), "Every line is a weight: its width says how large, its color which sign."))
        } @else {
            p.note { "The network is too wide to be drawn; `chainrule show MODEL --picture FILE` draws it all the same." }
        }
    }
}
