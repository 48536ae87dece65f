//! What went wrong, as a page: what happened, what it means, what to do.

use app::AskError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use policy::Action;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PageError {
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    SignedOut,
    /// The sign-in link is unknown, used or too old.
    #[error("the sign-in link does not work")]
    LinkUsed,
    /// A form that did not come from one of this session's pages.
    #[error("the form did not come from a page of this session")]
    ForeignForm,
    /// A form or address that cannot be read.
    #[error("what was sent cannot be read: {0}")]
    Bad(String),
    /// The use case said no.
    #[error(transparent)]
    Ask(#[from] AskError),
}

impl PageError {
    /// There is no such thing.
    pub(crate) fn nothing_here(what: &'static str) -> Self {
        Self::Ask(AskError::NotFound { what, which: String::new() })
    }

    /// A form that cannot be read.
    pub(crate) fn bad_form(err: impl std::fmt::Display) -> Self {
        Self::Bad(err.to_string())
    }
}

/// What the error page says; rides on the answer until [`crate::frame`]'s middleware lays the page around it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// The answer's status.
    pub status: u16,
    /// What happened, as a heading.
    pub what: String,
    /// What it means, a sentence.
    pub why: String,
    /// Every reason of a refusal, with the clause that asks for it.
    pub reasons: Vec<WhyNot>,
    /// What to do now, a sentence.
    pub then: String,
    /// Whether the reader has to sign in first: no way on is offered.
    pub sign_in: bool,
}

/// One reason of a refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WhyNot {
    /// In words.
    pub says: String,
    /// The clause or control that asks for it; may be empty.
    pub clause: String,
    /// What the reader can do about it at once.
    pub way: Option<Way>,
}

/// A way on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// State what one works on.
    Work,
    /// Show again who one is.
    Confirm,
    /// Complete looks without a case number.
    Complete,
    /// Ask for a look at a protected event.
    Protected,
}

impl WhyNot {
    fn of(reason: &domain::Reason) -> Self {
        let word: &str = &reason.word;
        let is_about_work = ["purpose-", "case-", "reason-", "offence-", "exigent-"]
            .iter()
            .any(|beginning| word.starts_with(beginning));
        let way = match word {
            "exigent-overdue" => Some(Way::Complete),
            _ if is_about_work => Some(Way::Work),
            _ if word.starts_with("first-amendment") => Some(Way::Protected),
            _ if word.ends_with("authentication") => Some(Way::Confirm),
            _ => None,
        };
        let says = reason.says();
        let mut letters = says.chars();
        let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
        let end = if says.ends_with(['.', '!', '?']) { "" } else { "." };
        Self {
            says: format!("{first}{}{end}", letters.as_str()),
            clause: reason.clause.as_deref().unwrap_or_default().to_owned(),
            way,
        }
    }
}

impl Trouble {
    /// Whether the reader can go on by stating what they work on.
    pub fn asks_for_work(&self) -> bool {
        self.reasons.iter().any(|reason| reason.way == Some(Way::Work))
    }

    /// Whether the reader can go on by completing looks without a case number.
    pub fn asks_for_numbers(&self) -> bool {
        self.reasons.iter().any(|reason| reason.way == Some(Way::Complete))
    }

    /// Whether the reader can go on by showing again who they are.
    pub fn asks_for_proof(&self) -> bool {
        self.reasons.iter().any(|reason| reason.way == Some(Way::Confirm))
    }

    /// Whether a look at a protected event has to be asked for.
    pub(crate) fn asks_for_a_nexus(&self) -> bool {
        self.reasons.iter().any(|reason| reason.way == Some(Way::Protected))
    }
}

const ASK_ADMINISTRATOR: &str =
    "Whoever runs this server can help: the reason stands in its log at this moment.";

impl Trouble {
    fn new(status: StatusCode, what: &str, why: impl Into<String>, then: &str) -> Self {
        Self {
            status: status.as_u16(),
            what: what.to_owned(),
            why: why.into(),
            reasons: Vec::new(),
            then: then.to_owned(),
            sign_in: false,
        }
    }

    fn signed_out() -> Self {
        let mut trouble = Self::new(
            StatusCode::UNAUTHORIZED,
            "You are not signed in",
            "Pages are shown to signed-in staff only. A session ends after half a day, and when it is idle for half an hour.",
            "Sign in. No account? The program’s administrator sends invitations.",
        );
        trouble.sign_in = true;
        trouble
    }

    fn link_used() -> Self {
        let mut trouble = Self::new(
            StatusCode::FORBIDDEN,
            "This link does not work",
            "A link works once and for a time. This one was used before, is too old, or was not copied whole.",
            "Ask the program’s administrator for another. If you did not use this one yourself, tell them: somebody else may have.",
        );
        trouble.sign_in = true;
        trouble
    }

    fn refused(refusal: &Refusal) -> Self {
        let mut trouble = Self::new(
            StatusCode::FORBIDDEN,
            "Refused",
            format!(
                "You may not {}. Nothing was shown or changed, and the refusal is on the record.",
                Action::parse(refusal.action).map_or(refusal.action, Action::label)
            ),
            "What is missing stands above, with the clause of your agency’s policy that asks for it. Who can give it to you is on the policy page.",
        );
        trouble.reasons = refusal.reasons.iter().map(WhyNot::of).collect();
        trouble
    }

    /// What an answer without a page of its own says, by its status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::new(
                status,
                "There is no such page",
                "The address may be mistyped, or what it showed has reached the end of its keeping and was deleted.",
                "Go back, or start from one of the pages above.",
            ),
            StatusCode::METHOD_NOT_ALLOWED => Self::new(
                status,
                "This address cannot be used that way",
                "It takes a form, or only shows something.",
                "Start from one of the pages above.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(
                status,
                "That was too much at once",
                "What was sent is larger than this page takes. Nothing was kept of it.",
                "Send less, or split the file.",
            ),
            _ if status.is_server_error() => Self::new(
                status,
                "Something failed here",
                "The server could not do what it should. What you see elsewhere is not affected unless it says so.",
                ASK_ADMINISTRATOR,
            ),
            _ => Self::new(
                status,
                "That could not be read",
                "What was sent is not what this page expects. Nothing was changed.",
                "Go back and try again.",
            ),
        }
    }

    fn of_ask(err: &AskError) -> Self {
        match err {
            AskError::Refused(refusal) => Self::refused(refusal),
            AskError::NotFound { what, .. } => Self::new(
                StatusCode::NOT_FOUND,
                &format!("There is no such {what}"),
                "It may never have been, may belong to another agency, or has reached the end of its keeping and was deleted.",
                "Go back to the list, or start from one of the pages above.",
            ),
            AskError::Invalid { field, why } => Self::new(
                StatusCode::BAD_REQUEST,
                "That cannot be taken",
                format!("{field}: {why}"),
                "Go back, change it, and send it again. Nothing was changed.",
            ),
            AskError::NotRecorded { .. } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The ledger cannot be written",
                "Nothing is shown and nothing is changed that could not be written down first. Reads are still taken from the cameras.",
                "Tell whoever runs this server: its disk may be full. Open the page anew when it is mended.",
            ),
            AskError::Failed { doing, .. } => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something failed here",
                format!("The server failed to {doing}."),
                ASK_ADMINISTRATOR,
            ),
        }
    }
}

impl From<&PageError> for Trouble {
    fn from(err: &PageError) -> Self {
        match err {
            PageError::SignedOut => Self::signed_out(),
            PageError::LinkUsed => Self::link_used(),
            PageError::ForeignForm => Self::new(
                StatusCode::FORBIDDEN,
                "This form was not sent from here",
                "Forms are taken only from a page of your own session, so that no other site can act in your name. Nothing was changed.",
                "If you were signed out meanwhile, sign in, open the page anew and fill the form again.",
            ),
            PageError::Bad(why) => Self::new(
                StatusCode::BAD_REQUEST,
                "That could not be read",
                format!("{why}. Nothing was changed."),
                "Go back and try again.",
            ),
            PageError::Ask(err) => Self::of_ask(err),
        }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let trouble = Trouble::from(&self);
        if let Self::Ask(err @ (AskError::Failed { .. } | AskError::NotRecorded { .. })) = &self {
            let mut chain = err.to_string();
            let mut source = std::error::Error::source(err);
            while let Some(err) = source {
                chain = format!("{chain}: {err}");
                source = err.source();
            }
            tracing::error!(error = chain, "page failed");
        }
        let status =
            StatusCode::from_u16(trouble.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(trouble);
        response
    }
}
