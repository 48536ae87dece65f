//! Closing a hit because what it was of has ended.

use domain::access::OpenHit;
use domain::life::Done;
use domain::{Action, HitId};

use crate::record::Act;
use crate::{App, AskError};

/// So often somebody else may be at work on a hit before it is left to the next round.
const TRIES: usize = 4;

/// Adds to a hit's life that what it was of has ended; false where it is closed already.
pub(in crate::use_cases) async fn close_hit<A: Action>(
    app: &App,
    act: &Act<A>,
    hit: HitId,
    done: &Done,
) -> Result<bool, AskError> {
    let failed = || AskError::failed("close a hit of something that has ended");
    let store = &app.inner().store;
    for _ in 0..TRIES {
        let life = store.life(&act.leave().permit::<OpenHit>()?, hit).await.map_err(failed())?;
        if !life.stage().is_open() {
            return Ok(false);
        }
        if store.add_deed(act.permit(), hit, &life, done).await.map_err(failed())? {
            return Ok(true);
        }
    }
    Ok(false)
}
