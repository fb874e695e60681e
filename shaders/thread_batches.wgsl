// Mapping `thread`, mini-batches: an update for each batch of an epoch. Losses are recorded by `evaluate`.

/// Trains on the places `first` to before `end` of an epoch; returns whether the model is still sound.
fn train_batch(key: vec4<u32>, epoch: u32, first: u32, end: u32, rates: Rates, warmth: Warmth) -> bool {
    clear_sums();
    for (var place = first; place < end; place++) {
        let n = row_at(key, epoch, place);
        backward(loss_terms(forward(n), point(n, FEATURES)).gradient);
    }
    if (bad_logit(logit_peak)) {
        return false;
    }
    return !bad_parameter(update(f32(end - first), rates, warmth));
}

@compute @workgroup_size(WORKGROUP)
fn train(@builtin(global_invocation_id) id: vec3<u32>) {
    let model = id.x;
    if (model >= job.models) {
        return;
    }
    if (diverged[model] != RUNNING) {
        return;
    }
    load_parameters(model);
    load_memory(model);
    let rates = load_rates(model);
    var sound = true;
    for (var epoch = job.first_epoch; sound && epoch < job.first_epoch + job.steps; epoch++) {
        let key = epoch_key(model, epoch);
        let now = epoch_rates(rates, epoch);
        for (var batch = 0u; sound && batch < BATCHES; batch++) {
            let first = batch * BATCH;
            let warmth = warmth_after(rates, f32(epoch) * f32(BATCHES) + f32(batch + 1u));
            sound = train_batch(key, epoch, first, min(first + BATCH, POINTS), now, warmth);
        }
        if (!sound) {
            diverged[model] = epoch;
        }
    }
    store(model);
}
