//! Rows divided into those to learn from and those to test on, as scikit-learn divides them.
//!
//! Source: scikit-learn's `model_selection/_split.py`.

use crate::error::{Error, Result, cells};
use crate::random_state::RandomState;

/// The rows to learn from and the rows to test on, as places in the table, in scikit-learn's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The rows to learn from.
    pub train: Vec<usize>,
    /// The rows to test on.
    pub test: Vec<usize>,
}

/// How large a part of the rows is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Size {
    /// A part of all rows, above 0 and below 1: rounded up for the test, down for the training.
    Fraction(f64),
    /// So many rows, at least 1 and fewer than all.
    Count(usize),
}

/// One random split: `train_test_split(rows, test_size=…, train_size=…, random_state=…)`.
///
/// Without a test size it is the rest of the training; without either, a quarter is for the test. Fails where a size is
/// out of range, where both together are more than there is, and where nothing is left to train on.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{RandomState, Size, train_test_split};
///
/// let split = train_test_split(5, Some(Size::Count(2)), None, &mut RandomState::new(42))?;
/// assert_eq!((split.train, split.test), (vec![2, 0, 3], vec![1, 4]));
/// # Ok(())
/// # }
/// ```
pub fn train_test_split(
    rows: usize,
    test: Option<Size>,
    train: Option<Size>,
    random: &mut RandomState,
) -> Result<Split> {
    let counts = Counts::new(rows, test, train, 0.25)?;
    Ok(counts.split(rows, random))
}

/// One random split that keeps the share of each class: `train_test_split(rows, stratify=labels, …)`.
///
/// `labels` has one for each row; sizes are those of [`train_test_split`]. Fails also where a class has one member, and
/// where a side has fewer rows than there are classes.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{RandomState, Size, stratified_train_test_split};
///
/// let labels = ["ripe", "ripe", "raw", "raw", "raw", "raw"];
/// let half = Some(Size::Fraction(0.5));
/// let split = stratified_train_test_split(&labels, half, None, &mut RandomState::new(0))?;
/// assert_eq!(split.test.iter().filter(|&&row| labels[row] == "ripe").count(), 1);
/// # Ok(())
/// # }
/// ```
pub fn stratified_train_test_split<T: Ord>(
    labels: &[T],
    test: Option<Size>,
    train: Option<Size>,
    random: &mut RandomState,
) -> Result<Split> {
    let counts = Counts::new(labels.len(), test, train, 0.25)?;
    let classes = Classes::new(labels);
    classes.check(&counts)?;
    Ok(classes.split(&counts, random))
}

/// The first rows to learn from, the ones after them to test on: `train_test_split(rows, shuffle=False, …)`.
///
/// Sizes and errors are those of [`train_test_split`].
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// let split = chainrule_numpy::train_test_split_in_order(4, None, None)?;
/// assert_eq!((split.train, split.test), (vec![0, 1, 2], vec![3]));
/// # Ok(())
/// # }
/// ```
pub fn train_test_split_in_order(rows: usize, test: Option<Size>, train: Option<Size>) -> Result<Split> {
    let Counts { train, test } = Counts::new(rows, test, train, 0.25)?;
    Ok(Split {
        train: (0..train).collect(),
        test: (train..train + test).collect(),
    })
}

/// Several independent random splits: `ShuffleSplit(splits, test_size=…, train_size=…, random_state=…)`.
///
/// As [`train_test_split`], but a tenth is for the test where no size is given.
pub fn shuffle_split(
    rows: usize,
    splits: usize,
    test: Option<Size>,
    train: Option<Size>,
    random: &mut RandomState,
) -> Result<Vec<Split>> {
    let counts = Counts::new(rows, test, train, 0.1)?;
    cells(splits, rows)?;
    Ok((0..splits).map(|_| counts.split(rows, random)).collect())
}

/// Several independent random splits that keep the share of each class: `StratifiedShuffleSplit(splits, …)`.
///
/// As [`stratified_train_test_split`], but a tenth is for the test where no size is given.
pub fn stratified_shuffle_split<T: Ord>(
    labels: &[T],
    splits: usize,
    test: Option<Size>,
    train: Option<Size>,
    random: &mut RandomState,
) -> Result<Vec<Split>> {
    let counts = Counts::new(labels.len(), test, train, 0.1)?;
    let classes = Classes::new(labels);
    classes.check(&counts)?;
    cells(splits, labels.len())?;
    Ok((0..splits).map(|_| classes.split(&counts, random)).collect())
}

/// Every row is in one of `folds` tests: `KFold(folds)`, or with `random` `KFold(folds, shuffle=True, random_state=…)`.
///
/// Fails where there are fewer than 2 folds or fewer rows than folds.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// use chainrule_numpy::{RandomState, k_fold};
///
/// let tests: Vec<_> = k_fold(5, 2, None)?.into_iter().map(|split| split.test).collect();
/// assert_eq!(tests, [vec![0, 1, 2], vec![3, 4]]);
/// let tests: Vec<_> = k_fold(5, 2, Some(&mut RandomState::new(1)))?.into_iter().map(|split| split.test).collect();
/// assert_eq!(tests, [vec![1, 2, 4], vec![0, 3]]);
/// # Ok(())
/// # }
/// ```
pub fn k_fold(rows: usize, folds: usize, random: Option<&mut RandomState>) -> Result<Vec<Split>> {
    check_folds(rows, folds)?;
    let mut order: Vec<usize> = (0..rows).collect();
    if let Some(random) = random {
        random.shuffle(&mut order);
    }
    let mut fold_of = vec![0; rows];
    let mut order = order.into_iter();
    for fold in 0..folds {
        let size = rows / folds + usize::from(fold < rows % folds);
        for row in order.by_ref().take(size) {
            fold_of[row] = fold;
        }
    }
    Ok(splits_of(&fold_of, folds))
}

/// Every row is in one of `folds` tests, each with its share of every class: `StratifiedKFold(folds)`, or with `random`
/// `StratifiedKFold(folds, shuffle=True, random_state=…)`.
///
/// `labels` has one for each row. Fails where there are fewer than 2 folds, fewer rows than folds, or more folds than
/// members in every class.
///
/// ```
/// # fn main() -> chainrule_numpy::Result<()> {
/// let splits = chainrule_numpy::stratified_k_fold(&["a", "a", "b", "b"], 2, None)?;
/// assert_eq!((&splits[0].test[..], &splits[1].test[..]), (&[0, 2][..], &[1, 3][..]));
/// # Ok(())
/// # }
/// ```
pub fn stratified_k_fold<T: Ord>(labels: &[T], folds: usize, random: Option<&mut RandomState>) -> Result<Vec<Split>> {
    let rows = labels.len();
    check_folds(rows, folds)?;
    let mut classes = Classes::new(labels).members;
    // By first appearance, so that renaming the classes changes nothing.
    classes.sort_unstable_by_key(|members| members.first().copied());
    let largest = classes.iter().map(Vec::len).max().unwrap_or(0);
    if folds > largest {
        return Err(Error::new(format!(
            "{folds} folds are more than the {largest} members of the largest class: ask for at most {largest}"
        )));
    }
    // Dealing out the rows, sorted by class, round robin says how many of each class every fold gets.
    let mut random = random;
    let mut fold_of = vec![0; rows];
    let mut dealt = 0;
    for members in &classes {
        let mut hands = vec![0_usize; folds];
        for card in dealt..dealt + members.len() {
            hands[card % folds] += 1;
        }
        dealt += members.len();
        let mut blocks: Vec<usize> = Vec::with_capacity(members.len());
        for (fold, hand) in hands.into_iter().enumerate() {
            blocks.extend(std::iter::repeat_n(fold, hand));
        }
        if let Some(random) = random.as_deref_mut() {
            random.shuffle(&mut blocks);
        }
        for (&row, fold) in members.iter().zip(blocks) {
            fold_of[row] = fold;
        }
    }
    Ok(splits_of(&fold_of, folds))
}

fn check_folds(rows: usize, folds: usize) -> Result<()> {
    if folds < 2 {
        return Err(Error::new(format!(
            "{folds} folds leave nothing to test on: ask for 2 or more"
        )));
    }
    if folds > rows {
        return Err(Error::new(format!(
            "{folds} folds are more than the {rows} rows: ask for at most {rows}"
        )));
    }
    cells(folds, rows).map(|_| ())
}

/// The splits of a table whose rows know the fold that tests them.
fn splits_of(fold_of: &[usize], folds: usize) -> Vec<Split> {
    (0..folds)
        .map(|fold| {
            let (test, train) = (0..fold_of.len()).partition(|&row| fold_of[row] == fold);
            Split { train, test }
        })
        .collect()
}

/// How many rows each side of a split gets.
struct Counts {
    train: usize,
    test: usize,
}

impl Counts {
    fn new(rows: usize, test: Option<Size>, train: Option<Size>, default_test: f64) -> Result<Counts> {
        let test = match (test, train) {
            (None, None) => Some(Size::Fraction(default_test)),
            (test, _) => test,
        };
        cells(rows, 1)?;
        check_size("test", test, rows)?;
        check_size("training", train, rows)?;
        if let (Some(Size::Fraction(test)), Some(Size::Fraction(train))) = (test, train)
            && train + test > 1.0
        {
            return Err(Error::new(format!(
                "{test} for the test and {train} for the training are {} of the rows together: reduce one of them",
                train + test
            )));
        }
        let tested = test.map(|size| match size {
            Size::Fraction(part) => (part * rows as f64).ceil() as usize,
            Size::Count(count) => count,
        });
        let trained = train.map(|size| match size {
            Size::Fraction(part) => (part * rows as f64).floor() as usize,
            Size::Count(count) => count,
        });
        let tested = tested.unwrap_or_else(|| rows.saturating_sub(trained.unwrap_or(0)));
        let trained = trained.unwrap_or_else(|| rows.saturating_sub(tested));
        if tested + trained > rows {
            return Err(Error::new(format!(
                "{tested} rows for the test and {trained} for the training are more than the {rows} there are: reduce \
                 one of them"
            )));
        }
        if trained == 0 {
            return Err(Error::new(format!(
                "with {tested} of {rows} rows for the test, none is left for the training: give more rows or other sizes"
            )));
        }
        Ok(Counts {
            train: trained,
            test: tested,
        })
    }

    fn split(&self, rows: usize, random: &mut RandomState) -> Split {
        let order = random.permutation(rows);
        let (test, rest) = order.split_at(self.test.min(rows));
        Split {
            test: test.to_vec(),
            train: rest.iter().copied().take(self.train).collect(),
        }
    }
}

fn check_size(side: &str, size: Option<Size>, rows: usize) -> Result<()> {
    let (size, right) = match size {
        None => return Ok(()),
        Some(Size::Fraction(part)) => (part.to_string(), part > 0.0 && part < 1.0),
        Some(Size::Count(count)) => (format!("{count} rows"), count > 0 && count < rows),
    };
    if right {
        return Ok(());
    }
    Err(Error::new(format!(
        "{size} for the {side} of {rows} rows: give a fraction above 0 and below 1, or a number of rows from 1 to fewer \
         than all"
    )))
}

/// The rows of each class, ascending; the classes in their own order.
struct Classes {
    members: Vec<Vec<usize>>,
}

impl Classes {
    fn new<T: Ord>(labels: &[T]) -> Classes {
        let mut rows: Vec<usize> = (0..labels.len()).collect();
        rows.sort_by(|&a, &b| labels[a].cmp(&labels[b]));
        let members = rows.chunk_by(|&a, &b| labels[a] == labels[b]).map(<[usize]>::to_vec);
        Classes {
            members: members.collect(),
        }
    }

    fn check(&self, counts: &Counts) -> Result<()> {
        if let Some(lonely) = self.members.iter().find(|members| members.len() < 2) {
            return Err(Error::new(format!(
                "the class of row {} has one member, and each side needs one: leave the row out or join the class with \
                 another",
                lonely.first().map_or(0, |row| row + 1)
            )));
        }
        let classes = self.members.len();
        for (side, count) in [("training", counts.train), ("test", counts.test)] {
            if count < classes {
                return Err(Error::new(format!(
                    "{count} rows for the {side} cannot hold one of each of the {classes} classes: make it larger"
                )));
            }
        }
        Ok(())
    }

    fn split(&self, counts: &Counts, random: &mut RandomState) -> Split {
        let sizes: Vec<usize> = self.members.iter().map(Vec::len).collect();
        let trained = shares(&sizes, counts.train, random);
        let left: Vec<usize> = std::iter::zip(&sizes, &trained)
            .map(|(size, taken)| size.saturating_sub(*taken))
            .collect();
        let tested = shares(&left, counts.test, random);

        let mut split = Split::default();
        for ((members, trained), tested) in self.members.iter().zip(trained).zip(tested) {
            let mut order = random.permutation(members.len()).into_iter().map(|i| members[i]);
            split.train.extend(order.by_ref().take(trained));
            split.test.extend(order.take(tested));
        }
        random.shuffle(&mut split.train);
        random.shuffle(&mut split.test);
        split
    }
}

/// `draws` divided among classes of these sizes in proportion, ties broken at random: `_approximate_mode`.
fn shares(sizes: &[usize], draws: usize, random: &mut RandomState) -> Vec<usize> {
    let all = sizes.iter().sum::<usize>() as f64;
    let exact: Vec<f64> = sizes.iter().map(|&size| size as f64 / all * draws as f64).collect();
    let mut shares: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let remainders: Vec<f64> = exact.iter().map(|share| share - share.floor()).collect();
    let mut missing = draws.saturating_sub(shares.iter().sum());

    let mut values = remainders.clone();
    values.sort_unstable_by(|a, b| b.total_cmp(a));
    values.dedup();
    for value in values {
        if missing == 0 {
            break;
        }
        let tied: Vec<usize> = (0..sizes.len()).filter(|&class| remainders[class] == value).collect();
        let order = random.permutation(tied.len());
        for &place in order.iter().take(missing) {
            shares[tied[place]] += 1;
        }
        missing -= missing.min(tied.len());
    }
    shares
}
