//! Real purchases: a slice of a public body's card export, spelled as it was delivered.

use std::fs;

use crate::support::expect;

const SLICE: &str = include_str!("../fixtures/cards/slice.csv");

#[test]
fn every_card_row_is_scored_to_the_cent() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("cards.csv"), dir.path().join("scores.csv"));
    fs::write(&input, SLICE).unwrap();
    let none = dir.path().to_string_lossy().into_owned();
    let arguments = ["--config", &none, "score", &input.to_string_lossy(), "--out", &out.to_string_lossy()];
    expect(&arguments);
    let text = fs::read_to_string(&out).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut cents = 0_i64;
    let mut n = 0;
    for record in reader.records() {
        let record = record.unwrap();
        cents += record[8].replace('.', "").parse::<i64>().unwrap();
        assert!(record[5].contains('*'), "{}", &record[5]);
        n += 1;
    }
    assert_eq!(n, SLICE.lines().count() - 1);
    let expected: i64 = SLICE
        .lines()
        .skip(1)
        .map(|line| {
            let amount: String =
                line.rsplit_once("\"$").unwrap().1.chars().filter(char::is_ascii_digit).collect();
            let decimals = line.trim_end_matches('"').rsplit_once(',').map_or(0, |(_, d)| d.len());
            amount.parse::<i64>().unwrap() * if decimals == 1 { 10 } else { 1 }
        })
        .sum();
    assert_eq!(cents, expected);
}
