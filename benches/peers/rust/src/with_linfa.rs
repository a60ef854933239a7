//! linfa: linear models.

use linfa::prelude::*;
use linfa_linear::LinearRegression;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};

use crate::{
    Result,
    meter::Meter,
    table::{self, FEATURES, ROWS},
};

fn features() -> Result<Array2<f64>> {
    Ok(Array2::from_shape_vec((ROWS, FEATURES), table::features())?)
}

/// Ordinary least squares.
pub fn least_squares(meter: &mut Meter) -> Result<()> {
    let data = Dataset::new(features()?, Array1::from(table::numbers()));
    let model = LinearRegression::new().fit(&data)?;
    let check = table::check(&model.params().to_vec(), model.intercept());
    meter.measure(check, 1.0, || Ok(LinearRegression::new().fit(&data)?))
}

/// Logistic regression with the penalty ½ ‖w‖².
pub fn logistic(meter: &mut Meter) -> Result<()> {
    let data = Dataset::new(features()?, Array1::from(table::classes()));
    let fit = || LogisticRegression::default().max_iterations(1000).fit(&data);
    let model = fit()?;
    let check = table::check(&model.params().to_vec(), model.intercept());
    meter.measure(check, 1.0, || Ok(fit()?))
}
