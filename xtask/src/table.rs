// SPDX-License-Identifier: EUPL-1.2
//! The table of figures beside their goals.

use std::fmt::Write;

/// Something measured beside ours.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Beside {
    /// Nothing of others does the same.
    Nothing,
    /// It would be measured, if it were there.
    NotInstalled(&'static str),
    /// Who, how much, and in which unit.
    Measured(&'static str, f64),
}

/// One row: lower is better.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) measure: String,
    pub(crate) unit: &'static str,
    /// `None` if it is only told.
    pub(crate) goal: Option<f64>,
    pub(crate) ours: f64,
    pub(crate) beside: Beside,
}

impl Row {
    fn verdict(&self) -> &'static str {
        match self.goal {
            None => "-",
            Some(goal) if self.ours <= goal => "met",
            Some(_) => "MISSED",
        }
    }

    fn beside(&self) -> String {
        match self.beside {
            Beside::Nothing => String::new(),
            Beside::NotInstalled(who) => format!("{who}: not installed"),
            Beside::Measured(who, theirs) if theirs > 0.0 => {
                format!(
                    "{who} {}, ours / theirs {:.2}",
                    with(theirs, self.unit),
                    self.ours / theirs
                )
            }
            Beside::Measured(who, theirs) => format!("{who} {}", with(theirs, self.unit)),
        }
    }
}

fn with(value: f64, unit: &str) -> String {
    let digits = match value.abs() {
        small if small < 10.0 => 3,
        middle if middle < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}").trim_end().to_owned()
}

/// The whole table.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut line = |cells: [&str; 5]| {
        let [measure, goal, ours, verdict, beside] = cells;
        let line = format!("{measure:<58} {goal:>11} {ours:>12}  {verdict:<7} {beside}");
        writeln!(text, "{}", line.trim_end()).expect("memory takes everything");
    };
    line(["Measure", "goal", "ours", "", "beside it"]);
    for row in rows {
        let goal = row.goal.map_or_else(String::new, |goal| format!("≤ {}", with(goal, row.unit)));
        let ours = with(row.ours, row.unit);
        line([&row.measure, &goal, &ours, row.verdict(), &row.beside()]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_judged_and_compared() {
        let row =
            |ours, goal, beside| Row { measure: "x".to_owned(), unit: "ms", goal, ours, beside };
        let rows = [
            row(0.2, Some(0.25), Beside::Measured("Kamailio", 0.1)),
            row(0.3, Some(0.25), Beside::NotInstalled("Kamailio")),
            row(120.0, None, Beside::Nothing),
        ];
        let text = table(&rows);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[1].contains("0.200 ms  met"), "{text}");
        assert!(lines[1].ends_with("Kamailio 0.100 ms, ours / theirs 2.00"), "{text}");
        assert!(lines[2].contains("MISSED  Kamailio: not installed"), "{text}");
        assert!(lines[3].ends_with("120 ms  -"), "{text}");
    }
}
