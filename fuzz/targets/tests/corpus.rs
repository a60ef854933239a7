//! Every file of the corpus goes through its target: what was once found stays mended.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod files;

use chainrule_fuzz_targets::{TARGETS, apart, small, together};
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
        let file = together(&bytes).unwrap();
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
        let text = apart(&bytes).unwrap();
        assert!(
            Model::from_bytes("m", &together(&text).unwrap())
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
        let text = apart(&model.to_bytes().unwrap()).unwrap();
        fs::write(files::place(&format!("corpus/model/whole-{name}")), text).unwrap();
    }
}
