//! All routes, each with its guard.

use std::sync::Arc;

use app::App;
use app::route::{Access, Audit, Cache, Guard};
use axum::middleware::from_fn_with_state;
use axum::{Extension, Router};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use crate::bodies::Bodies;
use crate::endpoints as e;
use crate::guard;

/// What every handler is given.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) app: App,
    pub(crate) bodies: Bodies,
}

/// A route as it was declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// `GET`, `POST`…
    pub method: &'static str,
    /// Its path, with `{names}`.
    pub path: String,
    /// Its guard.
    pub guard: Guard,
}

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Plateglass",
    description = "Cameras hand in frames and reads with their own key in the header `Plateglass-Camera-Key`. \
        Everything else is for people who are signed in, by the session cookie of the console, and for machines that ask in a \
        person's name by a token that the person made on the page of their account, in the header \
        `Authorization: Bearer pgt_…`. A token may do what it was made for and never more than its person may at that moment; \
        what asks for fresh proof of who one is it cannot do. Looks need a purpose: state it with `PUT /api/v1/work`; it stands \
        beside everything that the session or the token looks at until another is stated. \
        Errors are `{error, what, where, help}`.",
    license(name = "AGPL-3.0-or-later")
))]
struct Document;

/// Asks for nothing and shows nothing of anyone; asked again each time.
const OPEN: Guard = Guard { access: Access::Public, audit: Audit::Nothing, cache: Cache::NoStore };

/// Signed hashes, for anybody who checks.
const CHECKPOINT: Guard =
    Guard { access: Access::Public, audit: Audit::Nothing, cache: Cache::Revalidate };
const TILE: Guard =
    Guard { access: Access::Public, audit: Audit::Nothing, cache: Cache::Immutable };

struct Table {
    api: Option<Api>,
    router: OpenApiRouter<Api>,
    declared: Vec<Declared>,
}

impl Table {
    fn add(mut self, guard: Guard, (schemas, paths, methods): UtoipaMethodRouter<Api>) -> Self {
        for (path, item) in &paths.paths {
            let of = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("DELETE", &item.delete),
            ];
            for (method, _) in of.into_iter().filter(|(_, operation)| operation.is_some()) {
                self.declared.push(Declared { method, path: path.clone(), guard });
            }
        }
        let methods = match &self.api {
            Some(api) => {
                methods.layer(from_fn_with_state((api.app.clone(), guard), guard::enforce))
            }
            None => methods,
        };
        self.router = self.router.routes((schemas, paths, methods));
        self
    }
}

impl Table {
    /// What is done with a hit, what waits for somebody, and what comes of it in sum.
    fn hits(self) -> Self {
        self.add(Guard::LOOK, routes!(e::get_hits::get_hits))
            .add(Guard::LOOK, routes!(e::get_hit::get_hit))
            .add(Guard::CHANGE, routes!(e::hit_life::take))
            .add(Guard::CHANGE, routes!(e::hit_life::release))
            .add(Guard::CHANGE, routes!(e::hit_life::hand_over))
            .add(Guard::CHANGE, routes!(e::hit_life::send))
            .add(Guard::CHANGE, routes!(e::hit_life::reject))
            .add(Guard::CHANGE, routes!(e::hit_life::compare))
            .add(Guard::CHANGE, routes!(e::hit_life::confirm))
            .add(Guard::CHANGE, routes!(e::hit_life::not_practicable))
            .add(Guard::CHANGE, routes!(e::hit_life::second))
            .add(Guard::CHANGE, routes!(e::hit_life::could_not_wait))
            .add(Guard::CHANGE, routes!(e::hit_life::weigh))
            .add(Guard::CHANGE, routes!(e::hit_life::stop))
            .add(Guard::CHANGE, routes!(e::hit_life::end))
            .add(Guard::CHANGE, routes!(e::hit_life::correct))
            .add(Guard::CHANGE, routes!(e::hit_life::reopen))
            .add(Guard::CHANGE, routes!(e::hit_life::ask_state))
            .add(Guard::CHANGE, routes!(e::hit_life::post_facts))
            .add(Guard::LOOK, routes!(e::incidents::get_queue))
            .add(Guard::LOOK, routes!(e::incidents::get_incidents))
            .add(Guard::CHANGE, routes!(e::incidents::see_incident))
            .add(Guard::CHANGE, routes!(e::incidents::close_incident))
            .add(Guard::LOOK, routes!(e::figures::get_stops))
            .add(Guard::LOOK, routes!(e::figures::get_precision))
    }

    /// Who looked at what, what has to be reviewed, what was reported, how sign-ins went.
    fn oversight(self) -> Self {
        self.add(Guard::LOOK, routes!(e::audit::search_audit))
            .add(Guard::LOOK, routes!(e::audit::export_audit))
            .add(Guard::LOOK, routes!(e::audit::export_receipts))
            .add(Guard::LOOK, routes!(e::weeks::get_week))
            .add(Guard::CHANGE, routes!(e::weeks::sign_off_week))
            .add(Guard::LOOK, routes!(e::reviews::get_reviews))
            .add(Guard::LOOK, routes!(e::reviews::get_review))
            .add(Guard::CHANGE, routes!(e::reviews::note_on_review))
            .add(Guard::CHANGE, routes!(e::reviews::close_review))
            .add(Guard::CHANGE, routes!(e::misuse::report_misuse))
            .add(Guard::LOOK, routes!(e::misuse::get_own_reports))
            .add(Guard::LOOK, routes!(e::misuse::get_reports))
            .add(Guard::LOOK, routes!(e::misuse::get_report))
            .add(Guard::CHANGE, routes!(e::misuse::investigate_report))
            .add(Guard::CHANGE, routes!(e::misuse::close_report))
            .add(Guard::CHANGE, routes!(e::misuse::decide_sharing))
            .add(Guard::LOOK, routes!(e::security::get_security))
            .add(Guard::CHANGE, routes!(e::security::lock_account))
            .add(Guard::SETTINGS, routes!(e::troubles::get_troubles))
            .add(Guard::CHANGE, routes!(e::troubles::report_trouble))
            .add(Guard::SETTINGS, routes!(e::troubles::get_trouble))
            .add(Guard::CHANGE, routes!(e::troubles::take_trouble))
            .add(Guard::CHANGE, routes!(e::troubles::note_trouble))
            .add(Guard::CHANGE, routes!(e::troubles::close_trouble))
    }

    /// Signing on, who is on duty, and handing hits to the next shift.
    fn shifts(self) -> Self {
        self.add(Guard::LOOK, routes!(e::shift::get_shift))
            .add(Guard::CHANGE, routes!(e::shift::sign_on))
            .add(Guard::CHANGE, routes!(e::shift::sign_off))
            .add(Guard::CHANGE, routes!(e::shift::post_duty))
            .add(Guard::CHANGE, routes!(e::shift::remove_duty))
            .add(Guard::CHANGE, routes!(e::shift::import_duties))
            .add(Guard::LOOK, routes!(e::shift::get_hand_over))
            .add(Guard::CHANGE, routes!(e::shift::offer))
            .add(Guard::CHANGE, routes!(e::shift::accept))
    }

    /// What leaves the server about hits, and what was read where people say what they believe.
    fn alerts_and_events(self) -> Self {
        self.add(Guard::SETTINGS, routes!(e::telling::get_telling))
            .add(Guard::CHANGE, routes!(e::telling::post_webhook))
            .add(Guard::CHANGE, routes!(e::telling::remove_webhook))
            .add(Guard::CHANGE, routes!(e::telling::test_webhook))
            .add(Guard::CHANGE, routes!(e::telling::tell_again))
            .add(Guard::CHANGE, routes!(e::telling::post_quiet_rule))
            .add(Guard::CHANGE, routes!(e::telling::end_quiet_rule))
            .add(Guard::LOOK, routes!(e::protected::get_protected_events))
            .add(Guard::CHANGE, routes!(e::protected::post_protected_event))
            .add(Guard::CHANGE, routes!(e::protected::withdraw_event))
            .add(Guard::CHANGE, routes!(e::protected::post_nexus_request))
            .add(Guard::CHANGE, routes!(e::protected::decide_nexus))
    }

    /// Hotlists, their files, how they are fetched, and AMBER alerts.
    fn hotlists(self) -> Self {
        self.add(Guard::SETTINGS, routes!(e::get_hotlists::get_hotlists))
            .add(Guard::CHANGE, routes!(e::post_hotlist::post_hotlist))
            .add(Guard::CHANGE, routes!(e::import_hotlist::import_hotlist))
            .add(Guard::SETTINGS, routes!(e::import_status::import_status))
            .add(Guard::CHANGE, routes!(e::put_hotlist_source::put_hotlist_source))
            .add(Guard::CHANGE, routes!(e::put_hotlist_topic::put_hotlist_topic))
            .add(Guard::CHANGE, routes!(e::decide_hotlist::decide_hotlist))
            .add(Guard::SETTINGS, routes!(e::fetching::get_fetching))
            .add(Guard::CHANGE, routes!(e::fetching::post_fetching))
            .add(Guard::SETTINGS, routes!(e::amber::get_alerts))
            .add(Guard::CHANGE, routes!(e::amber::post_alerts))
            .add(Guard::SETTINGS, routes!(e::amber::get_alert))
            .add(Guard::CHANGE, routes!(e::amber::decide_alert_plate))
            .add(Guard::CHANGE, routes!(e::amber::add_alert_plate))
    }

    /// Entries of the agency's own.
    fn custom_entries(self) -> Self {
        self.add(Guard::LOOK, routes!(e::custom_entries::get_custom_entries))
            .add(Guard::CHANGE, routes!(e::custom_entries::post_custom_entry))
            .add(Guard::LOOK, routes!(e::custom_entries::get_custom_entry))
            .add(Guard::LOOK, routes!(e::custom_entries::count_custom_entry_reads))
            .add(Guard::CHANGE, routes!(e::custom_entries::decide_custom_entry))
            .add(Guard::CHANGE, routes!(e::custom_entries::end_custom_entry))
    }

    /// What they were taught, what decides about them, and one's own account.
    fn people(self) -> Self {
        self.add(Guard::LOOK, routes!(e::training::get_training))
            .add(Guard::CHANGE, routes!(e::training::import_completions))
            .add(Guard::CHANGE, routes!(e::training::post_completion))
            .add(Guard::SETTINGS, routes!(e::policy::get_policy))
            .add(Guard::SETTINGS, routes!(e::policy::get_policy_changes))
            .add(Guard::CHANGE, routes!(e::policy::propose_policy))
            .add(Guard::SETTINGS, routes!(e::policy::get_policy_change))
            .add(Guard::SETTINGS, routes!(e::policy::get_policy_text))
            .add(Guard::CHANGE, routes!(e::policy::approve_policy))
            .add(Guard::CHANGE, routes!(e::policy::withdraw_policy))
            .add(Guard::SETTINGS, routes!(e::account::get_tokens))
            .add(Guard::CHANGE, routes!(e::account::post_token))
            .add(Guard::CHANGE, routes!(e::account::revoke_token))
            .add(Guard::SETTINGS, routes!(e::account::get_sessions))
            .add(Guard::CHANGE, routes!(e::account::end_session))
            .add(Guard::SETTINGS, routes!(e::account::get_exigent_looks))
            .add(Guard::CHANGE, routes!(e::account::complete_exigent_look))
    }
}

fn table(api: Option<Api>) -> Table {
    let router = OpenApiRouter::with_openapi(Document::openapi());
    Table { api, router, declared: Vec::new() }
        .add(Guard::INGEST, routes!(e::post_frame::post_frame))
        .add(Guard::INGEST, routes!(e::post_reads::post_reads))
        .hits()
        .add(Guard::LOOK, routes!(e::get_reads::get_reads))
        .add(Guard::LOOK, routes!(e::get_read::get_read))
        .add(Guard::LOOK, routes!(e::get_picture::get_picture))
        .add(Guard::SETTINGS, routes!(e::get_cameras::get_cameras))
        .add(Guard::CHANGE, routes!(e::post_camera::post_camera))
        .add(Guard::CHANGE, routes!(e::rekey_camera::rekey_camera))
        .add(Guard::CHANGE, routes!(e::disable_camera::disable_camera))
        .add(Guard::SETTINGS, routes!(e::sign_offs::get_sign_offs))
        .add(Guard::CHANGE, routes!(e::sign_offs::post_sign_off))
        .add(Guard::CHANGE, routes!(e::sign_offs::withdraw_sign_off))
        .hotlists()
        .add(Guard::LOOK, routes!(e::get_ledger::get_ledger))
        .add(Guard::LOOK, routes!(e::get_leaf::get_leaf))
        .add(Guard::LOOK, routes!(e::get_leaf_receipt::get_leaf_receipt))
        .add(Guard::LOOK, routes!(e::get_read_receipt::get_read_receipt))
        .add(Guard::CHANGE, routes!(e::post_checkpoint::post_checkpoint))
        .add(Guard::LOOK, routes!(e::get_entries::get_entries))
        .add(Guard::SETTINGS, routes!(e::get_work::get_work))
        .add(Guard::CHANGE, routes!(e::put_work::put_work))
        .custom_entries()
        .oversight()
        .alerts_and_events()
        .people()
        .shifts()
        .add(CHECKPOINT, routes!(e::get_checkpoint::get_checkpoint))
        .add(TILE, routes!(e::get_tile::get_tile))
        .add(OPEN, routes!(e::get_openapi::get_openapi))
        .add(OPEN, routes!(e::healthz::healthz))
}

/// All routes of the API and `/healthz`.
pub fn router(app: App) -> Router {
    let api = Api { app, bodies: Bodies::default() };
    let (router, document) = table(Some(api.clone())).router.split_for_parts();
    router.layer(Extension(Arc::new(document))).with_state(api)
}

/// Every route with its guard: what the tests walk.
pub fn declared() -> Vec<Declared> {
    table(None).declared
}

/// The OpenAPI document.
pub fn openapi() -> OpenApi {
    table(None).router.into_openapi()
}
