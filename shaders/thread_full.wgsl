// Mapping `thread`, all points at once: an epoch is one update, and its loss is a by-product.

/// Sums the gradient over all points; the loss too, which costs little: one logarithm per 64 points.
fn epoch_sums() -> f32 {
    clear_sums();
    var sum = LossSum();
    for (var first = 0u; first < POINTS; first += LOSS_TERMS) {
        for (var n = first; n < min(first + LOSS_TERMS, POINTS); n++) {
            let terms = loss_terms(forward(n), point(n, FEATURES));
            sum = loss_gather(sum, terms);
            backward(terms.gradient);
        }
        sum = loss_flush(sum);
    }
    return sum.total;
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
    var next = job.first_slot;
    for (var epoch = job.first_epoch; epoch < job.first_epoch + job.steps; epoch++) {
        let loss = epoch_sums();
        if (epoch == recorded[next]) {
            losses[next * job.models + model] = sound_loss(loss / f32(POINTS), logit_peak);
            next++;
        }
        if (bad_logit(logit_peak)) {
            diverged[model] = epoch;
            break;
        }
        let warmth = warmth_after(rates, f32(epoch) + 1.0);
        if (bad_parameter(update(f32(POINTS), epoch_rates(rates, epoch), warmth))) {
            diverged[model] = epoch;
            break;
        }
    }
    store(model);
}
