//! Sending mail through the agency's own server (SMTP, RFC 5321).

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};

/// Of what a mail server says, so much is passed on, in characters: it ends up in a log and on a page.
const SAYS_CHARS_MAX: usize = 300;

/// How the way to the mail server is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protection {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS, and nothing is sent to a server that does not offer it.
    StartTls,
    /// Nothing: only to this machine itself.
    None,
}

/// The password of an account at the mail server. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct MailPassword(String);

impl MailPassword {
    /// Wraps what a file held.
    pub const fn new(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for MailPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailPassword(…)")
    }
}

/// The server that takes our mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailServer {
    /// Its name, which its certificate has to show.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is protected.
    pub protection: Protection,
    /// Name and password, where it asks for them.
    pub account: Option<(String, MailPassword)>,
    /// From whom mail is, such as `Plateglass <alpr@city.gov>`.
    pub from: String,
    /// Certificates of an authority of the agency's own that it is believed by, PEM; the public ones when nothing is said.
    pub authority_pem: Option<String>,
    /// How long one mail may take.
    pub timeout: Duration,
}

/// What cannot be right about a mail server.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMailServer {
    /// Mail would go in the clear over a network.
    #[error("`{host}` is not this machine: mail to it has to be protected")]
    Unprotected {
        /// Which.
        host: String,
    },
    /// No address to send from.
    #[error("`{from}` is no mail address such as `Plateglass <alpr@city.gov>`")]
    From {
        /// What stands there.
        from: String,
    },
    /// The authority's certificates cannot be read.
    #[error("the mail server's authority cannot be read: {why}")]
    Authority {
        /// Why.
        why: String,
    },
}

/// A mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail {
    /// To whom, an address.
    pub to: String,
    /// What it is about, one line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// What tells it apart from every other: a mail that is sent twice is known by it.
    pub id: String,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SendMailError {
    /// It can never be sent as it is.
    #[error("the mail cannot be sent: {why}")]
    Invalid {
        /// Why, in words.
        why: String,
    },
    /// The server refused it for good.
    #[error("the mail server refused: {says}")]
    Refused {
        /// In its words, shortened.
        says: String,
    },
    /// It may be taken later.
    #[error("the mail server cannot take it now: {says}")]
    NotNow {
        /// In its words, or ours, shortened.
        says: String,
    },
}

/// Sends mail. Cheap to clone; each mail is a connection of its own, because there are few.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mailer {
    /// Checks what is said of the server. It is not asked.
    pub fn new(server: &MailServer) -> Result<Self, InvalidMailServer> {
        let from = server.from.parse::<Mailbox>();
        let from = from.map_err(|_| InvalidMailServer::From { from: server.from.clone() })?;
        let transport = SmtpTransport::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls(server)?)
            .timeout(Some(server.timeout));
        let transport = match &server.account {
            Some((name, MailPassword(password))) => {
                transport.credentials(Credentials::new(name.clone(), password.clone()))
            }
            None => transport,
        };
        Ok(Self { transport: transport.build(), from })
    }

    /// Sends one mail, and waits until the server has taken it: not for a thread that others wait for.
    pub fn send(&self, mail: &Mail) -> Result<(), SendMailError> {
        let message = self.message(mail)?;
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(err) if err.is_permanent() => Err(SendMailError::Refused { says: shortened(&err) }),
            Err(err) => Err(SendMailError::NotNow { says: shortened(&err) }),
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, SendMailError> {
        let invalid = |why: String| SendMailError::Invalid { why };
        let to = mail.to.trim().parse::<Mailbox>();
        // The address itself is somebody's, and stands in no log.
        let to = to.map_err(|_| invalid("its address is none".to_owned()))?;
        if mail.subject.contains(['\r', '\n']) {
            return Err(invalid("its subject has more than one line".to_owned()));
        }
        let domain = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .message_id(Some(format!("<{}@{domain}>", mail.id)))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body.clone())
            .map_err(|err| invalid(err.to_string()))
    }
}

fn tls(server: &MailServer) -> Result<Tls, InvalidMailServer> {
    if server.protection == Protection::None {
        return if is_this_machine(&server.host) {
            Ok(Tls::None)
        } else {
            Err(InvalidMailServer::Unprotected { host: server.host.clone() })
        };
    }
    let unreadable = |why: String| InvalidMailServer::Authority { why };
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(pem) = &server.authority_pem {
        // A file without any would be read as an authority that signed nothing.
        if !pem.contains("-----BEGIN CERTIFICATE-----") {
            return Err(unreadable("there is no certificate in it".to_owned()));
        }
        let authority = Certificate::from_pem(pem.as_bytes());
        let authority = authority.map_err(|err| unreadable(shortened(&err)))?;
        parameters = parameters.add_root_certificate(authority);
    }
    let parameters = parameters.build_rustls().map_err(|err| unreadable(shortened(&err)))?;
    Ok(match server.protection {
        Protection::StartTls => Tls::Required(parameters),
        _ => Tls::Wrapper(parameters),
    })
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// An error with its causes, as much of it as may stand in a log.
fn shortened(err: &dyn std::error::Error) -> String {
    let mut says = err.to_string();
    let mut cause = err.source();
    while let Some(err) = cause {
        says = format!("{says}: {err}");
        cause = err.source();
    }
    says.chars().filter(|c| !c.is_control()).take(SAYS_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> MailServer {
        MailServer {
            host: "127.0.0.1".to_owned(),
            port: 25,
            protection: Protection::None,
            account: Some(("plates".to_owned(), MailPassword::new("hush".to_owned()))),
            from: "Plateglass <alpr@piedmont.example>".to_owned(),
            authority_pem: None,
            timeout: Duration::from_secs(5),
        }
    }

    fn mail() -> Mail {
        Mail {
            to: "d.chen@piedmont.example".to_owned(),
            subject: "Your training ends in 7 days".to_owned(),
            body: "Open the console.\n".to_owned(),
            id: "warning-7".to_owned(),
        }
    }

    #[test]
    fn mail_does_not_cross_a_network_in_the_clear() {
        assert!(Mailer::new(&server()).is_ok());
        let elsewhere = MailServer { host: "mail.piedmont.example".to_owned(), ..server() };
        let refused = Mailer::new(&elsewhere).err();
        assert!(matches!(refused, Some(InvalidMailServer::Unprotected { .. })), "{refused:?}");
        let protected = MailServer { protection: Protection::StartTls, ..elsewhere };
        assert!(Mailer::new(&protected).is_ok());
    }

    #[test]
    fn a_password_is_not_printed() {
        assert!(!format!("{:?}", server()).contains("hush"));
    }

    #[test]
    fn what_is_no_address_or_no_authority_is_said() {
        let from = MailServer { from: "nobody".to_owned(), ..server() };
        assert!(matches!(Mailer::new(&from), Err(InvalidMailServer::From { .. })));
        let pem = Some("not a certificate".to_owned());
        let authority = MailServer { authority_pem: pem, protection: Protection::Tls, ..server() };
        assert!(matches!(Mailer::new(&authority), Err(InvalidMailServer::Authority { .. })));
    }

    #[test]
    fn nothing_typed_adds_a_header() {
        let mailer = Mailer::new(&server()).unwrap();
        let good = mailer.message(&mail()).unwrap();
        let text = String::from_utf8(good.formatted()).unwrap();
        assert!(text.contains("Message-ID: <warning-7@piedmont.example>"), "{text}");
        for wrong in [
            Mail {
                to: "d.chen@piedmont.example\r\nBcc: all@piedmont.example".to_owned(),
                ..mail()
            },
            Mail { to: String::new(), ..mail() },
            Mail { subject: "Training\r\nBcc: all@piedmont.example".to_owned(), ..mail() },
        ] {
            assert!(
                matches!(mailer.message(&wrong), Err(SendMailError::Invalid { .. })),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_server_that_is_not_there_may_come_back() {
        // Port 9 of this machine: nobody listens.
        let nobody = MailServer { port: 9, timeout: Duration::from_secs(1), ..server() };
        let sent = Mailer::new(&nobody).unwrap().send(&mail());
        assert!(matches!(sent, Err(SendMailError::NotNow { .. })), "{sent:?}");
    }
}
