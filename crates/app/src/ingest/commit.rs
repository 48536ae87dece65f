//! One batch: known events out, hits found, pictures kept, rows committed, everybody answered.

use std::collections::HashMap;
use std::sync::PoisonError;

use domain::{
    DayKeys as _, Marks, NewHit, NewRead, PictureKind, Priority, ReadId, ReadRef, Timestamp,
};
use store::{Batch, FileKind, FileRef};
use vault::PictureToKeep;

use super::Submission;
use super::lane::Lane;
use crate::bus::Topic;
use crate::clock::Stopwatch;
use crate::error::{BoxError, chain};
use crate::own_entries::Asked;
use crate::record::batch::{PictureHashes, ReadRecords};
use crate::use_cases::{Note, TakeError, Taken};

/// What a read of the batch turned out to be.
struct Outcome {
    id: ReadId,
    duplicate: bool,
    /// Whether it is only true once this batch is kept: not so for events known from earlier batches.
    of_this_batch: bool,
    marks: Marks,
    notes: Vec<Note>,
    n_hits: u32,
}

/// What the posts of a batch become.
struct Plan {
    /// One list a post, in the order of its reads; none for a post that has to come again.
    outcomes: Vec<Option<Vec<Outcome>>>,
    rows: Vec<NewRead>,
    pictures: Vec<PictureToKeep>,
}

/// Commits the posts together and answers each of them.
pub(super) async fn commit(lane: &mut Lane, posts: Vec<Submission>) {
    let watch = Stopwatch::start();
    let now = lane.app.now();
    let (answers, reads): (Vec<_>, Vec<_>) =
        posts.into_iter().map(|post| (post.answer, post.reads)).unzip();
    let mut plan = plan(lane, reads, now);
    let (hits, loudest) = find_hits(lane, &plan.rows, now);
    count_hits(&mut plan, &hits);
    let file = lane.file;
    let n_rows = plan.rows.len();
    let n_hits = hits.len();
    let kept = keep(lane, &mut plan, hits).await;
    metrics::histogram!("plateglass_batch_seconds").record(watch.elapsed().as_secs_f64());
    if let Err(err) = &kept {
        tracing::error!(error = chain(err.as_ref()), n_reads = n_rows, "failed to keep a batch");
        // What became of a commit that failed may be unknown: the events are loaded anew before the next batch.
        *lane.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
    for (answer, outcomes) in answers.into_iter().zip(plan.outcomes) {
        drop(answer.send(answer_of(file, outcomes, kept.is_ok())));
    }
    if kept.is_ok() && n_rows > 0 {
        metrics::counter!("plateglass_reads_total").increment(n_rows as u64);
        metrics::histogram!("plateglass_batch_reads").record(n_rows as f64);
        let inner = lane.app.inner();
        inner.relay.poke(file, loudest, n_hits > 0);
        inner.bus.tell(file.agency, Topic::Reads, None);
    }
}

/// Sorts out known events and gives the others their ids.
fn plan(lane: &Lane, posts: Vec<Vec<super::ReadyRead>>, now: Timestamp) -> Plan {
    let n_reads = posts.iter().map(Vec::len).sum();
    let ids = lane.agency.next_ids(now, n_reads);
    let first_id = ids.first().copied().unwrap_or(ReadId::ZERO);
    let mut ids = ids.into_iter();
    let mut plan = Plan {
        outcomes: Vec::with_capacity(posts.len()),
        rows: Vec::with_capacity(n_reads),
        pictures: Vec::new(),
    };
    let late = if lane.file.kind == FileKind::Late { Marks::LATE } else { Marks::default() };
    let mut seen = lane.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let seen = seen.get_or_insert_default();
    for reads in posts {
        let known = |read: &super::ReadyRead| read.event.and_then(|event| seen.get(&event));
        // A read of another day is here because its event was known here; if the first one was not kept after all, it
        // has to come again to find its own day.
        if reads.iter().any(|read| read.captured_at.day() != lane.file.day && known(read).is_none())
        {
            plan.outcomes.push(None);
            continue;
        }
        let mut outcomes = Vec::with_capacity(reads.len());
        for mut read in reads {
            let first = read.event.and_then(|event| seen.get(&event));
            let notes = std::mem::take(&mut read.notes);
            let Some(id) = first.or_else(|| ids.next()) else { continue };
            let marks = read.marks.with(late);
            let (duplicate, of_this_batch) = (first.is_some(), id >= first_id);
            outcomes.push(Outcome { id, duplicate, of_this_batch, marks, notes, n_hits: 0 });
            if first.is_some() {
                metrics::counter!("plateglass_reads_repeated_total").increment(1);
                continue;
            }
            if let Some(event) = &read.event {
                seen.note(event, id);
            }
            for (kind, jpeg) in [
                (PictureKind::Plate, read.plate_jpeg.take()),
                (PictureKind::Vehicle, read.vehicle_jpeg.take()),
            ] {
                if let Some(jpeg) = jpeg {
                    plan.pictures.push(PictureToKeep { read: id, kind, jpeg });
                }
            }
            plan.rows.push(read.into_row(id, late));
        }
        plan.outcomes.push(Some(outcomes));
    }
    plan
}

/// Asks the matcher for all rows at once, of the lists and of the agency's own entries.
fn find_hits(lane: &Lane, rows: &[NewRead], now: Timestamp) -> (Vec<NewHit>, Option<Priority>) {
    let (lists, own) = (lane.agency.lists(), lane.agency.own());
    if lists.matcher.is_empty() && own.is_empty() {
        return (Vec::new(), None);
    }
    let watch = Stopwatch::start();
    let plates: Vec<_> = rows.iter().map(|row| (row.plate.packed(), row.jurisdiction)).collect();
    let mut of_lists = Vec::new();
    lists.matcher.match_batch(&plates, &mut of_lists);
    let of_own = own.find(&rows.iter().map(asked).collect::<Vec<_>>(), now);
    metrics::histogram!("plateglass_match_seconds").record(watch.elapsed().as_secs_f64());
    let of_lists = of_lists.into_iter().filter_map(|(place, found)| {
        let row = rows.get(place)?;
        if lists.is_suppressed(found.id, row.plate.packed()) {
            return None;
        }
        let (entry, priority) = lists.entry(found.id, now)?;
        Some((place, entry, found, priority))
    });
    let mut loudest = None;
    let hits = of_lists.chain(of_own).filter_map(|(place, entry, found, priority)| {
        let row = rows.get(place)?;
        loudest = loudest.max(Some(priority));
        Some(NewHit {
            read: lane.file.read(row.id),
            entry,
            grade: found.grade,
            jurisdiction_fit: found.jurisdiction,
            raised_at: now,
        })
    });
    (hits.collect(), loudest)
}

const fn asked(row: &NewRead) -> Asked {
    Asked { plate: row.plate.packed(), jurisdiction: row.jurisdiction, camera: row.camera }
}

fn count_hits(plan: &mut Plan, hits: &[NewHit]) {
    if hits.is_empty() {
        return;
    }
    metrics::counter!("plateglass_hits_total").increment(hits.len() as u64);
    let mut counts: HashMap<ReadId, u32> = HashMap::new();
    for hit in hits {
        *counts.entry(hit.read.id).or_default() += 1;
    }
    for outcome in plan.outcomes.iter_mut().flatten().flatten().filter(|one| !one.duplicate) {
        outcome.n_hits = counts.get(&outcome.id).copied().unwrap_or(0);
    }
}

/// Pictures first, then the rows that point at them: each is fsynced when its step returns.
async fn keep(lane: &mut Lane, plan: &mut Plan, hits: Vec<NewHit>) -> Result<(), BoxError> {
    let hashes = keep_pictures(lane, plan).await?;
    let inner = lane.app.clone();
    let records = records_of(lane)?;
    let reads = std::mem::take(&mut plan.rows);
    let leaf = records.leaf(lane.file, &reads, &hashes);
    let mut batch = Batch { file: lane.file, reads, hits, leaf };
    match inner.inner().store.append(&batch).await {
        // Somebody sealed the day (another process of the same store): what is late goes to the late file.
        Err(store::StoreError::Sealed { .. }) if batch.file.kind == FileKind::Main => {
            lane.turn_late();
            batch.file = FileRef { kind: FileKind::Late, ..batch.file };
            batch.leaf = records.leaf(batch.file, &batch.reads, &hashes);
            Ok(inner.inner().store.append(&batch).await?)
        }
        other => Ok(other?),
    }
}

/// What makes the records of the lane's day.
fn records_of(lane: &Lane) -> Result<ReadRecords, BoxError> {
    let FileRef { agency, day, .. } = lane.file;
    Ok(ReadRecords::of(&lane.app.inner().keys.existing_or_new(agency, day)?))
}

/// Keeps the pictures; their hashes, for the reads' records.
async fn keep_pictures(lane: &Lane, plan: &mut Plan) -> Result<PictureHashes, BoxError> {
    let mut hashes = PictureHashes::default();
    let Some(first) = plan.pictures.first() else { return Ok(hashes) };
    let inner = lane.app.inner();
    let FileRef { agency, day, .. } = lane.file;
    let key = inner.keys.existing_or_new(agency, day)?;
    let object = first.read;
    let pictures = std::mem::take(&mut plan.pictures);
    for picture in &pictures {
        hashes.note(picture.read, picture.kind, &picture.jpeg);
    }
    let whose: Vec<_> = pictures.iter().map(|picture| (picture.read, picture.kind)).collect();
    let places = inner.vault.put_batch(agency, day, &key, object, pictures).await?;
    let mut rows = plan.rows.iter_mut().peekable();
    for ((read, kind), place) in whose.into_iter().zip(places) {
        // Pictures stand in the order of their rows.
        while rows.next_if(|row| row.id != read).is_some() {}
        if let Some(row) = rows.peek_mut() {
            match kind {
                PictureKind::Plate => row.pictures.plate = Some(place),
                PictureKind::Vehicle => row.pictures.vehicle = Some(place),
            }
        }
    }
    Ok(hashes)
}

fn answer_of(
    file: FileRef,
    outcomes: Option<Vec<Outcome>>,
    kept: bool,
) -> Result<Vec<Taken>, TakeError> {
    let Some(outcomes) = outcomes else { return Err(TakeError::Overloaded { retry_after_s: 1 }) };
    // A post of known events alone changes nothing and is answered whatever became of the others'.
    if !kept && outcomes.iter().any(|one| one.of_this_batch) {
        let err = "the batch was not committed; send it again".into();
        return Err(TakeError::Failed { doing: "keep the reads", err });
    }
    let taken = outcomes.into_iter().map(|one| Taken {
        read: ReadRef { agency: file.agency, day: file.day, id: one.id },
        duplicate: one.duplicate,
        n_hits: one.n_hits,
        marks: one.marks,
        notes: one.notes,
    });
    Ok(taken.collect())
}
