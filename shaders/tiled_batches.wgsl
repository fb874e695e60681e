// Tile mappings with mini-batches: one update per batch, which has one or more tiles. `evaluate` computes the recorded
// losses.

/// Data row of each point of the tile; 0 beyond its points.
var<workgroup> rows: array<u32, TILE>;

/// Selects rows in the data's order, for evaluation.
fn take_rows(tile: Tile) {
    for (var s = tile.lane; s < TILE; s += WORKGROUP) {
        rows[s] = select(0u, tile.first + s, s < tile.count);
    }
    workgroupBarrier();
}

/// Selects rows in the epoch's order, for training.
fn take_places(tile: Tile, epoch: u32) {
    let key = epoch_key(tile.model, epoch);
    for (var s = tile.lane; s < TILE; s += WORKGROUP) {
        rows[s] = 0u;
        if (s < tile.count) {
            rows[s] = row_at(key, epoch, tile.first + s);
        }
    }
    workgroupBarrier();
}

/// Returns the data row of the tile's point s.
fn tile_row(tile: Tile, s: u32) -> u32 {
    return rows[s];
}

/// Records the epoch of a divergence; called by lane 0.
fn note_tile(tile: Tile, epoch: u32, next: u32) {
    if (bad_logit(atomicExchange(&logit_peak, 0u)) && diverged[tile.model] == RUNNING) {
        diverged[tile.model] = epoch;
    }
}

/// Returns `next`, because no loss is recorded here.
fn slot_after(epoch: u32, next: u32) -> u32 {
    return next;
}
