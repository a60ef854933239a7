//! A run can be played, scrubbed, changed by hand and forked, and every step has the bits of a fresh run.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Mlp, Rng, Step, Tensor,
    loss::{cross_entropy, mse},
    nn::Activation,
    optim::{Adam, Sgd},
};
use chainrule_playground::{Change, Data, Run, Setup, Stop, Weight, Worked, events_text, parse_events};

fn setup(pairs: &[(&str, &str)]) -> Setup {
    Setup::from_pairs(pairs.iter().copied()).unwrap()
}

fn run(pairs: &[(&str, &str)]) -> Run {
    let setup = setup(pairs);
    let data = Data::open(&setup, None).unwrap();
    Run::new(setup, data).unwrap()
}

/// Goes to a step in slices of some steps.
fn go(run: &mut Run, step: usize) {
    run.seek(step);
    loop {
        let mut steps = 0;
        let worked = run.work(&mut || {
            steps += 1;
            steps == 7
        });
        if worked.unwrap() != Worked::More {
            break;
        }
    }
    assert_eq!(run.at(), step);
}

fn bits(run: &Run) -> Vec<u64> {
    run.weights().iter().map(|weight| weight.to_bits()).collect()
}

#[test]
fn any_step_has_the_bits_of_a_fresh_run() {
    for pairs in [
        &[("data", "moons"), ("optimizer", "adam"), ("batch", "7")][..],
        &[
            ("data", "sine"),
            ("momentum", "0.9"),
            ("l2", "0.001"),
            ("activation", "relu"),
        ],
        &[
            ("data", "blobs"),
            ("optimizer", "rmsprop"),
            ("widths", ""),
            ("l1", "0.01"),
            ("batch", "1000"),
        ],
    ] {
        let mut scrubbed = run(pairs);
        go(&mut scrubbed, 700);
        for step in [37, 699, 0, 1, 300, 16, 700] {
            go(&mut scrubbed, step);
            let mut fresh = run(pairs);
            (0..step).for_each(|_| fresh.step().unwrap());
            assert_eq!(bits(&scrubbed), bits(&fresh), "step {step} of {pairs:?}");
            assert_eq!(scrubbed.epoch(), fresh.epoch());
            assert_eq!(scrubbed.measured().unwrap(), fresh.measured().unwrap());
        }
        assert_eq!(scrubbed.latest(), 700);
    }
}

/// The same training, written as a loop with nothing of the playground but its numbers.
#[test]
fn a_run_is_what_a_loop_gives() {
    for (data, optimizer) in [("moons", "adam"), ("friedman1", "sgd")] {
        let mut run = run(&[("data", data), ("optimizer", optimizer), ("seed", "5"), ("batch", "9")]);
        go(&mut run, 100);
        let (part, inputs, classes) = (
            run.data().train(),
            run.data().inputs().len(),
            run.data().classes().len(),
        );
        let outputs = classes.max(1);
        let widths = [inputs, 4, 4, outputs];
        let mut network = Mlp::new(&widths, Activation::named("tanh").unwrap(), &mut Rng::new(5)).unwrap();
        let optimizer: Box<dyn chainrule::optim::Optimizer<f64>> = match optimizer {
            "adam" => Box::new(Adam::new(0.003)),
            _ => Box::new(Sgd::new(0.05)),
        };
        let mut step = Step::new(&mut network, optimizer, |network: &Mlp, [x, y]| match classes {
            0 => mse(network.forward(x), y),
            _ => cross_entropy(network.forward(x), y),
        });
        let mut done = 0;
        'training: for epoch in 1.. {
            let order = Rng::new(5 ^ (epoch << 32)).permutation(part.rows.len());
            for rows in order.chunks(9) {
                if done == 100 {
                    break 'training;
                }
                let x = rows
                    .iter()
                    .flat_map(|row| part.inputs[row * inputs..][..inputs].to_vec());
                let x = Tensor::new(x.collect(), [rows.len(), inputs]).unwrap();
                let y: Vec<f64> = rows.iter().map(|&row| part.answers[row]).collect();
                let y = match classes {
                    0 => Tensor::new(y, [rows.len(), 1]).unwrap(),
                    _ => Tensor::new(y, [rows.len()]).unwrap(),
                };
                step.run([&x, &y]).unwrap();
                done += 1;
            }
        }
        drop(step);
        for (own, by_loop) in run.network().layers.iter().zip(&network.layers) {
            assert_eq!(own.weight.value, by_loop.weight.value, "{data}");
            assert_eq!(own.bias.value, by_loop.bias.value, "{data}");
        }
    }
}

#[test]
fn what_is_done_by_hand_is_a_part_of_the_run() {
    let pairs = [("data", "circles"), ("optimizer", "adam")];
    let mut changed = run(&pairs);
    go(&mut changed, 100);
    let which = Weight {
        layer: 1,
        from: Some(2),
        to: 3,
    };
    changed.change(Change::weight(which, -0.5).unwrap()).unwrap();
    assert_eq!(changed.weight(which), Some(-0.5));
    let bias = Weight {
        layer: 0,
        from: None,
        to: 1,
    };
    changed.change(Change::weight(bias, 0.25).unwrap()).unwrap();
    go(&mut changed, 150);
    changed.change(Change::choice("rate", "0.02").unwrap()).unwrap();
    go(&mut changed, 205);
    for (name, value) in [("batch", "30"), ("seed", "9"), ("activation", "relu"), ("l2", "0.01")] {
        changed.change(Change::choice(name, value).unwrap()).unwrap();
    }
    go(&mut changed, 260);
    changed.change(Change::choice("optimizer", "sgd").unwrap()).unwrap();
    go(&mut changed, 400);
    assert_eq!(changed.choices().get("activation").unwrap(), "relu");

    // Written down and read again, it is the same at every step.
    let text = events_text(changed.events());
    assert_eq!(
        text,
        "100:w.1.2.3=-0.5;100:b.0.1=0.25;150:rate=0.02;205:batch=30;205:seed=9;205:activation=relu;205:l2=0.01;260:optimizer=sgd"
    );
    let setup = setup(&pairs);
    let data = Data::open(&setup, None).unwrap();
    let mut again = Run::with_events(setup, data, parse_events(&text).unwrap()).unwrap();
    for step in [
        99, 100, 101, 149, 150, 151, 204, 205, 206, 259, 260, 261, 400, 203, 100, 0,
    ] {
        go(&mut again, step);
        go(&mut changed, step);
        assert_eq!(bits(&again), bits(&changed), "step {step}");
        assert_eq!(again.weight(which) == Some(-0.5), step == 100);
        assert_eq!(again.epoch(), changed.epoch());
    }
    let epochs = |run: &Run| run.history().epochs().to_vec();
    assert_eq!(epochs(&again), epochs(&changed));

    // Without what was done it is another run; what came after a change is forgotten.
    let mut plain = run(&pairs);
    go(&mut plain, 101);
    go(&mut again, 101);
    assert_ne!(bits(&plain), bits(&again));
    go(&mut again, 120);
    again.change(Change::choice("rate", "0.5").unwrap()).unwrap();
    assert_eq!((again.latest(), again.events().len()), (120, 3));
}

#[test]
fn a_fork_shares_the_past_and_goes_its_own_way() {
    let pairs = [
        ("data", "moons"),
        ("stop", "patience"),
        ("patience", "3"),
        ("rate", "0.001"),
    ];
    let mut first = run(&pairs);
    go(&mut first, 333);
    let mut other = first.fork(200, &[("rate", "0.3"), ("seed", "4")]).unwrap();
    assert_eq!((other.at(), other.latest()), (200, 200));
    go(&mut other, 333);
    let losses = |run: &Run| run.history().losses().collect::<Vec<_>>();
    assert_eq!(losses(&first)[..200], losses(&other)[..200]);
    assert_ne!(losses(&first)[200..], losses(&other)[200..]);
    assert_ne!(bits(&first), bits(&other));
    for step in [200, 77] {
        go(&mut first, step);
        go(&mut other, step);
        assert_eq!(bits(&first), bits(&other), "step {step}");
    }
    // The fork is the run of its setup and its events.
    let setup = setup(&pairs);
    let data = Data::open(&setup, None).unwrap();
    let mut told = Run::with_events(setup, data, other.events().to_vec()).unwrap();
    go(&mut told, 333);
    go(&mut other, 333);
    assert_eq!(bits(&told), bits(&other));
    assert_eq!(told.history().epochs(), other.history().epochs());
    assert_eq!(told.stopped(), other.stopped());

    assert!(first.fork(334, &[]).is_err());
    assert!(
        first
            .fork(10, &[("widths", "3")])
            .is_err_and(|e| e.to_string().contains("begin another run"))
    );
    assert!(
        first
            .fork(10, &[("loss", "mse")])
            .is_err_and(|e| e.to_string().contains("for numbers"))
    );
}

#[test]
fn a_run_stops_when_it_should() {
    let stop = |pairs: &[(&str, &str)]| {
        let mut run = run(pairs);
        let worked = run.work(&mut || false).unwrap();
        (worked, run)
    };
    let (worked, at_steps) = stop(&[("stop", "steps"), ("steps", "123")]);
    assert_eq!((worked, at_steps.at()), (Worked::Stopped(Stop::Steps), 123));

    let (worked, patient) = stop(&[
        ("stop", "patience"),
        ("patience", "5"),
        ("rate", "0.5"),
        ("noise", "0.4"),
    ]);
    let Worked::Stopped(Stop::Patience { best_epoch }) = worked else {
        panic!("{worked:?}");
    };
    let epochs = patient.history().epochs();
    assert_eq!(patient.epoch(), best_epoch + 5);
    let best = epochs[best_epoch - 1].validation_loss;
    assert!(epochs.iter().all(|epoch| epoch.validation_loss >= best));

    let (worked, good) = stop(&[("stop", "accuracy"), ("accuracy", "0.9"), ("rate", "0.5")]);
    assert!(matches!(worked, Worked::Stopped(Stop::Accuracy(score)) if score >= 0.9));
    let (last, before) = good.history().epochs().split_last().unwrap();
    assert!(last.validation_score >= 0.9 && before.iter().all(|epoch| epoch.validation_score < 0.9));

    let (worked, lost) = stop(&[("data", "sine"), ("rate", "1000"), ("activation", "relu")]);
    let Worked::Stopped(Stop::Diverged { step }) = worked else {
        panic!("{worked:?}");
    };
    assert_eq!(lost.at(), step + 1);
    // It can still be looked at, before and after.
    let mut lost = lost;
    go(&mut lost, 0);
    assert!(lost.weights().iter().all(|weight| weight.is_finite()));
    // A step is done all the same for whoever asks for one.
    let mut at_steps = at_steps;
    at_steps.step().unwrap();
    assert_eq!(at_steps.at(), 124);
}

#[test]
fn the_course_of_the_losses_is_bounded_and_true() {
    let mut long = run(&[("data", "sine"), ("rows", "20"), ("widths", "2"), ("batch", "1000")]);
    go(&mut long, 20_000);
    let every = long.history().steps_per_loss();
    let losses: Vec<(usize, f64)> = long.history().losses().collect();
    assert!(losses.len() <= 8192 && long.history().epochs().len() <= 8192 && every == 4);
    assert_eq!(losses.last().unwrap().0, 20_000);
    let mut short = run(&[("data", "sine"), ("rows", "20"), ("widths", "2"), ("batch", "1000")]);
    go(&mut short, 40);
    let exact: Vec<f64> = short.history().losses().map(|(_, loss)| loss).collect();
    for (four, (step, mean)) in exact.chunks(4).zip(&losses) {
        assert!((four.iter().sum::<f64>() / 4.0 - mean).abs() < 1e-15, "{step}");
    }
    let (train, validation) = short.measured().unwrap();
    let last = short.history().epochs().last().unwrap();
    assert_eq!(
        (last.validation_loss, last.validation_score),
        (validation.loss, validation.score)
    );
    // One batch is the whole epoch, so the next step's loss is that of all training rows.
    short.step().unwrap();
    assert_eq!(short.history().losses().last().unwrap().1, train.loss);
}

/// A page keeps its run in a thread of its own.
#[test]
fn a_run_goes_from_thread_to_thread() {
    let mut run = run(&[]);
    let moved = std::thread::spawn(move || {
        go(&mut run, 20);
        run
    });
    assert_eq!(moved.join().unwrap().at(), 20);
}

#[test]
fn everything_that_can_be_chosen_trains() {
    for (data, name) in [
        ("blobs", "activation"),
        ("sine", "activation"),
        ("blobs", "optimizer"),
        ("sine", "optimizer"),
    ] {
        let chainrule_playground::Kind::OneOf(words) = chainrule_playground::Choice::named(name).unwrap().kind else {
            panic!("{name} has no words");
        };
        for word in words() {
            let mut run = run(&[("data", data), (name, word), ("l1", "0.0001")]);
            let (before, _) = run.measured().unwrap();
            go(&mut run, 100);
            let (after, _) = run.measured().unwrap();
            assert!(
                after.loss < before.loss,
                "{name} {word} of {data}: {before:?} {after:?}"
            );
        }
    }
    for loss in ["mse", "mae", "huber", "auto"] {
        let mut run = run(&[("data", "sine"), ("loss", loss)]);
        let (before, _) = run.measured().unwrap();
        go(&mut run, 100);
        assert!(run.measured().unwrap().0.loss < before.loss, "{loss}");
    }
}

/// A setup in which every row is another batch, and one in which all rows are one.
#[test]
fn batches_of_any_size_make_epochs() {
    for (batch, steps) in [("1", 140), ("139", 2), ("140", 1), ("1000", 1), ("7", 20)] {
        let mut run = run(&[("batch", batch)]);
        assert_eq!(run.steps_of_epoch(), (steps, 0));
        go(&mut run, steps);
        assert_eq!((run.epoch(), run.history().epochs().len()), (1, 1), "{batch}");
        let epoch = run.history().epochs()[0];
        assert_eq!((epoch.step, epoch.epoch), (steps, 1));
        if steps == 1 {
            assert!((epoch.train_loss - run.history().losses().next().unwrap().1).abs() < 1e-15);
        }
    }
}
