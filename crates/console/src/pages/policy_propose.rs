//! `/policy/propose`: another policy, out of texts that are sent; what is wrong with them, what they would change.

use app::policy::{Base, Compared, FILES, Outcome, Proposing, Unsound, propose_policy};
use app::{App, AskError, may_send};
use askama::Template;
use axum::extract::multipart::Field as Part;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::Day;
use domain::access::ManagePolicy;
use policy::Fault;

use super::person_new::sentence;
use super::policy_change::{Says, Section, sections};
use crate::error::PageError;
use crate::form::Field;
use crate::frame::{Frame, page};
use crate::staff::Staff;
use crate::words;

/// The longest text of a policy, in bytes, and one more: longer ones are told by the app, with their length.
const TEXT_BYTES_MAX: usize = 256 * 1024 + 1;
/// Everything that is typed beside the texts is short.
const TYPED_BYTES_MAX: usize = 2 * 1024;
/// All of a form: four texts, what is typed, and what stands around them.
pub(crate) const FORM_BYTES_MAX: usize = 4 * TEXT_BYTES_MAX + 64 * 1024;

/// Something that is wrong, and where.
#[derive(Debug)]
pub(crate) struct FaultRow {
    file: String,
    line: String,
    place: String,
    says: Vec<Says>,
}

impl FaultRow {
    fn of((fault, line): &(Fault, Option<usize>)) -> Self {
        let is_line = fault.place.starts_with("line ");
        Self {
            file: fault.file.to_string(),
            line: line.map(|line| format!("line {line}")).unwrap_or_default(),
            place: if is_line { String::new() } else { fault.place.clone() },
            says: Says::of(&sentence(&fault.says)),
        }
    }
}

/// What came of looking at a proposal.
#[derive(Debug)]
pub(crate) struct Looked {
    title: String,
    sections: Vec<Section>,
    n_changes: String,
    contradictions: Vec<(String, Vec<Says>)>,
}

impl Looked {
    fn of(compared: &Compared) -> Self {
        let n_changes = u64::try_from(compared.changes.len()).unwrap_or(u64::MAX);
        let contradictions = compared.contradictions.iter();
        Self {
            title: compared.title.clone(),
            sections: sections(&compared.changes),
            n_changes: words::count(n_changes, "change", "changes"),
            contradictions: contradictions
                .map(|one| (one.setting.clone(), Says::of(&sentence(&one.says))))
                .collect(),
        }
    }
}

/// What a proposal can begin with.
#[derive(Debug)]
pub(crate) struct BaseChoice {
    word: &'static str,
    label: String,
    is_chosen: bool,
}

/// What was typed beside the texts.
#[derive(Clone, Default, Debug)]
pub struct Typed {
    base: String,
    day: String,
    reason: String,
    form_token: String,
    only_look: bool,
    texts: Vec<(String, Vec<u8>)>,
}

/// The form.
#[derive(Template, Debug)]
#[template(path = "pages/policy_propose.html")]
pub struct ProposePage {
    frame: Frame,
    bases: Vec<BaseChoice>,
    base_wrong: String,
    files: [&'static str; 4],
    files_wrong: String,
    day: Field,
    today: String,
    reason: Field,
    faults: Vec<FaultRow>,
    n_faults: String,
    looked: Option<Looked>,
}

impl ProposePage {
    /// The form as it was filled; `today` is the agency's.
    pub fn of(frame: Frame, today: Day, typed: &Typed) -> Self {
        let own = BaseChoice {
            word: "",
            label: "the policy in force".to_owned(),
            is_chosen: typed.base.is_empty(),
        };
        let shipped = policy::shipped().iter().map(|(word, _)| BaseChoice {
            word,
            label: format!("{word}, which comes with the program"),
            is_chosen: typed.base == *word,
        });
        let day = if typed.day.is_empty() { today.to_string() } else { typed.day.clone() };
        Self {
            bases: std::iter::once(own).chain(shipped).collect(),
            base_wrong: String::new(),
            files: FILES,
            files_wrong: String::new(),
            day: Field::of(day),
            today: today.to_string(),
            reason: Field::of(&typed.reason),
            faults: Vec::new(),
            n_faults: String::new(),
            looked: None,
            frame,
        }
    }

    /// The same with what is wrong with the texts.
    #[must_use]
    pub fn with_faults(mut self, unsound: &Unsound) -> Self {
        let n_faults = u64::try_from(unsound.faults.len()).unwrap_or(u64::MAX);
        self.n_faults = words::count(n_faults, "fault", "faults");
        let mut faults: Vec<_> = unsound.faults.iter().collect();
        faults.sort_by_key(|(fault, line)| (&fault.file, *line));
        self.faults = faults.into_iter().map(FaultRow::of).collect();
        self
    }

    /// The same with what the texts would change, and what they contradict.
    #[must_use]
    pub fn with_difference(mut self, compared: &Compared) -> Self {
        self.looked = Some(Looked::of(compared));
        self
    }

    fn refused(mut self, field: &str, why: &str) -> Self {
        match field {
            "base" => self.base_wrong = sentence(why),
            "day" => self.day.wrong = sentence(why),
            "reason" => self.reason.wrong = sentence(why),
            _ => self.files_wrong = format!("They {why}."),
        }
        self
    }
}

fn form(frame: Frame, staff: &Staff, typed: &Typed) -> ProposePage {
    let policy = staff.ctx.person.as_ref().and_then(|person| person.policy.as_ref());
    let today = policy.map_or_else(|| frame.now.day(), |policy| policy.day(frame.now));
    ProposePage::of(frame, today, typed)
}

/// `GET /policy/propose`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    may_send::<ManagePolicy>(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &form(frame, &staff, &Typed::default())))
}

/// `POST /policy/propose`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    body: Multipart,
) -> Result<Response, PageError> {
    let typed = receive(body).await?;
    if !staff.wrote(&typed.form_token) {
        return Err(PageError::ForeignForm);
    }
    may_send::<ManagePolicy>(&app, &staff.ctx).await?;
    let shown = form(frame, &staff, &typed);
    let wrong = |shown: ProposePage| Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    let Ok(day) = Day::parse(&typed.day) else {
        return wrong(shown.refused("day", "is no day, such as 2026-12-01"));
    };
    let base = match typed.base.as_str() {
        "" => Base::InForce,
        word => Base::Shipped(word.to_owned()),
    };
    let Typed { reason, only_look, texts, .. } = typed;
    let ask = Proposing { base, texts, day, reason, only_look };
    match propose_policy(&app, &staff.ctx, &ask).await {
        Ok(Outcome::Proposed(id)) => {
            Ok(Redirect::to(&format!("/policy/changes/{id}")).into_response())
        }
        Ok(Outcome::Compared(compared)) => {
            let is_sound = compared.contradictions.is_empty();
            let status = if is_sound { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            Ok(page(status, &shown.with_difference(&compared)))
        }
        Ok(Outcome::Unsound(unsound)) => wrong(shown.with_faults(&unsound)),
        Err(AskError::Invalid { field, why }) => wrong(shown.refused(field, &why)),
        Err(err) => Err(err.into()),
    }
}

async fn receive(mut body: Multipart) -> Result<Typed, PageError> {
    let mut typed = Typed::default();
    while let Some(part) = body.next_field().await.map_err(PageError::bad_form)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "files" {
            let file = file_name(part.file_name().unwrap_or_default());
            let bytes = short(part, TEXT_BYTES_MAX).await?;
            // A browser sends an empty part where no file was chosen.
            if !file.is_empty() {
                typed.texts.push((file, bytes));
            }
            continue;
        }
        let bytes = short(part, TYPED_BYTES_MAX).await?;
        let text = String::from_utf8(bytes).map_err(PageError::bad_form)?;
        match name.as_str() {
            "form_token" => typed.form_token = text,
            "base" => typed.base = text,
            "day" => typed.day = text,
            "reason" => typed.reason = text,
            "do" => typed.only_look = text == "look",
            _ => {}
        }
    }
    Ok(typed)
}

/// The last part of a file's name: some browsers send folders with it.
fn file_name(sent: &str) -> String {
    sent.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

async fn short(mut part: Part<'_>, bytes_max: usize) -> Result<Vec<u8>, PageError> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(PageError::bad_form)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > bytes_max {
            return Err(PageError::Bad(format!(
                "a part of the form has more than {bytes_max} bytes"
            )));
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_its_last_part() {
        assert_eq!(file_name("rules.cedar"), "rules.cedar");
        assert_eq!(file_name("ours/rules.cedar"), "rules.cedar");
        assert_eq!(file_name("C:\\ours\\rules.cedar"), "rules.cedar");
        assert_eq!(file_name(""), "");
    }
}
