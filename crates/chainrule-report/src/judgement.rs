//! Every judgement on the test rows, with its picture.

use chainrule_learn::{Judgement, METRICS, Model, Task, metrics::figure_of};
use chainrule_picture::{Picture, number::brief};
use maud::{Markup, html};

use crate::{
    page::{self, table, words},
    words::{many, percent},
};

pub(crate) fn section(model: &Model) -> Markup {
    let judgement = &model.record().judgement;
    html! {
        p {
            "All figures are of the " (many(judgement.rows.test, "test row", "test rows")) ", which were looked at once, after everything \
             had been decided."
        }
        (figures(judgement))
        (targets(judgement))
        (classes(judgement))
        (mistaken(judgement))
        @if let Some(matrix) = judgement.confusion_picture().filter(|_| has_many_classes(judgement)) {
            div.large { (page::figure(&matrix, MATRIX)) }
        }
        div.pictures {
            @for (picture, caption) in pictures(judgement) { (page::figure(&picture, caption)) }
        }
        (coverage(judgement))
        (importance(judgement))
    }
}

/// How to read a confusion matrix.
const MATRIX: &str = "Rows: the truth. Columns: what the model said. Everything off the diagonal is an error.";

/// Every other picture there is, each with how to read it.
fn pictures(judgement: &Judgement) -> Vec<(Picture, &'static str)> {
    const ACTUAL: &str = "Each point is a test row. On the diagonal the answer is right.";
    const RESIDUALS: &str =
        "What is left of the truth when the answer is taken away. A bend or a funnel says that something was missed.";
    let of_targets = judgement.targets.iter().take(MOST_TARGETS_DRAWN).flat_map(|target| {
        let (actual, residuals) = (target.predicted_and_actual_picture(), target.residuals_picture());
        [(actual, ACTUAL), (residuals, RESIDUALS)]
    });
    let all = [
        (
            judgement.confusion_picture().filter(|_| !has_many_classes(judgement)),
            MATRIX,
        ),
        (
            judgement.roc_picture(),
            "For every threshold: the share of a class that is found, over the share of others taken for it. The diagonal is guessing.",
        ),
        (
            judgement.precision_recall_picture(),
            "For every threshold: how many of those named are right, over how many of the class are found.",
        ),
        (
            judgement.calibration_picture(),
            "How often it came true, over how probable the model said it was. On the diagonal probabilities can be taken at their word.",
        ),
        (judgement.predicted_and_actual_picture(), ACTUAL),
        (judgement.residuals_picture(), RESIDUALS),
    ];
    let importance = (
        judgement.importance_picture(),
        "How much is lost when the cells of one column change places.",
    );
    all.into_iter()
        .chain(of_targets)
        .chain([importance])
        .filter_map(|(picture, caption)| Some((picture?, caption)))
        .collect()
}

fn figures(judgement: &Judgement) -> Markup {
    let rows: Vec<Vec<Markup>> = METRICS
        .iter()
        .filter_map(|metric| {
            let (own, trivial) = (judgement.test.get(metric.name)?, judgement.baseline.get(metric.name));
            Some(vec![
                html! { (figure_of(metric.name, judgement.targets.len())) span.doc { (metric.doc) "; " @if metric.more_is_better { "more" } @else { "less" } " is better" } },
                html! { (brief(*own)) },
                html! { (trivial.map_or("–".to_string(), |trivial| brief(*trivial))) },
            ])
        })
        .collect();
    table(&words(&["figure", "model", "guessing"]), &rows, true)
}

/// The most targets whose answers are drawn.
const MOST_TARGETS_DRAWN: usize = 12;

/// Each of several targets by itself.
fn targets(judgement: &Judgement) -> Markup {
    let optional = |figure: Option<&f64>| figure.map_or("–".to_string(), |figure| brief(*figure));
    let rows: Vec<Vec<Markup>> = (judgement.targets.iter())
        .map(|target| {
            let own = |name: &str| optional(target.test.get(name));
            let trivial = |name: &str| optional(target.baseline.get(name));
            vec![
                html! { (target.name) },
                html! { (own("r2")) },
                html! { (own("rmse")) },
                html! { (trivial("rmse")) },
                html! { (own("mae")) },
                html! { (trivial("mae")) },
                html! { (target.coverage.map_or("–".to_string(), |coverage| format!("± {}", brief(coverage.size / 2.0)))) },
                html! { (target.coverage.map_or("–".to_string(), |coverage| percent(coverage.observed))) },
            ]
        })
        .collect();
    let promised = judgement
        .targets
        .iter()
        .find_map(|target| target.coverage)
        .map(|coverage| coverage.promised);
    html! {
        @if !rows.is_empty() {
            h3 { "Target by target" }
            (table(&words(&["target", "r2", "rmse", "guessing", "mae", "guessing", "interval", "held"]), &rows, true))
            p.note {
                "Guessing: always saying the mean of the training rows. rmse, mae and intervals are in the unit of each target, r2 has none: \
                 so its mean is what the models are compared by."
                @if let Some(promised) = promised {
                    " Each interval is promised to hold the truth with a probability of " (percent(promised))
                    "; held is the share of the test rows for which it did. Each promise is for its target alone, not for all of them \
                     at once."
                }
            }
        }
    }
}

fn classes(judgement: &Judgement) -> Markup {
    let optional = |value: Option<f64>| value.map_or("–".to_string(), brief);
    let rows: Vec<Vec<Markup>> = judgement
        .classes
        .iter()
        .map(|class| {
            vec![
                html! { (class.class) },
                html! { (class.rows) },
                html! { (brief(class.precision)) },
                html! { (brief(class.recall)) },
                html! { (brief(class.f1)) },
                html! { (optional(class.roc_auc)) },
                html! { (optional(class.average_precision)) },
            ]
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            h3 { "Class by class" }
            (table(&words(&["class", "rows", "precision", "recall", "F1", "ROC area", "average precision"]), &rows, true))
            p.note {
                "Precision: of the rows given this class, the share that is of it. Recall: of the rows of this class, the share that was \
                 given it. F1 is their harmonic mean. ROC area: how often a row of the class gets a higher probability of it than a \
                 row of another."
            }
        }
    }
}

/// Whether the matrix of all classes needs a line of its own.
fn has_many_classes(judgement: &Judgement) -> bool {
    let classes = judgement
        .confusion
        .as_ref()
        .map_or(0, |confusion| confusion.classes.len());
    classes > MANY_CLASSES
}

/// With more classes than this nobody finds the large numbers in a table of all pairs.
const MANY_CLASSES: usize = 10;
/// The most pairs of classes that are named.
const MOST_PAIRS: usize = 10;

/// Of many classes, which were taken for which most often.
fn mistaken(judgement: &Judgement) -> Markup {
    let Some(confusion) = judgement.confusion.as_ref().filter(|_| has_many_classes(judgement)) else {
        return html! {};
    };
    let named = || confusion.classes.iter().enumerate();
    let pairs = named().zip(&confusion.counts).flat_map(|((truth, name), counts)| {
        let others = named()
            .zip(counts)
            .filter(move |((said, _), count)| *said != truth && **count > 0);
        let all: usize = counts.iter().sum();
        others.map(move |((_, said), count)| (*count, all, name, said))
    });
    let mut pairs: Vec<(usize, usize, &String, &String)> = pairs.collect();
    pairs.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
    let (all, rows) = (pairs.len(), pairs.iter().take(MOST_PAIRS));
    let rows: Vec<Vec<Markup>> = rows
        .map(|(count, all, truth, said)| {
            vec![
                html! { (truth) },
                html! { (said) },
                html! { (count) " of " (many(*all, "row", "rows")) },
            ]
        })
        .collect();
    html! {
        @if !rows.is_empty() {
            h3 { "Most often mistaken" }
            (table(&words(&["the truth", "what the model said", "how often"]), &rows, false))
            @if all > MOST_PAIRS { p.note { "And " (many(all - MOST_PAIRS, "pair", "pairs")) " less often." } }
        }
    }
}

fn coverage(judgement: &Judgement) -> Markup {
    let Some(coverage) = &judgement.coverage else {
        return html! {};
    };
    html! {
        h3 { "What can be promised" }
        p {
            @match judgement.task {
                Task::Regression => {
                    "Each answer comes with an interval of width " (brief(coverage.size)) ", promised to hold the truth with a \
                     probability of " (percent(coverage.promised)) ". On the test rows " (percent(coverage.observed)) " did."
                }
                Task::Classification => {
                    "Each answer comes with a set of classes, promised to hold the right one with a probability of "
                    (percent(coverage.promised)) ". On the test rows " (percent(coverage.observed)) " did, with "
                    (brief(coverage.size)) " classes in a set on average"
                    @if coverage.empty > 0 { "; " (many(coverage.empty, "set is", "sets are")) " empty: no class is likely there" }
                    "."
                }
            }
            " The promise holds for rows that come as these did; it does not hold when the world changes."
        }
    }
}

fn importance(judgement: &Judgement) -> Markup {
    let Some(importance) = &judgement.importance else {
        return html! {};
    };
    let rows: Vec<Vec<Markup>> = importance
        .columns
        .iter()
        .map(|column| {
            vec![
                html! { (column.column) },
                html! { (brief(column.mean)) },
                html! { "± " (brief(column.spread)) },
            ]
        })
        .collect();
    html! {
        h3 { "Which columns it needs" }
        p {
            "How far " (figure_of(&importance.figure, judgement.targets.len())) " falls when the cells of one column change places among "
            (many(importance.rows, "row", "rows")) ", " (many(importance.repeats, "time", "times"))
            ". Columns that say the same share what they matter; what matters to the model need not be a cause of anything."
        }
        details open[rows.len() <= 12] {
            summary { "All " (rows.len()) " columns" }
            (table(&words(&["column", "mean fall", "spread"]), &rows, true))
        }
    }
}
