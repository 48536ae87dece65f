//! Script, style and face, built from `web/` and embedded. Without them every page still works, plainly.

use std::collections::HashMap;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::error::PageError;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Built;

/// The addresses of what a page links to; none of a part that is not built.
#[derive(Clone, Default, Debug)]
pub(crate) struct Links {
    pub(crate) style: Option<String>,
    pub(crate) script: Option<String>,
    pub(crate) icon: Option<String>,
    pub(crate) face: Option<String>,
    /// The icon in pixels: how many a side, and where.
    pub(crate) painted: Vec<(u16, String)>,
}

/// The sides of the painted icons: what browsers ask for before they install.
const PAINTED: [u16; 2] = [192, 512];

impl Links {
    /// Reads the manifest that the build left. Cheap: in a release it is a few hundred bytes in memory.
    pub(crate) fn of_build() -> Self {
        let Some(file) = Built::get("manifest.json") else { return Self::default() };
        let names: HashMap<String, String> = serde_json::from_slice(&file.data).unwrap_or_default();
        let link = |name: &str| names.get(name).map(|file| format!("/assets/{file}"));
        Self {
            style: link("style.css"),
            script: link("console.js"),
            icon: link("icon.svg"),
            painted: PAINTED
                .into_iter()
                .filter_map(|pixels| Some((pixels, link(&format!("icon-{pixels}.png"))?)))
                .collect(),
            face: link("commit-mono-latin-600-normal.woff2"),
        }
    }
}

/// `GET /worker.js`: what shows push messages, also while no page is open. It stands at the top, for it works for every page.
pub(crate) async fn worker() -> Result<Response, PageError> {
    let manifest = Built::get("manifest.json").ok_or_else(|| PageError::nothing_here("file"))?;
    let names: HashMap<String, String> = serde_json::from_slice(&manifest.data).unwrap_or_default();
    let name = names.get("worker.js").ok_or_else(|| PageError::nothing_here("file"))?;
    get(Path(name.clone())).await
}

/// `GET /assets/{name}`
pub(crate) async fn get(Path(name): Path<String>) -> Result<Response, PageError> {
    let file = Built::get(&name).ok_or_else(|| PageError::nothing_here("file"))?;
    let kind = file.metadata.mimetype().to_owned();
    let body = file.data.into_owned();
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, kind)], body).into_response())
}
