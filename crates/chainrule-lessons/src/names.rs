//! Names that do not exist, and those that were probably meant.

use crate::error::Error;

/// There is no such thing; did the person mean that one?
pub(crate) fn unknown<'a>(kind: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<&str> = known.collect();
    let likeness = |candidate: &&str| strsim::jaro_winkler(candidate, &name.to_lowercase());
    let nearest = known
        .iter()
        .copied()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .filter(|nearest| likeness(nearest) > 0.7);
    let hint = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`? "),
        None => String::new(),
    };
    let shown: String = name.chars().take(60).collect();
    let list = match known.is_empty() {
        true => "there are none".to_string(),
        false => format!("choose one of {}", known.join(", ")),
    };
    Error::request(format!("there is no {kind} `{shown}`; {hint}{list}"))
}
