//! The answer: what the model gets right on rows it had not seen, beside guessing.

use chainrule_learn::{Judgement, Model, Task};
use chainrule_picture::number::brief;
use maud::{Markup, html};

use crate::words::{confidence, many, percent};

/// What was asked, in a sentence below the title.
pub(crate) fn lead(model: &Model) -> Markup {
    let record = model.record();
    let rows = &record.judgement.rows;
    let columns = model.encoder().features().len();
    let kind = match (record.judgement.task, model.targets().len()) {
        (Task::Classification, _) => "a class",
        (Task::Regression, 1) => "a number",
        (Task::Regression, _) => "all of them numbers",
    };
    html! {
        p.lead {
            "Can " (record.options.target_names()) ", " (kind) ", be told from " (many(columns, "other column", "other columns")) "? "
            (many(rows.train.saturating_add(rows.validation), "row", "rows")) " were learned from, "
            @if rows.compared > 0 { (many(rows.compared, "row", "rows")) " were kept apart to compare models by, " }
            (many(rows.test, "row", "rows")) " were kept aside to judge by."
        }
    }
}

/// The figures that matter most, large.
pub(crate) fn section(model: &Model) -> Markup {
    let judgement = &model.record().judgement;
    let cards = match judgement.task {
        Task::Classification => classes(judgement),
        Task::Regression if judgement.targets.is_empty() => numbers(judgement),
        Task::Regression => targets(judgement),
    };
    html! {
        div.cards {
            @for Card { figure, what, beside } in &cards {
                div.card {
                    p.figure { (figure) }
                    p.what { (what) }
                    p.beside { (beside) }
                }
            }
            @if let Some(coverage) = &judgement.coverage {
                div.card {
                    p.figure { (percent(coverage.observed)) }
                    p.what {
                        @match judgement.task {
                            Task::Regression => { "of the intervals around its answers hold the truth; they are " (brief(coverage.size)) " wide" }
                            Task::Classification => { "of its sets of classes hold the right one; a set has " (brief(coverage.size)) " classes on average" }
                        }
                    }
                    p.beside { (percent(coverage.promised)) " was promised" }
                }
            }
        }
    }
}

struct Card {
    figure: String,
    what: String,
    beside: String,
}

fn classes(judgement: &Judgement) -> Vec<Card> {
    let (Some(own), trivial) = (judgement.test.get("accuracy"), judgement.baseline.get("accuracy")) else {
        return vec![];
    };
    let rows = judgement.rows.test;
    let between = confidence(own * rows as f64, rows).map_or(String::new(), |(low, high)| {
        format!("; on other such rows probably {} to {}", percent(low), percent(high))
    });
    let beside = trivial.map_or(String::new(), |trivial| {
        format!("{} by always saying the most frequent class", percent(*trivial))
    });
    vec![Card {
        figure: percent(*own),
        what: format!(
            "of {} that it had not seen are given the right class{between}",
            many(rows, "row", "rows")
        ),
        beside,
    }]
}

/// The most targets that have a figure of their own here.
const MOST_TARGETS: usize = 4;

/// Of several targets all together, and the first of them.
fn targets(judgement: &Judgement) -> Vec<Card> {
    let explained = judgement.test.get("r2").map(|r2| Card {
        figure: if *r2 > 0.0 { percent(*r2) } else { brief(*r2) },
        what: format!(
            "{} (mean r2 of {} targets)",
            match *r2 > 0.0 {
                true => "of the differences between rows are explained",
                false => "is what it explains: the means of the training rows answer better",
            },
            judgement.targets.len()
        ),
        beside: "0 by always saying the means".to_string(),
    });
    let off = judgement.targets.iter().take(MOST_TARGETS).filter_map(|target| {
        let trivial = target.baseline.get("mae").map(|trivial| brief(*trivial));
        Some(Card {
            figure: format!("± {}", brief(*target.test.get("mae")?)),
            what: format!(
                "is how far its answers of {} for {} that it had not seen are off, on average",
                target.name,
                many(judgement.rows.test, "row", "rows")
            ),
            beside: trivial.map_or(String::new(), |trivial| {
                format!("± {trivial} by always saying the mean")
            }),
        })
    });
    explained.into_iter().chain(off).collect()
}

fn numbers(judgement: &Judgement) -> Vec<Card> {
    let beside = |name: &str| judgement.baseline.get(name).map(|trivial| brief(*trivial));
    let mut cards = vec![];
    if let Some(own) = judgement.test.get("mae") {
        cards.push(Card {
            figure: format!("± {}", brief(*own)),
            what: format!(
                "is how far its answers for {} that it had not seen are off, on average",
                many(judgement.rows.test, "row", "rows")
            ),
            beside: beside("mae").map_or(String::new(), |trivial| {
                format!("± {trivial} by always saying the mean")
            }),
        });
    }
    if let Some(own) = judgement.test.get("r2") {
        cards.push(match *own > 0.0 {
            true => Card {
                figure: percent(*own),
                what: "of the differences between rows are explained (r2)".to_string(),
                beside: "0 % by always saying the mean".to_string(),
            },
            false => Card {
                figure: brief(*own),
                what: "is its r2: the mean of the training rows answers better".to_string(),
                beside: "0 by always saying the mean".to_string(),
            },
        });
    }
    cards
}
