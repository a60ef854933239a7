//! On which line of the file each row starts, in little memory.

/// The line of each row. Most rows start one line after the one before, so only the exceptions are kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    rows: usize,
    /// The last row's line.
    last: usize,
    /// Rows that do not start one line after the one before, each with its line.
    jumps: Vec<(usize, usize)>,
}

impl Lines {
    /// Adds a row.
    pub(crate) fn push(&mut self, line: usize) {
        if self.rows == 0 || line != self.last + 1 {
            self.jumps.push((self.rows, line));
        }
        self.rows += 1;
        self.last = line;
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The line of a row, from 1.
    pub(crate) fn line(&self, row: usize) -> usize {
        let before = self.jumps.partition_point(|(first, _)| *first <= row);
        let (first, line) = self.jumps[before - 1];
        line + row - first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_jumps_are_kept() {
        let given = [2, 3, 4, 7, 8, 20, 21];
        let mut lines = Lines::default();
        given.iter().for_each(|line| lines.push(*line));
        assert_eq!((0..given.len()).map(|row| lines.line(row)).collect::<Vec<_>>(), given);
        assert_eq!((lines.rows(), lines.jumps.len()), (7, 3));
    }
}
