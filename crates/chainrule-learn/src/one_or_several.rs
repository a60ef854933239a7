//! A list with one element as that element alone: what was written before there could be several reads as it did.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) fn serialize<T: Serialize, S: Serializer>(list: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    match list {
        [only] => only.serialize(serializer),
        several => several.serialize(serializer),
    }
}

pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written<T> {
        Several(Vec<T>),
        One(T),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::Several(list) => list,
        Written::One(only) => vec![only],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder(#[serde(with = "super")] Vec<String>);

    #[test]
    fn one_is_written_alone_and_both_ways_are_read() {
        let holder = |names: &[&str]| Holder(names.iter().map(ToString::to_string).collect());
        let text = |names: &[&str]| serde_json::to_string(&holder(names)).unwrap();
        assert_eq!(
            (text(&["a"]).as_str(), text(&["a", "b"]).as_str()),
            (r#""a""#, r#"["a","b"]"#)
        );
        for (written, names) in [
            (r#""a""#, &["a"][..]),
            (r#"["a"]"#, &["a"]),
            (r#"["a","b"]"#, &["a", "b"]),
        ] {
            assert_eq!(serde_json::from_str::<Holder>(written).unwrap(), holder(names));
        }
        assert!(serde_json::from_str::<Holder>("3").is_err());
    }
}
