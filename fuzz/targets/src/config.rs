//! Bytes as a file of flags.

use chainrule_cli::config_words;

/// Reads bytes as the file of `fit --config`.
///
/// # Panics
/// When an error does not name the line, or a file that is taken gives no words for a flag.
pub fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match config_words("flags.toml", text) {
        Ok(words) => {
            // Nothing else than flags and one table can come out of it.
            let flags = words
                .iter()
                .filter(|word| word.to_string_lossy().starts_with("--"))
                .count();
            assert!(flags + 1 >= words.len(), "{words:?}");
        }
        Err(message) => {
            let line = message.strip_prefix("flags.toml, line ").expect(&message);
            let line: usize = line.split(':').next().unwrap().parse().expect(&message);
            assert!((1..=1 + text.matches('\n').count()).contains(&line), "{message}");
        }
    }
}
