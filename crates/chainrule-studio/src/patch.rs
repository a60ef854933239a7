//! What differs between two drawings of the same elements: attributes and texts, which a page sets without reading the elements
//! anew.

/// What is another in an element: where it stands, as numbers of children from the outermost element on, which attribute, or
/// none for the text in it, and what it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference<'a> {
    pub place: Vec<usize>,
    pub attribute: Option<&'a str>,
    pub value: String,
}

/// What differs in two texts of one element each; none where they have other elements or other attributes, or where text and
/// elements stand beside each other.
///
/// The texts are our own: each element is closed, each attribute has its value in double quotes, and no `<` or `>` is in one.
pub(crate) fn differences<'a>(then: &str, now: &'a str) -> Option<Vec<Difference<'a>>> {
    let (mut then, mut now) = (Tokens(then), Tokens(now));
    let mut found = vec![];
    // Where the open element stands, and how many children each open element had so far.
    let (mut place, mut children) = (vec![], vec![]);
    // A text that differs must be all there is in its element.
    let (mut began, mut whole) = (false, false);
    loop {
        let (before, after) = (then.next(), now.next());
        match (before, after) {
            (None, None) => return children.is_empty().then_some(found),
            (Some(Token::Open(before, closed)), Some(Token::Open(after, still))) if closed == still && !whole => {
                if let Some(number) = children.last_mut() {
                    place.push(*number);
                    *number += 1;
                }
                compare(before, after, &place, &mut found)?;
                match closed {
                    true => drop(place.pop()),
                    false => children.push(0),
                }
                began = !closed;
            }
            (Some(Token::Close), Some(Token::Close)) => {
                children.pop()?;
                place.pop();
                (began, whole) = (false, false);
            }
            (Some(Token::Text(before)), Some(Token::Text(after))) => {
                if before != after {
                    found.push(Difference {
                        place: place.clone(),
                        attribute: None,
                        value: plain(after).filter(|_| began)?,
                    });
                    whole = true;
                }
                began = false;
            }
            _ => return None,
        }
    }
}

/// Compares what stands between `<` and `>`.
fn compare<'a>(then: &str, now: &'a str, place: &[usize], found: &mut Vec<Difference<'a>>) -> Option<()> {
    if then == now {
        return Some(());
    }
    let ((name, mut then), (other, mut now)) = (cut(then, ' '), cut(now, ' '));
    if name != other {
        return None;
    }
    while !(then.is_empty() && now.is_empty()) {
        let ((name, rest), (other, others)) = (then.split_once("=\"")?, now.split_once("=\"")?);
        let ((before, rest), (after, others)) = (rest.split_once('"')?, others.split_once('"')?);
        if name != other {
            return None;
        }
        if before != after {
            found.push(Difference {
                place: place.to_vec(),
                attribute: Some(other),
                value: plain(after)?,
            });
        }
        (then, now) = (rest.trim_start(), others.trim_start());
    }
    Some(())
}

fn cut(text: &str, at: char) -> (&str, &str) {
    text.split_once(at).unwrap_or((text, ""))
}

/// Text without what makes it safe; none where it holds more than that.
fn plain(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (name, rest) = part.split_once(';')?;
        plain.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain)
}

enum Token<'a> {
    /// What stands between `<` and `>`, and whether it closes itself.
    Open(&'a str, bool),
    Close,
    Text(&'a str),
}

struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let Some(tag) = self.0.strip_prefix('<') else {
            let (text, rest) = self.0.split_at(self.0.find('<').unwrap_or(self.0.len()));
            self.0 = rest;
            return (!text.is_empty()).then_some(Token::Text(text));
        };
        let (tag, rest) = tag.split_once('>')?;
        self.0 = rest;
        Some(match (tag.starts_with('/'), tag.strip_suffix('/')) {
            (true, _) => Token::Close,
            (false, Some(tag)) => Token::Open(tag, true),
            (false, None) => Token::Open(tag, false),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(then: &str, now: &str) -> Option<Vec<(Vec<usize>, String, String)>> {
        let found = differences(then, now)?;
        let told = |one: Difference| (one.place, one.attribute.unwrap_or("text").to_string(), one.value);
        Some(found.into_iter().map(told).collect())
    }

    fn one(place: &[usize], name: &str, value: &str) -> (Vec<usize>, String, String) {
        (place.to_vec(), name.to_string(), value.to_string())
    }

    #[test]
    fn attributes_and_texts_are_found_where_they_stand() {
        let drawn = |d: &str, title: &str, class: &str| {
            format!(
                "<g class=\"{class}\">\n<title>{title}</title>\n<g><path d=\"{d}\"/><rect/></g>\n<path d=\"{d}\"/></g>"
            )
        };
        let then = drawn("M0", "w 1", "a");
        assert_eq!(told(&then, &then), Some(vec![]));
        let expected = vec![
            one(&[], "class", "b"),
            one(&[0], "text", "w < 2 & \"more\""),
            one(&[1, 0], "d", "M1"),
            one(&[2], "d", "M1"),
        ];
        assert_eq!(
            told(&then, &drawn("M1", "w &lt; 2 &amp; &quot;more&quot;", "b")),
            Some(expected)
        );
    }

    #[test]
    fn what_is_built_otherwise_has_no_differences() {
        for (then, now) in [
            ("<g/>", "<a/>"),
            ("<g/>", "<g></g>"),
            ("<g><a/></g>", "<g><a/><a/></g>"),
            ("<g a=\"1\"/>", "<g b=\"1\"/>"),
            ("<g a=\"1\"/>", "<g a=\"1\" b=\"1\"/>"),
            ("<t>a<b/></t>", "<t>c<b/></t>"),
            ("<t><b/>a</t>", "<t><b/>c</t>"),
            ("<t></t>", "<t>a</t>"),
            ("<t>a</t>", "<t>&nbsp;</t>"),
            ("<t>a</t>", "<t>b"),
        ] {
            assert_eq!(told(then, now), None, "{then} {now}");
        }
    }
}
