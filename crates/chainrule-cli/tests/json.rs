//! What `--json` prints, held against the page that says so.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::{Folder, houses};
use serde_json::Value;
use std::{fs, path::Path};

/// The keys of the page, with the commands that print them.
fn page() -> Vec<(Vec<String>, Vec<String>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/json.md");
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let key = cells[1].trim_matches('`').replace("[]", ".[]");
        assert!(!cells[3].is_empty(), "{row}");
        let part = |text: &str| text.to_string();
        (
            key.split('.').map(part).collect(),
            cells[2].split(", ").map(part).collect(),
        )
    })
    .collect()
}

/// Every value that holds no others, under its keys.
fn leaves(value: &Value, keys: &mut Vec<String>, found: &mut Vec<(Vec<String>, bool)>) {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().map(|value| ("[]".to_string(), value)).collect(),
        _ => vec![],
    };
    if inside.is_empty() {
        let nothing = value.is_null() || value.is_array() || value.is_object();
        found.push((keys.clone(), nothing));
    }
    for (key, value) in inside {
        keys.push(key);
        leaves(value, keys, found);
        keys.pop();
    }
}

/// Whether a key of the page means this value; where there is nothing, also that it would lie in it.
fn means(key: &[String], keys: &[String], nothing: bool) -> bool {
    match (key, keys) {
        ([all], _) if all == "**" => true,
        ([], []) => true,
        ([_, ..], []) => nothing,
        ([first, key @ ..], [other, keys @ ..]) => (first == "*" || first == other) && means(key, keys, nothing),
        ([], [_, ..]) => false,
    }
}

#[test]
fn the_page_says_all_that_is_printed_and_nothing_else() {
    let folder = Folder::new();
    let odd = |csv: String| {
        csv.replace("x,color", "x,empty,color")
            .replace("red", "NA,red")
            .replace("green", "NA,green")
            .replace("blue", "NA,blue")
    };
    folder.write("t.csv", odd(houses(90)));
    let page = page();
    assert!(page.len() > 80);
    let mut used = vec![];
    for line in [
        "fit t.csv --target size --epochs 3 --folds 3 --search 2 --out a --json",
        "fit t.csv --target color --model logistic --folds 2 --out b --json",
        "fit t.csv --target price --model linear --folds 0 --numeric x --drop color --out c --json",
        "fit t.csv --target price --epochs 2 --folds 2 --out d --json",
        "fit t.csv --target price,x --epochs 2 --folds 2 --out e --json",
        "fit t.csv --target price --target x --model linear --folds 0 --out f --json",
        "evaluate a t.csv --json",
        "evaluate b t.csv --json",
        "evaluate d t.csv --json",
        "evaluate e t.csv --json",
        "show a --json",
        "show b --json",
        "show c --json",
        "show e --json",
        "show f --json",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let object = folder.run(&words).done().json();
        let mut found = vec![];
        leaves(&object, &mut vec![], &mut found);
        for (keys, nothing) in found {
            let mut known = false;
            for (key, commands) in &page {
                if commands.iter().any(|command| command == words[0]) && means(key, &keys, nothing) {
                    known = true;
                    used.push((key.clone(), words[0].to_string()));
                }
            }
            assert!(known, "{line} prints {}, which is not in docs/json.md", keys.join("."));
        }
    }
    let mut never = vec![];
    for (key, commands) in &page {
        for command in commands {
            let printed = used.iter().any(|(other, by)| other == key && by == command);
            if !printed {
                never.push(format!("{command}: {}", key.join(".")));
            }
        }
    }
    assert!(never.is_empty(), "nothing printed {never:#?}");
}
