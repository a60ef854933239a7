//! Predictions for files of any size: the rows pass by in blocks.

use std::{io::Cursor, path::Path};

use chainrule_table::{Blocks, Table, Unseen};

use crate::{
    datasets::{Choices, Dataset, open},
    error::{Error, Result},
    model::Model,
    prediction::Prediction,
};

/// What passed by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passed {
    /// How many rows there were.
    pub rows: usize,
    /// What a person should know of how they were read, one sentence each.
    pub notices: Vec<String>,
    /// Cells that hold what no training row had.
    pub unseen: Vec<Unseen>,
}

impl Model {
    /// Predicts the rows of a file, block after block, in their order, in constant memory: `each` gets every block with its
    /// answers. The place is a path, `-` for standard input, or, where there is no such file, the name of a data set.
    ///
    /// ```
    /// use chainrule_learn::{Error, Options, Table, fit};
    /// # let rows: String = (0..60).map(|i| format!("{},{}\n", i, if i < 30 { "low" } else { "high" })).collect();
    /// # let table = Table::from_csv("numbers.csv", format!("x1,class\n{rows}").as_bytes())?;
    /// # let model = fit(&table, &Options::new("class"), |_| std::ops::ControlFlow::Continue(()))?.model;
    /// let mut answers = vec![];
    /// let passed = model.predict_blocks("moons", |block, prediction| {
    ///     answers.extend((0..block.rows()).map(|row| prediction.text(row)));
    ///     Ok::<(), Error>(())
    /// })?;
    /// assert_eq!(passed.rows, answers.len());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// When the rows cannot be read or understood as in training (the message names line and column), or `each` fails. Blocks
    /// before the one at fault have been given.
    pub fn predict_blocks<E: From<Error>>(
        &self,
        place: impl AsRef<Path>,
        mut each: impl FnMut(&Table, &Prediction) -> std::result::Result<(), E>,
    ) -> std::result::Result<Passed, E> {
        let place = place.as_ref();
        let name = place.display().to_string();
        let mut blocks = self.blocks(place, &name)?;
        let mut passed = Passed::default();
        while let Some(block) = blocks.next().map_err(Error::from)? {
            let (prediction, unseen) = self.predict_and_count(&block)?;
            self.encoder.add_unseen(&mut passed.unseen, unseen);
            passed.rows += block.rows();
            each(&block, &prediction)?;
        }
        passed.notices = blocks.notices();
        Ok(passed)
    }

    fn blocks<'a>(&self, place: &Path, name: &'a str) -> Result<Blocks<'a>> {
        if name == "-" {
            return Ok(Blocks::new(&self.encoder, "standard input", std::io::stdin())?);
        }
        if place.exists() {
            return Ok(Blocks::open(&self.encoder, name)?);
        }
        match Dataset::named(name) {
            Ok(dataset) => {
                let csv = dataset.csv(&Choices::default())?.into_owned();
                Ok(Blocks::new(&self.encoder, name, Cursor::new(csv.into_bytes()))?)
            }
            // Says what might have been meant.
            Err(_) => Err(match open(place, &self.reader()) {
                Err(error) => error,
                Ok(_) => Error::data(format!("{name} has only just appeared; try again")),
            }),
        }
    }
}
