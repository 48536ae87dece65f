//! Every address of the console, each with what it declares: who may call it, what kind of act it is, what may be kept.
//! A route that is not in this table does not exist, so none can be forgotten.

use app::App;
use app::route::{Access, Audit, Cache, Guard};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use crate::error::PageError;
use crate::headers::dress;
use crate::pages;
use crate::staff::{Staff, address, from_our_pages};
use crate::{assets, events};

/// The forms are short; only the import's body is long, and is bounded where it is read.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// What a route declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The method.
    pub method: Method,
    /// The address, with its parameters in braces.
    pub path: &'static str,
    /// Who may call it, what kind of act it is, what may be kept.
    pub guard: Guard,
}

struct Route {
    declared: Declared,
    handler: MethodRouter<App>,
}

const SIGN_IN: Guard =
    Guard { access: Access::Public, audit: Audit::SignIn, cache: Cache::NoStore };
const SIGN_OUT: Guard =
    Guard { access: Access::Staff, audit: Audit::SignIn, cache: Cache::NoStore };
/// How a page looks changes nothing of anyone, but its form has a session's token like every other.
const TASTE: Guard = Guard { access: Access::Staff, audit: Audit::Nothing, cache: Cache::NoStore };
const ASSET: Guard =
    Guard { access: Access::Public, audit: Audit::Nothing, cache: Cache::Immutable };

/// The service worker keeps its address: a browser asks whether there is a newer one.
const WORKER: Guard =
    Guard { access: Access::Public, audit: Audit::Nothing, cache: Cache::Revalidate };

/// What every route of the console declares.
pub fn declared() -> Vec<Declared> {
    routes().into_iter().map(|route| route.declared).collect()
}

fn shows(path: &'static str, guard: Guard, handler: MethodRouter<App>) -> Route {
    Route { declared: Declared { method: Method::GET, path, guard }, handler }
}

fn takes(path: &'static str, guard: Guard, handler: MethodRouter<App>) -> Route {
    Route { declared: Declared { method: Method::POST, path, guard }, handler }
}

fn routes() -> Vec<Route> {
    use pages::{
        confirm, hit, hits, hits_feed, incidents, invitation, leaf, ledger, manifest, picture,
        queue, read, reads, sign_in, sign_out, start, theme, work, work_complete,
    };
    vec![
        shows("/", Guard::PUBLIC, get(start::get)),
        shows("/assets/{name}", ASSET, get(assets::get)),
        shows("/sign-in", SIGN_IN, get(sign_in::get)),
        takes("/sign-in", SIGN_IN, post(sign_in::post)),
        shows("/sign-in/code", SIGN_IN, get(sign_in::get_code)),
        takes("/sign-in/code", SIGN_IN, post(sign_in::post_code)),
        shows("/sign-in/link/{token}", SIGN_IN, get(sign_in::get_link)),
        takes("/sign-in/link/{token}", SIGN_IN, post(sign_in::post_link)),
        shows("/invitation/{token}", SIGN_IN, get(invitation::get)),
        takes("/invitation/{token}", SIGN_IN, post(invitation::post)),
        shows("/enrol", SIGN_IN, get(invitation::get_enrol)),
        takes("/enrol", SIGN_IN, post(invitation::post_enrol)),
        shows("/confirm", SIGN_OUT, get(confirm::get)),
        takes("/confirm", SIGN_OUT, post(confirm::post)),
        shows("/work", TASTE, get(work::get)),
        takes("/work", Guard::CHANGE, post(work::post)),
        shows("/looks/complete", TASTE, get(work_complete::get)),
        takes("/looks/complete", Guard::CHANGE, post(work_complete::post)),
        takes("/sign-out", SIGN_OUT, post(sign_out::post)),
        takes("/theme", TASTE, post(theme::post)),
        shows("/events", Guard::LOOK, get(events::get)),
        shows("/hits", Guard::LOOK, get(hits::get)),
        shows("/hits/feed", Guard::LOOK, get(hits_feed::get)),
        shows("/hits/{id}", Guard::LOOK, get(hit::get)),
        shows("/queue", Guard::LOOK, get(queue::get)),
        shows("/manifest.webmanifest", Guard::PUBLIC, get(manifest::get)),
        shows("/incidents", Guard::LOOK, get(incidents::get)),
        shows("/incidents.csv", Guard::LOOK, get(incidents::csv)),
        takes("/incidents/{id}/see", Guard::CHANGE, post(incidents::see)),
        takes("/incidents/{id}/close", Guard::CHANGE, post(incidents::close)),
        shows("/reads", Guard::LOOK, get(reads::get)),
        shows("/reads/{read}", Guard::LOOK, get(read::get)),
        shows("/reads/{read}/plate.jpg", Guard::LOOK, get(picture::plate)),
        shows("/reads/{read}/vehicle.jpg", Guard::LOOK, get(picture::vehicle)),
        shows("/reads/{read}/receipt", Guard::LOOK, get(leaf::of_read)),
        shows("/ledger", Guard::LOOK, get(ledger::get)),
        takes("/ledger/checkpoint", Guard::CHANGE, post(ledger::sign)),
        shows("/ledger/{leaf}", Guard::LOOK, get(leaf::get)),
        shows("/ledger/{leaf}/receipt", Guard::LOOK, get(leaf::receipt)),
    ]
    .into_iter()
    .chain(of_cameras())
    .chain(of_hotlists())
    .chain(of_fetching())
    .chain(of_hits())
    .chain(of_shifts())
    .chain(of_entries())
    .chain(of_figures())
    .chain(of_people())
    .chain(of_ways_in())
    .chain(of_oversight())
    .chain(of_protected())
    .chain(of_trouble())
    .chain(of_telling())
    .collect()
}

/// Hotlists, their files and topics.
fn of_hotlists() -> [Route; 10] {
    use pages::{hotlist, hotlist_decide, hotlist_import, hotlist_new, hotlist_source, hotlists};
    let import = post(hotlist_import::post).layer(DefaultBodyLimit::disable());
    let source =
        post(hotlist_source::post).layer(DefaultBodyLimit::max(hotlist_source::FORM_BYTES_MAX));
    [
        shows("/hotlists", Guard::SETTINGS, get(hotlists::get)),
        shows("/hotlists/new", Guard::SETTINGS, get(hotlist_new::get)),
        takes("/hotlists/new", Guard::CHANGE, post(hotlist_new::post)),
        shows("/hotlists/{id}", Guard::SETTINGS, get(hotlist::get)),
        shows("/hotlists/{id}/import", Guard::SETTINGS, get(hotlist_import::get)),
        takes("/hotlists/{id}/import", Guard::CHANGE, import),
        shows("/hotlists/{id}/source", Guard::SETTINGS, get(hotlist_source::get)),
        takes("/hotlists/{id}/source", Guard::CHANGE, source),
        takes("/hotlists/{id}/topics/{number}", Guard::CHANGE, post(hotlist_decide::topic)),
        takes("/hotlists/{id}/waiting/{version}", Guard::CHANGE, post(hotlist_decide::waiting)),
    ]
}

/// Fetching of hotlists, and AMBER alerts.
fn of_fetching() -> [Route; 7] {
    use pages::{amber, amber_file, hotlist_fetch};
    let file = post(amber_file::post).layer(DefaultBodyLimit::max(amber_file::FORM_BYTES_MAX));
    [
        takes("/hotlists/{id}/fetch", Guard::CHANGE, post(hotlist_fetch::post)),
        shows("/hotlists/{id}/alerts", Guard::SETTINGS, get(amber::list)),
        shows("/hotlists/{id}/alerts/file", Guard::SETTINGS, get(amber_file::get)),
        takes("/hotlists/{id}/alerts/file", Guard::CHANGE, file),
        shows("/hotlists/{id}/alerts/{alert}", Guard::SETTINGS, get(amber::get)),
        takes("/hotlists/{id}/alerts/{alert}/plates", Guard::CHANGE, post(amber::add)),
        takes("/hotlists/{id}/alerts/{alert}/plates/{n}", Guard::CHANGE, post(amber::decide)),
    ]
}

/// Cameras, and the sign-offs of their places.
fn of_cameras() -> [Route; 8] {
    use pages::{camera, camera_disable, camera_key, camera_new, camera_sign_off, cameras};
    [
        shows("/cameras", Guard::SETTINGS, get(cameras::get)),
        shows("/cameras/new", Guard::SETTINGS, get(camera_new::get)),
        takes("/cameras/new", Guard::CHANGE, post(camera_new::post)),
        shows("/cameras/{id}", Guard::SETTINGS, get(camera::get)),
        takes("/cameras/{id}/key", Guard::CHANGE, post(camera_key::post)),
        takes("/cameras/{id}/disable", Guard::CHANGE, post(camera_disable::post)),
        takes("/cameras/{id}/sign-off/{word}", Guard::CHANGE, post(camera_sign_off::give)),
        takes(
            "/cameras/{id}/sign-off/{word}/withdraw",
            Guard::CHANGE,
            post(camera_sign_off::withdraw),
        ),
    ]
}

/// The car, the shift, and handing over to the next one.
fn of_shifts() -> [Route; 11] {
    use pages::{car, hand_over, shift};
    let roster = post(shift::post_import).layer(DefaultBodyLimit::max(shift::FORM_BYTES_MAX));
    [
        shows("/car", Guard::LOOK, get(car::get)),
        takes("/car/sign-on", Guard::CHANGE, post(car::post_sign_on)),
        takes("/car/sign-off", Guard::CHANGE, post(car::post_sign_off)),
        takes("/car/alive", Guard::CHANGE, post(car::post_alive)),
        shows("/shift", Guard::LOOK, get(shift::get)),
        takes("/shift/duty", Guard::CHANGE, post(shift::post_duty)),
        takes("/shift/duty/{id}/remove", Guard::CHANGE, post(shift::post_remove)),
        takes("/shift/import", Guard::CHANGE, roster),
        shows("/queue/handover", Guard::LOOK, get(hand_over::get)),
        takes("/queue/handover", Guard::CHANGE, post(hand_over::post_offer)),
        takes("/queue/handover/accept", Guard::CHANGE, post(hand_over::post_accept)),
    ]
}

/// What is done with a hit.
fn of_hits() -> impl Iterator<Item = Route> {
    use pages::hit_do::{DEEDS, ask, taking};
    let asks = takes("/hits/{id}/ask", Guard::CHANGE, post(ask));
    DEEDS.into_iter().map(|(path, ask)| takes(path, Guard::CHANGE, taking(ask))).chain([asks])
}

/// What audits need of stops, and how often alerts were right.
fn of_figures() -> [Route; 6] {
    use pages::{precision, stop_facts, stops};
    [
        shows("/facts", Guard::LOOK, get(stop_facts::own)),
        shows("/hits/{id}/facts", Guard::LOOK, get(stop_facts::get)),
        takes("/hits/{id}/facts", Guard::CHANGE, post(stop_facts::post)),
        shows("/stops", Guard::LOOK, get(stops::get)),
        shows("/stops.csv", Guard::LOOK, get(stops::csv)),
        shows("/precision", Guard::LOOK, get(precision::get)),
    ]
}

/// The agency's own entries.
fn of_entries() -> [Route; 8] {
    use pages::{entries, entry, entry_new};
    [
        shows("/entries", Guard::LOOK, get(entries::get)),
        shows("/entries/new", Guard::SETTINGS, get(entry_new::get)),
        takes("/entries/new", Guard::CHANGE, post(entry_new::post)),
        shows("/entries/{id}", Guard::LOOK, get(entry::get)),
        takes("/entries/{id}/count", Guard::LOOK, post(entry::count)),
        takes("/entries/{id}/approve", Guard::CHANGE, post(entry::approve)),
        takes("/entries/{id}/refuse", Guard::CHANGE, post(entry::refuse)),
        takes("/entries/{id}/end", Guard::CHANGE, post(entry::end)),
    ]
}

/// People, what they were taught, what they may, and one's own account.
fn of_people() -> [Route; 29] {
    use pages::{
        account, people, person, person_account, person_new, person_role, policy, policy_change,
        policy_changes, policy_propose, training, training_csv, training_import, training_record,
    };
    let completions =
        post(training_import::post).layer(DefaultBodyLimit::max(training_import::FORM_BYTES_MAX));
    let propose =
        post(policy_propose::post).layer(DefaultBodyLimit::max(policy_propose::FORM_BYTES_MAX));
    [
        shows("/people", Guard::LOOK, get(people::get)),
        shows("/people/new", Guard::SETTINGS, get(person_new::get)),
        takes("/people/new", Guard::CHANGE, post(person_new::post)),
        shows("/people/{id}", Guard::LOOK, get(person::get)),
        takes("/people/{id}/role", Guard::CHANGE, post(person_role::give)),
        takes("/people/{id}/role/{grant}/end", Guard::CHANGE, post(person_role::end)),
        takes("/people/grants/{grant}/approve", Guard::CHANGE, post(person_role::approve)),
        takes("/people/{id}/lock", Guard::CHANGE, post(person_account::lock)),
        takes("/people/{id}/enable", Guard::CHANGE, post(person_account::enable)),
        takes("/people/{id}/release", Guard::CHANGE, post(person_account::release)),
        takes("/people/{id}/email", Guard::CHANGE, post(person_account::email)),
        takes("/people/{id}/release-looks", Guard::CHANGE, post(person_account::release_looks)),
        takes("/people/{id}/invite", Guard::CHANGE, post(person_account::invite)),
        takes("/people/{id}/confirm", Guard::CHANGE, post(person_account::confirm)),
        shows("/training", Guard::LOOK, get(training::get)),
        shows("/training.csv", Guard::LOOK, get(training_csv::get)),
        takes("/training/import", Guard::CHANGE, completions),
        takes("/training/record", Guard::CHANGE, post(training_record::post)),
        takes("/training/{id}/withdraw", Guard::CHANGE, post(training_record::withdraw)),
        shows("/policy", Guard::SETTINGS, get(policy::get)),
        shows("/policy/propose", Guard::SETTINGS, get(policy_propose::get)),
        takes("/policy/propose", Guard::CHANGE, propose),
        shows("/policy/changes", Guard::SETTINGS, get(policy_changes::get)),
        shows("/policy/changes/{id}", Guard::SETTINGS, get(policy_change::get)),
        shows("/policy/changes/{id}/{name}", Guard::SETTINGS, get(policy_change::text)),
        takes("/policy/changes/{id}/approve", Guard::CHANGE, post(policy_change::approve)),
        takes("/policy/changes/{id}/withdraw", Guard::CHANGE, post(policy_change::withdraw)),
        shows("/account", Guard::SETTINGS, get(account::get)),
        takes("/account/sessions/{word}/end", Guard::CHANGE, post(account::end_session)),
    ]
}

/// Ways in beside the password, and tokens.
fn of_ways_in() -> [Route; 15] {
    use pages::{passkey, provider, token};
    [
        shows("/sign-in/passkey", SIGN_IN, get(passkey::get)),
        takes("/sign-in/passkey", SIGN_IN, post(passkey::post)),
        takes("/sign-in/code/passkey", SIGN_IN, post(passkey::post_second)),
        takes("/enrol/passkey", SIGN_IN, post(passkey::post_enrol)),
        takes("/confirm/passkey", SIGN_OUT, post(passkey::post_confirm)),
        shows("/account/passkeys/new", Guard::SETTINGS, get(passkey::get_new)),
        takes("/account/passkeys/new", Guard::CHANGE, post(passkey::post_new)),
        takes("/account/passkeys/{id}/remove", Guard::CHANGE, post(passkey::remove)),
        shows("/sign-in/oidc", SIGN_IN, get(provider::get)),
        shows("/sign-in/oidc/back", SIGN_IN, get(provider::get_back)),
        shows("/invitation/{token}/oidc", SIGN_IN, get(provider::get_invited)),
        shows("/confirm/oidc", SIGN_OUT, get(provider::get_confirm)),
        shows("/account/tokens/new", Guard::SETTINGS, get(token::get)),
        takes("/account/tokens/new", Guard::CHANGE, post(token::post)),
        takes("/account/tokens/{id}/revoke", Guard::CHANGE, post(token::revoke)),
    ]
}

/// Who looked at what, what has to be reviewed, what was reported, how sign-ins went.
fn of_oversight() -> [Route; 19] {
    use pages::{
        audit, audit_export, audit_week, misuse, misuse_report, report, review, reviews, security,
    };
    [
        shows("/audit", Guard::LOOK, get(audit::get)),
        takes("/audit", Guard::LOOK, post(audit::post)),
        takes("/audit/export.csv", Guard::LOOK, post(audit_export::table)),
        takes("/audit/receipts", Guard::LOOK, post(audit_export::receipts)),
        shows("/audit/week", Guard::LOOK, get(audit_week::get)),
        takes("/audit/week", Guard::CHANGE, post(audit_week::post)),
        shows("/reviews", Guard::LOOK, get(reviews::get)),
        shows("/reviews/{id}", Guard::LOOK, get(review::get)),
        takes("/reviews/{id}/note", Guard::CHANGE, post(review::note)),
        takes("/reviews/{id}/close", Guard::CHANGE, post(review::close)),
        shows("/report", Guard::LOOK, get(report::get)),
        takes("/report", Guard::CHANGE, post(report::post)),
        shows("/misuse", Guard::LOOK, get(misuse::get)),
        shows("/misuse/{id}", Guard::LOOK, get(misuse_report::get)),
        takes("/misuse/{id}/investigate", Guard::CHANGE, post(misuse_report::begin)),
        takes("/misuse/{id}/close", Guard::CHANGE, post(misuse_report::close)),
        takes("/misuse/{id}/sharing", Guard::CHANGE, post(misuse_report::sharing)),
        shows("/security", Guard::LOOK, get(security::get)),
        takes("/security/lock", Guard::CHANGE, post(security::lock)),
    ]
}

/// Protected events, and who asks to look at what was read at them.
fn of_protected() -> [Route; 7] {
    use pages::{protected, protected_event};
    [
        shows("/protected", Guard::LOOK, get(protected::get)),
        shows("/protected/new", Guard::SETTINGS, get(protected::get_new)),
        takes("/protected/new", Guard::CHANGE, post(protected::post_new)),
        shows("/protected/{id}", Guard::LOOK, get(protected_event::get)),
        takes("/protected/{id}/withdraw", Guard::CHANGE, post(protected_event::withdraw)),
        takes("/protected/{id}/ask", Guard::CHANGE, post(protected_event::ask)),
        takes("/protected/{id}/requests/{request}", Guard::CHANGE, post(protected_event::decide)),
    ]
}

/// Trouble with equipment or the program.
fn of_trouble() -> [Route; 7] {
    use pages::{trouble, trouble_report};
    [
        shows("/trouble", Guard::SETTINGS, get(trouble::get)),
        shows("/trouble/new", Guard::SETTINGS, get(trouble::get_new)),
        takes("/trouble/new", Guard::CHANGE, post(trouble::post_new)),
        shows("/trouble/{id}", Guard::SETTINGS, get(trouble_report::get)),
        takes("/trouble/{id}/take", Guard::CHANGE, post(trouble_report::take)),
        takes("/trouble/{id}/note", Guard::CHANGE, post(trouble_report::note)),
        takes("/trouble/{id}/close", Guard::CHANGE, post(trouble_report::close)),
    ]
}

/// How hits are told, and where the links of alerts lead.
fn of_telling() -> [Route; 16] {
    use pages::{alerts, alerts_own, go};
    [
        shows("/worker.js", WORKER, get(assets::worker)),
        shows("/go/{token}", SIGN_IN, get(go::get)),
        shows("/account/alerts", Guard::SETTINGS, get(alerts_own::get)),
        takes("/account/alerts", Guard::CHANGE, post(alerts_own::wish)),
        takes("/account/alerts/devices", Guard::CHANGE, post(alerts_own::add_device)),
        takes("/account/alerts/devices/{id}/remove", Guard::CHANGE, post(alerts_own::end_device)),
        takes("/account/alerts/devices/{id}/test", Guard::CHANGE, post(alerts_own::test_device)),
        takes("/account/alerts/quiet", Guard::CHANGE, post(alerts_own::keep_rule)),
        takes("/account/alerts/quiet/{id}/end", Guard::CHANGE, post(alerts_own::end_rule)),
        shows("/alerts", Guard::SETTINGS, get(alerts::get)),
        takes("/alerts/webhooks", Guard::CHANGE, post(alerts::add_webhook)),
        takes("/alerts/webhooks/{id}/remove", Guard::CHANGE, post(alerts::end_webhook)),
        takes("/alerts/webhooks/{id}/test", Guard::CHANGE, post(alerts::test_webhook)),
        takes("/alerts/told/{id}/again", Guard::CHANGE, post(alerts::again)),
        takes("/alerts/quiet", Guard::CHANGE, post(alerts::keep_rule)),
        takes("/alerts/quiet/{id}/end", Guard::CHANGE, post(alerts::end_rule)),
    ]
}

/// The console: every page, under the guards that [`declared`] lists.
pub fn router(app: App) -> Router {
    let mut all = Router::new();
    for Route { declared, handler } in routes() {
        let guard = (app.clone(), declared.guard);
        all = all.route(declared.path, handler.layer(from_fn_with_state(guard, keep)));
    }
    all.fallback(|| async { PageError::nothing_here("page") })
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(ours_only))
        .layer(from_fn_with_state(app.clone(), dress))
        .with_state(app)
}

/// Keeps what a route declares: lets in whom it may, and says what may be kept of the answer.
async fn keep(
    State((app, guard)): State<(App, Guard)>,
    mut request: Request,
    next: Next,
) -> Response {
    let from = address(request.extensions());
    let staff = match (guard.access, Staff::of(&app, request.headers(), from).await) {
        (_, Err(err)) => return err.into_response(),
        (Access::Public, Ok(staff)) => staff,
        (_, Ok(None)) => return PageError::SignedOut.into_response(),
        (_, Ok(staff)) => staff,
    };
    if let Some(staff) = staff {
        request.extensions_mut().insert(staff);
    }
    let mut response = next.run(request).await;
    // What went wrong is not kept, whatever the route allows.
    let cache = if response.status().is_success() { guard.cache } else { Cache::NoStore };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache.header()));
    response
}

/// Turns away what another site's page sends to change something here.
async fn ours_only(request: Request, next: Next) -> Response {
    let looks = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if looks || from_our_pages(request.headers()) {
        next.run(request).await
    } else {
        PageError::ForeignForm.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_declares_itself_and_changes_are_posted() {
        for Declared { method, path, guard } in declared() {
            if method == Method::GET {
                assert_ne!(guard.audit, Audit::Change, "{path} changes something on GET");
            }
            if guard.access == Access::Public {
                let harmless = matches!(guard.audit, Audit::Nothing | Audit::SignIn);
                assert!(harmless, "{path} is open to anybody");
            }
            assert!(guard.access != Access::Camera, "{path} is for people");
            if guard.cache == Cache::Immutable {
                assert!(path.starts_with("/assets/"), "{path} would be kept for a year");
            }
        }
    }

    #[test]
    fn the_table_is_reviewed() {
        let line = |route: Declared| {
            let Guard { access, audit, cache } = route.guard;
            let method = route.method.as_str();
            format!("{method:<5}{:<28}{access:?} {audit:?} {cache:?}", route.path)
        };
        let table: Vec<String> = declared().into_iter().map(line).collect();
        insta::assert_snapshot!(table.join("\n"));
    }
}
