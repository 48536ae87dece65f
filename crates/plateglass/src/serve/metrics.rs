//! `/metrics` for Prometheus, on a port of its own. No label holds a plate, a name or an address.

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::header;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusBuilder;

/// Bounds of every duration's buckets, in seconds: from a match to an import.
const SECONDS: [f64; 14] =
    [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.15, 0.3, 0.5, 1.0, 3.0, 10.0, 60.0];

/// Begins to count, and the page that shows it.
pub(super) fn router() -> Result<Router> {
    let builder = PrometheusBuilder::new().set_buckets(&SECONDS).context("buckets in order")?;
    let handle = builder.install_recorder().context("failed to begin counting")?;
    let show = move || {
        handle.run_upkeep();
        let page = handle.render();
        async { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], page) }
    };
    Ok(Router::new().route("/metrics", get(show)))
}
