//! New inputs from those there are, for machines without a fuzzer: no coverage guides it, but the same seed gives the same.

use chainrule::Rng;
use std::sync::LazyLock;

/// Numbers that programs get wrong.
const NUMBERS: [&str; 12] = [
    "0",
    "-0",
    "-1",
    "255",
    "65536",
    "2147483648",
    "18446744073709551615",
    "1e308",
    "-1e999",
    "5e-324",
    "0.1",
    "nan",
];
/// A longer input says nothing that a shorter one does not.
const MOST_BYTES: usize = 1 << 14;

/// The files of a corpus and the words of a target, of which inputs are made.
pub struct Mutator {
    corpus: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
}

impl Mutator {
    /// A mutator of these files; `dictionary` is the text of a libFuzzer dictionary.
    pub fn new(corpus: Vec<Vec<u8>>, dictionary: &str) -> Mutator {
        let words = dictionary.lines().filter_map(word);
        let numbers = NUMBERS.iter().map(|number| number.as_bytes().to_vec());
        Mutator {
            words: words.chain(numbers).collect(),
            corpus,
        }
    }

    /// An input: a file with up to eight changes.
    pub fn input(&self, rng: &mut Rng) -> Vec<u8> {
        let mut input = self.any(rng).clone();
        for _ in 0..1 + rng.below(8) {
            self.change(&mut input, rng);
        }
        input.truncate(MOST_BYTES);
        input
    }

    fn any(&self, rng: &mut Rng) -> &Vec<u8> {
        static NONE: LazyLock<Vec<u8>> = LazyLock::new(Vec::new);
        self.corpus.get(rng.below(self.corpus.len())).unwrap_or(&NONE)
    }

    fn change(&self, input: &mut Vec<u8>, rng: &mut Rng) {
        let (from, to) = part(input, rng);
        match rng.below(9) {
            0 if from < input.len() => input[from] ^= 1 << rng.below(8),
            1 if from < input.len() => input[from] = rng.bits() as u8,
            2 => drop(input.drain(from..to)),
            3 => input.truncate(from),
            4 => {
                let copy = input[from..to].to_vec();
                let at = rng.below(input.len() + 1);
                drop(input.splice(at..at, copy));
            }
            5 => {
                let other = self.any(rng);
                let (start, end) = part(other, rng);
                drop(input.splice(from..to, other[start..end].iter().copied()));
            }
            6 => {
                // A number, or what stands where one could be, becomes another.
                let digit = |byte: &u8| byte.is_ascii_digit();
                let start = input
                    .iter()
                    .skip(from)
                    .position(digit)
                    .map_or(from, |place| from + place);
                let end = start + input[start..].iter().take_while(|byte| digit(byte)).count();
                let number = NUMBERS[rng.below(NUMBERS.len())];
                drop(input.splice(start..end, number.bytes()));
            }
            _ => {
                let word = &self.words[rng.below(self.words.len())];
                let end = if rng.below(2) == 0 { from } else { to };
                drop(input.splice(from..end, word.iter().copied()));
            }
        }
    }
}

/// The bounds of some part, mostly a short one.
fn part(input: &[u8], rng: &mut Rng) -> (usize, usize) {
    let from = rng.below(input.len() + 1);
    let longest = if rng.below(4) == 0 { input.len() } else { 16 };
    (from, (from + rng.below(longest + 1)).min(input.len()))
}

/// The word of a dictionary's line: between quotes, with `\\`, `\"` and `\xAB`.
fn word(line: &str) -> Option<Vec<u8>> {
    let mut rest = line.trim().strip_prefix('"')?.strip_suffix('"')?.bytes();
    let mut word = vec![];
    while let Some(byte) = rest.next() {
        word.push(match byte {
            b'\\' => match rest.next()? {
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                other => other,
            },
            byte => byte,
        });
    }
    Some(word)
}
