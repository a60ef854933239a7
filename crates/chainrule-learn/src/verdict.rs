//! Which of three models is worth having, and why, in sentences.

use crate::{
    comparison::{more_is_better, named},
    difference::{Difference, Noise},
};

/// The simplest model that no other is clearly better than, the same in a few words, and why: as the rest of the sentence.
pub(crate) fn verdict(
    score: &str,
    score_name: &str,
    differences: &[Difference],
) -> (Option<&'static str>, String, String) {
    let [linear, network, between] = differences else {
        let nothing = "No rows were held out to compare models by.".to_string();
        return (None, nothing, String::new());
    };
    let (name, short, shown) = match (linear.is_clear(), network.is_clear(), between.is_clear()) {
        (true, true, true) | (false, true, true) => ("network", "The network is worth having", vec![between]),
        (true, _, _) => ("linear", "The linear model is enough", vec![between]),
        (false, true, false) => (
            "network",
            "The network is worth having, the linear model is not",
            vec![network, linear],
        ),
        (false, false, _) => {
            let best = if network.mean > linear.mean { network } else { linear };
            ("baseline", "No model is worth having", vec![best])
        }
    };
    let told: Vec<String> = shown.iter().map(|shown| compared(shown, score, score_name)).collect();
    let mut because = format!("{}.", told.join("; "));
    // Better than another model is not yet better than guessing.
    if name != "baseline" && shown.iter().all(|shown| shown.to != "baseline") {
        let against = if name == "network" { network } else { linear };
        because.push_str(&format!(" Against guessing, {}.", compared(against, score, score_name)));
    }
    (Some(name), short.to_string(), because)
}

/// Better, worse or neither, as a part of a sentence.
fn compared(difference: &Difference, score: &str, score_name: &str) -> String {
    let brief = chainrule_picture::number::brief;
    let article = |name: &str| named(name).unwrap_or_default();
    let (of, to) = (article(&difference.of), article(&difference.to));
    if difference.mean == 0.0 {
        return format!("the {score_name} of {of} is that of {to}");
    }
    let above = (difference.mean > 0.0) == more_is_better(score);
    let place = if above { "above" } else { "below" };
    let told = format!(
        "the {score_name} of {of} is {} {place} that of {to}",
        brief(difference.mean.abs())
    );
    let noise = difference.noise.name();
    let (Some(error), Some(p)) = (difference.standard_error, difference.p) else {
        let same = match difference.noise {
            Noise::Groups => "too few groups",
            _ => "by the same in all rows, which are too few",
        };
        return format!("{told}, {same} to tell how much of it is chance");
    };
    let p = match p {
        ..0.001 => "p < 0.001".to_string(),
        ..0.01 => format!("p = {p:.3}"),
        _ => format!("p = {p:.2}"),
    };
    let clear = match difference.is_clear() || difference.turned().is_clear() {
        true => "more than",
        false => "no more than",
    };
    format!(
        "{told}, {clear} the noise of the {noise} (standard error {}, {p})",
        brief(error)
    )
}
