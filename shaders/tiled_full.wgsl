// Mappings `tiled` and `streamed`, all points at once: an epoch is one update, and its loss is a by-product.

/// Rows are taken in the data's order, to be evaluated and to be trained on.
fn take_rows(tile: Tile) {
}

fn take_places(tile: Tile, epoch: u32) {
}

/// The row of the tile's point s; of a point that it does not have, its last one.
fn tile_row(tile: Tile, s: u32) -> u32 {
    return tile.first + min(s, tile.count - 1u);
}

/// Lane 0 keeps the book: the recorded loss grows tile by tile, a divergence is noted with its epoch.
fn note_tile(tile: Tile, epoch: u32, next: u32) {
    // A logit may have been found bad earlier in this epoch, perhaps in an earlier dispatch: its loss is still recorded.
    let peak = atomicExchange(&logit_peak, 0u);
    if (diverged[tile.model] == RUNNING || diverged[tile.model] == epoch) {
        if (epoch == recorded[next]) {
            let at = next * job.models + tile.model;
            let before = select(losses[at], 0.0, tile.first == 0u);
            losses[at] = before + sound_loss(tile_loss() / f32(POINTS), peak);
        }
        if (bad_logit(peak)) {
            diverged[tile.model] = epoch;
        }
    }
}

/// The slot of the next recorded epoch after `epoch`.
fn slot_after(epoch: u32, next: u32) -> u32 {
    return next + u32(epoch == recorded[next]);
}
