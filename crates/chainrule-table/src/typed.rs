//! From the cells of a column, one after the other, to its typed values.

use std::collections::HashMap;

use crate::category::{truth, value_of};
use crate::cell::{Mark, is_missing, number};
use crate::column::{MISSING, NumberKind, Values};
use crate::date::{DateOrder, date};

/// A column of text with more different values than this, and more than half of them different, is not kept: nothing can be
/// learned from it, and it would need as much memory as the file.
const MOST_KEPT_WORDS: usize = 100_000;

/// A column while it is read. Its type is the narrowest one that holds all cells so far.
pub(crate) struct Builder {
    state: State,
    rows: usize,
    /// Whether numbers may have decimal commas.
    commas: bool,
    /// Whether every cell is a word, because numbers and dates would lose their spelling.
    words_only: bool,
    /// Whether words are kept, however many there are.
    keep_words: bool,
}

enum State {
    /// No cell yet, or all missing.
    Empty,
    Numbers {
        values: Vec<f64>,
        whole: bool,
        /// The mark before decimals, once there was one.
        mark: Option<Mark>,
        /// The first cell that is not finite: its row and text.
        infinite: Option<(usize, String)>,
    },
    Dates {
        /// Days, read month first where the order of day and month is open.
        values: Vec<f64>,
        /// The same read day first, once a cell was open.
        swapped: Option<Vec<f64>>,
        day_first: bool,
        month_first: bool,
    },
    Words {
        codes: Vec<u32>,
        seen: HashMap<String, u32>,
        /// How many cells are not missing.
        present: usize,
        /// How many of the different words are numbers or dates.
        values: usize,
    },
    Text {
        present: Vec<bool>,
        distinct: usize,
    },
    /// Cells of several types: the file must be read again, and this column as words.
    Mixed,
}

/// What became of a column.
pub(crate) struct Built {
    pub(crate) values: Values,
    /// The first cell among numbers that is not finite.
    pub(crate) infinite: Option<(usize, String)>,
    /// Whether its numbers have decimal commas, or decimal points.
    pub(crate) mark: Option<Mark>,
    /// Whether no cell tells the day from the month.
    pub(crate) order_unknown: bool,
}

impl Builder {
    pub(crate) fn new(commas: bool, words_only: bool) -> Builder {
        Builder {
            state: State::Empty,
            rows: 0,
            commas,
            words_only,
            keep_words: words_only,
        }
    }

    /// Lets go of free text after all, though every cell is a word: nobody asked for categories.
    pub(crate) fn may_forget(&mut self) {
        self.keep_words = false;
    }

    /// Adds a cell; false when the column needs to be read again as words.
    pub(crate) fn push(&mut self, cell: &str) -> bool {
        let missing = is_missing(cell);
        let fits = match &mut self.state {
            State::Mixed => return false,
            State::Empty if missing => true,
            State::Empty => {
                self.state = self.start(cell);
                self.rows += 1;
                return !matches!(self.state, State::Mixed);
            }
            State::Numbers { values, .. } if missing => {
                values.push(f64::NAN);
                true
            }
            State::Dates { values, swapped, .. } if missing => {
                values.push(f64::NAN);
                swapped.iter_mut().for_each(|swapped| swapped.push(f64::NAN));
                true
            }
            State::Numbers {
                values,
                whole,
                mark,
                infinite,
            } => match number(cell, self.commas) {
                Some(number) => {
                    let decimals = matches!(number.mark, Mark::Point | Mark::Comma).then_some(number.mark);
                    let agrees = decimals.is_none() || mark.is_none() || decimals == *mark;
                    *mark = mark.or(decimals);
                    *whole &= number.mark == Mark::Whole;
                    if number.value.is_infinite() && infinite.is_none() {
                        *infinite = Some((self.rows, cell.to_string()));
                    }
                    values.push(number.value);
                    agrees
                }
                None => false,
            },
            State::Dates {
                values,
                swapped,
                day_first,
                month_first,
            } => match date(cell) {
                Some(written) => {
                    if written.is_open() {
                        *day_first &= written.allows(DateOrder::DayFirst);
                        *month_first &= written.allows(DateOrder::MonthFirst);
                        swapped.get_or_insert_with(|| values.clone());
                    }
                    let days = |order| written.days(order).unwrap_or(f64::NAN);
                    values.push(days(DateOrder::MonthFirst));
                    if let Some(swapped) = swapped {
                        swapped.push(days(DateOrder::DayFirst));
                    }
                    *day_first || *month_first
                }
                None => false,
            },
            State::Words {
                codes,
                seen,
                present,
                values,
            } => {
                let before = seen.len();
                codes.push(match missing {
                    true => MISSING,
                    false => code(seen, cell),
                });
                *present += usize::from(!missing);
                *values += usize::from(seen.len() > before && is_value(cell));
                true
            }
            State::Text { present, .. } => {
                present.push(!missing);
                true
            }
        };
        if !fits {
            self.state = State::Mixed;
        }
        self.rows += 1;
        self.forget_text();
        fits
    }

    /// The state after the first cell that is not missing.
    fn start(&self, cell: &str) -> State {
        let room = |value| {
            let mut values = Vec::new();
            values.resize(self.rows, f64::NAN);
            values.push(value);
            values
        };
        let (number, date) = match self.words_only {
            true => (None, None),
            false => (number(cell, self.commas), date(cell)),
        };
        match (number, date) {
            (Some(number), _) => State::Numbers {
                values: room(number.value),
                whole: number.mark == Mark::Whole,
                mark: matches!(number.mark, Mark::Point | Mark::Comma).then_some(number.mark),
                infinite: number.value.is_infinite().then(|| (self.rows, cell.to_string())),
            },
            (_, Some(written)) => {
                let days = |order| room(written.days(order).unwrap_or(f64::NAN));
                State::Dates {
                    values: days(DateOrder::MonthFirst),
                    swapped: written.is_open().then(|| days(DateOrder::DayFirst)),
                    day_first: written.allows(DateOrder::DayFirst),
                    month_first: written.allows(DateOrder::MonthFirst),
                }
            }
            _ => {
                let (mut codes, mut seen) = (vec![MISSING; self.rows], HashMap::new());
                codes.push(code(&mut seen, cell));
                State::Words {
                    codes,
                    seen,
                    present: 1,
                    values: usize::from(is_value(cell)),
                }
            }
        }
    }

    /// Drops the words of a column of free text. Numbers with a few stray words are none: they will be told apart.
    fn forget_text(&mut self) {
        let State::Words {
            codes,
            seen,
            present,
            values,
        } = &self.state
        else {
            return;
        };
        let is_text = seen.len() > MOST_KEPT_WORDS && seen.len() * 2 > *present && *values * 10 < seen.len() * 9;
        if is_text && !self.keep_words {
            self.state = State::Text {
                distinct: seen.len(),
                present: codes.iter().map(|code| *code != MISSING).collect(),
            };
        }
    }

    /// The column's values.
    pub(crate) fn finish(self) -> Built {
        let mut built = Built {
            values: Values::Empty { rows: self.rows },
            infinite: None,
            mark: None,
            order_unknown: false,
        };
        match self.state {
            State::Empty | State::Mixed => {}
            State::Numbers {
                mut values,
                whole,
                mark,
                infinite,
            } => {
                values.shrink_to_fit();
                let kind = if whole { NumberKind::Integer } else { NumberKind::Float };
                built.values = Values::Numbers { values, kind };
                built.infinite = infinite;
                built.mark = mark;
            }
            State::Dates {
                values,
                swapped,
                day_first,
                month_first,
            } => {
                built.order_unknown = swapped.is_some() && day_first && month_first;
                let (mut values, order) = match swapped {
                    None => (values, DateOrder::Plain),
                    Some(_) if month_first => (values, DateOrder::MonthFirst),
                    Some(swapped) => (swapped, DateOrder::DayFirst),
                };
                values.shrink_to_fit();
                let kind = NumberKind::Date(order);
                built.values = Values::Numbers { values, kind };
            }
            State::Words { codes, seen, .. } => built.values = words(codes, seen),
            State::Text { present, distinct } => built.values = Values::Text { present, distinct },
        }
        built
    }
}

fn code(seen: &mut HashMap<String, u32>, word: &str) -> u32 {
    if let Some(code) = seen.get(word) {
        return *code;
    }
    // Memory ends long before four billion different words.
    let code = seen.len() as u32;
    seen.insert(word.to_string(), code);
    code
}

/// Whether a word would be at home in a column of numbers or dates.
fn is_value(word: &str) -> bool {
    value_of(word).is_some() || date(word).is_some()
}

/// Words as categories: by value where all are numbers, otherwise by letters. Where all are truth values, they are two
/// categories, however they are spelled.
fn words(codes: Vec<u32>, seen: HashMap<String, u32>) -> Values {
    let mut sorted: Vec<(String, u32)> = seen.into_iter().collect();
    let truths = sorted.iter().all(|(word, _)| truth(word).is_some());
    if truths {
        // By the order in which they were seen, and false before true.
        sorted.sort_unstable_by_key(|(word, code)| (truth(word), *code));
    } else {
        sorted.sort_unstable();
        if sorted.iter().all(|(word, _)| value_of(word).is_some()) {
            sorted.sort_by(|(a, _), (b, _)| f64::total_cmp(&value_of(a).unwrap_or(0.0), &value_of(b).unwrap_or(0.0)));
        }
    }
    let mut rank = vec![0; sorted.len()];
    let mut names: Vec<String> = Vec::new();
    for (word, old) in sorted {
        let spelled_before = truths && names.last().is_some_and(|name| name.eq_ignore_ascii_case(&word));
        if !spelled_before {
            names.push(word);
        }
        rank[old as usize] = names.len() as u32 - 1;
    }
    let codes = codes
        .iter()
        .map(|code| rank.get(*code as usize).copied().unwrap_or(MISSING))
        .collect();
    Values::Categories { names, codes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(cells: &[&str], commas: bool) -> Option<Built> {
        let mut builder = Builder::new(commas, false);
        let fits: Vec<bool> = cells.iter().map(|cell| builder.push(cell)).collect();
        fits.iter().all(|fits| *fits).then(|| builder.finish())
    }

    #[test]
    fn a_column_is_the_narrowest_type_of_its_cells() {
        for (cells, kind) in [
            (&["", "1", "NA", "2"][..], Some(NumberKind::Integer)),
            (&["1", "2.5"], Some(NumberKind::Float)),
            (&["2024-01-31", "31.01.2024"], Some(NumberKind::Date(DateOrder::Plain))),
            (
                &["31/01/2024", "01/02/2024"],
                Some(NumberKind::Date(DateOrder::DayFirst)),
            ),
            (
                &["1/31/2024", "01/02/2024"],
                Some(NumberKind::Date(DateOrder::MonthFirst)),
            ),
            // These are none of it all through.
            (&["31/01/2024", "1/31/2024"], None),
            (&["1", "x"], None),
            (&["1.5", "1,5"], None),
            (&["1", "2024-01-31"], None),
            (&["7", "007"], None),
        ] {
            let built = build(cells, true);
            assert_eq!(built.is_some(), kind.is_some(), "{cells:?}");
            if let (Some(built), Some(kind)) = (built, kind) {
                assert!(
                    matches!(built.values, Values::Numbers { kind: found, .. } if found == kind),
                    "{cells:?}"
                );
            }
        }
        assert!(build(&["03/04/2024"], false).unwrap().order_unknown);
        let Values::Categories { names, codes } = build(&["10.0", "x"], false).map_or_else(
            || {
                let mut builder = Builder::new(false, true);
                assert!(["10.0", "", "9", "9"].iter().all(|cell| builder.push(cell)));
                builder.finish().values
            },
            |built| built.values,
        ) else {
            panic!()
        };
        assert_eq!((names.join(" "), codes), ("9 10.0".to_string(), vec![1, MISSING, 0, 0]));
    }

    #[test]
    fn free_text_is_not_kept() {
        let mut builder = Builder::new(false, false);
        for row in 0..MOST_KEPT_WORDS + 10 {
            assert!(builder.push(&format!("word {row}")));
        }
        assert!(builder.push(""));
        let values = builder.finish().values;
        assert!(
            matches!(values, Values::Text { present, distinct } if distinct > MOST_KEPT_WORDS && !present[MOST_KEPT_WORDS + 10])
        );
    }
}
