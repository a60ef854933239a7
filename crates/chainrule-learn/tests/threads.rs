//! A model answers many threads at once.
#![allow(clippy::unwrap_used)]

mod tables;

use chainrule_learn::{Fitted, Judgement, LinearModel, LogisticModel, Model, Options, Prediction};
use std::thread;
use tables::{bits, fit, houses, short};

#[test]
fn models_and_their_answers_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Model>();
    shared::<Fitted>();
    shared::<Judgement>();
    shared::<Options>();
    shared::<Prediction>();
    shared::<LinearModel>();
    shared::<LogisticModel>();
}

#[test]
fn many_threads_get_the_answers_that_one_gets() {
    let table = &houses(60).table();
    for target in ["price", "size"] {
        let model = &fit(table, &short(target)).unwrap().model;
        let expected = &bits(&model.predict(table).unwrap());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(move || {
                    for _ in 0..10 {
                        assert_eq!(bits(&model.predict(table).unwrap()), *expected);
                    }
                });
            }
        });
    }
}
