//! Switch a topic of a hotlist on or off.

use domain::access::{Action as _, ListHotlists, ManageHotlists};
use domain::{HotlistId, Reason, Refusal, Topic, TopicKind};

use crate::bus::Topic as BusTopic;
use crate::error::{chain, no_such};
use crate::record::About;
use crate::{App, AskError, Ctx, matching};

/// Switches a topic. One that the policy in force, or the next one, does not hold cannot be switched on: the refusal names the
/// clause. What is switched off matches nothing from then on, and its entries are deleted; what is switched on comes with the next
/// whole list.
pub async fn switch_topic(
    app: &App,
    ctx: &Ctx,
    hotlist: HotlistId,
    number: u32,
    on: bool,
) -> Result<(), AskError> {
    let act = app.begin::<ManageHotlists>(ctx, About::one("hotlist", hotlist)).await?;
    let topics = app.inner().store.topics(&act.leave().permit::<ListHotlists>()?).await;
    let topics = topics.map_err(AskError::failed("look up the list's topics"))?;
    let topic = topics.into_iter().find(|one| one.hotlist == hotlist && one.number == number);
    let topic = topic.ok_or_else(|| AskError::not_found("topic", number))?;
    if on && let Err(refused) = may_be_on(app, ctx, &topic) {
        act.failed();
        return Err(refused);
    }
    let switched = app.inner().store.switch_topic(act.permit(), hotlist, number, on).await;
    switched.map_err(no_such("topic", number, "switch the topic"))?;
    let rebuilt = matching::rebuild(app, ctx.agency).await;
    rebuilt.map_err(AskError::failed("load the lists into the matcher"))?;
    if !on {
        drop_entries(app, hotlist, number);
    }
    app.bus().tell(ctx.agency, BusTopic::Hotlists, None);
    let (word, kind) =
        (if on { "on" } else { "off" }, topic.kind.map_or("unknown", TopicKind::word));
    act.done([format!("hotlist {hotlist}, topic {number} ({kind}) switched {word}")]);
    Ok(())
}

/// Whether the policies of now and of next hold a topic.
fn may_be_on(app: &App, ctx: &Ctx, topic: &Topic) -> Result<(), AskError> {
    let Some(kind) = topic.kind else {
        return Err(AskError::Invalid {
            field: "topic",
            why: "the list’s layout does not say what it is about: add it there first".to_owned(),
        });
    };
    let next = app.next_policy(ctx.agency).map(|(policy, _)| policy);
    let policies = app.policy(ctx.agency).into_iter().chain(next);
    let forbidden = policies.filter_map(|policy| policy.bundle.settings().topic(kind).err());
    let reasons: Vec<_> = forbidden
        .map(|no| Reason::of_policy("topic-forbidden".to_owned(), no.clause, no.says))
        .collect();
    if reasons.is_empty() {
        return Ok(());
    }
    Err(AskError::Refused(Refusal { action: ManageHotlists::WORD, reasons }))
}

/// Deletes what the list holds of a topic, beside everything else.
fn drop_entries(app: &App, hotlist: HotlistId, number: u32) {
    let own = app.clone();
    app.inner().tasks.spawn_until_closing("drop-topic-entries", async move {
        match own.inner().store.drop_topic_entries(hotlist, number).await {
            Ok(n_entries) => {
                tracing::info!(n_entries, "dropped the entries of a topic that is off")
            }
            Err(err) => tracing::warn!(error = chain(&err), "failed to drop a topic's entries"),
        }
    });
}
