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
fn note_peak(tile: Tile, epoch: u32) {
    if (bad_logit(atomicExchange(&logit_peak, 0u)) && diverged[tile.model] == RUNNING) {
        diverged[tile.model] = epoch;
    }
}

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    let rates = load_rates(tile.model);
    var index = job.first_tile;
    var epoch = job.first_epoch;
    load_model(tile);
    for (var step = 0u; step < job.steps; step++) {
        let batch = index / BATCH_TILES;
        let first = batch * BATCH;
        let end = min(first + BATCH, POINTS);
        tile.first = first + index % BATCH_TILES * TILE;
        tile.count = min(TILE, end - tile.first);
        take_places(tile, epoch);
        forward(tile);
        point_errors(tile);
        if (lane == 0u) {
            note_peak(tile, epoch);
        }
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
    store_model(tile);
}
