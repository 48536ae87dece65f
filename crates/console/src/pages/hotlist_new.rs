//! `GET` and `POST /hotlists/new`: make a hotlist.

use app::{App, AskError, NewHotlist, create_hotlist, may_send};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Category;
use domain::access::ManageHotlists;
use serde::Deserialize;

use super::hotlists::loudness;
use crate::components::priority_word;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// A category to choose.
#[derive(Debug)]
pub(crate) struct Choice {
    word: &'static str,
    label: &'static str,
    priority: &'static str,
    loudness: &'static str,
}

/// The form, as empty or as filled as it is.
#[derive(Template, Debug)]
#[template(path = "pages/hotlist_new.html")]
pub struct HotlistForm {
    frame: Frame,
    trouble: String,
    name: Field,
    source: Field,
    category: Field,
    categories: [Choice; 6],
}

impl HotlistForm {
    /// The empty form.
    pub fn empty(frame: Frame) -> Self {
        let choice = |category: Category| Choice {
            word: category.word(),
            label: category.label(),
            priority: priority_word(category.priority()),
            loudness: loudness(category.priority()),
        };
        Self {
            frame,
            trouble: String::new(),
            name: Field::default(),
            source: Field::default(),
            category: Field::default(),
            categories: Category::ALL.map(choice),
        }
    }

    /// What was typed as a hotlist; else notes what is wrong.
    fn read(&mut self) -> Option<NewHotlist> {
        let category = Category::parse(&self.category.value);
        if self.name.value.trim().is_empty() {
            self.name.wrong = "A hotlist needs a name.".to_owned();
        }
        if self.source.value.trim().is_empty() {
            self.source.wrong = "Say where its rows come from.".to_owned();
        }
        if category.is_none() {
            self.category.wrong = "Choose one.".to_owned();
        }
        let fine = self.name.wrong.is_empty() && self.source.wrong.is_empty();
        category.filter(|_| fine).map(|category| NewHotlist {
            name: self.name.value.trim().to_owned(),
            source: self.source.value.trim().to_owned(),
            category,
        })
    }
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    category: String,
}

/// `GET /hotlists/new`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    may_send::<ManageHotlists>(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &HotlistForm::empty(frame)))
}

/// `POST /hotlists/new`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    may_send::<ManageHotlists>(&app, &staff.ctx).await?;
    let mut form = HotlistForm::empty(frame);
    form.name = Field::of(typed.name);
    form.source = Field::of(typed.source);
    form.category = Field::of(typed.category);
    let Some(about) = form.read() else {
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form));
    };
    match create_hotlist(&app, &staff.ctx, about).await {
        Ok(list) => Ok(Redirect::to(&format!("/hotlists/{}/import", list.id)).into_response()),
        Err(AskError::Invalid { field, why }) => {
            match field {
                "name" => form.name.wrong = why,
                "source" => form.source.wrong = why,
                "category" => form.category.wrong = why,
                other => form.trouble = format!("{other}: {why}"),
            }
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form))
        }
        Err(err) => Err(err.into()),
    }
}
