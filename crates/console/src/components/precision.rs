//! How often alerts were right, as people read it.

use app::precision::PrecisionRow;
use domain::figures::{Share, TOO_FEW};
use domain::life::Finding;

use crate::words;

/// The figures of a list or a camera.
#[derive(Clone, Debug)]
pub struct PrecisionLine {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// `75 %`, or that there are too few to say.
    pub(crate) share: String,
    /// `47–91 %`; empty where there are too few.
    pub(crate) interval: String,
    /// Of how many people said whether they were right.
    pub(crate) n_judged: String,
    /// How often each was found, with its name.
    pub(crate) found: Vec<(&'static str, String)>,
    pub(crate) n_hits: String,
    /// The numbers again, to sort by.
    pub(crate) row: PrecisionRow,
}

impl PrecisionLine {
    /// Of these figures.
    pub fn of(row: &PrecisionRow) -> Self {
        let share = row.share();
        let found = Finding::ALL.iter();
        Self {
            id: row.id,
            name: row.name.clone(),
            share: share_says(share),
            interval: interval_says(share),
            n_judged: words::number(share.of),
            found: found.map(|one| (one.label(), words::number(row.n(*one)))).collect(),
            n_hits: words::number(row.n_hits()),
            row: row.clone(),
        }
    }
}

fn share_says(share: Share) -> String {
    match share.value() {
        Some(value) if !share.is_too_few() => percent(value),
        _ => format!("too few to say (under {TOO_FEW})"),
    }
}

fn interval_says(share: Share) -> String {
    match share.interval() {
        Some((low, high)) if !share.is_too_few() => {
            format!("{:.0}–{}", low * 100.0, percent(high))
        }
        _ => String::new(),
    }
}

fn percent(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_hits_say_nothing() {
        let says = |n, of| (share_says(Share { n, of }), interval_says(Share { n, of }));
        assert_eq!(says(9, 9), ("too few to say (under 10)".to_owned(), String::new()));
        assert_eq!(says(0, 0).1, "");
        assert_eq!(says(9, 12), ("75 %".to_owned(), "47–91 %".to_owned()));
        assert_eq!(says(20, 20), ("100 %".to_owned(), "84–100 %".to_owned()));
    }
}
