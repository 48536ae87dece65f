//! A camera on a map that we draw ourselves: no tiles, no requests to anybody. Where it stands, where it looks, what else is
//! around, how far that is.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::{Camera, Position};

use crate::words;

/// Other cameras that are drawn: the nearest.
const OTHERS_MAX: usize = 8;
/// What lies further away is not around, in metres.
const AROUND_MAX_M: f64 = 5_000.0;
/// A map of one camera alone shows so much around it, in metres.
const AROUND_MIN_M: f64 = 250.0;
/// From the middle to what is furthest, in units of the drawing.
const REACH: f64 = 96.0;
/// The drawing's middle.
const MIDDLE: (f64, f64) = (160.0, 120.0);
/// Metres to a degree of latitude.
const METRES_A_DEGREE: f64 = 111_195.0;

/// The map of one camera.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/map.html")]
pub struct CameraMap {
    name: String,
    position: String,
    geo: String,
    heading: Option<u16>,
    looks: &'static str,
    others: Vec<Dot>,
    scale: Scale,
}

impl HtmlSafe for CameraMap {}

/// Another camera on the map.
#[derive(Clone, PartialEq, Debug)]
struct Dot {
    number: usize,
    id: i64,
    name: String,
    /// Where it is drawn.
    x: String,
    y: String,
    /// `1.2 km north`.
    away: String,
}

/// A length on the map and in the world.
#[derive(Clone, PartialEq, Debug)]
struct Scale {
    /// Its end in the drawing; it begins at 16.
    ends: String,
    label: String,
}

/// How far and which way somewhere is.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Way {
    east_m: f64,
    north_m: f64,
}

impl Way {
    /// From one place to another that is near. Over some kilometres the earth is flat.
    fn between(from: Position, to: Position) -> Self {
        let mut degrees_east = to.longitude - from.longitude;
        // Across the date line the short way.
        if degrees_east > 180.0 {
            degrees_east -= 360.0;
        } else if degrees_east < -180.0 {
            degrees_east += 360.0;
        }
        let shrunk = from.latitude.to_radians().cos();
        Self {
            east_m: degrees_east * METRES_A_DEGREE * shrunk,
            north_m: (to.latitude - from.latitude) * METRES_A_DEGREE,
        }
    }

    fn metres(self) -> f64 {
        self.east_m.hypot(self.north_m)
    }

    fn in_words(self) -> String {
        let metres = self.metres();
        if metres < 5.0 {
            return "in the same place".to_owned();
        }
        let degrees = self.east_m.atan2(self.north_m).to_degrees().rem_euclid(360.0);
        format!("{} {}", length(metres), words::direction(whole(degrees)))
    }
}

/// The nearest whole number of 0 to 359.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 360, and rounded"
)]
fn whole(degrees: f64) -> u16 {
    degrees.round().rem_euclid(360.0) as u16
}

/// A length as people say it.
fn length(metres: f64) -> String {
    if metres < 995.0 {
        format!("{:.0} m", (metres / 10.0).round() * 10.0)
    } else {
        format!("{:.1} km", metres / 1_000.0)
    }
}

impl CameraMap {
    /// The map of a camera with those around it; none where it has no place of its own.
    pub fn of(camera: &Camera, around: &[Camera]) -> Option<Self> {
        let here = camera.about.position.filter(is_on_earth)?;
        let others = around.iter().filter(|other| other.id != camera.id);
        let mut near: Vec<(Way, &Camera)> = others
            .filter_map(|other| {
                let there = other.about.position.filter(is_on_earth)?;
                Some((Way::between(here, there), other))
            })
            .filter(|(way, _)| way.metres() <= AROUND_MAX_M)
            .collect();
        near.sort_by(|(one, _), (other, _)| one.metres().total_cmp(&other.metres()));
        near.truncate(OTHERS_MAX);
        let furthest = near.last().map_or(0.0, |(way, _)| way.metres()).max(AROUND_MIN_M);
        let units_a_metre = REACH / furthest;
        let dot = |(number, (way, other)): (usize, &(Way, &Camera))| Dot {
            number,
            id: other.id.to_i64(),
            name: other.about.name.clone(),
            x: format!("{:.1}", MIDDLE.0 + way.east_m * units_a_metre),
            y: format!("{:.1}", MIDDLE.1 - way.north_m * units_a_metre),
            away: way.in_words(),
        };
        let (latitude, longitude) = (here.latitude, here.longitude);
        Some(Self {
            name: camera.about.name.clone(),
            position: format!("{latitude:.5}, {longitude:.5}"),
            geo: format!("geo:{latitude:.5},{longitude:.5}"),
            heading: camera.about.heading_deg,
            looks: camera.about.heading_deg.map_or("", words::direction),
            others: (1..).zip(&near).map(dot).collect(),
            scale: Scale::of(furthest, units_a_metre),
        })
    }
}

impl Scale {
    /// The longest round length that fits into half of the reach.
    fn of(furthest_m: f64, units_a_metre: f64) -> Self {
        let rounds = [50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0];
        let fits = |metres: &f64| *metres <= furthest_m / 2.0;
        let metres = rounds.into_iter().rfind(fits).unwrap_or(50.0);
        let label = if metres < 1_000.0 {
            format!("{metres:.0} m")
        } else {
            format!("{} km", metres / 1e3)
        };
        Self { ends: format!("{:.1}", 16.0 + metres * units_a_metre), label }
    }
}

fn is_on_earth(at: &Position) -> bool {
    at.latitude.abs() <= 90.0 && at.longitude.abs() <= 180.0
}

#[cfg(test)]
mod tests {
    use domain::{AgencyId, CameraId, Mounting, NewCamera, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn camera(id: i64, position: Option<(f64, f64)>) -> Camera {
        let position = position.map(|(latitude, longitude)| Position { latitude, longitude });
        Camera {
            id: CameraId::from_i64(id),
            agency: AgencyId::from_i64(1),
            about: NewCamera {
                name: format!("Cam {id} <b>"),
                mounting: Mounting::Fixed,
                site: String::new(),
                heading_deg: Some(90),
                position,
            },
            added_at: Timestamp::default(),
            disabled_at: None,
            last_seen_at: None,
        }
    }

    #[test]
    fn what_is_around_is_drawn_where_it_is_and_said_in_words() {
        let here = camera(1, Some((30.27, -97.75)));
        let all = [
            here.clone(),
            camera(2, Some((30.28, -97.75))),
            camera(3, Some((30.27, -97.74))),
            camera(4, Some((31.27, -97.75))),
            camera(5, None),
        ];
        let map = CameraMap::of(&here, &all).unwrap();
        let told: Vec<(i64, &str)> =
            map.others.iter().map(|dot| (dot.id, dot.away.as_str())).collect();
        assert_eq!(told, [(3, "960 m east"), (2, "1.1 km north")]);
        let north = &map.others[1];
        assert_eq!((north.x.as_str(), north.y.as_str()), ("160.0", "24.0"), "up, and furthest");
        let html = map.render().unwrap();
        assert!(html.contains("geo:30.27000,-97.75000") && html.contains("30.27000, -97.75000"));
        assert!(html.contains("Cam 3 &#60;b&#62;") && !html.contains("style="), "{html}");
        assert!(html.contains("500 m"), "{html}");
    }

    #[test]
    fn a_camera_without_a_place_has_no_map() {
        assert!(CameraMap::of(&camera(1, None), &[]).is_none());
        let alone = CameraMap::of(&camera(1, Some((0.0, 179.9999))), &[]).unwrap();
        assert_eq!(alone.scale.label, "100 m");
        let across = [camera(2, Some((0.0, -179.9999)))];
        let map = CameraMap::of(&camera(1, Some((0.0, 179.9999))), &across).unwrap();
        assert_eq!(map.others[0].away, "20 m east", "across the date line the short way");
    }

    proptest! {
        /// Whatever is drawn is within the drawing.
        #[test]
        fn nothing_is_drawn_outside(
            here in (-90.0_f64..=90.0, -180.0_f64..=180.0),
            others in proptest::collection::vec((-0.05_f64..0.05, -0.05_f64..0.05), 0..20),
        ) {
            let all: Vec<Camera> = (2..).zip(&others)
                .map(|(id, (north, east))| camera(id, Some((here.0 + north, here.1 + east)))).collect();
            let map = CameraMap::of(&camera(1, Some(here)), &all).unwrap();
            prop_assert!(map.others.len() <= OTHERS_MAX);
            for dot in &map.others {
                let (x, y): (f64, f64) = (dot.x.parse().unwrap(), dot.y.parse().unwrap());
                prop_assert!((MIDDLE.0 - x).hypot(MIDDLE.1 - y) <= REACH + 0.2);
            }
            prop_assert!(map.scale.ends.parse::<f64>().unwrap() <= 16.0 + REACH / 2.0 + 20.0);
        }
    }
}
