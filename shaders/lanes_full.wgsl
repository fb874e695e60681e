// Lane mappings with full batches: an epoch is one update, and its loss is a by-product.

/// Computes this lane's gradient sums and returns its loss sum, which is cheap: one logarithm per LOSS_TERMS points.
fn epoch_sums(lane: u32, rates: LossParams) -> f32 {
    clear_sums();
    var sum = LossSum();
    for (var first = 0u; first < POINTS; first += CHUNK) {
        for (var n = first + lane; n < min(first + CHUNK, POINTS); n += LANES) {
            forward(n);
            sum = loss_gather(sum, output_terms(n, rates));
            backward();
        }
        sum = loss_flush(sum);
    }
    return sum.total;
}

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
    let place = place_of(id.x, local);
    let model = place.model;
    var sound = begin(place);
    let rates = load_rates(model);
    let loss_params = load_loss_params(model);
    var next = job.first_slot;
    for (var epoch = job.first_epoch; epoch < job.first_epoch + job.steps; epoch++) {
        var loss = 0.0;
        if (sound) {
            loss = epoch_sums(place.lane, loss_params);
        }
        lanes_add_up(local);
        loss = lanes_sum(loss, local);
        if (epoch == recorded[next]) {
            if (sound && place.writes) {
                losses[next * job.models + model] = sound_loss(loss / f32(POINTS), logit_peak);
            }
            next++;
        }
        if (sound) {
            let correction = bias_correction_after(rates, f32(epoch) + 1.0);
            sound = update_parameters(f32(POINTS), epoch_rates(rates, epoch), correction);
            if (!sound && place.writes) {
                diverged[model] = epoch;
            }
        }
    }
    if (place.writes) {
        store(model);
    }
}
