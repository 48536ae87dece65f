//! `GET` and `POST /cameras/new`: add a camera.

use app::{App, AskError, add_camera, may_send};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::access::ManageCameras;
use domain::{Mounting, NewCamera, Position};
use serde::Deserialize;

use super::camera_key::{KeyPage, server};
use super::cameras::mounting;
use crate::error::PageError;
use crate::form::{Checked, Field};
use crate::frame::{Frame, page};
use crate::staff::Staff;

/// The form, as empty or as filled as it is.
#[derive(Template, Debug)]
#[template(path = "pages/camera_new.html")]
pub struct CameraForm {
    frame: Frame,
    trouble: String,
    name: Field,
    mounting: &'static str,
    mountings: [(&'static str, &'static str); 3],
    site: Field,
    heading: Field,
    position: Field,
}

impl CameraForm {
    /// The empty form.
    pub fn empty(frame: Frame) -> Self {
        let all = [Mounting::Fixed, Mounting::Trailer, Mounting::Vehicle];
        Self {
            frame,
            trouble: String::new(),
            name: Field::default(),
            mounting: Mounting::Fixed.word(),
            mountings: all.map(|m| (m.word(), mounting(m))),
            site: Field::default(),
            heading: Field::default(),
            position: Field::default(),
        }
    }

    /// The form as it was filled, each field with what is wrong with it.
    pub fn checked(frame: Frame, typed: &Typed) -> Self {
        let mut form = Self::filled(frame, typed);
        form.read();
        form
    }

    fn filled(frame: Frame, typed: &Typed) -> Self {
        let mut form = Self::empty(frame);
        form.name = Field::of(&typed.name);
        form.site = Field::of(&typed.site);
        form.heading = Field::of(&typed.heading);
        form.position = Field::of(&typed.position);
        form.mounting = Mounting::parse(&typed.mounting).unwrap_or(Mounting::Fixed).word();
        form
    }

    /// What was typed as a camera; else notes what is wrong.
    fn read(&mut self) -> Option<NewCamera> {
        if self.name.value.trim().is_empty() {
            self.name.wrong = "A camera needs a name.".to_owned();
        }
        if self.site.value.trim().is_empty() {
            self.site.wrong = "Say where it stands, or on which vehicle it rides.".to_owned();
        }
        let heading_deg = optional(&mut self.heading, heading);
        let position = optional(&mut self.position, position);
        let all = [&self.name, &self.site, &self.heading, &self.position];
        all.iter().all(|field| field.wrong.is_empty()).then(|| NewCamera {
            name: self.name.value.trim().to_owned(),
            mounting: Mounting::parse(self.mounting).unwrap_or(Mounting::Fixed),
            site: self.site.value.trim().to_owned(),
            heading_deg,
            position,
        })
    }

    /// Puts what the app found wrong beside its field, or on top where there is none.
    fn note(&mut self, field: &str, why: String) {
        match field {
            "name" => self.name.wrong = why,
            "site" => self.site.wrong = why,
            "heading" | "heading_deg" => self.heading.wrong = why,
            "position" | "latitude" | "longitude" => self.position.wrong = why,
            other => self.trouble = format!("{other}: {why}"),
        }
    }
}

/// Reads a field that may stay empty; notes what is wrong with it.
fn optional<T>(field: &mut Field, read: fn(&str) -> Result<T, &'static str>) -> Option<T> {
    let typed = field.value.trim();
    if typed.is_empty() {
        return None;
    }
    read(typed).map_err(|why| field.wrong = why.to_owned()).ok()
}

fn heading(typed: &str) -> Result<u16, &'static str> {
    typed
        .trim_end_matches('°')
        .parse()
        .ok()
        .filter(|degrees| *degrees < 360)
        .ok_or("Whole degrees from 0 to 359; 90 is east.")
}

pub(crate) fn position(typed: &str) -> Result<Position, &'static str> {
    let wrong = "Two numbers with a comma between: latitude −90 to 90, longitude −180 to 180.";
    let (latitude, longitude) = typed.split_once(',').ok_or(wrong)?;
    let number = |text: &str| text.trim().replace('−', "-").parse::<f64>().map_err(|_| wrong);
    let at = Position { latitude: number(latitude)?, longitude: number(longitude)? };
    let on_earth = at.latitude.abs() <= 90.0 && at.longitude.abs() <= 180.0;
    on_earth.then_some(at).ok_or(wrong)
}

/// What was typed.
#[derive(Deserialize, Default, Debug)]
pub struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    mounting: String,
    #[serde(default)]
    site: String,
    #[serde(default)]
    heading: String,
    #[serde(default)]
    position: String,
}

/// `GET /cameras/new`
pub(crate) async fn get(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
) -> Result<Response, PageError> {
    may_send::<ManageCameras>(&app, &staff.ctx).await?;
    Ok(page(StatusCode::OK, &CameraForm::empty(frame)))
}

/// `POST /cameras/new`
pub(crate) async fn post(
    State(app): State<App>,
    staff: Staff,
    frame: Frame,
    headers: HeaderMap,
    Checked(typed): Checked<Typed>,
) -> Result<Response, PageError> {
    may_send::<ManageCameras>(&app, &staff.ctx).await?;
    let mut form = CameraForm::filled(frame, &typed);
    let Some(about) = form.read() else {
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form));
    };
    match add_camera(&app, &staff.ctx, about).await {
        Ok(added) => {
            let name = &added.camera.about.name;
            let shown = KeyPage::of(form.frame, name, &added.key, true, server(&headers));
            let shown = shown.waiting(!added.waits_for.is_empty());
            Ok(page(StatusCode::CREATED, &shown))
        }
        Err(AskError::Invalid { field, why }) => {
            form.note(field, why);
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form))
        }
        Err(err) => Err(err.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_headings_are_read_as_people_write_them() {
        let at = position("30.2672, −97.7431").unwrap();
        assert_eq!((at.latitude, at.longitude), (30.2672, -97.7431));
        assert!(position("97.7, 30").is_err());
        assert!(position("30.2672").is_err());
        assert!(position("NaN, 1").is_err());
        assert_eq!(heading("90°"), Ok(90));
        assert!(heading("360").is_err());
    }
}
