//! The inputs somebody chooses: columns of the table, and numbers made of them.

use chainrule_table::{Reader, Table, Values};

use crate::error::{Error, Result};

/// The most inputs that are named.
const MOST: usize = 200;

/// What an input is made of, each by the name of its column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    Column(String),
    Square(String),
    Product(String, String),
    Sine(String),
}

impl Input {
    /// What a text means for a table: a column of this name, otherwise a number made of columns.
    fn of(text: &str, table: &Table) -> Result<Input> {
        let is_column = |name: &str| table.column(name).is_ok();
        if is_column(text) {
            return Ok(Input::Column(text.to_string()));
        }
        let made = if let Some(name) = text.strip_suffix("^2") {
            Some(Input::Square(name.to_string()))
        } else if let Some(name) = text.strip_prefix("sin(").and_then(|rest| rest.strip_suffix(')')) {
            Some(Input::Sine(name.to_string()))
        } else {
            let parts = text.match_indices('*').map(|(at, _)| (&text[..at], &text[at + 1..]));
            let mut pairs = parts.filter(|(a, b)| is_column(a) && is_column(b));
            pairs.next().map(|(a, b)| Input::Product(a.to_string(), b.to_string()))
        };
        let made = made.filter(|made| made.sources().iter().all(|name| is_column(name)));
        let Some(made) = made else {
            // The table says which column may have been meant.
            table.position(text)?;
            return Err(Error::new(format!("there is no input {text}")));
        };
        for name in made.sources() {
            match &table.column(name)?.values {
                Values::Numbers { kind, .. } if !kind.is_date() => {}
                _ => {
                    return Err(Error::new(format!(
                        "`{text}` cannot be computed: the column `{name}` does not hold numbers; leave it out of `inputs`"
                    )));
                }
            }
        }
        Ok(made)
    }

    /// The columns it is made of.
    pub fn sources(&self) -> Vec<&str> {
        match self {
            Input::Column(name) | Input::Square(name) | Input::Sine(name) => vec![name],
            Input::Product(a, b) => vec![a, b],
        }
    }

    /// Its number, where `of` gives those of columns.
    pub fn value(&self, of: impl Fn(&str) -> f64) -> f64 {
        match self {
            Input::Column(name) => of(name),
            Input::Square(name) => of(name) * of(name),
            Input::Product(a, b) => of(a) * of(b),
            Input::Sine(name) => of(name).sin(),
        }
    }

    /// What it is called, as a column and in `inputs`.
    pub fn name(&self) -> String {
        match self {
            Input::Column(name) => name.clone(),
            Input::Square(name) => format!("{name}^2"),
            Input::Product(a, b) => format!("{a}*{b}"),
            Input::Sine(name) => format!("sin({name})"),
        }
    }
}

/// The texts between commas, of which some may be quoted.
pub(crate) fn parse(text: &str) -> Result<Vec<String>, String> {
    let (mut found, mut current, mut quoted) = (vec![], String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => found.push(std::mem::take(&mut current)),
            c => current.push(c),
        }
    }
    found.push(current);
    if quoted {
        return Err("`inputs` has a quotation mark without its partner: add one".to_string());
    }
    let mut names: Vec<String> = vec![];
    for name in found.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_string());
        }
    }
    match names.len() > MOST {
        true => Err(format!("{} inputs are named: name at most {MOST}", names.len())),
        false => Ok(names),
    }
}

/// A table with a column for each input that is made of others, as [`inputs`](crate::CHOICES) names them; what else it has
/// stays.
///
/// ```
/// let table = chainrule_table::Table::from_csv("t.csv", "x1,x2,y\n2,3,1\n4,5,0\n".as_bytes())?;
/// let table = chainrule_playground::table_with_inputs(&table, "y", "x1, x1^2, x1*x2")?;
/// assert_eq!((table.text(1, 3), table.text(1, 4)), ("16".to_string(), "20".to_string()));
/// # Ok::<(), chainrule_playground::Error>(())
/// ```
///
/// # Errors
/// When an input is no column, or a part of one holds no numbers.
pub fn table_with_inputs(table: &Table, target: &str, inputs: &str) -> Result<Table> {
    Ok(with_inputs(table, target, inputs)?.0)
}

/// What the inputs of a table are, and the table with columns for those that are made of others.
pub(crate) fn with_inputs(table: &Table, target: &str, text: &str) -> Result<(Table, Vec<Input>)> {
    let names = parse(text)?;
    let inputs: Vec<Input> = match names.is_empty() {
        true => {
            let columns = table.columns().iter().filter(|column| column.name != target);
            columns.map(|column| Input::Column(column.name.clone())).collect()
        }
        false => names.iter().map(|name| Input::of(name, table)).collect::<Result<_>>()?,
    };
    if inputs.iter().any(|input| input.sources().contains(&target)) {
        return Err(Error::new(format!(
            "the target `{target}` cannot be an input: leave it out of `inputs`"
        )));
    }
    let made: Vec<&Input> = inputs
        .iter()
        .filter(|input| !matches!(input, Input::Column(_)))
        .collect();
    if made.is_empty() {
        return Ok((table.clone(), inputs));
    }
    let numbers = |name: &str| match table.column(name).map(|column| &column.values) {
        Ok(Values::Numbers { values, .. }) => values.as_slice(),
        _ => &[],
    };
    let cells = |input: &Input, row: usize| {
        let value = input.value(|name| numbers(name).get(row).copied().unwrap_or(f64::NAN));
        if value.is_finite() {
            table.number_as_written(value)
        } else {
            String::new()
        }
    };
    let extra: Vec<(String, Vec<String>)> = made
        .into_iter()
        .map(|input| (input.name(), (0..table.rows()).map(|row| cells(input, row)).collect()))
        .collect();
    let mut csv = vec![];
    table.write(&extra, &mut csv)?;
    Ok((Reader::new().read_from(table.name(), csv.as_slice())?, inputs))
}
