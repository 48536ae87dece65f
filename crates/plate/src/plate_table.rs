//! The wanted plates, found by what they fold to.
//!
//! Rows lie in the order of the bucket that their folded plate hashes to, and a directory says where
//! each bucket begins. Beside the beginning stand 32 bits that the bucket's plates have set two each
//! of: a read that is not wanted, and that is nearly all of them, mostly ends there, after touching
//! eight bytes. Plates that several lists want are just rows of one bucket.

use std::ops::Range;

use crate::matcher::WantedPlate;
use crate::packed::fold_bits;
use crate::{EntryId, Grade, Jurisdiction, Packed};

/// Rows a bucket holds on average, at most. At three, 1 in 30 reads of an unwanted plate passes the 32 bits.
const ROWS_PER_BUCKET: usize = 3;

/// Reads whose places in the directory are fetched at once: several times what a core can have under
/// way, and little enough to keep beside.
const AT_ONCE: usize = 64;

/// Partitions that rows are brought into before they are brought into buckets. The lines that rows of
/// 2,048 partitions go to next fit the second-level cache, and a partition of ten million rows' 2,048
/// fits it too.
const PARTITION_BITS: u32 = 11;

#[derive(Default)]
pub(crate) struct PlateTable {
    rows: Rows,
    /// One for each bucket and one behind the last; empty if there are no rows.
    directory: Vec<Bucket>,
    /// The bucket is the upper bits of the hash: those that this shift leaves.
    bucket_shift: u32,
}

/// The rows, column by column: 18 bytes each. Columns of plain numbers are made of zeros that take no
/// memory until they are written, which building relies on.
#[derive(Default)]
struct Rows {
    /// [`Packed`] plates.
    plates: Vec<u64>,
    /// List and row number, 32 bits each.
    ids: Vec<u64>,
    /// [`Jurisdiction::id`], or 0 for none.
    jurisdictions: Vec<u16>,
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
fn hash_of(plate: u64) -> u64 {
    let product = u128::from(fold_bits(plate)) * 0x9E37_79B9_7F4A_7C15;
    (product >> 64) as u64 ^ product as u64
}

/// The two tag bits of a plate: from the low bits of the hash, which the bucket does not use.
const fn tags_of(hash: u64) -> u32 {
    1 << (hash & 31) | 1 << (hash >> 5 & 31)
}

impl PlateTable {
    /// Makes the table of all chunks' rows. Chunks are dropped one by one as their rows are taken over,
    /// so that little more memory is used than the rows and the table's directory need.
    ///
    /// Rows are addressed by `u32`: beyond 2³² of them (77 GB) the rest would not be found, and
    /// nobody has as many vehicles.
    pub(crate) fn new(chunks: Vec<Vec<WantedPlate>>) -> PlateTable {
        let n_rows: usize = chunks.iter().map(Vec::len).sum();
        if n_rows == 0 {
            return PlateTable::default();
        }
        let bucket_bits = (n_rows / ROWS_PER_BUCKET).next_power_of_two().ilog2().max(1);
        let partition_bits = PARTITION_BITS.min(bucket_bits);
        let (mut rows, ends) = Rows::partitioned(n_rows, chunks, partition_bits);
        let mut table = PlateTable {
            rows: Rows::default(),
            directory: vec![Bucket::default(); (1 << bucket_bits) + 1],
            bucket_shift: u64::BITS - bucket_bits,
        };
        let buckets_each = 1 << (bucket_bits - partition_bits);
        let mut start = 0;
        for (i, end) in ends.into_iter().enumerate() {
            table.fill_buckets(&mut rows, start..end, i * buckets_each..(i + 1) * buckets_each);
            start = end;
        }
        if let Some(behind) = table.directory.last_mut() {
            behind.start = n_rows as u32;
        }
        table.rows = rows;
        table
    }

    /// Brings the rows of one partition in the order of its buckets and writes those.
    #[expect(clippy::indexing_slicing, reason = "a partition's rows hash into its own buckets")]
    fn fill_buckets(&mut self, rows: &mut Rows, part: Range<usize>, buckets: Range<usize>) {
        let shift = self.bucket_shift;
        let directory = &mut self.directory[buckets.clone()];
        let bucket_of = |hash: u64| (hash >> shift) as usize - buckets.start;
        let taken: Vec<WantedPlate> = part.clone().filter_map(|i| rows.get(i)).collect();
        for row in &taken {
            let hash = hash_of(row.plate.bits());
            let bucket = &mut directory[bucket_of(hash)];
            bucket.start += 1;
            bucket.tags |= tags_of(hash);
        }
        // From counts to ends; each row then lowers its bucket's, which leaves the starts.
        let mut end = part.start as u32;
        for bucket in &mut *directory {
            end += bucket.start;
            bucket.start = end;
        }
        for row in taken {
            let bucket = &mut directory[bucket_of(hash_of(row.plate.bits()))];
            bucket.start -= 1;
            rows.set(bucket.start as usize, &row);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.plates.len()
    }

    /// Calls `hit` with the read's index for every row that a read of the batch folds to.
    pub(crate) fn look_up(
        &self,
        batch: &[(Packed, Option<Jurisdiction>)],
        hit: &mut impl FnMut(usize, Grade, Option<Jurisdiction>, EntryId),
    ) {
        if self.rows.plates.is_empty() {
            return;
        }
        for (n_before, batch) in batch.chunks(AT_ONCE).enumerate() {
            self.look_up_at_once(batch, |i, row| {
                let same = batch.get(i).is_some_and(|(plate, _)| *plate == row.plate);
                let grade = if same { Grade::Exact } else { Grade::LookAlike };
                hit(n_before * AT_ONCE + i, grade, row.jurisdiction, row.id);
            });
        }
    }

    fn look_up_at_once(
        &self,
        batch: &[(Packed, Option<Jurisdiction>)],
        mut hit: impl FnMut(usize, &WantedPlate),
    ) {
        // First the directory for all reads, then rows for the few that are left: within each loop no
        // access waits for another, so that the processor has many of them under way at once.
        let mut left = [(0_usize, 0_u32, 0_u32); AT_ONCE];
        let mut n_left = 0;
        for (i, &(plate, _)) in batch.iter().enumerate() {
            let hash = hash_of(plate.bits());
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
            let (start, end) = (start as usize, end as usize);
            let plates = self.rows.plates.get(start..end).unwrap_or_default();
            let Some(&(plate, _)) = batch.get(i) else { continue };
            for (at, wanted) in (start..end).zip(plates) {
                if fold_bits(*wanted) == plate.fold().bits()
                    && let Some(row) = self.rows.get(at)
                {
                    hit(i, &row);
                }
            }
        }
    }
}

impl Rows {
    /// The rows of all chunks, those of a partition together and partitions in order, and where each
    /// partition ends. A partition is what the upper bits of the hash say.
    #[expect(clippy::indexing_slicing, reason = "partitions are fewer than 2 to their bits")]
    fn partitioned(n: usize, chunks: Vec<Vec<WantedPlate>>, bits: u32) -> (Rows, Vec<usize>) {
        let partition_of =
            |row: &WantedPlate| (hash_of(row.plate.bits()) >> (u64::BITS - bits)) as usize;
        let mut ends = vec![0; 1 << bits];
        for row in chunks.iter().flatten() {
            ends[partition_of(row)] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum - *end;
        }
        // These are starts still: each row moves its partition's on, which leaves the ends.
        let mut rows = Rows { plates: vec![0; n], ids: vec![0; n], jurisdictions: vec![0; n] };
        for chunk in chunks {
            for row in &chunk {
                let next = &mut ends[partition_of(row)];
                rows.set(*next, row);
                *next += 1;
            }
        }
        (rows, ends)
    }

    #[expect(clippy::indexing_slicing, reason = "rows are placed below the count of rows")]
    fn set(&mut self, at: usize, row: &WantedPlate) {
        self.plates[at] = row.plate.bits();
        self.ids[at] = u64::from(row.id.list) << 32 | u64::from(row.id.row);
        self.jurisdictions[at] = row.jurisdiction.map_or(0, Jurisdiction::id);
    }

    fn get(&self, at: usize) -> Option<WantedPlate> {
        let id = self.ids.get(at)?;
        Some(WantedPlate {
            plate: Packed::from_own_bits(*self.plates.get(at)?)?,
            id: EntryId { list: (id >> 32) as u32, row: *id as u32 },
            jurisdiction: Jurisdiction::from_own_id(*self.jurisdictions.get(at)?),
        })
    }
}
