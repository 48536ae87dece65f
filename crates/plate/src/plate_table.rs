//! The wanted plates, found by what they fold to.
//!
//! Rows lie in the order of the bucket that their folded plate hashes to, and a directory says where
//! each bucket begins. Beside the beginning stand 32 bits that the bucket's plates have set two each
//! of: a read that is not wanted, and that is nearly all of them, mostly ends there, after touching
//! eight bytes. Plates that several lists want are just rows of one bucket.

use crate::matcher::{BATCH, WantedPlate};
use crate::{EntryId, Grade, Jurisdiction, Packed};

/// Rows a bucket holds on average, at most. At three, 1 in 30 reads of an unwanted plate passes the 32 bits.
const ROWS_PER_BUCKET: usize = 3;

/// Partitions that rows are first brought into: as many as there are lines in the first-level cache
/// with room to spare, and few enough pages for the address cache.
const PARTITION_BITS: u32 = 9;

#[derive(Default)]
pub(crate) struct PlateTable {
    rows: Vec<WantedPlate>,
    /// One for each bucket and one behind the last; empty if there are no rows.
    directory: Vec<Bucket>,
    /// The bucket is the upper bits of the hash: those that this shift leaves.
    bucket_shift: u32,
}

#[derive(Clone, Copy, Default)]
struct Bucket {
    /// The bucket's first row.
    start: u32,
    /// Two bits of each of its plates.
    tags: u32,
}

/// The hash of a folded plate: the two halves of a product with 2⁶⁴ / φ, which mixes every bit into
/// every other.
fn hash_of(plate: Packed) -> u64 {
    let product = u128::from(plate.fold().bits()) * 0x9E37_79B9_7F4A_7C15;
    (product >> 64) as u64 ^ product as u64
}

/// The two tag bits of a plate: from the low bits of the hash, which the bucket does not use.
const fn tags_of(hash: u64) -> u32 {
    1 << (hash & 31) | 1 << (hash >> 5 & 31)
}

impl PlateTable {
    /// Puts the rows in order and makes the directory.
    ///
    /// Rows are addressed by `u32`: beyond 2³² of them (100 GB) the rest would not be found, and
    /// nobody has as many vehicles.
    pub(crate) fn new(mut rows: Vec<WantedPlate>) -> PlateTable {
        rows.shrink_to_fit();
        if rows.is_empty() {
            return PlateTable::default();
        }
        let bucket_bits = (rows.len() / ROWS_PER_BUCKET).next_power_of_two().ilog2().max(1);
        let bucket_shift = u64::BITS - bucket_bits;
        let partition_bits = PARTITION_BITS.min(bucket_bits);
        let partition_of = |row: &WantedPlate| hash_of(row.plate) >> (u64::BITS - partition_bits);
        let ends = partition(&mut rows, 1 << partition_bits, |row| partition_of(row) as usize);

        let mut directory = Vec::with_capacity((1 << bucket_bits) + 1);
        let mut start = 0;
        for end in ends {
            let part = rows.get_mut(start..end).unwrap_or_default();
            part.sort_unstable_by_key(|row| hash_of(row.plate));
            for (i, row) in part.iter().enumerate() {
                let hash = hash_of(row.plate);
                let here = Bucket { start: (start + i) as u32, tags: 0 };
                let bucket = (hash >> bucket_shift) as usize;
                if directory.len() <= bucket {
                    directory.resize(bucket + 1, here);
                }
                if let Some(bucket) = directory.last_mut() {
                    bucket.tags |= tags_of(hash);
                }
            }
            start = end;
        }
        directory.resize((1 << bucket_bits) + 1, Bucket { start: start as u32, tags: 0 });
        PlateTable { rows, directory, bucket_shift }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Calls `hit` with the read's index for every row that a read of the batch folds to.
    pub(crate) fn look_up(
        &self,
        batch: &[(Packed, Option<Jurisdiction>)],
        hit: &mut impl FnMut(usize, Grade, Option<Jurisdiction>, EntryId),
    ) {
        if self.rows.is_empty() {
            return;
        }
        // First the directory for all reads, then rows for the few that are left: within each loop no
        // access waits for another, so that the processor has many of them under way at once.
        let mut left = [(0_usize, 0_u32, 0_u32); BATCH];
        let mut n_left = 0;
        for (i, &(plate, _)) in batch.iter().enumerate() {
            let hash = hash_of(plate);
            let bucket = (hash >> self.bucket_shift) as usize;
            let Some(&[here, next]) =
                self.directory.get(bucket..bucket + 2).and_then(|two| two.first_chunk())
            else {
                continue;
            };
            let tags = tags_of(hash);
            if let Some(left) = left.get_mut(n_left) {
                *left = (i, here.start, next.start);
            }
            n_left += usize::from(here.tags & tags == tags);
        }
        for &(i, start, end) in left.iter().take(n_left) {
            let rows = self.rows.get(start as usize..end as usize).unwrap_or_default();
            let Some(&(plate, _)) = batch.get(i) else { continue };
            for row in rows.iter().filter(|row| row.plate.fold() == plate.fold()) {
                let grade = if row.plate == plate { Grade::Exact } else { Grade::LookAlike };
                hit(i, grade, row.jurisdiction, row.id);
            }
        }
    }
}

/// Brings rows of the same partition together, in place, partitions in order, and returns where each
/// ends ("American flag sort").
#[expect(
    clippy::indexing_slicing,
    reason = "ends are sums of counts of rows, partitions are counted"
)]
fn partition<T: Copy>(rows: &mut [T], n: usize, partition_of: impl Fn(&T) -> usize) -> Vec<usize> {
    let mut ends = vec![0; n];
    for row in &*rows {
        ends[partition_of(row)] += 1;
    }
    let mut next = Vec::with_capacity(n);
    let mut sum = 0;
    for end in &mut ends {
        next.push(sum);
        sum += *end;
        *end = sum;
    }
    for here in 0..n {
        while next[here] < ends[here] {
            let mut row = rows[next[here]];
            loop {
                let home = partition_of(&row);
                std::mem::swap(&mut rows[next[home]], &mut row);
                next[home] += 1;
                if home == here {
                    break;
                }
            }
        }
    }
    ends
}
