//! What is told of hits: to which group each belongs, who is told of it over which way, and what is kept quiet.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::access::ListPeople;
use domain::telling::{Channel, Group, Joining, LocalTime, Matter, Wishes};
use domain::{AgencyId, Hit, HitId, Person, PersonId, Role, Timestamp};
use policy::Action;
use store::{
    DeviceRow, GroupCode, NewTelling, QuietRuleRow, ToldHit, ToldMail, WebhookRow, WhoIsTold,
};

use super::words;
use crate::App;
use crate::cards::Joins;
use crate::chance::Chance;
use crate::error::BoxError;
use crate::policies::InForce;
use crate::record::{Leave, server_permit};
use crate::views::{HitCard, OwnCard};

/// Who could be told.
struct Audience {
    policy: Arc<InForce>,
    /// Those who may open hits, by id.
    people: HashMap<PersonId, Person>,
    roles: HashMap<PersonId, BTreeSet<Role>>,
    wishes: HashMap<PersonId, Wishes>,
    devices: Vec<DeviceRow>,
    webhooks: Vec<WebhookRow>,
    rules: Vec<QuietRuleRow>,
    sends_mail: bool,
}

/// What is told of these hits. One whose read is no more is passed over.
pub(super) async fn plan(
    app: &App,
    agency: AgencyId,
    hits: &[Hit],
    now: Timestamp,
) -> Result<Vec<ToldHit>, BoxError> {
    let Some(policy) = app.policy(agency) else { return Ok(Vec::new()) };
    let leave = Leave::of_server(agency, now);
    let joins = Joins::load(app, &leave).await?;
    let cards = joins.hit_cards(app, &leave, hits).await?;
    let audience = Audience::of(app, agency, policy, now).await?;
    let wall = audience.policy.wall(now);
    let mut groups = Groups { app, agency, begun: HashMap::new() };
    let mut told = Vec::with_capacity(cards.len());
    for card in &cards {
        let within = audience.policy.bundle.settings().telling.group_within();
        let (code, group, joining) = groups.take(card, within).await?;
        let place = joins.camera(card.camera_id).and_then(|camera| camera.about.position);
        let matter = Matter { priority: card.priority, category: card.category, place };
        let link = link(app.inner().chance.as_ref());
        let own = card.own.as_ref();
        let tellings = match joining {
            // A repeat is counted, and nobody is told anew.
            Joining::Again => Vec::new(),
            Joining::Begins => audience.tellings(app, &matter, own, wall, Some(&link)),
            Joining::Moved => audience.tellings(app, &matter, own, wall, None),
        };
        let repeat = match joining {
            Joining::Begins => None,
            Joining::Again => Some(false),
            Joining::Moved => Some(true),
        };
        told.push(ToldHit { code, group, repeat, link, tellings });
    }
    Ok(told)
}

/// The groups as they are with the hits of this round.
struct Groups<'a> {
    app: &'a App,
    agency: AgencyId,
    begun: HashMap<GroupCode, Group>,
}

impl Groups<'_> {
    async fn take(
        &mut self,
        card: &HitCard,
        within: std::time::Duration,
    ) -> Result<(GroupCode, Group, Joining), BoxError> {
        let entry = match &card.entry {
            Some(entry) => entry.plate.clone(),
            // The list was replaced since: only hits of this very plate can be of one entry.
            None => String::new(),
        };
        let inner = self.app.inner();
        // What is information only is told in groups of its own: the vehicle that is wanted is no repeat of another's passage.
        let is_other = card.is_information_only;
        let code = inner.codes.of_wanted(card.hotlist_id, &entry, card.plate, is_other);
        let known = match self.begun.get(&code) {
            Some(group) => Some((*group, true)),
            None => inner.store.group_of_code(self.agency, &code).await?,
        };
        let (camera, at) = (card.camera_id, card.raised_at);
        let joined = known.and_then(|(group, is_open)| {
            let joining = group.joining(is_open, camera, at, within);
            (joining != Joining::Begins).then(|| (group.with(card.id, camera, at), joining))
        });
        let (group, joining) = joined.unwrap_or((Group::of(card.id, camera, at), Joining::Begins));
        self.begun.insert(code, group);
        Ok((code, group, joining))
    }
}

impl Audience {
    async fn of(
        app: &App,
        agency: AgencyId,
        policy: Arc<InForce>,
        now: Timestamp,
    ) -> Result<Self, BoxError> {
        let store = &app.inner().store;
        let permit = server_permit::<ListPeople>(agency, now)?;
        let grants = store.grants(&permit).await?;
        let matrix = policy.bundle.matrix();
        let may = |person: &Person| {
            let mut own = grants.iter().filter(|grant| grant.person == person.id);
            own.any(|one| one.counts_at(now) && matrix.permits(one.role, Action::OpenHit))
        };
        let mut roles: HashMap<PersonId, BTreeSet<Role>> = HashMap::new();
        for one in grants.iter().filter(|one| one.counts_at(now)) {
            roles.entry(one.person).or_default().insert(one.role);
        }
        let people = store.people(&permit).await?.into_iter();
        let people = people.filter(|one| one.is_usable(now) && may(one));
        Ok(Self {
            people: people.map(|one| (one.id, one)).collect(),
            roles,
            wishes: store.wishes(agency).await?,
            devices: store.devices(agency).await?,
            webhooks: store.webhooks(agency).await?,
            rules: store.quiet_rules(agency).await?,
            sends_mail: app.inner().config.mail.is_some(),
            policy,
        })
    }

    /// Whether somebody is told of a hit: of one of the agency's own entries, those whom it names.
    fn is_for(&self, own: Option<&OwnCard>, person: PersonId) -> bool {
        let none = BTreeSet::new();
        let roles = self.roles.get(&person).unwrap_or(&none);
        own.is_none_or(|own| own.audience.holds(person, roles))
    }

    /// Everything that is told of something. `own`: the entry of the agency's own that it is of. `link`: of a hit that begins a
    /// group; a mail is not sent for repeats.
    fn tellings(
        &self,
        app: &App,
        matter: &Matter,
        own: Option<&OwnCard>,
        wall: LocalTime,
        link: Option<&str>,
    ) -> Vec<NewTelling> {
        let allowed = &self.policy.bundle.settings().channels.allowed;
        let may = |channel: &Channel| allowed.contains(channel);
        let chance = app.inner().chance.as_ref();
        let new = |who: WhoIsTold, quiet: Option<String>| NewTelling {
            uid: uid(chance),
            priority: matter.priority,
            category: Some(matter.category),
            who,
            quiet,
        };
        let quiet = |person, channel| self.quiet(person, channel, matter, wall);
        let mut all = Vec::new();
        if may(&Channel::Push) {
            let wants = |device: &&DeviceRow| {
                let wishes = self.wishes.get(&device.person).cloned().unwrap_or_default();
                let may = self.people.contains_key(&device.person);
                may && self.is_for(own, device.person) && wishes.push.wants(matter)
            };
            all.extend(self.devices.iter().filter(wants).map(|device| {
                let who = WhoIsTold::Device(device.person, device.id);
                new(who, quiet(Some(device.person), Channel::Push))
            }));
        }
        if let Some(link) = link.filter(|_| may(&Channel::Mail) && self.sends_mail) {
            let mails = self.mails(app, matter, link).into_iter();
            all.extend(mails.filter(|mail| self.is_for(own, mail.person)).map(|mail| {
                let quiet = quiet(Some(mail.person), Channel::Mail);
                new(WhoIsTold::Mail(mail), quiet)
            }));
        }
        // A program is nobody whom an entry could name.
        if may(&Channel::Webhook) && own.is_none_or(|own| !own.is_covert) {
            let loud = self.webhooks.iter().filter(|one| matter.priority >= one.about.at_least);
            all.extend(
                loud.map(|one| new(WhoIsTold::Webhook(one.id), quiet(None, Channel::Webhook))),
            );
        }
        all
    }

    fn mails(&self, app: &App, matter: &Matter, link: &str) -> Vec<ToldMail> {
        let settings = &self.policy.bundle.settings().telling;
        let known = words::Known { category: Some(matter.category), ..words::Known::default() };
        let known = words::permitted(known, Channel::Mail, settings);
        let address = address(app, link);
        let wants = self.wishes.iter().filter(|(person, wishes)| {
            let reaches = self.people.get(*person).is_some_and(|one| !one.email.is_empty());
            reaches && wishes.mail.as_ref().is_some_and(|wish| wish.wants(matter))
        });
        wants.map(|(person, _)| words::mail(*person, matter.priority, &known, &address)).collect()
    }

    /// Why something is kept quiet for somebody, or for the agency's programs.
    fn quiet(
        &self,
        person: Option<PersonId>,
        channel: Channel,
        matter: &Matter,
        wall: LocalTime,
    ) -> Option<String> {
        let concerns = |row: &&QuietRuleRow| row.person.is_none() || row.person == person;
        let mut rules = self.rules.iter().filter(concerns);
        let rule = rules.find(|row| row.rule.quiets(channel, matter, wall))?;
        let whose = if rule.person.is_none() { "the agency’s" } else { "their own" };
        Some(format!("kept quiet by {whose} rule {}", rule.id))
    }
}

/// What leads to a hit, from outside.
pub(crate) fn address(app: &App, code: &str) -> String {
    format!("{}/go/{code}", app.inner().config.origin.as_deref().unwrap_or_default())
}

/// What leads to a hit and says nothing of it: 128 random bits.
fn link(chance: &dyn Chance) -> String {
    URL_SAFE_NO_PAD.encode(random(chance))
}

/// What a receiver knows something by.
pub(crate) fn uid(chance: &dyn Chance) -> String {
    format!("msg_{}", URL_SAFE_NO_PAD.encode(random(chance)))
}

fn random(chance: &dyn Chance) -> [u8; 16] {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    bytes
}

/// The hits that these ones stand for, each once: the first of every group. Newest first.
pub(crate) fn firsts(hits: &[Hit], groups: &HashMap<HitId, store::HitGroup>) -> Vec<HitId> {
    let first = |hit: &Hit| groups.get(&hit.id).map_or(hit.id, |group| group.group.first);
    let mut all: Vec<HitId> = hits.iter().map(first).collect();
    all.sort_unstable_by(|one, other| other.cmp(one));
    all.dedup();
    all
}
