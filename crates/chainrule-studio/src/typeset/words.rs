//! A formula cut into numbers, names and signs.

use super::Written;
use crate::prose::LIVE;

/// The smallest pieces of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// The spaces before it.
    pub(super) space: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `0.5`.
    Number,
    /// A number that follows a control, or was computed.
    Live,
    /// `w`, `w1`, `ŷ`, `rate`: letters, and the digits behind them.
    Name,
    /// What is written raised: `²` as `2`, `⁻ˣ` as `−x`.
    Raised,
    /// One character that means something of its own.
    Sign(char),
}

const RAISED: [(char, char); 24] = [
    ('⁰', '0'),
    ('¹', '1'),
    ('²', '2'),
    ('³', '3'),
    ('⁴', '4'),
    ('⁵', '5'),
    ('⁶', '6'),
    ('⁷', '7'),
    ('⁸', '8'),
    ('⁹', '9'),
    ('⁺', '+'),
    ('⁻', '−'),
    ('ᵃ', 'a'),
    ('ᵇ', 'b'),
    ('ⁱ', 'i'),
    ('ʲ', 'j'),
    ('ᵏ', 'k'),
    ('ⁿ', 'n'),
    ('ᵖ', 'p'),
    ('ˢ', 's'),
    ('ᵗ', 't'),
    ('ˣ', 'x'),
    ('ᶻ', 'z'),
    ('ᵀ', 'T'),
];

const LOWERED: [(char, char); 14] = [
    ('₀', '0'),
    ('₁', '1'),
    ('₂', '2'),
    ('₃', '3'),
    ('₄', '4'),
    ('₅', '5'),
    ('₆', '6'),
    ('₇', '7'),
    ('₈', '8'),
    ('₉', '9'),
    ('ᵢ', 'i'),
    ('ⱼ', 'j'),
    ('ₖ', 'k'),
    ('ₙ', 'n'),
];

/// What a formula in print may have between its names; typed ones have `*` and `-`, too.
const SIGNS: &str = "+−±·×÷/^=≈≠<>≤≥←→,:()|∂Σ√…∞′″½";

fn partner(pairs: &[(char, char)], sign: char) -> Option<char> {
    pairs.iter().find(|(from, _)| *from == sign).map(|(_, to)| *to)
}

/// The digit or letter that a small one below the line stands for.
pub(super) fn lowered(sign: char) -> Option<char> {
    partner(&LOWERED, sign)
}

/// A letter with a mark above it, as the two: `ŷ` is y and a hat, `x̄` is x and a bar. What is one character in all fonts but no
/// italic letter must be put together from the two.
pub(super) fn with_mark(letter: char) -> Option<(char, char)> {
    Some(match letter {
        'ŷ' => ('y', '^'),
        'ŵ' => ('w', '^'),
        'ȳ' => ('y', '¯'),
        _ => return None,
    })
}

/// A bar above the letter before it.
pub(super) const BAR: char = '\u{304}';

/// The words of a formula; none where there is something that no formula has.
pub(super) fn words(text: &str, written: Written) -> Option<Vec<Word>> {
    let signs: Vec<char> = text.chars().collect();
    let (mut words, mut at, mut space) = (vec![], 0, 0);
    while let Some(&sign) = signs.get(at) {
        let rest = &signs[at..];
        let run = |wanted: &dyn Fn(char) -> bool| rest.iter().take_while(|sign| wanted(**sign)).count();
        let (kind, length) = match sign {
            ' ' => {
                (at, space) = (at + 1, space + 1);
                continue;
            }
            _ if written == Written::Typed && numbered(rest) > 0 => (Kind::Name, numbered(rest)),
            _ if sign == LIVE[0] => (Kind::Live, run(&|sign| sign != LIVE[1]) + 1),
            '0'..='9' => (Kind::Number, number(rest)),
            _ if is_letter(sign) => (Kind::Name, name(rest)),
            _ if partner(&RAISED, sign).is_some() => (Kind::Raised, run(&|sign| partner(&RAISED, sign).is_some())),
            '*' | '-' if written == Written::Typed => (Kind::Sign(if sign == '*' { '·' } else { '−' }), 1),
            _ if SIGNS.contains(sign) => (Kind::Sign(sign), 1),
            _ => return None,
        };
        let taken = &rest[..length.min(rest.len())];
        let text: String = match kind {
            Kind::Raised => taken.iter().filter_map(|sign| partner(&RAISED, *sign)).collect(),
            Kind::Live => taken.iter().filter(|sign| !LIVE.contains(sign)).collect(),
            Kind::Sign(sign) => sign.to_string(),
            _ => taken.iter().collect(),
        };
        if kind == Kind::Live && !is_number(&text) {
            // What was computed may be a formula itself, with minus signs as programs print them.
            words.extend(self::words(&text.replace('-', "−"), written)?);
            (at, space) = (at + length, 0);
            continue;
        }
        words.push(Word { kind, text, space });
        (at, space) = (at + length, 0);
    }
    Some(words)
}

fn is_letter(sign: char) -> bool {
    // The raised and lowered letters are letters to Unicode.
    sign.is_alphabetic() && sign != 'Σ' && partner(&RAISED, sign).is_none() && lowered(sign).is_none()
}

/// How long a number is: `12`, `0.5`, `2.2e-16`.
fn number(signs: &[char]) -> usize {
    let digits = |from: usize| signs.iter().skip(from).take_while(|sign| sign.is_ascii_digit()).count();
    let mut length = digits(0);
    if signs.get(length) == Some(&'.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if signs.get(length) == Some(&'e') {
        let sign = usize::from(matches!(signs.get(length + 1), Some('-' | '−')));
        if digits(length + 1 + sign) > 0 {
            length += 1 + sign + digits(length + 1 + sign);
        }
    }
    length
}

/// How long a name is: letters, digits and lowered digits behind them, a point between two digits (`h1.2`), and what follows a
/// single `_`.
fn name(signs: &[char]) -> usize {
    let mut length = 0;
    while let Some(&sign) = signs.get(length) {
        let point = sign == '.'
            && length
                .checked_sub(1)
                .is_some_and(|before| signs[before].is_ascii_digit())
            && signs.get(length + 1).is_some_and(char::is_ascii_digit);
        if !(is_letter(sign) || sign.is_ascii_digit() || lowered(sign).is_some() || sign == BAR || sign == '_' || point)
        {
            break;
        }
        length += 1;
    }
    length
}

/// How long the name of a value without a name is, its operation and its position: `×#5`; 0 where there is none.
fn numbered(signs: &[char]) -> usize {
    let label = |sign: &&char| !sign.is_whitespace() && !LIVE.contains(sign) && !"#∂/=()<>&".contains(**sign);
    let label = signs.iter().take(12).take_while(label).count();
    let digits = signs
        .iter()
        .skip(label + 1)
        .take_while(|sign| sign.is_ascii_digit())
        .count();
    match signs.get(label) {
        Some('#') if label > 0 && digits > 0 => label + 1 + digits,
        _ => 0,
    }
}

/// Whether a text with a number that was put into a formula is one.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches('−');
    let plain = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | 'e' | '-' | '−');
    matches!(digits, "NaN" | "inf" | "∞")
        || digits.starts_with(|sign: char| sign.is_ascii_digit()) && digits.chars().all(plain)
}
