//! Tables that come with the program: small real ones, toy data as scikit-learn makes it, and some of our own. To add one, add a
//! row.

use std::{borrow::Cow, fmt::Write, path::Path};

use chainrule_numpy::{Blobs, Circles, Classification, Data, Friedman1, Moons, RandomState, Regression, SwissRoll};
use chainrule_table::{
    Reader, Table,
    message::{nearest, number, quoted},
};

use crate::{
    error::{Error, Result},
    toys,
};

/// A table that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Dataset {
    /// What it is called.
    pub name: &'static str,
    /// What it is, in one line.
    pub doc: &'static str,
    /// The column one would predict.
    pub target: &'static str,
    source: Source,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    /// A real table, as CSV.
    Real(&'static str),
    /// Made anew each time, the same for the same random state.
    Toy(fn(&Choices) -> chainrule_numpy::Result<Toy>),
}

/// What may be chosen of toy data; what is not keeps scikit-learn's default.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Choices {
    /// How many rows.
    pub samples: Option<usize>,
    /// The standard deviation of the noise.
    pub noise: Option<f64>,
    /// The seed, scikit-learn's `random_state`; 0 when not given.
    pub random_state: Option<u32>,
}

/// Toy data, its answers as text.
struct Toy {
    data: Data<String>,
}

/// Every data set.
pub const DATASETS: &[Dataset] = &[
    Dataset {
        name: "iris",
        doc: "150 flowers of three species by four measurements",
        target: "species",
        source: Source::Real(include_str!("../../../data/iris.csv")),
    },
    Dataset {
        name: "wine",
        doc: "178 wines of three cultivars by 13 chemical analyses",
        target: "cultivar",
        source: Source::Real(include_str!("../../../data/wine.csv")),
    },
    Dataset {
        name: "breast_cancer",
        doc: "569 tumors, malignant or benign, by 30 measures of their cells",
        target: "diagnosis",
        source: Source::Real(include_str!("../../../data/breast_cancer.csv")),
    },
    Dataset {
        name: "diabetes",
        doc: "442 patients: the course of the disease by ten measurements, in their own units",
        target: "progression",
        source: Source::Real(include_str!("../../../data/diabetes.csv")),
    },
    Dataset {
        name: "digits",
        doc: "1797 handwritten digits of 8 by 8 gray pixels",
        target: "digit",
        source: Source::Real(include_str!("../../../data/digits.csv")),
    },
    Dataset {
        name: "people",
        doc: "the four people of the teaching notebook: weight in pounds, height in inches",
        target: "gender",
        source: Source::Real(include_str!("../../../data/people.csv")),
    },
    Dataset {
        name: "moons",
        doc: "two half circles that reach into each other",
        target: "class",
        source: Source::Toy(|choices| {
            let mut moons = Moons::default();
            (moons.samples, moons.noise) = (choices.samples.map_or(moons.samples, Into::into), choices.noise);
            moons.make(&mut choices.random()).map(Toy::classes)
        }),
    },
    Dataset {
        name: "circles",
        doc: "a small circle inside a large one",
        target: "class",
        source: Source::Toy(|choices| {
            let mut circles = Circles::default();
            (circles.samples, circles.noise) = (choices.samples.map_or(circles.samples, Into::into), choices.noise);
            circles.make(&mut choices.random()).map(Toy::classes)
        }),
    },
    Dataset {
        name: "blobs",
        doc: "three round clouds of points; noise is their standard deviation",
        target: "class",
        source: Source::Toy(|choices| {
            let mut blobs = Blobs::default();
            blobs.samples = choices.samples.map_or(blobs.samples, Into::into);
            if let Some(noise) = choices.noise {
                blobs.standard_deviations = vec![noise];
            }
            blobs.make(&mut choices.random()).map(Toy::classes)
        }),
    },
    Dataset {
        name: "classification",
        doc: "two classes in 20 columns, of which two tell them apart and two repeat that; noise is the share of wrong labels",
        target: "class",
        source: Source::Toy(|choices| {
            let mut classification = Classification::default();
            classification.samples = choices.samples.unwrap_or(classification.samples);
            classification.flip = choices.noise.unwrap_or(classification.flip);
            classification.make(&mut choices.random()).map(Toy::classes)
        }),
    },
    Dataset {
        name: "regression",
        doc: "a linear relation in 100 columns, of which ten matter",
        target: "y",
        source: Source::Toy(|choices| {
            let mut regression = Regression::default();
            regression.samples = choices.samples.unwrap_or(regression.samples);
            regression.noise = choices.noise.unwrap_or(regression.noise);
            regression.make(&mut choices.random()).map(Toy::numbers)
        }),
    },
    Dataset {
        name: "friedman1",
        doc: "y = 10 sin(π x₁ x₂) + 20 (x₃ − ½)² + 10 x₄ + 5 x₅, and five columns that do not matter",
        target: "y",
        source: Source::Toy(|choices| {
            let mut friedman = Friedman1::default();
            friedman.samples = choices.samples.unwrap_or(friedman.samples);
            friedman.noise = choices.noise.unwrap_or(friedman.noise);
            friedman.make(&mut choices.random()).map(Toy::numbers)
        }),
    },
    Dataset {
        name: "swiss_roll",
        doc: "a sheet rolled up in space; y is the place along the roll",
        target: "y",
        source: Source::Toy(|choices| {
            let mut roll = SwissRoll::default();
            roll.samples = choices.samples.unwrap_or(roll.samples);
            roll.noise = choices.noise.unwrap_or(roll.noise);
            roll.make(&mut choices.random()).map(Toy::numbers)
        }),
    },
    Dataset {
        name: "spiral",
        doc: "two arms that wind around each other",
        target: "class",
        source: Source::Toy(|choices| choices.own(0.02, toys::spiral).map(Toy::classes)),
    },
    Dataset {
        name: "xor",
        doc: "a square in four quarters; the class says whether the signs of x1 and x2 differ",
        target: "class",
        source: Source::Toy(|choices| choices.own(0.02, toys::xor).map(Toy::classes)),
    },
    Dataset {
        name: "sine",
        doc: "one wave, y = sin x₁",
        target: "y",
        source: Source::Toy(|choices| choices.own(0.1, toys::sine).map(Toy::numbers)),
    },
];

impl Choices {
    /// Toy data of our own, with so much noise unless somebody chooses.
    fn own<T>(
        &self,
        noise: f64,
        make: fn(usize, f64, &mut RandomState) -> chainrule_numpy::Result<Data<T>>,
    ) -> chainrule_numpy::Result<Data<T>> {
        let rows = self.samples.unwrap_or(toys::ROWS);
        make(rows, self.noise.unwrap_or(noise), &mut self.random())
    }

    fn random(&self) -> RandomState {
        RandomState::new(self.random_state.unwrap_or(0))
    }
}

impl Toy {
    fn numbers(data: Data<f64>) -> Toy {
        Toy::with(data, number)
    }

    fn classes(data: Data<usize>) -> Toy {
        Toy::with(data, |class| class.to_string())
    }

    fn with<T>(data: Data<T>, text: impl Fn(T) -> String) -> Toy {
        Toy {
            data: Data {
                features: data.features,
                rows: data.rows,
                columns: data.columns,
                target: data.target.into_iter().map(text).collect(),
            },
        }
    }

    /// Columns `x1`, `x2`, … and the target; every number as short as it can be without loss.
    fn csv(&self, target: &str) -> String {
        let mut text: String = (1..=self.data.columns).map(|column| format!("x{column},")).collect();
        text.push_str(target);
        text.push('\n');
        for (row, answer) in self.data.target.iter().enumerate() {
            for x in self.data.row(row) {
                text.push_str(&number(*x));
                text.push(',');
            }
            let _ = writeln!(text, "{answer}"); // writing to a String cannot fail
        }
        text
    }
}

impl Dataset {
    /// The data set with this name.
    ///
    /// # Errors
    /// When there is none; the error lists them, and first the one that is most like it.
    pub fn named(name: &str) -> Result<&'static Dataset> {
        let found = DATASETS.iter().find(|dataset| dataset.name == name);
        found.ok_or_else(|| {
            let names = DATASETS.iter().map(|dataset| dataset.name);
            let hint = match nearest(name, names.clone()) {
                Some(nearest) => format!("did you mean `{nearest}`? "),
                None => String::new(),
            };
            let names = names.collect::<Vec<_>>().join(", ");
            Error::request(format!(
                "there is no data set {}; {hint}choose one of {names}",
                quoted(name)
            ))
        })
    }

    /// Whether it is real, rather than made anew from random numbers.
    pub fn is_real(&self) -> bool {
        matches!(self.source, Source::Real(_))
    }

    /// The table as CSV text.
    ///
    /// ```
    /// use chainrule_learn::{Choices, Dataset};
    /// let moons = Dataset::named("moons")?;
    /// let csv = moons.csv(&Choices { samples: Some(4), ..Choices::default() })?;
    /// assert_eq!(csv.lines().next(), Some("x1,x2,class"));
    /// assert_eq!(csv.lines().count(), 5);
    /// # Ok::<(), chainrule_learn::Error>(())
    /// ```
    ///
    /// # Errors
    /// When toy data cannot be made like this, or something is chosen of a real table.
    pub fn csv(&self, choices: &Choices) -> Result<Cow<'static, str>> {
        match self.source {
            Source::Real(csv) if *choices == Choices::default() => Ok(csv.into()),
            Source::Real(_) => Err(Error::request(format!(
                "`{}` is a real table: its rows, noise and seed cannot be chosen",
                self.name
            ))),
            Source::Toy(make) => match make(choices) {
                Ok(toy) => Ok(toy.csv(self.target).into()),
                Err(error) => Err(Error::request(format!("`{}`: {error}", self.name))),
            },
        }
    }

    /// The table.
    ///
    /// # Errors
    /// As [`Dataset::csv`].
    pub fn table(&self, choices: &Choices) -> Result<Table> {
        self.read(choices, &Reader::new())
    }

    fn read(&self, choices: &Choices, reader: &Reader) -> Result<Table> {
        let csv = self.csv(choices)?;
        Ok(reader.read_from(self.name, csv.as_bytes())?)
    }
}

/// The table in a file; where there is no such file, the data set with this name.
///
/// # Errors
/// When there is neither, or the file cannot be read as a table.
pub fn open(place: impl AsRef<Path>, reader: &Reader) -> Result<Table> {
    let place = place.as_ref();
    let dataset = place.to_str().and_then(|name| Dataset::named(name).ok());
    match dataset {
        Some(dataset) if !place.exists() => dataset.read(&Choices::default(), reader),
        None if !place.exists() => Err(Error::data(match reader.read(place) {
            Err(error) => {
                let names = DATASETS.iter().map(|dataset| dataset.name);
                match place.to_str().and_then(|name| nearest(name, names)) {
                    Some(nearest) => format!("{error}; or did you mean the data set `{nearest}`?"),
                    None => format!("{error}; or name a data set: `chainrule data` lists them"),
                }
            }
            Ok(_) => format!("{} has only just appeared; try again", place.display()),
        })),
        _ => Ok(reader.read(place)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_set_is_a_table_with_its_target() {
        for dataset in DATASETS {
            let table = dataset.table(&Choices::default()).unwrap();
            assert!(table.column(dataset.target).is_ok(), "{}", dataset.name);
            assert!(table.rows() >= 4 && !dataset.doc.is_empty(), "{}", dataset.name);
            assert!(
                table.columns().iter().all(|column| column.missing() == 0),
                "{}",
                dataset.name
            );
        }
    }

    #[test]
    fn toy_data_comes_back_from_its_csv_to_the_bit() {
        let choices = Choices {
            samples: Some(50),
            noise: Some(0.1),
            random_state: Some(7),
        };
        let moons = Moons {
            samples: 50.into(),
            noise: Some(0.1),
            ..Moons::default()
        };
        let data = moons.make(&mut RandomState::new(7)).unwrap();
        let table = Dataset::named("moons").unwrap().table(&choices).unwrap();
        for (column, name) in ["x1", "x2"].into_iter().enumerate() {
            let chainrule_table::Values::Numbers { values, .. } = &table.column(name).unwrap().values else {
                panic!("{name} is not a number");
            };
            for (row, value) in values.iter().enumerate() {
                assert_eq!(value.to_bits(), data.row(row)[column].to_bits(), "{name} of row {row}");
            }
        }
    }

    #[test]
    fn what_cannot_be_made_is_said() {
        let message = |name: &str, choices: Choices| match Dataset::named(name).and_then(|set| set.csv(&choices)) {
            Ok(_) => panic!("{name} was made"),
            Err(error) => (error.is_request(), error.to_string()),
        };
        let none = Choices::default();
        assert!(message("moon", none).1.contains("choose one of iris, wine"));
        let few = Choices {
            samples: Some(10),
            ..none
        };
        assert!(message("iris", few).1.contains("`iris` is a real table"));
        let negative = Choices {
            noise: Some(-1.0),
            ..none
        };
        assert!(message("moons", negative).0);
    }
}
