//! Two of the three species of Iris, and two of their four measurements.

use chainrule_learn::{Choices, Dataset};

use crate::error::Result;

/// The measurements, in the order of the table.
pub(super) const COLUMNS: [&str; 4] = ["sepal length", "sepal width", "petal length", "petal width"];
/// The species, in the order of the table.
pub(super) const SPECIES: [&str; 3] = ["setosa", "versicolor", "virginica"];
/// Which two species may be told apart.
pub(super) const PAIRS: [[usize; 2]; 3] = [[0, 1], [0, 2], [1, 2]];

/// A flower: two measurements in cm, and whether it is of the pair's second species.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flower {
    pub(super) measures: [f64; 2],
    pub(super) second: bool,
}

/// The flowers of these two species with these two columns.
pub(super) fn flowers(pair: [usize; 2], columns: [usize; 2]) -> Result<Vec<Flower>> {
    let csv = Dataset::named("iris")?.csv(&Choices::default())?;
    let names = pair.map(|species| SPECIES[species]);
    let flower = |line: &str| -> Option<Flower> {
        let cells: Vec<&str> = line.split(',').collect();
        let species = cells.last().copied().filter(|species| names.contains(species))?;
        let number = |column: usize| cells.get(column)?.parse::<f64>().ok();
        Some(Flower {
            measures: [number(columns[0])?, number(columns[1])?],
            second: species == names[1],
        })
    };
    Ok(csv.lines().skip(1).filter_map(flower).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flower_of_a_pair_is_lost() {
        for pair in PAIRS {
            let flowers = flowers(pair, [2, 3]).unwrap();
            assert_eq!(flowers.len(), 100);
            assert_eq!(flowers.iter().filter(|flower| flower.second).count(), 50);
        }
    }
}
