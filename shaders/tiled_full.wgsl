// Mappings `tiled` and `streamed`, all points at once: an epoch is one update, and its loss is a by-product.

/// Rows are taken in the data's order.
fn take_rows(tile: Tile) {
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

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    let rates = load_rates(tile.model);
    var index = job.first_tile;
    var epoch = job.first_epoch;
    var next = job.first_slot;
    load_model(tile);
    for (var step = 0u; step < job.steps; step++) {
        tile.first = index * TILE;
        tile.count = min(TILE, POINTS - tile.first);
        forward(tile);
        point_errors(tile);
        if (lane == 0u) {
            note_tile(tile, epoch, next);
        }
        backward(tile);
        index++;
        if (index == TILES) {
            let warmth = warmth_after(rates, f32(epoch) + 1.0);
            finish_batch(tile, epoch, f32(POINTS), epoch_rates(rates, epoch), warmth);
            if (epoch == recorded[next]) {
                next++;
            }
            index = 0u;
            epoch++;
        }
    }
    store_model(tile);
}
