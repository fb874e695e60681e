// Tile mappings with full batches: an epoch is one update, and its loss is a by-product.

/// Does nothing: rows are in the data's order for evaluation and training.
fn take_rows(tile: Tile) {
}

fn take_places(tile: Tile, epoch: u32) {
}

/// Returns the data row of the tile's point s; beyond its points, its last row.
fn tile_row(tile: Tile, s: u32) -> u32 {
    return tile.first + min(s, tile.count - 1u);
}

/// Adds the tile's loss to the recorded loss and records the epoch of a divergence; called by lane 0.
fn note_tile(tile: Tile, epoch: u32, next: u32) {
    // Also in the epoch of divergence, which an earlier tile or dispatch may have found: its loss is still recorded.
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

/// Returns the slot of the next recorded epoch after `epoch`.
fn slot_after(epoch: u32, next: u32) -> u32 {
    return next + u32(epoch == recorded[next]);
}
