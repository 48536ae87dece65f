//! The page for people: whose witness this is, what it follows, and what it refused.

use askama::Template;
use jiff::Timestamp;

use crate::refusals::Refusal;
use crate::witness::{Shown, Witness};

/// The page's style, inline and named by its hash in the policy: one file is all there is to fetch.
pub(crate) const STYLE: &str = include_str!("../templates/page.css");

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    name: String,
    key: String,
    logs: Vec<Shown>,
    /// Newest first.
    refusals: Vec<Refusal>,
}

/// The page as it stands now.
pub(crate) fn render(witness: &Witness) -> Result<String, askama::Error> {
    let key = witness.verifier();
    let mut refusals = witness.refusals();
    refusals.reverse();
    let page =
        Page { name: key.name().to_owned(), key: key.to_string(), logs: witness.logs(), refusals };
    page.render()
}

impl Page {
    const STYLE: &str = STYLE;

    /// The moment in UTC, to the second.
    fn moment(seconds: &u64) -> String {
        let moment = i64::try_from(*seconds).ok().and_then(|at| Timestamp::from_second(at).ok());
        moment.map_or_else(|| "at no moment".to_owned(), |moment| moment.to_string())
    }
}
