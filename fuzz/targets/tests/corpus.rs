//! Every file of the corpus goes through its target: what was once found stays mended.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod files;

use chainrule_fuzz_targets::{CHECKPOINT, MODEL, TARGETS, apart, never_stopped, resumed, small, stopped, together};
use chainrule_learn::Model;
use std::fs;

#[test]
fn every_file_of_the_corpus_has_an_answer() {
    for (target, run) in TARGETS {
        let corpus = files::corpus(target);
        assert!(corpus.len() >= 10, "the corpus of {target} has {} files", corpus.len());
        for (name, bytes) in corpus {
            // The name is printed when the target panics.
            println!("{target}/{name}");
            run(&bytes);
        }
    }
}

#[test]
fn every_target_has_its_program() {
    let manifest = fs::read_to_string(files::place("Cargo.toml")).unwrap();
    for (target, _) in TARGETS {
        assert!(manifest.contains(&format!("name = \"{target}\"\n")), "{target}");
        let program = fs::read_to_string(files::place(&format!("fuzz_targets/{target}.rs"))).unwrap();
        assert!(program.contains(&format!("chainrule_fuzz_targets::{target}(bytes)")));
    }
}

#[test]
fn whole_models_of_the_corpus_load() {
    let whole: Vec<_> = files::corpus("model")
        .into_iter()
        .filter(|(name, _)| name.starts_with("whole-"))
        .collect();
    assert!(whole.len() >= 3);
    for (name, bytes) in whole {
        let file = together(MODEL, &bytes).unwrap();
        if let Err(error) = Model::from_bytes("m", &file) {
            panic!(
                "{name}: {error}\nmodel files have changed: make these anew with\n  cargo test -p chainrule-fuzz-targets -- \
                 --ignored make_the_whole_models"
            );
        }
    }
}

#[test]
fn a_model_taken_apart_and_put_together_is_the_same() {
    for model in small() {
        let bytes = model.to_bytes().unwrap();
        let text = apart(MODEL, &bytes).unwrap();
        assert!(
            Model::from_bytes("m", &together(MODEL, &text).unwrap())
                .unwrap()
                .to_bytes()
                .unwrap()
                == bytes
        );
        // What is changed gets a checksum of its own, so that it is looked at.
        let altered = String::from_utf8_lossy(&text).replacen("\"epochs\":2", "\"epochs\":3", 1);
        assert!(altered.contains("\"epochs\":3"));
    }
}

/// Writes the corpus's whole models as the present program saves them.
#[test]
#[ignore = "writes into the tree"]
fn make_the_whole_models() {
    for (model, name) in small().iter().zip(["classes", "numbers", "linear", "several"]) {
        let text = apart(MODEL, &model.to_bytes().unwrap()).unwrap();
        fs::write(files::place(&format!("corpus/model/whole-{name}")), text).unwrap();
    }
}

/// The file of each fit that goes on from some bytes.
fn gone_on(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let all = resumed(bytes).into_iter();
    all.filter_map(|(name, fitted)| Some((name, fitted.ok()?))).collect()
}

#[test]
fn whole_checkpoints_of_the_corpus_go_on_to_the_model_of_a_run_that_was_never_stopped() {
    let files = files::corpus("checkpoint").into_iter();
    let whole: Vec<_> = files.filter(|(name, _)| name.starts_with("whole-")).collect();
    assert!(whole.len() >= 4);
    for (name, bytes) in whole {
        let gone_on = gone_on(&together(CHECKPOINT, &bytes).unwrap());
        let [(own, model)] = &gone_on[..] else {
            panic!(
                "{name}: checkpoints have changed: make these anew with\n  cargo test -p chainrule-fuzz-targets -- --ignored \
                 make_the_checkpoints"
            );
        };
        assert!(name.starts_with(&format!("whole-{own}-")));
        assert!(*model == never_stopped(own), "{name}");
    }
}

/// Makes a checkpoint's text with other tensors, another description, or other numbers.
fn altered(text: &[u8], alter: impl FnOnce(&mut String, &mut String, &mut Vec<u8>)) -> Vec<u8> {
    let mut parts = text.splitn(3, |byte| *byte == b'\n').map(<[u8]>::to_vec);
    let mut line = || String::from_utf8(parts.next().unwrap()).unwrap();
    let (mut tensors, mut description) = (line(), line());
    let mut data = parts.next().unwrap();
    alter(&mut tensors, &mut description, &mut data);
    let made = [tensors.as_bytes(), b"\n", description.as_bytes(), b"\n", &data].concat();
    assert_ne!(made, text);
    made
}

/// Where the numbers of a tensor begin.
fn start(tensors: &str, name: &str) -> usize {
    let tensors: serde_json::Value = serde_json::from_str(tensors).unwrap();
    tensors[name]["data_offsets"][0].as_u64().unwrap() as usize
}

/// Writes the corpus's checkpoints as the present program puts them aside: whole ones, and some that were altered.
#[test]
#[ignore = "writes into the tree"]
fn make_the_checkpoints() {
    let write = |name: &str, bytes: &[u8]| fs::write(files::place("corpus/checkpoint").join(name), bytes).unwrap();
    fs::create_dir_all(files::place("corpus/checkpoint")).unwrap();
    let mut running = vec![];
    for (name, file) in stopped() {
        let text = apart(CHECKPOINT, &file).unwrap();
        if name == "classes-in-network" {
            running = text.clone();
            write("raw-whole", &file);
            write("raw-cut-short", &file[..file.len() / 2]);
        }
        write(&format!("whole-{name}"), &text);
    }
    let words = |name: &str, from: &str, to: &str| {
        write(
            name,
            &altered(&running, |_, description, _| {
                *description = description.replacen(from, to, 1)
            }),
        );
    };
    words("other-format", "\"format\":1", "\"format\":2");
    words("other-run", "\"seed\":0", "\"seed\":1");
    words("other-version", "\"version\":\"", "\"version\":\"9.");
    words("finished-without-an-end", "\"finished\":false", "\"finished\":true");
    words(
        "diverged-outside",
        "\"diverged\":null",
        "\"diverged\":18446744073709551615",
    );
    words(
        "inside-late",
        "\"inside\":null",
        "\"inside\":[18446744073709551615,4607182418800017408]",
    );
    words(
        "inside-no-number",
        "\"inside\":null",
        "\"inside\":[1,9221120237041090560]",
    );
    words(
        "memory-one-step-too-many",
        "\"memory\":[[2,",
        "\"memory\":[[2147483647,",
    );
    words("memory-steps-negative", "\"memory\":[[2,", "\"memory\":[[-2147483648,");
    words("memory-of-none", "\"memory\":[[", "\"memory\":[[0,[]],[");
    words(
        "memory-huge",
        "\"memory\":[[2,[",
        "\"memory\":[[2,[18446744073709551615,",
    );
    let number = |name: &str, tensor: &str, number: [u8; 8]| {
        let alter = |tensors: &mut String, _: &mut String, data: &mut Vec<u8>| {
            data[start(tensors, tensor)..][..8].copy_from_slice(&number);
        };
        write(name, &altered(&running, alter));
    };
    number("row-outside", "network.order", u64::MAX.to_le_bytes());
    number("losses-infinite", "network.losses", f64::INFINITY.to_le_bytes());
    number("best-infinite", "network.best", f64::INFINITY.to_le_bytes());
    number("best-huge", "network.best", f64::MAX.to_le_bytes());
    number("weights-no-numbers", "network.weights", f64::NAN.to_le_bytes());
    number("weights-huge", "network.weights", f64::MAX.to_le_bytes());
    number("memory-no-numbers", "network.memory", f64::NAN.to_le_bytes());
    let random = |_: &mut String, description: &mut String, _: &mut Vec<u8>| {
        let start = description.find("\"rng\":[").unwrap();
        let end = start + description[start..].find(']').unwrap();
        description.replace_range(start..end, "\"rng\":[0,0,0,0");
    };
    write("random-nothing", &altered(&running, random));
    write(
        "losses-of-other-shape",
        &altered(&running, |tensors, _, _| *tensors = tensors.replacen("[2,2]", "[4]", 1)),
    );
    write(
        "tensors-gone",
        &altered(&running, |tensors, _, data| {
            (*tensors, *data) = ("{}".to_string(), vec![])
        }),
    );
    write("raw-empty", &[]);
}
