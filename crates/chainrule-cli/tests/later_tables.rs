//! A table that comes after training means what the training table meant, or its cells are named; what is a person's own in
//! it stays as it was.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::{Folder, houses};

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

/// Sales by day: `order` writes a date from its day and month.
fn sales(order: fn(usize, usize) -> String) -> String {
    let row = |i: usize| {
        format!(
            "{},{},{}\n",
            order(1 + i * 5 % 28, 1 + i % 12),
            i % 9,
            3 * (i % 12) + i % 9
        )
    };
    format!("when,x,y\n{}", (0..120).map(row).collect::<String>())
}

fn month_first(day: usize, month: usize) -> String {
    format!("{month:02}/{day:02}/2024")
}

fn day_first(day: usize, month: usize) -> String {
    format!("{day:02}/{month:02}/2024")
}

#[test]
fn dates_in_the_other_order_are_refused() {
    let folder = Folder::new();
    folder.write("us.csv", sales(month_first));
    folder.write("eu.csv", sales(day_first));
    folder.write("hello.csv", "when,x,y\n01/02/2024,1,2\nhello,1,2\n");
    let fit = "fit us.csv --target y --model linear --folds 0 --quiet";
    for options in ["", " --date when"] {
        folder.run(&words(&format!("{fit}{options}"))).done();
        for command in ["predict", "evaluate"] {
            let refused = folder.refuses(&[command, "model.safetensors", "eu.csv"], 1);
            assert_eq!(
                refused,
                match options {
                    "" =>
                        "error: eu.csv, line 5, column `when`: `16/04/2024` has the day first, but the model was trained with dates \
                           that have the month first; write the dates as 2024-12-31\n",
                    _ if command == "predict" =>
                        "error: eu.csv, line 5, column `when`: `16/04/2024` has the day first, but the model \
                           was trained with dates that have the month first; write the dates as 2024-12-31\n",
                    _ =>
                        "error: eu.csv, line 5, column `when`: `16/04/2024` cannot be read month first, as the other dates of the \
                          column must be; write the dates as 2024-12-31\n",
                }
            );
        }
        folder.run(&words("evaluate model.safetensors us.csv")).done();
        for command in ["predict", "evaluate"] {
            match options {
                "" => {
                    let refused = folder.refuses(&[command, "model.safetensors", "hello.csv"], 1);
                    assert!(
                        refused.starts_with(
                            "error: hello.csv, line 3, column `when`: `hello` is not a date such as 2024-01-31"
                        ),
                        "{refused}"
                    );
                }
                _ => {
                    let ran = folder.run(&[command, "model.safetensors", "hello.csv"]).done();
                    assert!(
                        ran.stderr.starts_with(
                            "note: column `when`: 1 cell is no date and counts as missing, such as `hello` in line 3\n"
                        ),
                        "{}",
                        ran.stderr
                    );
                }
            }
        }
    }
}

#[test]
fn a_time_zone_gives_the_same_days_in_training_and_later() {
    let folder = Folder::new();
    let zoned = |day: usize, month: usize| format!("{day:02}/{month:02}/2024 01:00+02:00");
    let plain = |day: usize, month: usize| format!("2024-{month:02}-{day:02} 01:00+02:00");
    let mut said = vec![];
    for csv in [sales(zoned), sales(plain)] {
        folder.write("t.csv", csv);
        folder
            .run(&words("fit t.csv --target y --model linear --folds 0 --quiet"))
            .done();
        let shown = folder.run(&words("show model.safetensors --json")).done().json();
        said.push(shown["encoder"]["features"][0]["encoding"]["date"]["days"].clone());
        let predicted = folder.run(&words("predict model.safetensors t.csv")).done();
        said.push(
            predicted
                .stdout
                .lines()
                .map(|line| line.split_once(',').unwrap().1)
                .collect::<String>()
                .into(),
        );
    }
    assert!(said[0]["mean"].as_f64().unwrap() > 19_700.0);
    assert_eq!(said[..2], said[2..]);
}

#[test]
fn cells_of_others_stay_as_they_were() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    folder
        .run(&words("fit t.csv --target price --model linear --folds 0 --quiet"))
        .done();
    let rows = [
        "NA, ? ,1,red,small,Namibia",
        "null,<NA>, 2 ,red,\"small\",\"a, b\"",
        "n/a,,NA,?,small, x ",
    ];
    folder.write(
        "new.csv",
        format!("country, null ,x,color,size,\"my note\"\n{}\n", rows.join("\n")),
    );
    let predicted = folder.run(&words("predict model.safetensors new.csv")).done().stdout;
    let mut lines = predicted.lines();
    assert_eq!(
        lines.next(),
        Some("country, null ,x,color,size,\"my note\",predicted_price")
    );
    for row in rows {
        let line = lines.next().unwrap();
        let answers = line.strip_prefix(row).unwrap_or_else(|| panic!("{line}"));
        assert_eq!(answers.matches(',').count(), 1, "{line}");
    }
    // Packed where the name says so.
    folder
        .run(&words("predict model.safetensors new.csv --out p.csv.gz"))
        .done();
    let packed = folder.read("p.csv.gz");
    assert_eq!(packed[..2], [0x1f, 0x8b]);
    let mut unpacked = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).unwrap();
    assert_eq!(unpacked, predicted);
}

#[test]
fn a_table_where_the_model_should_be_is_told_as_such() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    folder
        .run(&words("fit t.csv --target price --model linear --folds 0 --quiet"))
        .done();
    for command in ["predict", "evaluate"] {
        assert_eq!(
            folder.refuses(&[command, "t.csv", "model.safetensors"], 2),
            format!(
                "error: t.csv is a table, and model.safetensors a model; the model comes first: chainrule {command} \
                 model.safetensors t.csv\n"
            )
        );
        assert_eq!(
            folder.refuses(&[command, "iris", "model.safetensors"], 2),
            format!(
                "error: iris is a data set, and model.safetensors a model; the model comes first: chainrule {command} \
                 model.safetensors iris\n"
            )
        );
    }
    for line in [
        "predict t.csv t.csv",
        "serve t.csv",
        "export t.csv --to rust",
        "show t.csv",
        "report t.csv",
    ] {
        assert_eq!(
            folder.refuses(&words(line), 1),
            "error: t.csv is a table, not a model; name the file that `chainrule fit` wrote\n"
        );
    }
    assert_eq!(
        folder.refuses(&words("show model.safetensors.toml"), 1),
        "error: model.safetensors.toml is a file of flags, for `fit --config`, not a model; name the file that `chainrule fit` \
         wrote\n"
    );
    for line in [
        "predict model.safetensors model.safetensors",
        "fit model.safetensors --target y --out b.safetensors",
    ] {
        assert_eq!(
            folder.refuses(&words(line), 1),
            "error: model.safetensors is a safetensors file, such as a model, not a table; name a table\n"
        );
    }
    // A model that is cut short is none of it.
    let model = folder.read("model.safetensors");
    folder.write("cut", &model[..200]);
    let refused = folder.refuses(&words("show cut"), 1);
    assert!(
        refused.starts_with("error: cut is not a whole chainrule model"),
        "{refused}"
    );
}

#[test]
fn tables_come_from_standard_input_as_well() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    let piped = |line: &str| {
        let input = std::fs::File::open(folder.path("t.csv")).unwrap();
        let output = folder.command(&words(line)).stdin(input).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let fitted = piped("fit - --target price --model linear --folds 0 --no-report");
    assert!(fitted.starts_with("standard input\n"), "{fitted}");
    let coefficients = || folder.run(&words("show model.safetensors --json")).done().json()["coefficients"].clone();
    let of_pipe = coefficients();
    let judged = piped("evaluate model.safetensors -");
    assert_eq!(
        judged,
        folder.run(&words("evaluate model.safetensors t.csv")).done().stdout
    );
    folder
        .run(&words("fit t.csv --target price --model linear --folds 0 --no-report"))
        .done();
    assert_eq!(of_pipe, coefficients());
}

#[test]
fn amounts_with_signs_are_read_as_they_were_in_training() {
    let folder = Folder::new();
    let row = |i: usize| {
        let (thousands, others) = (1 + i % 7, i * 37 % 1000);
        format!(
            "\"${thousands},{others:03}.50\",{}%,{},{}\n",
            i % 30,
            i % 4,
            thousands * 1000 + others
        )
    };
    folder.write(
        "t.csv",
        format!("price,share,z,y\n{}", (0..80).map(row).collect::<String>()),
    );
    let fit = "fit t.csv --target y --model linear --folds 0 --no-report";
    let plain = folder.run(&words(fit)).done();
    let remarks: Vec<&str> = plain
        .stderr
        .lines()
        .filter(|line| line.contains("looks like"))
        .collect();
    expect![[r#"
        note: column `price` looks like numbers with signs, such as `$1,000.50`: --numeric price reads them as numbers
        note: column `share` looks like numbers with signs, such as `0%`: --numeric share reads them as numbers"#]]
    .assert_eq(&remarks.join("\n"));
    let ran = folder
        .run(&words(&format!("{fit} --numeric price --numeric share")))
        .done();
    let notes: Vec<&str> = ran.stderr.lines().filter(|line| line.contains("signs")).collect();
    expect![[r#"
        note: column `price`: 80 cells have signs, such as `$1,000.50` in line 2, which is read as 1000.5
        note: column `share`: 80 cells have signs, such as `0%` in line 2, which is read as 0"#]]
    .assert_eq(&notes.join("\n"));
    folder.write("new.csv", "price,share,z\n\"$3,100.50\",5%,1\n3100.50,5,1\n");
    let ran = folder.run(&words("predict model.safetensors new.csv")).done();
    let answers: Vec<&str> = ran
        .stdout
        .lines()
        .skip(1)
        .map(|line| line.rsplit(',').next().unwrap())
        .collect();
    assert_eq!(answers[0], answers[1]);
    assert!(
        (answers[0].parse::<f64>().unwrap() - 3100.0).abs() < 1e-6,
        "{answers:?}"
    );
}

#[test]
fn groups_that_are_too_few_are_counted() {
    let folder = Folder::new();
    let table = |groups: usize| {
        let row = |i: usize| format!("{},{},{}\n", i % groups, i, i * 7 % 50);
        format!("g,x,y\n{}", (0..60).map(row).collect::<String>())
    };
    folder.write("two.csv", table(2));
    folder.write("three.csv", table(3));
    expect![[r#"
        error: two.csv: 60 rows of 2 groups cannot be divided group by group; at least 3 groups are needed, one to train on, one to validate with, one to test with: divide by another column, or at random
    "#]].assert_eq(&folder.refuses(&words("fit two.csv --target y --group g"), 1));
    let ran = folder
        .run(&words("fit three.csv --target y --group g --epochs 2 --no-report"))
        .done();
    let why: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.contains("cross-validation"))
        .collect();
    expect!["note: there is no cross-validation: 20 rows of 1 group cannot be divided group by group; at least 2 groups are needed, one to train on, one to validate with: divide by another column, or at random"].assert_eq(&why.join("\n"));
    let title = ran.stdout.lines().find(|line| line.starts_with("Three models"));
    assert_eq!(title, Some("Three models, on the test rows only"));
}
