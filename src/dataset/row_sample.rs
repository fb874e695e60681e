//! A random sample of a table's rows, stratified by class, drawn while the table is read: only about twice as many rows
//! as wanted are held at a time.

use crate::math::rng::{Philox, Stream};
use rand::Rng;
use std::collections::HashMap;

/// Most strata; further ones count as one.
const MOST_STRATA: usize = 256;
/// Of the rows that a stratum needs as far as known, the share that is held, and how many more.
const HELD_SHARE: f64 = 1.5;
const HELD_MORE: f64 = 16.0;

/// A row that may be in the sample.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    /// Random: the sample has each stratum's smallest.
    lot: u64,
    stratum: usize,
}

/// Draws a sample of rows.
#[derive(Debug)]
pub(super) struct RowSample {
    most: usize,
    generator: Philox,
    strata: HashMap<String, usize>,
    /// Rows seen of each stratum.
    counts: Vec<u64>,
    held: Vec<Candidate>,
    /// Index of each row held among all rows.
    rows: Vec<usize>,
    seen: usize,
}

impl RowSample {
    /// Creates a sample of up to `most` rows, drawn by `seed`.
    pub(super) fn new(most: usize, seed: u64) -> Self {
        let generator = Philox::new(seed, Stream::Split);
        Self {
            most,
            generator,
            strata: HashMap::new(),
            counts: Vec::new(),
            held: Vec::new(),
            rows: Vec::new(),
            seen: 0,
        }
    }

    /// Adds the next row, of this stratum. Returns which of the rows held until now to keep, in their order, if there
    /// are too many.
    pub(super) fn add(&mut self, stratum: &str) -> Option<Vec<bool>> {
        let next = self.counts.len().min(MOST_STRATA);
        let stratum = self.strata.get(stratum).copied().unwrap_or_else(|| {
            if next < MOST_STRATA {
                self.strata.insert(stratum.to_owned(), next);
            }
            next
        });
        self.counts.resize(self.counts.len().max(stratum + 1), 0);
        self.counts[stratum] += 1;
        self.held.push(Candidate { lot: self.generator.next_u64(), stratum });
        self.rows.push(self.seen);
        self.seen += 1;
        let spare = HELD_MORE as usize * self.counts.len();
        (self.held.len() > 2 * self.most + 2 * spare).then(|| {
            let needed = self.most as f64 / self.seen as f64 * HELD_SHARE;
            let quotas: Vec<usize> =
                self.counts.iter().map(|count| (*count as f64 * needed + HELD_MORE) as usize).collect();
            self.keep(&quotas)
        })
    }

    /// Ends the sample: returns which of the rows held to keep.
    pub(super) fn finish(&mut self) -> Vec<bool> {
        let quotas = quotas(&self.counts, self.most);
        self.keep(&quotas)
    }

    /// Returns the number of rows seen, and the indices of those held among them.
    pub(super) fn rows(&self) -> (usize, &[usize]) {
        (self.seen, &self.rows)
    }

    /// Keeps the smallest lots of each stratum.
    fn keep(&mut self, quotas: &[usize]) -> Vec<bool> {
        let mut lots: Vec<Vec<u64>> = vec![Vec::new(); quotas.len()];
        self.held.iter().for_each(|one| lots[one.stratum].push(one.lot));
        let limit = |(lots, quota): (&mut Vec<u64>, &usize)| match lots.len() > *quota {
            true => Some(*lots.select_nth_unstable(*quota).1),
            false => None,
        };
        let limits: Vec<Option<u64>> = lots.iter_mut().zip(quotas).map(limit).collect();
        let kept: Vec<bool> =
            self.held.iter().map(|one| limits[one.stratum].is_none_or(|limit| one.lot < limit)).collect();
        retain(&mut self.held, &kept);
        retain(&mut self.rows, &kept);
        kept
    }
}

/// Returns how many rows each stratum has in a sample of `most`: its share, rounded so that the sum is right, but at
/// least one.
fn quotas(counts: &[u64], most: usize) -> Vec<usize> {
    let all: u64 = counts.iter().sum();
    if all <= most as u64 {
        return counts.iter().map(|count| *count as usize).collect();
    }
    let share = |count: u64| count as f64 * most as f64 / all as f64;
    let mut quotas: Vec<usize> = counts.iter().map(|count| (share(*count) as usize).max(1)).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by(|a, b| share(counts[*b]).fract().total_cmp(&share(counts[*a]).fract()));
    let rest = most.saturating_sub(quotas.iter().sum());
    order.into_iter().take(rest).for_each(|n| quotas[n] += 1);
    quotas
}

/// Keeps the items whose place in `kept` is true.
pub(super) fn retain<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut flags = kept.iter();
    items.retain(|_| flags.next().copied().unwrap_or(true));
}

/// Keeps the rows, of `width` values each, whose place in `kept` is true.
pub(super) fn retain_rows(x: &mut Vec<f64>, width: usize, kept: &[bool]) {
    let mut to = 0;
    for from in (0..kept.len()).filter(|n| kept[*n]) {
        x.copy_within(from * width..(from + 1) * width, to * width);
        to += 1;
    }
    // Rows behind the flags stay.
    x.copy_within(kept.len() * width.., to * width);
    x.truncate(x.len() - (kept.len() - to) * width);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(strata: impl Iterator<Item = usize>, most: usize, seed: u64) -> (Vec<usize>, usize) {
        let (mut sample, mut held, mut peak) = (RowSample::new(most, seed), Vec::new(), 0);
        for (n, stratum) in strata.enumerate() {
            held.push(n);
            if let Some(kept) = sample.add(&stratum.to_string()) {
                retain(&mut held, &kept);
            }
            peak = peak.max(held.len());
        }
        retain(&mut held, &sample.finish());
        assert_eq!(sample.rows().1, held);
        (held, peak)
    }

    #[test]
    fn each_class_has_its_share_wherever_it_stands() {
        // 9 of 10 rows are of class 0; in the second file they all come first.
        let mixed = |n: usize| usize::from(n.is_multiple_of(10));
        let sorted = |n: usize| usize::from(n >= 90_000);
        for stratum in [mixed as fn(usize) -> usize, sorted] {
            let (rows, peak) = sample((0..100_000).map(stratum), 1000, 7);
            let of_one = rows.iter().filter(|n| stratum(**n) == 1).count();
            assert_eq!((rows.len(), of_one), (1000, 100));
            assert!(peak < 2200, "{peak} rows held");
            // Drawn from everywhere: the mean index of a class is near its middle.
            let zeros: Vec<usize> = rows.iter().copied().filter(|n| stratum(*n) == 0).collect();
            let all: Vec<usize> = (0..100_000).filter(|n| stratum(*n) == 0).collect();
            let mean = |rows: &[usize]| rows.iter().sum::<usize>() as f64 / rows.len() as f64;
            // Five standard errors of 900 uniform draws.
            assert!((mean(&zeros) - mean(&all)).abs() < 5.0 * 1e5 / (12.0f64 * 900.0).sqrt());
            assert_eq!(sample((0..100_000).map(stratum), 1000, 7).0, rows);
            assert_ne!(sample((0..100_000).map(stratum), 1000, 8).0, rows);
        }
        assert_eq!(sample(0..50, 100, 0).0, (0..50).collect::<Vec<_>>());
        assert!(sample((0..1000).map(|n| usize::from(n == 5)), 10, 0).0.contains(&5));
    }

    #[test]
    fn rows_are_kept_in_place() {
        let mut x: Vec<f64> = (0..10).map(f64::from).collect();
        retain_rows(&mut x, 2, &[true, false, true, false]);
        assert_eq!(x, [0.0, 1.0, 4.0, 5.0, 8.0, 9.0]);
    }
}
