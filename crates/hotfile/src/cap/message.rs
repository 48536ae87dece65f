//! One message.

use domain::{AmberKind, AmberStatus, MessageName, NewAmberMessage, Said, Timestamp};
use roxmltree::Node;

use super::feed::CAP;

/// The longest text of one element, in characters.
const TEXT_CHARS_MAX: usize = 20_000;
/// The longest name: sender, identifier.
const NAME_CHARS_MAX: usize = 300;
/// Parts of what a message says, and references of it.
const PARTS_MAX: usize = 60;
/// How far a message may come from the future: clocks differ.
const AHEAD_MAX: std::time::Duration = std::time::Duration::from_secs(3600);
/// How long a message may count at most: an end in the year 2999 is a mistake, and no plate is matched for ever.
const LASTS_MAX: std::time::Duration = std::time::Duration::from_secs(31 * 86_400);

/// Why a message is not taken.
#[derive(Debug)]
pub(super) enum Unfit {
    /// It tells of something else than an abducted child.
    Other,
    /// Something of it is missing or wrong.
    Broken(String),
}

fn broken(why: impl Into<String>) -> Unfit {
    Unfit::Broken(why.into())
}

/// Reads an `<alert>`.
pub(super) fn message(alert: &Node<'_, '_>, now: Timestamp) -> Result<NewAmberMessage, Unfit> {
    let sent_at = moment(alert, "sent")?.ok_or_else(|| broken("<sent> is missing"))?;
    let identifier = name(alert, "identifier")?;
    let sender = name(alert, "sender")?;
    if identifier.contains([' ', ',', '<', '&']) || sender.contains([' ', ',', '<', '&']) {
        return Err(broken("<identifier> or <sender> holds a space, a comma, < or &"));
    }
    let word = required(alert, "status")?;
    let status = AmberStatus::parse(&word)
        .ok_or_else(|| broken("<status> is none of Actual, Exercise, System, Test, Draft"))?;
    let word = required(alert, "msgType")?;
    let kind = AmberKind::parse(&word).ok_or_else(|| match word.as_str() {
        // They answer messages of ours, and we send none.
        "Ack" | "Error" => Unfit::Other,
        _ => broken("<msgType> is none of Alert, Update, Cancel, Ack, Error"),
    })?;
    let references = references(alert)?;
    if kind != AmberKind::Alert && references.is_empty() {
        return Err(broken("<references> is missing: an update or cancel names what it is about"));
    }
    let infos: Vec<_> = children(alert, "info").collect();
    // A cancel may say nothing but what it ends.
    let says_nothing = infos.is_empty() && kind == AmberKind::Cancel;
    if !says_nothing && !infos.iter().any(is_abduction) {
        return Err(Unfit::Other);
    }
    let message = NewAmberMessage {
        name: MessageName { sender, identifier, sent_at },
        status,
        kind,
        references,
        expires_at: expires(&infos)?,
        event: first(&infos, "event")?,
        area: area(&infos)?,
        said: said(&infos)?,
    };
    check_times(&message, now)?;
    Ok(message)
}

fn check_times(message: &NewAmberMessage, now: Timestamp) -> Result<(), Unfit> {
    let sent_at = message.name.sent_at;
    if sent_at > now.plus(AHEAD_MAX) {
        return Err(broken("<sent> lies in the future"));
    }
    if message.expires_at.is_some_and(|end| end < sent_at) {
        return Err(broken("<expires> lies before <sent>"));
    }
    if message.expires_at.is_some_and(|end| end > sent_at.plus(LASTS_MAX)) {
        return Err(broken("<expires> lies more than 31 days after <sent>"));
    }
    Ok(())
}

/// Whether a part of a message tells of an abducted child: by its SAME code, or where it has none by its event's name.
fn is_abduction(info: &Node<'_, '_>) -> bool {
    let codes: Vec<_> = children(info, "eventCode")
        .filter(|code| text_of(code, "valueName").eq_ignore_ascii_case("SAME"))
        .map(|code| text_of(&code, "value"))
        .collect();
    if !codes.is_empty() {
        return codes.iter().any(|code| code.eq_ignore_ascii_case("CAE"));
    }
    let event = text_of(info, "event").to_ascii_lowercase();
    event.contains("child abduction") || event.split_whitespace().any(|word| word == "amber")
}

/// The last end of its parts; none where one of them has none.
fn expires(infos: &[Node<'_, '_>]) -> Result<Option<Timestamp>, Unfit> {
    let ends: Result<Vec<_>, _> = infos.iter().map(|info| moment(info, "expires")).collect();
    let ends: Option<Vec<_>> = ends?.into_iter().collect();
    Ok(ends.and_then(|ends| ends.into_iter().max()))
}

fn area(infos: &[Node<'_, '_>]) -> Result<String, Unfit> {
    let mut areas: Vec<String> = Vec::new();
    let described = infos.iter().flat_map(|info| children(info, "area"));
    for area in described.take(PARTS_MAX) {
        let says = bounded(&area, "areaDesc")?;
        if !says.is_empty() && !areas.contains(&says) {
            areas.push(says);
        }
    }
    Ok(areas.join("; "))
}

/// What the parts say: headline, description, instruction, and the parameters that hold text for people.
fn said(infos: &[Node<'_, '_>]) -> Result<Vec<Said>, Unfit> {
    let mut all: Vec<Said> = Vec::new();
    for info in infos {
        let language = bounded(info, "language")?;
        let mut say = |part: &str, text: String| {
            if !text.is_empty() {
                all.push(Said { part: part.to_owned(), language: language.clone(), text });
            }
        };
        for part in ["headline", "description", "instruction"] {
            say(part, bounded(info, part)?);
        }
        for parameter in children(info, "parameter").take(PARTS_MAX) {
            let named = bounded(&parameter, "valueName")?;
            let is_text = ["CMAMtext", "CMAMlongtext"].contains(&named.as_str());
            if is_text || says_vehicle(&named) {
                say(&named, bounded(&parameter, "value")?);
            }
        }
    }
    if all.len() > PARTS_MAX {
        return Err(broken(format!("it has more than {PARTS_MAX} texts")));
    }
    Ok(all)
}

/// Whether a parameter's name says that it tells of a vehicle or its plate.
fn says_vehicle(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["plate", "vehicle", "license", "licence"].iter().any(|word| name.contains(word))
}

/// `sender,identifier,sent` of each message that is named, with spaces between them.
fn references(alert: &Node<'_, '_>) -> Result<Vec<MessageName>, Unfit> {
    let text = bounded(alert, "references")?;
    let wrong = || broken("<references> is not sender,identifier,sent with spaces between");
    let one = |text: &str| {
        let mut parts = text.split(',');
        let (sender, identifier, sent) = (parts.next(), parts.next(), parts.next());
        let (Some(sender), Some(identifier), Some(sent), None) =
            (sender, identifier, sent, parts.next())
        else {
            return Err(wrong());
        };
        let sent_at = Timestamp::parse(sent).map_err(|_| wrong())?;
        Ok(MessageName { sender: sender.to_owned(), identifier: identifier.to_owned(), sent_at })
    };
    let named: Vec<&str> = text.split_whitespace().collect();
    if named.len() > PARTS_MAX {
        return Err(broken(format!("<references> names more than {PARTS_MAX} messages")));
    }
    named.into_iter().map(one).collect()
}

fn first(infos: &[Node<'_, '_>], of: &str) -> Result<String, Unfit> {
    infos.first().map_or(Ok(String::new()), |info| bounded(info, of))
}

fn name(alert: &Node<'_, '_>, of: &str) -> Result<String, Unfit> {
    let name = required(alert, of)?;
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(broken(format!("<{of}> is longer than {NAME_CHARS_MAX} characters")));
    }
    Ok(name)
}

fn required(node: &Node<'_, '_>, of: &str) -> Result<String, Unfit> {
    let text = bounded(node, of)?;
    if text.is_empty() { Err(broken(format!("<{of}> is missing"))) } else { Ok(text) }
}

fn moment(node: &Node<'_, '_>, of: &str) -> Result<Option<Timestamp>, Unfit> {
    let text = bounded(node, of)?;
    if text.is_empty() {
        return Ok(None);
    }
    let moment = Timestamp::parse(&text);
    moment
        .map(Some)
        .map_err(|_| broken(format!("<{of}> is no moment such as 2026-11-21T12:00:00-06:00")))
}

fn bounded(node: &Node<'_, '_>, of: &str) -> Result<String, Unfit> {
    let text = text_of(node, of);
    if text.chars().count() > TEXT_CHARS_MAX {
        return Err(broken(format!("<{of}> is longer than {TEXT_CHARS_MAX} characters")));
    }
    Ok(text)
}

/// The text of the first child of this name, without spaces around it; empty where there is none.
fn text_of(node: &Node<'_, '_>, of: &str) -> String {
    let child = children(node, of).next();
    let text = child.map(|child| {
        let pieces = child.children().filter(Node::is_text).filter_map(|piece| piece.text());
        pieces.collect::<String>()
    });
    text.unwrap_or_default().trim().to_owned()
}

fn children<'a, 'input>(
    node: &Node<'a, 'input>,
    of: &str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    let of = of.to_owned();
    node.children().filter(move |child| {
        child.tag_name().namespace() == Some(CAP) && child.tag_name().name() == of
    })
}
