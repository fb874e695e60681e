//! What rayon offers, on the calling thread alone.

use crate::error::Result;
use std::slice::{Chunks, ChunksExact, ChunksMut, Iter, IterMut, RChunks};

/// Returns 1: the calling thread's core.
pub fn cores() -> usize {
    1
}

/// Returns the processor's architecture.
pub fn processor() -> String {
    std::env::consts::ARCH.into()
}

/// The calling thread in place of a pool.
#[derive(Debug)]
pub struct Pool;

/// Returns the calling thread, whatever number of threads is wanted.
///
/// # Errors
/// None; a pool of threads may fail to start.
pub fn pool(_owner: &str, _wanted: usize, _stack: usize) -> Result<Pool> {
    Ok(Pool)
}

impl Pool {
    /// Returns 1.
    pub fn current_num_threads(&self) -> usize {
        1
    }

    /// Runs `work`.
    pub fn install<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }

    /// Runs `work` on its only thread.
    pub fn broadcast<T>(&self, work: impl Fn(()) -> T) -> Vec<T> {
        vec![work(())]
    }
}

/// Runs both, one after the other.
pub fn join<A, B>(first: impl FnOnce() -> A, second: impl FnOnce() -> B) -> (A, B) {
    (first(), second())
}

/// Collections whose items are visited one after the other.
pub trait IntoParallelIterator: IntoIterator + Sized {
    /// Returns the plain iterator.
    fn into_par_iter(self) -> Self::IntoIter {
        self.into_iter()
    }
}

impl<T: IntoIterator> IntoParallelIterator for T {}

/// Methods that rayon's iterators have and the standard library's lack.
pub trait ParallelIterator: Iterator + Sized {
    /// Maps each item to several.
    fn flat_map_iter<I: IntoIterator>(self, of: impl FnMut(Self::Item) -> I) -> impl Iterator<Item = I::Item> {
        self.flat_map(of)
    }

    /// Pairs the items of two iterators of equal length.
    fn zip_eq<I: IntoIterator>(self, other: I) -> std::iter::Zip<Self, I::IntoIter> {
        self.zip(other)
    }

    /// Returns itself: there are no pieces.
    fn with_min_len(self, _: usize) -> Self {
        self
    }
}

impl<I: Iterator> ParallelIterator for I {}

/// Slices, visited item by item or piece by piece.
pub trait ParallelSlice<T> {
    /// Returns all items.
    fn par_iter(&self) -> Iter<'_, T>;
    /// Returns all items, which may be changed.
    fn par_iter_mut(&mut self) -> IterMut<'_, T>;
    /// Returns pieces of `size` items; the last one may be shorter.
    fn par_chunks(&self, size: usize) -> Chunks<'_, T>;
    /// Returns whole pieces of `size` items.
    fn par_chunks_exact(&self, size: usize) -> ChunksExact<'_, T>;
    /// Returns pieces of `size` items, which may be changed.
    fn par_chunks_mut(&mut self, size: usize) -> ChunksMut<'_, T>;
    /// Returns pieces of `size` items from the end.
    fn par_rchunks(&self, size: usize) -> RChunks<'_, T>;
    /// Sorts; equal items may change places.
    fn par_sort_unstable_by(&mut self, by: impl FnMut(&T, &T) -> std::cmp::Ordering);
}

impl<T> ParallelSlice<T> for [T] {
    fn par_iter(&self) -> Iter<'_, T> {
        self.iter()
    }

    fn par_iter_mut(&mut self) -> IterMut<'_, T> {
        self.iter_mut()
    }

    fn par_chunks(&self, size: usize) -> Chunks<'_, T> {
        self.chunks(size)
    }

    fn par_chunks_exact(&self, size: usize) -> ChunksExact<'_, T> {
        self.chunks_exact(size)
    }

    fn par_chunks_mut(&mut self, size: usize) -> ChunksMut<'_, T> {
        self.chunks_mut(size)
    }

    fn par_rchunks(&self, size: usize) -> RChunks<'_, T> {
        self.rchunks(size)
    }

    fn par_sort_unstable_by(&mut self, by: impl FnMut(&T, &T) -> std::cmp::Ordering) {
        self.sort_unstable_by(by);
    }
}
