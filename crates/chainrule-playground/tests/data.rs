//! The rows of a run: divided first, then scaled; what a page asks in raw numbers is what training sees.
#![allow(clippy::unwrap_used)]

use chainrule_learn::{DATASETS, Table, Task};
use chainrule_playground::{CHOICES, Data, Holds, Kind, Run, Setup};

fn setup(pairs: &[(&str, &str)]) -> Setup {
    Setup::from_pairs(pairs.iter().copied()).unwrap()
}

fn own(csv: &str) -> Table {
    Table::from_csv("own.csv", csv.as_bytes()).unwrap()
}

/// Towns with a missing number, a missing word, and a word that is rare.
fn towns() -> Table {
    let mut csv = "size,kind,day,price\n".to_string();
    for i in 0..80 {
        let size = if i % 9 == 4 {
            String::new()
        } else {
            (i * 7 % 50).to_string()
        };
        let kind = match i {
            13 | 50 => "odd",
            i if i % 11 == 3 => "",
            i if i % 2 == 0 => "old",
            _ => "new",
        };
        csv.push_str(&format!("{size},{kind},2024-01-{:02},{}\n", i % 28 + 1, i * i % 90));
    }
    own(&csv)
}

#[test]
fn raw_rows_become_what_training_sees() {
    let towns = towns();
    let own = [("data", "own"), ("inputs", "size,kind,size^2")];
    let made = [("data", "moons"), ("inputs", "x1,x1^2,x1*x2,sin(x2)")];
    for (setup, own) in [
        (setup(&own), Some(&towns)),
        (
            setup(&[("data", "own"), ("inputs", "size,kind"), ("scaling", "off")]),
            Some(&towns),
        ),
        (setup(&made), None),
        (setup(&[("data", "iris")]), None),
        (setup(&[("data", "wine"), ("scaling", "off")]), None),
    ] {
        let data = Data::open(&setup, own).unwrap();
        for part in [data.train(), data.validation()] {
            let raw: Vec<f64> = part.rows.iter().flat_map(|&row| data.raw(row)).collect();
            let encoded = data.encode(&raw);
            assert_eq!(encoded.len(), part.inputs.len());
            for (place, (own, theirs)) in encoded.iter().zip(&part.inputs).enumerate() {
                assert!((own - theirs).abs() < 1e-12, "{:?}: number {place}", setup.pairs());
            }
        }
        let columns: Vec<&str> = data.columns().iter().map(|column| column.name.as_str()).collect();
        let unique: std::collections::BTreeSet<&str> = columns.iter().copied().collect();
        assert_eq!(unique.len(), columns.len());
    }
}

/// A file as German spreadsheets write it, semicolons between numbers with commas.
#[test]
fn inputs_are_made_of_numbers_as_they_are_written() {
    let mut csv = "a;b;y\n".to_string();
    for i in 0..40 {
        csv.push_str(&format!("{},5;{},25;{}\n", i % 7, i % 5, i * i % 13));
    }
    let setup = setup(&[
        ("data", "own"),
        ("inputs", "a,a*b"),
        ("scaling", "off"),
        ("task", "regression"),
    ]);
    let data = Data::open(&setup, Some(&own(&csv))).unwrap();
    for (inputs, &row) in data.train().inputs.chunks(2).zip(&data.train().rows) {
        let (a, b) = ((row % 7) as f64 + 0.5, (row % 5) as f64 + 0.25);
        assert_eq!(inputs, [a, a * b]);
    }
}

#[test]
fn scaling_knows_the_training_rows_alone() {
    // Validation rows that are far away move nothing.
    let table = |far: f64, rows: &[usize]| {
        let mut csv = "x,y\n".to_string();
        for i in 0..50 {
            let x = if rows.contains(&i) { far } else { f64::from(i as u32) };
            csv.push_str(&format!("{x},{}\n", i * i));
        }
        own(&csv)
    };
    let setup = setup(&[("data", "own"), ("task", "regression")]);
    let plain = Data::open(&setup, Some(&table(0.0, &[]))).unwrap();
    let moved = Data::open(&setup, Some(&table(1e6, &plain.validation().rows))).unwrap();
    assert_eq!(plain.validation().rows, moved.validation().rows);
    assert_eq!(plain.train(), moved.train());
    assert_ne!(plain.validation().inputs, moved.validation().inputs);
}

#[test]
fn every_table_of_the_program_can_be_played_with() {
    for dataset in DATASETS.iter().filter(|dataset| dataset.name != "people") {
        let setup = setup(&[("data", dataset.name), ("rows", "60")]);
        let data = Data::open(&setup, None).unwrap();
        assert_eq!(data.target(), dataset.target);
        let classes = data.task() == Task::Classification;
        assert_eq!(
            data.outputs(),
            if classes { data.classes().len() } else { 1 },
            "{}",
            dataset.name
        );
        assert_eq!(data.train_targets().len(), data.train().rows.len());
        assert_eq!(
            classes,
            ["class", "species", "cultivar", "diagnosis", "digit"].contains(&dataset.target)
        );
        let left_out = data.trainable().encoder().left_out();
        assert!(
            dataset.name == "digits" || left_out.is_empty(),
            "{}: {left_out:?}",
            dataset.name
        );
        let mut run = Run::new(setup, data).unwrap();
        (0..3).for_each(|_| run.step().unwrap());
        assert!(run.measured().unwrap().0.loss.is_finite(), "{}", dataset.name);
    }
    assert_eq!(
        Data::open(&setup(&[("data", "blobs")]), None).unwrap().classes(),
        ["0", "1", "2"]
    );
    let sine = Data::open(&setup(&[("data", "sine")]), None).unwrap();
    let Holds::Numbers { least, most, typical } = sine.columns()[0].holds else {
        panic!("{:?}", sine.columns()[0].holds);
    };
    assert!(least == -std::f64::consts::PI && most == std::f64::consts::PI && typical.abs() < 0.5);
}

#[test]
fn a_grid_goes_over_two_columns() {
    let data = Data::open(&setup(&[("data", "iris")]), None).unwrap();
    let typical = data.typical();
    let grid = data.grid(&typical, [2, 0], [[0.0, 4.0], [10.0, 12.0]], 2);
    let rows: Vec<&[f64]> = grid.chunks_exact(4).collect();
    let corners: Vec<(f64, f64)> = rows.iter().map(|row| (row[2], row[0])).collect();
    assert_eq!(corners, [(1.0, 11.5), (3.0, 11.5), (1.0, 10.5), (3.0, 10.5)]);
    assert!(rows.iter().all(|row| row[1] == typical[1] && row[3] == typical[3]));
}

#[test]
fn choices_are_what_their_table_says() {
    let usual = Setup::default();
    assert_eq!(usual.pairs(), []);
    for choice in CHOICES {
        assert!(choice.doc.ends_with('.') && choice.doc.len() > 30, "{}", choice.name);
        // What is said can be set again, and nothing else has changed then.
        let mut again = usual.clone();
        again.set(choice.name, &usual.get(choice.name).unwrap()).unwrap();
        assert_eq!(again, usual);
        let values: Vec<String> = match choice.kind {
            Kind::Number { least, most, or, .. } => {
                for outside in [least - 1.0, most * 1.01 + 1.0, f64::NAN, f64::INFINITY] {
                    assert!(
                        again.set(choice.name, &outside.to_string()).is_err(),
                        "{} {outside}",
                        choice.name
                    );
                }
                let bounds = [least, most].map(|x| x.to_string());
                bounds.into_iter().chain(or.map(String::from)).collect()
            }
            Kind::OneOf(words) => {
                assert!(
                    again
                        .set(choice.name, "nonsense")
                        .is_err_and(|e| e.contains(words()[0]))
                );
                words().into_iter().map(String::from).collect()
            }
            Kind::Text { longest } => {
                assert!(again.set(choice.name, &"1,".repeat(longest)).is_err());
                vec!["1,2".to_string()]
            }
        };
        for value in values {
            again.set(choice.name, &value).unwrap();
            assert_eq!(again.get(choice.name).unwrap(), value, "{}", choice.name);
            let pairs = again.pairs();
            let read = Setup::from_pairs(pairs.iter().map(|(name, value)| (*name, value.as_str()))).unwrap();
            assert_eq!(read, again);
        }
    }
}

#[test]
fn what_cannot_be_is_said_and_nothing_breaks() {
    let towns = towns();
    let error = |pairs: &[(&str, &str)]| {
        let opened = Setup::from_pairs(pairs.iter().copied());
        let setup = match opened {
            Ok(setup) => setup,
            Err(error) => return error,
        };
        let run = Data::open(&setup, Some(&towns)).and_then(|data| Run::new(setup, data));
        run.err().map_or(String::new(), |error| error.to_string())
    };
    for (pairs, says) in [
        (&[("widths", "4,0")][..], "no width of a layer"),
        (&[("widths", "4,-1")], "no width of a layer"),
        (&[("widths", "99999999999999999999")], "no width of a layer"),
        (&[("widths", "1,1,1,1,1,1,1,1,1,1,1,1,1")], "13 hidden layers"),
        (&[("widths", "256,256,256,256,256")], "more than 200000"),
        (&[("rows", "1e9")], "`rows` is `1e9`"),
        (&[("data", "/etc/passwd")], "choose one of iris"),
        (&[("data", "people")], "choose one of iris"),
        (&[("nothing", "1")], "there is no choice `nothing`"),
        (&[("inputs", "x1,\"x2")], "quotation mark"),
        (&[("inputs", "x1,x7^2")], "x7^2"),
        (&[("inputs", "class")], "the target `class` cannot be an input"),
        (&[("inputs", "class^2,x1")], "the target `class` cannot be an input"),
        (&[("target", "nowhere")], "nowhere"),
        (
            &[("data", "own"), ("target", "size"), ("inputs", "kind^2")],
            "does not hold numbers",
        ),
        (
            &[("data", "own"), ("target", "kind"), ("task", "regression")],
            "not a number",
        ),
        (&[("loss", "mae")], "for numbers, and classes are predicted"),
        (
            &[("data", "sine"), ("loss", "cross_entropy")],
            "for classes, and a number is predicted",
        ),
        (&[("seed", "-1")], "whole number"),
        (&[("batch", "2.5")], "whole number"),
        (&[("rate", "NaN")], "give a number"),
        (&[("inputs", "a\u{0}b")], "control character"),
    ] {
        let said = error(pairs);
        assert!(said.contains(says), "{pairs:?}: {said}");
    }
    assert!(
        Data::open(&setup(&[("data", "own")]), None).is_err_and(|e| e.to_string().contains("no table of your own"))
    );
    let constant = own("x,y\n1,5\n2,5\n3,5\n4,5\n5,5\n6,5\n");
    assert!(Data::open(&setup(&[("data", "own")]), Some(&constant)).is_err());
}

#[test]
fn a_table_that_would_be_too_many_numbers_is_refused_before_it_is() {
    let mut csv = "a,b,c,y\n".to_string();
    for i in 0..20_000 {
        csv.push_str(&format!("a{},b{},c{},{}\n", i % 190, i % 191, i % 193, i % 7));
    }
    let error = Data::open(&setup(&[("data", "own"), ("target", "y")]), Some(&own(&csv))).err();
    let said = error.map_or(String::new(), |error| error.to_string());
    assert!(said.contains("20000 rows of 303 inputs"), "{said}");
    let fewer = setup(&[("data", "own"), ("target", "y"), ("inputs", "a")]);
    assert_eq!(Data::open(&fewer, Some(&own(&csv))).unwrap().inputs().len(), 101);
    let many: String = (0..100_001).map(|i| format!("{i},{}\n", i % 3)).collect();
    let error = Data::open(&fewer, Some(&own(&format!("a,y\n{many}")))).err();
    assert!(error.is_some_and(|error| error.to_string().contains("at most 100000")));
}

/// Texts that somebody made up, of pieces that mean something.
#[test]
fn whatever_is_written_gets_an_answer() {
    let pieces = [
        "rate",
        "w.0.1.2",
        "b.0",
        ":",
        "=",
        ";",
        ",",
        "1",
        "-",
        "0.5",
        "1e308",
        "NaN",
        "widths",
        "inputs",
        "x1",
        "^2",
        "*",
        "sin(",
        ")",
        "\"",
        " ",
        "\u{feff}",
        "💥",
        "4,4",
        "own",
        "moons",
        "9999999999999999999999",
        ".",
        "usual",
        "stop",
    ];
    let rng = &mut chainrule::Rng::new(1);
    let data = Data::open(&Setup::default(), None).unwrap();
    let mut opened = 0;
    for _ in 0..500 {
        let mut text = || -> String { (0..1 + rng.below(6)).map(|_| pieces[rng.below(pieces.len())]).collect() };
        let (events, value, inputs) = (text(), text(), text());
        if let Ok(events) = chainrule_playground::parse_events(&events) {
            let _ = Run::with_events(Setup::default(), data.clone(), events);
        }
        for choice in CHOICES {
            let _ = Setup::default().set(choice.name, &value);
        }
        let mut setup = Setup::default();
        if setup.set("inputs", &inputs).is_ok() && Data::open(&setup, None).is_ok() {
            opened += 1;
        }
    }
    assert!(opened > 3, "{opened}");
}

#[test]
fn texts_of_events_are_read_with_care() {
    for text in [
        "x",
        "1:",
        ":rate=1",
        "1:rate",
        "1:rate=NaN",
        "1:widths=3",
        "1:w.0.0=1",
        "1:w.0.0.0=inf",
        "1:w.0.0.0=1e99",
        "1:b.0=1",
        "1:w.99999999999999999999999.0.0=1",
        "-1:rate=0.1",
        "99999999999:rate=0.1",
    ] {
        assert!(chainrule_playground::parse_events(text).is_err(), "{text}");
    }
    assert!(chainrule_playground::parse_events(&"1:rate=1;".repeat(2000)).is_err());
    assert_eq!(chainrule_playground::parse_events("").unwrap(), []);
    // A weight that the network does not have is known only with the network.
    let setup = Setup::default();
    let data = Data::open(&setup, None).unwrap();
    for text in [
        "5:w.0.2.0=1",
        "5:w.3.0.0=1",
        "5:b.0.4=1",
        "0:w.18446744073709551615.0.0=1",
        "0:w.0.18446744073709551615.0=1",
    ] {
        let events = chainrule_playground::parse_events(text).unwrap();
        assert!(Run::with_events(setup.clone(), data.clone(), events).is_err(), "{text}");
    }
}
