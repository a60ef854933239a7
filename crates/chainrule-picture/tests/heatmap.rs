//! What heat maps promise: the color follows the number, whatever the numbers are, and what is not shown is told.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod valid;

use chainrule_picture::{Color, Heatmap, Picture, confusion_matrix};
use proptest::collection::vec;
use proptest::prelude::*;
use valid::{any_number, any_text, check};

fn any_heatmap() -> impl Strategy<Value = Heatmap> {
    let cells = vec(vec(any_number(), 0..30), 0..30);
    let range = || (any_number(), any_number());
    let series = (
        any::<bool>(),
        any_text(),
        vec(any_number(), 0..20),
        vec(any_number(), 0..20),
    );
    let names = proptest::option::of((vec(any_text(), 0..30), vec(any_text(), 0..30)));
    let spread = (
        any::<bool>(),
        proptest::option::of(any_number()),
        proptest::option::of(range()),
    );
    (
        (any_text(), any_text(), any_text(), any_text()),
        cells,
        (range(), range(), range()),
        names,
        vec(series, 0..4),
        spread,
    )
        .prop_map(|((title, x, y, value), cells, (xs, ys, size), names, series, spread)| {
            let mut heatmap = match names {
                Some((rows, columns)) => Heatmap::table(title, &rows, &columns, &cells),
                None => Heatmap::surface(title, xs, ys, &cells),
            };
            for (path, label, xs, ys) in series {
                heatmap = if path {
                    heatmap.path(label, &xs, &ys)
                } else {
                    heatmap.points(label, &xs, &ys)
                };
            }
            if spread.0 {
                heatmap = heatmap.log_values();
            }
            heatmap = spread.1.into_iter().fold(heatmap, Heatmap::diverging);
            heatmap = spread
                .2
                .into_iter()
                .fold(heatmap, |heatmap, (from, to)| heatmap.value_range(from, to));
            heatmap
                .x_label(x)
                .y_label(y)
                .value_label(value)
                .size(size.0 * 100.0, size.1 * 100.0)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_heatmap_is_a_picture(heatmap in any_heatmap()) {
        check(&heatmap.picture());
    }
}

/// How strongly the cell with this tooltip is colored, and by which class.
fn cell(picture: &Picture, tip: &str) -> (f64, String) {
    let document = roxmltree::Document::parse(picture.svg()).unwrap();
    let title = document.descendants().find(|node| node.text() == Some(tip));
    let cell = title
        .unwrap_or_else(|| panic!("no cell is called {tip}"))
        .parent()
        .unwrap();
    let strength = cell.attribute("fill-opacity").unwrap().parse().unwrap();
    (strength, cell.attribute("class").unwrap().to_string())
}

#[test]
fn larger_numbers_have_stronger_colors() {
    let table = Heatmap::table("t", &["a"], &["p", "q", "r"], &[[1.0, 2.0, 3.0]]).picture();
    let strength = |tip: &str| cell(&table, tip).0;
    assert!(strength("a, p: 1.0") < strength("a, q: 2.0"));
    assert!(strength("a, q: 2.0") < strength("a, r: 3.0"));
}

#[test]
fn a_diverging_scale_has_a_color_on_either_side() {
    let table = Heatmap::table("t", &["a"], &["p", "q", "r"], &[[-2.0, 0.1, 2.0]]).diverging(0.0);
    let picture = table.picture();
    let (low, below) = cell(&picture, "a, p: -2.0");
    let (high, above) = cell(&picture, "a, r: 2.0");
    assert!(below.ends_with("cr-below") && above.ends_with("cr-above"));
    assert_eq!(low, high);
    assert!(cell(&picture, "a, q: 0.1").0 < 0.1);
}

#[test]
fn a_confusion_matrix_has_the_truth_down_and_the_prediction_across() {
    let picture = confusion_matrix(&["cat", "dog"], &[[7, 2], [0, 1]]).picture();
    check(&picture);
    assert_eq!(
        picture.description(),
        "rows: truth down, predicted across. cat: cat 7, dog 2. dog: cat 0, dog 1."
    );
    assert!(cell(&picture, "cat, dog: 2.0").0 > cell(&picture, "dog, cat: 0.0").0);
    assert_eq!(cell(&picture, "dog, cat: 0.0").0, 0.0);
    // Nothing was judged: nothing is colored.
    let empty = confusion_matrix(&["cat", "dog"], &[[0, 0], [0, 0]]).picture();
    assert_eq!(cell(&empty, "cat, cat: 0.0").0, 0.0);
}

#[test]
fn cells_without_a_number_are_counted() {
    let cells = [vec![1.0, f64::NAN, 3.0], vec![4.0], vec![]];
    let surface = Heatmap::surface("t", (0.0, 3.0), (0.0, 3.0), &cells).picture();
    assert!(
        surface
            .description()
            .contains("6 cells left empty: not finite or missing.")
    );
    let table = Heatmap::table("t", &["a", "b", "c", "d"], &["p"], &cells).picture();
    check(&table);
    assert!(table.description().contains("6 cells left empty"));
    assert!(table.description().contains("4 row names for 3 rows."));
    assert!(table.svg().contains("cr-wrong\" x="), "NaN stands out");
    let none: [[f64; 0]; 0] = [];
    for empty in [
        Heatmap::surface("t", (0.0, 1.0), (0.0, 1.0), &none),
        Heatmap::table("t", &["a"], &["b"], &none),
        Heatmap::surface("t", (0.0, 1.0), (0.0, 1.0), &[[-1.0, 0.0]]).log_values(),
    ] {
        check(&empty.picture());
    }
    let empty = Heatmap::surface("t", (0.0, 1.0), (0.0, 1.0), &none);
    assert!(empty.picture().svg().contains(">no cells to show</text>"));
}

#[test]
fn extremes_are_told_with_their_place() {
    let picture = Heatmap::surface("t", (0.0, 10.0), (100.0, 104.0), &[[5.0, 1.0], [2.0, 9.0]]).picture();
    assert!(
        picture
            .description()
            .contains("smallest 1 at x 7.5, y 101, largest 9 at x 7.5, y 103."),
        "{}",
        picture.description()
    );
}

#[test]
fn the_first_row_of_a_surface_is_at_the_lower_edge() {
    let picture = Heatmap::surface("t", (0.0, 1.0), (0.0, 1.0), &[[1.0], [2.0]]).picture();
    let document = roxmltree::Document::parse(picture.svg()).unwrap();
    let top_of = |tip: &str| -> f64 {
        let title = document.descendants().find(|node| node.text() == Some(tip)).unwrap();
        let path = title.parent().unwrap().attribute("d").unwrap().to_string();
        path[1..].split([' ', 'L']).nth(1).unwrap().parse().unwrap()
    };
    assert!(top_of("1") > top_of("2"));
}

#[test]
fn start_and_end_of_a_path_are_marked_where_they_are_seen() {
    let surface = Heatmap::surface("t", (0.0, 1.0), (0.0, 1.0), &[[1.0, 2.0]]);
    let inside = surface.clone().path("", &[0.1, 0.9], &[0.1, 0.9]).picture();
    assert!(inside.svg().contains(">start</text>") && inside.svg().contains(">end</text>"));
    let leaves = surface.path("", &[0.1, 5.0], &[0.1, 0.9]).color(Color::Green).picture();
    assert!(leaves.svg().contains(">start</text>") && !leaves.svg().contains(">end</text>"));
    assert!(
        leaves
            .description()
            .contains("path through 2 points, from (0.1, 0.1) to (5, 0.9).")
    );
}

#[test]
fn huge_grids_stay_small() {
    let cells: Vec<Vec<f64>> = (0..1500)
        .map(|row| {
            (0..1500)
                .map(|column| f64::from(row).sin() * f64::from(column).cos())
                .collect()
        })
        .collect();
    let surface = Heatmap::surface("t", (0.0, 1.0), (0.0, 1.0), &cells).picture();
    check(&surface);
    assert!(surface.svg().len() < 1_500_000, "{}", surface.svg().len());
    let names: [&str; 0] = [];
    let table = Heatmap::table("t", &names, &names, &cells).picture();
    check(&table);
    assert!(table.svg().len() < 500_000, "{}", table.svg().len());
    assert!(
        table
            .svg()
            .contains(">1,460 rows not shown, 1,460 columns not shown</text>")
    );
}
