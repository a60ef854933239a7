//! Writing gives back what was read, with columns added.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule_table::Table;
use expect_test::expect;

fn written(table: &Table, extra: &[(&str, &[&str])]) -> chainrule_table::Result<String> {
    let extra: Vec<_> = extra
        .iter()
        .map(|(name, cells)| (name.to_string(), cells.iter().map(|cell| cell.to_string()).collect()))
        .collect();
    let mut out = Vec::new();
    table.write(&extra, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn table() -> Table {
    let csv = "code, \"a,b\" ,word\r\n007, 1.50 ,\"x, y\"\r\n\r\nNA,2e3,True\r\n008,?,\"a \"\"quote\"\"\"\r\n";
    Table::from_csv("t.csv", csv.as_bytes()).unwrap()
}

#[test]
fn cells_stay_as_they_were_written() {
    expect![[r#"
        code, "a,b" ,word
        007, 1.50 ,"x, y"
        NA,2e3,True
        008,?,"a ""quote"""
    "#]]
    .assert_eq(&written(&table(), &[]).unwrap());
    // Also where a column is left out.
    let types = std::collections::BTreeMap::from([("a,b".to_string(), chainrule_table::ColumnType::Dropped)]);
    expect![[r#"
        code,word
        007,"x, y"
        NA,True
        008,"a ""quote"""
    "#]]
    .assert_eq(&written(&table().with_types(&types).unwrap(), &[]).unwrap());
}

#[test]
fn columns_are_added_and_rows_keep_their_order() {
    let taken = table().take(&[2, 0]);
    expect![[r#"
        code, "a,b" ,word,prediction,"p=a,b"
        008,?,"a ""quote""",yes,0.25
        007, 1.50 ,"x, y","no, not",
    "#]]
    .assert_eq(&written(&taken, &[("prediction", &["yes", "no, not"]), ("p=a,b", &["0.25", ""])]).unwrap());
}

#[test]
fn cells_of_every_kind_come_back_letter_by_letter() {
    for csv in [
        "country,null,n\nNA, ? ,1\n null ,\"\",2\n\"a\nb\",\"say \"\"x\"\"\" ,3\n",
        "sep=;\na;b\n 1,5 ;NaN\n2;\n",
        "1,x\n2,y\n",
        "only\n\"\"\n1\n",
    ] {
        let table = Table::from_csv("t.csv", csv.as_bytes()).unwrap();
        let names = if table.format().header {
            ""
        } else {
            "column_1,column_2\n"
        };
        assert_eq!(written(&table, &[]).unwrap(), format!("{names}{csv}"));
        let again = Table::from_csv("t.csv", written(&table, &[]).unwrap().as_bytes()).unwrap();
        assert_eq!(again.columns(), table.columns());
    }
    // Other line ends and letters are those of today.
    let table = Table::from_csv("t.csv", &b"a,b\r\n NA ,\xe9\r\n"[..]).unwrap();
    assert_eq!(written(&table, &[("p", &["1"])]).unwrap(), "a,b,p\n NA ,é,1\n");
}

#[test]
fn columns_that_cannot_be_added() {
    let message = |name, cells| written(&table(), &[(name, cells)]).unwrap_err().to_string();
    expect!["the column `p` to add has 1 cell, but t.csv has 3 rows"].assert_eq(&message("p", &["1"]));
    expect!["the column `code` cannot be added to t.csv: the name is empty or taken; choose another"]
        .assert_eq(&message("code", &["1", "2", "3"]));
}

#[test]
fn a_writer_that_fails_is_reported() {
    let mut full: &mut [u8] = &mut [0; 20];
    let error = table().write(&[], &mut full).unwrap_err();
    assert!(error.is_file());
    expect!["cannot write the rows of t.csv: failed to write whole buffer"].assert_eq(&error.to_string());
}
