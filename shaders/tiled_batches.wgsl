// Mappings `tiled` and `streamed`, mini-batches: an update for each batch of an epoch, which is one tile of places or several.
// Losses are recorded by `evaluate`.

/// Rows of the tile's points; any row for those that it does not have.
var<workgroup> rows: array<u32, TILE>;

/// Rows are taken in the data's order, to be evaluated.
fn take_rows(tile: Tile) {
    for (var s = tile.lane; s < TILE; s += WORKGROUP) {
        rows[s] = select(0u, tile.first + s, s < tile.count);
    }
    workgroupBarrier();
}

/// Rows are taken in the epoch's order, to be trained on.
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

/// The row of the tile's point s.
fn tile_row(tile: Tile, s: u32) -> u32 {
    return rows[s];
}

/// Lane 0 notes a divergence with its epoch.
fn note_tile(tile: Tile, epoch: u32, next: u32) {
    if (bad_logit(atomicExchange(&logit_peak, 0u)) && diverged[tile.model] == RUNNING) {
        diverged[tile.model] = epoch;
    }
}

/// No loss is recorded.
fn slot_after(epoch: u32, next: u32) -> u32 {
    return next;
}
