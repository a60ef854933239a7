//! The judgement beyond its figures: each class, probabilities, promised coverage, what columns matter.

use crate::output::{MOST_TARGETS, columns, cut, more_targets, short};
use chainrule_learn::{Judgement, metrics::figure_of};
use chainrule_table::message::count;
use serde_json::{Map, Value, json};

/// The most classes and columns that a person is shown.
const MOST_CLASSES: usize = 12;
const MOST_COLUMNS: usize = 12;

/// For a person, part by part with a line between.
pub fn text(judgement: &Judgement) -> String {
    let parts = [
        targets(judgement),
        classes(judgement),
        probabilities(judgement),
        coverage(judgement),
        importance(judgement),
    ];
    parts.into_iter().flatten().map(|part| format!("\n{part}")).collect()
}

/// As fields of the JSON object; those that a judgement does not have are left out.
pub fn json(judgement: &Judgement) -> Map<String, Value> {
    let mut object = Map::new();
    match judgement.calibration {
        Some(_) => {
            object.insert("classes".to_string(), json!(judgement.classes));
            object.insert("curves".to_string(), json!(judgement.curves));
            object.insert("calibration".to_string(), json!(judgement.calibration));
        }
        None if !judgement.targets.is_empty() => {}
        None => {
            object.insert("answers".to_string(), json!(judgement.answers));
        }
    }
    if !judgement.targets.is_empty() {
        object.insert("targets".to_string(), json!(judgement.targets));
    }
    if let Some(coverage) = &judgement.coverage {
        object.insert("coverage".to_string(), json!(coverage));
    }
    if let Some(importance) = &judgement.importance {
        object.insert("importance".to_string(), json!(importance));
    }
    object
}

/// Each of several targets by itself.
fn targets(judgement: &Judgement) -> Option<String> {
    let promised = judgement
        .targets
        .iter()
        .find_map(|target| target.coverage.as_ref())
        .map(|coverage| 100.0 * coverage.promised);
    let mut heading = ["", "r2", "rmse", "baseline", "mae", "baseline"]
        .map(String::from)
        .to_vec();
    if promised.is_some() {
        heading.extend(["interval", "held"].map(String::from));
    }
    let mut rows = vec![heading];
    for target in judgement.targets.iter().take(MOST_TARGETS) {
        let own = |name: &str| target.test.get(name).map_or(String::new(), |x| short(*x));
        let trivial = |name: &str| target.baseline.get(name).map_or(String::new(), |x| short(*x));
        let name = format!("  {}", cut(&target.name, 40));
        let mut cells = vec![
            name,
            own("r2"),
            own("rmse"),
            trivial("rmse"),
            own("mae"),
            trivial("mae"),
        ];
        if let Some(coverage) = &target.coverage {
            let held = format!("{:.1} %", 100.0 * coverage.observed);
            cells.extend([format!("± {}", short(coverage.size / 2.0)), held]);
        }
        rows.push(cells);
    }
    let promise = promised.map_or(String::new(), |promised| {
        format!("Intervals should hold the truth for {} % of rows\n", short(promised))
    });
    (rows.len() > 1).then(|| {
        format!(
            "Each target by itself\n{}{}{promise}",
            columns(&rows),
            more_targets(judgement.targets.len())
        )
    })
}

fn classes(judgement: &Judgement) -> Option<String> {
    if judgement.classes.is_empty() || judgement.classes.len() > MOST_CLASSES {
        return None;
    }
    let heading = ["", "rows", "precision", "recall", "f1", "roc_auc", "average_precision"];
    let mut rows = vec![heading.map(String::from)];
    for class in &judgement.classes {
        let area = |area: Option<f64>| area.map_or(String::new(), short);
        rows.push([
            format!("  {}", cut(&class.class, 20)),
            class.rows.to_string(),
            short(class.precision),
            short(class.recall),
            short(class.f1),
            area(class.roc_auc),
            area(class.average_precision),
        ]);
    }
    Some(format!("Each class against the others\n{}", columns(&rows)))
}

fn probabilities(judgement: &Judgement) -> Option<String> {
    let calibration = judgement.calibration.as_ref()?;
    Some(format!(
        "Probabilities are {:.1} % off on the average (expected calibration error); the Brier score is {}\n",
        100.0 * calibration.expected_error,
        short(calibration.brier)
    ))
}

fn coverage(judgement: &Judgement) -> Option<String> {
    let coverage = judgement.coverage.as_ref()?;
    let (promised, observed) = (100.0 * coverage.promised, 100.0 * coverage.observed);
    let (what, size) = match judgement.calibration.is_some() {
        false => ("Intervals", format!("each is ± {} wide", short(coverage.size / 2.0))),
        true => (
            "Sets of classes",
            format!(
                "one has {} classes on the average{}",
                short(coverage.size),
                match coverage.empty {
                    0 => String::new(),
                    empty => format!(", and {} empty", count(empty, "is", "are")),
                }
            ),
        ),
    };
    Some(format!(
        "{what} that should hold the truth for {} % of rows do so for {observed:.1} % of these; {size}\n",
        short(promised)
    ))
}

fn importance(judgement: &Judgement) -> Option<String> {
    let importance = judgement.importance.as_ref()?;
    let mut rows = vec![];
    for column in importance.columns.iter().take(MOST_COLUMNS) {
        rows.push([
            format!("  {}", cut(&column.column, 40)),
            format!("{:.3}", column.mean),
            format!("± {:.3}", column.spread),
        ]);
    }
    let more = match importance.columns.len() - rows.len() {
        0 => String::new(),
        more => format!("  and {} that matter less\n", count(more, "column", "columns")),
    };
    Some(format!(
        "How far {} falls when the cells of a column change places ({} rows, {} times)\n{}{more}",
        figure_of(&importance.figure, judgement.targets.len()),
        importance.rows,
        importance.repeats,
        columns(&rows)
    ))
}
