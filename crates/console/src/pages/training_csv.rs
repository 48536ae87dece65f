//! `GET /training.csv`: everybody's training as a file.

use app::App;
use app::training::{Standing, TrainingPage, list_training};
use axum::extract::State;
use axum::response::Response;

use crate::csv::{file, line};
use crate::error::PageError;
use crate::staff::Staff;

const COLUMNS: &str =
    "day,name,sign_in_name,outside,course,clause,state,valid_until,last_completed,topics\r\n";

/// `GET /training.csv`
pub(crate) async fn get(State(app): State<App>, staff: Staff) -> Result<Response, PageError> {
    let listed = list_training(&app, &staff.ctx).await?;
    Ok(file(&format!("training-{}", listed.today), csv(&listed)))
}

/// One line for each person and course.
fn csv(listed: &TrainingPage) -> String {
    let mut out = COLUMNS.to_owned();
    for row in &listed.people {
        for (word, standing) in &row.courses {
            let (state, until) = match standing {
                Standing::Valid(until) => ("valid", until.map(|day| day.to_string())),
                Standing::Lapsed(day) => ("lapsed", Some(day.to_string())),
                Standing::Never => ("never", None),
            };
            let last = row.completions.iter().filter(|one| one.course == *word);
            let last = last.max_by_key(|one| one.day);
            let course = listed.courses.get(word);
            let cells = [
                listed.today.to_string(),
                row.person.name.clone(),
                row.person.login.to_string(),
                if row.person.is_outside { "yes" } else { "no" }.to_owned(),
                course.map_or_else(|| word.clone(), |course| course.label.clone()),
                course.map(|course| course.clause.clone()).unwrap_or_default(),
                state.to_owned(),
                until.unwrap_or_default(),
                last.map(|one| one.day.to_string()).unwrap_or_default(),
                last.map(|one| one.topics.join("; ")).unwrap_or_default(),
            ];
            out.push_str(&line(cells.iter().map(String::as_str)));
        }
    }
    out
}
