//! What the page of a model promises, without a browser.
#![allow(clippy::unwrap_used)]

use super::{
    told::{Answer, Said},
    *,
};
use chainrule::Graph;
use chainrule_learn::{Model, ModelKind, Options, Reader, Table, fit, open};
use std::ops::ControlFlow;

use crate::page::Site;

/// A small network, trained for a moment.
fn trained(table: &Table, target: &str) -> Model {
    let mut options = Options::new(target);
    options.model = Some(ModelKind::Mlp);
    options.folds = Some(0);
    options.network.hidden = vec![12, 5];
    options.network.epochs = 15;
    fit(table, &options, |_| ControlFlow::Continue(())).unwrap().model
}

/// One model for numbers and one for classes, trained once.
fn models() -> &'static [(Model, Table); 2] {
    static MODELS: std::sync::OnceLock<[(Model, Table); 2]> = std::sync::OnceLock::new();
    MODELS.get_or_init(|| {
        let rows: String = (0..160)
            .map(|i| {
                let (x, color) = (f64::from(i % 20) / 4.0, ["red", "green", "blue"][i as usize % 3]);
                let y = 3.0 * x * x - 2.0 + if color == "red" { 5.0 } else { 0.0 };
                format!("{x},{color},{y}\n")
            })
            .collect();
        let table = Table::from_csv("colors.csv", format!("x,color,y\n{rows}").as_bytes()).unwrap();
        let iris = open("iris", &Reader::new()).unwrap();
        [(trained(&table, "y"), table), (trained(&iris, "species"), iris)]
    })
}

fn page(which: usize) -> ModelPage {
    let (model, table) = models()[which].clone();
    let opened = OpenModel::new(model, Some(table)).unwrap();
    ModelPage::new(opened.opened())
}

fn said(told: &Told) -> &[Said] {
    match &told.answer {
        Answer::Numbers { said, .. } => said,
        Answer::Classes { .. } => panic!("numbers"),
    }
}

#[test]
fn several_targets_are_told_each_and_differentiated_one_at_a_time() {
    let rows: String = (0..80)
        .map(|i| format!("{},{},{}\n", 0.5 * f64::from(i) + 0.25, 2 * i + 1, 300 - 3 * i))
        .collect();
    let table = Table::from_csv("two.csv", format!("x,up,down\n{rows}").as_bytes()).unwrap();
    let mut options = Options::of(["up", "down"]);
    options.model = Some(ModelKind::Linear);
    options.folds = Some(0);
    let model = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap().model;
    let mut page = ModelPage::new(OpenModel::new(model, Some(table)).unwrap().opened());
    page.set("row", "21");
    let told = page.told().as_ref().unwrap();
    let answers: Vec<f64> = said(told).iter().map(|said| said.answer).collect();
    assert!(
        (answers[0] - 41.0).abs() < 1e-6 && (answers[1] - 240.0).abs() < 1e-6,
        "{answers:?}"
    );
    assert_eq!(page.opened.truth(21).unwrap(), "41, 240");
    assert!(told.inputs[0].gradient > 0.0);
    page.set("target", "1");
    assert!(page.told().as_ref().unwrap().inputs[0].gradient < 0.0);
    assert_eq!(
        page.moved(),
        [
            ("row".to_string(), "21".to_string()),
            ("target".to_string(), "1".to_string())
        ]
    );
    assert!(page.opened.worst[0].error.abs() < 1e-6);
}

#[test]
fn the_answer_told_layer_by_layer_is_the_models() {
    for which in [0, 1] {
        let (model, table) = &models()[which];
        let prediction = model.predict(table).unwrap();
        let mut page = page(which);
        for row in [1, 17, 120] {
            page.set("row", &row.to_string());
            let told = page.told().as_ref().unwrap();
            match &told.answer {
                Answer::Numbers { said, .. } => {
                    let answer = said[0].answer;
                    let said: f64 = prediction.text(row - 1).parse().unwrap();
                    assert!((answer - said).abs() <= 1e-9 * said.abs().max(1.0), "{answer} {said}");
                }
                Answer::Classes { classes, likely } => {
                    assert_eq!(classes[*likely].0, prediction.text(row - 1));
                    let shares = prediction.probabilities(row - 1).unwrap();
                    assert!(
                        classes
                            .iter()
                            .zip(shares)
                            .all(|(class, share)| (class.2 - share).abs() < 1e-12)
                    );
                }
            }
        }
    }
}

#[test]
fn a_neuron_number_by_number_is_the_layers_and_so_are_its_weights() {
    for which in [0, 1] {
        let page = page(which);
        let told = page.told().as_ref().unwrap();
        for (layer, numbers) in told.layers.iter().enumerate() {
            for neuron in 0..numbers.answers.len() {
                let graph = Graph::new();
                let (answer, _) = told.neuron_in(&graph, &page.opened.model, layer, neuron).unwrap();
                let (drawn, known) = (answer.item().unwrap(), numbers.answers[neuron]);
                assert!(
                    (drawn - known).abs() <= 1e-9 * known.abs().max(1.0),
                    "{layer} {neuron}: {drawn} {known}"
                );
            }
        }
        assert!(told.neuron(&page.opened.model, 99, 0).is_err());
    }
}

#[test]
fn the_gradient_of_an_input_is_what_the_answer_does() {
    let mut page = page(0);
    page.set("row", "9");
    let told = page.told().as_ref().unwrap().clone();
    let answer = said(&told)[0].answer;
    let x = told.inputs.iter().position(|input| input.name == "x").unwrap();
    let scale = page.opened.model.encoder().features()[0].encoding.scales()[0];
    let here: f64 = page.given()[0].parse().unwrap();
    let h = 1e-4;
    let mut at = |x: f64| {
        page.set("cell0", &x.to_string());
        said(page.told().as_ref().unwrap())[0].answer
    };
    let measured = (at(here + h) - at(here - h)) / (2.0 * h) * scale.standard_deviation;
    let told = told.inputs[x].gradient;
    assert!(
        (measured - told).abs() <= 1e-4 * told.abs().max(1.0),
        "{measured} {told}, at {answer}"
    );
}

#[test]
fn the_rows_it_gets_most_wrong_come_first_and_can_be_chosen() {
    let (model, table) = &models()[0];
    let mut page = page(0);
    let worst = &page.opened.worst;
    assert_eq!(worst.len(), 12);
    assert!(worst.windows(2).all(|pair| pair[0].error.abs() >= pair[1].error.abs()));
    let prediction = model.predict(table).unwrap();
    let errors = (0..table.rows()).map(|row| {
        let truth: f64 = table.text(row, table.position("y").unwrap()).parse().unwrap();
        (prediction.text(row).parse::<f64>().unwrap() - truth).abs()
    });
    let largest = errors.fold(0.0, f64::max);
    assert!((worst[0].error.abs() - largest).abs() < 1e-9);
    let row = worst[0].row;
    page.set("row", &row.to_string());
    assert_eq!(page.opened.truth(row).unwrap(), page.opened.worst[0].truth);
    assert!(
        page.view()
            .content()
            .contains(&format!("data-pick=\"row:{row}\" aria-current=\"true\""))
    );
}

#[test]
fn a_changed_cell_changes_the_answer_and_stands_in_the_address() {
    let mut page = page(0);
    page.set("row", "3");
    let before = page.view();
    page.set("cell1", "blue");
    page.set("neuron", "0.2");
    assert!(!page.view().changes(&before).is_empty());
    let mut again = super::tests::page(0);
    for (name, value) in page.moved() {
        again.set(&name, &value);
    }
    assert_eq!(again.view(), page.view());
    page.set("row", "4");
    assert!(page.changed.is_empty(), "another row, unchanged");
    page.set("row", "0");
    assert!(page.view().content().contains("typical"), "typical values");
}

#[test]
fn hostile_values_leave_a_page_that_can_be_shown() {
    let values = [
        "",
        "-1",
        "NaN",
        "1e999",
        "99999999999999999999",
        "<script>alert(1)</script>",
        "0.99999",
        "5.0",
        "a.b",
        "violet",
        "1e300",
    ];
    for which in [0, 1] {
        let mut page = page(which);
        for name in ["row", "neuron", "cell0", "cell1", "cell99", "cell", "none"] {
            for value in values {
                page.set(name, value);
                let view = page.view();
                let mut ids = view.ids();
                ids.sort_unstable();
                assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{name} {value}");
                assert!(!view.content().contains("<script>"));
            }
        }
    }
}

#[test]
fn a_model_without_a_table_shows_the_rows_its_file_keeps() {
    let (model, _) = models()[1].clone();
    let kept = model.examples().len();
    assert!(kept > 0);
    let site = OpenModel::new(model, None).unwrap();
    let view = site.open("/model").unwrap().view().content();
    assert!(view.contains("test rows") && !view.contains("most wrong"), "{view}");
    assert!(site.open("/").unwrap().view().content().contains("href=\"/model\""));
    assert!(site.open("/lessons/geometry").is_some() && site.open("/../etc/passwd").is_none());
}
