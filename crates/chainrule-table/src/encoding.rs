//! What an encoder has learned of each column: a description that is saved with the model.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::category::truth;
use crate::column::{ColumnType, NumberKind};
use crate::date::{DateOrder, MONTHS};
use crate::error::{Error, Result};
use crate::message::{count, listed, number, quoted, short};

/// How to turn the feature columns of a table into numbers, learned from the training rows only.
///
/// A number column is standardized: less the training mean, divided by the training standard deviation; a missing cell
/// becomes 0, the mean. A category column becomes one 0/1 column per category, and one for all that are rare. A date becomes
/// its day count and its year, standardized, and one 0/1 column for each month, weekday and hour. When training rows had
/// missing cells, a further 0/1 column marks them. The [`rules`](crate::rules) have the thresholds.
///
/// ```
/// # fn main() -> chainrule_table::Result<()> {
/// use chainrule_table::{Encoder, Table};
///
/// let table = Table::from_csv("flowers.csv", "width,color\n1,red\n3,blue\n5,red\n".as_bytes())?;
/// let encoder = Encoder::fit(&table, &["width", "color"], &[0, 1])?;
/// assert_eq!(encoder.inputs(), ["width", "color=blue", "color=red"]);
///
/// let matrix = encoder.transform(&table)?;
/// assert_eq!(matrix.row(2), [3.0, 0.0, 1.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoder {
    pub(crate) features: Vec<Feature>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) remarks: Vec<Remark>,
}

/// One column of the table and how it is encoded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The column's name.
    pub name: String,
    /// How its cells become numbers.
    pub encoding: Encoding,
    /// What somebody said the column holds; otherwise its cells decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<ColumnType>,
}

/// A column that is not learned from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The column's name.
    pub name: String,
    /// Why, as one of a few reasons.
    #[serde(default)]
    pub reason: Reason,
    /// Why, as a part of a sentence.
    pub why: String,
}

/// Why a column is not learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It was not saved: the model is of an earlier version.
    #[default]
    Unknown,
    /// Somebody said so.
    Asked,
    /// It has no value, or one only, in the rows learned from.
    NoInformation,
    /// It names the rows.
    Identifier,
    /// It holds free text, names of the rows, or words that hardly come twice.
    Text,
    /// Its numbers cannot be standardized.
    Spread,
}

/// Something about a column that is learned from which a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "SavedRemark")]
pub(crate) struct Remark {
    pub name: String,
    pub text: String,
}

/// Earlier versions saved the sentence only.
#[derive(Deserialize)]
#[serde(untagged)]
enum SavedRemark {
    Text(String),
    Whole { name: String, text: String },
}

impl From<SavedRemark> for Remark {
    fn from(saved: SavedRemark) -> Remark {
        match saved {
            SavedRemark::Text(text) => Remark {
                name: String::new(),
                text,
            },
            SavedRemark::Whole { name, text } => Remark { name, text },
        }
    }
}

/// What numbers are standardized with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    /// The mean of the training rows.
    pub mean: f64,
    /// The standard deviation of the training rows (of the population: divided by their number), or 1 if it was 0.
    pub standard_deviation: f64,
}

/// How the cells of a column become numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// A number column: one standardized column.
    Number {
        /// How the cells of the training file were written.
        kind: NumberKind,
        /// The mean and the standard deviation of the training rows.
        #[serde(flatten)]
        scale: Scale,
        /// Whether a further column marks missing cells, because training rows had some.
        indicator: bool,
    },
    /// A column of dates: a standardized column for the day count, one for the year if there are several, and a 0/1 column
    /// for each month, weekday and hour of the training rows if there are several.
    Date {
        /// Which number is the day in dates such as `03/04/2024`.
        order: DateOrder,
        /// The days since 1970-01-01.
        days: Scale,
        /// The year.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        year: Option<Scale>,
        /// The months, from 1.
        months: Vec<u8>,
        /// The days of the week, from Monday, which is 0.
        weekdays: Vec<u8>,
        /// The hours of the day.
        hours: Vec<u8>,
        /// Whether a further column marks missing cells, because training rows had some.
        indicator: bool,
    },
    /// A category column: a 0/1 column per category, and one for all that are rare, if there are such.
    Category {
        /// The categories of the training rows, in order, but for rare ones.
        names: Vec<String>,
        /// Categories with so few training rows that they share a column; it takes unknown ones as well.
        rare: Vec<String>,
        /// The place in `names` of the most frequent category, which missing cells become when training had none.
        usual: usize,
        /// Whether a further column marks missing cells, because training rows had some.
        indicator: bool,
    },
}

const WEEKDAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

fn month(place: u8) -> String {
    let name = usize::from(place).checked_sub(1).and_then(|place| MONTHS.get(place));
    name.map_or(place.to_string(), |name| name.to_string())
}

fn weekday(place: u8) -> String {
    WEEKDAYS
        .get(usize::from(place))
        .map_or(place.to_string(), |name| name.to_string())
}

impl Encoder {
    /// The features that are encoded, in order.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The columns that are not learned from.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// What a person should know, one sentence each: which columns were left out and why, and what is doubtful.
    pub fn notes(&self) -> Vec<String> {
        self.notes_by_column().into_iter().map(|(_, note)| note).collect()
    }

    /// The same, each with the name of the column it is about.
    pub fn notes_by_column(&self) -> Vec<(&str, String)> {
        let left_out = self.left_out.iter().map(|column| (&*column.name, column.to_string()));
        let remarks = self.remarks.iter().map(|remark| (&*remark.name, remark.text.clone()));
        left_out.chain(remarks).collect()
    }

    /// The names of the encoded columns: `width`, `color=red`, `color is rare`, `day month=May`, `width is missing`.
    pub fn inputs(&self) -> Vec<String> {
        self.features
            .iter()
            .flat_map(|feature| feature.encoding.inputs(&feature.name))
            .collect()
    }

    /// The same with numbers as they are in the table instead of standardized: to see what that does to a training. Columns
    /// with missing cells stay standardized, as such a cell counts as the mean, which is 0 only then; so do dates.
    ///
    /// ```
    /// let table = chainrule_table::Table::from_csv("t.csv", "width\n10\n30\n".as_bytes())?;
    /// let encoder = chainrule_table::Encoder::fit(&table, &["width"], &[0, 1])?;
    /// assert_eq!(encoder.transform(&table)?.data, [-1.0, 1.0]);
    /// assert_eq!(encoder.unscaled().transform(&table)?.data, [10.0, 30.0]);
    /// # Ok::<(), chainrule_table::Error>(())
    /// ```
    pub fn unscaled(mut self) -> Encoder {
        for feature in &mut self.features {
            if let Encoding::Number {
                scale,
                indicator: false,
                ..
            } = &mut feature.encoding
            {
                *scale = Scale {
                    mean: 0.0,
                    standard_deviation: 1.0,
                };
            }
        }
        self
    }

    /// What a reader should be told of the columns, so that they are understood as in training: give it to
    /// [`Reader::columns`](crate::Reader::columns), and make the reader [lenient](crate::Reader::lenient).
    pub fn types(&self) -> BTreeMap<String, ColumnType> {
        let kind = |feature: &Feature| match &feature.encoding {
            Encoding::Category { .. } => Some(ColumnType::Category),
            Encoding::Date { order, .. } if feature.asked.is_some() => Some(ColumnType::Date(*order)),
            Encoding::Date { order, .. } if *order != DateOrder::Plain => Some(ColumnType::TrainedDate(*order)),
            _ => feature.asked,
        };
        let named = |feature: &Feature| Some((feature.name.clone(), kind(feature)?));
        self.features.iter().filter_map(named).collect()
    }

    /// Checks that an encoder that came from outside makes sense.
    ///
    /// # Errors
    /// When there are no features, a name is empty or there twice, or a number is not finite.
    pub fn validate(&self) -> Result<()> {
        if self.features.is_empty() {
            return Err(damaged("it has no features"));
        }
        distinct_names("feature", self.features.iter().map(|feature| feature.name.as_str()))?;
        self.features.iter().try_for_each(Feature::validate)
    }
}

impl Feature {
    fn validate(&self) -> Result<()> {
        let scale = |Scale {
                         mean,
                         standard_deviation,
                     }: &Scale| {
            match mean.is_finite() && standard_deviation.is_finite() && *standard_deviation > 0.0 {
                true => Ok(()),
                false => Err(damaged(&format!(
                    "the feature {} has mean {} and standard deviation {}",
                    quoted(&self.name),
                    number(*mean),
                    number(*standard_deviation)
                ))),
            }
        };
        let none = || {
            Err(damaged(&format!(
                "the feature {} has no categories",
                quoted(&self.name)
            )))
        };
        match &self.encoding {
            Encoding::Number { scale: own, .. } => scale(own),
            Encoding::Date {
                days,
                year,
                months,
                weekdays,
                hours,
                ..
            } => {
                scale(days)?;
                year.iter().try_for_each(scale)?;
                let rising = |parts: &[u8], end: u8| {
                    parts.windows(2).all(|pair| pair[0] < pair[1]) && parts.iter().all(|part| *part < end)
                };
                match rising(months, 13) && rising(weekdays, 7) && rising(hours, 24) {
                    true => Ok(()),
                    false => none(),
                }
            }
            Encoding::Category {
                names,
                rare,
                usual,
                indicator,
            } => {
                if (names.is_empty() && rare.is_empty() && !indicator) || (*usual >= names.len() && *usual > 0) {
                    return none();
                }
                distinct_names("category", names.iter().chain(rare).map(String::as_str))
            }
        }
    }
}

impl Encoding {
    pub(crate) fn indicator(&self) -> bool {
        match self {
            Encoding::Number { indicator, .. }
            | Encoding::Date { indicator, .. }
            | Encoding::Category { indicator, .. } => *indicator,
        }
    }

    /// How many numbers a cell becomes.
    pub fn width(&self) -> usize {
        let own = match self {
            Encoding::Number { .. } => 1,
            Encoding::Date {
                year,
                months,
                weekdays,
                hours,
                ..
            } => 1 + usize::from(year.is_some()) + months.len() + weekdays.len() + hours.len(),
            Encoding::Category { names, rare, .. } => names.len() + usize::from(!rare.is_empty()),
        };
        own + usize::from(self.indicator())
    }

    /// What each of the numbers is called that a cell of this column becomes.
    fn inputs(&self, name: &str) -> Vec<String> {
        let mut inputs = Vec::new();
        match self {
            Encoding::Number { .. } => inputs.push(name.to_string()),
            Encoding::Date {
                year,
                months,
                weekdays,
                hours,
                ..
            } => {
                inputs.push(name.to_string());
                inputs.extend(year.map(|_| format!("{name} year")));
                inputs.extend(months.iter().map(|part| format!("{name} month={}", month(*part))));
                inputs.extend(weekdays.iter().map(|part| format!("{name} weekday={}", weekday(*part))));
                inputs.extend(hours.iter().map(|part| format!("{name} hour={part}")));
            }
            Encoding::Category { names, rare, .. } => {
                inputs.extend(names.iter().map(|value| format!("{name}={value}")));
                if !rare.is_empty() {
                    inputs.push(format!("{name} is rare"));
                }
            }
        }
        if self.indicator() {
            inputs.push(format!("{name} is missing"));
        }
        inputs
    }

    /// What each of the numbers was standardized with; 0/1 columns have mean 0 and deviation 1.
    pub fn scales(&self) -> Vec<Scale> {
        let mut scales = match self {
            Encoding::Number { scale, .. } => vec![*scale],
            Encoding::Date { days, year, .. } => [*days].into_iter().chain(*year).collect(),
            Encoding::Category { .. } => Vec::new(),
        };
        let plain = Scale {
            mean: 0.0,
            standard_deviation: 1.0,
        };
        scales.resize(self.width(), plain);
        scales
    }

    /// What the column holds, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Encoding::Number {
                kind: NumberKind::Integer,
                ..
            } => "integer",
            Encoding::Number { .. } => "number",
            Encoding::Date { .. } => "date",
            Encoding::Category { names, .. } if names.iter().all(|name| truth(name).is_some()) => "boolean",
            Encoding::Category { .. } => "category",
        }
    }
}

fn distinct_names<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        if name.is_empty() {
            return Err(damaged(&format!("a {what} has no name")));
        }
        if !seen.insert(name) {
            return Err(damaged(&format!("the {what} {} is there twice", quoted(name))));
        }
    }
    Ok(())
}

fn damaged(why: &str) -> Error {
    Error::data(format!("the encoder is damaged: {why}; train the model again"))
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {} was left out: {}", quoted(&self.name), self.why)
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scaled =
            |Scale {
                 mean,
                 standard_deviation,
             }: &Scale| { format!("less {}, divided by {}", short(*mean), short(*standard_deviation)) };
        match self {
            Encoding::Number { scale, .. } => write!(f, "a number, {}", scaled(scale))?,
            Encoding::Date {
                days,
                year,
                months,
                weekdays,
                hours,
                ..
            } => {
                write!(f, "a date, in days since 1970-01-01, {}", scaled(days))?;
                if let Some(year) = year {
                    write!(f, "; its year, {}", scaled(year))?;
                }
                let parts = [("month", months), ("weekday", weekdays), ("hour", hours)];
                for (what, values) in parts.into_iter().filter(|(_, values)| !values.is_empty()) {
                    write!(f, "; its {what}, one of {}, as 0 or 1 each", values.len())?;
                }
            }
            Encoding::Category { names, rare, .. } => {
                write!(f, "one of {}, as 0 or 1 each", listed(names.iter().map(String::as_str)))?;
                if !rare.is_empty() {
                    write!(
                        f,
                        "; and whether it is rare ({}) or unknown",
                        count(rare.len(), "category", "categories")
                    )?;
                }
            }
        }
        f.write_str(if self.indicator() {
            "; and whether it is missing"
        } else {
            ""
        })
    }
}
