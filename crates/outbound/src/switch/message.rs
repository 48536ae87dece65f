//! Text messages of a switch: `KEY.FROM.TO.TXT NAME/VALUE.NAME/VALUE`, then lines for people. The manner is that of the public
//! Nlets licence plate reader queries (`LPQ.<ORI>.NL.TXT LIC/ABC123`); which keys, names and words there are is configured.

use std::fmt::Write as _;

use super::Question;

/// Largest answer that is read, in bytes.
pub const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Longest form of a question.
const FORM_CHARS_MAX: usize = 1_000;
/// Longest value of a field.
const VALUE_CHARS_MAX: usize = 60;
/// Longest name of a field or part of a head.
const NAME_CHARS_MAX: usize = 20;

/// Whether a text can stand in a message as a value of ours: letters, digits and hyphens, so that none of it is taken for
/// another field.
pub fn is_value(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    !text.is_empty() && text.len() <= VALUE_CHARS_MAX && text.bytes().all(fits)
}

/// The parts of a question, by the names that stand for them in a form.
const PARTS: [&str; 7] = ["system", "ori", "operator", "purpose", "plate", "state", "reference"];

/// How a question is spelled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuestionForm {
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Text(String),
    Part(&'static str),
}

/// A text that is no form of a question.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidForm {
    /// Something that it has to name is not there.
    #[error("it has no {{{0}}}")]
    Missing(&'static str),
    /// It names what no question has.
    #[error("it names `{{{0}}}`, which no question has")]
    Unknown(String),
    /// A brace that is not closed, or closes nothing.
    #[error("a brace stands alone")]
    Brace,
    /// It would not go through as text.
    #[error(
        "it holds a character that is not plain text, or is longer than {FORM_CHARS_MAX} characters"
    )]
    NotPlain,
    /// It is no message of the manner that the answers have too.
    #[error(
        "it does not begin as messages do: KEY.FROM.TO.TXT, a space, then NAME/VALUE with full stops between"
    )]
    NotAMessage,
}

impl QuestionForm {
    /// Reads a form such as `XQ.{ori}.{state}.TXT LIC/{plate}.OPR/{operator}.PUR/{purpose}.REF/{reference}`. All parts but the
    /// system have to stand in it.
    pub fn parse(text: &str) -> Result<Self, InvalidForm> {
        let is_plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !is_plain || text.len() > FORM_CHARS_MAX {
            return Err(InvalidForm::NotPlain);
        }
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or(InvalidForm::Brace)?;
            if before.contains('}') || name.contains('{') {
                return Err(InvalidForm::Brace);
            }
            let part = PARTS.into_iter().find(|part| *part == name);
            let part = part.ok_or_else(|| InvalidForm::Unknown(name.chars().take(20).collect()))?;
            pieces.extend([Piece::Text(before.to_owned()), Piece::Part(part)]);
            rest = behind;
        }
        if rest.contains('}') {
            return Err(InvalidForm::Brace);
        }
        pieces.push(Piece::Text(rest.to_owned()));
        let form = Self { pieces };
        let missing = PARTS.into_iter().skip(1).find(|part| !form.names(part));
        missing.map_or(Ok(()), |part| Err(InvalidForm::Missing(part)))?;
        let tried = form.filled(|_| "X");
        Message::parse(tried.as_bytes()).map_err(|_| InvalidForm::NotAMessage)?;
        Ok(form)
    }

    fn names(&self, part: &str) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Part(one) if *one == part))
    }

    fn filled<'a>(&self, value: impl Fn(&'static str) -> &'a str) -> String {
        let pieces = self.pieces.iter();
        pieces.fold(String::new(), |mut text, piece| {
            // Writing to a string cannot fail.
            let _ = match piece {
                Piece::Text(one) => text.write_str(one),
                Piece::Part(part) => text.write_str(value(part)),
            };
            text
        })
    }

    /// The message; a part that is no value is named instead.
    pub fn spell(&self, question: &Question) -> Result<String, &'static str> {
        let value = |part| match part {
            "system" => question.system.as_str(),
            "ori" => &question.ori,
            "operator" => &question.operator,
            "purpose" => &question.purpose,
            "plate" => &question.plate,
            "state" => &question.state,
            _ => &question.reference,
        };
        match PARTS.into_iter().find(|part| self.names(part) && !is_value(value(part))) {
            Some(part) => Err(part),
            None => Ok(self.filled(value)),
        }
    }
}

/// Which fields an answer has, and what its words mean.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AnswerForm {
    /// The field that repeats our reference: an answer without it may be to another question.
    pub echo: String,
    /// The field that says what was found.
    pub result: String,
    /// Its words for an entry that is in force.
    pub in_force: Vec<String>,
    /// Its words for no entry, or one that is not in force.
    pub not_in_force: Vec<String>,
    /// Its words for an answer that is still to come.
    pub waiting: Vec<String>,
    /// The field with the state's own reference, where it has one.
    pub reference: Option<String>,
}

/// Bytes that are no answer to the question. Nothing of them stands in it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidAnswer {
    /// It is too long.
    #[error("it is longer than {ANSWER_BYTES_MAX} bytes")]
    TooLong,
    /// It is no text.
    #[error("it is not plain text")]
    NotText,
    /// It does not begin as messages do.
    #[error("line 1 does not begin with KEY.FROM.TO.TXT and a space")]
    NoHead,
    /// A field that is none, counted from 1.
    #[error("line 1: field {0} is not NAME/VALUE")]
    Field(usize),
    /// The same name twice, at this field counted from 1.
    #[error("line 1: field {0} stands there twice")]
    Twice(usize),
    /// A field is missing.
    #[error("line 1 has no field `{0}`")]
    Missing(String),
    /// It repeats another reference than ours.
    #[error("it answers another question")]
    OtherQuestion,
    /// What it says was found is none of the words that the configuration knows.
    #[error("the word for what was found is none that the configuration knows")]
    UnknownResult,
}

/// A text message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Key, from whom, to whom.
    pub head: [String; 3],
    /// The fields in their order.
    pub fields: Vec<(String, String)>,
    /// What follows the first line, for people.
    pub text: String,
}

/// Plates and people may stand in it.
impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({} fields, …)", self.fields.len())
    }
}

impl Message {
    /// Reads a message.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidAnswer> {
        if bytes.len() > ANSWER_BYTES_MAX {
            return Err(InvalidAnswer::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| InvalidAnswer::NotText)?;
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(InvalidAnswer::NotText);
        }
        let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
        let (head, fields) = line.trim_end().split_once(' ').ok_or(InvalidAnswer::NoHead)?;
        let fields = read_fields(fields)?;
        Ok(Self { head: read_head(head)?, fields, text: rest.trim().to_owned() })
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= NAME_CHARS_MAX
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn read_head(head: &str) -> Result<[String; 3], InvalidAnswer> {
    let parts: Vec<&str> = head.split('.').collect();
    match parts.as_slice() {
        [key, from, to, "TXT"] if [key, from, to].into_iter().all(|part| is_name(part)) => {
            Ok([key, from, to].map(|part| (*part).to_owned()))
        }
        _ => Err(InvalidAnswer::NoHead),
    }
}

fn read_fields(text: &str) -> Result<Vec<(String, String)>, InvalidAnswer> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for (nth, field) in text.split('.').enumerate() {
        let (name, value) = field.split_once('/').ok_or(InvalidAnswer::Field(nth + 1))?;
        let fits = |c: char| c.is_ascii_graphic() || c == ' ';
        let is_good = value.trim() == value && (1..=VALUE_CHARS_MAX).contains(&value.len());
        if !is_name(name) || !is_good || !value.chars().all(fits) {
            return Err(InvalidAnswer::Field(nth + 1));
        }
        if fields.iter().any(|(one, _)| one == name) {
            return Err(InvalidAnswer::Twice(nth + 1));
        }
        fields.push((name.to_owned(), value.to_owned()));
    }
    Ok(fields)
}

/// What a switch found, in a word of the configuration's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Found {
    InForce,
    NotInForce,
    Waiting,
}

/// An answer that was understood.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadAnswer {
    /// Whether the entry is in force.
    pub in_force: bool,
    /// The state's own reference; empty where it gave none.
    pub reference: String,
    /// What it says to people.
    pub text: String,
}

/// People and their vehicles may stand in its text.
impl std::fmt::Debug for ReadAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReadAnswer(in force: {}, …)", self.in_force)
    }
}

impl AnswerForm {
    /// Reads the answer to the question of this reference; none: it is still to come.
    pub fn read(&self, bytes: &[u8], ours: &str) -> Result<Option<ReadAnswer>, InvalidAnswer> {
        let message = Message::parse(bytes)?;
        let field =
            |name: &str| message.field(name).ok_or_else(|| InvalidAnswer::Missing(name.to_owned()));
        if field(&self.echo)? != ours {
            return Err(InvalidAnswer::OtherQuestion);
        }
        let found = self.found(field(&self.result)?).ok_or(InvalidAnswer::UnknownResult)?;
        if found == Found::Waiting {
            return Ok(None);
        }
        let reference = self.reference.as_deref().and_then(|name| message.field(name));
        Ok(Some(ReadAnswer {
            in_force: found == Found::InForce,
            reference: reference.unwrap_or_default().to_owned(),
            text: message.text.clone(),
        }))
    }

    fn found(&self, word: &str) -> Option<Found> {
        let lists = [
            (&self.in_force, Found::InForce),
            (&self.not_in_force, Found::NotInForce),
            (&self.waiting, Found::Waiting),
        ];
        lists.into_iter().find(|(words, _)| words.iter().any(|one| one == word)).map(|(_, f)| f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FORM: &str = "XQ.{ori}.{state}.TXT LIC/{plate}.OPR/{operator}.PUR/{purpose}.SYS/{system}.REF/{reference}";

    fn question() -> Question {
        let [system, ori, operator, purpose, plate, state, reference] =
            ["NCIC", "TX2270000", "TX-0042", "C", "7ABC123", "TX", "PG01"].map(str::to_owned);
        Question { system, ori, operator, purpose, plate, state, reference }
    }

    fn form() -> AnswerForm {
        let words = |word: &str| vec![word.to_owned()];
        AnswerForm {
            echo: "REF".to_owned(),
            result: "RES".to_owned(),
            in_force: words("HIT"),
            not_in_force: words("NOREC"),
            waiting: words("WAIT"),
            reference: Some("SRF".to_owned()),
        }
    }

    fn read(answer: &str) -> Result<Option<ReadAnswer>, InvalidAnswer> {
        form().read(answer.as_bytes(), "PG01")
    }

    #[test]
    fn a_question_is_spelled_as_its_form_says() {
        let form = QuestionForm::parse(FORM).unwrap();
        let spelled = form.spell(&question()).unwrap();
        let expected = "XQ.TX2270000.TX.TXT LIC/7ABC123.OPR/TX-0042.PUR/C.SYS/NCIC.REF/PG01";
        assert_eq!(spelled, expected);
    }

    #[test]
    fn nothing_that_would_be_taken_for_another_field_is_sent() {
        let form = QuestionForm::parse(FORM).unwrap();
        for bad in ["", "A.PUR/X", "A B", "A\nB", "A/B", "Ä"] {
            let asked = Question { operator: bad.to_owned(), ..question() };
            assert_eq!(form.spell(&asked), Err("operator"), "{bad:?}");
        }
    }

    #[test]
    fn a_form_names_every_part_once_it_is_a_message() {
        let without = |part: &str| FORM.replace(&format!("{{{part}}}"), "X");
        assert!(QuestionForm::parse(&without("system")).is_ok());
        assert_eq!(
            QuestionForm::parse(&without("operator")),
            Err(InvalidForm::Missing("operator"))
        );
        let unknown = QuestionForm::parse(&format!("{FORM}.X/{{colour}}"));
        assert_eq!(unknown, Err(InvalidForm::Unknown("colour".to_owned())));
        for bad in [format!("{FORM}}}"), format!("{FORM}{{"), FORM.replace("{plate}", "{{plate}")] {
            assert_eq!(QuestionForm::parse(&bad), Err(InvalidForm::Brace), "{bad}");
        }
        assert_eq!(QuestionForm::parse(&format!("{FORM}\n")), Err(InvalidForm::NotPlain));
        let headless = FORM.replace("XQ.{ori}.{state}.TXT ", "ASK/{ori}.ST/{state}.");
        assert_eq!(QuestionForm::parse(&headless), Err(InvalidForm::NotAMessage));
    }

    #[test]
    fn an_answer_is_understood() {
        let hit =
            read("XR.TX.TX2270000.TXT REF/PG01.RES/HIT.SRF/V1\r\nSTOLEN VEHICLE\r\n").unwrap();
        let hit = hit.unwrap();
        assert_eq!((hit.in_force, hit.reference.as_str()), (true, "V1"));
        assert_eq!(hit.text, "STOLEN VEHICLE");
        assert!(!format!("{hit:?}").contains("STOLEN"));
        let none = read("XR.TX.TX2270000.TXT REF/PG01.RES/NOREC").unwrap().unwrap();
        assert_eq!((none.in_force, none.reference.as_str(), none.text.as_str()), (false, "", ""));
        assert_eq!(read("XR.TX.TX2270000.TXT REF/PG01.RES/WAIT"), Ok(None));
    }

    #[test]
    fn what_is_no_answer_is_named_and_not_repeated() {
        let head = "XR.TX.TX2270000.TXT";
        for (bad, why) in [
            (format!("{head} REF/PG02.RES/HIT"), InvalidAnswer::OtherQuestion),
            (format!("{head} RES/HIT"), InvalidAnswer::Missing("REF".to_owned())),
            (format!("{head} REF/PG01"), InvalidAnswer::Missing("RES".to_owned())),
            (format!("{head} REF/PG01.RES/PERHAPS"), InvalidAnswer::UnknownResult),
            (format!("{head} REF/PG01.RES"), InvalidAnswer::Field(2)),
            (format!("{head} REF/PG01.RES/"), InvalidAnswer::Field(2)),
            (format!("{head} REF/PG01.REF/PG01"), InvalidAnswer::Twice(2)),
            ("<html>".to_owned(), InvalidAnswer::NoHead),
            (format!("{head}REF/PG01"), InvalidAnswer::NoHead),
            (format!("{head} REF/PG01.RES/HIT\n\u{7}"), InvalidAnswer::NotText),
            ("X".repeat(ANSWER_BYTES_MAX + 1), InvalidAnswer::TooLong),
        ] {
            assert_eq!(read(&bad), Err(why), "{}", bad.chars().take(60).collect::<String>());
        }
        assert_eq!(form().read(&[0xff], "PG01"), Err(InvalidAnswer::NotText));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = form().read(&bytes, "PG01");
        }

        #[test]
        fn a_question_is_a_message_with_its_parts_in_it(
            plate in "[A-Z0-9]{1,10}", operator in "[A-Z0-9-]{1,20}", reference in "[A-Z0-9]{1,20}",
        ) {
            let asked = Question { plate, operator, reference, ..question() };
            let spelled = QuestionForm::parse(FORM).unwrap().spell(&asked).unwrap();
            let message = Message::parse(spelled.as_bytes()).unwrap();
            prop_assert_eq!(message.field("LIC"), Some(asked.plate.as_str()));
            prop_assert_eq!(message.field("OPR"), Some(asked.operator.as_str()));
            prop_assert_eq!(message.field("REF"), Some(asked.reference.as_str()));
        }
    }
}
