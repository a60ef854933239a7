//! What one looks at closely, below network and output.

use chainrule_picture::{Chart, Color, Heatmap, Histograms, Picture, confusion_matrix};
use chainrule_playground::{Directions, Finding, Histogram, History, LossSurface, Rows, Run};
use maud::html;

use super::{branches, code, stage::Stage};
use crate::{pages::picture::picture, part::Part};

/// What one looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Look {
    /// The course of the losses, of both branches.
    #[default]
    Loss,
    /// Which class was taken for which, and all figures of merit.
    Rows,
    /// How weights, gradients and activations are spread.
    Spread,
    /// The loss around the weights.
    Landscape,
    /// The run elsewhere.
    Code,
}

impl Look {
    const ALL: [(Look, &str, &str); 5] = [
        (Look::Loss, "loss", "Loss and findings"),
        (Look::Rows, "rows", "Right and wrong"),
        (Look::Spread, "spread", "Weights and gradients"),
        (Look::Landscape, "landscape", "Loss surface"),
        (Look::Code, "code", "As code"),
    ];

    pub(super) fn named(name: &str) -> Option<Look> {
        Look::ALL
            .iter()
            .find(|(_, known, _)| *known == name)
            .map(|(look, ..)| *look)
    }

    /// Whether it takes too long to be drawn with every picture of a training.
    pub(super) fn takes_time(self) -> bool {
        self == Look::Landscape
    }

    pub(super) fn name(self) -> &'static str {
        Look::ALL
            .iter()
            .find(|(look, ..)| *look == self)
            .map_or("loss", |(_, name, _)| name)
    }
}

/// The lower half of the page.
pub(super) fn closer(look: Look, stage: &Stage) -> Part {
    let tabs = Look::ALL.iter().fold(
        Part::new("div", "tabs")
            .with("class", "tabs")
            .with("role", "tablist")
            .with("aria-label", "What to look at"),
        |tabs, (known, name, text)| {
            tabs.html(html! {
                button type="button" role="tab" aria-selected=(if *known == look { "true" } else { "false" })
                    aria-controls="looked" data-send=(format!("look={name}")) { (text) }
            })
        },
    );
    Part::new("section", "closer")
        .with("class", "closer")
        .with("aria-label", "A closer look")
        .part(tabs)
        .part(stage.drawn().look.clone())
}

/// A closer look on its way.
pub(super) struct Looking {
    surface: Option<LossSurface>,
    parts: Vec<Part>,
    /// What was drawn before, where it is kept.
    kept: Option<Part>,
}

/// Cells along a side of the loss surface, and how far it reaches beside the length of the weights.
const SIDE: usize = 33;
/// The same while the training goes.
const QUICK_SIDE: usize = 17;
const SPAN: f64 = 1.0;
/// Points of the course of the training loss.
const MOST_POINTS: usize = 250;
/// Bins of a histogram.
const BINS: usize = 25;

impl Looking {
    pub(super) fn new(kept: Option<Part>) -> Looking {
        Looking {
            surface: None,
            parts: vec![],
            kept,
        }
    }

    /// Goes on until it is enough; whether all is drawn.
    pub(super) fn work(
        &mut self,
        look: Look,
        stage: &Stage,
        findings: &[Finding],
        enough: &mut dyn FnMut() -> bool,
    ) -> bool {
        if self.kept.is_some() {
            return true;
        }
        let run = stage.run();
        match look {
            Look::Loss => {
                self.put("loss-chart", &losses(run, stage.other()));
                self.parts.push(branches::panel(stage, findings));
            }
            Look::Rows => {
                if let Some(matrix) = matrix(run) {
                    self.put("matrix", &matrix);
                }
                self.parts.push(merits(run));
            }
            Look::Spread => match spread(run) {
                Some(drawn) => self.put("spread", &drawn),
                None => self
                    .parts
                    .push(nothing("The gradients cannot be computed at these weights.")),
            },
            Look::Landscape => {
                if self.surface.is_none() {
                    let side = if stage.is_quick() { QUICK_SIDE } else { SIDE };
                    // At the beginning there is no path yet.
                    let path = run.loss_surface(Directions::Path, SPAN, side);
                    self.surface = path
                        .or_else(|_| run.loss_surface(Directions::Random { seed: 0 }, SPAN, side))
                        .ok();
                }
                match &mut self.surface {
                    Some(surface) => {
                        if !surface.work(enough).unwrap_or(true) {
                            return false;
                        }
                        let (drawn, told) = (landscape(surface), around(surface, stage.is_quick()));
                        self.put("landscape", &drawn);
                        self.parts.push(told);
                    }
                    None => self
                        .parts
                        .push(nothing("The loss around these weights cannot be computed.")),
                }
            }
            Look::Code => self.parts.push(code::part(run)),
        }
        true
    }

    fn put(&mut self, id: &str, drawn: &Picture) {
        self.parts
            .push(Part::new("figure", format!("{id}-figure")).part(picture(id, drawn)));
    }

    pub(super) fn part(&mut self) -> Part {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        let looked = Part::new("div", "looked")
            .with("class", "looked")
            .with("role", "tabpanel");
        std::mem::take(&mut self.parts).into_iter().fold(looked, Part::part)
    }
}

/// What the two directions are.
fn around(surface: &LossSurface, quick: bool) -> Part {
    let [first, second] = surface.explained();
    let told = match first.is_finite() {
        true => format!(
            "The two directions in which the weights moved most: {:.0} % of their way lies along the first, {:.0} % along the \
             second. The weights as they are now stand where both are 0.",
            100.0 * first,
            100.0 * second
        ),
        false => "Two random directions, each neuron's part as long as the neuron's own weights. The weights as they are now \
                  stand where both are 0; once the training has gone some way, its path chooses the directions."
            .to_string(),
    };
    Part::new("p", "around")
        .with("class", "note")
        .html(html! {
            span { (told) @if quick { " While the training goes, it is drawn anew every so often, and coarsely; when it rests, finely." } }
        })
}

fn nothing(why: &str) -> Part {
    Part::new("p", "nothing")
        .with("class", "muted")
        .html(html! { span { (why) } })
}

/// The losses of a run and of the branch beside it, step by step.
fn losses(run: &Run, other: Option<&Run>) -> Picture {
    let mut chart = Chart::new("Loss by step")
        .x_label("step")
        .y_label("loss")
        .size(720.0, 330.0);
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    let mut seen = |values: &[f64]| {
        for value in values.iter().filter(|value| value.is_finite()) {
            (least, most) = (least.min(*value), most.max(*value));
        }
    };
    let course = |history: &History| -> [(Vec<f64>, Vec<f64>); 2] {
        let losses: Vec<(usize, f64)> = history.losses().collect();
        // Single batches are restless: where there are many, the mean of some of them says more.
        let steps = losses.chunks(losses.len().div_ceil(MOST_POINTS).max(1));
        let steps = steps.filter_map(|some| {
            let (last, _) = some.last()?;
            Some((
                *last as f64,
                some.iter().map(|(_, loss)| loss).sum::<f64>() / some.len() as f64,
            ))
        });
        let steps = steps.unzip();
        let epochs = history
            .epochs()
            .iter()
            .map(|epoch| (epoch.step as f64, epoch.validation_loss))
            .unzip();
        [steps, epochs]
    };
    if let Some(other) = other {
        let [train, validation] = course(other.history());
        seen(&validation.1);
        chart = chart
            .line("the other branch, training", &train.0, &train.1)
            .color(Color::Gray);
        chart = chart
            .line("the other branch, validation", &validation.0, &validation.1)
            .color(Color::Olive);
    }
    let [train, validation] = course(run.history());
    seen(&train.1);
    seen(&validation.1);
    chart = chart.line("training, by batches", &train.0, &train.1).color(Color::Sky);
    chart = chart
        .line("validation, each epoch", &validation.0, &validation.1)
        .color(Color::Vermilion);
    if run.at() < run.latest() {
        chart = chart.vertical_line(run.at() as f64, "shown");
    }
    if least > 0.0 && most / least > 10.0 {
        chart = chart.log_y();
    }
    let last = run.latest().max(other.map_or(0, Run::latest)).max(1);
    chart.x_range(0.0, last as f64).picture()
}

fn matrix(run: &Run) -> Option<Picture> {
    let counts = run.confusion(Rows::Validation).ok()?;
    let classes = run.data().classes();
    (!classes.is_empty()).then(|| confusion_matrix(classes, &counts).picture())
}

/// Every figure of merit, on both kinds of rows.
fn merits(run: &Run) -> Part {
    let (train, validation) = (run.figures(Rows::Train), run.figures(Rows::Validation));
    let panel = Part::new("div", "merits");
    let (Ok(train), Ok(validation)) = (train, validation) else {
        return panel.html(html! { p.muted { "The network's answers are no numbers." } });
    };
    panel.html(html! {
        table {
            thead { tr { th scope="col" { "figure" } th scope="col" { "training rows" } th scope="col" { "validation rows" } } }
            tbody {
                @for (name, value) in &validation {
                    tr {
                        th scope="row" { (name.replace('_', " ")) }
                        td { @if let Some(value) = train.get(name) { (chainrule_picture::number::brief(*value)) } }
                        td { (chainrule_picture::number::brief(*value)) }
                    }
                }
            }
        }
    })
}

fn spread(run: &Run) -> Option<Picture> {
    let spreads = run.spreads(BINS).ok()?;
    let of = |histogram: &Histogram| (histogram.from, histogram.to, histogram.counts.clone());
    let count = spreads.len();
    let title = "How the numbers of each layer are spread";
    let all = Histograms::new(title, &["weights", "gradients of the next batch", "activations"]);
    let rows = spreads.iter().enumerate().take(12);
    let drawn = rows.fold(all, |all, (layer, spread)| {
        let name = if layer + 1 == count {
            "output".to_string()
        } else {
            format!("layer {}", layer + 1)
        };
        all.row(
            name,
            &[of(&spread.weights), of(&spread.gradients), of(&spread.activations)],
        )
    });
    Some(drawn.picture())
}

fn landscape(surface: &LossSurface) -> Picture {
    let cells: Vec<&[f64]> = surface.values().chunks(surface.side().max(1)).rev().collect();
    let [[left, right], [low, high]] = surface.ranges();
    let (xs, ys): (Vec<f64>, Vec<f64>) = surface.path().iter().map(|[x, y]| (*x, *y)).unzip();
    let map = Heatmap::surface("The loss around the weights", (left, right), (low, high), &cells);
    let map = map.path("the way here", &xs, &ys).value_label("loss").log_values();
    map.x_label("along one direction")
        .y_label("along another")
        .size(640.0, 460.0)
        .picture()
}
