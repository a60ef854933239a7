//! What no page would send, in random order; the same at each run.

use chainrule_lessons::{LESSONS, exercises};
use chainrule_playground::{CHOICES, Choice, Kind};
use serde_json::{Value, json};

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next() as u8).collect()
    }
}

/// Values that have broken programs.
const VALUES: &[&str] = &[
    "",
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "3.7",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "NaN",
    "inf",
    "-inf",
    "Infinity",
    "0x10",
    "1,5",
    "999999999999999999999999",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "4294967296",
    "2147483648",
    "null",
    "on",
    "off",
    "true",
    "own",
    "auto",
    "usual",
    "none",
    "\"",
    "<script>alert(1)</script>",
    "\u{0}",
    "\u{202e}abc",
    "💥",
    "../../../etc/passwd",
    "%2e%2e%2f",
    "0.0",
    "1.1",
    "1.0.0",
    "99999.99999",
    "a*b",
    "a/a-a/0",
    "exp(exp(exp(9999)))",
    "log(-a)",
    "(((((((((((((((((((a",
    "a^b^c^d^e",
    "tanh(tanh(tanh(x)))+1e400",
    "2,2,1",
    "256,256,256",
    "0,0",
    "1,1,1,1,1,1,1,1,1,1,1,1",
    "0:w.0.0.0=1e308",
    "0:rate=NaN;1:seed=3",
    "5:w.9.9.9=1;2:b.0.0=2",
    "rate:0.5,seed:3",
    "rate:1e9",
    "x1^2,sin(x1),x1*x2",
    "x1*target",
    "cross_entropy",
    "huber",
    "relu",
    "adam",
    "g*b,a*g",
    "13.2, 1, red",
];

/// Names of what moves on pages, where lists do not say it.
const PLAYGROUND: &[&str] = &[
    "speed",
    "look",
    "play",
    "reset",
    "at",
    "do_steps",
    "do_epochs",
    "fork",
    "branch",
    "unfork",
    "w.0.0.0",
    "b.1.0",
    "w.9.9.9",
    "w.",
    "chosen",
    "x",
    "y",
    "events",
    "other",
    "to",
    "other_to",
];
const LOOKS: &[&str] = &[
    "loss",
    "rows",
    "spread",
    "landscape",
    "code",
    "full",
    "step",
    "quicker",
    "on",
];
const BENCH: &[&str] = &[
    "build",
    "formula",
    "widths",
    "activation",
    "loss",
    "seed",
    "samples",
    "inputs",
    "step",
    "detail",
    "open",
    "paths",
    "look",
    "size",
    ".w1",
    ".x1",
    ".b",
    ".a",
    ".w1.1.1",
    ".",
    "network",
];
const MODEL: &[&str] = &["row", "target", "neuron", "cell0", "cell1", "cell3", "cell99", "cell"];

/// A page of some kind: its path, and the names of what moves there.
pub struct Kindred {
    pub path: String,
    names: Vec<String>,
}

/// Every page there is.
pub fn pages() -> Vec<Kindred> {
    let own = |path: &str, names: &[&str]| Kindred {
        path: path.to_string(),
        names: names.iter().map(|name| name.to_string()).collect(),
    };
    let choices: Vec<&str> = CHOICES.iter().map(|choice| choice.name).collect();
    let mut pages = vec![
        own("/playground", &[PLAYGROUND, &choices].concat()),
        own("/bench", BENCH),
        own("/model", MODEL),
        own("/", &["b1", "x", "steps", "rate"]),
    ];
    for lesson in &LESSONS {
        for scene in lesson.scenes {
            let names: Vec<&str> = scene.controls().iter().map(|(control, _)| control.name).collect();
            pages.push(own(
                &format!("/lessons/{}/{}", lesson.name, scene.name),
                &[&names, &["seed"][..]].concat(),
            ));
        }
    }
    for exercise in exercises().unwrap() {
        pages.push(own(&format!("/exercises/{}", exercise.name), &["answer"]));
    }
    pages
}

impl Kindred {
    /// A pair that could have come from the page, with something wrong in it or not.
    fn pair(&self, random: &mut Random) -> (String, String) {
        let name = match random.below(12) {
            0 => String::from_utf8_lossy(&random.bytes(30)).into_owned(),
            1 => random.one_of(PLAYGROUND).to_string(),
            _ => self.names[random.below(self.names.len())].clone(),
        };
        let right = Choice::named(&name).filter(|_| self.path == "/playground" && random.below(2) == 0);
        let value = match right.map(|choice| choice.kind) {
            Some(Kind::OneOf(words)) => random.one_of(&words()).to_string(),
            Some(Kind::Number { least, most, whole, .. }) => {
                // Small numbers more often than large ones.
                let share = (random.below(1000) as f64 / 999.0).powi(4);
                let number = least + (most - least) * share;
                if whole {
                    number.floor().to_string()
                } else {
                    number.to_string()
                }
            }
            _ => match random.below(8) {
                0 => String::from_utf8_lossy(&random.bytes(60)).into_owned(),
                1 => random.next().to_string(),
                2 => f64::from_bits(random.next()).to_string(),
                3 => format!("{:.1}", random.below(200) as f64 / 10.0 - 10.0),
                4 => random.one_of(LOOKS).to_string(),
                5 => random.one_of(VALUES).repeat(1 + random.below(40)),
                _ => random.one_of(VALUES).to_string(),
            },
        };
        (name, value)
    }

    /// Some of them as an address has them.
    pub fn query(&self, random: &mut Random) -> String {
        let pair = |random: &mut Random| {
            let (name, value) = self.pair(random);
            let text: String = format!("{name}={value}").chars().take(500).collect();
            let safe = text.bytes().map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'=' | b'.' | b'_' => char::from(byte).to_string(),
                byte => format!("%{byte:02x}"),
            });
            safe.collect::<String>()
        };
        let pairs: Vec<String> = (0..random.below(6)).map(|_| pair(random)).collect();
        pairs.join("&")
    }

    /// A message: what the page might send, or what nobody should.
    pub fn message(&self, random: &mut Random) -> String {
        let few = match random.below(10) {
            0 => 100 + random.below(3),
            1 => 0,
            _ => 1 + random.below(3),
        };
        let pairs: Vec<(String, String)> = (0..few).map(|_| self.pair(random)).collect();
        let whole = json!(pairs).to_string();
        match random.below(16) {
            0 => String::from_utf8_lossy(&random.bytes(400)).into_owned(),
            1 => anything(random, 5).to_string(),
            2 => {
                let depth = 1 << random.below(15);
                format!("{}{}", "[".repeat(depth), "]".repeat(depth))
            }
            // Cut off, twice, one byte another, out of order.
            3 => whole.chars().take(random.below(whole.len() + 1)).collect(),
            4 => format!("{whole}{whole}"),
            5 => {
                let mut bytes = whole.into_bytes();
                let place = random.below(bytes.len());
                bytes[place] = random.next() as u8;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            6 => whole.chars().rev().collect(),
            7 if random.below(8) == 0 => json!([["w", "x".repeat(60_000 + random.below(12_000))]]).to_string(),
            _ => whole,
        }
    }
}

/// Any JSON.
fn anything(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 4 } else { 7 }) {
        0 => Value::Null,
        1 => json!(random.one_of(VALUES)),
        2 => json!(f64::from_bits(random.next())),
        3 => json!(random.next() as i64),
        4 => {
            let pairs = (0..random.below(4)).map(|_| (random.one_of(VALUES).to_string(), anything(random, depth - 1)));
            Value::Object(pairs.collect())
        }
        _ => (0..random.below(4)).map(|_| anything(random, depth - 1)).collect(),
    }
}

/// What somebody might drop on a page.
pub fn file(random: &mut Random) -> Vec<u8> {
    let head = random.one_of(&[
        "x,y\n",
        "<img src=x>,b\n",
        ";;;\n",
        "\u{feff}a\tb\n",
        "\u{1f}\u{8b}\u{8}",
        "PK\u{3}\u{4}",
        "",
    ]);
    let mut bytes = head.as_bytes().to_vec();
    if random.below(3) == 0 {
        bytes.extend(random.bytes(3000));
        return bytes;
    }
    for _ in 0..random.below(60) {
        let cells = [random.one_of(VALUES), random.one_of(VALUES)];
        bytes.extend(cells.join(random.one_of(&[",", ";", "\t"])).as_bytes());
        bytes.push(b'\n');
    }
    bytes
}
