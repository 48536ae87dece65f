//! `GET /manifest.webmanifest`: what a browser needs to install the console on a tablet or laptop. It opens at the car's page.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::assets::Links;

/// `GET /manifest.webmanifest`
pub(crate) async fn get() -> Response {
    let links = Links::of_build();
    let drawn = links.icon.iter().map(|address| {
        json!({ "src": address, "sizes": "any", "type": "image/svg+xml", "purpose": "any" })
    });
    let painted = links.painted.iter().flat_map(|(pixels, address)| {
        let sizes = format!("{pixels}x{pixels}");
        // The drawing keeps within the circle that every mask leaves.
        ["any", "maskable"].map(|purpose| {
            json!({ "src": address, "sizes": sizes, "type": "image/png", "purpose": purpose })
        })
    });
    let icons: Vec<_> = drawn.chain(painted).collect();
    let manifest = json!({
        "id": "/car",
        "name": "Plateglass in the car",
        "short_name": "Plateglass",
        "description": "Hits as they come, for a unit that is signed on.",
        "start_url": "/car",
        "scope": "/",
        "display": "standalone",
        "background_color": "#0a0402",
        "theme_color": "#0a0402",
        "icons": icons,
    });
    let kind = [(header::CONTENT_TYPE, "application/manifest+json")];
    (kind, manifest.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_console_can_be_installed_and_opens_in_the_car() {
        let response = get().await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/manifest+json");
        let body = axum::body::to_bytes(response.into_body(), 16_384).await.unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let told = |name: &str| manifest[name].as_str().unwrap_or_default().to_owned();
        assert_eq!((told("start_url"), told("display")), ("/car".into(), "standalone".into()));
        assert!(manifest["icons"].is_array());
    }
}
