//! The first weights, and two that are not random.

use chainrule_picture::Picture;

use super::network::{NAMES, coefficients, picture, seeded_once, seeded_twice};
use crate::{controls::Controls, error::Result, figure::Figure, lesson::Scene};

pub(super) const SCENE: Scene = Scene {
    name: "weights",
    title: "Six weights, of which four are random",
    prose: include_str!("weights.md"),
    controls: &[],
    pictures,
    figures,
};

/// What the notebook prints; w3 and w4 it only uses.
const PRINTED: [Option<&str>; 6] = [
    Some("0.37454012"),
    Some("0.95071431"),
    None,
    None,
    Some("0.37454012"),
    Some("0.95071431"),
];

fn pictures(controls: &Controls) -> Result<Vec<Picture>> {
    Ok(vec![
        picture(&seeded_twice(controls.seed)),
        picture(&seeded_once(controls.seed)),
    ])
}

fn figures(controls: &Controls) -> Result<Vec<Figure>> {
    let (twice, once) = (seeded_twice(controls.seed), seeded_once(controls.seed));
    let mut figures = vec![];
    for (i, name) in NAMES.into_iter().enumerate() {
        let mut figure = Figure::new(name, twice[i]);
        if let Some(text) = PRINTED[i] {
            figure = figure.printed_if(controls.at_start(), text);
        }
        figures.push(match twice[i] == once[i] {
            true => figure,
            false => figure.corrected(once[i]).why(format!(
                "the seed is set again before this draw, so that it gives the first two numbers once more; the stream goes \
                 on with {}",
                once[i]
            )),
        });
    }
    let ([c1, c2], [right1, right2]) = (coefficients(&twice), coefficients(&once));
    let squares = twice[0] * twice[0] + twice[1] * twice[1];
    figures.extend([
        Figure::new("c1", c1).corrected(right1).why(format!(
            "with w5 = w1 and w6 = w2 it is w1² + w2² = {squares}, a sum of squares, never negative"
        )),
        Figure::new("c2", c2)
            .corrected(right2)
            .why("w3·w5 + w4·w6, with the weights of one stream"),
    ]);
    Ok(figures)
}
