// Lane mappings with mini-batches: one update per batch. `evaluate` computes the recorded losses.

/// Computes this lane's gradient sums over the positions `first..end` of the epoch's order.
fn batch_sums(place: Place, key: vec4<u32>, epoch: u32, first: u32, end: u32, rates: LossParams) {
    clear_sums();
    for (var at = first + place.lane; at < end; at += LANES) {
        let n = row_at(key, epoch, at);
        forward(n);
        output_terms(n, rates);
        backward();
    }
}

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let place = place_of(id.x, local);
    let model = place.model;
    var sound = begin(place);
    let rates = load_rates(model);
    let loss_params = load_loss_params(model);
    for (var epoch = job.first_epoch; epoch < job.first_epoch + job.steps; epoch++) {
        let key = epoch_key(model, epoch);
        let now = epoch_rates(rates, epoch);
        let before = sound;
        for (var batch = 0u; batch < BATCHES; batch++) {
            let first = batch * BATCH;
            let end = min(first + BATCH, POINTS);
            if (sound) {
                batch_sums(place, key, epoch, first, end, loss_params);
            }
            lanes_add_up(local);
            if (sound) {
                let updates = f32(epoch) * f32(BATCHES) + f32(batch + 1u);
                sound = update_parameters(f32(end - first), now, bias_correction_after(rates, updates));
            }
        }
        if (before && !sound && place.writes) {
            diverged[model] = epoch;
        }
    }
    if (place.writes) {
        store(model);
    }
}
