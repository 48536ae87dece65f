//! `POST /api/v1/hits/{hit}/…`: what is done with a hit, one address a deed.

use app::stop_facts::enter_stop_facts;
use app::{Ctx, HitAsk, do_with_hit};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use domain::{HitId, PersonId};

use crate::body::hit_life::{
    AskStateIn, CompareIn, ConfirmIn, CorrectIn, EndIn, HandOverIn, NotedIn, RejectIn, SendIn,
    StopFactsIn, WhyIn,
};
use crate::error::{ApiError, ErrorBody};
use crate::routes::Api;

/// What every deed is answered with.
type Done = Result<StatusCode, ApiError>;

async fn done(api: &Api, ctx: &Ctx, hit: i64, ask: HitAsk) -> Done {
    do_with_hit(&api.app, ctx, HitId::from_i64(hit), ask).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// As the console's buttons say it.
fn yes_no(agrees: bool) -> String {
    if agrees { "yes" } else { "no" }.to_owned()
}

/// Take a hit: from now on one looks after it.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/take", tag = "hits", params(("hit" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn take(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Take).await
}

/// Give a hit back to everybody, with a reason.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/release", tag = "hits", params(("hit" = i64, Path)), request_body = WhyIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn release(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<WhyIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Release { why: said.why }).await
}

/// Hand a hit to somebody else.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/hand-over", tag = "hits", params(("hit" = i64, Path)), request_body = HandOverIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn hand_over(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<HandOverIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::HandOver { to: PersonId::from_i64(said.to) }).await
}

/// Record how patrol was told of a hit.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/send", tag = "hits", params(("hit" = i64, Path)), request_body = SendIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn send(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<SendIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Send { how: said.how, note: said.note }).await
}

/// Reject a hit, with a reason.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/reject", tag = "hits", params(("hit" = i64, Path)), request_body = RejectIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn reject(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<RejectIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Reject { why: said.why, note: said.note }).await
}

/// Record what the comparison of the picture with the entry shows.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/compare", tag = "hits", params(("hit" = i64, Path)), request_body = CompareIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn compare(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<CompareIn>,
) -> Done {
    done(
        &api,
        &ctx,
        hit,
        HitAsk::Compare { part: said.part, agrees: yes_no(said.agrees), note: said.note },
    )
    .await
}

/// Record what the state's system said of the entry.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/confirm", tag = "hits", params(("hit" = i64, Path)), request_body = ConfirmIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn confirm(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<ConfirmIn>,
) -> Done {
    done(
        &api,
        &ctx,
        hit,
        HitAsk::Confirm { system: said.system, answer: said.answer, reference: said.reference },
    )
    .await
}

/// Record why the state's system was not asked, where the policy leaves that open.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/not-practicable", tag = "hits", params(("hit" = i64, Path)), request_body = WhyIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn not_practicable(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<WhyIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::NotPracticable { why: said.why }).await
}

/// Agree, as the second officer, to what another person compared.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/second", tag = "hits", params(("hit" = i64, Path)), request_body = NotedIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn second(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<NotedIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Second { note: said.note }).await
}

/// Record why it could not wait for a second officer.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/could-not-wait", tag = "hits", params(("hit" = i64, Path)), request_body = WhyIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn could_not_wait(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<WhyIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::CouldNotWait { why: said.why }).await
}

/// Record what the offence and the cautions say of the risk.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/weigh", tag = "hits", params(("hit" = i64, Path)), request_body = NotedIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn weigh(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<NotedIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Weigh { note: said.note }).await
}

/// Report that the vehicle was stopped. What was left out before is on record and goes to review.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/stop", tag = "hits", params(("hit" = i64, Path)),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn stop(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Stop).await
}

/// Record what became of a hit; a prosecution is added to one that is closed. A wrong vehicle that was stopped opens an incident.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/end", tag = "hits", params(("hit" = i64, Path)), request_body = EndIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn end(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<EndIn>,
) -> Done {
    done(
        &api,
        &ctx,
        hit,
        HitAsk::End {
            outcome: said.outcome,
            case: said.case_number,
            offence: said.offence,
            note: said.note,
        },
    )
    .await
}

/// Record what the picture shows, where the plate was misread. What was read stays.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/correct", tag = "hits", params(("hit" = i64, Path)), request_body = CorrectIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn correct(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<CorrectIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Correct { plate: said.plate, state: said.state }).await
}

/// Open a hit again that was closed too soon.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/reopen", tag = "hits", params(("hit" = i64, Path)), request_body = WhyIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn reopen(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<WhyIn>,
) -> Done {
    done(&api, &ctx, hit, HitAsk::Reopen { why: said.why }).await
}

/// Have the state's system asked about the vehicle of a hit. The answer is no confirmation: a person reads it and records it. For people alone: a token is refused.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/ask", tag = "hits", params(("hit" = i64, Path)), request_body = AskStateIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn ask_state(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<AskStateIn>,
) -> Done {
    app::ask_state(&api.app, &ctx, HitId::from_i64(hit), &said.system).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Count the facts of the stop that one made. They are let go of as soon as they are counted. For people alone: a token is refused.
#[utoipa::path(
    post, path = "/api/v1/hits/{hit}/facts", tag = "hits", params(("hit" = i64, Path)), request_body = StopFactsIn,
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)),
)]
pub(crate) async fn post_facts(
    State(api): State<Api>,
    Extension(ctx): Extension<Ctx>,
    Path(hit): Path<i64>,
    Json(said): Json<StopFactsIn>,
) -> Done {
    enter_stop_facts(&api.app, &ctx, HitId::from_i64(hit), &said.ask()).await?;
    Ok(StatusCode::NO_CONTENT)
}
