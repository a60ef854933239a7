//! `chainrule data`: the data sets that come with the program.

use crate::{
    failure::Failure,
    output::{bold, columns, print, say},
    places::{Use, check_places, write_table},
};
use chainrule_learn::{Choices, DATASETS, Dataset};
use std::path::PathBuf;

/// List the data sets that come with the program, or write one as CSV
///
/// Real tables are as published; toy data is made as scikit-learn makes it, bit for bit for the same random state (spiral, xor
/// and sine, which it does not have, in our own way).
/// `fit`, `predict` and `evaluate` take a data set's name wherever they take a file.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule data
  chainrule data moons --samples 100 --noise 0.1 --random-state 7 --out moons.csv
  chainrule fit wine --target cultivar")]
pub struct Arguments {
    /// The data set; all are listed if not given
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// How many rows of toy data
    #[arg(long, value_name = "ROWS", requires = "name", allow_negative_numbers = true)]
    samples: Option<usize>,
    /// How much noise in toy data
    #[arg(long, value_name = "DEVIATION", requires = "name", allow_negative_numbers = true)]
    noise: Option<f64>,
    /// Seed of toy data, as in scikit-learn; 0 if not given
    #[arg(long, value_name = "SEED", requires = "name", allow_negative_numbers = true)]
    random_state: Option<u32>,
    /// Where the table goes, packed by gzip if the name ends in .gz; standard output if not given
    #[arg(long, value_name = "FILE", requires = "name")]
    out: Option<PathBuf>,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let Some(name) = &self.name else {
            return print(&listed());
        };
        check_places(&[("the output", self.out.as_ref(), Use::Write)])?;
        let csv = Dataset::named(name)?.csv(&Choices {
            samples: self.samples,
            noise: self.noise,
            random_state: self.random_state,
        })?;
        match &self.out {
            None => print(&csv),
            Some(path) => {
                write_table(path, |out| out.write_all(csv.as_bytes()))?;
                say(&format!("wrote {name} to {}", path.display()));
                Ok(())
            }
        }
    }
}

fn listed() -> String {
    let part = |real: bool| {
        let rows = DATASETS
            .iter()
            .filter(|dataset| dataset.is_real() == real)
            .map(|dataset| {
                let target = format!("target {}", dataset.target);
                [format!("  {}", dataset.name), target, dataset.doc.to_string()]
            });
        columns(&rows.collect::<Vec<_>>())
    };
    format!(
        "{}\n{}\n{}\n{}",
        bold("real tables"),
        part(true),
        bold("toy data"),
        part(false)
    )
}
