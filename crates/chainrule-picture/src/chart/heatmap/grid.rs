//! The numbers of a heat map, also where rows differ in length.

/// Rows of numbers.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    cells: Vec<Vec<f64>>,
    columns: usize,
}

/// A cell that holds a finite number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) number: f64,
}

impl Grid {
    pub(super) fn new(cells: &[impl AsRef<[f64]>]) -> Grid {
        let cells: Vec<Vec<f64>> = cells.iter().map(|row| row.as_ref().to_vec()).collect();
        let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
        Grid { cells, columns }
    }

    pub(super) fn rows(&self) -> usize {
        self.cells.len()
    }

    /// How long the longest row is.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The number of a cell; NaN where the row is too short.
    pub(super) fn number(&self, row: usize, column: usize) -> f64 {
        let number = self.cells.get(row).and_then(|row| row.get(column));
        number.copied().unwrap_or(f64::NAN)
    }

    /// All cells with a finite number.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cell> {
        self.cells.iter().enumerate().flat_map(|(row, numbers)| {
            let cells = numbers
                .iter()
                .enumerate()
                .map(move |(column, &number)| Cell { row, column, number });
            cells.filter(|cell| cell.number.is_finite())
        })
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = f64> {
        self.cells().map(|cell| cell.number)
    }

    /// At most `rows` by `columns` cells: the means of neighbors where there are more. Empty cells do not count.
    pub(super) fn reduced(&self, rows: usize, columns: usize) -> Grid {
        let (rows, columns) = (self.rows().min(rows), self.columns.min(columns));
        if (rows, columns) == (self.rows(), self.columns) {
            return self.clone();
        }
        // Dividing each number before adding keeps a sum of huge ones finite.
        let place = |cell: &Cell| (cell.row * rows / self.rows(), cell.column * columns / self.columns);
        let mut counts = vec![vec![0.0; columns]; rows];
        for cell in self.cells() {
            let (row, column) = place(&cell);
            counts[row][column] += 1.0;
        }
        let mut cells = vec![vec![f64::NAN; columns]; rows];
        for cell in self.cells() {
            let (row, column) = place(&cell);
            let mean = &mut cells[row][column];
            let part = cell.number / counts[row][column];
            *mean = if mean.is_nan() { part } else { *mean + part };
        }
        Grid { cells, columns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_cells_become_the_means_of_neighbors() {
        let grid = Grid::new(&[vec![1.0, 3.0, 10.0, f64::NAN], vec![5.0, 7.0], vec![f64::NAN; 4]]);
        let reduced = grid.reduced(2, 2);
        // Of three rows the first two make the first.
        assert_eq!((reduced.number(0, 0), reduced.number(0, 1)), (4.0, 10.0));
        assert!(reduced.number(1, 0).is_nan());
        assert_eq!(grid.reduced(9, 9).columns(), 4);
    }

    #[test]
    fn a_mean_of_huge_numbers_is_finite() {
        let reduced = Grid::new(&[vec![f64::MAX; 4]]).reduced(1, 2);
        assert!(reduced.number(0, 0).is_finite());
    }
}
