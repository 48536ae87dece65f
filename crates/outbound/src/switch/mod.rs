//! Asking a state's message switch about a plate. What comes back is an answer for a person to read: nothing is decided here.
//!
//! Every state has its own switch and manual, and the manuals are not public: how a question is spelled and which words an
//! answer uses is the configuration's to say ([`QuestionForm`], [`AnswerForm`]). What is the same everywhere is the manner of
//! text messages, `KEY.FROM.TO.TXT` and fields `NAME/VALUE` ([`Message`]).

mod http;
mod message;
mod operators;

pub use http::{HttpSwitch, HttpSwitchSettings, InvalidSwitch, SwitchTls};
pub use message::{
    ANSWER_BYTES_MAX, AnswerForm, InvalidAnswer, InvalidForm, Message, QuestionForm, ReadAnswer,
    is_value,
};
pub use operators::{InvalidOperators, ReadOperatorsError, operator_of, read_operators};

use std::fmt;

/// A question about a plate. Every part is of letters, digits and hyphens ([`is_value`]), or it is not sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// Which of the state's systems: `NCIC`.
    pub system: String,
    /// The agency's Originating Agency Identifier.
    pub ori: String,
    /// Who asks, by the name under which the state's system knows them.
    pub operator: String,
    /// Why, in the state's code.
    pub purpose: String,
    /// The plate's characters.
    pub plate: String,
    /// The state that issued it, in two letters.
    pub state: String,
    /// Ours, by which the switch knows a question again that is sent twice.
    pub reference: String,
}

/// Without the plate.
impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Question({} of {}, …)", self.reference, self.system)
    }
}

/// What a switch says to a question.
#[derive(Clone, PartialEq, Eq)]
pub enum Reply {
    /// It has no answer yet: the same question is sent again later.
    Waiting,
    /// An answer, and its bytes as they came.
    Answered(ReadAnswer, Vec<u8>),
}

/// Without what an answer says.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "Waiting",
            Self::Answered(..) => "Answered(…)",
        })
    }
}

/// Why there is no answer. No plate stands in it, nor anything that the switch sent.
#[derive(Debug, thiserror::Error)]
pub enum AskSwitchError {
    /// No answer came, or none that is HTTP, or too slowly.
    #[error("failed to reach the switch")]
    Unreachable(#[source] Box<ureq::Error>),
    /// It ended the line over the certificate that we showed, or because we showed none.
    #[error("the switch does not take our certificate, or asks for one that we do not have")]
    Certificate(#[source] Box<ureq::Error>),
    /// It cannot answer at the moment.
    #[error("the switch cannot answer now: status {0}")]
    Unavailable(u16),
    /// It does not take the question.
    #[error("the switch refused the question: status {0}")]
    Refused(u16),
    /// What it answered is no answer to the question.
    #[error("the switch's answer cannot be taken")]
    Unreadable(#[source] InvalidAnswer),
    /// A part of the question would be taken for something else.
    #[error("the question's {0} is not of letters, digits and hyphens alone")]
    NotAValue(&'static str),
}

impl AskSwitchError {
    /// Whether the same question may be answered a moment later.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Unavailable(_))
    }
}

/// A connection to a state's message switch. The one over HTTP is [`HttpSwitch`]; others are written to this interface.
pub trait StateSwitch: Send + Sync + fmt::Debug {
    /// Sends a question, or sends it again: the same reference is the same question, and the switch asks the state's system
    /// once. Blocks until it is answered or the connector's own time is over.
    fn ask(&self, question: &Question) -> Result<Reply, AskSwitchError>;
}
