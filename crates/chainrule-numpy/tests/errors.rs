//! What cannot be is said in one sentence: what, with which numbers, and what to do.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use std::fmt::Debug;

use chainrule_numpy::{
    Blobs, Centers, Circles, Classification, Friedman1, Moons, PerFeature, PythonRandom, RandomState, Regression,
    Result, Size, SwissRoll, arange, k_fold, linspace, shuffle_split, stratified_k_fold, stratified_train_test_split,
    train_test_split,
};

fn says<T: Debug>(result: Result<T>, message: &str) {
    assert_eq!(result.unwrap_err().to_string(), message);
}

fn random() -> RandomState {
    RandomState::new(0)
}

#[test]
fn streams() {
    says(
        RandomState::from_array(&[]),
        "an empty list is no seed: give at least one number",
    );
    says(
        random().normal(0.0, -1.0),
        "the standard deviation is -1: give 0 or more",
    );
    says(random().exponential(f64::NAN), "the scale is NaN: give a finite number");
    says(
        random().uniform(f64::MIN, f64::MAX),
        &format!(
            "from {} to {} is no finite range: bring the ends closer",
            f64::MIN,
            f64::MAX
        ),
    );
    says(
        random().randint(3, 3),
        "no whole number is at least 3 and below 3: give a `high` above 3",
    );
    says(
        PythonRandom::new(0).randint(3, 2),
        "no whole number lies from 3 to before 3 in steps of 1: change the ends",
    );
    says(
        PythonRandom::new(0).randrange(0, 9, -2),
        "no whole number lies from 0 to before 9 in steps of -2: change the ends",
    );
    says(
        PythonRandom::new(0).randrange(0, 9, 0),
        "a step of 0 leads nowhere: give another step",
    );
    says(
        PythonRandom::new(0).sample(3, 4),
        "4 different ones cannot be chosen out of 3: choose fewer",
    );
    says(
        PythonRandom::new(0).choice::<u8>(&[]),
        "nothing to choose from: give at least one item",
    );
}

#[test]
fn choices() {
    let choose = |population, count, replace, p: Option<&[f64]>| random().choice(population, count, replace, p);
    says(
        choose(0, 1, true, None),
        "1 cannot be chosen out of none: give a population of at least 1",
    );
    says(
        choose(3, 4, false, Some(&[0.5, 0.5, 0.0])),
        "4 different ones cannot be chosen out of 3: choose fewer, or with replacement",
    );
    says(
        choose(3, 3, false, Some(&[0.5, 0.5, 0.0])),
        "3 different ones cannot be chosen where only 2 have a probability above 0: choose fewer",
    );
    says(
        choose(3, 1, true, Some(&[0.5, 0.5])),
        "2 probabilities do not fit a population of 3: give one for each",
    );
    says(
        choose(2, 1, true, Some(&[1.5, -0.5])),
        "-0.5 is no probability: give numbers from 0 to 1",
    );
    says(
        choose(2, 1, true, Some(&[0.5, f64::NAN])),
        "NaN is no probability: give numbers from 0 to 1",
    );
    says(
        choose(2, 1, true, Some(&[0.5, 0.4])),
        "the probabilities sum to 0.9, not to 1: divide each by their sum",
    );
    assert_eq!(choose(0, 0, true, None).unwrap(), [0; 0]);
    assert_eq!(choose(0, 0, false, Some(&[])).unwrap(), [0; 0]);
}

#[test]
fn ranges() {
    says(
        arange(0.0, 1.0, 0.0),
        "steps of 0 do not lead from 0 to 1: give finite ends and a step other than 0",
    );
    says(
        arange(0.0, f64::INFINITY, 1.0),
        "steps of 1 do not lead from 0 to inf: give finite ends and a step other than 0",
    );
    says(
        arange(0.0, 1.0, 1e-300),
        &format!(
            "{} × 1 numbers are more than one call makes (1073741824): ask for fewer",
            usize::MAX
        ),
    );
    says(
        linspace(0.0, 1.0, usize::MAX),
        &format!(
            "{} × 1 numbers are more than one call makes (1073741824): ask for fewer",
            usize::MAX
        ),
    );
}

#[test]
fn toy_data() {
    let none = || Moons {
        samples: 0.into(),
        ..Moons::default()
    };
    says(none().make(&mut random()), "0 samples make no data: ask for at least 1");
    says(
        Moons {
            samples: [1, 2, 3].into(),
            ..none()
        }
        .make(&mut random()),
        "3 numbers of samples for two classes: give two, or one for both together",
    );
    says(
        Moons {
            noise: Some(-0.5),
            ..none()
        }
        .make(&mut random()),
        "the noise is -0.5: give 0 or more",
    );
    says(
        Circles {
            factor: 1.0,
            ..Circles::default()
        }
        .make(&mut random()),
        "1 is no factor for the inner circle: give a number of at least 0 and below 1",
    );
    says(
        Friedman1 {
            features: 4,
            ..Friedman1::default()
        }
        .make(&mut random()),
        "4 features are too few for Friedman's formula: ask for at least 5",
    );
    says(
        SwissRoll {
            samples: usize::MAX,
            ..SwissRoll::default()
        }
        .make(&mut random()),
        &format!(
            "{} × 3 numbers are more than one call makes (1073741824): ask for fewer",
            usize::MAX
        ),
    );
    says(
        Regression {
            features: 2,
            informative: Some(3),
            ..Regression::default()
        }
        .make(&mut random()),
        "3 informative features out of 2: ask for more features, or for fewer informative ones",
    );
    says(
        Regression {
            targets: 0,
            ..Regression::default()
        }
        .make(&mut random()),
        "0 targets leave nothing to predict: ask for at least 1",
    );
}

#[test]
fn blobs() {
    let places = |places: &[&[f64]]| Some(Centers::At(places.iter().map(|place| place.to_vec()).collect()));
    says(
        Blobs {
            centers: Some(Centers::Count(0)),
            ..Blobs::default()
        }
        .make(&mut random()),
        "0 centers make no blobs: ask for at least 1",
    );
    says(
        Blobs {
            centers: places(&[&[1.0, 2.0], &[3.0]]),
            ..Blobs::default()
        }
        .make(&mut random()),
        "center 2 has 1 coordinates where the first has 2: give each as many",
    );
    says(
        Blobs {
            samples: [5, 5].into(),
            centers: places(&[&[1.0]]),
            ..Blobs::default()
        }
        .make(&mut random()),
        "2 numbers of samples do not fit 1 centers: give one for each",
    );
    says(
        Blobs {
            standard_deviations: vec![1.0, 2.0],
            ..Blobs::default()
        }
        .make(&mut random()),
        "2 standard deviations do not fit 3 centers: give one for all, or one for each",
    );
    says(
        Blobs {
            center_box: (0.0, f64::INFINITY),
            ..Blobs::default()
        }
        .make(&mut random()),
        "the upper end of the center box is inf: give a finite number",
    );
}

#[test]
fn classification() {
    let default = Classification::default;
    says(
        Classification {
            features: 3,
            ..default()
        }
        .make(&mut random()),
        "2 informative, 2 redundant and 0 repeated features are more than the 3 features: ask for more features, or \
         for fewer of these",
    );
    says(
        Classification {
            classes: 3,
            ..default()
        }
        .make(&mut random()),
        "3 classes of 2 clusters do not fit on the 4 corners that 2 informative features have: ask for more \
         informative features, or for fewer classes or clusters",
    );
    says(
        Classification {
            informative: 0,
            ..default()
        }
        .make(&mut random()),
        "0 informative features make no data: ask for at least 1",
    );
    says(
        Classification {
            weights: Some(vec![]),
            ..default()
        }
        .make(&mut random()),
        "0 weights do not fit 2 classes: give one for each, or leave out the last",
    );
    says(
        Classification {
            weights: Some(vec![1.5]),
            ..default()
        }
        .make(&mut random()),
        "a weight (or what the others leave of 1) is -0.5: give 0 or more",
    );
    says(
        Classification { flip: 1.1, ..default() }.make(&mut random()),
        "1.1 is no share of rows to flip: give a number from 0 to 1",
    );
    says(
        Classification {
            scale: PerFeature::Same(0.0),
            ..default()
        }
        .make(&mut random()),
        "the scale is 0: give a number above 0",
    );
    says(
        Classification {
            shift: PerFeature::Each(vec![1.0]),
            ..default()
        }
        .make(&mut random()),
        "1 numbers of shift do not fit 20 features: give one for each",
    );
}

#[test]
fn splits() {
    let split = |rows, test, train| train_test_split(rows, test, train, &mut random());
    let out_of_range = "give a fraction above 0 and below 1, or a number of rows from 1 to fewer than all";
    for (size, said) in [
        (Size::Fraction(0.0), "0 for the test of 10 rows"),
        (Size::Fraction(1.0), "1 for the test of 10 rows"),
        (Size::Fraction(f64::NAN), "NaN for the test of 10 rows"),
        (Size::Count(0), "0 rows for the test of 10 rows"),
        (Size::Count(10), "10 rows for the test of 10 rows"),
    ] {
        says(split(10, Some(size), None), &format!("{said}: {out_of_range}"));
    }
    says(
        split(10, None, Some(Size::Count(11))),
        &format!("11 rows for the training of 10 rows: {out_of_range}"),
    );
    says(
        split(10, Some(Size::Fraction(0.5)), Some(Size::Fraction(0.75))),
        "0.5 for the test and 0.75 for the training are 1.25 of the rows together: reduce one of them",
    );
    says(
        split(10, Some(Size::Count(5)), Some(Size::Count(6))),
        "5 rows for the test and 6 for the training are more than the 10 there are: reduce one of them",
    );
    says(
        split(1, None, None),
        "with 1 of 1 rows for the test, none is left for the training: give more rows or other sizes",
    );
    says(
        split(0, None, None),
        "with 0 of 0 rows for the test, none is left for the training: give more rows or other sizes",
    );
    says(
        shuffle_split(1 << 20, 1 << 20, None, None, &mut random()),
        "1048576 × 1048576 numbers are more than one call makes (1073741824): ask for fewer",
    );
}

#[test]
fn splits_by_class() {
    says(
        stratified_train_test_split(&["a", "a", "b", "a"], None, None, &mut random()),
        "the class of row 3 has one member, and each side needs one: leave the row out or join the class with another",
    );
    says(
        stratified_train_test_split(&[0, 0, 1, 1, 2, 2], Some(Size::Count(2)), None, &mut random()),
        "2 rows for the test cannot hold one of each of the 3 classes: make it larger",
    );
    says(
        k_fold(3, 1, None),
        "1 folds leave nothing to test on: ask for 2 or more",
    );
    says(
        k_fold(3, 4, None),
        "4 folds are more than the 3 rows: ask for at most 3",
    );
    says(
        stratified_k_fold(&[0, 0, 1, 1], 3, None),
        "3 folds are more than the 2 members of the largest class: ask for at most 2",
    );
}
