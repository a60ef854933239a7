//! A golden case: a function, its arguments and a seed, and the numbers that must come out.

use chainrule_numpy::{
    Blobs, Centers, Circles, Classification, Data, FeatureKind, Friedman1, Moons, PerFeature, PythonRandom,
    RandomState, Regression, Samples, Size, Split, SwissRoll, arange, k_fold, linspace, linspace_half_open,
    shuffle_split, stratified_k_fold, stratified_shuffle_split, stratified_train_test_split, train_test_split,
    train_test_split_in_order,
};
use serde_json::Value;

/// One array of a result: whole numbers, or the bits of floats.
#[derive(Debug, PartialEq)]
pub enum Numbers {
    Whole(Vec<i64>),
    Bits(Vec<u64>),
}

fn bits(numbers: &[f64]) -> Numbers {
    Numbers::Bits(numbers.iter().map(|number| number.to_bits()).collect())
}

fn whole(numbers: &[usize]) -> Numbers {
    Numbers::Whole(numbers.iter().map(|&number| number as i64).collect())
}

pub struct Case {
    pub json: Value,
}

pub fn read(text: &str) -> Vec<Case> {
    let file: Value = serde_json::from_str(text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    cases.iter().map(|json| Case { json: json.clone() }).collect()
}

impl Case {
    pub fn function(&self) -> &str {
        self.json["function"].as_str().unwrap()
    }

    pub fn expected(&self) -> Vec<Numbers> {
        let decode = |array: &Value| match array {
            Value::String(digits) => Numbers::Bits(
                (0..digits.len() / 16)
                    .map(|i| u64::from_str_radix(&digits[16 * i..16 * (i + 1)], 16).unwrap())
                    .collect(),
            ),
            array => Numbers::Whole(array.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect()),
        };
        self.json["result"].as_array().unwrap().iter().map(decode).collect()
    }

    pub fn run(&self) -> Vec<Numbers> {
        match self.function() {
            "numpy_stream" => self.numpy_stream(),
            "python_stream" => self.python_stream(),
            "linspace" => vec![bits(
                &linspace(self.float("start"), self.float("stop"), self.count("count")).unwrap(),
            )],
            "linspace_half_open" => vec![bits(
                &linspace_half_open(self.float("start"), self.float("stop"), self.count("count")).unwrap(),
            )],
            "arange" => vec![bits(
                &arange(self.float("start"), self.float("stop"), self.float("step")).unwrap(),
            )],
            "make_regression" => self.regression(),
            "make_moons" => labeled(&self.moons().make(&mut self.random()).unwrap()),
            "make_circles" => self.circles(),
            "make_blobs" => self.blobs(),
            "make_classification" => self.classification(),
            "make_friedman1" => self.friedman1(),
            "make_swiss_roll" => self.swiss_roll(),
            _ => self.split(),
        }
    }

    fn argument(&self, name: &str) -> Option<&Value> {
        self.json["arguments"].get(name).filter(|value| !value.is_null())
    }

    fn float(&self, name: &str) -> f64 {
        self.argument(name).unwrap().as_f64().unwrap()
    }

    fn count(&self, name: &str) -> usize {
        to_count(self.argument(name).unwrap())
    }

    fn flag(&self, name: &str, default: bool) -> bool {
        self.argument(name).map_or(default, |flag| flag.as_bool().unwrap())
    }

    fn random(&self) -> RandomState {
        match &self.json["seed"] {
            Value::Array(seed) => {
                let words: Vec<u32> = seed.iter().map(|word| to_count(word) as u32).collect();
                RandomState::from_array(&words).unwrap()
            }
            seed => RandomState::new(u32::try_from(seed.as_u64().unwrap()).unwrap()),
        }
    }

    fn numpy_stream(&self) -> Vec<Numbers> {
        let mut random = self.random();
        let calls = self.json["arguments"]["calls"].as_array().unwrap();
        calls.iter().map(|call| numpy_call(&mut random, call)).collect()
    }

    fn python_stream(&self) -> Vec<Numbers> {
        let seed: i128 = self.json["seed"].as_str().unwrap().parse().unwrap();
        let mut random = PythonRandom::new(seed);
        let calls = self.json["arguments"]["calls"].as_array().unwrap();
        calls.iter().map(|call| python_call(&mut random, call)).collect()
    }

    fn regression(&self) -> Vec<Numbers> {
        let features = self.argument("n_features").map_or(100, to_count);
        let regression = Regression {
            samples: self.argument("n_samples").map_or(100, to_count),
            features,
            // scikit-learn takes all where more are asked for; here that is an error.
            informative: self
                .argument("n_informative")
                .map(|count| to_count(count).min(features)),
            targets: self.argument("n_targets").map_or(1, to_count),
            bias: self.argument("bias").map_or(0.0, to_float),
            noise: self.argument("noise").map_or(0.0, to_float),
            shuffle: self.flag("shuffle", true),
        };
        let (data, coefficients) = regression.make_with_coefficients(&mut self.random()).unwrap();
        vec![bits(&data.features), bits(&data.target), bits(&coefficients)]
    }

    fn moons(&self) -> Moons {
        Moons {
            samples: self.samples(),
            shuffle: self.flag("shuffle", true),
            noise: self.argument("noise").map(to_float),
        }
    }

    fn circles(&self) -> Vec<Numbers> {
        let Moons {
            samples,
            shuffle,
            noise,
        } = self.moons();
        let circles = Circles {
            samples,
            shuffle,
            noise,
            factor: self.argument("factor").map_or(0.8, to_float),
        };
        labeled(&circles.make(&mut self.random()).unwrap())
    }

    fn samples(&self) -> Samples {
        match self.argument("n_samples") {
            None => Samples::Total(100),
            Some(Value::Array(each)) => Samples::Each(each.iter().map(to_count).collect()),
            Some(total) => to_count(total).into(),
        }
    }

    fn blobs(&self) -> Vec<Numbers> {
        let default = Blobs::default();
        let blobs = Blobs {
            samples: self.samples(),
            features: self.argument("n_features").map_or(default.features, to_count),
            centers: self.argument("centers").map(|centers| match centers {
                Value::Array(places) => Centers::At(places.iter().map(to_floats).collect()),
                count => Centers::Count(to_count(count)),
            }),
            standard_deviations: match self.argument("cluster_std") {
                None => default.standard_deviations,
                Some(Value::Array(each)) => each.iter().map(to_float).collect(),
                Some(same) => vec![to_float(same)],
            },
            center_box: match self.argument("center_box").map(to_floats).as_deref() {
                Some(&[low, high]) => (low, high),
                _ => default.center_box,
            },
            shuffle: self.flag("shuffle", true),
        };
        let (data, centers) = blobs.make_with_centers(&mut self.random()).unwrap();
        let mut result = labeled(&data);
        result.push(bits(&centers));
        result
    }

    fn classification(&self) -> Vec<Numbers> {
        let default = Classification::default();
        let count = |name: &str, default: usize| self.argument(name).map_or(default, to_count);
        let per_feature = |name: &str, default: PerFeature| match self.json["arguments"].get(name) {
            None => default,
            Some(Value::Null) => PerFeature::Random,
            Some(Value::Array(each)) => PerFeature::Each(each.iter().map(to_float).collect()),
            Some(same) => PerFeature::Same(to_float(same)),
        };
        let classification = Classification {
            samples: count("n_samples", default.samples),
            features: count("n_features", default.features),
            informative: count("n_informative", default.informative),
            redundant: count("n_redundant", default.redundant),
            repeated: count("n_repeated", default.repeated),
            classes: count("n_classes", default.classes),
            clusters_per_class: count("n_clusters_per_class", default.clusters_per_class),
            weights: self.argument("weights").map(to_floats),
            flip: self.argument("flip_y").map_or(default.flip, to_float),
            separation: self.argument("class_sep").map_or(default.separation, to_float),
            hypercube: self.flag("hypercube", default.hypercube),
            shift: per_feature("shift", default.shift),
            scale: per_feature("scale", default.scale),
            shuffle: self.flag("shuffle", default.shuffle),
        };
        let (data, kinds) = classification.make_with_kinds(&mut self.random()).unwrap();
        let number = |kind: &FeatureKind| match kind {
            FeatureKind::Informative => 0,
            FeatureKind::Redundant => 1,
            FeatureKind::Repeated => 2,
            FeatureKind::Random => 3,
        };
        let mut result = labeled(&data);
        result.push(Numbers::Whole(kinds.iter().map(number).collect()));
        result
    }

    fn friedman1(&self) -> Vec<Numbers> {
        let default = Friedman1::default();
        let friedman = Friedman1 {
            samples: self.argument("n_samples").map_or(100, to_count),
            features: self.argument("n_features").map_or(default.features, to_count),
            noise: self.argument("noise").map_or(default.noise, to_float),
        };
        let data = friedman.make(&mut self.random()).unwrap();
        vec![bits(&data.features), bits(&data.target)]
    }

    fn swiss_roll(&self) -> Vec<Numbers> {
        let roll = SwissRoll {
            samples: self.argument("n_samples").map_or(100, to_count),
            noise: self.argument("noise").map_or(0.0, to_float),
            hole: self.flag("hole", false),
        };
        let data = roll.make(&mut self.random()).unwrap();
        vec![bits(&data.features), bits(&data.target)]
    }

    fn split(&self) -> Vec<Numbers> {
        let size = |name: &str| {
            self.argument(name).map(|size| match size.as_u64() {
                Some(count) => Size::Count(count as usize),
                None => Size::Fraction(to_float(size)),
            })
        };
        let (test, train) = (size("test_size"), size("train_size"));
        let splits = self.argument("n_splits").map_or(0, to_count);
        let labels: Option<Vec<i64>> = self
            .argument("labels")
            .map(|labels| labels.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect());
        let rows = || self.count("rows");
        let stratum = || labels.as_deref().unwrap();
        // Without a seed nothing is shuffled.
        let mut random = (!self.json["seed"].is_null()).then(|| self.random());
        let result = match self.function() {
            "KFold" => k_fold(rows(), splits, random.as_mut()),
            "StratifiedKFold" => stratified_k_fold(stratum(), splits, random.as_mut()),
            "ShuffleSplit" => shuffle_split(rows(), splits, test, train, random.as_mut().unwrap()),
            "StratifiedShuffleSplit" => {
                stratified_shuffle_split(stratum(), splits, test, train, random.as_mut().unwrap())
            }
            "train_test_split" => match &labels {
                Some(labels) => stratified_train_test_split(labels, test, train, random.as_mut().unwrap()),
                None if self.flag("shuffle", true) => train_test_split(rows(), test, train, random.as_mut().unwrap()),
                None => train_test_split_in_order(rows(), test, train),
            }
            .map(|split| vec![split]),
            function => panic!("no function {function}"),
        };
        let sides = |split: &Split| [whole(&split.train), whole(&split.test)];
        result.unwrap().iter().flat_map(sides).collect()
    }
}

fn numpy_call(random: &mut RandomState, call: &Value) -> Numbers {
    let float = |i: usize| to_float(&call[i]);
    let count = |i: usize| to_count(&call[i]);
    match call[0].as_str().unwrap() {
        "random_sample" => bits(&(0..count(1)).map(|_| random.random_sample()).collect::<Vec<_>>()),
        "rand" => bits(&random.rand(count(1))),
        "standard_normal" => bits(&(0..count(1)).map(|_| random.standard_normal()).collect::<Vec<_>>()),
        "randn" => bits(&random.randn(count(1))),
        "normal" => floats(count(3), || random.normal(float(1), float(2)).unwrap()),
        "exponential" => floats(count(2), || random.exponential(float(1)).unwrap()),
        "uniform" => floats(count(3), || random.uniform(float(1), float(2)).unwrap()),
        "randint" => wholes(count(3), || {
            random.randint(to_whole(&call[1]), to_whole(&call[2])).unwrap()
        }),
        "choice" => {
            let probabilities = (!call[4].is_null()).then(|| to_floats(&call[4]));
            let replace = call[3].as_bool().unwrap();
            whole(
                &random
                    .choice(count(1), count(2), replace, probabilities.as_deref())
                    .unwrap(),
            )
        }
        "shuffle" => {
            let mut items: Vec<usize> = (0..count(1)).collect();
            random.shuffle(&mut items);
            whole(&items)
        }
        "permutation" => whole(&random.permutation(count(1))),
        name => panic!("no call {name}"),
    }
}

fn python_call(random: &mut PythonRandom, call: &Value) -> Numbers {
    let float = |i: usize| to_float(&call[i]);
    let count = |i: usize| to_count(&call[i]);
    let number = |i: usize| to_whole(&call[i]);
    match call[0].as_str().unwrap() {
        "random" => floats(count(1), || random.random()),
        "uniform" => floats(count(3), || random.uniform(float(1), float(2))),
        "gauss" => floats(count(3), || random.gauss(float(1), float(2))),
        "randint" => wholes(count(3), || random.randint(number(1), number(2)).unwrap()),
        "randrange" => wholes(count(4), || random.randrange(number(1), number(2), number(3)).unwrap()),
        "sample" => whole(&random.sample(count(1), count(2)).unwrap()),
        "choice" => {
            let items: Vec<i64> = (0..number(1)).collect();
            Numbers::Whole(vec![*random.choice(&items).unwrap()])
        }
        "shuffle" => {
            let mut items: Vec<usize> = (0..count(1)).collect();
            random.shuffle(&mut items);
            whole(&items)
        }
        name => panic!("no call {name}"),
    }
}

fn labeled(data: &Data<usize>) -> Vec<Numbers> {
    vec![bits(&data.features), whole(&data.target)]
}

fn floats(count: usize, mut one: impl FnMut() -> f64) -> Numbers {
    Numbers::Bits((0..count).map(|_| one().to_bits()).collect())
}

fn wholes(count: usize, mut one: impl FnMut() -> i64) -> Numbers {
    Numbers::Whole((0..count).map(|_| one()).collect())
}

fn to_count(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn to_whole(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn to_float(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn to_floats(values: &Value) -> Vec<f64> {
    values.as_array().unwrap().iter().map(to_float).collect()
}
