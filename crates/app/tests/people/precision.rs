//! How often alerts were right: by what people found, and by nothing else.

use app::precision::{PrecisionAsk, precision, precision_of_camera, precision_of_list};
use app::{HitAsk, do_with_hit};
use domain::Role;
use domain::figures::Share;
use domain::life::Finding;
use testkit::House;

use crate::hit_life::{a_hit, end, passes, staff};
use crate::oversight::invalid;
use crate::scene::refused;

#[tokio::test]
async fn clause_aus_344_6b2_precision_is_counted_per_list_and_camera_and_unreviewed_hits_apart() {
    let house = House::new().await;
    let app = &house.app;
    let ortiz = staff(&house, "a.ortiz", &[Role::RtccOperator]).await;
    let first = a_hit(&house).await;
    do_with_hit(app, &ortiz, first, end("recovered")).await.unwrap();
    let second = passes(&house, "2").await.unwrap();
    let [plate, state] = ["7ABC128", ""].map(str::to_owned);
    do_with_hit(app, &ortiz, second, HitAsk::Correct { plate, state }).await.unwrap();
    passes(&house, "3").await.unwrap();

    let figures = precision(app, &ortiz, PrecisionAsk::default()).await.unwrap();
    for row in [&figures.lists[0], &figures.cameras[0]] {
        assert_eq!((row.n_hits(), row.share()), (3, Share { n: 1, of: 2 }), "{row:?}");
        assert_eq!((row.n(Finding::Misread), row.n(Finding::Unreviewed)), (1, 1));
        assert!(row.share().is_too_few());
    }
    let list = domain::HotlistId::from_i64(figures.lists[0].id);
    let own = precision_of_list(app, &ortiz, list).await.unwrap();
    assert_eq!(own.as_ref(), Some(&figures.lists[0]));
    let own = precision_of_camera(app, &ortiz, house.camera).await.unwrap();
    assert_eq!(own.unwrap().n_hits(), 3);

    let past = PrecisionAsk { to: Some(figures.from.previous()), ..PrecisionAsk::default() };
    assert_eq!(precision(app, &ortiz, past).await.unwrap().lists[0].n_hits(), 0);
    let odd = PrecisionAsk { from: Some(figures.to), to: Some(figures.from) };
    assert_eq!(invalid(precision(app, &ortiz, odd).await).0, "to");
    let trainer = staff(&house, "t.moss", &[Role::Trainer]).await;
    refused(precision(app, &trainer, PrecisionAsk::default()).await);
}
