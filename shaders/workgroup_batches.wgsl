// Mapping `workgroup`, mini-batches: an update for each batch of an epoch, which is one tile of places or several. Losses
// are recorded by `evaluate`.

/// Rows of the tile's points.
var<workgroup> rows: array<u32, TILE>;

/// Rows are taken in the data's order, to be evaluated.
fn take_rows(tile: Tile) {
    for (var s = tile.lane; s < tile.count; s += WORKGROUP) {
        rows[s] = tile.first + s;
    }
    workgroupBarrier();
}

/// Rows are taken in the epoch's order, to be trained on.
fn take_places(tile: Tile, epoch: u32) {
    let key = epoch_key(tile.model, epoch);
    for (var s = tile.lane; s < tile.count; s += WORKGROUP) {
        rows[s] = row_at(key, epoch, tile.first + s);
    }
    workgroupBarrier();
}

/// The row of the tile's point s.
fn tile_row(tile: Tile, s: u32) -> u32 {
    return rows[s];
}

/// Lane 0 notes a divergence with its epoch.
fn note_peak(tile: Tile, peak: u32, epoch: u32) {
    if (tile.lane == 0u && diverged[tile.model] == RUNNING && bad_logit(peak)) {
        diverged[tile.model] = epoch;
    }
}

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    let rates = load_rates(tile.model);
    var index = job.first_tile;
    var epoch = job.first_epoch;
    for (var step = 0u; step < job.steps; step++) {
        let batch = index / BATCH_TILES;
        let first = batch * BATCH;
        let end = min(first + BATCH, POINTS);
        tile.first = first + index % BATCH_TILES * TILE;
        tile.count = min(TILE, end - tile.first);
        take_places(tile, epoch);
        forward(tile);
        note_peak(tile, tile_loss(tile).peak, epoch);
        backward(tile);
        if (tile.first + tile.count == end) {
            let warmth = warmth_after(rates, f32(epoch) * f32(BATCHES) + f32(batch + 1u));
            finish_batch(tile, epoch, f32(end - first), epoch_rates(rates, epoch), warmth);
        }
        index++;
        if (index == TILES) {
            index = 0u;
            epoch++;
        }
    }
}
