//! A file of AMBER alerts from somebody's hand.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::{Category, Role};

use crate::{Answer, House, SAME};

/// A message that names a plate, sent an hour before the house's noon.
const ALERT: &str = "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>A-1</identifier>\
    <sender>state@example.gov</sender><sent>2026-11-21T11:00:00+00:00</sent><status>Actual</status><msgType>Alert</msgType>\
    <scope>Public</scope><info><event>Child Abduction Emergency</event>\
    <eventCode><valueName>SAME</valueName><value>CAE</value></eventCode><expires>2026-11-21T14:00:00+00:00</expires>\
    <headline>Texas plate LKW4873</headline><area><areaDesc>Travis</areaDesc></area></info></alert>";

impl House {
    /// Sends a form with a file.
    async fn hand_in(&self, path: &str, token: &str, file: &str) -> Answer {
        let part = |name: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n")
        };
        let sent = part("\"file\"; filename=\"alert.xml\"", file);
        let body = format!("{}{sent}--x--\r\n", part("\"form_token\"", token));
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header(SAME.0, SAME.1);
        self.ask(request.body(Body::from(body)).unwrap()).await
    }
}

#[tokio::test]
async fn a_file_of_alerts_is_taken_in_by_form_or_says_why_not() {
    let mut house = House::built().await;
    house.sign_in().await;
    let form = format!("name=Abductions&source=a+test&category={}", Category::AmberAlert.word());
    let made = house.send("/hotlists/new", &form).await;
    assert!(made.status.is_redirection(), "{}", made.text);
    let list = house.get("/hotlists").await.text;
    let (before, _) = list.split_once("Abductions</a>").unwrap();
    let (_, address) = before.rsplit_once("href=\"").unwrap();
    let address = address.split('"').next().unwrap();
    let (alerts, path) = (format!("{address}/alerts"), format!("{address}/alerts/file"));
    assert!(house.get(&alerts).await.text.contains(&format!("href=\"{path}\"")));
    assert!(house.get(&path).await.text.contains("Take AMBER alerts in from a file"));

    let token = house.form_token().await;
    assert_eq!(house.hand_in(&path, "nonsense", ALERT).await.status, StatusCode::FORBIDDEN);
    let cases = [
        (String::new(), "It is empty: choose the alert’s file."),
        (ALERT[..300].to_owned(), "it is not XML that is whole"),
        ("x".repeat(5 << 20), "It is larger than 4 MB"),
        (ALERT.replace("T14:00", "T11:30"), "The alert is over since"),
    ];
    for (file, why) in cases {
        let refused = house.hand_in(&path, &token, &file).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(why), "{}", refused.text);
    }
    assert!(house.get(&alerts).await.text.contains("No alerts yet"));
    let taken = house.hand_in(&path, &token, ALERT).await;
    assert_eq!(taken.status, StatusCode::OK);
    assert!(taken.text.contains("1 message taken in"), "{}", taken.text);
    assert!(house.get(&alerts).await.text.contains("1 plate to confirm"));
    let again = house.hand_in(&path, &token, ALERT).await;
    assert!(again.text.contains("1 message known before, not changed"), "{}", again.text);

    house.become_one_with(Role::Officer).await;
    assert_eq!(house.get(&path).await.status, StatusCode::FORBIDDEN);
    assert!(!house.get(&alerts).await.text.contains("Take in a file"));
}
