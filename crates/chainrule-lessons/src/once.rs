//! What the figures and the pictures of a scene have in common, computed once.

use std::{any::Any, cell::RefCell, rc::Rc};

use crate::error::Result;

/// So many results are kept: a scene has its own, and perhaps those of a moment ago.
const KEPT: usize = 4;

/// What was computed, for which numbers, and what came out.
type Known = (&'static str, Vec<u64>, Rc<dyn Any>);

thread_local! {
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(vec![]) };
}

/// What `compute` gives for these numbers, which must be all it depends on; where it was asked a moment ago, what it gave then.
pub(crate) fn once<T: 'static>(what: &'static str, of: &[f64], compute: impl FnOnce() -> Result<T>) -> Result<Rc<T>> {
    let of: Vec<u64> = of.iter().map(|number| number.to_bits()).collect();
    let found = KNOWN.with_borrow(|known| {
        let mut same = known
            .iter()
            .filter(|(name, numbers, _)| *name == what && *numbers == of);
        same.find_map(|(.., result)| result.clone().downcast::<T>().ok())
    });
    if let Some(result) = found {
        return Ok(result);
    }
    let result = Rc::new(compute()?);
    KNOWN.with_borrow_mut(|known| {
        known.truncate(KEPT - 1);
        known.insert(0, (what, of, result.clone()));
    });
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn it_is_computed_anew_for_other_numbers_alone() -> Result<()> {
        let count = Cell::new(0);
        let doubled = |what: &'static str, number: f64| {
            once(what, &[number], || {
                count.set(count.get() + 1);
                Ok(2.0 * number)
            })
        };
        assert_eq!(
            [*doubled("a", 1.0)?, *doubled("a", 1.0)?, *doubled("a", 3.0)?],
            [2.0, 2.0, 6.0]
        );
        assert_eq!(count.get(), 2);
        assert_eq!([*doubled("b", 1.0)?, *doubled("a", 1.0)?], [2.0, 2.0]);
        assert_eq!(count.get(), 3);
        // Another kind of result is another result, and old ones go.
        assert_eq!(*once("a", &[1.0], || Ok("text"))?, "text");
        for number in 4..9 {
            doubled("a", f64::from(number))?;
        }
        doubled("a", 1.0)?;
        assert_eq!(count.get(), 9);
        Ok(())
    }
}
