//! What is asked of a run is what its network says.
#![allow(clippy::unwrap_used)]

use chainrule::Graph;
use chainrule_playground::{Change, Data, Directions, Histogram, Rows, Run, Setup, Weight, model};

fn run(pairs: &[(&str, &str)], step: usize) -> Run {
    let setup = Setup::from_pairs(pairs.iter().copied()).unwrap();
    let data = Data::open(&setup, None).unwrap();
    let mut run = Run::new(setup, data).unwrap();
    run.seek(step);
    run.work(&mut || false).unwrap();
    run
}

#[test]
fn gradients_say_how_the_loss_of_the_next_batch_changes() {
    for pairs in [
        &[("data", "blobs"), ("l2", "0.01")][..],
        &[("data", "sine"), ("l1", "0.003"), ("activation", "silu")],
    ] {
        let run = run(pairs, 33);
        let gradients = run.gradients().unwrap();
        let mut next = run.fork(33, &[]).unwrap();
        next.step().unwrap();
        assert_eq!(gradients.loss, next.history().losses().last().unwrap().1);
        let (which, h) = (
            Weight {
                layer: 1,
                from: Some(2),
                to: 1,
            },
            1e-5,
        );
        let mut losses = [-h, h].map(|h| {
            let mut moved = run.fork(33, &[]).unwrap();
            let value = run.weight(which).unwrap() + h;
            moved.change(Change::weight(which, value).unwrap()).unwrap();
            moved.gradients().unwrap().loss
        });
        losses[1] -= losses[0];
        let slope = losses[1] / (2.0 * h);
        let gradient = gradients.of(which).unwrap();
        assert!((slope - gradient).abs() < 1e-8, "{slope} {gradient}");
        assert_eq!(gradients.of(Weight { layer: 9, ..which }), None);
        assert_eq!(gradients.of(Weight { to: 99, ..which }), None);
        // Plain descent goes against it.
        let moved = next.weight(which).unwrap() - run.weight(which).unwrap();
        assert!((moved + gradient * run.choices().rate()).abs() < 1e-12);
    }
}

#[test]
fn activations_are_those_of_the_graph_in_slices_too() {
    let run = run(&[("data", "blobs"), ("widths", "5,3")], 100);
    let data = run.data();
    let grid = data.grid(&data.typical(), [0, 1], [[-10.0, 10.0], [-5.0, 5.0]], 20);
    let mut activations = run.activations(&grid).unwrap();
    let mut slices = 1;
    while !activations.work(&mut || true).unwrap() {
        slices += 1;
    }
    assert_eq!((slices, activations.rows(), activations.layers()), (4, 400, 3));
    let graph = Graph::new();
    let mut x = graph.constant((data.encode(&grid), [400, 2]));
    for (place, (layer, activation)) in run.network().layers.iter().zip(&run.network().activations).enumerate() {
        x = activation.forward(layer.forward(x));
        assert_eq!(activations.layer(place), x.value().unwrap().data());
    }
    let second: Vec<f64> = activations.neuron(1, 2).collect();
    assert_eq!(second.len(), 400);
    assert_eq!(second[7], activations.layer(1)[7 * 3 + 2]);
    assert_eq!(activations.neuron(1, 3).count() + activations.neuron(7, 0).count(), 0);
    let answers = data.trainable().answers(activations.outputs());
    assert!(
        answers
            .chunks(3)
            .all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12)
    );
    assert!(run.activations(&grid[..5]).is_err());
}

#[test]
fn figures_confusion_and_measures_agree() {
    let run = run(&[("data", "blobs"), ("noise", "3")], 300);
    let (train, validation) = run.measured().unwrap();
    for (rows, measured) in [(Rows::Train, train), (Rows::Validation, validation)] {
        let figures = run.figures(rows).unwrap();
        assert_eq!(figures["accuracy"], measured.score);
        assert!((figures["log_loss"] - measured.loss).abs() < 1e-12);
        let confusion = run.confusion(rows).unwrap();
        let all: usize = confusion.iter().flatten().sum();
        let right: usize = (0..3).map(|class| confusion[class][class]).sum();
        assert_eq!(right as f64 / all as f64, measured.score);
        assert!(measured.score < 1.0);
    }
    let numbers = self::run(&[("data", "friedman1")], 300);
    assert!((numbers.figures(Rows::Train).unwrap()["r2"] - numbers.measured().unwrap().0.score).abs() < 1e-12);
    assert!(numbers.confusion(Rows::Train).unwrap().is_empty());
}

#[test]
fn histograms_count_every_number() {
    let run = run(&[], 50);
    for (spread, layer) in run.spreads(10).unwrap().iter().zip(&run.network().layers) {
        let count = |histogram: &Histogram| histogram.counts.iter().sum::<usize>();
        assert_eq!(count(&spread.weights), layer.weight.value.data().len());
        assert_eq!(count(&spread.gradients), layer.weight.value.data().len());
        assert_eq!(count(&spread.activations), 140 * layer.outputs());
    }
    let same = Histogram::of(&[2.0, 2.0], 4);
    assert_eq!((same.from, same.to, same.counts), (2.0, 2.0, vec![2, 0, 0, 0]));
    assert_eq!(Histogram::of(&[f64::MAX, f64::MIN], 2).counts, [1, 1]);
    assert_eq!(Histogram::of(&[f64::NAN], 2).not_finite, 1);
    assert_eq!(Histogram::of(&[1.0], 0).counts, [] as [usize; 0]);
}

#[test]
fn a_prediction_is_told_layer_by_layer() {
    let run = run(&[("data", "iris"), ("widths", "3")], 200);
    let data = run.data();
    let raw = data.raw(data.validation().rows[0]);
    let told = run.tell(&raw).unwrap();
    assert_eq!(told.inputs[2].0, "petal_length");
    let mut from: Vec<f64> = told.inputs.iter().map(|(_, value)| *value).collect();
    for layer in &told.layers {
        for neuron in &layer.neurons {
            let sum: f64 = neuron.terms.iter().map(|term| term.weight * term.input).sum::<f64>() + neuron.bias;
            assert!((sum - neuron.sum).abs() < 1e-12);
            assert!(neuron.terms.iter().map(|term| term.input).eq(from.iter().copied()));
            let value = if layer.activation == "tanh" {
                neuron.sum.tanh()
            } else {
                neuron.sum
            };
            assert!((value - neuron.value).abs() < 1e-12);
        }
        from = layer.neurons.iter().map(|neuron| neuron.value).collect();
    }
    assert_eq!(told.answer, data.trainable().answers(&from));
    assert!(run.tell(&raw[1..]).is_err());
}

#[test]
fn a_formula_has_its_weights_plugged_in() {
    let mut run = run(&[("widths", "2")], 0);
    for (which, value) in [
        (
            Weight {
                layer: 0,
                from: Some(0),
                to: 1,
            },
            0.5,
        ),
        (
            Weight {
                layer: 0,
                from: Some(1),
                to: 1,
            },
            -1.25,
        ),
        (
            Weight {
                layer: 0,
                from: None,
                to: 1,
            },
            0.0,
        ),
        (
            Weight {
                layer: 1,
                from: Some(0),
                to: 0,
            },
            -2.0,
        ),
        (
            Weight {
                layer: 1,
                from: Some(1),
                to: 0,
            },
            12345.0,
        ),
        (
            Weight {
                layer: 1,
                from: None,
                to: 0,
            },
            1e-7,
        ),
    ] {
        run.change(Change::weight(which, value).unwrap()).unwrap();
    }
    assert_eq!(run.formula(0, 1, 3).unwrap(), "tanh(0.500 · x1 − 1.25 · x2 + 0)");
    assert_eq!(run.formula(1, 0, 3).unwrap(), "−2.00 · h1.1 + 12345 · h1.2 + 1.00e-7");
    assert_eq!((run.formula(0, 2, 3), run.formula(5, 0, 3)), (None, None));
}

#[test]
fn the_loss_around_the_weights() {
    let run = run(&[("data", "moons"), ("rate", "0.2")], 600);
    let here = run.measured().unwrap().0.loss;
    for directions in [Directions::Random { seed: 3 }, Directions::Path] {
        let mut surface = run.loss_surface(directions, 1.0, 11).unwrap();
        let mut slices = 1;
        while !surface.work(&mut || true).unwrap() {
            slices += 1;
        }
        assert_eq!((slices, surface.values().len()), (121, 121));
        assert!(surface.values().iter().all(|loss| loss.is_finite()));
        assert_ne!(surface.path().first(), surface.path().last());
        assert_eq!(surface.path().last(), Some(&[0.0, 0.0]));
    }
    let mut around = run.loss_surface(Directions::Random { seed: 3 }, 1.0, 11).unwrap();
    around.work(&mut || false).unwrap();
    // The weights themselves are in the middle, and training has made them better than most around.
    assert_eq!(around.values()[60], here);
    let worse = around.values().iter().filter(|loss| **loss >= here).count();
    assert!(worse > 100, "{worse}");
    // Along its own path the loss falls: it was higher where the training began.
    let mut path = run.loss_surface(Directions::Path, 1.0, 41).unwrap();
    path.work(&mut || false).unwrap();
    let [first, second] = path.explained();
    assert!(first > second && second > 0.0 && first + second > 0.9 && first + second <= 1.0 + 1e-9);
    let [start, _] = [path.path()[0], path.path()[1]];
    let [[left, right], [low, high]] = path.ranges();
    assert!((left..=right).contains(&start[0]) && (low..=high).contains(&start[1]));
    let column = ((start[0] - left) / (right - left) * 40.0).round() as usize;
    let row = 40 - ((start[1] - low) / (high - low) * 40.0).round() as usize;
    assert!(path.values()[row * 41 + column] > 2.0 * here);

    let fresh = self::run(&[], 0);
    assert!(
        fresh
            .loss_surface(Directions::Path, 1.0, 11)
            .is_err_and(|e| e.to_string().contains("too short"))
    );
    for (span, side) in [(0.0, 5), (f64::NAN, 5), (1.0, 0), (1.0, 100_000)] {
        assert!(run.loss_surface(Directions::Path, span, side).is_err());
    }
}

#[test]
fn the_model_file_answers_as_the_run_does() {
    for pairs in [
        &[("data", "iris")][..],
        &[("data", "friedman1"), ("scaling", "off"), ("inputs", "x1,x2,x4")],
        &[("data", "blobs"), ("inputs", "x1,x1*x2")],
    ] {
        let run = run(pairs, 200);
        let bytes = model(&run).unwrap().to_bytes().unwrap();
        let loaded = chainrule_learn::Model::from_bytes("run", &bytes).unwrap();
        let table = run.data().trainable().table();
        let answers = loaded.predict(table).unwrap();
        let part = run.data().validation();
        let own = run.data().trainable().predict(run.network(), &part.inputs).unwrap();
        for (place, &row) in part.rows.iter().enumerate() {
            assert_eq!(answers.text(row), own.text(place), "{pairs:?}");
        }
        let judgement = &loaded.record().judgement;
        assert_eq!(judgement.test, run.figures(Rows::Validation).unwrap());
        assert!(judgement.notices.last().unwrap().contains("validation rows"));
        assert_eq!(loaded.record().options.network.batch_size, Some(10));
    }
    let mut lost = run(&[("data", "sine"), ("activation", "relu"), ("rate", "1000")], 0);
    lost.work(&mut || false).unwrap();
    (0..100).for_each(|_| lost.step().unwrap());
    assert!(model(&lost).is_err_and(|error| error.to_string().contains("no finite number")));
}
