//! `x=2`: a name and its value.

/// Reads `NAME=VALUE`.
pub fn binding(text: &str) -> Result<(String, f64), String> {
    let Some((name, value)) = text.split_once('=') else {
        return Err(format!(
            "`{text}` gives no value; write NAME=VALUE, such as x=2 (and quote a formula)"
        ));
    };
    if name.trim().is_empty() {
        return Err(format!("`{text}` has no name; write NAME=VALUE, such as x=2"));
    }
    match value.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((name.trim().to_string(), number)),
        _ => Err(format!(
            "`{}` is not a number; write it as 2, 0.5 or 1e-3",
            value.trim()
        )),
    }
}
