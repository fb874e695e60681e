// Mappings `tiled` and `streamed`: training, tile by tile, with an update after the last tile of each batch. With full
// batches an epoch is one batch. tiled_full.wgsl or tiled_batches.wgsl has `take_places`, `note_tile` and `slot_after`.

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var tile = Tile(group.x, lane, 0u, 0u);
    let rates = load_rates(tile.model);
    let loss_params = load_loss_params(tile.model);
    var index = job.first_tile;
    var epoch = job.first_epoch;
    var next = job.first_slot;
    load_model(tile);
    for (var step = 0u; step < job.steps; step++) {
        let batch = index / BATCH_TILES;
        let first = batch * BATCH;
        let end = min(first + BATCH, POINTS);
        tile.first = first + index % BATCH_TILES * TILE;
        tile.count = min(TILE, end - tile.first);
        take_places(tile, epoch);
        forward(tile);
        point_errors(tile, loss_params);
        if (lane == 0u) {
            note_tile(tile, epoch, next);
        }
        backward(tile);
        if (tile.first + tile.count == end) {
            let correction = bias_correction_after(rates, f32(epoch) * f32(BATCHES) + f32(batch + 1u));
            finish_batch(tile, epoch, f32(end - first), epoch_rates(rates, epoch), correction);
        }
        index++;
        if (index == TILES) {
            next = slot_after(epoch, next);
            index = 0u;
            epoch++;
        }
    }
    store_model(tile);
}
